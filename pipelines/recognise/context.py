"""Context of a statement: every clue with its evidence, and the choice between them.

Evidence ranks: sidecar, then what is printed for that table, then a sheet's name. A year that
merely occurs in the text corroborates and never decides. Where clues conflict and no sidecar says
that it overrides print, nothing is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.amounts import money_exponents
from pipelines.values.text import fold, fold_label
from schemas.layout import vocabulary
from schemas.tables.vocabulary import CONTEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.documents.sidecars import Sidecar

_RANK = {"sidecar": 0, "printed": 1, "sheet_name": 2}
#: Only years that the tables admit: a stray 1920 in a title must not stop a build.
_TITLE_YEAR = re.compile(r"((?:19[5-9]|20\d)\d)年度?")
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


def _title_clues(cell_id: str, text: str) -> Iterable[Clue]:
    folded = fold_label(text)
    for match in _TITLE_YEAR.finditer(folded):
        yield Clue("fiscal_year", match[1], "printed", text, cell_id)
    for phase, words in vocabulary().phases.items():
        if any(word in folded for word in words):
            yield Clue("phase", phase, "printed", text, cell_id)


def _label_clues(cell_id: str, text: str) -> Iterable[Clue]:
    labels, exponents = vocabulary().labels, money_exponents()
    for match in _label_pattern().finditer(fold(text).text):
        label, value = match["label"], "".join(match["value"].split())
        if label in labels.unit and (value in exponents or _MONEY.search(value)):
            yield Clue("unit", value, "printed", text, cell_id)
        elif value:
            yield from _body_clues(value, cell_id, text)


def _body_clues(value: str, cell_id: str, text: str) -> Iterable[Clue]:
    """A body's name; a suffix such as （部门） says whose book it is and is no part of the name."""
    for consolidation, suffixes in vocabulary().consolidation:
        for suffix in suffixes:
            plain = fold(suffix).text
            if value.endswith(plain) and value != plain:
                yield Clue("body", value.removesuffix(plain), "printed", text, cell_id)
                yield Clue("consolidation", consolidation, "printed", text, cell_id)
                return
    yield Clue("body", value, "printed", text, cell_id)


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
    a document, and some of them may state their own year.

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
        rank = min(_RANK[clue.source] for clue in mine)
        strongest = [clue for clue in mine if _RANK[clue.source] == rank]
        against = [] if strongest[0].overrides_print else mine
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
