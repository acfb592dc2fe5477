"""Every layout by a table as its place prints it: cases are files, a new place adds one.

``[[case]]``: ``layout``; ``lines`` above the table; ``rows`` of it (``<`` is covered by the cell to
the left, ``^`` by the cell above); ``columns``: for each printed column its role, its block where
there are several, and its node; nothing for one that the layout does not explain.

``[[form]]``: ``layout``; ``pages``, each with ``lines`` and ``rows``; ``values``: of each value its
role, its node, and its text, in reading order; ``unit`` where it is not 万元, ``without_money``
where there is none.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.layout import layouts
from tests.printing import read_through
from tests.recognise.paged import Drawn, Sheet, draw

FILES = sorted((Path(__file__).parent / "cases" / "layouts").glob("*.toml"))
PLACES = [tomllib.loads(path.read_text("utf-8")) for path in FILES]
CASES: list[dict[str, Any]] = [case for place in PLACES for case in place["case"]]
FORMS: list[dict[str, Any]] = [form for place in PLACES for form in place.get("form", ())]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['layout']}-{number}" for number, case in enumerate(CASES)]
)
def test_case(case: dict[str, Any]) -> None:
    table = Drawn(case["rows"], bottom=300)
    frames = read_through([draw(Sheet([table], lines=case["lines"]))], None)[1]
    assert frames["item"].filter(level="grid").is_empty(), frames["item"]["expected"].to_list()
    (statement,) = frames["statement"].to_dicts()
    assert (statement["layout_id"], statement["title"]) == (case["layout"], case["lines"][0])
    assert statement["unit"] == "万元"
    blocks = frames["column"]["block"].max()
    said = {
        column["table_col"]: " ".join(
            filter(None, (column["role"], str(column["block"]) if blocks != 1 else None,
                          column["node"]))
        )
        for column in frames["column"].to_dicts()
    }  # fmt: skip
    assert [said.get(col, "") for col in range(1, len(case["columns"]) + 1)] == case["columns"]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["layout"])
def test_form(form: dict[str, Any]) -> None:
    sheets = [Sheet([Drawn(page["rows"])], page.get("lines", ())) for page in form["pages"]]
    frames = read_through([draw(*sheets)], None)[1]
    assert frames["item"].filter(level="grid").is_empty(), frames["item"]["expected"].to_list()
    (statement,) = frames["statement"].to_dicts()
    unit = None if form.get("without_money") else form.get("unit", "万元")
    assert (statement["layout_id"], statement["unit"]) == (form["layout"], unit)
    assert frames["item"].filter(pl.col("subject") == "unit").is_empty()
    texts = dict(frames["cell"].select("cell_id", "text").rows())
    said = [
        " ".join(filter(None, (role, node))) + f" = {texts[cell]}"
        for role, node, cell in frames["field"].select("role", "node", "cell_id").rows()
    ]
    assert [v.strip() for v in said] == [v.strip() for v in form["values"]]


def test_every_layout_has_a_case() -> None:
    assert {layout.id for layout in layouts()} == {c["layout"] for c in (*CASES, *FORMS)}
