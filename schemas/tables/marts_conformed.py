"""Marts in conformed codes: what may be compared over years, places and frameworks.

A word that a printed code does not have is ``unclassified`` and keeps its money, so each mart sums
to what its fact does; what is judged rather than said stands in rows of its own.
"""

from __future__ import annotations

from schemas.conformed import STAFF_COSTS
from schemas.tables.base import Table, column, pl, table
from schemas.tables.marts import BodyYear, Sum

#: What stands for a word that a code does not have.
UNCLASSIFIED = "unclassified"


class _Documents(Table):
    document_count: pl.Int64 = column(
        "依据的文件数", "Documents that it rests on", ge=1, additive=False
    )


class _Scope(BodyYear):
    scope: str = column(
        "范围：all_expenditure 全部资金，appropriation 财政拨款（常较细）；两者不可相加",
        "all_expenditure: all funds; appropriation: often printed finer. Never to be added",
        isin=["all_expenditure", "appropriation"],
    )


class _Function(_Scope):
    division_id: str = column(
        "COFOG 大类；unclassified 为不可归类", "COFOG division; unclassified has no function"
    )
    division_name: str = column("大类名称", "Name of the division")
    cofog_id: str = column(
        "COFOG 组；该级不明时为大类", "COFOG group; the division where the group is not clear"
    )
    cofog_name: str = column("组名称", "Name of the group")
    staff_cost: str = column(
        "职工成本：养老、医疗、住房；none 为无；not_separable 为仅印到类，未能分开",
        "Cost of the body's own staff apart; not_separable where print stops at the 类 above it",
        isin=[*STAFF_COSTS, "none", "not_separable"],
    )
    is_judgement: bool = column(
        "归类是否本项目的判断", "Whether the classification is a judgement of the project"
    )
    printed_level: pl.Int32 = column(
        "所依科目的最粗级次：1 类、2 款、3 项",
        "The coarsest level of the classes it rests on: 1 类, 2 款, 3 项",
        nullable=True,
        ge=1,
        le=3,
    )


class MartCofogYear(_Documents, Sum, _Function):
    """Expenditure by function of government, costs of staff apart."""

    class Config:
        unique = [
            "reporting_body_id",
            "fiscal_year",
            "phase",
            "scope",
            "cofog_id",
            "staff_cost",
            "is_judgement",
        ]
        metadata = table(
            "部门×年度×COFOG：支出，职工成本另列",
            "Expenditure by body, year and COFOG, staff costs apart",
            grain="one row per body, year, phase, scope, COFOG class, staff cost and whether it is "
            "judged",
            role="mart",
        )


class _ReadOn(_Scope):
    function_class_id: str = column(
        "功能科目（款；仅印到类者为类）", "Function class of level 款, or 类 if print stops there",
        references="dim_function_class.function_class_id",
    )  # fmt: skip
    function_class_name: str = column(
        "当年名称；从未列出则为空", "Its name in that year; none if none is known", nullable=True
    )
    conformed_function_class_id: str = column(
        "现行科目（款或类）", "The class it is today, of the same level or above",
        references="dim_function_class.function_class_id",
    )  # fmt: skip
    conformed_function_class_name: str = column("现行名称", "Its name today", nullable=True)


class MartFunctionOverYears(_Documents, Sum, _ReadOn):
    """Expenditure by function class, under the code and name of today."""

    class Config:
        unique = [
            "reporting_body_id",
            "fiscal_year",
            "phase",
            "scope",
            "function_class_id",
            "conformed_function_class_id",
        ]
        metadata = table(
            "部门×年度×功能科目款：以现行编码可跨年比较",
            "Expenditure by function class, comparable over years by today's code",
            grain="one row per body, year, phase, scope, printed 款 (or 类) and the class today",
            role="mart",
        )


class _FundGroup(BodyYear):
    fund_group_id: str = column(
        "资金组", "Group of fund sources", references="dim_fund_group.fund_group_id"
    )
    fund_group_name: str = column("组名称", "Name of the group")
    is_judgement: bool = column(
        "归组是否本项目的判断", "Whether the grouping is a judgement of the project"
    )


class _FundShare(Table):
    share: pl.Float64 = column(
        "占该机构、年度、阶段收入之比；总额不为正则空",
        "Share of the body's revenue of the year; none if that is not positive",
        nullable=True,
        additive=False,
    )


class MartFundMixYear(_FundShare, _Documents, Sum, _FundGroup):
    """Revenue by group of fund sources, which every place's vocabulary can be told in."""

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "fund_group_id", "is_judgement"]
        metadata = table(
            "部门×年度×资金组：收入构成",
            "Mix of revenue by body, year and group of fund sources",
            grain="one row per body, year, phase, group and whether it is judged",
            role="mart",
        )


class _IndicatorGroup(BodyYear):
    indicator_group_id: str = column(
        "指标组；unclassified 为未印类别", "Group of indicators; unclassified prints no class"
    )
    indicator_group_name: str = column("组名称", "Name of the group")
    parent_indicator_group_id: str = column(
        "产出、效益、满意度、成本", "Output, benefit, satisfaction, cost; unclassified"
    )


class MartIndicatorMixYear(_IndicatorGroup):
    """How many indicators of which group a body sets, whichever framework it prints."""

    indicator_count: pl.Int64 = column("指标数", "Indicators", ge=1, additive=True)
    judged_count: pl.Int64 = column(
        "其中归组属判断的", "Of them those whose group is a judgement", ge=0, additive=True
    )
    share: pl.Float64 = column(
        "占该机构、年度、阶段之比", "Share within body, year and phase", ge=0, le=1, additive=False
    )
    framework_versions: str = column(
        "所印指标框架版本；空为未印类别",
        "Versions of the framework that are printed; none where no class is",
        nullable=True,
    )
    document_count: pl.Int64 = column(
        "依据的文件数", "Documents that it rests on", ge=1, additive=False
    )

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "indicator_group_id"]
        metadata = table(
            "部门×年度×指标组：绩效指标构成",
            "Mix of indicators by body, year and group",
            grain="one row per body, year, phase and group of indicators",
            role="mart",
        )


TABLES = (MartCofogYear, MartFunctionOverYears, MartFundMixYear, MartIndicatorMixYear)
