"""Conformed codes: what one vocabulary calls by several names over years, places and frameworks.

Lists say which word stands for which; a row that is a judgement says so, and why. What is checked
here is that both sides exist, so that no build makes a bridge to nothing.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from schemas.axes import ancestors, parents
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: Function codes that moved or were merged into one other are read on; those of a class that was
#: split are not, for nothing says which part of the money went where.
READ_ON = ("renumbered", "moved", "merged")
CHANGES = (*READ_ON, "split")
#: Whether a row was seen in print, or is known otherwise and was not held against its text.
BASES = ("print", "background")
#: Government economic classes depend on whether the body is an office or a public institution.
BODY_KINDS = ("administrative", "institution", "any")
STAFF_COSTS = ("pensions", "medical", "housing")
#: The node of expenditure types whose children are told apart; what stands beside it, too.
_WHOLE_TYPES = ("total_expenditure", "current_expenditure")

_FUNCTION = r"\d{3}(\d{2}){0,2}"
_BOOLEANS = ("true", "false")
#: List → column → (list it must be in, column there) of codes that must exist.
_EXISTS: tuple[tuple[str, str, str, str], ...] = (
    ("cofog", "parent_code", "cofog", "cofog_code"),
    ("function_cofog", "cofog_code", "cofog", "cofog_code"),
    ("economic_crosswalk", "economic_code", "economic_classes", "economic_code"),
    ("economic_crosswalk", "government_code", "government_economic_classes", "government_code"),
    ("function_changes", "to_code", "function_classes", "function_code"),
    ("fund_source_groups", "fund_group", "fund_groups", "fund_group"),
    ("indicator_groups", "parent_group", "indicator_groups", "indicator_group"),
    ("indicator_class_groups", "indicator_group", "indicator_groups", "indicator_group"),
)
#: List, column, and what its values may be.
_ONE_OF: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("function_changes", "change", CHANGES),
    ("function_changes", "basis", BASES),
    ("economic_crosswalk", "basis", BASES),
    ("economic_crosswalk", "body_kind", BODY_KINDS),
    ("staff_costs", "staff_cost", STAFF_COSTS),
    ("function_cofog", "is_judgement", _BOOLEANS),
    ("fund_source_groups", "is_judgement", _BOOLEANS),
    ("indicator_class_groups", "is_judgement", _BOOLEANS),
    ("fund_groups", "is_appropriation", _BOOLEANS),
)
#: Lists and columns of function codes.
_FUNCTIONS = (
    ("function_cofog", "function_code"),
    ("staff_costs", "function_code"),
    ("function_changes", "from_code"),
    ("function_changes", "to_code"),
)
#: Lists whose judgements and refusals must say why.
_REASONED = ("function_cofog", "fund_source_groups", "indicator_class_groups")


class ConformedError(ValueError):
    """A list of conformed codes contradicts itself or another; the message names list and row."""


def check_conformed(config: Path | None = None) -> None:
    """Hold the lists of conformed codes against one another.

    Raises:
        ConformedError: a code, a node or a word that does not exist; a judgement without a reason;
            a node without a group; two changes of one code in one year that are no split.
    """
    for name, column, other, there in _EXISTS:
        known = code_list(other, config)[there]
        _refuse(name, column, config, ~pl.col(column).is_in(known.implode()), f"not in {other}.csv")
    for name, column, words in _ONE_OF:
        wrong = ~pl.col(column).is_in(words) | pl.col(column).is_null()
        _refuse(name, column, config, wrong, f"expected one of {', '.join(words)}")
    for name, column in _FUNCTIONS:
        wrong = ~pl.col(column).str.contains(rf"^{_FUNCTION}$")
        _refuse(name, column, config, wrong, "no function code: 3 digits, 2 more a level")
    for name in _REASONED:
        judged = (pl.col("is_judgement") == "true") & pl.col("why").is_null()
        _refuse(name, "is_judgement", config, judged, "a judgement without a word why")
    unclassed = pl.col("cofog_code").is_null() & pl.col("why").is_null()
    _refuse("function_cofog", "function_code", config, unclassed, "no COFOG class and no word why")
    _check_nodes(config)
    _check_changes(config)


def _refuse(name: str, column: str, config: Path | None, wrong: pl.Expr, said: str) -> None:
    rows = code_list(name, config).filter(wrong)
    if not rows.is_empty():
        raise ConformedError(f"{name}.csv: {column} {rows[column][0]} ({rows.row(0)}): {said}")


def _check_nodes(config: Path | None) -> None:
    """Every fund source has a group, its own or that of the nearest node above it."""
    for node in fund_group_of(config)["fund_source"]:
        if node not in parents("fund_source", config):
            raise ConformedError(f"fund_source_groups.csv: {node} is no fund source of nodes.csv")
    for version, code in (
        code_list("indicator_class_groups", config).select("framework_version", "class_code").rows()
    ):
        classes = code_list("indicator_classes", config)
        if (version, code) not in classes.select("framework_version", "class_code").rows():
            raise ConformedError(
                f"indicator_class_groups.csv: {version}/{code} is not in indicator_classes.csv"
            )


def _check_changes(config: Path | None) -> None:
    """A year is a year; a code that is read on leads to one other in a year."""
    changes = code_list("function_changes", config)
    for code, year in changes.select("from_code", "first_year").rows():
        if not re.fullmatch(r"\d{4}", str(year)):
            raise ConformedError(f"function_changes.csv: {code}: {year} is no year")
    leads = changes.filter(pl.col("change").is_in(READ_ON))
    several = leads.filter(pl.struct("from_code", "first_year").is_duplicated())
    if not several.is_empty():
        raise ConformedError(
            f"function_changes.csv: {several['from_code'][0]} leads to several codes in "
            f"{several['first_year'][0]}; say split, or keep one"
        )


@cache
def _changes(config: Path | None) -> tuple[tuple[str, str, int], ...]:
    changes = code_list("function_changes", config).filter(pl.col("change").is_in(READ_ON))
    rows = changes.select("from_code", "to_code", pl.col("first_year").cast(pl.Int32)).rows()
    # the longest code first: a 项 that moved alone goes before its 款
    return tuple(sorted(rows, key=lambda row: (-len(row[0]), row[2], row[0])))


def read_on(code: str, year: int, config: Path | None = None) -> str:
    """What a function code of a fiscal year is called in the latest list that is known.

    The change of the longest code that begins it holds; the code that it leads to is read on from
    the year of the change, so each step is of a later year and changes never lead in a circle.
    """
    while True:
        step = next(
            ((to, first) for start, to, first in _changes(config)
             if code.startswith(start) and first > year), None,
        )  # fmt: skip
        if step is None:
            return code
        code, year = step


def change_years(config: Path | None = None) -> list[int]:
    """Years in which codes that are read on changed, in order."""
    return sorted({first for _, _, first in _changes(config)})


def fund_group_of(config: Path | None = None) -> pl.DataFrame:
    """``fund_source, fund_group, is_judgement, why, source`` of every node of the axis.

    A node that is not listed is of the group of the nearest listed node above it.

    Raises:
        ConformedError: a node without a group, and none above it.
    """
    listed = code_list("fund_source_groups", config)
    known = {str(row[0]): row[1:] for row in listed.rows()}
    rows = []
    for node in [*known, *(n for n in parents("fund_source", config) if n not in known)]:
        chain = [node, *ancestors("fund_source", node, config)]
        of = next((known[each] for each in chain if each in known), None)
        if of is None:
            raise ConformedError(
                f"fund_source_groups.csv: {node} has no group, nor has a node above it; add a row"
            )
        rows.append((node, *of))
    return pl.DataFrame(rows, schema=listed.schema, orient="row")


def main_type(node: str, config: Path | None = None) -> str:
    """The type of expenditure that a finer one is told within: basic of personnel and public use.

    The highest node above it that is not the whole itself; a total is its own.
    """
    above = [n for n in ancestors("expenditure_type", node, config) if n not in _WHOLE_TYPES]
    return above[-1] if above else node
