"""Indicators printed in rows of their own: levels, name and values each in a cell.

A level holds for the rows below it until another one is printed. A value whose comparator or unit
stands in a column of its own is put together with them, and each piece keeps its cell.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from pipelines.normalise.cells import ROW, STATEMENT
from pipelines.normalise.labels import said
from pipelines.normalise.values import PIECES, TEXT, beside_the_other, read_values
from pipelines.recognise.items import place_expr
from pipelines.values.text import fold_label, folded
from schemas.code_lists import code_list
from schemas.layout import vocabulary

#: Role of a column of values → the horizon that they are of.
HORIZONS = {"cycle_value": "cycle", "annual_value": "annual", "value": "unstated"}
LEVELS = ("level_1", "level_2")
_NAME, _COMPARATOR, _UNIT = "indicator_name", "comparator", "measure_unit"
#: Roles of what the row of an indicator prints.
ROLES = (*LEVELS, _NAME, *HORIZONS, _COMPARATOR, _UNIT)
#: An indicator among its records.
_INDICATOR = (*ROW, "cell_id", "ordinal")
_OWNER = (*STATEMENT, "owner_line")
#: A bare number or range, to which a unit in a column of its own belongs.
_NUMBER = r"^[-+]?\d[\d.,\s~～\-—–至到]*$"


def indicator_lines(cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Records of indicators that have rows of their own.

    Args:
        cells: One row per printed row and cell: STATEMENT; ``line_no``, of the row; ``owner_line``,
            of the project that the indicator belongs to, null where it is the body's own;
            ``role`` (of ``ROLES``), ``cell_id``, ``text``, ``is_carried``, and its place.

    Returns:
        ``indicator``, ``value``, ``clause``, ``unread`` as ``pipelines.normalise.targets`` gives
        them: ``line_no`` is the project's, or the row's own; ``cell_id`` is the name's.
    """
    lines = _parted(_carried(_lines(cells)))
    named = lines.filter(pl.col(_NAME) != "").with_columns(
        ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(_OWNER),
        line_no=pl.coalesce("owner_line", "line_no"),
        cell_id=f"{_NAME}_cell",
    )
    values = _values(named)
    read, clauses = read_values(values.select(TEXT).unique(maintain_order=True))
    known = beside_the_other(
        values.join(read, on=TEXT, how="left", maintain_order="left"), clauses, _INDICATOR
    )
    return {
        "indicator": named.select(
            *ROW, "place", "cell_id", "ordinal", name=_NAME,
            level_1_raw=_printed("level_1"), level_2_raw=_printed("level_2"),
            name_from="name_from",
            name_to=(pl.col("name_from") + pl.col(_NAME).str.len_chars()).cast(pl.Int32),
        ).select(
            *ROW, "place", "cell_id", "ordinal", "level_1_raw", "level_2_raw", "name",
            "name_from", "name_to",
        ),
        "value": known.select(pl.exclude("name", "pieces"), "pieces"),
        "clause": values.drop("pieces")
        .join(clauses, on=TEXT, how="inner", maintain_order="left_right")
        .drop("name"),
        "unread": _nameless(lines),
    }  # fmt: skip


def _lines(cells: pl.DataFrame) -> pl.DataFrame:
    """A row per printed row: the text and the cell of each role, null where it has no column."""
    plain = cells.with_columns(pl.when(pl.col("role").is_in(HORIZONS)).then("text")
                               .otherwise(_said()).alias("text"))  # fmt: skip

    def first(column: str, role: str) -> pl.Expr:
        mine = pl.col(column).filter(pl.col("role") == role)
        filled = mine.filter(pl.col("text").filter(pl.col("role") == role) != "")
        return pl.coalesce(filled.first(), mine.first())

    return plain.sort(*STATEMENT, "line_no").group_by(
        *STATEMENT, "line_no", "owner_line", maintain_order=True
    ).agg(
        *(first("text", role).alias(role) for role in ROLES),
        *(first("cell_id", role).alias(f"{role}_cell") for role in ROLES),
        *(pl.col("is_carried").filter(pl.col("role") == level).any().alias(f"{level}_is_carried")
          for level in LEVELS),
        place=pl.coalesce(place_expr().filter(pl.col("role") == _NAME).first(),
                          place_expr().first()),
    )  # fmt: skip


def _said() -> pl.Expr:
    return said("text")


def _carried(lines: pl.DataFrame) -> pl.DataFrame:
    """Levels filled from above; the second only as long as the first stays the same.

    A row whose level is the rest of a cell that the end of a page cut has no cell for it.
    """
    runs: list[str] = list(_OWNER)
    for level in LEVELS:
        above = pl.when(pl.col(level) != "").then(level).forward_fill().over(runs)
        is_carried = pl.col(f"{level}_is_carried").any().over(STATEMENT)
        is_open = is_carried & (pl.col(level).fill_null("") == "")
        lines = lines.with_columns(pl.when(is_open).then(above).otherwise(level).alias(level))
        lines = lines.with_columns(
            pl.col(level).fill_null("").rle_id().over(_OWNER).alias(f"{level}_run")
        )
        runs.append(f"{level}_run")
    return lines


def _parted(lines: pl.DataFrame) -> pl.DataFrame:
    """With ``name_from``; names in one cell with both of their levels, 产出指标数量指标…, parted.

    Only where the levels have no columns of their own, and both are printed in full.
    """
    first, second = (f"(?:{'|'.join(map(re.escape, words))})" for words in _level_words())
    parts = pl.col(_NAME).str.extract_groups(f"^({first})({second})(.+)$").struct
    is_parted = (
        pl.all_horizontal(pl.col(level).is_null() for level in LEVELS)
        & parts.field("3").is_not_null()
    ).fill_null(value=False)

    def part(group: str, column: str) -> pl.Expr:
        return pl.when(is_parted).then(parts.field(group)).otherwise(column).alias(column)

    length = pl.col(_NAME).str.len_chars() - parts.field("3").str.len_chars()
    return lines.with_columns(
        part("1", "level_1"), part("2", "level_2"), part("3", _NAME),
        name_from=pl.when(is_parted).then(length).otherwise(0).cast(pl.Int32),
    )  # fmt: skip


@cache
def _level_words() -> tuple[list[str], list[str]]:
    """Names of the levels that end with 指标, the longest first."""
    classes = code_list("indicator_classes")
    words: dict[str, set[str]] = {"1": set(), "2": set()}
    for level, name, aliases in classes.select("class_level", "name_zh", "aliases").iter_rows():
        words[level] |= {w for w in (name, *(aliases or "").split("|")) if w.endswith("指标")}
    return tuple(sorted(words[level], key=lambda w: (-len(w), w)) for level in ("1", "2"))  # type: ignore[return-value]


def _printed(level: str) -> pl.Expr:
    return pl.when(pl.col(level) != "").then(level)


def _values(named: pl.DataFrame) -> pl.DataFrame:
    """Stated values, one row per indicator and horizon, with the pieces they are put together of.

    A comparator goes before a value that has none, a unit behind a bare number.
    """
    stated = [
        named.filter(pl.col(role).fill_null("") != "").select(
            *ROW, "place", "cell_id", "ordinal", horizon=pl.lit(horizon), name=_NAME, value=role,
            value_cell=f"{role}_cell", before=_COMPARATOR, before_cell=f"{_COMPARATOR}_cell",
            behind=_UNIT, behind_cell=f"{_UNIT}_cell",
        )
        for role, horizon in HORIZONS.items()
    ]  # fmt: skip
    plain = folded("value").str.strip_chars()
    is_bare = plain.str.contains(_NUMBER)
    is_word = pl.col("before").is_in(_said_in_words())
    parts = pl.concat(stated).with_columns(
        before=pl.when(is_bare & ~is_word).then("before").fill_null(""),
        behind=pl.when(is_bare).then("behind").fill_null(""),
    )
    at: dict[str, pl.Expr] = {}
    end = pl.lit(0)
    for part in ("before", "value", "behind"):
        length = pl.col(part).str.len_chars()
        at[part] = pl.struct(
            cell_id=pl.col(f"{part}_cell"), start=end, end=end + length, cell_from=pl.lit(0)
        )
        end = end + length
    pieces = pl.concat_list(list(at.values())).cast(PIECES)
    is_filled = pl.element().struct.field("start") < pl.element().struct.field("end")
    order = [*ROW, "ordinal", pl.col("horizon").replace_strict(_order(), return_dtype=pl.Int32)]
    return parts.sort(order, maintain_order=True).select(
        *ROW, "place", "cell_id", "ordinal", "horizon",
        raw_text=pl.concat_str("before", "value", "behind"), name="name",
        pieces=pieces.list.eval(pl.element().filter(is_filled)),
    )  # fmt: skip


def _order() -> dict[str, int]:
    return {horizon: n for n, horizon in enumerate(HORIZONS.values())}


def _said_in_words() -> list[str]:
    """What stands for a comparator where a value is said in words (定性)."""
    return [fold_label(word) for word in vocabulary().blank.comparators]


def _nameless(lines: pl.DataFrame) -> pl.DataFrame:
    """Values without the name of an indicator."""
    values = [pl.col(role).fill_null("") for role in HORIZONS]
    found = pl.concat_str(values, separator=" ").str.strip_chars()
    return lines.filter((pl.col(_NAME).fill_null("") == "") & (_without_words(found) != "")).select(
        *ROW, "place", found=found, expected=pl.lit("指标名称 / the name of an indicator")
    )


def _without_words(text: pl.Expr) -> pl.Expr:
    blank = vocabulary().blank
    nothing = [fold_label(word) for word in (*blank.dash, *blank.words)]
    return pl.when(text.is_in(nothing)).then(pl.lit("")).otherwise(text)
