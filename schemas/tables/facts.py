"""Facts: what a BI user may sum, and the same rows of statements that still wait.

Additive measures say so in their declaration; a sum of them within one phase is true because
totals are never facts and exactly one statement feeds each spending unit, year and fund scope.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, QUANTITY, Table, column, key, pl, table
from schemas.tables.vocabulary import CLAUSE_KINDS, COMPARATORS, HORIZONS, PHASES, VALUE_KINDS


class _ProjectFunding(Table):
    fact_id: str = key("事实键：由文件、位置、度量得出", "Key: from document, place and measure")
    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    spending_unit_id: str = key("资金使用单位", "Spending unit", references="dim_body.body_id")
    project_line_id: str = key("项目行", "Project line", references="project_line.project_line_id")
    fund_source_id: str = column(
        "资金来源（仅末级）",
        "Fund source, leaves only",
        references="dim_fund_source.fund_source_id",
    )
    fiscal_year: pl.Int32 = column(
        "财政年度", "Fiscal year", references="dim_fiscal_year.fiscal_year", ge=1949, le=2100
    )
    phase: str = column("预算阶段", "Phase", references="dim_phase.phase", isin=list(PHASES))
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元，精确换算）", "Amount in yuan, converted exactly", unit="CNY", additive=True
    )


class FactProjectFunding(_ProjectFunding):
    """Money planned for a project from a fund source."""

    statement_version_id: str = key(
        "报表版本", "Statement version", references="statement_version.statement_version_id"
    )

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "项目资金（事实）：合计、单位行、小计不在此表",
            "Project funding: grand totals, unit rows and subtotals are never here",
            grain="one row per project line and leaf fund source that is stated; a blank is no row",
            role="fact",
            reading=True,
        )


class PendingProjectFunding(Table):
    """Money rows of statements that are not published as facts."""

    fact_id: str = key("若成为事实时的键", "The key it will have as a fact")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    ordinal: pl.Int32 = column("印刷次序", "Order as printed", ge=1)
    spending_unit_name: str = column("资金使用单位", "Spending unit", nullable=True)
    project_name: str = column("项目名称", "Project")
    fund_source_id: str = column(
        "资金来源", "Fund source", references="dim_fund_source.fund_source_id"
    )
    fiscal_year: pl.Int32 = column(
        "财政年度；未说明则为空", "Fiscal year, if it is known", nullable=True
    )
    phase: str = column("预算阶段；未说明则为空", "Phase, if it is known", nullable=True)
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元），未发布", "Amount in yuan, not published as a fact", unit="CNY", additive=False
    )

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "待处理报表的资金行（不是事实）",
            "Funding rows of statements that wait: no facts",
            grain="as fact_project_funding, with names in place of keys",
            role="operation",
            reading=True,
        )


class _PerformanceTarget(Table):
    fact_id: str = key("事实键", "Key: from document, place, horizon and clause")
    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    spending_unit_id: str = key(
        "资金使用单位", "Spending unit", references="dim_body.body_id", nullable=True
    )
    project_line_id: str = key(
        "项目行；整体绩效目标为空",
        "Project line; none for a whole department's targets",
        references="project_line.project_line_id",
        nullable=True,
    )
    indicator_id: str = key(
        "绩效指标", "Indicator", references="performance_indicator.indicator_id"
    )
    value_id: str = key("指标值", "Value it was read from", references="performance_value.value_id")
    fiscal_year: pl.Int32 = column(
        "财政年度", "Fiscal year", references="dim_fiscal_year.fiscal_year", ge=1949, le=2100
    )
    phase: str = column("预算阶段", "Phase", references="dim_phase.phase", isin=list(PHASES))
    horizon: str = column("周期：实施周期或年度", "Horizon of the target", isin=list(HORIZONS))
    clause_no: pl.Int32 = column(
        "第几个目标（一格可含多个）", "Number of the clause in its value", ge=1
    )
    clause_kind: str = column("目标类型", "Kind of the clause", isin=list(CLAUSE_KINDS))
    subject: str = column("目标主体（原文）", "What is measured, as printed", nullable=True)
    comparator: str = column(
        "比较符；仅有数字者为 none，从不推定",
        "Comparator; none where a bare number is printed",
        isin=list(COMPARATORS),
    )
    low_value: Annotated[pl.Decimal, *QUANTITY] = column(
        "下界或数值", "Lower bound or the number", nullable=True, additive=False
    )
    high_value: Annotated[pl.Decimal, *QUANTITY] = column(
        "上界", "Upper bound", nullable=True, additive=False
    )
    boolean_value: bool = column("是/否", "Yes or no", nullable=True)
    unit: str = column("计量单位（原文）", "Unit of measure, as printed", nullable=True)
    base: str = column(
        "比较基准（如上年）", "Base of comparison, e.g. previous year", nullable=True
    )
    target_count: pl.Int32 = column(
        "计数，恒为 1", "Always 1, to be summed", additive=True, isin=[1]
    )


class FactPerformanceTarget(_PerformanceTarget):
    """A target that can be measured: one clause of a value."""

    statement_version_id: str = key(
        "报表版本", "Statement version", references="statement_version.statement_version_id"
    )

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "绩效目标（事实）：一行一个可度量目标",
            "Performance targets, one row per measurable clause",
            grain="one row per clause of a value; bounds are not additive, target_count is",
            role="fact",
            reading=True,
        )


class PendingPerformanceTarget(Table):
    """Values of indicators of statements that are not published as facts."""

    value_id: str = key("指标值键", "Key of the value")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    project_name: str = column("项目名称", "Project", nullable=True)
    indicator_name: str = column("指标名称", "Indicator")
    horizon: str = column("周期", "Horizon", isin=list(HORIZONS))
    raw_text: str = column("原文", "Text as printed")
    kind: str = column("类型", "Kind of the value", isin=list(VALUE_KINDS))

    class Config:
        unique = ["value_id"]
        metadata = table(
            "待处理报表的指标值（不是事实）",
            "Values of statements that wait: no facts",
            grain="one row per indicator and horizon",
            role="operation",
            reading=True,
        )


TABLES = (
    FactProjectFunding,
    FactPerformanceTarget,
    PendingProjectFunding,
    PendingPerformanceTarget,
)
