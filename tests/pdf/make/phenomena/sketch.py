"""A small document that is drawn, and its truth written down, table by table."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.pdf.cases import Case
from tests.pdf.make.layout import Style, corner, lines_of, print_table
from tests.pdf.make.model import PORTRAIT
from tests.pdf.make.paper import EMBEDDED, NOT_EMBEDDED, Paper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pdf.cases import LogicalTable
    from tests.pdf.make.model import Table


@dataclass
class Sketch:
    """A document in the making, named for what it shows."""

    folder: Path
    name: str
    font: str = NOT_EMBEDDED
    size: tuple[float, float] = PORTRAIT
    tables: list[LogicalTable] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)
    corners: list[tuple[int, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paper = Paper(self.folder / f"{self.name}.pdf", self.font, self.size)
        self.rng = Random(self.name)  # noqa: S311 - the same name shall give the same tables

    def table(self, table: Table, style: Style | None = None, y: float = 60.0) -> float:
        """Print a table, keep its truth, and return where it ends."""
        self.lines += lines_of(table, self.paper.page_no)
        style = style or Style()
        self.corners.append(corner(table, style, self.paper.page_no, y))
        logical, end = print_table(self.paper, table, style, y)
        self.tables.append(logical)
        return end

    def case(self, *phenomena: str, **said: Any) -> Case:
        """Write the file; return what is true of it."""
        producer = "reportlab-embedded" if self.font == EMBEDDED else "reportlab-cid"
        pages = self.paper.save()
        said.setdefault("corners", tuple(self.corners))
        return Case(self.name, producer, pages, tuple(self.tables), phenomena,
                    tuple(self.lines), **said)  # fmt: skip
