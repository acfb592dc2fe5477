"""Prints tables through LibreOffice: from a workbook, and from a text document."""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.pdf.make.model import Cell, Table

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SERIF, SANS = "Noto Serif CJK SC", "WenQuanYi Zen Hei"
#: Twentieths of a point; points of a character's width in a workbook.
TWIPS, CHARACTER = 20, 4.9
_ALIGNS = ("left", "center", "right")


def as_pdf(source: bytes, suffix: str, path: Path) -> None:
    """Have LibreOffice print a document, in a profile of its own."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, f"{path.stem}.{suffix}")
        document.write_bytes(source)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(document)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        path.write_bytes(document.with_suffix(".pdf").read_bytes())


def xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook, a sheet a table: title, the line above the table, the table."""
    numbers = range(1, len(tables) + 1)
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n - 1}">S{n}!${4}:${3 + t.header_rows}</definedName>'
        for n, t in zip(numbers, tables, strict=True)
        if t.repeat_header and t.header_rows
    )
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets>'
                           f"<definedNames>{titles}</definedNames></workbook>",
        "xl/styles.xml": _styles(),
        "xl/_rels/workbook.xml.rels": _relations(
            [*((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers), ("rs", "styles", "styles.xml")]),
        "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
        **{f"xl/worksheets/sheet{n}.xml": _sheet(t) for n, t in zip(numbers, tables, strict=True)},
    }  # fmt: skip
    kinds = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles",
             **{f"xl/worksheets/sheet{n}.xml": "worksheet" for n in numbers}}  # fmt: skip
    prefix = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _package(parts, {f"/{part}": f"{prefix}.{kind}+xml" for part, kind in kinds.items()})


def docx(tables: Sequence[Table]) -> bytes:
    """A text document, a section a table; rows may be cut by pages, headers are printed again."""
    body = "".join(_section(table, is_last=n == len(tables)) for n, table in enumerate(tables, 1))
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "_rels/.rels": _relations([("r1", "officeDocument", "word/document.xml")]),
    }
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _package(parts, {"/word/document.xml": kind})


def _styles() -> str:
    """Style 0 bare, 1 title, then the alignments within borders, then without."""
    fonts = "".join(f'<font><sz val="{size}"/><name val="{SERIF}"/></font>' for size in (9, 14))
    side = "".join(f'<{s} style="thin"/>' for s in ("left", "right", "top", "bottom"))
    formats = '<xf fontId="0" borderId="0"/><xf fontId="1" borderId="0" applyAlignment="1"><alignment horizontal="center"/></xf>'
    for border in (1, 0):
        for align in _ALIGNS:
            formats += (f'<xf fontId="0" borderId="{border}" applyBorder="1" applyAlignment="1">'
                        f'<alignment horizontal="{align}" vertical="center" wrapText="{border}"/></xf>')  # fmt: skip
    return (f'<styleSheet xmlns="{SHEET}"><fonts count="2">{fonts}</fonts><fills count="1"><fill/></fills>'
            f'<borders count="2"><border/><border>{side}</border></borders>'
            f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="8">{formats}</cellXfs></styleSheet>')  # fmt: skip


def _sheet(table: Table) -> str:
    """Row 1 title, row 2 what stands above, row 3 empty, the table from row 4."""
    last = len(table.widths)
    columns = "".join(f'<col min="{n}" max="{n}" width="{w / CHARACTER:.2f}" customWidth="1"/>'
                      for n, w in enumerate(table.widths, 1))  # fmt: skip
    rows = [_row(1, 26, {0: (table.title, 1)}),
            _row(2, 14, {0: (table.above[0], 5), last - 1: (table.above[1], 7)}), _row(3, 3, {})]  # fmt: skip
    merges = [f"A1:{_address(last - 1, 1)}"]
    for number, (cells, height) in enumerate(zip(table.grid, _heights(table), strict=True), 4):
        # Covered cells bear borders too, else the far sides of merged cells have none.
        said = {
            c: (cell.text, 2 + _ALIGNS.index(cell.align)) if cell else ("", 2)
            for c, cell in enumerate(cells)
        }
        rows.append(_row(number, height, said))
        merges += [f"{_address(c, number)}:{_address(c + cell.cols - 1, number + cell.rows - 1)}"
                   for c, cell in enumerate(cells) if cell and (cell.rows, cell.cols) != (1, 1)]  # fmt: skip
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
    side = "landscape" if table.landscape else "portrait"
    return (f'<worksheet xmlns="{SHEET}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><cols>{columns}</cols>'
            f'<sheetData>{"".join(rows)}</sheetData><mergeCells count="{len(merges)}">{merged}</mergeCells>'
            '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            f'<pageSetup paperSize="9" orientation="{side}" fitToWidth="1" fitToHeight="0"/></worksheet>')  # fmt: skip


def _heights(table: Table) -> list[float]:
    """Of the rows in points: as many lines as the longest text of one row needs."""
    edges = list(accumulate(table.widths, initial=0.0))
    heights: list[float] = []
    for cells in table.grid:
        lines = 1.0
        for c, cell in enumerate(cells):
            if cell and cell.rows == 1:
                room = edges[c + cell.cols] - edges[c] - 6
                length = sum(5.4 if ch.isascii() else 9.4 for ch in cell.text)
                lines = max(lines, 1.15 * length / room)
        heights.append(8 + 14 * ceil(lines))
    return heights


def _row(number: int, height: float, cells: dict[int, tuple[str, int]]) -> str:
    said = "".join(
        f'<c r="{_address(column, number)}" s="{style}"' + (
            f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else "/>")
        for column, (text, style) in cells.items()
    )  # fmt: skip
    return f'<row r="{number}" ht="{height}" customHeight="1">{said}</row>'


def _address(column: int, row: int) -> str:
    return f"{chr(65 + column)}{row}"


def _section(table: Table, *, is_last: bool) -> str:
    """Title, the line above, the table, the section's page."""
    width, height = (int(side * TWIPS) for side in table.page_size)
    side = ' w:orient="landscape"' if table.landscape else ""
    page = (f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"{side}/>'
            '<w:pgMar w:top="900" w:right="780" w:bottom="900" w:left="780"/></w:sectPr>')  # fmt: skip
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{int(sum(table.widths) * TWIPS)}"/></w:tabs>'
    above = f"<w:p><w:pPr>{tabs}</w:pPr>{_run(table.above[0])}<w:r><w:tab/></w:r>{_run(table.above[1])}</w:p>"
    columns = "".join(f'<w:gridCol w:w="{int(w * TWIPS)}"/>' for w in table.widths)
    borders = "".join(
        f'<w:{s} w:val="single" w:sz="4"/>'
        for s in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(f'<w:{s} w:w="40" w:type="dxa"/>' for s in ("left", "right"))
    properties = (f'<w:tblPr><w:tblW w:w="{int(sum(table.widths) * TWIPS)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
                  f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>')  # fmt: skip
    rows = "".join(_word_rows(table))
    end = page if is_last else f"<w:p><w:pPr>{page}</w:pPr></w:p>"
    title = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{_run(table.title, 28)}</w:p>'
    return (f"{title}{above if any(table.above) else ''}<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
            + ("<w:p/>" if is_last else "") + end)  # fmt: skip


def _word_rows(table: Table) -> Iterable[str]:
    """Rows; a cell merged over rows goes on as an empty cell in each."""
    edges = list(accumulate(table.widths, initial=0.0))
    going: dict[int, tuple[Cell, int]] = {}
    for number, cells in enumerate(table.grid):
        said, column = "", 0
        while column < len(cells):
            cell = cells[column]
            if cell:
                going[column] = (cell, number + cell.rows)
            start, _ = going[column]
            merge = (
                '<w:vMerge w:val="restart"/>'
                if cell and start.rows > 1
                else ""
                if cell
                else "<w:vMerge/>"
            )
            span = f'<w:gridSpan w:val="{start.cols}"/>' if start.cols > 1 else ""
            width = int((edges[column + start.cols] - edges[column]) * TWIPS)
            text = f'<w:p><w:pPr><w:jc w:val="{start.align}"/></w:pPr>{_run(start.text if cell else "")}</w:p>'
            said += (f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>{text}</w:tc>')  # fmt: skip
            column += start.cols
        head = "<w:tblHeader/>" if table.repeat_header and number < table.header_rows else ""
        yield f'<w:tr><w:trPr><w:trHeight w:val="400"/>{head}</w:trPr>{said}</w:tr>'


def _run(text: str, size: int = 18) -> str:
    fonts = f'<w:rFonts w:ascii="{SANS}" w:hAnsi="{SANS}" w:eastAsia="{SANS}"/>'
    return f'<w:r><w:rPr>{fonts}<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _relations(said: Iterable[tuple[str, str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in said
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _package(parts: dict[str, str], kinds: dict[str, str]) -> bytes:
    """A zip of XML parts with their content types."""
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in kinds.items()
    )
    types = (f'<Types xmlns="{PACKAGE}/content-types">'
             '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
             f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>')  # fmt: skip
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            for name, text in {"[Content_Types].xml": types, **parts}.items():
                package.writestr(name, XML + text)
        file.seek(0)
        return file.read()
