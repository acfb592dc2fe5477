"""Real lists of projects against labels: which line of one table is which of another.

``project_pairs.csv`` was labelled by reading the rows of both tables as the warehouse has them,
names and totals side by side (not the pages anew): ordinal and printed total on either side of each
pair, no names. Lists whose names are spelled alike, under a body's former name or with 年 left out
(长春), lists without units (重点项目, 烟台 公开表11), forms of one project each (烟台).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.bench.scores import Score, score
from tests.corpus.outcome import documents

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

_PAIRS = "tests/corpus/project_pairs.csv"
_LINES = """
SELECT s.document_id, s.kind, l.ordinal, l.printed_total_yuan::VARCHAR, i.project_id
FROM project_line l
JOIN statement s USING (statement_id)
LEFT JOIN bridge_project_identity i USING (project_line_id)
"""

#: A line: document, kind of table, ordinal, printed total.
Line = tuple[str, str, int, str]


def labelled(root: Path) -> dict[str, list[tuple[Line, Line]]]:
    """List → its labelled pairs; only lists whose documents are all there.

    Args:
        root: The project's directory.
    """
    rows = pl.read_csv(root / _PAIRS, schema_overrides={"total_yuan": pl.String})
    found: dict[str, list[tuple[Line, Line]]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        total = row["total_yuan"]
        left = (row["left"], row["left_kind"], row["left_ordinal"], total)
        right = (row["right"], row["right_kind"], row["right_ordinal"], total)
        found[row["list"]].append((left, right))
    there = documents()
    return {
        name: pairs for name, pairs in found.items()
        if all(line[0] in there for pair in pairs for line in pair)
    }  # fmt: skip


def paths(pairs: list[tuple[Line, Line]]) -> list[Path]:
    """Files of the documents that pairs are of."""
    return [documents()[sha256] for sha256 in sorted({line[0] for pair in pairs for line in pair})]


def scored(pairs: list[tuple[Line, Line]], connection: duckdb.DuckDBPyConnection) -> Score:
    """What a published build links between the tables that pairs are of."""
    lines: dict[tuple[str, str], list[tuple[Line, Any]]] = defaultdict(list)
    for document, kind, ordinal, total, project in connection.execute(_LINES).fetchall():
        lines[document, kind].append(((document, kind, ordinal, total), project))
    tables = {(left[:2], right[:2]) for left, right in pairs}
    made = {
        (left, right)
        for one, other in tables
        for left, project in lines[one]
        for right, same in lines[other]
        if project is not None and project == same
    }
    known = {line for found in lines.values() for line, _ in found}
    for pair in pairs:
        if not known.issuperset(pair):
            raise ValueError(f"{pair}: labelled, and not read; read the page again")
    return score(set(pairs), made)
