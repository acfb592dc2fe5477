"""How one printed target reads: for a person who wonders, without any warehouse."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.values.target_rendering import render_clause
from pipelines.values.targets import read_target
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pipelines.values.target_clauses import Clause

#: Places are told by ``characters``.
_PLACES = ("start", "end")


@dataclass(frozen=True)
class DescribedTarget:
    """A value and how it reads.

    ``clauses`` holds every field of a clause as text, none where nothing is printed, and
    ``rendered``, its canonical spelling. ``characters`` are the runs of the printed text with what
    they are (``text``, ``role``, ``from``, ``to``): together they are the text, each once.
    """

    raw: str
    name: str | None
    kind: str
    direction: str | None
    state: str | None
    suspect: str | None
    suspect_says: str | None
    clauses: list[dict[str, str | None]]
    characters: list[dict[str, str | int]]


def describe_target(text: str, name: str | None = None) -> DescribedTarget:
    """How a printed value reads beside its indicator's name. Never raises on text."""
    value = read_target(text, name)
    return DescribedTarget(
        raw=text,
        name=name,
        kind=value.kind,
        direction=value.direction,
        state=value.state,
        suspect=value.suspect,
        suspect_says=_says(value.suspect),
        clauses=[_clause(clause) for clause in value.clauses],
        characters=[
            {"text": text[s.start : s.end], "role": s.role, "from": s.start, "to": s.end}
            for s in value.spans
        ],
    )


def _clause(clause: Clause) -> dict[str, str | None]:
    told = {f.name: _text(getattr(clause, f.name)) for f in fields(clause) if f.name not in _PLACES}
    return {**told, "rendered": render_clause(clause)}


def _text(found: object) -> str | None:
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, bool):
        return "true" if found else "false"
    return f"{found:f}" if isinstance(found, Decimal) else str(found)


def _says(suspect: str | None) -> str | None:
    """A reason to doubt the print, in both languages."""
    rows = code_list("suspects").select("suspect", "zh", "en").rows()
    return next((f"{zh} / {en}" for reason, zh, en in rows if reason == suspect), None)
