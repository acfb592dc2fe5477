"""Marts of projects side by side: one name in several units."""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.marts import BodyYear


class _OverAll(Table):
    unit_count: pl.Int64 = column(
        "有此名称的单位数", "Units that have a project of that name", ge=2, additive=False
    )
    body_count: pl.Int64 = column(
        "涉及的报送机构数", "Reporting bodies that have one", ge=1, additive=False
    )
    all_units_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "各单位合计（元）", "Sum of all these units", unit="CNY", additive=False
    )
    least_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "最少的单位（元）", "Of the unit with the least", unit="CNY", additive=False
    )
    median_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "中位数（元，四舍五入到分）", "Median of the units, rounded to fen", unit="CNY",
        additive=False,
    )  # fmt: skip
    most_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "最多的单位（元）", "Of the unit with the most", unit="CNY", additive=False
    )


class _OfUnit(BodyYear):
    owner_id: str = key(
        "资金使用单位；各表均未印则为报送机构",
        "Spending unit; the reporting body if no table prints units",
        references="dim_body.body_id",
    )
    spending_unit_name: str = column(
        "资金使用单位名称；各表均未印则空", "Name of the unit; none if no table prints it",
        nullable=True,
    )  # fmt: skip
    name_core: str = column("名称核心", "Core of the name, see project_name_core")
    project_name: str = column("印刷名称之一", "The name as printed; one of them if several")
    project_count: pl.Int64 = column(
        "该单位此名称的项目数", "Projects of that name in the unit", ge=1, additive=True
    )
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）", "Amount in yuan", unit="CNY", additive=True
    )


class MartProjectNameYear(_OverAll, _OfUnit):
    """A project name that several units have in a year, unit by unit."""

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "owner_id", "name_core"]
        metadata = table(
            "多个单位同用的项目名称：逐单位金额与总体",
            "Project names that several units have: the money of each, and over all",
            grain="one row per body, unit, year, phase and core of a name that two units or more "
            "have in that year and phase",
            role="mart",
        )


TABLES = (MartProjectNameYear,)
