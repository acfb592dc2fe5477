"""Indicators, their values and the clauses in them; each distinct text is parsed once."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.normalise.cells import ROW
from pipelines.normalise.values import TEXT, beside_the_other, one_piece, read_values
from pipelines.values.indicators import PackedIndicator, holds_label, read_packed_cell
from pipelines.values.text import folded

#: Grain: one row per indicator of a distinct text, known by number: a long cell with thousands of
#: indicators is not carried in each of their rows. Spans are places in that text.
_NOTATION = "1、1-产出指标；11-数量指标；名称；实施周期指标值:…；年度指标值:…"
#: The same, as far as a goal is looked through for it.
_HEAD = r"\d\s*[、.]\s*[1-4]\s*[-—–][^:;,]*[:;,]\s*[1-4]\s*[1-9]\s*[-—–]"
_INDICATOR_SCHEMA: dict[str, Any] = {
    "text_id": pl.Int32,
    "ordinal": pl.Int32,
    "level_1_raw": pl.String,
    "level_2_raw": pl.String,
    "name": pl.String,
    "name_from": pl.Int32,
    "name_to": pl.Int32,
}
_VALUE_SCHEMA: dict[str, Any] = {
    "text_id": pl.Int32,
    "ordinal": pl.Int32,
    "horizon": pl.String,
    "raw_text": pl.String,
    "value_from": pl.Int32,
    "name": pl.String,
}


def indicator_records(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Records of the packed indicator cells of project rows.

    Returns:
        ``indicator`` (ROW, ordinal, levels, name), ``value`` (… horizon, raw text, kind),
        ``clause`` (… one row per measurable clause), ``unread`` (ROW, text that did not fit its
        place, and what was expected there).
    """
    filled = rows.filter(
        (pl.col("row_role") == "project") & (pl.col("indicators").fill_null("") != "")
    )
    texts = filled.select("indicators").unique(maintain_order=True).with_row_index("text_id")
    texts = texts.with_columns(pl.col("text_id").cast(pl.Int32))
    packed = filled.join(texts, on="indicators", how="left", maintain_order="left").select(
        *ROW, "place", "text_id", cell_id="indicators_cell"
    )
    indicators: list[tuple[Any, ...]] = []
    values: list[tuple[Any, ...]] = []
    unread: list[tuple[int, str]] = []
    for text_id, text in texts.iter_rows():
        cell = read_packed_cell(text)
        for ordinal, item in enumerate(cell.items, 1):
            indicators.append((text_id, ordinal, *_indicator_row(text, item)))
            values += [(text_id, ordinal, *value) for value in _value_rows(text, item)]
        left = [text[s.start : s.end].strip() for s in cell.unparsed]
        left += [raw for item in cell.items for _, raw, *_ in _value_rows(text, item)
                 if holds_label(raw)]  # fmt: skip
        unread += [(text_id, rest) for rest in left if rest]
    indicator_frame = pl.DataFrame(indicators, schema=_INDICATOR_SCHEMA, orient="row")
    value_frame = pl.DataFrame(values, schema=_VALUE_SCHEMA, orient="row")
    read, clauses = read_values(value_frame.select(TEXT).unique(maintain_order=True))

    def of_cells(frame: pl.DataFrame) -> pl.DataFrame:
        joined = packed.join(frame, on="text_id", how="inner", maintain_order="left_right")
        return joined.drop("text_id")

    values_read = beside_the_other(
        value_frame.join(read, on=TEXT, how="left", maintain_order="left"),
        clauses,
        ("text_id", "ordinal"),
    )
    clauses_read = value_frame.join(clauses, on=TEXT, how="inner", maintain_order="left_right")
    unread_frame = of_cells(
        pl.DataFrame(unread, schema={"text_id": pl.Int32, "found": pl.String}, orient="row")
    ).select(*ROW, "place", "found", expected=pl.lit(_NOTATION))
    return {
        "indicator": of_cells(indicator_frame),
        "value": of_cells(values_read)
        .with_columns(pieces=one_piece("cell_id", "value_from"))
        .drop("name", "value_from"),
        "clause": of_cells(clauses_read).drop("name", "value_from"),
        "unread": pl.concat([unread_frame, _in_goals(rows)]),
    }


def _in_goals(rows: pl.DataFrame) -> pl.DataFrame:
    """Goals that hold indicators, or nothing but a number: the cell of another column."""
    plain = folded("goal")
    is_other = plain.str.contains(_HEAD) | plain.str.contains(r"^[-+\d,.\s]*\d[\d,.\s]*$")
    return rows.filter((pl.col("row_role") == "project") & is_other).select(
        *ROW, "place", found="goal", expected=pl.lit("绩效目标的文字 / a goal in words")
    )


def _indicator_row(text: str, item: PackedIndicator) -> tuple[Any, ...]:
    parts = [text[s.start : s.end] for s in (item.level_1, item.level_2, item.name)]
    return (*parts, item.name.start, item.name.end)


def _value_rows(text: str, item: PackedIndicator) -> list[tuple[Any, ...]]:
    name = text[item.name.start : item.name.end]
    return [
        (horizon, text[span.start : span.end], span.start, name)
        for horizon, span in (("cycle", item.cycle), ("annual", item.annual))
        if span is not None
    ]
