"""Decisions of a run: which versions are current, what feeds facts, what waits; kept in the ledger.

``decide`` appends what is new and may be called again: with nothing new it appends nothing. The
build then follows from the ledger and the staged readings alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.state import ledger_state
from pipelines.load import waiting
from pipelines.load.bodies import known_bodies
from pipelines.load.feeding import claims_of, differing, feeding
from pipelines.load.left import left_statements
from pipelines.load.projects import Identity, project_identity
from pipelines.load.sums import staged_sums, totals_missed
from pipelines.load.versions import (
    Candidate,
    Version,
    decide_versions,
    losses,
    returns,
    versions_of,
    withdrawals,
)
from schemas.registry import tables

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pipelines.documents.ledger import Event, Ledger
    from pipelines.documents.state import LedgerState
    from pipelines.load.bodies import KnownBodies
    from pipelines.load.staged import StagedReadings

#: What a statement waits for that has no rows, and for nothing else.
_SAYS_NOTHING = ("parts_missing", "grand_total_missing")


@dataclass(frozen=True)
class Decided:
    """What a build is made of.

    Attributes:
        state: Documents, paths, sidecars.
        versions: All versions of all statements.
        readable: ``statement_version_id, statement_id, kind`` of all versions that have rows.
        loaded: ``statement_version_id, statement_id`` of the current ones.
        shown: ``statement_id`` of what is loaded and of today's readings.
        bodies: Bodies that it names, and what became of them.
        feeds: What feeds facts (see ``pipelines.load.feeding``).
        sums: Facts summed, of all statements that are kept (see ``pipelines.validate.sums``).
        projects: Which project lines are (see ``pipelines.load.projects``).
        items: What waits, in the shape of ``quarantine_item`` less ``opened_utc``.
        opened: Item → since when it waits.
    """

    state: LedgerState
    versions: list[Version]
    readable: pl.DataFrame
    loaded: pl.DataFrame
    shown: pl.DataFrame
    bodies: KnownBodies
    feeds: pl.DataFrame
    sums: pl.DataFrame
    projects: Identity
    items: pl.DataFrame
    opened: dict[str, datetime]


def decide(ledger: Ledger, staged: StagedReadings, config: Path | None) -> Decided:
    """Take the decisions that are due, append them, and return all that hold."""
    state = ledger_state(ledger)
    candidates = [c for c in _candidates(staged) if _speaks(c.document_id, state)]
    readable = _readable(staged)
    versions = versions_of(ledger.events("statement_version"))
    versions = _decided(ledger, versions, withdrawals(versions, state))
    versions = _decided(ledger, versions, returns(versions, readable))
    due = decide_versions(
        candidates, versions, state, _not_complete(staged), left_statements(staged)
    )
    versions = _decided(ledger, versions, due.events)
    versions = _decided(ledger, versions, losses(versions, readable))
    rows = _rows(versions, staged)
    loaded = rows.filter("is_current")
    current = loaded.join(staged.statements(current=False), on="statement_id", how="inner")
    naming = _naming(current, staged, state)
    units = staged.of_statements("statement_unit", naming["statement_id"])
    units = (
        units if units.width else pl.DataFrame(schema=tables()["statement_unit"].polars_schema())
    )
    all_sums = staged_sums(staged)
    sums = all_sums.join(current, on="statement_id", how="semi", maintain_order="left")
    missed = totals_missed(staged, current["statement_id"])
    current = current.with_columns(is_missed=pl.col("statement_id").is_in(missed.implode()))
    fed = feeding(current, claims_of(current, units, sums, config), config, units, naming=naming)
    differ = differing(fed.below, sums)
    items = pl.concat(
        [
            waiting.of_readings(staged, state),
            waiting.of_conflicts(
                [*due.conflicts, *_silent_conflicts(staged, versions, state)], config
            ),
            waiting.of_lost(versions, config),
            waiting.of_ties(fed.ties, current, config),
            waiting.of_differences(differ, current, config),
            waiting.of_alone(fed.alone, sums, current, config),
        ]
    ).unique("item_id", keep="first", maintain_order=True)
    opened = waiting.noted(ledger, items)
    shown = _shown(loaded, staged)
    bodies = known_bodies(staged, shown, config)
    return Decided(
        state=state,
        versions=[version for mine in versions.values() for version in mine],
        readable=rows.select("statement_version_id", "statement_id", "kind"),
        loaded=loaded.select("statement_version_id", "statement_id"),
        shown=shown,
        bodies=bodies,
        feeds=fed.feeds,
        sums=all_sums,
        projects=project_identity(staged, _since(current, versions), bodies.succession, config),
        items=items,
        opened=opened,
    )


def _since(current: pl.DataFrame, versions: dict[str, list[Version]]) -> pl.DataFrame:
    """Statements with ``known_from``: since when any version of them is known."""
    first = pl.DataFrame(
        [(key, mine[0].known_from_utc) for key, mine in versions.items() if mine],
        schema={"statement_key_id": pl.String, "known_from": pl.Datetime("us")},
        orient="row",
    )
    return current.join(first, on="statement_key_id", how="left", maintain_order="left")


def _naming(current: pl.DataFrame, staged: StagedReadings, state: LedgerState) -> pl.DataFrame:
    """Statements that say which units a department has: current ones, and those that wait."""
    columns = ["statement_id", "consolidation", "fiscal_year", "phase", "reporting_body_id"]
    speaking = [sha256 for sha256 in state.documents if _speaks(sha256, state)]
    today = staged.statements(current=True).filter(
        pl.col("document_id").is_in(speaking)
        & pl.all_horizontal(pl.col(c).is_not_null() for c in columns)
    )
    return pl.concat([current.select(columns), today.select(columns)]).unique(
        "statement_id", keep="first", maintain_order=True
    )


def _decided(
    ledger: Ledger, versions: dict[str, list[Version]], events: list[Event]
) -> dict[str, list[Version]]:
    """Append decisions; return the versions that follow from all there are."""
    if not events:
        return versions
    ledger.append(events)
    return versions_of(ledger.events("statement_version"))


def _speaks(document_id: str, state: LedgerState) -> bool:
    """A document that was taken back has no say; one that is merely absent keeps what it had."""
    return state.documents[document_id].withdrawn_utc is None


def _silent_conflicts(
    staged: StagedReadings, versions: dict[str, list[Version]], state: LedgerState
) -> list[tuple[Candidate, str]]:
    """Statements without a row, each with the other document whose current version has rows."""
    items = staged.frame("quarantine_item")
    statements = staged.statements(current=True)
    if items.is_empty() or statements.is_empty():
        return []
    why = items.filter(pl.col("statement_id").is_not_null()).group_by("statement_id").agg(
        is_silent=pl.col("rule_id").is_in(_SAYS_NOTHING).all()
        & (pl.col("rule_id") == _SAYS_NOTHING[0]).any()
    )  # fmt: skip
    silent = statements.join(why.filter("is_silent"), on="statement_id", how="semi")
    current = {key: v for key, mine in versions.items() for v in mine if v.known_to_utc is None}
    return [
        (mine, theirs.document_id)
        for mine in _as_candidates(staged, silent.filter(pl.col("status") != "complete"))
        if (theirs := current.get(mine.statement_key_id)) is not None
        and state.documents[mine.document_id].is_present
        and theirs.document_id != mine.document_id
        and theirs.content_hash != mine.content_hash
    ]


def _candidates(staged: StagedReadings) -> list[Candidate]:
    statements = staged.statements(current=True)
    return _as_candidates(staged, statements.filter(pl.col("status") == "complete"))


def _as_candidates(staged: StagedReadings, statements: pl.DataFrame) -> list[Candidate]:
    if statements.is_empty():
        return []
    complete = statements.filter(pl.col("statement_key_id").is_not_null())
    readings = staged.frame("reading").select("reading_id", "published_on", "supersedes")
    places = pl.format("第{}张报表 / statement {}", "statement_no", "statement_no")
    rows = complete.join(readings, on="reading_id", how="left", maintain_order="left").select(
        "statement_key_id", "content_hash", "statement_id", "reading_id", "document_id", "kind",
        "published_on", "supersedes", place=places,
    )  # fmt: skip
    return [
        Candidate(**row, sidecar_hashes=staged.keys[row["reading_id"]].sidecar_hashes)
        for row in rows.to_dicts()
    ]


def _not_complete(staged: StagedReadings) -> set[tuple[str, str]]:
    """Document and kind of today's statements that are no candidates."""
    statements = staged.statements(current=True)
    if statements.is_empty():
        return set()
    waiting = statements.filter(pl.col("status") != "complete")
    return set(waiting.select("document_id", "kind").rows())


def _readable(staged: StagedReadings) -> set[tuple[str, str]]:
    """Statement and content of every complete statement whose rows are kept."""
    kept = staged.statements(current=False).filter(pl.col("status") == "complete")
    return set(kept.select("statement_key_id", "content_hash").rows())


def _rows(versions: dict[str, list[Version]], staged: StagedReadings) -> pl.DataFrame:
    """The statement each version's rows are taken from, of versions that have any.

    Its own document's reading goes before another that prints the same content, today's reading
    before an earlier one.
    """
    frame = pl.DataFrame(
        [
            (v.statement_version_id, v.statement_key_id, v.content_hash, v.document_id,
             v.event_id, v.known_to_utc is None)
            for mine in versions.values() for v in mine
        ],
        schema={"statement_version_id": pl.String, "statement_key_id": pl.String,
                "content_hash": pl.String, "own_document_id": pl.String,
                "event_id": pl.Int64, "is_current": pl.Boolean},
        orient="row",
    )  # fmt: skip
    kept = staged.statements(current=False)
    if kept.is_empty():
        none = pl.lit(None, dtype=pl.String)
        return frame.with_columns(statement_id=none, kind=none).clear()
    ranked = frame.join(
        kept.filter(pl.col("status") == "complete").select(
            "statement_key_id", "content_hash", "statement_id", "document_id", "reading_id", "kind"
        ),
        on=["statement_key_id", "content_hash"],
        how="inner",
    ).sort(
        "statement_version_id",
        pl.col("document_id") != pl.col("own_document_id"),
        ~pl.col("reading_id").is_in(list(staged.keys)),
        "statement_id",
    )
    best = ranked.unique("statement_version_id", keep="first", maintain_order=True)
    return best.select("statement_version_id", "statement_id", "kind", "event_id", "is_current")


def _shown(loaded: pl.DataFrame, staged: StagedReadings) -> pl.DataFrame:
    today = staged.statements(current=True)
    ids = [loaded["statement_id"], *([] if today.is_empty() else [today["statement_id"]])]
    return pl.concat(ids).unique().sort().to_frame()
