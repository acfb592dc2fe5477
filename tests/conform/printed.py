"""Tables printed in memory, as normalising hands them on, conformed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conform.records import conform
from pipelines.extract.grids import BOX
from pipelines.recognise.frames import (
    CLUE_SCHEMA,
    JOIN_SCHEMA,
    PAGE_SCHEMA,
    READING_SCHEMA,
    STATEMENT_SCHEMA,
)
from schemas.axes import fund_scope
from tests.normalise.printed import Table, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Frames = Mapping[str, pl.DataFrame]

BODY = "示例局"


@dataclass(frozen=True)
class Printed:
    """A table and what its statement is about."""

    kind: str
    table: Table
    body: str | None = BODY
    phase: str | None = "budget"
    consolidation: str = "unknown"
    clues: Sequence[tuple[str, str, str]] = field(default=())


def conformed(*printed: Printed) -> dict[str, pl.DataFrame]:
    """What conform makes of the statements of one document."""
    normalised = read(*(each.table for each in printed)).frames
    statements = pl.DataFrame(
        [_statement(number, each) for number, each in enumerate(printed, 1)],
        schema=STATEMENT_SCHEMA,
    )
    clues = [
        {"reading_id": "r", "statement_no": number, "clue_no": clue_no, "field": name,
         "value": value, "source": source, "evidence": value, "is_chosen": True}
        for number, each in enumerate(printed, 1)
        for clue_no, (name, value, source) in enumerate(each.clues, 1)
    ]  # fmt: skip
    places = dict.fromkeys(("char_from", "char_to"), pl.Int32) | dict.fromkeys(BOX, pl.Float64)
    cells = normalised["cell"].with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in places.items()
    )
    return conform(
        {
            **normalised,
            "cell": cells,
            "statement": statements,
            "clue": pl.DataFrame(clues, schema=CLUE_SCHEMA),
            "join": pl.DataFrame(schema=JOIN_SCHEMA),
            "page": pl.DataFrame(schema=PAGE_SCHEMA),
            "reading": pl.DataFrame(schema=READING_SCHEMA),
        }
    )


def _statement(number: int, printed: Printed) -> dict[str, Any]:
    table = printed.table
    return {
        "reading_id": "r", "document_id": "d", "statement_no": number, "kind": printed.kind,
        "layout_id": f"place/{printed.kind}", "shape": table.shape,
        "fund_scope": fund_scope(printed.kind), "place": f"p{number}", "body": printed.body,
        "consolidation": printed.consolidation, "fiscal_year": table.fiscal_year,
        "phase": printed.phase, "unit": table.unit,
    }  # fmt: skip


def told(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of figures and their amount in whole yuan, in order."""
    return [
        (*values, int(amount)) for *values, amount in frame.select(*columns, "amount_yuan").rows()
    ]
