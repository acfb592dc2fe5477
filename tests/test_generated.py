"""A night over generated documents of many bodies and years: the warehouse says the truth."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.conftest import Installation
from tests.generator.__main__ import main, write
from tests.generator.answers import QUERIES, SUMS, answer, expected
from tests.generator.documents import SCHEDULE, Document, documents
from tests.generator.truth import COLUMNS, Rows, project_identities, truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODIES, YEARS = 8, 5


@pytest.fixture(scope="module")
def world() -> list[Document]:
    """The documents of eight bodies in five years."""
    return list(documents(1, BODIES, YEARS, projects=5))


@pytest.fixture(scope="module")
def said(world: list[Document]) -> dict[str, Rows]:
    """Their truth."""
    return truth(world)


@pytest.fixture(scope="module")
def published(
    world: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of one night over all of them."""
    installation = Installation(tmp_path_factory.mktemp("generated"))
    write(world, installation.settings.raw)
    assert installation.run().published
    with duckdb.connect(str(installation.settings.published), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("name", QUERIES)
def test_the_warehouse_says_the_truth(
    name: str, said: dict[str, Rows], published: duckdb.DuckDBPyConnection
) -> None:
    found = answer(published, name)
    assert said[name]
    assert_frame_equal(found, expected(said[name], found))


def test_sums_by_body_year_and_fund(
    said: dict[str, Rows], published: duckdb.DuckDBPyConnection
) -> None:
    keys = ["body", "fiscal_year", "fund_source_id"]
    found = published.execute(SUMS).pl().sort(keys)
    facts = pl.DataFrame(said["funding"], schema=COLUMNS["funding"], orient="row")
    amount = pl.col("amount_yuan").cast(pl.Decimal(38, 2)).sum().cast(pl.Decimal(18, 2))
    sums = facts.group_by(keys).agg(amount).cast(found.schema).sort(keys)
    assert_frame_equal(found, sums)


def test_printed_sums_are_the_true_ones_within_rounding(said: dict[str, Rows]) -> None:
    """What the warehouse publishes is what is printed; that is the truth but for rounding."""
    keys = ["sha256", "ordinal", "fund_source_id"]
    printed = pl.DataFrame(said["funding"], schema=COLUMNS["funding"], orient="row")
    true = pl.DataFrame(said["true_funding"], schema=COLUMNS["true_funding"], orient="row")
    units = pl.DataFrame(said["statement"], schema=COLUMNS["statement"], orient="row")
    money = pl.Decimal(18, 2)
    both = printed.join(true, on=keys).join(units, on="sha256").select(
        "amount_unit", error=(pl.col("amount_yuan").cast(money)
                              - pl.col("true_yuan").cast(money)).abs(),
    )  # fmt: skip
    assert both.height == printed.height
    worst = dict(both.group_by("amount_unit").agg(pl.col("error").max()).iter_rows())
    assert worst["元"] == 0
    assert 0 < worst["千元"] <= Decimal(5)
    assert Decimal(10) < worst["万元"] <= Decimal(50)


def test_projects_over_years(
    world: list[Document], published: duckdb.DuckDBPyConnection, said: dict[str, Rows]
) -> None:
    current = {row[0] for row in said["project_line"]}
    named = project_identities(document for document in world if document.sha256 in current)
    (found,) = published.execute("SELECT count(*) FROM dim_project").fetchone() or (None,)
    assert found == named


def test_the_world_is_varied(world: list[Document], said: dict[str, Rows]) -> None:
    """The test above says something only if what it is about occurs."""
    assert {document.treatment for document in world} == {t.__name__ for t in SCHEDULE}
    verdicts = Counter(row[-1] for row in said["control"])
    assert min(verdicts[name] for name in ("exact", "within_rounding", "broken")) > 10
    assert {row[2] for row in said["version"]} == set(range(2021, 2021 + YEARS))
    assert len({row[1] for row in said["version"]}) > BODIES, "some are renamed"
    styles = [document.table.style for document in world]
    looks = (
        "unit", "decimals", "groups_digits", "trims_zeros", "blanks", "no_prose", "separator",
        "end", "colon", "dash", "one_line", "form_feed", "padding",
    )  # fmt: skip
    for name in looks:
        assert len({getattr(style, name) for style in styles}) > 1, name
    assert max(row[-1] for row in said["statement"]) > 2, "pages"
    assert any(p.is_bare for d in world for u in d.table.book.units for p in u.projects)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        main(["--bodies", "3", "--years", "2", "--seed", "7", str(tmp_path / name)])
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes()
         for p in sorted((tmp_path / name).rglob("*")) if p.is_file()}
        for name in ("one", "two")
    )  # fmt: skip
    assert one == two
    said = json.loads(one.pop(next(path for path in one if path.name == "truth.json")))
    assert {row[0] for row in said["statement"]["rows"]} == {
        row[0] for row in said["document"]["rows"]
    }
    assert all(len(row) == len(t["columns"]) for t in said.values() for row in t["rows"])
    assert len(one) >= 3 * 2
