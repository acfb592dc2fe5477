"""The flip: readers that hold the old file read on, new ones see the new one; old builds go."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.documents.ledger import Event, Ledger
from pipelines.load.base import SEAL, STATES
from pipelines.load.build import Build
from pipelines.night import CHECKED, Night
from pipelines.publish.checks import CheckResult
from pipelines.publish.flip import PublishError, current_build_id, publish, retain
from pipelines.settings import DATABASE, Settings
from tests.conftest import SEED
from tests.printing import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation

#: A reader in a process of its own: holds its connection and answers once per line of input.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    print(connection.execute("SELECT count(*) FROM statement").fetchone()[0], flush=True)
"""


class Reader:
    """A business-intelligence tool that keeps its connection open."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", READER, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def statements(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


def test_the_flip_is_atomic_for_readers(seeded: Installation) -> None:
    held = Reader(seeded.settings.published)
    assert held.statements() == 1
    first = current_build_id(seeded.settings)
    seeded.put_with_sidecar("plain.txt", PLAIN.encode())
    assert seeded.run().published
    assert held.statements() == 1
    opened_later = Reader(seeded.settings.published)
    assert opened_later.statements() == 2
    assert held.statements() == 1
    assert current_build_id(seeded.settings) != first
    held.close()
    opened_later.close()


def test_a_published_file_is_closed_whole_and_opens_read_only(seeded: Installation) -> None:
    settings = seeded.settings
    assert settings.current.is_symlink()
    beside = sorted(path.name for path in settings.published.parent.iterdir())
    assert beside == sorted([CHECKED, SEAL, STATES, DATABASE])
    assert list(settings.warehouse.rglob("*.wal")) == []
    assert not settings.candidate.exists()
    before = settings.published.read_bytes()
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        (row,) = connection.execute("SELECT build_id FROM build_info").fetchall()
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("DELETE FROM build_info")
    assert row == (current_build_id(settings),)
    assert settings.published.read_bytes() == before
    (event,) = Ledger(settings.ledger).events("published")
    assert event.detail == {
        "build_id": current_build_id(settings), "documents": 1, "current_statements": 1,
        "waiting_items": 0,
    }  # fmt: skip


def test_a_build_that_was_not_closed_is_not_published(tmp_path: Path) -> None:
    settings = Settings(raw=tmp_path, warehouse=tmp_path)
    settings.candidate.mkdir()
    path = settings.candidate / DATABASE
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE build_info (build_id VARCHAR)")
    with pytest.raises(PublishError, match="no build_info"):
        publish(settings, Build("b" * 20, path), {})
    wal = path.with_name(path.name + ".wal")
    wal.touch()
    with pytest.raises(PublishError, match="write-ahead log"):
        publish(settings, Build("b" * 20, path), {})
    assert current_build_id(settings) is None
    assert Ledger(settings.ledger).events("published") == []


class Builds:
    """Published builds without content."""

    def __init__(self, root: Path, keep: int) -> None:
        self.settings = Settings(raw=root, warehouse=root, keep_builds=keep)

    def publish(self, build_id: str) -> None:
        path = self.settings.candidate / DATABASE
        path.parent.mkdir()
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE build_info AS SELECT 1 AS x")
        publish(self.settings, Build(build_id, path), {})

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.settings.versions.iterdir())


def test_the_last_builds_are_kept(tmp_path: Path) -> None:
    builds = Builds(tmp_path, keep=2)
    for build_id in ("e", "d", "c", "b"):
        builds.publish(build_id)
    assert builds.kept() == ["b", "c"]
    assert current_build_id(builds.settings) == "b"


def test_the_current_build_is_kept_however_old(tmp_path: Path) -> None:
    builds = Builds(tmp_path, keep=3)
    for build_id in ("a", "b", "c"):
        builds.publish(build_id)
    current = builds.settings.current
    current.unlink()
    current.symlink_to("versions/a", target_is_directory=True)
    assert retain(replace(builds.settings, keep_builds=1)) == ["b"]
    assert builds.kept() == ["a", "c"]
    assert retain(replace(builds.settings, keep_builds=1)) == []


def test_a_build_published_again_counts_as_new(tmp_path: Path) -> None:
    builds = Builds(tmp_path, keep=2)
    builds.publish("a")
    builds.publish("b")
    Ledger(builds.settings.ledger).append([Event("published", detail={"build_id": "a"})])
    builds.publish("c")
    assert builds.kept() == ["a", "c"]


def test_a_candidate_left_behind_is_never_published(seeded: Installation) -> None:
    """Unchecked, broken, or of a ledger that has moved on: it is not what today makes."""
    night = Night(seeded.settings)
    assert night.candidate() is None
    seeded.put_with_sidecar("b.txt", SEED.read_bytes() + b"\n")
    night.take_in()
    for step in (night.extract, night.recognise, night.normalise, night.conform, night.validate):
        step()
    build = night.build()
    assert build is not None
    assert night.candidate() is None  # not checked yet
    broken = [CheckResult("invented", "", 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.night.run_checks", lambda *_: broken)
        night.check(build)
    assert night.candidate() is None
    assert all(result.passed for result in night.check(build))
    assert night.candidate() == build
    seeded.put("c.txt", b"a\tb\n1\t2\n")
    night.take_in()
    assert night.candidate() is None
