"""A change of code or data changes the fingerprints of the stages that depend on it, no others."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import fingerprints
from pipelines.fingerprints import STAGES, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
EVERY = frozenset(STAGES)


def all_prints(config: Path | None = None) -> dict[str, str]:
    return {stage: fingerprint(stage, config) for stage in STAGES}


def changed(before: dict[str, str], config: Path | None = None) -> set[str]:
    after = all_prints(config)
    return {stage for stage in STAGES if before[stage] != after[stage]}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's sources and data, which a test may change."""
    root = tmp_path / "house"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("pipelines", "schemas", "warehouse/marts", "warehouse/macros"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    monkeypatch.setattr(fingerprints, "ROOT", root)
    return root


@pytest.fixture
def config(tmp_path: Path) -> Path:
    root = tmp_path / "config"
    (root / "codes").mkdir(parents=True)
    (root / "codes" / "regions.csv").write_text("one\n", encoding="utf-8")
    return root


def pretend_version(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Let one package have another version."""

    def fake(name: str) -> str:
        return "0" if name == package else version(name)

    monkeypatch.setattr(fingerprints, "version", fake)


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("# changed\n" if path.suffix == ".py" else "\n")


def test_a_copy_elsewhere_has_the_same_fingerprints(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = all_prints()
    monkeypatch.setattr(fingerprints, "ROOT", ROOT)
    assert all_prints() == copied
    assert house != ROOT


def test_stages_differ_and_nothing_changes_by_itself() -> None:
    prints = all_prints()
    assert len(set(prints.values())) == len(STAGES)
    assert changed(prints) == set()
    assert all(len(value) == 64 for value in prints.values())


@pytest.mark.parametrize(
    ("path", "stages"),
    [
        ("pipelines/extract/text_reader.py", {"extract"}),
        ("pipelines/extract/grids.py", {"extract", "read"}),
        ("pipelines/documents/media.py", {"extract"}),
        ("pipelines/recognise/match.py", {"read"}),
        ("pipelines/normalise/rows.py", {"read"}),
        ("pipelines/conform/names.py", {"read", "build"}),
        ("pipelines/validate/identities.py", {"read"}),
        ("pipelines/values/amounts.py", {"read", "build"}),
        ("pipelines/values/targets.py", {"read"}),
        ("pipelines/values/keys.py", {"read", "build"}),
        ("pipelines/load/versions.py", {"build"}),
        ("schemas/render.py", {"build"}),
        ("schemas/tables/facts.py", {"read", "build"}),
        ("pipelines/__init__.py", EVERY),
        ("pipelines/serve/query.py", set()),
        ("pipelines/publish/checks.py", set()),
        ("pipelines/cli.py", set()),
        ("pipelines/assets/warehouse.py", set()),
        ("schemas/layouts/guangzhou/project_performance_targets.toml", {"read"}),
        ("schemas/layouts/vocabulary.toml", {"read"}),
        ("schemas/codes/comparators.csv", {"read", "build"}),
        ("schemas/codes/feeding_rules.csv", {"read", "build"}),
        ("warehouse/marts/mart_project_year.sql", {"build"}),
    ],
)
def test_change_of_a_file(house: Path, path: str, stages: set[str]) -> None:
    before = all_prints()
    append(house / path)
    assert changed(before) == stages


def test_change_of_the_grammar(house: Path) -> None:
    before = all_prints()
    append(house / "pipelines/values/targets.lark")
    assert "read" in changed(before)
    assert "extract" not in changed(before)


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        (lambda root: (root / "schemas/layouts/place").mkdir(), set()),
        (lambda root: _new(root / "schemas/layouts/place/kind.toml"), {"read"}),
        (lambda root: _new(root / "schemas/codes/new.csv"), {"read", "build"}),
        (lambda root: _new(root / "warehouse/marts/new.sql"), {"build"}),
        (lambda root: _new(root / "warehouse/macros/new.sql"), {"build"}),
        (lambda root: _new(root / "schemas/codes/.hidden"), set()),
        (lambda root: _new(root / "pipelines/serve/new.py"), set()),
        (lambda root: (root / "schemas/codes/regions.csv").unlink(), {"read", "build"}),
        (lambda root: (root / "schemas/codes/body_succession.csv").unlink(), {"build"}),
        (lambda root: (root / "schemas/codes/rejected_suggestions.csv").unlink(), set()),
        (
            lambda root: (root / "schemas/codes/regions.csv").rename(root / "schemas/codes/r.csv"),
            {"read", "build"},
        ),
    ],
)
def test_new_removed_and_renamed_files(
    house: Path, change: Callable[[Path], object], stages: set[str]
) -> None:
    before = all_prints()
    change(house)
    assert changed(before) == stages


def test_import_of_another_module_adds_it(house: Path) -> None:
    (house / "pipelines/extract/new.py").write_text("X = 1\n", encoding="utf-8")
    reader = house / "pipelines/extract/text_reader.py"
    reader.write_text(
        reader.read_text(encoding="utf-8") + "\nimport pipelines.extract.new\n", encoding="utf-8"
    )
    before = all_prints()
    append(house / "pipelines/extract/new.py")
    assert changed(before) == {"extract"}


def test_operators_configuration_counts_for_stages_that_read_data(
    house: Path, config: Path
) -> None:
    assert house.exists()
    before = all_prints()
    assert changed(before, config) == {"read", "build"}
    told = all_prints(config)
    assert changed(told, config) == set()
    (config / "codes" / "regions.csv").write_text("two\n", encoding="utf-8")
    assert changed(told, config) == {"read", "build"}


def test_configuration_is_known_by_its_content_not_its_place(
    house: Path, config: Path, tmp_path: Path
) -> None:
    assert house.exists()
    other = tmp_path / "moved"
    shutil.copytree(config, other)
    assert all_prints(config) == all_prints(other)


def test_version_of_a_package_counts_where_it_is_imported(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert house.exists()
    before = all_prints()
    pretend_version(monkeypatch, "lark")
    assert changed(before) == {"read"}
    pretend_version(monkeypatch, "polars")
    assert changed(before) == EVERY


def test_import_that_no_package_gives_is_named(house: Path) -> None:
    path = house / "pipelines/extract/text_reader.py"
    path.write_text("import unheard_of_package\n", encoding="utf-8")
    fingerprints._imports.cache_clear()  # noqa: SLF001 - the source has changed
    with pytest.raises(RuntimeError, match=r"unheard_of_package .*_DISTRIBUTIONS"):
        fingerprint("extract")


def test_unknown_stage() -> None:
    with pytest.raises(KeyError):
        fingerprint("unheard_of")


def _new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("new\n", encoding="utf-8")
