"""Whether the published build is, row by row, what today's ledger and readings make from nothing.

A night makes again only what changed, and takes the rest from the build before. That both ways
lead to the same rows is tested; here it is seen on the operator's own data.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.load.base import SEAL
from pipelines.load.build import make_build
from pipelines.night import Night
from pipelines.publish.flip import discard_candidate
from schemas.registry import tables
from schemas.render import literal

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings

_SHOWN = 3


class NothingToVerifyError(RuntimeError):
    """What is published is not what today's ledger and program make: a night is due first."""


@dataclass(frozen=True)
class Difference:
    """A table that is another from nothing.

    Attributes:
        table: Its name.
        only_published: How many rows only the published build has.
        only_from_nothing: How many rows only the build from nothing has.
        examples: The first of them, as the table has them.
    """

    table: str
    only_published: int
    only_from_nothing: int
    examples: list[dict[str, Any]]


def verify(settings: Settings) -> list[Difference]:
    """Build from nothing beside what is published, and compare all rows of all tables.

    If any differ, the next build does not go on from the published one. The caller holds the
    writer's lock.

    Raises:
        NothingToVerifyError: nothing is published, or there is news, or publishing is held.
    """
    with closing(Night(settings)) as night:
        if not night.is_current() or night.pending():
            raise NothingToVerifyError(
                f"{settings.current}: 已发布版本不是今日台账所对应的版本；请先运行 yusuan ingest / "
                "what is published is not what today's ledger makes; run yusuan ingest first"
            )
        try:
            made = make_build(settings, night.prints, night.keys(), from_nothing=True)
            found = _differences(settings.published.resolve(), made.path)
        finally:
            discard_candidate(settings)
    if found:
        settings.published.resolve().with_name(SEAL).unlink(missing_ok=True)
    return found


def _differences(published: Path, from_nothing: Path) -> list[Difference]:
    found: list[Difference] = []
    with duckdb.connect() as connection:
        for name, path in (("published", published), ("nothing", from_nothing)):
            connection.execute(f"ATTACH {literal(str(path))} AS {name} (READ_ONLY)")
        for table in tables():
            ours, ours_shown = _only(connection, f"published.{table}", f"nothing.{table}")
            theirs, theirs_shown = _only(connection, f"nothing.{table}", f"published.{table}")
            if ours or theirs:
                found.append(Difference(table, ours, theirs, [*ours_shown, *theirs_shown]))
    return found


def _only(
    connection: duckdb.DuckDBPyConnection, one: str, other: str
) -> tuple[int, list[dict[str, Any]]]:
    """How many rows one table has and the other has not, and the first of them."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE only_one AS FROM {one} EXCEPT ALL FROM {other}"
    )
    (count,) = connection.execute("SELECT count(*) FROM only_one").fetchone() or (0,)
    cursor = connection.execute("FROM only_one ORDER BY ALL LIMIT ?", [_SHOWN])
    names = [column[0] for column in cursor.description or []]
    return count, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
