"""A build that goes on from the published one is, row by row, the one made from nothing."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from pipelines.load.base import SEAL, STATES
from pipelines.load.build import Build, make_build
from pipelines.night import Night
from pipelines.publish.flip import discard_candidate
from pipelines.publish.verify import NothingToVerifyError, verify
from pipelines.upkeep import reinstate, reprocess, withdraw
from tests.builds import rows_in_order
from tests.generator.__main__ import write
from tests.generator.documents import Document, documents
from tests.load.test_amounts import put
from tests.load.test_crossing import by_economic, by_function, printed, summary
from tests.printing import BODY, document, page, project, unit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation

GENERATED = list(islice(documents(seed=11, bodies=6, years=4, projects=3), 30))


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
    from tests.conftest import Installation

    root = tmp_path_factory.mktemp("filled")
    installation = Installation(root)
    write(GENERATED[:24], installation.settings.raw)
    assert published(installation).base is None
    return root


@pytest.fixture
def filled(filled_root: Path, tmp_path: Path) -> Installation:
    """Twenty-four generated documents, published from nothing."""
    from pipelines.settings import Settings
    from tests.conftest import Installation

    shutil.copytree(filled_root, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Installation.of(Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse"))


def first_path(installation: Installation) -> Path:
    return installation.settings.raw / GENERATED[0].path


def test_a_new_document(filled: Installation) -> None:
    write(GENERATED[24:26], filled.settings.raw)
    exchanged(filled, 2)


def test_a_revised_document_and_one_that_is_gone(filled: Installation) -> None:
    path = first_path(filled)
    path.write_bytes(path.read_bytes() + b"\n")
    exchanged(filled, 2)  # the bytes of before keep their readings
    path.unlink()
    exchanged(filled, 1)


def test_a_document_that_is_taken_back_and_spoken_for_again(filled: Installation) -> None:
    withdraw(filled.settings, GENERATED[0].path, "printed by mistake")
    exchanged(filled, 1)
    reinstate(filled.settings, GENERATED[0].path, "it was right")
    exchanged(filled, 1)


def test_a_sidecar_that_says_another_year(filled: Installation) -> None:
    path = first_path(filled)
    beside = path.with_name(path.name + ".toml")
    text = beside.read_text(encoding="utf-8")
    year = GENERATED[0].path.split("/")[0]
    assert year in text
    beside.write_text(text.replace(year, "2019"), encoding="utf-8")
    exchanged(filled, 1)


def test_readings_made_again_under_the_same_key(filled: Installation) -> None:
    """Their batch is another now, so what it holds is not taken from the base."""
    reprocess(filled.settings, document=GENERATED[0].path)
    build = published(filled)
    assert (build.base, build.documents) == (None, 24)  # all of them are of one batch
    assert_as_from_nothing(filled)


def test_units_own_book_takes_money_over_from_its_departments(filled: Installation) -> None:
    rows = (*unit("甲局", "1.00"), *project("道路", "1.00"), *unit("乙站", "2.00"),
            *project("桥梁", "2.00"))  # fmt: skip
    filled.put_with_sidecar("department.txt", document(page(*rows)).encode())
    exchanged(filled, 1)
    mine = (*unit("乙站", "2.00"), *project("桥梁", "2.00"))
    filled.put_with_sidecar("own.txt", document(page(*mine)).replace("甲局", "乙站").encode())
    exchanged(filled, 2)


def test_identities_across_documents(filled: Installation) -> None:
    put(filled, "a.txt", printed(summary()))
    exchanged(filled, 1)
    put(filled, "b.txt", printed(by_function(), by_economic()))
    exchanged(filled, 1)
    sql = "SELECT count(*) FROM control_total WHERE statement_count > 1"
    assert filled.value(sql) > 0
    (filled.settings.raw / "b.txt").write_bytes(printed(by_function("11.00"), by_economic()))
    exchanged(filled, 2)
    withdraw(filled.settings, "a.txt", "printed by mistake")
    exchanged(filled, 1)


class TestFromNothing:
    """What cannot be gone on from is not."""

    @staticmethod
    def next_build(filled: Installation) -> Build:
        write(GENERATED[24:25], filled.settings.raw)
        build = published(filled)
        assert_as_from_nothing(filled)
        return build

    @pytest.mark.parametrize("name", [SEAL, STATES])
    def test_what_stands_beside_it_is_lost(self, filled: Installation, name: str) -> None:
        filled.settings.published.with_name(name).unlink()
        assert self.next_build(filled).base is None

    @pytest.mark.parametrize("name", [SEAL, STATES])
    def test_what_stands_beside_it_is_damaged(self, filled: Installation, name: str) -> None:
        path = filled.settings.published.with_name(name)
        path.write_bytes(path.read_bytes()[:-9] + b"truncated")
        assert self.next_build(filled).base is None

    def test_a_byte_of_it_is_another(self, filled: Installation) -> None:
        path = filled.settings.published
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
        assert self.next_build(filled).base is None

    def test_most_documents_changed(self, filled: Installation) -> None:
        for one in GENERATED[:16]:
            path = filled.settings.raw / one.path
            path.write_bytes(path.read_bytes() + b"\n")
        assert published(filled).base is None
        assert_as_from_nothing(filled)

    def test_another_program_made_it(
        self, filled: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = make_build

        def of_another(settings, prints, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return real(settings, {**prints, "build": "another"}, keys)

        monkeypatch.setattr("pipelines.night.make_build", of_another)
        assert self.next_build(filled).base is None


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
        import duckdb

        with duckdb.connect(str(filled.settings.published.resolve())) as connection:
            connection.execute("UPDATE fact_project_funding SET amount_yuan = amount_yuan + 1 "
                               "WHERE fact_id = (SELECT min(fact_id) FROM fact_project_funding)")  # fmt: skip
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_nights_by_chance(filled: Installation, seed: int) -> None:
    """Documents come, change, go, come back, are taken back and spoken for again."""
    chance = random.Random(seed)
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
