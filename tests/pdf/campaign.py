"""PDFs that are damaged or made to do harm, read as a night reads them: what becomes of each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from pipelines.extract.reading import read_documents
from pipelines.extract.workers import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from pipelines.extract.grids import Extraction
    from tests.pdf.mutations import Mutation

LIMITS = Limits(memory_mb=2048, cpu_seconds=120, wall_seconds=300)
#: What may become of a damaged document: the last is a defect, or damage that nobody can see.
OUTCOMES = ("refused", "flagged", "nothing_lost", "unnoticed")


def read(documents: Sequence[bytes], executor: Executor) -> list[Extraction]:
    """As a night reads them: in workers, a second time if need be."""
    data = {sha256_of(each): each for each in documents}
    found = read_documents(data, data.__getitem__, extract, executor, in_flight=4)
    by_id = {each.document_id: each for each in found}
    return [by_id[sha256_of(each)] for each in documents]


def printed(extraction: Extraction) -> str:
    """All that is read of a document, closed up."""
    return "".join("".join(extraction.cells["text"].to_list()).split())


def end_of(extraction: Extraction) -> str:
    """The rule by which a document is refused; else ``read``, or ``blank``."""
    if extraction.refusal is not None:
        return extraction.refusal.rule_id
    return "read" if printed(extraction) else "blank"


def is_accounted(extraction: Extraction) -> bool:
    """Whether every character of every page is in a cell, a line, or dropped with a reason."""
    return all(each.char_count == each.cell_char_count for each in extraction.pages)


def read_damaged(
    mutations: Sequence[Mutation], executor: Executor
) -> list[tuple[Mutation, Extraction, str]]:
    """Damaged documents, what is read of each, and which of ``OUTCOMES`` that is."""
    whole = {each.name: extract("0" * 64, each.original) for each in mutations}
    found = read([each.data for each in mutations], executor)
    return [
        (each, after, _outcome(whole[each.name], after))
        for each, after in zip(mutations, found, strict=True)
    ]


def _outcome(before: Extraction, after: Extraction) -> str:
    if after.refusal is not None:
        return "refused"
    if _doubted(after) > _doubted(before):
        return "flagged"
    return "unnoticed" if Counter(printed(before)) - Counter(printed(after)) else "nothing_lost"


def _doubted(extraction: Extraction) -> int:
    """How much is flagged or refused, page by page."""
    return sum(len(each.flags) + (each.refusal is not None) for each in extraction.pages)
