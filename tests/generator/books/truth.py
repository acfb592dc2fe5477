"""What the warehouse must say of books, worked out from the model, never from the pipeline.

Rows by natural keys: a document's SHA-256, a kind of table, names and codes. Money is in exact
yuan, as printed, as text.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.code_lists import code_list
from tests.generator.books.axes import ROOT
from tests.generator.books.controls import controls, is_broken
from tests.generator.books.documents import NOTHING_HERE
from tests.generator.books.feeding import UNIT_AXES, Feed, fact_of, feeding
from tests.generator.controls import yuan
from tests.generator.tables import EXPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Entry, Sheet

Rows = list[tuple[Any, ...]]
UNSPLIT = "unsplit"
#: Tables of the truth and their columns.
COLUMNS = {
    "statement": ("sha256", "kind", "body", "consolidation", "fiscal_year", "phase", "unit",
                  "status", "is_declared_empty"),
    "version": ("sha256", "kind", "version_no", "reason", "is_current"),
    "item": ("sha256", "rule_id", "times"),
    "finding": ("sha256", "rule_id"),
    "printed": ("sha256", "kind", "line_no", "block", "row_node", "row_parent", "column_node",
                "column_parent", "is_leaf", "is_memo", "period", "phase", "yuan", "last_place",
                "grid_no", "row_no", "col_no"),
    "control": ("sha256", "kind", "identity_id", "grid_no", "row_no", "measure", "printed",
                "computed", "part_count", "envelope", "verdict"),
    "amount": ("fact", "sha256", "kind", "body", "unit", "function", "economic", "type", "fund",
               "three_public", "fiscal_year", "phase", "yuan"),
    "funding": ("sha256", "kind", "body", "unit", "project", "fund", "fiscal_year", "phase",
                "yuan"),
    "procurement": ("sha256", "body", "category", "project", "economic", "item", "method",
                    "fiscal_year", "phase", "yuan"),
}  # fmt: skip
#: What only a published table says.
PUBLISHED = ("amount", "funding", "procurement")


def truth(documents: Iterable[Document]) -> dict[str, Rows]:
    """Rows of every table of COLUMNS."""
    made = list(documents)
    found: dict[str, Rows] = {name: [] for name in COLUMNS}
    feeds, waits = feeding(made, consolidation)
    for document in made:
        for number, sheet in enumerate(document.book.sheets):
            for name, row in _of_sheet(document, number, sheet, feeds):
                found[name].append(row)
        found["item"] += _items(document, waits)
        found["finding"] += [(document.sha256, rule) for rule in document.findings]
    return found


def _of_sheet(
    document: Document, number: int, sheet: Sheet, feeds: set[Feed]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Statement, version, figures, controls and facts of a table."""
    key, fate = (document.sha256, sheet.kind), document.fates[number]
    body, status = document.body_of(sheet), "withheld" if fate.is_withheld else "complete"
    is_declared_empty = sheet.is_empty or sheet.spec.get("note") == NOTHING_HERE
    yield "statement", (*key, body, consolidation(document, sheet), document.fiscal_year,
                        document.phase_of(sheet), sheet.style.unit, status,
                        is_declared_empty)  # fmt: skip
    if fate.version is not None:
        yield "version", (*key, *fate.version)
    for entry in sheet.entries:
        if entry.figure.fen is not None:
            yield "printed", (*key, *_printed(document, number, sheet, entry))
    for control in controls(sheet):
        place = document.places[number, control.head.row]
        yield "control", (*key, control.identity_id, place.grid_no, place.row_no, *control.said)
    if fate.is_withheld or fate.version is None or not fate.version[2]:
        return
    for fact, unit, row in facts(document, sheet):
        if fact in BESIDE or (fact, document.sha256, number, unit) in feeds:
            yield table_of(fact), row


def _items(document: Document, waits: set[Feed]) -> Iterator[tuple[Any, ...]]:
    """What waits of a document: rule and how often."""
    counted: dict[str, int] = {}
    lone = sum(feed[1] == document.sha256 for feed in waits)
    if lone:
        counted["feeding_incomplete"] = lone
    for sheet, fate in zip(document.book.sheets, document.fates, strict=True):
        broken = sum(map(is_broken, controls(sheet))) if fate.is_withheld else 0
        for rule, times in (*((rule, 1) for rule in fate.rules), ("identity_broken", broken)):
            if times:
                counted[rule] = counted.get(rule, 0) + times
    for rule, times in counted.items():
        yield (document.sha256, rule, times)


def consolidation(document: Document, sheet: Sheet) -> str:
    """Whose book it is: the cover says so beside a year, or several units in one table."""
    if document.book.says_year and document.book.has_cover:
        return {"部门": "department", "单位": "unit"}[document.book.whose]
    units = {line.unit for lines in sheet.lines for line in lines if line.unit is not None}
    by_unit = sheet.layout.blocks[0].rows in UNIT_AXES[:3]
    return "department" if by_unit and len(units) > 1 else "unknown"


def _printed(document: Document, number: int, sheet: Sheet, entry: Entry) -> tuple[Any, ...]:
    place = document.places[number, entry.row]
    axis = sheet.layout.blocks[entry.block - 1].rows
    node, parent = entry.node, entry.row_parent
    if axis in {*UNIT_AXES, "procurement"}:
        lines = document.line_numbers(number)
        of_node = {e.node: str(lines[e.row]) for e in sheet.entries if e.node != ROOT}
        named = {ROOT: "total", **of_node}
        node, parent = named[node], named[parent] if parent is not None else None
    return (
        place.line_no, entry.block, node, parent, entry.column.node or ROOT,
        entry.column_parent, entry.is_leaf, entry.is_memo, entry.column.period,
        entry.column.phase, yuan(entry.figure.fen), _last_place(sheet, entry), place.grid_no,
        place.row_no, document.column_of(sheet, entry),
    )  # fmt: skip


def _last_place(sheet: Sheet, entry: Entry) -> str | None:
    exponent = EXPONENTS[sheet.style.unit] + 2 - entry.figure.decimals
    return yuan(10**exponent) if exponent >= 0 else None


#: Not fed: told beside facts, wherever it is printed.
BESIDE = ("memo_amount", "comparative_figure")
_NOT_THREE_PUBLIC = ("meetings", "training", "operating_cost")


def facts(document: Document, sheet: Sheet) -> Iterator[tuple[str, str | None, tuple[Any, ...]]]:
    """Fact table, unit and row of every amount of a table that is one; no unit of what has none."""
    for entry in sheet.entries:
        block = sheet.layout.blocks[entry.block - 1]
        fact = fact_of(sheet.kind, block.rows, block.columns)
        is_leaf = entry.is_row_leaf and entry.is_column_leaf
        if fact is None or entry.figure.fen is None or not is_leaf:
            continue
        told = _coordinates(sheet, entry)
        if fact == "fact_three_public" and told["three_public"] in _NOT_THREE_PUBLIC:
            fact = "memo_amount"
        if entry.is_memo:
            fact = "memo_amount"
        if not entry.is_own:
            fact = "comparative_figure"
        unit = told["unit"] if block.rows in UNIT_AXES else None
        yield fact, unit, _row(fact, document, sheet, entry, told)


def _row(
    fact: str, document: Document, sheet: Sheet, entry: Entry, told: dict[str, str | None]
) -> tuple[Any, ...]:
    body, amount = document.book.budget.body, yuan(entry.figure.fen)
    year = document.fiscal_year
    if year is not None and entry.column.period == "last_year":
        year -= 1
    when = (year, entry.column.phase or document.phase, amount)
    if fact == "fact_procurement":
        number = int(entry.node.rpartition("/")[2])
        one = sheet.budget.purchases[number]
        return (document.sha256, body, one.category, one.project, one.economic, one.item,
                one.method, *when)  # fmt: skip
    if fact == "fact_project_funding":
        return (document.sha256, sheet.kind, body, told["unit"], entry.line.label, told["fund"],
                *when)  # fmt: skip
    order = ("unit", "function", "economic", "type", "fund", "three_public")
    if fact in BESIDE:  # what is not printed, nor what its kind is about, is not said
        told = {name: said if said != UNSPLIT or name in _printed_at(sheet, entry) else None
                for name, said in told.items()}  # fmt: skip
    has = _COORDINATES.get(fact, order)
    return (fact, document.sha256, sheet.kind, body,
            *(told[name] if name in has else None for name in order), *when)  # fmt: skip


def _printed_at(sheet: Sheet, entry: Entry) -> set[str]:
    """Coordinates that the axes of an amount have."""
    block = sheet.layout.blocks[entry.block - 1]
    axes = {block.rows, block.columns} if entry.column.node else {block.rows}
    named = {"function": "function", "economic": "economic", "expenditure_type": "type",
             "fund_source": "fund"}  # fmt: skip
    found = {named[axis] for axis in axes if axis in named}
    if "expenditure_line" in axes:
        found.add("function" if entry.node.isdigit() else "type")
    return found


def table_of(fact: str) -> str:
    """The table of COLUMNS that a fact's rows stand in."""
    return {"fact_procurement": "procurement", "fact_project_funding": "funding"}.get(
        fact, "amount"
    )


_COORDINATES = {
    "fact_basic_funding": ("unit", "economic", "fund"),
    "fact_expenditure_by_function": ("function", "type"),
    "fact_expenditure_by_type": ("type",),
    "fact_appropriation_by_function": ("function", "type", "fund"),
    "fact_expenditure_by_economic": ("economic", "type", "fund"),
    "fact_revenue": ("unit", "fund"),
    "fact_three_public": ("three_public", "fund"),
}


def _coordinates(sheet: Sheet, entry: Entry) -> dict[str, str | None]:
    """By what an amount is told: from either axis, else from what its kind is about."""
    block = sheet.layout.blocks[entry.block - 1]
    scope, of_type = _kinds()[sheet.kind]
    node, column = entry.node, entry.column.node
    on = {block.rows: node, **({block.columns: column} if column else {})}
    on = {axis: UNSPLIT if said in _WHOLE else said for axis, said in on.items()}
    line = on.pop("expenditure_line", None)
    if line is not None:
        on["function" if line.isdigit() else "expenditure_type"] = line
    unit = entry.line.unit
    fund = on.get("fund_source") or (scope if scope != "all" else UNSPLIT)
    return {
        "unit": sheet.budget.units[unit].name if unit is not None else None,
        "function": on.get("function", UNSPLIT),
        "economic": node.partition("/")[2] if block.rows == "unit_economic" else on.get("economic"),
        "type": on.get("expenditure_type") or of_type or UNSPLIT,
        "fund": fund,
        "three_public": on.get("three_public"),
    }


#: Nodes that are all of their axis, or all of the year's: by them nothing is told apart.
_WHOLE = ("all_funds", "current_revenue", "total_expenditure", "current_expenditure")


@cache
def _kinds() -> dict[str, tuple[str, str | None]]:
    kinds = code_list("kinds").select("kind", "fund_scope", "expenditure_type")
    return {kind: (scope, said) for kind, scope, said in kinds.rows()}
