"""Context of a statement: every clue with its evidence, and the choice between them.

Evidence ranks: sidecar, then what is printed for that table, then the cover and the headings above
it, then a sheet's name. A year that merely occurs in the text corroborates and never decides. Where
clues of a rank conflict, or a sidecar contradicts print and does not say that it overrides it,
nothing is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.amounts import money_exponents
from pipelines.values.text import fold, fold_label
from pipelines.values.years import plain_year
from schemas.layout import vocabulary
from schemas.tables.vocabulary import CONTEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.documents.sidecars import Sidecar

_RANK = {"sidecar": 0, "printed": 1, "heading": 2, "sheet_name": 3}
#: Only years that the tables admit: a stray 1920 in a title must not stop a build.
_TITLE_YEAR = re.compile(r"((?:19[5-9]|20\d)\d|[〇零一二三四五六七八九]{4})年度?")
#: A line that is nothing but the year of the table below it: （2026年度）.
_YEAR_ALONE = re.compile(r"\(?((?:19[5-9]|20\d)\d)年度?\)?")
#: What 单位： introduces, if it is no unit that is known: a unit of money all the same, no body.
_MONEY = re.compile(r"元$|^[\d.,]+$")
#: Without these a statement waits.
REQUIRED = ("fiscal_year", "phase", "body", "unit")


@dataclass(frozen=True)
class Clue:
    """A value for a field of the context, and why one may think so."""

    field: str
    value: str
    source: str
    evidence: str
    cell_id: str | None = None
    is_chosen: bool = False
    overrides_print: bool = False


@dataclass(frozen=True)
class Line:
    """A printed line above a grid, and what it turned out to be."""

    cell_id: str
    text: str
    is_title: bool
    clues: tuple[Clue, ...]


def has_label(text: str) -> bool:
    """Whether a text begins with a label: ``部门名称：``, ``单位：``."""
    return _label_pattern().match(fold(text).text.strip()) is not None


def read_line(cell_id: str, text: str, *, is_title: bool) -> Line:
    """What a line above a table says: as its title, or by labels with values; or nothing."""
    read = _title_clues if is_title else _label_clues
    return Line(cell_id, text, is_title, tuple(read(cell_id, text)))


def phases_said(text: str) -> Iterable[tuple[str, str]]:
    """Phases that a title or heading says, each with the word that says it."""
    folded = fold_label(text)
    for phase, words in vocabulary().phases.items():
        yield from ((phase, word) for word in words if word in folded)


def body_clues(name: str, evidence: str, cell_id: str, source: str) -> Iterable[Clue]:
    """A body's name; a suffix such as （部门） says whose book it is and is no part of the name."""
    for consolidation, suffixes in vocabulary().consolidation:
        for suffix in suffixes:
            plain = fold(suffix).text
            if name.endswith(plain) and name != plain:
                yield Clue("body", name.removesuffix(plain), source, evidence, cell_id)
                yield Clue("consolidation", consolidation, source, evidence, cell_id)
                return
    yield Clue("body", name, source, evidence, cell_id)


def _title_clues(cell_id: str, text: str) -> Iterable[Clue]:
    for match in _TITLE_YEAR.finditer(fold_label(text)):
        yield Clue("fiscal_year", plain_year(match[1]), "printed", text, cell_id)
    for phase, _ in phases_said(text):
        yield Clue("phase", phase, "printed", text, cell_id)


def _label_clues(cell_id: str, text: str) -> Iterable[Clue]:
    labels, exponents = vocabulary().labels, money_exponents()
    if alone := _YEAR_ALONE.fullmatch(fold_label(text)):
        yield Clue("fiscal_year", alone[1], "printed", text, cell_id)
    for match in _label_pattern().finditer(fold(text).text):
        label, value = match["label"], "".join(match["value"].split())
        if label in labels.unit and (value in exponents or _MONEY.search(value)):
            yield Clue("unit", value, "printed", text, cell_id)
        elif value:
            yield from body_clues(value, text, cell_id, "printed")


def sheet_clues(name: str) -> Iterable[Clue]:
    """What the name of a workbook's sheet says: year and phase, as a title would."""
    for clue in _title_clues("", name):
        yield replace(clue, source="sheet_name", cell_id=None)


def header_units(cell_id: str, text: str) -> Iterable[Clue]:
    """The unit of money that a header cell prints in brackets: ``预算数（单位：万元）``."""
    for match in _unit_pattern().finditer(fold_label(text)):
        yield Clue("unit", match["unit"], "printed", text, cell_id)


def sidecar_clues(sidecar: Sidecar | None, statement_no: int) -> list[Clue]:
    """What people said of the document, or of this statement of it, with their reasons."""
    if sidecar is None:
        return []
    return [
        Clue(name, str(claim.value), "sidecar", claim.why, overrides_print=claim.overrides_print)
        for name, claim in sidecar.claims().items()
        if not claim.statements or statement_no in claim.statements
    ]


def choose(clues: Sequence[Clue]) -> tuple[list[Clue], dict[str, str], list[str]]:
    """Decide each field by its strongest evidence.

    A sidecar supplies what is not printed. Where it contradicts what is printed for the statement
    it decides only if its claim says that it overrides print: one sidecar speaks for all tables of
    a document, and some of them may state their own year. What is printed for a table decides
    against the headings of its book, which speak for many tables.

    Returns:
        The clues with those that decided marked; field → value; fields whose strongest clues
        conflict with one another, for which nothing is chosen.
    """
    marked = list(dict.fromkeys(clues))
    chosen: dict[str, str] = {}
    conflicts: list[str] = []
    for field in CONTEXT_FIELDS:
        mine = [clue for clue in marked if clue.field == field and clue.source in _RANK]
        if not mine:
            continue
        ranks = sorted({_RANK[clue.source] for clue in mine})
        strongest = [clue for clue in mine if _RANK[clue.source] == ranks[0]]
        is_said = strongest[0].source == "sidecar" and not strongest[0].overrides_print
        against = [c for c in mine if _RANK[c.source] in ranks[1:2]] if is_said else []
        if len({fold_label(clue.value) for clue in (*strongest, *against)}) > 1:
            conflicts.append(field)
            continue
        chosen[field] = strongest[0].value
        marked = [replace(c, is_chosen=True) if c == strongest[0] else c for c in marked]
    return marked, chosen, conflicts


@cache
def _label_pattern() -> re.Pattern[str]:
    labels = vocabulary().labels
    words = sorted({*labels.body, *labels.unit}, key=lambda word: (-len(word), word))
    alternatives = "|".join(re.escape(fold(word).text) for word in words)
    # A value runs to the next label or the end of the line: names are printed with spaces too.
    value = rf"(?:(?!\s(?:{alternatives})\s*:).)*"
    return re.compile(rf"(?:^|(?<=\s))(?P<label>{alternatives})\s*:(?P<value>{value})")


@cache
def _unit_pattern() -> re.Pattern[str]:
    labels = "|".join(re.escape(fold_label(word)) for word in vocabulary().labels.unit)
    units = "|".join(map(re.escape, sorted(money_exponents(), key=len, reverse=True)))
    return re.compile(rf"\((?:(?:{labels}):)?(?P<unit>{units})\)")
