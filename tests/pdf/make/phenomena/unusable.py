"""Pages whose text cannot be had from the file."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2

from tests.pdf.cases import Case
from tests.pdf.make import browser, tables
from tests.pdf.make.phenomena.places import invisible
from tests.pdf.make.phenomena.sketch import Sketch

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 130


def no_tounicode(folder: Path) -> Case:
    """Glyph numbers of an embedded subset, and nothing that says which characters they are."""
    sketch = Sketch(folder, "no-tounicode")
    table = tables.plain(sketch.rng, 12)
    path = folder / "no-tounicode.pdf"
    browser.as_pdf(browser.html([table]), path)
    # The same length, so that every offset stays true.
    path.write_bytes(path.read_bytes().replace(b"/ToUnicode", b"/NoUnicode"))
    note = "字体没有 ToUnicode，文字不可知，须 OCR / nobody can know the characters: for OCR"
    return Case(path.stem, "chromium", 1, (), ("no_tounicode",), refused=(1,), note=note)


def partly_unknown(folder: Path) -> Case:
    """Only the font of the Chinese characters says what they are; that of the digits does not."""
    sketch = Sketch(folder, "partly-unknown")
    table = tables.plain(sketch.rng, 12)
    path = folder / "partly-unknown.pdf"
    fonts = '"DejaVu Sans", "WenQuanYi Zen Hei"'
    browser.as_pdf(browser.html([table]).replace('"WenQuanYi Zen Hei"', fonts), path)
    data = path.read_bytes()
    first = data.index(b"DejaVu")
    found = min((match.start() for match in re.finditer(b"/ToUnicode", data)),
                key=lambda at: abs(at - first))  # fmt: skip
    path.write_bytes(data[:found] + b"/NoUnicode" + data[found + len(b"/NoUnicode") :])
    note = "数字的字体没有 ToUnicode / the font of the digits says not what they are"
    return Case(path.stem, "chromium", 1, (table.logical((1,)),), ("partly_unknown",),
                flagged=(1,), note=note)  # fmt: skip


def scanned(folder: Path) -> Case:
    sketch, _ = _scan(folder, "scanned")
    note = "只有图像 / a picture only: for OCR"
    return sketch.case("scanned", refused=(1,), note=note)


def scanned_with_ocr(folder: Path) -> Case:
    """Invisible text as an OCR of unknown quality left it: what is printed is the picture."""
    sketch, words = _scan(folder, "scanned-with-ocr")
    for number, text in enumerate(words):
        invisible(sketch, 45 + number % 5 * 100, 100 + number // 5 * 24, text)
    note = "图像上的不可见文字来自 OCR，不可信 / invisible text of an OCR is not what is printed"
    return sketch.case("scanned_with_ocr", refused=(1,), note=note)


def _scan(folder: Path, name: str) -> tuple[Sketch, list[str]]:
    """A page that is a picture of a table, a little askew; and the words on it."""
    with tempfile.TemporaryDirectory() as hidden:
        original = Sketch(Path(hidden), name)
        original.table(tables.plain(original.rng, 12))
        original.paper.save()
        picture = _picture(original.paper.path)
        words = [text for row in original.tables[0].rows for text in row if text]
    sketch = Sketch(folder, name)
    from reportlab.lib.utils import ImageReader

    sketch.paper.canvas.drawImage(ImageReader(picture), 0, 0, *sketch.size)
    return sketch, words


def _picture(path: Path) -> Image:
    with pypdfium2.PdfDocument(path) as document:
        grey: Image = document[0].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    return grey.rotate(0.4, fillcolor=255).convert("1")


CASES = (no_tounicode, partly_unknown, scanned, scanned_with_ocr)
