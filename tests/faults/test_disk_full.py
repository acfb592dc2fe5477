"""The disk fills up in a night: it says so, yesterday stays, and with room the next night ends."""

from __future__ import annotations

import errno
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.documents.disk import DiskFullError, said_if_full
from pipelines.documents.ledger import Ledger
from pipelines.settings import Settings
from tests.faults.points import Points
from tests.faults.scenario import Published, Scenario, ledger_faults, run_night, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.points import Half, Point

SAID = "No space left on device"
#: What takes no room, or gives some back.
_FREE = {"acquire", "release", "rmtree", "unlink", "close", "replace"}


def full(point: Point, half: Half) -> None:
    """The error that the operation's own library raises, half of the bytes written."""
    if point.place.endswith((".duckdb", ".wal")):
        raise duckdb.IOException(f'IO Error: Could not write file "{point.place}": {SAID}')
    if half is not None:
        half()
    raise OSError(errno.ENOSPC, SAID, point.place)


def first_of_each_stage(scenario: Scenario) -> dict[str, int]:
    """Stage → number of its first point that needs room."""
    found: dict[str, int] = {}
    for point, _ in scenario.points():
        if point.operation not in _FREE:
            found.setdefault(point.stage, point.number)
    return found


def assert_the_night_ends_once_there_is_room(scenario: Scenario) -> None:
    scenario.run()
    assert Published.of(scenario.settings).differences(scenario.today) == []
    assert ledger_faults(scenario.settings, []) == []


@pytest.mark.slow
def test_no_room_at_any_stage(scenario: Scenario) -> None:
    """Errors put in by the test: needs no mount, reaches every stage."""
    stages = first_of_each_stage(scenario)
    assert len(stages) >= 14
    for number in stages.values():
        scenario.put_back()
        before = Ledger(scenario.settings.ledger).events()

        def at(point: Point, half: Half, number: int = number) -> None:
            if point.number >= number and point.operation not in _FREE:
                full(point, half)

        with Points(scenario.settings.warehouse, at) as points, pytest.raises(DiskFullError):
            run_night(scenario.settings, lambda step: setattr(points, "step", step))
        assert Ledger(scenario.settings.ledger).events()[: len(before)] == before
        seen = tables_of(scenario.settings.published.resolve())
        assert seen in (scenario.yesterday.tables, scenario.today.tables)
        assert_the_night_ends_once_there_is_room(scenario)


@contextmanager
def small_disk(place: Path, mebibytes: int) -> Iterator[None]:
    """A file system in memory, mounted at ``place``; skips where that is not allowed."""
    place.mkdir(exist_ok=True)
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={mebibytes}m", "none", str(place)]
    if mount is None or subprocess.run([mount, *options], check=False).returncode != 0:
        pytest.skip("no file system can be mounted here: needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def leave(settings: Settings, kibibytes: int) -> Path:
    """Fill the warehouse's disk up to this; the file that does so."""
    ballast = settings.warehouse / "ballast"
    free = shutil.disk_usage(settings.warehouse).free
    ballast.write_bytes(bytes(free - kibibytes * 1024))
    return ballast


@pytest.mark.slow
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """Room for nothing, for some of the archive, for the readings, for half of the build."""
    scenario = Scenario(tmp_path / "scenario")
    today, yesterday = scenario.today, scenario.yesterday
    reached = set()
    with small_disk(scenario.settings.warehouse, 64):
        for kibibytes in (0, 8, 24, 64, 256, 700, 1000, 2500, 6000):
            scenario.put_back()
            ballast = leave(scenario.settings, kibibytes)
            steps: list[str] = []
            with pytest.raises(DiskFullError, match=r"磁盘已满.*the disk is full.*run again"):
                run_night(scenario.settings, steps.append)
            reached.add([step for step in steps if step != "unlock"][-1])
            assert tables_of(scenario.settings.published.resolve()) == yesterday.tables
            ballast.unlink()
            assert_the_night_ends_once_there_is_room(scenario)
        assert today.tables != yesterday.tables
    assert {"news", "build"} <= reached  # the stages between: by injection, above
    print("the disk was full in:", sorted(reached))  # noqa: T201 - shown by pytest -s


def test_other_errors_are_left_as_they_are(tmp_path: Path) -> None:
    settings = Settings(raw=tmp_path, warehouse=tmp_path / "none yet")
    with pytest.raises(OSError, match="Input/output"), said_if_full(settings):
        raise OSError(errno.EIO, "Input/output error")
    settings = Settings(raw=tmp_path, warehouse=tmp_path)
    with pytest.raises(ZeroDivisionError), said_if_full(settings):
        raise ZeroDivisionError
    with pytest.raises(DiskFullError, match="run again"), said_if_full(settings):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")
    wrapped = RuntimeError("could not be written")
    wrapped.__cause__ = OSError(errno.ENOSPC, SAID)
    with pytest.raises(DiskFullError, match=r"磁盘已满") as raised, said_if_full(settings):
        raise wrapped
    with pytest.raises(DiskFullError) as again, said_if_full(settings):
        raise raised.value
    assert again.value is raised.value


def test_what_a_library_leaves_out_is_said_if_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite under Dagster calls it a disk I/O error; with room left, it is one."""
    settings = Settings(raw=tmp_path, warehouse=tmp_path)
    with pytest.raises(ValueError, match="disk I/O error"), said_if_full(settings):
        raise ValueError("disk I/O error")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    with pytest.raises(DiskFullError, match="disk I/O error"), said_if_full(settings):
        raise ValueError("disk I/O error")
