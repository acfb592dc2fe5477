"""Pages as HTML: as a site prints them, and as Word, WPS and old sites save them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from tests.generator.books.cells import grid_rows
from tests.generator.books.pages import Grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.generator.books.cells import Row
    from tests.generator.books.pages import Book, Page


@dataclass(frozen=True)
class Dress:
    """How markup looks around the same words.

    Attributes:
        head: What stands in the head of the page.
        line: A line of text.
        table: A table's opening.
        cell: What stands around a cell's text.
        blank: What stands in a blank cell.
        encoding: Of the bytes.
        frame: What stands around the body.
    """

    head: str
    line: Callable[[str], str]
    table: str
    cell: Callable[[str], str]
    blank: str
    encoding: str
    frame: tuple[str, str] = ("", "")


_MSO = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta http-equiv=Content-Type '
    'content="text/html; charset=gb2312"><meta name=Generator content="{}">'
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View></w:WordDocument></xml>"
    '<![endif]--><style><!-- p.MsoNormal {{mso-style-parent:""; margin:0cm;}} --></style></head>'
)
DRESSES: dict[str, Dress] = {
    "plain": Dress(
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>预算公开</title></head>',
        lambda text: f"<p>{text}</p>", '<table border="1">', lambda text: text, "", "utf-8",
        ("<div id=nav style='display:none'>首页</div><table width='100%'><tr><td>",
         "</td></tr></table><script>var count = 1;</script>"),
    ),
    "word": Dress(
        _MSO.format("Microsoft Word 15"),
        lambda text: f"<p class=MsoNormal align=center><b><span style='font-size:16.0pt;"
        f"font-family:宋体;mso-bidi-font-family:宋体'>{text}<span lang=EN-US><o:p></o:p></span>"
        "</span></b></p>",
        "<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 "
        "style='border-collapse:collapse;mso-yfti-tbllook:1184'>",
        lambda text: f"<p class=MsoNormal><span lang=EN-US style='font-size:9.0pt'>{text}"
        "<o:p></o:p></span></p>",
        "<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>", "gb18030",
    ),
    "wps": Dress(
        _MSO.format("WPS Office").replace("gb2312", "utf-8"),
        lambda text: f'<p class="p0" style="margin-top:0pt;"><font face="宋体">{text}</font>'
        '<span style="mso-spacerun:\'yes\';"><o:p></o:p></span></p>',
        '<table style="border-collapse:collapse;mso-table-layout-alt:fixed;">',
        lambda text: f'<p class="p15"><span style="mso-spacerun:\'yes\';font-size:9.0000pt;">'
        f'<font face="宋体">{text}</font></span><o:p></o:p></p>',
        '<p class="p15"><span style="font-size:9.0000pt;"><o:p>&nbsp;</o:p></span></p>', "utf-8",
    ),
    "gb2312": Dress(
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=gb2312'></head>",
        lambda text: f"<div><font size=4>{text}</font><br></div>", "<TABLE cellspacing=1>",
        lambda text: f"<FONT size=2>{text}</FONT>", "&nbsp;", "gb18030",
    ),
}  # fmt: skip


def html(book: Book, pages: Sequence[Page], dress: str = "plain") -> bytes:
    """The web page of a book, in one of ``DRESSES``."""
    wear = DRESSES[dress]
    body = "\n<hr>\n".join("\n".join(_pieces(book, page, wear)) for page in pages)
    before, after = wear.frame
    return f"{wear.head}<body>{before}{body}{after}</body></html>".encode(wear.encoding)


def _pieces(book: Book, page: Page, wear: Dress) -> Iterator[str]:
    for piece in page.pieces:
        if isinstance(piece, Grid):
            yield table(grid_rows(book.sheets[piece.sheet], piece), wear)
        else:
            yield from (wear.line(escape(line)) for line in piece)


def table(rows: Sequence[Row], wear: Dress) -> str:
    """Rows as a table."""
    said = ["".join(_cells(row, wear)) for row in rows]
    return wear.table + "\n".join(f"<tr>{row}</tr>" for row in said) + "</table>"


def _cells(row: Row, wear: Dress) -> Iterator[str]:
    for cell in row:
        if cell is not None:
            spans = "".join(f" {name}={n}" for name, n in
                            (("colspan", cell.cols), ("rowspan", cell.rows)) if n > 1)  # fmt: skip
            text = wear.cell(escape(cell.text)) if cell.text else wear.blank
            yield f"<td{spans}>{text}</td>"
