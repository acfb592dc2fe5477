"""Which documents a person means: what is named and not there is told with what is."""

from __future__ import annotations

from contextlib import closing

import pytest

from pipelines.documents.archive import sha256_of
from pipelines.documents.ledger import Ledger
from pipelines.night import Night
from pipelines.selection import NothingSelectedError, Selection, UnknownDocumentError, select
from pipelines.upkeep import reprocess
from tests.commands import asked
from tests.conftest import SEED, SEED_NAME, Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, documents

SHA256 = sha256_of(SEED.read_bytes())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The seed, and books of an invented city in two years, one without a year."""
    installation = Installation(tmp_path_factory.mktemp("filled"), CONFIG)
    installation.put_seed()
    schedule = ("plain", "plain", "without_year")
    write(documents(1, "jiangsu", 2, 2, schedule=schedule), installation.settings.raw)
    installation.run()
    return installation


def chosen(installation: Installation, **said: tuple[str, ...] | tuple[int, ...]) -> set[str]:
    """Paths of the documents that are meant."""
    with closing(Night(installation.settings)) as night:
        found = select(night, Selection(**said))  # type: ignore[arg-type]
    paths = dict(installation.rows("SELECT document_id, path FROM dim_document"))
    return {paths[document_id] for document_id in found}


def test_a_region_is_all_that_lies_in_it(filled: Installation) -> None:
    for place in ("440112", "黄埔区", "440100", "广州", "440000", "广东省", "guangzhou", "穗港"):
        assert chosen(filled, places=(place,)) == {SEED_NAME}, place


def test_kinds_of_choice_narrow_one_another_and_each_is_a_list(filled: Installation) -> None:
    sql = (
        "SELECT DISTINCT s.fiscal_year, d.path FROM statement s JOIN dim_document d "
        "USING (document_id) JOIN dim_body b ON b.body_id = s.reporting_body_id "
        "WHERE layout_id LIKE 'jiangsu/%' AND s.fiscal_year IS NOT NULL ORDER BY ALL"
    )
    books = filled.rows(sql)
    assert len(books) >= 3
    year, path = books[0]
    of_year = {p for y, p in books if y == year}
    assert chosen(filled, years=(year,), places=("jiangsu",)) == of_year
    assert chosen(filled, places=("jiangsu", "guangzhou"), years=(2023, year)) == {
        SEED_NAME, *of_year,
    }  # fmt: skip
    assert chosen(filled, documents=(SEED_NAME, path), places=("jiangsu",)) == {path}
    assert chosen(filled, documents=(SHA256[:8],)) == {SEED_NAME}
    with pytest.raises(NothingSelectedError, match="no document is all of this"):
        chosen(filled, documents=(SEED_NAME,), places=("jiangsu",))


def test_all_that_is_not_there_is_named_with_what_is(filled: Installation) -> None:
    with pytest.raises(NothingSelectedError) as told:
        chosen(filled, places=("深圳", "jiangsu"), years=(1999,), layouts=("x/y",))
    said = str(told.value)
    assert "jiangsu: " not in said
    for expected in (
        "深圳: ", "places of layouts: guangzhou, jiangsu", "440112 广州市黄埔区", "穗港科技合作园",
        "1999: ", "2023", "x/y: ", "jiangsu/revenue_summary",
    ):  # fmt: skip
        assert expected in said, expected
    with pytest.raises(UnknownDocumentError, match=f"like it: {SEED_NAME}"):
        chosen(filled, documents=(SEED_NAME.replace("6", "7"),))
    for blank in ({}, {"places": (" ",)}, {"places": ("guangzhou", "")}):
        with pytest.raises(NothingSelectedError, match="nothing is named"):
            chosen(filled, **blank)


def test_nothing_is_dropped_or_noted_for_what_is_not_there(filled: Installation) -> None:
    with closing(Night(filled.settings)) as night:
        before = night.store.index()
        with pytest.raises(NothingSelectedError):
            reprocess(filled.settings, Selection(places=("guangzhou",), years=(2023, 1999)))
        assert night.store.index() == before
        assert Ledger(filled.settings.ledger).events("reprocessed") == []


def test_the_command_says_what_is_read_again(seeded: Installation) -> None:
    told = asked(seeded, "reprocess", "--place", "广州", "--year", "2023", "--later")
    assert told.exit_code == 0, told.output
    assert SEED_NAME in told.stdout
    (event,) = Ledger(seeded.settings.ledger).events("reprocessed")
    assert event.detail == {"places": ["广州"], "years": [2023], "why": "", "readings": 1}
    for wrong in ((), ("--all", "--year", "2023")):
        assert asked(seeded, "reprocess", *wrong).exit_code == 2
