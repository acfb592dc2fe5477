"""Pages as a Word document, from bare XML: paragraphs, tables with merged cells, page breaks.

A page number stands at the foot of the section, as a field; header rows are marked as such.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.generator.books.cells import grid_rows
from tests.generator.books.pages import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.generator.books.cells import Row
    from tests.generator.books.pages import Book, Page

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.footer+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/{{}}" Target="{{}}"/></Relationships>'
)
_FOOTER = (
    f'<w:ftr xmlns:w="{_W}"><w:p><w:r><w:t>第</w:t></w:r><w:fldSimple w:instr=" PAGE ">'
    "<w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t>页</w:t></w:r></w:p></w:ftr>"
)
#: The end of a page.
BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_END = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId1"/>'
    '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
)
_WIDTH = 1400


def docx(book: Book, pages: Sequence[Page]) -> bytes:
    """The Word document of a book."""
    body = BREAK.join("".join(_pieces(book, page)) for page in pages)
    return package(body + _END, footer=_FOOTER)


def package(body: str, w: str = _W, **parts: str) -> bytes:
    """A document of a body.

    ``parts``: ``footer`` and the like, each referred to as rId1 on; ``w``: the elements' namespace.
    """
    head = f'<w:document xmlns:w="{w}" xmlns:r="{_R}"><w:body>'
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_R}/{name}" Target="{name}1.xml"/>'
        for n, name in enumerate(parts, 1)
    )
    said = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format("officeDocument", "word/document.xml"),
        "word/_rels/document.xml.rels": _RELS.split("<Relationship ", maxsplit=1)[0]
        + related
        + "</Relationships>",
        "word/document.xml": f"{head}{body}</w:body></w:document>",
        **{f"word/{name}1.xml": content for name, content in parts.items()},
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in said.items():  # of no date: the same book, the same bytes
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return made.getvalue()


def _pieces(book: Book, page: Page) -> Iterator[str]:
    for piece in page.pieces:
        if isinstance(piece, Grid):
            yield table(grid_rows(book.sheets[piece.sheet], piece), piece.header)
        else:
            yield from (paragraph(line) for line in piece)


def paragraph(text: str) -> str:
    """A paragraph in runs of a few characters, as editing leaves them."""
    cuts = [text[at : at + 7] for at in range(0, len(text), 7)]
    runs = "".join(
        f'<w:r><w:rPr><w:sz w:val="21"/></w:rPr><w:t xml:space="preserve">{escape(cut)}</w:t></w:r>'
        for cut in cuts
    )
    return f"<w:p>{runs}</w:p>"


def table(rows: Sequence[Row], header: int) -> str:
    """Rows as a table, the first of them header rows."""
    width = len(rows[0])
    grid = f'<w:gridCol w:w="{_WIDTH}"/>' * width
    below: dict[int, tuple[int, int]] = {}
    said = []
    for number, row in enumerate(rows):
        cells, at = [], 0
        while at < width:
            cell = row[at]
            left, cols = below.get(at, (0, 1))
            if cell is not None:
                left, cols = cell.rows, cell.cols
                merge = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
                cells.append(_cell(cols, merge, paragraph(cell.text)))
            else:
                cells.append(_cell(cols, "<w:vMerge/>", "<w:p/>"))
            below[at] = (left - 1, cols)
            at += cols
        marked = "<w:trPr><w:tblHeader/></w:trPr>" if number < header else ""
        said.append(f"<w:tr>{marked}{''.join(cells)}</w:tr>")
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(said)}</w:tbl>"


def _cell(cols: int, merge: str, content: str) -> str:
    span = f'<w:gridSpan w:val="{cols}"/>' if cols > 1 else ""
    width = f'<w:tcW w:w="{cols * _WIDTH}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{width}{span}{merge}</w:tcPr>{content}</w:tc>"
