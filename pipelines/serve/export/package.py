"""``datapackage.json``: what an export holds, for people and for tools that check and load it.

Data Package v2. Titles, descriptions, constraints, keys and references are those of
``schemas/tables``; ``columnType`` are terms of the Fiscal Data Package's Budget Standard
Taxonomy (``schemas/codes/fiscal_column_types.csv``). No licence is stated: that of published
documents is not known. No clock: the same build gives the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.serve.export.place import DESCRIPTOR, PACKAGE_NAME, file_hash
from pipelines.serve.export.tables import foreign_keys
from schemas.code_lists import code_list
from schemas.render import column_comment, table_comment

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.serve.export.build import PublishedBuild
    from pipelines.serve.export.written import Output, Written
    from schemas.registry import ColumnSpec, TableSpec

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TAXONOMY = "https://specs.frictionlessdata.io/taxonomies/fiscal/budgets.json"
#: The column type that makes a table one of money: without it, hints say nothing.
_VALUE = "value"
_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.Int32: "integer",
    pl.Int64: "integer",
    pl.Float64: "number",
    pl.Decimal: "number",
    pl.Date: "date",
    pl.Datetime: "datetime",
}


def write_package(build: PublishedBuild, output: Output, directory: Path) -> None:
    """Describe the files that stand in the directory already, and are whole."""
    text = json.dumps(describe(build, output, directory), ensure_ascii=False, indent=1)
    (directory / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")


def describe(build: PublishedBuild, output: Output, directory: Path) -> dict[str, Any]:
    """The descriptor."""
    files = {
        path: _bytes_and_hash(directory / path)
        for path in dict.fromkeys(w.path for w in output.files)
    }
    described: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": PACKAGE_NAME,
        "title": "预算 / Chinese government budgets",
        "description": "政府预算公开表格：事实、维度、汇总与依据 / budget tables that government "
        "departments published: facts, dimensions, marts, and what proves them",
        "version": build.info["build_id"],
    }
    if build.known_at is not None:
        described["created"] = build.known_at.replace(tzinfo=UTC).isoformat()
    described |= {
        "build": {"known_at_utc": described.get("created"), **build.info},
        "notes": output.notes,
        "columnTypeTaxonomy": _TAXONOMY,
        "files": [{"path": path, **said} for path, said in files.items()],
        "sources": [_source(document) for document in build.documents],
        "resources": [
            _resource(build, w, files[w.path], escaped=output.escaped) for w in output.files
        ],
    }
    return described


def _bytes_and_hash(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "hash": file_hash(path)}


def _source(document: dict[str, Any]) -> dict[str, Any]:
    """A document: where it was published, if a sidecar says so; and which bytes it is."""
    published = {"path": document["source_url"]} if document["source_url"] else {}
    return {
        "title": document["path"],
        **published,
        "hash": f"sha256:{document['document_id']}",
        "bytes": document["byte_size"],
        "mediatype": document["media_type"],
    }


def _resource(
    build: PublishedBuild, written: Written, file: dict[str, Any], *, escaped: bool
) -> dict[str, Any]:
    spec = written.table
    hints = column_types(spec)
    schema: dict[str, Any] = {
        "fields": [
            _field(column, written, hints.get(column.name), _constraints(spec, column, escaped))
            for column in spec.columns
        ],
        "primaryKey": list(spec.key),
    }
    references = [
        {
            "fields": [column.name],
            "reference": {
                **({} if table == spec.name else {"resource": table}),
                "fields": [referred],
            },
        }
        for column, table, referred in foreign_keys(spec, build.tables)
    ]
    if references:
        schema["foreignKeys"] = references
    return {
        "name": spec.name,
        "type": "table",
        "path": written.path,
        "title": f"{spec.zh} / {spec.en}",
        "description": table_comment(spec),
        **written.properties,
        **(file if written.states_hash else {}),
        "role": spec.role,
        "grain": spec.grain,
        "rows": build.counts[spec.name],
        "schema": schema,
    }


def _field(
    column: ColumnSpec, written: Written, hint: str | None, constraints: dict[str, Any]
) -> dict[str, Any]:
    """A field; empty text of a column that always has a value is a value, not a missing one."""
    is_text = isinstance(column.dtype, pl.String)
    missing = list(written.missing[:1] if is_text else written.missing)
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[type(column.dtype)],
        "title": column.zh,
        "description": column_comment(column),
        "missingValues": missing if column.nullable else [],
    }
    optional = {
        "unit": column.unit,
        "additive": column.additive,
        "columnType": hint,
        "constraints": constraints or None,
    }
    return field | {name: value for name, value in optional.items() if value is not None}


def column_types(spec: TableSpec) -> dict[str, str]:
    """Column → its fiscal column type, of a table of money or one that hints name itself."""
    listed = code_list("fiscal_column_types").filter(
        pl.col("scope").is_in([spec.role, spec.name]) & pl.col("column").is_in(spec.column_names())
    )
    hints = dict(listed.select("column", "column_type").iter_rows())
    is_named = spec.name in set(listed["scope"])
    return hints if is_named or _VALUE in hints.values() else {}


def _constraints(spec: TableSpec, column: ColumnSpec, escaped: bool) -> dict[str, Any]:
    """Pandera's checks as constraints of Table Schema."""
    found: dict[str, Any] = {} if column.nullable else {"required": True}
    for check in spec.model.to_schema().columns[column.name].checks:
        said = check.statistics
        match check.name:
            case "isin":
                found["enum"] = list(said["allowed_values"])
            case "str_matches":
                found["pattern"] = _pattern(said["pattern"], escaped=escaped)
            case "greater_than_or_equal_to":
                found["minimum"] = said["min_value"]
            case "less_than_or_equal_to":
                found["maximum"] = said["max_value"]
            case "str_length" if said["min_value"] is not None:
                found["minLength"] = said["min_value"]
    return found


def _pattern(pattern: str, *, escaped: bool) -> str:
    return f"'?(?:{pattern.removeprefix('^').removesuffix('$')})" if escaped else pattern
