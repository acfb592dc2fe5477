"""Validate a batch: what is accepted, in the shapes the warehouse declares, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.items import ITEM_SCHEMA, place_expr
from pipelines.validate.contents import content_hashes
from pipelines.validate.gates import GateError, Rejection, pass_gates, staged
from pipelines.validate.identities import control_totals, unstated_totals
from pipelines.validate.second import (
    cells_to_ask,
    confirmed_by,
    differences,
    doubled_pages,
    glued_amounts,
)
from pipelines.values.amounts import yuan_text
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list
from schemas.layout import layouts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Frames of a batch that are staged for loading besides the tables of the warehouse.
EXTRA = ("reading", "body")
#: Records of complete statements, by the table they are staged for.
_FEEDS_FACTS = {
    "project_line": "project_line",
    "dim_project": "dim_project",
    "bridge_project_identity": "bridge_project_identity",
    "fact_project_funding": "funding",
    "performance_indicator": "indicator",
    "performance_value": "value",
    "fact_performance_target": "target",
}
#: Records of statements that are not complete.
_WAITS = {"pending_project_funding": "funding", "pending_performance_target": "value"}
#: Tables whose rows are withdrawn from a batch when their statement fails a gate.
_OF_STATEMENTS = (*_FEEDS_FACTS, *_WAITS, "control_total", "fact_source", "source_cell",
                  "statement_context", "statement_join")  # fmt: skip


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
        ``reading`` and ``body``. Rows of statements that are not complete are in ``pending_*``.

    Raises:
        GateError: a frame is not of its declared shape: an error of this program.
    """
    controls = control_totals(conformed["amount"])
    found = [
        conformed["item"],
        _broken(controls, conformed["statement"], config),
        _unstated(conformed["amount"], conformed["statement"]),
        _conflicts(conformed["statement"]),
        _without_grand_total(conformed, config),
        _without_row_total(conformed, config),
    ]
    items = _confirmed(
        pl.concat([frame.select(*ITEM_SCHEMA, "statement_id") for frame in found]),
        conformed["reading"],
    )
    if second is not None:
        items = _read_again(items, conformed, second)
    accepted = _accepted(conformed, controls, items, config)
    rejections = pass_gates({n: f for n, f in accepted.items() if n not in EXTRA})
    if rejections:
        refusals = _rejected(rejections, conformed["statement"])
        refusals = _confirmed(refusals.select(*ITEM_SCHEMA, "statement_id"), conformed["reading"])
        items = pl.concat([items, refusals])
        accepted = _accepted(conformed, controls, items, config)
        refused = {rejection.statement_id for rejection in rejections}
        accepted = {
            name: frame.filter(~pl.col("statement_id").is_in(list(refused)))
            if name in _OF_STATEMENTS
            else frame
            for name, frame in accepted.items()
        }
        if left := pass_gates({n: f for n, f in accepted.items() if n not in EXTRA}):
            raise GateError(f"rows that no statement can be withheld for: {left[:5]}")
    return accepted


def _accepted(
    conformed: Mapping[str, pl.DataFrame],
    controls: pl.DataFrame,
    items: pl.DataFrame,
    config: Path | None,
) -> dict[str, pl.DataFrame]:
    statements = _statements(conformed, controls, items)
    complete = statements.filter(pl.col("status") == "complete").select("statement_id")
    frames = {
        "statement": statements,
        "statement_context": conformed["statement_context"],
        "statement_join": conformed["statement_join"],
        **{
            name: conformed[source].join(complete, on="statement_id", how="semi")
            for name, source in _FEEDS_FACTS.items()
        },
        **{
            name: conformed[source].join(complete, on="statement_id", how="anti")
            for name, source in _WAITS.items()
        },
        "control_total": controls,
        "source_cell": conformed["source_cell"],
        "fact_source": conformed["fact_source"],
        "cell_accounting": _accounting(conformed["cell"], conformed["page"]),
        "quarantine_item": _quarantine(items.filter(pl.col("why").is_null()), config),
        "finding": _findings(items.filter(pl.col("why").is_not_null())),
    }
    out = {name: staged(name, frame) for name, frame in frames.items()}
    return {**out, "reading": conformed["reading"], "body": conformed["body"]}


def _statements(
    conformed: Mapping[str, pl.DataFrame], controls: pl.DataFrame, items: pl.DataFrame
) -> pl.DataFrame:
    records = {name: conformed[name] for name in
               ("project_line", "funding", "indicator", "value", "target")}  # fmt: skip
    hashes = content_hashes(conformed["statement"], {**records, "control_total": controls})
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
    items: pl.DataFrame, conformed: Mapping[str, pl.DataFrame], second: pl.DataFrame
) -> pl.DataFrame:
    """Items with ``why`` where a second reading confirms the first, and one where it differs."""
    asked = cells_to_ask(conformed, items.filter(pl.col("why").is_null()))
    answers = second.join(asked, on="statement_id", how="semi")
    differing = _statement_items(
        differences(conformed, answers), conformed["statement"], "readings_differ", "withheld"
    ).select(*ITEM_SCHEMA, "statement_id")
    # Of a statement that lacks something, or is doubtful, a broken sum may be no error of paper.
    is_doubt = (pl.col("blocks") != "none") | (pl.col("rule_id") == "page_doubtful")
    doubted = items.filter(is_doubt & (pl.col("rule_id") != "identity_broken"))
    confirmed = (
        confirmed_by(asked, answers)
        .join(doubted.select("statement_id"), on="statement_id", how="anti")
        .join(glued_amounts(conformed), on="statement_id", how="anti")
        .join(doubled_pages(conformed), on="statement_id", how="anti")
    )
    known = items.join(confirmed, on="statement_id", how="left", maintain_order="left")
    return pl.concat(
        [
            _held(known.with_columns(why=pl.coalesce("why", "confirmed_by"))).select(items.columns),
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


def _findings(items: pl.DataFrame) -> pl.DataFrame:
    return items.select(
        "statement_id", "rule_id", "place", "subject", "found", "expected",
        finding_id="item_id", kind=pl.lit("source_error"), confirmed_by="why",
    ).unique(["finding_id", "statement_id"], maintain_order=True)  # fmt: skip


def _statement_items(
    frame: pl.DataFrame, statements: pl.DataFrame, rule_id: str, blocks: str
) -> pl.DataFrame:
    """Complete a frame with statement_id, place, subject, found, expected to items."""
    owner = statements.select("statement_id", "reading_id", "document_id", "statement_no")
    return (
        frame.select("statement_id", "place", "subject", "found", "expected")
        .join(owner, on="statement_id", how="inner", maintain_order="left")
        .with_columns(
            level=pl.lit("statement"), rule_id=pl.lit(rule_id),
            clues=pl.lit(None, dtype=pl.String), blocks=pl.lit(blocks),
        )
    )  # fmt: skip


def _broken(controls: pl.DataFrame, statements: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    identities = code_list("identities", config).select(
        "identity_id", identity=pl.concat_str("zh", "en", separator=" / ")
    )
    broken = controls.filter(pl.col("verdict") == "broken").join(
        identities, on="identity_id", how="left", maintain_order="left"
    )
    shown = broken.select(
        "statement_id",
        "place",
        subject=pl.concat_str("identity_id", "measure", separator=" "),
        found=pl.format("{} {}: {} 元", "label", "measure", yuan_text("printed_fen")),
        expected=pl.format(
            "{}: {} 元 ± {} ({} 项 parts)", "identity", yuan_text("computed_fen"),
            yuan_text("envelope_fen"),
            "part_count",
        ),
    )  # fmt: skip
    return _statement_items(shown, statements, "identity_broken", "withheld")


def _unstated(amounts: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    blank = unstated_totals(amounts)
    shown = blank.select(
        "statement_id", "place", subject=pl.concat_str(pl.lit("blank "), "measure"),
        found=pl.format("合计 {}: 空白 / blank", "measure"),
        expected=pl.format("{} 元", yuan_text("computed_fen")),
    )  # fmt: skip
    return _statement_items(shown, statements, "identity_broken", "withheld")


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
    return _statement_items(shown, statements, "statement_conflict", "withheld")


def _without_grand_total(
    conformed: Mapping[str, pl.DataFrame], config: Path | None
) -> pl.DataFrame:
    owing = [layout.id for layout in layouts(config) if layout.has_grand_total]
    grand = conformed["amount"].filter(pl.col("row_role") == "grand_total")
    statements = conformed["statement"]
    lacking = statements.filter(pl.col("layout_id").is_in(owing)).join(
        grand, on="statement_id", how="anti"
    )
    shown = lacking.select(
        "statement_id", "place", subject=pl.lit(""), found=pl.lit("无合计行 / no grand total"),
        expected=pl.lit("合计 / a grand total"),
    )  # fmt: skip
    return _statement_items(shown, statements, "grand_total_missing", "withheld")


def _without_row_total(conformed: Mapping[str, pl.DataFrame], config: Path | None) -> pl.DataFrame:
    """Rows that state funds and no total, where the layout prints one: nothing proves them."""
    owing = [
        each.id for each in layouts(config) if any(c.node == "all_funds" for c in each.columns)
    ]
    statements = conformed["statement"]
    amounts = conformed["amount"].join(
        statements.filter(pl.col("layout_id").is_in(owing)), on="statement_id", how="semi"
    )
    line = ["statement_id", "line_no"]
    funds = amounts.filter(pl.col("role") == "fund").with_columns(place=place_expr())
    lacking = (
        funds.join(amounts.filter(pl.col("role") == "total"), on=line, how="anti")
        .group_by(line, maintain_order=True)
        .agg(pl.col("place", "label").first(), funds=pl.col("text").str.join(" + "))
    )
    shown = lacking.select(
        "statement_id", "place", subject=pl.lit("blank row total"),
        found=pl.format("{} total: 空白 / blank", pl.col("label").fill_null("")),
        expected="funds",
    )  # fmt: skip
    return _statement_items(shown, statements, "identity_broken", "withheld")


def _rejected(rejections: list[Rejection], statements: pl.DataFrame) -> pl.DataFrame:
    rows = pl.DataFrame(
        [(r.statement_id, f"{r.table} {r.found}", r.found, r.expected) for r in rejections],
        schema=["statement_id", "subject", "found", "expected"],
        orient="row",
    ).unique(maintain_order=True)
    placed = rows.join(statements.select("statement_id", "place"), on="statement_id", how="left",
                       maintain_order="left")  # fmt: skip
    return _statement_items(placed, statements, "gate_rejected", "withheld")
