"""Build checks: what must hold before a build is published. Each lists the rows that break it.

Rendered from the declarations: shape, keys, references, gates of tables that a build makes.
Written as SQL in warehouse/checks, a file a check, each returning the rows that break it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pandera.errors
import polars as pl

from pipelines.fingerprints import ROOT
from pipelines.publish.whose import named
from schemas.registry import TableSpec, tables
from schemas.render import column_comment, duckdb_type, table_comment

if TYPE_CHECKING:
    from pathlib import Path

CHECKS = ROOT / "warehouse" / "checks"
_SHOWN = 5
#: Rows that are counted of a query at most: a build that is wrong in all of them stays in memory.
_MOST = 10_000
#: Rows that a model validates at once: tables of history may not fit in memory.
_TOGETHER = 200_000


@dataclass(frozen=True)
class CheckResult:
    """A check, and the rows that break it: the first of them, and how many.

    ``failures`` counts all, but of one query no more than ``_MOST``. ``examples`` have the
    ``document`` and the ``place`` that they are of, where these can be found.
    """

    name: str
    description: str
    failures: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing breaks it."""
        return self.failures == 0

    def said(self) -> str:
        """How many rows break it, and the first of them in words; document and place first."""
        if not self.examples:
            return f"{self.failures} ×"
        first = {name: value for name, value in self.examples[0].items() if value is not None}
        where = " ".join(first.pop(name) for name in ("document", "place") if name in first)
        rest = ", ".join(f"{name}={value}" for name, value in first.items())
        return f"{self.failures} × {where}: {rest}" if where else f"{self.failures} × {rest}"


class BuildCheckError(RuntimeError):
    """A candidate breaks a check and is not published."""

    def __init__(self, broken: list[CheckResult]) -> None:
        """``broken``: the checks that do not hold."""
        self.broken = broken
        said = "; ".join(f"{check.name}: {check.said()}" for check in broken)
        super().__init__(
            "构建检查未通过，昨日的仓库保持不变 / build checks failed, "
            f"yesterday's warehouse stays in place: {said}"
        )


def check_descriptions() -> dict[str, str]:
    """Name → what it holds, in order; assets declare checks before they are run."""
    rendered = {
        "shape": "表、列、类型、注释与声明一致 / tables, columns, types, comments are as declared",
        "keys": "每张表的键唯一 / every table's key is unique",
        "references": "每个引用都有所指 / every reference leads to a row",
        "gates": "构建时生成的表符合模型 / tables made by the build pass their models",
        "no_unexplained_loss": "昨日现行的报表今日仍现行，否则台账有因 / each statement current "
        "yesterday is current today, or the ledger says why",
    }
    return rendered | {path.stem: _header(path) for path in sorted(CHECKS.glob("*.sql"))}


def run_checks(
    candidate: Path,
    published: Path | None,
    closed_keys: set[str],
    config: dict[str, str | bool | int | float | list[str]] | None = None,
) -> list[CheckResult]:
    """All checks on a candidate.

    Args:
        candidate: Its file, opened read-only.
        published: Yesterday's file, if there is one.
        closed_keys: Statements that a ledger event closed since (see no_unexplained_loss).
        config: Settings of DuckDB, such as its memory.
    """
    said = check_descriptions()
    with duckdb.connect(str(candidate), read_only=True, config=config or {}) as connection:
        filled = [spec for spec in tables().values() if _has_rows(connection, spec)]
        found: dict[str, list[dict[str, Any]]] = {
            "shape": _shape(connection),
            "keys": [row for spec in filled for row in _key(connection, spec)],
            "references": [row for spec in filled for row in _references(connection, spec)],
            "gates": [row for spec in filled for row in _gate(connection, spec)],
            "no_unexplained_loss": _losses(connection, published, closed_keys),
        }
        for view, sql in _views().items():
            connection.execute(f"CREATE TEMP VIEW {view} AS {sql}")
        for path in sorted(CHECKS.glob("*.sql")):
            found[path.stem] = _rows(connection, path.read_text(encoding="utf-8"), _MOST)
        return [
            CheckResult(name, said[name], len(rows), named(connection, rows[:_SHOWN]))
            for name, rows in found.items()
        ]


def _views() -> dict[str, str]:
    """Views that checks ask, of tables as they are declared, so that no new table is forgotten.

    ``every_fact``: facts with whose they are; ``every_figure``: these and what stands beside them.
    """
    figures: dict[str, list[str]] = {"every_fact": [], "every_figure": []}
    for name, spec in tables().items():
        columns = set(spec.column_names())
        if not {"fact_id", "statement_version_id"} <= columns or not spec.reading:
            continue
        told = {
            "is_money": str("amount_yuan" in columns),
            "amount_yuan": "amount_yuan" if "amount_yuan" in columns else "NULL",
            "spending_unit_id": "spending_unit_id" if "spending_unit_id" in columns else "NULL",
            "expenditure_type_id": (
                "expenditure_type_id" if "expenditure_type_id" in columns else "NULL"
            ),
        }
        said = ", ".join(f"{expr} AS {column}" for column, expr in told.items())
        sql = (
            f"SELECT '{name}' AS fact, fact_id, statement_version_id, reporting_body_id, "  # noqa: S608
            f"fiscal_year, phase, {said}, coalesce(spending_unit_id, reporting_body_id) AS whose, "
            f"spending_unit_id IS NULL AS is_whole FROM {name}"
        )
        figures["every_figure"].append(sql)
        if spec.role == "fact":
            figures["every_fact"].append(sql)
    return {view: " UNION ALL ".join(each) for view, each in figures.items()}


def _header(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("--").strip()


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, most: int | None = None
) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall() if most is None else cursor.fetchmany(most)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _shape(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    printed = {
        (row["table_name"], row["column_name"]): (row["data_type"], row["is_nullable"],
                                                  row["comment"])
        for row in _rows(
            connection,
            "SELECT table_name, column_name, data_type, is_nullable, comment "
            "FROM duckdb_columns() WHERE NOT internal",
        )
    }  # fmt: skip
    declared = {
        (spec.name, c.name): (duckdb_type(c.dtype), c.nullable, column_comment(c))
        for spec in tables().values()
        for c in spec.columns
    }
    comments = {
        row["table_name"]: row["comment"]
        for row in _rows(connection, "SELECT table_name, comment FROM duckdb_tables()")
    }
    wanted = {spec.name: table_comment(spec) for spec in tables().values()}
    differing = sorted(
        key for key in printed.keys() | declared.keys() if printed.get(key) != declared.get(key)
    )
    uncommented = sorted(n for n in comments.keys() | wanted if comments.get(n) != wanted.get(n))
    return [
        *({"column": ".".join(key), "found": printed.get(key), "declared": declared.get(key)}
          for key in differing),
        *({"table": name, "found": comments.get(name)} for name in uncommented),
    ]  # fmt: skip


def _has_rows(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> bool:
    """Whether there is anything to ask of a table beyond its shape."""
    return connection.execute(f"SELECT 1 FROM {spec.name} LIMIT 1").fetchone() is not None  # noqa: S608


def _key(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> list[dict[str, Any]]:
    key = ", ".join(spec.key)
    sql = f"SELECT {key}, count(*) AS times FROM {spec.name} GROUP BY {key} HAVING count(*) > 1"  # noqa: S608
    return [{"table": spec.name, **row} for row in _rows(connection, sql, _MOST)]


def _references(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for column in spec.columns:
        if column.references is None:
            continue
        target, _, target_column = column.references.partition(".")
        sql = (
            f"SELECT DISTINCT {column.name} AS value FROM {spec.name} "  # noqa: S608
            f"WHERE {column.name} IS NOT NULL AND {column.name} NOT IN "
            f"(SELECT {target_column} FROM {target})"
        )
        place = f"{spec.name}.{column.name} → {column.references}"
        found += [{"reference": place, **row} for row in _rows(connection, sql, _MOST)]
    return found


def _gate(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> list[dict[str, Any]]:
    """Tables that readings feed passed their gate when staged; those a build makes pass here."""
    if spec.reading and spec.name != "quarantine_item":
        return []
    found: list[dict[str, Any]] = []
    for batch in connection.execute(f"FROM {spec.name}").to_arrow_reader(_TOGETHER):
        frame = pl.DataFrame(batch)
        try:
            spec.model.validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as errors:
            cases = errors.failure_cases.to_dicts()
            found += [{"table": spec.name, **case} for case in cases]
    return found


def _losses(
    connection: duckdb.DuckDBPyConnection, published: Path | None, closed_keys: set[str]
) -> list[dict[str, Any]]:
    sql = "SELECT statement_key_id FROM statement_version WHERE is_current"
    today = {row["statement_key_id"] for row in _rows(connection, sql)}
    unloaded = _rows(connection, sql + " AND statement_id IS NULL", _MOST)
    if published is None:
        return unloaded
    with duckdb.connect(str(published), read_only=True) as yesterday:
        before = {row["statement_key_id"] for row in _rows(yesterday, sql)}
        keys = sorted(before - today - closed_keys)
        lost = [{"statement_key_id": key, "found": "lost"} for key in keys]
        return named(yesterday, lost[:_SHOWN]) + lost[_SHOWN:] + unloaded
