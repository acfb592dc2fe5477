"""True media types: told from the content; an extension is only a name."""

from __future__ import annotations

import re

from pipelines.documents.delimited import is_comma_separated
from pipelines.documents.ole import ENCRYPTED, MSG, OLE, PPT, WORD, XLS, ole_type
from pipelines.documents.zips import (
    DOCX,
    ODS,
    ODT,
    OFD,
    PPTX,
    XLSB,
    XLSX,
    ZIP,
    zip_type,
)

__all__ = ["DOCX", "ENCRYPTED", "MSG", "ODS", "ODT", "OFD", "OLE", "PPT", "PPTX", "WORD",
           "XLS", "XLSB", "XLSX", "ZIP", "decode_text", "media_type"]  # fmt: skip

EMPTY = "application/x-empty"
TEXT_TABLE = "text/tab-separated-values"
CSV = "text/csv"
PLAIN_TEXT = "text/plain"
UNKNOWN_BINARY = "application/octet-stream"
PDF = "application/pdf"
HTML = "text/html"
#: A web page in one file with its pictures, as Word, WPS and browsers save it.
MHTML = "multipart/related"
XML = "application/xml"
RTF = "application/rtf"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
PNG, JPEG, GIF, BMP, TIFF, WEBP = (
    f"image/{kind}" for kind in ("png", "jpeg", "gif", "bmp", "tiff", "webp")
)
IMAGES = frozenset({PNG, JPEG, GIF, BMP, TIFF, WEBP})

_MAGIC = (
    (b"%PDF-", PDF),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # a member, no member, spanned
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What is expected of a file that is damaged.
WHOLE_FILE = "完整可读的文件 / a whole, readable file"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: How much of a text is looked at for what it is.
_HEAD = 4096
_BEFORE_MARKUP = re.compile(r"(?:\s|<!--.*?-->|<\?xml.*?\?>)*", re.DOTALL)
_HTML_START = re.compile(
    r"<!doctype html|<(?:html|head|meta|title|style|script|link|body|table|div|p|center|font|span"
    r"|form|ul|h[1-6])(?=[\s/>])"
)
_HTML_INSIDE = re.compile(r"(?:<!doctype html|<html[\s>]).*</", re.DOTALL)
_MIME_HEADERS = re.compile(
    r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*content-type:\s*multipart/related", re.ASCII
)


def media_type(data: bytes) -> str:
    """Media type of a document's bytes; ``application/octet-stream`` where they are no text.

    It reads what says the type and no more, so that it holds any bytes whatever. A damaged file
    keeps the type that its first bytes give it; what is wrong with it is for its reader to say.
    """
    if _is_empty(data):
        return EMPTY
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if data.startswith(_ZIP_MAGIC):
        return zip_type(data)
    if data.startswith(_OLE_MAGIC):
        return ole_type(data)
    if b"%PDF-" in data[:1024] and b"endobj" in data:  # what stands before it counts for nothing
        return PDF
    return _picture(data) or _markup(data) or _text(data)


def _is_empty(data: bytes) -> bool:
    """Nothing at all, white space, or the zeros of a download that was cut off."""
    if data.startswith(_UTF16_MARKS):
        return not data.decode("utf-16", "replace").strip("\x00 \t\r\n\f")
    return not data.lstrip(b"\xef\xbb\xbf\x00 \t\r\n\f")


def _picture(data: bytes) -> str | None:
    """Pictures whose first bytes alone would be no evidence."""
    if data.startswith(b"BM") and int.from_bytes(data[2:6], "little") == len(data):
        return BMP
    return WEBP if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else None


def _markup(data: bytes) -> str | None:
    """HTML, a web page in one file, or other XML, by what the text begins with."""
    head = _head(data).lower()
    if _MIME_HEADERS.match(head.replace("\r\n", "\n")):
        return MHTML
    start = _BEFORE_MARKUP.match(head)
    before, rest = (start.group(), head[start.end() :]) if start else ("", head)
    if _HTML_START.match(rest) or _HTML_INSIDE.search(head):
        return HTML
    return XML if "<?xml" in before else None


def _head(data: bytes) -> str:
    """The beginning of a text, letters of ASCII as they are."""
    if data.startswith(_UTF16_MARKS):
        return data[:_HEAD].decode("utf-16", "replace")
    return data[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip()


def _text(data: bytes) -> str:
    """Tables in text by their separators; what has a zero byte is no text."""
    if b"\x00" in data and not data.startswith(_UTF16_MARKS):
        return UNKNOWN_BINARY
    try:
        text, _ = decode_text(data)
    except UnicodeDecodeError:  # its reader says where
        return TEXT_TABLE if b"\t" in data else PLAIN_TEXT
    if is_comma_separated(text):
        return CSV
    return TEXT_TABLE if "\t" in text else PLAIN_TEXT


def decode_text(data: bytes) -> tuple[str, str]:
    """Text of a document and its encoding: byte order mark, strict UTF-8, then GB18030.

    Line ends stay as they are, so places in the text are places in the file.

    Raises:
        UnicodeDecodeError: none of these encodings fits.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig"), "utf-8-sig"
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("gb18030"), "gb18030"
