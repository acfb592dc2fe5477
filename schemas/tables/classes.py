"""Dimensions of what money is spent on: trees of nodes, and official classifications by code.

Codes are text with leading zeros. Function and economic codes are two domains that share numbers
and never mix. Names change over years and are no keys: they stand in tables of their own.
"""

from __future__ import annotations

from schemas.tables.base import Table, column, pl, table

FUNCTION_CODE = r"^(\d{3}(\d{2}){0,2}|unsplit)$"
ECONOMIC_CODE = r"^\d{3}(\d{2}){0,2}$"


class DimExpenditureType(Table):
    """A type of expenditure."""

    expenditure_type_id: str = column("支出类型代码", "Code of the type of expenditure")
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")
    parent_expenditure_type_id: str = column(
        "上级类型",
        "The type above it",
        nullable=True,
        references="dim_expenditure_type.expenditure_type_id",
    )
    main_expenditure_type_id: str = column(
        "所属主要类型：人员经费、公用经费属基本支出",
        "The main type it is told within: basic of personnel and of public use",
        references="dim_expenditure_type.expenditure_type_id",
    )

    class Config:
        unique = ["expenditure_type_id"]
        metadata = table(
            "支出类型", "Types of expenditure", grain="one row per type", role="dimension"
        )


class DimThreePublic(Table):
    """One of the three public expenses, or what is printed with them."""

    three_public_id: str = column("“三公”经费项目代码", "Code of the expense")
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")
    parent_three_public_id: str = column(
        "上级项目",
        "The expense above it",
        nullable=True,
        references="dim_three_public.three_public_id",
    )

    class Config:
        unique = ["three_public_id"]
        metadata = table(
            "“三公”经费项目",
            "The three public expenses and what is printed with them",
            grain="one row per expense",
            role="dimension",
        )


class DimFunctionClass(Table):
    """A function class: 类 (3 digits), 款 (5), 项 (7)."""

    function_class_id: str = column(
        "功能科目编码；unsplit 为未分科目者",
        "Function code; unsplit of lines that print none",
        str_matches=FUNCTION_CODE,
    )
    class_level: pl.Int32 = column(
        "级次：1 类、2 款、3 项", "Level: 1 类, 2 款, 3 项", nullable=True, ge=1, le=3
    )
    parent_function_class_id: str = column(
        "上级科目", "Class above it", nullable=True,
        references="dim_function_class.function_class_id",
    )  # fmt: skip
    top_function_class_id: str = column(
        "所属类", "The 类 it belongs to", references="dim_function_class.function_class_id"
    )
    name_zh: str = column(
        "名称（最近年度）；从未印出则为空",
        "Name in the latest year that prints it; none if none does",
        nullable=True,
    )
    is_listed: bool = column(
        "是否在代码表中；否则仅见于印刷", "Whether a code list has it; else print alone does"
    )

    class Config:
        unique = ["function_class_id"]
        metadata = table(
            "功能分类科目",
            "Function classes (政府收支分类科目)",
            grain="one row per code",
            role="dimension",
        )


class DimEconomicClass(Table):
    """An economic class of departments: 类 (3 digits), 款 (5), a place's own parts of one (7)."""

    economic_class_id: str = column(
        "部门经济科目编码", "Economic code of departments", str_matches=ECONOMIC_CODE
    )
    class_level: pl.Int32 = column(
        "级次：1 类、2 款、3 地方细目", "Level: 1 类, 2 款, 3 a place's own", ge=1, le=3
    )
    parent_economic_class_id: str = column(
        "上级科目", "Class above it", nullable=True,
        references="dim_economic_class.economic_class_id",
    )  # fmt: skip
    top_economic_class_id: str = column(
        "所属类", "The 类 it belongs to", references="dim_economic_class.economic_class_id"
    )
    name_zh: str = column(
        "名称（最近年度）；从未印出则为空",
        "Name in the latest year that prints it; none if none does",
        nullable=True,
    )
    is_listed: bool = column(
        "是否在代码表中；否则仅见于印刷", "Whether a code list has it; else print alone does"
    )

    class Config:
        unique = ["economic_class_id"]
        metadata = table(
            "部门经济分类科目",
            "Economic classes of departments",
            grain="one row per code",
            role="dimension",
        )


class _Named(Table):
    name_zh: str = column("名称", "Name", str_length={"min_value": 1})
    first_year: pl.Int32 = column("最早见于年度", "First year it was seen in", nullable=True)
    last_year: pl.Int32 = column("最近见于年度", "Last year it was seen in", nullable=True)
    source: str = column("来源", "Source")
    is_listed: bool = column(
        "是否在代码表中；否则仅见于印刷", "Whether a code list has it; else print alone does"
    )


class _FunctionCode(Table):
    function_class_id: str = column(
        "功能科目编码", "Function code", references="dim_function_class.function_class_id"
    )


class FunctionClassName(_Named, _FunctionCode):
    """A name that a function class has or had."""

    class Config:
        unique = ["function_class_id", "name_zh"]
        metadata = table(
            "功能科目名称（各年）",
            "Names of function classes over the years",
            grain="one row per code and name",
            role="dimension",
        )


class _EconomicCode(Table):
    economic_class_id: str = column(
        "经济科目编码", "Economic code", references="dim_economic_class.economic_class_id"
    )


class EconomicClassName(_Named, _EconomicCode):
    """A name that an economic class has or had."""

    class Config:
        unique = ["economic_class_id", "name_zh"]
        metadata = table(
            "经济科目名称（各年）",
            "Names of economic classes over the years",
            grain="one row per code and name",
            role="dimension",
        )


TABLES = (
    DimExpenditureType,
    DimThreePublic,
    DimFunctionClass,
    DimEconomicClass,
    FunctionClassName,
    EconomicClassName,
)
