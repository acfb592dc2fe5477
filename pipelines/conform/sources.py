"""Provenance: the printed characters each fact was read from, and by which rule."""

from __future__ import annotations

import polars as pl

from pipelines.extract.grids import BOX
from pipelines.recognise.items import PLACE

_COLUMNS = ("statement_id", "fact_id", "role", "cell_id", "char_from", "char_to", "rule_id")
_START = pl.lit(0, dtype=pl.Int32)


def money_sources(found: pl.DataFrame, cells: pl.DataFrame, contexts: pl.DataFrame) -> pl.DataFrame:
    """Amount, row (label and code), project, spending unit and unit of measure of each figure.

    Args:
        found: Figures that are rows of a table, with the cells of their rows.
        cells: Logical cells of the batch, with their whole text.
        contexts: Clues with ``statement_id``.
    """
    units = contexts.filter(
        (pl.col("field") == "unit") & pl.col("is_chosen") & pl.col("cell_id").is_not_null()
    ).select("statement_id", unit_of_measure_cell="cell_id", evidence="evidence")
    measured = found.join(units, on="statement_id", how="inner", maintain_order="left")
    is_project = pl.col("project_line_id").is_not_null()
    is_unit = pl.col("row_role") == "unit"
    labelled = found.filter(~is_project & ~is_unit & pl.col("label_cell").is_not_null())
    layout, roles = pl.col("layout_id"), pl.lit("row_roles")
    parts = (
        _source(found, "amount", "cell_id", "text", layout),
        _source(found.filter(is_project), "project", "label_cell", "project_name", layout),
        _source(
            found.filter(pl.col("unit_cell").is_not_null()),
            "spending_unit", "unit_cell", "unit_name", roles,
        ),
        _part(labelled, "label", cells),
        _part(found.filter(pl.col("code_cell").is_not_null()), "code", cells),
        _source(measured, "unit_of_measure", "unit_of_measure_cell", "evidence",
                pl.lit("context")),
    )  # fmt: skip
    return pl.concat(parts)


def _part(facts: pl.DataFrame, role: str, cells: pl.DataFrame) -> pl.DataFrame:
    """Where a label or a code stands in its cell: it may share it with the other."""
    cell = f"{role}_cell"
    wanted = facts.select(pl.col(cell)).unique()
    texts = cells.join(wanted, left_on="cell_id", right_on=cell, how="semi").select(
        pl.col("cell_id").alias(cell), cell_text="text"
    )
    joined = facts.join(texts.unique(cell), on=cell, how="inner", maintain_order="left")
    before = pl.col("cell_text").str.splitn(pl.col(role), 2).struct[0]
    is_whole = pl.col("cell_text").str.contains(pl.col(role), literal=True).not_()
    start = pl.when(is_whole).then(0).otherwise(before.str.len_chars())
    length = pl.when(is_whole).then(pl.col("cell_text").str.len_chars()).otherwise(
        pl.col(role).str.len_chars()
    )  # fmt: skip
    return joined.select(
        "statement_id", "fact_id", role=pl.lit(role), cell_id=cell,
        char_from=start.cast(pl.Int32), char_to=(start + length).cast(pl.Int32),
        rule_id="layout_id",
    ).select(_COLUMNS)  # fmt: skip


def target_sources(targets: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Characters of each target, of its indicator's name and of its project's name."""
    named = targets.join(
        indicators.select("statement_id", "indicator_id", "name_from", "name_to", "label_cell",
                          "project_name", "layout_id", "shape"),
        on=["statement_id", "indicator_id"], how="inner", maintain_order="left",
    )  # fmt: skip
    indicator = named.select(
        "statement_id", "fact_id", "cell_id", char_from="name_from", char_to="name_to",
        role=pl.lit("indicator"), rule_id=pl.when(pl.col("shape") == "row_per_project")
        .then(pl.lit("packed_indicators")).otherwise("layout_id"),
    )  # fmt: skip
    of_project = named.filter(pl.col("project_name").is_not_null())
    project = _source(of_project, "project", "label_cell", "project_name", pl.lit("row_roles"))
    return pl.concat([_clause_characters(named), indicator.select(_COLUMNS), project])


def _clause_characters(targets: pl.DataFrame) -> pl.DataFrame:
    """Printed characters of each clause: of every cell that a piece of it stands in."""
    pieces = targets.select(
        "statement_id", "fact_id", "clause_kind", "clause_from", "clause_to", "pieces"
    ).explode("pieces").unnest("pieces")  # fmt: skip
    start = pl.max_horizontal("clause_from", "start")
    stop = pl.min_horizontal("clause_to", "end")
    shift = pl.col("cell_from") - pl.col("start")
    return (
        pieces.filter(start < stop)
        .with_columns(
            role=pl.lit("target"), char_from=start + shift, char_to=stop + shift,
            rule_id=pl.concat_str(pl.lit("targets.lark/"), "clause_kind"),
        )
        .select(_COLUMNS)
    )  # fmt: skip


def _source(facts: pl.DataFrame, role: str, cell: str, text: str, rule: pl.Expr) -> pl.DataFrame:
    """The whole of a cell as the source of each fact."""
    return facts.select(
        "statement_id",
        "fact_id",
        role=pl.lit(role),
        cell_id=cell,
        char_from=_START,
        char_to=pl.col(text).str.len_chars().cast(pl.Int32),
        rule_id=rule,
    ).select(_COLUMNS)


def printed_parts(sources: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Sources with ``part_no``, their characters counted in printed cells.

    Args:
        sources: Characters of logical cells, which the end of a page may have cut.
        cells: All cells with ``owner_id``, ``part_no`` and ``text_from``.

    Returns:
        A row per fact, role and printed cell; characters are places in that cell's own text.
    """
    number = pl.int_range(pl.len(), dtype=pl.Int32).over("statement_id", "fact_id", "role")
    if cells.filter((pl.col("part_no") > 0) | (pl.col("text_from") > 0)).is_empty():
        return sources.with_columns(part_no=number)
    length = (pl.col("text").str.len_chars() - pl.col("text_from")).cast(pl.Int32)
    is_text = (pl.col("role_in_table") != "repeat").fill_null(value=True)
    end = pl.col("length").cum_sum().over("owner_id")
    parts = (
        cells.filter(is_text)
        .select("owner_id", "cell_id", "part_no", "text_from", length=length)
        .unique("cell_id", maintain_order=True)
        .sort("owner_id", "part_no")
        .select("owner_id", "cell_id", "text_from", part_from=end - pl.col("length"), part_to=end)
    )
    cut = sources.rename({"cell_id": "owner_id"}).join(
        parts, on="owner_id", how="inner", maintain_order="left_right"
    )
    start = pl.max_horizontal("char_from", "part_from")
    stop = pl.min_horizontal("char_to", "part_to")
    own = pl.col("text_from") - pl.col("part_from")
    return (
        cut.filter(start < stop)
        .with_columns(
            char_from=start + own,
            char_to=stop + own,
            part_no=number,
        )
        .select(*_COLUMNS, "part_no")
    )


def cited_cells(cells: pl.DataFrame, *citing: pl.DataFrame) -> pl.DataFrame:
    """The cells that these frames cite, as printed, with the statements that cite them."""
    cited = pl.concat([frame.select("statement_id", "cell_id") for frame in citing])
    cited = cited.filter(pl.col("cell_id").is_not_null()).unique(maintain_order=True)
    places = cells.select(
        "cell_id", "document_id", *PLACE, "text", "stored", "char_from", "char_to",
        *BOX,
    ).unique("cell_id", maintain_order=True)  # fmt: skip
    return cited.join(places, on="cell_id", how="inner", maintain_order="left")
