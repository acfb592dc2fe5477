"""Identities across tables: figures that several tables of one body, year and phase must share.

One pure function, for the statements of one document and for all that are current. What must be
shared is data (``schemas/codes/cross_identities.csv``); here is how it is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.validate.selections import is_offered, located, taken
from pipelines.validate.verdicts import CELL_SCHEMA, COMPUTED, PRINTED, Checked, checked
from pipelines.values.keys import key_expr
from schemas.identities import CODED, cross_identities
from schemas.layout import layouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from schemas.identities import CrossIdentity, Selection

#: Statements of one budget: figures of these are held together.
BUDGET = ("reporting_body_id", "fiscal_year", "phase", "consolidation")
_CELL_SCHEMA = {**CELL_SCHEMA, "budget": pl.String, "alternative": pl.Int32}


def cross_controls(
    printed: pl.DataFrame,
    statements: pl.DataFrame,
    config: Path | None = None,
    *,
    within: Sequence[str] = (),
) -> Checked:
    """Every identity across tables that these statements allow to check.

    Args:
        printed: ``printed_amount`` of the statements.
        statements: ``statement_id, kind, layout_id`` and the columns of ``BUDGET`` and ``within``;
            those whose context is incomplete take no part.
        config: The operator's own code lists.
        within: Further columns that must be equal, such as ``reading_id``.
    """
    budgets = _budgets(statements, within, config)
    figures = located(printed, budgets, config)
    # what states but figures of another year or phase does not say that there is nothing
    of_others = budgets.join(figures, on="statement_id", how="anti").join(
        printed, on="statement_id", how="semi"
    )
    budgets = budgets.join(of_others, on="statement_id", how="anti")
    columns = _printed_columns(statements, budgets, config)
    kinds = set(budgets["kind"])
    found = [
        _cells(identity, order, figures, budgets, columns)
        for order, identity in enumerate(cross_identities(config))
        if kinds >= {selection.kind for selection in identity.selections}
    ]
    cells = pl.concat([pl.DataFrame(schema=_CELL_SCHEMA), *found])
    return checked(_first_alternative(cells), ["budget"])


def _budgets(statements: pl.DataFrame, within: Sequence[str], config: Path | None) -> pl.DataFrame:
    """``statement_id, kind, budget``.

    A statement that does not say whose book it belongs to is taken to be of the only book there is
    of that body and year.
    """
    body_year = [*within, *BUDGET[:-1]]
    stated = pl.col("consolidation").replace("unknown", None)
    is_only = stated.drop_nulls().n_unique().over(body_year) == 1
    # a table of indicators alone says nothing of money, not that there is none
    moneyless = [layout.id for layout in layouts(config) if not layout.has_money]
    known = statements.filter(
        pl.all_horizontal(pl.col(BUDGET[:-1]).is_not_null())
        & ~pl.col("layout_id").is_in(moneyless).fill_null(value=False)
    )
    whose = pl.coalesce(stated, pl.when(is_only).then(stated.max().over(body_year)))
    return known.with_columns(consolidation=whose.fill_null("unknown")).select(
        "statement_id", "kind", budget=key_expr(*within, *BUDGET)
    )


def _printed_columns(
    statements: pl.DataFrame, budgets: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """``budget, kind, axis, key``: the nodes that tables print as columns, filled or blank."""
    known = [
        (layout.id, layout.blocks[column.block - 1].columns, column.node)
        for layout in layouts(config)
        for column in layout.columns
        if column.node is not None and not (column.is_memo or column.is_optional)
        and column.period == "this_year" and column.phase is None
    ]  # fmt: skip
    nodes = pl.DataFrame(known, ["layout_id", "axis", "key"], orient="row")
    return (
        budgets.join(statements.select("statement_id", "layout_id"), on="statement_id")
        .join(nodes.cast(pl.String), on="layout_id")
        .select("budget", "kind", "axis", "key")
        .unique()
    )


def _cells(
    identity: CrossIdentity, order: int, figures: pl.DataFrame, budgets: pl.DataFrame,
    columns: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """The figures of both sides, of the nodes that can be checked."""
    there = _where_it_holds(identity, figures, budgets)
    sides = {
        side: pl.concat([taken(s, figures) for s in selections]).join(there, on="budget")
        for side, selections in ((PRINTED, identity.left), (COMPUTED, identity.right))
    }
    blank = _blank(identity, there, figures, budgets, columns) if _is_closed(identity) else None
    pairs = _pairs(identity, sides, blank)
    cells = pl.concat([frame.with_columns(side=pl.lit(side)) for side, frame in sides.items()])
    return (
        cells.join(pairs, on=["budget", "key"], how="semi")
        .with_columns(
            identity_id=pl.lit(identity.identity_id),
            alternative=pl.lit(order),
            strength=pl.lit(identity.strength),
            is_inclusion=pl.lit(identity.is_inclusion),
            measure=pl.when(pl.col("key") == "").then(pl.lit(_named(identity.left[0])))
            .otherwise("key"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in _CELL_SCHEMA.items())
    )  # fmt: skip


def _where_it_holds(
    identity: CrossIdentity, figures: pl.DataFrame, budgets: pl.DataFrame
) -> pl.DataFrame:
    """Budgets of which all tables are there, and which meet the condition."""
    there = budgets.select("budget").unique()
    for selection in identity.selections:
        there = there.join(is_offered(selection, figures, budgets), on="budget", how="semi")
    if not identity.condition:
        return there
    other = pl.concat([taken(selection, figures) for selection in identity.condition])
    is_something = other.filter(pl.col("fen") != 0)
    return there.join(is_something, on="budget", how="anti")


def _pairs(
    identity: CrossIdentity, sides: dict[str, pl.DataFrame],
    blank: Iterable[tuple[str, pl.DataFrame]] | None,
) -> pl.DataFrame:  # fmt: skip
    """``budget, key`` of what both sides are held to say.

    Codes are open lists (``blank`` is none), so what one side leaves out is nothing; of listed
    nodes and of names each table prints those that it prints, and only what both print is compared,
    or what one of them leaves blank.
    """
    printed, computed = (
        frame.group_by("budget", "key").agg(
            pl.col("fen").cast(pl.Int128).sum(), is_there=pl.lit(value=True)
        )
        for frame in sides.values()
    )
    both = printed.join(computed, on=["budget", "key"], how="full", coalesce=True)
    is_shared = pl.col("is_there") & pl.col("is_there_right")
    is_something = (pl.col("fen").fill_null(0) != 0) | (pl.col("fen_right").fill_null(0) != 0)
    may_lack = pl.lit(value=True) if not identity.is_inclusion else pl.col("is_there")
    if blank is None:
        return both.filter(is_shared | (is_something & may_lack))
    lacking = both.filter(is_something & may_lack)
    return pl.concat([both.filter(is_shared), *(
        lacking.filter(pl.col(is_there).is_null()).join(nothing, on=nothing.columns, how="semi")
        for is_there, nothing in blank
    )])  # fmt: skip


def _blank(
    identity: CrossIdentity, there: pl.DataFrame, figures: pl.DataFrame, budgets: pl.DataFrame,
    columns: pl.DataFrame,
) -> Iterator[tuple[str, pl.DataFrame]]:  # fmt: skip
    """Of each side its mark, and where its tables say that there is nothing.

    ``budget`` of which no table of the side prints any figure; and ``budget, key`` of the columns
    of a side that is one table's columns, node by node.
    """
    for is_there, side in (("is_there", identity.left), ("is_there_right", identity.right)):
        of_side = budgets.filter(pl.col("kind").is_in([selection.kind for selection in side]))
        says = of_side.join(figures, on="statement_id", how="semi")
        yield is_there, there.select("budget").join(says, on="budget", how="anti")
        nodes = [nodes for selection in side for nodes in selection.nodes]
        is_columns = len(side) == 1 and len(nodes) == 1 and nodes[0].how == "each"
        if is_columns and not identity.is_inclusion:
            is_of = (pl.col("kind") == side[0].kind) & (pl.col("axis") == nodes[0].axis)
            yield is_there, columns.filter(is_of).select("budget", "key")


def _is_closed(identity: CrossIdentity) -> bool:
    """Whether a side picks nodes of a list, or names."""
    nodes = [n for s in (*identity.left, *identity.right) for n in s.nodes]
    return any(n.axis not in CODED and (n.how == "nodes" or n.digits is None) for n in nodes)


def _named(selection: Selection) -> str:
    """The nodes that a selection names, or that it is the whole."""
    return " ".join("|".join(n.listed) for n in selection.nodes if n.how == "nodes") or "total"


def _first_alternative(cells: pl.DataFrame) -> pl.DataFrame:
    """Of several rows of one identity, that of the first that a budget's tables allow."""
    first = pl.col("alternative").min().over("identity_id", "budget")
    return cells.filter(pl.col("alternative") == first)
