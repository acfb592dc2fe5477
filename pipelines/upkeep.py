"""What a person does to the warehouse between nights: take a document back, have it read again.

Each notes what was done in the ledger, with the reason; the next night does what follows from it.
The caller holds the writer's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.state import DocumentState, ledger_state
from pipelines.night import Night

if TYPE_CHECKING:
    from pipelines.documents.readings import ReadingKey
    from pipelines.settings import Settings


class UnknownDocumentError(LookupError):
    """No document of the ledger fits, or several do."""


def find_document(settings: Settings, text: str) -> DocumentState:
    """The document of this path under raw/ (what it holds now, or held last) or SHA-256.

    Raises:
        UnknownDocumentError: none fits, or several do.
    """
    state = ledger_state(Ledger(settings.ledger))
    holds = state.path_sha256.get(text)
    if holds is not None:
        return state.documents[holds]
    found = [
        document
        for document in state.documents.values()
        if document.sha256.startswith(text.lower()) or any(p.path == text for p in document.paths)
    ]
    if len(found) != 1:
        raise UnknownDocumentError(
            f"{text}: 对应 {len(found)} 份文件，应为 1 份；请给出 raw/ 下的路径或 SHA-256 / "
            f"{len(found)} documents fit, expected 1; give a path below raw/ or a SHA-256 (its "
            "first digits do), see `yusuan status`"
        )
    return found[0]


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


def reprocess(settings: Settings, *, document: str | None = None, layout: str | None = None) -> int:
    """Drop what was read, so that the next night reads it again from the archive.

    Args:
        settings: The installation.
        document: Only this one; its grids too. All documents if neither is given.
        layout: Only documents with a statement of this layout; their grids are kept.

    Returns:
        How many readings are dropped; those in the same batches are made again beside them.

    Raises:
        UnknownDocumentError: see ``find_document``.
        LookupError: no document was read by this layout.
    """
    night = Night(settings)
    keys = _readings(night, document, layout)
    if layout is None:
        for key in keys:
            night.grids.forget(key.document_id)
    night.store.forget(keys)
    detail = {"document": document, "layout": layout, "readings": len(keys)}
    night.ledger.append([Event("reprocessed", detail=detail)])
    return len(keys)


def _readings(night: Night, document: str | None, layout: str | None) -> list[ReadingKey]:
    keys = night.wanted()
    if document is not None:
        sha256 = find_document(night.settings, document).sha256
        return [key for key in keys if key.document_id == sha256]
    if layout is None:
        return keys
    chosen = night.store.readings_with("statement", "layout_id", layout)
    found = [key for key in keys if key.reading_id in chosen]
    if not found:
        raise LookupError(
            f"{layout}: 没有文件按此版式读取 / no document was read by this layout; see the column "
            "layout_id of the table statement"
        )
    return found
