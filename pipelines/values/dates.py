"""Dates as far as they are printed: ``2023-12-31``, ``2023-07``, ``--12-31``, ``--12``."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

_PARTS = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:年度?|[-./]|(?=\d{4}$|[底末]|$))"
    r"(?:(?P<month>\d{1,2}?)(?:月份?|[-./]|(?=\d\d$|[底末]|$))(?P<day>\d{1,2})?[日号]?)?(?P<end>[底末]?)"
    r"|(?P<only_month>\d{1,2})(?:月份?(?P<only_day>\d{1,2})?[日号]?)?(?P<only_end>[底末]?)"
)
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which only what is printed is known.

    ``year`` is none where the print names none: it is not supplied from elsewhere. ``at_end``:
    the end of the month or year is meant (12月底).
    """

    year: int | None
    month: int | None
    day: int | None
    at_end: bool

    @property
    def iso(self) -> str:
        """ISO 8601 with what is not known left out, as in ``--12-31``."""
        parts = [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join([str(self.year) if self.year is not None else "-", *parts])


def read_date(text: str) -> PartialDate | None:
    """A printed date; none if it is no date of the calendar (2月30日)."""
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    year, month, day = (
        int(number) if number else None
        for number in (
            part["year"], part["month"] or part["only_month"], part["day"] or part["only_day"]
        )
    )  # fmt: skip
    if month not in (None, *range(1, 13)):
        return None
    if day is not None and not 1 <= day <= monthrange(year or _LEAP_YEAR, month or 1)[1]:
        return None
    return PartialDate(year, month, day, bool(part["end"] or part["only_end"]))


def read_period(start: str, end: str) -> tuple[PartialDate, PartialDate] | None:
    """A period; a year printed once, before its first month, is that of its last one too.

    None if a part is no date, or the end comes before the beginning.
    """
    first, last = read_date(start), read_date(end)
    if first is None or last is None:
        return None
    if last.year is None and first.year is not None:
        last = PartialDate(first.year, last.month, last.day, last.at_end)
    if (first.year is None) != (last.year is None):
        return None  # 7月至2024年1月: the year of the beginning is not printed
    if (first.month is None) != (last.month is None):
        return None
    pairs = ((first.year, last.year), (first.month, last.month), (first.day, last.day))
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return None if [a for a, _ in known] > [b for _, b in known] else (first, last)
