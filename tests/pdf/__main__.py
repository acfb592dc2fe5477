"""Print, as Markdown, what becomes of the PDF test documents: ``python -m tests.pdf``.

Those with their truth, those made to do harm, and damaged ones (``--count``).
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pipelines.extract.workers import GuardedExecutor
from tests.pdf.campaign import LIMITS, OUTCOMES, end_of, read, read_damaged
from tests.pdf.cases import cases
from tests.pdf.hostile import HOSTILE
from tests.pdf.mutations import MUTATORS, mutation
from tests.pdf.reading import doubtful_pages, extraction, folded, logical_tables
from tests.pdf.score import Score, score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from tests.pdf.cases import Case


def main(arguments: Sequence[str] | None = None) -> None:
    """Read all of them; bombs and other slow ones take minutes."""
    parser = argparse.ArgumentParser(prog="python -m tests.pdf", description=__doc__)
    parser.add_argument("--count", type=int, default=800, help="damaged documents")
    wanted = parser.parse_args(arguments)
    with GuardedExecutor(2, LIMITS) as executor:
        for lines in (with_truth(), made_to_harm(executor), damaged(executor, wanted.count)):
            print("\n".join(lines), end="\n\n", flush=True)  # noqa: T201 - this is a command


def with_truth() -> Iterator[str]:
    """Cells of logical tables, joined over pages, against the truth."""
    scores: dict[str, Score] = defaultdict(Score)
    documents: Counter[str] = Counter()
    for case in cases():
        name, result = _scored(case)
        documents[name] += 1
        scores[name] += result
    yield "| printed by | documents | cells | exact | numbers | exact | rows lost or too many |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name, total in scores.items():
        figures = (documents[name], total.cells, total.exact, total.numbers, total.exact_numbers,
                   total.lost_rows + total.surplus_rows)  # fmt: skip
        yield _line(name, *figures)


def _scored(case: Case) -> tuple[str, Score]:
    found = extraction(case)
    result = score(
        [folded(table.rows) for table in case.tables],
        [folded(rows) for rows in logical_tables(found)[1]],
    )
    if case.is_realistic:
        return case.producer, result
    doubted = {*case.refused, *case.flagged, *case.exact_or_flagged} & doubtful_pages(found)
    return "one phenomenon, flagged or refused" if doubted else "one phenomenon", result


def made_to_harm(executor: Executor) -> Iterator[str]:
    """How each ends, by end."""
    ends: dict[str, list[str]] = defaultdict(list)
    for name, hostile in HOSTILE.items():
        (found,) = read([hostile.make()], executor)
        ends[end_of(found)].append(name)
    yield "| made to do harm: end | documents | which |"
    yield "|---|--:|---|"
    for end, names in ends.items():
        yield _line(f"`{end}`", len(names), ", ".join(names))


def damaged(executor: Executor, count: int) -> Iterator[str]:
    """Outcomes by what was done."""
    tally: dict[str, Counter[str]] = {how: Counter() for how in MUTATORS}
    for each, _, outcome in read_damaged([mutation(n) for n in range(count)], executor):
        tally[each.how][outcome] += 1
    names = [outcome.replace("_", " ") for outcome in OUTCOMES]
    yield f"| damage | documents | {' | '.join(names)} |"
    yield "|---|" + "--:|" * (len(names) + 1)
    for how, outcomes in [*tally.items(), ("**all**", sum(tally.values(), Counter()))]:
        yield _line(how, outcomes.total(), *(outcomes[outcome] for outcome in OUTCOMES))


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
