"""What the warehouse must say of documents, worked out from the model, never from the pipeline.

Rows by natural keys: a document's SHA-256, a row's ordinal, an indicator's ordinal. Money is in
exact yuan, as text: ``funding`` has what is printed, ``true_funding`` what is true.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.generator.controls import Control, controls, yuan
from tests.generator.model import FUNDS
from tests.generator.tables import levels, unit_of
from tests.generator.values import DETAILS
from tests.printing import TITLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.generator.documents import Document
    from tests.generator.model import Indicator
    from tests.generator.tables import Row
    from tests.generator.values import Value

Rows = list[tuple[Any, ...]]

#: Tables of the truth and their columns.
COLUMNS = {
    "document": ("sha256", "path", "treatment", "sidecar"),
    "statement": ("sha256", "title", "body", "consolidation", "fiscal_year", "phase",
                  "amount_unit", "status", "row_count", "joins"),
    "version": ("sha256", "body", "fiscal_year", "version_no", "reason", "is_current"),
    "item": ("sha256", "rule_id", "about"),
    "control": ("sha256", "identity_id", "page_no", "grid_no", "row_no", "col_no", "label",
                "measure", "printed_yuan", "computed_yuan", "part_count", "envelope_yuan",
                "verdict"),
    "true_funding": ("sha256", "ordinal", "spending_unit", "project", "fund_source_id",
                     "true_yuan"),
    "project_line": ("sha256", "ordinal", "body", "spending_unit", "project", "goal",
                     "printed_total_yuan"),
    "funding": ("sha256", "ordinal", "body", "spending_unit", "project", "fund_source_id",
                "fiscal_year", "phase", "amount_yuan"),
    "indicator": ("sha256", "ordinal", "indicator_no", "level_1", "level_2",
                  "indicator_class_id", "indicator"),
    "value": ("sha256", "ordinal", "indicator_no", "horizon", "raw_text", "kind",
              "clause_count"),
    "target": ("sha256", "ordinal", "indicator_no", "horizon", "clause_no", "clause_kind",
               "comparator", "low_value", "high_value", "boolean_value", "unit", "subject",
               *DETAILS),
    "pending_funding": ("sha256", "ordinal", "spending_unit", "project", "fund_source_id",
                        "fiscal_year", "phase", "amount_yuan"),
    "pending_value": ("sha256", "project", "indicator", "horizon", "raw_text", "kind"),
}  # fmt: skip
#: Records of a document that is published, and of one that waits.
PUBLISHED = ("project_line", "funding", "indicator", "value", "target")


def truth(documents: Iterable[Document]) -> dict[str, Rows]:
    """Rows of every table of COLUMNS."""
    found: dict[str, Rows] = {name: [] for name in COLUMNS}
    for document in documents:
        checked = list(controls(document.table))
        broken = [control for control in checked if control.verdict == "broken"]
        said = list(records(document, checked))
        waits = is_withheld(document, broken)
        is_current = document.version is not None and document.version[2]
        for name, row in [*_about(document, broken), *said]:
            if name in PUBLISHED and (waits or not is_current):
                continue
            if name.startswith("pending") and not waits:
                continue
            found[name].append(row)
    return found


def is_withheld(document: Document, broken: Sequence[Control]) -> bool:
    """Whether its statement is not published."""
    return bool(broken) or any(rule.startswith("context") for rule, _ in document.rules)


def _about(document: Document, broken: Sequence[Control]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The document, its statement, its version, what waits of it."""
    table, book, key = document.table, document.table.book, document.sha256
    year = f"{table.title_year}年" if table.title_year is not None else ""
    status = "withheld" if is_withheld(document, broken) else "complete"
    yield "document", (key, document.path, document.treatment, document.sidecar)
    yield "statement", (
        key, year + TITLE, book.body, book.consolidation, document.fiscal_year,
        document.phase, table.style.unit, status, len(table.rows), table.rows[-1].grid_no - 1,
    )  # fmt: skip
    if document.version is not None:
        yield "version", (key, book.body, book.fiscal_year, *document.version)
    for rule, about in document.rules:
        yield "item", (key, rule, about)
    for control in broken:
        about = f"{control.label} {control.measure}: {control.printed_yuan} 元"
        yield "item", (key, "identity_broken", about)


def records(
    document: Document, checked: Sequence[Control]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Controls and records of a document, whether it is published or waits."""
    key = document.sha256
    for control in checked:
        yield "control", (key, *control.row())
    projects = [row for row in document.table.rows if row.role == "project"]
    for ordinal, row in enumerate(projects, 1):
        yield from _project(document, ordinal, row)


def _project(document: Document, ordinal: int, row: Row) -> Iterator[tuple[str, tuple[Any, ...]]]:
    key, body = document.sha256, document.table.book.body
    project, unit = row.project, unit_of(document.table, row)
    if project is None or unit is None:
        raise ValueError(f"{row}: a project row without its project and unit")
    year, phase = document.fiscal_year, document.phase
    total, *funds = row.figures
    goal = project.goal or None
    name = project.name
    yield "project_line", (key, ordinal, body, unit.name, name, goal, yuan(total.fen))
    for fund, figure, true in zip(FUNDS, funds, project.amounts, strict=True):
        yield "true_funding", (key, ordinal, unit.name, name, fund, str(true))
        if figure.fen is None:
            continue
        amount = yuan(figure.fen)
        if unit.name not in document.fed_elsewhere:
            yield "funding", (key, ordinal, body, unit.name, name, fund, year, phase, amount)
        yield "pending_funding", (key, ordinal, unit.name, name, fund, year, phase, amount)
    for number, indicator in enumerate(project.indicators, 1):
        at = (key, ordinal, number)
        level_1, level_2 = levels(indicator, document.table.style)
        class_id = f"v1/{indicator.class_code}"
        yield "indicator", (*at, level_1, level_2, class_id, indicator.name)
        for horizon, value in _horizons(indicator):
            yield "value", (*at, horizon, value.text, value.kind, len(value.clauses))
            yield "pending_value", (key, name, indicator.name, horizon, value.text, value.kind)
            if unit.name not in document.fed_elsewhere:
                yield from _targets((*at, horizon), value)


def _horizons(indicator: Indicator) -> Iterator[tuple[str, Value]]:
    if indicator.cycle is not None:
        yield "cycle", indicator.cycle
    if indicator.annual is not None:
        yield "annual", indicator.annual


def _targets(at: tuple[Any, ...], value: Value) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for number, c in enumerate(value.clauses, 1):
        yield "target", (*at, number, c.kind, c.comparator, c.low, c.high, c.boolean, c.unit,
                         c.subject, *(getattr(c, name) for name in DETAILS))  # fmt: skip


def project_identities(documents: Iterable[Document]) -> int:
    """How many projects over years the published documents name.

    The same name in the same unit is one project; a name that a statement prints several times
    in one unit is each time a project of its own.
    """
    linked: set[tuple[str, str]] = set()
    alone = 0
    for document in documents:
        for unit in document.table.book.units:
            for name, times in Counter(project.name for project in unit.projects).items():
                if times > 1:
                    alone += times
                else:
                    linked.add((unit.name, name))
    return len(linked) + alone
