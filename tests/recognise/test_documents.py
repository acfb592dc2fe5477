"""Recognition: layouts, joins, context with evidence, and what waits."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.recognise.fragments import Fragment, read_fragments
from pipelines.values.years import year_clues
from schemas.layout import Layout, layouts
from tests.printing import (
    BODY,
    HEADERS,
    PLAIN,
    PLAIN_ROWS,
    TITLE,
    document,
    one,
    page,
    project,
    seed_text,
    sidecar,
    through_recognise,
    through_validate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.documents.sidecars import Sidecar
    from tests.printing import Frames


def recognised(
    text: str, said: Sidecar | None = None, known: Sequence[Layout] | None = None
) -> Frames:
    return through_recognise([text], said, known)[1]


def rules(frames: Frames) -> list[str]:
    return sorted(frames["item"]["rule_id"])


def dispositions(frames: Frames) -> dict[str, int]:
    """Dispositions that recognition decides, and how many cells have each."""
    decided = frames["cell"].filter(pl.col("disposition").is_not_null())
    return dict(decided.group_by("disposition").len().rows())


def the_item(frames: Frames, rule_id: str) -> dict[str, Any]:
    return frames["item"].row(by_predicate=pl.col("rule_id") == rule_id, named=True)


class TestSeed:
    def test_is_one_statement_joined_over_two_pages(self) -> None:
        frames = recognised(seed_text(), sidecar(region={"value": "440112", "why": "goals"}))
        (statement,) = frames["statement"].to_dicts()
        assert statement["layout_id"] == "guangzhou/project_performance_targets"
        assert statement["title"] == TITLE
        assert statement["body"] == "广州开发区穗港科技合作园管理委员会"
        assert statement["consolidation"] == "department"
        assert statement["unit"] == "万元"
        assert (statement["fiscal_year"], statement["phase"]) == (2023, "budget")
        assert statement["region"] == "440112"
        joins = frames["join"].select("join_no", "rule_id", "grid_no").rows()
        assert joins == [(1, "repeated_header", 2)]
        assert rules(frames) == []

    def test_context_keeps_evidence_and_its_place(self) -> None:
        frames = recognised(seed_text(), sidecar())
        clues = frames["clue"].select("field", "value", "source", "evidence", "is_chosen").rows()
        label = "部门名称：广州开发区穗港科技合作园管理委员会（部门）"
        assert ("fiscal_year", "2023", "sidecar", "for the test", True) in clues
        assert ("consolidation", "department", "printed", label, True) in clues
        assert ("unit", "万元", "printed", "单位：万元", True) in clues
        printed = frames["clue"].filter(pl.col("source") == "printed")
        cited = printed.join(frames["cell"], on=["reading_id", "cell_id"])
        assert cited["evidence"].to_list() == cited["text"].to_list()
        assert cited.height == printed.height == 3

    def test_every_line_and_header_has_a_disposition(self) -> None:
        frames = recognised(seed_text(), sidecar())
        assert dispositions(frames) == {"title": 1, "context": 2, "header": 7, "repeat": 10}
        left = frames["cell"].filter(pl.col("disposition").is_null() & (pl.col("text") != ""))
        assert left["is_body"].all()

    def test_without_sidecar_waits_with_every_year_as_a_clue(self) -> None:
        frames = recognised(seed_text())
        missing = frames["item"].filter(pl.col("rule_id") == "context_missing")
        assert sorted(missing["subject"]) == ["fiscal_year", "phase"]
        assert missing["blocks"].to_list() == ["withheld", "withheld"]
        year = missing.row(by_predicate=pl.col("subject") == "fiscal_year", named=True)
        clues = json.loads(year["clues"])
        assert [clue["value"] for clue in clues] == [
            str(clue.year) for clue in year_clues(seed_text())
        ]
        assert {clue["value"] for clue in clues} == {"2022", "2023", "2024", "2025"}
        for clue in clues:
            assert clue["value"] in clue["around"]
            assert clue["around"] in seed_text()
            assert clue["place"].startswith("第1页 表")
        phase = missing.row(by_predicate=pl.col("subject") == "phase", named=True)
        assert phase["clues"] is None


class TestLayouts:
    def test_columns_in_any_order_match(self) -> None:
        texts = []
        for order in itertools.islice(itertools.permutations(range(7)), 0, 5040, 100):
            rows = ["\t".join(line.split("\t")[i] for i in order) for line in PLAIN_ROWS]
            texts.append(document(page(*rows, headers=[HEADERS[i] for i in order])))
        rooms = through_validate(texts, sidecar())
        assert rooms.statuses() == ["complete"] * 51
        facts = rooms.accepted["fact_project_funding"]
        assert facts.height == 2 * 51
        kept = facts.select("project_line_id", "fund_source_id", "amount_yuan").unique()
        assert kept.height == 2

    def test_headers_match_whatever_their_width_and_spaces(self) -> None:
        spaced = [" ".join(header).replace("（", "(") for header in HEADERS]
        assert one(document(page(*PLAIN_ROWS, headers=spaced))).statuses() == ["complete"]

    @pytest.mark.parametrize(
        ("headers", "difference"),
        [
            (HEADERS[:-1], "缺 missing ['绩效指标'], 多 unmapped []"),
            ((*HEADERS, "备注"), "缺 missing [], 多 unmapped ['备注']"),
            ((*HEADERS[:-1], "指标"), "缺 missing ['绩效指标'], 多 unmapped ['指标']"),
            ((*HEADERS, "总计"), "缺 missing [], 多 unmapped [], 重复 twice ['总计']"),
        ],
    )
    def test_other_headers_wait_with_the_nearest_layout(
        self, headers: tuple[str, ...], difference: str
    ) -> None:
        frames = recognised(document(page(*PLAIN_ROWS, headers=headers)), sidecar())
        assert frames["statement"].is_empty()
        item = the_item(frames, "layout_unknown")
        assert "guangzhou/project_performance_targets" in item["expected"]
        assert item["expected"].endswith(difference)
        assert headers[-1] in item["found"]
        filled = frames["cell"].filter(pl.col("text") != "")
        assert set(filled["disposition"]) == {"quarantined"}

    def test_an_unknown_table_waits_with_what_it_prints(self) -> None:
        frames = recognised("站点\t经费\n甲\t一百元\n", sidecar())
        item = the_item(frames, "layout_unknown")
        assert item["found"] == "站点 | 经费"
        assert item["statement_no"] is None

    def test_two_layouts_that_fit_equally_are_ambiguous(self) -> None:
        shipped = next(x for x in layouts() if x.id == "guangzhou/project_performance_targets")
        other = shipped.model_copy(update={"id": "elsewhere/same_headers"})
        frames = recognised(PLAIN, sidecar(), [shipped, other])
        assert frames["statement"].is_empty()
        item = the_item(frames, "layout_ambiguous")
        assert item["found"] == "guangzhou/project_performance_targets, elsewhere/same_headers"

    def test_a_header_printed_twice_is_ambiguous_not_a_row(self) -> None:
        frames = recognised(document(page("\t".join(HEADERS), *PLAIN_ROWS)), sidecar())
        assert rules(frames) == ["layout_ambiguous"]

    def test_a_title_inside_the_grid_is_no_header(self) -> None:
        bare = page(*PLAIN_ROWS, title=None, body=None, money=None)
        text = document("\n".join([f"{TITLE}\t", bare]))
        frames = recognised(text, sidecar())
        assert frames["statement"].height == 1
        assert frames["statement"]["title"].to_list() == [TITLE]
        assert dispositions(frames) == {"title": 1, "header": 7}


class TestContext:
    def test_a_year_in_the_title_is_printed_evidence(self) -> None:
        text = document(page(*PLAIN_ROWS, title=f"2024年{TITLE}"))
        frames = recognised(text, sidecar(year=None))
        (statement,) = frames["statement"].to_dicts()
        assert statement["fiscal_year"] == 2024
        assert statement["title"] == f"2024年{TITLE}"
        assert rules(frames) == []

    def test_a_sidecar_against_print_waits_unless_it_says_that_it_overrides(self) -> None:
        text = document(page(*PLAIN_ROWS, title=f"2024年度{TITLE}"))
        frames = recognised(text, sidecar(year=2023))
        assert the_item(frames, "context_conflict")["found"] == "2023 ≠ 2024"
        assert frames["statement"]["fiscal_year"].to_list() == [None]
        year = {"value": 2023, "why": "a slip in the title", "overrides_print": True}
        frames = recognised(text, sidecar(year=None, fiscal_year=year))
        assert frames["statement"]["fiscal_year"].to_list() == [2023]
        years = frames["clue"].filter(pl.col("field") == "fiscal_year")
        assert years.select("value", "source", "is_chosen").rows() == [
            ("2023", "sidecar", True),
            ("2024", "printed", False),
        ]

    def test_printed_clues_that_conflict_wait(self) -> None:
        text = document(
            "\n\n".join([f"部门名称：{BODY}（部门）", page(*PLAIN_ROWS, body="示例市水务局")])
        )
        frames = recognised(text, sidecar())
        item = the_item(frames, "context_conflict")
        assert item["found"] == f"{BODY} ≠ 示例市水务局"
        assert item["blocks"] == "withheld"
        assert frames["statement"]["body"].to_list() == [None]

    def test_a_sidecar_decides_between_printed_clues(self) -> None:
        text = document(
            "\n\n".join([f"部门名称：{BODY}（部门）", page(*PLAIN_ROWS, body="示例市水务局")])
        )
        claim = {"value": BODY, "why": "the cover", "overrides_print": True}
        frames = recognised(text, sidecar(body=claim))
        assert rules(frames) == []
        assert frames["statement"]["body"].to_list() == [BODY]
        assert frames["clue"].filter(pl.col("field") == "body").height == 3

    def test_a_sidecar_may_speak_for_one_statement_of_a_document(self) -> None:
        """What it says for the one that prints no year must not move the one that does."""
        text = document(
            page(*PLAIN_ROWS, title=f"2022年{TITLE}"), page(*PLAIN_ROWS, body="示例市水务局")
        )
        assert rules(recognised(text, sidecar(year=2023))) == ["context_conflict"]
        year = {"value": 2023, "why": "for the second", "statements": [2]}
        frames = recognised(text, sidecar(year=None, fiscal_year=year))
        assert rules(frames) == []
        assert frames["statement"]["fiscal_year"].to_list() == [2022, 2023]

    @pytest.mark.parametrize(
        ("printed", "body", "money"),
        [
            ("部门名称：示例市 园林局", "示例市园林局", None),
            ("部门名称：  单位：万元", None, "万元"),
            ("部门名称：示例市园林局　　单位：万元", "示例市园林局", "万元"),
            ("单位：百元", None, "百元"),
            ("单位：示例市园林局", "示例市园林局", None),
        ],
    )
    def test_labels_run_to_the_next_label(
        self, printed: str, body: str | None, money: str | None
    ) -> None:
        text = document("\n".join([printed, page(*PLAIN_ROWS, body=None, money=None)]))
        row = recognised(text, sidecar())["statement"].row(0, named=True)
        assert (row["body"], row["unit"]) == (body, money)

    def test_one_page_of_the_department_and_one_of_the_unit_are_two_statements(self) -> None:
        rest = [project("绿化", "5.00", "5.00")]
        text = document(page(*PLAIN_ROWS), page(*rest, body=f"{BODY}（本级）"))
        frames = recognised(text, sidecar())
        assert frames["statement"]["consolidation"].to_list() == ["department", "unit"]

    def test_text_between_two_statements_may_be_the_rest_of_the_first(self) -> None:
        second = page(*PLAIN_ROWS, body="示例市水务局")
        text = document(page(*PLAIN_ROWS) + "\n2、1-产出指标；11-数量指标；不少于5次。", second)
        rooms = one(text)
        assert rooms.statuses() == ["partial", "complete"]
        assert rooms.rules() == ["text_outside_grids"]

    def test_a_cell_without_a_header_makes_its_row_wait(self) -> None:
        rows = [f"{line}\t" for line in PLAIN_ROWS]
        rows[2] += "777"
        rooms = one(document(page(*rows, headers=[*HEADERS, ""])))
        assert rooms.statuses() == ["partial"]
        assert rooms.rules() == ["column_without_header"]

    def test_an_older_year_in_a_title_than_tables_admit_is_no_year(self) -> None:
        text = document(page(*PLAIN_ROWS, title=f"1920年{TITLE}"))
        rooms = one(text, sidecar(year=None))
        assert rooms.accepted["statement"]["fiscal_year"].to_list() == [None]
        assert "context_missing" in rooms.rules()

    def test_a_unit_of_money_that_no_code_list_knows_waits(self) -> None:
        claim = {"value": "万", "why": "a slip", "overrides_print": True}
        rooms = one(PLAIN, sidecar(unit=claim))
        assert rooms.statuses() == ["withheld"]
        (item,) = rooms.accepted["quarantine_item"].to_dicts()
        assert (item["rule_id"], item["expected"]) == ("context_missing", "unit")
        assert item["found"].startswith("万：")
        assert "万元" in item["found"]

    @pytest.mark.parametrize(
        ("printed", "body", "consolidation"),
        [
            (f"{BODY}（部门）", BODY, "department"),
            (f"{BODY}(部门)", BODY, "department"),
            (f"{BODY}（本级）", BODY, "unit"),
            (BODY, BODY, "unknown"),
        ],
    )
    def test_a_suffix_says_whose_book_it_is(
        self, printed: str, body: str, consolidation: str
    ) -> None:
        frames = recognised(document(page(*PLAIN_ROWS, body=printed)), sidecar())
        assert frames["statement"].select("body", "consolidation").rows() == [(body, consolidation)]

    def test_each_required_label_is_missed(self) -> None:
        without = [page(*PLAIN_ROWS, body=None), page(*PLAIN_ROWS, money=None)]
        rooms = through_validate([document(text) for text in without], sidecar())
        assert rooms.statuses() == ["withheld"] * 2
        items = rooms.accepted["quarantine_item"].filter(pl.col("rule_id") == "context_missing")
        assert items["expected"].to_list() == ["body", "unit"]

    def test_labels_may_share_a_line(self) -> None:
        above = f"编制单位：{BODY}（部门）   金额单位：元"
        text = "\n".join([TITLE, above, page(*PLAIN_ROWS, title=None, body=None, money=None)])
        (statement,) = recognised(text, sidecar())["statement"].to_dicts()
        assert (statement["body"], statement["unit"]) == (BODY, "元")


class TestJoins:
    def test_two_printed_bodies_are_two_statements(self) -> None:
        text = document(page(*PLAIN_ROWS), page(*PLAIN_ROWS, body="示例市水务局（部门）"))
        rooms = one(text)
        assert rooms.accepted["statement"]["statement_no"].to_list() == [1, 2]
        assert rooms.statuses() == ["complete", "complete"]
        assert rooms.accepted["statement"]["statement_key_id"].n_unique() == 2
        assert rooms.accepted["statement_join"].is_empty()

    def test_another_body_on_the_next_page_is_not_joined(self) -> None:
        text = document(page(*PLAIN_ROWS[:3]), page(PLAIN_ROWS[3], body="示例市水务局"))
        rooms = one(text)
        assert rooms.accepted["statement_join"].is_empty()
        assert rooms.statuses() == ["withheld", "withheld"]

    def test_another_unit_on_the_next_page_is_not_joined(self) -> None:
        text = document(page(*PLAIN_ROWS[:3]), page(PLAIN_ROWS[3], money="元"))
        rooms = one(text)
        assert rooms.accepted["statement"]["amount_unit"].to_list() == ["万元", "元"]
        assert rooms.statuses() == ["withheld", "withheld"]
        assert rooms.rules().count("statement_conflict") == 2

    def test_another_year_on_the_next_page_is_not_joined(self) -> None:
        text = document(
            page(*PLAIN_ROWS[:3], title=f"2023年{TITLE}"),
            page(PLAIN_ROWS[3], title=f"2024年{TITLE}"),
        )
        assert recognised(text)["statement"]["fiscal_year"].to_list() == [2023, 2024]

    def test_a_page_that_repeats_only_the_header_is_joined(self) -> None:
        text = document(
            page(*PLAIN_ROWS[:3]), page(PLAIN_ROWS[3], title=None, body=None, money=None)
        )
        rooms = one(text)
        assert rooms.statuses() == ["complete"]
        assert rooms.accepted["statement_join"].height == 1

    def test_a_page_with_other_columns_order_is_not_joined(self) -> None:
        swapped = [*HEADERS[:3], HEADERS[4], HEADERS[3], *HEADERS[5:]]
        rooms = one(document(page(*PLAIN_ROWS[:3]), page(PLAIN_ROWS[3], headers=swapped)))
        assert rooms.accepted["statement_join"].is_empty()
        assert rooms.statuses() == ["withheld", "withheld"]

    def test_a_grand_total_begins_a_statement(self) -> None:
        rooms = one(document(page(*PLAIN_ROWS), page(*PLAIN_ROWS)))
        assert rooms.statuses() == ["withheld", "withheld"]
        assert rooms.rules() == ["statement_conflict", "statement_conflict"]

    def test_a_grand_total_alone_on_a_page_is_the_foot_of_the_table_before(self) -> None:
        total, *rows = PLAIN_ROWS
        bare = page(total, title=None, body=None, money=None)
        rooms = one(document(page(*rows), bare))
        assert rooms.statuses() == ["complete"]
        assert rooms.accepted["statement_join"].height == 1


class TestText:
    def test_notes_are_notes(self) -> None:
        notes = ("注：金额含上年结转。", "备注:无", "说明：略")
        rooms = through_validate([document(page(*PLAIN_ROWS), n) for n in notes], sidecar())
        assert rooms.statuses() == ["complete"] * 3
        assert rooms.rules() == []
        counted = rooms.accepted["cell_accounting"].filter(pl.col("disposition") == "note")
        assert counted["cell_count"].to_list() == [1, 1, 1]

    def test_a_note_between_pages_does_not_end_a_statement(self) -> None:
        rooms = one(document(page(*PLAIN_ROWS[:3]), "注：接下页", page(PLAIN_ROWS[3])))
        assert rooms.statuses() == ["complete"]
        assert rooms.accepted["statement_join"].height == 1

    def test_a_stray_line_amid_the_table_makes_it_partial_at_least(self) -> None:
        rows = [*PLAIN_ROWS, project("宣传")]
        texts = [document(page(*rows[:at], "游离文字", *rows[at:])) for at in (1, 2, 3, 4)]
        rooms = through_validate(texts, sidecar())
        assert rooms.statuses() == ["withheld", "withheld", "withheld", "partial"]
        quarantined = rooms.normalised["cell"].filter(pl.col("text") == "游离文字")
        assert quarantined["disposition"].to_list() == ["quarantined"] * 4
        assert rooms.accepted["fact_project_funding"].is_empty()

    def test_a_stray_line_between_pages_or_at_the_end_makes_it_partial(self) -> None:
        between = document(page(*PLAIN_ROWS[:3]), "游离文字", page(PLAIN_ROWS[3]))
        for text in (between, document(page(*PLAIN_ROWS), "游离文字")):
            rooms = one(text)
            assert rooms.statuses() == ["partial"]
            assert rooms.rules() == ["text_outside_grids"]

    def test_a_cover_above_the_first_table_is_no_fault(self) -> None:
        rooms = one(document("示例市园林局部门预算", "目录", page(*PLAIN_ROWS)))
        assert rooms.statuses() == ["complete"]

    @pytest.mark.parametrize(
        ("entry", "rules"),
        [
            ("二、收入总体情况表", ["table_not_printed"]),
            ("2. 2026年收入总体情况表……………… 12", ["table_not_printed"]),
            ("二、项目支出绩效目标表（含转移支付项目）", []),
            ("二、收入情况说明", []),
            ("二、示例表", []),
        ],
    )
    def test_a_table_that_the_contents_list_and_nothing_prints_is_named(
        self, entry: str, rules: list[str]
    ) -> None:
        contents = ("目 录", "一、项目支出绩效目标表（含转移支付项目）", entry)
        rooms = one(document("示例市园林局部门预算", *contents, page(*PLAIN_ROWS)))
        assert (rooms.statuses(), rooms.rules()) == (["complete"], rules)
        without = one(document("示例市园林局部门预算", *contents[1:], page(*PLAIN_ROWS)))
        assert without.rules() == []

    def test_a_heading_that_leaves_the_bodys_name_blank_is_named(self) -> None:
        for name, rules in (("示例市XX局", ["heading_unfilled"]), ("示例市园林局", [])):
            heading = f"第二部分 {name}2023年度部门预算表"
            rooms = one(document("示例市园林局部门预算", heading, page(*PLAIN_ROWS)))
            assert (rooms.statuses(), rooms.rules()) == (["complete"], rules)

    def test_an_unknown_table_below_its_own_labels_leaves_the_statement_whole(self) -> None:
        other = "其他表\n单位：万元\n" + "\n".join(["支出\t" + "\t".join("乙丙丁戊己庚")] * 2)
        rooms = one(document(page(*PLAIN_ROWS), other))
        assert rooms.statuses() == ["complete"]
        assert rooms.rules() == ["layout_unknown"]

    def test_a_cell_broken_at_any_character_never_passes_silently(self) -> None:
        rows = [*PLAIN_ROWS, project("宣传"), project("巡查")]
        broken = [
            document(page(*rows[:line], row[:at] + "\n" + row[at:], *rows[line + 1 :]))
            for line, row in enumerate(rows)
            for at in range(1, len(row), 3)
            if row[:at].strip() and row[at:].strip()
        ]
        assert len(broken) > 70
        rooms = through_validate(broken, sidecar())
        assert set(rooms.statuses()) <= {"partial", "withheld"}
        assert rooms.accepted["statement"]["reading_id"].n_unique() == len(broken)
        waiting = set(rooms.accepted["quarantine_item"]["reading_id"])
        assert waiting == set(rooms.reading_ids)


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "rule"),
        [
            (b"\x00\x01", "unsupported_media_type"),
            (b"\xff\xff", "undecodable_text"),
            (b"", "empty_document"),
            ("只有文字\n".encode(), "no_grid"),
        ],
    )
    def test_a_document_without_tables_waits(self, data: bytes, rule: str) -> None:
        rooms = through_validate([data])
        assert rooms.rules() == [rule]
        assert rooms.accepted["statement"].is_empty()
        (item,) = rooms.accepted["quarantine_item"].to_dicts()
        assert item["level"] == "document"
        assert item["remedy"]

    def test_one_wrong_document_leaves_the_others_as_they_are(self) -> None:
        rooms = through_validate([b"\x00\x01", PLAIN, b"\xff\xff"], sidecar())
        assert rooms.statuses() == ["complete"]
        assert rooms.rules() == ["undecodable_text", "unsupported_media_type"]


def test_a_document_that_breaks_recognition_waits_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(cells: pl.DataFrame, known: Sequence[Layout]) -> list[Fragment]:
        if "难" in "".join(cells["text"]):
            raise ArithmeticError("cannot be so")
        return read_fragments(cells, known)

    monkeypatch.setattr("pipelines.recognise.book.read_fragments", fails)
    rooms = through_validate([PLAIN.replace("植树", "难题"), PLAIN], sidecar())
    assert rooms.statuses() == ["complete"]
    (item,) = rooms.accepted["quarantine_item"].to_dicts()
    assert item["rule_id"] == "unreadable_document"
    assert item["found"] == "ArithmeticError: cannot be so"
    accounted = rooms.accepted["cell_accounting"].filter(pl.col("reading_id") == item["reading_id"])
    assert accounted["disposition"].to_list() == ["quarantined"]
    assert accounted["cell_count"].to_list() == accounted["page_cell_count"].to_list()
