"""Looking at raw/ again: what is read anew, and what is lost with the memory of the last look."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipelines.documents.archive import Archive, sha256_of
from tests.documents.scanned import LONG_AGO, Raw, counts


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file is read, by name."""
    found: Counter[str] = Counter()
    real = Path.read_bytes

    def counted(path: Path) -> bytes:
        found[path.name] += 1
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    return found


def test_unchanged_file_is_not_read_again(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    raw.put("a.txt")
    raw.put("a.txt.toml", b"sidecar")
    raw.scan()

    def refused(path: Path) -> bytes:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr(Path, "read_bytes", refused)
    result = raw.scan()
    assert counts(result) == {"unchanged": 1}
    assert result.events == []


def test_young_file_is_read_again_until_it_is_old(raw: Raw, reads: Counter[str]) -> None:
    raw.put("a.txt", old=False)
    raw.scan()
    raw.scan()
    assert reads["a.txt"] == 2
    os.utime(raw.settings.raw / "a.txt", (LONG_AGO, LONG_AGO))
    raw.scan()
    raw.scan()
    assert reads["a.txt"] == 3


def test_file_rewritten_within_one_tick_of_the_clock_is_noticed(raw: Raw) -> None:
    """Same size, same time, same inode: only its bytes tell."""
    path = raw.settings.raw / "a.txt"
    raw.put("a.txt", b"one", old=False)
    before = path.stat()
    raw.scan()
    with path.open("r+b") as file:
        file.write(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (before.st_size, before.st_mtime_ns, before.st_ino) == (
        after.st_size,
        after.st_mtime_ns,
        after.st_ino,
    )
    assert counts(raw.scan()) == {"changed": 1}
    assert raw.state().path_sha256 == {"a.txt": sha256_of(b"two")}


@pytest.mark.parametrize("change", ["size", "time", "inode"])
def test_old_file_that_differs_in_its_stat_is_read(
    raw: Raw, reads: Counter[str], change: str
) -> None:
    path = raw.settings.raw / "a.txt"
    raw.put("a.txt", b"one")
    raw.scan()
    if change == "size":
        raw.put("a.txt", b"three")
    elif change == "time":
        path.write_bytes(b"two")
        os.utime(path, (LONG_AGO + 1, LONG_AGO + 1))
    else:
        other = path.with_name(".b")
        other.write_bytes(b"two")
        os.utime(other, (LONG_AGO, LONG_AGO))
        other.replace(path)
    assert counts(raw.scan()) == {"changed": 1}
    assert reads["a.txt"] == 2


def test_old_file_rewritten_with_its_size_and_time_kept_is_noticed(raw: Raw) -> None:
    """As copying with times kept does: the time of the change of its inode tells."""
    raw.put("a.txt", b"one")
    raw.scan()
    raw.put("a.txt", b"two")
    assert counts(raw.scan()) == {"changed": 1}


def test_file_from_the_future_is_always_read(raw: Raw, reads: Counter[str]) -> None:
    raw.put("a.txt")
    os.utime(raw.settings.raw / "a.txt", (4_000_000_000, 4_000_000_000))
    raw.scan()
    raw.scan()
    assert reads["a.txt"] == 2


@pytest.mark.parametrize("data", [b"", b"{", b"[1, 2]", b"\xff\xfe", None])
def test_damaged_or_lost_cache_costs_only_reading(
    raw: Raw, reads: Counter[str], data: bytes | None
) -> None:
    raw.put("a.txt")
    raw.scan()
    cache = raw.settings.cache / "stat.json"
    if data is None:
        cache.unlink()
    else:
        cache.write_bytes(data)
    assert counts(raw.scan()) == {"unchanged": 1}
    assert reads["a.txt"] == 2


def test_lost_archive_is_filled_again_from_raw(raw: Raw) -> None:
    sha256 = raw.put("a.txt")
    raw.scan()
    shutil.rmtree(raw.settings.archive)
    assert raw.scan().events == []
    assert Archive(raw.settings.archive).get(sha256) == b"one"


def test_raw_is_never_written_to(raw: Raw) -> None:
    raw.put("a.txt")
    raw.put("b/c.txt", b"two")
    raw.put("b/c.txt.toml", b"sidecar")

    def picture() -> list[tuple[str, int, int]]:
        return sorted(
            (str(path), path.stat().st_mtime_ns, path.stat().st_mode)
            for path in raw.settings.raw.rglob("*")
        )

    before = picture()
    raw.scan()
    raw.scan()
    assert picture() == before
