"""Members of archives: their names, what is a document of its own, and what is refused and why."""

from __future__ import annotations

import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from pipelines.documents import limits
from pipelines.documents.members import Member, RefusedMember, members
from pipelines.documents.zips import ZipError
from schemas.code_lists import code_list
from tests.zips import (
    ENCRYPTED,
    IS_UTF8,
    UNIX_FILE,
    UNIX_LINK,
    UNIX_PIPE,
    Entry,
    overlapping,
    packed,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

OFFICE = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


def read(data: bytes) -> dict[str, bytes]:
    found = list(members(data))
    assert all(isinstance(member, Member) for member in found), found
    return {member.path: member.data for member in found if isinstance(member, Member)}


def refusals(data: bytes) -> dict[str, str]:
    """Path → rule of what is refused; what is read beside it must be there."""
    rules = set(code_list("rules")["rule_id"])
    found = [member for member in members(data) if isinstance(member, RefusedMember)]
    assert {member.rule_id for member in found} <= rules
    return {member.path: member.rule_id for member in found}


@pytest.mark.parametrize(
    ("name", "flags", "shown"),
    [
        ("预算/表.xlsx".encode("gbk"), 0, "预算/表.xlsx"),
        ("预算/表.xlsx".encode(), IS_UTF8, "预算/表.xlsx"),
        ("预算/表.xlsx".encode(), 0, "预算/表.xlsx"),  # as macOS packs
        ("㐀镕.txt".encode("gb18030"), 0, "㐀镕.txt"),
        ("预算\\表.txt".encode("gbk"), 0, "预算/表.txt"),
        (b"plain.txt", 0, "plain.txt"),
        (b"\x82.txt", 0, "é.txt"),  # no Chinese encoding: as unzippers show it
    ],
)
def test_names(name: bytes, flags: int, shown: str) -> None:
    assert read(packed(Entry(name, b"1", flags))) == {shown: b"1"}


def test_archives_in_archives_are_stations_on_the_way() -> None:
    inner = zipped({"表.txt": b"1"})
    outer = zipped({"甲.zip": inner, "乙/丙.zip": zipped({"丁.zip": inner}), "戊.txt": b"2"})
    assert read(outer) == {
        "甲.zip!/表.txt": b"1",
        "乙/丙.zip!/丁.zip!/表.txt": b"1",
        "戊.txt": b"2",
    }


def test_office_documents_are_no_archives() -> None:
    book = zipped(OFFICE)
    assert read(zipped({"表.xlsx": book, "改名.zip": book})) == {"表.xlsx": book, "改名.zip": book}


def test_what_people_did_not_put_there_is_left_out() -> None:
    held = {
        "__MACOSX/._a.txt": b"1", "a/.DS_Store": b"1", "Thumbs.db": b"1", ".git/x": b"1",
        "a/": b"", "a/b.txt": b"2",
    }  # fmt: skip
    assert read(zipped(held)) == {"a/b.txt": b"2"}


@pytest.mark.parametrize(
    ("bad", "path", "rule"),
    [
        (Entry(b"/etc/passwd"), "/etc/passwd", "member_unsafe"),
        (Entry(b"\\\\host\\share"), "//host/share", "member_unsafe"),
        (Entry(b"C:\\a.txt"), "C:/a.txt", "member_unsafe"),
        (Entry(b"a/../../b.txt"), "a/../../b.txt", "member_unsafe"),
        (Entry(b"..\\b.txt"), "../b.txt", "member_unsafe"),
        (Entry(b"a//b.txt"), "a//b.txt", "member_unsafe"),
        (Entry(b"./b.txt"), "./b.txt", "member_unsafe"),
        (Entry(b"a\nb.txt"), "a\nb.txt", "member_unsafe"),
        (Entry(b""), "", "member_unsafe"),
        (Entry(b"a/"), "a/", "member_unsafe"),  # a folder that has content
        (Entry(b"link", b"/etc/passwd", attributes=UNIX_LINK), "link", "member_unsafe"),
        (Entry(b"pipe", attributes=UNIX_PIPE), "pipe", "member_unsafe"),
        (Entry(b"secret", flags=ENCRYPTED), "secret", "encrypted_document"),
        (Entry(b"aes", method=99), "aes", "member_unreadable"),
        (Entry(b"deflate64", method=9), "deflate64", "member_unreadable"),
        (Entry(b"lzma", method=zipfile.ZIP_LZMA), "lzma", "member_unreadable"),
        (Entry(b"checksum", crc=1), "checksum", "member_unreadable"),
        (Entry(b"half.zip", zipped({"a": b"1" * 99})[:80]), "half.zip", "unreadable_document"),
    ],
    ids=lambda value: value.name.decode() if isinstance(value, Entry) else None,
)
def test_a_bad_member_is_refused_and_the_others_are_read(bad: Entry, path: str, rule: str) -> None:
    good = [Entry(b"1.txt", b"1"), Entry(b"2.txt", b"2", attributes=UNIX_FILE)]
    data = packed(good[0], bad, good[1])
    assert refusals(data) == {path: rule}
    assert [m.path for m in members(data) if isinstance(m, Member)] == ["1.txt", "2.txt"]


def test_a_name_that_stands_twice_is_nobodys() -> None:
    data = packed(Entry(b"a", b"1"), Entry(b"a", b"2"), Entry(b"b", b"3"))
    assert refusals(data) == {"a": "member_unsafe"}
    inner = zipped({"b": b"1"})
    assert refusals(zipped({"a.zip": inner, "a.zip!/b": b"2"})) == {"a.zip!/b": "member_unsafe"}


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04", zipped({"a": b"1"})[:-10], b"PK\x05\x06" + bytes(9)]
)
def test_an_archive_that_cannot_be_opened(data: bytes) -> None:
    with pytest.raises(ZipError):
        list(members(data))


class TestBombs:
    """Each ends at a limit, with memory bounded; what came before the limit is read."""

    @staticmethod
    def bounded(data: bytes, peak_mib: int = 300) -> list[tuple[str, str]]:
        tracemalloc.start()
        found = [(m.path, m.rule_id) for m in members(data) if isinstance(m, RefusedMember)]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < peak_mib * limits.MIB
        return found

    def test_flat(self) -> None:
        data = zipped({"a.txt": b"1", "bomb.txt": bytes(64 * limits.MIB), "b.txt": b"2"})
        assert self.bounded(data) == [("bomb.txt …", "document_limits")]
        assert next(iter(members(data))) == Member("a.txt", b"1")

    def test_a_large_member(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MEMBER_BYTES", 1000)
        data = zipped({"large": bytes(range(256)) * 4, "small": b"1"})
        assert self.bounded(data) == [("large", "document_limits")]

    def test_nested(self) -> None:
        data = zipped({"a.txt": b"1"})
        for _ in range(limits.NESTING + 2):
            data = zipped({"z.zip": data, "b.txt": b"2"})
        deepest = "/".join(["z.zip!"] * limits.NESTING) + "/z.zip"
        assert self.bounded(data) == [(deepest, "document_limits")]
        paths = [m.path for m in members(data) if isinstance(m, Member)]
        assert len(paths) == limits.NESTING + 1

    def test_wide_and_nested(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "ENTRIES", 500)
        data = zipped({f"{n}.txt": b"1" for n in range(16)})
        for _ in range(limits.NESTING):
            data = zipped({f"{n}.zip": data for n in range(16)})
        ((path, rule),) = self.bounded(data)
        assert (path[-1], rule) == ("…", "document_limits")

    def test_overlapping(self) -> None:
        data = overlapping(9_000, bytes(21 * 1024))
        assert len(data) < 500_000
        # every member has the same name, so none is inflated at all
        assert set(self.bounded(data)) == {("0", "member_unsafe")}

    def test_more_members_than_anything_has(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "ENTRIES", 500)
        data = packed(*[Entry(b"%d" % n, b"") for n in range(505)])
        assert self.bounded(data) == [("500 …", "document_limits")]

    def test_a_directory_that_fills_memory(self) -> None:
        with pytest.raises(ZipError, match="100,000"):
            list(members(overlapping(110_000, b"1")))

    def test_an_archive_in_itself(self) -> None:
        # what unpacks to itself ends like any other nesting
        inner = zipped({"r.zip": b""})
        for _ in range(limits.NESTING + 1):
            inner = zipped({"r.zip": inner})
        assert [rule for _, rule in self.bounded(inner)] == ["document_limits"]


def refused_paths(found: Iterable[Member | RefusedMember]) -> list[str]:
    return [member.path for member in found if isinstance(member, RefusedMember)]


def test_a_claimed_size_counts_for_nothing() -> None:
    data = packed(Entry(b"a", bytes(64 * limits.MIB)))
    small = (1).to_bytes(4, "little")
    real = (64 * limits.MIB).to_bytes(4, "little")
    assert refused_paths(members(data.replace(real, small))) != []
