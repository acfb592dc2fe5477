"""Zip archives: they hold no table of their own; what of them is not read is told here.

What is read stands beside them as documents (``pipelines.documents.unpacked``).
"""

from __future__ import annotations

from pipelines.documents.members import RefusedMember, members
from pipelines.documents.zips import ZipError
from pipelines.extract.grids import Extraction, Page, Refusal


def read_archive(document_id: str, media_type: str, data: bytes) -> Extraction:
    """A page without cells for each member that is refused, with the reason."""
    refused: list[RefusedMember] = []
    count = 0
    try:
        for member in members(data):
            count += 1
            if isinstance(member, RefusedMember):
                refused.append(member)
    except ZipError as error:
        refusal = Refusal("unreadable_document", str(error), "完整的 zip / a whole zip")
        return Extraction(document_id, media_type, refusal=refusal)
    if not count:
        refusal = Refusal("empty_document", "0 个文件 / 0 files", "≥ 1")
        return Extraction(document_id, media_type, refusal=refusal)
    pages = [
        Page(number, 0, 0, 0, refusal=Refusal(of.rule_id, f"{of.path}: {of.found}", of.expected))
        for number, of in enumerate(refused, 1)
    ]
    return Extraction(document_id, media_type, pages=pages)
