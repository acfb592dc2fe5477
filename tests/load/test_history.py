"""History: what was published at any known time can be asked for, whatever became of it since."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from pipelines.documents.damaged import damaged
from pipelines.load.build import make_build
from pipelines.load.history import History, insert_history, kept_by, read_history
from pipelines.night import Night
from pipelines.publish.flip import UnknownBuildError
from pipelines.serve.diff import diff
from pipelines.serve.history import UnknownStatementError, history
from pipelines.upkeep import reinstate, withdraw
from schemas.render import ddl
from schemas.tables.facts import TargetColumns
from tests.conftest import SIDECAR, Installation
from tests.printing import BODY, INDICATOR, document, page, project, unit

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings


#: Several nights each.
pytestmark = pytest.mark.slow


def book(amount: str, *, planted: str = "10") -> bytes:
    """A unit's book with one project of this amount in 万元 and one of 30."""
    total = f"{Decimal(amount) + 30:.2f}"
    rows = (
        unit("合计", total, total),
        unit(BODY, total, total),
        project("植树", amount, amount, indicators=INDICATOR.replace("10", planted)),
        project("修剪", "30.00", "30.00"),
    )
    return document(page(*rows)).encode()


SUM = "SELECT coalesce(sum(amount_yuan), 0)::BIGINT FROM {}"
TARGETS = "SELECT max(low_value)::INTEGER FROM {}"


def published(installation: Installation) -> tuple[int, int]:
    funding, targets = "fact_project_funding", "fact_performance_target"
    return installation.value(SUM.format(funding)), installation.value(TARGETS.format(targets))


def as_of(installation: Installation, moment: datetime) -> tuple[int, int | None]:
    at = f"('{moment}')"
    return (
        installation.value(SUM.format("as_of_project_funding" + at)),
        installation.value(TARGETS.format("as_of_performance_target" + at)),
    )


def superseding(sha256: str) -> str:
    return f'supersedes = "{sha256}"\n{SIDECAR.read_text(encoding="utf-8")}'


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, list[datetime]]:
    """Five nights: first, a revision, a second revision, its withdrawal, and that taken back."""
    installation = Installation(tmp_path_factory.mktemp("revised"))
    moments = [now()]
    first = installation.put_with_sidecar("a.txt", book("12.00"))
    said = []

    def night() -> None:
        installation.run()
        said.append(published(installation))
        moments.append(now())

    night()
    second = installation.put_with_sidecar("b.txt", book("15.50", planted="20"), superseding(first))
    night()
    installation.put_with_sidecar("c.txt", book("99.00"), superseding(second))
    night()
    withdraw(installation.settings, "c.txt", "不是本单位的表 / not this unit's table")
    night()
    reinstate(installation.settings, "c.txt", "确是本单位的表 / it is")
    night()
    assert said == [
        (420_000, 10),
        (455_000, 20),
        (1_290_000, 10),
        (455_000, 20),
        (1_290_000, 10),
    ]
    return installation, moments


Revised = tuple[Installation, list[datetime]]


def test_as_of_any_time_is_what_was_published_then(revised: Revised) -> None:
    installation, (before, *nights) = revised
    assert as_of(installation, before) == (0, None)
    assert [as_of(installation, moment)[0] for moment in nights] == [
        420_000,
        455_000,
        1_290_000,
        455_000,
        1_290_000,
    ]
    assert [as_of(installation, moment)[1] for moment in nights] == [
        10, 20, 10, 20, 10,
    ]  # fmt: skip


def test_targets_are_kept_with_all_that_they_promise(revised: Revised) -> None:
    """What is true of a fact today is what its history says of it, column by column."""
    installation, _ = revised
    promised = ", ".join(TargetColumns.to_schema().columns)
    assert {"per_period", "period_to", "grade", "reference", "denominator"} <= set(
        promised.split(", ")
    )
    facts = installation.rows(
        f"SELECT fact_id, {promised} FROM fact_performance_target ORDER BY fact_id"
    )
    kept = installation.rows(
        f"SELECT fact_id, {promised} FROM history_performance_target "
        "WHERE fed_from_utc IS NOT NULL AND fed_to_utc IS NULL ORDER BY fact_id"
    )
    assert facts == kept != []


def test_every_version_says_why_it_came_and_why_it_went(revised: Revised) -> None:
    installation, (_, first, *_) = revised
    sql = "SELECT version_no, reason, closed_reason, is_current FROM {} ORDER BY 1"
    assert installation.rows(sql.format("statement_version")) == [
        (1, "first", "publisher_revision", False),
        (2, "publisher_revision", "publisher_revision", False),
        (3, "publisher_revision", "withdrawn", False),
        (4, "reinstated", "publisher_revision", False),
        (5, "publisher_revision", None, True),
    ]
    versions = f"as_of_statement_version('{first}')"
    assert installation.rows(f"SELECT version_no FROM {versions}") == [(1,)]


def test_history_tells_what_changed(revised: Revised) -> None:
    installation, _ = revised
    (key,) = {row[0] for row in installation.rows("SELECT statement_key_id FROM statement_version")}
    for text in (key, key[:8], "a.txt"):
        found = history(installation.settings, text)
        assert found.statement_key_id == key
    found = history(installation.settings, key)
    money = [(v["version_no"], int(v["amount_yuan"]), v["path"]) for v in found.versions]
    assert money == [
        (1, 420_000, "a.txt"),
        (2, 455_000, "b.txt"),
        (3, 1_290_000, "c.txt"),
        (4, 455_000, "b.txt"),
        (5, 1_290_000, "c.txt"),
    ]
    changes = [(c["version_no"], c["project_name"], int(c["change_yuan"])) for c in found.changes]
    assert changes == [
        (2, "植树", 35_000), (3, "植树", 835_000), (4, "植树", -835_000), (5, "植树", 835_000),
    ]  # fmt: skip
    with pytest.raises(UnknownStatementError, match="nowhere"):
        history(installation.settings, "nowhere")


def test_diff_tells_what_changed_last_night_and_between_any_two_builds(revised: Revised) -> None:
    installation, _ = revised
    last = diff(installation.settings)
    assert last.amount_before_yuan == Decimal(455_000)
    assert last.amount_after_yuan == Decimal(1_290_000)
    ((change, reason, body, before, after, delta, funding, targets),) = [
        (s["change"], s["reason"], s["body"], s["amount_before_yuan"], s["amount_after_yuan"],
         s["change_yuan"], s["funding_changed"], s["target_changed"])
        for s in last.statements
    ]  # fmt: skip
    assert (change, reason, body) == ("changed", "publisher_revision", BODY)
    assert (before, after, delta) == (455_000, 1_290_000, 835_000)
    assert (funding, targets) == (1, 2)
    backwards = diff(installation.settings, last.after, last.before)
    assert backwards.statements[0]["change_yuan"] == -835_000
    same = diff(installation.settings, last.after[:8], last.after)
    assert (same.statements, same.items) == ([], [])
    with pytest.raises(UnknownBuildError, match="nowhere"):
        diff(installation.settings, "nowhere")


def test_history_needs_no_cache(revised: Revised, tmp_path: Path) -> None:
    installation, _ = revised
    settings = copied(installation.settings, tmp_path)
    sql = "SELECT * FROM {} ORDER BY ALL"
    tables = ("history_project_funding", "history_performance_target", "mart_restatement")
    before = [installation.rows(sql.format(table)) for table in tables]
    shutil.rmtree(settings.cache)
    night = Night(settings)
    for step in (night.extract, night.recognise, night.normalise, night.conform, night.validate):
        step()
    build = make_build(settings, night.prints, night.keys())
    other = Installation.of(settings)
    assert [other.rows_of(build.path, sql.format(table)) for table in tables] == before


def copied(settings: Settings, root: Path) -> Settings:
    shutil.copytree(settings.raw, root / "raw")
    shutil.copytree(settings.warehouse, root / "warehouse", symlinks=True)
    return type(settings)(raw=root / "raw", warehouse=root / "warehouse")


def test_a_kept_file_that_is_damaged_is_left_out_until_it_is_restored(
    revised: Revised, tmp_path: Path
) -> None:
    installation, (_, first, *_) = revised
    settings = copied(installation.settings, tmp_path)
    other = Installation.of(settings)
    event = Night(settings).ledger.events("history_kept")[0]
    files = [settings.archive / event.detail["files"][name]
             for name in ("fact_feed", "history_project_funding")]  # fmt: skip
    whole = [file.read_bytes() for file in files]
    for file in files:
        file.unlink()
    before = published(other)
    other.put("waits.txt", book("1.00"))
    other.run()
    assert published(other) == before
    assert as_of(other, first) == (0, None)
    assert sorted(damaged(settings)) == sorted(file.name for file in files)
    for file, data in zip(files, whole, strict=True):
        file.write_bytes(data)
    assert other.run().published
    assert as_of(other, first) == (420_000, 10)
    assert damaged(settings) == []


def test_rows_that_were_kept_before_a_column_was_added_are_read(
    revised: Revised, tmp_path: Path
) -> None:
    """Of two files that have a version the first is read, as long as it is there."""
    installation, _ = revised
    event = Night(installation.settings).ledger.events("history_kept")[0]
    kept = installation.settings.archive / event.detail["files"]["history_project_funding"]
    older = tmp_path / "older"
    pl.read_parquet(kept).drop("spending_unit_name").write_parquet(older)
    history = "history_project_funding"
    files = kept_by([(history, older), (history, kept)])
    changes = read_history(installation.settings).changes
    with duckdb.connect(str(tmp_path / "new.duckdb")) as connection:
        connection.execute(
            f"ATTACH ':memory:' AS build; ATTACH ':memory:' AS work; USE build; {ddl()}"
        )
        insert_history(connection, History(files, changes), files["statement_version_id"])
        rows = connection.execute("FROM history_project_funding").pl()
    assert rows.height == pl.read_parquet(kept).height > 0
    assert rows["spending_unit_name"].null_count() == rows.height
    assert rows["fed_from_utc"].null_count() < rows.height
