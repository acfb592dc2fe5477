"""A PostgreSQL server for the tests of this room; where none is installed they are skipped."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.serve.postgres_server import MISSING, binaries, cluster, database

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATABASES = count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server, started once; its roles are shared by all tests."""
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    with cluster(programs) as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    """An empty database."""
    return database(server, f"test{next(_DATABASES)}")
