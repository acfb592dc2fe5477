"""PDFs made to break readers, and what must become of each."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.pdfs import ruled, stream, words, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ID = b"0123456789abcdef"
#: What each of them shows, where it can be read.
TEXT = ("7.50", "1203")
_TABLE = ruled([20, 120, 220], [50, 90, 130]) + words(25, 60, TEXT[0]) + words(125, 60, TEXT[1])


#: The worker dies of it or comes to a limit: that depends on the machine, and is told either way.
GUARDED = ("reader_died", "reader_limits")


@dataclass(frozen=True)
class Hostile:
    """A document, and what must become of it.

    Attributes:
        make: Writes it.
        ends: What may become of it: ``read``; ``blank``, if PDFium shows nothing of it; the rule by
            which it is refused.
        flag: What must flag its pages if it is read.
        pages: How many it must have if it is read.
        is_slow: Whether it takes long to make or to read.
    """

    make: Callable[[], bytes]
    ends: tuple[str, ...] = ("read",)
    flag: str | None = None
    pages: int = 1
    is_slow: bool = False


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"
_RESOURCES = b"/Resources << /Font << /F 5 0 R >> %s >>"


def page(content: bytes, said: bytes = b"", box: bytes = b"0 0 400 300", **more: bytes) -> bytes:
    """A file of one page; ``more`` by ``o6``, ``o7``, …: further objects."""
    resources = _RESOURCES % more.pop("resources", b"")
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] %s /Contents 4 0 R >>" % (box, resources),
        4: stream(content, said),
        5: _FONT,
    }
    return written(objects | {int(name[1:]): said for name, said in more.items()})


def pages(kids: bytes, count: int, more: Mapping[int, bytes]) -> bytes:
    """A file with a page tree of its own."""
    return written(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
            4: stream(_TABLE.encode()),
            5: _FONT,
            **more,
        }
    )


def _one(parent: int = 2) -> bytes:
    return b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 400 300] %s /Contents 4 0 R >>" % (
        parent,
        _RESOURCES % b"",
    )


def many_pages(count: int) -> bytes:
    """All of them show the same."""
    numbers = range(6, 6 + count)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    return pages(kids, count, dict.fromkeys(numbers, _one()))


def bomb(size: int, filters: int = 1) -> bytes:
    """A table, and then white space; compressed once or several times."""
    data = b""
    squeeze = zlib.compressobj(9)
    data += squeeze.compress(_TABLE.encode())
    blank = b" " * (1 << 20)
    for _ in range(size >> 20):
        data += squeeze.compress(blank)
    data += squeeze.flush()
    for _ in range(filters - 1):
        data = zlib.compress(data, 9)
    return page(data, b"/Filter [%s]" % (b"/FlateDecode " * filters))


def encrypted(user: bytes, owner: bytes) -> bytes:
    """A table, encrypted by the first standard (RC4, 40 bits)."""

    def padded(password: bytes) -> bytes:
        return (password + _PADDING)[:32]

    allowed = (-4).to_bytes(4, "little", signed=True)
    by_owner = _rc4(hashlib.md5(padded(owner)).digest()[:5], padded(user))  # noqa: S324
    key = hashlib.md5(padded(user) + by_owner + allowed + _ID).digest()[:5]  # noqa: S324
    by_user = _rc4(key, _PADDING)
    of_object = key + (4).to_bytes(3, "little") + bytes(2)
    content = _rc4(hashlib.md5(of_object).digest()[:10], _TABLE.encode())  # noqa: S324
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: _one(),
        4: stream(content),
        5: _FONT,
        6: b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
        % (by_owner.hex().encode(), by_user.hex().encode()),
    }
    identity = _ID.hex().encode()
    return written(objects, b"/Encrypt 6 0 R /ID [<%s> <%s>]" % (identity, identity))


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _form(inner: bytes, content: bytes) -> bytes:
    said = b"/Type /XObject /Subtype /Form /BBox [0 0 400 300] /Resources << /XObject << %s >> >>"
    return stream(content, said % inner)


def nested_forms(depth: int, fan: int = 1) -> bytes:
    """Forms within forms, each drawn ``fan`` times: fan to the power of depth in all."""
    draw = b"/X Do " * fan
    forms = {f"o{6 + level}": _form(b"/X %d 0 R" % (7 + level), draw) for level in range(depth)}
    forms[f"o{6 + depth}"] = _form(b"", b"1 0 0 1 1 1 cm 0 0 9 9 re S")
    return page(_TABLE.encode() + draw, resources=b"/XObject << /X 6 0 R >>", **forms)


def _content(text: str) -> bytes:
    return page(_TABLE.encode() + text.encode())


def _crosses(many: int) -> bytes:
    """Short rules, each on its own."""
    width = int(many**0.5)
    drawn = (
        f"{x} {y} m {x + 5} {y} l S {x} {y} m {x} {y + 5} l S "
        for x, y in (
            (300 + 12 * column, 300 + 12 * row) for row in range(width) for column in range(width)
        )
    )
    return page((_TABLE + "".join(drawn)).encode(), box=b"0 0 9999 9999")


def _wall_of_text(lines: int) -> bytes:
    """A thousand characters a line."""
    drawn = (
        words(300 + 130 * column, 5 + 3 * line, f"{line:05}{column}" + "0123456789" * 9 + "abcd", 2)
        for line in range(lines)
        for column in range(10)
    )
    return page((_TABLE + "".join(drawn)).encode(), box=b"0 0 1700 3300")


def _tree_in_a_circle() -> bytes:
    inner = b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 6 0 R] /Count 2 >>"
    return pages(b"6 0 R", 2, {6: inner})


def _deep_tree(depth: int) -> bytes:
    tree = {
        number: b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>"
        % (number - 1 if number > 6 else 2, number + 1)
        for number in range(6, 6 + depth)
    }
    return pages(b"6 0 R", 1, tree | {6 + depth: _one(5 + depth)})


def _form_in_itself() -> bytes:
    form = _form(b"/X 6 0 R", b"/X Do /X Do")
    return page(_TABLE.encode() + b"/X Do", resources=b"/XObject << /X 6 0 R >>", o6=form)


def _said(entries: bytes, **more: bytes) -> bytes:
    """A table on a page with these entries in its dictionary."""
    return page(_TABLE.encode(), box=b"0 0 400 300] %s /A [0" % entries, **more)


def _box(box: bytes) -> bytes:
    return page(_TABLE.encode(), box=box)


def _late() -> bytes:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: _one(),
        4: stream(_TABLE.encode()),
        5: _FONT,
    }
    return written(objects, head=b"junk\n" * 100)


HOSTILE: dict[str, Hostile] = {
    "as_it_should_be": Hostile(lambda: _content("")),
    "user_password": Hostile(lambda: encrypted(b"secret", b"other"), ("encrypted_document",)),
    "owner_password_only": Hostile(lambda: encrypted(b"", b"other")),
    "header_late": Hostile(_late),
    # page trees
    "no_pages": Hostile(lambda: pages(b"", 0, {}), ("unreadable_document",)),
    "pages_that_are_none": Hostile(
        lambda: pages(b"1 0 R 4 0 R", 2, {}), ("blank",), "blank_page", pages=2
    ),
    "count_of_a_billion": Hostile(lambda: pages(b"6 0 R", 10**9, {6: _one()})),
    "count_below_zero": Hostile(lambda: pages(b"6 0 R", -1, {6: _one()})),
    "tree_in_a_circle": Hostile(_tree_in_a_circle, ("page_unreadable",)),
    "deep_tree": Hostile(lambda: _deep_tree(3000), ("page_unreadable",)),
    "thousand_pages": Hostile(lambda: many_pages(1000), pages=1000),
    "ten_thousand_pages": Hostile(lambda: many_pages(10_000), pages=10_000, is_slow=True),
    # forms and contents
    "form_in_itself": Hostile(_form_in_itself, ("read", *GUARDED), is_slow=True),
    "forms_in_forms": Hostile(lambda: nested_forms(3000)),
    "forms_that_multiply": Hostile(lambda: nested_forms(12, 4), ("read", *GUARDED), is_slow=True),
    "contents_in_a_circle": Hostile(lambda: _said(b"/Contents [6 0 R 4 0 R]", o6=b"[6 0 R 4 0 R]")),
    "unbalanced_states": Hostile(lambda: _content("q " * 200_000)),
    "deep_arrays": Hostile(lambda: _content("[" * 200_000)),
    "deep_dictionaries": Hostile(
        lambda: page(_TABLE.encode(), b"/X " + b"<< /A " * 100_000), ("blank",), "blank_page"
    ),
    # boxes and numbers
    "huge_box": Hostile(lambda: _box(b"0 0 1e9 1e9")),
    "endless_box": Hostile(lambda: _box(b"0 0 " + b"9" * 400 + b" 300")),
    "box_of_nothing": Hostile(lambda: _box(b"5 5 5 5")),
    "box_of_words": Hostile(lambda: _box(b"nan inf /A null")),
    "user_unit": Hostile(lambda: _said(b"/UserUnit 1e30")),
    "huge_numbers": Hostile(
        lambda: _content(f"1e308 0 0 1e308 0 0 cm {'9' * 300} 0 m 0 -1e38 l S 0 0 1e300 nan re f ")
    ),
    "numbers_that_are_none": Hostile(
        lambda: _content("nan inf m -nan --5 l S q 0 0 0 0 0 0 cm 0 0 9 9 re S Q NaN 1 2 3 re f ")
    ),
    "strange_sizes": Hostile(
        lambda: _content("BT /F 0 Tf 5 5 Td (a) Tj 0 0 0 0 9 9 Tm (b) Tj /F 1e30 Tf (c) Tj ET ")
    ),
    # too much
    "bomb": Hostile(lambda: bomb(64 << 20)),
    "bomb_of_gigabytes": Hostile(lambda: bomb(4 << 30), GUARDED, is_slow=True),
    "bomb_in_bomb": Hostile(lambda: bomb(1 << 30, 3), ("read", *GUARDED), is_slow=True),
    "hundred_filters": Hostile(lambda: bomb(1 << 20, 100)),
    "thousands_of_rules": Hostile(lambda: _crosses(3000), flag="too_many_rules"),
    "million_rules": Hostile(
        lambda: _crosses(500_000), ("read", *GUARDED), "too_many_rules", is_slow=True
    ),
    "million_segments": Hostile(
        lambda: _content(
            "0 0 m " + "".join(f"{n % 397} {n % 293} l " for n in range(1_000_000)) + "S "
        ),
        ("read", *GUARDED),
        is_slow=True,
    ),
    "million_shapes": Hostile(
        lambda: _content("1 1 m 50 9 l 9 70 l 30 2 l 5 5 l 8 8 l f " * 1_000_000),
        ("read", *GUARDED),
        is_slow=True,
    ),
    "wall_of_text": Hostile(lambda: _wall_of_text(30)),
    "million_characters": Hostile(lambda: _wall_of_text(1000), ("read", *GUARDED), is_slow=True),
}
