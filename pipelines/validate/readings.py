"""Validate a batch: what is accepted, in the shapes the warehouse declares, and what waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.figures import fact_tables
from pipelines.validate.breaches import (
    FINDING_SCHEMA,
    STATEMENT_ITEM,
    broken_items,
    contradicted_notes,
    disagreements,
    inclusion_findings,
    lost_parts,
    nothing_stated,
    statement_items,
)
from pipelines.validate.contents import content_hashes
from pipelines.validate.crossed import cross_controls
from pipelines.validate.gates import GateError, Rejection, pass_gates, staged
from pipelines.validate.identities import control_totals
from pipelines.validate.second import (
    cells_to_ask,
    confirmed_by,
    differences,
    doubled_pages,
    glued_amounts,
)
from pipelines.validate.sums import SUMS, fact_sums
from pipelines.validate.verdicts import Checked
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list
from schemas.layout import layouts
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Frames of a batch that are staged for loading besides the tables of the warehouse.
EXTRA = ("reading", "body", "printed_class")
#: Tables of money, facts and what stands beside them: a frame each.
_MONEY = tuple(fact_tables())
#: Records of complete statements, by the table they are staged for.
_FEEDS_FACTS = {
    "project_line": "project_line",
    "dim_project": "dim_project",
    "bridge_project_identity": "bridge_project_identity",
    "performance_indicator": "indicator",
    "performance_value": "value",
    "fact_performance_target": "target",
} | {name: name for name in _MONEY}
#: Records of statements that are not complete.
_WAITS = {
    "pending_project_funding": PROJECTS,
    "pending_amount": "pending_amount",
    "pending_performance_target": "value",
}
#: Tables whose rows are withdrawn from a batch when their statement fails a gate.
_OF_STATEMENTS = (*_FEEDS_FACTS, *_WAITS, "control_total", "control_source", "printed_amount",
                  "fact_source", "source_cell", "statement_context", "statement_join",
                  "statement_unit")  # fmt: skip


def validate(
    conformed: Mapping[str, pl.DataFrame],
    config: Path | None = None,
    second: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """Accept a batch.

    Args:
        conformed: Frames of ``pipelines.conform.records.conform``.
        config: The operator's own layouts and code lists.
        second: What the second reader read, where it was asked (``pipelines.validate.second``).

    Returns:
        A frame per declared table that comes from readings (``statement_id`` kept in each), and
        ``EXTRA``, and ``SUMS``. Rows of statements that are not complete are in ``pending_*``.

    Raises:
        GateError: a frame is not of its declared shape: an error of this program.
    """
    judged = _judge(conformed, second, config)
    accepted = _accepted(conformed, judged, config)
    rejections = pass_gates({n: f for n, f in accepted.items() if n not in EXTRA})
    if rejections:
        refused = pl.DataFrame(
            {"statement_id": [r.statement_id for r in rejections]},
            schema={"statement_id": pl.String},
        ).unique()
        refusals = _confirmed(_rejected(rejections, conformed["statement"]), conformed["reading"])
        judged = replace(
            judged,
            crossed=_without(judged.crossed, refused),
            items=pl.concat([judged.items, refusals]),
        )
        accepted = {
            name: frame.join(refused, on="statement_id", how="anti", maintain_order="left")
            if name in _OF_STATEMENTS
            else frame
            for name, frame in _accepted(conformed, judged, config).items()
        }
        if left := pass_gates({n: f for n, f in accepted.items() if n not in EXTRA}):
            raise GateError(f"rows that no statement can be withheld for: {left[:5]}")
    return accepted | {SUMS: fact_sums(accepted)}


@dataclass(frozen=True)
class _Judged:
    """What was checked, what waits, and what is published as wrong in a source."""

    within: Checked
    crossed: Checked
    items: pl.DataFrame
    findings: pl.DataFrame


def _judge(
    conformed: Mapping[str, pl.DataFrame], second: pl.DataFrame | None, config: Path | None
) -> _Judged:
    statements = conformed["statement"]
    within = control_totals(conformed["amount"], conformed["row"], conformed["column"], config)
    own = [
        conformed["item"].with_columns(control_id=pl.lit(None, dtype=pl.String)),
        broken_items(within.controls, statements, config),
        _conflicts(statements),
        _without_grand_total(conformed, config),
        lost_parts(conformed, config),
        nothing_stated(conformed, config),
    ]
    items = _confirmed(
        pl.concat([frame.select(list(STATEMENT_ITEM)) for frame in own]), conformed["reading"]
    )
    if second is not None:
        items = _read_again(items, items, conformed, second)
    crossed = _crossed(conformed, items, config)
    doubted = items.filter(pl.col("blocks") != "none").select("statement_id").drop_nulls()
    found, disagreeing = disagreements(crossed, within, doubted, statements, config)
    more = _confirmed(found, conformed["reading"])
    if second is not None:
        more = _read_again(more, pl.concat([items, more]), conformed, second)
    findings = [
        inclusion_findings(within.controls, statements, config),
        disagreeing,
        contradicted_notes(conformed),
    ]
    return _Judged(within, crossed, pl.concat([items, more]), pl.concat(findings))


def _crossed(
    conformed: Mapping[str, pl.DataFrame], items: pl.DataFrame, config: Path | None
) -> Checked:
    """Identities across the tables of each document that lack nothing but, perhaps, a true sum."""
    lacking = items.filter(
        (pl.col("blocks") != "none") & (pl.col("rule_id") != "identity_broken")
    ).select("statement_id")
    whole, printed = (
        conformed[name].join(lacking, on="statement_id", how="anti", maintain_order="left")
        for name in ("statement", "printed_amount")
    )
    return cross_controls(printed, whole, config, within=("reading_id",))


def _without(crossed: Checked, statements: pl.DataFrame) -> Checked:
    """Identities across tables of which none is of these statements."""
    of_them = crossed.sources.join(statements, on="statement_id", how="semi").select("control_id")
    return Checked(*(f.join(of_them, on="control_id", how="anti", maintain_order="left")
                     for f in crossed))  # fmt: skip


def _accepted(
    conformed: Mapping[str, pl.DataFrame], judged: _Judged, config: Path | None
) -> dict[str, pl.DataFrame]:
    statements = _statements(conformed, judged.items)
    complete = statements.filter(pl.col("status") == "complete").select("statement_id")
    is_open = pl.col("why").is_null()
    frames = {
        "statement": statements,
        "statement_context": conformed["statement_context"],
        "statement_join": conformed["statement_join"],
        "statement_unit": conformed["statement_unit"],
        "printed_amount": conformed["printed_amount"],
        **{
            name: conformed[source].join(complete, on="statement_id", how="semi")
            for name, source in _FEEDS_FACTS.items()
        },
        **{
            name: conformed[source].join(complete, on="statement_id", how="anti")
            for name, source in _WAITS.items()
        },
        "control_total": _both(judged.within.controls, judged.crossed.controls),
        "control_source": _both(judged.within.sources, judged.crossed.sources),
        "source_cell": conformed["source_cell"],
        "fact_source": conformed["fact_source"],
        "cell_accounting": _accounting(conformed["cell"], conformed["page"]),
        "quarantine_item": _quarantine(judged.items.filter(is_open), config),
        "finding": pl.concat([_confirmed_errors(judged.items.filter(~is_open)), judged.findings])
        .unique(["finding_id", "statement_id"], keep="first", maintain_order=True),
    }  # fmt: skip
    out = {name: staged(name, frame) for name, frame in frames.items()}
    return out | {name: conformed[name] for name in EXTRA}


def _both(within: pl.DataFrame, crossed: pl.DataFrame) -> pl.DataFrame:
    shared = [name for name in within.columns if name in crossed.columns]
    return pl.concat([within.select(shared), crossed.select(shared)])


def _statements(conformed: Mapping[str, pl.DataFrame], items: pl.DataFrame) -> pl.DataFrame:
    hashes = content_hashes(conformed["statement"], conformed)
    blocks = items.filter(pl.col("statement_id").is_not_null()).group_by("statement_id").agg(
        is_withheld=(pl.col("blocks") == "withheld").any(),
        is_partial=(pl.col("blocks") == "partial").any(),
    )  # fmt: skip
    lines = conformed["cell"].filter(pl.col("is_body")).group_by("reading_id", "statement_no").agg(
        row_count=pl.struct("table_no", "table_row").n_unique()
    )  # fmt: skip
    return (
        conformed["statement"]
        .join(hashes, on="statement_id", how="left", maintain_order="left")
        .join(blocks, on="statement_id", how="left", maintain_order="left")
        .join(lines, on=["reading_id", "statement_no"], how="left", maintain_order="left")
        .with_columns(
            status=pl.when(pl.col("is_withheld"))
            .then(pl.lit("withheld"))
            .when(pl.col("is_partial"))
            .then(pl.lit("partial"))
            .otherwise(pl.lit("complete")),
            amount_unit="unit",
            row_count=pl.col("row_count").fill_null(0),
        )
    )


def _accounting(cells: pl.DataFrame, pages: pl.DataFrame) -> pl.DataFrame:
    """The consumer's count of non-blank cells by disposition, beside the reader's count."""
    counted = (
        cells.filter((pl.col("text") != "") & pl.col("disposition").is_not_null())
        .group_by("reading_id", "document_id", "page_no", "disposition", maintain_order=True)
        .agg(cell_count=pl.len())
    )
    return counted.join(
        pages.rename({"cell_count": "page_cell_count"}), on=["reading_id", "page_no"], how="left",
        maintain_order="left",
    )  # fmt: skip


def _quarantine(items: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    rules = code_list("rules", config).select(
        "rule_id", remedy=pl.concat_str("remedy_zh", "remedy_en", separator=" / ")
    )
    return items.join(rules, on="rule_id", how="left", maintain_order="left").unique(
        ["reading_id", "item_id"], keep="first", maintain_order=True
    )


def _confirmed(items: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Items with their key, and with ``why`` where a person confirmed that it is printed so.

    Only a broken identity can be confirmed; it blocks nothing any more and becomes a finding. The
    key is of document, rule, place and subject: it survives a rereading.
    """
    said = (
        readings.select("reading_id", "source_errors")
        .explode("source_errors")
        .filter(pl.col("source_errors").is_not_null())
        .unnest("source_errors")
        .select("reading_id", item_id="item", why="why")
        .unique(["reading_id", "item_id"], maintain_order=True)
    )
    keyed = items.with_columns(item_id=key_expr("document_id", "rule_id", "place", "subject")).join(
        said, on=["reading_id", "item_id"], how="left", maintain_order="left"
    )
    return _held(keyed)


def _read_again(
    items: pl.DataFrame,
    known: pl.DataFrame,
    conformed: Mapping[str, pl.DataFrame],
    second: pl.DataFrame,
) -> pl.DataFrame:
    """Items with ``why`` where a second reading confirms the first, and one where it differs.

    ``known``: all that is known to wait of their statements. Of one that lacks something, or is
    doubtful, a broken sum may be no error of paper.
    """
    asked = cells_to_ask(conformed, items.filter(pl.col("why").is_null()))
    answers = second.join(asked, on="statement_id", how="semi")
    differing = statement_items(
        differences(conformed, answers), conformed["statement"], "readings_differ", "withheld"
    )
    is_doubt = (pl.col("blocks") != "none") | (pl.col("rule_id") == "page_doubtful")
    doubted = known.filter(is_doubt & (pl.col("rule_id") != "identity_broken"))
    confirmed = (
        confirmed_by(asked, answers)
        .join(doubted.select("statement_id"), on="statement_id", how="anti")
        .join(glued_amounts(conformed), on="statement_id", how="anti")
        .join(doubled_pages(conformed), on="statement_id", how="anti")
    )
    said = items.join(confirmed, on="statement_id", how="left", maintain_order="left")
    return pl.concat(
        [
            _held(said.with_columns(why=pl.coalesce("why", "confirmed_by"))).select(items.columns),
            _confirmed(differing, conformed["reading"]).select(items.columns),
        ]
    )


def _held(items: pl.DataFrame) -> pl.DataFrame:
    """Items of which ``why`` holds: nothing but a broken identity can be confirmed away."""
    holds = pl.col("why").is_not_null() & (pl.col("rule_id") == "identity_broken")
    return items.with_columns(
        why=pl.when(holds).then("why"),
        blocks=pl.when(holds).then(pl.lit("none")).otherwise("blocks"),
    )


def _confirmed_errors(items: pl.DataFrame) -> pl.DataFrame:
    """Findings of what waited and was confirmed to be printed so."""
    return items.with_columns(
        finding_id="item_id", kind=pl.lit("source_error"), confirmed_by="why"
    ).select(list(FINDING_SCHEMA))


def _conflicts(statements: pl.DataFrame) -> pl.DataFrame:
    """Statements of one document that claim one identity: neither is believed."""
    twice = statements.filter(
        pl.col("statement_key_id").is_not_null()
        & pl.struct("reading_id", "statement_key_id").is_duplicated()
    )
    shown = twice.select(
        "statement_id", "place", subject=pl.lit(""), found=pl.format("{} {} {}", "body",
        "fiscal_year", "kind"), expected=pl.lit("每份报表一次 / each statement once"),
    )  # fmt: skip
    return statement_items(shown, statements, "statement_conflict", "withheld")


def _without_grand_total(
    conformed: Mapping[str, pl.DataFrame], config: Path | None
) -> pl.DataFrame:
    """Statements without a row for their grand total, where the layout prints one.

    Of tables side by side each that states anything has its own. What a grand total that is printed
    states, or leaves blank, is a matter of identities. A table that is declared empty, and is, has
    lost nothing.
    """
    owing = [layout.id for layout in layouts(config) if layout.has_grand_total]
    statements = conformed["statement"]
    totals = conformed["row"].filter(pl.col("row_role") == "grand_total")
    empty = statements.filter("is_declared_empty").join(
        conformed["amount"], on="statement_id", how="anti"
    )
    block = ["statement_id", "block"]
    open_blocks = conformed["amount"].select(block).join(totals, on=block, how="anti")
    whole = totals.join(open_blocks, on="statement_id", how="anti")
    lacking = (
        statements.filter(pl.col("layout_id").is_in(owing))
        .join(whole, on="statement_id", how="anti")
        .join(empty, on="statement_id", how="anti")
    )
    shown = lacking.select(
        "statement_id", "place", subject=pl.lit(""), found=pl.lit("无合计行 / no grand total"),
        expected=pl.lit("合计 / a grand total"),
    )  # fmt: skip
    return statement_items(shown, statements, "grand_total_missing", "withheld")


def _rejected(rejections: list[Rejection], statements: pl.DataFrame) -> pl.DataFrame:
    rows = pl.DataFrame(
        [(r.statement_id, f"{r.table} {r.found}", r.found, r.expected) for r in rejections],
        schema=["statement_id", "subject", "found", "expected"],
        orient="row",
    ).unique(maintain_order=True)
    placed = rows.join(statements.select("statement_id", "place"), on="statement_id", how="left",
                       maintain_order="left")  # fmt: skip
    return statement_items(placed, statements, "gate_rejected", "withheld")
