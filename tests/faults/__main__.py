"""``python -m tests.faults``: kill a night at every point; a Markdown table of what was left."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.faults.sweep import HEAD, SHARES, share


def main() -> int:
    """Print the table and the totals; 1 if anything was not as it must be."""
    began = time.monotonic()
    with ProcessPoolExecutor(SHARES, mp_context=get_context("spawn")) as pool:
        outcomes = [outcome for found in pool.map(share, range(SHARES)) for outcome in found]
    outcomes.sort(key=lambda outcome: (outcome.kill.point.number, outcome.kill.when))
    wrong = [outcome for outcome in outcomes if outcome.faults]
    points = {outcome.kill.point.number for outcome in outcomes}
    stages = {outcome.kill.point.stage for outcome in outcomes}
    print(HEAD, *(outcome.row() for outcome in outcomes), sep="\n")  # noqa: T201
    print(  # noqa: T201
        f"\n{len(outcomes)} kills at {len(points)} points of {len(stages)} stages; "
        f"{len(wrong)} left something wrong; {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
