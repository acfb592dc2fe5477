"""The made-up city as it is printed, before anything reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.__main__ import README, issue
from tests.demo.city import bodies, city
from tests.demo.corpus import FAULTS, corpus


def test_the_same_city_is_the_same_bytes() -> None:
    """Whatever the clock says: workbooks and archives carry dates."""
    again = corpus.__wrapped__()
    assert {d.path: d.sha256 for d in again.documents} == {
        d.path: d.sha256 for d in corpus().documents
    }


def test_every_name_is_marked_and_every_file_is_its_own() -> None:
    names = {body.name for body in bodies()}
    names |= {unit.name for body in bodies() for b in body.budgets.values() for unit in b.units}
    assert len(names) > len(bodies())
    assert all(name.endswith(city()["mark"]) for name in names)
    paths = [document.path for document in corpus().documents]
    assert len(set(paths)) == len(paths)
    assert {Path(path).suffix for path in paths} == {".pdf", ".docx", ".xlsx"}


def test_a_demo_begins_anew_and_says_what_it_is(tmp_path: Path) -> None:
    settings = issue(tmp_path / "demo")
    left = settings.raw / "left.txt"
    left.write_text("of an earlier demo", encoding="utf-8")
    settings.warehouse.mkdir()
    assert issue(tmp_path / "demo") == settings
    assert not left.exists()
    assert not settings.warehouse.exists()
    said = (tmp_path / "demo" / README).read_text(encoding="utf-8")
    for fault in FAULTS:
        assert f"{fault.body} {fault.fiscal_year}: {fault.zh}" in said


def test_a_directory_that_holds_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="is no demo"):
        issue(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
