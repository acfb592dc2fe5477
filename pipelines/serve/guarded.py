"""Work on a document that may crash, hang or eat all memory: in a worker of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pipelines.extract.readers import extract
from pipelines.extract.reading import read_documents
from pipelines.extract.workers import LimitReachedError, WorkerDiedError, guarded_by
from pipelines.serve.picture import PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def call_guarded_each(
    settings: Settings, function: Callable[..., R], calls: Mapping[str, tuple[object, ...]]
) -> dict[str, R]:
    """Results by name, one after another; of a document that cannot be drawn there is none.

    For what a page can do without: what one document does to a worker costs no other its result.
    """
    if not calls:
        return {}
    done = {}
    with guarded_by(settings, workers=1) as executor:
        for name, future in {n: executor.submit(function, *a) for n, a in calls.items()}.items():
            with suppress(PictureError, LimitReachedError, WorkerDiedError):
                done[name] = future.result()
    return done
