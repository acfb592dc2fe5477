"""What a project's name says: its core, the numbers in it, and the year it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from pipelines.values.keys import key_expr
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: Stands in a core for the fiscal year of the table that prints the name.
YEAR = "§"
#: A whole year, and the words after it that say no more. Not one of a span: 2024-2025年.
_YEAR_WORD = r"(\d{4})年度?"
_SPAN = r"(\d{4}年?[-—~至]\d{2,4})"
_PUNCTUATION = r"[\s,，.。、;；:：“”\"'‘’《》<>（）()\[\]【】_—－-]"
#: What tells two projects of one name: 一期 and 二期, 第3批, A and B, 甲 and 乙.
_NUMBERS = (
    r"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百]+(?:期|批|标段|阶段|次|号|届|轮|类|区|所|站|中队|大队)"
    r"|[甲乙丙丁戊己庚辛东西南北男女]|[A-Za-z]+"
)


#: A core that is shorter says nothing.
_SHORTEST = 2


def name_parts(frame: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Add ``core``, ``numbers`` and ``rolls`` to a frame with ``canonical`` and ``fiscal_year``.

    ``core`` is the name without punctuation, without the words at its end that say nothing
    (``project_name_words``), and with the fiscal year itself as a sign, so that names that are
    alike but for the year of their table are equal. ``numbers`` are what distinguishes projects
    of one name. ``rolls``: the name prints the fiscal year of its table, alone and not in a span.
    """
    words = code_list("project_name_words", config)["word"].to_list()
    tail = "(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")+$"
    name = pl.col("canonical")
    spans = name.str.contains(_SPAN)
    rolls, rolled = pl.lit(value=False), name
    for year in frame["fiscal_year"].unique().sort():
        here = (pl.col("fiscal_year") == year) & ~spans
        rolls = rolls | (here & name.str.contains(str(year), literal=True))
        replaced = name.str.replace_all(str(year), YEAR, literal=True)
        rolled = pl.when(here).then(replaced).otherwise(rolled)
    plain = rolled.str.replace_all(_YEAR_WORD, "$1").str.replace_all(rf"{YEAR}年度?", YEAR)
    bare = plain.str.replace_all(_PUNCTUATION, "")
    short = bare.str.replace(tail, "")
    return frame.with_columns(
        core=pl.when(short.str.replace_all(YEAR, "").str.len_chars() >= _SHORTEST)
        .then(short)
        .otherwise(bare),
        numbers=plain.str.extract_all(_NUMBERS).list.join(" "),
        rolls=rolls,
    )


def name_key(unit: str | pl.Expr, canonical: str | pl.Expr) -> pl.Expr:
    """Key of a canonical name within a unit, however often it is printed."""
    return key_expr(pl.lit("project_name"), unit, canonical)
