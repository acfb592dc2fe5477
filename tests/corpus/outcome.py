"""Hold a night over the whole corpus against what its pages print.

The denominator is ``tests/corpus_tables.csv``: one row a printed table, labelled by looking at the
pages. What each document is about stands in ``contexts.toml``, read by eye too. All documents, with
the sidecars beside the corpus, go through one night; each printed table is then recognised as its
kind at its page, or waits by a rule, or was missed. ``python -m tests.corpus.census`` prints it.
"""

from __future__ import annotations

import shutil
import tomllib
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
#: Yuan in one of the units that the tables print.
YUAN = {"元": 1, "万元": 10_000}
_BESIDE = Path(__file__).resolve().parent
#: Document → what its pages say that it is about.
CONTEXTS: dict[str, dict[str, Any]] = {
    each["sha256"]: each
    for each in tomllib.loads((_BESIDE / "contexts.toml").read_text("utf-8"))["documents"]
}
#: Sums that the paper itself misses: document (its first four digits), identity, place → section of
#: docs/findings.md.
EXPLAINED: dict[tuple[str, str, str], int] = {
    (each["document"], identity, place): each["section"]
    for each in tomllib.loads((_BESIDE / "broken_in_print.toml").read_text("utf-8"))["findings"]
    for identity, places in each["broken"].items()
    for place in places
}


@cache
def census() -> pl.DataFrame:
    """Every printed table of the corpus, as labelled."""
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
        "s.fiscal_year AS seen_year, s.phase AS seen_phase, s.amount_unit AS seen_unit, "
        "s.consolidation AS seen_consolidation "
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


#: What a table is about, as the census prints it → as the warehouse has it.
_FIELDS = {
    "body": "seen_body",
    "fiscal_year": "seen_year",
    "phase": "seen_phase",
    "consolidation": "seen_consolidation",
    "unit": "seen_unit",
}


def other_contexts(found: Outcome) -> pl.DataFrame:
    """Recognised tables that are taken to be about something else than their pages print.

    One row a table and field: ``document_id, first_page, kind, field, printed, seen``. A printed
    table states body, year and unit of money; what it leaves out, and whose book it is, is that of
    its document; a field that neither prints must be null (its book: ``unknown``).
    """
    of_document = pl.DataFrame(
        [
            (sha256, str(each["fiscal_year"]), each["phase"], each.get("consolidation", "unknown"))
            for sha256, each in CONTEXTS.items()
        ],
        schema=["document_id", "year", "phase", "consolidation"],
        orient="row",
    )
    told = found.recognised.join(of_document, on="document_id", how="left").with_columns(
        pl.col("fiscal_year").fill_null(pl.col("year")), pl.col("seen_year").cast(pl.String)
    )
    place = ["document_id", "first_page", "kind"]
    return pl.concat(
        told.filter(pl.col(printed).ne_missing(pl.col(seen))).select(
            *place, field=pl.lit(printed), printed=printed, seen=seen
        )
        for printed, seen in _FIELDS.items()
    )
