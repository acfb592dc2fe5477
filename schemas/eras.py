"""Eras: the fiscal years for which a layout holds, and whether layouts share years or miss some."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, model_validator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.layout import Layout


class Era(BaseModel):
    """Fiscal years for which a layout holds, both ends included; open where not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: int | None = None
    last: int | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Era:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"era: {self.first} is after {self.last}")
        return self

    def holds(self, year: int) -> bool:
        """Whether a fiscal year is within it."""
        return self.distance(year) == 0

    def distance(self, year: int) -> int:
        """Years between a fiscal year and it; 0 within it."""
        return max((self.first or year) - year, year - (self.last or year), 0)

    @property
    def text(self) -> str:
        """For people: ``2017-2019``, ``2020-…``; nothing if it holds always."""
        return f"{self.first or '…'}-{self.last or '…'}" if self.first or self.last else ""


def contradiction(known: Sequence[Layout]) -> str | None:
    """What is wrong with the eras of layouts; none if nothing is.

    Of the layouts of a place that print the same titles and headers at most one may hold in a
    year; and those of one kind may leave out no year between them, for that is a slip.
    """
    for layout in known:
        alike = [x for x in known if x.place == layout.place and layout.prints_like(x)]
        for other in alike:
            if other is not layout and _overlap(layout.era, other.era):
                return (
                    f"{_named(layout)}, {_named(other)}: 标题与表头相同而年份重叠 / the same "
                    "titles and headers, and their eras overlap; end one before the other begins"
                )
        kin = sorted((x for x in alike if x.kind == layout.kind), key=lambda x: x.era.first or 0)
        for before, after in pairwise(kin):
            if before.era.last is not None and (after.era.first or 0) > before.era.last + 1:
                return (
                    f"{_named(before)}, {_named(after)}: 年份之间有空缺 / the years between their "
                    "eras are of neither; let one begin where the other ends"
                )
    return None


def _named(layout: Layout) -> str:
    return f"{layout.id} ({layout.era.text or '…'})"


def _overlap(one: Era, other: Era) -> bool:
    """Whether two eras share a year."""
    first = max(one.first or 0, other.first or 0)
    lasts = [era.last for era in (one, other) if era.last is not None]
    return not lasts or first <= min(lasts)
