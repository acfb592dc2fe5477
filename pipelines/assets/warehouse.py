"""The warehouse as assets: a candidate with its checks, then every published table."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from pipelines.assets.floors import accepted_readings, preview
from pipelines.assets.resources import Warehouse
from pipelines.assets.retries import retried
from pipelines.night import Night
from pipelines.publish.checks import check_descriptions
from schemas.registry import TableSpec, tables

_FINDINGS = {
    "hard_identities_hold": "必须成立的恒等式均成立 / identities that must hold do",
    "conditional_identities_hold": "附条件的恒等式均成立 / identities under a condition hold",
    "inclusions_hold": "部分不大于整体 / no part is more than its whole",
    "nothing_waits": "没有待处理项 / nothing waits for a person",
}
#: Which identities each of these checks is about.
_STRENGTHS = {
    "hard_identities_hold": "hard",
    "conditional_identities_hold": "conditional",
    "inclusions_hold": "inclusion",
}


_SAME = "与已发布版本相同，未构建 / same as published, nothing built"
_HELD = (
    "已人工回退，发布暂停，未构建 / a person rolled back and holds publishing, nothing built; "
    "yusuan rollback --resume"
)


def _check_specs() -> list[dg.AssetCheckSpec]:
    """Build checks block publishing; findings never do."""
    blocking = [
        dg.AssetCheckSpec(name, asset="candidate_build", description=said, blocking=True)
        for name, said in check_descriptions().items()
    ]
    findings = [
        dg.AssetCheckSpec(name, asset="candidate_build", description=said)
        for name, said in _FINDINGS.items()
    ]
    return blocking + findings


@dg.asset(
    deps=[accepted_readings],
    group_name="load",
    kinds={"duckdb"},
    check_specs=_check_specs(),
    description="候选版本：由台账与已验收的读取构建，尚未发布 / The candidate: built of the ledger "
    "and accepted readings, not published yet.",
)
def candidate_build(warehouse: Warehouse) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Build beside the published warehouse and check; with no news nothing is built."""
    with retried():
        return _candidate(warehouse.night)


def _candidate(night: Night) -> dg.MaterializeResult:  # type: ignore[type-arg]
    build = night.build()
    if build is None:
        said = _HELD if night.is_held else _SAME
        names = [*check_descriptions(), *_FINDINGS]
        results = [dg.AssetCheckResult(passed=True, check_name=n, metadata={"note": said})
                   for n in names]  # fmt: skip
        return dg.MaterializeResult(metadata={"news": said}, check_results=results)
    checks = [
        dg.AssetCheckResult(
            passed=check.passed,
            check_name=check.name,
            metadata={"failures": check.failures, "examples": str(check.examples)},
        )
        for check in night.check(build)
    ]
    with duckdb.connect(str(build.path), read_only=True) as connection:
        strengths = [_identities(connection, name, of) for name, of in _STRENGTHS.items()]
        findings = [*strengths, _waiting(connection)]
        counts = {spec.name: _count(connection, spec) for spec in tables().values()}
    return dg.MaterializeResult(
        metadata={
            "build_id": build.build_id,
            "base": build.base or "从零 from nothing",
            "documents_made": build.documents,
            **counts,
        },
        check_results=[*checks, *findings],
    )


def _identities(
    connection: duckdb.DuckDBPyConnection, name: str, strength: str
) -> dg.AssetCheckResult:
    verdicts: dict[str, int] = dict(
        connection.execute(
            "SELECT verdict, count(*) FROM control_total WHERE strength = ? GROUP BY verdict",
            [strength],
        ).fetchall()
    )
    broken = connection.execute(
        "SELECT d.path, c.place, c.identity_id, c.measure, c.printed_yuan, c.computed_yuan, "
        "c.statement_count FROM control_total c JOIN statement USING (statement_id) "
        "JOIN dim_document d USING (document_id) "
        "WHERE c.verdict = 'broken' AND c.strength = ? ORDER BY ALL LIMIT 20",
        [strength],
    ).pl()
    return dg.AssetCheckResult(
        passed=not verdicts.get("broken"),
        severity=dg.AssetCheckSeverity.WARN,
        check_name=name,
        metadata={**verdicts, "first_broken": preview(broken, 20)},
    )


def _waiting(connection: duckdb.DuckDBPyConnection) -> dg.AssetCheckResult:
    items = connection.execute(
        "SELECT d.path, q.rule_id, q.place, q.found, q.expected, q.remedy FROM quarantine_item q "
        "JOIN dim_document d USING (document_id) ORDER BY ALL LIMIT 20"
    ).pl()
    return dg.AssetCheckResult(
        passed=items.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        check_name="nothing_waits",
        metadata={"first_items": preview(items, 20)},
    )


def _published_tables() -> list[TableSpec]:
    return [spec for spec in tables().values() if spec.role in ("fact", "mart")]


#: Facts and marts, an asset each.
PUBLISHED = [
    dg.AssetSpec(
        spec.name,
        deps=[candidate_build],
        group_name="facts" if spec.role == "fact" else "marts",
        kinds={"duckdb"},
        description=f"{spec.zh} / {spec.en}. Grain: {spec.grain}.",
        skippable=True,
    )
    for spec in _published_tables()
]


@dg.multi_asset(specs=PUBLISHED)
def published(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[Any]]:
    """Flip to the candidate; its checks hold, or this step would not run."""
    with retried():
        night = warehouse.night
        build = night.candidate()
        if build is None:
            return
        path = night.publish(build, [])
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        for spec in _published_tables():
            sample = connection.execute(f"SELECT * FROM {spec.name} LIMIT 5").pl()  # noqa: S608
            metadata: dict[str, Any] = {
                "dagster/row_count": _count(connection, spec),
                "dagster/column_schema": _column_schema(spec),
                "path": dg.MetadataValue.path(str(path)),
                "build_id": build.build_id,
                "preview": preview(sample),
            }
            yield dg.MaterializeResult(asset_key=spec.name, metadata=metadata)


def _count(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> int:
    row = connection.execute(f"SELECT count(*) FROM {spec.name}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0


def _column_schema(spec: TableSpec) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.name,
                str(c.dtype),
                description=f"{c.zh} / {c.en}",
                constraints=dg.TableColumnConstraints(nullable=c.nullable),
            )
            for c in spec.columns
        ]
    )
