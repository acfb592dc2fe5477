"""The packed indicator cell: several indicators printed into one cell, taken apart again.

The notation, seen in 广州 and its districts, in two styles:
``1、1-产出指标；11-数量指标；座谈会次数；实施周期指标值:4；年度指标值:不少于4场。2、1-产出指标；…``
``1.1－产出指标，11－数量指标，座谈会次数；实施周期指标值：4，年度指标值：不少于4场；2、1－产出…``
Punctuation varies (``：`` for ``；``) and stands inside values too, so items are found by their
anchors, never by splitting on punctuation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import polars as pl

from pipelines.values.text import Folded, fold
from schemas.code_lists import code_list

_HEAD = re.compile(
    r"""
    (?P<ordinal>\d{1,3})[、.]
    (?P<level_1>[1-4]\s*[-—–][^:;,]*)[:;,]
    (?P<level_2>[1-4]\s*[1-9]\s*[-—–][^:;,]*)[:;,]
    """,
    re.VERBOSE,
)
_CYCLE = "实施周期指标值:"
_ANNUAL = "年度指标值:"
#: What may stand before a label, the last of it a separator, and what may end an item.
_SEPARATORS = (";", ",", ":")
_BEFORE_LABEL = "。;,:"
_AT_END = "。;,"


@dataclass(frozen=True, slots=True)
class Span:
    """Printed characters ``start:end`` and what they are."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class PackedIndicator:
    """One indicator of a packed cell; each part is a span of the cell's printed text."""

    ordinal: int
    level_1: Span
    level_2: Span
    name: Span
    cycle: Span | None
    annual: Span | None


@dataclass(frozen=True, slots=True)
class PackedCell:
    """A packed cell taken apart; every character is in exactly one of ``spans``."""

    items: list[PackedIndicator] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    @property
    def unparsed(self) -> list[Span]:
        """Characters that fit the notation nowhere."""
        return [span for span in self.spans if span.role == "unparsed"]


def holds_label(text: str) -> bool:
    """Whether a label of a value stands in a text: in a value, what follows is another item's."""
    folded = fold(text).text
    return _CYCLE in folded or _ANNUAL in folded


def read_packed_cell(text: str) -> PackedCell:
    """Take a packed indicator cell apart. What does not fit is kept as an unparsed span."""
    folded = fold(text)
    starts = _item_starts(folded.text)
    bounds = [*starts, len(folded.text)]
    cell = PackedCell()
    if bounds[0] > 0:
        _append(cell, folded, 0, bounds[0], "unparsed")
    for start, end in pairwise(bounds):
        _read_item(cell, folded, start, end)
    return cell


def _item_starts(text: str) -> list[int]:
    """Where items begin: anchors whose numbers go up by one, or begin again at 1.

    An anchor out of that order stands inside a value and is part of it.
    """
    starts, expected = [], 1
    for match in _anchor().finditer(text):
        ordinal = int(match[1])
        if ordinal in (expected, 1):
            starts.append(match.start())
            expected = ordinal + 1
    return starts


@cache
def _anchor() -> re.Pattern[str]:
    """A number, a level-1 code and a level-1 name: ``1、1-产出指标`` or ``1.1－产出指标``."""
    classes = code_list("indicator_classes").filter(pl.col("class_level") == "1")
    names = {
        fold(name).text
        for row in classes.select("name_zh", "aliases").fill_null("").rows()
        for name in "|".join(row).split("|")
        if name
    }
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    alternatives = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<![\d.])(\d{{1,3}})[、.](?=[1-4]\s*[-—–]\s*(?:{alternatives}))")


def _read_item(cell: PackedCell, folded: Folded, start: int, end: int) -> None:
    places = _item_places(folded.text, start, end)
    if places is None:
        _append(cell, folded, start, end, "unparsed")
        return
    spans: dict[str, Span] = {}
    position = start
    for role, (left, right) in places.items():
        if left > position:
            _append(cell, folded, position, left, "punctuation")
        spans[role] = _append(cell, folded, left, right, role)
        position = right
    if position < end:
        _append(cell, folded, position, end, "punctuation")
    cell.items.append(
        PackedIndicator(
            ordinal=int(folded.text[slice(*places["ordinal"])]),
            level_1=spans["level_1"],
            level_2=spans["level_2"],
            name=spans["name"],
            cycle=spans.get("cycle"),
            annual=spans.get("annual"),
        )
    )


def _item_places(text: str, start: int, end: int) -> dict[str, tuple[int, int]] | None:
    """Where the parts of an item are, in order; none if it does not fit the notation.

    The name goes up to the first label. Labels are looked for and punctuation is stripped from
    them: one expression for the whole item would try a long run of punctuation from each of its
    characters, and take time by the square of its length.
    """
    head = _HEAD.match(text, start, end)
    if head is None or any(text.count(label, start, end) > 1 for label in (_CYCLE, _ANNUAL)):
        return None
    places = {role: head.span(role) for role in head.re.groupindex}
    least = head.end() + 1  # a name has one character at least
    cycle = _label(text, _CYCLE, least, end)
    annual = _label(text, _ANNUAL, least, end)
    if cycle is not None and annual is not None:
        if annual.at < cycle.at:  # a cycle's label after the annual one is part of its value
            cycle = None
        else:
            annual = _label(text, _ANNUAL, cycle.value, end)
    first = cycle or annual
    if first is None:
        return None
    places["name"] = (head.end(), first.after)
    if cycle is not None:
        places["cycle_label"] = (cycle.at, cycle.at + len(_CYCLE))
        value_end = annual.after if annual is not None else _value_end(text, cycle.value, end)
        places["cycle"] = (cycle.value, value_end)
    if annual is not None:
        places["annual_label"] = (annual.at, annual.at + len(_ANNUAL))
        places["annual"] = (annual.value, _value_end(text, annual.value, end))
    return places


@dataclass(frozen=True, slots=True)
class _Label:
    """A label: what goes before ends at ``after``, it is ``at``, its value begins at ``value``."""

    after: int
    at: int
    value: int


def _label(text: str, label: str, least: int, end: int) -> _Label | None:
    """A label behind a separator; the punctuation before it does not begin before ``least``."""
    at = text.find(label, least, end)
    before = text[least : max(at, least)].rstrip()
    if not before.endswith(_SEPARATORS):
        return None
    behind = at + len(label)
    value = text[behind:end]
    return _Label(
        after=least + len(before.rstrip(_BEFORE_LABEL)),
        at=at,
        value=behind + len(value) - len(value.lstrip()),
    )


def _value_end(text: str, start: int, end: int) -> int:
    """Where a value ends that goes to the end of its item."""
    return start + len(text[start:end].rstrip().rstrip(_AT_END))


def _append(cell: PackedCell, folded: Folded, start: int, end: int, role: str) -> Span:
    left, right = folded.raw_span(start, end)
    if cell.spans:  # a character that folds to several belongs to the first span it is in
        left = max(left, cell.spans[-1].end)
    span = Span(left, max(left, right), role)
    if left < right:
        cell.spans.append(span)
    return span
