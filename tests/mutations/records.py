"""What the rooms make of documents, and what the truth has: multisets that can be compared.

Keys made of places, and the order of rows, are left out: they are no content.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.generator.controls import controls
from tests.generator.truth import COLUMNS, records
from tests.generator.values import DETAILS
from tests.printing import through_validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.documents.sidecars import Sidecar
    from tests.generator.documents import Document
    from tests.printing import Rooms

Rows = Counter[tuple[Any, ...]]

#: Kinds of records, and their columns as the rooms name them.
_OF_PROJECT = ("spending_unit_name", "project_name")
FRAMES = {
    "context": ("statement", ("body", "consolidation", "fiscal_year", "phase", "unit")),
    "line": ("project_line", ("spending_unit_name", "name", "goal", "printed_total_yuan")),
    "funding": ("fact_project_funding", (*_OF_PROJECT, "fund_source_id", "amount_yuan")),
    "indicator": ("indicator", ("project_name", "level_1_raw", "level_2_raw",
                                "indicator_class_id", "name")),
    "value": ("value", ("project_name", "indicator_name", "horizon", "raw_text", "kind")),
    "target": ("target", ("project_name", "horizon", "clause_kind", "comparator", "low_value",
                          "high_value", "boolean_value", "unit", "subject", *DETAILS)),
    "control": ("control", ("identity_id", "label", "measure", "printed_yuan", "computed_yuan")),
}  # fmt: skip


@dataclass
class Reading:
    """What was read of one document.

    Attributes:
        kinds: Kind of record → records, with how often each occurs.
        rules: Rules of what waits.
        is_withheld: Whether a statement of it is not complete, or there is none.
        suspects: Controls that hold, but hardly.
    """

    kinds: dict[str, Rows] = field(default_factory=lambda: {name: Counter() for name in FRAMES})
    rules: set[str] = field(default_factory=set)
    is_withheld: bool = True
    suspects: Rows = field(default_factory=Counter)


def read(texts: Sequence[str], said: Sequence[Sidecar | None]) -> list[Reading]:
    """Documents through all rooms below load, in the order given."""
    rooms = through_validate(texts, said)
    found = {reading_id: Reading() for reading_id in rooms.reading_ids}
    for kind, reading_id, row in _rows(rooms):
        found[reading_id].kinds[kind][row] += 1
    accepted = rooms.accepted
    for reading_id, rule in accepted["quarantine_item"].select("reading_id", "rule_id").rows():
        found[reading_id].rules.add(rule)
    by_status = accepted["statement"].group_by("reading_id").agg(
        (pl.col("status") == "complete").all()
    )  # fmt: skip
    for reading_id, is_complete in by_status.rows():
        found[reading_id].is_withheld = not is_complete
    owner = accepted["statement"].select("statement_id", "reading_id")
    suspects = accepted["control_total"].filter(pl.col("verdict") == "suspect").join(
        owner, on="statement_id"
    )  # fmt: skip
    for reading_id, *control in suspects.select(
        "reading_id", "identity_id", "label", "measure"
    ).rows():
        found[reading_id].suspects[tuple(control)] += 1
    return list(found.values())


def _rows(rooms: Rooms) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Kind, reading and content of every record."""
    owner = rooms.conformed["statement"].select("statement_id", "reading_id")
    frames = {**rooms.conformed, "control": rooms.accepted["control_total"]}
    lines = frames["project_line"]
    for kind, (name, columns) in FRAMES.items():
        frame = frames[name]
        if kind == "target":
            names = lines.select("statement_id", "project_line_id", project_name="name")
            frame = frame.join(names, on=["statement_id", "project_line_id"])
        if "reading_id" not in frame.columns:
            frame = frame.join(owner, on="statement_id")
        for reading_id, *row in frame.select("reading_id", *columns).iter_rows():
            yield kind, reading_id, tuple(row)


def true_records(document: Document) -> Reading:
    """What the truth has of a document, as the rooms should have it."""
    reading = Reading(is_withheld=False)
    checked = list(controls(document.table))
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for name, row in records(document, checked):
        tables[name].append(dict(zip(COLUMNS[name], row, strict=True)))
    for kind, record in _true_rows(document, tables):
        reading.kinds[kind][tuple(record)] += 1
    reading.suspects.update(
        (c.identity_id, c.label, c.measure) for c in checked if c.verdict == "suspect"
    )
    return reading


def _true_rows(
    document: Document, tables: dict[str, list[dict[str, Any]]]
) -> Iterator[tuple[str, Iterable[Any]]]:
    book = document.table.book
    yield "context", (book.body, book.consolidation, document.fiscal_year,
                      document.phase, document.table.style.unit)  # fmt: skip
    names = {t["ordinal"]: t["project"] for t in tables["project_line"]}
    of_indicator = {(t["ordinal"], t["indicator_no"]): t["indicator"] for t in tables["indicator"]}
    for t in tables["project_line"]:
        yield "line", (t["spending_unit"], t["project"], t["goal"],
                      _number(t["printed_total_yuan"]))  # fmt: skip
    for t in tables["funding"]:
        yield "funding", (t["spending_unit"], t["project"], t["fund_source_id"],
                         _number(t["amount_yuan"]))  # fmt: skip
    for t in tables["indicator"]:
        yield "indicator", (names[t["ordinal"]], t["level_1"], t["level_2"],
                            t["indicator_class_id"], t["indicator"])  # fmt: skip
    for t in tables["value"]:
        yield "value", (names[t["ordinal"]], of_indicator[t["ordinal"], t["indicator_no"]],
                        t["horizon"], t["raw_text"], t["kind"])  # fmt: skip
    for t in tables["target"]:
        yield "target", (names[t["ordinal"]], t["horizon"], t["clause_kind"], t["comparator"],
                         _number(t["low_value"]), _number(t["high_value"]), t["boolean_value"],
                         t["unit"], t["subject"], *(
                             _number(t[name]) if name == "denominator" else t[name]
                             for name in DETAILS))  # fmt: skip
    for t in tables["control"]:
        yield "control", (t["identity_id"], t["label"], t["measure"],
                          _number(t["printed_yuan"]), _number(t["computed_yuan"]))  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
