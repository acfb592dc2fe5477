"""A first layout for a table that none fits: what its header and its rows let one guess.

A draft is a beginning for a person: what is guessed is marked, and nothing loads it by itself.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.context import has_label
from pipelines.recognise.fragments import table_rows
from pipelines.recognise.headers import NUMBER, numbers_columns, read_header
from pipelines.recognise.match import NoMatch, candidates
from pipelines.recognise.paths import above_rows, header_paths, number_rows
from pipelines.recognise.tables import logical_cells
from pipelines.recognise.titles import bare
from pipelines.serve.layouts import read_document
from pipelines.values.amounts import money_exponents
from pipelines.values.text import fold_label
from schemas.axes import names, root
from schemas.code_lists import code_list
from schemas.layout import Layout, layouts, vocabulary
from schemas.registry import check_layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.paths import Rows
    from pipelines.recognise.pieces import Printed
    from pipelines.settings import Settings

#: Axes along which columns may run, and rows, and whose names tell which it is.
_AXES = ("fund_source", "expenditure_type", "three_public")
#: A text this long is no name.
_PROSE = 30
#: No header is longer.
_HEADER = 60
#: Share of a column's cells that say what the column is.
_MOST = 0.8
_CODE = re.compile(r"\d{2,7}")


class NothingToDraftError(LookupError):
    """The file has no such table, or none that lacks a layout."""


@dataclass(frozen=True)
class Draft:
    """A first layout of a table, as TOML; ``fits``: the table has it as it stands."""

    table_no: int
    page_no: int
    toml: str
    fits: bool


@dataclass(frozen=True)
class _Column:
    """A printed column, guessed: ``doubt`` says what a person must decide."""

    header: str
    role: str
    block: int = 1
    node: str | None = None
    period: str | None = None
    is_spread: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class _Table:
    """A table: its rows, where its header is, and what stands below each column."""

    rows: Rows
    first: int
    last: int
    paths: Mapping[int, str]
    below: Mapping[int, list[str]] = field(default_factory=dict)


def draft(settings: Settings, path: Path, table_no: int | None = None, place: str = "new") -> Draft:
    """Write a first layout for a table.

    Args:
        settings: Whose layouts and code lists.
        path: The file.
        table_no: Which of its tables; none for the first that no layout fits.
        place: The directory the layout will stand in.

    Raises:
        NothingToDraftError: there is no such table, or it has no header.
        OSError: the file cannot be opened.
    """
    document = read_document(settings, path)
    fragments = document.book.fragments if document.book else []
    fragment = _chosen(fragments, table_no)
    if document.book is None or fragment is None:
        raise NothingToDraftError(
            f"{document.refusal or '没有未识别的表 / no table lacks a layout'}; "
            f"共 {len(fragments)} 表 tables: --table N"
        )
    cells = document.book.cells.filter(pl.col("table_no") == fragment.table_no)
    table = _table(table_rows(logical_cells(cells))[fragment.table_no], fragment.width)
    toml = _toml(settings, fragment, table, place)
    try:
        layout = Layout.model_validate(tomllib.loads(toml))
        check_layout(layout, settings.config)
    except ValueError as error:
        raise NothingToDraftError(f"无法写出版式 / no layout can be written: {error}") from error
    return Draft(fragment.table_no, fragment.page_no, toml, bool(candidates(table.rows, [layout])))


def _chosen(fragments: Sequence[Fragment], table_no: int | None) -> Fragment | None:
    if table_no is not None:
        return next((each for each in fragments if each.table_no == table_no), None)
    waiting = (each for each in fragments if isinstance(each.match, NoMatch) and not each.foreign)
    return next(waiting, None)


def _table(rows: Rows, width: int) -> _Table:
    """Where its header is, by spans, words above numbers, and numbers of columns."""
    every = [list(rows.get(number, ())) for number in range(1, max(rows) + 1)]
    head = read_header(every, width)
    first = max(head.titles, above_rows(rows, width)) + 1
    figures = (n for n, row in enumerate(every, 1) if n > first and _has_figures(row))
    end = min(len(head.rows), next(figures, len(every) + 1) - 1)
    while end < len(every) and _goes_on_below(every[end - 1], every[end]):
        end += 1
    for last in range(max(end, first), len(every) + 1):
        paths = header_paths(rows, first, last)
        if paths:
            break
    else:
        raise NothingToDraftError("找不到表头 / no header is found")
    while last > first and number_rows(rows, last - 1):
        last -= 1
        paths = header_paths(rows, first, last) or paths
    if any(_is_no_header(part) for path in paths.values() for part in path.split("/")):
        raise NothingToDraftError(
            "找不到表头，或为表单 / no header is found, or it is a form of labels and values"
        )
    body = last + number_rows(rows, last)
    below: dict[int, list[str]] = {col: [] for col in paths}
    for number, row in rows.items():
        for cell in row if number > body else ():
            if cell.said and cell.col in below:
                below[cell.col].append(cell.said)
    return _Table(rows, first, last, paths, below)


def _goes_on_below(row: Sequence[Printed], below: Sequence[Printed]) -> bool:
    """Whether a header row has blanks beside a header that the row below fills, and no figures."""
    filled = next((n for n, cell in enumerate(row) if cell.said), len(row))
    blank = {cell.col for cell in row[filled:] if not cell.said}
    return not _has_figures(below) and any(cell.said and cell.col in blank for cell in below)


def _has_figures(row: Sequence[Printed]) -> bool:
    return any(NUMBER.fullmatch(cell.said) for cell in row) and not numbers_columns(row)


def _is_no_header(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None or len(text) > _HEADER


def _columns(table: _Table) -> list[_Column]:
    """What each column is, by its header and by what stands below it.

    A label or code right of an amount begins a table beside; so does a header that stands there
    already. A header merged over columns is one column.
    """
    found: list[_Column] = []
    block, before = 1, None
    for col, path in table.paths.items():
        mine = {column.header: column.role for column in found if column.block == block}
        below = table.below[col]
        if path == before:
            found[-1] = replace(found[-1], is_spread=found[-1].role == "label")
            continue
        before = path
        role = _role(path, below, is_first="label" not in mine.values())
        are_names = role == "text" and _are_names(below) and found and found[-1].role == "amount"
        is_beside = (role in {"label", "code"} or are_names) and "amount" in mine.values()
        if path in mine or is_beside:
            block += 1
            role = "label" if role == "text" and are_names else role
        found.append(_Column(path, role, block))
    lonely = set(range(1, block + 1)) - {c.block for c in found if c.role == "amount"}
    if not lonely:
        return found
    return [replace(c, block=1) for n, c in enumerate(found)
            if c.header not in {x.header for x in found[:n]}]  # fmt: skip


def _role(path: str, below: Sequence[str], *, is_first: bool) -> str:
    leaf, words = path.rpartition("/")[2], vocabulary().headers
    numbers = sum(bool(NUMBER.fullmatch(text)) for text in below)
    codes = sum(bool(_CODE.fullmatch(text)) for text in below)
    if leaf in words.number:
        return "number"
    if _has(path, words.code) and codes >= _MOST * len(below):
        return "code"
    if below and numbers >= _MOST * len(below):
        return "amount"
    if _has(leaf, words.goal):
        return "goal"
    if is_first and (not below or _are_names(below)):
        return "label"
    return "text" if below or not _has(leaf, words.money) else "amount"


def _has(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _are_names(below: Sequence[str]) -> bool:
    return bool(below) and sum(len(text) <= _PROSE for text in below) >= _MOST * len(below)


def _with_nodes(columns: Sequence[_Column], block: int) -> tuple[str, list[_Column]]:
    """The column axis of a block, and its columns with their nodes."""
    amounts = [c for c in columns if c.block == block and c.role == "amount"]
    found = {axis: [_node(c.header, axis) for c in amounts] for axis in _AXES}
    axis, nodes = max(found.items(), key=lambda item: sum(map(bool, item[1])))
    known = Counter(node for node in nodes if node)
    if len(amounts) < 2 or 2 * len(known) < len(amounts):  # noqa: PLR2004 - one column is no axis
        return "none", [_dated(c) for c in columns if c.block == block]
    by_header = dict(zip((c.header for c in amounts), nodes, strict=True))
    taken: set[str] = set()
    done = []
    for column in columns:
        if column.block != block:
            continue
        node = by_header.get(column.header) if column.role == "amount" else None
        if column.role == "amount" and (node is None or node in taken):
            doubt = f"金额；{axis} 的哪个节点？/ money; which node of {axis}?"
            done.append(replace(column, role="text", doubt=doubt))
            continue
        taken |= {node} if node else set()
        done.append(_dated(replace(column, node=node)))
    return axis, done


def _dated(column: _Column) -> _Column:
    is_last = column.role == "amount" and _has(column.header, vocabulary().headers.last_year)
    return replace(column, period="last_year") if is_last else column


def _node(path: str, axis: str) -> str | None:
    """The node that a header names; 合计 below another header is that header's."""
    known = {fold_label(name): node for name, node in names(axis).items()}
    words = vocabulary()
    totals = {fold_label(word) for word in (*words.rows.grand_total, *words.headers.subtotal)}
    segments = [_plain(part) for part in path.split("/")]
    for segment in reversed(segments):
        if segment not in totals or len(segments) == 1:
            return known.get(segment) or (root(axis) if segment in totals else None)
    return root(axis)


def _plain(name: str) -> str:
    """A name without its number and 其中: in front."""
    before = (*vocabulary().titles.before, *vocabulary().headers.part_of)
    return re.sub(f"^(?:{'|'.join(before)})*", "", name)


def _row_axis(table: _Table, columns: Sequence[_Column], block: int) -> str:
    """What the rows of a block run along, by their codes and names."""
    mine = {c.header: c.role for c in columns if c.block == block}
    texts = {
        role: [text for col, path in table.paths.items() if mine.get(path) == role
               for text in table.below[col]]
        for role in ("code", "label")
    }  # fmt: skip
    codes = [*texts["code"], *_leading_codes(texts["label"])]
    for axis, pattern in vocabulary().headers.codes.items():
        if codes and 2 * sum(re.fullmatch(pattern, code) is not None for code in codes) > len(
            codes
        ):
            return axis
    named = {axis: {fold_label(name) for name in names(axis)} for axis in _AXES}
    classes = code_list("function_classes")["name_zh"].to_list()
    named["expenditure_line"] = {fold_label(name) for name in classes}
    plain = [_plain(text) for text in texts["label"]]
    for axis, known in named.items():
        if _share(plain, known):
            return axis
    return "unit_project" if "goal" in mine.values() else "none"


def _share(texts: Sequence[str], known: set[str]) -> bool:
    return bool(texts) and 2 * sum(text in known for text in texts) >= len(texts)


def _leading_codes(labels: Iterable[str]) -> list[str]:
    return [m[1] for label in labels if (m := re.match(r"\[?(\d{3,7})\]?\D", label))]


def _shape(axes: Sequence[str], columns: Sequence[_Column], height: int) -> str:
    roles = {column.role for column in columns}
    if "amount" not in roles:
        return "row_per_indicator"
    if len(axes) > 1:
        return "side_by_side"
    if "goal" in roles:
        return "row_per_project"
    if axes[0] in {"function", "economic"}:
        return "row_per_code"
    return "single_row" if height == 1 else "row_per_line"


def _kind(title: str | None, config: Path | None) -> str:
    """The kind whose printed names are most like the title."""
    said = title or ""
    titled = [
        (x.kind, t) for x in layouts(config) for t in x.titles if re.search(f"(?:{t})$", said)
    ]
    if titled:
        return max(titled, key=lambda item: len(item[1]))[0]
    kinds = code_list("kinds", config).select("kind", "name_zh").rows()
    return str(max(kinds, key=lambda row: SequenceMatcher(None, said, row[1]).ratio())[0])


def _unit(fragment: Fragment, table: _Table) -> str:
    in_header = any(
        unit in path and ("(" in path)
        for path in table.paths.values()
        for unit in money_exponents()
    )
    above = any(has_label(text) for _, text in fragment.lines)
    return "header" if in_header and not above else "label"


def _toml(settings: Settings, fragment: Fragment, table: _Table, place: str) -> str:
    title = bare(fragment.title.text) if fragment.title else None
    columns = _columns(table)
    blocks = sorted({column.block for column in columns})
    column_axes, done = [], []
    for block in blocks:
        axis, mine = _with_nodes(columns, block)
        column_axes.append(axis)
        done += mine
    row_axes = [_row_axis(table, columns, block) for block in blocks]
    kind = _kind(title, settings.config)
    totals = {fold_label(word) for word in vocabulary().rows.grand_total}
    printed = {text for texts in table.below.values() for text in texts}
    height = max(map(len, table.below.values()), default=0)
    ask = "  # ? 请核对 / check"
    lines = [
        f"# {title or '无标题 / no title'}",
        "# 草稿：标有 ? 处须人工核对 / a draft: what is marked ? is a guess",
        "",
        f'id = "{place}/{kind}"',
        f'kind = "{kind}"{ask}: schemas/codes/kinds.csv',
        f'shape = "{_shape(row_axes, columns, height)}"{ask}',
        f"has_grand_total = {str(bool(printed & totals)).lower()}",
        *(['unit = "header"'] if _unit(fragment, table) == "header" else []),
        f"titles = ['{re.escape(title) if title else '.+'}']{'' if title else ask}",
    ]
    for rows, axis in zip(row_axes, column_axes, strict=True):
        lines += ["", "[[blocks]]", f'rows = "{rows}"{ask}']
        lines += [f'columns = "{axis}"{ask}'] if axis != "none" else []
    for column in done:
        lines += [
            "",
            "[[columns]]",
            f"header = {_quoted(column.header)}",
            f'role = "{column.role}"',
        ]
        lines[-1] += f"  # ? {column.doubt}" if column.doubt else ""
        lines += [f"block = {column.block}"] if len(blocks) > 1 else []
        lines += [f'node = "{column.node}"'] if column.node else []
        lines += [f'period = "{column.period}"'] if column.period else []
        lines += ["is_spread = true"] if column.is_spread else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
