"""The cells of what does not hold: as printed, cut out of the page, and as they read."""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from contextlib import suppress
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
_FRAMES = {"printed": (Colour.RED, "印刷数", "printed"), "computed": (Colour.BLUE, "组成", "parts")}
_PLACE = ("document_id", "page_no", "grid_no", "row_no", "col_no")


@dataclass(frozen=True)
class Strip:
    """A part of a page: the cells of a side framed; as base64 of a PNG."""

    side: str
    png: str

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the picture, as a PNG says in its first chunk."""
        width, height = struct.unpack(">II", b64decode(self.png[:44])[16:24])
        return width, height


@dataclass(frozen=True)
class Proof:
    """What a control is about.

    Attributes:
        cells: The printed side first, then the other, in the order of print: ``side``, ``label``,
            ``text``, where they stand; at most ``MOST_CELLS`` of a side.
        cell_count: How many cells there are on both sides.
        strips: The page around the printed figure, with what of the other side stands on it; then
            the first page of the other side, if none does. Of documents without pages, none.
    """

    cells: list[dict[str, Any]]
    cell_count: int
    strips: tuple[Strip, ...] = ()


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
    """The first proofs that have pages, with their strips: each document is opened once."""
    wanted = [
        (control_id, first)
        for control_id, proof in found.items()
        for first in _beginnings(proof)
    ][:MOST_PICTURES]  # fmt: skip
    by_document: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for control_id, first in wanted:
        by_document.setdefault(first["document_id"], []).append((control_id, first))
    archive, calls = Archive(settings.archive), {}
    for document_id, places in by_document.items():
        with suppress(ArchiveError):  # a build check says so; the cells are told as they read
            pages = [_page(found[control_id], first) for control_id, first in places]
            calls[document_id] = (archive.get(document_id), pages, _DPI)
    strips: dict[str, list[Strip]] = {}
    for document_id, pngs in call_guarded_each(settings, cuttings, calls).items():
        for (control_id, first), png in zip(by_document[document_id], pngs, strict=True):
            strip = Strip(first["side"], b64encode(png).decode())
            strips.setdefault(control_id, []).append(strip)
    return {
        control_id: replace(found[control_id],
                            strips=tuple(sorted(made, key=lambda s: s.side != "printed")))
        for control_id, made in strips.items()
    }  # fmt: skip


def _beginnings(proof: Proof) -> list[dict[str, Any]]:
    """The cells that strips are cut around: of the other side none if it is on the first strip."""
    on_pages = [c for c in proof.cells if c["media_type"] == PDF and c["x0"] is not None]
    sides = [[c for c in on_pages if c["side"] == side] for side in ("printed", "computed")]
    first, others = sides[0][:1], sides[1]
    return first + ([] if any(_is_beside(one, c) for one in first for c in others) else others[:1])


def _is_beside(first: dict[str, Any], cell: dict[str, Any]) -> bool:
    """Whether a cell stands on the same page."""
    return all(cell[name] == first[name] for name in _PLACE[:2]) and cell["x0"] is not None


def _page(proof: Proof, first: dict[str, Any]) -> FramedPage:
    """The page of a cell, which is framed thick; others of the control there thin."""
    frames = [
        Frame(
            (cell[BOX[0]], cell[BOX[1]], cell[BOX[2]], cell[BOX[3]]),
            *_FRAMES[cell["side"]],
            is_main=cell is first,
        )
        for cell in proof.cells
        if _is_beside(first, cell)
    ]
    return FramedPage(first["page_no"], tuple(frames))
