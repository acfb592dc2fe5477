"""The watch: is raw/ still looked at, did a night fail before it began. It stops nothing itself.

Also a program, for a timer that does not depend on Dagster: ``python -m pipelines.notices.watch``.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.documents.freshness import Freshness, freshness
from pipelines.documents.ledger import LedgerError
from pipelines.documents.lock import WarehouseBusyError
from pipelines.notices.message import night_failed, stale
from pipelines.notices.outbox import deliver, tell
from pipelines.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG = logging.getLogger("yusuan.notices")


def watch(settings: Settings) -> Freshness | None:
    """Tell if nobody looked at raw/ for too long; send what could not be sent before.

    Returns:
        What was found; none if the ledger cannot be read, which is told as a failure.
    """
    try:
        found = freshness(settings)
    except LedgerError as error:
        tell(settings, night_failed(settings, str(error)))
        return None
    if found.is_stale:
        tell(settings, stale(settings, found))
    else:
        deliver(settings)
    return found


@contextmanager
def told_if_it_fails(settings: Settings) -> Iterator[None]:
    """Around what comes before a run: whatever fails there is told, and fails as before.

    That another process is writing is no failure, unless it has been at it for too long.
    """
    try:
        yield
    except WarehouseBusyError:
        watch(settings)
        raise
    except Exception as error:
        tell(settings, night_failed(settings, f"{type(error).__name__}: {error}"))
        raise


def main() -> None:
    """Watch once."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    found = watch(Settings.resolve())
    _LOG.info("最近检查 last look at raw/: %s", found.text() if found is not None else "?")


if __name__ == "__main__":
    main()
