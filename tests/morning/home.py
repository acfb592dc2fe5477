"""A home with some nights behind it: good ones, one that fails a build check, and things that wait.

All bodies are invented, and say so in their names (示例).
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import duckdb

from pipelines.assets.launch import launch_nightly
from pipelines.load.build import make_build
from pipelines.settings import Settings
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, documents

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.build import Build
    from tests.generator.books.documents import Document

#: What becomes of the books of a place, in turn.
_SCHEDULES = {
    "guangzhou": ("with_targets", "plain", "wrong_total", "without_year", "plain", "superseded",
                  "plain", "plain"),
    "jiangsu": ("plain", "on_paper", "plain", "dated"),
}  # fmt: skip
#: The check that the doctored night breaks.
BROKEN_CHECK = "facts_have_sources"


def prepared(root: Path) -> Settings:
    """Four nights: the first books; more of them; one that is not published; and one that is."""
    settings = Settings(root / "raw", root / "warehouse", config=root / "config", workers=1)
    settings.raw.mkdir(parents=True)
    shutil.copytree(CONFIG, root / "config")
    books = [
        book
        for place, schedule in _SCHEDULES.items()
        for book in documents(7, place, len(schedule) // 2, 2, schedule=schedule)
    ]
    waves = [books[0::3], books[1::3], books[2::6], books[5::6]]
    for number, wave in enumerate(waves, start=1):
        _night(settings, wave, is_doctored=number == 3)
    return settings


def _night(settings: Settings, books: list[Document], *, is_doctored: bool) -> None:
    """More books, and a night over them."""
    write(books, settings.raw)
    with patch("pipelines.night.make_build", _doctored if is_doctored else make_build):
        launched = launch_nightly(settings, lambda _: None)
    assert bool(launched.errors) == is_doctored, launched.errors


def _doctored(*arguments: Any, **options: Any) -> Build:
    """A candidate of which facts of one document lost their provenance, as by a wrong program."""
    made = make_build(*arguments, **options)
    with duckdb.connect(str(made.path)) as connection:
        connection.execute(
            "DELETE FROM fact_source WHERE role = 'amount' AND fact_id IN ("
            "SELECT fact_id FROM fact_three_public WHERE statement_version_id = ("
            "SELECT min(statement_version_id) FROM fact_three_public))"
        )
    return made
