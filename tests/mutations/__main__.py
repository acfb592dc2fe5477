"""Print, as Markdown, what became of damaged documents: ``python -m tests.mutations``."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from tests.mutations.campaign import campaign, counted, undeclared
from tests.mutations.mutators import MUTATORS
from tests.mutations.verdicts import OUTCOMES, UNDETECTED, undetectable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutations.campaign import Result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign; 1 if something passed unnoticed that no class declares."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=5200)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    results = campaign(wanted.seed, wanted.count)
    print("\n".join(markdown(results)))  # noqa: T201 - this is a command
    return int(bool(undeclared(results)))


def markdown(results: Sequence[Result]) -> Iterator[str]:
    """Outcomes by what was done, then what passed unnoticed by class, with the reason."""
    names = [outcome.replace("_", " ") for outcome in OUTCOMES]
    yield f"| damage | documents | {' | '.join(names)} |"
    yield "|---|" + "--:|" * (len(names) + 1)
    tally = counted(results)
    for mutate in MUTATORS:
        what = (mutate.__doc__ or "").strip().rstrip(".")
        yield _line(what, tally[mutate.__name__])
    yield _line("**all**", sum(tally.values(), Counter()))
    passed = Counter(r.verdict.detail for r in results if r.verdict.outcome == UNDETECTED)
    yield ""
    yield "| passes unnoticed | documents | why nothing in the document can show it |"
    yield "|---|--:|---|"
    for name, said in undetectable().items():
        yield f"| {said['what']} | {passed.pop(name, 0)} | {said['why']} |"
    for name, times in passed.items():
        yield f"| {name} | {times} | **no reason is declared: a defect** |"


def _line(what: str, outcomes: Counter[str]) -> str:
    cells = [outcomes.total(), *(outcomes[outcome] for outcome in OUTCOMES)]
    return f"| {what} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    raise SystemExit(main())
