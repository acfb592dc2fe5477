"""What a broken identity does: it withholds a statement, or it is said as a finding.

A sum that does not hold may be misread, so its statement waits until the reading is confirmed. Of
two tables that contradict one another a figure that holds within its own table is *proven*: the
other one waits, if it is not; if both are, the documents disagree, and that is published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.items import ITEM_SCHEMA, place_expr
from pipelines.validate.verdicts import HOLDS
from pipelines.values.amounts import yuan_text
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.validate.verdicts import Checked

#: An item of a statement, and the control that it is about, if it is about one.
STATEMENT_ITEM = {**ITEM_SCHEMA, "statement_id": pl.String, "control_id": pl.String}
FINDING_SCHEMA: dict[str, Any] = {
    "finding_id": pl.String,
    "statement_id": pl.String,
    "kind": pl.String,
    "rule_id": pl.String,
    "place": pl.String,
    "subject": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "confirmed_by": pl.String,
    "control_id": pl.String,
}
_HARD = "hard"
#: The fact that tables without any money feed.
_OF_NO_MONEY = "fact_performance_target"
#: Why what contradicts another table is published.
_PROVEN = "各数均由本表的恒等式证实 / each figure is proven by an identity of its own table"
_MAY = "此恒等式并非对所有部门成立 / an identity that need not hold for every body"
_PUBLISHED = "各文件均完整，分别发布 / each document is complete, and is published as it is"


def statement_items(
    frame: pl.DataFrame, statements: pl.DataFrame, rule_id: str, blocks: str
) -> pl.DataFrame:
    """Complete ``statement_id, place, subject, found, expected`` to rows of ``STATEMENT_ITEM``."""
    owner = statements.select("statement_id", "reading_id", "document_id", "statement_no")
    nothing = pl.lit(None, dtype=pl.String)
    control = [] if "control_id" in frame.columns else [nothing.alias("control_id")]
    return (
        frame.join(owner, on="statement_id", how="inner", maintain_order="left")
        .with_columns(
            *control,
            level=pl.lit("statement"), rule_id=pl.lit(rule_id), clues=nothing,
            blocks=pl.lit(blocks),
        )
        .select(list(STATEMENT_ITEM))
    )  # fmt: skip


def broken_items(
    controls: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """An item for each total of a table that does not hold: its statement is withheld."""
    broken = _said(controls.filter(pl.col("verdict") == "broken"), config)
    blocking = broken.filter(pl.col("strength") == _HARD)
    return statement_items(blocking, statements, "identity_broken", "withheld")


def inclusion_findings(
    controls: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """A finding for each part (其中) that is more than its whole: both are published as printed."""
    broken = controls.filter((pl.col("verdict") == "broken") & (pl.col("strength") != _HARD))
    because = pl.lit("其中数大于所属数，照印 / a part above its whole, published as printed")
    return _findings(_said(broken, config), statements, "identity_broken", "source_error", because)


def disagreements(
    crossed: Checked,
    within: Checked,
    doubted: pl.DataFrame,
    statements: pl.DataFrame,
    config: Path | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What tables of one document that contradict one another do.

    Args:
        crossed: Identities across tables.
        within: Identities within the tables.
        doubted: ``statement_id`` of those that wait anyway: nothing is concluded from them.
        statements: All statements.
        config: The operator's own code lists.

    Returns:
        Items of statements whose figure nothing proves, which are withheld; and findings of what
        is printed so: both sides are proven, or the identity need not hold for every body.
    """
    broken = crossed.controls.filter(pl.col("verdict") == "broken")
    figures = crossed.sources.join(broken.select("control_id", "strength"), on="control_id")
    waiting = figures.join(doubted, on="statement_id", how="semi").select("control_id")
    sure = figures.join(waiting, on="control_id", how="anti")
    unproven = sure.filter(pl.col("strength") == _HARD).join(
        _proven(crossed, within), on=["statement_id", "cell_id"], how="anti"
    )
    said = _said(broken, config)
    at_fault = (
        unproven.unique(["control_id", "statement_id"], maintain_order=True)
        .select("control_id", "statement_id", "place")
        .join(said.drop("statement_id", "place"), on="control_id", how="inner",
              maintain_order="left")
    )  # fmt: skip
    printed_so = said.join(sure, on="control_id", how="semi").join(
        unproven, on="control_id", how="anti"
    )
    because = pl.when(pl.col("strength") == _HARD).then(pl.lit(_PROVEN)).otherwise(pl.lit(_MAY))
    return (
        statement_items(at_fault, statements, "identity_broken", "withheld"),
        _findings(printed_so, statements, "tables_disagree", "tables_disagree", because),
    )


def documents_disagree(
    controls: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """A finding for each identity across documents that does not hold: nothing waits for it."""
    broken = _said(controls.filter(pl.col("verdict") == "broken"), config)
    because = pl.when(pl.col("strength") == _HARD).then(pl.lit(_PUBLISHED)).otherwise(pl.lit(_MAY))
    return _findings(broken, statements, "tables_disagree", "tables_disagree", because)


def _proven(crossed: Checked, within: Checked) -> pl.DataFrame:
    """``statement_id, cell_id`` of figures that hold with others of their own table."""
    alone = crossed.controls.filter(pl.col("statement_count") == 1)
    holding = [
        sources.join(
            controls.filter(
                pl.col("verdict").is_in(HOLDS)
                & (pl.col("part_count") > 0)
                & (pl.col("strength") == _HARD)
            ),
            on="control_id", how="semi",
        )
        for controls, sources in ((alone, crossed.sources), (within.controls, within.sources))
    ]  # fmt: skip
    return pl.concat(holding).select("statement_id", "cell_id").unique()


def lost_parts(conformed: Mapping[str, pl.DataFrame], config: Path | None) -> pl.DataFrame:
    """Statements that say nothing but totals and what stands beside them, or have no row at all.

    Their rows are lost, unless a note says that there is nothing to print.
    """
    rules = code_list("feeding_rules", config).filter(pl.col("fact") != _OF_NO_MONEY)
    statements = conformed["statement"].filter(pl.col("kind").is_in(rules["kind"].to_list()))
    amounts = conformed["amount"]
    is_own = (pl.col("period") == "this_year") & pl.col("phase").is_null()
    stated = amounts.filter(is_own & (pl.col("fen") != 0))
    of_totals = statements.join(stated, on="statement_id", how="semi", maintain_order="left").join(
        amounts.filter("is_leaf"), on="statement_id", how="anti", maintain_order="left"
    )
    of_nothing = statements.filter(~pl.col("is_declared_empty")).join(
        conformed["row"], on="statement_id", how="anti", maintain_order="left"
    )
    expected = pl.lit("各项的金额，或注明本表为空 / amounts of its parts, or a note")
    shown = [
        frame.select("statement_id", "place", subject=pl.lit(""), found=pl.lit(found),
                     expected=expected)
        for frame, found in ((of_totals, "只有合计 / totals alone"), (of_nothing, "无行 / no row"))
    ]  # fmt: skip
    return statement_items(pl.concat(shown), conformed["statement"], "parts_missing", "withheld")


def nothing_stated(conformed: Mapping[str, pl.DataFrame], config: Path | None) -> pl.DataFrame:
    """Statements of documents in which no table states anything: blank templates.

    One table without figures says that there is nothing of its kind; a whole book without any,
    and without a note that says so, was never filled in. Where a figure was not understood, or a
    target is printed, it was. A table without a row has lost its rows (``lost_parts``).
    """
    rules = code_list("feeding_rules", config).filter(pl.col("fact") != _OF_NO_MONEY)
    of_money = pl.col("kind").is_in(rules["kind"].to_list())
    misread = conformed["item"].filter(pl.col("rule_id").is_in(["amount_malformed", "ragged_row"]))
    said = [
        conformed["statement"].filter("is_declared_empty").select("reading_id"),
        misread.select("reading_id"),
        *(
            conformed[name].join(conformed["statement"], on="statement_id").select("reading_id")
            for name in ("amount", "value")
        ),
    ]
    blank = conformed["statement"].join(pl.concat(said), on="reading_id", how="anti",
                                        maintain_order="left")  # fmt: skip
    counted = blank.with_columns(tables=pl.len().over("reading_id")).filter(
        of_money.any().over("reading_id")
    )
    has_rows = counted.join(conformed["row"], on="statement_id", how="semi", maintain_order="left")
    shown = has_rows.select(
        "statement_id", "place", subject=pl.lit(""),
        found=pl.format("{} 张表，没有一个数 / {} tables, not one figure", "tables", "tables"),
        expected=pl.lit("填写了的表，或注明为空 / tables that are filled in, or a note"),
    )  # fmt: skip
    return statement_items(shown, conformed["statement"], "nothing_stated", "withheld")


def contradicted_notes(conformed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A finding for each table that is declared empty and states figures: the figures stand."""
    statements = conformed["statement"].filter("is_declared_empty")
    figures = (
        conformed["amount"]
        .filter(pl.col("fen") != 0)
        .with_columns(place=place_expr())
        .group_by("statement_id", maintain_order=True)
        .agg(pl.col("place").first(), figures=pl.col("text").head(3).str.join(", "))
    )
    notes = conformed["cell"].select(note_cell_id="cell_id", note="text").unique("note_cell_id")
    shown = (
        statements.select("statement_id", "note_cell_id")
        .join(figures, on="statement_id", how="inner", maintain_order="left")
        .join(notes, on="note_cell_id", how="left", maintain_order="left")
        .select(
            "statement_id", "place", subject=pl.lit(""), found="figures",
            expected=pl.col("note").fill_null(""), control_id=pl.lit(None, dtype=pl.String),
        )
    )  # fmt: skip
    because = pl.lit("表内有数，照印 / the table states figures, published as printed")
    return _findings(
        shown, conformed["statement"], "note_contradicted", "note_contradicted", because
    )


def _said(controls: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Controls with ``subject, found, expected`` for people."""
    names = code_list("identities", config).select(
        "identity_id", identity=pl.concat_str("zh", "en", separator=" / ")
    )
    printed = pl.when(pl.col("printed_fen").is_null()).then(pl.lit("空白 / blank")).otherwise(
        pl.format("{} 元", yuan_text("printed_fen"))
    )  # fmt: skip
    return controls.join(names, on="identity_id", how="left", maintain_order="left").with_columns(
        subject=pl.concat_str("identity_id", "measure", separator=" "),
        found=pl.format("{} {}: {}", pl.col("label").fill_null(""), "measure", printed),
        expected=pl.format(
            "{}: {} 元 ± {} ({} 项 parts)", "identity", yuan_text("computed_fen"),
            yuan_text("envelope_fen"), "part_count",
        ),
    )  # fmt: skip


def _findings(
    said: pl.DataFrame, statements: pl.DataFrame, rule_id: str, kind: str, because: pl.Expr
) -> pl.DataFrame:
    owner = statements.select("statement_id", "document_id")
    return (
        said.join(owner, on="statement_id", how="inner", maintain_order="left")
        .with_columns(rule_id=pl.lit(rule_id), kind=pl.lit(kind), confirmed_by=because)
        .with_columns(finding_id=key_expr("document_id", "rule_id", "place", "subject"))
        .select(list(FINDING_SCHEMA))
    )
