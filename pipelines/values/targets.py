"""Targets: the printed value of an indicator → what is promised, clause by clause.

Nothing becomes a number that is not printed; a bare number has no comparator; prose that merely
contains a number (为片区近5年…提供指引) is no number. What is not understood is ``unparsed``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from pipelines.values.indicators import Span
from pipelines.values.numerals import numeral_characters
from pipelines.values.target_clauses import Clause, DoubtfulClauseError, Tokens, read_clause
from pipelines.values.target_judgement import (
    expected_of,
    prose_direction,
    prose_state,
    suspect_of,
)
from pipelines.values.target_words import (
    claim_ahead,
    meanings,
    phrase,
    spellings,
    terminals,
)
from pipelines.values.text import Folded, fold
from schemas.layout import vocabulary

#: Numbers that say when or which, not how much.
_INCIDENTAL = re.compile(r"近\d+年|第\d+|《[^》]*》")
#: What tokens are to a reader; the others are what their lower-case type says.
_ROLES = {
    "LEAD": "comparator", "DATE_LEAD": "comparator", "AFTER": "comparator", "BY": "comparator",
    "NUMERAL": "number", "FRACTION": "number", "ZERO": "number", "NEVER": "number",
    "UNIT_FIRST": "unit", "PART": "unit", "SLASH_UNIT": "unit", "SLASH_PERIOD": "period",
    "EACH": "unit", "MONTH_IN_DIGITS": "date", "REFERENCE_TEXT": "reference",
    "EVENT": "subject", "EVENT_TEXT": "subject", "OBJECT": "subject",
    "OPEN": "punctuation", "CLOSE": "punctuation", "COLON": "punctuation",
    "STOP": "separator", "SLASH": "punctuation",
}  # fmt: skip
#: 上半年完成 is a time that is not understood; in longer prose it says when, not how much.
_SHORT = 16
_GAP = re.compile(r"\s+")
_OF_NUMBER = re.compile(r"[0-9.,]")
_UNIT_TOKENS = ("SCALE", "UNIT", "PART", "SLASH_UNIT", "SLASH_PERIOD", "UNIT_FIRST")


@dataclass(frozen=True, slots=True)
class TargetValue:
    """How a value reads. Every character of it is in exactly one of ``spans``.

    ``suspect`` is a reason of ``suspects.csv`` to doubt the print, which stays as it is.
    """

    kind: str
    clauses: tuple[Clause, ...]
    spans: tuple[Span, ...]
    direction: str | None = None
    state: str | None = None
    suspect: str | None = None


def read_target(text: str, name: str | None = None) -> TargetValue:
    """Read one printed value. Never raises on text: what is not understood is ``unparsed``.

    Args:
        text: The value as printed.
        name: Its indicator's name: what it ends with says whether 有 is a yes, and what is suspect.
    """
    value = read_value(text)
    return value if name is None else judge(text, value, name)


def judge(text: str, value: TargetValue, name: str) -> TargetValue:
    """How a value that was read by itself reads beside its indicator's name."""
    if expected_of(name) == "boolean" and value.kind in ("unset", "qualitative", "unparsed"):
        answer = _answers("yes_no_name").get(fold(text).text.strip())
        return value if answer is None else _boolean(text, answer=answer)
    if not value.clauses:
        return value
    suspect = suspect_of(value.clauses, name)
    return value if suspect == value.suspect else replace(value, suspect=suspect)


def read_value(text: str) -> TargetValue:
    """Read one printed value by itself, without its indicator's name."""
    folded = _squeezed(fold(text))
    plain = folded.text
    stripped = plain.strip(";。,、")
    if plain in _unset_words() or _placeholder().fullmatch(stripped):
        return _whole(text, "unset")
    if (answer := _answers("any").get(stripped)) is not None:
        return _boolean(text, answer=answer)
    if claim_ahead().search(plain):
        value = _parsed(folded)
        if value is not None:
            return value
    kind = _kind_of_prose(plain)
    if kind != "qualitative":
        return _whole(text, kind)
    return replace(_whole(text, kind), direction=prose_direction(plain), state=prose_state(plain))


def _squeezed(folded: Folded) -> Folded:
    """Without white space, except between digits: ``1 2次`` is not 12次."""
    gaps = [
        gap for gap in _GAP.finditer(folded.text)
        if not (_OF_NUMBER.match(folded.text, max(gap.start() - 1, 0))
                and _OF_NUMBER.match(folded.text, gap.end()))
    ]  # fmt: skip
    if not gaps:
        return folded
    bounds = [0, *(bound for gap in gaps for bound in gap.span()), len(folded.text)]
    kept = [slice(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    at = tuple(place for part in kept for place in folded.at[part])
    return Folded(folded.raw, "".join(folded.text[part] for part in kept), at)


def _parsed(folded: Folded) -> TargetValue | None:
    """The value as the grammar reads it; none if it does not, or not for sure."""
    try:
        tree = _parser().parse(folded.text)
        nodes = [node for node in tree.children if isinstance(node, Tree)]
        clauses = tuple(_clause(node, folded) for node in nodes)
    except (UnexpectedInput, DoubtfulClauseError):
        return None
    if len(clauses) > 1 and not _are_sure(clauses, tree):
        return None
    directions = {c.direction for c in clauses if c.direction is not None}
    return TargetValue(
        kind=clauses[0].kind if len(clauses) == 1 else "several",
        clauses=clauses,
        spans=_spans(tree, folded),
        direction=directions.pop() if len(directions) == 1 else None,
        suspect=suspect_of(clauses, None),
    )


def _are_sure(clauses: tuple[Clause, ...], tree: Tree[Token]) -> bool:
    """Whether these are several targets: each compared, or a unit each and a strong separator."""
    between = [child for child in tree.children if isinstance(child, Token)]
    if between and between[-1] is tree.children[-1]:
        between.pop()
    is_strong = all(";" in mark or "。" in mark for mark in between)
    counts = (c.unit is not None and c.kind in ("number", "frequency") for c in clauses)
    return all(
        c.comparator != "none" or (is_strong and is_count)
        for c, is_count in zip(clauses, counts, strict=True)
    )


def _clause(node: Tree[Token], folded: Folded) -> Clause:
    tokens = _tokens(node)
    trees = [child for child in node.children if isinstance(child, Tree)]
    claim = "unit_first" if tokens[0].type == "UNIT_FIRST" else str(trees[-1].data)
    start, end = folded.raw_span(_start(tokens[0]), _end(tokens[-1]))
    about = [token for token in tokens if _role(token) == "subject"][:1]
    ranges = [n for n, token in enumerate(tokens) if token.type == "RANGE"]
    last = tokens[ranges[-1] :] if ranges else tokens
    units = [token for token in last if token.type in _UNIT_TOKENS]
    return replace(
        read_clause(Tokens(claim, tokens)),
        start=start,
        end=end,
        subject=(_raw(about, folded) or "").removeprefix("的") or None,
        printed_unit=_raw(units, folded),
    )


def _spans(tree: Tree[Token], folded: Folded) -> tuple[Span, ...]:
    """Roles of all characters: the tokens', and white space between them."""
    spans: list[Span] = []
    position = 0
    for token in _tokens(tree):
        left, right = folded.raw_span(_start(token), _end(token))
        if left > position:
            spans.append(Span(position, left, "space"))
        if right > position:  # else the token is the rest of a character that folds to several
            spans.append(Span(max(left, position), right, _role(token)))
            position = right
    if position < len(folded.raw):
        spans.append(Span(position, len(folded.raw), "space"))
    return tuple(spans)


def _role(token: Token) -> str:
    return _ROLES.get(token.type, token.type.lower())


def _raw(tokens: list[Token], folded: Folded) -> str | None:
    if not tokens:
        return None
    left, right = folded.raw_span(_start(tokens[0]), _end(tokens[-1]))
    return folded.raw[left:right].strip()


def _tokens(node: Tree[Token]) -> list[Token]:
    return list(node.scan_values(lambda value: isinstance(value, Token)))


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return token.end_pos or 0


def _whole(text: str, kind: str) -> TargetValue:
    return TargetValue(kind, (), (Span(0, len(text), kind),) if text else ())


def _boolean(text: str, *, answer: bool) -> TargetValue:
    clause = Clause("boolean", "eq", 0, len(text), boolean=answer)
    return TargetValue("boolean", (clause,), (Span(0, len(text), "boolean"),))


def _kind_of_prose(text: str) -> str:
    """Prose without numbers is qualitative; a number left over was not understood."""
    rest = phrase("idiom").sub("", _INCIDENTAL.sub("", text))
    if rest != text and not rest.strip(";。,、"):
        return "qualitative"
    has_digits = any(char.isnumeric() and not "一" <= char <= "龥" for char in rest)
    lacks_number = not any(map(str.isalpha, rest)) or bool(_bare_words().fullmatch(rest))
    is_numeral = not rest.strip(numeral_characters())  # 一: a number, or a dash
    is_unchosen = bool(phrase("unchosen").fullmatch(rest))
    counts = any(map(_counts, _spelled_number().finditer(rest)))
    is_time = len(text) <= _SHORT and bool(phrase("time").search(rest))
    is_lost = has_digits or lacks_number or is_numeral or is_unchosen or counts or is_time
    return "unparsed" if is_lost else "qualitative"


def _counts(match: re.Match[str]) -> bool:
    """Whether a spelled number counts something: 一个 in prose does not, 不少于一个 does."""
    if match["number"] == "一":
        return bool(match["before"] or match["after"])
    return match["vague"] is not None or bool(match["number"].strip("百千万亿"))


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("targets.lark").read_text(encoding="utf-8")
    escaped = {name: regex.replace("/", r"\/") for name, regex in terminals().items()}
    lines = "".join(f"{name}: /{regex}/\n" for name, regex in escaped.items())
    return Lark(grammar + lines, parser="lalr", maybe_placeholders=False)


@cache
def _spelled_number() -> re.Pattern[str]:
    """A number spelled in characters with what it counts (三次, 几场, 十二月)."""
    unit = spellings("quantity_units", "position", "after")
    vague = spellings("target_phrases", "role", "vague_number")
    return re.compile(
        rf"(?P<before>{spellings('comparators', 'position', 'before')})?"
        rf"(?:(?P<number>[{numeral_characters()}]{{1,20}})|(?P<vague>{vague}))(?:{unit}|月|号|分之)"
        rf"(?P<after>{spellings('comparators', 'position', 'after')})?"
    )


@cache
def _bare_words() -> re.Pattern[str]:
    """A comparator or a unit without a number."""
    before, scale = spellings("comparators", "position", "before"), spellings("target_scales")
    unit = spellings("quantity_units")
    return re.compile(rf"{before}?{scale}?\(?{unit}?\)?[;。,、]*")


@cache
def _placeholder() -> re.Pattern[str]:
    """≥XX%, ××场, ____: a template that was not filled in."""
    before, unit = spellings("comparators", "position", "before"), spellings("quantity_units")
    return re.compile(rf"{before}?(?:[xX×]{{2,}}|_{{2,}}|[□○]+|\*{{2,}}){unit}?")


@cache
def _answers(asked: str) -> dict[str, bool]:
    """Words for yes and no; some are so only where the indicator asks."""
    asks = meanings("target_booleans", "asked")
    truth = meanings("target_booleans", "value")
    wanted = ("any",) if asked == "any" else ("any", asked)
    return {word: truth[word] == "true" for word in truth if asks[word] in wanted}


@cache
def _unset_words() -> frozenset[str]:
    blank = vocabulary().blank
    return frozenset({"", *(fold(word).text for word in (*blank.dash, *blank.words))})


__all__ = ["Clause", "TargetValue", "judge", "read_target", "read_value"]
