"""Print, as Markdown, what became of damaged documents: ``python -m tests.mutations --help``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tests.mutations import campaign, mutators, verdicts
from tests.mutations.books import campaign as of_books
from tests.mutations.books import mutators as book_mutators
from tests.mutations.books import verdicts as book_verdicts
from tests.mutations.files import campaign as of_files
from tests.mutations.results import markdown, undeclared

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign; 1 if something passed unnoticed that no class declares."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--books", action="store_true", help="whole books, not single tables")
    parser.add_argument("--files", action="store_true", help="whole books as files of each format")
    parser.add_argument("--count", type=int, default=5200)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    if wanted.files:
        outcome = of_files.campaign(wanted.seed, wanted.count)
        print("\n".join(of_files.markdown(outcome)))  # noqa: T201 - this is a command
        return int(bool(of_files.wrong(outcome)))
    run = of_books.campaign if wanted.books else campaign.campaign
    ways = book_mutators.MUTATORS if wanted.books else mutators.MUTATORS
    classes = (book_verdicts if wanted.books else verdicts).undetectable()
    results = run(wanted.seed, wanted.count)
    print("\n".join(markdown(results, ways, classes)))  # noqa: T201 - this is a command
    return int(bool(undeclared(results, classes)))


if __name__ == "__main__":
    raise SystemExit(main())
