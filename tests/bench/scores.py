"""Precision and recall of links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True)
class Score:
    """Links against the truth: how many are true, made, and both."""

    true: int
    made: int
    right: int

    @property
    def precision(self) -> float:
        """How many of the links made are true."""
        return round(self.right / self.made, 4) if self.made else 1.0

    @property
    def recall(self) -> float:
        """How many of the true links are made."""
        return round(self.right / self.true, 4) if self.true else 1.0

    def as_json(self) -> dict[str, float]:
        """All of it."""
        return {"true": self.true, "made": self.made, "right": self.right,
                "precision": self.precision, "recall": self.recall}  # fmt: skip


def score(true: AbstractSet[Any], made: AbstractSet[Any]) -> Score:
    """Links against the truth."""
    return Score(len(true), len(made), len(true & made))
