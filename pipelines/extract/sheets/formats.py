"""Number formats: what a spreadsheet program shows of a stored number or text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property, lru_cache

from pipelines.extract.sheets.moments import shown_moment

#: Formats that are only numbered in a file, as a Chinese program shows them.
_ACCOUNTING = '_ {0}* #,##0{1}_ ;_ {0}* \\-#,##0{1}_ ;_ {0}* "-"{2}_ ;_ @_ '
_YEAR_MONTH, _MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
_NOON = '上午/下午h"时"mm"分"'
BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"¥"#,##0;"¥"\\-#,##0', 6: '"¥"#,##0;"¥"\\-#,##0',
    7: '"¥"#,##0.00;"¥"\\-#,##0.00', 8: '"¥"#,##0.00;"¥"\\-#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: _NOON,
    35: _NOON + 'ss"秒"', 36: _YEAR_MONTH, 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: _ACCOUNTING.format("", "", ""), 42: _ACCOUNTING.format('"¥"', "", ""),
    43: _ACCOUNTING.format("", ".00", "??"), 44: _ACCOUNTING.format('"¥"', ".00", "??"),
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY, 55: _NOON,
    56: _NOON + 'ss"秒"', 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<noon>AM/PM|A/P|上午/下午)|(?P<exponent>E[+-])"
    r"|(?P<moment>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|[aA]{3,})|(?P<plain>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_COLOUR = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|颜色 ?\d+"
                     r"|[黑蓝青绿洋红白黄]+色?)", re.IGNORECASE)  # fmt: skip
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_DIGITS = "0#?"
#: Tokens of a number, a mark for each other, and a number of common kind among such marks.
_OF_NUMBERS, _WORD = frozenset({"digit", ".", ","}), "\0"
_PLAIN = re.compile(r"(?P<before>\0*)(?P<whole>#,##0|0)(?:\.(?P<part>0+))?\0*")
#: Tokens that change the number, or are something else.
_SPECIAL = frozenset({"%", "/", "@", "exponent", "general", "moment"})
#: Digits that a spreadsheet program keeps of a number, and that it shows of one without a format.
_KEPT, _GENERAL = 15, 11
#: No number that a file stores has more digits than this when it is written out.
_WIDE = Context(prec=700)
#: From here on General shows an exponent.
_LARGE, _SMALL = Decimal(10) ** _GENERAL, Decimal("1e-9")


@dataclass(frozen=True)
class Section:
    """A part of a format: its tokens (what it is, text), and when it holds."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None = None

    def has(self, kind: str) -> bool:
        """Whether it has a token of a kind."""
        return kind in self.kinds

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Of its tokens."""
        return frozenset(kind for kind, _ in self.tokens)

    @cached_property
    def plain(self) -> tuple[str, str, str, int] | None:
        """What most formats are, ``#,##0.00`` with words around it; none if it is more.

        Returns:
            What stands before the number, how Python formats it, what stands behind, its places.
        """
        said = "".join(text if kind in _OF_NUMBERS else _WORD for kind, text in self.tokens)
        match = _PLAIN.fullmatch(said)
        if match is None or self.kinds & _SPECIAL:
            return None
        words = [text for kind, text in self.tokens if kind not in _OF_NUMBERS]
        before = len(match["before"])
        places = len(match["part"] or "")
        form = f"{',' if ',' in match['whole'] else ''}.{places}f"
        return "".join(words[:before]), form, "".join(words[before:]), places


def is_moment(code: str) -> bool:
    """Whether a format shows a date or a time."""
    sections = _sections(code)
    return sections is not None and any(s.has("moment") for s in sections)


def shown_number(number: str, code: str, *, is_1904: bool = False) -> str | None:
    """What is shown of a number; none if the format is not understood.

    Args:
        number: As it is stored.
        code: The number format.
        is_1904: Days are counted from 1904 on.
    """
    value = _kept(number)
    if (simple := _simple(code)) is not None:
        return ("-" if value < 0 else "") + _shown(value, simple)
    sections = _sections(code)
    section, is_signed = _chosen(sections, value) if sections else (None, True)
    if section is None:
        return None
    if section.has("moment"):
        return shown_moment(value, section.tokens, is_1904=is_1904)
    if section.has("general") or section.has("@"):
        said = general(value if is_signed else abs(value))
        return "".join(said if kind in {"general", "@"} else text for kind, text in section.tokens)
    digits = _shown(value, section.plain) if section.plain else _digits(section, abs(value))
    return None if digits is None else ("-" if is_signed and value < 0 else "") + digits


def shown_text(text: str, code: str) -> str:
    """What is shown of a text: a fourth part of a format may say so, or hide it."""
    sections = _sections(code)
    if not sections:
        return text
    last = sections[-1]
    if len(sections) < 4 and not (len(sections) == 1 and last.has("@")):  # noqa: PLR2004
        return text
    if any(kind not in {"@", "text"} for kind, _ in last.tokens):
        return text
    return "".join(text if kind == "@" else said for kind, said in last.tokens)


def general(value: Decimal) -> str:
    """A number without a format: as many digits as fit, without zeros at the end."""
    if value and not _SMALL <= abs(value) < _LARGE:
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        return f"{_trimmed(mantissa)}E{exponent[0]}{int(exponent[1:]):02d}"
    whole = len(str(int(abs(value))))
    places = max(0, _GENERAL - 1 - whole) if whole < _GENERAL else 0
    return _trimmed(f"{_rounded(value, places):f}")


@lru_cache(maxsize=4096)
def _simple(code: str) -> tuple[str, str, str, int] | None:
    """``Section.plain`` of a format with one part, as most are."""
    sections = _sections(code)
    is_one = sections is not None and len(sections) == 1 and sections[0].condition is None
    return sections[0].plain if sections is not None and is_one else None


def _shown(value: Decimal, plain: tuple[str, str, str, int]) -> str:
    before, form, behind, places = plain
    return f"{before}{_rounded(value.copy_abs(), places):{form}}{behind}"


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[Section, ...] | None:
    """The parts of a format; none if it has what is not understood."""
    parts: list[list[tuple[str, str]]] = [[]]
    conditions: dict[int, tuple[str, Decimal]] = {}
    for match in _TOKEN.finditer(code):
        kind, said = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "plain" and said == ";":
            parts.append([])
        elif kind == "bracket":
            if found := _CONDITION.fullmatch(said):
                conditions[len(parts) - 1] = (found[1], Decimal(found[2]))
            elif _ELAPSED.fullmatch(said):
                parts[-1].append(("moment", f"[{said.lower()}]"))
            elif said.startswith("$"):
                parts[-1].append(("text", said[1:].partition("-")[0]))
            elif not _COLOUR.fullmatch(said):
                return None
        else:
            parts[-1] += _token(kind, said)
    return tuple(Section(tuple(part), conditions.get(n)) for n, part in enumerate(parts))


def _token(kind: str, said: str) -> list[tuple[str, str]]:
    if kind in {"quoted", "escaped"}:
        return [("text", said)]
    if kind in {"space", "fill"}:
        return []
    if kind == "noon":
        return [("moment", said.lower())]
    if kind == "plain":
        if said in _DIGITS:
            return [("digit", said)]
        return [(said, said)] if said in "@.,%/" else [("text", said)]
    return [(kind, said.lower() if kind == "moment" else said)]


def _chosen(sections: tuple[Section, ...], value: Decimal) -> tuple[Section | None, bool]:
    """The part that shows a number, and whether its sign is shown beside."""
    numbers = sections[:3]
    if any(section.condition for section in numbers):
        for section in numbers:
            if section.condition is None or _holds(section.condition, value):
                return section, True
        return None, True
    if len(numbers) == 1:
        return numbers[0], True
    if value < 0:
        return numbers[1], False
    return numbers[2 if value == 0 and len(numbers) > 2 else 0], False  # noqa: PLR2004


def _holds(condition: tuple[str, Decimal], value: Decimal) -> bool:
    sign, bound = condition
    return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound,
            "=": value == bound, "<>": value != bound}[sign]  # fmt: skip


def _digits(section: Section, value: Decimal) -> str | None:
    """A number that is not negative by its placeholders; none if it has fractions."""
    tokens = section.tokens
    if section.has("/"):
        return None
    if section.has("exponent"):
        return _exponent(tokens, value)
    value *= Decimal(100) ** sum(kind == "%" for kind, _ in tokens)
    places = [at for at, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not places:
        return "".join(said for _, said in tokens)
    point = next((at for at, (kind, _) in enumerate(tokens) if kind == "."), len(tokens))
    whole = [at for at in places if at < point]
    part = [at for at in places if at > point]
    last = whole[-1] if whole else point
    commas = [at for at, (kind, _) in enumerate(tokens) if kind == ","]
    scale = sum(last < at < point or bool(part and at > part[-1]) for at in commas)
    is_grouped = any(whole and whole[0] < at < last for at in commas)
    rounded = _rounded(value / Decimal(1000) ** scale, len(part))
    before, _, after = f"{rounded:f}".partition(".")
    said = dict.fromkeys(commas, "")
    said |= _whole(tokens, whole, before.lstrip("0"), is_grouped=is_grouped)
    said |= _part(tokens, part, after)
    return "".join(said.get(at, text) for at, (_, text) in enumerate(tokens))


def _whole(
    tokens: tuple[tuple[str, str], ...], places: list[int], digits: str, *, is_grouped: bool
) -> dict[int, str]:
    """Digits before the point, from the right; the first place takes what is left."""
    said: dict[int, str] = {}
    count = 0
    for number, at in enumerate(reversed(places), 1):
        is_first = number == len(places)
        mine, digits = (digits, "") if is_first else (digits[-1:], digits[:-1])
        filler = {"0": "0", "?": " ", "#": ""}[tokens[at][1]]
        text = ""
        for digit in reversed(mine or filler):
            text = digit + ("," if is_grouped and count and count % 3 == 0 and digit != " " else
                            "") + text  # fmt: skip
            count += 1
        said[at] = text
    return said


def _part(tokens: tuple[tuple[str, str], ...], places: list[int], digits: str) -> dict[int, str]:
    """Digits behind the point; zeros at the end only where the format wants them."""
    said: dict[int, str] = {}
    is_end = True
    for at, digit in reversed(list(zip(places, digits, strict=True))):
        is_end = is_end and digit == "0" and tokens[at][1] != "0"
        said[at] = {"?": " ", "#": ""}[tokens[at][1]] if is_end else digit
    return said


def _exponent(tokens: tuple[tuple[str, str], ...], value: Decimal) -> str | None:
    """Scientific notation with one digit before the point."""
    if any(kind not in {"digit", ".", "exponent"} for kind, _ in tokens):
        return None
    mark = next(at for at, (kind, _) in enumerate(tokens) if kind == "exponent")
    mantissa = "".join(said for _, said in tokens[:mark])
    before, _, after = mantissa.partition(".")
    if len(before) != 1:
        return None
    number, _, exponent = f"{value:.{len(after)}E}".partition("E")
    sign = "-" if exponent[0] == "-" else "+" if tokens[mark][1] == "E+" else ""
    return f"{number}E{sign}{exponent[1:].zfill(len(tokens) - mark - 1)}"


def _kept(number: str) -> Decimal:
    """The number with the digits that a program keeps of it: 0.30000000000000004 is 0.3."""
    if len(number) <= _KEPT:
        return Decimal(number)
    return Decimal(f"{Decimal(number):.{_KEPT}g}")


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(_units(places), ROUND_HALF_UP, _WIDE)


@lru_cache(maxsize=64)
def _units(places: int) -> Decimal:
    """One unit of the last of so many places."""
    return Decimal(1).scaleb(-places)


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
