"""The text of a web page: what it says of its encoding is tried first, and never just believed."""

from __future__ import annotations

import re

#: A page says its encoding near its beginning.
_HEAD = 8192
_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]*encoding=[\"']([\w.:-]+)", re.IGNORECASE
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: What is called by these names is often written in the larger set that holds it; browsers read so.
_LARGER = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
}
_CHINESE = re.compile("[\u4e00-\u9fff]")
#: Of how many characters one may be damaged, if the rest shall be read.
_DAMAGED = 100


def decoded(data: bytes, named: str | None = None) -> tuple[str, str] | None:
    """The text of a page and its encoding; none if no encoding fits.

    A byte order mark decides; then each encoding that reads all bytes, the one that the page names
    before others. UTF-8 that gives Chinese goes first whatever is named: no other encoding gives
    that by chance. Where a few bytes are damaged, they are U+FFFD in the text.

    Args:
        data: The bytes of the page.
        named: What is said of its encoding beside it.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    said = _LARGER.get((named or _named(data)).lower(), "utf-8")
    order = list(dict.fromkeys(("utf-8", said, "gb18030")))
    texts = {encoding: data.decode(encoding, "replace") for encoding in order}
    whole = [encoding for encoding in order if "\ufffd" not in texts[encoding]]
    if "utf-8" in whole and not (_CHINESE.search(texts["utf-8"]) or data.isascii()):
        whole = [said, *whole] if said in whole else whole
    if whole:
        return texts[whole[0]], whole[0]
    least = min(order, key=lambda encoding: texts[encoding].count("\ufffd"))
    text = texts[least]
    return (text, least) if text.count("\ufffd") * _DAMAGED <= len(text) else None


def _named(data: bytes) -> str:
    match = _CHARSET.search(data[:_HEAD])
    return (match[1] or match[2]).decode("ascii") if match else ""
