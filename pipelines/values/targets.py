"""Targets: the printed value of an indicator → what is promised, clause by clause.

Nothing becomes a number that is not printed; a bare number has no comparator; prose that merely
contains a number (为片区近5年…提供指引) is no number. What is not understood is ``unparsed``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from pipelines.values.indicators import Span
from pipelines.values.text import Folded, fold
from schemas.code_lists import code_list
from schemas.layout import vocabulary
from schemas.tables.base import QUANTITY

_BOOLEANS = {"是": True, "否": False}
_PLACEHOLDER = re.compile(r"[xX×]{2,}")
#: Numbers that say when or which, not how much.
_INCIDENTAL = re.compile(r"近\d+年|第\d+|《[^》]*》")
#: A subject that turns its comparator round (不得|低于) or holds a title's opening mark, whose
#: closing mark is then no comparator (《方案|》1份).
_DOUBTFUL_SUBJECT = re.compile(
    r"[《〈<‹]|(?:[不未勿](?:得|能|能够|可|可以|应|应当|宜|许|允许|要|会|该)?|没有?)\s*$"
)
#: A number without a unit that is a date: 2023.12, 20231231.
_DATE = re.compile(r"(?:19|20)\d\d(?:\.(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))")
_CHINESE_DIGITS = "零〇一二两三四五六七八九十百千万亿半几"


@dataclass(frozen=True, slots=True)
class Clause:
    """One measurable target. ``start:end`` are its printed characters within the value."""

    kind: str
    comparator: str
    start: int
    end: int
    subject: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    boolean: bool | None = None


@dataclass(frozen=True, slots=True)
class TargetValue:
    """How a value reads. Every character of it is in exactly one of ``spans``."""

    kind: str
    clauses: tuple[Clause, ...]
    spans: tuple[Span, ...]


def read_target(text: str) -> TargetValue:
    """Read one printed value. Never raises on text: what is not understood is ``unparsed``."""
    folded = fold(text)
    stripped = folded.text.strip()
    if stripped in _unset_words() or _PLACEHOLDER.fullmatch(stripped):
        return _whole(text, "unset")
    if stripped in _BOOLEANS:
        clause = Clause("boolean", "eq", 0, len(text), boolean=_BOOLEANS[stripped])
        return TargetValue("boolean", (clause,), (Span(0, len(text), "boolean"),))
    try:
        tree = _parser().parse(folded.text)
    except UnexpectedInput:
        return _whole(text, _kind_of_prose(stripped))
    nodes = [node for node in tree.children if isinstance(node, Tree)]
    if len(nodes) > 1 and any(node.data == "bare" for node in nodes):
        return _whole(text, "unparsed")  # 1，2 or 4场；3家: not sure to be separate targets
    if any(map(_is_doubtful, nodes)):
        return _whole(text, "unparsed")
    clauses = tuple(_clause(node, folded) for node in nodes)
    kind = "number" if len(clauses) == 1 else "several"
    return TargetValue(kind, clauses, _spans(tree, folded))


def _whole(text: str, kind: str) -> TargetValue:
    return TargetValue(kind, (), (Span(0, len(text), kind),) if text else ())


def _kind_of_prose(text: str) -> str:
    """Prose without numbers is qualitative; a number left over was not understood."""
    rest = unicodedata.normalize("NFKC", _INCIDENTAL.sub("", text))
    if any(char.isdigit() for char in rest) or _spelled_number().fullmatch(text):
        return "unparsed"
    return "qualitative"


def _is_doubtful(node: Tree[Token]) -> bool:
    """Whether a clause that parses may mean something else, or holds more than a quantity can."""
    part = {token.type: token for token in _tokens(node)}
    printed = str(part["NUMBER"]).replace(",", "")
    if "UNIT" not in part and _DATE.fullmatch(printed):
        return True
    whole, _, decimals = printed.partition(".")
    precision, scale = QUANTITY
    if len(whole) > precision - scale or len(decimals) > scale:
        return True
    return bool(_DOUBTFUL_SUBJECT.search(str(part.get("SUBJECT", ""))))


def _tokens(node: Tree[Token]) -> list[Token]:
    return list(node.scan_values(lambda value: isinstance(value, Token)))


def _clause(node: Tree[Token], folded: Folded) -> Clause:
    tokens = _tokens(node)
    part = {token.type: token for token in tokens}
    spelling = part.get("COMPARATOR") or part.get("AFTER")
    comparator = _comparators()[str(spelling)] if spelling else "none"
    number = Decimal(str(part["NUMBER"]).replace(",", ""))
    start, end = folded.raw_span(_start(tokens[0]), _end(tokens[-1]))
    return Clause(
        kind="number",
        comparator=comparator,
        start=start,
        end=end,
        subject=_raw(part.get("SUBJECT"), folded),
        low=number if comparator in ("none", "eq", "ge", "gt") else None,
        high=number if comparator in ("eq", "le", "lt") else None,
        unit=_raw(part.get("UNIT"), folded),
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
            spans.append(Span(max(left, position), right, token.type.lower()))
            position = right
    if position < len(folded.raw):
        spans.append(Span(position, len(folded.raw), "space"))
    return tuple(spans)


def _raw(token: Token | None, folded: Folded) -> str | None:
    if token is None:
        return None
    left, right = folded.raw_span(_start(token), _end(token))
    return folded.raw[left:right].strip()


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return token.end_pos or 0


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("targets.lark").read_text(encoding="utf-8")
    before = _alternatives(_spellings("before"))
    subject = rf"[^\d;。]+?(?=(?:{before})\s*\d)"
    terminals = {
        "COMPARATOR.3": before,
        "AFTER.3": _alternatives(_spellings("after")),
        "UNIT.2": _alternatives([fold(unit).text for unit in code_list("quantity_units")["unit"]]),
        "SUBJECT.1": subject,
    }
    lines = "".join(f"{name}: /{regex}/\n" for name, regex in terminals.items())
    return Lark(grammar + lines, parser="lalr", maybe_placeholders=False)


@cache
def _comparators() -> dict[str, str]:
    rows = code_list("comparators").select("spelling", "comparator").rows()
    return {fold(spelling).text: comparator for spelling, comparator in rows}


def _spellings(position: str) -> list[str]:
    listed = code_list("comparators")
    chosen = listed.filter(listed["position"] == position)["spelling"]
    return [fold(spelling).text for spelling in chosen]


def _alternatives(words: list[str]) -> str:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word) for word in longest_first)


@cache
def _spelled_number() -> re.Pattern[str]:
    """A number spelled in characters with its unit (三次, 百分之九十): a target, not prose."""
    units = _alternatives([fold(unit).text for unit in code_list("quantity_units")["unit"]])
    words = _alternatives([*_spellings("before"), *_spellings("after")])
    digits = f"[{_CHINESE_DIGITS}]+"
    return re.compile(rf"(?:{words})?(?:百分之{digits}|{digits}(?:{units}))(?:{words})?[。;]?")


@cache
def _unset_words() -> frozenset[str]:
    blank = vocabulary().blank
    return frozenset({"", *(fold(word).text for word in (*blank.dash, *blank.words))})
