"""Is there any news? Answered before anything heavy is imported: a quiet night costs a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.lock import acquire
from pipelines.documents.scan import look
from pipelines.fingerprints import fingerprints
from pipelines.load.identity import build_id
from pipelines.publish.flip import current_build_id

if TYPE_CHECKING:
    from pipelines.settings import Settings


def has_news(settings: Settings) -> bool:
    """Whether raw/, code, data or configuration changed since the published build.

    If not, it is noted that somebody looked: freshness counts that.

    Raises:
        RawDirectoryError: there is no raw/.
        WarehouseBusyError: another process is writing.
    """
    lock = acquire(settings)
    try:
        result = look(settings)
        wanted = build_id(fingerprints(settings.config), Ledger(settings.ledger).last_data_event())
        if result.events or result.unreadable or current_build_id(settings) != wanted:
            return True
        note = Event("checked", detail=result.counts())
        Ledger(settings.ledger).append([note])
        return False
    finally:
        lock.release()
