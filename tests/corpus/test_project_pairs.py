"""Lines of two real tables of one year that are one project: every labelled pair, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.bench.scores import Score
from tests.conftest import ROOT
from tests.corpus import CORPUS
from tests.corpus.outcome import take_in
from tests.corpus.projects import labelled, paths, scored

if TYPE_CHECKING:
    from pathlib import Path

#: Pairs of each list; a list with names of its own, without units, or of forms.
LISTS = {"guangzhou": 70, "guangzhou_key": 19, "changchun": 4, "hangzhou": 3, "shenzhen_key": 7,
         "yantai": 8}  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One night over the documents of all lists."""
    there = labelled(ROOT)
    if set(there) != set(LISTS):
        pytest.skip(f"no corpus at {CORPUS}: real lists are not linked")
    files = sorted({path for pairs in there.values() for path in paths(pairs)})
    return take_in(tmp_path_factory.mktemp("lists"), files).settings.published


@pytest.mark.parametrize("name", LISTS)
def test_every_labelled_pair_is_linked_and_no_other(name: str, published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        found = scored(labelled(ROOT)[name], connection)
    assert found == Score(LISTS[name], LISTS[name], LISTS[name])
