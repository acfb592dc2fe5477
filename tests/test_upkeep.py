"""What a person does between nights: rollback, withdrawal, reading again; on the real program."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.documents.archive import sha256_of
from pipelines.documents.ledger import Ledger
from pipelines.night import Night
from pipelines.publish.flip import PublishError, builds, current_build_id
from pipelines.publish.rollback import resume, rollback
from pipelines.selection import Selection, UnknownDocumentError, find_document
from pipelines.upkeep import reinstate, reprocess, withdraw
from tests.commands import asked
from tests.conftest import SEED, SEED_NAME
from tests.printing import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation

SUM = "SELECT coalesce(sum(amount_yuan), 0)::BIGINT FROM fact_project_funding"


def answered(installation: Installation, *arguments: str) -> Any:
    result = asked(installation, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.slow
def test_a_rollback_holds_until_it_is_resumed(seeded: Installation) -> None:
    settings = seeded.settings
    first = current_build_id(settings)
    with pytest.raises(PublishError, match="expected one earlier build"):
        rollback(settings, "nothing before it")
    seeded.put_with_sidecar("b.txt", PLAIN.encode())
    seeded.run()
    second, whole = current_build_id(settings), seeded.value(SUM)
    with pytest.raises(PublishError):
        rollback(settings, "it is the current one", second)
    assert rollback(settings, "数据有误 / wrong figures") == first
    assert seeded.value(SUM) == 4_206_600
    assert not seeded.run().published  # a night must not bring back what was taken back
    seeded.put("c.txt", SEED.read_bytes() + b"\n")
    assert not seeded.run().published
    assert current_build_id(settings) == first
    resume(settings)
    assert seeded.run().published
    assert seeded.value(SUM) == whole
    assert len(builds(settings)) == 3
    with pytest.raises(PublishError, match="not held"):
        resume(settings)
    (event,) = Ledger(settings.ledger).events("rolled_back")
    assert event.detail == {"build_id": first, "from_build_id": second,
                            "why": "数据有误 / wrong figures"}  # fmt: skip


def test_a_candidate_that_was_left_behind_does_not_undo_a_rollback(seeded: Installation) -> None:
    """A night that died between its checks and the flip; then a person rolled back."""
    seeded.put_with_sidecar("b.txt", PLAIN.encode())
    seeded.run()
    seeded.put_with_sidecar("c.txt", PLAIN.replace("植树", "种树").encode())
    night = Night(seeded.settings)
    night.take_in()
    for step in (night.extract, night.recognise, night.normalise, night.conform, night.validate):
        step()
    build = night.build()
    assert build is not None
    assert all(check.passed for check in night.check(build))
    assert night.candidate() == build
    rollback(seeded.settings, "数据有误 / wrong figures")
    assert Night(seeded.settings).candidate() is None
    resume(seeded.settings)
    assert Night(seeded.settings).candidate() == build


@pytest.mark.slow
def test_the_morning_after_on_the_command_line(seeded: Installation) -> None:
    """A document arrives, is withdrawn, comes back, is rolled back: what each command says."""
    seeded.put_with_sidecar("b.txt", PLAIN.encode())
    seeded.run()
    (new,) = answered(seeded, "diff")["statements"]
    assert (new["change"], new["path"], new["funding_new"]) == ("new", "b.txt", 2)
    assert "b.txt" in asked(seeded, "diff").stdout
    refused = asked(seeded, "withdraw", "b.txt")
    assert refused.exit_code == 2
    done = asked(seeded, "withdraw", "b.txt", "--why", "误传 / sent by mistake", "--later")
    assert done.exit_code == 0, done.output
    seeded.run()
    assert seeded.value(SUM) == 4_206_600
    assert seeded.rows("SELECT path, withdrawn_why FROM dim_document ORDER BY 1") == [
        (SEED_NAME, None),
        ("b.txt", "误传 / sent by mistake"),
    ]
    (gone,) = answered(seeded, "diff")["statements"]
    assert (gone["change"], gone["funding_gone"]) == ("gone", 2)
    (version,) = answered(seeded, "history", "b.txt")["versions"]
    assert (version["closed_reason"], version["is_current"]) == ("withdrawn", False)
    assert "误传" in version["withdrawn_why"]
    assert "withdrawn" in asked(seeded, "history", "b.txt").stdout
    asked(seeded, "withdraw", "b.txt", "--undo", "--why", "无误 / it is right", "--later")
    seeded.run()
    assert seeded.value(SUM) > 4_206_600
    assert asked(seeded, "rollback").exit_code == 2
    assert "held" in asked(seeded, "rollback", "--why", "试 / to try").stdout
    doctor = asked(seeded, "doctor", "--json")
    (published,) = [f for f in json.loads(doctor.stdout) if f["name"] == "published"]
    assert (doctor.exit_code, published["is_good"]) == (1, False)
    assert seeded.value(SUM) == 4_206_600
    assert "publish again" in asked(seeded, "rollback", "--resume").stdout


@pytest.mark.slow
def test_a_withdrawn_document_does_not_wait_and_does_not_come_back(seeded: Installation) -> None:
    seeded.put("b.txt", PLAIN.encode())  # no sidecar: it waits for its year
    seeded.run()
    assert seeded.value("SELECT count(*) FROM quarantine_item") > 0
    withdraw(seeded.settings, "b.txt", "不是预算 / no budget")
    seeded.run()
    assert seeded.value("SELECT count(*) FROM quarantine_item") == 0
    seeded.put_with_sidecar("b.txt", PLAIN.encode())
    seeded.run()
    assert seeded.value(SUM) == 4_206_600
    reinstate(seeded.settings, "b.txt", "是预算 / it is")
    seeded.run()
    assert seeded.value(SUM) > 4_206_600


def test_a_person_is_told_what_does_not_fit(seeded: Installation) -> None:
    settings = seeded.settings
    document = find_document(settings, SEED_NAME)
    assert find_document(settings, document.sha256[:10]) == document
    with pytest.raises(UnknownDocumentError, match="0 documents fit"):
        withdraw(settings, "nowhere.txt", "why")
    with pytest.raises(ValueError, match="a withdrawal needs a reason"):
        withdraw(settings, SEED_NAME, "  ")
    with pytest.raises(ValueError, match="is not withdrawn"):
        reinstate(settings, SEED_NAME, "why")
    withdraw(settings, SEED_NAME, "why")
    with pytest.raises(ValueError, match="was withdrawn before: why"):
        withdraw(settings, SEED_NAME, "again")
    assert asked(seeded, "reprocess").exit_code == 2
    assert asked(seeded, "reprocess", "--all", "--document", "x").exit_code == 2


@pytest.mark.parametrize(
    "chosen",
    [
        Selection(documents=(SEED_NAME,)),
        Selection(layouts=("guangzhou/project_performance_targets",)),
        Selection(places=("440112",), years=(2023,)),
        Selection(everything=True),
    ],
    ids=["document", "layout", "place and year", "all"],
)
def test_reading_again_heals_a_cache_that_lies(seeded: Installation, chosen: Selection) -> None:
    """A cached frame that was changed, size and all, is believed until a person asks again."""
    import polars as pl

    night = Night(seeded.settings)
    (batch,) = set(night.store.index().values())
    path = night.store.directory(batch, "accepted") / "fact_project_funding.parquet"
    lie(path, pl.read_parquet(path).with_columns(amount_yuan=pl.col("amount_yuan") * 0))
    before = seeded.rows("SELECT * FROM fact_project_funding ORDER BY ALL")
    assert reprocess(seeded.settings, chosen, " 缓存有误 / cache ").paths == (SEED_NAME,)
    assert seeded.run().published
    assert seeded.rows("SELECT * FROM fact_project_funding ORDER BY ALL") == before
    (event,) = Ledger(seeded.settings.ledger).events("reprocessed")
    assert event.detail == {**chosen.said(), "why": "缓存有误 / cache", "readings": 1}


def lie(path: Path, frame: Any) -> None:
    frame.write_parquet(path)
    manifest = path.with_name("manifest.json")
    sizes = json.loads(manifest.read_text("utf-8"))
    sizes[path.name] = [path.stat().st_size, sha256_of(path.read_bytes())]
    manifest.write_text(json.dumps(sizes), "utf-8")


def test_backup_and_restore_on_the_command_line(seeded: Installation, tmp_path: Path) -> None:
    before = seeded.rows("SELECT * FROM fact_project_funding ORDER BY ALL")
    made = answered(seeded, "backup", str(tmp_path / "backup"))
    assert made["events"] > 0
    assert made["copied"] == made["files"] > 0
    refused = asked(seeded, "restore", str(tmp_path / "backup"))
    assert "not empty" in str(refused.exception)
    shutil.rmtree(seeded.settings.warehouse)
    back = asked(seeded, "restore", str(tmp_path / "backup"))
    assert back.exit_code == 0, back.output
    assert "yusuan ingest" in back.stdout
    seeded.run()
    assert seeded.rows("SELECT * FROM fact_project_funding ORDER BY ALL") == before


def test_a_first_build_has_nothing_to_be_compared_with(seeded: Installation) -> None:
    build = current_build_id(seeded.settings)
    alone = asked(seeded, "diff")
    assert alone.exit_code == 0
    assert f"{build}: 仅保留这一版本" in alone.stdout
    told: dict[str, Any] = {"before": None, "after": build, "statements": [], "items": []}
    assert answered(seeded, "diff") == told
