"""Conform a batch: records with stable keys, codes, and the cells they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import body_key, body_name, canonical_name
from pipelines.conform.sources import cited_cells, funding_sources, printed_parts, target_sources
from pipelines.normalise.rows import ROW, STATEMENT
from pipelines.recognise.items import ITEM_SCHEMA
from pipelines.values.amounts import yuan_expr
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What a statement's identity is made of (see docs/architecture.md); ``part`` is still constant.
_IDENTITY = ("reporting_body_id", "consolidation", "fiscal_year", "phase", "kind", "fund_scope",
             "part")  # fmt: skip
_FACT_CONTEXT = ("statement_id", "reporting_body_id", "spending_unit_id", "project_line_id",
                 "fiscal_year", "phase")  # fmt: skip


def conform(
    normalised: Mapping[str, pl.DataFrame], config: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Keys and codes for a batch.

    Args:
        normalised: Frames of ``pipelines.normalise.records.normalise``.
        config: The operator's own code lists.

    Returns:
        ``statement``, ``project_line``, ``funding``, ``indicator``, ``value``, ``target``,
        ``body``, ``dim_project``, ``bridge_project_identity``, ``fact_source``,
        ``source_cell``, and with the statement's key:
        ``statement_context``, ``statement_join``, ``amount``, ``item``; and ``reading``,
        ``page``, ``cell`` as they came.
    """
    statements, unknown_regions = _statements(normalised["statement"], config)
    lines = _project_lines(normalised["row"], statements)
    funding = _funding(normalised["amount"], lines)
    indicators = _indicators(normalised["indicator"], lines, config)
    values = _values(normalised["value"], indicators)
    targets = _targets(normalised["clause"], values)
    contexts = _keyed(normalised["clue"], statements)
    logical = [funding_sources(funding, statements, contexts), target_sources(targets, indicators)]
    sources = printed_parts(pl.concat(logical), normalised["cell"])
    return {
        "reading": normalised["reading"],
        "page": normalised["page"],
        "cell": normalised["cell"],
        "statement": statements,
        "statement_context": contexts,
        "statement_join": _keyed(normalised["join"], statements),
        "project_line": lines,
        "funding": funding,
        "indicator": indicators,
        "value": values,
        "target": targets,
        "body": _bodies(statements, lines),
        **_projects(lines),
        "amount": _keyed(normalised["amount"], statements),
        "item": pl.concat(
            [normalised["item"], unknown_regions, _unknown_classes(indicators, statements, config)]
        ).join(
            statements.select(*STATEMENT, "statement_id"), on=STATEMENT, how="left",
            maintain_order="left",
        ),
        "fact_source": sources,
        "source_cell": cited_cells(normalised["cell"], sources, contexts),
    }  # fmt: skip


def _statements(raw: pl.DataFrame, config: Path | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Statements with their keys, and an item for each region that no code list knows.

    A region is not needed for a statement to be complete: an unknown one is left empty.
    """
    regions = code_list("regions", config)["region_id"].to_list()
    is_unknown = pl.col("region").is_not_null() & ~pl.col("region").is_in(regions)
    items = raw.filter(is_unknown).select(
        "reading_id", "document_id", "statement_no", "place", found="region",
        level=pl.lit("statement"), rule_id=pl.lit("region_unknown"), subject=pl.lit("region"),
        expected=pl.lit("GB/T 2260"), clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("none"),
    )  # fmt: skip
    keyed = raw.with_columns(
        region=pl.when(~is_unknown).then("region"),
        statement_id=key_expr(*STATEMENT),
        reporting_body_id=body_key("body"),
        part=pl.lit(""),
    )
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in _IDENTITY)
    identified = keyed.with_columns(
        statement_key_id=pl.when(known).then(key_expr(pl.lit("statement"), *_IDENTITY))
    )
    return identified, items.select(list(ITEM_SCHEMA))


def _keyed(frame: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    return frame.join(
        statements.select(*STATEMENT, "statement_id"), on=STATEMENT, how="inner",
        maintain_order="left",
    )  # fmt: skip


def _project_lines(rows: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Project rows with their unit and durable key.

    The key is of the statement's identity, the unit, the name, and which of several lines of
    that name in that unit it is; so it survives a new version, a page break and another order.
    """
    units = rows.filter(pl.col("row_role") == "unit").select(
        *STATEMENT, unit_line="line_no", unit_name="label", unit_cell="label_cell"
    )
    context = statements.select(*STATEMENT, "statement_id", "statement_key_id", "document_id",
                                "reporting_body_id", "fiscal_year", "phase", "layout_id",
                                "region")  # fmt: skip
    lines = (
        rows.filter(pl.col("row_role") == "project")
        .join(units, on=[*STATEMENT, "unit_line"], how="left", maintain_order="left")
        .join(context, on=STATEMENT, how="inner", maintain_order="left")
        .with_columns(
            spending_unit_id=body_key("unit_name"),
            spending_unit_name=body_name("unit_name"),
            canonical=canonical_name("label"),
            ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(STATEMENT),
        )
    )
    same = ["statement_id", "spending_unit_id", "canonical"]
    occurrence = pl.int_range(pl.len()).over(same)
    owner = pl.coalesce("statement_key_id", "statement_id")
    return lines.with_columns(
        project_line_id=key_expr(
            pl.lit("project_line"), owner, "spending_unit_id", "canonical", occurrence
        ),
        name="label",
        goal=pl.when(pl.col("goal") != "").then("goal"),
        printed_total_yuan=yuan_expr("total_fen"),
    )


def _projects(lines: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Projects over years and which lines they are: the same name in the same unit.

    Where a unit prints a name several times, which of them is which of next year's is not
    known: each stays a project of its own.
    """
    same = ["statement_id", "spending_unit_id", "canonical"]
    linked = lines.filter(pl.col("spending_unit_id").is_not_null()).with_columns(
        times=pl.len().over(same)
    )
    owner = pl.when(pl.col("times") > 1).then("project_line_id").otherwise(pl.lit(""))
    keyed = linked.with_columns(
        project_id=key_expr(pl.lit("project"), "spending_unit_id", "canonical", owner)
    )
    bridge = keyed.select(
        "statement_id", "project_line_id", "project_id", method=pl.lit("unit_and_name"),
        confidence=pl.lit(1.0),
        evidence=pl.format("{} · {}", "spending_unit_name", "canonical"),
    )  # fmt: skip
    projects = keyed.select("statement_id", "project_id", "spending_unit_id", name="canonical")
    return {"dim_project": projects, "bridge_project_identity": bridge}


def _funding(amounts: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Leaf amounts of project rows: one row per project and fund source that is stated."""
    leaves = amounts.filter(
        (pl.col("row_role") == "project") & (pl.col("role") == "fund") & pl.col("fen").is_not_null()
    ).select(*ROW, "cell_id", "text", "fund_source_id", "fen")
    joined = leaves.join(
        lines.select(*ROW, *_FACT_CONTEXT, "ordinal", "spending_unit_name", "layout_id",
                     "label_cell", "unit_cell", project_name="name", unit_text="unit_name"),
        on=ROW, how="inner", maintain_order="left",
    )  # fmt: skip
    return joined.with_columns(
        fact_id=key_expr("cell_id", pl.lit("amount"), "fund_source_id"),
        amount_yuan=yuan_expr("fen"),
    )


def _indicators(raw: pl.DataFrame, lines: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    joined = raw.join(
        lines.select(*ROW, *_FACT_CONTEXT, "label_cell", project_name="name"),
        on=ROW, how="inner", maintain_order="left",
    )  # fmt: skip
    keyed = joined.with_columns(
        indicator_id=key_expr("cell_id", pl.lit("indicator"), "ordinal"),
        class_code=_code("level_2_raw", r"[1-4]\s*[1-9]"),
        class_name=_name("level_2_raw", r"[1-4]\s*[1-9]"),
        parent_code=_code("level_1_raw", "[1-4]"),
        parent_name=_name("level_1_raw", "[1-4]"),
    )
    known = _class_names(config).unique(["class_code", "class_name"], maintain_order=True).select(
        "class_code", "class_name", "indicator_class_id"
    )  # fmt: skip
    return keyed.join(known, on=["class_code", "class_name"], how="left", maintain_order="left")


def _code(level: str, digits: str) -> pl.Expr:
    """The code of a printed level: ``41`` of ``4 1 - 经济成本指标``."""
    found = canonical_name(level).str.extract(rf"^({digits})\s*[-—–]")
    return found.str.replace_all(r"\s", "")


def _name(level: str, digits: str) -> pl.Expr:
    """The name behind the code of a printed level."""
    found = canonical_name(level).str.extract(rf"^{digits}\s*[-—–]\s*(.+)$")
    return found.str.replace_all(r"\s", "")


def _class_names(config: Path | None) -> pl.DataFrame:
    """Every name and alias of every indicator class; a code with another name is not mapped."""
    classes = code_list("indicator_classes", config)
    names = pl.concat_list(pl.col("name_zh"), pl.col("aliases").fill_null("").str.split("|"))
    return (
        classes.select(
            "framework_version",
            "class_code",
            "parent_code",
            class_name=names,
            indicator_class_id=pl.concat_str("framework_version", "class_code", separator="/"),
        )
        .explode("class_name")
        .filter(pl.col("class_name") != "")
    )


def _unknown_classes(
    indicators: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """An item for levels of indicators that no class has so, code and name, below its parent."""
    named = _class_names(config)
    parents = named.select(
        "framework_version", parent_code="class_code", parent_name="class_name"
    )  # fmt: skip
    known = named.join(parents, on=["framework_version", "parent_code"], how="inner")
    levels = ["parent_code", "parent_name", "class_code", "class_name"]
    unknown = indicators.join(known, on=levels, how="anti").with_columns(
        found=pl.concat_str("level_1_raw", "level_2_raw", separator="；", ignore_nulls=True)
    )
    return (
        unknown.unique(["statement_id", "found"], keep="first", maintain_order=True)
        .join(statements.select("statement_id", "document_id"), on="statement_id", how="left",
              maintain_order="left")
        .select(
            "reading_id", "document_id", "statement_no", "place", "found",
            level=pl.lit("row"), rule_id=pl.lit("indicator_class_unknown"), subject="found",
            expected=pl.lit("schemas/codes/indicator_classes.csv"),
            clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("none"),
        )
        .select(list(ITEM_SCHEMA))
    )  # fmt: skip


def _values(raw: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    context = indicators.select(
        *ROW, "cell_id", "ordinal", *_FACT_CONTEXT, "indicator_id", "project_name",
        indicator_name="name",
    )  # fmt: skip
    return raw.join(
        context, on=[*ROW, "cell_id", "ordinal"], how="inner", maintain_order="left"
    ).with_columns(value_id=key_expr("indicator_id", "horizon"))


def _targets(clauses: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Measurable clauses, each with its place in the printed cell."""
    context = values.select(
        *ROW, "cell_id", "ordinal", "horizon", *_FACT_CONTEXT, "indicator_id", "value_id", "pieces"
    )
    joined = clauses.join(
        context, on=[*ROW, "cell_id", "ordinal", "horizon"], how="inner", maintain_order="left"
    )
    return joined.with_columns(
        fact_id=key_expr("value_id", pl.lit("clause"), "clause_no"),
        target_count=pl.lit(1, dtype=pl.Int32),
        direction="clause_direction",
    )


def _bodies(statements: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Bodies that the batch names, with the region its statements give the reporting one."""
    reporting = statements.filter(pl.col("body").is_not_null()).select(
        "statement_id", body_id="reporting_body_id", name=body_name("body"),
        region_id="region",
    )  # fmt: skip
    spending = lines.filter(pl.col("spending_unit_id").is_not_null()).select(
        "statement_id", body_id="spending_unit_id", name="spending_unit_name",
        region_id=pl.lit(None, dtype=pl.String),
    )  # fmt: skip
    return pl.concat([reporting, spending]).unique(maintain_order=True)
