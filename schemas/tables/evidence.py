"""Where figures come from, what they were checked against, and what waits."""

from __future__ import annotations

from schemas.tables.base import SHA256_PATTERN, Table, column, key, pl, table
from schemas.tables.vocabulary import (
    DISPOSITIONS,
    FINDING_KINDS,
    QUARANTINE_LEVELS,
    SOURCE_ROLES,
)


class SourceCell(Table):
    """A printed cell, or a line outside of grids, that something published cites."""

    cell_id: str = key("单元格键", "Key of the cell")
    document_id: str = column(
        "文件", "Document", references="dim_document.document_id", str_matches=SHA256_PATTERN
    )
    page_no: pl.Int32 = column("页", "Page, from 1", ge=1)
    grid_no: pl.Int32 = column(
        "表格序号；0 为表外文字", "Grid of the document; 0 outside grids", ge=0
    )
    row_no: pl.Int32 = column("行", "Row in the grid, or line of the page", ge=1)
    col_no: pl.Int32 = column("列", "Column, from 1", ge=1)
    text: str = column("原文", "Text as printed")
    char_from: pl.Int32 = column(
        "文件解码文本中的起点（文本文件）",
        "First character in the decoded text (text documents)",
        nullable=True,
        ge=0,
    )
    char_to: pl.Int32 = column("终点（不含）", "Character after the last", nullable=True, ge=0)
    x0: pl.Float64 = column(
        "左边（点，自页面左上角；有页面的文件）",
        "Left edge, in points from the page's upper left corner as shown (paged documents)",
        nullable=True,
        additive=False,
    )
    y0: pl.Float64 = column("上边（点）", "Upper edge, in points", nullable=True, additive=False)
    x1: pl.Float64 = column("右边（点）", "Right edge, in points", nullable=True, additive=False)
    y1: pl.Float64 = column("下边（点）", "Lower edge, in points", nullable=True, additive=False)
    sheet: str = column("工作表（电子表格）", "Name of the sheet (workbooks)", nullable=True)
    address: str = column(
        "单元格地址，如 B7（电子表格）",
        "Address of the cell, such as B7 (workbooks)",
        nullable=True,
    )
    stored: str = column(
        "文件所存的数值，与显示不同时（电子表格）",
        "The number that the file stores, where it shows otherwise (workbooks)",
        nullable=True,
    )

    class Config:
        unique = ["cell_id"]
        metadata = table(
            "被引用的单元格",
            "Cited cells",
            grain="one row per cited cell",
            role="evidence",
            reading=True,
        )


class FactSource(Table):
    """Which characters of which cells a fact was read from, and by which rule."""

    fact_id: str = key("事实", "Fact, memo amount or comparative figure")
    role: str = column("作用", "What the cell is to the fact", isin=list(SOURCE_ROLES))
    part_no: pl.Int32 = column(
        "部分序号（跨页截断的单元格由几部分组成）",
        "Part, from 0: a cell that the end of a page cuts is printed in several",
        ge=0,
    )
    cell_id: str = key("单元格", "Cell", references="source_cell.cell_id")
    char_from: pl.Int32 = column("格内起点", "First character within the cell", ge=0)
    char_to: pl.Int32 = column("格内终点（不含）", "Character after the last", ge=0)
    rule_id: str = column("读取规则", "Rule that read it")

    class Config:
        unique = ["fact_id", "role", "part_no"]
        metadata = table(
            "事实出处",
            "Provenance of facts",
            grain="one row per fact, role and printed part",
            role="evidence",
            reading=True,
        )


class FactFeed(Table):
    """Which statements feed whose facts, so that nothing counts twice."""

    fact: str = column("事实表", "Fact table")
    statement_id: str = key("供数报表", "Statement that feeds", references="statement.statement_id")
    spending_unit_id: str = key(
        "其金额所属：资金使用单位；表中未分单位则为报送机构",
        "Whose money it is: a spending unit, or the reporting body where no units are printed",
        references="dim_body.body_id",
    )
    is_whole: bool = column(
        "是否为报送机构整体（表中未分单位）",
        "Whether it is the whole of the reporting body, no units being printed",
    )

    class Config:
        unique = ["fact", "statement_id", "spending_unit_id"]
        metadata = table(
            "供数关系：每个单位每年每项事实由一份或互补的几份报表供数",
            "Feeding: of each fact, body, year and phase one statement, or those of one rank of "
            "feeding_rules.csv that complete one another",
            grain="one row per fact table, statement and body",
            role="evidence",
        )


class FeedingRule(Table):
    """Which kinds of table may feed a fact, and which goes first."""

    fact: str = column("事实表", "Fact table")
    kind: str = column("表种", "Kind of table")
    kind_rank: pl.Int32 = column("次序：小者先供数", "Rank: the lowest feeds", ge=1)
    is_required: bool = column(
        "同一次序中是否必备；否则只补充", "Whether it is required of its rank, or completes it"
    )

    class Config:
        unique = ["fact", "kind"]
        metadata = table(
            "供数规则（schemas/codes/feeding_rules.csv）",
            "Rules of feeding, of schemas/codes/feeding_rules.csv",
            grain="one row per fact table and kind of table that may feed it",
            role="bridge",
        )


class CellAccounting(Table):
    """What became of every non-blank cell: counted by the reader and by its consumer."""

    reading_id: str = key("读取", "Reading")
    document_id: str = column(
        "文件", "Document", references="dim_document.document_id", str_matches=SHA256_PATTERN
    )
    page_no: pl.Int32 = column("页", "Page", ge=1)
    disposition: str = column("去向", "Disposition", isin=list(DISPOSITIONS))
    cell_count: pl.Int32 = column("格数", "Cells and lines so disposed", ge=1)
    page_cell_count: pl.Int32 = column(
        "该页非空格总数（由读取器独立计数）",
        "Non-blank cells of the page, counted by the reader",
        ge=1,
    )

    class Config:
        unique = ["reading_id", "page_no", "disposition"]
        metadata = table(
            "单元格去向核算",
            "Accounting of cells",
            grain="one row per reading, page and disposition",
            role="evidence",
            reading=True,
        )


class QuarantineItem(Table):
    """Something that was not understood, or not trusted, and waits for a person."""

    item_id: str = key("待处理项键", "Key of the item")
    reading_id: str = key(
        "发现它的读取；由构建决定者为空",
        "Reading that found it; none if a build did",
        nullable=True,
    )
    level: str = column("层级", "Level", isin=list(QUARANTINE_LEVELS))
    document_id: str = column(
        "文件", "Document", references="dim_document.document_id", str_matches=SHA256_PATTERN
    )
    statement_id: str = key("报表", "Statement", nullable=True, references="statement.statement_id")
    place: str = column("位置", "Place in the document")
    rule_id: str = column("规则", "Rule, see schemas/codes/rules.csv")
    found: str = column("发现", "What was found")
    expected: str = column("应为", "What was expected")
    remedy: str = column("处理办法", "What to do")
    clues: str = column("线索（JSON）", "Clues, as JSON", nullable=True)
    opened_utc: pl.Datetime = column("开始等待（UTC）", "Waiting since, UTC")

    class Config:
        unique = ["item_id"]
        metadata = table(
            "待处理项",
            "Quarantine: what waits for a person",
            grain="one row per open item",
            role="operation",
            reading=True,
        )


class Finding(Table):
    """Something wrong in a source, confirmed, and published as such; both numbers are kept."""

    finding_id: str = key("发现键（原待处理项）", "Key: of the item that waited")
    statement_id: str = key("报表", "Statement", references="statement.statement_id")
    kind: str = column(
        "性质：来源错误、表间不符、附注与数字矛盾",
        "What it is: an error of the source, tables that disagree, a note that figures contradict",
        isin=list(FINDING_KINDS),
    )
    rule_id: str = column("规则", "Rule, see schemas/codes/rules.csv")
    place: str = column("位置", "Place in the document")
    subject: str = column("对象", "What it is about, e.g. identity and measure")
    found: str = column("印刷", "What is printed")
    expected: str = column("应为", "What was expected")
    confirmed_by: str = column(
        "确认依据：附注中的理由，或第二读取器及其核对的格数",
        "How it was confirmed: the reason in the sidecar, or the second reader and how many cells",
    )
    control_id: str = key(
        "所据核对数", "Control that shows it", references="control_total.control_id", nullable=True
    )

    class Config:
        unique = ["finding_id", "statement_id"]
        metadata = table(
            "来源错误（已确认，照印发布）",
            "Findings: errors of a source, confirmed and published as printed",
            grain="one row per confirmed error",
            role="evidence",
            reading=True,
        )


class DocumentPath(Table):
    """A path under raw/ at which a document was seen."""

    document_id: str = column(
        "文件", "Document", references="dim_document.document_id", str_matches=SHA256_PATTERN
    )
    path: str = column("路径（相对 raw/）", "Path relative to raw/")
    first_seen_utc: pl.Datetime = column("首次出现（UTC）", "First seen, UTC")
    absent_since_utc: pl.Datetime = column("消失时间（UTC）", "Absent since, UTC", nullable=True)

    class Config:
        unique = ["document_id", "path"]
        metadata = table(
            "文件路径",
            "Paths of documents",
            grain="one row per document and path",
            role="operation",
        )


class BuildInfo(Table):
    """What this build was made of."""

    build_id: str = key("构建键", "Key of the build")
    ledger_event_id: pl.Int64 = column("台账截至事件", "Last ledger event that it includes", ge=0)
    code_fingerprint: str = column(
        "代码与数据指纹", "Fingerprint of code and data", str_matches=SHA256_PATTERN
    )
    yusuan_version: str = column("程序版本", "Version of this project")
    documents: pl.Int64 = column("文件数", "Documents", ge=0)
    current_statements: pl.Int64 = column("现行报表数", "Current statements", ge=0)
    waiting_items: pl.Int64 = column("待处理项数", "Items that wait", ge=0)

    class Config:
        unique = ["build_id"]
        metadata = table("构建信息", "Build information", grain="one row", role="operation")


TABLES = (
    SourceCell,
    FactSource,
    FactFeed,
    FeedingRule,
    CellAccounting,
    QuarantineItem,
    Finding,
    DocumentPath,
    BuildInfo,
)
