"""Marts of what is here, what waits, and what is missing: what an answer rests on."""

from __future__ import annotations

from schemas.tables.base import SHA256_PATTERN, Table, column, pl, table
from schemas.tables.marts import BodyYear

#: What a warehouse has of a fact of a body, year and phase.
FACT_STATES = (
    "published", "declared_empty", "told_elsewhere", "waiting", "not_found", "no_document",
)  # fmt: skip
#: Those that answer a question.
ANSWERED = FACT_STATES[:2]


class MartCoverage(Table):
    """What each document gave, what was proven of it, and what waits."""

    document_id: str = column(
        "文件", "Document", references="dim_document.document_id", str_matches=SHA256_PATTERN
    )
    path: str = column("路径", "Path")
    body_name: str = column(
        "机构名称；空为无或多个", "Body; none if none or several", nullable=True
    )
    fiscal_year: pl.Int32 = column(
        "财政年度；空为无或多个", "Fiscal year; none if none or several", nullable=True
    )
    statements: pl.Int64 = column("报表", "Statements", ge=0, additive=True)
    complete: pl.Int64 = column("完整", "Complete", ge=0, additive=True)
    partial: pl.Int64 = column("部分", "Partial", ge=0, additive=True)
    withheld: pl.Int64 = column("扣留", "Withheld", ge=0, additive=True)
    current: pl.Int64 = column("现行", "Current versions", ge=0, additive=True)
    exact: pl.Int64 = column("核对：相等", "Identities that hold exactly", ge=0, additive=True)
    within_rounding: pl.Int64 = column(
        "核对：舍入内", "Identities that hold within rounding", ge=0, additive=True
    )
    included: pl.Int64 = column("核对：包含", "Inclusions that hold", ge=0, additive=True)
    suspect: pl.Int64 = column("核对：存疑", "Identities in doubt", ge=0, additive=True)
    broken: pl.Int64 = column("核对：不成立", "Identities that are broken", ge=0, additive=True)
    findings: pl.Int64 = column("发现", "Findings", ge=0, additive=True)
    items_waiting: pl.Int64 = column("待处理", "Items that wait", ge=0, additive=True)

    class Config:
        unique = ["document_id"]
        metadata = table(
            "覆盖：每份文件的报表、核对与待处理",
            "Coverage: statements, identities and what waits, by document",
            grain="one row per document",
            role="mart",
        )


class MartFactCoverage(BodyYear):
    """Of which body and year which fact is here, and on how many documents it rests."""

    fact: str = column("事实表", "Fact table")
    state: str = column(
        "状态：published 已发布；declared_empty 文件注明无此项；told_elsewhere 由另一机构的报表供数"
        "（如主管部门）；waiting 仅有待处理报表；not_found 该年文件中未见该表；"
        "no_document 前后年度有文件，该年无",
        "published; declared_empty: the document says that there is none; told_elsewhere: a "
        "statement of another body, its department or a unit, feeds it; waiting: all there is "
        "waits; not_found: documents of the year are here, none has it; no_document: other years "
        "have documents before and after, this one has none",
        isin=list(FACT_STATES),
    )
    document_count: pl.Int64 = column(
        "供数或注明为空的文件数",
        "Documents that feed it, or declare it empty",
        ge=0,
        additive=False,
    )
    kinds: str = column(
        "供数或注明为空的表种", "Kinds of table that feed it, or declare it empty", nullable=True
    )
    waiting_count: pl.Int64 = column(
        "待处理的报表数", "Statements of it that wait", ge=0, additive=True
    )

    class Config:
        unique = ["reporting_body_id", "fiscal_year", "phase", "fact"]
        metadata = table(
            "部门×年度×事实：依据多少文件，缺什么",
            "Body, year and fact: on how many documents it rests, and what is missing",
            grain="one row per reporting body, year from its first to its last document, phase, "
            "and fact table",
            role="mart",
        )


TABLES = (MartCoverage, MartFactCoverage)
