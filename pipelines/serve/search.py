"""Words in what projects are called, aim at and promise: found where they are printed, ranked.

Texts are read through for each question, so nothing has to be built, kept or installed, and a word
is found wherever it is printed, a word of two characters too (docs/adr/0024).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pipelines.serve import search_sql as sql
from pipelines.serve.published import published, rows
from pipelines.values.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import duckdb

    from pipelines.settings import Settings

#: Texts that are searched → their weight and what is a usual length, in characters. A name says
#: what a project is, an indicator what it does, a goal mentions much. Lengths: means of 1,326
#: projects and 1,121 indicators of published books.
FIELDS = {"name": (4.0, 14), "indicator": (2.0, 11), "value": (1.0, 5), "goal": (1.5, 107)}
#: BM25 with the parameters that are usual: how soon more of a word says no more, and how much a
#: word in a long text says less.
_SATURATION, _LENGTH = 1.2, 0.75
#: How much of a whole word one counts whose pieces stand apart (污水管网处理 for 污水处理).
_APART = 0.3
#: Characters of a piece, and of the shortest word that is also looked for in pieces.
_PIECE, _WHOLE = 2, 4
#: Characters that are shown around what was found.
_AROUND = 24
#: What is printed in full width, from ！ to ～, and its plain form.
_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))

#: What tells a cell.
_PLACE = ("page_no", "grid_no", "row_no", "col_no", "sheet", "address")
#: Which cell prints a text of each kind.
_ROLES = {"name": "project", "indicator": "indicator", "value": "target", "goal": "project"}


class SearchError(ValueError):
    """There is nothing to look for."""


@dataclass(frozen=True)
class Word:
    """What is looked for: a word, and the pieces that may stand apart in a text."""

    text: str
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A text in which words were found.

    Attributes:
        field: name, goal, indicator or value.
        text: As printed, whole.
        marks: Characters of the text that are what was looked for: the first, and the one after.
    """

    field: str
    text: str
    marks: list[tuple[int, int]]

    def around(self) -> tuple[str, list[tuple[int, int]]]:
        """The text around the first mark, with what was left out as …, and the marks in it."""
        start = max(0, self.marks[0][0] - _AROUND)
        end = min(len(self.text), self.marks[0][1] + _AROUND)
        shown = f"{'…' * (start > 0)}{self.text[start:end]}{'…' * (end < len(self.text))}"
        shift = start - (start > 0)
        return shown, [(a - shift, b - shift) for a, b in self.marks if a >= start and b <= end]


@dataclass(frozen=True)
class Result:
    """A project in a year, or a body's own targets of one, in which all words were found.

    Attributes:
        body: Reporting body.
        spending_unit: Whose project it is; none where the table prints no units.
        project: Its name; none for the targets of a body as a whole.
        project_id: Its key over years.
        fiscal_year: The year.
        phase: Its phase of the budget.
        amount_yuan: Its money; none where no table that feeds facts states any.
        printed_total_yuan: What the found line prints as its total: a control, no fact.
        score: BM25 over kinds of texts: to be compared within one answer only.
        is_whole: Whether each word stands somewhere in one piece.
        hits: Where, the kind of text that tells most first.
        path: The document.
        place: Page and cell (or sheet and address) that a published fact cites for the first hit;
            none where no fact does.
        prints_hit: Whether that cell prints the first hit itself; else it is the project's.
        fact_id: A fact of that cell, for ``yusuan trace``.
        title: Of the table, as printed.
    """

    body: str
    spending_unit: str | None
    project: str | None
    project_id: str | None
    fiscal_year: int
    phase: str
    amount_yuan: Decimal | None
    printed_total_yuan: Decimal | None
    score: float
    is_whole: bool
    hits: list[Hit]
    path: str
    place: dict[str, Any] | None
    prints_hit: bool
    fact_id: str | None
    title: str | None


@dataclass(frozen=True)
class Found:
    """An answer: the first results, how many there are, and what was searched."""

    words: list[str]
    results: list[Result]
    count: int
    searched: dict[str, int]


def words(asked: Sequence[str]) -> list[Word]:
    """Words in plain forms, parted by white space, each once.

    A word of four characters or more is looked for in pieces of two as well: most such words are
    made of words of two (污水处理). An odd one leaves out a character before its last piece.

    Raises:
        SearchError: nothing but white space.
    """
    found = dict.fromkeys(fold(" ".join(asked)).text.lower().split())
    if not found:
        raise SearchError("没有要找的词 / no words to look for: yusuan search 污水处理")
    return [Word(text, _pieces(text)) for text in found]


def _pieces(word: str) -> tuple[str, ...]:
    if len(word) < _WHOLE or not _is_ideographs(word):
        return ()
    starts = [*range(0, len(word) - _PIECE - 1, _PIECE), len(word) - _PIECE]
    return tuple(dict.fromkeys(word[at : at + _PIECE] for at in starts))


def _is_ideographs(word: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" for char in word)


def search(
    settings: Settings,
    asked: Sequence[str],
    *,
    bodies: Sequence[str] = (),
    years: Sequence[int] = (),
    limit: int = 20,
) -> Found:
    """Projects and targets of bodies in which all words stand, those that fit best first.

    Words may stand in different texts of a project. The same project in another year is another
    result. A word that stands whole goes before one whose pieces stand apart.

    Args:
        settings: The installation.
        asked: Words, or lines of them.
        bodies: Bodies or spending units whose name contains one of these; all if none.
        years: Fiscal years; all if none.
        limit: Results at most.

    Raises:
        SearchError: nothing to look for.
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    wanted = words(asked)
    with published(settings) as connection:
        (searched,) = rows(connection, sql.SEARCHED)
        _hits(connection, wanted, {"bodies": list(bodies), "years": list(years)})
        weights = ", ".join(f"('{f}', {weight}, {usual})" for f, (weight, usual) in FIELDS.items())
        connection.execute(
            sql.RANKED.format(weights=weights),
            {"subjects": searched["project_lines"], "words": len(wanted), "apart": _APART,
             "k": _SATURATION, "b": _LENGTH},
        )  # fmt: skip
        ((count,),) = connection.execute("SELECT count(*) FROM ranked").fetchall()
        found = rows(connection, sql.FOUND, {"limit": limit, "fields": list(FIELDS)})
        results = _results(connection, found, wanted)
    return Found([word.text for word in wanted], results, count, searched)


def _hits(
    connection: duckdb.DuckDBPyConnection, wanted: list[Word], asked: dict[str, object]
) -> None:
    """A temporary table of all texts in which a word stands, a row a word."""
    told: dict[str, object] = {f"w{n}": _sought(word.text) for n, word in enumerate(wanted)}
    told |= {f"p{n}_{at}": piece for n, w in enumerate(wanted) for at, piece in enumerate(w.pieces)}
    stand = ["{test}({column}, $w{n})".format(test=_test(word.text), column="{0}", n=n)
             for n, word in enumerate(wanted)]  # fmt: skip
    stand += [
        " AND ".join(f"contains({{0}}, $p{n}_{at})" for at in range(len(word.pieces)))
        for n, word in enumerate(wanted)
        if word.pieces
    ]
    found = " OR ".join(f"({one})" for one in stand)
    columns = {column: found.format(column) for column in ("name", "goal", "raw_text")}
    connection.execute(sql.TEXTS.format_map(columns), told)
    pieces = [f"[{', '.join(f'$p{n}_{at}' for at in range(len(word.pieces)))}]::VARCHAR[]"
              for n, word in enumerate(wanted)]  # fmt: skip
    listed = ", ".join(f"({n}, $w{n}, {each})" for n, each in enumerate(pieces))
    told |= {f"w{n}": word.text for n, word in enumerate(wanted)}
    plain = "text"
    if not all(_is_ideographs(word.text) for word in wanted):
        plain = sql.PLAIN
        told |= {"wide": _WIDE, "plain": _PLAIN}
    connection.execute(sql.HITS.format(words=listed, plain=plain), told | asked)


def _test(word: str) -> str:
    """How a column is asked: ideographs have no other forms, which is what most words are."""
    return "contains" if _is_ideographs(word) else "regexp_matches"


def _sought(word: str) -> str:
    """What it is asked with: a word of other characters in all their forms, ``[aAａＡ]``."""
    if _is_ideographs(word):
        return word
    return "".join(f"[{''.join(map(_escaped, _forms(char)))}]" for char in word)


def _forms(char: str) -> list[str]:
    wide = str.maketrans(_PLAIN, _WIDE)
    return list(dict.fromkeys(
        form for one in (char, char.upper()) if len(one) == 1 for form in (one, one.translate(wide))
    ))  # fmt: skip


def _escaped(char: str) -> str:
    return f"\\{char}" if char in _PLAIN and not char.isalnum() else char


def _results(
    connection: duckdb.DuckDBPyConnection, found: list[dict[str, Any]], wanted: list[Word]
) -> list[Result]:
    """Rows of results and their texts as results, each with its place."""
    lines, indicators, statements = (
        sorted({row[key] for row in found if row[key] is not None})
        for key in ("project_line_id", "indicator_id", "statement_id")
    )
    cells = rows(connection, sql.PLACES, {"lines": lines, "indicators": indicators})
    documents = {
        row["statement_id"]: row
        for row in rows(connection, sql.DOCUMENTS, {"statements": statements})
    }
    results = []
    for _, group in groupby(found, key=itemgetter("place")):
        texts = list(group)
        first = texts[0]
        cell = _cell(first, cells)
        document = documents[first["statement_id"]]
        results.append(
            Result(
                first["body_name"], first["spending_unit_name"], first["project_name"],
                first["project_id"], first["fiscal_year"], first["phase"], first["amount_yuan"],
                first["printed_total_yuan"], first["score"], first["is_whole"],
                [Hit(row["field"], row["text"], _marks(row["text"], wanted)) for row in texts],
                str(cell["path"] if cell else document["path"]),
                {key: cell[key] for key in _PLACE} if cell else None,
                cell is not None and cell["text"].find(first["text"]) >= 0,
                cell["fact_id"] if cell else None,
                document["title"],
            )
        )  # fmt: skip
    return results


def _cell(text: dict[str, Any], cells: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The cell that prints a text; else one of its project; else none."""
    own = [
        cell
        for cell in cells
        if cell["role"] == _ROLES[text["field"]]
        and (
            cell["indicator_id"] == text["indicator_id"]
            if text["indicator_id"] is not None
            else cell["project_line_id"] == text["project_line_id"]
        )
    ]
    of_project = [
        cell
        for cell in cells
        if cell["role"] == "project"
        and text["project_line_id"] is not None
        and cell["project_line_id"] == text["project_line_id"]
    ]
    return next(iter([*own, *of_project]), None)


def _marks(text: str, wanted: list[Word]) -> list[tuple[int, int]]:
    """Where words stand in a text, else their pieces; in order, none within another."""
    narrow = text.translate(str.maketrans(_WIDE, _PLAIN))
    plain = "".join(char.lower() if len(char.lower()) == 1 else char for char in narrow)
    found = []
    for word in wanted:
        for part in (word.text,) if word.text in plain else word.pieces:
            at = plain.find(part)
            while at >= 0:
                found.append((at, at + len(part)))
                at = plain.find(part, at + len(part))
    marks: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return marks
