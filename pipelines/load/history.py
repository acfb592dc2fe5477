"""History: the rows of every version, and when they fed facts, kept so that no cache is needed.

A version that was superseded, or that an earlier program misread, cannot always be read again. So
the rows of a version are kept in the archive the night it becomes current, and so is what began
and what ceased to feed facts that night; the ledger names the files (``history_kept``). What the
warehouse said at any time follows from that, whatever the code of today makes of the documents.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.damaged import note_damaged
from pipelines.documents.ledger import Event, Ledger
from pipelines.load.inserts import parquet, work_table
from pipelines.load.scope import STATE_SCHEMA
from pipelines.validate.sums import fact_names
from schemas.registry import tables
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.decisions import Decided
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
_VERSION = "statement_version_id"
_FEED_KEY = ["fact", "statement_version_id", "spending_unit_id"]
_CHANGE_SCHEMA: dict[str, Any] = {**dict.fromkeys(_FEED_KEY, pl.String), "begins": pl.Boolean}


@dataclass(frozen=True)
class History:
    """What is kept.

    Attributes:
        kept: Which file has a version's rows of a fact, less when they fed: ``fact,
            statement_version_id, path``; the oldest of several (one was lost for a time).
        changes: What began or ceased to feed: ``fact, statement_version_id, spending_unit_id,
            begins, at_utc``, oldest first.
    """

    kept: pl.DataFrame
    changes: pl.DataFrame

    @cached_property
    def intervals(self) -> pl.DataFrame:
        """When each version fed each unit's facts: ``fed_from_utc`` to ``fed_to_utc``."""
        return _intervals(self.changes)

    def feeding(self) -> pl.DataFrame:
        """What feeds after all these changes."""
        return self.intervals.filter(pl.col("fed_to_utc").is_null()).select(_FEED_KEY)

    def states(self) -> pl.DataFrame:
        """The state of every version: all that its rows in history follow from."""
        with duckdb.connect() as connection:
            connection.register("kept", self.kept)
            connection.register("fed", self.intervals)
            return connection.execute(_STATES).pl().select(list(STATE_SCHEMA))


_STATES = """
WITH said AS (
    SELECT statement_version_id, concat_ws(' ', 'kept', fact, parse_filename(path)) AS what
    FROM kept
  UNION ALL
    SELECT statement_version_id,
        concat_ws(' ', 'fed', fact, spending_unit_id, fed_from_utc, 'to', fed_to_utc)
    FROM fed
)
SELECT 'version' AS subject, statement_version_id AS key,
    sha256(string_agg(what, chr(10) ORDER BY what)) AS state
FROM said GROUP BY statement_version_id ORDER BY statement_version_id
"""


def read_history(settings: Settings) -> History:
    """All that the ledger names. A file that the archive cannot give is noted and left out."""
    archive = Archive(settings.archive)
    kept: list[tuple[str, Path]] = []
    changes = [_no_changes()]
    for event in Ledger(settings.ledger).events("history_kept"):
        for name, sha256 in event.detail["files"].items():
            try:
                path = archive.checked(sha256)
            except ArchiveError:
                note_damaged(settings, sha256)
                continue
            if name == FEED:
                changes.append(_at(pl.read_parquet(path), event))
            else:
                kept.append((name, path))
    return History(kept_by(kept), pl.concat(changes))


def keep_history(settings: Settings, decided: Decided, staged: StagedReadings) -> History:
    """Keep the rows of versions that are not kept yet, and what feeds now and did not, or no more.

    Returns all that is kept then.

    Args:
        settings: The installation.
        decided: Versions that have rows today, which of them feed, and sums of their facts.
        staged: Readings, from which the rows are taken.
    """
    history = read_history(settings)
    archive = Archive(settings.archive)
    new = _new(decided.readable, decided.sums, history)
    versions = decided.readable.join(new.select(_VERSION).unique(), on=_VERSION, how="semi")
    made: list[dict[str, Path]] = []
    for part, statement_ids in staged.by_batch(versions["statement_id"]):
        mine = versions.filter(pl.col("statement_id").is_in(statement_ids.implode())).sort(_VERSION)
        frames = _made(mine, new, part)
        made.append({name: _put(archive, frame) for name, frame in frames.items() if frame.height})
    feeds = decided.feeds.join(decided.loaded, on="statement_id", how="inner")
    changes = _changes(feeds.select(_FEED_KEY), history.feeding())
    if changes.height:
        made = made or [{}]
        made[-1][FEED] = _put(archive, changes)
    named = [Event("history_kept", detail={"files": _names(files)}) for files in made if files]
    events = Ledger(settings.ledger).append(named)
    if changes.height:
        changes = pl.concat([history.changes, _at(changes, events[-1])])
    else:
        changes = history.changes
    later = kept_by([(n, path) for files in made for n, path in files.items() if n != FEED])
    return History(_first(pl.concat([history.kept, later])), changes)


def kept_by(files: list[tuple[str, Path]]) -> pl.DataFrame:
    """Which of these files, oldest first, has a version's rows of a fact."""
    found = [pl.DataFrame(schema=dict.fromkeys(("fact", _VERSION, "path"), pl.String))]
    for table, path in dict.fromkeys(files):  # what was lost and kept again has the same name
        fact = pl.col("fact") if table == SHARED else pl.lit(_fact_of(table)).alias("fact")
        rows = pl.scan_parquet(path).select(fact, _VERSION, path=pl.lit(str(path)))
        found.append(rows.unique().collect())
    return _first(pl.concat(found))


def _first(kept: pl.DataFrame) -> pl.DataFrame:
    return kept.unique(["fact", _VERSION], keep="first", maintain_order=True)


def insert_history(
    connection: duckdb.DuckDBPyConnection, history: History, versions: pl.Series
) -> None:
    """Fill the history tables with rows of these versions, once for each time they fed facts.

    Their rows of before are replaced. Rows go from the archive's files to the table without passing
    through this process's frames.
    """
    work_table(connection, "fed", history.intervals)
    work_table(connection, "version", versions.alias(_VERSION).to_frame())
    mine = history.kept.filter(pl.col(_VERSION).is_in(versions.implode()))
    for table in dict.fromkeys(HISTORIES.values()):
        spec = tables()[table]
        connection.execute(
            f"DELETE FROM build.{table} WHERE {_VERSION} IN (FROM work.version)"  # noqa: S608
        )
        kept = mine.filter(pl.col("fact").is_in([f for f, t in HISTORIES.items() if t == table]))
        if kept.is_empty():
            continue
        work_table(connection, "kept", kept.rename({"path": "filename"}))
        files = kept["path"].unique().sort()
        there = {name for path in files for name in pl.read_parquet_schema(path)}
        columns = {
            c.name: f"k.{c.name}" if c.name in there else "NULL"
            for c in spec.columns
            if c.name not in _FED
        }
        fact = "k.fact" if table == SHARED else f"'{_fact_of(table)}'"
        said = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        connection.execute(
            f"INSERT INTO build.{table} BY NAME "  # noqa: S608
            f"SELECT {said}, f.fed_from_utc, f.fed_to_utc "
            f"FROM {parquet(files, 'union_by_name = true, filename = true')} k "
            f"JOIN work.kept o ON o.{_VERSION} = k.{_VERSION} AND o.fact = {fact} "
            "AND o.filename = k.filename "
            f"LEFT JOIN work.fed f ON f.{_VERSION} = k.{_VERSION} AND f.fact = {fact} "
            "AND f.spending_unit_id = coalesce(k.spending_unit_id, k.reporting_body_id) "
            f"ORDER BY {', '.join(spec.key)}"
        )


def _fact_of(table: str) -> str:
    """The fact table whose history a table of its own is."""
    (fact,) = (fact for fact, history in HISTORIES.items() if history == table)
    return fact


def _new(readable: pl.DataFrame, sums: pl.DataFrame, history: History) -> pl.DataFrame:
    """Fact and version of rows that no kept file has yet."""
    facts = sums.select("fact", "statement_id").unique()
    pairs = readable.join(facts, on="statement_id", how="inner").select("fact", _VERSION)
    return pairs.join(history.kept, on=["fact", _VERSION], how="anti")


def _made(
    versions: pl.DataFrame, new: pl.DataFrame, staged: StagedReadings
) -> dict[str, pl.DataFrame]:
    """Rows of these versions, as far as they are new, as the history tables have them."""
    made: dict[str, list[pl.DataFrame]] = {table: [] for table in HISTORIES.values()}
    for fact, table in HISTORIES.items():
        mine = versions.join(new.filter(fact=fact), on=_VERSION, how="semi")
        made[table].append(_rows_of(fact, table, mine, staged))
    return {table: pl.concat(frames).sort(_VERSION, "fact_id") for table, frames in made.items()}


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


def _at(changes: pl.DataFrame, event: Event) -> pl.DataFrame:
    """Changes with when they were noted."""
    return changes.with_columns(at_utc=pl.lit(event.at_utc, pl.Datetime("us")))


def _no_changes() -> pl.DataFrame:
    return pl.DataFrame(schema={**_CHANGE_SCHEMA, "at_utc": pl.Datetime("us")})


def _put(archive: Archive, frame: pl.DataFrame) -> Path:
    """Keep a frame in the archive."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return archive.path(archive.put(buffer.getvalue()))


def _names(files: dict[str, Path]) -> dict[str, str]:
    """What the ledger calls files of the archive: their hashes."""
    return {name: path.name for name, path in files.items()}
