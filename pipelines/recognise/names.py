"""Names of bodies that a label prints over two lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.values.text import fold_label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipelines.recognise.context import Clue, Line
    from pipelines.recognise.fragments import Fragment

#: Lines after a label among which the rest of its value may be: labels beside it come between.
_NEAR = 3


def join_names(fragments: Sequence[Fragment], others: Iterable[Clue]) -> None:
    """Put together names of bodies that run on in a later line above the same table.

    Only where the document prints the joined name in one piece elsewhere: for another table, or
    on its cover.

    Args:
        fragments: The tables of a document; lines that prove to be the rest of a name get its clue.
        others: What else names bodies: clues of headings.
    """
    printed = [clue for each in fragments for line in each.read for clue in line.clues]
    known = {clue.value for clue in (*printed, *others) if clue.field == "body"}
    for fragment in fragments:
        fragment.read = _joined(fragment.read, known)


def _joined(lines: Sequence[Line], known: Collection[str]) -> list[Line]:
    found = list(lines)
    for at, line in enumerate(lines):
        body = next((clue for clue in line.clues if clue.field == "body"), None)
        for rest in range(at + 1, min(at + 1 + _NEAR, len(lines))) if body else ():
            other = lines[rest]
            if body is None or other.is_title:
                break
            whole = body.value + fold_label(other.text)
            if other.clues or whole not in known:
                continue
            name = replace(body, value=whole)
            clues = tuple(name if clue == body else clue for clue in line.clues)
            found[at] = replace(line, clues=clues)
            found[rest] = replace(other, clues=(
                replace(name, evidence=other.text, cell_id=other.cell_id),
            ))  # fmt: skip
            break
    return found
