"""Is anybody still looking? Freshness counts the last look at raw/, not the last change.

A night without news is fresh: it noted in the ledger that it looked (``checked``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.documents.ledger import Ledger, LedgerError

if TYPE_CHECKING:
    from pipelines.settings import Settings

#: A writer holds the ledger's file for moments only: so many tries, so many seconds apart.
_TRIES, _APART = 10, 0.1


@dataclass(frozen=True)
class Freshness:
    """When raw/ was last looked at (UTC; none if never), and whether that is recent enough."""

    last_check_utc: datetime | None
    is_stale: bool

    def text(self) -> str:
        """For people, in Chinese and English."""
        if self.last_check_utc is None:
            return "尚未检查过 / never looked yet"
        said = f"{self.last_check_utc:%Y-%m-%d %H:%M} UTC"
        return f"{said} 过期 / stale" if self.is_stale else said


def freshness(settings: Settings, now: datetime | None = None) -> Freshness:
    """Compare the last look with the limit of the settings; what never began is not stale.

    Args:
        settings: The installation.
        now: The time to compare with; the clock's if none.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    last = _last_check(settings)
    if last is None:
        return Freshness(None, is_stale=False)
    age = (now or datetime.now(UTC)) - last
    return Freshness(last, is_stale=age > timedelta(hours=settings.stale_hours))


def _last_check(settings: Settings) -> datetime | None:
    ledger = Ledger(settings.ledger)
    for left in reversed(range(_TRIES)):
        try:
            events = ledger.events("checked")
        except LedgerError:
            if not left:
                raise
            time.sleep(_APART)
        else:
            moments = [event.at_utc for event in events[-1:] if event.at_utc is not None]
            return moments[0].replace(tzinfo=UTC) if moments else None
    return None
