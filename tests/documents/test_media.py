"""Media types and encodings are told from the content, whatever the name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.documents.media import (
    PLAIN_TEXT,
    TEXT_TABLE,
    UNKNOWN_BINARY,
    decode_text,
    media_type,
)
from tests.conftest import SEED

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
        (b"<!DOCTYPE html><p>a\tb</p>", "text/html"),
        (b"\r\n  <HTML lang='zh'>", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        (b"<?xml version='1.0'?>", "text/html"),
        (b"<table><tr><td>1", "text/html"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", UNKNOWN_BINARY),
        (b"a\tb\x00c", UNKNOWN_BINARY),
        (TABLE.encode(), TEXT_TABLE),
        (TABLE.encode("utf-8-sig"), TEXT_TABLE),
        (TABLE.encode("gb18030"), TEXT_TABLE),
        (TABLE.encode("utf-16"), TEXT_TABLE),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), TEXT_TABLE),
        ("只有文字".encode(), PLAIN_TEXT),
        ("吉林省".encode("utf-16"), PLAIN_TEXT),  # 吉 holds the byte of a tab
        (b"\xfe\xff" + "ऀ".encode("utf-16-be"), PLAIN_TEXT),
        (b"", PLAIN_TEXT),
        (b"text that mentions %PDF- and <html>", PLAIN_TEXT),
    ],
)
def test_media_type(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


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
