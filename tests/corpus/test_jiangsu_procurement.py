"""政府采购 of two bodies of 江苏, 2017 to 2019: every level is the sum of its parts."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.documents.archive import sha256_of
from pipelines.documents.context import DocumentContext
from pipelines.documents.readings import ReadingKey
from pipelines.extract.readers import extract
from pipelines.normalise.records import normalise
from pipelines.recognise.documents import recognise
from schemas.layout import layouts
from tests.corpus import CORPUS

#: Of each file that prints the list: its leaves, its subtotals with the total, and the total.
LISTS = {
    "江苏省人大办公厅2017年度预算公开": (14, 12, "2247.85"),
    "省人大办公厅2018预算公开": (13, 11, "2064.25"),
    "江苏省人大常委会办公厅2019年部门预算公开表": (13, 13, "2416.43"),
    "2017年省检察院部门预算": (28, 18, "2889.80"),
    "2018年省检察院部门预算公开": (34, 18, "3096.24"),
    "2018年省检察院部门预算公开@e1f551d": (34, 18, "3096.24"),
    "2019年度部门预算公开": (24, 17, "2744.84"),
}
KIND = "procurement"


@pytest.fixture(scope="module", params=LISTS, ids=str)
def read(request: pytest.FixtureRequest) -> tuple[str, dict[str, pl.DataFrame]]:
    found = sorted(CORPUS.glob(f"jiangsu/**/*__{request.param}.pdf"))
    if not found:
        pytest.skip(f"no corpus at {CORPUS}: the real list is not read")
    data = found[0].read_bytes()
    key = ReadingKey("a" * 20, sha256_of(data), ())
    recognised = recognise([(key, extract(key.document_id, data), DocumentContext())], layouts())
    frames = normalise(recognised)
    mine = frames["statement"].filter(pl.col("kind") == KIND).select("statement_no")
    return request.param, {
        name: frame.join(mine, on="statement_no", how="semi")
        for name, frame in frames.items()
        if "statement_no" in frame.columns
    }


def test_leaves_and_levels_are_those_that_are_printed(
    read: tuple[str, dict[str, pl.DataFrame]],
) -> None:
    name, frames = read
    leaves, controls, total = LISTS[name]
    amounts = frames["amount"]
    assert amounts.filter("is_leaf").height == frames["procurement"].height == leaves
    assert amounts.filter(~pl.col("is_leaf")).height == controls
    whole = amounts.filter(pl.col("row_role") == "grand_total")["text"].to_list()
    assert [text.replace(",", "") for text in whole] == [total]


def test_every_level_is_the_sum_of_what_stands_below_it(
    read: tuple[str, dict[str, pl.DataFrame]],
) -> None:
    amounts = read[1]["amount"]
    sums = amounts.group_by("row_parent").agg(below=pl.col("fen").sum())
    held = amounts.join(sums, left_on="row_node", right_on="row_parent")
    assert held.height == amounts.filter(~pl.col("is_leaf")).height
    assert held.filter(pl.col("fen") != pl.col("below")).is_empty()


def test_every_leaf_is_told_by_all_five_labels(
    read: tuple[str, dict[str, pl.DataFrame]],
) -> None:
    told = read[1]["procurement"].select("category", "project", "economic", "item", "method")
    assert told.null_count().row(0) == (0, 0, 0, 0, 0)
    assert told["category"].unique().sort().to_list() == ["一、货物A", "三、服务C"]


def test_nothing_of_the_list_waits(read: tuple[str, dict[str, pl.DataFrame]]) -> None:
    waiting = read[1]["item"].filter(pl.col("rule_id") != "context_missing")
    assert waiting.is_empty()
