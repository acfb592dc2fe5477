"""Marts of what projects promise: what their targets are made of, and what a unit of output costs.

They speak of projects whose targets are published. A value is of the year if it is annual, or if
its table prints no horizon; what a whole department promises belongs to no project and is not here.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, QUANTITY, Table, column, key, pl, table
from schemas.tables.marts import BodyYear
from schemas.tables.vocabulary import COMPARATORS

#: The texts of a project's targets against those of the year before.
TEXT_STATES = ("same", "differ", "no_year_before", "nothing_printed")
#: Whether a project's money can be told by units of what it puts out, or why not.
UNIT_COST_STATUSES = ("separable", "not_separable")
NOT_SEPARABLE = (
    "no_money", "unclassified", "no_quantity", "several_outputs", "no_number", "doubtful_print",
    "per_or_relative", "bound_or_range", "no_unit", "not_counted", "zero",
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


class _Output(Table):
    status: str = column(
        "金额能否按产出数量拆分：separable 能，not_separable 不能（见 reason）",
        "Whether the money can be told by units of output: separable, or not_separable (reason)",
        isin=list(UNIT_COST_STATUSES),
    )
    reason: str = column(
        "不能的原因：no_money 无金额；unclassified 有未印类别的指标；no_quantity 无数量指标；"
        "several_outputs 不止一个产出；no_number 不是数字；doubtful_print 印刷存疑；"
        "per_or_relative 按期、按件、均值或增量；bound_or_range 上限或区间；no_unit 未印单位；"
        "not_counted 单位不计产出（%、元、天…）；zero 为零",
        "Why not: no money; indicators without a class; no indicator of quantity; several outputs; "
        "no number; a doubtful print; by period, by thing, an average or an increase; an upper "
        "bound or a range; no unit is printed; a unit that counts no output (%, money, time …); "
        "zero",
        nullable=True, isin=list(NOT_SEPARABLE),
    )  # fmt: skip
    indicator_name: str = column(
        "唯一的数量指标；无或多个则空", "The only indicator of quantity; none if none or several",
        nullable=True,
    )  # fmt: skip
    raw_text: str = column("其值原文", "Its value as printed", nullable=True)
    comparator: str = column(
        "比较符：ge、gt 时数量为下限，单位成本为上限",
        "With ge or gt the number is a least, and so the cost of a unit a most",
        nullable=True, isin=list(COMPARATORS),
    )  # fmt: skip
    quantity: Annotated[pl.Decimal, *QUANTITY] = column(
        "数量（数量级已换算）", "Number, scale applied", nullable=True, additive=False
    )
    unit: str = column("计量单位", "Unit of measure", nullable=True)
    unit_cost_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "单位成本（元，四舍五入到分）：项目全部金额÷数量",
        "All money of the project by the number, rounded to fen",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip


class _Peers(Table):
    peer_count: pl.Int64 = column(
        "其他同类项目数：同年度、同阶段、指标名称与单位相同",
        "Other projects of the year and phase with the same name of indicator and unit",
        nullable=True, ge=0, additive=False,
    )  # fmt: skip
    peer_median_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "同类中位数（元，含本项目）", "Median of all of them, the project among them",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    peer_mad_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "同类绝对中位差（元，未乘系数）", "Median absolute deviation, not scaled",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    robust_z: pl.Float64 = column(
        "稳健 z：（单位成本−中位数）÷（1.4826×绝对中位差）；同类少于 5 个或无差异则空",
        "Robust z: distance from the median in 1.4826 median absolute deviations; none with fewer "
        "than five peers, or without spread",
        nullable=True, additive=False,
    )  # fmt: skip
    peer_state: str = column(
        "与同类相比：usual 平常；high、low 偏高、偏低（|z|>3.5）；few_peers 同类少于 5 个；"
        "no_spread 同类无差异；不能拆分则空",
        "usual; high or low: |z| > 3.5; few_peers: fewer than five; no_spread: at least half of "
        "them cost the same; none if not separable",
        nullable=True, isin=list(PEER_STATES),
    )  # fmt: skip


class MartUnitCost(_Peers, _Output, _Promise):
    """Money of a project by unit of its only output, and what its peers pay."""

    class Config:
        unique = ["project_line_id"]
        metadata = table(
            "单位成本：金额能按唯一产出拆分的项目与同类比较，不能的说明原因",
            "Cost of a unit of output beside peers, of projects whose money can be told by one "
            "output; of the others why not",
            grain="as mart_project_target_year: one row per project with published targets, year "
            "and phase",
            role="mart",
        )


TABLES = (MartProjectTargetYear, MartUnitCost)
