"""Conform a batch: records with stable keys, codes, and the cells they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.classes import printed_classes
from pipelines.conform.figures import (
    COMPARATIVE,
    fact_tables,
    figures,
    printed_amounts,
)
from pipelines.conform.indicators import indicators, targets, unknown_classes, values
from pipelines.conform.projects import project_lines, projects
from pipelines.conform.sources import cited_cells, money_sources, printed_parts, target_sources
from pipelines.conform.statements import (
    bodies,
    keyed_statements,
    printed_units,
    statement_units,
    with_bodies,
    with_consolidation,
    with_statement,
)
from pipelines.normalise.rows import STATEMENT
from pipelines.recognise.tables import logical_cells
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Frames that are handed on with the statement's key.
_KEYED = ("amount", "row", "column")


def conform(
    normalised: Mapping[str, pl.DataFrame], config: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Keys and codes for a batch.

    Args:
        normalised: Frames of ``pipelines.normalise.records.normalise``.
        config: The operator's own code lists.

    Returns:
        ``statement``, ``statement_unit``, ``project_line``, a frame for each table of money
        (``pipelines.conform.figures.fact_tables``), ``printed_amount``, ``indicator``, ``value``,
        ``target``, ``body``, ``printed_class``, ``dim_project``, ``bridge_project_identity``,
        ``fact_source``, ``source_cell``, and with the statement's key:
        ``statement_context``, ``statement_join``, ``amount``, ``row``, ``column``, ``item``; and
        ``reading``, ``page``, ``cell`` as they came.
    """
    rows, cells = normalised["row"], normalised["cell"]
    named = with_bodies(normalised["statement"], config)
    units = printed_units(rows, named, config)
    raw, clues = with_consolidation(named, normalised["clue"], units)
    statements, unknown_regions = keyed_statements(raw, rows, units, config)
    lines = project_lines(rows, units, statements)
    found = figures(normalised, units, lines, statements, config)
    of_indicators = indicators(normalised["indicator"], lines, statements, config)
    of_values = values(normalised["value"], of_indicators)
    of_targets = targets(normalised["clause"], of_values)
    contexts = with_statement(clues, statements)
    printed = printed_amounts(found)
    counted = found.filter(pl.col("fact").is_not_null())
    logical = [
        money_sources(counted, logical_cells(cells), contexts),
        target_sources(of_targets, of_indicators),
    ]
    sources = printed_parts(pl.concat(logical), cells)
    unknown = unknown_classes(of_indicators, statements, config)
    return {
        "reading": normalised["reading"],
        "page": normalised["page"],
        "cell": cells,
        "statement": statements,
        "statement_context": contexts,
        "statement_join": with_statement(normalised["join"], statements),
        "statement_unit": statement_units(units, statements),
        "project_line": lines,
        **{table: found.filter(pl.col("fact") == table) for table in fact_tables()},
        COMPARATIVE: found.filter(pl.col("fact") == COMPARATIVE).with_columns(
            fact="compares"
        ),
        "pending_amount": counted.filter(pl.col("fact") != PROJECTS),
        "printed_amount": printed,
        "indicator": of_indicators,
        "value": of_values,
        "target": of_targets,
        "body": bodies(statements, units),
        "printed_class": printed_classes(rows, statements),
        **projects(lines),
        **{name: with_statement(frame, statements) for name, frame in _keyed(normalised).items()},
        "item": pl.concat(
            [normalised["item"], unknown_regions, unknown]
        ).join(
            statements.select(*STATEMENT, "statement_id"), on=STATEMENT, how="left",
            maintain_order="left",
        ),
        "fact_source": sources,
        "source_cell": cited_cells(cells, sources, contexts, printed),
    }  # fmt: skip


def _keyed(normalised: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Frames to be keyed; the amounts of a form that stand along an axis are columns too."""
    columns = normalised["column"]
    is_column = (pl.col("role") == "amount") & (pl.col("column_axis") != "none")
    fields = normalised["field"].filter(is_column)
    of_forms = fields.select(c for c in columns.columns if c in fields.columns)
    return {
        **{name: normalised[name] for name in _KEYED},
        "column": pl.concat([columns, of_forms], how="diagonal"),
    }
