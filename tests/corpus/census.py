"""Print what became of every table that 广州 and 江苏 print: ``python -m tests.corpus.census``.

The denominator is ``tests/corpus_tables.csv``: one row a printed table, labelled by looking at the
pages. All documents of both places, with the sidecars beside the corpus, go through one night; each
printed table is then recognised as its kind at its page, or waits by a rule, or was missed.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.documents.archive import sha256_of
from pipelines.documents.readings import ReadingStore
from tests.conftest import Installation
from tests.corpus import CORPUS

if TYPE_CHECKING:
    from collections.abc import Iterable

CENSUS = Path(__file__).resolve().parent.parent / "corpus_tables.csv"
#: A kind of the census that no layout may claim.
NOT_BUDGET = "not_budget"
#: Verdicts of controls, the best first, and those that hold.
_RANKED = ("included", "exact", "within_rounding", "suspect", "broken")
HOLDS = set(_RANKED[:3])
#: 万元, in which every table of both places is printed.
UNIT = 10_000


@cache
def census() -> pl.DataFrame:
    """Every printed table of the two places, as labelled."""
    whole = pl.read_csv(CENSUS, infer_schema=False)
    return whole.with_columns(pl.col("first_page", "last_page").cast(pl.Int32)).rename(
        {"sha256": "document_id"}
    )


def budget_tables() -> pl.DataFrame:
    """Those of them that are budget tables."""
    return census().filter(pl.col("kind") != NOT_BUDGET)


@cache
def documents() -> dict[str, Path]:
    """Document → file, of all that the census has; empty without the corpus."""
    places = census()["place"].unique()
    paths = [path for place in places for path in sorted((CORPUS / place).rglob("*.pdf"))]
    return {sha256_of(path.read_bytes()): path for path in paths}


def take_in(root: Path, paths: Iterable[Path]) -> Installation:
    """One night over documents with the sidecars beside the corpus."""
    installation = Installation(root)
    installation.settings = replace(installation.settings, context=CORPUS.parent / "context")
    for path in paths:
        shutil.copy(path, installation.settings.raw)
    installation.run()
    return installation


@dataclass(frozen=True)
class Outcome:
    """What a night made of the census: frames of one row a printed table, and what is beside it.

    Attributes:
        tables: The census; ``statement_id``, ``is_complete``, ``seen_last_page``,
            ``seen_*`` (context), ``verdict`` (the worst of its own controls; none without any),
            ``holds``, ``rules`` (why it waits).
        beside: Statements of the night that the census does not know.
        doubted: Controls, within tables and across them, that do not hold.
    """

    tables: pl.DataFrame
    beside: pl.DataFrame
    doubted: pl.DataFrame

    @property
    def recognised(self) -> pl.DataFrame:
        """Tables that are their kind, at their page."""
        return self.tables.filter(pl.col("statement_id").is_not_null())


def outcome(night: Installation) -> Outcome:
    """Hold a night against the census."""
    seen = _statements(night).join(_pages(night), on=["document_id", "statement_no"], how="left")
    place = ["document_id", "kind", "first_page"]
    tables = budget_tables().join(seen, on=place, how="left")
    controls = _controls(night)
    is_nothing = pl.col("verdict").is_null() & pl.col("total").is_in(["0.00"])
    tables = tables.join(_worst(controls), on="statement_id", how="left").with_columns(
        holds=pl.col("verdict").is_in(HOLDS).fill_null(value=False) | is_nothing
    )
    rules = [_rules(row, _items(night)) for row in tables.iter_rows(named=True)]
    return Outcome(
        tables.with_columns(rules=pl.Series(rules, dtype=pl.List(pl.String))),
        seen.join(budget_tables(), on=place, how="anti"),
        controls.filter(~pl.col("verdict").is_in(HOLDS)),
    )


def _statements(night: Installation) -> pl.DataFrame:
    """Statements of the published build, with their context."""
    return _query(
        night,
        "SELECT s.statement_id, s.document_id, s.statement_no, s.kind, s.title AS seen_title, "
        "s.statement_key_id, s.status = 'complete' AS is_complete, b.name AS seen_body, "
        "s.fiscal_year AS seen_year, s.phase AS seen_phase, s.amount_unit AS seen_unit "
        "FROM statement s LEFT JOIN dim_body b ON b.body_id = s.reporting_body_id",
    )


def _pages(night: Installation) -> pl.DataFrame:
    """First and last page of the grids of each statement."""
    store = ReadingStore(night.settings)
    batches = sorted(set(store.index().values()))
    cells = pl.concat([store.read(batch, "recognised")["cell"] for batch in batches])
    mine = cells.filter(pl.col("statement_no").is_not_null() & (pl.col("grid_no") > 0))
    return mine.group_by("document_id", "statement_no").agg(
        pl.col("page_no").min().alias("first_page"),
        pl.col("page_no").max().alias("seen_last_page"),
    )


def _controls(night: Installation) -> pl.DataFrame:
    """Every printed figure that an identity is about."""
    return _query(
        night,
        "SELECT s.document_id, c.statement_id, c.statement_count, c.identity_id, c.place, c.label, "
        "c.printed_yuan, c.computed_yuan, c.verdict "
        "FROM control_total c JOIN statement s USING (statement_id) ORDER BY ALL",
    )


def _worst(controls: pl.DataFrame) -> pl.DataFrame:
    """The worst verdict within each statement."""
    rank = pl.col("verdict").replace_strict(_RANKED, range(len(_RANKED)), return_dtype=pl.Int32)
    within = controls.filter(pl.col("statement_count") == 1)
    return within.group_by("statement_id").agg(pl.col("verdict").sort_by(rank).last())


def _items(night: Installation) -> pl.DataFrame:
    items = _query(night, "SELECT document_id, statement_id, rule_id, place FROM quarantine_item")
    return items.with_columns(
        page_no=pl.col("place").str.extract(r"第(\d+)页").cast(pl.Int32, strict=False)
    )


def _rules(table: dict[str, Any], items: pl.DataFrame) -> list[str]:
    """Rules by which a table waits: those of its statement; if there is none, of its pages."""
    if table["statement_id"] is not None:
        mine = items.filter(pl.col("statement_id") == table["statement_id"])
    else:
        here = pl.col("page_no").is_between(table["first_page"], table["last_page"])
        mine = items.filter(
            (pl.col("document_id") == table["document_id"])
            & (here | pl.col("page_no").is_null())  # or its document waits as a whole
            & pl.col("statement_id").is_null()
        )
    return sorted(set(mine["rule_id"]))


def _query(night: Installation, sql: str) -> pl.DataFrame:
    import duckdb

    with duckdb.connect(str(night.settings.published), read_only=True) as connection:
        return connection.execute(sql).pl()


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
    whole = counted.select(
        place=pl.lit("all"), kind=pl.lit(""), **{c: pl.col(c).sum() for c in counted.columns[2:]}
    )
    return pl.concat([counted.sort("place", "kind"), whole])


def main() -> None:
    """A night in a temporary directory, and its shares as Markdown."""
    if not documents():
        raise SystemExit(f"no corpus at {CORPUS}")
    with tempfile.TemporaryDirectory() as root:
        found = outcome(take_in(Path(root), documents().values()))
    table = shares(found)
    said = ["| " + " | ".join(table.columns) + " |", "|---|---|" + "--:|" * 5]
    said += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in table.iter_rows()]
    is_whole = pl.col("is_complete").fill_null(value=False)
    rest = found.tables.filter(~is_whole | (pl.col("total").is_not_null() & ~pl.col("holds")))
    for row in rest.iter_rows(named=True):
        state = "waits" if row["rules"] else "missed" if row["statement_id"] is None else "told"
        said.append(
            f"- {row['document_id'][:12]} p{row['first_page']} {row['title']} ({row['kind']}): "
            f"{state}, {', '.join(row['rules']) or '-'}; controls {row['verdict'] or '-'}"
        )
    said += [
        f"- {row['document_id'][:12]} {row['place']} {row['label']}: {row['identity_id']} "
        f"{row['verdict']}, printed {row['printed_yuan']}, computed {row['computed_yuan']}"
        for row in found.doubted.iter_rows(named=True)
    ]
    said += [
        f"- not in the census: {row['document_id'][:12]} p{row['first_page']} {row['kind']}"
        for row in found.beside.iter_rows(named=True)
    ]
    print("\n".join(said))  # noqa: T201 - this is a command


if __name__ == "__main__":
    main()
