"""What Dagster sees: the graph, its checks, its schedule; a change of it is a reviewed change."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from dagster import AssetKey

from pipelines.assets.definitions import defs
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


def test_every_asset_says_what_it_is_in_both_languages() -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        description = graph.get(key).description or ""
        assert " / " in description, key
        assert any("一" <= char <= "鿿" for char in description), key
