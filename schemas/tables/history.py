"""History: rows of every version of every statement, and when they fed facts.

Kept the night a version became current (``pipelines/load/history.py``), so what was published at
any known time can be asked for, misreadings of that day included. Names stand beside keys: a body
or a project of an earlier version may be in no dimension today. A column that is added later is
nullable here, since rows kept before do not have it.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.amounts import ProcurementColumns
from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.facts import TargetColumns
from schemas.tables.vocabulary import PHASES


class _History(Table):
    fact_id: str = key("事实键", "Key of the fact")
    statement_version_id: str = key(
        "报表版本", "Statement version", references="statement_version.statement_version_id"
    )
    reporting_body_id: str = key("报送机构键", "Key of the reporting body")
    reporting_body_name: str = column("报送机构", "Reporting body", nullable=True)
    spending_unit_id: str = key("资金使用单位键", "Key of the spending unit", nullable=True)
    spending_unit_name: str = column("资金使用单位", "Spending unit", nullable=True)
    project_line_id: str = key("项目行键", "Key of the project line", nullable=True)
    project_name: str = column("项目名称", "Project", nullable=True)
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase", isin=list(PHASES))
    fed_from_utc: pl.Datetime = column(
        "开始供数的时间（UTC）；从未供数则为空", "Fed facts from, UTC; none if never", nullable=True
    )
    fed_to_utc: pl.Datetime = column(
        "停止供数的时间（UTC）", "Fed facts until, UTC; none if it still does", nullable=True
    )


class HistoryProjectFunding(_History):
    """Money of every version; ``as_of_project_funding(ts)`` asks it."""

    fund_source_id: str = column(
        "资金来源", "Fund source", references="dim_fund_source.fund_source_id"
    )
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）；跨版本不可加总",
        "Amount in yuan; a sum over versions means nothing",
        unit="CNY",
        additive=False,
    )

    class Config:
        unique = ["fact_id", "statement_version_id", "fed_from_utc"]
        metadata = table(
            "项目资金历史（各版本）",
            "History of project funding, all versions",
            grain="one row per fact, version and time it fed facts",
            role="history",
        )


class HistoryAmount(ProcurementColumns, _History):
    """Every other fact of money of every version; ``as_of_amount(fact, ts)`` asks it."""

    fact: str = column("事实表", "Fact table")
    label: str = column("印刷名称", "What its row is called in print", nullable=True)
    function_class_id: str = column("功能分类科目", "Function class", nullable=True)
    economic_class_id: str = column("经济分类科目", "Economic class", nullable=True)
    expenditure_type_id: str = column("支出类型", "Type of expenditure", nullable=True)
    fund_source_id: str = column("资金来源", "Fund source", nullable=True)
    three_public_id: str = column("“三公”经费项目", "Three public expense", nullable=True)
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）；跨版本不可加总",
        "Amount in yuan; a sum over versions means nothing",
        unit="CNY",
        additive=False,
    )

    class Config:
        unique = ["fact_id", "statement_version_id", "fed_from_utc"]
        metadata = table(
            "其他各事实的金额历史（各版本）",
            "History of the amounts of all other facts, all versions",
            grain="one row per fact, version and time it fed facts",
            role="history",
        )


class HistoryPerformanceTarget(TargetColumns, _History):
    """Targets of every version; ``as_of_performance_target(ts)`` asks it."""

    indicator_name: str = column("指标名称", "Indicator", nullable=True)
    raw_text: str = column("原文", "Text of the value as printed", nullable=True)

    class Config:
        unique = ["fact_id", "statement_version_id", "fed_from_utc"]
        metadata = table(
            "绩效目标历史（各版本）",
            "History of performance targets, all versions",
            grain="one row per fact, version and time it fed facts",
            role="history",
        )


TABLES = (HistoryProjectFunding, HistoryAmount, HistoryPerformanceTarget)
