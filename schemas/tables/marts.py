"""Marts: facts joined and summed for comparison; each is filled by warehouse/marts/<name>.sql."""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.vocabulary import VERSION_REASONS


class MartFundingByBodyYear(Table):
    """Planned project money by body, year and fund source."""

    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    body_name: str = column("机构名称", "Name of the body")
    region_name: str = column("行政区划", "Region", nullable=True)
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase")
    fund_source_id: str = column("资金来源代码", "Code of the fund source")
    fund_source_name: str = column("资金来源", "Fund source")
    project_count: pl.Int64 = column(
        "项目数（按资金来源，不可跨来源相加）",
        "Projects with this fund; not additive over funds",
        ge=1,
        additive=False,
    )
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）", "Amount in yuan", unit="CNY", additive=True
    )
    kinds: str = column("依据的表种", "Kinds of table that it rests on")

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "fund_source_id"]
        metadata = table(
            "部门×年度×资金来源",
            "Funding by body, year and fund source",
            grain="one row per body, year, phase and fund source",
            role="mart",
        )


class BodyYear(Table):
    """A body, a year and a phase: what marts of money and targets are told by."""

    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    body_name: str = column("机构名称", "Name of the body")
    region_name: str = column("行政区划", "Region", nullable=True)
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase")


class Sum(Table):
    """A sum of facts, and the tables that it rests on."""

    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）", "Amount in yuan", unit="CNY", additive=True
    )
    kinds: str = column("依据的表种", "Kinds of table that it rests on")


class _FunctionClass(BodyYear):
    function_class_id: str = column(
        "功能科目类（3 位）", "Function class of level 类, or unsplit",
        references="dim_function_class.function_class_id",
    )  # fmt: skip
    function_class_name: str = column("类名称", "Name of the class", nullable=True)


class MartExpenditureByFunctionClassYear(Sum, _FunctionClass):
    """Expenditure of all funds by function class at level 类."""

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "function_class_id"]
        metadata = table(
            "部门×年度×功能科目类：全部资金的支出",
            "Expenditure of all funds by body, year and function class",
            grain="one row per body, year, phase and 类",
            role="mart",
        )


class _Type(BodyYear):
    expenditure_type_id: str = column(
        "支出类型", "Type of expenditure", references="dim_expenditure_type.expenditure_type_id"
    )
    expenditure_type_name: str = column("类型名称", "Name of the type")
    main_expenditure_type_id: str = column(
        "所属主要类型", "Main type it is told within",
        references="dim_expenditure_type.expenditure_type_id",
    )  # fmt: skip


class MartExpenditureByTypeYear(Sum, _Type):
    """Expenditure of all funds by type: from the table by function if it is split by type."""

    fact: str = column("依据的事实表", "Fact table that it is a sum of")

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "expenditure_type_id"]
        metadata = table(
            "部门×年度×支出类型：全部资金的支出",
            "Expenditure of all funds by body, year and type",
            grain="one row per body, year, phase and type of expenditure",
            role="mart",
        )


class _EconomicClass(BodyYear):
    economic_class_id: str = column(
        "经济科目类（3 位）", "Economic class of level 类",
        references="dim_economic_class.economic_class_id",
    )  # fmt: skip
    economic_class_name: str = column("类名称", "Name of the class", nullable=True)
    expenditure_type_id: str = column(
        "支出类型", "Type of expenditure", references="dim_expenditure_type.expenditure_type_id"
    )
    expenditure_type_name: str = column("类型名称", "Name of the type")
    main_expenditure_type_id: str = column(
        "所属主要类型", "Main type it is told within",
        references="dim_expenditure_type.expenditure_type_id",
    )  # fmt: skip
    fund_source_id: str = column(
        "资金来源", "Fund source", references="dim_fund_source.fund_source_id"
    )
    fund_source_name: str = column("来源名称", "Name of the source")


class MartExpenditureByEconomicYear(Sum, _EconomicClass):
    """Expenditure of the appropriation by economic class at level 类."""

    class Config:
        unique = [
            "reporting_body_id",
            "fiscal_year",
            "phase",
            "economic_class_id",
            "expenditure_type_id",
            "fund_source_id",
        ]
        metadata = table(
            "部门×年度×经济科目类：财政拨款支出",
            "Expenditure of the appropriation by body, year and economic class",
            grain="one row per body, year, phase, 类, type of expenditure and fund source",
            role="mart",
        )


class _Source(BodyYear):
    fund_source_id: str = column(
        "资金来源", "Fund source", references="dim_fund_source.fund_source_id"
    )
    fund_source_name: str = column("来源名称", "Name of the source")


class MartRevenueYear(Sum, _Source):
    """Revenue by fund source."""

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "fund_source_id"]
        metadata = table(
            "部门×年度×资金来源：收入",
            "Revenue by body, year and fund source",
            grain="one row per body, year, phase and leaf fund source",
            role="mart",
        )


class _Expense(BodyYear):
    three_public_id: str = column(
        "“三公”经费项目", "Three public expense", references="dim_three_public.three_public_id"
    )
    three_public_name: str = column("项目名称", "Name of the expense")


class MartThreePublicYear(Sum, _Expense):
    """The three public expenses, all their funds."""

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "three_public_id"]
        metadata = table(
            "部门×年度×“三公”经费",
            "The three public expenses by body and year",
            grain="one row per body, year, phase and leaf expense",
            role="mart",
        )


class MartProjectYear(Table):
    """A project in a year: money, goal and how it is measured, in one row."""

    project_line_id: str = key("项目行", "Project line", references="project_line.project_line_id")
    project_id: str = key(
        "项目（跨年度）", "Project over years", references="dim_project.project_id"
    )
    reporting_body_id: str = key("报送机构键", "Reporting body", references="dim_body.body_id")
    body_name: str = column("报送机构", "Reporting body")
    spending_unit_name: str = column(
        "资金使用单位；表中未印、他表也未印则为空",
        "Spending unit; none if no table prints it",
        nullable=True,
    )
    project_name: str = column("项目名称", "Project")
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase")
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）", "Amount in yuan", unit="CNY", additive=True
    )
    indicator_count: pl.Int64 = column("指标数", "Indicators", ge=0, additive=True)
    annual_target_count: pl.Int64 = column(
        "年度可度量目标数", "Measurable annual targets", ge=0, additive=True
    )
    goal: str = column("绩效目标", "Goal", nullable=True)
    kinds: str = column("金额依据的表种", "Kind of table that the money rests on")

    class Config:
        unique = ["project_line_id", "fiscal_year", "phase"]
        metadata = table(
            "项目×年度",
            "Projects by year",
            grain="one row per funded project line of a current statement",
            role="mart",
        )


class MartTargetQuality(Table):
    """How measurable a body's targets are."""

    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    body_name: str = column("机构名称", "Name of the body")
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase")
    horizon: str = column("周期", "Horizon")
    value_kind: str = column("指标值类型", "Kind of value")
    value_count: pl.Int64 = column("指标值数", "Values", ge=1, additive=True)
    suspect_count: pl.Int64 = column(
        "其中存疑的", "Values whose print is doubtful", ge=0, additive=True
    )
    share: pl.Float64 = column(
        "占比（同机构、年度、周期内）",
        "Share within body, year and horizon",
        ge=0,
        le=1,
        additive=False,
    )

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "horizon", "value_kind"]
        metadata = table(
            "绩效目标质量",
            "Quality of targets",
            grain="one row per body, year, phase, horizon and kind of value",
            role="mart",
        )


class MartRestatement(Table):
    """What changed from one version of a statement to the next, amount by amount."""

    statement_version_id: str = key(
        "版本（修改后）",
        "The later version",
        references="statement_version.statement_version_id",
    )
    fact: str = column("事实表", "Fact table")
    coordinates: str = column(
        "金额的身份：项目行、单位、科目、来源等的键", "What the amount is told by, keys and codes"
    )
    project_line_id: str = key("项目行键", "Key of the project line", nullable=True)
    fund_source_id: str = column(
        "资金来源", "Fund source", nullable=True, references="dim_fund_source.fund_source_id"
    )
    function_class_id: str = column("功能分类科目", "Function class", nullable=True)
    economic_class_id: str = column("经济分类科目", "Economic class", nullable=True)
    expenditure_type_id: str = column("支出类型", "Type of expenditure", nullable=True)
    three_public_id: str = column("“三公”经费项目", "Three public expense", nullable=True)
    reason: str = column(
        "产生原因：publisher_revision 为发布者修订",
        "Why the version came to be; publisher_revision: the publisher changed it",
        isin=list(VERSION_REASONS),
    )
    known_from_utc: pl.Datetime = column("获知时间（UTC）", "Known from, UTC")
    reporting_body_id: str = key("报送机构键", "Key of the reporting body")
    reporting_body_name: str = column("报送机构", "Reporting body", nullable=True)
    spending_unit_name: str = column("资金使用单位", "Spending unit", nullable=True)
    project_name: str = column("项目名称", "Project", nullable=True)
    label: str = column("印刷名称", "What its row is called in print", nullable=True)
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase")
    amount_before_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "修改前（元）；空为未列示",
        "Amount before; none if it was not printed",
        nullable=True,
        unit="CNY",
        additive=False,
    )
    amount_after_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "修改后（元）；空为未列示",
        "Amount after; none if it is not printed",
        nullable=True,
        unit="CNY",
        additive=False,
    )
    change_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "变化（元）", "Change in yuan", unit="CNY", additive=False
    )

    class Config:
        unique = ["statement_version_id", "fact", "coordinates"]
        metadata = table(
            "报表重述：前后版本的金额变化",
            "Restatements: money that differs between versions of a statement",
            grain="one row per version after the first, fact table and amount that differs",
            role="mart",
        )


class MartYearBefore(Table):
    """Whose figures of the year before those of a body go on from, over reforms too."""

    told: str = column(
        "对象：projects 项目表，spending 支出",
        "Of what: projects, lists of projects; spending, what bodies spend",
        isin=["projects", "spending"],
    )
    body_id: str = key("机构", "Body", references="dim_body.body_id")
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase")
    before_body_id: str = key(
        "上年的机构：自身或前身", "Body of the year before: itself, or one that went over into it",
        references="dim_body.body_id",
    )  # fmt: skip
    is_same_body: bool = column(
        "是否同一机构（自身或更名）", "Whether it is the same body: itself, or renamed one to one"
    )
    is_whole: bool = column(
        "上年是否齐全：全部前身均有，且确于其间并入",
        "Whether all of the year before is here: of all that went over, and it is known that they "
        "did so then",
    )

    class Config:
        unique = ["told", "body_id", "fiscal_year", "phase", "before_body_id"]
        metadata = table(
            "上年由谁承继",
            "Whose year before it is",
            grain="one row per body, year, phase and body of the year before",
            role="mart",
        )


class MartSpendingByBodyYear(BodyYear):
    """What a body spends in a year, and the change from the year before."""

    scope: str = column(
        "范围：all_expenditure 为全部支出，projects 为仅有项目支出",
        "all_expenditure: everything; projects: projects alone, where no table states the whole",
        isin=["all_expenditure", "projects"],
    )
    fact: str = column("依据的事实表", "Fact table that it is a sum of")
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）；范围不同时合计不完整",
        "Amount in yuan; over different scopes a sum is not the whole",
        unit="CNY",
        additive=True,
    )
    amount_before_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "上年金额（元），改革后为全部前身之和；空为上年同范围未公布，或前身未全部公布",
        "Amount of the year before, after a reform of all bodies that went over into this one; "
        "none if any of them published none of this scope",
        nullable=True,
        unit="CNY",
        additive=False,
    )
    change_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "比上年增减（元）", "Change from the year before", nullable=True, unit="CNY",
        additive=False,
    )  # fmt: skip
    change_share: pl.Float64 = column(
        "比上年增减（比例）",
        "Change as a share of the year before",
        nullable=True,
        additive=False,
    )
    former_names: str = column(
        "上年金额所属的前身机构；空为本机构",
        "Other bodies whose amount of the year before it is; null if its own",
        nullable=True,
    )
    kinds: str = column("依据的表种", "Kinds of table that it rests on")

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase"]
        metadata = table(
            "部门×年度：支出总额与变化",
            "Spending by body and year, with its change",
            grain="one row per body, year and phase",
            role="mart",
        )


TABLES = (
    MartFundingByBodyYear,
    MartExpenditureByFunctionClassYear,
    MartExpenditureByTypeYear,
    MartExpenditureByEconomicYear,
    MartRevenueYear,
    MartThreePublicYear,
    MartYearBefore,
    MartSpendingByBodyYear,
    MartProjectYear,
    MartTargetQuality,
    MartRestatement,
)
