"""Marts that hold one book against another: figures told again, budgets against final accounts.

Not ``mart_restatement``: that is what a publisher changed between two versions of one statement.
Here two books tell the same money: this year's book its "last year" column, and last year's own
book; final accounts the budget, and the budget's own book; or a budget and what was spent. Both
are brought to the finest line that they share, by today's codes, so a line never compares a part
with a whole. A blank is no 0: what one book does not tell has no amount, and the row says so.
"""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.vocabulary import PHASES

COMPARISONS = ("retold", "execution")
TELLINGS = ("own_book", "later_book", "budget", "final_accounts")
#: As what a later book tells a figure again.
RETOLD_AS = ("last_year", "budget_in_accounts")
#: What accounts are held against: the budget's own book, or what the accounts print beside.
BUDGETS = ("budget", "budget_in_accounts", "adjusted_in_accounts", "none")
RETOLD_STATUSES = (
    "same", "within_rounding", "differs", "only_own", "only_later", "own_book_missing",
)  # fmt: skip
EXECUTION_STATUSES = ("compared", "only_budget", "only_final", "budget_missing")


class _Line(Table):
    line_id: str = key("可比行键", "Key of the line that is compared")
    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    fiscal_year: pl.Int32 = column("金额所属年度", "Fiscal year that the amount is of")
    fact: str = column("事实表", "Table of facts")
    spending_unit_id: str = key(
        "资金使用单位；空为未分单位", "Spending unit; none where the line is not told by unit",
        nullable=True, references="dim_body.body_id",
    )  # fmt: skip
    function_class_id: str = column(
        "功能科目（现行编码）；不适用为空", "Function class by today's code; none if none applies",
        nullable=True, references="dim_function_class.function_class_id",
    )  # fmt: skip
    economic_class_id: str = column(
        "经济科目；不适用为空", "Economic class; none if none applies",
        nullable=True, references="dim_economic_class.economic_class_id",
    )  # fmt: skip
    expenditure_type_id: str = column(
        "支出类型；unsplit 为至少一方未分", "Type of expenditure; unsplit where a book tells none",
        nullable=True, references="dim_expenditure_type.expenditure_type_id",
    )  # fmt: skip
    fund_source_id: str = column(
        "资金来源；unsplit 为至少一方未分", "Fund source; unsplit where a book tells none",
        nullable=True, references="dim_fund_source.fund_source_id",
    )  # fmt: skip
    three_public_id: str = column(
        "“三公”经费项目；不适用为空", "Three public expense; none if none applies",
        nullable=True, references="dim_three_public.three_public_id",
    )  # fmt: skip


class MartAmountTold(_Line):
    """An amount as each of several books tells it, on the finest line that all of them share."""

    comparison: str = column(
        "比较：retold 后册再述之数与本册；execution 预算与决算",
        "retold: a figure and the later book that tells it again; execution: budget and accounts",
        isin=list(COMPARISONS),
    )
    basis: str = column(
        "再述方式，或决算所对的预算", "As what it is told again, or which budget accounts are "
        "held against", isin=list(dict.fromkeys((*RETOLD_AS, *BUDGETS))),
    )  # fmt: skip
    comparison_id: str = key("比较键", "Key of what is compared: a statement, or a body's year")
    told_in_year: pl.Int32 = column(
        "陈述该比较的文件年度", "Fiscal year of the book that makes the comparison"
    )
    telling: str = column("由谁陈述", "Which book tells it", isin=list(TELLINGS))
    phase: str = column("预算阶段", "Phase that the amount is of", isin=list(PHASES))
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）；不可跨陈述加总", "Amount in yuan; tellings of one line must not be added",
        unit="CNY", additive=False,
    )  # fmt: skip
    envelope_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "舍入包络（元）：所加印刷数×半个末位",
        "Rounding envelope: half a unit of the last place for each printed amount in it",
        unit="CNY", additive=False,
    )  # fmt: skip
    printed_count: pl.Int64 = column(
        "所加印刷数", "Printed amounts that it sums", ge=1, additive=False
    )
    kinds: str = column("依据的表种", "Kinds of table that it rests on")
    documents: str = column("依据的文件（SHA-256）", "Documents that it rests on, by SHA-256")

    class Config:
        unique = ["line_id", "telling"]
        metadata = table(
            "同一金额的多次陈述：归到各册共有的最细行",
            "An amount as several books tell it, on the finest line that they share",
            grain="one row per compared line and book that tells it",
            role="mart",
        )


class _Named(_Line):
    body_name: str = column("机构名称", "Name of the body")
    spending_unit_name: str = column("资金使用单位名称", "Name of the unit", nullable=True)
    line_name: str = column(
        "行名称：科目、项目、类型、来源", "What the line is called: class, expense, type, source"
    )


class MartFigureRetold(_Named):
    """A figure as a later book tells it again, against the book that it is of."""

    phase: str = column("预算阶段", "Phase that both figures are of", isin=list(PHASES))
    retold_as: str = column(
        "再述方式：last_year 上年数；budget_in_accounts 决算册所印预算数",
        "last_year: last year's column of a book; budget_in_accounts: the budget that final "
        "accounts print", isin=list(RETOLD_AS),
    )  # fmt: skip
    told_in_year: pl.Int32 = column(
        "再述该数的文件年度", "Fiscal year of the book that tells it again"
    )
    own_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "本册的数（元）；空为未列示或无该册", "As its own year's book tells it; none if none",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    later_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "后册再述的数（元）；空为未列示", "As the later book tells it; none if it does not",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    difference_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "再述减本册（元）；一方为空则空", "Later less own; none where one of them is none",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    status: str = column(
        "结果：相同、舍入内、不同、仅本册、仅再述、缺本册",
        "same, within rounding, differs, told by one book only, or the book it is of is missing",
        isin=list(RETOLD_STATUSES),
    )
    own_kinds: str = column("本册的表种", "Kinds of table of its own book", nullable=True)
    later_kinds: str = column("再述的表种", "Kinds of table that tell it again", nullable=True)
    own_documents: str = column("本册文件", "Documents of its own year", nullable=True)
    later_documents: str = column("再述文件", "Documents that tell it again", nullable=True)

    class Config:
        unique = ["line_id"]
        metadata = table(
            "再述之数：后册所印上年数、决算册所印预算数与本册之比较（版本修订见 mart_restatement）",
            "Figures told again by a later book, against the book they are of, line by line; "
            "what changed between versions of one statement is in mart_restatement",
            grain="one row per statement that tells figures again and line that both books share",
            role="mart",
        )


class MartBudgetExecution(_Named):
    """The budget of a body's year against its final accounts, line by line."""

    budget_basis: str = column(
        "所对预算：预算册；决算册所印预算数、调整预算数；none 为均无。各口径不可相加",
        "Which budget: its own book, or the budget or adjusted budget that the accounts print; "
        "none: there is none. Rows of several must not be added", isin=list(BUDGETS),
    )  # fmt: skip
    budget_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "预算数（元）；空为未列示", "Budget; none if it has no such line",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    final_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "决算数（元）；空为未列示", "Final accounts; none if they have no such line",
        nullable=True, unit="CNY", additive=False,
    )  # fmt: skip
    execution_rate: pl.Float64 = column(
        "执行率：决算数÷预算数；预算不为正或一方缺则空",
        "Final accounts as a share of the budget; none without both, or of no positive budget",
        nullable=True, additive=False,
    )  # fmt: skip
    status: str = column(
        "结果：可比；仅预算、仅决算（另一册未列该行）；该机构该年无预算数",
        "compared; only_budget or only_final: the other book has no such line; budget_missing: "
        "no budget of that body and year for this table is there",
        isin=list(EXECUTION_STATUSES),
    )
    budget_kinds: str = column("预算的表种", "Kinds of table of the budget", nullable=True)
    final_kinds: str = column("决算的表种", "Kinds of table of the accounts", nullable=True)
    budget_documents: str = column("预算文件", "Documents of the budget", nullable=True)
    final_documents: str = column("决算文件", "Documents of the accounts", nullable=True)

    class Config:
        unique = ["line_id"]
        metadata = table(
            "预算执行：同一机构同一年度预算与决算逐行比较；未见决算的机构与年度不在此表",
            "Execution: budget against final accounts of one body and year, line by line; "
            "years without final accounts are not here",
            grain="one row per body, year, table of facts, basis and line that both books share",
            role="mart",
        )


TABLES = (MartAmountTold, MartFigureRetold, MartBudgetExecution)
