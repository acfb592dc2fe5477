"""One small document for each way of printing that breaks readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pdf.make.phenomena import pages, places, rules, texts, unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.pdf.cases import Case


def phenomena(folder: Path) -> Iterator[Case]:
    """All of them."""
    for room in (pages, rules, places, texts, unusable):
        for draw in room.CASES:
            yield draw(folder)
