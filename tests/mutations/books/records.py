"""What the rooms make of books, and what the truth has: multisets that can be compared.

Keys made of places, and the order of rows, are left out: they are no content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from schemas.layout import layouts
from tests.generator.books.answers import COORDINATES, FACTS
from tests.generator.books.controls import controls
from tests.generator.books.documents import CONFIG
from tests.generator.books.truth import consolidation, facts
from tests.printing import Rooms, read_through

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.documents.sidecars import Sidecar
    from pipelines.extract.grids import Extraction
    from tests.generator.books.documents import Document

Rows = Counter[tuple[Any, ...]]
CONTEXT = ("body", "consolidation", "fiscal_year", "phase", "unit")
_TOLD = {
    "fact_project_funding": ("unit", "project_name", "fund_source_id"),
    "fact_procurement": ("category", "project", "economic", "item", "method"),
}
_WHEN = ("fiscal_year", "phase")


@dataclass
class Reading:
    """What was read of one document.

    Attributes:
        contexts: Kind of table → what each such table is about.
        facts: Kind of table → rows of facts of its complete tables: fact, coordinates, amount.
        rules: Rules of what waits.
        withheld: Kinds of tables that wait.
        suspects: Controls that hold, but hardly.
        findings: Rules of what is said and published all the same.
    """

    contexts: dict[str, Rows] = field(default_factory=lambda: defaultdict(Counter))
    facts: dict[str, Rows] = field(default_factory=lambda: defaultdict(Counter))
    rules: Rows = field(default_factory=Counter)
    withheld: Rows = field(default_factory=Counter)
    suspects: Rows = field(default_factory=Counter)
    findings: Rows = field(default_factory=Counter)


def read(texts: Sequence[str], said: Sequence[Sidecar | None]) -> list[Reading]:
    """Documents through all rooms below load, in the order given."""
    return read_extractions(
        [extract(sha256_of(text.encode()), text.encode()) for text in texts], said
    )


def read_extractions(
    extractions: Sequence[Extraction], said: Sequence[Sidecar | None]
) -> list[Reading]:
    """Documents that are read already, through all rooms behind, in the order given."""
    rooms = Rooms(*read_through(extractions, said, layouts(CONFIG)), CONFIG)
    found = {reading_id: Reading() for reading_id in rooms.reading_ids}
    accepted = rooms.accepted
    for reading_id, rule in accepted["quarantine_item"].select("reading_id", "rule_id").rows():
        found[reading_id].rules[rule,] += 1
    statements = _statements(rooms)
    of_reading = statements.select("statement_id", "reading_id")
    findings = accepted["finding"].join(of_reading, on="statement_id")
    for reading_id, rule in findings.select("reading_id", "rule_id").rows():
        found[reading_id].findings[rule,] += 1
    for reading_id, kind, status, *context in statements.select(
        "reading_id", "kind", "status", *CONTEXT
    ).rows():
        found[reading_id].contexts[kind][tuple(context)] += 1
        found[reading_id].withheld[kind,] += status != "complete"
    for reading_id, kind, row in _facts(rooms, statements):
        found[reading_id].facts[kind][row] += 1
    suspects = accepted["control_total"].filter(pl.col("verdict") == "suspect").join(
        statements.select("statement_id", "reading_id", "kind"), on="statement_id"
    )  # fmt: skip
    for reading_id, *control in suspects.select(
        "reading_id", "kind", "identity_id", "printed_yuan", "computed_yuan"
    ).rows():
        found[reading_id].suspects[tuple(control)] += 1
    return list(found.values())


def _statements(rooms: Rooms) -> pl.DataFrame:
    """``statement_id, reading_id, kind, status`` and the context, body and unit as printed."""
    status = rooms.accepted["statement"].select("statement_id", "status")
    return rooms.conformed["statement"].join(status, on="statement_id")


def _facts(rooms: Rooms, statements: pl.DataFrame) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Reading, kind of table, and content of every fact of a complete table."""
    complete = statements.filter(pl.col("status") == "complete").select(
        "statement_id", "reading_id", "kind"
    )
    units = rooms.conformed["body"].select(spending_unit_id="body_id", unit="name").unique(
        "spending_unit_id"
    )  # fmt: skip
    for name, frame in rooms.conformed.items():
        if name not in {*FACTS, *_TOLD}:
            continue
        known = frame.join(complete, on="statement_id", how="inner", suffix="_of_statement")
        if "spending_unit_id" in known.columns:
            known = known.join(units, on="spending_unit_id", how="left")
        told = _TOLD.get(name) or [
            column for of, column in (("unit", "unit"), *COORDINATES.items()) if of in FACTS[name]
        ]
        kind = "kind_of_statement" if "kind_of_statement" in known.columns else "kind"
        for reading_id, of_kind, *row in known.select(
            "reading_id", kind, *told, *_WHEN, "amount_yuan"
        ).rows():
            yield reading_id, of_kind, (name, *row)


def true_records(document: Document) -> Reading:
    """What the truth has of a document, as the rooms should have it."""
    reading = Reading()
    for sheet in document.book.sheets:
        body = document.body_of(sheet)
        about = (body, consolidation(document, sheet), document.fiscal_year,
                 document.phase_of(sheet),                 sheet.style.unit)  # fmt: skip
        reading.contexts[sheet.kind][about] += 1
        for fact, _, row in facts(document, sheet):
            reading.facts[sheet.kind][fact, *_told(fact, row)] += 1
        for control in controls(sheet):
            if control.verdict == "suspect" and control.printed is not None:
                sums = (Decimal(control.printed), Decimal(control.computed))
                reading.suspects[sheet.kind, control.identity_id, *sums] += 1
    return reading


def _told(fact: str, row: tuple[Any, ...]) -> Iterator[Any]:
    """Coordinates that the fact's table has, year, phase and amount of a row of the truth."""
    *told, year, phase, yuan = row
    if fact == "fact_procurement":
        kept = told[2:]
    elif fact == "fact_project_funding":
        kept = told[3:]
    else:
        unit, *others = told[4:]
        has = FACTS[fact]
        kept = [unit] if "unit" in has else []
        kept += [said for name, said in zip(COORDINATES, others, strict=True) if name in has]
    yield from (*kept, year, phase, Decimal(yuan))
