"""The sidecar that holds for a document, or why none does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.documents.archive import ArchiveError
from pipelines.documents.sidecars import Sidecar, SidecarError, read_sidecar

if TYPE_CHECKING:
    from pipelines.documents.archive import Archive


@dataclass(frozen=True)
class DocumentContext:
    """A document's sidecar, if one holds.

    ``problems``: as (rule, found, expected). ``damaged``: hashes of sidecars that the archive
    cannot give.
    """

    sidecar: Sidecar | None = None
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    damaged: tuple[str, ...] = ()


def document_context(
    document_id: str, sidecar_hashes: tuple[str, ...], archive: Archive
) -> DocumentContext:
    """Read the sidecars of a document; one that names other bytes or is not valid holds nothing."""
    valid: list[Sidecar] = []
    problems: list[tuple[str, str, str]] = []
    damaged: list[str] = []
    for sidecar_hash in sidecar_hashes:
        try:
            sidecar = read_sidecar(archive.get(sidecar_hash))
        except SidecarError as error:
            problems.append(("sidecar_invalid", str(error), "sha256, [field] value, why"))
            continue
        except ArchiveError as error:
            problems.append(("archive_damaged", str(error), f"SHA-256 {sidecar_hash}"))
            damaged.append(sidecar_hash)
            continue
        if sidecar.sha256 != document_id:
            found, expected = f'sha256 = "{sidecar.sha256}"', f'sha256 = "{document_id}"'
            problems.append(("sidecar_stale", found, expected))
            continue
        valid.append(sidecar)
    if len({sidecar.model_dump_json() for sidecar in valid}) > 1:
        problems.append(("sidecar_conflict", f"{len(valid)} sidecars", "1 sidecar"))
        return DocumentContext(None, problems, tuple(damaged))
    return DocumentContext(valid[0] if valid else None, problems, tuple(damaged))
