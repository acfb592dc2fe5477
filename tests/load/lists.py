"""Lists of projects as staged rows, made in memory: what ``pipelines.load.projects`` is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.conform.project_names import name_key
from pipelines.load.projects import Identity, project_identity
from pipelines.values.keys import key_expr, stable_key
from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipelines.load.staged import StagedReadings

_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - the ledger's times are UTC without a zone


@dataclass(frozen=True)
class Printed:
    """A printed project. ``night``: when its list became known; ``body``: whose list it is."""

    year: int
    name: str
    goal: str = ""
    indicators: tuple[str, ...] = ()
    total: int | None = None
    code: str | None = None
    unit: str | None = "示例局"
    night: int = 0
    kind: str = "project_performance_targets"
    phase: str = "budget"
    body: str = "示例局"


class Staged:
    """Staged rows of printed projects, a statement a year, kind, phase and body."""

    def __init__(self, printed: Iterable[Printed]) -> None:
        self.printed = list(printed)
        rows = [
            (
                stable_key("statement", p.year, p.kind, p.phase, p.body), p.year, p.kind, p.phase,
                stable_key("body", p.body), p.night,
                p.unit and stable_key("body", p.unit), p.code, p.name, p.goal or None, p.total,
                p.indicators,
            )
            for p in self.printed
        ]  # fmt: skip
        schema: dict[str, Any] = {
            "statement_id": pl.String, "fiscal_year": pl.Int32, "kind": pl.String,
            "phase": pl.String, "reporting_body_id": pl.String,
            "night": pl.Int64, "spending_unit_id": pl.String, "project_code": pl.String,
            "name": pl.String, "goal": pl.String, "printed_total_yuan": pl.Decimal(18, 2),
            "indicators": pl.List(pl.String),
        }  # fmt: skip
        same = ["statement_id", "spending_unit_id", "canonical"]
        frame = (
            pl.DataFrame(rows, schema=schema, orient="row")
            .with_columns(canonical=canonical_name("name"))
            .with_columns(
                project_line_id=key_expr(pl.lit("line"), *same, pl.int_range(pl.len()).over(same)),
                times=pl.len().over(same),
            )
        )
        owner = pl.when(pl.col("times") > 1).then("project_line_id").otherwise(pl.lit(""))
        by_name = key_expr(pl.lit("project"), "spending_unit_id", "canonical", owner)
        by_code = key_expr(pl.lit("project"), pl.lit("code"), "project_code")
        self.rows = frame.with_columns(
            project_id=pl.when(pl.col("spending_unit_id").is_not_null()).then(by_name)
            .when(pl.col("project_code").is_not_null()).then(by_code),
            name_key=name_key("spending_unit_id", "canonical"),
        )  # fmt: skip

    def of_statements(
        self, table: str, statement_ids: pl.Series, columns: tuple[str, ...]
    ) -> pl.DataFrame:
        """Rows of a table, in its declared types."""
        rows = self.rows.filter(pl.col("statement_id").is_in(statement_ids.implode()))
        if table == "performance_indicator":
            rows = rows.drop("name").explode("indicators").drop_nulls("indicators")
            rows = rows.rename({"indicators": "name"})
        if table == "bridge_project_identity":
            rows = rows.drop_nulls("project_id")
        assert set(columns) <= set(tables()[table].column_names()) | {"statement_id"}
        return rows.select(columns)

    def frame(self, table: str) -> pl.DataFrame:
        """The bodies, by name."""
        assert table == "body"
        names = sorted({p.unit for p in self.printed if p.unit})
        return pl.DataFrame(
            {"body_id": [stable_key("body", n) for n in names], "name": names},
            schema={"body_id": pl.String, "name": pl.String},
        )

    def by_batch(self, statement_ids: pl.Series) -> Iterator[tuple[Staged, pl.Series]]:
        """All of it at once."""
        yield self, statement_ids.unique()

    def current(self) -> pl.DataFrame:
        """Its statements; a statement is known since the first of its lines is."""
        return self.rows.group_by("statement_id", maintain_order=True).agg(
            pl.col("kind", "fiscal_year", "phase", "reporting_body_id").first(),
            known_from=pl.lit(_DAY) + pl.col("night").min() * timedelta(days=1),
        )  # fmt: skip


#: Predecessor, successor, kind, the day that it took effect on.
Reform = tuple[str, str, str, date | None]


def succession(reforms: Iterable[Reform]) -> pl.DataFrame:
    """Rows of ``body_succession``."""
    rows = [
        (stable_key("body", before), stable_key("body", after), kind, day, "test")
        for before, after, kind, day in reforms
    ]
    return pl.DataFrame(rows, schema=tables()["body_succession"].polars_schema(), orient="row")


def identity(
    printed: Iterable[Printed], config: Path | None = None, reforms: Iterable[Reform] = ()
) -> Identity:
    """What is known of these projects."""
    lists = Staged(printed)
    staged: StagedReadings = lists  # type: ignore[assignment]
    return project_identity(staged, lists.current(), succession(reforms), config)


def projects(
    printed: Iterable[Printed], config: Path | None = None, reforms: Iterable[Reform] = ()
) -> dict[tuple[int, str | None, str, str], str]:
    """Year, unit, kind and name of every line → its project; only lines of different names."""
    lists = Staged(printed)
    staged: StagedReadings = lists  # type: ignore[assignment]
    told = succession(reforms)
    links = project_identity(staged, lists.current(), told, config).links.drop_nulls("project_id")
    found = lists.rows.join(
        links.select("project_line_id", linked="project_id"), on="project_line_id", how="left",
        maintain_order="left",
    ).with_columns(project_id=pl.coalesce("linked", "project_id"))  # fmt: skip
    return {
        (p.year, p.unit, p.kind, p.name): key
        for p, key in zip(lists.printed, found["project_id"], strict=True)
    }


def same(found: dict[tuple[int, str | None, str, str], str], *places: tuple[int, str]) -> bool:
    """Whether these names of years are one project (in whatever unit)."""
    keys = {key for (year, _, _, name), key in found.items() if (year, name) in places}
    assert len(places) <= sum((year, name) in places for year, _, _, name in found)
    return len(keys) == 1
