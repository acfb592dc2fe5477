"""The report as an asset: written after each build, of what was published."""

from time import perf_counter
from typing import Any

import dagster as dg

from pipelines.assets.groups import REPORT
from pipelines.assets.resources import Warehouse
from pipelines.assets.retries import retried
from pipelines.assets.shown import described
from pipelines.assets.warehouse import PUBLISHED


@dg.asset(
    deps=PUBLISHED,
    group_name=REPORT,
    kinds={"html"},
    tags={"room": "serve"},
    description=described(
        "报告：新到、覆盖、核对、待处理、变化，一页给人看 / The report: what came in, coverage, "
        "identities, what waits, changes, on one page for people.",
        "版本已发布，只缺这一页：`yusuan doctor`，然后 `yusuan report` / The build is published, "
        "only its page is missing: `yusuan doctor`, then `yusuan report`.",
        "warehouse/current/report.html",
    ),
)
def report(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Write it beside the published build."""
    with retried():
        night = warehouse.night
        started = perf_counter()
        path = night.report()
    metadata: dict[str, Any] = {
        "path": dg.MetadataValue.path(str(path)),
        "url": dg.MetadataValue.url(path.as_uri()),
        "bytes": path.stat().st_size,
        "seconds": round(perf_counter() - started, 2),
    }
    return dg.MaterializeResult(metadata=metadata)
