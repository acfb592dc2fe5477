"""People's names and telephone numbers: kept in the archive, covered before any room sees them.

What stands behind a label of people or telephones is covered character by character, so that
every place in a text stays where it is printed, and nothing of it reaches facts, marts, evidence
or messages.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.forms import Form
from pipelines.recognise.match import Match, NoMatch
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.pieces import Printed

COVER = "●"


def begins_private(text: str) -> bool:
    """Whether a line begins with a label of people or telephones and a colon."""
    return _inline().match(text.strip()) is not None


def covered(text: str) -> str:
    """A text with what its own labels introduce covered: ``填表人：●●``."""
    return _inline().sub(lambda m: m["label"] + _cover(m["value"]), text)


def with_lines_covered(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells and lines with what stands behind a private label of their own covered."""
    private = cells["text"].str.contains(_inline_in_polars())
    if not private.any():
        return cells
    texts = cells.filter(private)["text"].unique(maintain_order=True)
    said = dict(zip(texts, map(covered, texts), strict=True))
    return cells.with_columns(text=pl.col("text").replace(said))


def with_cells_covered(cells: pl.DataFrame, private: Collection[str]) -> pl.DataFrame:
    """Cells with the whole text of some covered, parts of them on other pages too."""
    if not private:
        return cells
    is_private = pl.col("owner_id").is_in(list(private))
    cover = pl.col("text").str.replace_all(r"\S", COVER)
    return cells.with_columns(
        text=pl.when(is_private).then(cover).otherwise("text"),
        stored=pl.when(~is_private).then("stored"),
    )


def private_cells(fragments: Iterable[Fragment], cells: pl.DataFrame) -> set[str]:
    """Cells that layouts say hold people or telephones."""
    found: set[str] = set()
    columns: list[tuple[int, int, int]] = []
    for fragment in fragments:
        if isinstance(fragment.match, Form):
            values = fragment.match.reading.values
            found |= {value.cell_id for value in values if value.part.role == "private"}
        elif isinstance(fragment.match, Match):
            match = fragment.match
            columns += [
                (fragment.table_no, col, match.last_row)
                for col, number in match.columns.items()
                if match.layout.columns[number].role == "private"
            ]
    if columns:
        schema = {"table_no": pl.Int32, "table_col": pl.Int32, "last_row": pl.Int32}
        of_columns = pl.DataFrame(columns, schema=schema, orient="row")
        below = cells.join(of_columns, on=["table_no", "table_col"], how="inner").filter(
            pl.col("table_row") > pl.col("last_row")
        )
        found |= set(below["owner_id"])
    return found


def without_people(fragment: Fragment) -> NoMatch | None:
    """Why nothing fits a table, with what stands beside private labels covered."""
    match = fragment.match
    if not isinstance(match, NoMatch):
        return None
    found, expected = match.found, match.expected
    for text in _beside_labels(fragment.rows.values()):
        found, expected = (said.replace(text, _cover(text)) for said in (found, expected))
    return replace(match, found=found, expected=expected)


def _beside_labels(rows: Iterable[Sequence[Printed]]) -> Iterable[str]:
    """What stands right of a private label, as printed and as it is compared."""
    for row in rows:
        for label, cell in pairwise(row):
            if label.said in _labels() and len(cell.said) > 1 and cell.said not in _labels():
                yield cell.said
                yield cell.text


def _cover(text: str) -> str:
    return re.sub(r"\S", COVER, text)


@cache
def _labels() -> frozenset[str]:
    return frozenset(map(fold_label, vocabulary().labels.private))


@cache
def _words() -> str:
    longest_first = sorted(vocabulary().labels.private, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word) for word in longest_first)


@cache
def _inline() -> re.Pattern[str]:
    """A label, its colon, and what follows: up to punctuation, another label, or the end."""
    value = r"(?:(?!\s+[^\s:：]+\s*[:：])[^,，。;；\n])*"
    return re.compile(rf"(?P<label>(?:{_words()})\s*[:：])(?P<value>{value})")


def _inline_in_polars() -> str:
    return rf"(?:{_words()})\s*[:：]"
