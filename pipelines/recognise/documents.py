"""Recognise documents: statements with context and joins, and what each cell is to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.context import REQUIRED, Clue, choose, read_line, sidecar_clues
from pipelines.recognise.fragments import Fragment, Group, join_fragments, read_fragments
from pipelines.recognise.items import ITEM_SCHEMA, Item, place_expr, place_text
from pipelines.recognise.match import Match
from pipelines.values.amounts import money_exponents
from pipelines.values.keys import key_expr
from pipelines.values.years import year_clues
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.documents.context import DocumentContext
    from pipelines.documents.readings import ReadingKey
    from pipelines.extract.grids import Extraction
    from schemas.layout import Layout

STATEMENT_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "document_id": pl.String,
    "statement_no": pl.Int32,
    "kind": pl.String,
    "layout_id": pl.String,
    "fund_scope": pl.String,
    "title": pl.String,
    "place": pl.String,
    "body": pl.String,
    "consolidation": pl.String,
    "fiscal_year": pl.Int32,
    "phase": pl.String,
    "region": pl.String,
    "unit": pl.String,
}
CLUE_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "clue_no": pl.Int32,
    "field": pl.String,
    "value": pl.String,
    "source": pl.String,
    "evidence": pl.String,
    "cell_id": pl.String,
    "is_chosen": pl.Boolean,
}
JOIN_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "join_no": pl.Int32,
    "rule_id": pl.String,
    "page_no": pl.Int32,
    "grid_no": pl.Int32,
    "detail": pl.String,
}
#: Columns added to the extracted cells. ``disposition`` is null for blank cells, and for cells
#: of the body of a statement until normalisation knows the roles of rows.
_ROLE_SCHEMA: dict[str, Any] = {
    "grid_no": pl.Int32,
    "col_no": pl.Int32,
    "statement_no": pl.Int32,
    "header_row": pl.Int32,
    "width": pl.Int32,
    "header_disposition": pl.String,
    "role": pl.String,
    "fund_source_id": pl.String,
}


@dataclass
class _Rows:
    """Rows collected over the documents of a batch."""

    statement: list[dict[str, Any]] = field(default_factory=list)
    clue: list[dict[str, Any]] = field(default_factory=list)
    join: list[dict[str, Any]] = field(default_factory=list)
    item: list[dict[str, Any]] = field(default_factory=list)
    cells: list[pl.DataFrame] = field(default_factory=list)


def recognise(
    readings: Iterable[tuple[ReadingKey, Extraction, DocumentContext]],
    layouts: Sequence[Layout],
) -> dict[str, pl.DataFrame]:
    """Recognise a batch.

    Returns:
        ``reading`` (one per document), ``page``, ``statement``, ``clue``, ``join``, ``cell``
        (every cell and line, with what it is to its statement), ``item`` (what waits).
    """
    rows = _Rows()
    heads: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    for key, extraction, context in readings:
        heads.append(_reading_row(key, extraction, context))
        pages += [
            {"reading_id": key.reading_id, "page_no": p.page_no, "cell_count": p.cell_count}
            for p in extraction.pages
        ]
        items = [
            *_refusals(extraction, context),
            *_document(key, extraction, context, layouts, rows),
        ]
        rows.item += [item.row(key.reading_id, key.document_id) for item in items]
    page_schema = {"reading_id": pl.String, "page_no": pl.Int32, "cell_count": pl.Int32}
    return {
        "reading": pl.DataFrame(heads, schema=READING_SCHEMA),
        "page": pl.DataFrame(pages, schema=page_schema),
        "statement": pl.DataFrame(rows.statement, schema=STATEMENT_SCHEMA),
        "clue": pl.DataFrame(rows.clue, schema=CLUE_SCHEMA),
        "join": pl.DataFrame(rows.join, schema=JOIN_SCHEMA),
        "cell": pl.concat(rows.cells) if rows.cells else pl.DataFrame(),
        "item": pl.DataFrame(rows.item, schema=ITEM_SCHEMA),
    }


READING_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "document_id": pl.String,
    "media_type": pl.String,
    "encoding": pl.String,
    "source_url": pl.String,
    "published_on": pl.Date,
    "supersedes": pl.String,
    "source_errors": pl.List(pl.Struct({"item": pl.String, "why": pl.String})),
}


def _reading_row(
    key: ReadingKey, extraction: Extraction, context: DocumentContext
) -> dict[str, Any]:
    sidecar = context.sidecar
    return {
        "reading_id": key.reading_id,
        "document_id": key.document_id,
        "media_type": extraction.media_type,
        "encoding": extraction.encoding,
        "source_url": sidecar.source_url if sidecar else None,
        "published_on": sidecar.published_on if sidecar else None,
        "supersedes": sidecar.supersedes if sidecar else None,
        "source_errors": [e.model_dump() for e in sidecar.source_errors] if sidecar else [],
    }


def _refusals(extraction: Extraction, context: DocumentContext) -> Iterable[Item]:
    everywhere = "全文 / whole document"
    for rule_id, found, expected in context.problems:
        yield Item("document", everywhere, rule_id, found, expected, "none", subject=found)
    refusal = extraction.refusal
    if refusal is not None:
        yield Item("document", everywhere, refusal.rule_id, refusal.found, refusal.expected, "none")
    elif extraction.cells.filter(pl.col("grid_no") > 0).is_empty():
        yield Item("document", everywhere, "no_grid", "0 表 / 0 grids", "≥ 1 表 / grid", "none")
    for page in extraction.pages:
        if page.char_count != page.cell_char_count:
            found = f"{page.cell_char_count} / {page.char_count}"
            yield Item(
                "document", place_text(page.page_no), "characters_unaccounted", found,
                str(page.char_count), "none",
            )  # fmt: skip


def _document(
    key: ReadingKey,
    extraction: Extraction,
    context: DocumentContext,
    layouts: Sequence[Layout],
    rows: _Rows,
) -> Iterable[Item]:
    identity: list[str | pl.Expr] = [
        pl.lit(key.document_id),
        "page_no",
        "grid_no",
        "row_no",
        "col_no",
    ]
    cells = extraction.cells.with_columns(cell_id=key_expr(*identity))
    fragments = read_fragments(cells, layouts)
    groups = join_fragments(fragments)
    lines: dict[str, tuple[str, int | None]] = {}
    roles: list[dict[str, Any]] = []
    years = _year_clues(cells)
    for statement_no, group in enumerate(groups, 1):
        yield from _statement(key, statement_no, group, context, years, rows)
        yield from _place_group(statement_no, group, lines, roles)
        rows.join += _joins(key, statement_no, group)
    yield from _unmatched(fragments, groups, lines)
    yield from _stray_lines(cells, lines, len(groups))
    rows.cells.append(_classified(key, cells, lines, roles))


def _unmatched(
    fragments: Sequence[Fragment],
    groups: Sequence[Group],
    lines: dict[str, tuple[str, int | None]],
) -> Iterable[Item]:
    """Grids that nothing fits; what may be the rest of the statement before makes it partial."""
    statement_of = {
        id(f): number for number, group in enumerate(groups, 1) for f in group.fragments
    }
    before: int | None = None
    for fragment in fragments:
        before = statement_of.get(id(fragment), before)
        if isinstance(fragment.match, Match):
            continue
        lines.update({cell_id: ("quarantined", None) for cell_id, _ in fragment.lines})
        is_rest = before is not None and _is_rest(fragment, groups[before - 1])
        yield Item(
            "grid", place_text(fragment.page_no, fragment.grid_no), fragment.match.rule_id,
            fragment.match.found, fragment.match.expected, "partial" if is_rest else "none",
            before if is_rest else None,
        )  # fmt: skip


def _is_rest(fragment: Fragment, group: Group) -> bool:
    """Whether a grid goes on after a statement: no line between, or only text of a broken cell."""
    read = [read_line(cell_id, text, group.layout) for cell_id, text in fragment.lines]
    is_headed = any(line.is_title or line.clues for line in read)
    same_width = fragment.width == group.fragments[0].width
    return not read or (same_width and not is_headed)


def _statement(
    key: ReadingKey,
    statement_no: int,
    group: Group,
    context: DocumentContext,
    years: list[dict[str, Any]],
    rows: _Rows,
) -> Iterable[Item]:
    """The statement's row and clues; an item for each required field that is not decided."""
    first = group.fragments[0]
    place = place_text(first.page_no, first.grid_no)
    clues, chosen, conflicts = choose([*sidecar_clues(context.sidecar), *group.clues])
    number = {"reading_id": key.reading_id, "statement_no": statement_no}
    rows.clue += [
        number | {"clue_no": n, "field": c.field, "value": c.value, "source": c.source,
                  "evidence": c.evidence, "cell_id": c.cell_id, "is_chosen": c.is_chosen}
        for n, c in enumerate(clues, 1)
    ]  # fmt: skip
    rows.statement.append(
        number
        | {
            "document_id": key.document_id,
            "kind": group.layout.kind,
            "layout_id": group.layout.id,
            "fund_scope": group.layout.fund_scope,
            "title": first.title,
            "place": place,
            "body": chosen.get("body"),
            "consolidation": chosen.get("consolidation", "unknown"),
            "fiscal_year": int(chosen["fiscal_year"]) if "fiscal_year" in chosen else None,
            "phase": chosen.get("phase"),
            "region": chosen.get("region"),
            "unit": chosen.get("unit"),
        }
    )
    for name in REQUIRED:
        if name in conflicts:
            mine = [_clue_row(c) for c in clues if c.field == name]
            found = " ≠ ".join(row["value"] for row in mine)
            yield Item("statement", place, "context_conflict", found, name, "withheld",
                       statement_no, name, mine)  # fmt: skip
        elif name not in chosen:
            mine = years if name == "fiscal_year" else []
            yield Item("statement", place, "context_missing", "未印刷 / not printed", name,
                       "withheld", statement_no, name, mine)  # fmt: skip
        elif name == "unit" and chosen[name] not in money_exponents():
            known = f"{name}: {', '.join(money_exponents())}"
            yield Item("statement", place, "context_missing", chosen[name], known, "withheld",
                       statement_no, name)  # fmt: skip


def _clue_row(clue: Clue) -> dict[str, Any]:
    return {"value": clue.value, "around": clue.evidence, "source": clue.source}


def _year_clues(cells: pl.DataFrame) -> list[dict[str, Any]]:
    """Every year that the document's text mentions, its place, and the words around it."""
    mentioned = cells.filter(pl.col("text").str.contains(r"(?:19|20)\d{2}")).sort("seq")
    return [
        {"value": str(clue.year), "place": place, "around": clue.around}
        for place, text in mentioned.select(place_expr(), "text").iter_rows()
        for clue in year_clues(text)
    ]


def _place_group(
    statement_no: int,
    group: Group,
    lines: dict[str, tuple[str, int | None]],
    roles: list[dict[str, Any]],
) -> Iterable[Item]:
    """What the lines and columns of a statement's grids are."""
    for fragment in group.fragments:
        is_first = fragment is group.fragments[0]
        assert isinstance(fragment.match, Match)  # noqa: S101 - join_fragments groups no other
        for line in fragment.read:
            if line.is_title or line.clues:
                said = "title" if line.is_title else "context"
                lines[line.cell_id] = (said if is_first else "repeat", statement_no)
            elif is_first or _is_note(line.text):
                lines[line.cell_id] = ("note", statement_no)
            else:
                lines[line.cell_id] = ("quarantined", statement_no)
                yield _stray(line.text, fragment.page_no, statement_no, line.cell_id)
        roles += _column_roles(statement_no, fragment, "header" if is_first else "repeat")


def _column_roles(
    statement_no: int, fragment: Fragment, header_disposition: str
) -> Iterable[dict[str, Any]]:
    match = fragment.match
    assert isinstance(match, Match)  # noqa: S101
    for col_no, column in match.columns.items():
        yield {
            "grid_no": fragment.grid_no,
            "col_no": col_no,
            "statement_no": statement_no,
            "header_row": match.header_row,
            "width": fragment.width,
            "header_disposition": header_disposition,
            "role": column.role,
            "fund_source_id": column.fund_source_id,
        }


def _joins(key: ReadingKey, statement_no: int, group: Group) -> list[dict[str, Any]]:
    return [
        {
            "reading_id": key.reading_id,
            "statement_no": statement_no,
            "join_no": number,
            "rule_id": "repeated_header",
            "page_no": fragment.page_no,
            "grid_no": fragment.grid_no,
            "detail": f"标题、标签与表头重复，续接表{group.fragments[0].grid_no} / repeats title, "
            f"labels and header of grid {group.fragments[0].grid_no}; header dropped",
        }
        for number, fragment in enumerate(group.fragments[1:], 1)
    ]


def _stray_lines(
    cells: pl.DataFrame, lines: dict[str, tuple[str, int | None]], statements: int
) -> Iterable[Item]:
    """Lines after the last grid: notes, or text that may be the rest of a broken cell."""
    rest = cells.filter((pl.col("grid_no") == 0) & (pl.col("text") != "")).sort("seq")
    for cell_id, text, page_no in rest.select("cell_id", "text", "page_no").iter_rows():
        if cell_id in lines:
            continue
        if statements and not _is_note(text):
            lines[cell_id] = ("quarantined", statements)
            yield _stray(text, page_no, statements, cell_id)
        else:
            lines[cell_id] = ("note", None)


def _stray(text: str, page_no: int, statement_no: int, cell_id: str) -> Item:
    expected = "标题、标签、注 / a title, a label, a note"
    return Item("grid", place_text(page_no), "text_outside_grids", text, expected, "partial",
                statement_no, cell_id)  # fmt: skip


def _is_note(text: str) -> bool:
    return text.startswith(vocabulary().notes.starts)


def _classified(
    key: ReadingKey,
    cells: pl.DataFrame,
    lines: dict[str, tuple[str, int | None]],
    roles: list[dict[str, Any]],
) -> pl.DataFrame:
    """Cells with what they are: lines and headers decided, bodies with the role of their column."""
    line_frame = pl.DataFrame(
        [(cell_id, said, number) for cell_id, (said, number) in lines.items()],
        schema={"cell_id": pl.String, "line_disposition": pl.String, "line_statement": pl.Int32},
        orient="row",
    )
    role_frame = pl.DataFrame(roles, schema=_ROLE_SCHEMA)
    of_grid = role_frame.group_by("grid_no").agg(
        pl.col("statement_no", "header_row", "width", "header_disposition").first()
    )
    of_column = role_frame.select("grid_no", "col_no", "role", "fund_source_id")
    filled = pl.col("text") != ""
    above = pl.col("row_no") < pl.col("header_row")
    return (
        cells.join(line_frame, on="cell_id", how="left", maintain_order="left")
        .join(of_grid, on="grid_no", how="left", maintain_order="left")
        .join(of_column, on=["grid_no", "col_no"], how="left", maintain_order="left")
        .with_columns(
            disposition=pl.when(~filled)
            .then(None)
            .when(pl.col("grid_no") == 0)
            .then(pl.col("line_disposition"))
            .when(pl.col("statement_no").is_null())
            .then(pl.lit("quarantined"))
            .when(pl.col("row_no") == pl.col("header_row"))
            .then(pl.col("header_disposition"))
            .when(above)
            .then(pl.lit("note")),
            is_body=(pl.col("row_no") > pl.col("header_row")).fill_null(value=False),
            statement_no=pl.coalesce("statement_no", "line_statement"),
            reading_id=pl.lit(key.reading_id),
            document_id=pl.lit(key.document_id),
        )
        .drop("line_disposition", "line_statement", "header_row", "header_disposition")
    )
