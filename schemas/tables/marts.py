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

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "fund_source_id"]
        metadata = table(
            "部门×年度×资金来源",
            "Funding by body, year and fund source",
            grain="one row per body, year, phase and fund source",
            role="mart",
        )


class MartProjectYear(Table):
    """A project in a year: money, goal and how it is measured, in one row."""

    project_line_id: str = key("项目行", "Project line", references="project_line.project_line_id")
    project_id: str = key(
        "项目（跨年度）", "Project over years", references="dim_project.project_id"
    )
    body_name: str = column("报送机构", "Reporting body")
    spending_unit_name: str = column("资金使用单位", "Spending unit")
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
    """What changed from one version of a statement to the next, project by project."""

    statement_version_id: str = key(
        "版本（修改后）",
        "The later version",
        references="statement_version.statement_version_id",
    )
    project_line_id: str = key("项目行键", "Key of the project line")
    fund_source_id: str = column(
        "资金来源", "Fund source", references="dim_fund_source.fund_source_id"
    )
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
        unique = ["statement_version_id", "project_line_id", "fund_source_id"]
        metadata = table(
            "报表重述：前后版本的金额变化",
            "Restatements: money that differs between versions of a statement",
            grain="one row per version after the first, project line and fund source that differs",
            role="mart",
        )


TABLES = (MartFundingByBodyYear, MartProjectYear, MartTargetQuality, MartRestatement)
