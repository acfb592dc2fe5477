"""How a table looks: pages of lines and cells, bytes, and the sidecar beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.tables.vocabulary import CONTEXT_FIELDS
from tests.generator.tables import indicator_text
from tests.printing import HEADERS, TITLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.generator.tables import Row, Style, Table


@dataclass
class Page:
    """A page: lines above its grid, and the grid's rows of cells, the header first."""

    lines: list[str]
    grid: list[list[str]]


def pages(table: Table) -> list[Page]:
    """Pages as printed: title, labels and header stand on each."""
    lines = _lines(table)
    made: list[Page] = []
    for row in table.rows:
        if row.grid_no > len(made):
            made.append(Page(list(lines), [list(HEADERS)]))
        made[-1].grid.append(_cells(row, table.style))
    return made


def text(printed: Sequence[Page], style: Style) -> str:
    """The text of a document."""
    between = "\f\n" if style.form_feed else style.gap
    blocks = []
    for page in printed:
        grid = "\n".join("\t".join(cells) for cells in page.grid)
        blocks.append(style.gap.join([*page.lines, grid]))
    return between.join(blocks) + "\n"


def sidecar(sha256: str, claims: Mapping[str, object]) -> str:
    """A sidecar: what is said of the context with a reason, other keys plainly."""
    plain, reasoned = [f'sha256 = "{sha256}"'], []
    for name, value in claims.items():
        said = f'"{value}"' if isinstance(value, str) else str(value)
        if name in CONTEXT_FIELDS:
            why = "生成文件的设定 / as the generator has it"
            reasoned.append(f'\n[{name}]\nvalue = {said}\nwhy = "{why}"')
        else:
            plain.append(f"{name} = {said}")
    return "\n".join([*plain, *reasoned]) + "\n"


def _lines(table: Table) -> list[str]:
    book, style = table.book, table.style
    year = f"{table.title_year}年" if table.title_year is not None else ""
    body = f"部门名称{style.label_colon}{book.body}{book.suffix}"
    unit = f"单位{style.label_colon}{style.unit}"
    labels = [f"{body}　　{unit}"] if style.one_line else [body, unit]
    return [year + TITLE, *labels]


def _cells(row: Row, style: Style) -> list[str]:
    project = row.project
    goal = project.goal if project else ""
    indicators = indicator_text(project.indicators, style) if project else ""
    prose = [said or style.no_prose for said in (goal, indicators)]
    return [row.label, *(figure.text for figure in row.figures), *prose]
