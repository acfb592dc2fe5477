"""Beside the numbers: which way a quality goes, and what is suspect. Nothing is mended."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.target_words import alternatives, meanings, name_endings, spellings
from pipelines.values.text import fold_label
from pipelines.values.years import A_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.values.target_clauses import Clause

#: The unit that a name may carry: 服务对象满意度（%）.
_UNIT_OF_NAME = re.compile(r"\([^()]*%[^()]*\)$")
_HUNDRED = Decimal(100)
#: Units that a share may be stated in.
_OF_SHARES = ("%", "‰", "百分点", "分", "度")
#: A promise in a word or two: 效果明显, 保持长期稳定运行.
_SHORT = 16


def expected_of(name: str | None) -> str | None:
    """What an indicator's name asks for: boolean, share, growth, measure; none if it does not say.

    The longest ending of ``target_names.csv`` that the name has decides: 增长率 is no share.
    """
    if name is None:
        return None
    label = _UNIT_OF_NAME.sub("", fold_label(name).rstrip("."))
    if spelled := re.match(spellings("target_names", "position", "beginning"), label):
        return meanings("target_names", "expects")[spelled[0]]
    fitting = [ending for ending in name_endings() if label.endswith(ending)]
    return name_endings()[max(fitting, key=len)] if fitting else None


def prose_direction(text: str) -> str | None:
    """increase, decrease or maintain, where the words of a text say one of them only."""
    return _only_one(text, "target_directions", "direction")


def prose_state(text: str) -> str | None:
    """timely, long_term, significant …, where the words of a short text say one of them only.

    In a long text such a word is about something in it, not about the whole.
    """
    return _only_one(text, "target_states", "state") if len(text) <= _SHORT else None


def _only_one(text: str, name: str, column: str) -> str | None:
    known = meanings(name, column)
    found = {known[match[0]] for match in _any_word(name, column).finditer(text)}
    return found.pop() if len(found) == 1 else None


@cache
def _any_word(name: str, column: str) -> re.Pattern[str]:
    return re.compile(alternatives(meanings(name, column)))


def suspect_of(clauses: Sequence[Clause], name: str | None) -> str | None:
    """The first reason of ``suspects.csv`` to doubt the print, if any."""
    found = (_suspect(clause, name) for clause in clauses)
    return next((reason for reason in found if reason is not None), None)


def _suspect(clause: Clause, name: str | None) -> str | None:
    if clause.kind == "ordinal" and "/" in (clause.grade or ""):
        return "scale_not_chosen"
    if clause.kind not in ("number", "frequency"):
        return None
    bound = clause.low if clause.low is not None else clause.high
    expected = expected_of(name) or expected_of(clause.subject)
    if expected == "share" and bound is not None and clause.direction is None:
        if clause.unit is not None and clause.unit not in _OF_SHARES:
            return "not_a_share"
        if clause.unit == "%" and bound > _HUNDRED:
            return "ge_read_as_2" if _may_be_misread(clause) else "over_100_percent"
    if clause.unit is None and clause.scale == 0 and A_YEAR.fullmatch(f"{bound or 0:f}"):
        return "may_be_year"
    return None


def _may_be_misread(clause: Clause) -> bool:
    """A bare 2 and two digits, 50 or more: 292% is what ≥92% becomes when ≥ is read as 2."""
    printed = f"{clause.printed_low or 0:f}"
    return clause.comparator == "none" and bool(
        re.fullmatch(r"2(?:[5-9]\d(?:\.\d+)?|100)", printed)
    )
