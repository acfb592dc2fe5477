"""Is there any news? Answered before anything heavy is imported: a quiet night costs a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.damaged import damaged
from pipelines.documents.disk import said_if_full
from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.lock import writing
from pipelines.documents.scan import ScanResult, look
from pipelines.fingerprints import fingerprints
from pipelines.load.identity import build_id
from pipelines.notices.watch import told_if_it_fails
from pipelines.publish.flip import current_build_id, is_noted

if TYPE_CHECKING:
    from pipelines.settings import Settings


def has_news(settings: Settings) -> bool:
    """Whether raw/, code, data or configuration changed since the published build.

    A build that lacks its report is news too: the run that published it died.

    If not, it is noted that somebody looked: freshness counts that. What fails here is told to
    people, since no run will tell it.

    Raises:
        RawDirectoryError: there is no raw/.
        WarehouseBusyError: another process is writing.
        DiskFullError: there is no room to take in what is new.
    """
    with told_if_it_fails(settings), writing(settings), said_if_full(settings):
        return _has_news(settings)


def _has_news(settings: Settings) -> bool:
    result = look(settings)
    wanted = build_id(fingerprints(settings.config), Ledger(settings.ledger).last_data_event())
    is_current = current_build_id(settings) == wanted and is_noted(settings)
    is_told = settings.report.exists()  # not if a run died between the flip and its report
    if result.events or damaged(settings) or not (is_current and is_told):
        return True
    Ledger(settings.ledger).append([checked_event(result)])
    return False


def checked_event(result: ScanResult) -> Event:
    """That somebody looked at raw/, what was found there, and what could not be taken in."""
    detail = {
        **result.counts(),
        "orphan_sidecars": result.orphan_sidecars,
        "unreadable_files": result.unreadable,
    }
    return Event("checked", detail=detail)
