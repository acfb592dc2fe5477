"""Work on a document that may crash, hang or eat all memory: in a worker of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pipelines.extract.readers import extract
from pipelines.extract.reading import read_documents
from pipelines.extract.workers import GuardedExecutor, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.grids import Extraction
    from pipelines.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


def read_guarded(settings: Settings, document_id: str, data: bytes) -> Extraction:
    """What a night reads of a document, refusals too; nothing is kept."""
    with _executor(settings) as executor:
        (found,) = read_documents([document_id], lambda _: data, extract, executor, 1)
    return found


def call_guarded(
    settings: Settings, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """The result of a function that can be imported, or what it raises.

    Raises:
        LimitReachedError: it would take more memory or time than the settings allow.
        WorkerDiedError: the process died of it.
    """
    with _executor(settings) as executor:
        return executor.submit(function, *args, **kwargs).result()


def _executor(settings: Settings) -> GuardedExecutor:
    """One worker with a night's limits; nothing starts before the first call."""
    limits = Limits(
        settings.worker_memory_mb, settings.worker_cpu_seconds, settings.worker_wall_seconds
    )
    return GuardedExecutor(1, limits)
