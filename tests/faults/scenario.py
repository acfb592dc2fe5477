"""The night that goes wrong: yesterday's warehouse, and what is under raw/ today.

Today a document is new, one is revised by another (``supersedes``), one is replaced at its path,
one is gone, one has another sidecar, one whose archived file was damaged is whole again, and one
waits as it did yesterday.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.documents.archive import sha256_of
from pipelines.documents.ledger import DATA_KINDS, Event, Ledger
from pipelines.documents.lock import acquire
from pipelines.news import has_news
from pipelines.night import Night
from pipelines.settings import Settings
from tests.conftest import SIDECAR, Installation
from tests.faults.points import Points
from tests.printing import document, page, project, unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.points import Half, Point

#: Columns that tell when something was seen: another run, another time.
CLOCK = frozenset(
    {
        ("dim_document", "first_seen_utc"),
        ("dim_document", "absent_since_utc"),
        ("document_path", "first_seen_utc"),
        ("document_path", "absent_since_utc"),
        ("statement_version", "known_from_utc"),
        ("statement_version", "known_to_utc"),
        ("quarantine_item", "opened_utc"),
        ("history_project_funding", "fed_from_utc"),
        ("history_project_funding", "fed_to_utc"),
        ("history_performance_target", "fed_from_utc"),
        ("history_performance_target", "fed_to_utc"),
        ("mart_restatement", "known_from_utc"),
        ("dim_document", "withdrawn_utc"),
    }
)
#: … and how far the ledger counted: a night that was run twice looked twice.
COUNTED = frozenset({("build_info", "build_id"), ("build_info", "ledger_event_id")})

Tables = dict[str, list[tuple[Any, ...]]]
STEPS = ("extract", "recognise", "normalise", "conform", "validate")


def book(body: str, trees: str, pruning: str) -> bytes:
    """A department's book of two projects."""
    total = f"{float(trees) + float(pruning):.2f}"
    rows = (
        unit("合计", total, total),
        unit(body, total, total),
        project("植树", trees, trees),
        project("修剪", pruning, pruning),
    )
    return document(page(*rows, body=body)).encode()


def run_night(settings: Settings, tell: Callable[[str], None] = lambda _: None) -> bool:
    """What `yusuan ingest` does, without Dagster; ``tell`` hears each step. Whether it built."""
    tell("news")
    if not has_news(settings):
        return False
    tell("lock")
    lock = acquire(settings)
    try:
        night = Night(settings)
        tell("take_in")
        night.take_in()
        for step in STEPS:
            tell(step)
            getattr(night, step)()
        tell("build")
        build = night.build()
        if build is None:
            return False
        tell("check")
        results = night.check(build)
        tell("publish")
        night.publish(build, results)
        tell("report")
        night.report()
        return True
    finally:
        tell("unlock")
        lock.release()


class Scenario:
    """An installation whose warehouse can be put back to yesterday's end."""

    def __init__(self, root: Path) -> None:
        """Run yesterday's nights below ``root``, and put today's files under raw/."""
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.installation = Installation(root)
        self.settings = Settings(raw=root / "raw", warehouse=root / "warehouse", keep_builds=1)
        self._kept = root / "yesterday"
        self._yesterday()
        shutil.copytree(self.settings.warehouse, self._kept, symlinks=True)
        self._today()

    def _put(self, name: str, data: bytes, *more: str, year: int = 2023) -> str:
        text = SIDECAR.read_text(encoding="utf-8").replace("2023", str(year))
        sha256 = self.installation.put_with_sidecar(name, data, "\n".join([*more, text]))
        self._age(name, f"{name}.toml")
        return sha256

    def _age(self, *names: str) -> None:
        """Old enough for the cache of stats."""
        for name in names:
            os.utime(self.settings.raw / name, (1, 1))

    def _yesterday(self) -> None:
        self._put("stays.txt", book("甲局", "10.00", "20.00"))
        self.revised = self._put("revised.txt", book("乙局", "10.00", "21.00"))
        self._put("replaced.txt", book("丙局", "10.00", "22.00"))
        self._put("gone.txt", book("丁局", "10.00", "23.00"))
        self._put("sidecar.txt", book("戊局", "10.00", "24.00"))
        mended = self._put("mended.txt", book("己局", "10.00", "25.00"))
        self.installation.put("waits.txt", b"a\tb\n1\t2\n")
        self._age("waits.txt")
        run_night(self.settings)
        archived = self.settings.archive / mended
        archived.unlink()
        archived.write_bytes(b"other")
        shutil.rmtree(self.settings.cache / "batches")
        shutil.rmtree(self.settings.cache / "grids")
        self._put("late.txt", book("辛局", "10.00", "27.00"))
        run_night(self.settings)

    def _today(self) -> None:
        self._put("new.txt", book("庚局", "10.00", "26.00"))
        self._put("revision.txt", book("乙局", "11.00", "21.00"), f'supersedes = "{self.revised}"')
        self._put("replaced.txt", book("丙局", "11.00", "22.00"))
        self._put("sidecar.txt", book("戊局", "10.00", "24.00"), year=2024)
        for name in ("gone.txt", "gone.txt.toml"):
            (self.settings.raw / name).unlink()

    def put_back(self) -> None:
        """Yesterday's end again; the directory stays, a disk may be mounted there."""
        self.settings.warehouse.mkdir(exist_ok=True)
        for path in self.settings.warehouse.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.copytree(self._kept, self.settings.warehouse, symlinks=True, dirs_exist_ok=True)

    def run(self) -> bool:
        """Today's night."""
        return run_night(self.settings)

    @cached_property
    def yesterday(self) -> Published:
        """What readers saw yesterday."""
        self.put_back()
        return Published.of(self.settings)

    @cached_property
    def today(self) -> Published:
        """What an undisturbed night publishes; its points are noted."""
        self.put_back()
        self._points: list[tuple[Point, bool]] = []

        def note(point: Point, half: Half) -> None:
            self._points.append((point, half is not None))

        with Points(self.settings.warehouse, note) as points:
            assert run_night(self.settings, points.begin)
        return Published.of(self.settings)

    def points(self) -> list[tuple[Point, bool]]:
        """The points of an undisturbed night, and whether half of each can be done."""
        assert self.today.published
        return self._points


class Brief(Scenario):
    """One night yesterday; today a document is new, one is revised, one is gone."""

    def _yesterday(self) -> None:
        self._put("stays.txt", book("甲局", "10.00", "20.00"))
        self.revised = self._put("revised.txt", book("乙局", "10.00", "21.00"))
        self._put("gone.txt", book("丁局", "10.00", "23.00"))
        run_night(self.settings)

    def _today(self) -> None:
        self.new = self._put("new.txt", book("庚局", "10.00", "26.00"))
        supersedes = f'supersedes = "{self.revised}"'
        self._put("revision.txt", book("乙局", "11.00", "21.00"), supersedes)
        for name in ("gone.txt", "gone.txt.toml"):
            (self.settings.raw / name).unlink()


@dataclass(frozen=True)
class Published:
    """A published warehouse and what stands behind it, to be compared with another's.

    ``file``: SHA-256 of the published file. ``tables``: all rows of all tables less CLOCK and
    COUNTED. ``decisions``: data events of the ledger less their times. ``files``: all files of
    the warehouse, builds under one name.
    """

    file: str
    tables: Tables
    decisions: list[tuple[Any, ...]]
    published: int
    files: set[str]

    @classmethod
    def of(cls, settings: Settings) -> Published:
        """Read everything."""
        ledger = Ledger(settings.ledger)
        return cls(
            file=hashlib.sha256(settings.published.read_bytes()).hexdigest(),
            tables=tables_of(settings.published.resolve()),
            decisions=sorted(map(_decision, ledger.events(*DATA_KINDS)), key=repr),
            published=len(ledger.events("published")),
            files=files_of(settings.warehouse) - _history_files(ledger),
        )

    def differences(self, other: Published) -> list[str]:
        """Where two are not the same; in words."""
        names = sorted(self.tables.keys() | other.tables.keys())
        found = [f"table {n}" for n in names if self.tables.get(n) != other.tables.get(n)]
        if self.decisions != other.decisions:
            found.append(f"decisions {set(self.decisions) ^ set(other.decisions)}")
        if self.published != other.published:
            found.append(f"{self.published} published events, not {other.published}")
        if self.files != other.files:
            found.append(f"files {sorted(self.files ^ other.files)}")
        return found


def _history_files(ledger: Ledger) -> set[str]:
    """Archived files of history: rows that were lost are kept again, beside others or not."""
    kept = (event.detail["files"].values() for event in ledger.events("history_kept"))
    return {f"archive/{sha256}" for files in kept for sha256 in files}


def _decision(event: Event) -> tuple[Any, ...]:
    """What was decided; where history keeps it is compared by its tables."""
    if event.kind == "history_kept":
        return (event.kind,)
    return event.kind, event.sha256, event.path, repr(sorted(event.detail.items()))


def tables_of(path: Path) -> Tables:
    """Rows of every table in order, less the columns of the clock."""
    left_out = CLOCK | COUNTED
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE NOT internal GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        found = {}
        for table, names in columns:
            kept = ", ".join(name for name in names if (table, name) not in left_out)
            found[table] = connection.execute(f"SELECT {kept} FROM {table}").fetchall()
    return found


def files_of(warehouse: Path) -> set[str]:
    """Relative names of all files and links.

    A build's key varies, and which documents were read together: those are left out of names.
    """
    names = (p.relative_to(warehouse).as_posix() for p in warehouse.rglob("*") if not p.is_dir())
    names = (re.sub(r"^versions/\w+", "versions/<build>", name) for name in names)
    found = {re.sub(r"^cache/batches/\w+", "cache/batches/<batch>", name) for name in names}
    batches = (warehouse / "cache" / "batches").iterdir()
    return found | {f"a batch of {sorted(p.name for p in batch.iterdir())}" for batch in batches}


def ledger_faults(settings: Settings, before: list[Event]) -> list[str]:
    """What is wrong with a ledger: gaps, lost events, documents without bytes; in words."""
    events = Ledger(settings.ledger).events()
    found = []
    if [event.event_id for event in events] != list(range(1, len(events) + 1)):
        found.append("gaps in the ledger")
    if events[: len(before)] != before:
        found.append("yesterday's events are not the first")
    kept = {e.sha256 for e in events if e.kind == "document_observed"}
    kept |= {e.detail["sidecar_sha256"] for e in events if e.kind == "sidecar_observed"}
    for name in sorted(filter(None, kept)):
        path = settings.archive / name
        if not path.exists() or sha256_of(path.read_bytes()) != name:
            found.append(f"not in the archive: {name}")
    return found
