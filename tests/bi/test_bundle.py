"""What the BI tool is told: charts that cannot count twice, labels in both languages."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipelines.bi.bundle import bundle, chart_names, datasets, query_context, said, zipped
from schemas.registry import tables
from schemas.tables.vocabulary import VALUE_KINDS

CONTENTS = bundle(Path("/nowhere/current/yusuan.duckdb"))
#: What sums may not run over: each is one of several ways to tell the same money, or a time.
APART = {"fiscal_year", "phase", "horizon", "scope"}


def asked(name: str) -> tuple[str, set[str], set[str], set[str]]:
    """Of a chart: its dataset, declared columns it groups by, those it filters, and sums."""
    told = said(f"charts/{name}")
    (query,) = query_context(told["params"])["queries"]
    grouped: set[str] = set()
    for column in query["columns"]:
        grouped |= set(said("datasets").get(column, {}).get("needs", [column]))
    filtered = {each["col"] for each in query["filters"]}
    return told["dataset"], grouped, filtered, set(query.get("metrics", []))


@pytest.mark.parametrize("name", chart_names())
def test_no_chart_can_count_twice(name: str) -> None:
    dataset, grouped, filtered, metrics = asked(name)
    spec = tables()[dataset]
    assert spec.role in {"mart", "fact"}
    additive = {f"{how}__{c.name}" for c in spec.columns if c.additive for how in ("sum", "wan")}
    assert metrics <= additive
    if metrics:
        assert APART & set(spec.column_names()) <= grouped | filtered
    else:
        assert said(f"charts/{name}")["params"]["query_mode"] == "raw"


@pytest.mark.parametrize("name", chart_names())
def test_a_chart_asks_only_for_what_its_dataset_has(name: str) -> None:
    dataset, *_ = asked(name)
    told = CONTENTS[f"datasets/{dataset}.yaml"]
    columns = {column["column_name"] for column in told["columns"]}
    metrics = {metric["metric_name"] for metric in told["metrics"]}
    (query,) = query_context(said(f"charts/{name}")["params"])["queries"]
    assert set(query["columns"]) | {each["col"] for each in query["filters"]} <= columns
    assert {column for column, _ in query["orderby"]} <= columns
    assert set(query.get("metrics", [])) <= metrics


def test_every_mart_and_fact_is_a_dataset_and_nothing_else_is() -> None:
    there = {spec.name for spec in tables().values() if spec.role in ("mart", "fact")}
    assert {spec.name for spec in datasets()} == there
    assert not there & {"control_total", "memo_amount", "comparative_figure", "history_amount"}


def test_columns_are_labelled_and_described_in_both_languages() -> None:
    for spec in datasets():
        told = CONTENTS[f"datasets/{spec.name}.yaml"]
        assert (spec.zh in told["description"], spec.en in told["description"]) == (True, True)
        for column, its in zip(spec.columns, told["columns"], strict=False):
            assert its["column_name"] == column.name
            assert column.zh.startswith(its["verbose_name"])
            assert (column.zh in its["description"], column.en in its["description"]) == (
                True,
                True,
            )


def test_every_kind_of_value_has_a_name() -> None:
    expression = said("datasets")["value_kind_name"]["expression"]
    assert all(f"WHEN '{kind}' THEN" in expression for kind in VALUE_KINDS)


def test_the_file_is_opened_for_reading_and_no_other_file_is() -> None:
    database = CONTENTS["databases/yusuan.yaml"]
    assert database["sqlalchemy_uri"] == "duckdb:////nowhere/current/yusuan.duckdb"
    arguments = database["extra"]["engine_params"]["connect_args"]
    assert arguments == {"read_only": True, "config": {"enable_external_access": "false"}}
    assert not any(database[f"allow_{what}"] for what in ("ctas", "cvas", "dml", "file_upload"))


def test_every_chart_is_on_the_dashboard_once() -> None:
    position = CONTENTS["dashboards/yusuan.yaml"]["position"]
    placed = [each["meta"]["uuid"] for each in position.values()
              if isinstance(each, dict) and each["type"] == "CHART"]  # fmt: skip
    charts = [CONTENTS[f"charts/{name}.yaml"]["uuid"] for name in chart_names()]
    assert len(charts) >= 8
    assert sorted(placed) == sorted(charts)


def test_the_same_files_make_the_same_bundle() -> None:
    first, second = (zipped(bundle(Path("/nowhere/current/yusuan.duckdb"))) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        read: dict[str, Any] = json.loads(archive.read("yusuan/metadata.yaml"))
        assert read["type"] == "assets"
