"""Small PDFs as raw bytes: what is drawn stands where the test says, by no library's leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PdfPage:
    """A page in its own space, from its lower left corner, and how it is shown."""

    content: str
    media: Box = (0, 0, 400, 300)
    crop: Box | None = None
    rotate: int = 0

    def shown(self, box: Box) -> Box:
        """A box of the page's own space, in points from the upper left corner of what is shown."""
        left, low, right, high = self.crop or self.media
        x0, y0, x1, y1 = box
        return {
            0: (x0 - left, high - y1, x1 - left, high - y0),
            90: (y0 - low, x0 - left, y1 - low, x1 - left),
            180: (right - x1, y0 - low, right - x0, y1 - low),
            270: (high - y1, right - x1, high - y0, right - x0),
        }[self.rotate]


def fill(box: Box, grey: float = 0.6) -> str:
    """A filled rectangle without a line."""
    x0, y0, x1, y1 = box
    return f"{grey} g {x0} {y0} {x1 - x0} {y1 - y0} re f 0 g "


def words(x: float, y: float, text: str, size: float = 10) -> str:
    """Latin letters and digits, in Courier: each is 0.6 of the size wide."""
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET "


def ruled(columns: Sequence[float], rows: Sequence[float]) -> str:
    """A grid of lines; edges from left to right and from below upwards."""
    lines = [f"{columns[0]} {y} m {columns[-1]} {y} l S" for y in rows]
    lines += [f"{x} {rows[0]} m {x} {rows[-1]} l S" for x in columns]
    return "1 w " + " ".join(lines) + " "


def pdf(*pages: PdfPage) -> bytes:
    """A whole document."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    }
    for number, page in enumerate(pages):
        crop = "" if page.crop is None else f"/CropBox [{_numbers(page.crop)}] "
        objects[4 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{_numbers(page.media)}] {crop}"
            f"/Rotate {page.rotate} /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        ).encode()
        objects[5 + 2 * number] = stream(page.content.encode())
    return written(objects)


def written(objects: Mapping[int, bytes], trailer: bytes = b"", head: bytes = b"") -> bytes:
    """A file of objects by number; the first is the catalogue."""
    out = head + b"%PDF-1.7\n"
    places = {}
    for number, said in sorted(objects.items()):
        places[number] = len(out) - len(head)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    size = max(objects) + 1
    entries = [
        b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n"
        for n in range(size)
    ]
    at = len(out) - len(head)
    tail = b"<< /Size %d /Root 1 0 R %s>>" % (size, trailer)
    return (
        out + b"xref\n0 %d\n" % size + b"".join(entries)
        + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (tail, at)
    )  # fmt: skip


def stream(data: bytes, said: bytes = b"") -> bytes:
    """A stream as an object."""
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(data), said, data)


def _numbers(box: Box) -> str:
    return " ".join(str(number) for number in box)
