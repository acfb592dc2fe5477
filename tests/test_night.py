"""Nights over the seed: what waits, what becomes of versions, what is not done again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.ledger import Ledger
from pipelines.night import Night
from tests.conftest import SEED, SEED_NAME, SEED_TOTAL, SIDECAR, Installation
from tests.printing import BODY, PLAIN, PLAIN_ROWS, document, page, seed_text

if TYPE_CHECKING:
    from pathlib import Path

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
        assert installation.rows(pending) == [(SEED_TOTAL, 7)]
        assert installation.value("SELECT count(*) FROM statement_version") == 0
        shutil.copy(SIDECAR, installation.settings.raw)
        assert installation.run().published
        assert money(installation) == SEED_TOTAL
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
        assert money(seeded) == SEED_TOTAL

    def test_a_corrected_year_moves_the_facts(self, seeded: Installation) -> None:
        text = SIDECAR.read_text(encoding="utf-8").replace("value = 2023", "value = 2022")
        seeded.put_with_sidecar(SEED_NAME, SEED.read_bytes(), text)
        seeded.run()
        by_year = "SELECT fiscal_year, sum(amount_yuan) FROM fact_project_funding GROUP BY 1"
        assert seeded.rows(by_year) == [(2022, SEED_TOTAL)]
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
        assert money(installation) == SEED_TOTAL

    def test_a_deleted_file_keeps_its_facts(self, seeded: Installation) -> None:
        for name in (SEED_NAME, SIDECAR.name):
            (seeded.settings.raw / name).unlink()
        assert seeded.run().scan.absent == 1
        assert money(seeded) == SEED_TOTAL
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
        assert sorted(installation.rows(by_year)) == [(2023, SEED_TOTAL), (2024, SEED_TOTAL)]
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
