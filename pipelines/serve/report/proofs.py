"""The cells of what does not hold: as printed, cut out of the page, and as they read."""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.media import PDF
from pipelines.extract.grids import BOX
from pipelines.serve.guarded import call_guarded_each
from pipelines.serve.picture import Colour, Frame, FramedPage, cuttings
from pipelines.serve.published import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings

#: Pictures of a report: with more it would open slowly. All can be had by ``trace --image``.
MOST_PICTURES = 60
#: Dots an inch of a cutting: small print is read with ease on a telephone too.
_DPI = 120
#: Cells that are listed of a side.
MOST_CELLS = 40
_CELLS = """
SELECT DISTINCT ON (o.control_id, o.side, c.cell_id)
    o.control_id, o.side, c.*, d.media_type, d.path, a.label
FROM control_source o
JOIN source_cell c USING (cell_id)
JOIN dim_document d USING (document_id)
LEFT JOIN printed_amount a ON a.cell_id = o.cell_id AND a.statement_id = o.statement_id
WHERE list_contains($controls, o.control_id)
ORDER BY o.control_id, o.side, c.cell_id, a.block
"""
#: The cell that a finding without a control names: ``p31 t22 r4 c1``, or ``sheet 收入 B7``.
_NAMED = """
SELECT DISTINCT ON (f.finding_id, c.cell_id)
    f.finding_id AS control_id, 'printed' AS side, c.*, d.media_type, d.path, a.label
FROM finding f
JOIN statement s USING (statement_id)
JOIN source_cell c ON c.document_id = s.document_id AND ends_with(f.place, CASE
    WHEN c.address IS NULL
    THEN format(' / p{} t{} r{} c{}', c.page_no, c.grid_no, c.row_no, c.col_no)
    ELSE format(' / sheet {} {}', c.sheet, c.address) END)
JOIN dim_document d ON d.document_id = s.document_id
LEFT JOIN printed_amount a ON a.cell_id = c.cell_id AND a.statement_id = s.statement_id
WHERE f.control_id IS NULL AND list_contains($controls, f.finding_id)
ORDER BY f.finding_id, c.cell_id, a.block
"""
_PLACE = ("document_id", "page_no", "grid_no", "row_no", "col_no")


@dataclass(frozen=True)
class Proof:
    """What a control is about.

    Attributes:
        cells: The printed side first, then the other, in the order of print: ``side``, ``label``,
            ``text``, where they stand; at most ``MOST_CELLS`` of a side.
        cell_count: How many cells there are on both sides.
        png: The page around the printed figure, its cell framed, as base64; empty where the
            document has no pages to be drawn.
        is_elsewhere: Whether cells of the other side stand on other pages than the picture's.
    """

    cells: list[dict[str, Any]]
    cell_count: int
    png: str = ""
    is_elsewhere: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the picture, as a PNG says in its first chunk."""
        width, height = struct.unpack(">II", b64decode(self.png[:44])[16:24])
        return width, height


def proofs(
    settings: Settings, connection: DuckDBPyConnection, control_ids: Iterable[str]
) -> dict[str, Proof]:
    """Cells and pictures by control; by finding, of one that no control shows."""
    wanted = list(dict.fromkeys(control_ids))
    by_control: dict[str, list[dict[str, Any]]] = {control_id: [] for control_id in wanted}
    for sql in (_CELLS, _NAMED):
        for cell in rows(connection, sql, {"controls": wanted}):
            by_control[cell["control_id"]].append(cell)
    found = {}
    for control_id, cells in by_control.items():
        cells.sort(key=lambda c: (c["side"] != "printed", *(c[name] for name in _PLACE)))
        sides = [[c for c in cells if c["side"] == s][:MOST_CELLS] for s in ("printed", "computed")]
        found[control_id] = Proof([*sides[0], *sides[1]], len(cells))
    return found | _with_pictures(settings, found)


def _with_pictures(settings: Settings, found: dict[str, Proof]) -> dict[str, Proof]:
    """The first proofs that have a page, with its picture: each document is opened once."""
    drawn = [c for c, proof in found.items() if _can_be_drawn(proof)][:MOST_PICTURES]
    by_document: dict[str, list[str]] = {}
    for control_id in drawn:
        by_document.setdefault(found[control_id].cells[0]["document_id"], []).append(control_id)
    archive, calls = Archive(settings.archive), {}
    for document_id, controls in by_document.items():
        try:
            data = archive.get(document_id)
        except ArchiveError:
            continue  # the build check says so; the cells are told as they read
        calls[document_id] = (data, [_page(found[c]) for c in controls], _DPI)
    pictures = call_guarded_each(settings, cuttings, calls)
    return {
        control_id: replace(
            found[control_id],
            png=b64encode(png).decode(),
            is_elsewhere=not all(_is_beside(found[control_id], c) for c in found[control_id].cells),
        )
        for document_id, pngs in pictures.items()
        for control_id, png in zip(by_document[document_id], pngs, strict=True)
    }


def _can_be_drawn(proof: Proof) -> bool:
    first = proof.cells[0] if proof.cells else None
    return first is not None and first["media_type"] == PDF and first["x0"] is not None


def _is_beside(proof: Proof, cell: dict[str, Any]) -> bool:
    """Whether a cell stands on the page of the printed figure."""
    return all(cell[name] == proof.cells[0][name] for name in _PLACE[:2]) and cell["x0"] is not None


def _page(proof: Proof) -> FramedPage:
    """The page of the printed figure: its cell thick, those of the other side thin."""
    frames = [
        Frame(
            (cell[BOX[0]], cell[BOX[1]], cell[BOX[2]], cell[BOX[3]]),
            *((Colour.RED, "印刷数", "printed") if n == 0 else (Colour.BLUE, "组成", "parts")),
            is_main=n == 0,
        )
        for n, cell in enumerate(proof.cells)
        if _is_beside(proof, cell)
    ]
    return FramedPage(proof.cells[0]["page_no"], tuple(frames))
