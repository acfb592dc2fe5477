"""Forms: told by their labels, over pages; each cell is what the label that leads to it says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.documents.context import DocumentContext
from pipelines.documents.readings import ReadingKey
from pipelines.extract.readers import extract
from pipelines.recognise.documents import recognise
from pipelines.recognise.forms import Form, claim_forms
from pipelines.recognise.fragments import read_fragments
from pipelines.recognise.groups import join_fragments
from pipelines.recognise.match import NoMatch
from pipelines.recognise.tables import logical_cells
from schemas.eras import Era
from schemas.layout import Layout
from tests.recognise.paged import DOCUMENT, Drawn, Sheet, draw, tables_of
from tests.recognise.written import as_web, as_word, as_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.grids import Extraction
    from pipelines.recognise.form_rows import Value

CASES = tomllib.loads((Path(__file__).parent / "cases" / "forms.toml").read_text("utf-8"))
LAYOUTS = {name: Layout.model_validate(said) for name, said in CASES["layouts"].items()}


def read(case: dict[str, Any]) -> tuple[list[Form], list[NoMatch], dict[str, str]]:
    """Forms of a drawn document, why other tables are none, and the text of each cell."""
    pages = [Sheet([Drawn(page["rows"])], page.get("lines", ())) for page in case["pages"]]
    return read_of(case, draw(*pages))


def read_of(
    case: dict[str, Any], extraction: Extraction
) -> tuple[list[Form], list[NoMatch], dict[str, str]]:
    """The same of a document that is read already."""
    cells = tables_of(extraction).cells.with_columns(reading_id=pl.lit("a"))
    layouts = [LAYOUTS[case["layout"]]]
    fragments = read_fragments(cells, layouts)
    claim_forms(fragments, logical_cells(cells), layouts)
    forms = [group.fragments[0].match for group in join_fragments(fragments)]
    unlike = [f.match for f in fragments if isinstance(f.match, NoMatch)]
    return (
        [form for form in forms if isinstance(form, Form)],
        unlike,
        dict(cells.select("cell_id", "text").iter_rows()),
    )


def values(forms: list[Form], texts: dict[str, str]) -> list[list[str]]:
    """Role, node and text of each value of each form, in order."""
    return [
        [f"{_role(value)} = {texts[value.cell_id]}".strip() for value in form.reading.values]
        for form in forms
    ]


def _role(value: Value) -> str:
    return f"{value.part.role} {value.part.node or ''}".strip()


def expected(case: dict[str, Any]) -> list[list[str]]:
    """What a case says that these are."""
    return [[value.strip() for value in values] for values in case["forms"]]


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_what_each_cell_of_a_form_is(case: dict[str, Any]) -> None:
    forms, unlike, texts = read(case)
    assert values(forms, texts) == expected(case)
    differences = " ".join(no.expected for no in unlike)
    assert all(word in differences for word in case.get("difference", ()))
    assert bool(unlike) == (not case["forms"])


@pytest.mark.parametrize("write", [as_word, as_web, as_workbook])
@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_a_form_says_the_same_in_every_format(
    case: dict[str, Any], write: Callable[[list[dict[str, Any]]], bytes]
) -> None:
    forms, _, texts = read_of(case, extract(DOCUMENT, write(case["pages"])))
    assert values(forms, texts) == expected(case)


@pytest.mark.parametrize(
    "case", [c for c in CASES["case"] if c["forms"]], ids=lambda case: case["name"]
)
def test_every_cell_of_a_form_is_a_value_a_header_or_a_title(case: dict[str, Any]) -> None:
    forms, _, texts = read(case)
    known: set[str] = set()
    for form in forms:
        known |= {value.cell_id for value in form.reading.values} | form.reading.headers
        known |= {line.cell_id for table in form.tables for line in table.fragment.read}
    assert {text for cell, text in texts.items() if cell not in known and text} == set()


def test_of_layouts_that_print_the_same_the_year_decides() -> None:
    case = next(c for c in CASES["case"] if c["layout"] == "project")
    old = LAYOUTS["project"].model_copy(update={"id": "made-up/old", "era": Era(last=2025)})
    new = LAYOUTS["project"].model_copy(update={"id": "made-up/new", "era": Era(first=2026)})
    pages = [Sheet([Drawn(page["rows"])], page.get("lines", ())) for page in case["pages"]]
    for year, layout in (("2025", old), ("2026", new)):
        lines = ["项目绩效目标表", f"（{year}年度）"]
        sheets = [Sheet(pages[0].grids, lines), *pages[1:]]
        key = ReadingKey("a" * 20, DOCUMENT, ())
        frames = recognise([(key, draw(*sheets), DocumentContext())], [old, new])
        assert frames["statement"]["layout_id"][0] == layout.id
