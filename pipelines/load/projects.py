"""Which project each loaded line is: over the tables of a year, and over years.

One statement tells a project by unit and name (``pipelines.conform.projects``). Beyond that

- two tables of one year spell a name differently (a body's former name within it, say): lines of
  two kinds of table that find no namesake in one another, of one unit, with one printed total that
  no other such line has, and with names that are nearly the same, are one;
- a table prints no units: a line whose name and total one project of that body alone has in that
  year is that project's;
- a project of the next year has another name: see ``project_years``;
- its unit has another name, or went over into another one: see ``project_units``.

The bridge says how each is known, and how surely.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.conform.project_names import name_key
from pipelines.load.project_nodes import Lists
from pipelines.load.project_paths import paths
from pipelines.load.project_units import (
    lists_of,
    of_reformed_units,
    over_reforms,
    units_over_reforms,
)
from pipelines.load.project_years import over_years
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list
from schemas.registry import tables
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.load.project_units import Units
    from pipelines.load.project_years import Years
    from pipelines.load.staged import StagedReadings

METHOD = "unit_amount_and_similar_name"
BY_BODY = "body_name_and_amount"
BY_RENAMED_UNIT = "renamed_unit_and_name"
#: Less alike than this, two names of one amount may be two projects.
_ALIKE = 0.9
#: What the build needs of a line whose project its statement alone does not tell. ``unit`` and
#: ``project_name`` are of the project, should it be in no statement's own list. ``name_key`` of a
#: unit that went over into another is that of the unit of today: ``is_reformed``.
LINKS: dict[str, Any] = {
    "project_line_id": pl.String,
    "project_id": pl.String,
    "name_key": pl.String,
    "is_reformed": pl.Boolean,
    "method": pl.String,
    "confidence": pl.Float64,
    "evidence": pl.String,
    "unit": pl.String,
    "project_name": pl.String,
}
_LINKED = ("project_line_id", "project_id", "method", "confidence", "evidence")
#: What is looked at of a line (not what it promises, which is most of it), and of its project.
_LINE = ("statement_id", "project_line_id", "spending_unit_id", "project_code", "name",
         "printed_total_yuan")  # fmt: skip
_BRIDGE = ("statement_id", "project_line_id", "project_id")
_WHERE = ("spending_unit_id", "fiscal_year", "phase")


@dataclass(frozen=True)
class Identity:
    """What is known of projects beyond what one statement tells.

    Attributes:
        links: ``LINKS``: lines that are of another project than unit and name say.
        succession: Rows of ``project_succession``.
        suggestions: Rows of ``project_suggestion`` without the unit's name.
        waiting: Rows of ``project_answer_waiting``: what a person said that no projects match.
    """

    links: pl.DataFrame
    succession: pl.DataFrame
    suggestions: pl.DataFrame
    waiting: pl.DataFrame


def project_identity(
    staged: StagedReadings,
    current: pl.DataFrame,
    succession: pl.DataFrame,
    config: Path | None,
) -> Identity:
    """Decide which project each line of the current statements is.

    Args:
        staged: Readings.
        current: Current statements: ``statement_id, kind, fiscal_year, phase, reporting_body_id,
            known_from`` (since when the ledger knows any version of that statement).
        succession: Rows of ``body_succession``.
        config: The operator's own code lists.
    """
    lines = staged.of_statements("project_line", current["statement_id"], _LINE)
    if lines.is_empty():
        return _nothing()
    bridge = staged.of_statements("bridge_project_identity", current["statement_id"], _BRIDGE)
    ranks = code_list("feeding_rules", config).filter(pl.col("fact") == PROJECTS)
    known = (
        lines.unique("project_line_id", keep="first", maintain_order=True)
        .join(bridge.unique("project_line_id"), on=["statement_id", "project_line_id"],
              how="left", maintain_order="left")
        .join(current.select("statement_id", "kind", "fiscal_year", "phase", "reporting_body_id",
                             "known_from"), on="statement_id", how="inner")
        .join(ranks.select("kind", rank=pl.col("kind_rank").cast(pl.Int32)).unique(), on="kind",
              how="left")
        .with_columns(canonical=canonical_name("name"), order=pl.col("phase") != "budget")
        .drop("name", "kind")
    )  # fmt: skip
    spelled = _alike(_candidates(known))
    known = _with(known, spelled)
    linked = pl.concat([spelled, _by_body(known)])
    units = units_over_reforms(succession, lists_of(known))
    nodes, of_lines = _nodes(over_reforms(_with(known, linked), units))
    printed = known.select("project_line_id", "spending_unit_id", "reporting_body_id",
                           printed="canonical")  # fmt: skip
    del lines, bridge, known, spelled  # a million lines are not held twice
    years = over_years(Lists(nodes, of_lines, _names(staged), units, staged, config))
    durable = _durable(nodes, of_lines, years)
    return Identity(
        _links(_moved(nodes, of_lines, durable, years), linked, printed, units),
        _succession(nodes, durable, years),
        _suggestions(nodes, durable, years),
        years.waiting,
    )


def _nothing() -> Identity:
    names = ("project_succession", "project_suggestion", "project_answer_waiting")
    shapes = (tables()[name].polars_schema() for name in names)
    return Identity(pl.DataFrame(schema=LINKS), *(pl.DataFrame(schema=shape) for shape in shapes))


def _with(known: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """Lines with the projects that links give them."""
    same = linked.select("project_line_id", same="project_id")
    return (
        known.join(same, on="project_line_id", how="left", maintain_order="left")
        .with_columns(project_id=pl.coalesce("same", "project_id"))
        .drop("same")
    )


def _names(staged: StagedReadings) -> pl.DataFrame:
    """Every name that a body is known by: ``unit, name``."""
    bodies = staged.frame("body")
    if bodies.is_empty():
        return pl.DataFrame(schema={"unit": pl.String, "name": pl.String})
    return bodies.select("name", unit="body_id").unique(maintain_order=True)


def _candidates(known: pl.DataFrame) -> pl.DataFrame:
    """Pairs of lines without a namesake, whose total is that of no other such line."""
    ranked = known.filter(pl.col("rank").is_not_null() & pl.col("spending_unit_id").is_not_null())
    ranks = pl.col("rank").n_unique().over(*_WHERE, "project_id")
    total = [*_WHERE, "printed_total_yuan"]
    alone = ranked.filter(
        (ranks == 1) & pl.col("printed_total_yuan").is_not_null()
        & (pl.col("printed_total_yuan") != 0)
    ).filter(pl.len().over(*total, "rank") == 1)  # fmt: skip
    first = alone.filter(pl.col("rank") == pl.col("rank").min().over(total)).select(
        *total, "project_id", first_rank="rank", first_name="canonical"
    )
    others = alone.drop("project_id").join(first, on=total, how="inner")
    return others.filter(pl.col("rank") > pl.col("first_rank"))


def _alike(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose names are nearly the same; there are few of them."""
    found = []
    for line, project, first, other in pairs.select(
        "project_line_id", "project_id", "first_name", "canonical"
    ).iter_rows():
        likeness = SequenceMatcher(None, first, other, autojunk=False).ratio()
        if likeness >= _ALIKE:
            found.append((line, project, METHOD, round(likeness, 3), f"{other} ≈ {first}"))
    schema = {name: LINKS[name] for name in _LINKED}
    return pl.DataFrame(found, schema=schema, orient="row").unique(
        "project_line_id", keep="first", maintain_order=True
    )


def _by_body(known: pl.DataFrame) -> pl.DataFrame:
    """Lines without a unit whose name and total one project of their body alone has that year."""
    what = ["reporting_body_id", "fiscal_year", "phase", "canonical", "printed_total_yuan"]
    told = known.filter(
        pl.col("printed_total_yuan").is_not_null() & (pl.col("printed_total_yuan") != 0)
    )
    owners = told.filter(pl.col("spending_unit_id").is_not_null())
    one = owners.group_by(what, maintain_order=True).agg(
        pl.col("project_id").first(), owners=pl.col("project_id").n_unique()
    )
    without = told.filter(
        pl.col("spending_unit_id").is_null() & pl.col("project_id").is_null()
        & (pl.len().over(*what, "statement_id", "spending_unit_id") == 1)
    )  # fmt: skip
    return (
        without.drop("project_id")
        .join(one.filter(pl.col("owners") == 1), on=what, how="inner", maintain_order="left")
        .select(
            "project_line_id", "project_id", method=pl.lit(BY_BODY), confidence=pl.lit(0.99),
            evidence=pl.format("{} · {} 元", "canonical", "printed_total_yuan"),
        )
    )  # fmt: skip


def _nodes(placed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Projects in years, and which lines each has; the table that ranks first tells its name."""
    ordered = placed.sort(
        "one_id", "fiscal_year", "order", "rank", "statement_id", "project_line_id",
        nulls_last=True,
    ).with_columns(
        node=pl.struct("one_id", "fiscal_year").rle_id().cast(pl.UInt32)
    )  # fmt: skip
    nodes = (
        ordered.group_by("node", maintain_order=True)
        .agg(
            pl.col("fiscal_year", "canonical", "reporting_body_id", "unit_group").first(),
            project_id=pl.col("one_id").first(),
            first_id=pl.col("project_id").first(),
            unit=pl.col("spending_unit_id").drop_nulls().first(),
            project_code=pl.col("project_code").drop_nulls().first(),
            total=pl.col("printed_total_yuan").drop_nulls().first(),
            known_from=pl.col("known_from").min(),
        )
        .with_columns(block=pl.col("unit_group"))
        .update(_known_first(ordered), on="node")
    )
    return nodes, ordered.select(
        "node", "statement_id", "project_line_id", "unit", "project_id", "one_id"
    )


def _known_first(ordered: pl.DataFrame) -> pl.DataFrame:
    """``node, first_id, unit`` of nodes of renamed units: by the name that was known first."""
    renamed = ordered.filter(pl.col("project_id") != pl.col("one_id")).select("node").unique()
    return (
        ordered.join(renamed, on="node", how="semi")
        .sort("node", "known_from", "order", "rank", "project_line_id", nulls_last=True)
        .group_by("node", maintain_order=True)
        .agg(first_id=pl.col("project_id").first(), unit=pl.col("spending_unit_id").first())
    )


def _durable(nodes: pl.DataFrame, of_lines: pl.DataFrame, years: Years) -> pl.DataFrame:
    """``node, durable_id, before`` of nodes that an edge, a break or a reform may give another key.

    A reform does to projects of which some line has the key of another name of the unit.
    """
    ends = [f[c] for f in (years.edges, years.broken) for c in ("before", "after")]
    reformed = of_lines.filter(pl.col("one_id") != pl.col("project_id"))["one_id"]
    touched = nodes.filter(pl.col("node").is_in(pl.concat(ends).implode()))
    keys = pl.concat([touched["project_id"], reformed]).unique()
    concerned = nodes.filter(pl.col("project_id").is_in(keys.implode()))
    return paths(concerned, years.edges, years.broken)


def _moved(
    nodes: pl.DataFrame, of_lines: pl.DataFrame, durable: pl.DataFrame, years: Years
) -> pl.DataFrame:
    """Lines whose project is not the one that unit and name say, and how that is known."""
    by_edge = years.edges.select("method", "confidence", "evidence", node="after")
    names = nodes.select("node", "canonical", one_id="project_id", of_unit="unit",
                         group="unit_group")  # fmt: skip
    one = nodes.select("first_id", same_id="project_id").unique("first_id")
    earlier = names.select(before="node", group_before="group", unit_before="of_unit")
    moved = (
        durable.join(names, on="node", how="inner", maintain_order="left")
        .join(earlier, on="before", how="left", maintain_order="left")
        .join(one, left_on="durable_id", right_on="first_id", how="left", maintain_order="left")
        .join(by_edge, on="node", how="left", maintain_order="left")
        .join(of_lines.drop("one_id"), on="node", how="inner", maintain_order="left")
        .filter(pl.col("durable_id") != pl.col("project_id"))
    )
    is_edge = pl.col("method").is_not_null()
    is_first = pl.col("before").is_null()
    is_renamed_unit = pl.when(is_first).then(pl.col("same_id") == pl.col("one_id")).otherwise(
        (pl.col("group") == pl.col("group_before")) & (pl.col("unit") != pl.col("unit_before"))
    ).fill_null(value=False)  # fmt: skip
    alone = is_first & ~is_renamed_unit
    return moved.select(
        "project_line_id",
        unit="of_unit",
        project_id="durable_id",
        project_name="canonical",
        moved_by=pl.when(is_edge).then("method")
        .when(is_renamed_unit).then(pl.lit(BY_RENAMED_UNIT))
        .when(alone).then(pl.lit("stands_alone"))
        .otherwise(pl.lit("unit_and_name")),
        surely=pl.coalesce("confidence", pl.when(alone).then(_ALIKE).otherwise(1.0)),
        because=pl.coalesce("evidence", "canonical"),
    )  # fmt: skip


def _links(
    moved: pl.DataFrame, linked: pl.DataFrame, printed: pl.DataFrame, units: Units
) -> pl.DataFrame:
    """Lines whose project, or the key of whose name, is not what their own statement tells."""
    reformed = of_reformed_units(printed, units.families)
    whole = (
        linked.rename({"project_id": "same_id"})
        .join(moved, on="project_line_id", how="full", coalesce=True, maintain_order="left_right")
        .join(reformed, on="project_line_id", how="full", coalesce=True,
              maintain_order="left_right")
        .join(printed, on="project_line_id", how="left", maintain_order="left")
    )  # fmt: skip
    body = pl.coalesce("family", "spending_unit_id", "unit", "reporting_body_id")
    found = whole.select(
        "project_line_id",
        project_id=pl.coalesce("project_id", "same_id"),
        name_key=name_key(body, "printed"),
        is_reformed=pl.col("family").is_not_null(),
        method=pl.coalesce("method", "moved_by"),
        confidence=pl.coalesce("confidence", "surely"),
        evidence=pl.coalesce("evidence", "because"),
        unit="unit",
        project_name="project_name",
    )
    return _shaped(found, LINKS)


def _shaped(frame: pl.DataFrame, shape: Mapping[str, Any]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in shape.items())


def _pairs(nodes: pl.DataFrame, durable: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of nodes with what their rows say of both: keys, names, years."""
    ids = nodes.join(durable.select("node", "durable_id"), on="node", how="left",
                     maintain_order="left").select(
        "node", "unit", "canonical", "fiscal_year", "unit_group",
        project_id=pl.coalesce("durable_id", "first_id"),
    )  # fmt: skip
    of_before = ("unit", "fiscal_year", "unit_group", "project_id")
    earlier = ids.rename(
        {"node": "before", "canonical": "name_before"} | {c: f"{c}_before" for c in of_before}
    )
    later = ids.rename({"node": "after", "canonical": "name"})
    both = pairs.join(earlier, on="before", how="inner", maintain_order="left")
    return both.join(later, on="after", how="inner", maintain_order="left").with_columns(
        spending_unit_id=pl.coalesce("unit", "unit_before")
    )


def _succession(nodes: pl.DataFrame, durable: pl.DataFrame, years: Years) -> pl.DataFrame:
    shape = tables()["project_succession"].polars_schema()
    parts = years.parts.with_columns(method=pl.lit("person"), confidence=pl.lit(1.0))
    same = pl.col("name") == pl.col("name_before")
    of_edges = _pairs(nodes, durable, years.edges).with_columns(
        kind=pl.when(same).then(pl.lit("same")).otherwise(pl.lit("renamed"))
    )
    both = [_shaped(frame, shape) for frame in (of_edges, _pairs(nodes, durable, parts))]
    key = list(tables()["project_succession"].key)
    return pl.concat(both).unique(key, keep="first", maintain_order=True)


def _suggestions(nodes: pl.DataFrame, durable: pl.DataFrame, years: Years) -> pl.DataFrame:
    """Suggestions with durable keys of their own: of unit, years and names."""
    edges = _pairs(nodes, durable, years.edges).filter(
        (pl.col("project_id") != pl.col("project_id_before")) & ~pl.col("by_person")
    )  # known apart before they were linked: only a person joins two keys that were given
    again = edges.select("before", "after", kind=pl.lit("renamed"), score="confidence",
                         evidence="evidence")  # fmt: skip
    shape = tables()["project_suggestion"].polars_schema("spending_unit_name")
    told = _pairs(nodes, durable, pl.concat([years.suggested, again]))
    # of a unit that was taken over its own name, for its successor may have several so called
    taken_over = pl.col("unit_group") != pl.col("unit_group_before")
    named = told.with_columns(
        spending_unit_id=pl.when(taken_over).then("unit_before").otherwise("spending_unit_id")
    )
    keyed = named.filter(pl.col("spending_unit_id").is_not_null()).with_columns(
        suggestion_id=key_expr(
            pl.lit("project_suggestion"), "spending_unit_id", "fiscal_year_before", "name_before",
            "fiscal_year", "name",
        )
    )  # fmt: skip
    return _shaped(keyed, shape).unique("suggestion_id", keep="first", maintain_order=True)
