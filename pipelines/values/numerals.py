"""Numbers spelled in characters: 两, 十二, 一百二十三, 三万五千, 半."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from schemas.code_lists import code_list

#: Digits of a section, the part before 万 or 亿.
_SECTION = 4
_PLAIN = "零一二三四五六七八九"


def read_numeral(text: str) -> Decimal | None:
    """The number that Chinese numerals spell; none if they do not spell one.

    A text is a number only if that number is spelled so: digits in a row (``二三``), a power
    without its digit (``百``) and elliptic forms (``一百二`` for 120) are not sure to be meant so.
    """
    signs = [_signs().get(char, ("", "")) for char in text]
    if len(signs) == 1 and signs[0][0] == "half":
        return Decimal(signs[0][1])
    if not signs or any(role not in {"digit", "power", "myriad"} for role, _ in signs):
        return None
    read = [(role, int(value)) for role, value in signs]
    number = _value(read)
    return Decimal(number) if _plain(read) in _spellings(number) else None


@cache
def numeral_characters() -> str:
    """Every character that numerals are spelled with."""
    return "".join(_signs())


@cache
def _signs() -> dict[str, tuple[str, str]]:
    rows = code_list("chinese_numerals").select("character", "role", "value").rows()
    return {character: (role, value) for character, role, value in rows}


def _plain(signs: list[tuple[str, int]]) -> str:
    """The numeral in plain characters: 贰 and 两 as 二."""
    powers = {1: "十", 2: "百", 3: "千", 4: "万", 8: "亿"}
    return "".join(_PLAIN[v] if role == "digit" else powers[v] for role, v in signs)


def _value(signs: list[tuple[str, int]]) -> int:
    """What the numeral comes to, well spelled or not."""
    total = section = digit = 0
    for role, value in signs:
        if role == "digit":
            digit = value
        elif role == "power":
            section += (digit or 1) * 10**value
            digit = 0
        else:
            total += (section + digit) * 10**value
            section = digit = 0
    return total + section + digit


def _spellings(number: int) -> set[str]:
    """How a number is spelled; 十二 needs no 一 before it."""
    if number == 0:
        return {"零"}
    spelled, skipped = "", False
    for exponent, sign in ((8, "亿"), (4, "万"), (0, "")):
        section = number // 10**exponent % 10**4
        if section:
            is_short = len(str(section)) < _SECTION
            zero = "零" if spelled and (skipped or is_short) else ""
            spelled += zero + _section(section) + sign
        skipped = not section
    return {spelled, spelled.removeprefix("一") if spelled.startswith("一十") else spelled}


def _section(number: int) -> str:
    """A number from 1 to 9,999, without a 零 before it."""
    spelled, skipped = "", False
    for exponent, sign in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        digit = number // 10**exponent % 10
        if digit:
            spelled += ("零" if spelled and skipped else "") + _PLAIN[digit] + sign
        skipped = not digit
    return spelled
