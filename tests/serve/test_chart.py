"""Charts: each figure is drawn where it is, with its unit and its source; gaps are no zeros."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from pipelines.serve import chart as charts
from pipelines.serve.chart import chart, chart_spec
from pipelines.serve.compare import CompareError, Comparison
from pipelines.serve.fonts import chinese_family
from tests.commands import asked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation

BUDGET = "budget"


def compared(
    figures: dict[tuple[str, str, int], str], by: str = "function", **told: Any
) -> Comparison:
    """A comparison: body, line and year → amount."""
    found = Comparison(by, "支出 / expenditure", **told)
    found.lines.extend(dict.fromkeys((body, line, line) for body, line, _ in figures))
    found.columns.extend(sorted({(year, BUDGET) for _, _, year in figures}))
    found.cells.update({(body, line, (year, BUDGET)): Decimal(amount)
                        for (body, line, year), amount in figures.items()})  # fmt: skip
    return found


TWO_YEARS = {("甲局", "教育", 2023): "10000.00", ("甲局", "教育", 2024): "25000.00",
             ("甲局", "卫生", 2024): "0.00"}  # fmt: skip


def panels(spec: dict[str, Any]) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = spec["vconcat"][0]["vconcat"]
    return drawn


def foot(spec: dict[str, Any]) -> str:
    return "".join(spec["title"]["text"])


def test_bars_say_their_figures_and_gaps_that_they_are_gaps() -> None:
    spec = chart_spec(compared(TWO_YEARS), unit="万元", sources=["甲局 2023: 支出总表"])
    (panel,) = panels(spec)
    assert [(r["line"], r["column"], r["value"], r["label"]) for r in panel["data"]["values"]] == [
        ("000", "2023 budget", 1.0, "1.00"), ("000", "2024 budget", 2.5, "2.50"),
        ("001", "2023 budget", None, "未公布 n/a"), ("001", "2024 budget", 0.0, "0.00"),
    ]  # fmt: skip
    assert spec["vconcat"][0]["title"]["subtitle"] == ["单位 unit: 万元"]
    assert "依据 rests on: 甲局 2023: 支出总表" in foot(spec)


def test_shares_and_changes_are_drawn_where_they_are_asked_for() -> None:
    found = compared(TWO_YEARS)
    (panel,) = panels(chart_spec(found, unit="元", with_share=True))
    assert [row["value"] for row in panel["data"]["values"]] == [100.0, 100.0, None, 0.0]
    spec = chart_spec(found, unit="元", with_change=True)
    labels = [row["label"] for row in panels(spec)[0]["data"]["values"]]
    assert labels == ["10,000.00", "25,000.00 (+150.00%)", "未公布 n/a", "0.00"]
    assert "in brackets: change" in foot(spec)


def test_more_years_are_lines_broken_where_nothing_is_published() -> None:
    years = (2019, 2020, 2022, 2023)
    found = compared({("甲局", "教育", year): f"{year}.00" for year in years})
    (panel,) = panels(chart_spec(found, unit="元"))
    assert [(row["year"], row["value"]) for row in panel["data"]["values"]] == [
        (2019, 2019.0), (2020, 2020.0), (2021, None), (2022, 2022.0), (2023, 2023.0),
    ]  # fmt: skip
    assert [layer["mark"]["type"] for layer in panel["layer"]] == ["line", "point"]


def test_what_is_too_much_is_summed_or_named() -> None:
    found = compared({(f"{body}局", f"项{line:02}", 2023): f"{line + 1}.00"
                      for body in range(8) for line in range(25)})  # fmt: skip
    spec = chart_spec(found, unit="元")
    assert len(panels(spec)) == 6
    assert spec["vconcat"][0]["resolve"]["scale"]["x"] == "shared"  # what is longer is more
    assert "另有 2 个机构未画 / 2 bodies are not drawn" in foot(spec)
    rows = panels(spec)[0]["data"]["values"]
    assert len(rows) == 20
    assert rows[-1]["label"] == "21.00"  # 1 + … + 6
    assert sum(row["value"] for row in rows) == sum(range(1, 26))
    sources = [f"{n}局 2023" for n in range(20)]
    assert "其余依据 12 条 / 12 more" in foot(chart_spec(found, unit="元", sources=sources))


def test_long_names_are_wrapped_between_words_and_cut() -> None:
    name = "示例甲市市长专线电话受理中心 · 示例甲市12345政务服务热线2025年运行维护"
    (panel,) = panels(chart_spec(compared({("甲局", name, 2023): "1.00"}), unit="元"))
    label = '["示例甲市市长专线电话受理中心 · 示例甲市", "12345政务服务热线2025年运行维护"]'
    assert label in panel["encoding"]["y"]["axis"]["labelExpr"]
    (panel,) = panels(chart_spec(compared({("甲局", name * 2, 2023): "1.00"}), unit="元"))
    assert '…"]' in panel["encoding"]["y"]["axis"]["labelExpr"]


def test_sums_of_bodies_are_one_panel_the_largest_first() -> None:
    found = compared({("甲局", "", 2023): "1.00", ("乙局", "", 2023): "2.00"}, by="total")
    (panel,) = panels(chart_spec(found, unit="元"))
    assert "title" not in panel
    assert [row["value"] for row in panel["data"]["values"]] == [2.0, 1.0]
    assert '"000": ["乙局"]' in panel["encoding"]["y"]["axis"]["labelExpr"]


def test_targets_of_the_unit_that_most_have_are_drawn_and_the_others_named() -> None:
    found = compared(
        {
            ("甲局", "满意度", 2023): "90",
            ("甲局", "人数", 2023): "20",
            ("甲局", "合格率", 2023): "95",
        },
        by="indicator",
    )
    percent, people = ('["number","ge","%",null,null,null,null]',
                       '["number","ge","人",null,"year",null,null]')  # fmt: skip
    for place in found.cells:
        found.measures[place] = people if place[1] == "人数" else percent
        found.texts[place] = f"≥{found.cells[place]}"
    spec = chart_spec(found, unit="元")
    assert spec["vconcat"][0]["title"]["subtitle"] == ["单位 unit: %", "2023 budget"]
    assert "targets of other units are not drawn: 1 × 人/year" in foot(spec)
    assert [row["label"] for row in panels(spec)[0]["data"]["values"]] == ["≥95", "≥90"]


def test_nothing_is_no_chart() -> None:
    with pytest.raises(CompareError, match="no facts match"):
        chart_spec(compared({}), unit="元")
    found = compared({("甲局", "效果", 2023): "1"}, by="indicator")
    found.cells.clear()
    with pytest.raises(CompareError, match="none of these is a number"):
        chart_spec(found, unit="元")


def test_an_svg_has_every_word_and_is_the_same_each_time() -> None:
    name = "甲、“乙”<丙>与\"丁\"'戊'等单位的一个很长很长很长很长很长很长的名称"
    found = compared({("甲局", name, 2023): "12345678.90", ("甲局", "卫生", 2023): "-5.00"})
    svg = chart(found, "svg", unit="元", sources=["甲局 2023 budget: 支出总表"])
    assert svg == chart(found, "svg", unit="元", sources=["甲局 2023 budget: 支出总表"])
    words = "".join(re.findall(r"<t(?:ext|span)[^>]*>([^<]*)(?=<)", svg.decode()))
    for said in ("支出 / expenditure", "单位 unit: 元", "12,345,678.90", "-5.00", "甲、“乙”&lt;丙",
                 "依据 rests on: 甲局 2023 budget: 支出总表", "2023 budget"):  # fmt: skip
        assert said in words
    assert "Noto Sans CJK SC" in svg.decode()


def test_a_png_is_drawn_in_chinese_or_refused(
    seeded: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "图.png"
    command = ["compare", "--by", "fund", "--plot", str(path)]
    if chinese_family() is not None:
        assert asked(seeded, *command).exit_code == 0
        picture = Image.open(io.BytesIO(path.read_bytes())).convert("L")
        assert picture.width > 1000
        assert min(picture.tobytes()) < 60  # words and bars, on white
        assert max(picture.tobytes()) > 250
        path.unlink()
    monkeypatch.setattr(charts, "chinese_family", lambda: None)
    done = asked(seeded, *command)
    assert done.exit_code == 1
    assert "fonts-noto-cjk" in str(done.exception)
    assert not path.exists()
    assert (
        asked(seeded, "compare", "--by", "fund", "--plot", str(tmp_path / "a.svg")).exit_code == 0
    )
    assert "财政拨款" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert asked(seeded, "compare", "--plot", "a.pdf").exit_code == 2
