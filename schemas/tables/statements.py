"""Statements, their versions and context, and the records read from them."""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, SHA256_PATTERN, Table, column, key, pl, table
from schemas.tables.vocabulary import (
    CLOSED_REASONS,
    CONSOLIDATIONS,
    CONTEXT_FIELDS,
    CONTEXT_SOURCES,
    DIRECTIONS,
    HORIZONS,
    JOIN_RULES,
    PHASES,
    STATEMENT_STATUSES,
    STATES,
    SUSPECTS,
    VALUE_KINDS,
    VERSION_REASONS,
)


class Statement(Table):
    """One budget table of one body, as one reading of one document has it."""

    statement_id: str = key("报表键", "Key of the statement as read")
    reading_id: str = key("读取键", "Reading: document × code × data × sidecar")
    document_id: str = column(
        "文件", "Document", references="dim_document.document_id", str_matches=SHA256_PATTERN
    )
    statement_no: pl.Int32 = column("文件内序号", "Number within the document", ge=1)
    statement_key_id: str = key(
        "报表身份键（机构×口径×年度×阶段×种类×资金范围×部分）；背景不全则为空",
        "Identity: body × consolidation × year × phase × kind × scope × part; "
        "none while its context is incomplete",
        nullable=True,
    )
    kind: str = column("表种", "Kind of table")
    layout_id: str = column("版式", "Layout that fitted")
    title: str = column("印刷标题", "Title as printed", nullable=True)
    reporting_body_id: str = key(
        "报送机构", "Reporting body", references="dim_body.body_id", nullable=True
    )
    consolidation: str = column("汇总口径", "Consolidation", isin=list(CONSOLIDATIONS))
    fiscal_year: pl.Int32 = column(
        "财政年度", "Fiscal year", references="dim_fiscal_year.fiscal_year", nullable=True
    )
    phase: str = column(
        "预算阶段", "Phase", references="dim_phase.phase", nullable=True, isin=list(PHASES)
    )
    fund_scope: str = column(
        "资金范围：all 为全部资金，否则为资金来源",
        "Fund scope: all, or the fund source that it is about (schemas/codes/kinds.csv)",
    )
    part: str = column("部分（一项目一表时为项目）", "Part, for one-form-a-project documents")
    amount_unit: str = column("金额单位（印刷）", "Printed unit of amounts", nullable=True)
    status: str = column(
        "状态", "Status; only complete statements feed facts", isin=list(STATEMENT_STATUSES)
    )
    row_count: pl.Int32 = column("行数", "Printed rows below the header", ge=0)
    is_declared_empty: bool = column(
        "是否注明本表为空", "Whether a note of the table says that it has no figures"
    )
    content_hash: str = column(
        "内容哈希", "Hash of records and controls", str_matches=SHA256_PATTERN
    )

    class Config:
        unique = ["statement_id"]
        metadata = table(
            "报表（每次读取）",
            "Statements as read",
            grain="one row per statement and reading",
            role="detail",
            reading=True,
        )


class StatementVersion(Table):
    """A version of a statement: content that was current from one known time to another."""

    statement_version_id: str = key("版本键", "Key of the version")
    statement_key_id: str = key("报表身份键", "Identity of the statement")
    version_no: pl.Int32 = column("版本号", "Version number", ge=1)
    content_hash: str = column(
        "内容哈希", "Hash of records and controls", str_matches=SHA256_PATTERN
    )
    statement_id: str = key(
        "报表；其读取已不存则为空",
        "Statement whose rows it carries; none if that reading is kept no more",
        references="statement.statement_id",
        nullable=True,
    )
    document_id: str = column(
        "文件",
        "Document it was read from",
        references="dim_document.document_id",
        str_matches=SHA256_PATTERN,
    )
    published_on: pl.Date = column(
        "发布日期（附注所述）", "When it was published, per sidecar", nullable=True
    )
    reason: str = column("产生原因", "Why it came to be", isin=list(VERSION_REASONS))
    known_from_utc: pl.Datetime = column("获知时间（UTC）", "Known from, UTC")
    known_to_utc: pl.Datetime = column("被取代时间（UTC）", "Known until, UTC", nullable=True)
    closed_reason: str = column(
        "不再现行的原因",
        "Why it is not current any more",
        nullable=True,
        isin=list(CLOSED_REASONS),
    )
    is_current: bool = column("是否现行", "Whether it is the current one")

    class Config:
        unique = ["statement_version_id"]
        metadata = table(
            "报表版本", "Statement versions", grain="one row per version", role="detail"
        )


class StatementContext(Table):
    """A clue to what a statement is about, with its evidence; conflicting clues are all kept."""

    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    clue_no: pl.Int32 = column("线索序号", "Number of the clue", ge=1)
    field: str = column("背景项", "Field of the context", isin=list(CONTEXT_FIELDS))
    value: str = column("值", "Value")
    source: str = column(
        "来源",
        "Kind of evidence, strongest first: sidecar, printed, heading, sheet_name",
        isin=list(CONTEXT_SOURCES),
    )
    evidence: str = column("依据原文", "The evidence, word for word")
    cell_id: str = key(
        "依据所在单元格", "Where it is printed", references="source_cell.cell_id", nullable=True
    )
    is_chosen: bool = column("是否采用", "Whether it decided")

    class Config:
        unique = ["statement_id", "clue_no"]
        metadata = table(
            "报表背景与依据",
            "Context of statements, with evidence",
            grain="one row per statement and clue",
            role="evidence",
            reading=True,
        )


class StatementJoin(Table):
    """How printed grids became one statement."""

    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    join_no: pl.Int32 = column("拼接序号", "Number of the join", ge=1)
    rule_id: str = column("拼接规则", "Rule of the join", isin=list(JOIN_RULES))
    page_no: pl.Int32 = column("页", "Page of the grid that was joined", ge=1)
    grid_no: pl.Int32 = column("表格序号", "Grid that was joined", ge=1)
    row_no: pl.Int32 = column("行", "Row of that grid: its first, or the one that was glued", ge=1)
    detail: str = column("说明", "What was dropped or glued")

    class Config:
        unique = ["statement_id", "join_no"]
        metadata = table(
            "跨页拼接", "Joins over pages", grain="one row per join", role="evidence", reading=True
        )


class StatementUnit(Table):
    """A spending unit that a statement prints a row of: what a department's book is made of."""

    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    spending_unit_id: str = key("资金使用单位", "Spending unit", references="dim_body.body_id")
    unit_no: pl.Int32 = column("印刷次序", "Order as printed", ge=1)
    name: str = column("印刷名称", "Name as printed")

    class Config:
        unique = ["statement_id", "spending_unit_id"]
        metadata = table(
            "报表所列资金使用单位",
            "Spending units that a statement prints",
            grain="one row per statement and unit",
            role="detail",
            reading=True,
        )


class ProjectLine(Table):
    """A printed project of a statement."""

    project_line_id: str = key("项目行键（稳定）", "Durable key of the project line")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    reporting_body_id: str = key(
        "报送机构", "Reporting body", references="dim_body.body_id", nullable=True
    )
    spending_unit_id: str = key(
        "资金使用单位", "Spending unit", references="dim_body.body_id", nullable=True
    )
    ordinal: pl.Int32 = column("印刷次序", "Order as printed", ge=1)
    project_code: str = column(
        "印刷的项目代码；未印则为空",
        "Printed code of the project, none if none is printed",
        nullable=True,
    )
    name: str = column(
        "项目名称（不含代码）", "Name as printed, less its code", str_length={"min_value": 1}
    )
    goal: str = column("绩效目标", "Goal as printed", nullable=True)
    printed_total_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "印刷总计（元），仅供核对",
        "Printed total in yuan, a control",
        nullable=True,
        unit="CNY",
        additive=False,
    )

    class Config:
        unique = ["project_line_id"]
        metadata = table(
            "项目行",
            "Project lines",
            grain="one row per printed project",
            role="detail",
            reading=True,
        )


class PerformanceIndicator(Table):
    """A performance indicator as printed."""

    indicator_id: str = key("指标键", "Key of the indicator")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    project_line_id: str = key(
        "项目行", "Project line", nullable=True, references="project_line.project_line_id"
    )
    ordinal: pl.Int32 = column("印刷次序", "Order within its project", ge=1)
    level_1_raw: str = column("一级指标（原文）", "Level 1 as printed", nullable=True)
    level_2_raw: str = column("二级指标（原文）", "Level 2 as printed", nullable=True)
    indicator_class_id: str = column(
        "指标类别（规范）",
        "Canonical class",
        nullable=True,
        references="dim_indicator_class.indicator_class_id",
    )
    name: str = column("指标名称", "Name as printed", str_length={"min_value": 1})

    class Config:
        unique = ["indicator_id"]
        metadata = table(
            "绩效指标",
            "Performance indicators",
            grain="one row per indicator",
            role="detail",
            reading=True,
        )


class PerformanceValue(Table):
    """What one horizon of an indicator promises, as printed."""

    value_id: str = key("指标值键", "Key of the value")
    indicator_id: str = key("指标", "Indicator", references="performance_indicator.indicator_id")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    horizon: str = column("周期", "Horizon", isin=list(HORIZONS))
    raw_text: str = column("原文", "Text as printed")
    kind: str = column(
        "类型；unparsed 为诚实的未识别", "Kind; unparsed is an honest class", isin=list(VALUE_KINDS)
    )
    direction: str = column(
        "方向：提高、降低、保持；文字只说一种时才有",
        "Way it goes, where the words say one way only",
        nullable=True,
        isin=list(DIRECTIONS),
    )
    state: str = column(
        "状态：及时、长期、明显等；文字只说一种时才有",
        "Quality it promises, where the words say one only",
        nullable=True,
        isin=list(STATES),
    )
    suspect: str = column(
        "存疑原因（代码表 suspects）；从不更正",
        "Reason of the code list suspects to doubt the print; never mended",
        nullable=True,
        isin=list(SUSPECTS),
    )
    clause_count: pl.Int32 = column("可度量目标数", "Measurable clauses in it", ge=0)
    spans: str = column(
        "逐字角色：[起, 止, 角色]（JSON）", "Role of every character: [from, to, role], as JSON"
    )

    class Config:
        unique = ["value_id"]
        metadata = table(
            "绩效指标值",
            "Values of performance indicators",
            grain="one row per indicator and horizon",
            role="detail",
            reading=True,
        )


TABLES = (
    Statement,
    StatementVersion,
    StatementContext,
    StatementJoin,
    StatementUnit,
    ProjectLine,
    PerformanceIndicator,
    PerformanceValue,
)
