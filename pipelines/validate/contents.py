"""Content hashes: equal records are equal content, whatever document prints them.

All printed amounts are content, totals too; what identities make of them is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import polars_hash as plh

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What of each table is content. Keys made of documents or places are not.
_CONTENT = {
    "project_line": ("spending_unit_id", "ordinal", "label", "goal", "printed_total_yuan"),
    "indicator": ("project_line_id", "ordinal", "level_1_raw", "level_2_raw",
                  "indicator_class_id", "name"),
    "value": ("project_line_id", "ordinal", "horizon", "raw_text", "kind", "direction",
              "state", "suspect"),
    "target": ("project_line_id", "ordinal", "horizon", "clause_no", "clause_kind", "subject",
               "comparator", "low_value", "high_value", "scale_exponent", "denominator",
               "boolean_value", "unit", "per_unit", "per_period", "period_from", "period_to",
               "grade", "reference", "base", "direction"),
    "printed_amount": ("block", "line_no", "label", "row_axis", "row_node", "column_axis",
                       "column_node", "is_memo", "period", "phase", "amount_yuan"),
}  # fmt: skip


def content_hashes(statements: pl.DataFrame, records: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``statement_id, content_hash`` (SHA-256), one row per statement."""
    records = {**records, "printed_amount": _ranked(records["printed_amount"])}
    lines = [
        records[name].select(
            "statement_id",
            record=pl.concat_str(
                pl.lit(name),
                *(pl.col(c).cast(pl.String).fill_null("\x00") for c in columns),
                separator="\x1f",
            ),
        )
        for name, columns in _CONTENT.items()
    ]
    whole = (
        pl.concat(lines)
        .sort("statement_id", "record")
        .group_by("statement_id", maintain_order=True)
        .agg(content=pl.col("record").str.join("\x1e"))
    )
    hashed = statements.select("statement_id").join(
        whole, on="statement_id", how="left", maintain_order="left"
    )
    content = plh.concat_str([pl.col("content").fill_null("")], separator="")
    return hashed.select("statement_id", content_hash=content.chash.sha2_256())


def _ranked(amounts: pl.DataFrame) -> pl.DataFrame:
    """Amounts with their rows counted anew: a blank row, at a page's end too, is no content."""
    order = pl.col("line_no").rank("dense").over("statement_id", "block")
    return amounts.with_columns(line_no=order)
