"""Documents to extractions: bounded formats at once, here; the others by an executor."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.documents.archive import ArchiveError
from pipelines.documents.media import UNKNOWN_BINARY, media_type
from pipelines.extract.grids import Extraction, Refusal
from pipelines.extract.readers import is_guarded, unreadable
from pipelines.extract.workers import LimitReachedError, WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    Load = Callable[[str], bytes]
    Extract = Callable[[str, bytes], Extraction]

#: What ends the reading of a document, and may be of other documents' or the machine's making.
_LOST = (LimitReachedError, WorkerDiedError, MemoryError)


@dataclass
class Told:
    """What was read: documents, their pages and grids, and by rule what was refused.

    Documents whose archived bytes are damaged are refused, but were not read.
    """

    documents: int = 0
    pages: int = 0
    grids: int = 0
    refused_documents: Counter[str] = field(default_factory=Counter)
    refused_pages: Counter[str] = field(default_factory=Counter)

    def add(self, extraction: Extraction) -> None:
        """Count one document."""
        self.documents += not extraction.is_damaged
        self.pages += len(extraction.pages)
        self.grids += _highest(extraction)
        if extraction.refusal is not None:
            self.refused_documents[extraction.refusal.rule_id] += 1
        self.refused_pages.update(p.refusal.rule_id for p in extraction.pages if p.refusal)


def _highest(extraction: Extraction) -> int:
    """Grids are numbered over the document."""
    highest = extraction.cells["grid_no"].max()
    return highest if isinstance(highest, int) else 0


def read_documents(
    document_ids: Iterable[str],
    load: Load,
    extract: Extract,
    executor: Executor,
    in_flight: int,
) -> Iterator[Extraction]:
    """Extractions of documents, each as soon as it is done.

    Whatever ends a reading (a limit, a dead process, no memory) is believed only when it ends a
    second one too, alone, after all others are done: so neither a busy machine nor another
    document's hunger is held against a document. What is then refused is a result like any other
    and kept: a document that hangs would else cost its limit every night. ``yusuan reprocess``
    has it tried again.

    Args:
        document_ids: Each once.
        load: Bytes of a document, checked; raises ``ArchiveError`` where they are damaged.
        extract: The reader; for an executor of processes a function that can be imported.
        executor: Any; only ``submit`` is used, and only for guarded formats.
        in_flight: How many guarded documents are held in memory at most.

    Raises:
        OSError, BrokenExecutor: the executor itself fails: of the machine, not of a document.
    """
    flight: dict[Future[Extraction], str] = {}
    lost: list[str] = []

    def landed(most: int) -> Iterator[Extraction]:
        while len(flight) > most:
            for future in wait(flight, return_when=FIRST_COMPLETED).done:
                document_id = flight.pop(future)
                if isinstance(future.exception(), _LOST):
                    lost.append(document_id)
                else:
                    yield _result(future, document_id)

    for document_id in document_ids:
        try:
            data = load(document_id)
        except ArchiveError as error:
            yield damaged(document_id, error)
            continue
        if is_guarded(data):
            flight[executor.submit(extract, document_id, data)] = document_id
            yield from landed(in_flight - 1)
        else:
            yield _here(extract, document_id, data)
    yield from landed(0)
    for document_id in sorted(lost):
        yield _alone(document_id, load, extract, executor)


def damaged(document_id: str, error: ArchiveError) -> Extraction:
    """Of a document whose archived bytes are missing or damaged."""
    refusal = Refusal("archive_damaged", str(error), f"SHA-256 {document_id}")
    return Extraction(document_id, UNKNOWN_BINARY, refusal=refusal)


def _here(extract: Extract, document_id: str, data: bytes) -> Extraction:
    try:
        return extract(document_id, data)
    except MemoryError as error:
        return _refused(document_id, data, error)


def _alone(document_id: str, load: Load, extract: Extract, executor: Executor) -> Extraction:
    try:
        data = load(document_id)
    except ArchiveError as error:
        return damaged(document_id, error)
    future = executor.submit(extract, document_id, data)
    lost = future.exception()
    if isinstance(lost, _LOST):
        return _refused(document_id, data, lost)
    return _result(future, document_id)


def _result(future: Future[Extraction], document_id: str) -> Extraction:
    """What a reading made; one that fails although ``extract`` does not raise is refused."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, (OSError, BrokenExecutor, CancelledError)):
        raise error
    return unreadable(document_id, UNKNOWN_BINARY, error)


def _refused(document_id: str, data: bytes, error: BaseException) -> Extraction:
    kind = media_type(data)
    if isinstance(error, WorkerDiedError):
        ends = "读取正常结束 / a reading that ends well"
        return Extraction(document_id, kind, refusal=Refusal("reader_died", str(error), ends))
    found = str(error) or "内存用尽 / out of memory"
    within = "读取不超过上限 / a reading within its limits"
    return Extraction(document_id, kind, refusal=Refusal("reader_limits", found, within))
