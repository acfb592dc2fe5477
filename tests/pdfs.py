"""Small PDFs as raw bytes: what is drawn stands where the test says, by no library's leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    for number, page in enumerate(pages):
        crop = "" if page.crop is None else f"/CropBox [{_numbers(page.crop)}] "
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{_numbers(page.media)}] {crop}"
            f"/Rotate {page.rotate} /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        )
        length = len(page.content.encode())
        objects.append(f"<< /Length {length} >>\nstream\n{page.content}\nendstream")
    out = b"%PDF-1.7\n"
    places = []
    for number, said in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{said}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{tail}startxref\n{len(out)}\n%%EOF\n".encode()


def _numbers(box: Box) -> str:
    return " ".join(str(number) for number in box)
