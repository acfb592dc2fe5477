"""The words of the language of targets, as regular expressions made of the code lists."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.numerals import numeral_characters
from pipelines.values.text import fold
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Signs of order that cannot be read as marks of a title, as 》 and 〈 can.
SIGNS = "≤≥<>≦≧⩽⩾"
#: Where a word must end: at the end of its clause.
END = r"(?=$|[;。,、])"
_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:0?[1-9]|1[0-2])(?![0-9])"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    longest_first = sorted({fold(word).text for word in words}, key=lambda w: (-len(w), w))
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


@cache
def spellings(name: str, column: str | None = None, value: str | None = None) -> str:
    """A regular expression for the spellings of a code list whose ``column`` is ``value``."""
    frame = code_list(name)
    if column is not None:
        frame = frame.filter(frame[column] == value)
    return alternatives(frame[frame.columns[0]])


@cache
def meanings(name: str, column: str) -> dict[str, str]:
    """Folded spelling → what a column of the code list says of it."""
    frame = code_list(name)
    return {
        fold(word).text: meaning
        for word, meaning in frame.select(frame.columns[0], column).rows()
        if meaning is not None
    }


@cache
def terminals() -> dict[str, str]:
    """Terminals of ``targets.lark`` that code lists make, with their priority in the name."""
    return _head_terminals() | _claim_terminals()


def _head_terminals() -> dict[str, str]:
    """What stands before a number: of whom, how often, against what, compared how."""
    before, lead = _comparator("before"), _comparator("lead")
    compared = rf"(?={number_ahead()}|{_date_ahead()}|{_grade()}|{_listed_reference()})"
    base, change = spellings("target_bases"), spellings("target_directions", "by_number", "yes")
    period = spellings("target_periods", "position", "before")
    each = f"每{_units('after')}"
    prefix = rf"(?:{period}|{each}|{base}|{change})"
    claim = rf"(?:{before}|{lead})?{number_ahead()}"
    about = rf"(?:{prefix}{{1,4}}{claim}|(?:{before}|{lead}){compared}|[{SIGNS}][^\d])"
    endings = alternatives(e for e, expects in name_endings().items() if expects != "boolean")
    return {
        "COMPARATOR.6": rf"{before}(?:{compared}|(?<=[{SIGNS}]))",
        "LEAD.6": rf"{lead}{compared}",
        "DATE_LEAD.6": rf"{_comparator('date_lead')}(?={_date_ahead()})",
        # 每年级 and 每年龄段 are no periods, 每月均 is an average.
        "PERIOD.6": rf"{period}(?:(?={prefix}{{0,4}}{claim})"
        r"|(?<=每.)(?![级龄均度])|(?<=每..)(?![级龄均]))",
        "EACH.5": rf"{each}(?={prefix}{{0,4}}{claim})",
        "BASE.5": rf"{base}(?={change}?{claim})",
        "CHANGE.5": rf"{change}(?={claim})",
        "UNIT_FIRST.6": rf"{spellings('target_scales')}?{_units('after')}(?={before}[0-9])",
        "SUBJECT.1": rf"[^\d;。]+?(?={about})|[^\d;。]*?{endings}(?={number_ahead()})",
    }


def _claim_terminals() -> dict[str, str]:
    """Numbers with their units, dates, grades, references, zeros, and what may follow them."""
    after, to = _comparator("after"), _comparator("range")
    # 一次性验收合格率 begins with no number: what follows the unit must end the quantity.
    last = rf"$|[;。,、/]|{after}|{to}|的|不同"
    return {
        "AFTER.6": after,
        "BY.6": _comparator("date"),
        "RANGE.5": to,
        # What is counted, where it is said to belong to the number: 5次的宣传活动.
        "OBJECT.1": r"(?:的|不同)[^\d;。,、/()每或且约]+",
        "DONE.3": _phrases("done"),
        "UNIT.4": _units("after"),
        "SCALE.3": spellings("target_scales"),
        "PART.7": rf"{_units('before')}(?={_numeral()}|[0-9])",
        "FRACTION.6": rf"{_numeral()}分之{_numeral()}",
        "NUMERAL.2": rf"{_numeral()}(?={_units('after')}(?:{last})|{after}|{to}{_numeral()}"
        r"|$|[;。,、])",
        "SLASH_PERIOD.6": spellings("target_periods", "position", "after"),
        "SLASH_UNIT.5": rf"/{_units('after')}",
        "GRADE.6": _grade(),
        "REFERENCE.5": _listed_reference(),
        "REFERENCE_TEXT.1": rf"(?<=[{SIGNS}])(?![{SIGNS}=])[^\d;。,{SIGNS}=]{{2,}}",
        "ZERO.7": rf"{_phrases('zero_word')}(?={_phrases('zero_event')}{END})",
        "EVENT.6": _phrases("zero_event"),
        "NEVER.7": _phrases("never"),
        "EVENT_TEXT.1": rf"[^\d;。,、{SIGNS}]+",
        "DATE.7": _date(),
        "MONTH_IN_DIGITS.7": _month_in_digits(),
    }


@cache
def name_endings() -> dict[str, str]:
    """What an indicator's name ends with → what the name then asks for."""
    names = code_list("target_names")
    rows = names.filter(names["position"] == "end").select("word", "expects").rows()
    return {fold(word).text: expects for word, expects in rows}


@cache
def number_ahead() -> str:
    """What begins a number: a digit, or a numeral that counts something."""
    return rf"(?:[0-9]|{_numeral()}(?:{_units('after')}|分之))"


@cache
def claim_ahead() -> re.Pattern[str]:
    """What any measurable target has in it; a text without it need not be parsed."""
    marks = rf"[0-9{SIGNS}]|{_numeral()}(?:{_units('after')}|分之)|^{_numeral()}$"
    words = (
        spellings("target_references"), spellings("target_grades"), _phrases("zero_event"),
        _phrases("never"),
    )  # fmt: skip
    return re.compile("|".join([marks, *words]))


@cache
def phrase(role: str) -> re.Pattern[str]:
    """Words of ``target_phrases.csv`` that play a role, compiled."""
    return re.compile(_phrases(role))


def _grade() -> str:
    return rf"{spellings('target_grades')}(?=$|[;。,、/]|{_comparator('after')})"


def _listed_reference() -> str:
    return rf"{spellings('target_references')}(?=$|[;。,、]|{_comparator('after')})"


def _phrases(role: str) -> str:
    return spellings("target_phrases", "role", role)


def _units(position: str) -> str:
    return spellings("quantity_units", "position", position)


def _comparator(position: str) -> str:
    return spellings("comparators", "position", position)


def _numeral() -> str:
    # No number needs more characters; without a limit, long runs would be read over and over.
    return f"[{numeral_characters()}]{{1,20}}"


def _date_ahead() -> str:
    return rf"(?:{_YEAR}年|{_MONTH}月|{_YEAR}[-./]{_MONTH})"


def _date() -> str:
    """Dates that nothing else can be: 2023年12月31日, 12月底, 2023.12.31; and range beginnings."""
    to = _comparator("range")
    day = rf"{_MONTH}(?:月{_DAY}[日号]?|月[底末份]?)"
    return "|".join(
        (
            rf"{_YEAR}年(?:{day}|{_MONTH}(?={to}{_MONTH}月)|度?[底末]?)",
            *(rf"{_YEAR}{mark}{_MONTH}{mark}{_DAY}" for mark in ("-", r"\.", "/")),
            rf"{_YEAR}(?={to}{_YEAR}年)",
            day,
            rf"{_MONTH}(?={to}{_MONTH}月)",
        )
    )


def _month_in_digits() -> str:
    """2023.07 and 20230731: dates beside a mark of time, else they may be numbers."""
    dotted = rf"{_YEAR}[-./]{_MONTH}"
    whole = rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9.])"
    marked = rf"(?={_comparator('range')}(?:{dotted}|{whole})|{_comparator('date')}|$|[;。,、])"
    return rf"(?:{dotted}|{whole}){marked}"
