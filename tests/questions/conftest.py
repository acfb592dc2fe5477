"""One generated world for all questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.serve.published import published, rows
from pipelines.serve.questions import ALWAYS, Basis, basis, question
from tests.questions.world import World

if TYPE_CHECKING:
    from pipelines.settings import Settings


@dataclass(frozen=True)
class Asked:
    """A warehouse that questions are asked of."""

    settings: Settings

    def __call__(self, name: str) -> list[dict[str, Any]]:
        """The whole answer to a question, without its limit."""
        sql = f"{question(name).sql} ORDER BY {question(name).order}"
        with published(self.settings) as connection:
            found = rows(connection, sql)
        assert all(set(ALWAYS) <= set(row) for row in found)
        return found

    def of(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of the answer, rows in order of these columns."""
        found = [tuple(row[column] for column in columns) for row in self(name)]
        return sorted(found, key=repr)

    def basis(self, name: str) -> Basis:
        """What the answer rests on."""
        return basis(self.settings, question(name))


@pytest.fixture(scope="session")
def world() -> World:
    """What was printed, and what is true of it."""
    return World.drawn()


@pytest.fixture(scope="session")
def asked(world: World, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The published warehouse of that world."""
    return Asked(world.installed(tmp_path_factory.mktemp("questions")).settings)
