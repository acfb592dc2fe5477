"""What a source of suggestions is: a question to the published build, and where an answer goes.

A suggestion is a link that no rule proves: two names that may be one body, a project that may have
been split. It says what speaks for it, and changes nothing until a person accepts it; then its row
stands in a code list of the operator's, with the reason, and the next night follows that row.

A new sort is a module beside this one with a ``Source``, named in ``__init__``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from pipelines.settings import Settings

#: What every source gives of a suggestion. ``subject`` tells it from all others of its sort, today
#: and after another night: keys or names, never a place in a list. ``left_name`` is what is asked
#: about, ``right_name`` what it may be (both as a person reads them). ``score`` is between 0 and 1;
#: ``evidence`` says in both languages what it rests on. ``row`` is what accepting it would write
#: (a struct of all columns of the code list but ``source``).
SHAPE: dict[str, Any] = {
    "subject": pl.String,
    "left_name": pl.String,
    "right_name": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
}


@dataclass(frozen=True)
class Source:
    """A sort of suggestions.

    Attributes:
        sort: One word for it, as in ``yusuan review --sort``.
        zh, en: What accepting one says.
        code_list: The list that an accepted row goes to: ``<config>/codes/<code_list>.csv``.
        find: From the published build to a frame of ``SHAPE`` and ``row``, in any order.
    """

    sort: str
    zh: str
    en: str
    code_list: str
    find: Callable[[duckdb.DuckDBPyConnection, Settings], pl.DataFrame]


def suggestions(
    found: pl.DataFrame, row: dict[str, pl.Expr | str], *, score: pl.Expr | str = "score"
) -> pl.DataFrame:
    """A frame of ``SHAPE`` and ``row`` from one that has the columns of ``SHAPE``.

    Args:
        found: ``subject, left_name, right_name, evidence`` and what ``row`` and ``score`` need.
        row: Column of the code list → what is written into it.
        score: How surely, 0 to 1.
    """
    exprs = [pl.col(e).alias(n) if isinstance(e, str) else e.alias(n) for n, e in row.items()]
    scored = pl.col(score) if isinstance(score, str) else score
    return found.with_columns(score=scored.cast(pl.Float64).round(3)).select(
        *SHAPE, pl.struct(*[e.cast(pl.String) for e in exprs]).alias("row")
    )
