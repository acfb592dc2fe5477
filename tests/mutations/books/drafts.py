"""A printed book to be damaged: pages of lines and of grids of texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.generator.books.pages import Grid

if TYPE_CHECKING:
    from random import Random

    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet


@dataclass
class Part:
    """Rows of a table on a page, the first of them its header."""

    sheet: Sheet
    header: int
    rows: list[list[str]]

    @property
    def body(self) -> list[list[str]]:
        """Rows below the header; to be changed in place."""
        return self.rows[self.header :]

    def columns(self, *roles: str) -> list[int]:
        """Printed columns in which something of a kind stands."""
        return [at for at, one in enumerate(self.sheet.printed) if one.column.role in roles]

    @property
    def amounts(self) -> list[tuple[list[str], int]]:
        """Row and column of every printed amount."""
        return [
            (row, at) for row in self.body for at in self.columns("amount") if is_figure(row[at])
        ]


@dataclass
class Draft:
    """A book to be damaged: pages, each a list of lines and of parts of tables."""

    rng: Random
    document: Document
    pages: list[list[list[str] | Part]] = field(init=False)

    def __post_init__(self) -> None:
        sheets = self.document.book.sheets
        self.pages = [
            [
                Part(sheets[piece.sheet], piece.header,
                     [[cell.text if cell else "" for cell in row] for row in piece.rows])
                if isinstance(piece, Grid) else list(piece)
                for piece in page.pieces
            ]
            for page in self.document.pages
        ]  # fmt: skip

    @property
    def parts(self) -> list[Part]:
        """Tables, or parts of them, page by page."""
        return [piece for page in self.pages for piece in page if isinstance(piece, Part)]

    @property
    def blocks(self) -> list[list[str]]:
        """Runs of lines, page by page; to be changed in place."""
        return [piece for page in self.pages for piece in page if isinstance(piece, list)]

    @property
    def text(self) -> str:
        """What is printed now."""
        between = "\f\n" if self.document.book.look.form_feed else "\n\n"
        return between.join("\n\n".join(map(_shown, page)) for page in self.pages) + "\n"

    def some_part(self) -> Part:
        """A table, or a part of one, that states an amount."""
        return self.rng.choice([part for part in self.parts if part.amounts])

    @property
    def above_tables(self) -> list[list[str]]:
        """Lines right above a table; to be changed in place."""
        return [
            above
            for page in self.pages
            for above, piece in pairwise(page)
            if isinstance(piece, Part) and isinstance(above, list)
        ]

    def others(self, part: Part) -> list[Part]:
        """Parts of other tables."""
        return [other for other in self.parts if other.sheet is not part.sheet]

    def parts_of(self, part: Part) -> list[Part]:
        """All parts of a table."""
        return [other for other in self.parts if other.sheet is part.sheet]


def is_figure(text: str) -> bool:
    """Whether an amount says more than that there is none."""
    return any(char in "123456789" for char in text)


def _shown(piece: list[str] | Part) -> str:
    if isinstance(piece, Part):
        return "\n".join("\t".join(row) for row in piece.rows)
    return "\n".join(piece)
