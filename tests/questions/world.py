"""A generated warehouse that all questions are asked of, and what is true of it.

Books of three places in three years with their final accounts, lists of projects with revisions
and rows that wait, and projects that go on, are renamed and end over three years.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from tests.conftest import Installation
from tests.generator import documents as lists
from tests.generator import successions
from tests.generator import truth as of_lists
from tests.generator.__main__ import write
from tests.generator.books import documents as books
from tests.generator.books import truth as of_books
from tests.generator.model import FUNDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generator.truth import Rows

YUAN = pl.Decimal(18, 2)
_LINE = ("sha256", "line", "body", "unit", "project", "fiscal_year", "phase")
PLACES = {"guangzhou": 4, "jiangsu": 4, "shili": 4}
YEARS = 3
SEED = 3
#: Of these books every link over years is right; how often one is not is measured elsewhere
#: (``tests.bench.identity``).
SUCCESSIONS_SEED = 21


@dataclass(frozen=True)
class World:
    """What was printed.

    Attributes:
        books: Books of departments with all their tables, final accounts among them.
        lists: Tables of projects with targets, one body and year each.
        successions: Bodies whose projects are known over years, whatever they are called.
    """

    books: list[books.Document]
    lists: list[lists.Document]
    successions: list[successions.Succession]

    @classmethod
    def drawn(cls) -> World:
        """Always the same one; no body is in two of the three."""
        whole = [d for place, n in PLACES.items() for d in books.documents(SEED, place, n, YEARS)]
        bodies = {d.book.budget.body for d in whole}
        drawn = lists.documents(SEED, bodies=14, years=YEARS, projects=6)
        return cls(
            whole,
            [d for d in drawn if d.table.book.body not in bodies],
            successions.successions(SUCCESSIONS_SEED, bodies=4, years=YEARS),
        )

    @cached_property
    def of_books(self) -> dict[str, Rows]:
        """What the warehouse must say of the books (``tests.generator.books.truth``)."""
        return of_books.truth(self.books)

    @cached_property
    def of_lists(self) -> dict[str, Rows]:
        """What it must say of the lists (``tests.generator.truth``)."""
        return of_lists.truth(self.lists)

    @cached_property
    def amounts(self) -> pl.DataFrame:
        """Amounts of books that are facts or stand beside them, by the axes of their tables."""
        return _frame(self.of_books["amount"], of_books.COLUMNS["amount"])

    @cached_property
    def procurement(self) -> pl.DataFrame:
        """Printed purchases of books."""
        return _frame(self.of_books["procurement"], of_books.COLUMNS["procurement"])

    @cached_property
    def funding(self) -> pl.DataFrame:
        """Money of projects by fund, of all that is printed: one row a fact."""
        columns = of_books.COLUMNS["funding"]
        listed = [
            (sha, "project_performance_targets", body, unit, project, fund, year, phase, yuan)
            for sha, _, body, unit, project, fund, year, phase, yuan in self.of_lists["funding"]
        ]
        known = [
            ("", "project_performance_targets", each.body, unit, line.name_in(year), FUNDS[0],
             year, successions.PHASE, str(line.amount))
            for each in self.successions
            for year, units in each.books.items()
            for unit, lines in units.items()
            for line in lines
        ]  # fmt: skip
        return _frame([*self.of_books["funding"], *listed, *known], columns)

    @cached_property
    def projects(self) -> pl.DataFrame:
        """Projects of lists that feed, a row a line; without money if none is printed.

        ``true_id`` is the same whatever a project is called. Of lists and books a project is the
        same if its unit and its name are, unless a list prints the name twice.
        """
        of = {d.sha256: d for d in self.lists}
        lines = pl.DataFrame(
            [(sha, str(no), body, unit, name, of[sha].fiscal_year, of[sha].phase)
             for sha, no, body, unit, name, *_ in self.of_lists["project_line"]
             if unit not in of[sha].fed_elsewhere],
            schema=dict.fromkeys(_LINE, pl.String) | {"fiscal_year": pl.Int32}, orient="row",
        )  # fmt: skip
        money = pl.DataFrame(
            [(sha, str(no), yuan) for sha, no, *_, yuan in self.of_lists["funding"]],
            schema=["sha256", "line", "yuan"], orient="row",
        )  # fmt: skip
        sums = money.group_by("sha256", "line").agg(pl.col("yuan").cast(YUAN).sum())
        books = self.funding.filter(kind="project_expenditure").with_columns(line="project")
        printed = pl.concat(
            [
                lines.join(sums, on=["sha256", "line"], how="left"),
                books.group_by(_LINE).agg(pl.col("yuan").sum()),
            ]
        )
        is_once = pl.len().over("sha256", "unit", "project") == 1
        twice = pl.concat_str("sha256", "line")
        other = pl.when(~is_once).then(twice).otherwise(pl.lit(""))
        named = pl.concat_str("unit", "project", other, separator="/")
        known = pl.DataFrame(
            [(each.body, unit, line.name_in(year), year, successions.PHASE, line.amount,
              f"{each.body}/{line.self_id}")
             for each in self.successions
             for year, units in each.books.items()
             for unit, lines in units.items()
             for line in lines],
            schema=["body", "unit", "project", "fiscal_year", "phase", "yuan", "true_id"],
            orient="row",
        ).with_columns(pl.col("yuan").cast(YUAN), pl.col("fiscal_year").cast(pl.Int32))  # fmt: skip
        columns = known.columns
        return pl.concat([printed.with_columns(true_id=named).select(columns), known])

    def installed(self, root: Path) -> Installation:
        """A published warehouse of it."""
        installation = Installation(root, config=books.CONFIG)
        raw = installation.settings.raw
        write(self.books, raw / "books")
        write(self.lists, raw / "lists")
        write(successions.documents(self.successions, SEED), raw / "successions")
        assert installation.run().published
        return installation


def _frame(rows: Rows, columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows of a truth; money in exact yuan."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String) | {"fiscal_year": pl.Int32},
                         orient="row", strict=False)  # fmt: skip
    return frame.with_columns(pl.col("yuan").str.to_decimal(scale=2).cast(YUAN))
