"""The command line as a user has it: what it prints, where it writes, how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from importlib.metadata import version
from io import StringIO
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.documents.lock import acquire
from pipelines.screens.console import grid_or_records, text
from tests.commands import WIDE, asked
from tests.conftest import ROOT, SEED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation


def yusuan(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real program in a process of its own."""
    environment = {**os.environ, **WIDE, **installation.settings.environment()}
    environment.pop("DAGSTER_HOME", None)
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True,
                          check=False)  # fmt: skip


def test_ingest_says_what_it_did_and_a_second_does_nothing(installation: Installation) -> None:
    installation.put_seed()
    first = yusuan(installation, "ingest")
    assert first.returncode == 0, first.stderr
    for said in ("new 1", "projects 7", "indicators 25", "held 15", "broken 0", "yusuan compare"):
        assert said in first.stdout
    probe = (
        "import sys; from pipelines.cli import app\n"
        "app(['ingest', '--json'], standalone_mode=False)\n"
        "heavy = {'dagster', 'pandera'} & sys.modules.keys(); assert not heavy, heavy"
    )
    environment = {**os.environ, **installation.settings.environment()}
    second = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, env=environment,
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert second.returncode == 0, second.stderr
    counts = json.loads(second.stdout)
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, 1)


@pytest.mark.slow
def test_ingest_says_what_was_read_and_refused(installation: Installation) -> None:
    installation.put_seed()
    installation.put("空.pdf", b"%PDF-1.4")
    first = yusuan(installation, "ingest")
    assert first.returncode == 0, first.stderr
    read, refused = first.stdout.splitlines()[:2]
    assert re.fullmatch(
        r"读取 read +文件 documents 2  页 pages \d+  表格 grids \d+  页/秒 pages/s [\d.]+  "
        r"拒绝 refused 1",
        read,
    )
    assert refused.startswith("拒绝 refused")
    assert "文件 documents 1  读取文件时出错 / the document could not be read" in refused
    installation.put("程序.bin", b"\x00\x01")
    found = json.loads(yusuan(installation, "ingest", "--json").stdout)["extraction"]
    assert found["documents_read"] == 1
    assert found["refused_documents"] == {"unsupported_media_type": 1}
    found = json.loads(yusuan(installation, "ingest", "--json").stdout)["extraction"]
    assert (found["documents_read"], found["refused_documents"]) == (0, {})


def test_query_in_every_format(seeded: Installation, tmp_path: Path) -> None:
    sql = "select sum(amount_yuan) as total from fact_project_funding"
    assert "4206600.00" in asked(seeded, "query", sql).stdout
    assert asked(seeded, "query", sql, "--format", "csv").stdout == "total\n4206600.00\n"
    assert asked(seeded, "query", sql, "--format", "json").stdout == '[{"total":4206600.00}]\n'
    path = tmp_path / "answer.parquet"
    assert asked(seeded, "query", sql, "--format", "parquet", "-o", str(path)).exit_code == 0
    assert [str(v) for v in pl.read_parquet(path)["total"]] == ["4206600.00"]
    assert asked(seeded, "query", sql, "--format", "parquet").exit_code == 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [(123456789.125, "123456789.125"), (1 / 3, "0.333333"), (0.0000123456789, "1.23457e-05"),
     (0.0, "0.0"), (2500.0, "2500.0"), (-4206600.5, "-4206600.5")],
)  # fmt: skip
def test_a_float_keeps_all_digits_of_its_whole(value: float, shown: str) -> None:
    assert text(value) == shown


@pytest.mark.parametrize(("width", "is_table"), [(200, True), (20, False)])
def test_no_figure_of_an_answer_is_broken_over_lines(
    width: int,
    is_table: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a terminal that is too narrow for the table each row is a block of its own."""
    narrow = Console(width=width, file=StringIO(), force_terminal=True)
    monkeypatch.setattr(sys.modules["pipelines.screens.console"], "console", narrow)
    grid_or_records(["body", "amount_yuan"], [["示例局", Decimal("123456789012.00")]])
    assert isinstance(narrow.file, StringIO)
    shown = narrow.file.getvalue()
    assert "123456789012.00" in shown
    assert ("━" in shown) == is_table


@pytest.mark.parametrize(
    "sql",
    [
        "delete from fact_project_funding",
        "create table t as select 1",
        "copy (select 1) to 'escaped.csv'",
        "select * from read_text('/etc/hostname')",
        "select nothing from nowhere",
    ],
)
def test_query_neither_writes_nor_reads_elsewhere(seeded: Installation, sql: str) -> None:
    done = asked(seeded, "query", sql)
    assert done.exit_code == 1
    assert done.exception is not None
    assert seeded.value("SELECT count(*) FROM fact_project_funding") == 7


def test_compare_puts_bodies_beside_years(seeded: Installation) -> None:
    shown = asked(seeded, "compare").stdout
    assert "4,206,600.00" in shown
    assert "2023 budget" in shown
    rows = json.loads(asked(seeded, "compare", "--by", "fund", "--json").stdout)
    assert [(r["line"], r["fiscal_year"], r["amount_yuan"], r["rests_on"]) for r in rows] == [
        ("财政拨款", 2023, "4206600.00", ["project_performance_targets"])
    ]
    assert json.loads(asked(seeded, "compare", "--body", "不存在", "--json").stdout) == []


def test_trace_leads_to_the_printed_characters(seeded: Installation) -> None:
    text = SEED.read_text(encoding="utf-8")
    for table, role in (("fact_project_funding", "amount"), ("fact_performance_target", "target")):
        ((fact_id,),) = seeded.rows(f"SELECT fact_id FROM {table} ORDER BY fact_id LIMIT 1")
        found = json.loads(asked(seeded, "trace", fact_id, "--json").stdout)
        source = next(s for s in found["sources"] if s["role"] == role)
        cited = source["text"][source["char_from"] : source["char_to"]]
        assert text[source["text_from"] : source["text_to"]] == cited
        assert cited in asked(seeded, "trace", fact_id[:12]).stdout
        assert {c["field"] for c in found["context"] if c["is_chosen"]} >= {"fiscal_year", "body"}
    assert asked(seeded, "trace", "zz").exit_code == 1


@pytest.mark.slow
def test_quarantine_tells_what_to_write_where(installation: Installation) -> None:
    installation.put("a.txt", SEED.read_bytes())
    assert asked(installation, "ingest").exit_code == 0
    assert asked(installation, "ingest", "--strict").exit_code == 3
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0
    assert installation.value("SELECT count(*) FROM pending_project_funding") == 7
    items = json.loads(asked(installation, "quarantine", "--json").stdout)
    assert sorted(i["expected"] for i in items) == ["fiscal_year", "phase"]
    year = next(i for i in items if i["expected"] == "fiscal_year")
    shown = asked(installation, "quarantine", year["item_id"][:8]).stdout
    for clue in ("2022", "2023", "2024", "2025", "年度园区环境管理状况评估"):
        assert clue in shown
    assert f"{installation.settings.raw}/a.txt.toml" in shown
    found = json.loads(asked(installation, "quarantine", year["item_id"], "--json").stdout)
    installation.put("a.txt.toml", found["sidecar_lines"].encode())  # not completed: no guess
    assert asked(installation, "ingest", "--strict").exit_code == 3
    assert "sidecar_invalid" in asked(installation, "quarantine").stdout
    lines = found["sidecar_lines"].replace("value = ____", "value = 2023")
    lines = lines.replace('value = "____"', 'value = "budget"').replace("____", "because")
    installation.put("a.txt.toml", lines.encode())
    assert asked(installation, "ingest", "--strict").exit_code == 0
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 7
    assert "nothing waits" in asked(installation, "quarantine").stdout


def test_status_and_doctor(seeded: Installation) -> None:
    found = json.loads(asked(seeded, "status", "--json").stdout)
    assert found["totals"]["identities_exact"] == 15
    assert [s["status"] for s in found["statements"]] == ["complete"]
    (document,) = found["documents"]
    assert (document["statements"], document["complete"], document["current"]) == (1, 1, 1)
    assert (document["exact"], document["broken"], document["findings"]) == (15, 0, 0)
    assert "complete" in asked(seeded, "status").stdout
    done = asked(seeded, "doctor", "--json")
    assert done.exit_code == 0
    assert {f["name"]: f["is_good"] for f in json.loads(done.stdout)}["declarations"] is True
    seeded.settings.ledger.write_bytes(b"no database")
    assert asked(seeded, "doctor").exit_code == 1


def test_verify(seeded: Installation) -> None:
    assert "✓" in asked(seeded, "verify").stdout
    assert json.loads(asked(seeded, "verify", "--json").stdout) == []
    with duckdb.connect(str(seeded.settings.published.resolve())) as connection:
        connection.execute("DELETE FROM mart_coverage")
    found = asked(seeded, "verify")
    assert found.exit_code == 1
    assert "mart_coverage" in found.stdout
    assert "from nothing" in found.stdout


def test_errors_are_clear_and_end_with_one(installation: Installation) -> None:
    nothing = yusuan(installation, "status")
    assert nothing.returncode == 1
    assert "尚未发布" in nothing.stderr
    assert "yusuan ingest" in nothing.stderr
    installation.settings.raw.rmdir()
    missing = yusuan(installation, "ingest")
    assert missing.returncode == 1
    assert str(installation.settings.raw) in missing.stderr
    assert "Traceback" not in missing.stderr


def test_a_second_writer_is_refused_and_readers_go_on(seeded: Installation) -> None:
    with acquire(seeded.settings):
        busy = yusuan(seeded, "ingest")
        assert busy.returncode == 1
        assert "locked" in busy.stderr
        assert yusuan(seeded, "compare").returncode == 0


def test_help_is_in_both_languages() -> None:
    shown = CliRunner().invoke(app, ["--help"], env=WIDE).stdout
    for command in ("ingest", "status", "quarantine", "query", "compare", "trace", "ui", "doctor"):
        assert command in shown
    assert "仓库" in shown
    assert "warehouse" in shown


def test_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"yusuan {version('yusuan')}\n"


def test_target_tells_what_every_character_is(installation: Installation) -> None:
    found = json.loads(asked(installation, "target", "每年≥20场", "--json").stdout)
    assert (found["kind"], found["clauses"][0]["per_period"]) == ("frequency", "year")
    assert "".join(run["text"] for run in found["characters"]) == "每年≥20场"
    shown = asked(installation, "target", "120%", "--name", "验收合格率").stdout
    assert "suspect" in shown
    assert "clause" in shown
