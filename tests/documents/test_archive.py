"""The archive: bytes by content, written once, checked when read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.archive import Archive, ArchiveError, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

DATA = "预算\n".encode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def test_what_is_put_is_got(root: Path) -> None:
    sha256 = Archive(root).put(DATA)
    assert sha256 == sha256_of(DATA) == hashlib.sha256(DATA).hexdigest()
    assert Archive(root).get(sha256) == DATA
    assert Archive(root).size(sha256) == len(DATA)


def test_empty_bytes_are_bytes(root: Path) -> None:
    assert Archive(root).get(Archive(root).put(b"")) == b""


def test_putting_twice_writes_once(root: Path) -> None:
    sha256 = Archive(root).put(DATA)
    before = (root / sha256).stat()
    assert Archive(root).put(DATA) == sha256
    after = (root / sha256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [path.name for path in root.iterdir()] == [sha256]


def test_archived_files_are_read_only(root: Path) -> None:
    sha256 = Archive(root).put(DATA)
    assert (root / sha256).stat().st_mode & 0o777 == 0o444


def test_holding(root: Path) -> None:
    archive = Archive(root)
    assert not archive.holds(sha256_of(DATA))
    archive.put(DATA)
    assert archive.holds(sha256_of(DATA))
    assert not archive.holds(sha256_of(b"other"))


def test_reading_makes_no_directory(root: Path) -> None:
    with pytest.raises(ArchiveError):
        Archive(root).get("0" * 64)
    assert not root.exists()


def test_missing_file_is_named_with_what_to_do(root: Path) -> None:
    Archive(root).put(DATA)
    with pytest.raises(ArchiveError) as error:
        Archive(root).get("0" * 64)
    assert str(root / ("0" * 64)) in str(error.value)
    assert "restore it from the backup" in str(error.value)


@pytest.mark.parametrize("damaged", [b"", DATA[:-1], DATA + b"x", b"other"])
def test_damaged_file_is_named_with_what_it_is(root: Path, damaged: bytes) -> None:
    sha256 = Archive(root).put(DATA)
    (root / sha256).chmod(0o644)
    (root / sha256).write_bytes(damaged)
    with pytest.raises(ArchiveError) as error:
        Archive(root).get(sha256)
    assert str(root / sha256) in str(error.value)
    assert sha256_of(damaged) in str(error.value)
    assert "damaged" in str(error.value)


def test_write_that_dies_leaves_no_file_under_the_name(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pipelines.documents.archive.os.fsync", fail)
    with pytest.raises(ArchiveError, match="disk full"):
        Archive(root).put(DATA)
    assert list(root.iterdir()) == []
    assert not Archive(root).holds(sha256_of(DATA))
    monkeypatch.undo()
    assert Archive(root).get(Archive(root).put(DATA)) == DATA


def test_a_damaged_copy_is_replaced_by_a_whole_one(root: Path) -> None:
    archive = Archive(root)
    path = root / archive.put(DATA)
    for damaged in (b"", DATA[:-1], bytes(len(DATA))):
        path.unlink()
        path.write_bytes(damaged)
        assert archive.get(archive.put(DATA)) == DATA
