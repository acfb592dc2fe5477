"""One clause of a target: what the tokens of a parsed clause promise, exactly as far as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.dates import PartialDate, read_date, read_period
from pipelines.values.numerals import read_numeral
from pipelines.values.target_words import meanings, phrase, spellings
from pipelines.values.years import A_YEAR
from schemas.tables.base import QUANTITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Token

#: A subject that turns its comparator round (不得|低于) or holds a title's opening mark, whose
#: closing mark is then no comparator (《方案|》1份).
_DOUBTFUL_SUBJECT = re.compile(
    r"[《〈<‹]|(?:[不未勿](?:得|能|能够|可|可以|应|应当|宜|许|允许|要|会|该)?|没有?|约|近|仅|第|^数)$"
)
#: 8:30 and 24:00 are times of the day more likely than ratios; 1:10 is not.
#: 12/31 is a day more likely than a ratio.
_MONTH_AND_DAY = re.compile(r"(?:0?[1-9]|1[0-2]):(?:1[3-9]|2\d|3[01])")
_TIME = re.compile(r"(?:[02-9]|[12]\d):[0-5]\d|1:0\d")


@dataclass(frozen=True, slots=True)
class Clause:
    """One measurable target. ``start:end`` are its printed characters within the value.

    ``low`` and ``high`` are ``printed_low`` and ``printed_high`` × 10^``scale``, exactly; ``unit``
    is the unit without its scale (元 for the printed 万元), ``printed_unit`` as printed. A date is
    ISO 8601 as far as it is printed (``--12-31``); ``change`` says which way the number goes.
    """

    kind: str
    comparator: str
    start: int = 0
    end: int = 0
    subject: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    printed_low: Decimal | None = None
    printed_high: Decimal | None = None
    scale: int | None = None
    unit: str | None = None
    printed_unit: str | None = None
    per_unit: str | None = None
    per_period: str | None = None
    denominator: Decimal | None = None
    boolean: bool | None = None
    period_from: str | None = None
    period_to: str | None = None
    grade: str | None = None
    reference: str | None = None
    base: str | None = None
    direction: str | None = None


class DoubtfulClauseError(ValueError):
    """A clause that parses may mean something else, or holds more than a quantity can."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a clause, by type."""

    claim: str
    tokens: list[Token]
    by_type: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the tokens by type."""
        for token in self.tokens:
            self.by_type.setdefault(token.type, []).append(str(token))

    def first(self, *types: str) -> str | None:
        """The first token of any of these types."""
        return next((self.by_type[name][0] for name in types if name in self.by_type), None)


def read_clause(tokens: Tokens) -> Clause:
    """What a parsed clause promises; its place and printed texts are the caller's to add.

    Raises:
        DoubtfulClauseError: it is not sure to be meant so.
    """
    if _is_doubtful(tokens.first("SUBJECT")):
        raise DoubtfulClauseError
    return _READERS[tokens.claim](tokens)


def _is_doubtful(subject: str | None) -> bool:
    return subject is not None and (
        bool(_DOUBTFUL_SUBJECT.search(subject))
        or subject in _beginnings_of_units()
        or bool(_cut_comparator().search(subject))
    )


@cache
def _cut_comparator() -> re.Pattern[str]:
    """小于或|等于3: half of a comparator is no subject."""
    words = spellings("comparators", "position", "before")
    return re.compile(rf"{words}(?:或者?|且|和)?$")


@cache
def _beginnings_of_units() -> frozenset[str]:
    """平方≥451.68米: a unit torn apart is no subject."""
    words = [*meanings("quantity_units", "unit")]
    scales = ["", *meanings("target_scales", "exponent")]
    torn = {word[:end] for word in words for end in range(1, len(word))}
    return frozenset(scale + part for scale in scales for part in {*torn, *words, ""})


def _comparator(tokens: Tokens) -> str:
    """Of what stands before and after: 达到90%以上 is ge; 不超过90%以上 contradicts itself."""
    known = meanings("comparators", "comparator")
    spelled = [tokens.first("COMPARATOR", "LEAD", "DATE_LEAD"), tokens.first("AFTER", "BY")]
    before, after = (known[word] if word else None for word in spelled)
    if after is None or before == after:
        return before or "none"
    if before in (None, "none", "eq"):
        return after
    raise DoubtfulClauseError


def _amount(tokens: Tokens) -> Clause:
    quantity = _quantity(tokens.tokens, tokens.first("PERIOD"), tokens.by_type.get("EACH", []))
    comparator = _comparator(tokens)
    if tokens.first("OBJECT") and (quantity.unit is None or not tokens.first("COMPARATOR")):
        raise DoubtfulClauseError  # 5次的活动: of five activities, or of each five?
    if comparator == "none":
        if tokens.first("BASE") and tokens.first("CHANGE"):
            comparator = "ge"  # domain rule: 较上年提高5% promises at least 5 %
        elif quantity.number == 0 and quantity.unit:
            comparator = "eq"  # 0起: none at all
        elif A_YEAR.fullmatch(quantity.text) and not quantity.unit and not quantity.scale:
            raise DoubtfulClauseError  # a bare 2023 is a year
    bounds = _bounds(comparator, quantity.value, quantity.number)
    return _measured(tokens, comparator, quantity, bounds)


def _between(tokens: Tokens) -> Clause:
    if _comparator(tokens) != "none":
        raise DoubtfulClauseError
    at = next(n for n, token in enumerate(tokens.tokens) if token.type == "RANGE")
    first = _quantity(tokens.tokens[:at], None, [])
    last = _quantity(tokens.tokens[at:], tokens.first("PERIOD"), tokens.by_type.get("EACH", []))
    is_plain = first.printed_unit is None
    same = (is_plain or first.scale == last.scale) and first.unit in (None, last.unit)
    years = (
        last.printed_unit is None and A_YEAR.fullmatch(first.text) and A_YEAR.fullmatch(last.text)
    )
    if years or not same or first.per_unit or first.per_period or first.number >= last.number:
        raise DoubtfulClauseError
    low = first.number.scaleb(last.scale)
    bounds = (low, last.value, first.number, last.number)
    return _measured(tokens, "between", last, bounds)


_Bounds = tuple["Decimal | None", "Decimal | None", "Decimal | None", "Decimal | None"]


def _bounds(comparator: str, value: Decimal, printed: Decimal) -> _Bounds:
    """Low and high, and both as printed: a bare number stands in low."""
    is_low = comparator in ("none", "eq", "ge", "gt")
    is_high = comparator in ("eq", "le", "lt")
    return (
        value if is_low else None,
        value if is_high else None,
        printed if is_low else None,
        printed if is_high else None,
    )


def _measured(tokens: Tokens, comparator: str, quantity: _Quantity, bounds: _Bounds) -> Clause:
    low, high, printed_low, printed_high = bounds
    base, change = tokens.first("BASE"), tokens.first("CHANGE")
    return Clause(
        kind="frequency" if quantity.per_period else "number",
        comparator=comparator,
        low=low,
        high=high,
        printed_low=printed_low,
        printed_high=printed_high,
        scale=quantity.scale,
        unit=quantity.unit,
        per_unit=quantity.per_unit,
        per_period=quantity.per_period,
        base=meanings("target_bases", "base")[base] if base else None,
        direction=meanings("target_directions", "direction")[change] if change else None,
    )


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number with its scale and unit."""

    text: str
    number: Decimal
    scale: int
    unit: str | None
    printed_unit: str | None
    per_unit: str | None
    per_period: str | None

    @property
    def value(self) -> Decimal:
        """The number, scale applied; exact, since its digits are few enough."""
        return self.number.scaleb(self.scale)


def _quantity(tokens: list[Token], period: str | None, each: list[str]) -> _Quantity:
    part = {token.type: str(token) for token in tokens}
    text = part.get("NUMBER") or part["NUMERAL"]
    number = _number(text)
    spelling = part.get("UNIT") or part.get("PART")
    if number is None or (spelling is None and text == "一"):  # a dash, more likely
        raise DoubtfulClauseError
    scale = sum(_exponents()[part[name]] for name in ("SCALE", "UNIT", "PART") if name in part)
    things = [meanings("quantity_units", "unit")[t.removeprefix("每")] for t in each]
    things += [
        meanings("quantity_units", "unit")[str(token)[1:]]
        for token in tokens
        if token.type == "SLASH_UNIT"
    ]
    spelled = [str(token) for token in tokens if token.type == "SLASH_PERIOD"]
    periods = [meanings("target_periods", "period")[word] for word in [*spelled, period] if word]
    if len(periods) > 1 or not _fits(number, scale):
        raise DoubtfulClauseError
    return _Quantity(
        text=text,
        number=number,
        scale=scale,
        unit=meanings("quantity_units", "unit")[spelling] if spelling else None,
        printed_unit=part.get("SCALE") or spelling,
        per_unit="/".join(things) or None,
        per_period=periods[0] if periods else None,
    )


@cache
def _exponents() -> dict[str, int]:
    units, scales = meanings("quantity_units", "exponent"), meanings("target_scales", "exponent")
    return {word: int(exponent) for word, exponent in (*units.items(), *scales.items())}


def _number(text: str) -> Decimal | None:
    plain = text.replace(",", "")
    return Decimal(plain) if plain[0].isascii() else read_numeral(plain)


def _fits(number: Decimal, scale: int) -> bool:
    """Whether the number fits its column, scaled and as printed: never rounded, never cut."""
    precision, places = QUANTITY
    whole, _, decimals = f"{number:f}".partition(".")
    room = precision - places
    return max(len(whole), len(whole) + scale) <= room and len(decimals) <= places


def _ratio(tokens: Tokens) -> Clause:
    first, second = (_number(text) for text in tokens.by_type["NUMBER"])
    printed = ":".join(tokens.by_type["NUMBER"])
    is_time = "COLON" in tokens.by_type and _TIME.fullmatch(printed)
    is_day = "SLASH" in tokens.by_type and _MONTH_AND_DAY.fullmatch(printed)
    if first is None or not second or is_time or is_day:
        raise DoubtfulClauseError
    return _share(tokens, first, second)


def _fraction(tokens: Tokens) -> Clause:
    whole, _, part = (tokens.first("FRACTION") or "").partition("分之")
    denominator, numerator = read_numeral(whole), read_numeral(part)
    if not denominator or numerator is None:
        raise DoubtfulClauseError
    return _share(tokens, numerator, denominator)


def _share(tokens: Tokens, numerator: Decimal, denominator: Decimal) -> Clause:
    if not (_fits(numerator, 0) and _fits(denominator, 0)):
        raise DoubtfulClauseError
    comparator = _comparator(tokens)
    low, high, printed_low, printed_high = _bounds(comparator, numerator, numerator)
    return Clause(
        "ratio", comparator, low=low, high=high, printed_low=printed_low,
        printed_high=printed_high, scale=0, denominator=denominator,
    )  # fmt: skip


def _by_date(tokens: Tokens) -> Clause:
    date = read_date(tokens.first("DATE", "MONTH_IN_DIGITS") or "")
    comparator = _comparator(tokens)
    if date is None or (tokens.first("MONTH_IN_DIGITS") and not tokens.first("BY")):
        raise DoubtfulClauseError  # 2023.12 may be a number
    if comparator == "le" and _excludes(date, tokens.first("BY")):
        comparator = "lt"
    return Clause(
        "date",
        comparator,
        period_from=date.iso if comparator in ("none", "eq", "ge", "gt") else None,
        period_to=date.iso if comparator in ("none", "eq", "le", "lt") else None,
    )


def _excludes(date: PartialDate, mark: str | None) -> bool:
    """12月前 excludes December, since the month is not reached; 12月底前 and 12月31日前 do not."""
    return mark in ("前", "之前", "以前") and date.day is None and not date.at_end


def _period(tokens: Tokens) -> Clause:
    dates = [str(t) for t in tokens.tokens if t.type in ("DATE", "MONTH_IN_DIGITS")]
    period = read_period(*dates)
    if period is None or _comparator(tokens) != "none":
        raise DoubtfulClauseError
    return Clause("date", "between", period_from=period[0].iso, period_to=period[1].iso)


def _grade(tokens: Tokens) -> Clause:
    known = meanings("target_grades", "grade")
    grades = [known[word] for word in tokens.by_type["GRADE"]]
    return Clause("ordinal", _comparator(tokens), grade="/".join(grades))


def _reference(tokens: Tokens) -> Clause:
    text = tokens.first("REFERENCE", "REFERENCE_TEXT") or ""
    comparator = _comparator(tokens)
    if comparator == "none" or phrase("vague").match(text):
        raise DoubtfulClauseError  # ≥若干次
    base = meanings("target_references", "base").get(text)
    return Clause("reference", comparator, reference=text, base=base)


def _zero(tokens: Tokens) -> Clause:
    zero = Decimal(0)
    if tokens.first("SUBJECT", "COMPARATOR", "LEAD", "BASE", "CHANGE", "PERIOD", "EACH"):
        raise DoubtfulClauseError
    return Clause("number", "eq", low=zero, high=zero, printed_low=zero, printed_high=zero, scale=0)


def _unit_first(tokens: Tokens) -> Clause:
    """万元≤184.94: some forms print the unit before the comparator."""
    words = tokens.first("UNIT_FIRST") or ""
    units, scales = meanings("quantity_units", "unit"), meanings("target_scales", "exponent")
    scale = next((s for s in scales if words.startswith(s) and words[len(s) :] in units), "")
    number = _number(tokens.first("NUMBER") or "")
    unit = words if words in units else words[len(scale) :]
    exponent = _exponents()[unit] + (0 if words in units or not scale else int(scales[scale]))
    if number is None or not _fits(number, exponent):
        raise DoubtfulClauseError
    comparator = _comparator(tokens)
    low, high, printed_low, printed_high = _bounds(comparator, number.scaleb(exponent), number)
    return Clause(
        "number", comparator, low=low, high=high, printed_low=printed_low,
        printed_high=printed_high, scale=exponent, unit=units[unit],
    )  # fmt: skip


_READERS: dict[str, Callable[[Tokens], Clause]] = {
    "amount": _amount,
    "between": _between,
    "ratio": _ratio,
    "fraction": _fraction,
    "by_date": _by_date,
    "period": _period,
    "grade": _grade,
    "reference": _reference,
    "zero": _zero,
    "unit_first": _unit_first,
}
