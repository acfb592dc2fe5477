"""What came in with this build: documents that are new to it, statements that differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.documents.ledger import Ledger
from pipelines.publish.flip import UnknownBuildError, build_before, build_path
from pipelines.serve.diff import BuildDiff, diff
from pipelines.serve.published import rows

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings

_BUILD = "SELECT * FROM build_info"
_DOCUMENTS = """
SELECT c.path, d.media_type, d.byte_size, c.body_name, c.fiscal_year, c.statements, c.current,
    c.items_waiting
FROM mart_coverage c JOIN dim_document d USING (document_id)
WHERE d.withdrawn_utc IS NULL
    AND ($known IS NULL OR NOT list_contains($known, document_id))
ORDER BY c.items_waiting = 0, c.path, document_id
"""
_KNOWN = "SELECT document_id FROM dim_document"


@dataclass(frozen=True)
class Arrivals:
    """What is new, against the build that was published before.

    Attributes:
        build: The row of ``build_info``.
        published_utc: When it was published.
        before: Key of the build before; none if there is none that is kept.
        documents: New documents, those with something that waits first: a row a document.
        difference: What changed, statement by statement; none without a build before.
    """

    build: dict[str, Any]
    published_utc: datetime | None
    before: str | None
    documents: list[dict[str, Any]]
    difference: BuildDiff | None

    @property
    def changes(self) -> Counter[str]:
        """How many statements are new, gone, changed, or feed otherwise."""
        told = self.difference.statements if self.difference else []
        return Counter(row["change"] for row in told)

    @property
    def items(self) -> Counter[str]:
        """How many waiting items were opened and resolved."""
        told = self.difference.items if self.difference else []
        return Counter(row["change"] for row in told)


def arrivals(settings: Settings, connection: DuckDBPyConnection) -> Arrivals:
    """What came in with the published build.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    build = rows(connection, _BUILD)[0]
    try:
        before = build_before(settings, build["build_id"])
    except UnknownBuildError:
        before = None
    known = _documents_of(settings, before) if before is not None else None
    return Arrivals(
        build,
        _published_utc(settings, build["build_id"]),
        before,
        rows(connection, _DOCUMENTS, {"known": known}),
        diff(settings, before, build["build_id"]) if before is not None else None,
    )


def _documents_of(settings: Settings, build_id: str) -> list[str]:
    path = build_path(settings, build_id)
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        return [document_id for (document_id,) in connection.execute(_KNOWN).fetchall()]


def _published_utc(settings: Settings, build_id: str) -> datetime | None:
    """When this build was published last; none if a run that published it died before noting it."""
    events = Ledger(settings.ledger).events("published")
    times = [event.at_utc for event in events if event.detail["build_id"] == build_id]
    return times[-1] if times else None
