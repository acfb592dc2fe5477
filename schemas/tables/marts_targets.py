"""Marts of what projects promise: what their targets are made of, and what a unit of output costs.

They speak of projects whose targets are published. A value is of the year if it is annual, or if
its table prints no horizon; what a whole department promises belongs to no project and is not here.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.marts import BodyYear

#: The texts of a project's targets against those of the year before.
TEXT_STATES = ("same", "differ", "no_year_before", "nothing_printed")
#: Whether a project's money can be told by units of what it puts out, or why not.
UNIT_COST_STATUSES = ("separable", "not_separable")
NOT_SEPARABLE = (
    "no_money", "no_quantity", "several_outputs", "no_number", "doubtful_print", "bound_or_range",
    "per_period_or_relative", "not_counted", "zero",
)  # fmt: skip
#: What a cost of a unit is against its peers'.
PEER_STATES = ("usual", "high", "low", "few_peers", "no_spread")


class _Promise(BodyYear):
    project_line_id: str = key(
        "项目行（同一项目印多行时取其一）", "Project line; one of them if a year prints several",
        references="project_line.project_line_id",
    )  # fmt: skip
    project_id: str = key(
        "项目（跨年度）；无从认定则空", "Project over years; none if no rule tells which it is",
        references="dim_project.project_id", nullable=True,
    )  # fmt: skip
    spending_unit_name: str = column(
        "资金使用单位；各表均未印则空", "Spending unit; none if no table prints it", nullable=True
    )
    project_name: str = column("项目名称", "Project")
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "该年度该阶段的金额（元），可由他表供数；空为未公布",
        "Money of the project in the year and phase, whichever table tells it; none if none does",
        nullable=True, unit="CNY", additive=True,
    )  # fmt: skip
    kinds: str = column(
        "金额依据的表种；无金额则空", "Kinds of table that the money rests on; none without money",
        nullable=True,
    )  # fmt: skip


class _Indicators(Table):
    indicator_count: pl.Int64 = column("指标数", "Indicators", ge=0, additive=True)
    cost_count: pl.Int64 = column("其中成本指标", "Of cost", ge=0, additive=True)
    satisfaction_count: pl.Int64 = column("其中满意度指标", "Of satisfaction", ge=0, additive=True)
    unclassified_count: pl.Int64 = column(
        "其中未印类别，或仅印“产出”者（2021 年前成本属产出）",
        "Without a class, or with no more than 产出, which held cost until 2021",
        ge=0, additive=True,
    )  # fmt: skip
    value_count: pl.Int64 = column("当年指标值数", "Values of the year", ge=0, additive=True)
    output_value_count: pl.Int64 = column(
        "其中数量、质量、时效指标的（不含“无”）",
        "Of quantity, quality or timeliness, less those that say there is none",
        ge=0, additive=True,
    )  # fmt: skip
    full_percent_count: pl.Int64 = column(
        "产出指标值仅为 100%（或 ≥100%）的",
        "Values of outputs that are 100 % and nothing else, with ≥, = or no comparator",
        ge=0, additive=True,
    )  # fmt: skip
    yes_count: pl.Int64 = column(
        "产出指标值仅为“是”的", "Values of outputs that are yes and nothing else",
        ge=0, additive=True,
    )  # fmt: skip
    quantity_value_count: pl.Int64 = column(
        "数量指标值数（不含“无”）", "Values of quantity, less those that say there is none",
        ge=0, additive=True,
    )  # fmt: skip
    quantity_value_id: str = key(
        "唯一的数量指标值；无或多个则空", "The only value of quantity; none if none or several",
        references="performance_value.value_id", nullable=True,
    )  # fmt: skip


class MartProjectTargetYear(_Indicators, _Promise):
    """What a project's targets are made of, and whether they are those of the year before."""

    text_state: str = column(
        "目标与指标文字较上年：same 逐字相同（空白除外），differ 不同，no_year_before 上年无该项目"
        "的目标，nothing_printed 当年未印指标值",
        "Goal and all indicators with their values of the year against the year before, white "
        "space aside: same, differ; no_year_before: that year has no targets of the project; "
        "nothing_printed: no value of this year",
        isin=list(TEXT_STATES),
    )
    project_name_before: str = column(
        "上年名称", "Name beside the targets of the year before", nullable=True
    )
    amount_before_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "上年金额（元）；空为未公布", "Money of the year before; none if none is published",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    kinds_before: str = column(
        "上年金额依据的表种", "Kinds of table that the money of the year before rests on",
        nullable=True,
    )  # fmt: skip

    class Config:
        unique = ["project_line_id"]
        metadata = table(
            "项目×年度：绩效目标的构成，与上年文字是否相同",
            "Targets of projects by year: of what they are made, and whether their texts are last "
            "year's",
            grain="one row per project with published targets, year and phase; a line that is no "
            "known project is a row of its own",
            role="mart",
        )


TABLES = (MartProjectTargetYear,)
