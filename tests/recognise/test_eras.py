"""Eras: layouts of one table in different years, and the statement's year that chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.layout import Layout, LayoutError, layouts
from tests.printing import read_through, sidecar
from tests.recognise.paged import Drawn, Sheet, draw

if TYPE_CHECKING:
    from pathlib import Path

    from tests.printing import Frames

LAYOUT = """
id = "somewhere/{name}"
kind = "{kind}"
shape = "row_per_code"
has_grand_total = true
titles = ['{title}']
[era]
{era}
[[blocks]]
rows = "economic"
[[columns]]
header = "名称"
role = "label"
[[columns]]
header = "数额"
role = "amount"
"""


def toml(name: str, era: str, title: str = "支出表", kind: str = "procurement") -> str:
    return LAYOUT.format(name=name, era=era, title=title, kind=kind)


def load(root: Path, *texts: str) -> tuple[Layout, ...]:
    for number, text in enumerate(texts):
        path = root / "layouts" / "somewhere" / f"{number}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return layouts(root)


@pytest.mark.parametrize(
    ("one", "other"),
    [("last = 2020", "first = 2020"), ("", "first = 2020"), ("", ""),
     ("last = 2020", "last = 2018"), ("first = 2018\nlast = 2020", "first = 2019\nlast = 2019")],
)  # fmt: skip
def test_eras_that_overlap_are_no_layouts(tmp_path: Path, one: str, other: str) -> None:
    with pytest.raises(LayoutError, match="overlap"):
        load(tmp_path, toml("one", one), toml("other", other))


def test_eras_with_years_between_are_no_layouts(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="of neither"):
        load(tmp_path, toml("one", "last = 2018"), toml("other", "first = 2020"))


def test_an_era_that_ends_before_it_begins_is_none(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="2020 is after 2018"):
        load(tmp_path, toml("one", "first = 2020\nlast = 2018"))


def test_two_kinds_that_print_the_same_cannot_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="overlap"):
        load(tmp_path, toml("one", ""), toml("other", "", kind="operating_cost"))


def test_another_title_or_header_is_another_table(tmp_path: Path) -> None:
    other = toml("third", "").replace("数额", "金额")
    known = load(tmp_path, toml("one", ""), toml("other", "", title="收入表"), other)
    assert len([layout for layout in known if layout.place == "somewhere"]) == 3


def read(root: Path, year: int | None, *texts: str) -> Frames:
    sheet = Sheet([Drawn(["名称 | 数额", "合计 | 2.00"], bottom=200)], lines=("支出表", "单位：元"))
    body = {"value": "示例市", "why": "for the test"}
    return read_through([draw(sheet)], sidecar(year, body=body), load(root, *texts))[1]


ERAS = (toml("old", "last = 2019"), toml("new", "first = 2020").replace("economic", "function"))


@pytest.mark.parametrize(
    ("year", "name", "axis"), [(2019, "old", "economic"), (2020, "new", "function")]
)
def test_the_year_chooses_between_eras(tmp_path: Path, year: int, name: str, axis: str) -> None:
    frames = read(tmp_path, year, *ERAS)
    assert frames["statement"]["layout_id"].to_list() == [f"somewhere/{name}"]
    assert set(frames["column"]["row_axis"]) == {axis}
    assert frames["item"].is_empty()


def test_a_year_outside_every_era_waits_with_the_nearest(tmp_path: Path) -> None:
    first = toml("old", "first = 2015\nlast = 2019")
    frames = read(tmp_path, 2012, first, ERAS[1])
    (item,) = frames["item"].to_dicts()
    assert (item["rule_id"], item["found"], item["blocks"]) == ("era_unknown", "2012", "withheld")
    assert item["expected"] == "somewhere/old: 2015-2019"


def test_without_a_year_only_the_year_waits(tmp_path: Path) -> None:
    frames = read(tmp_path, None, *ERAS)
    assert frames["item"]["subject"].to_list() == ["fiscal_year"]
