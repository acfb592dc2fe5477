"""Identities: what printed figures must be to one another, as data.

Within a table they follow from the trees of its axes (``identities.csv`` names them). Across tables
they are written down in ``cross_identities.csv``: two sides, each a sum of selections of printed
figures::

    fiscal_appropriation_summary[expenditure_line=each:3]
    general_budget_by_function[function=each:3] + government_fund[function=each:3]

A selection is a kind of table and, in brackets, nodes of its axes, parted by ``;``. Nodes are
alternatives that are added up (``a|b``); ``each`` holds the sides against one another node by
node, ``all`` adds up all nodes. ``each`` and ``all`` may say which nodes (``each:a|b``) or, for
codes, of how many digits (``each:3``). Of an axis that is not named the whole is taken: what
stands below nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from schemas.axes import parents
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: Axes of codes: open lists, of which a table leaves out what has no money.
CODED = ("function", "economic")
#: Axes of names: units of any table by unit, and projects.
NAMED = ("unit", "project")
#: Lines of expenditure: function classes and types of expenditure in one list.
LINES = "expenditure_line"
RELATIONS = ("=", "<=")

_TERM = re.compile(r"(?P<kind>[a-z_]+)(?:\[(?P<nodes>[^\[\]]+)\])?")
_NODES = re.compile(
    r"(?P<axis>[a-z_]+)=(?:(?P<how>each|all)(?::(?P<which>[^\s;]+))?|(?P<nodes>[^\s;:]+))"
)
How = Literal["nodes", "each", "all"]


class IdentityError(ValueError):
    """An identity cannot be read, or names what does not exist; the message says which."""


@dataclass(frozen=True)
class Nodes:
    """Which nodes of an axis a selection takes.

    Attributes:
        axis: The axis.
        how: ``nodes``: those listed, added up; ``each``: one by one; ``all``: all, added up.
        listed: The nodes; none for all of them.
        digits: Of codes, how many digits they have; none for any number.
    """

    axis: str
    how: How
    listed: tuple[str, ...] = ()
    digits: int | None = None


@dataclass(frozen=True)
class Selection:
    """Printed figures of one kind of table."""

    kind: str
    nodes: tuple[Nodes, ...] = ()


@dataclass(frozen=True)
class CrossIdentity:
    """What figures of several tables of one body, year and phase must be to one another.

    Attributes:
        identity_id: Its name in ``identities.csv``. Several rows of one name are alternatives for
            publishers that print it differently: the first whose tables are there holds.
        strength: As ``identities.csv`` says.
        is_inclusion: The left is a part of the right; else both are equal.
        left: Selections, added up.
        right: Selections, added up.
        condition: It holds only if these add up to nothing; none if it always holds.
    """

    identity_id: str
    strength: str
    is_inclusion: bool
    left: tuple[Selection, ...]
    right: tuple[Selection, ...]
    condition: tuple[Selection, ...]

    @property
    def selections(self) -> tuple[Selection, ...]:
        """All that must be there for it to be checked."""
        return (*self.left, *self.right, *self.condition)


def parse_side(text: str) -> tuple[Selection, ...]:
    """Selections that are added up, as they are written in ``cross_identities.csv``.

    Raises:
        IdentityError: it is not written so.
    """
    return tuple(_selection(term.strip()) for term in text.split(" + "))


def _selection(text: str) -> Selection:
    found = _TERM.fullmatch(text)
    if found is None:
        raise IdentityError(f"{text!r}: not of the form kind[axis=node|node; axis=each:3]")
    nodes = found["nodes"].split(";") if found["nodes"] else []
    return Selection(found["kind"], tuple(_nodes(part.strip()) for part in nodes))


def _nodes(text: str) -> Nodes:
    found = _NODES.fullmatch(text)
    if found is None:
        raise IdentityError(f"{text!r}: not of the form axis=node|node, axis=each or axis=all:3")
    if found["how"] is None:
        return Nodes(found["axis"], "nodes", tuple(found["nodes"].split("|")))
    how: How = "each" if found["how"] == "each" else "all"
    which = found["which"] or ""
    if which.isdigit() and len(which) == 1:
        return Nodes(found["axis"], how, digits=int(which))
    return Nodes(found["axis"], how, tuple(which.split("|")) if which else ())


@cache
def cross_identities(config: Path | None = None) -> tuple[CrossIdentity, ...]:
    """All identities across tables, in file order.

    Raises:
        IdentityError: one cannot be read, or names what does not exist.
    """
    strengths = dict(code_list("identities", config).select("identity_id", "strength").rows())
    rows = code_list("cross_identities", config).select(
        "identity_id", "relation", "left", "right", "condition"
    )
    found = []
    for identity_id, relation, left, right, condition in rows.iter_rows():
        if identity_id not in strengths or relation not in RELATIONS:
            raise IdentityError(
                f"cross_identities.csv: {identity_id} {relation}: no identity of identities.csv, "
                f"or no relation of {RELATIONS}"
            )
        identity = CrossIdentity(
            identity_id,
            strengths[identity_id],
            relation == "<=",
            parse_side(left),
            parse_side(right),
            parse_side(condition) if condition else (),
        )
        _check(identity, config)
        found.append(identity)
    return tuple(found)


def _check(identity: CrossIdentity, config: Path | None) -> None:
    kinds = set(code_list("kinds", config)["kind"])
    for selection in identity.selections:
        if selection.kind not in kinds:
            raise _wrong(identity, f"{selection.kind} is no kind of kinds.csv")
        for nodes in selection.nodes:
            _check_nodes(identity, nodes, config)
    if identity.is_inclusion != (identity.strength == "inclusion"):
        raise _wrong(identity, f"{identity.strength} is another strength than its relation says")
    each = [_each(side) for side in (identity.left, identity.right)]
    if each[0] != each[1] or any(n.how == "each" for s in identity.condition for n in s.nodes):
        raise _wrong(identity, "each must stand in every selection of both sides, or in none")


def _each(side: tuple[Selection, ...]) -> set[int]:
    return {sum(nodes.how == "each" for nodes in selection.nodes) for selection in side}


def _check_nodes(identity: CrossIdentity, nodes: Nodes, config: Path | None) -> None:
    axis = nodes.axis
    known = parents("expenditure_type" if axis == LINES else axis, config)
    if not known and axis not in (*CODED, *NAMED):
        raise _wrong(identity, f"{axis} is no axis that can be selected")
    if known and (missing := [n for n in nodes.listed if n not in known and not n.isdigit()]):
        raise _wrong(identity, f"{missing} are no nodes of {axis} in nodes.csv")
    if axis in CODED and not all(node.isdigit() for node in nodes.listed):
        raise _wrong(identity, f"{nodes.listed} are no codes of {axis}")


def _wrong(identity: CrossIdentity, why: str) -> IdentityError:
    return IdentityError(f"cross_identities.csv: {identity.identity_id}: {why}")
