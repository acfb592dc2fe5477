"""Dimensions and other small tables that a build makes of the ledger and the code lists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from pipelines.load.bodies import body_frames
from pipelines.load.classes import class_frames
from pipelines.load.conformed import conformed_frames, expenditure_types
from pipelines.load.feeding import feeding_rules
from pipelines.load.project_rows import project_frames
from pipelines.load.shapes import shaped
from schemas.code_lists import code_list
from schemas.registry import tables

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.decisions import Decided
    from pipelines.load.staged import StagedReadings
    from pipelines.settings import Settings


def dimension_frames(
    decided: Decided, staged: StagedReadings, settings: Settings
) -> dict[str, pl.DataFrame]:
    """Frames in the declared shapes, by table."""
    config = settings.config
    classes = class_frames(staged, decided.shown, config)
    bodies = body_frames(decided, staged, config)
    return {
        "dim_document": _documents(decided, staged),
        "document_path": _paths(decided),
        "dim_region": shaped("dim_region", code_list("regions", config)),
        **bodies,
        "dim_fiscal_year": _fiscal_years(decided, staged),
        "dim_phase": shaped("dim_phase", code_list("phases", config)),
        **{
            f"dim_{axis}": _nodes(f"dim_{axis}", axis, config)
            for axis in ("fund_source", "three_public")
        },
        "dim_expenditure_type": expenditure_types(config),
        **classes,
        **conformed_frames(classes, config),
        "dim_indicator_class": _indicator_classes(config),
        **project_frames(decided.projects, bodies["dim_body"]),
        "statement_version": _versions(decided),
        "quarantine_item": _items(decided),
        "fact_feed": decided.feeds,
        "feeding_rule": shaped("feeding_rule", feeding_rules(config)),
    }


def _nodes(table: str, axis: str, config: Path | None) -> pl.DataFrame:
    """The nodes of an axis as a dimension: its key is the node, ``parent_*`` the one above."""
    nodes = code_list("nodes", config).filter(pl.col("axis") == axis)
    key, parent = f"{axis}_id", f"parent_{axis}_id"
    return shaped(table, nodes.rename({"node": key, "parent_node": parent}))


def _documents(decided: Decided, staged: StagedReadings) -> pl.DataFrame:
    read = staged.frame("reading")
    if read.is_empty():
        return pl.DataFrame(schema=tables()["dim_document"].polars_schema())
    today = read.filter(pl.col("reading_id").is_in(list(staged.keys))).select(
        "document_id", "media_type", "encoding", "source_url"
    )
    states = decided.state.documents.values()
    seen = pl.DataFrame(
        {
            "document_id": [d.sha256 for d in states],
            "byte_size": [d.byte_size for d in states],
            "path": [d.paths[0].path for d in states],
            "first_seen_utc": [d.paths[0].first_seen_utc for d in states],
            "absent_since_utc": [d.absent_since_utc for d in states],
            "withdrawn_utc": [d.withdrawn_utc for d in states],
            "withdrawn_why": [d.withdrawn_why for d in states],
        },
        schema_overrides={
            "absent_since_utc": pl.Datetime("us"),
            "withdrawn_utc": pl.Datetime("us"),
            "withdrawn_why": pl.String,
        },
    )
    return seen.join(today, on="document_id", how="left", maintain_order="left")


def _paths(decided: Decided) -> pl.DataFrame:
    rows = [
        (d.sha256, p.path, p.first_seen_utc, p.absent_since_utc)
        for d in decided.state.documents.values()
        for p in d.paths
    ]
    return pl.DataFrame(rows, schema=tables()["document_path"].polars_schema(), orient="row")


def _fiscal_years(decided: Decided, staged: StagedReadings) -> pl.DataFrame:
    statements = staged.statements(current=False)
    if not statements.is_empty():
        statements = statements.join(decided.shown, on="statement_id", how="semi")
    none = pl.Series(dtype=pl.Int32)
    compared = staged.of_statements("comparative_figure", decided.loaded["statement_id"])
    known = [f.get_column("fiscal_year", default=none) for f in (statements, compared)]
    years = pl.concat(known).drop_nulls().unique().sort()
    rows = [(year, date(year, 1, 1), date(year, 12, 31)) for year in years]
    return pl.DataFrame(rows, schema=tables()["dim_fiscal_year"].polars_schema(), orient="row")


def _indicator_classes(config: Path | None) -> pl.DataFrame:
    version = pl.col("framework_version")
    parent = pl.col("parent_code")
    classes = code_list("indicator_classes", config).with_columns(
        indicator_class_id=pl.concat_str(version, "class_code", separator="/"),
        parent_class_id=pl.when(parent.is_not_null()).then(
            pl.concat_str(version, parent, separator="/")
        ),
    )
    return shaped("dim_indicator_class", classes)


def _versions(decided: Decided) -> pl.DataFrame:
    loaded = dict(decided.loaded.rows())
    rows = [
        (
            v.statement_version_id, v.statement_key_id, v.version_no, v.content_hash,
            loaded.get(v.statement_version_id), v.document_id,
            v.published_on and date.fromisoformat(v.published_on), v.reason, v.known_from_utc,
            v.known_to_utc, v.closed_reason, v.known_to_utc is None,
        )
        for v in decided.versions
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=tables()["statement_version"].polars_schema(), orient="row")


def _items(decided: Decided) -> pl.DataFrame:
    opened = pl.DataFrame(
        {"item_id": list(decided.opened), "opened_utc": list(decided.opened.values())},
        schema={"item_id": pl.String, "opened_utc": pl.Datetime("us")},
    )
    return decided.items.join(opened, on="item_id", how="left", maintain_order="left")
