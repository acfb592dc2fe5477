"""Print what became of every table of the corpus: ``python -m tests.corpus.census``."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.corpus import CORPUS
from tests.corpus.outcome import (
    CONTEXTS,
    EXPLAINED,
    Outcome,
    documents,
    other_contexts,
    outcome,
    take_in,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Installation


def main() -> None:
    """A night in a temporary directory, and what came of it as Markdown."""
    if not documents():
        raise SystemExit(f"no corpus at {CORPUS}")
    with tempfile.TemporaryDirectory() as root:
        night = take_in(Path(root), documents().values())
        found = outcome(night)
        said = [
            *_sizes(found),
            "",
            *_markdown(shares(found)),
            "",
            *_markdown(_sums(night)),
            "",
            *_waiting(found, night),
            *_unexplained(found),
        ]
    print("\n".join(said))  # noqa: T201 - this is a command


def shares(found: Outcome) -> pl.DataFrame:
    """By place and kind: printed, recognised, complete; with a total, and those that hold."""
    is_recognised = pl.col("statement_id").is_not_null()
    has_total = is_recognised & pl.col("total").is_not_null()
    counted = found.tables.group_by("place", "kind", maintain_order=True).agg(
        printed=pl.len(),
        recognised=is_recognised.sum(),
        complete=pl.col("is_complete").fill_null(value=False).sum(),
        with_total=has_total.sum(),
        within=(has_total & pl.col("holds")).sum(),
    )
    sums = [pl.col(c).sum() for c in counted.columns[2:]]
    places = counted.group_by("place").agg(pl.lit("*").alias("kind"), *sums)
    whole = counted.select(pl.lit("*").alias("place"), pl.lit("*").alias("kind"), *sums)
    return pl.concat([counted, places, whole]).sort("place", "kind")


def _sizes(found: Outcome) -> list[str]:
    """Documents, tables, and how many of them are what they should be."""
    whole = shares(found).row(0, named=True)
    lines = {
        "documents": f"{len(documents())}, of them without a budget table "
        f"{len(documents()) - found.tables['document_id'].n_unique()}",
        "recognised": _share(whole["recognised"], whole["printed"]),
        "complete": _share(whole["complete"], whole["printed"]),
        "totals within the envelope": _share(whole["within"], whole["with_total"]),
        "contexts read by eye": str(len(CONTEXTS)),
        "tables with another body, year, phase, book or unit of money than is printed": str(
            other_contexts(found).select("document_id", "first_page").n_unique()
        ),
        "taken for a budget table, but none": str(found.beside.height),
    }
    return [f"- {name}: {said}" for name, said in lines.items()]


def _share(some: int, whole: int) -> str:
    return f"{some} of {whole} ({some / whole:.2%})"


def _sums(night: Installation) -> pl.DataFrame:
    """Verdicts of all controls, those that were confirmed as the paper's, and where it says so."""
    rows = night.rows(
        "SELECT verdict, count(*), count(*) FILTER (statement_count = 1), "
        "count(*) FILTER (statement_count > 1), count(f.control_id) FROM control_total "
        "LEFT JOIN (SELECT DISTINCT control_id FROM finding) f USING (control_id) "
        "GROUP BY ALL ORDER BY ALL"
    )
    columns = ["identities", "controls", "within a table", "across tables", "confirmed findings"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _waiting(found: Outcome, night: Installation) -> list[str]:
    """What waits, by rule; and each printed table that is not complete or whose sums miss."""
    rules = Counter(rule for (rule,) in night.rows("SELECT rule_id FROM quarantine_item"))
    said = [f"- waits by {rule}: {count}" for rule, count in sorted(rules.items())]
    is_whole = pl.col("is_complete").fill_null(value=False)
    misses = pl.col("total").is_not_null() & ~pl.col("holds")
    return said + [_table(row) for row in found.tables.filter(~is_whole | misses).to_dicts()]


def _table(row: dict[str, Any]) -> str:
    state = "waits" if row["rules"] else "missed" if row["statement_id"] is None else "told"
    return (
        f"- {row['place']} {row['document_id'][:4]} p{row['first_page']} {row['title']} "
        f"({row['kind']}): {state}, {', '.join(row['rules']) or '-'}; "
        f"controls {row['verdict'] or '-'}"
    )


def _unexplained(found: Outcome) -> list[str]:
    """Sums that miss: those that docs/findings.md explains, by section, and each other one."""
    keys = [(row["document_id"][:4], row["identity_id"], row["place"])
            for row in found.doubted.to_dicts()]  # fmt: skip
    sections = Counter(EXPLAINED[key] for key in keys if key in EXPLAINED)
    said = [f"- docs/findings.md {section}: {sections[section]}" for section in sorted(sections)]
    said += [f"- not explained: {row}" for row in sorted(set(keys) - set(EXPLAINED))]
    said += [f"- explained, but holds: {row}" for row in sorted(set(EXPLAINED) - set(keys))]
    return said + [
        f"- not in the census: {row['document_id'][:4]} p{row['first_page']} {row['kind']}"
        for row in found.beside.to_dicts()
    ]


def _markdown(table: pl.DataFrame) -> list[str]:
    said = [_line(table.columns), "|" + "---|" * table.width]
    return said + [_line([str(cell) for cell in row]) for row in table.iter_rows()]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
