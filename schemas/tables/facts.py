"""Facts: what a BI user may sum, and the same rows of statements that still wait.

Additive measures say so in their declaration; a sum of them within one phase is true because
totals are never facts and exactly one statement feeds each spending unit, year and fund scope.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import (
    MONEY,
    PARTIAL_DATE_PATTERN,
    QUANTITY,
    Table,
    column,
    key,
    pl,
    table,
)
from schemas.tables.vocabulary import (
    BASES,
    CLAUSE_KINDS,
    COMPARATORS,
    DIRECTIONS,
    HORIZONS,
    PERIODS,
    PHASES,
    SUSPECTS,
    VALUE_KINDS,
)


class _ProjectFunding(Table):
    fact_id: str = key("事实键：由文件、位置、度量得出", "Key: from document, place and measure")
    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    spending_unit_id: str = key(
        "资金使用单位；表中未分单位则为空",
        "Spending unit; none where the table prints no units",
        references="dim_body.body_id",
        nullable=True,
    )
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


class TargetColumns(Table):
    """What a clause promises: of facts, and of their history."""

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
        "下界或数值（数量级已换算）；比例为分子",
        "Lower bound or the number, scale applied; of a ratio its numerator",
        nullable=True,
        additive=False,
    )
    high_value: Annotated[pl.Decimal, *QUANTITY] = column(
        "上界（数量级已换算）", "Upper bound, scale applied", nullable=True, additive=False
    )
    printed_low: Annotated[pl.Decimal, *QUANTITY] = column(
        "下界印刷数；low_value = printed_low × 10^scale_exponent",
        "Lower bound as printed: low_value is it × 10^scale_exponent, exactly",
        nullable=True,
        additive=False,
    )
    printed_high: Annotated[pl.Decimal, *QUANTITY] = column(
        "上界印刷数", "Upper bound as printed", nullable=True, additive=False
    )
    scale_exponent: pl.Int32 = column(
        "数量级的十次幂（万 = 4）", "Power of ten of the printed scale (万 is 4)", nullable=True
    )
    denominator: Annotated[pl.Decimal, *QUANTITY] = column(
        "比例的分母（1:2 为 2）", "Denominator of a ratio: 2 of 1:2", nullable=True, additive=False
    )
    boolean_value: bool = column("是/否", "Yes or no", nullable=True)
    unit: str = column(
        "计量单位，不含数量级（万元 → 元）",
        "Unit of measure without its scale: 元 of 万元",
        nullable=True,
    )
    per_unit: str = column("每单位（元/件 → 件）", "Per what thing: 件 of 元/件", nullable=True)
    per_period: str = column(
        "每周期（4次/年 → year）",
        "Per what period: year of 4次/年",
        nullable=True,
        isin=list(PERIODS),
    )
    printed_unit: str = column("单位原文", "Unit as printed, with scale and per", nullable=True)
    period_from: str = column(
        "起始日期；未印年份则不补（--12-31）",
        "Date it begins, as far as it is printed: --12-31 without a year",
        nullable=True,
        str_matches=PARTIAL_DATE_PATTERN,
    )
    period_to: str = column(
        "截止日期；未印年份则不补",
        "Date it ends, as far as it is printed",
        nullable=True,
        str_matches=PARTIAL_DATE_PATTERN,
    )
    grade: str = column("等级", "Grade", nullable=True)
    reference: str = column(
        "参照对象原文（不超预算 → 预算）",
        "What it is held against, as printed: 预算 of 不超预算",
        nullable=True,
    )
    base: str = column(
        "比较基准（如上年）",
        "Base of comparison, e.g. previous year",
        nullable=True,
        isin=list(BASES),
    )
    direction: str = column(
        "变化方向", "Which way the number changes", nullable=True, isin=list(DIRECTIONS)
    )


class _TargetKeys(Table):
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


class _PerformanceTarget(TargetColumns, _TargetKeys):
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
    direction: str = column("方向", "Way it goes", nullable=True, isin=list(DIRECTIONS))
    suspect: str = column(
        "存疑原因", "Reason to doubt the print", nullable=True, isin=list(SUSPECTS)
    )

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
