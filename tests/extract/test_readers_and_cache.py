"""Which reader reads what, refusals instead of exceptions, and the cache of grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.documents import limits, media
from pipelines.documents.archive import Archive
from pipelines.documents.damaged import damaged, mended, note_mended
from pipelines.extract import cache as cache_module
from pipelines.extract import readers
from pipelines.extract.cache import GridCache
from pipelines.extract.readers import extract
from pipelines.settings import Settings
from schemas.code_lists import code_list
from tests.ole import ole
from tests.printing import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.extract.grids import Extraction

ID = "b" * 64


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "application/x-ole-storage"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas'>", "application/xml"),
        (b"\x00\x01\x02\t", "application/octet-stream"),
    ],
)
def test_what_has_no_reader_is_refused_with_its_true_media_type(data: bytes, kind: str) -> None:
    extraction = extract(ID, data)
    assert extraction.media_type == kind
    assert extraction.refusal is not None
    assert extraction.refusal.rule_id == "unsupported_media_type"
    assert extraction.refusal.found == kind
    assert extraction.cells.is_empty()
    assert extraction.pages == []


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b" ", "empty_document"),
        (b"Rar!\x1a\x07\x00", "archive_unsupported"),
        (b"7z\xbc\xaf\x27\x1c", "archive_unsupported"),
        (b"\xff\xd8\xff\xe0", "page_is_image"),
        (ole({"EncryptedPackage": b""}), "encrypted_document"),
    ],
)
def test_what_a_person_can_mend_is_told_by_its_own_rule(data: bytes, rule: str) -> None:
    refusal = extract(ID, data).refusal
    assert refusal is not None
    assert refusal.rule_id == rule
    assert rule in set(code_list("rules")["rule_id"])


@pytest.mark.parametrize(
    ("limit", "most", "data"),
    [
        ("CELLS", 5, b"a\tb\n" * 3),
        ("LINES", 2, b"a\nb\nc\n"),
        ("COLUMNS", 3, b"a\tb\tc\td"),
        ("CELL_CHARACTERS", 3, b"abcd\te"),
    ],
)
def test_what_later_rooms_cannot_take_is_refused(
    limit: str, most: int, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert extract(ID, data).refusal is None
    monkeypatch.setattr(limits, limit, most)
    extraction = extract(ID, data)
    assert extraction.refusal is not None
    assert extraction.refusal.rule_id == "document_limits"
    assert extraction.refusal.expected.endswith(f"≤ {most}")
    assert extraction.cells.is_empty()


def test_a_large_file_of_a_harmless_format_is_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not readers.is_guarded(b"a\tb")
    monkeypatch.setattr(limits, "UNGUARDED_BYTES", 2)
    assert readers.is_guarded(b"a\tb")


def test_a_reader_that_raises_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document_id: str, media_type: str, data: bytes) -> Extraction:
        raise ZeroDivisionError(f"{document_id[:1]} {media_type} {len(data)}")

    adapter = readers.Adapter(fail, is_guarded=False)
    monkeypatch.setitem(readers.READERS, media.TEXT_TABLE, adapter)
    extraction = extract(ID, b"a\tb")
    assert extraction.refusal is not None
    assert extraction.refusal.rule_id == "unreadable_document"
    assert extraction.refusal.found.startswith("ZeroDivisionError: b text/tab-separated-values 3")


class Counted:
    """A cache whose reads of documents are counted."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = Settings(raw=root, warehouse=root)
        self.archive = Archive(self.settings.archive)
        self.read: list[str] = []
        monkeypatch.setattr(cache_module, "extract", self._extract)

    def _extract(self, document_id: str, data: bytes) -> Extraction:
        self.read.append(document_id)
        return extract(document_id, data)

    def cache(self, fingerprint: str = "f" * 64) -> GridCache:
        return GridCache(self.settings, fingerprint)

    def files(self) -> list[Path]:
        return sorted((self.settings.cache / "grids").rglob("*.parquet"))


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(tmp_path, monkeypatch)


def test_nothing_is_read_twice(counted: Counted) -> None:
    documents = [counted.archive.put(PLAIN.encode()), counted.archive.put(b"\x00\x01")]
    assert counted.cache().ensure(documents).documents == 2
    assert counted.cache().ensure(documents).documents == 0
    for document_id in documents:
        counted.cache().get(document_id)
    assert counted.read == documents


def test_what_comes_from_the_cache_is_what_was_read(counted: Counted) -> None:
    for data in (PLAIN.encode("gb18030"), b"%PDF-1.4", b"\xff\xff"):
        document_id = counted.archive.put(data)
        made, kept = counted.cache().get(document_id), counted.cache().get(document_id)
        assert made.header() == kept.header()
        assert made.cells.equals(kept.cells)
        assert made.cells.schema == kept.cells.schema


@pytest.mark.parametrize("data", [b"", b"PAR1 no parquet at all PAR1"])
def test_a_damaged_file_is_made_anew(counted: Counted, data: bytes) -> None:
    document_id = counted.archive.put(PLAIN.encode())
    before = counted.cache().get(document_id)
    (path,) = counted.files()
    whole = path.read_bytes()
    for broken in (data, whole[: len(whole) // 2]):
        path.write_bytes(broken)
        assert counted.cache().get(document_id).cells.equals(before.cells)
    assert counted.read == [document_id] * 3
    counted.cache().get(document_id)
    assert counted.read == [document_id] * 3


def test_other_readers_have_other_files(counted: Counted) -> None:
    document_id = counted.archive.put(PLAIN.encode())
    counted.cache().get(document_id)
    counted.cache("e" * 64).get(document_id)
    assert counted.read == [document_id] * 2
    assert len(counted.files()) == 2


def damage(counted: Counted, document_id: str, data: bytes | None) -> None:
    """Put other bytes in place of an archived file, or none."""
    path = counted.settings.archive / document_id
    path.unlink(missing_ok=True)
    if data is not None:
        path.write_bytes(data)


@pytest.mark.parametrize("data", [None, b"other"])
def test_a_damaged_archive_refuses_its_document_and_the_others_go_on(
    counted: Counted, data: bytes | None
) -> None:
    lost, whole = counted.archive.put(PLAIN.encode()), counted.archive.put(b"a\tb")
    damage(counted, lost, data)
    assert counted.cache().ensure([lost, whole]).documents == 1
    assert counted.read == [whole]
    assert [path.stem for path in counted.files()] == [whole]
    extraction = counted.cache().get(lost)
    assert extraction.is_damaged
    assert extraction.refusal is not None
    assert extraction.refusal.rule_id == "archive_damaged"
    assert lost in extraction.refusal.found
    assert "restore it from the backup" in extraction.refusal.found
    assert extraction.cells.is_empty()
    assert not counted.cache().get(whole).is_damaged


def test_the_rule_of_a_damaged_archive_is_in_the_list() -> None:
    rules = {row["rule_id"]: row for row in code_list("rules").to_dicts()}
    assert rules["archive_damaged"]["level"] == "document"


def test_what_was_damaged_is_noted_until_what_was_read_of_it_is_settled(counted: Counted) -> None:
    lost, whole = counted.archive.put(PLAIN.encode()), counted.archive.put(b"a\tb")
    damage(counted, lost, None)
    assert damaged(counted.settings) == []
    counted.cache().ensure([lost, whole])
    assert (damaged(counted.settings), mended(counted.settings)) == ([lost], [])
    damage(counted, lost, b"other")
    assert mended(counted.settings) == []
    damage(counted, lost, PLAIN.encode())
    assert mended(counted.settings) == [lost]
    assert not counted.cache().get(lost).is_damaged
    note_mended(counted.settings, [lost])
    assert damaged(counted.settings) == []
    assert counted.read == [whole, lost]


def test_grids_that_are_damaged_are_refused_while_the_archive_is(counted: Counted) -> None:
    document_id = counted.archive.put(PLAIN.encode())
    counted.cache().get(document_id)
    (path,) = counted.files()
    path.write_bytes(b"")
    damage(counted, document_id, None)
    assert counted.cache().get(document_id).is_damaged
    assert mended(counted.settings) == []
