"""A font for legends: one with Chinese characters if the machine has any, else Pillow's own."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFont import FreeTypeFont, ImageFont

#: Where systems keep fonts.
DIRECTORIES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
#: Beginnings of the file names of fonts that have Chinese characters, the best first.
_CHINESE = (
    "NotoSansCJK-Regular", "NotoSansCJKsc-Regular", "NotoSansSC", "SourceHanSans", "PingFang",
    "msyh", "wqy-microhei", "wqy-zenhei", "STHeiti", "Hiragino Sans GB", "DroidSansFallback",
    "NotoSerifCJK-Regular", "simhei", "simsun", "uming", "ukai",
)  # fmt: skip
_SUFFIXES = (".ttf", ".ttc", ".otf", ".otc")
#: Faces of a collection that are looked at, and what families for Simplified Chinese end with.
_MOST_FACES = 16
_SIMPLIFIED = (" SC", " CN", " GB")
#: What legends are written with: a font that draws these draws the others.
_SAMPLE = "金额页"
#: No font has it: what is drawn for it is drawn for every character that a font lacks.
_LACKING = "\U0010ffff"


def legend_font(size: int) -> tuple[FreeTypeFont | ImageFont, bool]:
    """A font of a size in pixels, and whether it can write Chinese."""
    from PIL import ImageFont

    path = _chinese_font()
    if path is None:
        return ImageFont.load_default(size), False
    return ImageFont.truetype(path, size), True


@cache
def _chinese_font() -> str | None:
    return next((str(path) for path in _candidates() if _writes_chinese(path)), None)


def _candidates() -> Iterator[Path]:
    """Font files of the machine by name, the best first."""
    files = [
        Path(folder) / name
        for root in DIRECTORIES
        for folder, _, names in os.walk(Path(root).expanduser())
        for name in sorted(names)
        if name.endswith(_SUFFIXES)
    ]
    for beginning in _CHINESE:
        yield from (path for path in files if path.name.startswith(beginning))


def _writes_chinese(path: Path) -> bool:
    """Whether it draws each character of the sample, and not a box in its place."""
    from PIL import ImageFont

    try:
        font = ImageFont.truetype(str(path), 20)
    except OSError:
        return False
    lacking = bytes(font.getmask(_LACKING))
    drawn = [font.getmask(char) for char in _SAMPLE]
    return all(mask.getbbox() is not None and bytes(mask) != lacking for mask in drawn)


@cache
def chinese_family() -> tuple[str, Path] | None:
    """The family of that font, and its file; of a collection, the face for Simplified Chinese."""
    from PIL import ImageFont

    path = _chinese_font()
    if path is None:
        return None
    families = []
    for face in range(_MOST_FACES):
        try:
            families.append(str(ImageFont.truetype(path, 20, index=face).getname()[0]))
        except OSError:
            break
    simplified = [name for name in families if name.endswith(_SIMPLIFIED)]
    return (simplified or families)[0], Path(path)
