"""What the report says is what the warehouse holds, counted another way."""

from __future__ import annotations

import io
from base64 import b64decode
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from pipelines.serve.published import NothingPublishedError, published
from pipelines.serve.report import coverage as of_coverage
from pipelines.serve.report.content import report
from pipelines.serve.report.coverage import STATES, coverage
from pipelines.serve.report.targets import GROUPS
from schemas.tables.marts_coverage import FACT_STATES
from schemas.tables.vocabulary import VALUE_KINDS
from tests.serve.report.conftest import MISTAKEN

if TYPE_CHECKING:
    from tests.conftest import Installation
    from tests.serve.report.conftest import Told


def test_what_came_in_is_what_the_second_night_brought(told: Told) -> None:
    came = told.report.arrivals
    assert came.before == told.first_build
    assert {row["path"] for row in came.documents} == {
        path for (path,) in told.installation.rows(
            "SELECT path FROM dim_document WHERE path NOT LIKE 'books/%' AND path NOT LIKE '000_%'")
    }  # fmt: skip
    assert [row["path"] for row in came.documents][-1] == MISTAKEN  # what waits stands first
    assert came.changes == Counter(new=1)
    waits = told.installation.value("SELECT count(*) FROM quarantine_item")
    assert came.items["opened"] == waits > 0
    assert came.published_utc is not None


def test_of_a_first_build_all_documents_are_new(seeded: Installation) -> None:
    came = report(seeded.settings).arrivals
    assert came.before is None
    assert came.difference is None
    assert [row["statements"] for row in came.documents] == [1]
    assert came.changes == came.items == Counter()


def test_the_map_has_every_cell_and_counts_them(told: Told) -> None:
    found = told.report.coverage
    cells = {
        (body.name, year, phase, fact, state)
        for body in found.bodies
        for (year, phase), states in body.states.items()
        for fact, state in states.items()
    }
    assert cells == set(told.installation.rows(
        "SELECT body_name, fiscal_year, phase, fact, state FROM mart_fact_coverage"))  # fmt: skip
    assert sum(found.by_state.values()) == len(cells)
    assert found.body_count == len(found.bodies)
    assert set(found.facts) == {fact for *_, fact, _ in cells}
    assert found.columns == sorted(found.columns, key=lambda column: column[0])


def test_of_many_bodies_those_with_most_gaps_are_on_the_map(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_coverage, "MOST_BODIES", 1)
    with published(told.installation.settings) as connection:
        found = coverage(connection)
    gaps = dict(told.installation.rows(
        "SELECT body_name, count(*) FILTER (state IN ('waiting', 'no_document')) * 1000 "
        "+ count(*) FILTER (state = 'not_found') FROM mart_fact_coverage GROUP BY ALL"
    ))  # fmt: skip
    (shown,) = found.bodies
    assert gaps[shown.name] == max(gaps.values())
    assert found.body_count == len(gaps) > 1
    assert found.by_state == told.report.coverage.by_state  # of all of them


def test_identities_are_counted_by_verdict_year_and_name(told: Told) -> None:
    found = told.report.identities
    verdicts = dict(told.installation.rows(
        "SELECT verdict, count(*) FROM control_total GROUP BY ALL"))  # fmt: skip
    assert dict(found.verdicts) == verdicts
    assert sum((counts for counts in found.by_year.values()), Counter()) == found.verdicts
    assert sum((one.verdicts for one in found.identities), Counter()) == found.verdicts
    assert found.identities[0].verdicts["broken"] > 0  # the worst first
    assert all(one.zh and one.en for one in found.identities)


def test_a_finding_has_both_numbers_and_the_picture_of_its_cell(told: Told) -> None:
    found = told.report.identities.findings
    assert len(found) == told.report.identities.finding_count == 4
    for finding in found:
        assert finding["path"] == MISTAKEN
        assert (finding["printed_yuan"], finding["computed_yuan"]) == (
            Decimal("400000.00"), Decimal("300000.00"),
        )  # fmt: skip
        proof = told.report.proofs[finding["control_id"]]
        printed = [cell["text"] for cell in proof.cells if cell["side"] == "printed"]
        parts = sorted(cell["text"] for cell in proof.cells if cell["side"] == "computed")
        assert printed == ["40.00"]
        assert parts in (["30.00"], ["10.00", "20.00"])
        assert proof.cell_count == 1 + len(parts)
        (strip,) = proof.strips  # both sides stand on it
        image = Image.open(io.BytesIO(b64decode(strip.png))).convert("RGB")
        assert image.size == strip.size
        colours = {rgb for _, rgb in image.getcolors(1 << 24) or []}
        assert any(r > 180 and g < 80 and b < 80 for r, g, b in colours)  # type: ignore[misc]
        assert any(b > 150 and r < 60 for r, g, b in colours)  # type: ignore[misc]


def test_all_that_waits_is_there_with_what_to_do(told: Told) -> None:
    groups = told.report.waits
    waiting = dict(told.installation.rows(
        "SELECT rule_id, count(*) FROM quarantine_item GROUP BY ALL"))  # fmt: skip
    assert {group.rule_id: group.count for group in groups} == waiting
    assert {"context_missing", "context_conflict"} <= set(waiting)
    (conflict,) = (group for group in groups if group.rule_id == "context_conflict")
    clues = {value for value, _, _ in conflict.items[0]["clues"]}
    assert "示例市水务局" in clues
    assert len(clues) > 1
    for group in groups:
        assert group.zh
        assert group.en
        assert group.remedy_zh
        assert group.remedy_en
        assert len(group.items) == min(group.count, 25)
        assert all(item["rule_id"] == group.rule_id for item in group.items)


def test_values_of_targets_are_all_counted_once(told: Told) -> None:
    kinds = [kind for kinds, _, _ in GROUPS.values() for kind in kinds]
    assert sorted(kinds) == sorted(VALUE_KINDS)
    years = dict(told.installation.rows(
        "SELECT fiscal_year, sum(value_count)::BIGINT FROM mart_target_quality GROUP BY ALL"
    ))  # fmt: skip
    assert {row["fiscal_year"]: row["value_count"] for row in told.report.targets.years} == years
    for row in (*told.report.targets.years, *told.report.targets.bodies):
        assert sum(row[group] for group in GROUPS) == row["value_count"]


def test_changes_are_those_of_the_facts(told: Told) -> None:
    found = told.report.changes
    assert found is not None
    spent: dict[tuple[str, int], Decimal] = {
        (body, year): amount
        for body, year, amount in told.installation.rows(
            "SELECT b.name, f.fiscal_year, sum(f.amount_yuan) FROM fact_expenditure_by_function f "
            "JOIN dim_body b ON b.body_id = f.reporting_body_id "
            f"WHERE f.phase = '{found.phase}' GROUP BY ALL")
    }  # fmt: skip
    assert found.bodies
    for row in found.bodies:
        year, before = (spent[row["body_name"], found.fiscal_year - n] for n in (0, 1))
        assert (row["amount_yuan"], row["amount_before_yuan"]) == (year, before)
        assert row["change_yuan"] == year - before
    sizes = [abs(row["change_yuan"]) for row in found.bodies]
    assert sizes == sorted(sizes, reverse=True)
    assert {(row["body_name"], row["fiscal_year"]): row["amount_yuan"] for row in found.lines} == {
        place: amount for place, amount in spent.items()
        if place[0] in {row["body_name"] for row in found.lines}
    }  # fmt: skip
    assert found.projects
    for row in found.projects:
        assert row["state"] in ("new", "ended", "continuing", "renamed")
        assert (row["amount_before_yuan"] is None) == (row["state"] == "new")
        assert (row["amount_yuan"] is None) == (row["state"] == "ended")


def test_a_year_alone_has_no_changes(seeded: Installation) -> None:
    assert report(seeded.settings).changes is None


def test_every_state_has_its_words() -> None:
    assert tuple(STATES) == FACT_STATES


def test_without_a_build_there_is_no_report(installation: Installation) -> None:
    with pytest.raises(NothingPublishedError, match="yusuan ingest"):
        report(installation.settings)
