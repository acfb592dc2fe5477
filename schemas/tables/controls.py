"""Printed amounts, and identities that hold them against one another."""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.vocabulary import AMOUNT_PERIODS, CONTROL_SIDES, PHASES, STRENGTHS, VERDICTS


class PrintedAmount(Table):
    """An amount as printed: where it stands on the axes of its table, and what became of it."""

    printed_amount_id: str = key("印刷金额键", "Key: of statement, cell and block")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    line_no: pl.Int32 = column("行", "Printed row below the header", ge=1)
    block: pl.Int32 = column("并列表序号", "Which of the tables side by side", ge=1)
    label: str = column("行的印刷名称", "What its row is called in print", nullable=True)
    row_axis: str = column("行轴", "Axis of the rows, see schemas/layout.py")
    row_node: str = column("行节点：科目编码、资金来源等", "Node of its row: a code, a source …")
    row_parent: str = column(
        "最近的印出的上级节点；顶层为空",
        "The nearest node above it that is printed; none of a root",
        nullable=True,
    )
    column_axis: str = column("列轴", "Axis of the columns")
    column_node: str = column("列节点", "Node of its column", nullable=True)
    column_parent: str = column(
        "最近的印出的上级列节点", "The nearest node above its column's that is printed",
        nullable=True,
    )  # fmt: skip
    is_leaf: bool = column(
        "是否两轴皆为末级的本年数", "Whether it is a leaf on both axes, of this year and phase"
    )
    is_memo: bool = column("是否其中项", "Whether it is a part of another column or row (其中)")
    period: str = column("期间", "Period", isin=list(AMOUNT_PERIODS))
    phase: str = column(
        "阶段；空为报表自身的", "Phase; none: the statement's own", nullable=True,
        isin=list(PHASES),
    )  # fmt: skip
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元），照印", "Amount in yuan, as printed", unit="CNY", additive=False
    )
    last_place_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "印刷末位一单位之值（元）；细于分则为空",
        "One unit of the last printed place in yuan; none if it is finer than a fen",
        nullable=True,
        unit="CNY",
        additive=False,
    )
    cell_id: str = key("单元格", "Cell", references="source_cell.cell_id")
    place: str = column("位置", "Where it is printed")
    fact: str = column(
        "归入的表；核对数为空", "Table it is a row of; none of a control", nullable=True
    )
    fact_id: str = key("归入后的键；核对数为空", "Its key there; none of a control", nullable=True)

    class Config:
        unique = ["printed_amount_id"]
        metadata = table(
            "印刷金额（全部，含合计）",
            "Printed amounts, all of them, totals too",
            grain="one row per statement, block and printed amount",
            role="evidence",
            reading=True,
        )


class ControlTotal(Table):
    """A printed figure, held against what it must be by an identity."""

    control_id: str = key("核对键", "Key of the control")
    statement_id: str = key(
        "报表（核对所在的一方）",
        "Statement: that of the printed side",
        references="statement.statement_id",
    )
    identity_id: str = column("恒等式", "Identity, see schemas/codes/identities.csv")
    strength: str = column(
        "强度：hard 必须成立，conditional 附条件，inclusion 只可小于或等于",
        "hard: must hold; conditional: under a condition that was met; inclusion: may be less",
        isin=list(STRENGTHS),
    )
    statement_count: pl.Int32 = column(
        "涉及的报表数；1 为表内恒等式", "Statements held together; 1: within a table", ge=1
    )
    place: str = column("位置", "Where it is printed")
    line_no: pl.Int32 = column("行", "Printed row below the header", ge=1)
    label: str = column("印刷名称", "What it is called in print")
    measure: str = column(
        "度量：总计、资金来源、科目等；另一年度或阶段时一并写明",
        "Measure: total, a fund source, a code …, with year or phase where they are others",
    )
    printed_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "印刷数（元）；空为空白而其组成有数",
        "As printed, in yuan; none: blank though its parts are not",
        unit="CNY",
        additive=False,
        nullable=True,
    )
    computed_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "计算数（元）", "As computed from the other side, in yuan", unit="CNY", additive=False
    )
    part_count: pl.Int32 = column("组成项数", "Number of figures of the other side", ge=0)
    envelope_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "舍入容差（元）：两侧各数之末位半单位之和",
        "Rounding envelope in yuan: half a unit of the last printed place for each figure",
        unit="CNY",
        additive=False,
    )
    ratio: pl.Float64 = column(
        "占比（仅 inclusion）：印刷数 ÷ 计算数",
        "Of an inclusion: which part the printed side is of the other",
        nullable=True,
        additive=False,
    )
    verdict: str = column(
        "结论；included 为小于", "Verdict; included: a part that is less", isin=list(VERDICTS)
    )

    class Config:
        unique = ["control_id"]
        metadata = table(
            "核对总数",
            "Control totals",
            grain="one row per identity and printed figure that it is about",
            role="evidence",
            reading=True,
        )


class ControlSource(Table):
    """The cells of both sides of a control."""

    control_id: str = key("核对", "Control", references="control_total.control_id")
    side: str = column("哪一侧", "Side: printed, or computed", isin=list(CONTROL_SIDES))
    cell_id: str = key("单元格", "Cell", references="source_cell.cell_id")
    statement_id: str = key(
        "单元格所在报表", "Statement the cell is of", references="statement.statement_id"
    )

    class Config:
        unique = ["control_id", "side", "cell_id"]
        metadata = table(
            "核对数出处",
            "Cells that controls hold against one another",
            grain="one row per control, side and cell",
            role="evidence",
            reading=True,
        )


TABLES = (PrintedAmount, ControlTotal, ControlSource)
