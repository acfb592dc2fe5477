"""Where an identity is broken: which cells a second reader is asked, and what its answer means.

If it reads every amount of the statement as the first reader did, and no number besides, the
reading is confirmed: the error is the source's. A lost or doubled row is so not confirmed away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.extract.second_reader import ASKED_SCHEMA
from pipelines.recognise.items import place_expr

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Differences that an item names; it says how many there are.
_NAMED = 12
#: How the second reader fares with a cell that it was asked (``second_reader.SECOND_SCHEMA``).
_READ = ("table", "box")


def cells_to_ask(conformed: Mapping[str, pl.DataFrame], items: pl.DataFrame) -> pl.DataFrame:
    """What the second reader is asked because of these items.

    Args:
        conformed: Frames of ``pipelines.conform.records.conform``.
        items: What waits, with ``rule_id`` and ``statement_id``.

    Returns:
        ``statement_id, document_id`` and ``ASKED_SCHEMA``: of each statement of a paged document
        that waits because of a broken identity, all cells and lines from its first to its last
        page; asked are those of its rows that are amounts, or may be.
    """
    broken = items.filter(pl.col("rule_id") == "identity_broken").select("statement_id").unique()
    statements = conformed["statement"].join(broken, on="statement_id", how="semi")
    numbers = statements.select("reading_id", "statement_id", number="statement_no")
    cells = conformed["cell"].filter(pl.col("x0").is_not_null())
    mine = numbers.join(cells, on="reading_id", maintain_order="left_right").with_columns(
        is_mine=((pl.col("statement_no") == pl.col("number")) & pl.col("is_body")).fill_null(
            value=False
        )
    )
    pages = pl.col("page_no").filter(pl.col("is_mine"))
    is_between = pl.col("page_no").is_between(
        pages.min().over("statement_id"), pages.max().over("statement_id")
    )
    money = _cells_of_money(conformed).with_columns(is_money=pl.lit(value=True))
    asked = (
        mine.filter(is_between)
        .join(money, on=["reading_id", "cell_id"], how="left", maintain_order="left")
        .with_columns(is_asked=pl.col("is_mine") & pl.col("is_money").fill_null(value=False))
    )
    return asked.select("statement_id", "document_id", *ASKED_SCHEMA)


def _cells_of_money(conformed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``reading_id, cell_id`` of cells below headers that are amounts, or may be.

    All that stand in columns of amounts, blank ones too, and in columns that no layout explains; of
    a form, which has no columns, the amounts that were read.
    """
    body = conformed["cell"].filter("is_body")
    column = ["reading_id", "table_no", "table_col"]
    known = conformed["column"].select(*column, of_column="role").unique(column, keep="first")
    tables = known.select("reading_id", "table_no").unique()
    role = pl.col("of_column")
    in_columns = (
        body.join(tables, on=["reading_id", "table_no"], how="semi")
        .join(known, on=column, how="left", maintain_order="left")
        .filter((role == "amount") | role.is_null())
    )
    read = body.join(conformed["amount"], left_on=["reading_id", "owner_id"],
                     right_on=["reading_id", "cell_id"], how="semi")  # fmt: skip
    cells = [frame.select("reading_id", "cell_id") for frame in (in_columns, read)]
    return pl.concat(cells).unique(maintain_order=True)


def glued_amounts(conformed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Statements with an amount made of the halves of two pages: ``statement_id``.

    The second reader reads each half, and knows nothing of what they make together.
    """
    is_text = (pl.col("text") != "") & (pl.col("role_in_table") != "repeat")
    halves = (
        conformed["cell"]
        .filter(pl.col("is_body") & is_text)
        .join(_cells_of_money(conformed), on=["reading_id", "cell_id"], how="semi")
    )
    glued = halves.filter(pl.col("cell_id").n_unique().over("reading_id", "owner_id") > 1)
    return (
        conformed["statement"]
        .join(glued, on=["reading_id", "statement_no"], how="semi")
        .select("statement_id")
    )


def doubled_pages(conformed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Statements of which two pages hold the same rows: ``statement_id``.

    A page that is bound in twice is read right by both readers, and would count twice.
    """
    page = ["reading_id", "statement_no", "page_no"]
    pages = (
        conformed["cell"]
        .filter(pl.col("is_body"))
        .group_by(page, maintain_order=True)
        .agg(said=pl.col("text").str.join("\n"), is_filled=(pl.col("text") != "").any())
        .filter("is_filled")
    )
    twice = pages.filter(pl.struct("reading_id", "statement_no", "said").is_duplicated())
    return (
        conformed["statement"]
        .join(twice, on=["reading_id", "statement_no"], how="semi")
        .select("statement_id")
    )


def confirmed_by(asked: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Statements whose reading the second reader confirms: ``statement_id, confirmed_by``.

    It must have read each cell that is asked, as it is now and in one line, and found nothing else:
    of two lines no reader can tell whether they are one number, or those of two rows.
    """
    is_one = ~pl.col("second").str.contains("\n", literal=True)
    answers = second.filter(pl.col("how").is_in(_READ) & pl.col("agrees") & is_one)
    same = asked.filter("is_asked").join(
        answers.select("statement_id", "cell_id", "reader", text="first"),
        on=["statement_id", "cell_id", "text"], how="left", maintain_order="left",
    )  # fmt: skip
    count = pl.col("cell_id").n_unique()
    whole = same.group_by("statement_id", maintain_order=True).agg(
        pl.col("reader").first(), count=count, is_whole=pl.col("reader").is_not_null().all()
    )
    return (
        whole.filter("is_whole")
        .join(second.filter(~pl.col("agrees")), on="statement_id", how="anti")
        .select(
            "statement_id",
            confirmed_by=pl.format(
                "{}: {} 个金额格两次读数相同 / {} amount cells read the same by both readers",
                "reader", "count", "count",
            ),
        )
    )  # fmt: skip


def differences(conformed: Mapping[str, pl.DataFrame], second: pl.DataFrame) -> pl.DataFrame:
    """What both readers read differently, a row per statement.

    Returns:
        ``statement_id, place`` (of the first difference), ``subject, found, expected``.
    """
    places = conformed["cell"].select("cell_id", cell_place=place_expr(), seq="seq")
    page = pl.format("第{}页 / p{}", "page_no", "page_no")
    differing = (
        second.filter(~pl.col("agrees"))
        .join(places.unique("cell_id"), on="cell_id", how="left", maintain_order="left")
        .with_columns(place=pl.coalesce("cell_place", page))
        .sort("page_no", "seq", nulls_last=True, maintain_order=True)
    )
    first = pl.coalesce("first", pl.lit("无 / nothing"))
    said = pl.format("{}: {} ≠ {}", "place", _quoted(first), _quoted(pl.col("second")))
    grouped = differing.with_columns(said=said).group_by("statement_id", maintain_order=True)
    return grouped.agg(
        pl.col("place").first(),
        subject=pl.lit(""),
        found=pl.format(
            "{} 处 places: {}", pl.len(), pl.col("said").head(_NAMED).str.join("; ")
        ),
        expected=pl.format("两次读数相同 / the same by both ({})", pl.col("reader").first()),
    )  # fmt: skip


def _quoted(text: pl.Expr) -> pl.Expr:
    return pl.format("“{}”", text)
