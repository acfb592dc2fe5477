"""Whole nights over the seed: what is published, what waits, and which damage is noticed."""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.documents.archive import Archive
from pipelines.documents.ledger import Ledger
from pipelines.documents.media import decode_text
from pipelines.night import Night
from tests.conftest import SEED, SEED_NAME, SIDECAR, Installation
from tests.printing import BODY, PLAIN, PLAIN_ROWS, document, page, seed_text, sidecar
from tests.printing import through_validate as through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOTAL = Decimal("4206600.00")
FACTS = "SELECT * EXCLUDE (statement_version_id) FROM fact_project_funding ORDER BY ALL"


def money(installation: Installation) -> Decimal | None:
    value = installation.value("SELECT sum(amount_yuan) FROM fact_project_funding")
    assert value is None or isinstance(value, Decimal)
    return value


def rules(installation: Installation) -> list[str]:
    return [rule for (rule,) in installation.rows("SELECT rule_id FROM quarantine_item ORDER BY 1")]


def without_line(text: str, start: str) -> str:
    lines = text.split("\n")
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) == len(lines) - 1
    return "\n".join(kept)


class TestWaiting:
    def test_without_a_sidecar_nothing_is_a_fact_until_one_is_written(
        self, installation: Installation
    ) -> None:
        shutil.copy(SEED, installation.settings.raw)
        assert installation.run().published
        assert money(installation) is None
        assert rules(installation) == ["context_missing", "context_missing"]
        pending = "SELECT sum(amount_yuan), count(*) FROM pending_project_funding"
        assert installation.rows(pending) == [(TOTAL, 7)]
        assert installation.value("SELECT count(*) FROM statement_version") == 0
        shutil.copy(SIDECAR, installation.settings.raw)
        assert installation.run().published
        assert money(installation) == TOTAL
        assert rules(installation) == []
        assert installation.rows(pending) == [(None, 0)]
        kinds = [e.kind for e in Ledger(installation.settings.ledger).events()]
        assert kinds.count("quarantine_opened") == kinds.count("quarantine_resolved") == 2

    def test_a_lost_row_is_noticed_and_yesterdays_facts_stay(self, seeded: Installation) -> None:
        before = seeded.rows(FACTS)
        damaged = without_line(seed_text(), "关工委专项")
        sha256 = seeded.put_with_sidecar(SEED_NAME, damaged.encode())
        seeded.run()
        broken = seeded.rows(
            "SELECT identity_id, measure, printed_yuan - computed_yuan FROM control_total "
            f"JOIN statement USING (statement_id) WHERE document_id = '{sha256}' "
            "AND verdict = 'broken' ORDER BY 1, 2"
        )
        assert broken == [
            (identity, measure, Decimal("50000.00"))
            for identity in ("grand_total_is_sum_of_projects", "unit_total_is_sum_of_projects")
            for measure in ("fiscal_appropriation", "total")
        ]
        assert seeded.rows(f"SELECT status FROM statement WHERE document_id = '{sha256}'") == [
            ("withheld",)
        ]
        assert seeded.rows(FACTS) == before
        assert set(rules(seeded)) == {"identity_broken"}
        current = "SELECT document_id, version_no, is_current FROM statement_version"
        assert seeded.rows(current) == [(SIDECAR.read_text().split('"')[1], 1, True)]

    def test_a_mended_document_at_the_same_path_is_a_revision(self, seeded: Installation) -> None:
        revised = seed_text().replace("不少于4场", "不少于5场")
        sha256 = seeded.put_with_sidecar(SEED_NAME, revised.encode())
        seeded.run()
        assert seeded.rows(
            "SELECT version_no, reason, is_current, document_id = "
            f"'{sha256}' FROM statement_version ORDER BY 1"
        ) == [(1, "first", False, False), (2, "publisher_revision", True, True)]
        lows = "SELECT count(*) FROM fact_performance_target WHERE low_value = 5 AND unit = '场'"
        assert seeded.value(lows) == 1
        assert money(seeded) == TOTAL

    def test_a_corrected_year_moves_the_facts(self, seeded: Installation) -> None:
        text = SIDECAR.read_text(encoding="utf-8").replace("value = 2023", "value = 2022")
        seeded.put_with_sidecar(SEED_NAME, SEED.read_bytes(), text)
        seeded.run()
        by_year = "SELECT fiscal_year, sum(amount_yuan) FROM fact_project_funding GROUP BY 1"
        assert seeded.rows(by_year) == [(2022, TOTAL)]
        assert seeded.value("SELECT count(*) FROM statement_version WHERE is_current") == 1

    def test_a_conflict_waits_until_one_of_the_documents_is_gone(
        self, installation: Installation
    ) -> None:
        installation.put_with_sidecar("a.txt", PLAIN.encode())
        installation.put_with_sidecar("b.txt", PLAIN.replace("植树\t", "种树\t").encode())
        installation.run()
        assert rules(installation) == ["version_conflict"]
        assert money(installation) == Decimal("300000.00")
        (installation.settings.raw / "b.txt").unlink()
        installation.run()
        assert rules(installation) == []
        assert money(installation) == Decimal("300000.00")

    @pytest.mark.slow
    def test_a_revision_moved_to_another_year_leaves_the_first_in_its_own(
        self, installation: Installation
    ) -> None:
        text = SIDECAR.read_text(encoding="utf-8").replace("value = 2023", "value = 2024")
        installation.put_with_sidecar("a.txt", PLAIN.encode())
        installation.run()
        revised = PLAIN.replace("植树\t", "种树\t").encode()
        installation.put_with_sidecar("a.txt", revised)
        installation.run()
        installation.put_with_sidecar("a.txt", revised, text)
        installation.run()
        names = (
            "SELECT fiscal_year, string_agg(name ORDER BY ordinal) FROM fact_project_funding "
            "JOIN project_line USING (project_line_id) GROUP BY 1 ORDER BY 1"
        )
        assert installation.rows(names) == [(2023, "植树,修剪"), (2024, "种树,修剪")]


NAMES = "SELECT string_agg(name ORDER BY ordinal) FROM project_line"
REVISED = PLAIN.replace("植树\t", "种树\t").encode()
REASONS = "SELECT reason FROM statement_version ORDER BY known_from_utc"


class TestVersions:
    def test_a_file_put_back_is_published_again(self, installation: Installation) -> None:
        for data in (PLAIN.encode(), REVISED, PLAIN.encode()):
            installation.put_with_sidecar("a.txt", data)
            installation.run()
        assert installation.value(NAMES) == "植树,修剪"
        assert installation.rows(REASONS) == [
            ("first",), ("publisher_revision",), ("publisher_revision",)
        ]  # fmt: skip
        assert rules(installation) == []

    @pytest.mark.slow
    def test_a_deleted_document_that_waited_never_takes_a_free_place(
        self, installation: Installation
    ) -> None:
        text = SIDECAR.read_text(encoding="utf-8").replace("value = 2023", "value = 2024")
        installation.put_with_sidecar("a.txt", PLAIN.encode())
        installation.run()
        installation.put_with_sidecar("b.txt", REVISED)
        installation.run()
        (installation.settings.raw / "b.txt").unlink()
        installation.run()
        installation.put_with_sidecar("a.txt", PLAIN.encode(), text)
        installation.run()
        by_year = "SELECT fiscal_year, sum(amount_yuan) FROM fact_project_funding GROUP BY 1"
        assert installation.rows(by_year) == [(2024, Decimal("300000.00"))]
        assert installation.value(NAMES) == "植树,修剪"
        assert rules(installation) == []

    def test_dates_written_later_into_both_sidecars_settle_a_conflict(
        self, installation: Installation
    ) -> None:
        text = SIDECAR.read_text(encoding="utf-8")
        installation.put_with_sidecar("a.txt", PLAIN.encode())
        installation.put_with_sidecar("b.txt", REVISED)
        installation.run()
        assert rules(installation) == ["version_conflict"]
        for name, data, day in (("a.txt", PLAIN.encode(), 1), ("b.txt", REVISED, 2)):
            dated = f"published_on = 2023-03-0{day}\n{text}"
            installation.put_with_sidecar(name, data, dated)
        installation.run()
        assert installation.value(NAMES) == "种树,修剪"
        assert rules(installation) == []

    def test_a_moved_file_and_a_new_one_in_its_place_conflict(
        self, installation: Installation
    ) -> None:
        installation.put_with_sidecar("a.txt", PLAIN.encode())
        installation.run()
        installation.put_with_sidecar("z.txt", PLAIN.encode())
        installation.put_with_sidecar("a.txt", REVISED)
        installation.run()
        assert installation.value(NAMES) == "植树,修剪"
        assert rules(installation) == ["version_conflict"]

    @pytest.mark.slow
    def test_a_version_whose_layout_is_gone_is_closed_until_it_is_back(
        self, installation: Installation
    ) -> None:
        other = document(page(*PLAIN_ROWS)).replace("绩效指标\n", "指标\n")
        installation.put_with_sidecar("other.txt", other.encode())
        shipped = installation.settings
        with_layout = replace(shipped, config=config_with_layout(shipped.raw.parent / "config"))
        installation.settings = with_layout
        installation.run()
        assert money(installation) == Decimal("300000.00")
        installation.settings = shipped
        shutil.rmtree(shipped.cache)
        assert installation.run().published
        assert money(installation) is None
        assert rules(installation) == ["layout_unknown", "version_lost"]
        assert not installation.run().published
        installation.put_with_sidecar("plain.txt", PLAIN.replace(BODY, "另一局").encode())
        assert installation.run().published
        assert rules(installation) == ["layout_unknown", "version_lost"]
        installation.settings = with_layout
        assert installation.run().published
        assert money(installation) == Decimal("600000.00")
        assert rules(installation) == []


def config_with_layout(config: Path) -> Path:
    """A configuration that reads one header otherwise than the shipped layout."""
    (config / "layouts" / "elsewhere").mkdir(parents=True)
    shipped = SEED.parent.parent / "schemas/layouts/guangzhou/project_performance_targets.toml"
    layout = shipped.read_text(encoding="utf-8")
    (config / "layouts" / "elsewhere" / "targets.toml").write_text(
        layout.replace('id = "guangzhou/', 'id = "elsewhere/').replace('"绩效指标"', '"指标"'),
        encoding="utf-8",
    )
    return config


class TestUnchanged:
    def test_a_second_night_builds_nothing_and_reads_nothing(self, seeded: Installation) -> None:
        before = seeded.settings.published.stat()
        night = Night(seeded.settings)
        scan = night.take_in()
        assert (scan.new, scan.changed, scan.absent, scan.unchanged) == (0, 0, 0, 1)
        assert set(night.extract().counts.values()) == {0}
        assert set(night.recognise().counts.values()) <= {0}
        assert night.build() is None
        assert seeded.run().published is False
        after = seeded.settings.published.stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_a_night_that_was_cut_short_goes_on(self, installation: Installation) -> None:
        installation.put_seed()
        night = Night(installation.settings)
        night.take_in()
        night.extract()
        night.recognise()
        assert Night(installation.settings).extract().counts["documents_read"] == 0
        assert installation.run().published
        assert money(installation) == TOTAL

    def test_a_deleted_file_keeps_its_facts(self, seeded: Installation) -> None:
        for name in (SEED_NAME, SIDECAR.name):
            (seeded.settings.raw / name).unlink()
        assert seeded.run().scan.absent == 1
        assert money(seeded) == TOTAL
        gone = "SELECT count(*) FROM dim_document WHERE absent_since_utc IS NOT NULL"
        assert seeded.value(gone) == 1

    def test_a_moved_file_is_the_same_document(self, seeded: Installation) -> None:
        before = seeded.rows(FACTS)
        raw = seeded.settings.raw
        (raw / "2023").mkdir()
        for name in (SEED_NAME, SIDECAR.name):
            (raw / name).rename(raw / "2023" / name)
        seeded.run()
        assert seeded.rows(FACTS) == before
        paths = "SELECT path, absent_since_utc IS NULL FROM document_path ORDER BY 1"
        assert seeded.rows(paths) == [(SEED_NAME, False), (f"2023/{SEED_NAME}", True)]
        assert seeded.value("SELECT count(*) FROM statement_version") == 1
        assert seeded.rows("SELECT absent_since_utc FROM dim_document") == [(None,)]

    def test_copies_in_other_encodings_add_documents_and_nothing_else(
        self, seeded: Installation
    ) -> None:
        before = seeded.rows(FACTS)
        text = seed_text()
        copies = {
            "gb18030.txt": text.encode("gb18030"),
            "crlf.txt": text.replace("\n", "\r\n").encode(),
            "bom.txt": text.encode("utf-8-sig"),
            "utf16.txt": text.encode("utf-16"),
        }
        for name, data in copies.items():
            seeded.put_with_sidecar(name, data)
        seeded.run()
        assert seeded.rows(FACTS) == before
        assert seeded.value("SELECT count(*) FROM dim_document") == 5
        assert seeded.value("SELECT count(*) FROM statement_version") == 1
        assert seeded.value("SELECT count(DISTINCT content_hash) FROM statement") == 1
        assert seeded.value("SELECT count(*) FROM project_line") == 7
        assert rules(seeded) == []

    def test_two_years_of_one_body_in_one_night(self, installation: Installation) -> None:
        text = SIDECAR.read_text(encoding="utf-8")
        installation.put_seed()
        installation.put_with_sidecar(
            "next.txt", (seed_text() + "\n").encode(), text.replace("value = 2023", "value = 2024")
        )
        installation.run()
        by_year = "SELECT fiscal_year, sum(amount_yuan) FROM fact_project_funding GROUP BY 1"
        assert sorted(installation.rows(by_year)) == [(2023, TOTAL), (2024, TOTAL)]
        assert installation.value("SELECT count(*) FROM dim_project") == 7
        assert installation.value("SELECT count(*) FROM bridge_project_identity") == 14

    def test_a_new_layout_reads_what_was_refused(self, installation: Installation) -> None:
        other = document(page(*PLAIN_ROWS)).replace("绩效指标\n", "指标\n")
        installation.put_with_sidecar("other.txt", other.encode())
        installation.run()
        assert rules(installation) == ["layout_unknown"]
        config = config_with_layout(installation.settings.raw.parent / "config")
        installation.settings = replace(installation.settings, config=config)
        assert installation.run().published
        assert rules(installation) == []
        assert money(installation) == Decimal("300000.00")
        assert installation.value("SELECT layout_id FROM statement").startswith("elsewhere/")


@pytest.fixture(scope="module")
def as_shipped(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The seed published once, for tests that only read."""
    installation = Installation(tmp_path_factory.mktemp("shipped"))
    installation.put_seed()
    installation.run()
    return installation


class TestTruth:
    def test_every_fact_is_the_characters_of_the_archived_file(
        self, as_shipped: Installation
    ) -> None:
        archive = Archive(as_shipped.settings.archive)
        traced = as_shipped.rows(
            "SELECT c.document_id, s.role, c.text, c.char_from, c.char_to, s.char_from, s.char_to, "
            "f.amount_yuan::VARCHAR, t.clause_kind, t.low_value, t.high_value, i.name "
            "FROM fact_source s JOIN source_cell c USING (cell_id) "
            "LEFT JOIN fact_project_funding f USING (fact_id) "
            "LEFT JOIN fact_performance_target t USING (fact_id) "
            "LEFT JOIN performance_indicator i USING (indicator_id)"
        )
        facts = as_shipped.value("SELECT count(*) FROM fact_project_funding")
        targets = as_shipped.value("SELECT count(*) FROM fact_performance_target")
        assert len(traced) == 4 * facts + 3 * targets
        for sha256, role, text, start, end, left, right, amount, kind, low, high, name in traced:
            printed = decode_text(archive.get(sha256))[0][start:end]
            assert printed == text
            cited = printed[left:right]
            assert cited
            if role == "amount":
                assert Decimal(cited) * 10000 == Decimal(amount)
            elif role == "indicator":
                assert cited == name
            elif role == "target" and kind == "number":
                number = Decimal(re.findall(r"\d+(?:\.\d+)?", cited)[-1])
                assert number in {low, high}
            elif role == "target":
                assert cited in {"是", "否"}

    def test_additive_measures_give_the_printed_total_by_any_dimension(
        self, as_shipped: Installation
    ) -> None:
        dimensions = ("reporting_body_id", "spending_unit_id", "project_line_id", "fund_source_id",
                      "fiscal_year", "phase", "statement_version_id")  # fmt: skip
        for count in (1, 2):
            for chosen in itertools.combinations(dimensions, count):
                grouped = (
                    f"SELECT {', '.join(chosen)}, sum(amount_yuan) AS a "
                    "FROM fact_project_funding GROUP BY ALL"
                )
                assert as_shipped.value(f"SELECT sum(a) FROM ({grouped})") == TOTAL
        printed = as_shipped.rows("SELECT name, printed_total_yuan FROM project_line ORDER BY name")
        summed = as_shipped.rows(
            "SELECT name, sum(amount_yuan) FROM fact_project_funding JOIN project_line "
            "USING (project_line_id) GROUP BY 1 ORDER BY 1"
        )
        assert printed == summed
        controls = as_shipped.rows(
            "SELECT DISTINCT printed_yuan FROM control_total "
            "WHERE identity_id LIKE 'grand_total%' AND measure = 'total'"
        )
        assert controls == [(TOTAL,)]

    def test_dimensions_join_without_losing_or_doubling_a_fact(
        self, as_shipped: Installation
    ) -> None:
        joined = (
            "SELECT count(*), sum(amount_yuan) FROM fact_project_funding f "
            "JOIN dim_body b ON b.body_id = f.reporting_body_id "
            "JOIN dim_body u ON u.body_id = f.spending_unit_id "
            "JOIN project_line USING (project_line_id) "
            "JOIN bridge_project_identity USING (project_line_id) "
            "JOIN dim_project USING (project_id) JOIN dim_fund_source USING (fund_source_id) "
            "JOIN dim_fiscal_year USING (fiscal_year) JOIN dim_phase USING (phase) "
            "JOIN statement_version USING (statement_version_id)"
        )
        assert as_shipped.rows(joined) == [(7, TOTAL)]

    def test_marts_equal_the_facts(self, as_shipped: Installation) -> None:
        for mart in ("mart_funding_by_body_year", "mart_project_year"):
            assert as_shipped.value(f"SELECT sum(amount_yuan) FROM {mart}") == TOTAL
        assert as_shipped.rows(
            "SELECT sum(indicator_count), sum(annual_target_count) FROM mart_project_year"
        ) == as_shipped.rows(
            "SELECT (SELECT count(*) FROM performance_indicator), (SELECT sum(target_count) "
            "FROM fact_performance_target WHERE horizon = 'annual')"
        )
        assert as_shipped.value("SELECT project_count FROM mart_funding_by_body_year") == 7
        assert as_shipped.value("SELECT sum(value_count) FROM mart_target_quality") == 50
        shares = as_shipped.rows(
            "SELECT round(sum(share), 9) FROM mart_target_quality GROUP BY horizon"
        )
        assert shares == [(1.0,), (1.0,)]


#: Of the damage below, what nothing in the document can show, and why.
UNDETECTABLE = {
    "line printed twice": "a title, label or unit says the same twice; facts are the same",
    "line lost on page 2": "page 2 still repeats the header and goes on; facts are the same",
    "last place off by one": "within the rounding envelope of its row: (n + 1) halves, n = 1",
    "amounts of two projects swapped": "every sum stays as it is",
    "headers of equal columns swapped": "both columns print the same; facts are the same",
    "headers of fund columns swapped": "every sum stays; only the name of the fund moves",
    "cut in the last cell": "the last cell has no end mark (some cuts leave a broken indicator)",
}
_AMOUNT = re.compile(r"\d+\.\d\d")
_PROJECTS = 11  # the first line of a project


class Damage:
    """The seed damaged in one place: texts, each with its entry of UNDETECTABLE or nothing."""

    def __init__(self) -> None:
        self.text = seed_text()
        self.lines = self.text.split("\n")
        self.rows = {n: line.split("\t") for n, line in enumerate(self.lines) if "\t" in line}
        self.headers = [n for n, row in self.rows.items() if row[0].startswith("项目名称")]
        self.amounts = [
            (n, c, cell)
            for n, row in self.rows.items()
            for c, cell in enumerate(row)
            if _AMOUNT.fullmatch(cell)
        ]

    def with_cells(self, *changes: tuple[int, int, str]) -> str:
        lines = list(self.lines)
        for n, c, cell in changes:
            row = lines[n].split("\t")
            row[c] = cell
            lines[n] = "\t".join(row)
        return "\n".join(lines)

    def lines_dropped(self) -> Iterator[tuple[str, str]]:
        for n, line in enumerate(self.lines):
            if line.strip():
                on_page_2 = n not in self.rows and n > self.headers[0]
                reason = "line lost on page 2" if on_page_2 else ""
                yield "\n".join(self.lines[:n] + self.lines[n + 1 :]), reason

    def lines_doubled(self) -> Iterator[tuple[str, str]]:
        for n, line in enumerate(self.lines):
            if line.strip():
                reason = "" if n in self.rows else "line printed twice"
                yield "\n".join(self.lines[: n + 1] + self.lines[n:]), reason

    def digits_changed(self) -> Iterator[tuple[str, str]]:
        for n, c, cell in self.amounts:
            for (place, digit), other in itertools.product(enumerate(cell), "0123456789"):
                if digit in {".", other}:
                    continue
                new = cell[:place] + other + cell[place + 1 :]
                near = abs(Decimal(new) - Decimal(cell)) == Decimal("0.01")
                yield self.with_cells((n, c, new)), "last place off by one" if near else ""

    def amounts_blanked(self) -> Iterator[tuple[str, str]]:
        for n, c, _ in self.amounts:
            yield self.with_cells((n, c, "")), ""

    def amounts_swapped(self) -> Iterator[tuple[str, str]]:
        for (n, c, cell), (m, d, other) in itertools.combinations(self.amounts, 2):
            if cell != other:
                yield self.with_cells((n, c, other), (m, d, cell)), ""

    def rows_of_amounts_swapped(self) -> Iterator[tuple[str, str]]:
        totals = [(n, cell) for n, c, cell in self.amounts if c == 1]
        for (n, cell), (m, other) in itertools.combinations(totals, 2):
            if cell != other:
                changes = [(n, 1, other), (n, 2, other), (m, 1, cell), (m, 2, cell)]
                reason = "amounts of two projects swapped" if n >= _PROJECTS else ""
                yield self.with_cells(*changes), reason

    def headers_swapped(self) -> Iterator[tuple[str, str]]:
        reasons = {
            (1, 2): "headers of equal columns swapped",
            (3, 4): "headers of equal columns swapped",
            (2, 3): "headers of fund columns swapped",
            (2, 4): "headers of fund columns swapped",
        }
        names = self.rows[self.headers[0]]
        for c, d in itertools.combinations(range(7), 2):
            for where in (self.headers, self.headers[:1], self.headers[1:]):
                changes = [x for n in where for x in ((n, c, names[d]), (n, d, names[c]))]
                reason = reasons.get((c, d), "") if where == self.headers else ""
                yield self.with_cells(*changes), reason

    def truncations(self) -> Iterator[tuple[str, str]]:
        last_cell = self.text.rindex("\t")
        for end in range(0, len(self.text), 19):
            yield self.text[:end], "cut in the last cell" if end > last_cell else ""


@pytest.mark.slow
def test_every_damage_is_noticed_but_what_nothing_can_show() -> None:
    damage = Damage()
    sweeps: list[Callable[[], Iterator[tuple[str, str]]]] = [
        damage.lines_dropped, damage.lines_doubled, damage.digits_changed, damage.amounts_blanked,
        damage.amounts_swapped, damage.rows_of_amounts_swapped, damage.headers_swapped,
        damage.truncations,
    ]  # fmt: skip
    damaged = [(sweep.__name__, *found) for sweep in sweeps for found in sweep()]
    rooms = through([text for _, text, _ in damaged], sidecar())
    statements = rooms.accepted["statement"]
    noticed = set(rooms.accepted["quarantine_item"]["reading_id"])
    assert set(statements.filter(pl.col("status") != "complete")["reading_id"]) <= noticed
    passed = [
        (sweep, reason)
        for (sweep, _, reason), reading_id in zip(damaged, rooms.reading_ids, strict=True)
        if reading_id not in noticed
    ]
    counted = {key: passed.count(key) for key in dict.fromkeys(passed)}
    print(len(damaged), "damaged, passed unnoticed:", counted)  # noqa: T201 - shown by pytest -s
    expected = [(sweep, reason) for sweep, _, reason in damaged if reason]
    cuts = ("truncations", "cut in the last cell")
    assert 0 < counted.pop(cuts) <= expected.count(cuts)
    assert counted == {key: expected.count(key) for key in dict.fromkeys(expected) if key != cuts}
    assert {reason for _, reason in passed} == set(UNDETECTABLE)
    assert len(damaged) > 1000

    sums = rooms.accepted["fact_project_funding"].group_by("statement_id").agg(
        pl.col("amount_yuan").sum()
    )  # fmt: skip
    assert sums.height >= len(passed)
    assert set(sums["amount_yuan"]) == {TOTAL, TOTAL - 100, TOTAL + 100}


def test_the_plain_document_of_other_tests_is_accepted(installation: Installation) -> None:
    installation.put_with_sidecar("plain.txt", PLAIN.encode())
    installation.run()
    assert money(installation) == Decimal("300000.00")
    assert rules(installation) == []


def test_what_a_version_rests_on_is_made_again_when_caches_are_lost(
    seeded: Installation,
) -> None:
    """Its sidecar is gone since, its facts stay: from the archive, not from luck."""
    (seeded.settings.raw / f"{SEED_NAME}.toml").unlink()
    seeded.run()
    assert seeded.value("SELECT count(*) FROM fact_project_funding") == 7
    shutil.rmtree(seeded.settings.cache)
    seeded.put("other.txt", b"a\tb\n1\t2\n")
    assert seeded.run().published
    assert seeded.value("SELECT count(*) FROM fact_project_funding") == 7
    rules = seeded.rows("SELECT DISTINCT rule_id FROM quarantine_item ORDER BY 1")
    assert rules == [("context_missing",), ("not_a_budget_table",)]
