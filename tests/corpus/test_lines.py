"""The books of 广州 and 江苏: every row is understood, and every total is the sum of its parts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from pipelines.normalise.cells import BLOCK
from pipelines.normalise.records import normalise
from pipelines.normalise.tables import SHAPES
from pipelines.values.amounts import MAX_DECIMALS
from tests.corpus import CORPUS
from tests.printing import read_through

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What waits because of a row, an amount or a cell of one.
RULES = ("ragged_row", "amount_malformed", "amount_inexact", "column_without_header",
         "amount_unlabelled", "project_without_unit", "line_unknown", "line_repeated",
         "code_unknown")  # fmt: skip
PLACES = ("guangzhou", "jiangsu")


@cache
def books(place: str) -> Mapping[str, pl.DataFrame]:
    found = sorted((CORPUS / place).rglob("*.pdf"))
    if not found:
        pytest.skip(f"no corpus at {CORPUS}: the books of {place} are not read")
    read = [extract(sha256_of(data), data) for data in (path.read_bytes() for path in found)]
    _, recognised = read_through(read)
    return normalise(recognised)


@pytest.fixture(params=PLACES)
def read(request: pytest.FixtureRequest) -> Mapping[str, pl.DataFrame]:
    return books(str(request.param))


def test_no_row_waits(read: Mapping[str, pl.DataFrame]) -> None:
    waiting = read["item"].filter(pl.col("rule_id").is_in(RULES))
    assert waiting.select("rule_id", "place", "found").rows() == []


def test_every_cell_of_a_table_is_disposed_of(read: Mapping[str, pl.DataFrame]) -> None:
    mine = read["statement"].filter(pl.col("shape").is_in(SHAPES))
    body = read["cell"].filter(pl.col("is_body") & (pl.col("text") != ""))
    said = body.join(mine, on=["reading_id", "statement_no"], how="semi")["disposition"]
    assert said.is_in(["label", "value", "control"]).all()
    assert said.len() > 1000


@pytest.mark.parametrize(
    ("axis", "along"), [("row", "column_no"), ("column", "line_no")], ids=["rows", "columns"]
)
def test_every_total_is_the_sum_of_what_stands_below_it(
    read: Mapping[str, pl.DataFrame], axis: str, along: str
) -> None:
    """In units of the smallest place; the envelope is that of the statement's finest place."""
    node, above = f"{axis}_node", f"{axis}_parent"
    scale = pl.lit(10, dtype=pl.Int64).pow(MAX_DECIMALS - pl.col("decimals"))
    amounts = read["amount"].filter(~pl.col("is_memo")).with_columns(
        exact=pl.col("digits").cast(pl.Int128) * scale,
        place=scale.min().over("reading_id", "statement_no"),
    )  # fmt: skip
    key = [*BLOCK, along, node]
    sums = amounts.filter(pl.col(above).is_not_null()).group_by(
        *BLOCK, along, pl.col(above).alias(node)
    ).agg(parts=pl.col("exact").sum(), count=pl.len())  # fmt: skip
    totals = amounts.join(sums, on=key, how="inner")
    off = (pl.col("exact") - pl.col("parts")).abs()
    broken = totals.filter(2 * off > (pl.col("count") + 1) * pl.col("place"))
    assert broken.select("label", "text", "page_no").rows() == []
    assert not totals.is_empty()


def test_leaves_are_of_the_lowest_level_that_is_printed(read: Mapping[str, pl.DataFrame]) -> None:
    leaves = read["amount"].filter("is_leaf")
    assert "grand_total" not in leaves["row_role"]
    function = leaves.filter(pl.col("row_axis") == "function")
    # The books print 项 wherever they print 款.
    assert function["row_node"].str.len_chars().unique().to_list() == [7]
