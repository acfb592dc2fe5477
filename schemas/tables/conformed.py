"""Conformed codes: one vocabulary for what years, places and frameworks call differently.

Dimensions are the vocabularies; bridges say which printed code is which word of them, by what
source, and whether that is a judgement of the project. A bridge adds no money and loses none: a
code that has no word is there with none, and the reason.
"""

from __future__ import annotations

from schemas.conformed import BASES, BODY_KINDS, CHANGES, STAFF_COSTS
from schemas.tables.base import Table, column, pl, table
from schemas.tables.classes import FUNCTION_CODE

COFOG_CODE = r"^\d{2}(\.\d)?$"
GOVERNMENT_CODE = r"^5\d{2}(\d{2})?$"


class DimCofog(Table):
    """A division or a group of the UN's functions of government."""

    cofog_id: str = column("COFOG 代码", "COFOG code", str_matches=COFOG_CODE)
    cofog_level: pl.Int32 = column("级次：1 大类、2 组", "Level: 1 division, 2 group", ge=1, le=2)
    division_id: str = column(
        "所属大类", "The division it belongs to", references="dim_cofog.cofog_id"
    )
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")

    class Config:
        unique = ["cofog_id"]
        metadata = table(
            "政府职能国际分类（COFOG 1999）",
            "Functions of government (UN COFOG 1999): divisions and groups",
            grain="one row per division and group",
            role="dimension",
        )


class DimGovernmentEconomicClass(Table):
    """An economic class of governments: 501 …, another domain than that of departments."""

    government_economic_class_id: str = column(
        "政府经济科目编码", "Economic code of governments", str_matches=GOVERNMENT_CODE
    )
    class_level: pl.Int32 = column("级次：1 类、2 款", "Level: 1 类, 2 款", ge=1, le=2)
    top_government_economic_class_id: str = column(
        "所属类", "The 类 it belongs to",
        references="dim_government_economic_class.government_economic_class_id",
    )  # fmt: skip
    name_zh: str = column("名称", "Name")
    source: str = column("来源", "Source")

    class Config:
        unique = ["government_economic_class_id"]
        metadata = table(
            "政府预算支出经济分类科目",
            "Economic classes of governments",
            grain="one row per code",
            role="dimension",
        )


class DimFundGroup(Table):
    """A group of fund sources that every vocabulary of fund sources can be told in."""

    fund_group_id: str = column("资金组代码", "Code of the group")
    group_order: pl.Int32 = column("顺序", "Order in which they are printed", ge=1)
    is_appropriation: bool = column("是否财政拨款", "Whether it is fiscal appropriation")
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")

    class Config:
        unique = ["fund_group_id"]
        metadata = table(
            "资金来源组：各地口径可比的级次",
            "Groups of fund sources that all places' vocabularies can be told in",
            grain="one row per group",
            role="dimension",
        )


class DimIndicatorGroup(Table):
    """What a class of indicators is about, whichever version of the framework names it."""

    indicator_group_id: str = column("指标组代码", "Code of the group")
    parent_indicator_group_id: str = column(
        "上级：产出、效益、满意度、成本", "Above it: output, benefit, satisfaction, cost",
        nullable=True, references="dim_indicator_group.indicator_group_id",
    )  # fmt: skip
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")

    class Config:
        unique = ["indicator_group_id"]
        metadata = table(
            "绩效指标组：两版指标框架可比的类别",
            "Groups of indicators that both versions of the framework can be told in",
            grain="one row per group",
            role="dimension",
        )


class _Judged(Table):
    is_judgement: bool = column(
        "是否本项目的判断", "Whether it is a judgement of the project, not said by a source"
    )
    why: str = column("判断理由，或不对应的原因", "Why it is judged so", nullable=True)
    source: str = column("来源", "Source")


class _FunctionClass(Table):
    function_class_id: str = column(
        "功能科目编码", "Function code", references="dim_function_class.function_class_id"
    )


class _Cofog(_FunctionClass):
    rule_code: str = column(
        "依据的编码：该编码或其上级；unsplit 无",
        "The code whose row of function_cofog.csv holds: its own or one above it",
        nullable=True,
        str_matches=FUNCTION_CODE,
    )
    cofog_id: str = column(
        "COFOG 代码；空为不可归类",
        "COFOG code, a division where the group is not clear; none if it has no function",
        nullable=True,
        references="dim_cofog.cofog_id",
    )
    division_id: str = column(
        "COFOG 大类", "COFOG division", nullable=True, references="dim_cofog.cofog_id"
    )
    staff_cost: str = column(
        "职工成本：养老、医疗、住房；not_separable 为其下含有而未分开；none 为无",
        "Cost of the body's own staff; not_separable: a class above such codes that is not split",
        isin=[*STAFF_COSTS, "none", "not_separable"],
    )


class FunctionClassCofog(_Judged, _Cofog):
    """Which function of government a function class is, and whether it pays the body's staff."""

    class Config:
        unique = ["function_class_id"]
        metadata = table(
            "功能科目与 COFOG 对照",
            "Function classes as functions of government (COFOG)",
            grain="one row per function class; it is mapped by its code in the latest list",
            role="bridge",
        )


class FunctionClassChange(Table):
    """A change of function codes between two years' lists."""

    from_code: str = column("原编码", "Code before", str_matches=FUNCTION_CODE)
    to_code: str = column("新编码", "Code after", str_matches=FUNCTION_CODE)
    change: str = column(
        "变化：改号、划转、并入、拆分（拆分不自动沿用）",
        "What happened; of a class that was split nothing says which money went where",
        isin=list(CHANGES),
    )
    first_year: pl.Int32 = column("新编码起始年度", "First year of the code after")
    basis: str = column(
        "依据：print 见于印刷，background 未对照原文",
        "print: seen in books of both years; background: not held against the text",
        isin=list(BASES),
    )
    source: str = column("来源", "Source")

    class Config:
        unique = ["from_code", "to_code", "first_year"]
        metadata = table(
            "功能科目编码变动",
            "Changes of function codes over the years",
            grain="one row per change of a code",
            role="dimension",
        )


class FunctionClassReadOn(_FunctionClass):
    """What a function code of a year is called today, where that is another code."""

    first_year: pl.Int32 = column("适用起始年度", "First fiscal year it holds for")
    last_year: pl.Int32 = column("适用截止年度", "Last fiscal year it holds for")
    conformed_function_class_id: str = column(
        "现行编码", "Code in the latest list", references="dim_function_class.function_class_id"
    )

    class Config:
        unique = ["function_class_id", "first_year"]
        metadata = table(
            "功能科目沿用：旧编码的现行编码",
            "Function codes of earlier years and the code that they are called by today",
            grain="one row per code and years in which it led to another; others are their own",
            role="bridge",
        )


class EconomicClassGovernment(Table):
    """Which economic class of governments one of departments is, by the kind of body."""

    economic_class_id: str = column(
        "部门经济科目编码", "Economic code of departments",
        references="dim_economic_class.economic_class_id",
    )  # fmt: skip
    government_economic_class_id: str = column(
        "政府经济科目编码", "Economic code of governments",
        references="dim_government_economic_class.government_economic_class_id",
    )  # fmt: skip
    body_kind: str = column(
        "适用单位：行政（含参公）、事业、任何",
        "Whose: offices, public institutions, any; what a body is no table says",
        isin=list(BODY_KINDS),
    )
    basis: str = column(
        "依据：print 两码并印，background 未对照原文",
        "print: a table prints both codes; background: not held against the text",
        isin=list(BASES),
    )
    source: str = column("来源", "Source")

    class Config:
        unique = ["economic_class_id", "government_economic_class_id"]
        metadata = table(
            "部门经济科目与政府经济科目对照",
            "Economic classes of departments and of governments",
            grain="one row per pair; a class may have one for offices and one for institutions",
            role="bridge",
        )


class _FundSource(Table):
    fund_source_id: str = column(
        "资金来源", "Fund source", references="dim_fund_source.fund_source_id"
    )
    fund_group_id: str = column(
        "资金组", "Group of fund sources", references="dim_fund_group.fund_group_id"
    )


class FundSourceGroup(_Judged, _FundSource):
    """Which group a fund source is of."""

    class Config:
        unique = ["fund_source_id"]
        metadata = table(
            "资金来源与资金组对照",
            "Fund sources and their groups",
            grain="one row per fund source",
            role="bridge",
        )


class _IndicatorClass(Table):
    indicator_class_id: str = column(
        "指标类别", "Class of indicators", references="dim_indicator_class.indicator_class_id"
    )
    indicator_group_id: str = column(
        "指标组", "Group of indicators", references="dim_indicator_group.indicator_group_id"
    )


class IndicatorClassGroup(_Judged, _IndicatorClass):
    """Which group a class of indicators is of."""

    class Config:
        unique = ["indicator_class_id"]
        metadata = table(
            "指标类别与指标组对照",
            "Classes of indicators and their groups",
            grain="one row per class and framework version",
            role="bridge",
        )


TABLES = (
    DimCofog,
    DimGovernmentEconomicClass,
    DimFundGroup,
    DimIndicatorGroup,
    FunctionClassCofog,
    FunctionClassChange,
    FunctionClassReadOn,
    EconomicClassGovernment,
    FundSourceGroup,
    IndicatorClassGroup,
)
