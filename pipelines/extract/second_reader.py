"""The second reader: pdfplumber, another decoder by another author, reads named cells again.

It knows nothing of how the first reader found them but their boxes. It is asked where an identity
is broken: if both readers read the same, the error is the source's.
"""

from __future__ import annotations

import re
import unicodedata
from importlib.metadata import version
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pdfplumber.page import Page

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Numbers = np.ndarray[Any, np.dtype[np.intp]]

#: What is asked: all cells and lines that the first reader has on the pages in question (grid 0:
#: lines), and which of them are to be read again. Boxes as in ``grids.CELL_SCHEMA``.
ASKED_SCHEMA: dict[str, Any] = {
    "cell_id": pl.String,
    "page_no": pl.Int32,
    "grid_no": pl.Int32,
    "x0": pl.Float64,
    "y0": pl.Float64,
    "x1": pl.Float64,
    "y1": pl.Float64,
    "text": pl.String,
    "is_asked": pl.Boolean,
}
#: Grain: a row per cell that was asked, and per number that the first reader has nowhere
#: (``stray``: without a cell). ``how``: ``table``, by pdfplumber's own rulings; ``box``, by the
#: first reader's box; ``stray``; ``unread``: it could not read, ``second`` says why.
SECOND_SCHEMA: dict[str, Any] = {
    "cell_id": pl.String,
    "page_no": pl.Int32,
    "first": pl.String,
    "second": pl.String,
    "how": pl.String,
    "agrees": pl.Boolean,
}
#: More than these on a page are no budget table, and would take pdfplumber minutes.
MAX_CHARS = 30_000
MAX_EDGES = 5_000
MAX_PAGES = 500
#: A cell of pdfplumber's table is the one meant if its edges are as near as this, in points.
_NEAR = 4.0
#: Letters of one word stand no farther apart, in points.
_WORD_GAP = 1.5
#: Letters whose line leaves its axis by more than this ratio run askew.
_SLANT = 0.05
#: Lines of the first reader are as high as their letters: a little more is their place.
_ROUND_LINES = (-2.0, -2.0, 2.0, 2.0)
_RULED = {"vertical_strategy": "lines", "horizontal_strategy": "lines"}
_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–—", "-"))
_NUMBER = re.compile(r"[-+]?¥?[0-9][0-9,]*(?:\.[0-9]+)?%?")
_DIGITS = re.compile(r"[0-9][0-9,.]*")


class TooMuchError(ValueError):
    """More pages or characters than the second reader takes; the message says how many."""


def reader_name() -> str:
    """The second reader with its version, for people and as evidence."""
    return f"pdfplumber {version('pdfplumber')}"


def read_again(data: bytes, asked: pl.DataFrame) -> pl.DataFrame:
    """Read the cells that are asked, and look for numbers that the first reader has nowhere.

    All pages from the first to the last one in ``asked`` are looked at, so that a page of which
    the first reader has nothing is missed too.

    Args:
        data: A PDF.
        asked: Frame of ``ASKED_SCHEMA``, of one statement.

    Returns:
        A frame of ``SECOND_SCHEMA``.

    Raises:
        TooMuchError: it would take too long.
        Exception: whatever pdfplumber raises on a file that it cannot read.
    """
    import pdfplumber

    if asked.is_empty():
        return pl.DataFrame(schema=SECOND_SCHEMA)
    numbers = asked["page_no"]
    pages = range(int(numbers.min()), int(numbers.max()) + 1)  # type: ignore[arg-type]
    if len(pages) > MAX_PAGES:
        raise TooMuchError(f"{len(pages)} 页，上限 {MAX_PAGES} / pages, at most {MAX_PAGES}")
    rows: list[tuple[str | None, int, str | None, str, str, bool]] = []
    with pdfplumber.open(BytesIO(data), pages=list(pages)) as pdf:
        for page in pdf.pages:
            cells = asked.filter(pl.col("page_no") == page.page_number)
            rows += _read_page(page, cells)
            page.close()
    return pl.DataFrame(rows, schema=SECOND_SCHEMA, orient="row")


def agree(first: str, second: str) -> bool:
    """Whether two readings of a cell are the same: a number by digits, point and sign.

    Other texts by their characters in any order: lines of a cell may be sorted differently.
    """
    one, other = folded(first), folded(second)
    if one == other:
        return True
    if _NUMBER.fullmatch(one) or _NUMBER.fullmatch(other):
        return _plain(one) == _plain(other)
    return sorted(one) == sorted(other)


def folded(text: str) -> str:
    """NFKC, without white space, with one kind of minus."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_MINUS)


def _plain(number: str) -> str:
    return re.sub("[,¥+]", "", number)


def _read_page(
    page: Page, cells: pl.DataFrame
) -> Iterator[tuple[str | None, int, str | None, str, str, bool]]:
    """Rows of SECOND_SCHEMA of one page."""
    shown = _shown(page)
    glyphs = _Glyphs(page, shown)
    tables = _tables(page)
    table_cells = np.concatenate([np.empty((0, 4)), *tables])
    shift = np.concatenate([shown[:2], shown[:2]])
    seconds: dict[str, str] = {}
    for cell_id, text, *box in (
        cells.filter("is_asked").select("cell_id", "text", "x0", "y0", "x1", "y1").iter_rows()
    ):
        mine = np.array(box) + shift
        own = _same(mine, table_cells)
        second = seconds[cell_id] = glyphs.text_in(mine if own is None else own)
        how = "box" if own is None else "table"
        yield cell_id, page.page_number, text, second, how, agree(text, second)
    seen = pl.col("cell_id").replace_strict(seconds, default="", return_dtype=pl.String)
    for number in _strays(glyphs, tables, cells.with_columns(second=seen), shift):
        yield None, page.page_number, None, number, "stray", False


class _Ordered(list[dict[str, Any]]):
    """Characters whose ``index`` is looked up: ``dedupe_chars`` asks it for every one."""

    def __init__(self, chars: Iterable[dict[str, Any]]) -> None:
        super().__init__(chars)
        self._place = {id(char): place for place, char in enumerate(self)}

    def index(self, char: dict[str, Any], *_: Any) -> int:
        return self._place[id(char)]


class _Glyphs:
    """Characters of a page as shown, along its axes, each once: bold may be printed by two prints.

    Attributes:
        boxes: Of the characters, n × 4, as pdfplumber counts.
        texts: Theirs.
    """

    def __init__(self, page: Page, shown: Floats) -> None:
        """``shown``: box of the page that is shown; what stands beyond is not printed."""
        from pdfplumber.utils.text import dedupe_chars

        if len(page.chars) > MAX_CHARS:
            raise TooMuchError(
                f"p{page.page_number}: {len(page.chars)} 个字符，上限 {MAX_CHARS} / characters, at "
                f"most {MAX_CHARS}"
            )
        straight = _Ordered(
            c for c in page.chars if c["text"].strip() and _is_straight(c["matrix"])
        )
        box = ("x0", "top", "x1", "bottom")
        chars = [
            char
            for char in dedupe_chars(straight)
            if _holding(shown[None], np.array([char[n] for n in box])).size
        ]
        self.texts: list[str] = [c["text"] for c in chars]
        self.boxes = np.array([[c[n] for n in box] for c in chars], dtype=float).reshape(-1, 4)
        self._turns = np.array([_turns(c["matrix"]) for c in chars], dtype=int)

    def text_in(self, box: Floats) -> str:
        """What stands in a box, line by line: characters whose centre is in it."""
        middle = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        inside = ((middle >= box[:2]) & (middle < box[2:])).all(axis=1)
        lines = self._lines(np.flatnonzero(inside))
        return "\n".join("".join(self.texts[i] for i in line) for line in lines)

    def words(self) -> Iterator[Numbers]:
        """Places of the characters of each word: those printed one after another, without a gap."""
        places = np.arange(len(self.texts))
        if not places.size:
            return
        upright = self._upright(places)
        middle, height = (upright[:, 1] + upright[:, 3]) / 2, upright[:, 3] - upright[:, 1]
        gap = upright[1:, 0] - upright[:-1, 2]
        is_next = (np.abs(gap) > _WORD_GAP) | (np.abs(np.diff(middle)) > height[1:] / 2)
        yield from np.split(places, np.flatnonzero(is_next) + 1)

    def text(self, places: Numbers) -> str:
        """The characters at these places."""
        return "".join(self.texts[i] for i in places)

    def _lines(self, places: Numbers) -> list[Numbers]:
        """Places, line by line in reading order."""
        if not places.size:
            return []
        turned = self._upright(places)
        middle, height = (turned[:, 1] + turned[:, 3]) / 2, turned[:, 3] - turned[:, 1]
        order = np.argsort(middle, kind="stable")
        is_next = np.diff(middle[order]) > np.minimum(height[order][1:], height[order][:-1]) / 2
        return [
            places[line[np.argsort(turned[line, 0], kind="stable")]]
            for line in np.split(order, np.flatnonzero(is_next) + 1)
        ]

    def _upright(self, places: Numbers) -> Floats:
        """Boxes, turned so that most letters are upright."""
        boxes = self.boxes[places]
        for _ in range(int(np.bincount(self._turns[places]).argmax())):
            x0, y0, x1, y1 = boxes.T
            boxes = np.stack([-y1, x0, -y0, x1], axis=1)
        return boxes


def _is_straight(matrix: Sequence[float]) -> bool:
    """Whether letters run along an axis, be they upright or italic; watermarks run askew."""
    along, across = abs(matrix[0]), abs(matrix[1])
    return min(along, across) <= _SLANT * max(along, across)


def _turns(matrix: Sequence[float]) -> int:
    """How often letters are to be turned by 90° clockwise to be upright."""
    a, b = matrix[:2]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def _tables(page: Page) -> list[Floats]:
    """Boxes of the cells, n × 4, of each ruled table that pdfplumber finds."""
    if len(page.edges) > MAX_EDGES:
        return []
    return [np.array(table.cells, dtype=float) for table in page.find_tables(_RULED)]


def _shown(page: Page) -> Floats:
    """The box of the page as shown, as pdfplumber counts.

    pdfplumber counts from the MediaBox, shown is the CropBox within it, both turned.
    """
    media = _corners(page.page_obj.attrs["MediaBox"])
    said = _corners(page.page_obj.attrs.get("CropBox") or media)
    crop = np.concatenate([np.maximum(said[:2], media[:2]), np.minimum(said[2:], media[2:])])
    if (crop[:2] >= crop[2:]).any():
        crop = media
    left, bottom = crop[:2] - media[:2]
    right, top = media[2:] - crop[2:]
    corners = {0: (left, top), 90: (bottom, left), 180: (right, bottom), 270: (top, right)}
    corner = np.array(page.mediabox[:2]) + corners.get(page.rotation, (left, top))
    size = crop[2:] - crop[:2]
    return np.concatenate([corner, corner + (size if page.rotation % 180 == 0 else size[::-1])])


def _corners(box: Any) -> Floats:
    from pdfminer.pdftypes import resolve_all

    x0, y0, x1, y1 = (float(value) for value in resolve_all(box))
    return np.array([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)])


def _same(box: Floats, cells: Floats) -> Floats | None:
    """The cell that holds the box's centre and about equals it."""
    near = np.abs(cells - box).max(axis=1, initial=0) <= _NEAR
    fit = [i for i in _holding(cells, box) if near[i]]
    return cells[fit[0]] if fit else None


def _holding(boxes: Floats, box: Floats) -> Numbers:
    """Which boxes hold the centre of a box."""
    x, y = (box[:2] + box[2:]) / 2
    x0, y0, x1, y1 = boxes.T
    return np.flatnonzero((x0 <= x) & (x < x1) & (y0 <= y) & (y < y1))


def _around(boxes: Floats) -> Floats:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _strays(
    glyphs: _Glyphs, tables: Sequence[Floats], cells: pl.DataFrame, shift: Floats
) -> Iterator[str]:
    """Numbers that stand in a table and are not in the cell, or line, at their place.

    ``cells``: with what either reader has there: one that differs is named already. A table
    reaches as far as either reader's cells do. Elsewhere a number must be in some cell or line of
    the page.
    """
    placed = cells.filter(pl.col("x0").is_not_null())
    boxes = placed.select("x0", "y0", "x1", "y1").to_numpy() + shift
    texts = [f"{folded(a)}\n{folded(b)}" for a, b in placed.select("text", "second").iter_rows()]
    everywhere = "\n".join(folded(text) for text in cells["text"])
    grids = placed["grid_no"].to_numpy()
    areas = [_around(boxes[grids == number]) for number in np.unique(grids[grids > 0])]
    within = np.array([*areas, *map(_around, tables)]).reshape(-1, 4)
    boxes[grids == 0] += _ROUND_LINES

    def known(places: Numbers) -> str:
        """What the first reader has at the place of these characters."""
        return "\n".join(texts[i] for i in _holding(boxes, _around(glyphs.boxes[places])))

    for word in glyphs.words():
        said = glyphs.text(word)
        if not _DIGITS.search(folded(said)):
            continue
        if not _holding(within, _around(glyphs.boxes[word])).size:
            is_known = _has(everywhere, said)
        elif not (is_known := _has(known(word), said)):  # of several cells, perhaps
            homes = [known(word[i : i + 1]) for i in range(word.size)]
            cuts = [i for i, (one, other) in enumerate(pairwise(homes), 1) if one != other]
            parts = np.split(word, cuts)
            is_known = all(
                _has(homes[at], glyphs.text(part))
                for at, part in zip([0, *cuts], parts, strict=True)
            )
        if not is_known:
            yield said


def _has(text: str, said: str) -> bool:
    """Whether every number that is said stands in a folded text."""
    return all(number in text for number in _DIGITS.findall(folded(said)))
