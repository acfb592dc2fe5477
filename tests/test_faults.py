"""Faults that a review found: each stays found."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipelines import rooms as rooms_module
from pipelines.documents.archive import sha256_of
from pipelines.extract.grids import Page
from pipelines.night import Night
from pipelines.serve.query import query_text
from tests.conftest import SEED, SIDECAR, Installation
from tests.printing import BODY, PLAIN, document, one, page, project, unit

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.extract.grids import Extraction
    from tests.printing import Frames

pytestmark = pytest.mark.slow  # whole nights, many of them

SUM = "SELECT sum(amount_yuan)::BIGINT FROM fact_project_funding"


def test_a_unit_is_the_same_body_with_and_without_its_suffix(installation: Installation) -> None:
    """（本级） in the department's rows and the unit's own book: one unit, counted once."""
    department = document(
        page(
            unit("合计", "50.00", "50.00"),
            unit(f"{BODY}（本级）", "30.00", "30.00"),
            project("植树", "30.00", "30.00"),
            unit("示例市苗圃", "20.00", "20.00"),
            project("育苗", "20.00", "20.00"),
        )
    )
    own = document(
        page(
            unit("合计", "30.00", "30.00"),
            unit(BODY, "30.00", "30.00"),
            project("植树", "30.00", "30.00"),
            body=f"{BODY}（本级）",
        )
    )
    installation.put_with_sidecar("department.txt", department.encode())
    installation.put_with_sidecar("own.txt", own.encode())
    installation.run()
    assert installation.value(SUM) == 500_000
    names = {name for (name,) in installation.rows("SELECT name FROM dim_body")}
    assert names == {BODY, "示例市苗圃"}


def test_amounts_beyond_any_budget_wait_and_the_others_go_on(installation: Installation) -> None:
    huge = "9999999999999999.00"
    rows = (unit("合计", huge, huge), unit(BODY, huge, huge), project("植树", huge, huge))
    installation.put_with_sidecar("huge.txt", document(page(*rows, money="元")).encode())
    installation.put_seed()
    installation.run()
    assert installation.value(SUM) == 4_206_600
    assert installation.value("SELECT count(*) FROM quarantine_item") > 0


def test_sums_beyond_their_type_wait_and_the_others_go_on(installation: Installation) -> None:
    large = "99999999999999.00"
    projects = [project(f"项目{n}", large, large) for n in range(200)]
    rows = (unit("合计", large, large), unit(BODY, large, large), *projects)
    installation.put_with_sidecar("large.txt", document(page(*rows, money="元")).encode())
    installation.put_seed()
    installation.run()
    assert installation.value(SUM) == 4_206_600
    assert installation.rows("SELECT DISTINCT status FROM statement ORDER BY 1") == [
        ("complete",),
        ("withheld",),
    ]


def test_trimmed_zeros_do_not_widen_the_envelope() -> None:
    rows = (
        unit("合计", "42.66", "42.66"),
        unit(BODY, "42.66", "42.66"),
        project("植树", "12", "12"),
        project("修剪", "30.16", "30.16"),
    )
    rooms = one(document(page(*rows)))
    assert rooms.statuses() == ["withheld"]
    assert set(rooms.rules()) == {"identity_broken"}


def test_a_quote_in_the_path_of_the_warehouse(tmp_path: Path) -> None:
    root = tmp_path / "it's 100% 预算"
    root.mkdir()
    installation = Installation(root)
    installation.put_seed()
    assert installation.run().published
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 7


def test_an_answer_that_does_not_fit_csv_is_told_so(seeded: Installation) -> None:
    with pytest.raises(ValueError, match="json"):
        query_text(seeded.settings, "select [1, 2] as x", "csv")
    assert query_text(seeded.settings, "select [1, 2] as x", "json") == '[{"x":[1,2]}]\n'


def test_lost_characters_withhold_every_statement_of_the_document(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.put_seed()
    night = Night(installation.settings)
    whole = night.grids.get

    def lossy(document_id: str) -> Extraction:
        extraction = whole(document_id)
        (only,) = extraction.pages
        return replace(extraction, pages=[Page(1, only.cell_count, only.char_count + 3,
                                               only.cell_char_count)])  # fmt: skip

    monkeypatch.setattr("pipelines.extract.cache.GridCache.get", lambda _, d: lossy(d))
    installation.run()
    assert installation.rows("SELECT rule_id FROM quarantine_item") == [("characters_unaccounted",)]
    assert installation.value("SELECT status FROM statement") == "withheld"
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0


@pytest.mark.parametrize("room", ["normalise", "conform", "validate"])
def test_a_document_on_which_a_room_fails_waits_and_the_others_go_on(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    bad = installation.put_with_sidecar("bad.txt", PLAIN.encode())
    for number in range(3):
        installation.put(f"{number}.txt", PLAIN.replace("植树", f"植树{number}").encode())
    installation.put_seed()
    whole = getattr(rooms_module, room)

    def fails_on_bad(frames: Frames, *config: Path | None) -> Frames:
        if bad in frames["statement"]["document_id"]:
            raise ZeroDivisionError("an error nobody thought of")
        made: Frames = whole(frames, *config)
        return made

    monkeypatch.setattr(rooms_module, room, fails_on_bad)
    installation.run()
    assert installation.value(SUM) == 4_206_600
    items = (
        "SELECT path, found FROM quarantine_item JOIN dim_document USING (document_id) "
        "WHERE rule_id = 'unreadable_document'"
    )
    assert installation.rows(items) == [
        ("bad.txt", "ZeroDivisionError: an error nobody thought of")
    ]


def test_an_error_on_every_document_is_the_programs_and_ends_the_night(
    seeded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded.put("a.txt", PLAIN.encode())
    seeded.put("b.txt", PLAIN.replace("植树", "种树").encode())

    def fails(*_: object) -> None:
        raise ZeroDivisionError("an error in the program")

    monkeypatch.setattr(rooms_module, "conform", fails)
    with pytest.raises(ZeroDivisionError, match="an error in the program"):
        seeded.run()
    assert seeded.value(SUM) == 4_206_600


def test_a_damaged_sidecar_waits_until_it_is_restored(seeded: Installation) -> None:
    (sidecar,) = (
        p for p in seeded.settings.archive.iterdir() if p.read_bytes() == SIDECAR.read_bytes()
    )
    (seeded.settings.raw / SIDECAR.name).unlink()
    sidecar.unlink()
    sidecar.write_bytes(b"other")
    shutil.rmtree(seeded.settings.cache)
    seeded.put_with_sidecar("b.txt", PLAIN.encode())
    seeded.run()
    rules = "SELECT DISTINCT rule_id FROM quarantine_item ORDER BY 1"
    assert ("version_lost",) in seeded.rows(rules)
    assert seeded.value("SELECT count(*) FROM fact_project_funding") > 0
    sidecar.unlink()
    sidecar.write_bytes(SIDECAR.read_bytes())
    seeded.run()
    assert seeded.value("SELECT count(*) FROM fact_project_funding WHERE fiscal_year = 2023") > 7
    assert ("version_lost",) not in seeded.rows(rules)


def test_a_damaged_archive_is_mended_by_the_original(seeded: Installation) -> None:
    os.utime(seeded.settings.raw / SEED.name, (1, 1))  # old enough not to be read again
    seeded.run()
    archived = seeded.settings.archive / sha256_of(SEED.read_bytes())
    archived.unlink()
    archived.write_bytes(b"other")
    shutil.rmtree(seeded.settings.cache / "grids")
    shutil.rmtree(seeded.settings.cache / "batches")
    seeded.put_with_sidecar("b.txt", PLAIN.encode())
    seeded.run()
    assert seeded.rows("SELECT DISTINCT rule_id FROM quarantine_item ORDER BY 1") == [
        ("archive_damaged",),
        ("version_lost",),
    ]
    seeded.run()
    assert seeded.value("SELECT count(*) FROM quarantine_item") == 0
    assert archived.read_bytes() == SEED.read_bytes()


def test_a_config_file_that_would_have_no_effect_is_refused(
    installation: Installation, tmp_path: Path
) -> None:
    codes = tmp_path / "config" / "codes"
    codes.mkdir(parents=True)
    (codes / "money_units.csv").write_text("unit,exponent,source\n百元,2,typed\n", "utf-8")
    with pytest.raises(ValueError, match=r"money_units\.csv"):
        Night(replace(installation.settings, config=tmp_path / "config"))
    with pytest.raises(ValueError, match="nowhere"):
        Night(replace(installation.settings, config=tmp_path / "nowhere"))


def test_the_shipped_and_the_plain_document_are_accepted(installation: Installation) -> None:
    """The faults above are not caught by refusing everything."""
    installation.put_with_sidecar("a.txt", PLAIN.encode())
    installation.put_with_sidecar("b.txt", SEED.read_bytes())
    installation.run()
    assert installation.value("SELECT count(*) FROM quarantine_item") == 0
