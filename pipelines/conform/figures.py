"""Figures: by what each printed amount is told, and of which table it is a row.

A place on two axes is turned into coordinates, the same for every kind of table: from whichever
axis has them, else from what the kind is about (``kinds.csv``), else ``unsplit``. Which fact an
amount is of is data too (``feeding_rules.csv``: kind and axes → fact).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.rows import LINE, ROW, STATEMENT
from pipelines.recognise.items import place_expr
from pipelines.values.amounts import last_place_expr, yuan_expr
from pipelines.values.keys import key_expr
from schemas.axes import ancestors, parents, root
from schemas.code_lists import code_list
from schemas.registry import tables
from schemas.tables.amounts import ProcurementColumns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNSPLIT = "unsplit"
MEMO, COMPARATIVE = "memo_amount", "comparative_figure"
#: Axis → the coordinate that its nodes are.
COORDINATES = {
    "function": "function_class_id",
    "economic": "economic_class_id",
    "expenditure_type": "expenditure_type_id",
    "fund_source": "fund_source_id",
    "three_public": "three_public_id",
}
#: Of a statement, beside every amount of it.
_CONTEXT = ("statement_id", "document_id", "kind", "layout_id", "fund_scope", "reporting_body_id",
            "fiscal_year", "phase")  # fmt: skip
#: Where nothing is printed these say so; without the others an amount is no fact of its table.
_MAY_BE_UNSPLIT = ("function_class_id", "expenditure_type_id", "fund_source_id")
_CODE = r"^\d+$"


def figures(
    normalised: Mapping[str, pl.DataFrame],
    units: pl.DataFrame,
    lines: pl.DataFrame,
    statements: pl.DataFrame,
    config: Path | None = None,
) -> pl.DataFrame:
    """What each stated amount is: ``fact``, the table that it is a row of, none of a control.

    Args:
        normalised: ``amount`` (with both axes), ``row``, and ``procurement`` if there is any.
        units: ``pipelines.conform.statements.printed_units``.
        lines: ``pipelines.conform.projects.project_lines``.
        statements: Keyed statements.
        config: The operator's own code lists.
    """
    placed = _placed(_with_cells(normalised), units, lines, statements)
    return _with_table(_with_rules(_with_coordinates(placed, config), config))


def printed_amounts(found: pl.DataFrame) -> pl.DataFrame:
    """Every amount as printed, in the columns of the table; ``found``: the frame of figures."""
    return found.with_columns(
        printed_amount_id=key_expr(pl.lit("printed_amount"), "statement_id", "cell_id", "block"),
        last_place_yuan=yuan_expr("last_place_fen"),
        phase="printed_phase",
    )


def fact_tables() -> dict[str, list[str]]:
    """Tables of facts of money and of what stands beside them → their coordinates."""
    found = {}
    for name, spec in tables().items():
        is_money = spec.reading and {"fact_id", "amount_yuan"} <= set(spec.column_names())
        if is_money and (spec.role == "fact" or name in {MEMO, COMPARATIVE}):
            found[name] = [c for c in spec.column_names() if c in COORDINATES.values()]
    return found


def _with_cells(normalised: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Stated amounts with the cells of their rows, and what is bought."""
    row = normalised["row"].select(*LINE, "label_cell", "code", "code_cell")
    amounts = normalised["amount"].filter(pl.col("fen").is_not_null())
    known = amounts.join(row, on=LINE, how="left", maintain_order="left")
    bought = list(ProcurementColumns.to_schema().columns)
    if "procurement" not in normalised:
        return known.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in bought)
    return known.join(
        normalised["procurement"].select(*LINE, *bought), on=LINE, how="left", maintain_order="left"
    )


def _placed(
    amounts: pl.DataFrame, units: pl.DataFrame, lines: pl.DataFrame, statements: pl.DataFrame
) -> pl.DataFrame:
    """Amounts with their statement's context, their unit and project."""
    context = statements.select(*STATEMENT, *_CONTEXT).rename({"phase": "own_phase"})
    line = lines.select(*ROW, "project_line_id", "ordinal", project_name="name")
    is_unit = pl.col("row_role") == "unit"
    return (
        amounts.join(context, on=STATEMENT, how="inner", maintain_order="left")
        .with_columns(unit_line=pl.when(is_unit).then("line_no").otherwise("unit_line"))
        .join(units, on=[*STATEMENT, "unit_line"], how="left", maintain_order="left")
        .join(line, on=ROW, how="left", maintain_order="left")
        .with_columns(
            place=place_expr(),
            amount_yuan=yuan_expr("fen"),
            last_place_fen=last_place_expr("exponent", "decimals"),
        )
    )


def _on(axis: str) -> pl.Expr:
    """The node of an amount on an axis, along whichever side it runs."""
    row = pl.when(pl.col("row_axis") == axis).then("row_node")
    column = pl.when(pl.col("column_axis") == axis).then("column_node")
    return pl.coalesce(row, column)


def _whole(axis: str, config: Path | None) -> list[str]:
    """Nodes of an axis that are all of it, told by nothing: its root, and the first total below.

    The first: what is of this year. What is carried over is none of it, however it is split.
    """
    tree = parents(axis, config)
    if UNSPLIT not in tree:
        return []
    top, above = root(axis, config), set(tree.values())
    right_below = (node for node, parent in tree.items() if node in above and parent == top)
    return [node for node in (top, next(right_below, None)) if node]


def _with_coordinates(placed: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With each coordinate as printed (``<name>``, null if it is not) and with what stands for it
    where it is not printed (``<name>_or_kind``).
    """  # noqa: D205
    kinds = code_list("kinds", config).select("kind", kind_type="expenditure_type")
    line = pl.col("row_axis") == "expenditure_line"
    is_code = pl.col("row_node").str.contains(_CODE)
    printed = {
        **{coordinate: _on(axis) for axis, coordinate in COORDINATES.items()},
        "function_class_id": pl.coalesce(_on("function"), pl.when(line & is_code).then("row_node")),
        "expenditure_type_id": pl.coalesce(
            _on("expenditure_type"), pl.when(line & ~is_code).then("row_node")
        ),
        "economic_class_id": pl.coalesce(
            _on("economic"), pl.when(pl.col("row_axis") == "unit_economic").then("code")
        ),
    }
    scope = pl.when(pl.col("fund_scope") != "all").then("fund_scope")
    of_kind = {"fund_source_id": scope, "expenditure_type_id": pl.col("kind_type")}
    joined = placed.join(kinds, on="kind", how="left", maintain_order="left").with_columns(
        **{name: _unsplit(expr, name, config) for name, expr in printed.items()}
    )
    return joined.with_columns(
        pl.coalesce(name, of_kind.get(name, pl.lit(None, dtype=pl.String))).alias(f"{name}_or_kind")
        for name in COORDINATES.values()
    )


def _unsplit(node: pl.Expr, coordinate: str, config: Path | None) -> pl.Expr:
    axis = next(axis for axis, name in COORDINATES.items() if name == coordinate)
    whole = _whole(axis, config)
    return pl.when(node.is_in(whole)).then(pl.lit(UNSPLIT)).otherwise(node) if whole else node


def _with_rules(told: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With ``rule_fact``: the table that amounts of this kind along these axes are rows of."""
    rules = code_list("feeding_rules", config).filter(pl.col("fact").is_in(list(fact_tables())))
    return told.join(
        rules.select("kind", "row_axis", "column_axis", rule_fact="fact"),
        on=["kind", "row_axis", "column_axis"], how="left", maintain_order="left",
    ).with_columns(  # what is printed beside the three public expenses is none of them
        rule_fact=pl.when(
            (pl.col("rule_fact") == "fact_three_public")
            & ~pl.col("three_public_id").is_in(_three_public(config))
        )
        .then(pl.lit(MEMO))
        .otherwise("rule_fact")
    )  # fmt: skip


def _three_public(config: Path | None) -> list[str]:
    """The node that is named as its axis, and those below it: what the fact is about."""
    axis = "three_public"
    return [n for n in parents(axis, config) if axis in (n, *ancestors(axis, n, config))]


def _with_table(told: pl.DataFrame) -> pl.DataFrame:
    """With ``fact`` (none of a control), ``fact_id``, year, phase, coordinates as it has them."""
    is_leaf = (
        pl.col("is_row_leaf") & pl.col("is_column_leaf") & (pl.col("row_role") != "grand_total")
    )
    is_own = (pl.col("period") == "this_year") & (
        pl.col("phase").is_null() | pl.col("phase").eq_missing(pl.col("own_phase"))
    )
    table = (
        pl.when(pl.col("rule_fact").is_null() | ~is_leaf | (pl.col("period") == "whole_term"))
        .then(None)  # of all years of a project: of no year that could be compared
        .when(~is_own)
        .then(pl.lit(COMPARATIVE))
        .when("is_memo")
        .then(pl.lit(MEMO))
        .otherwise("rule_fact")
    )
    # one printed amount may be of two tables side by side: a total over both, what is carried over
    beside = pl.format("{} {}", "measure", "block")
    measure = pl.when(pl.col("block") > 1).then(beside).otherwise("measure")
    return (
        told.with_columns(
            fact=table,
            compares="rule_fact",
            fiscal_year=pl.col("fiscal_year") - (pl.col("period") == "last_year").cast(pl.Int32),
            printed_phase="phase",
            phase=pl.coalesce("phase", "own_phase"),
        )
        .with_columns(
            fact_id=pl.when(pl.col("fact").is_not_null()).then(
                key_expr("cell_id", pl.lit("amount"), measure)
            )
        )
        .with_columns(_filled(name) for name in COORDINATES.values())
    )


def _filled(coordinate: str) -> pl.Expr:
    """A coordinate of a fact is never empty: what is not printed is of its kind, or unsplit.

    What stands beside facts has it only where it is printed, or its kind is about it.
    """
    facts = [name for name, of in fact_tables().items()
             if coordinate in of and name not in {MEMO, COMPARATIVE}]  # fmt: skip
    known = pl.col(f"{coordinate}_or_kind")
    return (
        pl.when(pl.col("fact").is_in(facts))
        .then(known.fill_null(UNSPLIT) if coordinate in _MAY_BE_UNSPLIT else known)
        .when(pl.col("fact").is_in([MEMO, COMPARATIVE]))
        .then(known)
        .alias(coordinate)
    )
