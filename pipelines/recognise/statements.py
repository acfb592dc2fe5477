"""A statement of a document: its row, its clues, its joins, and what it does not say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.context import REQUIRED, Clue, choose, sidecar_clues
from pipelines.recognise.headings import clues_above
from pipelines.recognise.items import Item, Place, Sheets, place_expr
from pipelines.values.amounts import money_exponents
from pipelines.values.years import year_clues
from schemas.axes import fund_scope
from schemas.tables.vocabulary import CONTEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipelines.documents.context import DocumentContext
    from pipelines.documents.readings import ReadingKey
    from pipelines.recognise.groups import Group
    from pipelines.recognise.headings import Heading
    from pipelines.recognise.joins import Join
    from schemas.layout import Layout


@dataclass(frozen=True)
class Around:
    """What a document says of all of its tables: how grids became tables, and its headings.

    ``config``: the operator's own code lists. ``sheets``: what a workbook calls its places.
    """

    joins: Sequence[Join] = ()
    headings: Sequence[Heading] = ()
    config: Path | None = None
    sheets: Sheets = field(default_factory=Sheets)


@dataclass(frozen=True)
class Recognised:
    """A statement with its context decided as far as the evidence goes."""

    key: ReadingKey
    statement_no: int
    group: Group
    clues: list[Clue]
    chosen: dict[str, str]
    conflicts: list[str]
    around: Around
    outside_era: Layout | None = None

    @property
    def place(self) -> Place:
        """Where its first grid stands."""
        first = self.group.fragments[0]
        return Place(first.page_no, first.grid_no)

    @property
    def required(self) -> set[str]:
        """Fields without which it waits: where no money is printed, no unit of it is needed."""
        return set(REQUIRED) if self.group.layout.has_money else set(REQUIRED) - {"unit"}

    def row(self, note_cell_id: str | None) -> dict[str, Any]:
        """As a row of STATEMENT_SCHEMA; ``note_cell_id``: what says that it has no figures."""
        chosen = self.chosen
        return {
            **self._number(),
            "document_id": self.key.document_id,
            "kind": self.group.layout.kind,
            "layout_id": self.group.layout.id,
            "shape": self.group.layout.shape,
            "fund_scope": fund_scope(self.group.layout.kind, self.around.config),
            "title": self.group.title,
            "place": self.place.text(self.around.sheets),
            "body": chosen.get("body"),
            "consolidation": chosen.get("consolidation", "unknown"),
            "fiscal_year": int(chosen["fiscal_year"]) if "fiscal_year" in chosen else None,
            "phase": chosen.get("phase"),
            "region": chosen.get("region"),
            "unit": chosen.get("unit"),
            "is_declared_empty": note_cell_id is not None,
            "note_cell_id": note_cell_id,
        }

    def clue_rows(self) -> list[dict[str, Any]]:
        """As rows of CLUE_SCHEMA."""
        return [
            self._number()
            | {"clue_no": n, "field": c.field, "value": c.value, "source": c.source,
               "evidence": c.evidence, "cell_id": c.cell_id, "is_chosen": c.is_chosen}
            for n, c in enumerate(self.clues, 1)
        ]  # fmt: skip

    def join_rows(self) -> list[dict[str, Any]]:
        """As rows of JOIN_SCHEMA: how grids became tables, and tables one statement."""
        first = self.group.fragments[0].grid_no
        detail = (
            f"标题、标签与表头重复，续接表{first} / repeats title, labels and header "
            f"of grid {first}; header dropped"
        )
        said: list[tuple[str, int, int, int, str]] = []
        for fragment in self.group.fragments:
            if fragment is not self.group.fragments[0]:
                place = (fragment.page_no, fragment.grid_no, fragment.header_row)
                said.append(("repeated_header", *place, detail))
            said += [(j.rule_id, j.page_no, j.grid_no, j.row_no, j.detail)
                     for j in self.around.joins if j.table_no == fragment.table_no]  # fmt: skip
        names = ("rule_id", "page_no", "grid_no", "row_no", "detail")
        return [
            self._number() | {"join_no": number} | dict(zip(names, row, strict=True))
            for number, row in enumerate(said, 1)
        ]

    def items(self, years: list[dict[str, Any]]) -> Iterable[Item]:
        """An item for each required field that is not decided; ``years``: see ``year_rows``."""
        for name in CONTEXT_FIELDS:
            if name in self.conflicts:
                mine = [
                    {"value": c.value, "around": c.evidence, "source": c.source}
                    for c in self.clues
                    if c.field == name
                ]
                found = " ≠ ".join(row["value"] for row in mine)
                yield self._item("context_conflict", name, found, mine)
            elif name in self.required and name not in self.chosen:
                mine = years if name == "fiscal_year" else []
                yield self._item("context_missing", name, "未印刷 / not printed", mine)
        yield from self._named_otherwise()
        if self.outside_era is not None:
            yield Item("statement", self.place, "era_unknown", self.chosen["fiscal_year"],
                       f"{self.outside_era.id}: {self.outside_era.era.text}", "withheld",
                       self.statement_no, "fiscal_year")  # fmt: skip
        unit = self.chosen.get("unit")
        if unit is not None and unit not in money_exponents():
            known = ", ".join(money_exponents())
            found = f"{unit}：未知单位 / unknown unit; 已知 known: {known}"
            yield self._item("context_missing", "unit", found, [])

    def _named_otherwise(self) -> Iterable[Item]:
        """The name of its sheet is the title of another table: said, and what is printed counts."""
        first, kind = self.group.fragments[0], self.group.layout.kind
        if first.named and kind not in first.named:
            yield Item("statement", self.place, "sheet_name_differs", first.sheet or "",
                       self.group.title or kind, "none", self.statement_no)  # fmt: skip

    def _item(self, rule_id: str, name: str, found: str, clues: list[dict[str, Any]]) -> Item:
        return Item("statement", self.place, rule_id, found, name, "withheld", self.statement_no,
                    name, clues)  # fmt: skip

    def _number(self) -> dict[str, Any]:
        return {"reading_id": self.key.reading_id, "statement_no": self.statement_no}


def recognise_statement(
    key: ReadingKey,
    statement_no: int,
    group: Group,
    context: DocumentContext,
    around: Around | None = None,
) -> Recognised:
    """Decide a statement's context by its sidecar, what is printed for it, and what heads it.

    ``around``: what its document says of all of its tables. Headings speak for a table with a
    title only: the line above one without may say another year in words that nobody knows.
    """
    around = around or Around()
    is_titled = any(fragment.title for fragment in group.fragments)
    above = clues_above(around.headings, group.fragments[0].seq) if is_titled else []
    clues, chosen, conflicts = choose(
        [*sidecar_clues(context.sidecar, statement_no), *group.clues, *above]
    )
    year = chosen.get("fiscal_year")
    outside = group.settle(int(year)) if year else None
    return Recognised(key, statement_no, group, clues, chosen, conflicts, around, outside)


def year_rows(cells: pl.DataFrame) -> list[dict[str, Any]]:
    """Every year that a document's text mentions, its place, and the words around it."""
    mentioned = cells.filter(pl.col("text").str.contains(r"(?:19|20)\d{2}")).sort("seq")
    return [
        {"value": str(clue.year), "place": place, "around": clue.around}
        for place, text in mentioned.select(place_expr(), "text").iter_rows()
        for clue in year_clues(text)
    ]
