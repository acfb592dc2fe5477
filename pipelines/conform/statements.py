"""Statements with their keys, and the spending units that they print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.bodies import body_id, told_bodies
from pipelines.conform.names import canonical_name
from pipelines.normalise.rows import STATEMENT
from pipelines.recognise.items import ITEM_SCHEMA
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: What a statement's identity is made of (see docs/architecture.md).
_IDENTITY = ("reporting_body_id", "consolidation", "fiscal_year", "phase", "kind", "fund_scope",
             "part")  # fmt: skip
#: Units that the evidence of a department's book names.
_NAMED = 3


def with_bodies(raw: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Statements with ``reporting_body_id``, its ``reporting_body_name`` and what is known of it.

    A region that the sidecar or the table says is the place in whose books names are looked up.
    """
    told = told_bodies(raw.select(printed="body", place="region"), config).with_columns(
        reporting_body_id=body_id("name")
    )
    return raw.join(
        told.rename({"printed": "body", "place": "region", "name": "reporting_body_name"}),
        on=["body", "region"], how="left", nulls_equal=True, maintain_order="left",
    )  # fmt: skip


def printed_units(
    rows: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Unit rows: STATEMENT, ``unit_line, unit_name, unit_cell`` and the unit's key and name.

    One that stands in several blocks of its row, along several axes, is one unit. Names are looked
    up in the place of the reporting body (``with_bodies``); 本级 alone is that body itself.
    """
    once = rows.filter(pl.col("row_role") == "unit").unique(
        [*STATEMENT, "line_no"], keep="first", maintain_order=True
    )
    place = statements.select(*STATEMENT, place=pl.coalesce("region_id", "region"))
    placed = once.select(
        *STATEMENT, unit_line="line_no", unit_name="label", unit_cell="label_cell"
    ).join(place, on=STATEMENT, how="left", maintain_order="left")
    told = told_bodies(placed.select("place", printed="unit_name"), config)
    itself = code_list("common_bodies", config).filter(pl.col("means") == "reporting_body")["name"]
    reporting = statements.select(*STATEMENT, "reporting_body_name", own_region="region_id")
    is_itself = (
        canonical_name("unit_name").is_in(itself.implode())
        & pl.col("reporting_body_name").is_not_null()
    )
    found = placed.join(
        told.rename({"printed": "unit_name"}), on=["unit_name", "place"], how="left",
        nulls_equal=True, maintain_order="left",
    ).join(reporting, on=STATEMENT, how="left", maintain_order="left")  # fmt: skip
    return (
        found.with_columns(
            spending_unit_name=pl.when(is_itself).then("reporting_body_name").otherwise("name"),
            region_id=pl.when(is_itself).then("own_region").otherwise("region_id"),
            method=pl.when(is_itself).then(pl.lit("common_name")).otherwise("method"),
        )
        .with_columns(spending_unit_id=body_id("spending_unit_name"))
        .drop("place", "name", "own_region", "reporting_body_name")
    )


def with_consolidation(
    statements: pl.DataFrame, clues: pl.DataFrame, units: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Statements and clues, where several spending units say that it is a department's book.

    Only of statements that say nothing else of it, neither in print nor in a sidecar.
    """
    said = clues.filter(pl.col("field") == "consolidation")
    each = units.filter(pl.col("spending_unit_id").is_not_null()).unique(
        [*STATEMENT, "spending_unit_id"], keep="first", maintain_order=True
    )
    several = (
        each.group_by(STATEMENT, maintain_order=True)
        .agg(
            count=pl.len(),
            named=pl.col("unit_name").head(_NAMED).str.join("、"),
            cell_id=pl.col("unit_cell").first(),
        )
        .filter(pl.col("count") > 1)
        .join(said, on=STATEMENT, how="anti")
    )
    more = pl.when(pl.col("count") > _NAMED).then(pl.lit(" …")).otherwise(pl.lit(""))
    last = clues.group_by(STATEMENT).agg(last=pl.col("clue_no").max())
    found = several.join(last, on=STATEMENT, how="left", maintain_order="left").select(
        *STATEMENT,
        clue_no=pl.col("last").fill_null(0) + 1,
        field=pl.lit("consolidation"),
        value=pl.lit("department"),
        source=pl.lit("printed"),
        evidence=pl.format("{} 个资金使用单位 / spending units: {}{}", "count", "named", more),
        cell_id="cell_id",
        is_chosen=pl.lit(value=True),
    )
    department = found.select(*STATEMENT, by_units="value")
    stated = statements.join(department, on=STATEMENT, how="left", maintain_order="left")
    return (
        stated.with_columns(consolidation=pl.coalesce("by_units", "consolidation")).drop(
            "by_units"
        ),
        pl.concat([clues, found.select(pl.col(n).cast(t) for n, t in clues.schema.items())]),
    )


def keyed_statements(
    raw: pl.DataFrame, rows: pl.DataFrame, units: pl.DataFrame, config: Path | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Statements with their keys, and an item for each region that no code list knows.

    Of forms of projects there are many a year: ``part`` says which each is of. A region is not
    needed for a statement to be complete: an unknown one is left empty.
    """
    regions = code_list("regions", config)["region_id"].to_list()
    is_unknown = pl.col("region").is_not_null() & ~pl.col("region").is_in(regions)
    items = raw.filter(is_unknown).select(
        "reading_id", "document_id", "statement_no", "place", found="region",
        level=pl.lit("statement"), rule_id=pl.lit("region_unknown"), subject=pl.lit("region"),
        expected=pl.lit("GB/T 2260"), clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("none"),
    )  # fmt: skip
    keyed = (
        raw.join(_parts(raw, rows, units), on=STATEMENT, how="left", maintain_order="left")
    ).with_columns(
        region=pl.when(~is_unknown).then("region"),
        statement_id=key_expr(*STATEMENT),
        part=pl.col("part").fill_null(""),
    )
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in _IDENTITY)
    identified = keyed.with_columns(
        statement_key_id=pl.when(known).then(key_expr(pl.lit("statement"), *_IDENTITY))
    )
    return identified, items.select(list(ITEM_SCHEMA))


def _parts(raw: pl.DataFrame, rows: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """STATEMENT with ``part``: unit and name of the project that a form is of."""
    forms = raw.filter(pl.col("shape") == "form").select(STATEMENT)
    named = rows.filter(pl.col("row_role") == "project").join(forms, on=STATEMENT, how="semi")
    of_units = units.select(*STATEMENT, "unit_line", "spending_unit_name")
    return (
        named.join(of_units, on=[*STATEMENT, "unit_line"], how="left", maintain_order="left")
        .unique(STATEMENT, keep="first", maintain_order=True)
        .select(*STATEMENT, part=pl.concat_str(
            pl.col("spending_unit_name").fill_null(""), canonical_name("label"), separator="·"
        ))
    )  # fmt: skip


def with_statement(frame: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """A frame of STATEMENT with ``statement_id``."""
    return frame.join(
        statements.select(*STATEMENT, "statement_id"), on=STATEMENT, how="inner",
        maintain_order="left",
    )  # fmt: skip


def statement_units(units: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Each spending unit of a statement once: ``statement_id, spending_unit_id, unit_no, name``."""
    each = with_statement(units, statements).filter(pl.col("spending_unit_id").is_not_null())
    return (
        each.unique(["statement_id", "spending_unit_id"], keep="first", maintain_order=True)
        .with_columns(unit_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("statement_id"))
        .select("statement_id", "spending_unit_id", "unit_no", name="unit_name")
    )


def bodies(statements: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Bodies that statements name, by statement and spelling, with ``method`` of that spelling.

    ``region_id`` is that of the name, else for the reporting body what its statement says;
    ``former_name`` what the spelling says that the body was called before.
    """
    reporting = statements.filter(pl.col("body").is_not_null()).select(
        "statement_id", body_id="reporting_body_id", name="reporting_body_name",
        spelling=canonical_name("body"), region_id=pl.coalesce("region_id", "region"),
        method="method", former_name="former_name",
    )  # fmt: skip
    named = with_statement(units, statements).filter(pl.col("spending_unit_id").is_not_null())
    spending = named.select(
        "statement_id", body_id="spending_unit_id", name="spending_unit_name",
        spelling=canonical_name("unit_name"), region_id="region_id", method="method",
        former_name="former_name",
    )  # fmt: skip
    return pl.concat([reporting, spending]).unique(maintain_order=True)
