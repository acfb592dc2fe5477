"""Rollback: readers go back to an earlier build, and stay there until a person lets nights go on.

A night would otherwise publish again what was just taken back. While publishing is held, raw/ is
still taken in and documents are still read; nothing is decided, built or published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.ledger import Event, Ledger
from pipelines.publish.flip import (
    PublishError,
    build_before,
    builds,
    current_build_id,
    kept_build,
    point_to,
)

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
    current = current_build_id(settings)
    target = kept_build(settings, build) if build else build_before(settings, current)
    if target == current:
        raise PublishError(
            f"{target}: 已是现行版本 / it is the current one; expected one earlier build that is "
            f"kept; newest first: {', '.join(builds(settings))}"
        )
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
