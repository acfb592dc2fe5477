"""The zip of an office document is opened within limits, and what may do harm is refused."""

from __future__ import annotations

import tracemalloc
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from pipelines.documents import limits
from pipelines.extract.grids import RefusedError
from pipelines.extract.office import OfficeZip
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = "xl/worksheets/sheet1.xml"


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


def document(sheet: bytes = b"<worksheet/>", **others: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", SHEET: sheet, **others})


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(RefusedError) as caught:
        OfficeZip(data).check()
    assert caught.value.refusal.rule_id in set(code_list("rules")["rule_id"])
    return caught.value.refusal.rule_id, caught.value.refusal.found


def test_parts_come_as_they_are() -> None:
    office = OfficeZip(document(b"<worksheet>1</worksheet>"))
    office.check()
    assert office.names == ["[Content_Types].xml", SHEET]
    assert office.read(SHEET) == b"<worksheet>1</worksheet>"
    with pytest.raises(KeyError):
        office.read("xl/none.xml")


def test_names_of_windows_are_names_too() -> None:
    assert OfficeZip(zipped({"xl\\workbook.xml": b"<w/>"})).read("xl/workbook.xml") == b"<w/>"


@pytest.mark.parametrize(
    "sheet",
    [
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>',
        b'<!DOCTYPE w SYSTEM "http://127.0.0.1/x.dtd"><w/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w []><w/>'.encode("utf-16"),
        "<!DOCTYPE w []><w/>".encode("utf-16-be"),
    ],
)
def test_declarations_are_refused(sheet: bytes) -> None:
    assert refused(document(sheet)) == ("document_unsafe", f"{SHEET}: <!DOCTYPE")


def test_a_bomb_is_refused_before_it_fills_memory() -> None:
    bomb = document(b"\0" * (4 * limits.RATIO_FROM))
    tracemalloc.start()
    rule, found = refused(document(**{"xl/media/image.png": b"\0" * (64 << 20)}))
    assert rule == "document_limits"
    assert "ratio" in found
    assert refused(bomb)[0] == "document_limits"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * limits.RATIO_FROM


def test_inflated_bytes_are_counted_over_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INFLATED_BYTES", 5000)
    assert OfficeZip(document(b"x" * 4000)).read(SHEET) == b"x" * 4000
    rule, found = refused(document(b"x" * 3000, **{"xl/b.xml": b"y" * 3000}))
    assert (rule, "5,000" in found) == ("document_limits", True)


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENTRIES", 3)
    parts = {f"xl/{number}.xml": b"<x/>" for number in range(4)}
    assert refused(zipped(parts))[0] == "document_limits"


def _encrypted(data: bytes) -> bytes:
    at = data.rfind(b"PK\x01\x02")
    return data[: at + 8] + b"\x01" + data[at + 9 :]


def _twice(_: bytes) -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return zipped_twice()


def zipped_twice() -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(SHEET, b"<a/>")
        archive.writestr(SHEET, b"<b/>")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (lambda data: data[:-25], "unreadable_document"),
        (lambda data: data[: len(data) // 2], "unreadable_document"),
        (lambda data: data.replace(b"<worksheet/>", b"<worksheet\\>"), "unreadable_document"),
        (_encrypted, "encrypted_document"),
        (_twice, "unreadable_document"),
    ],
)
def test_damage_is_told(damage: Callable[[bytes], bytes], rule: str) -> None:
    whole = zipped({"[Content_Types].xml": b"<T/>", SHEET: b"<worksheet/>"}, zipfile.ZIP_STORED)
    assert refused(damage(whole))[0] == rule
