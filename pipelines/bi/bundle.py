"""Database, datasets, charts and dashboard as Apache Superset imports them.

What tables and columns are comes from their declarations; what is asked of them from the files in
``warehouse/bi``. Charts there are written in Superset's own terms (``params``). Every mart and fact
is a dataset, and nothing else: no control, no total and no version of the past can be added up.
"""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from pipelines.fingerprints import ROOT
from schemas.code_lists import code_list
from schemas.registry import tables
from schemas.render import column_comment, duckdb_type, table_comment

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.registry import ColumnSpec, TableSpec

BI = ROOT / "warehouse" / "bi"
_NAMES = UUID("3e1b6f0a-52b5-5f0b-9f53-2b1d0c6c7a10")
_VERSION = "1.0.0"
#: The importer wants a time; assets that do not change shall be the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ROLES = ("mart", "fact")
_RAW = "raw"


def bundle(published: Path) -> dict[str, dict[str, Any]]:
    """Path in the bundle → content, in Superset's format for assets.

    Args:
        published: The published file; the symbolic link in its path may point elsewhere later.
    """
    database = _database(published)
    found = {
        "metadata.yaml": {"version": _VERSION, "type": "assets",
                          "timestamp": "1980-01-01T00:00:00+00:00"},
        "databases/yusuan.yaml": database,
    }  # fmt: skip
    for spec in datasets():
        found[f"datasets/{spec.name}.yaml"] = _dataset(spec, database["uuid"])
    for name in chart_names():
        found[f"charts/{name}.yaml"] = _chart(name)
    found["dashboards/yusuan.yaml"] = _dashboard()
    return found


def zipped(contents: dict[str, dict[str, Any]]) -> bytes:
    """A bundle as the importer takes it; JSON is YAML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            text = json.dumps(content, ensure_ascii=False, indent=1)
            archive.writestr(zipfile.ZipInfo(f"yusuan/{path}", _EPOCH), text)
    return buffer.getvalue()


def datasets() -> list[TableSpec]:
    """Tables that people may add up."""
    return [spec for spec in tables().values() if spec.role in _ROLES]


def chart_names() -> list[str]:
    """Names of the files of charts."""
    return sorted(path.stem for path in (BI / "charts").glob("*.toml"))


@cache
def said(name: str) -> dict[str, Any]:
    """A file of ``warehouse/bi`` by its name without suffix."""
    return tomllib.loads((BI / f"{name}.toml").read_text(encoding="utf-8"))


def uuid_of(kind: str, name: str) -> str:
    """The same asset has the same UUID in every installation."""
    return str(uuid5(_NAMES, f"{kind}:{name}"))


def _database(published: Path) -> dict[str, Any]:
    told = said("database")
    return {
        "database_name": told["name"],
        "uuid": told["uuid"],
        "version": _VERSION,
        "sqlalchemy_uri": f"duckdb:///{published.absolute()}",
        "expose_in_sqllab": True,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": told["extra"],
    }


def _dataset(spec: TableSpec, database_uuid: str) -> dict[str, Any]:
    columns = [
        {
            "column_name": column.name,
            "verbose_name": _label(column),
            "description": column_comment(column),
            "type": duckdb_type(column.dtype),
            "is_dttm": duckdb_type(column.dtype) == "TIMESTAMP",
            "groupby": True,
            "filterable": True,
            "is_active": True,
        }
        for column in spec.columns
    ]
    return {
        "table_name": spec.name,
        "schema": "main",
        "description": table_comment(spec),
        "main_dttm_col": None,
        "uuid": uuid_of("dataset", spec.name),
        "database_uuid": database_uuid,
        "version": _VERSION,
        "columns": columns + _calculated(spec),
        "metrics": _metrics(spec),
    }


def _label(column: ColumnSpec) -> str:
    """What a column is called; what is said of it after a semicolon is in its description."""
    return column.zh.partition("；")[0]


def _calculated(spec: TableSpec) -> list[dict[str, Any]]:
    """Columns of ``datasets.toml`` whose needs the table meets."""
    names = set(spec.column_names())
    return [
        {
            "column_name": name,
            "verbose_name": column["verbose_name"],
            "expression": column["expression"].replace("{phase_name}", _phase_name()),
            "type": column.get("type", "VARCHAR"),
            "groupby": True,
            "filterable": True,
            "is_active": True,
        }
        for name, column in said("datasets").items()
        if names.issuperset(column["needs"])
    ]


def _phase_name() -> str:
    phases = code_list("phases").select("phase", "name_zh").rows()
    return "CASE phase " + " ".join(f"WHEN '{p}' THEN '{name}'" for p, name in phases) + " END"


def _metrics(spec: TableSpec) -> list[dict[str, Any]]:
    """A sum of every column that may be added up; of money also in 万元."""
    found = []
    for column in spec.columns:
        if not column.additive:
            continue
        told = [("sum", _label(column), f"SUM({column.name})")]
        if column.unit == "CNY":
            short = column.zh.partition("（")[0]
            told.append(("wan", f"{short}（万元）", f"SUM({column.name}) / 10000"))
        found += [
            {"metric_name": f"{how}__{column.name}", "verbose_name": name, "expression": sql,
             "description": column_comment(column)}
            for how, name, sql in told
        ]  # fmt: skip
    return found


def _chart(name: str) -> dict[str, Any]:
    told = said(f"charts/{name}")
    params = told["params"]
    return {
        "slice_name": told["name"],
        "description": told["description"],
        "viz_type": params["viz_type"],
        "params": params,
        "query_context": json.dumps(query_context(params), ensure_ascii=False),
        "uuid": uuid_of("chart", name),
        "dataset_uuid": uuid_of("dataset", told["dataset"]),
        "version": _VERSION,
    }


def query_context(params: dict[str, Any]) -> dict[str, Any]:
    """What a chart asks, for those who ask by the interface for programs: rows, not yet pivoted."""
    is_raw = params.get("query_mode") == _RAW
    columns = params["all_columns"] if is_raw else [params["x_axis"], *params["groupby"]]
    query: dict[str, Any] = {
        "columns": columns,
        "filters": [
            {"col": f["subject"], "op": f["operator"], "val": f["comparator"]}
            for f in params.get("adhoc_filters", [])
        ],
        "orderby": [json.loads(column) for column in params.get("order_by_cols", [])],
        "row_limit": params["row_limit"],
        "is_timeseries": False,
    }
    if not is_raw:  # with metrics, even none of them, rows would be grouped
        query["metrics"] = params["metrics"]
    return {
        "datasource": {"id": 0, "type": "table"},  # the importer writes whose it is
        "queries": [query],
        "form_data": params,
        "result_format": "json",
        "result_type": "full",
    }


def _dashboard() -> dict[str, Any]:
    told = said("dashboard")
    return {
        "dashboard_title": told["title"],
        "slug": told["slug"],
        "uuid": told["uuid"],
        "version": _VERSION,
        "published": True,
        "position": _position(told),
        "metadata": {
            "color_scheme": "supersetColors",
            "cross_filters_enabled": True,
            "refresh_frequency": 0,
            "native_filter_configuration": [
                _filter(number, each) for number, each in enumerate(told["filters"], 1)
            ],
        },
    }


def _filter(number: int, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{number}",
        "type": "NATIVE_FILTER",
        "name": told["name"],
        "filterType": "filter_select",
        "targets": [
            {
                "datasetUuid": uuid_of("dataset", told["dataset"]),
                "column": {"name": told["column"]},
            }
        ],
        "controlValues": {"multiSelect": True, "enableEmptyFilter": False, "sortAscending": True},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
    }


def _position(told: dict[str, Any]) -> dict[str, Any]:
    """Rows of charts below an introduction."""
    rows = [f"ROW-{number}" for number in range(len(told["rows"]) + 1)]
    found: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": told["title"]}},
    }
    text = {"code": told["introduction"], "width": 12, "height": 14}
    found |= _row(rows[0], [("MARKDOWN", "MARKDOWN-0", text)])
    for row, charts in zip(rows[1:], told["rows"], strict=True):
        placed = [
            ("CHART", f"CHART-{name}",
             {"uuid": uuid_of("chart", name), "chartId": 0, "width": width,
              "height": told["height"], "sliceName": said(f"charts/{name}")["name"]})
            for name, width in charts
        ]  # fmt: skip
        found |= _row(row, placed)
    return found


def _row(row: str, children: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    parents = ["ROOT_ID", "GRID_ID"]
    found: dict[str, Any] = {
        row: {"type": "ROW", "id": row, "children": [key for _, key, _ in children],
              "parents": parents, "meta": {"background": "BACKGROUND_TRANSPARENT"}}
    }  # fmt: skip
    for kind, key, meta in children:
        found[key] = {"type": kind, "id": key, "children": [], "meta": meta,
                      "parents": [*parents, row]}  # fmt: skip
    return found
