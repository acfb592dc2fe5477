"""The first sheet of the workbook: which build, what each sheet is, where figures come from."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from pipelines.serve.export.cells import CellWriter
from pipelines.serve.export.tables import roles

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from pipelines.serve.export.build import PublishedBuild

#: Table → column → how many numbers are text, and how many texts are cut.
Remarks: TypeAlias = dict[str, dict[str, tuple[int, int]]]

_WIDTHS = (36, 40, 52, 60, 18, 12, 44)
_RULES = (
    "合计、小计不是事实；fact_* 可在同一预算阶段内加总",
    "Totals are never facts: what is in a fact_* may be summed within one phase",
    "空白不是零 / A blank is not a zero",
    "时间为 UTC 文本；超过 15 位的数字以文本写出，求和不计；备注栏列出此类单元格",
    "Times are text in UTC; numbers of over 15 digits are text, which sums leave out",
)


def write_about(
    build: PublishedBuild,
    book: Workbook,
    sheet: Worksheet,
    names: dict[str, str],
    remarks: Remarks,
) -> None:
    """Fill the sheet: the build, rules, sheets with their grain, documents."""
    CellWriter(sheet)
    title = book.add_format({"bold": True, "font_size": 16})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DDEBF7"})
    link = book.add_format({"font_color": "#0563C1", "underline": 1})
    for number, width in enumerate(_WIDTHS):
        sheet.set_column(number, number, width)
    lines = count()
    sheet.write_string(next(lines), 0, "预算 Yusuan", title)
    for name, value in _facts(build):
        sheet.write_row(next(lines), 0, (name, value))
    next(lines)
    for rule in _RULES:
        sheet.write_row(next(lines), 0, (rule,))
    next(lines)
    heads = ("表 sheet", "说明", "what it is", "粒度 grain", "类 role", "行 rows", "备注 remarks")
    sheet.write_row(next(lines), 0, heads, head)
    named = roles()
    for spec in build.tables:
        row = next(lines)
        sheet.write_url(row, 0, f"internal:'{names[spec.name]}'!A1", link, spec.name)
        about = (spec.zh, spec.en, spec.grain, " ".join(named[spec.role]))
        sheet.write_row(row, 1, (*about, build.counts[spec.name], _remark(remarks[spec.name])))
    next(lines)
    of_documents = (
        "文件 document",
        "SHA-256",
        "网址 published at",
        "类型 media type",
        "字节 bytes",
    )
    sheet.write_row(next(lines), 0, of_documents, head)
    for document in build.documents:
        source = ("path", "document_id", "source_url", "media_type", "byte_size")
        sheet.write_row(next(lines), 0, [document[name] for name in source])


def _facts(build: PublishedBuild) -> list[tuple[str, object]]:
    info = build.info
    return [
        ("构建 build", info["build_id"]),
        ("构建时间 time (UTC)", f"{build.known_at or ''}"),
        ("台账截至事件 last ledger event", info["ledger_event_id"]),
        ("程序 program", f"yusuan {info['yusuan_version']}"),
        ("代码指纹 fingerprint", info["code_fingerprint"]),
        ("文件 documents", info["documents"]),
        ("现行报表 current statements", info["current_statements"]),
        ("待处理 items that wait", info["waiting_items"]),
    ]


def _remark(found: dict[str, tuple[int, int]]) -> str:
    """Which columns have numbers as text, and texts that are cut."""
    said = [
        f"{column}: {n} {what}"
        for column, counts in found.items()
        for n, what in zip(counts, ("长数字为文本 numbers as text", "截断 cut"), strict=True)
        if n
    ]
    return "; ".join(said)
