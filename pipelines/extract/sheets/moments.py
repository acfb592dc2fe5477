"""Dates and times: what a spreadsheet program shows of a number of days."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The day before the first, of either way to count. The first counts a 29 February 1900.
_FIRST, _OF_1904, _LEAP = datetime(1899, 12, 31), datetime(1904, 1, 1), 60  # noqa: DTZ001
_LAST = 2_958_466
_DAY = 24 * 3600
_NOONS = {"am/pm": ("AM", "PM"), "a/p": ("A", "P"), "上午/下午": ("上午", "下午")}
_WEEKDAYS = "一二三四五六日"


def shown_moment(
    days: Decimal, tokens: Sequence[tuple[str, str]], *, is_1904: bool = False
) -> str | None:
    """What is shown of a number of days; none of one that is no date, or not understood."""
    if not 0 <= days < _LAST:
        return None
    parts = [text for kind, text in tokens if kind == "moment"]
    if any(kind not in {"moment", "text", ".", ",", "/", "digit"} for kind, _ in tokens):
        return None
    places = sum(kind == "digit" for kind, _ in tokens)
    unit = Decimal(1).scaleb(-places)
    seconds = (days * _DAY).quantize(unit, ROUND_HALF_UP)
    moment = _moment(seconds, is_1904=is_1904)
    said: list[str] = []
    number = 0
    for kind, text in tokens:
        if kind == "moment":
            part = _part(parts, number, moment, seconds)
            if part is None:
                return None
            said.append(part)
            number += 1
        elif kind == "digit":
            continue
        elif kind == "." and places:
            said.append(f".{str(seconds % 1).partition('.')[2]}")
        else:
            said.append(text)
    return "".join(said)


def _moment(seconds: Decimal, *, is_1904: bool) -> datetime:
    whole = int(seconds)
    if is_1904:
        return _OF_1904 + timedelta(seconds=whole)
    return _FIRST + timedelta(seconds=whole, days=-1 if whole >= _LEAP * _DAY else 0)


def _part(parts: Sequence[str], at: int, moment: datetime, seconds: Decimal) -> str | None:
    """One token: years, months, days, hours, minutes, seconds, or which half of the day."""
    text = parts[at]
    letter, length = text[0], len(text)
    if text in _NOONS:
        said: str | None = _NOONS[text][moment.hour >= 12]  # noqa: PLR2004 - noon
    elif letter == "[":
        count = {"h": 3600, "m": 60, "s": 1}[text[1]]
        said = str(int(seconds) // count).zfill(length - 2)
    elif letter == "m" and not _is_minute(parts, at):
        said = _month(moment, length)
    elif letter == "y":
        said = f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"  # noqa: PLR2004
    elif letter == "a":
        said = ("星期" if length > 3 else "") + _WEEKDAYS[moment.weekday()]  # noqa: PLR2004
    elif letter == "d" and length > 2:  # noqa: PLR2004
        said = moment.strftime("%a" if length == 3 else "%A")  # noqa: PLR2004
    else:
        hour = (moment.hour - 1) % 12 + 1 if _NOONS.keys() & set(parts) else moment.hour
        numbers = {"d": moment.day, "h": hour, "m": moment.minute, "s": moment.second}
        said = str(numbers[letter]).zfill(min(length, 2)) if letter in numbers else None
    return said


def _month(moment: datetime, length: int) -> str:
    if length > 2:  # noqa: PLR2004 - by name
        return moment.strftime("%b" if length == 3 else "%B")  # noqa: PLR2004
    return str(moment.month).zfill(length)


def _is_minute(parts: Sequence[str], at: int) -> bool:
    """Whether ``m`` stands behind hours or before seconds."""
    before = parts[at - 1] if at else ""
    after = parts[at + 1] if at + 1 < len(parts) else ""
    return before.strip("[]").startswith("h") or after.strip("[]").startswith("s")
