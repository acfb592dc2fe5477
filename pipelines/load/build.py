"""The candidate build: a new DuckDB file made of the ledger and the staged readings, and no clock.

Same ledger, archive, configuration and code: same rows. Nothing that is published is touched. What
documents bring is made again only where something of the document changed; dimensions, history and
marts are made anew of all there is.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.documents.ledger import Ledger
from pipelines.fingerprints import ROOT
from pipelines.load.base import base_of, is_worth_it, keys_by_subject, seal
from pipelines.load.crossing import across_documents
from pipelines.load.decisions import decide
from pipelines.load.dimensions import dimension_frames
from pipelines.load.document_rows import LOADED, insert_document_rows, insert_staged, work_tables
from pipelines.load.exchange import move_rows, remove_rows
from pipelines.load.history import insert_history, keep_history
from pipelines.load.identity import build_id, code_fingerprint
from pipelines.load.inserts import insert, insert_frame, parquet, work_table
from pipelines.load.marts import mart_sql
from pipelines.load.project_rows import PROJECTS_OF_LINKS, bridge_sql, insert_name_cores
from pipelines.load.scope import document_states, scope_of
from pipelines.load.staged import StagedReadings
from pipelines.settings import DATABASE
from schemas.registry import tables
from schemas.render import bare_ddl, ddl, literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.documents.readings import ReadingKey
    from pipelines.load.base import Base
    from pipelines.load.decisions import Decided
    from pipelines.load.scope import Scope
    from pipelines.settings import Settings

MACROS = ROOT / "warehouse" / "macros"
#: Older DuckDBs, bundled with BI drivers, read this format.
STORAGE_VERSION = "v1.0.0"


@dataclass(frozen=True)
class Build:
    """A build that was made.

    Attributes:
        build_id: Its key.
        path: Its file.
        base: Key of the build that it went on from; none if it was made from nothing.
        documents: How many documents' rows were made.
    """

    build_id: str
    path: Path
    base: str | None = field(default=None, compare=False)
    documents: int = field(default=0, compare=False)


def make_build(
    settings: Settings,
    prints: Mapping[str, str],
    keys: list[ReadingKey],
    *,
    from_nothing: bool = False,
) -> Build:
    """Decide what is due, then write the candidate file.

    Args:
        settings: The installation.
        prints: Fingerprints of all stages.
        keys: The readings that are current.
        from_nothing: Make the rows of all documents, whatever is published.

    Raises:
        LookupError: a current reading has not been made.
    """
    ledger = Ledger(settings.ledger)
    staged = StagedReadings(settings, keys)
    decided = decide(ledger, staged, settings.config)
    history = keep_history(settings, decided, staged)
    last_event = ledger.last_data_event()
    key, code = build_id(prints, last_event), code_fingerprint(prints)
    scope = scope_of(decided, staged)
    states = pl.concat([document_states(scope, staged), history.states()])
    shutil.rmtree(settings.candidate, ignore_errors=True)
    settings.candidate.mkdir(parents=True)
    path = settings.candidate / DATABASE
    base = None if from_nothing else base_of(settings.published.resolve(), code)
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute("ATTACH ':memory:' AS work")
        changed = None if base is None else _changed(base, states, path)
        if base is None or changed is None:
            base, changed = None, keys_by_subject(states)
            _make_rows(connection, path, staged, scope)
        else:
            _exchange_rows(connection, path, staged, scope, changed["document"])
        _insert_across(connection, staged, decided, settings.config)
        for table, frame in dimension_frames(decided, staged, settings).items():
            _empty(connection, table)
            insert_frame(connection, table, frame)
        _empty(connection, "project_name_core")
        insert_name_cores(connection, settings.config)
        insert_history(connection, history, changed["version"])
        _insert_marts(connection)
        _insert_build_info(connection, key, code, last_event)
        connection.execute("USE memory")
        connection.execute("CHECKPOINT build")
        connection.execute("DETACH build")
    seal(path, states)
    return Build(key, path, base.path.parent.name if base else None, len(changed["document"]))


def _make_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, staged: StagedReadings, scope: Scope
) -> None:
    """A new file, ``build``, with the rows of all documents."""
    _attach(connection, path, "build")
    connection.execute(f"USE build; BEGIN; {ddl()} COMMIT;")
    work_tables(connection, scope)
    insert_document_rows(connection, staged)
    for macro in sorted(MACROS.glob("*.sql")):
        connection.execute(macro.read_text(encoding="utf-8"))


def _changed(base: Base, states: pl.DataFrame, path: Path) -> dict[str, pl.Series] | None:
    """What is to be exchanged in a copy of the base, which is made then: keys by subject.

    None, and no copy, if it has to be made from nothing.
    """
    changed = base.changed(states)
    return changed if is_worth_it(changed, states) and base.copy_to(path) else None


def _exchange_rows(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    staged: StagedReadings,
    scope: Scope,
    documents: pl.Series,
) -> None:
    """The copy of a base, ``build``, with the rows of these documents as they are now."""
    connection.execute(f"ATTACH ':memory:' AS build; USE build; {bare_ddl()}")
    work_tables(connection, scope.of(documents, staged))
    insert_document_rows(connection, staged.of_documents(documents))
    _attach(connection, path, "base")
    remove_rows(connection, documents)
    move_rows(connection)
    connection.execute("USE memory; DETACH build; DETACH base")
    _attach(connection, path, "build")
    connection.execute("USE build")


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    # No log beside it: a build that is not whole at its checkpoint is made anew.
    connection.execute(
        f"ATTACH {literal(str(path))} AS {name} "
        f"(STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE 'no_wal_writes')"
    )


def _insert_across(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedReadings,
    decided: Decided,
    config: Path | None,
) -> None:
    """What is of several documents: identities across them, and which projects lines are."""
    for table, frame in across_documents(staged, decided.loaded, config).items():
        insert_frame(connection, table, frame)
    bridge = "bridge_project_identity"
    for table in (bridge, "dim_project"):
        _empty(connection, table)
    if not (paths := staged.paths(bridge)):
        return
    work_table(connection, "loaded", decided.loaded)
    work_table(connection, "links", decided.projects.links)
    insert(connection, bridge, bridge_sql(parquet(paths), LOADED))
    known = f"{LOADED} AND s.project_id IN (SELECT project_id FROM build.{bridge})"  # noqa: S608
    insert_staged(connection, "dim_project", staged, known)
    insert(connection, "dim_project", PROJECTS_OF_LINKS)


def _insert_marts(connection: duckdb.DuckDBPyConnection) -> None:
    for table, spec in tables().items():
        if spec.role == "mart":
            _empty(connection, table)
            insert(connection, table, mart_sql(table))


def _insert_build_info(
    connection: duckdb.DuckDBPyConnection, key: str, code: str, last_event: int
) -> None:
    _empty(connection, "build_info")
    connection.execute(
        "INSERT INTO build_info SELECT ?, ?, ?, ?, (SELECT count(*) FROM dim_document), "
        "(SELECT count(*) FROM statement_version WHERE is_current), "
        "(SELECT count(*) FROM quarantine_item)",
        [key, last_event, code, version("yusuan")],
    )


def _empty(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Before it is filled anew: what is there is the base's."""
    connection.execute(f"DELETE FROM build.{table}")  # noqa: S608
