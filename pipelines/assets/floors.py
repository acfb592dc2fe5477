"""The floors of the house as assets: raw files → grids → statements → records → accepted readings.

Each asset runs one step of ``pipelines.night`` and says what it did. No data passes between
assets but keys: every step finds by key what is missing.
"""

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any

import dagster as dg
import polars as pl

from pipelines.assets.groups import DOCUMENTS, PROOF, READINGS
from pipelines.assets.reingest import FIELDS, read_again
from pipelines.assets.resources import Warehouse
from pipelines.assets.retries import retried
from pipelines.assets.shown import described, preview
from pipelines.batches import StepResult
from pipelines.documents.scan import ScanResult
from pipelines.documents.state import ledger_state
from pipelines.night import Night
from pipelines.settings import Settings

#: So many rows are shown of what a step made, or of what came in.
_ROWS, _CAME_IN = 5, 20
#: Frames that are shown → their columns, and what these are called.
_PREVIEWS: dict[str, dict[str, str]] = {
    "statement": {
        "place": "位置 place", "kind": "表种 kind", "title": "标题 title", "body": "机构 body",
        "fiscal_year": "年度 year", "phase": "阶段 phase", "unit": "单位 unit",
        "amount_unit": "单位 unit", "status": "状态 status", "row_count": "行数 rows",
    },
    "item": {"place": "位置 place", "rule_id": "规则 rule", "found": "发现 found",
             "expected": "应为 expected"},
    "amount": {"label": "印刷名称 label", "measure": "度量 measure", "text": "原文 text",
               "page_no": "页 page"},
    "value": {"place": "位置 place", "raw_text": "原文 text", "kind": "类型 kind",
              "suspect": "存疑 suspect"},
    "project_line": {"place": "位置 place", "unit_name": "单位 unit", "name": "项目 project",
                     "fiscal_year": "年度 year", "printed_total_yuan": "金额（元）yuan"},
    "target": {"place": "位置 place", "raw_text": "原文 text", "comparator": "比较符 comparator",
               "low_value": "下界 low", "high_value": "上界 high", "unit": "单位 unit"},
    "quarantine_item": {"place": "位置 place", "rule_id": "规则 rule", "found": "发现 found",
                        "expected": "应为 expected"},
}  # fmt: skip
#: A wrong document makes no step red.
_RED = (
    "一份文件有问题不会变红，它会等待处理；变红是锁、磁盘、内存或程序的问题。`yusuan doctor`，排"
    "除后 `yusuan ingest`：从断处继续 / A wrong document makes nothing red, it waits. Red is the "
    "lock, the disk, the memory or the program: `yusuan doctor`, then `yusuan ingest` goes on "
    "where it was."
)


def _told(warehouse: Warehouse, step: Callable[[Night], StepResult]) -> dict[str, Any]:
    """Run a step, again if its failure may pass; say what it did."""
    with retried():
        night = warehouse.night
        started = perf_counter()
        result = step(night)
    seconds = round(perf_counter() - started, 2)
    return {**result.counts, **result.told, "seconds": seconds, **_previews(night, result)}


def _previews(night: Night, result: StepResult) -> dict[str, Any]:
    """What was made, by the document that it is of."""
    frames = {name: f for name, f in result.samples.items() if f.height and name in _PREVIEWS}
    if not frames:
        return {}
    known = ledger_state(night.ledger).documents
    paths = {key.reading_id: known[key.document_id].paths[0].path for key in night.wanted()}
    return {f"preview_{name}": _preview(frame, name, paths) for name, frame in frames.items()}


def _preview(frame: pl.DataFrame, name: str, paths: dict[str, str]) -> dg.MetadataValue[Any]:
    columns = {c: said for c, said in _PREVIEWS[name].items() if c in frame.columns}
    return preview([
        {"文件 document": paths.get(row["reading_id"], ""),
         **{said: row[column] for column, said in columns.items()}}
        for row in frame.head(_ROWS).to_dicts()
    ])  # fmt: skip


@dg.asset(
    group_name=DOCUMENTS,
    kinds={"file", "duckdb"},
    tags={"room": "documents"},
    description=described(
        "原始文件：按内容归档，变化记入台账 / Original files: archived by content, changes noted "
        "in the ledger.",
        "raw/ 不在或不可读：`yusuan doctor`。过期（overdue）：没有人查看 raw/，看守护进程是否在运"
        "行 / raw/ is missing or cannot be read: `yusuan doctor`. Overdue: nobody looked at "
        "raw/, see whether the daemon is running.",
        "`yusuan status`；重读文件用作业 reingest / job reingest has documents read again.",
    ),
    config_schema={
        "reread": dg.Field(
            dg.Noneable(FIELDS),
            default_value=None,
            description="先重读这些文件；空为不重读。用作业 reingest 更方便 / Documents to be "
            "read again first; none: as they are. Job reingest asks for the same.",
        )
    },
    # A night materialises this whether or not there is news: it counts looks, not changes.
    freshness_policy=dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=Settings.resolve().stale_hours)
    ),
)
def raw_documents(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult[Any]:
    """Look at raw/; before that, let go what a person wants to be read again."""
    metadata: dict[str, Any] = {}
    with retried():
        night = warehouse.night
        started = perf_counter()
        if (asked := context.op_execution_context.op_config["reread"]) is not None:
            again = read_again(night.settings, asked)
            metadata["read_again"] = len(again.paths)
            metadata["read_again_because"] = asked["why"] or "—"
            metadata["preview_read_again"] = preview([{"文件 document": p} for p in again.paths])
        result = night.take_in()
    seconds = round(perf_counter() - started, 2)
    return dg.MaterializeResult(metadata={**_looked(result), "seconds": seconds, **metadata})


def _looked(result: ScanResult) -> dict[str, Any]:
    """What a look at raw/ found."""
    metadata: dict[str, Any] = dict(result.counts())
    if result.orphan_sidecars:
        metadata["orphan_sidecars"] = result.orphan_sidecars
    if result.unreadable:
        metadata["unreadable_files"] = result.unreadable
    if result.events:
        came = [{"事件 event": e.kind, "路径 path": e.path} for e in result.events[:_CAME_IN]]
        metadata["preview_events"] = preview(came)
    return metadata


@dg.asset(
    deps=[raw_documents],
    group_name=DOCUMENTS,
    kinds={"parquet", "polars"},
    tags={"room": "extract"},
    description=described(
        "表格：文件上印了什么，一格不改 / Grids: what is printed, cell by cell.",
        _RED,
        "`yusuan grids PATH`",
    ),
)
def grids(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Bytes to grids."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.extract))


@dg.asset(
    deps=[grids],
    group_name=READINGS,
    kinds={"parquet", "toml"},
    tags={"room": "recognise"},
    description=described(
        "报表：按版式识别，跨页拼接，背景附依据 / Statements: recognised by layout, joined over "
        "pages, context with evidence.",
        _RED,
        "`yusuan layout explain PATH`",
    ),
)
def statements(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Grids to statements."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.recognise))


@dg.asset(
    deps=[statements],
    group_name=READINGS,
    kinds={"parquet", "polars"},
    tags={"room": "normalise"},
    description=described(
        "记录：金额精确到分，目标读成有类型的数 / Records: exact amounts, targets read into "
        "typed numbers.",
        _RED,
        "`yusuan target TEXT`",
    ),
)
def records(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Statements to records."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.normalise))


@dg.asset(
    deps=[records],
    group_name=READINGS,
    kinds={"parquet", "polars"},
    tags={"room": "conform"},
    description=described(
        "统一键：机构、项目、代码 / Conformed keys: bodies, projects, codes.",
        _RED,
        "`yusuan review`",
    ),
)
def conformed_records(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """Records to conformed keys."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.conform))


@dg.asset(
    deps=[conformed_records],
    group_name=PROOF,
    kinds={"parquet", "pandera"},
    tags={"room": "validate"},
    description=described(
        "验收：恒等式、单元格核算、数据约束；不通过的等待处理并说明原因 / Accepted readings: "
        "identities, accounting, gates; what fails waits, explained.",
        _RED,
        "`yusuan quarantine`",
    ),
)
def accepted_readings(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    """What is accepted, and what waits."""
    return dg.MaterializeResult(metadata=_told(warehouse, Night.validate))


FLOORS = [raw_documents, grids, statements, records, conformed_records, accepted_readings]
