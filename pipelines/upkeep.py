"""What a person does to the warehouse between nights: take a document back, have it read again.

Each notes what was done in the ledger, with the reason; the next night does what follows from it.
The caller holds the writer's lock.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.state import ledger_state
from pipelines.night import Night
from pipelines.selection import find_document, select

if TYPE_CHECKING:
    from pipelines.documents.state import DocumentState
    from pipelines.selection import Selection
    from pipelines.settings import Settings


def withdraw(settings: Settings, text: str, why: str) -> DocumentState:
    """Take a document back: its facts are retracted; its bytes, history and the reason stay.

    Raises:
        UnknownDocumentError: see ``find_document``.
        ValueError: there is no reason, or it is withdrawn already.
    """
    document = find_document(settings, text)
    if not why.strip():
        raise ValueError("撤回须写明理由 / a withdrawal needs a reason: --why TEXT")
    if document.withdrawn_utc is not None:
        raise ValueError(
            f"{document.paths[0].path}: 已于 {document.withdrawn_utc} 撤回 / was withdrawn before: "
            f"{document.withdrawn_why}"
        )
    event = Event("document_withdrawn", document.sha256, detail={"why": why.strip()})
    Ledger(settings.ledger).append([event])
    return document


def reinstate(settings: Settings, text: str, why: str) -> DocumentState:
    """Take a withdrawal back.

    Raises:
        UnknownDocumentError: see ``find_document``.
        ValueError: it is not withdrawn.
    """
    document = find_document(settings, text)
    if document.withdrawn_utc is None:
        raise ValueError(f"{document.paths[0].path}: 未被撤回 / is not withdrawn")
    event = Event("withdrawal_revoked", document.sha256, detail={"why": why.strip()})
    Ledger(settings.ledger).append([event])
    return document


@dataclass(frozen=True)
class Reread:
    """What is to be read again: paths of the documents, in the order of first sight."""

    paths: tuple[str, ...]


def reprocess(settings: Settings, selection: Selection, why: str = "") -> Reread:
    """Drop what was read of documents, so that the next night reads them again from the archive.

    Grids are dropped too, unless only layouts are named: these read grids that are there. Other
    readings in the same batches are made again beside them. Nothing is dropped, and nothing
    noted, if what is named is not there.

    Raises:
        NothingSelectedError: see ``pipelines.selection.select``.
        UnknownDocumentError: see ``pipelines.selection.find_document``.
    """
    with closing(Night(settings)) as night:
        chosen = select(night, selection)
        keys = [key for key in night.wanted() if key.document_id in set(chosen)]
        if set(selection.said()) != {"layouts"}:
            for document_id in chosen:
                night.grids.forget(document_id)
        night.store.forget(keys)
        detail = {**selection.said(), "why": why.strip(), "readings": len(keys)}
        night.ledger.append([Event("reprocessed", detail=detail)])
        known = ledger_state(night.ledger).documents
    return Reread(tuple(known[document_id].paths[0].path for document_id in chosen))
