"""Money beside that of projects: facts of every kind of table, and what must not be added to them.

Each fact restates the spending of a body along other axes, so a sum is true within one fact table,
one phase and one year. What a table prints beside its facts (running cost, 其中 columns) is in
``memo_amount``; last year's column and another phase's are in ``comparative_figure``.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.classes import ECONOMIC_CODE, FUNCTION_CODE
from schemas.tables.vocabulary import PHASES


def spending_unit(*, nullable: bool = False) -> str:
    """The unit whose money it is."""
    unit: str = key(
        "资金使用单位；表中未分单位则为空" if nullable else "资金使用单位",
        "Spending unit; none where the table prints no units" if nullable else "Spending unit",
        references="dim_body.body_id",
        nullable=nullable,
    )
    return unit


def function_class(*, nullable: bool = False) -> str:
    """Its function class."""
    code: str = column(
        "功能分类科目（该表所印的最末级）",
        "Function class, the lowest that the table prints",
        references="dim_function_class.function_class_id",
        nullable=nullable,
        str_matches=FUNCTION_CODE,
    )
    return code


def economic_class(*, nullable: bool = False) -> str:
    """Its economic class."""
    code: str = column(
        "部门经济分类科目（该表所印的最末级）",
        "Economic class of departments, the lowest that the table prints",
        references="dim_economic_class.economic_class_id",
        nullable=nullable,
        str_matches=ECONOMIC_CODE,
    )
    return code


def expenditure_type(*, nullable: bool = False) -> str:
    """Its type of expenditure."""
    node: str = column(
        "支出类型：基本、项目等；未分则为 unsplit",
        "Type of expenditure: basic, project …; unsplit where none is printed",
        references="dim_expenditure_type.expenditure_type_id",
        nullable=nullable,
    )
    return node


def fund_source(*, nullable: bool = False) -> str:
    """Its source of funds."""
    node: str = column(
        "资金来源（仅末级）；未分则为 unsplit",
        "Fund source, leaves only; unsplit where none is printed",
        references="dim_fund_source.fund_source_id",
        nullable=nullable,
    )
    return node


def three_public(*, nullable: bool = False) -> str:
    """Which of the three public expenses it is."""
    node: str = column(
        "“三公”经费项目",
        "Which of the three public expenses",
        references="dim_three_public.three_public_id",
        nullable=nullable,
    )
    return node


class Figure(Table):
    """What every published amount has: key, version, body, year and phase."""

    fact_id: str = key("键：由文件、位置、度量得出", "Key: from document, place and measure")
    statement_version_id: str = key(
        "报表版本", "Statement version", references="statement_version.statement_version_id"
    )
    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    fiscal_year: pl.Int32 = column(
        "财政年度", "Fiscal year", references="dim_fiscal_year.fiscal_year", ge=1949, le=2100
    )
    phase: str = column("预算阶段", "Phase", references="dim_phase.phase", isin=list(PHASES))


class _Fact(Figure):
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元，精确换算）", "Amount in yuan, converted exactly", unit="CNY", additive=True
    )


class FactBasicFunding(_Fact):
    """Basic expenditure of a unit, or of a body as a whole, by economic class and fund source."""

    spending_unit_id: str = spending_unit(nullable=True)
    economic_class_id: str = economic_class()
    fund_source_id: str = fund_source()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "单位基本支出（事实）",
            "Basic expenditure by unit, economic class and fund source",
            grain="one row per unit, economic class and leaf fund source that is stated",
            role="fact",
            reading=True,
        )


class FactExpenditureByFunction(_Fact):
    """Expenditure of all funds by function class."""

    function_class_id: str = function_class()
    expenditure_type_id: str = expenditure_type()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "按功能科目的支出，全部资金（事实）：类、款、合计不在末级时不在此表",
            "Expenditure of all funds by function class; classes above the printed leaves never",
            grain="one row per leaf function class and type of expenditure that is stated",
            role="fact",
            reading=True,
        )


class FactExpenditureByType(_Fact):
    """Expenditure of all funds by type."""

    expenditure_type_id: str = expenditure_type()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "按类型的支出，全部资金（事实）",
            "Expenditure of all funds by type",
            grain="one row per type of expenditure that is stated",
            role="fact",
            reading=True,
        )


class FactAppropriationByFunction(_Fact):
    """Expenditure of the fiscal appropriation by function class."""

    function_class_id: str = function_class()
    expenditure_type_id: str = expenditure_type()
    fund_source_id: str = fund_source()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "按功能科目的财政拨款支出（事实）",
            "Expenditure of the fiscal appropriation by function class",
            grain="one row per leaf function class, type and budget that is stated",
            role="fact",
            reading=True,
        )


class FactExpenditureByEconomic(_Fact):
    """Expenditure of the appropriation by economic class."""

    economic_class_id: str = economic_class()
    expenditure_type_id: str = expenditure_type()
    fund_source_id: str = fund_source()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "按经济科目的财政拨款支出（事实）",
            "Expenditure of the appropriation by economic class",
            grain="one row per leaf economic class, type and budget that is stated",
            role="fact",
            reading=True,
        )


class FactRevenue(_Fact):
    """Revenue by fund source."""

    spending_unit_id: str = spending_unit(nullable=True)
    fund_source_id: str = fund_source()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "收入（事实）",
            "Revenue by fund source",
            grain="one row per leaf fund source that is stated, of each unit where units are",
            role="fact",
            reading=True,
        )


class FactThreePublic(_Fact):
    """The three public expenses."""

    spending_unit_id: str = spending_unit(nullable=True)
    three_public_id: str = three_public()
    fund_source_id: str = fund_source()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "“三公”经费（事实）：会议费、培训费、行政经费在 memo_amount",
            "The three public expenses; meetings, training, running cost are in memo_amount",
            grain="one row per leaf expense and fund source stated, of each unit where units are",
            role="fact",
            reading=True,
        )


class ProcurementColumns(Table):
    """What is bought, as printed."""

    category: str = column("采购品目大类（原文）", "Category as printed", nullable=True)
    project: str = column("专项名称（原文）", "Project as printed", nullable=True)
    economic: str = column("经济科目（原文）", "Economic class as printed", nullable=True)
    item: str = column("采购物品名称（原文）", "Item as printed", nullable=True)
    method: str = column("采购组织形式（原文）", "How it is procured, as printed", nullable=True)


class FactProcurement(ProcurementColumns, _Fact):
    """Government procurement, item by item."""

    spending_unit_id: str = spending_unit(nullable=True)
    fund_source_id: str = fund_source()

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "政府采购（事实）",
            "Government procurement",
            grain="one row per printed item of the lowest level and fund source that is stated",
            role="fact",
            reading=True,
        )


class Coordinates(Table):
    """All that an amount of any kind of table may be told by; what does not apply is empty."""

    spending_unit_id: str = spending_unit(nullable=True)
    function_class_id: str = function_class(nullable=True)
    economic_class_id: str = economic_class(nullable=True)
    expenditure_type_id: str = expenditure_type(nullable=True)
    fund_source_id: str = fund_source(nullable=True)
    three_public_id: str = three_public(nullable=True)


class _Beside(Coordinates, Figure):
    kind: str = column("表种", "Kind of table")
    label: str = column("印刷名称", "What the row is called in print", nullable=True)
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）；不可加总", "Amount in yuan; a sum of it means nothing", unit="CNY",
        additive=False,
    )  # fmt: skip


class MemoAmount(_Beside):
    """An amount printed beside facts that restates a part of them."""

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "备查金额：行政经费、机关运行经费、会议费、培训费、其中项",
            "Memo amounts: running cost, meetings, training, parts printed as 其中",
            grain="one row per printed amount that restates a part of others",
            role="detail",
            reading=True,
        )


class ComparativeFigure(_Beside):
    """An amount of another year or phase than its statement's, printed for comparison."""

    fact: str = column("可比的事实表", "Fact table it compares with")

    class Config:
        unique = ["fact_id"]
        metadata = table(
            "比较数：上年数、其他阶段的数，年度与阶段为其自身的",
            "Comparative figures, with the year and phase that they themselves are of",
            grain="one row per printed leaf amount of another year or phase",
            role="detail",
            reading=True,
        )


class PendingAmount(Table):
    """Amounts of statements that are not published as facts, but those of projects."""

    fact_id: str = key("若成为事实时的键", "The key it will have as a fact")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    fact: str = column("将归入的表", "Table it will go to")
    line_no: pl.Int32 = column("印刷次序", "Printed row", ge=1)
    label: str = column("印刷名称", "What the row is called in print", nullable=True)
    spending_unit_name: str = column("资金使用单位", "Spending unit", nullable=True)
    function_class_id: str = column("功能分类科目", "Function class", nullable=True)
    economic_class_id: str = column("经济分类科目", "Economic class", nullable=True)
    expenditure_type_id: str = column("支出类型", "Type of expenditure", nullable=True)
    fund_source_id: str = column("资金来源", "Fund source", nullable=True)
    three_public_id: str = column("“三公”经费项目", "Three public expense", nullable=True)
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
            "待处理报表的金额（不是事实）；项目资金在 pending_project_funding",
            "Amounts of statements that wait: no facts; projects' are in pending_project_funding",
            grain="one row per amount that would be a fact, a memo or a comparative figure",
            role="operation",
            reading=True,
        )


TABLES = (
    FactBasicFunding,
    FactExpenditureByFunction,
    FactExpenditureByType,
    FactAppropriationByFunction,
    FactExpenditureByEconomic,
    FactRevenue,
    FactThreePublic,
    FactProcurement,
    MemoAmount,
    ComparativeFigure,
    PendingAmount,
)
