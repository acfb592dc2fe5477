"""Rollback: readers go back to an earlier build, and stay there until a person lets nights go on.

A night would otherwise publish again what was just taken back. While publishing is held, raw/ is
still taken in and documents are still read; nothing is decided, built or published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.ledger import Event, Ledger
from pipelines.publish.flip import PublishError, builds, current_build_id, point_to

if TYPE_CHECKING:
    from pipelines.settings import Settings


def is_held(ledger: Ledger) -> bool:
    """Whether a person rolled back and publishing waits for a word."""
    events = ledger.events("rolled_back", "publishing_resumed")
    return bool(events) and events[-1].kind == "rolled_back"


def rollback(settings: Settings, why: str, build: str | None = None) -> str:
    """Point readers to an earlier build and hold publishing; return its key.

    Args:
        settings: The installation; the caller holds the writer's lock.
        why: The reason, for the ledger.
        build: The beginning of the key of a build that is kept; the one before the current, if
            none is given.

    Raises:
        PublishError: no kept build or several fit, or it is the current one.
    """
    kept = builds(settings)
    current = current_build_id(settings)
    if build is None:
        earlier = kept[kept.index(current) + 1 :] if current in kept else kept
        fits = earlier[:1]
    else:
        fits = [key for key in kept if key.startswith(build)]
    if len(fits) != 1 or fits[0] == current:
        raise PublishError(
            f"{build or '上一版本 the build before'}: 应为一个较早的保留版本 / expected one "
            f"earlier build that is kept; newest first: {', '.join(kept) or 'none'}; "
            f"current: {current}"
        )
    (target,) = fits
    point_to(settings, target)
    detail = {"build_id": target, "from_build_id": current, "why": why}
    Ledger(settings.ledger).append([Event("rolled_back", detail=detail)])
    return target


def resume(settings: Settings) -> None:
    """Let nights publish again.

    Raises:
        PublishError: publishing is not held.
    """
    ledger = Ledger(settings.ledger)
    if not is_held(ledger):
        raise PublishError("发布未被暂停 / publishing is not held; there is nothing to resume")
    ledger.append([Event("publishing_resumed")])
