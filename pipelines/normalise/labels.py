"""What names a row: its label and its code, put together from the cells that print them.

A label may stand over several columns, the more general left of the more special: a path. A code
may be split over columns (类 | 款 | 项), each part alone or with those before it. In both a blank
repeats what stands above it, as long as something stands right of it. Code and name may also
share a cell: ``[206]科学技术支出``, ``2101505-医疗保障政策管理``.
"""

from __future__ import annotations

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE
from pipelines.normalise.names import folded_name
from pipelines.recognise.items import place_expr
from pipelines.values.text import fold, folded
from schemas.layout import vocabulary

#: A code of a class: 3 digits and pairs of digits below them.
CODE = r"\d{3}(?:\d{2}){0,2}"
#: Axes along which rows have codes of classes.
CODED = ("function", "economic", "expenditure_line")
_JOINED = rf"^[\[【(]?({CODE})[\]】)]?(?:$|[-－—–_:、.\s]*(\D.*)$)"
_PATH = " / "


def labels(placed: pl.DataFrame) -> pl.DataFrame:
    """What names each row of a block.

    Args:
        placed: As ``pipelines.normalise.cells.placed_cells`` gives them.

    Returns:
        One row per LINE with a name or code: ``label`` (as printed, a path joined by `` / ``),
        ``label_cell`` and ``place`` (of the part that names the row), ``name`` (that part without
        a code), ``code`` (null if none is printed), ``code_cell``.
    """
    pieces = _carried(_pieces(placed))
    named = _paths(pieces).join(_codes(pieces), on=LINE, how="full", coalesce=True)
    return _joined(_swapped(named)).sort(LINE)


def said(column: str) -> pl.Expr:
    """A name or prose, or an empty text where a dash or a word says that there is none."""
    blank = vocabulary().blank
    nothing = [fold(word).text for word in (*blank.dash, *blank.words)]
    plain = folded(column).str.strip_chars()
    return pl.when(plain.is_in(nothing)).then(pl.lit("")).otherwise(pl.col(column)).alias(column)


def _pieces(placed: pl.DataFrame) -> pl.DataFrame:
    """Cells of labels and codes, one row for each piece of a row, blank ones too.

    A word that heads a part of a code (类 | 款 | 项) and stands in a row of the body is no code.
    """
    heads = pl.col("text").is_in(list(vocabulary().headers.code_parts))
    is_head = (pl.col("role") == "code") & heads
    is_filled = (pl.col("text") != "").any().over(LINE)
    return (
        placed.with_columns(has_more=is_filled)
        .filter(pl.col("role").is_in(["label", "code"]))
        .with_columns(said("text"))
        .with_columns(text=pl.when(is_head).then(pl.lit("")).otherwise("text"))
        .select(*LINE, "role", "piece", "is_more", "is_carried", "has_more", "row_axis",
                "cell_id", place=place_expr(),
                text=pl.when("is_more").then(pl.lit("")).otherwise("text"))
        .sort(*BLOCK, "role", "line_no", "piece")
    )  # fmt: skip


def _carried(pieces: pl.DataFrame) -> pl.DataFrame:
    """Pieces with blank ones filled from above: until anything changes left of them."""
    of_line = [*LINE, "role"]
    filled = (pl.col("text") != "").cast(pl.Int32)
    count = filled.cum_sum().over(of_line)
    known = pieces.with_columns(
        is_left=count > filled, is_right=filled.sum().over(of_line) > count,
        is_single=(pl.col("piece").max().over([*BLOCK, "role"]) == 1),
    ).with_columns(run=pl.col("is_left").cum_sum().over([*BLOCK, "role", "piece"]))  # fmt: skip
    may = (
        ((pl.col("role") == "code") & pl.col("is_right"))
        | (pl.col("is_carried") & (pl.col("is_right") | pl.col("is_single")) & pl.col("has_more"))
    ) & (pl.col("text") == "") & ~pl.col("is_more")  # fmt: skip

    def carried(column: str) -> pl.Expr:
        printed = pl.when(pl.col("text") != "").then(column)
        above = printed.forward_fill().over([*BLOCK, "role", "piece", "run"])
        return pl.when(may).then(above).otherwise(column).alias(column)

    return known.with_columns(map(carried, ("text", "cell_id", "place"))).filter(
        pl.col("text").fill_null("") != ""
    )


def _paths(pieces: pl.DataFrame) -> pl.DataFrame:
    """Labels; a word for a part's own total leaves the name to the piece before it."""
    subtotal = [fold(word).text for word in vocabulary().rows.subtotal]
    names = pieces.filter(pl.col("role") == "label").with_columns(
        is_total=folded_name("text").is_in(subtotal)
    )
    is_name = ~pl.col("is_total") | pl.col("is_total").all()
    return names.group_by(LINE, maintain_order=True).agg(
        pl.col("row_axis").first(),
        *(pl.col(c).filter(is_name).last() for c in ("cell_id", "place")),
        label=pl.col("text").str.join(_PATH),
        name=pl.col("text").filter(is_name).last(),
    ).rename({"cell_id": "label_cell"})  # fmt: skip


def _codes(pieces: pl.DataFrame) -> pl.DataFrame:
    """Codes; a part of two digits stands below the parts left of it.

    A part of one digit, right of a part of more, has lost its zero.
    """
    plain = folded("text").str.replace_all(r"\s", "").str.strip_chars("[]【】")
    is_part = (pl.int_range(pl.len()).over(LINE) > 0) & plain.str.contains(r"^\d$")
    codes = pieces.filter(pl.col("role") == "code").with_columns(
        digits=pl.when(is_part).then(plain.str.zfill(2)).otherwise(plain)
    )
    is_whole = pl.col("digits").str.len_chars() != 2  # noqa: PLR2004 - a pair of digits
    from_whole = pl.int_range(pl.len()) >= pl.int_range(pl.len()).filter(is_whole).max()
    return codes.group_by(LINE, maintain_order=True).agg(
        code_axis=pl.col("row_axis").first(),
        code_place=pl.col("place").last(),
        code_cell=pl.col("cell_id").last(),
        code_text=pl.col("text").last(),
        code=pl.col("digits").filter(from_whole.fill_null(value=True)).str.join(""),
    )


def _swapped(named: pl.DataFrame) -> pl.DataFrame:
    """A name that stands where codes do, beside no name, is the row's name."""
    is_name = pl.col("label").is_null() & ~pl.col("code").str.contains(rf"^{CODE}$")
    return named.with_columns(
        label=pl.when(is_name).then("code_text").otherwise("label"),
        name=pl.when(is_name).then("code_text").otherwise("name"),
        label_cell=pl.when(is_name).then("code_cell").otherwise("label_cell"),
        place=pl.coalesce("place", "code_place"),
        row_axis=pl.coalesce("row_axis", "code_axis"),
        code=pl.when(~is_name).then("code"),
        code_cell=pl.when(~is_name).then("code_cell"),
    ).drop("code_text", "code_axis", "code_place")


def _joined(named: pl.DataFrame) -> pl.DataFrame:
    """Code and name parted where one cell holds both."""
    plain = folded("name").str.strip_chars()
    found = plain.str.extract(_JOINED, 1)
    is_joined = pl.col("code").is_null() & pl.col("row_axis").is_in(CODED) & found.is_not_null()
    return named.with_columns(
        code=pl.when(is_joined).then(found).otherwise("code"),
        name=pl.when(is_joined).then(plain.str.extract(_JOINED, 2)).otherwise("name"),
        code_cell=pl.when(is_joined).then("label_cell").otherwise("code_cell"),
    )
