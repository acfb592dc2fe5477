"""`yusuan layouts`, `yusuan layout explain`, `yusuan layout draft`: by the file of the guide."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.serve.draft import NothingToDraftError, draft
from pipelines.settings import Settings
from schemas.layout import Layout, layouts
from tests.commands import asked_nowhere as asked
from tests.conftest import ROOT, SEED
from tests.pdfs import PdfPage, pdf

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = (ROOT / "docs" / "add-a-layout.md").read_text("utf-8")


def explained(file: Path, *arguments: str) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = json.loads(
        asked("layout", "explain", str(file), "--json", *arguments).stdout
    )["tables"]
    return tables


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of the guide."""
    (sample,) = re.findall(r"```tsv\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "sample.tsv"
    path.write_text(sample, encoding="utf-8")
    return path


def test_the_guide_leads_from_a_file_to_a_layout_that_fits(file: Path, tmp_path: Path) -> None:
    (before,) = explained(file)
    assert (before["layout"], before["rule_id"]) == (None, "layout_unknown")
    assert before["title"] == "表3 部门支出总体情况表"
    likest = before["likest"][0]
    assert f"`{likest['id']}` is the likest" in GUIDE
    assert {"上缴上级支出", "合计", "基本支出", "项目支出"} <= set(likest["matched"])
    assert likest["missing"] == ["事业单位经营支出", "对附属单位补助支出"]
    drafted = asked("layout", "draft", str(file), "--place", "example")
    assert drafted.exit_code == 0
    assert "fits the table" in drafted.stderr
    path = tmp_path / "my" / "layouts" / "example" / "expenditure_summary.toml"
    path.parent.mkdir(parents=True)
    path.write_text(drafted.stdout, encoding="utf-8")
    config = ("--config", str(tmp_path / "my"))
    (after,) = explained(file, *config)
    assert (after["layout"], after["statement_no"]) == ("example/expenditure_summary", 1)
    shown = asked("layout", "explain", str(file), *config).stdout
    assert "→ example/expenditure_summary · 报表 statement 1" in shown
    assert "its header and its title" in shown
    listed = json.loads(asked("layouts", "--json", *config).stdout)
    assert "example/expenditure_summary" in [layout["id"] for layout in listed]


def test_what_the_guide_says_of_the_draft_is_in_it(file: Path) -> None:
    layout = tomllib.loads(draft(Settings.resolve(), file, place="example").toml)
    said = next(b for b in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "[[blocks]]" in b)
    promised = tomllib.loads(said)
    columns, mine = promised.pop("columns"), layout.pop("columns")
    assert {key: layout[key] for key in promised} == promised
    assert all(column in mine for column in columns)


def test_the_case_of_the_guide_is_one_of_its_layout(file: Path) -> None:
    case = re.findall(r"```toml\n(\[\[case\]\].*?)```", GUIDE, re.DOTALL)[0]
    (said,) = tomllib.loads(case)["case"]
    layout = Layout.model_validate(
        tomllib.loads(draft(Settings.resolve(), file, place="example").toml)
    )
    assert said["layout"] == layout.id
    printed = [" ".join(filter(None, (c.role, c.node))) for c in layout.columns]
    assert said["columns"] == printed


def test_a_known_file_is_explained_by_its_layout() -> None:
    tables = explained(SEED)
    assert [table["layout"] for table in tables] == ["guangzhou/project_performance_targets"] * 2
    assert [table["statement_no"] for table in tables] == [1, 1]
    assert tables[1]["reason"].endswith("goes on with statement 1")


def test_layouts_are_listed_with_kind_era_shape_and_titles() -> None:
    listed = json.loads(asked("layouts", "--json").stdout)
    assert [layout["id"] for layout in listed] == [layout.id for layout in layouts()]
    assert all(layout["kind_name"] and layout["titles"] for layout in listed)
    assert "guangzhou/three_public" in asked("layouts").stdout


def drafted(tmp_path: Path, *rows: str, title: str = "支出表") -> dict[str, Any]:
    path = tmp_path / "table.tsv"
    path.write_text("\n\n".join([title, "\n".join(rows)]) + "\n", encoding="utf-8")
    found = draft(Settings.resolve(), path)
    assert found.fits
    return tomllib.loads(found.toml)


class TestDraft:
    def test_funds_are_told_by_their_names_and_totals_by_what_they_stand_below(
        self, tmp_path: Path
    ) -> None:
        found = drafted(
            tmp_path,
            "单位\t合计\t财政拨款\t\t其他资金",
            "\t\t小计\t一般公共预算\t",
            "某局\t3.00\t2.00\t2.00\t1.00",
            title="收入总表",
        )
        nodes = {column["header"]: column.get("node") for column in found["columns"]}
        assert nodes == {
            "单位": None, "合计": "all_funds", "财政拨款/小计": "fiscal_appropriation",
            "财政拨款/一般公共预算": "general_public_budget", "其他资金": "other_funds",
        }  # fmt: skip
        assert found["kind"] == "revenue_summary"

    def test_tables_side_by_side_are_blocks(self, tmp_path: Path) -> None:
        found = drafted(
            tmp_path,
            "收入\t\t支出\t",
            "项目\t预算\t项目\t预算",
            "一、财政拨款\t3.00\t一、基本支出\t2.00",
            "二、事业收入\t1.00\t二、项目支出\t2.00",
        )
        assert found["shape"] == "side_by_side"
        assert [block["rows"] for block in found["blocks"]] == ["fund_source", "expenditure_type"]
        assert [column["block"] for column in found["columns"]] == [1, 1, 2, 2]

    def test_codes_tell_the_axis_of_rows(self, tmp_path: Path) -> None:
        rows = ("科目编码\t科目名称\t金额", "301\t工资福利支出\t3.00", "30101\t基本工资\t3.00")
        found = drafted(tmp_path, *rows)
        assert found["blocks"] == [{"rows": "economic"}]
        assert found["shape"] == "row_per_code"

    def test_last_year_is_no_fact(self, tmp_path: Path) -> None:
        rows = ("项目\t上年预算数\t本年预算数", "某项\t3.00\t3.00", "另项\t4.00\t5.00")
        columns = drafted(tmp_path, *rows)["columns"]
        assert [column.get("period") for column in columns] == [None, "last_year", None]

    def test_money_whose_node_is_not_known_is_asked_for(self, tmp_path: Path) -> None:
        rows = ("单位\t合计\t财政拨款\t别的钱", "某局\t3.00\t2.00\t1.00")
        path = tmp_path / "table.tsv"
        path.write_text("收入总表\n\n" + "\n".join(rows) + "\n", encoding="utf-8")
        toml = draft(Settings.resolve(), path).toml
        assert tomllib.loads(toml)["columns"][3]["role"] == "text"
        assert "which node of fund_source?" in toml

    def test_a_file_whose_tables_all_have_layouts_needs_none(self) -> None:
        with pytest.raises(NothingToDraftError, match="no table lacks a layout"):
            draft(Settings.resolve(), SEED)

    def test_a_table_without_a_header_cannot_be_drafted(self, tmp_path: Path) -> None:
        path = tmp_path / "table.tsv"
        path.write_text("某项经费\t3.00\n另项经费\t4.00\n", encoding="utf-8")
        with pytest.raises(NothingToDraftError, match="no header"):
            draft(Settings.resolve(), path)


def test_a_file_that_cannot_be_read_ends_with_the_reason(tmp_path: Path) -> None:
    blank = tmp_path / "blank.pdf"
    blank.write_bytes(pdf(PdfPage("")))
    assert explained(blank) == []
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    assert asked("layout", "explain", str(broken)).exit_code == 1
    assert asked("layout", "explain", str(tmp_path / "none")).exit_code == 2


FORM = """项目绩效目标表

项目名称\t植树\t\t
主管部门\t示例市园林局\t联系人\t王某某
资金总额（万元）\t5.00\t\t
一级指标\t二级指标\t三级指标\t指标值
产出指标\t数量指标\t棵数\t≥10棵
"""
FORM_LAYOUT = """
id = "example/form"
kind = "project_performance_targets"
shape = "form"
has_grand_total = false
unit = "header"
titles = ["项目绩效目标表"]
blocks = [{rows = "project", columns = "fund_source"}]
fields = [
  {label = "项目名称", role = "label"},
  {label = "主管部门", role = "body"},
  {label = "资金总额（万元）", role = "amount", node = "all_funds"},
]
[[sections]]
columns = [
  {header = "一级指标", role = "level_1"}, {header = "二级指标", role = "level_2"},
  {header = "三级指标", role = "indicator_name"}, {header = "指标值", role = "annual_value"},
]
"""


def test_a_form_is_explained_by_its_labels_and_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "my" / "layouts" / "example" / "form.toml"
    path.parent.mkdir(parents=True)
    path.write_text(FORM_LAYOUT, encoding="utf-8")
    form, other = tmp_path / "form.tsv", tmp_path / "other.tsv"
    form.write_text(FORM, encoding="utf-8")
    other.write_text(FORM.replace("主管部门", "主办单位"), encoding="utf-8")
    config = ("--config", str(tmp_path / "my"))
    (table,) = explained(form, *config)
    assert (table["layout"], table["statement_no"]) == ("example/form", 1)
    assert table["reason"].endswith("its title and its labels")
    (table,) = explained(other, *config)
    assert (table["layout"], table["rule_id"]) == (None, "layout_unknown")
    likest = table["likest"][0]
    assert (likest["id"], likest["missing"]) == ("example/form", ["主管部门"])
    assert likest["unmapped"] == ["主办单位", "示例市园林局"]
    assert "王某某" not in json.dumps(table, ensure_ascii=False)


def test_each_table_of_a_file_of_several_is_explained(file: Path) -> None:
    text = file.read_text("utf-8")
    file.write_text(text + "\n\n" + text.replace("表3", "表4"), encoding="utf-8")
    tables = explained(file)
    assert [table["rule_id"] for table in tables] == ["layout_unknown"] * 2
