"""The warehouse as assets: a candidate with its checks, then every published table."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import dagster as dg
import duckdb

from pipelines.assets.checks import blocking, check_specs, findings, held_before
from pipelines.assets.floors import accepted_readings
from pipelines.assets.groups import FACTS, MARTS, PROOF
from pipelines.assets.resources import Warehouse
from pipelines.assets.retries import retried
from pipelines.assets.shown import described, preview
from pipelines.load.build import Build
from pipelines.load.marts import mart_sources
from pipelines.night import Night
from pipelines.publish.checks import BuildCheckError
from pipelines.serve.samples import figures, row_counts, sample
from pipelines.serve.status import totals_of
from schemas.registry import TableSpec, tables

#: Numbers of the build that are plotted; tables have their own.
_TOTALS = (
    "documents", "documents_waiting", "statements_current", "statements_waiting", "items_waiting",
    "identities_broken", "identities_suspect", "findings",
)  # fmt: skip
#: Rows of a published table that are shown.
_ROWS = 8
_SAME = "与已发布版本相同，未构建 / same as published, nothing built"
_HELD = (
    "已人工回退，发布暂停，未构建 / a person rolled back and holds publishing, nothing built; "
    "yusuan rollback --resume"
)


@dg.asset(
    deps=[accepted_readings],
    group_name=PROOF,
    kinds={"duckdb"},
    tags={"room": "load"},
    check_specs=check_specs(),
    description=described(
        "候选版本：由台账与已验收的读取构建，检查通过才发布 / The candidate: built of the ledger "
        "and accepted readings; published only if its checks hold.",
        "在 Checks 页：红色的构建检查挡住发布，昨日版本仍在服务；黄色的只是发现，已发布。每项检查"
        "说明文件、位置、恒等式和处理办法 / On the page Checks: a red build check stops "
        "publishing, yesterday's warehouse stays in place; yellow ones are findings, and "
        "published. Each names document, place, identity, and what to do.",
        "`yusuan diff`，`yusuan quarantine`",
    ),
)
def candidate_build(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Build beside the published warehouse and check; with no news nothing is built."""
    with retried():
        return _candidate(warehouse.night, context)


def _candidate(night: Night, context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
    started = perf_counter()
    config = night.settings.config
    build = night.build()
    if build is None:
        why = _HELD if night.is_held else _SAME
        with _opened(night.settings.published) as connection:
            checks = [*held_before(why), *findings(connection, config)]
            metadata: dict[str, Any] = {"news": why, **_totals(connection)}
        return dg.MaterializeResult(metadata=metadata, check_results=checks)
    results = night.check(build)
    if broken := [result for result in results if not result.passed]:
        context.log.error(str(BuildCheckError(broken)))  # Dagster's own error has names alone
    checks = [*blocking(results, config)]
    with _opened(build.path) as connection:
        checks += findings(connection, config)
        metadata = {
            **_totals(connection),
            "documents_made": build.documents,
            "megabytes": round(build.path.stat().st_size / 1e6, 1),
            "seconds": round(perf_counter() - started, 2),
            "build_id": build.build_id,
            "base": build.base or "从零 from nothing",
            "preview_changed_tables": _changed(connection, night.settings.published),
        }
    return dg.MaterializeResult(metadata=metadata, check_results=checks)


def _totals(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """What the build holds, in numbers."""
    found = totals_of(connection)
    return {name: found[name] for name in _TOTALS}


def _changed(connection: duckdb.DuckDBPyConnection, published: Path) -> dg.MetadataValue[Any]:
    """Tables that have other rows than the published build has, by number."""
    now, before = row_counts(connection), {}
    if published.exists():
        with _opened(published) as yesterday:
            before = row_counts(yesterday)
    return preview([
        {"表 table": name, "含义 meaning": f"{tables()[name].zh} / {tables()[name].en}",
         "行数 rows": many, "已发布 published": before.get(name, 0),
         "增减 change": many - before.get(name, 0)}
        for name, many in now.items() if many != before.get(name, 0)
    ])  # fmt: skip


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path.resolve()), read_only=True)


def _published_tables() -> list[TableSpec]:
    """Facts and marts, each after what it reads."""
    return [spec for spec in tables().values() if spec.role in ("fact", "mart")]


def _made_of(spec: TableSpec) -> list[str]:
    """Facts and marts that a mart reads; the build, of what rests on neither.

    So the graph tells from where a figure comes, and everything comes from the build all the same.
    """
    read = mart_sources().get(spec.name, ())
    shown = [name for name in read if tables()[name].role in ("fact", "mart")]
    return shown or ["candidate_build"]


def _spec(spec: TableSpec) -> dg.AssetSpec:
    return dg.AssetSpec(
        spec.name,
        deps=_made_of(spec),
        group_name=FACTS if spec.role == "fact" else MARTS,
        kinds={"duckdb"},
        tags={"room": "publish"},
        description=described(
            f"{spec.zh} / {spec.en}. 粒度 Grain: {spec.grain}.",
            "未能发布（多为磁盘已满），昨日的表仍在服务：`yusuan doctor` / It could not be "
            "published, mostly for want of disk; yesterday's table is in place: `yusuan doctor`.",
            f'`yusuan query "FROM {spec.name} LIMIT 20"`，docs/data-dictionary.md',
        ),
        skippable=True,
    )


#: Facts and marts, an asset each.
PUBLISHED = [_spec(spec) for spec in _published_tables()]


@dg.multi_asset(specs=PUBLISHED)
def published(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[Any]]:
    """Flip to the candidate; its checks hold, or this step would not run."""
    with retried():
        night = warehouse.night
        build = night.candidate()
        if build is None:
            return
        path = night.publish(build, [])
    with _opened(path) as connection:
        for spec in _published_tables():
            metadata = _of_table(connection, spec, build, path)
            yield dg.MaterializeResult(asset_key=spec.name, metadata=metadata)


def _of_table(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, build: Build, path: Path
) -> dict[str, Any]:
    """What is told of a published table."""
    numbers = figures(connection, spec)
    return {
        "dagster/row_count": int(numbers.pop("rows")),
        **numbers,
        "preview": preview(sample(connection, spec, _ROWS)),
        "dagster/column_schema": _column_schema(spec),
        "path": dg.MetadataValue.path(str(path)),
        "build_id": build.build_id,
    }


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
