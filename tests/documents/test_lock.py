"""One writer: a second process is refused at once, and told what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.lock import WarehouseBusyError, acquire
from pipelines.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from pipelines.documents.lock import acquire
from pipelines.settings import Settings

lock = acquire(Settings(raw=Path(sys.argv[1]), warehouse=Path(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse")


@pytest.fixture
def holder(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.warehouse)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_second_process_is_refused_until_the_first_dies(
    settings: Settings, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(WarehouseBusyError) as error:
        acquire(settings)
    assert str(settings.lock) in str(error.value)
    assert "run again" in str(error.value)
    assert f"pid {holder.pid} @" in str(error.value)
    holder.kill()
    holder.wait(timeout=10)
    lock = acquire(settings, wait_seconds=10)
    assert lock.is_locked
    lock.release()


def test_it_is_re_entrant_within_a_process(settings: Settings) -> None:
    first = acquire(settings)
    second = acquire(settings)
    assert first is second
    second.release()
    assert first.is_locked
    first.release()
    assert not first.is_locked


def test_its_directory_is_made(settings: Settings) -> None:
    assert not settings.warehouse.exists()
    with acquire(settings):
        assert settings.lock.exists()


def test_two_warehouses_have_two_locks(settings: Settings, tmp_path: Path) -> None:
    other = Settings(raw=settings.raw, warehouse=tmp_path / "other")
    first, second = acquire(settings), acquire(other)
    first.release()
    assert second.is_locked
    second.release()
