"""What a build shows of the staged readings, and how that stands with each document.

The rows that a document brings follow from its readings, as they are stored, and from what was
decided of its statements. Both go into a document's state: two builds of one program in which it
is the same have the same rows of that document.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import duckdb
import polars as pl

if TYPE_CHECKING:
    from pipelines.load.decisions import Decided
    from pipelines.load.staged import StagedReadings

#: What a row of a build is of, its key, and the SHA-256 of all that its rows follow from.
STATE_SCHEMA = pl.Schema({"subject": pl.String, "key": pl.String, "state": pl.String})


@dataclass(frozen=True)
class Scope:
    """Which statements and readings a build shows.

    Attributes:
        loaded: ``statement_version_id, statement_id`` of current versions.
        shown: ``statement_id`` of what is loaded and of today's readings.
        waiting: ``statement_id`` of today's that wait, of documents that are under raw/.
        feeds: What feeds facts (see ``pipelines.load.feeding``).
        readings: ``reading_id`` of today's readings.
    """

    loaded: pl.DataFrame
    shown: pl.DataFrame
    waiting: pl.DataFrame
    feeds: pl.DataFrame
    readings: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """All frames by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def of(self, documents: pl.Series, staged: StagedReadings) -> Scope:
        """As much of it as concerns these documents."""
        statements = staged.statements(current=False).filter(
            pl.col("document_id").is_in(documents.implode())
        )
        readings = staged.readings().filter(pl.col("document_id").is_in(documents.implode()))
        kept = {
            name: frame.join(
                readings if name == "readings" else statements,
                on="reading_id" if name == "readings" else "statement_id",
                how="semi",
                maintain_order="left",
            )
            for name, frame in self.frames().items()
        }
        return Scope(**kept)


def scope_of(decided: Decided, staged: StagedReadings) -> Scope:
    """What a build shows of all documents."""
    present = [d.sha256 for d in decided.state.documents.values() if d.is_present]
    today = staged.statements(current=True)
    waiting = today.filter(pl.col("status") != "complete", pl.col("document_id").is_in(present))
    return Scope(
        loaded=decided.loaded,
        shown=decided.shown,
        waiting=waiting.select("statement_id"),
        feeds=decided.feeds,
        readings=pl.DataFrame({"reading_id": list(staged.keys)}, schema={"reading_id": pl.String}),
    )


def document_states(scope: Scope, staged: StagedReadings) -> pl.DataFrame:
    """The state of every document: a row a document, in order of its key.

    A statement is named with its reading's batch as it was written, since what was read again
    under the same key may say something else.
    """
    with duckdb.connect() as connection:
        connection.register("kept", staged.readings())
        statements = staged.statements(current=False)
        connection.register("statement", statements.select("statement_id", "reading_id"))
        for name, frame in scope.frames().items():
            connection.register(name, frame)
        return connection.execute(_STATES).pl()


_STATES = """
WITH said AS (
    SELECT k.document_id, concat_ws(' ', 'reading', k.reading_id, k.manifest) AS what
    FROM readings JOIN kept k USING (reading_id)
  UNION ALL
    SELECT k.document_id, concat_ws(' ', 'shown', statement_id, k.reading_id, k.manifest)
    FROM shown JOIN statement USING (statement_id) JOIN kept k USING (reading_id)
  UNION ALL
    SELECT k.document_id, concat_ws(' ', 'loaded', statement_id, l.statement_version_id)
    FROM loaded l JOIN statement USING (statement_id) JOIN kept k USING (reading_id)
  UNION ALL
    SELECT k.document_id, concat_ws(' ', 'waiting', statement_id)
    FROM waiting JOIN statement USING (statement_id) JOIN kept k USING (reading_id)
  UNION ALL
    SELECT k.document_id, concat_ws(' ', 'feeds', statement_id, f.fact, f.spending_unit_id,
        f.is_whole)
    FROM feeds f JOIN statement USING (statement_id) JOIN kept k USING (reading_id)
)
SELECT 'document' AS subject, document_id AS key,
    sha256(string_agg(what, chr(10) ORDER BY what)) AS state
FROM said GROUP BY document_id ORDER BY document_id
"""
