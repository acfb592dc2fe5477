"""True media types: told from the content; an extension is only a name."""

from __future__ import annotations

TEXT_TABLE = "text/tab-separated-values"
PLAIN_TEXT = "text/plain"
UNKNOWN_BINARY = "application/octet-stream"
PDF = "application/pdf"

_MAGIC = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"{\\rtf", "application/rtf"),
)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HTML_STARTS = ("<!doctype html", "<html", "<?xml", "<table", "<head")


def media_type(data: bytes) -> str:
    """Media type of a document's bytes; ``application/octet-stream`` where they are no text."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024] and b"endobj" in data:  # what stands before it counts for nothing
        return PDF
    text = head[:64].decode("latin-1").lower()
    if text.startswith(_HTML_STARTS):
        return "text/html"
    if b"\x00" in data and not data.startswith(_UTF16_MARKS):
        return UNKNOWN_BINARY
    if data.startswith(_UTF16_MARKS):  # there other characters (吉) hold a tab's byte too
        return TEXT_TABLE if "\t" in data.decode("utf-16", "replace") else PLAIN_TEXT
    return TEXT_TABLE if b"\t" in data else PLAIN_TEXT


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
