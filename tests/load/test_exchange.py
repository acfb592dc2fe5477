"""A build that goes on from the published one is, row by row, the one made from nothing."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.documents.readings import ACCEPTED, MANIFEST
from pipelines.load.base import SEAL, STATES, base_of
from pipelines.load.build import Build, make_build
from pipelines.load.identity import code_fingerprint
from pipelines.night import Night
from pipelines.publish.flip import discard_candidate
from pipelines.selection import Selection
from pipelines.settings import Settings
from pipelines.upkeep import reinstate, reprocess, withdraw
from pipelines.verify import NothingToVerifyError, verify
from tests.builds import rows_in_order
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.documents import Document, documents
from tests.load.test_amounts import put
from tests.load.test_crossing import by_economic, by_function, printed, summary
from tests.load.test_feeding import department_book, own_book

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # whole nights, many of them

#: Documents of several bodies and years, some of which wait.
GENERATED = list(islice(documents(seed=11, bodies=6, years=4, projects=3), 30))

PLAIN = next(one for one in GENERATED if one.path.endswith("_plain.txt"))


def published(installation: Installation) -> Build:
    """A night that publishes; how its build was made."""
    with closing(Night(installation.settings)) as night:
        night.take_in()
        for step in (night.extract, night.recognise, night.normalise, night.conform,
                     night.validate):  # fmt: skip
            step()
        build = night.build()
        assert build is not None
        night.publish(build, night.check(build))
        return build


def assert_as_from_nothing(installation: Installation) -> None:
    settings = installation.settings
    with closing(Night(settings)) as night:
        made = make_build(settings, night.prints, night.keys(), from_nothing=True)
    assert made.base is None
    theirs, mine = rows_in_order(made.path), rows_in_order(settings.published)
    discard_candidate(settings)
    for table, rows in theirs.items():
        assert mine[table] == rows, table


def exchanged(installation: Installation, documents: int) -> None:
    """A night goes on from the published build; it makes the rows of so many documents."""
    before = installation.settings.published.resolve().parent.name
    build = published(installation)
    assert (build.base, build.documents) == (before, documents)
    assert_as_from_nothing(installation)


@pytest.fixture(scope="module")
def filled_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("filled")
    installation = Installation(root)
    write(GENERATED[:24], installation.settings.raw)
    assert published(installation).base is None
    return root


@pytest.fixture
def filled(filled_root: Path, tmp_path: Path) -> Installation:
    """Twenty-four generated documents, published from nothing."""
    shutil.copytree(filled_root, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Installation.of(Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse"))


def plain_path(installation: Installation) -> Path:
    return installation.settings.raw / PLAIN.path


def test_a_new_document(filled: Installation) -> None:
    write(GENERATED[24:26], filled.settings.raw)
    exchanged(filled, 2)


def test_a_revised_document_and_one_that_is_gone(filled: Installation) -> None:
    path = plain_path(filled)
    path.write_bytes(path.read_bytes() + b"\n")
    exchanged(filled, 1)  # it says the same, so the version of before stays
    path.unlink()
    exchanged(filled, 1)


def test_a_document_that_is_taken_back_and_spoken_for_again(filled: Installation) -> None:
    withdraw(filled.settings, PLAIN.path, "printed by mistake")
    exchanged(filled, 1)
    reinstate(filled.settings, PLAIN.path, "it was right")
    exchanged(filled, 1)


def test_a_sidecar_that_says_another_year(filled: Installation) -> None:
    path = plain_path(filled)
    beside = path.with_name(path.name + ".toml")
    text = beside.read_text(encoding="utf-8")
    year = PLAIN.path.split("/")[0]
    assert year in text
    beside.write_text(text.replace(year, "2019"), encoding="utf-8")
    exchanged(filled, 1)


def test_readings_made_again_say_the_same(filled: Installation) -> None:
    reprocess(filled.settings, Selection(documents=(PLAIN.path,)))
    exchanged(filled, 0)


def test_a_batch_that_says_something_else_is_not_taken_from_the_base(
    filled: Installation,
) -> None:
    """Under the same keys: a document that waited for want of memory, say."""
    (directory,) = (filled.settings.cache / "batches").iterdir()
    accepted = directory / ACCEPTED
    manifest = accepted / MANIFEST
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    write(GENERATED[24:25], filled.settings.raw)
    assert published(filled).base is None
    assert_as_from_nothing(filled)


def test_a_units_own_book_takes_money_over_from_its_departments(filled: Installation) -> None:
    filled.put_with_sidecar("department.txt", department_book().encode())
    exchanged(filled, 1)
    filled.put_with_sidecar("own.txt", own_book(amount="12.00").encode())
    exchanged(filled, 2)


def test_identities_across_documents(filled: Installation) -> None:
    put(filled, "a.txt", printed(summary()))
    exchanged(filled, 1)
    put(filled, "b.txt", printed(by_function(), by_economic()))
    exchanged(filled, 1)
    sql = "SELECT count(*) FROM control_total WHERE statement_count > 1"
    assert filled.value(sql) > 0
    put(filled, "b.txt", printed(by_function("11.00"), by_economic()))
    exchanged(filled, 2)
    withdraw(filled.settings, "a.txt", "printed by mistake")
    exchanged(filled, 1)


class TestFromNothing:
    """What cannot be gone on from is not."""

    @pytest.mark.parametrize("name", [SEAL, STATES])
    def test_what_stands_beside_it_is_lost_or_damaged(
        self, filled: Installation, name: str
    ) -> None:
        published = filled.settings.published
        with closing(Night(filled.settings)) as night:
            code = code_fingerprint(night.prints)
        assert base_of(published, code) is not None
        assert base_of(published, "of another program") is None
        beside = published.with_name(name)
        whole = beside.read_bytes()
        for damaged in (whole[:-9] + b"truncated", whole[:9], b""):
            beside.write_bytes(damaged)
            assert base_of(published, code) is None
        beside.unlink()
        assert base_of(published, code) is None

    def test_it_is_not_the_file_that_was_sealed(self, filled: Installation) -> None:
        path = filled.settings.published
        path.write_bytes(path.read_bytes() + b"\0")
        write(GENERATED[24:25], filled.settings.raw)
        assert published(filled).base is None
        assert_as_from_nothing(filled)

    def test_most_documents_changed(self, filled: Installation) -> None:
        for one in GENERATED[:16]:
            path = filled.settings.raw / one.path
            path.write_bytes(path.read_bytes() + b"\n")
        assert published(filled).base is None
        assert_as_from_nothing(filled)


class TestVerify:
    """The same, seen by an operator."""

    def test_nothing_differs(self, filled: Installation) -> None:
        write(GENERATED[24:25], filled.settings.raw)
        assert published(filled).base is not None
        assert verify(filled.settings) == []
        assert not filled.settings.candidate.exists()
        write(GENERATED[25:26], filled.settings.raw)
        assert published(filled).base is not None

    def test_a_row_that_is_another_is_named_and_not_gone_on_from(
        self, filled: Installation
    ) -> None:
        with duckdb.connect(str(filled.settings.published.resolve())) as connection:
            connection.execute(
                "UPDATE fact_project_funding SET amount_yuan = amount_yuan + 1 "
                "WHERE fact_id = (SELECT min(fact_id) FROM fact_project_funding)"
            )
        (difference,) = verify(filled.settings)
        assert difference.table == "fact_project_funding"
        assert (difference.only_published, difference.only_from_nothing) == (1, 1)
        before, after = difference.examples
        assert before["amount_yuan"] - after["amount_yuan"] == 1
        write(GENERATED[24:25], filled.settings.raw)
        assert published(filled).base is None
        assert verify(filled.settings) == []

    def test_a_night_is_due_first(self, filled: Installation) -> None:
        write(GENERATED[24:25], filled.settings.raw)
        with closing(Night(filled.settings)) as night:
            night.take_in()
        with pytest.raises(NothingToVerifyError, match="ingest"):
            verify(filled.settings)


@pytest.mark.parametrize("seed", range(2))
def test_nights_by_chance(filled: Installation, seed: int) -> None:
    """Documents come, change, go, come back, are taken back and spoken for again."""
    chance = random.Random(seed)  # noqa: S311 - what changes, not a secret
    raw = filled.settings.raw
    made = 0
    for _ in range(12):
        change(filled, chance.choice(GENERATED), chance)
        with closing(Night(filled.settings)) as night:
            night.take_in()
            if night.is_current():
                continue
        made += published(filled).base is not None
        assert_as_from_nothing(filled)
    assert raw.exists()
    assert made > 6


def change(installation: Installation, one: Document, chance: random.Random) -> None:
    path = installation.settings.raw / one.path
    if not path.exists():
        write([one], installation.settings.raw)
        return
    what = chance.choice(["again", "gone", "taken back", "spoken for", "moved", "sidecar gone"])
    match what:
        case "again":
            path.write_bytes(path.read_bytes() + b"\n")
        case "gone":
            path.unlink()
        case "taken back":
            withdraw(installation.settings, one.path, what)
        case "spoken for":
            withdraw(installation.settings, one.path, what)
            reinstate(installation.settings, one.path, what)
        case "moved":
            path.rename(path.with_name(f"moved-{path.name}"))
        case _:
            path.with_name(path.name + ".toml").unlink(missing_ok=True)
