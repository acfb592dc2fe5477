"""Values of indicators: printed forms with their truth, from ``values.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_FROM, _TO = 1, 200
#: What a clause says besides its number, as the warehouse names it.
DETAILS = ("per_unit", "per_period", "denominator", "period_from", "period_to", "grade",
           "reference", "base")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """One measurable target of a value; numbers with their scale applied."""

    comparator: str
    kind: str = "number"
    low: str | None = None
    high: str | None = None
    unit: str | None = None
    subject: str | None = None
    boolean: bool | None = None
    per_unit: str | None = None
    per_period: str | None = None
    denominator: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    grade: str | None = None
    reference: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A printed value, its kind and its clauses."""

    text: str
    kind: str
    clauses: tuple[Clause, ...]


def draw_value(rng: Random) -> Value:
    """A form by its weight, filled in."""
    forms, weights = _forms()
    (form,) = rng.choices(forms, cum_weights=weights)
    first, last = form.get("range", (_FROM, _TO))
    fill = {
        "{n}": str(rng.randint(first, last)),
        "{m}": str(rng.randint(first, last)),
        "{u}": rng.choice(form.get("units", ("",))),
    }
    return value_of(form, fill)


def value_of(form: Mapping[str, Any], fill: Mapping[str, str]) -> Value:
    """A form with what is filled in: ``{n}`` → its text."""
    clauses = tuple(
        Clause(**{name: _filled(said, fill) for name, said in clause.items()})
        for clause in form.get("clauses", ())
    )
    return Value(_filled(form["text"], fill), form["kind"], clauses)


def _filled(said: Any, fill: Mapping[str, str]) -> Any:
    if isinstance(said, str) and "{" in said:
        for place, text in fill.items():
            said = said.replace(place, text)
    return said


@cache
def _forms() -> tuple[list[dict[str, Any]], list[int]]:
    """Forms and their running weights."""
    path = Path(__file__).with_name("values.toml")
    forms: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["form"]
    running, weights = 0, []
    for form in forms:
        running += form.get("weight", 1)
        weights.append(running)
    return forms, weights
