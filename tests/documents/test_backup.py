"""Backup: proven by a restore, after which a night makes the same warehouse row by row."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from pipelines.documents.archive import Archive
from pipelines.documents.backup import BackupError, backup, restore
from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.lock import WarehouseBusyError, writer_lock
from pipelines.publish.flip import current_build_id
from tests.printing import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import FileLock

    from pipelines.settings import Settings
    from tests.conftest import Installation


def contents(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every published table."""
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall()
            for (name,) in names
        }


@pytest.mark.slow
def test_a_destroyed_warehouse_comes_back_row_by_row(
    installation: Installation, tmp_path: Path
) -> None:
    settings, target = installation.settings, tmp_path / "backup"
    installation.put_seed()
    installation.put_with_sidecar("gone.txt", PLAIN.encode())
    installation.run()
    (settings.raw / "gone.txt").unlink()  # its facts live on in ledger and archive alone
    (settings.raw / "gone.txt.toml").unlink()
    installation.put("waits.txt", b"a\tb\n1\t2\n")
    installation.run()
    before, build = contents(settings), current_build_id(settings)
    assert len(before["fact_project_funding"]) > 7  # of the seed, and of the document that is gone
    assert before["quarantine_item"]

    made = backup(settings, target)
    kept = sum(path.is_file() for path in settings.archive.iterdir())
    assert (made.files, made.copied) == (kept, kept)
    assert kept > 5  # documents and sidecars, and the rows that history keeps
    again = backup(settings, target)
    assert (again.files, again.copied) == (kept, 0)
    assert again.ledger_sha256 == made.ledger_sha256

    shutil.rmtree(settings.warehouse)
    back = restore(target, settings)
    assert (back.files, back.events) == (kept, made.events)
    assert installation.run().published
    assert current_build_id(settings) == build
    assert contents(settings) == before
    assert not installation.run().published  # no news


@pytest.fixture
def kept(installation: Installation) -> Settings:
    """A warehouse of a ledger and an archive only: all that a backup looks at."""
    settings = installation.settings
    archive = Archive(settings.archive)
    for n in range(3):
        sha256 = archive.put(f"document {n}".encode())
        detail = {"byte_size": 10}
        Ledger(settings.ledger).append([Event("document_observed", sha256, f"{n}.txt", detail)])
    return settings


def empty(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, warehouse=tmp_path / "other")


def test_only_what_is_new_is_copied(kept: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    assert backup(kept, target).copied == 3
    stamps = {path.name: path.stat().st_mtime_ns for path in (target / "archive").iterdir()}
    Archive(kept.archive).put(b"one more")
    Ledger(kept.ledger).append([Event("checked")])
    made = backup(kept, target)
    assert (made.copied, made.files, made.events) == (1, 4, 4)
    assert len(list(target.glob("ledger-*.duckdb"))) == 1
    for name, stamp in stamps.items():
        assert (target / "archive" / name).stat().st_mtime_ns == stamp


def test_a_backup_that_is_cut_short_leaves_the_one_before(
    kept: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    before = backup(kept, target)
    Ledger(kept.ledger).append([Event("checked")])

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.documents.backup._write_manifest", power_cut)
        with pytest.raises(KeyboardInterrupt):
            backup(kept, target)
    other = empty(kept, tmp_path)
    assert restore(target, other).ledger_sha256 == before.ledger_sha256
    assert len(Ledger(other.ledger).events()) == 3


def test_events_of_a_writer_that_died_are_in_the_backup(kept: Settings, tmp_path: Path) -> None:
    copy = kept.ledger.with_suffix(".copy")
    with duckdb.connect(str(kept.ledger)) as connection:  # a copy taken before the checkpoint
        connection.execute("SET checkpoint_threshold = '1GB'")
        connection.execute(
            "INSERT INTO event BY NAME SELECT 9 AS event_id, now()::TIMESTAMP AS at_utc, "
            "'checked' AS kind, '{}' AS detail"
        )
        shutil.copy(kept.ledger, copy)
        shutil.copy(f"{kept.ledger}.wal", f"{copy}.wal")
    copy.replace(kept.ledger)
    kept.ledger.with_name(f"{copy.name}.wal").replace(f"{kept.ledger}.wal")
    assert backup(kept, tmp_path / "backup").events == 4
    other = empty(kept, tmp_path)
    restore(tmp_path / "backup", other)
    assert [event.event_id for event in Ledger(other.ledger).events()] == [1, 2, 3, 9]


def test_damage_is_found_on_both_ways(kept: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    names = sorted(path.name for path in kept.archive.iterdir())
    damaged = kept.archive / names[0]
    whole = damaged.read_bytes()
    damaged.chmod(0o644)
    damaged.write_bytes(b"rotten")
    with pytest.raises(BackupError, match=names[0]):
        backup(kept, target)
    assert sorted(path.name for path in (target / "archive").iterdir()) == names[1:]
    with pytest.raises(BackupError, match="1 files are missing"):
        restore(target, empty(kept, tmp_path))
    damaged.write_bytes(whole)
    assert backup(kept, target).copied == 1

    copy = target / "archive" / names[1]
    copy.chmod(0o644)
    copy.write_bytes(b"rotten     ")
    with pytest.raises(BackupError, match=names[1]):
        restore(target, empty(kept, tmp_path))
    assert not empty(kept, tmp_path).ledger.exists()  # nothing that a night would take for whole,
    assert not empty(kept, tmp_path).archive.exists()  # nor that another copy would stumble over
    (ledger,) = target.glob("ledger-*")
    ledger.write_bytes(b"rotten")
    with pytest.raises(BackupError, match="ledger"):
        restore(target, replace(kept, warehouse=tmp_path / "third"))


def test_nothing_is_overwritten(kept: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    backup(kept, target)
    with pytest.raises(BackupError, match="not empty"):
        restore(target, kept)
    kept.ledger.unlink()
    with pytest.raises(BackupError, match="archive"):
        restore(target, kept)
    shutil.rmtree(kept.archive)
    kept.versions.mkdir()
    (kept.warehouse / "marts").mkdir()  # versioned beside the state in a checkout
    restore(target, kept)
    assert len(Ledger(kept.ledger).events()) == 3


@pytest.mark.parametrize("manifest", ["", "[]", '{"format": 1}', None])
def test_what_is_no_backup_is_refused(kept: Settings, tmp_path: Path, manifest: str | None) -> None:
    source = tmp_path / "source"
    source.mkdir()
    if manifest is not None:
        (source / "backup.json").write_text(manifest)
    with pytest.raises(BackupError, match="no backup"):
        restore(source, empty(kept, tmp_path))


def test_a_backup_of_a_later_program_is_refused(kept: Settings, tmp_path: Path) -> None:
    backup(kept, tmp_path / "backup")
    path = tmp_path / "backup" / "backup.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(BackupError, match="format 2"):
        restore(tmp_path / "backup", empty(kept, tmp_path))


def test_nothing_to_back_up_or_nowhere_to_put_it(
    installation: Installation, kept: Settings, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="no ledger"):
        backup(replace(installation.settings, warehouse=tmp_path / "new"), tmp_path / "backup")
    for below in (kept.warehouse, kept.warehouse / "backup", kept.warehouse / "x" / ".." / "y"):
        with pytest.raises(BackupError, match="below the warehouse"):
            backup(kept, below)


def test_the_configuration_goes_along_and_comes_back_where_it_is_missing(
    kept: Settings, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    (config / "layouts" / "place").mkdir(parents=True)
    (config / "layouts" / "place" / "a.toml").write_text("x = 1")
    with_config = replace(kept, config=config)
    backup(with_config, tmp_path / "backup")
    (config / "layouts" / "place" / "a.toml").write_text("x = 2")
    restore(tmp_path / "backup", empty(with_config, tmp_path))
    assert (config / "layouts" / "place" / "a.toml").read_text() == "x = 2"
    shutil.rmtree(config)
    restore(tmp_path / "backup", replace(with_config, warehouse=tmp_path / "third"))
    assert (config / "layouts" / "place" / "a.toml").read_text() == "x = 1"


def test_it_waits_for_a_night_no_longer_than_it_is_asked_to(
    kept: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(kept, tmp_path / "backup")
    restore(tmp_path / "backup", empty(kept, tmp_path))
    assert not writer_lock(kept).is_locked  # free for the next night
    assert not writer_lock(empty(kept, tmp_path)).is_locked
    asked: list[float] = []

    def busy(_: Settings, wait_seconds: float = 0) -> FileLock:
        asked.append(wait_seconds)
        raise WarehouseBusyError("held by pid 1")

    monkeypatch.setattr("pipelines.documents.lock.acquire", busy)
    with pytest.raises(WarehouseBusyError):
        backup(kept, tmp_path / "other backup", wait_seconds=7)
    assert asked == [7]
    assert not (tmp_path / "other backup").exists()
