"""Backup of what cannot be rebuilt, the ledger and the archive, and its way back.

A backup is a directory::

    backup.json              which ledger is the backup's, and what it knows; replaced last
    ledger-<sha256>.duckdb   the ledger, closed and whole
    archive/<sha256>         every byte ever taken in; what stands there is not copied again
    config/                  the operator's own layouts and codes, if there are any

Until ``backup.json`` is replaced, the directory is the backup that it was before.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.documents.archive import Archive, ArchiveError, sha256_of
from pipelines.documents.ledger import Ledger
from pipelines.documents.lock import writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.settings import Settings

_MANIFEST = "backup.json"
_FORMAT = 1


class BackupError(RuntimeError):
    """A backup cannot be made, or cannot be restored; the message says why and what to do."""


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds, or what was restored from one.

    Attributes:
        made_utc: When it was made, ISO 8601.
        ledger_sha256: Of the ledger's file.
        events: Events in the ledger.
        files: Files in the archive.
        copied: How many of them were copied this time.
        format: Of the backup's directory.
    """

    made_utc: str
    ledger_sha256: str
    events: int
    files: int
    copied: int
    format: int = _FORMAT


def backup(settings: Settings, target: Path, wait_seconds: float = 0) -> BackupReport:
    """Bring a backup directory up to date; nothing is written meanwhile, readers go on.

    Args:
        settings: The installation.
        target: The directory; made if it is not there. Not below the warehouse.
        wait_seconds: How long to wait for a night to end.

    Raises:
        BackupError: there is nothing to back up, the target is below the warehouse, or archived
            files are damaged: then all else is backed up, and what an earlier backup holds of them
            is left there.
        WarehouseBusyError: a night is under way and goes on for longer than ``wait_seconds``.
        OSError: the target cannot be written.
    """
    _assert_apart(settings, target)
    if not settings.ledger.exists():
        raise BackupError(f"{settings.ledger}: 没有台账可备份 / there is no ledger to back up")
    with writing(settings, wait_seconds):
        names = _archived(settings.archive)
        copied, damaged = _copy_archive(names, settings.archive, target / "archive")
        ledger = _copy_ledger(settings.ledger, target)
        _copy_config(settings.config, target / "config")
        report = BackupReport(
            made_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            ledger_sha256=ledger,
            events=len(Ledger(settings.ledger).events()),
            files=len(names),
            copied=copied,
        )
        _write_manifest(target, report)
    if damaged:
        raise BackupError(
            "归档文件已损坏，其余已备份 / archived files are damaged; all else is backed up:\n"
            + "\n".join(damaged)
        )
    return report


def restore(source: Path, settings: Settings) -> BackupReport:
    """Put a backup into an empty warehouse; the next night rebuilds all else from it.

    Every file is checked against its hash before anything is put in place.

    Raises:
        BackupError: the source is no whole backup, or the warehouse is not empty.
        WarehouseBusyError: another process is writing there.
    """
    manifest = _read_manifest(source)
    ledger = source / _ledger_name(manifest.ledger_sha256)
    with writing(settings):
        _assert_empty(settings)
        if not ledger.exists() or sha256_of(ledger.read_bytes()) != manifest.ledger_sha256:
            raise BackupError(
                f"{ledger}: 台账缺失或已损坏，请换一份备份 / the ledger is missing or damaged; use "
                "another copy of the backup"
            )
        copied = _restore_archive(source / "archive", settings.archive, manifest.files)
        if settings.config is not None and not settings.config.exists():
            _copy_config(source / "config", settings.config)
        _put(ledger.read_bytes(), settings.ledger)  # last: before it nothing counts
    return BackupReport(**{**asdict(manifest), "copied": copied})


def _restore_archive(source: Path, target: Path, expected: int) -> int:
    """Copy a whole archive aside, then put it in place; how many files."""
    names = _archived(source)
    if (missing := expected - len(names)) > 0:
        raise BackupError(
            f"{source}: 缺 {missing} 个文件，请换一份备份 / {missing} files are missing; use "
            "another copy of the backup"
        )
    aside = target.with_name(".incoming-archive")
    shutil.rmtree(aside, ignore_errors=True)
    copied, damaged = _copy_archive(names, source, aside)
    if damaged:
        shutil.rmtree(aside, ignore_errors=True)
        raise BackupError("备份已损坏 / the backup is damaged:\n" + "\n".join(damaged))
    if copied:
        aside.replace(target)
    return copied


def _assert_apart(settings: Settings, target: Path) -> None:
    if target.absolute().resolve().is_relative_to(settings.warehouse.resolve()):
        raise BackupError(
            f"{target}: 在仓库目录之内，会与其一同丢失；请选别处 / below the warehouse, and lost "
            "with it; choose another place, best on another disk"
        )


def _assert_empty(settings: Settings) -> None:
    held = [settings.ledger, settings.versions, settings.current, settings.archive]
    for path in held:
        if path.is_symlink() or (path.exists() and (path.is_file() or any(path.iterdir()))):
            raise BackupError(
                f"{path}: 仓库不为空，未恢复任何内容；请先移走仓库目录 / the warehouse is not "
                "empty, nothing was restored; move it away first, or name another with --warehouse"
            )


def _archived(root: Path) -> list[str]:
    """Names of whole archived files: SHA-256 in hex digits."""
    digits = set("0123456789abcdef")
    found = [path.name for path in root.glob("*")] if root.is_dir() else []
    return sorted(name for name in found if len(name) == 64 and set(name) <= digits)  # noqa: PLR2004


def _copy_archive(names: Iterable[str], source: Path, target: Path) -> tuple[int, list[str]]:
    """Copy what is not there yet, checked against its name; how many, and what is damaged."""
    copied, damaged = 0, []
    into, out_of = Archive(target), Archive(source)
    for name in names:
        if into.holds(name) and into.size(name) == out_of.size(name):
            continue
        try:
            into.put(out_of.get(name))
        except ArchiveError as error:
            damaged.append(str(error))
        else:
            copied += 1
    return copied, damaged


def _copy_ledger(ledger: Path, target: Path) -> str:
    """Copy the ledger under the name of its content; return its SHA-256."""
    if ledger.with_name(f"{ledger.name}.wal").exists():  # a writer died: its last events are there
        with duckdb.connect(str(ledger)) as connection:
            connection.execute("CHECKPOINT")
    data = ledger.read_bytes()
    sha256 = sha256_of(data)
    _put(data, target / _ledger_name(sha256))
    return sha256


def _copy_config(source: Path | None, target: Path) -> None:
    """Copy the operator's configuration as it is now."""
    if source is None or not source.is_dir():
        return
    incoming = target.with_name(f".incoming-{target.name}")
    shutil.rmtree(incoming, ignore_errors=True)
    shutil.copytree(source, incoming)
    shutil.rmtree(target, ignore_errors=True)
    incoming.replace(target)


def _ledger_name(sha256: str) -> str:
    return f"ledger-{sha256}.duckdb"


def _write_manifest(target: Path, report: BackupReport) -> None:
    """From here on the backup is the new one; ledgers of earlier ones go."""
    _put(json.dumps(asdict(report), indent=2).encode(), target / _MANIFEST)
    for path in target.glob("ledger-*.duckdb"):
        if path.name != _ledger_name(report.ledger_sha256):
            path.unlink()


def _read_manifest(source: Path) -> BackupReport:
    path = source / _MANIFEST
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        report = BackupReport(**found)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{path}: 不是备份 / this is no backup: {error}") from error
    if report.format != _FORMAT:
        raise BackupError(
            f"{path}: format {report.format}, this program knows {_FORMAT}; use the version of the "
            "program that made it, or a newer one"
        )
    return report


def _put(data: bytes, path: Path) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    incoming = path.with_name(f".incoming-{path.name}")
    with incoming.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    incoming.replace(path)
