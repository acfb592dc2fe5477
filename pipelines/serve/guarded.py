"""Work on a document that may crash, hang or eat all memory: in a worker of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pipelines.extract.readers import extract
from pipelines.extract.reading import read_documents
from pipelines.extract.workers import guarded_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.grids import Extraction
    from pipelines.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


def read_guarded(settings: Settings, document_id: str, data: bytes) -> Extraction:
    """What a night reads of a document, refusals too; nothing is kept."""
    with guarded_by(settings, workers=1) as executor:
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
    with guarded_by(settings, workers=1) as executor:
        return executor.submit(function, *args, **kwargs).result()
