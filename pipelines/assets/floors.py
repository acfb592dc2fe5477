"""The floors of the house as assets: raw files → grids → statements → records → accepted readings.

Each asset runs one step of ``pipelines.night`` and says what it did. No data passes between
assets but keys: every step finds by key what is missing.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import dagster as dg
import polars as pl

from pipelines.assets.resources import Warehouse
from pipelines.assets.retries import retried
from pipelines.batches import StepResult
from pipelines.night import Night
from pipelines.settings import Settings


def preview(frame: pl.DataFrame, rows: int = 5) -> dg.MetadataValue[Any]:
    """The first rows of a frame as a Markdown table, but for what a cell of one cannot show."""
    shown = frame.head(rows).select(
        pl.exclude(pl.List, pl.Struct).cast(pl.String, strict=False).str.head(40).fill_null("")
    )
    head = "| " + " | ".join(shown.columns) + " |"
    rule = "|" + "---|" * shown.width
    body = ["| " + " | ".join(v.replace("|", "\\|") for v in row) + " |" for row in shown.rows()]
    return dg.MetadataValue.md("\n".join([head, rule, *body]))


def _told(warehouse: Warehouse, step: Callable[[Night], StepResult]) -> dict[str, Any]:
    """Run a step, again if its failure may pass; say what it did."""
    with retried():
        result = step(warehouse.night)
    samples = {f"sample_{name}": preview(f) for name, f in result.samples.items() if f.height}
    return {**result.counts, **result.told, **samples}


@dg.asset(
    group_name="documents",
    kinds={"file", "duckdb"},
    description="原始文件：按内容归档，变化记入台账 / Original files: archived by content, changes "
    "noted in the ledger.",
    # A night materialises this whether or not there is news: it counts looks, not changes.
    freshness_policy=dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=Settings.resolve().stale_hours)
    ),
)
def raw_documents(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Look at raw/."""
    with retried():
        result = warehouse.night.take_in()
    metadata: dict[str, Any] = dict(result.counts())
    if result.orphan_sidecars:
        metadata["orphan_sidecars"] = result.orphan_sidecars
    if result.unreadable:
        metadata["unreadable_files"] = result.unreadable
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    deps=[raw_documents],
    group_name="extract",
    kinds={"parquet", "polars"},
    description="表格：文件上印了什么，一格不改 / Grids: what is printed, cell by cell.",
)
def grids(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Bytes to grids."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.extract))


@dg.asset(
    deps=[grids],
    group_name="recognise",
    kinds={"parquet", "toml"},
    description="报表：按版式识别，跨页拼接，背景附依据 / Statements: recognised by layout, joined "
    "over pages, context with evidence.",
)
def statements(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Grids to statements."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.recognise))


@dg.asset(
    deps=[statements],
    group_name="normalise",
    kinds={"parquet", "polars"},
    description="记录：金额精确到分，目标读成有类型的数 / "
    "Records: exact amounts, targets read into typed numbers.",
)
def records(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Statements to records."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.normalise))


@dg.asset(
    deps=[records],
    group_name="conform",
    kinds={"parquet", "polars"},
    description="统一键：机构、项目、代码 / Conformed keys: bodies, projects, codes.",
)
def conformed_records(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Records to conformed keys."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.conform))


@dg.asset(
    deps=[conformed_records],
    group_name="validate",
    kinds={"parquet", "pandera"},
    description="验收：恒等式、单元格核算、数据约束 / Accepted readings: identities, accounting, "
    "gates; what fails waits, explained.",
)
def accepted_readings(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """What is accepted, and what waits."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.validate))


FLOORS = [raw_documents, grids, statements, records, conformed_records, accepted_readings]
