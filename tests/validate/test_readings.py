"""Acceptance: what withholds a statement, gates, content hashes, and the accounting of cells."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.conform.records import conform
from pipelines.validate.gates import GateError
from pipelines.validate.readings import validate
from tests.normalise.drawn import layout, normalised
from tests.normalise.drawn import page as drawn_page
from tests.normalise.drawn import sidecar as drawn_sidecar
from tests.printing import (
    BODY,
    PLAIN,
    PLAIN_ROWS,
    Rooms,
    document,
    one,
    page,
    project,
    row,
    seed_text,
    sidecar,
    through_validate,
    unit,
)


def printed(*rows: str) -> Rooms:
    return one(document(page(*rows)))


class TestWithheld:
    def test_a_blank_grand_total_over_stated_parts(self) -> None:
        rooms = printed(unit("合计", "30.00", ""), *PLAIN_ROWS[1:])
        assert rooms.statuses() == ["withheld"]
        found = rooms.accepted["quarantine_item"]["found"].to_list()
        assert "合计 fiscal_appropriation: 空白 / blank" in found

    def test_a_grand_total_that_states_nothing_or_is_missing(self) -> None:
        for rows, rule in ((PLAIN_ROWS[1:], "grand_total_missing"),
                           ((unit("合计"), *PLAIN_ROWS[1:]), "identity_broken")):  # fmt: skip
            rooms = printed(*rows)
            assert rooms.statuses() == ["withheld"]
            assert set(rooms.rules()) == {rule}

    def test_a_table_that_has_lost_its_rows(self) -> None:
        for rows, found in (((), "无行 / no row"),
                            ((PLAIN_ROWS[0],), "只有合计 / totals alone")):  # fmt: skip
            rooms = printed(*rows)
            assert rooms.statuses() == ["withheld"]
            items = rooms.accepted["quarantine_item"].filter(pl.col("rule_id") == "parts_missing")
            assert items["found"].to_list() == [found]

    def test_a_table_that_says_that_it_is_empty_has_lost_none(self) -> None:
        rooms = one(document(page(unit("合计"))) + "注：本表本年无发生额。\n")
        assert rooms.statuses() == ["complete"]
        assert rooms.rules() == []

    def test_figures_of_another_phase_alone_are_no_totals_without_parts(self) -> None:
        columns = [
            {"header": f"{name}/{head}", "role": "amount", "node": node, **more}
            for name, node in (("合计", "three_public"), ("接待费", "reception"))
            for head, more in (("预算数", {"phase": "execution"}), ("决算数", {}))
        ]
        expenses = layout({
            "kind": "three_public", "shape": "single_row", "titles": ["经费表"],
            "blocks": [{"rows": "none", "columns": "three_public"}], "columns": columns,
        })  # fmt: skip
        header = ["合计 | < | 接待费 | <", "预算数 | 决算数 | 预算数 | 决算数"]
        for figures, rules in (
            ("0.95 |  | 0.95 | ", []),
            (" | 0.95 |  | ", ["identity_broken", "parts_missing"]),
            (" |  |  | ", ["parts_missing"]),
        ):
            sheet = drawn_page([*header, figures], "经费表", "部门名称：甲局　单位：万元")
            accepted = validate(conform(normalised([expenses], sheet, said=drawn_sidecar())))
            assert sorted(set(accepted["quarantine_item"]["rule_id"])) == rules

    def test_a_table_side_by_side_without_a_grand_total_of_its_own(self) -> None:
        rows = ["一、预算拨款\t90.00\t一般公共服务支出\t10.00", "\t\t支出总计\t10.00"]
        for more, rules in (
            ([], ["grand_total_missing"]),
            (["收入总计\t90.00\t\t"], []),
        ):
            header = ["收入\t\t支出\t", "项目\t预算\t项目\t预算"]
            table = "\n".join([*header, *rows, *more])
            above = f"收支总体情况表\n\n部门名称：{BODY}（部门）\n\n单位：万元"
            assert sorted(set(one(f"{above}\n\n{table}\n").rules())) == rules

    def test_a_row_that_states_funds_and_no_total(self) -> None:
        rooms = printed(*PLAIN_ROWS[:3], project("修剪", "", "20.00"))
        assert rooms.statuses() == ["withheld"]
        items = rooms.accepted["quarantine_item"].filter(pl.col("found").str.contains("blank"))
        by_row = items.filter(pl.col("expected").str.contains("行内总计"))
        assert by_row["found"].to_list() == ["修剪 total: 空白 / blank"]
        assert "200000.00 元" in by_row["expected"].item()

    def test_totals_that_stand_nowhere_prove_nothing(self) -> None:
        """The header 总计 over a blank column: each fund column adds up, and doubles the money."""
        rows = (
            row("合计", "", "30.00", "30.00"),
            row(BODY, "", "30.00", "30.00"),
            project("植树", "", "10.00", "10.00"),
            project("修剪", "", "20.00", "20.00"),
        )
        rooms = printed(*rows)
        assert rooms.statuses() == ["withheld"]
        assert rooms.accepted["fact_project_funding"].is_empty()

    def test_two_statements_of_one_identity_in_one_document(self) -> None:
        rooms = one(document(page(*PLAIN_ROWS), page(*PLAIN_ROWS)))
        assert rooms.statuses() == ["withheld", "withheld"]
        items = rooms.accepted["quarantine_item"]
        assert items["rule_id"].to_list() == ["statement_conflict"] * 2
        assert items["place"].n_unique() == 2

    def test_the_same_identity_in_two_documents_is_no_conflict_here(self) -> None:
        rooms = through_validate([PLAIN, PLAIN.replace("植树\t", "种树\t")], sidecar())
        assert rooms.statuses() == ["complete", "complete"]

    def test_a_withheld_statement_keeps_its_rows_as_pending(self) -> None:
        rooms = printed(unit("合计", "99.00", "99.00"), *PLAIN_ROWS[1:])
        pending = rooms.accepted["pending_project_funding"]
        assert pending.select("project_name", "spending_unit_name").rows() == [
            ("植树", BODY),
            ("修剪", BODY),
        ]
        assert rooms.accepted["pending_performance_target"].height == 4
        assert rooms.accepted["project_line"].is_empty()
        broken = rooms.accepted["control_total"].filter(pl.col("verdict") == "broken")
        assert broken.height == 4
        items = rooms.accepted["quarantine_item"]
        assert items.height == 4
        assert "合计 = 各项目之和" in "".join(items["expected"])

    def test_rounding_within_the_envelope_is_accepted_and_shown(self) -> None:
        rooms = printed(unit("合计", "30.01", "30.01"), *PLAIN_ROWS[1:])
        assert rooms.statuses() == ["complete"]
        assert set(rooms.accepted["control_total"]["verdict"]) == {"exact", "within_rounding"}


class TestContentHash:
    def test_the_same_content_has_one_hash(self) -> None:
        same: list[str | bytes] = [
            PLAIN.encode("gb18030"),
            PLAIN.encode("utf-16"),
            PLAIN.replace("\n", "\r\n").encode("utf-8-sig"),
            document("封面", page(*PLAIN_ROWS)),
            document(page(*PLAIN_ROWS[:3]), page(PLAIN_ROWS[3])),
            document(page(*PLAIN_ROWS[:3])) + "\f" + document(page(PLAIN_ROWS[3])),
            document(page(*PLAIN_ROWS), "注：单位万元。"),
        ]
        rooms = through_validate([PLAIN, *same], sidecar())
        assert rooms.statuses() == ["complete"] * 8
        assert rooms.accepted["statement"]["content_hash"].n_unique() == 1
        assert rooms.accepted["statement"]["statement_id"].n_unique() == 8

    def test_other_content_has_another_hash(self) -> None:
        changed = [
            PLAIN.replace("10.00", "10.01").replace("30.00", "30.01"),
            PLAIN.replace("植树\t", "种树\t"),
            PLAIN.replace("绿化城区。", "绿化全城。", 1),
            PLAIN.replace("不少于10次", "不少于11次", 1),
            PLAIN.replace("不少于10次", "10次", 1),
            PLAIN.replace("11-数量指标", "12-质量指标", 1),
            PLAIN.replace("10.00\t10.00\t\t", "10.00\t10.00\t0.00\t"),
            document(page(*PLAIN_ROWS[:2], PLAIN_ROWS[3], PLAIN_ROWS[2])),
        ]
        rooms = through_validate([PLAIN, *changed], sidecar())
        assert rooms.statuses() == ["complete"] * 9
        assert rooms.accepted["statement"]["content_hash"].n_unique() == 9

    def test_a_blank_row_is_no_content(self) -> None:
        revenue = layout({
            "kind": "revenue_summary", "shape": "row_per_line", "titles": ["收入表"],
            "blocks": [{"rows": "fund_source"}],
            "columns": [{"header": "项目", "role": "label"}, {"header": "金额", "role": "amount"}],
        })  # fmt: skip
        rows = ["项目 | 金额", "合计 | 3.00", "事业收入 | 1.00", "其他收入 | 2.00"]
        hashes = [
            validate(
                conform(
                    normalised(
                        [revenue],
                        drawn_page(some, "收入表", "部门名称：甲局　单位：万元"),
                        said=drawn_sidecar(),
                    )
                )
            )["statement"]["content_hash"].to_list()
            for some in (rows, [*rows[:3], " | ", rows[3]], [*rows[:2], rows[3], rows[2]])
        ]
        assert hashes[0] == hashes[1] != hashes[2]

    def test_each_digit_of_the_seed_counts(self) -> None:
        """One digit changed in goal, indicator or amount, wherever the identities allow it."""
        text = seed_text()
        places = [n for n, char in enumerate(text) if char.isdigit()][::9]
        changed = [text[:n] + str((int(text[n]) + 1) % 10) + text[n + 1 :] for n in places]
        rooms = through_validate([text, *changed], sidecar())
        hashes = rooms.accepted["statement"]["content_hash"]
        assert hashes.n_unique() == hashes.len() == len(places) + 1


class TestGates:
    def test_a_rejected_row_withholds_its_statement_and_no_other(self) -> None:
        rooms = through_validate([PLAIN, PLAIN.replace("植树\t", "种树\t")], sidecar())
        lines = rooms.conformed["project_line"]
        doctored = lines.with_columns(
            name=pl.when(pl.col("name") == "种树").then(pl.lit("")).otherwise("name")
        )
        accepted = validate({**rooms.conformed, "project_line": doctored})
        assert accepted["statement"]["status"].to_list() == ["complete", "withheld"]
        (item,) = accepted["quarantine_item"].to_dicts()
        assert item["rule_id"] == "gate_rejected"
        assert item["found"].startswith("project_line.name")
        assert item["remedy"]
        good, bad = accepted["statement"]["statement_id"]
        assert item["statement_id"] == bad
        for name in ("project_line", "fact_project_funding", "control_total", "source_cell"):
            assert accepted[name]["statement_id"].unique().to_list() == [good], name

    def test_a_key_that_stands_twice_in_a_statement_is_rejected(self) -> None:
        rooms = one(PLAIN)
        funding = rooms.conformed["fact_project_funding"]
        twice = pl.concat([funding, funding.head(1)])
        accepted = validate({**rooms.conformed, "fact_project_funding": twice})
        assert accepted["statement"]["status"].to_list() == ["withheld"]
        assert set(accepted["quarantine_item"]["rule_id"]) == {"gate_rejected"}
        assert accepted["fact_project_funding"].is_empty()

    def test_a_year_out_of_range_is_rejected(self) -> None:
        rooms = one(PLAIN)
        funding = rooms.conformed["fact_project_funding"].with_columns(
            fiscal_year=pl.lit(1800, pl.Int32)
        )
        accepted = validate({**rooms.conformed, "fact_project_funding": funding})
        assert accepted["statement"]["status"].to_list() == ["withheld"]

    def test_a_failure_of_no_statement_is_an_error_of_the_program(self) -> None:
        rooms = one(PLAIN)
        cells = rooms.conformed["cell"].with_columns(page_no=pl.lit(0, pl.Int32))
        pages = rooms.conformed["page"].with_columns(page_no=pl.lit(0, pl.Int32))
        with pytest.raises(GateError, match="cell_accounting"):
            validate({**rooms.conformed, "cell": cells, "page": pages})


class TestAccounting:
    def test_dispositions_add_up_to_the_readers_count(self) -> None:
        texts = [
            seed_text(),
            document(page(*PLAIN_ROWS), "游离", "甲\t乙\n丙\t丁", page(*PLAIN_ROWS[:2], "短\t1")),
            PLAIN.replace("20.00\t20.00", "二十\t20.00"),
            document("封面", page(*PLAIN_ROWS[:3])) + "\f" + document(page(PLAIN_ROWS[3])),
            document(page(*PLAIN_ROWS, row("", "1.00", "1.00"))),
        ]
        rooms = through_validate(texts, sidecar())
        counted = (
            rooms.accepted["cell_accounting"]
            .group_by("reading_id", "page_no")
            .agg(pl.col("cell_count").sum(), pl.col("page_cell_count").first())
        )
        assert counted["cell_count"].to_list() == counted["page_cell_count"].to_list()
        filled = rooms.recognised["page"].filter(pl.col("cell_count") > 0)
        assert counted.height == filled.height == 6
        cells = rooms.normalised["cell"].filter(pl.col("text") != "")
        assert cells["disposition"].null_count() == 0
        assert cells["cell_id"].n_unique() == cells.height

    def test_the_seed_by_disposition(self) -> None:
        found = one(seed_text()).accepted["cell_accounting"].select("disposition", "cell_count")
        assert dict(found.rows()) == {
            "title": 1,
            "context": 2,
            "header": 7,
            "repeat": 10,
            "label": 9,
            "control": 11,
            "value": 21,
        }


def test_two_readings_of_one_document_in_a_batch_keep_apart() -> None:
    """With its sidecar and without: a version may rest on the one, today on the other."""
    rooms = through_validate([seed_text(), seed_text()], [sidecar(), None])
    assert rooms.statuses() == ["complete", "withheld"]
    assert rooms.accepted["fact_project_funding"].height == 7
    assert rooms.accepted["pending_project_funding"].height == 7
    assert rooms.accepted["quarantine_item"]["rule_id"].to_list() == ["context_missing"] * 2
