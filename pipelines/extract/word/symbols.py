"""Characters of symbol fonts: what a ``w:sym`` shows, by font and code."""

from __future__ import annotations

#: Only those that budgets print: comparators, signs, ticks, bullets. Codes as the fonts have them.
_SYMBOL = {
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xB0: "°",
    0xB7: "•", 0xA5: "∞", 0xA7: "♣", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xD7: "⋅",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x9F: "•",
    0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0xD8: "➢",
}  # fmt: skip
_WINGDINGS_2 = {0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x2A: "☐", 0xA3: "☐"}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
#: What the Symbol font shows as every font does; in places of letters it has Greek ones.
_PLAIN = frozenset(range(0x30, 0x3A)) | {0x20, 0x25, 0x28, 0x29, 0x2B, 0x2C, 0x2E, 0x2F}
#: Fonts of symbols have their characters in the private area, from here on.
_PRIVATE = 0xF000


def symbol(font: str | None, code: str | None) -> str:
    """The character that a font shows for a code in hexadecimal; U+FFFD if that is not known."""
    try:
        number = int(code or "", 16)
    except ValueError:
        return "\ufffd"
    plain = number - _PRIVATE if number >= _PRIVATE else number
    known = _FONTS.get((font or "").lower())
    if known is not None:
        is_plain = known is _SYMBOL and plain in _PLAIN
        return known.get(plain, chr(plain) if is_plain else "\ufffd")
    is_text = number < _PRIVATE and chr(number).isprintable()
    return chr(number) if is_text else "\ufffd"
