"""Prints tables through Chromium: HTML to PDF (Skia)."""

from __future__ import annotations

import subprocess
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.pdf.make.model import Cell, Table

STYLE = """
@page { size: A4; margin: 40pt; } @page turned { size: A4 landscape; margin: 40pt; }
body { margin: 0; font: 9pt "WenQuanYi Zen Hei"; } section { break-after: page; }
section:last-child { break-after: auto; } .turned { page: turned; }
h1 { font-size: 14pt; font-weight: normal; text-align: center; margin: 0 0 6pt; }
.above { display: flex; justify-content: space-between; margin-bottom: 3pt; }
table { border-collapse: collapse; table-layout: fixed; } td { border: 0.75pt solid; padding: 3pt 2pt; }
td { overflow-wrap: anywhere; } thead { display: table-row-group; } .repeat { display: table-header-group; }
"""


def html(tables: Sequence[Table]) -> str:
    """A page with every table, a section each."""
    sections = "".join(map(_section, tables))
    return (
        f'<!doctype html><meta charset="utf-8"><title>预算</title><style>{STYLE}</style>{sections}'
    )


def as_pdf(source: str, path: Path) -> None:
    """Have Chromium print HTML."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(source, encoding="utf-8")
        target = Path(folder, "page.pdf")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
             "--no-pdf-header-footer", "--disable-pdf-tagging", f"--print-to-pdf={target}", page.as_uri()],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        path.write_bytes(target.read_bytes())


def _section(table: Table) -> str:
    columns = "".join(f'<col style="width:{w}pt">' for w in table.widths)
    above = "".join(f"<span>{escape(text)}</span>" for text in table.above)
    head, body = table.rows[: table.header_rows], table.rows[table.header_rows :]
    repeat = ' class="repeat"' if table.repeat_header else ""
    start = f"<thead{repeat}>{_rows(head)}</thead>" if head else ""
    return (f'<section{" class=turned" if table.landscape else ""}><h1>{escape(table.title)}</h1>'
            f'<div class="above">{above}</div><table style="width:{sum(table.widths)}pt"><colgroup>{columns}</colgroup>'
            f"{start}<tbody>{_rows(body)}</tbody></table></section>")  # fmt: skip


def _rows(rows: Iterable[tuple[Cell, ...]]) -> str:
    return "".join(f"<tr>{''.join(map(_cell, cells))}</tr>" for cells in rows)


def _cell(cell: Cell) -> str:
    spans = "".join(
        f' {name}="{n}"' for name, n in (("rowspan", cell.rows), ("colspan", cell.cols)) if n > 1
    )
    align = f' style="text-align:{cell.align}"' if cell.align != "left" else ""
    return f"<td{spans}{align}>{escape(cell.text)}</td>"
