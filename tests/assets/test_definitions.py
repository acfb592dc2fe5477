"""What Dagster sees: the graph, its checks, its schedule; a change of it is a reviewed change."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from dagster import AssetKey

from pipelines.assets.definitions import defs
from pipelines.assets.reingest import FIELDS
from schemas.registry import tables
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


def test_definitions_are_as_reviewed(snapshot: SnapshotAssertion) -> None:
    graph = defs.resolve_asset_graph()
    described: dict[str, Any] = {}
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        described[key.to_user_string()] = {
            "group": node.group_name,
            "kinds": sorted(node.kinds),
            "room": node.tags.get("room"),
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "description": node.description,
        }
    checks = {
        key.name: graph.get_check_spec(key).blocking
        for key in sorted(graph.asset_check_keys, key=str)
    }
    schedule = defs.resolve_schedule_def("nightly_0200")
    assert {
        "assets": described,
        "checks": checks,
        "schedule": {
            "cron": schedule.cron_schedule,
            "timezone": schedule.execution_timezone,
            "job": schedule.job_name,
        },
        "jobs": {name: defs.resolve_job_def(name).description for name in ("nightly", "reingest")},
        "form": {name: field.description for name, field in FIELDS.items()},
        "sensors": {
            name: {
                "seconds": sensor.minimum_interval_seconds,
                "status": sensor.default_status.value,
                "type": sensor.sensor_type.value,
            }
            for name in ("night_failure", "raw_changed", "still_looking")
            for sensor in [defs.resolve_sensor_def(name)]
        },
        "freshness": str(graph.get(AssetKey("raw_documents")).freshness_policy),
    } == snapshot


def test_dagster_itself_finds_them_valid(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-m",
               "pipelines.assets.definitions"]  # fmt: skip
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "All code locations passed validation" in done.stdout + done.stderr


def test_a_mart_is_made_of_what_its_sql_reads_and_nothing_hangs_in_the_air() -> None:
    graph = defs.resolve_asset_graph()

    def made_of(name: str) -> set[str]:
        return {key.to_user_string() for key in graph.get(AssetKey(name)).parent_keys}

    assert made_of("mart_project_year") == {"fact_project_funding", "fact_performance_target"}
    assert made_of("mart_unit_cost") == {"fact_performance_target", "mart_project_target_year"}
    assert made_of("mart_coverage") == {"candidate_build"}
    build = AssetKey("candidate_build")
    for spec in tables().values():
        if spec.role in ("fact", "mart"):
            assert build in graph.get_ancestor_asset_keys(AssetKey(spec.name)), spec.name


def test_every_asset_says_what_it_is_in_both_languages() -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        description = graph.get(key).description or ""
        assert " / " in description, key
        assert any("一" <= char <= "鿿" for char in description), key
        assert "红了怎么办 When it is red" in description, key
        assert "再看 Look further" in description, key
