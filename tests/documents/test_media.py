"""Media types and encodings are told from the content, whatever the name."""

from __future__ import annotations

import random
import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.documents import media
from pipelines.documents.media import (
    PLAIN_TEXT,
    TEXT_TABLE,
    UNKNOWN_BINARY,
    decode_text,
    media_type,
)
from tests.conftest import SEED
from tests.ole import ole, workbook

TABLE = "项目\t金额\r\n甲\t1.00\r\n"
EXAMPLES = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"\xef\xbb\xbf%PDF-1.4", "application/pdf"),
        (b"HTTP/1.1 200 OK\n\n%PDF-1.4\n1 0 obj <<>> endobj", "application/pdf"),
        (b"\x00" * 1024 + b"%PDF-1.4\n1 0 obj <<>> endobj", UNKNOWN_BINARY),
        (b"PK\x03\x04\x14\x00", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/x-ole-storage"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"{\\rtf1\\ansi", "application/rtf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"II*\x00\x08\x00", "image/tiff"),
        (b"BM" + (30).to_bytes(4, "little") + bytes(24), "image/bmp"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"BM is a beginning of words too", PLAIN_TEXT),
        (b"<!DOCTYPE html><p>a\tb</p>", "text/html"),
        (b"\r\n  <HTML lang='zh'>", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "text/html"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas'>", "application/xml"),
        (b"<!-- saved\nfrom --> <html>", "text/html"),
        (b"<meta charset=gb2312><table>", "text/html"),
        (b"Page 1\n<html><body></body></html>", "text/html"),
        (b"<b>1</b>", PLAIN_TEXT),
        ("<html><p>甲</p></html>".encode("utf-16"), "text/html"),
        (b"<table><tr><td>1", "text/html"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n", media.MHTML),
        (b"From: <Saved by WPS>\nContent-Type: multipart/related\n\n", media.MHTML),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\n", PLAIN_TEXT),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"a\tb\x00c", UNKNOWN_BINARY),
        (TABLE.encode(), TEXT_TABLE),
        (TABLE.encode("utf-8-sig"), TEXT_TABLE),
        (TABLE.encode("gb18030"), TEXT_TABLE),
        (TABLE.encode("utf-16"), TEXT_TABLE),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), TEXT_TABLE),
        ("只有文字".encode(), PLAIN_TEXT),
        ("吉林省".encode("utf-16"), PLAIN_TEXT),  # 吉 holds the byte of a tab
        (b"\xfe\xff" + "ऀ".encode("utf-16-be"), PLAIN_TEXT),
        (b"", media.EMPTY),
        (b"\xef\xbb\xbf \r\n", media.EMPTY),
        (b"\x00" * 512, media.EMPTY),  # a download that was cut off
        (b"text that mentions %PDF- and <html>", PLAIN_TEXT),
    ],
)
def test_media_type(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


def zipped(*members: str, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for member in members:
            archive.writestr(member, f"content of {member} " * 20)
        archive.comment = comment
    return kept.getvalue()


OFFICE = ("[Content_Types].xml", "_rels/.rels")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped(), media.ZIP),
        (zipped("预算/表.xlsx", "说明.txt"), media.ZIP),
        (zipped(*OFFICE, "xl/workbook.xml", "xl/worksheets/sheet1.xml"), media.XLSX),
        (zipped("xl/worksheets/sheet1.xml", *OFFICE, "xl/Workbook.xml"), media.XLSX),
        (zipped(*OFFICE, "xl\\workbook.xml"), media.XLSX),
        (zipped(*OFFICE, "xl/workbook.xml", comment=b"PK\x05\x06" * 3), media.XLSX),
        (b"PK\x07\x08" + zipped(*OFFICE, "xl/workbook.xml"), media.XLSX),
        (zipped(*OFFICE, "word/document.xml"), media.DOCX),
        (zipped(*OFFICE, "ppt/presentation.xml"), media.PPTX),
        (zipped(*OFFICE, "xl/workbook.bin"), media.XLSB),
        (zipped("OFD.xml", "Doc_0/Document.xml"), media.OFD),
        (zipped("a/xl/workbook.xml"), media.ZIP),  # an unpacked document in an archive
        (zipped("a.txt", "b.xlsx")[:-30], media.ZIP),
        (zipped(*OFFICE, "xl/workbook.xml")[:-30], media.XLSX),  # cut short, and still a workbook
        (zipped(*OFFICE, "word/document.xml")[:-60], media.DOCX),
        (ole({"Workbook": workbook()}), media.XLS),
        (ole({"Book": workbook()}), media.XLS),
        (ole({"WordDocument": b"\xec\xa5" + bytes(40)}), media.WORD),
        (ole({"PowerPoint Document": b""}), media.PPT),
        (ole({"__properties_version1.0": b""}), media.MSG),
        (ole({"Else": b""}), media.OLE),
        (ole({"Workbook": workbook()})[:2000], media.XLS),  # cut short, and still a workbook
        (ole({"Else": b""})[:2000], media.OLE),
        (ole({"EncryptionInfo": b"", "EncryptedPackage": b""}), media.ENCRYPTED),
        (ole({"Workbook": workbook(is_encrypted=True)}), media.ENCRYPTED),
        (ole({"WordDocument": bytes(10) + b"\x00\x01" + bytes(40)}), media.ENCRYPTED),
    ],
)
def test_containers_are_what_they_hold(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


@pytest.mark.parametrize("kind", [media.ODS, media.ODT])
def test_open_documents(kind: str) -> None:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", "<x/>")
    assert media_type(kept.getvalue()) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("项目,金额\n甲,1.00\n乙,2.00\n", media.CSV),
        ('项目,金额\r\n"甲,\n乙","1,200.00"\r\n丙,3.00\r\n', media.CSV),
        ("部门收支总表,,\n,,单位：万元\n收入,1.00,2.00\n", media.CSV),
        ("代码,名称,金额\n\t0201,甲,1\n\t0202,乙,2\n", media.CSV),
        ("项目,金额\n" + "甲,1.00\n" * 30 + "乙\n", media.CSV),  # a row that broke
        ("项目\t金额,万元\n甲\t1.00\n乙\t2.00\n", TEXT_TABLE),
        ("项目\t金额\n甲,乙\t1,200.00\n丙,丁\t2,300.00\n", TEXT_TABLE),
        ("合计 1,200.00\n甲 1,300.00\n", PLAIN_TEXT),
        (
            "First, a sentence.\nThen another, longer, one.\nAnd, at last, three, commas.",
            PLAIN_TEXT,
        ),
        ("one,line", PLAIN_TEXT),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_commas_make_a_table_where_rows_have_one_width(text: str, kind: str, encoding: str) -> None:
    assert media_type(text.encode(encoding)) == kind


def test_damaged_containers_have_a_type_and_cost_nothing() -> None:
    whole = [
        zipped(*OFFICE, "xl/workbook.xml"),
        ole({"Workbook": workbook(is_encrypted=True), "WordDocument": bytes(40)}),
    ]
    drawn = random.Random(8)  # noqa: S311 - damage, the same each time
    tracemalloc.start()
    for _ in range(400):
        data = bytearray(drawn.choice(whole))
        for _ in range(drawn.randint(1, 20)):
            data[drawn.randrange(len(data))] = drawn.choice(
                (0, 1, 0x7F, 0xFF, drawn.randrange(256))
            )
        assert "/" in media_type(bytes(data[: drawn.randint(8, len(data))]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_a_directory_of_a_million_names_is_not_read_to_its_end() -> None:
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *[0] * 9, 1, *[0] * 6) + b"a"
    entries = entry * 200_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65535, 65535, len(entries), 4, 0)
    assert media_type(b"PK\x03\x04" + entries + end) == media.ZIP


def test_the_seed() -> None:
    data = SEED.read_bytes()
    assert media_type(data) == TEXT_TABLE
    assert decode_text(data)[1] == "utf-8"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8-sig"),
        (b"\xff\xfe" + TABLE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16-be"),
        (TABLE.encode("gb18030"), "gb18030"),
    ],
)
def test_text_and_its_encoding(data: bytes, encoding: str) -> None:
    assert decode_text(data) == (TABLE, encoding)


def test_line_ends_stay_as_they_are() -> None:
    assert decode_text(b"a\r\nb\rc\nd")[0] == "a\r\nb\rc\nd"


def test_characters_beyond_gbk_are_read_from_gb18030() -> None:
    text = "㐀𠀀镕\t"
    assert decode_text(text.encode("gb18030")) == (text, "gb18030")


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf\xff", b"\xff\xfea", b"\xff\xfe\x00\xd8", b"\xff"])
def test_bytes_that_no_encoding_fits(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_text(data)


@EXAMPLES
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\ufeff\ufffe"), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_text_comes_back(text: str, encoding: str) -> None:
    decoded, _ = decode_text(text.encode(encoding))
    assert decoded == text


@EXAMPLES
@given(st.binary(max_size=60))
def test_any_bytes_have_a_media_type(data: bytes) -> None:
    kind = media_type(data)
    assert "/" in kind
    assert media_type(data) == kind
    if kind == PLAIN_TEXT and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert b"\t" not in data
        assert b"\x00" not in data
