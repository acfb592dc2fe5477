"""Two nights over generated books of three places: the warehouse says the truth, row by row."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest
from polars.testing import assert_frame_equal

from schemas.identities import cross_identities
from schemas.layout import layouts
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.answers import expected
from tests.generator.books.answers import AS_OF, FACTS, QUERIES, answer
from tests.generator.books.budget import place, places
from tests.generator.books.documents import CONFIG, Document, documents, first_of_each
from tests.generator.books.truth import BESIDE, Rows, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from schemas.identities import Selection
    from tests.generator.books.sheets import Sheet

#: Place → bodies, in three years each.
WORLD = {"guangzhou": 5, "jiangsu": 5, "shili": 3}
YEARS = 3
#: What becomes of books in formats of their own.
FLOWING = ("plain", "superseded", "wrong_total", "without_year", "contradicting")


def books(seed: int) -> list[Document]:
    """The books of some bodies of each place."""
    return [d for name, bodies in WORLD.items() for d in documents(seed, name, bodies, YEARS)]


@pytest.fixture(scope="module")
def world() -> list[Document]:
    """The books that are looked at from every side."""
    return books(1)


@pytest.fixture(scope="module")
def said(world: list[Document]) -> dict[str, Rows]:
    """Their truth."""
    return truth(world)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An empty installation with an operator's layouts."""
    return Installation(tmp_path_factory.mktemp("books"), config=CONFIG)


@pytest.fixture(scope="module")
def between(world: list[Document], installation: Installation) -> datetime:
    """When the first of the documents that restate one another were published, and they alone."""
    write(first_of_each(world), installation.settings.raw)
    assert installation.run().published
    return datetime.now(UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def published(
    world: list[Document], installation: Installation, between: datetime
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the second night, over all of them."""
    write(world, installation.settings.raw)
    assert installation.run().published
    assert between < datetime.now(UTC).replace(tzinfo=None)
    with duckdb.connect(str(installation.settings.published), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("name", QUERIES)
def test_the_warehouse_says_the_truth(
    name: str, said: dict[str, Rows], published: duckdb.DuckDBPyConnection
) -> None:
    found = answer(published, name)
    assert said[name]
    assert_frame_equal(found, expected(said[name], found))


def test_history_says_what_was_published_before_the_second_night(
    world: list[Document], published: duckdb.DuckDBPyConnection, between: datetime
) -> None:
    found = published.execute(AS_OF, {"moment": between}).pl()
    first = truth(first_of_each(world))["amount"]
    said = [(fact, key, *told) for fact, key, _, *told in first if fact not in BESIDE]
    assert_frame_equal(found.sort(found.columns), expected(said, found))


def test_every_identity_that_a_place_can_break_is_checked_and_holds(
    world: list[Document], published: duckdb.DuckDBPyConnection
) -> None:
    """Of whole books none is broken: not within a table, not across tables."""
    whole = {d.sha256 for d in world if d.treatment in {"plain", "on_paper", "with_targets"}}
    checked = published.execute(
        "SELECT document_id, identity_id, verdict FROM control_total "
        "JOIN statement USING (statement_id)"
    ).fetchall()
    assert Counter(verdict for key, _, verdict in checked if key in whole)["broken"] == 0
    possible = {
        one.identity_id
        for one in cross_identities(CONFIG)
        for d in world
        if all(_is_printed(selection, d.book.sheets) for selection in one.selections)
    }
    assert possible <= {identity for _, identity, _ in checked}


def _is_printed(selection: Selection, sheets: Iterable[Sheet]) -> bool:
    """Whether a table of the kind stands on all axes of a selection, with a node that it names."""
    wanted = {nodes.axis for nodes in selection.nodes}
    listed = [set(nodes.listed) for nodes in selection.nodes if nodes.listed]
    parted = {"unit_project": {"unit", "project"}, "unit_economic": {"unit", "economic"}}
    return any(
        wanted <= (parted.get(block.rows, {block.rows}) | {block.columns})
        and all(named & _nodes(sheet, number) for named in listed)
        for sheet in sheets
        if sheet.kind == selection.kind
        for number, block in enumerate(sheet.layout.blocks, 1)
    )


def _nodes(sheet: Sheet, block: int) -> set[str | None]:
    """Nodes that a block of a table prints, as rows and as columns."""
    columns = {column.node for column in sheet.layout.columns if column.block == block}
    return {line.node for line in sheet.lines[block - 1]} | columns


def says_the_truth(installation: Installation, written: list[Document]) -> None:
    """Every answer of a published night is that of the truth."""
    said = truth(written)
    with duckdb.connect(str(installation.settings.published), read_only=True) as connection:
        for name in QUERIES:
            found = answer(connection, name)
            assert_frame_equal(found, expected(said[name], found))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_other_books(seed: int, tmp_path: Path) -> None:
    """The same of other books, in one night."""
    installation, written = Installation(tmp_path, config=CONFIG), books(seed)
    write(written, installation.settings.raw)
    assert installation.run().published
    says_the_truth(installation, written)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["docx", "html-word"])
def test_books_that_flow(form: str, tmp_path: Path) -> None:
    """The same of Word documents and web pages, where each figure stands included."""
    installation = Installation(tmp_path, config=CONFIG)
    written = [
        document
        for name in WORLD
        for document in documents(20, name, 2, 2, written=form, schedule=FLOWING)
    ]
    write(written, installation.settings.raw)
    assert installation.run().published
    says_the_truth(installation, written)


def test_every_layout_of_a_place_is_printed() -> None:
    """A new layout wants an entry in places.toml; forms are no tables of a book."""
    printed = {f"{name}/{said['layout']}" for name in places() for said in place(name)["tables"]}
    tables = {layout.id for layout in layouts(CONFIG) if layout.shape != "form"}
    assert {layout_id for layout_id in tables if layout_id.split("/")[0] in places()} == printed


def test_the_world_is_varied(world: list[Document], said: dict[str, Rows]) -> None:
    """The tests above say something only if what they are about occurs."""
    for name in WORLD:
        mine = {d.treatment for d in world if d.book.budget.place == name}
        assert mine == set(place(name)["schedule"]), name
    assert {row[-1] for row in said["control"]} >= {"exact", "within_rounding", "broken"}
    assert {row[0] for row in said["amount"]} == set(FACTS)
    looks = ("form_feed", "page_numbers", "repeats_title", "breaks_names", "above", "rows")
    for name in looks:
        assert len({getattr(d.book.look, name) for d in world}) > 1, name
    sheets = [sheet for d in world for sheet in d.book.sheets]
    assert {sheet.style.unit for sheet in sheets} == {"元", "千元", "万元"}
    assert any(sheet.is_empty for sheet in sheets)
