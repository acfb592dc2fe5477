"""The question of what publishers revised, against both versions of what the world prints."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from tests import made
from tests.generator.books.truth import BESIDE, facts, table_of
from tests.generator.controls import controls
from tests.generator.truth import records
from tests.questions.answers import rows, told
from tests.questions.conftest import Asked
from tests.questions.world import YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet
    from tests.questions.world import World

REVISION = "publisher_revision"
KEY = ["fact", "kind", "body", "unit", "project", "codes", "fiscal_year", "phase"]
Row = tuple[Any, ...]


def revised_books(world: World) -> Iterator[Row]:
    """``before`` or ``after``, by what an amount is told, and yuan, of revised tables of books."""
    issued = {d.path.partition("_")[0]: d for d in world.books}
    for path, new in issued.items():
        for number, fate in enumerate(new.fates):
            if fate.version is not None and fate.version[1] == REVISION:
                old = issued[path[:-1] + "a"]
                yield from _figures("before", old, old.book.sheets[number])
                yield from _figures("after", new, new.book.sheets[number])


def _figures(side: str, document: Document, sheet: Sheet) -> Iterator[Row]:
    for fact, _, row in facts(document, sheet):
        if fact not in BESIDE:
            yield side, fact, sheet.kind, *_told_by(fact, row)


def _told_by(fact: str, row: Row) -> Row:
    """Body, unit, project, codes, year, phase and yuan of a fact."""
    if table_of(fact) == "funding":
        _, _, body, unit, project, fund, *when = row
        return (body, unit, project, fund, *when)
    if table_of(fact) == "procurement":
        _, body, *of, year, phase, yuan = row
        return (body, None, " · ".join(of), "", year, phase, yuan)
    _, _, _, body, unit, function, economic, of_type, fund, public, *when = row
    codes = " ".join(c for c in (function, economic, public, of_type, fund) if c is not None)
    return (body, unit, None, codes, *when)


def revised_lists(world: World) -> Iterator[Row]:
    """The same of lists of projects."""
    of = {d.sha256: d for d in world.lists}
    versions = sorted(world.of_lists["version"], key=lambda row: row[1:4])
    for old, new in pairwise(versions):
        if old[1:3] == new[1:3] and new[4] == REVISION:
            for side, sha in (("before", old[0]), ("after", new[0])):
                for table, row in records(of[sha], list(controls(of[sha].table))):
                    if table == "funding":
                        _, _, *told_by = row
                        yield side, "fact_project_funding", "project_performance_targets", *told_by


def test_what_publishers_revised(world: World, asked: Asked) -> None:
    """In every table that tells it; a figure that only one version prints has one side."""
    every = pl.DataFrame(
        [*revised_books(world), *revised_lists(world)], schema=["side", *KEY, "yuan"],
        orient="row", infer_schema_length=None,
    ).with_columns(pl.col("yuan").str.to_decimal(scale=2).cast(YUAN))  # fmt: skip
    before, after = (pl.col("yuan").filter(pl.col("side") == side) for side in ("before", "after"))
    sums = every.group_by(KEY).agg(
        before=pl.when(before.len() > 0).then(before.sum()),
        after=pl.when(after.len() > 0).then(after.sum()),
    )
    change = pl.col("after").fill_null(0) - pl.col("before").fill_null(0)
    expected = sums.filter(pl.col("before").ne_missing(pl.col("after"))).select(
        *KEY, "before", "after", change.alias("change"),
        version=pl.lit(2, pl.Int32), documents=pl.lit(2, pl.Int64),
    )  # fmt: skip
    found = [
        {**row, "project": row["line_name"] if row["fact"] == "fact_project_funding" else None}
        for row in asked("revisions")
    ]
    assert told(
        found, "fact", "table_kind", "body_name", "spending_unit_name", "project", "line_codes",
        "fiscal_year", "phase", "amount_before_yuan", "amount_after_yuan", "change_yuan",
        "version_no", "document_count",
    ) == rows(expected)  # fmt: skip
    assert len(set(expected["fact"])) > 4
    assert expected["before"].null_count() > 0
    assert expected.filter(pl.col("before").is_not_null()).height > 20
    assert sums.height > 3 * expected.height


def test_what_a_rereading_corrected_is_no_revision(tmp_path: Path) -> None:
    """Largest first, whichever way it went; a body that is no longer known keeps its name."""
    of = [("1", "first", "x"), ("2", "reread", "x"), ("3", REVISION, "y")]
    versions = [
        {"statement_version_id": key, "statement_key_id": "k", "version_no": number,
         "document_id": document, "reason": reason, "statement_id": key}
        for number, (key, reason, document) in enumerate(of, 1)
    ]  # fmt: skip
    changes = [("2", "reread", "90.00"), ("3", REVISION, "5.00"), ("3", REVISION, "-7.00")]
    restated = [
        {"statement_version_id": key, "fact": "fact_revenue", "coordinates": yuan,
         "reason": reason, "reporting_body_id": "gone", "reporting_body_name": "甲局",
         "fiscal_year": 2026, "phase": "budget", "change_yuan": Decimal(yuan)}
        for key, reason, yuan in changes
    ]  # fmt: skip
    settings = made.published(tmp_path, statement_version=versions, mart_restatement=restated)
    found = Asked(settings)("revisions")
    assert [(r["body_name"], r["version_no"], r["change_yuan"], r["document_count"])
            for r in found] == [
        ("甲局", 3, Decimal("-7.00"), 2), ("甲局", 3, Decimal("5.00"), 2),
    ]  # fmt: skip
