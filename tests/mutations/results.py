"""What became of damaged documents, counted and shown, whatever they are documents of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.mutations.verdicts import OUTCOMES, UNDETECTED, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Classes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Result:
    """What was done to a document, its text afterwards, and its verdict."""

    mutator: str
    text: str
    verdict: Verdict


def undeclared(results: Sequence[Result], classes: Classes) -> list[Result]:
    """What passed unnoticed and falls in no class that is declared for its mutator."""
    return [
        result
        for result in results
        if result.verdict.outcome == UNDETECTED
        and any(result.mutator not in classes.get(name, {"by": ()})["by"]
                for name in result.verdict.classes)
    ]  # fmt: skip


def passed(results: Sequence[Result]) -> Counter[str]:
    """How often each class occurs."""
    return Counter(
        name
        for result in results
        if result.verdict.outcome == UNDETECTED
        for name in result.verdict.classes
    )


def counted(
    results: Sequence[Result], mutators: Sequence[Callable[..., Any]]
) -> dict[str, Counter[str]]:
    """Outcome by mutator."""
    return counted_by(results, [mutate.__name__ for mutate in mutators])


def counted_by(results: Sequence[Result], names: Sequence[str]) -> dict[str, Counter[str]]:
    """Outcome by what the results are told by."""
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    for result in results:
        found[result.mutator][result.verdict.outcome] += 1
    return found


def shown_by(head: str, tally: Mapping[str, Counter[str]]) -> Iterator[str]:
    """A table of outcomes, a row for each name and one for all."""
    names = [outcome.replace("_", " ") for outcome in OUTCOMES]
    yield f"| {head} | documents | {' | '.join(names)} |"
    yield "|---|" + "--:|" * (len(names) + 1)
    for name, outcomes in tally.items():
        yield _line(name, outcomes)
    yield _line("**all**", sum(tally.values(), Counter()))


def markdown(
    results: Sequence[Result], mutators: Sequence[Callable[..., Any]], classes: Classes
) -> Iterator[str]:
    """Outcomes by what was done, then what passed unnoticed by class, with the reason."""
    tally = counted(results, mutators)
    told = {mutate.__name__: (mutate.__doc__ or "").strip().rstrip(".") for mutate in mutators}
    yield from shown_by("damage", {told[name]: outcomes for name, outcomes in tally.items()})
    unnoticed = passed(results)
    yield ""
    yield "| passes unnoticed | documents | why nothing in the document can show it |"
    yield "|---|--:|---|"
    for name, said in classes.items():
        yield f"| {said['what']} | {unnoticed.pop(name, 0)} | {said['why']} |"
    for name, times in unnoticed.items():
        yield f"| {name} | {times} | **no reason is declared: a defect** |"


def _line(what: str, outcomes: Counter[str]) -> str:
    cells = [outcomes.total(), *(outcomes[outcome] for outcome in OUTCOMES)]
    return f"| {what} | {' | '.join(map(str, cells))} |"
