"""History: the rows of every version, and when they fed facts, kept so that no cache is needed.

A version that was superseded, or that an earlier program misread, cannot always be read again. So
the rows of a version are kept in the archive the night it becomes current, and so is what began
and what ceased to feed facts that night; the ledger names the files (``history_kept``). What the
warehouse said at any time follows from that, whatever the code of today makes of the documents.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.damaged import note_damaged
from pipelines.documents.ledger import Event, Ledger
from pipelines.load.feeding import fact_names
from schemas.code_lists import code_list
from schemas.registry import tables
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.load.staged import StagedReadings
    from pipelines.settings import Settings

#: Fact table → its history; those that have none of their own share one.
_OWN = {
    PROJECTS: "history_project_funding",
    "fact_performance_target": "history_performance_target",
}
SHARED = "history_amount"
HISTORIES = {fact: _OWN.get(fact, SHARED) for fact in fact_names()}
FEED = "fact_feed"
_FED = ("fed_from_utc", "fed_to_utc")
_FEED_KEY = ["fact", "statement_version_id", "spending_unit_id"]
_CHANGE_SCHEMA: dict[str, Any] = {**dict.fromkeys(_FEED_KEY, pl.String), "begins": pl.Boolean}


@dataclass(frozen=True)
class History:
    """What is kept.

    Attributes:
        rows: History table → rows of all versions, less when they fed.
        changes: What began or ceased to feed: ``fact, statement_version_id, spending_unit_id,
            begins, at_utc``, oldest first.
    """

    rows: dict[str, pl.DataFrame]
    changes: pl.DataFrame


def read_history(settings: Settings) -> History:
    """All that the ledger names. A file that the archive cannot give is noted and left out."""
    archive = Archive(settings.archive)
    kept: dict[str, list[pl.DataFrame]] = {name: [] for name in (*HISTORIES.values(), FEED)}
    for event in Ledger(settings.ledger).events("history_kept"):
        for name, sha256 in event.detail["files"].items():
            try:
                frame = pl.read_parquet(io.BytesIO(archive.get(sha256)))
            except ArchiveError:
                note_damaged(settings, sha256)
                continue
            kept[name].append(frame.with_columns(at_utc=pl.lit(event.at_utc, pl.Datetime("us"))))
    changes = pl.concat([_no_changes(), *kept.pop(FEED)])
    rows = {name: _rows(name, frames) for name, frames in kept.items()}
    return History(rows, changes)


def keep_history(
    settings: Settings, readable: pl.DataFrame, feeds: pl.DataFrame, staged: StagedReadings
) -> History:
    """Keep the rows of versions that are not kept yet, and what feeds now and did not, or no more.

    Returns all that is kept then.

    Args:
        settings: The installation.
        readable: ``statement_version_id, statement_id, kind`` of all versions that have rows
            today.
        feeds: ``fact, statement_version_id, spending_unit_id`` of what feeds today.
        staged: Readings, from which the rows are taken.
    """
    history = read_history(settings)
    made = _made(readable, history, staged, settings.config)
    now = feeds.select(_FEED_KEY)
    made[FEED] = _changes(now, _feeding(history.changes))
    archive = Archive(settings.archive)
    files = {name: archive.put(_parquet(frame)) for name, frame in made.items() if frame.height}
    if not files:
        return history
    (event,) = Ledger(settings.ledger).append([Event("history_kept", detail={"files": files})])
    changes = made.pop(FEED).with_columns(at_utc=pl.lit(event.at_utc, pl.Datetime("us")))
    rows = {name: _rows(name, [history.rows[name], frame]) for name, frame in made.items()}
    return History(rows, pl.concat([history.changes, changes]))


def history_frames(history: History) -> dict[str, pl.DataFrame]:
    """The history tables: rows of every version, once for each time it fed facts."""
    intervals = _intervals(history.changes).rename({"spending_unit_id": "whose"})
    whose = pl.coalesce("spending_unit_id", "reporting_body_id")
    return {
        table: _with_fact(table, rows)
        .with_columns(whose=whose)
        .join(
            intervals,
            on=["fact", "statement_version_id", "whose"],
            how="left",
            maintain_order="left_right",
        )
        for table, rows in history.rows.items()
    }


def _with_fact(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a history table, each with the fact table that it is the history of."""
    if table == SHARED:
        return rows
    (fact,) = (fact for fact, history in HISTORIES.items() if history == table)
    return rows.with_columns(fact=pl.lit(fact))


def _made(
    readable: pl.DataFrame, history: History, staged: StagedReadings, config: Path | None
) -> dict[str, pl.DataFrame]:
    """Rows of versions that no kept file has, as the history tables have them."""
    rules = code_list("feeding_rules", config).select("fact", "kind").unique()
    made: dict[str, list[pl.DataFrame]] = {table: [] for table in HISTORIES.values()}
    for fact, table in HISTORIES.items():
        kinds = rules.filter(pl.col("fact") == fact)["kind"].to_list()
        kept = history.rows[table]
        known = kept if table != SHARED else kept.filter(pl.col("fact") == fact)
        new = readable.filter(pl.col("kind").is_in(kinds)).join(
            known.select("statement_version_id").unique(), on="statement_version_id", how="anti"
        )
        made[table].append(_rows_of(fact, table, new, staged))
    return {
        table: pl.concat(frames).sort("statement_version_id", "fact_id")
        for table, frames in made.items()
    }


def _rows_of(fact: str, table: str, new: pl.DataFrame, staged: StagedReadings) -> pl.DataFrame:
    """Staged rows of a fact of these versions, with what its history says beside them."""
    rows = _of(staged, fact, new).with_columns(fact=pl.lit(fact))
    for detail, keys, names in _DETAILS[table]:
        details = _of(staged, detail, new).select(
            "statement_id", *keys, **{name: pl.col(source) for name, source in names.items()}
        )
        rows = rows.join(details, on=["statement_id", *keys], how="left")
    shape = tables()[table].polars_schema(*_FED)
    later = {"statement_version_id", "spending_unit_name", "reporting_body_name"}
    rows = rows.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in shape.items()
        if name not in later and name not in rows.columns
    )
    bodies = _of(staged, "body", new).select("statement_id", "body_id", "name")
    for role in ("spending_unit", "reporting_body"):
        names_of = bodies.rename({"body_id": f"{role}_id", "name": f"{role}_name"})
        on = ["statement_id", f"{role}_id"]
        rows = rows.join(names_of.unique(on), on=on, how="left")
    rows = rows.join(new.drop("kind"), on="statement_id", how="inner")
    return rows.select(pl.col(name).cast(dtype) for name, dtype in shape.items())


#: What stands beside a fact's keys, by history table: staged table, keys, names of its columns.
_DETAILS: dict[str, list[tuple[str, list[str], dict[str, str]]]] = {
    "history_project_funding": [
        ("project_line", ["project_line_id"], {"project_name": "name"}),
    ],
    "history_performance_target": [
        ("project_line", ["project_line_id"], {"project_name": "name"}),
        ("performance_indicator", ["indicator_id"], {"indicator_name": "name"}),
        ("performance_value", ["value_id"], {"raw_text": "raw_text"}),
    ],
    SHARED: [("printed_amount", ["fact_id"], {"label": "label"})],
}


def _of(staged: StagedReadings, table: str, loaded: pl.DataFrame) -> pl.DataFrame:
    """Staged rows of the statements of these versions; in the declared shape if there are none."""
    frame = staged.of_statements(table, loaded["statement_id"])
    if frame.is_empty():
        known = tables().get(table)
        shape = known.polars_schema("statement_version_id") if known else _BODY_SCHEMA
        frame = pl.DataFrame(schema={"statement_id": pl.String, **shape})
    return frame


_BODY_SCHEMA: dict[str, Any] = {"body_id": pl.String, "name": pl.String}


def _changes(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """What began and what ceased to feed."""
    begins = now.join(before, on=_FEED_KEY, how="anti").with_columns(begins=pl.lit(value=True))
    ends = before.join(now, on=_FEED_KEY, how="anti").with_columns(begins=pl.lit(value=False))
    return pl.concat([begins, ends]).select(list(_CHANGE_SCHEMA)).sort(_FEED_KEY)


def _intervals(changes: pl.DataFrame) -> pl.DataFrame:
    """When each version fed each unit's facts: ``fed_from_utc`` to ``fed_to_utc``, open at last.

    A change that changes nothing (a file between was lost) is passed over.
    """
    before = pl.col("begins").shift(1, fill_value=False).over(_FEED_KEY)
    real = changes.filter(pl.col("begins") != before)
    until = real.with_columns(fed_to_utc=pl.col("at_utc").shift(-1).over(_FEED_KEY))
    return until.filter("begins").select(*_FEED_KEY, "fed_to_utc", fed_from_utc="at_utc")


def _feeding(changes: pl.DataFrame) -> pl.DataFrame:
    """What feeds after all these changes."""
    return _intervals(changes).filter(pl.col("fed_to_utc").is_null()).select(_FEED_KEY)


def _rows(table: str, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Kept rows in today's shape: a column that was not kept yet is empty."""
    shape = {n: t for n, t in tables()[table].polars_schema().items() if n not in _FED}
    none = pl.DataFrame(schema=shape)
    rows = pl.concat([none, *frames], how="diagonal_relaxed")
    typed = rows.select(pl.col(name).cast(dtype) for name, dtype in shape.items())
    return typed.unique(["statement_version_id", "fact_id"], keep="first", maintain_order=True)


def _no_changes() -> pl.DataFrame:
    return pl.DataFrame(schema={**_CHANGE_SCHEMA, "at_utc": pl.Datetime("us")})


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
