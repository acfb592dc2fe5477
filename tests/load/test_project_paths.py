"""Keys of projects stay as they were given, whichever year becomes known next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.load.project_paths import paths
from tests.generator.reforms import reformed
from tests.generator.successions import successions
from tests.load.lists import Printed, Reform, projects

if TYPE_CHECKING:
    from tests.generator.successions import Succession


def lists(successions: list[Succession]) -> dict[int, list[Printed]]:
    """Books of bodies as lines by year."""
    made: dict[int, list[Printed]] = {}
    for succession in successions:
        for year, units in succession.books.items():
            made.setdefault(year, []).extend(
                Printed(year, line.name_in(year), line.goal,
                        tuple(i.name for i in line.indicators), line.amount, line.code, unit)
                for unit, lines in units.items() for line in lines
            )  # fmt: skip
    return made


@pytest.mark.parametrize("with_reforms", [False, True], ids=["plain", "reformed"])
@pytest.mark.parametrize("seed", range(6))
def test_a_year_that_arrives_rewrites_no_key_whatever_the_order(
    seed: int, *, with_reforms: bool
) -> None:
    """Of two bodies, one of which prints codes; or of two with reforms, one of them a merger."""
    made = (reformed if with_reforms else successions)(seed, 4, 5, projects=6)
    made = made[1:3] if with_reforms else made[2:]
    reforms: list[Reform] = [
        (r.before, r.after, r.kind, date(r.first_year - 1, 11, 1))
        for one in made for r in one.reforms
    ]  # fmt: skip
    years = lists(made)
    order = list(years)
    Random(seed).shuffle(order)  # noqa: S311 - no secret
    before: dict[tuple[int, str | None, str, str], str] = {}
    known: list[Printed] = []
    linked = 0
    for night, year in enumerate(order):
        known += [replace(line, night=night) for line in years[year]]
        found = projects(known, reforms=reforms)
        assert {place: found[place] for place in before} == before
        linked += len(found) - len(set(found.values()))
        before = found
    assert linked > 50


def _nodes(*rows: tuple[int, str, int, int]) -> pl.DataFrame:
    """Node, key, year, night."""
    schema = {"node": pl.UInt32, "project_id": pl.String, "fiscal_year": pl.Int32,
              "known_from": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        unit=pl.lit("u"), canonical="project_id", first_id="project_id"
    )


def _edges(*rows: tuple[int, int, bool]) -> pl.DataFrame:
    schema = {"before": pl.UInt32, "after": pl.UInt32, "by_person": pl.Boolean}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.with_columns(since=pl.lit(None, dtype=pl.Int64))


NONE = _edges().select("before", "after")


def _ids(nodes: pl.DataFrame, edges: pl.DataFrame, broken: pl.DataFrame = NONE) -> list[str]:
    return paths(nodes, edges, broken).sort("node")["durable_id"].to_list()


def test_a_later_year_takes_the_key_of_the_earlier_and_passes_it_on_by_name() -> None:
    nodes = _nodes((0, "x", 2021, 0), (1, "y", 2022, 0), (2, "y", 2023, 0))
    assert _ids(nodes, _edges((0, 1, False))) == ["x", "x", "x"]


def test_an_earlier_year_that_arrives_later_takes_the_key_that_was_given() -> None:
    nodes = _nodes((0, "x", 2021, 5), (1, "y", 2022, 0))
    assert _ids(nodes, _edges((0, 1, False))) == ["y", "y"]


def test_two_keys_that_were_given_stay_unless_a_person_joins_them() -> None:
    nodes = _nodes((0, "x", 2021, 0), (1, "y", 2022, 5), (2, "z", 2023, 1))
    assert _ids(nodes, _edges((0, 1, False), (1, 2, False))) == ["x", "x", "z"]
    assert _ids(nodes, _edges((0, 1, False), (1, 2, True))) == ["x", "x", "x"]


def test_a_name_that_another_project_had_gets_a_key_of_its_own() -> None:
    nodes = _nodes((0, "x", 2021, 0), (1, "y", 2022, 0), (2, "x", 2022, 0))
    first, second, other = _ids(nodes, _edges((0, 1, False)))
    assert first == second == "x"
    assert other not in {"x", "y"}
    again = _nodes(*nodes.select("node", "project_id", "fiscal_year", "known_from").rows(),
                   (3, "x", 2023, 1))  # fmt: skip
    assert _ids(again, _edges((0, 1, False))) == ["x", "x", other, other]


def test_what_is_said_to_be_two_projects_is() -> None:
    nodes = _nodes((0, "x", 2021, 0), (1, "x", 2022, 0))
    broken = _edges((0, 1, False)).select("before", "after")
    first, second = _ids(nodes, _edges(), broken)
    assert first == "x" != second
