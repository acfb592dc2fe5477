"""Damaged files of every format: right, or caught, or of a class that says why it cannot be."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from pipelines.documents import media
from pipelines.extract.readers import READERS
from schemas.code_lists import code_list
from tests.mutations.books.campaign import whole_books
from tests.mutations.files.campaign import campaign, markdown, wrong
from tests.mutations.files.formats import NAMES, OFFICE, files
from tests.mutations.files.mutators import OF_FORMAT
from tests.mutations.verdicts import CAUGHT, HARMLESS

if TYPE_CHECKING:
    from tests.mutations.files.campaign import Outcome

FAST, LONG = 300, 2000
#: MiB of memory beyond which no worker may go over any damaged file.
PEAK_MB = 700

#: Formats whose readers are those of others, or another program's.
READ_LIKE_OTHERS = {media.PLAIN_TEXT, media.MHTML, media.WORD, media.RTF}


def hold(outcome: Outcome, count: int) -> None:
    """What must hold of any campaign."""
    assert wrong(outcome) == []
    assert len(outcome.results) == count
    assert outcome.peak_mb < PEAK_MB
    assert set(outcome.formats) == set(NAMES)
    assert set(outcome.rules) <= set(code_list("rules")["rule_id"])
    ends = Counter(result.verdict.outcome for result in outcome.results)
    assert ends[CAUGHT] + ends[HARMLESS] > 0.95 * count
    office = [
        result
        for result, name in zip(outcome.results, outcome.formats, strict=True)
        if name in OFFICE and result.mutator in {"encrypt_part", "double_part"}
    ]
    assert {result.verdict.outcome for result in office} == {CAUGHT}


def apart(seed: int, count: int) -> Outcome:
    """A campaign in a process of its own: the memory of its workers, not of other tests'."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(campaign, seed, count).result()


def test_damage_is_right_or_told() -> None:
    hold(apart(1, FAST), FAST)


@pytest.mark.slow
def test_much_damage_is_right_or_told() -> None:
    outcome = apart(2, LONG)
    hold(outcome, LONG)
    print("\n".join(markdown(outcome)))  # noqa: T201 - shown by pytest -s


def test_every_format_that_is_read_is_damaged() -> None:
    made = files(whole_books(3, 1)[-1:])
    assert {file.format for file in made} <= set(OF_FORMAT)
    kinds = {media.media_type(file.data) for file in made}
    assert kinds >= set(READERS) - READ_LIKE_OTHERS
