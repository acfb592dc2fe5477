"""What waits for a person: what readings brought, and what a build decided; since when it waits.

Items are in the shape of ``quarantine_item`` less ``opened_utc``, which the ledger knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.documents.ledger import Event, Ledger
from pipelines.load.feeding import required_kinds
from pipelines.values.keys import stable_key
from schemas.code_lists import code_list
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pipelines.documents.state import LedgerState
    from pipelines.load.staged import StagedReadings
    from pipelines.load.versions import Candidate, Version

#: Columns of quarantine_item that are known before it is known since when an item waits.
_ITEM = ("item_id", "reading_id", "level", "document_id", "statement_id", "place", "rule_id",
         "found", "expected", "remedy", "clues")  # fmt: skip


def of_readings(staged: StagedReadings, state: LedgerState) -> pl.DataFrame:
    """Items of current readings of documents that a path under raw/ still holds."""
    present = [d.sha256 for d in state.documents.values() if d.is_present]
    readings = {k.document_id: k.reading_id for k in staged.keys.values()}
    items = staged.frame("quarantine_item")
    if items.is_empty():
        return _no_items()
    wanted = pl.DataFrame(
        {"document_id": present, "reading_id": [readings[d] for d in present]},
        schema={"document_id": pl.String, "reading_id": pl.String},
    )
    return items.join(wanted, on=["document_id", "reading_id"], how="semi").select(_ITEM)


def of_conflicts(conflicts: list[tuple[Candidate, str]], config: Path | None) -> pl.DataFrame:
    """Statements that differ from the current version, where nothing says which is newer."""
    found = [
        {
            "document_id": c.document_id,
            "statement_id": c.statement_id,
            "place": c.place,
            "subject": c.content_hash,
            "found": f"内容 content {c.content_hash[:12]}",
            "expected": f"现行文件 current document {incumbent[:12]}; supersedes / published_on",
        }
        for c, incumbent in conflicts
    ]
    return _items("version_conflict", found, config)


def of_lost(versions: dict[str, list[Version]], config: Path | None) -> pl.DataFrame:
    """Current versions that today's code cannot read again."""
    found = [
        {
            "document_id": last.document_id,
            "place": f"第{last.version_no}版 / version {last.version_no}",
            "subject": last.statement_key_id,
            "found": f"内容 content {last.content_hash[:12]}",
            "expected": "今日代码可读 / readable by today's code",
        }
        for last in (mine[-1] for mine in versions.values() if mine)
        if last.is_lost
    ]
    return _items("version_lost", found, config)


def of_ties(ties: pl.DataFrame, current: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Two statements that claim the same unit, year and fact."""
    found = [
        {
            **_claim(row, row["fact"]),
            "found": row["spending_unit_id"],
            "expected": f"仅一个来源 / one source; feeds: {row['feeds_document_id'][:12]}",
        }
        for row in _named(ties, current)
    ]
    return _items("feeding_conflict", found, config)


def of_differences(
    differ: pl.DataFrame, current: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Amounts of a unit that are others than those of the statement that feeds."""
    found = [
        {
            **_claim(row, "amount" if row["fact"] == PROJECTS else f"amount {row['fact']}"),
            "found": f"{row['amount_yuan']} 元 yuan ({row['spending_unit_id']})",
            "expected": f"{row['feeds_amount_yuan']} 元 yuan; feeds: "
            f"{row['feeds_document_id'][:12]}",
        }
        for row in _named(differ, current)
    ]
    return _items("feeding_differs", found, config)


def of_alone(
    alone: pl.DataFrame, sums: pl.DataFrame, current: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Money that is no fact yet; a table that says that there is none lacks nothing."""
    documents = current.select("statement_id", "document_id", "statement_no")
    money = sums.filter(pl.col("amount_yuan") != 0)
    told = alone.join(money, on=alone.columns, how="inner", maintain_order="left")
    found = [
        {
            **_claim(row, f"alone {row['fact']}"),
            "found": f"{row['amount_yuan']} 元 yuan ({row['spending_unit_id']})",
            "expected": " | ".join(required_kinds(row["fact"], config)),
        }
        for row in told.join(
            documents, on="statement_id", how="left", maintain_order="left"
        ).to_dicts()
    ]
    return _items("feeding_incomplete", found, config)


def _named(claims: pl.DataFrame, current: pl.DataFrame) -> list[dict[str, Any]]:
    """Claims that do not feed, with the documents of both statements."""
    documents = current.select("statement_id", "document_id", "statement_no")
    return (
        claims.join(documents, on="statement_id", how="left", maintain_order="left")
        .join(
            documents.select(feeds_statement_id="statement_id", feeds_document_id="document_id"),
            on="feeds_statement_id", how="left", maintain_order="left",
        )
        .to_dicts()
    )  # fmt: skip


def _claim(row: dict[str, Any], what: str) -> dict[str, str]:
    """Where a claim stands, and what it is about."""
    return {
        "document_id": row["document_id"],
        "statement_id": row["statement_id"],
        "place": f"第{row['statement_no']}张报表 / statement {row['statement_no']}",
        "subject": f"{what} {row['spending_unit_id']}",
    }


def _items(rule_id: str, found: list[dict[str, str]], config: Path | None) -> pl.DataFrame:
    """Items that a build decides, in the shape of those that readings bring."""
    rule = code_list("rules", config).row(by_predicate=pl.col("rule_id") == rule_id, named=True)
    rows = [
        {
            **{name: row.get(name) for name in _ITEM},
            "item_id": stable_key(row["document_id"], rule_id, row["place"], row["subject"]),
            "level": rule["level"],
            "rule_id": rule_id,
            "remedy": f"{rule['remedy_zh']} / {rule['remedy_en']}",
        }
        for row in found
    ]
    return pl.DataFrame(rows, schema=_no_items().schema)


def _no_items() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(_ITEM, pl.String))


def noted(ledger: Ledger, items: pl.DataFrame) -> dict[str, datetime]:
    """Append what began and what ceased to wait; return since when each item waits."""
    events = ledger.events("quarantine_opened", "quarantine_resolved")
    opened = _open_items(events)
    now = dict(items.select("item_id", "document_id").rows())
    new = [
        Event("quarantine_opened", document_id, detail={"item_id": item_id})
        for item_id, document_id in now.items()
        if item_id not in opened
    ]
    gone = [
        Event("quarantine_resolved", event.sha256, detail={"item_id": item_id})
        for item_id, event in opened.items()
        if item_id not in now
    ]
    opened = _open_items([*events, *ledger.append([*new, *gone])])
    return {i: event.at_utc for i, event in opened.items() if event.at_utc is not None}


def _open_items(events: list[Event]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for event in events:
        if event.kind == "quarantine_opened":
            found[event.detail["item_id"]] = event
        else:
            found.pop(event.detail["item_id"], None)
    return found
