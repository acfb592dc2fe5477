"""Code lists: CSV files with a source on every row, shipped in schemas/codes, extended by --config.

An operator's ``<config>/codes/<name>.csv`` adds rows to a shipped list; it never replaces one
silently: a row whose key is shipped already is an error.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

SHIPPED = Path(__file__).parent / "codes"

#: Key columns of each list.
KEYS: dict[str, tuple[str, ...]] = {
    "body_names": ("spelling",),
    "body_reforms": ("before", "after"),
    "body_succession": ("predecessor", "successor"),
    "chinese_numerals": ("character",),
    "cjk_radicals": ("radical",),
    "cofog": ("cofog_code",),
    "common_bodies": ("name",),
    "comparators": ("spelling",),
    "cross_identities": ("identity_id", "left", "right"),
    "economic_classes": ("economic_code", "name_zh"),
    "economic_crosswalk": ("economic_code", "government_code"),
    "feeding_rules": ("fact", "kind", "row_axis", "column_axis"),
    "fiscal_column_types": ("scope", "column"),
    "function_changes": ("from_code", "to_code", "first_year"),
    "function_classes": ("function_code", "name_zh"),
    "function_cofog": ("function_code",),
    "fund_groups": ("fund_group",),
    "fund_source_groups": ("fund_source",),
    "government_economic_classes": ("government_code",),
    "identities": ("identity_id",),
    "indicator_class_groups": ("framework_version", "class_code"),
    "indicator_classes": ("framework_version", "class_code"),
    "indicator_groups": ("indicator_group",),
    "kinds": ("kind",),
    "money_units": ("unit",),
    "node_names": ("axis", "name"),
    "nodes": ("axis", "node"),
    "page_flags": ("flag",),
    "phases": ("phase",),
    "project_identities": (
        "unit",
        "fiscal_year_before",
        "project_before",
        "fiscal_year",
        "project",
    ),
    "project_identity_rules": ("rule",),
    "project_name_words": ("word",),
    "quantity_units": ("spelling",),
    "region_names": ("region_id", "name"),
    "regions": ("region_id",),
    "rejected_suggestions": ("suggestion_id",),
    "rules": ("rule_id",),
    "staff_costs": ("function_code",),
    "suspects": ("suspect",),
    "table_roles": ("role",),
    "target_bases": ("spelling",),
    "target_booleans": ("spelling",),
    "target_directions": ("spelling",),
    "target_grades": ("spelling",),
    "target_names": ("word", "position"),
    "target_periods": ("spelling",),
    "target_phrases": ("spelling", "role"),
    "target_references": ("spelling",),
    "target_scales": ("spelling",),
    "target_states": ("spelling",),
}


#: Lists that an operator may extend. The others are words of the grammars, parsed without
#: configuration: a new word there is a change of the project, with a test case.
EXTENSIBLE = (
    "body_names",
    "body_reforms",
    "body_succession",
    "common_bodies",
    "cross_identities",
    "economic_classes",
    "economic_crosswalk",
    "feeding_rules",
    "function_changes",
    "function_classes",
    "function_cofog",
    "fund_source_groups",
    "identities",
    "indicator_class_groups",
    "indicator_classes",
    "kinds",
    "node_names",
    "nodes",
    "project_identities",
    "project_name_words",
    "region_names",
    "regions",
    "rejected_suggestions",
)


#: Lists that hold what people answered, and nothing before they did.
WRITTEN_BY_PEOPLE = ("body_names", "project_identities", "rejected_suggestions")
#: Lists that not every stage asks: a new row of them is news for these stages alone. What became
#: of bodies and projects is decided when a build is made; what only suggests, or keeps a
#: suggestion off, makes neither a reading nor a build another one.
ASKED_BY: dict[str, tuple[str, ...]] = {
    "body_reforms": (),
    "body_succession": ("build",),
    "project_identities": ("build",),
    "project_identity_rules": ("build",),
    "project_name_words": ("build",),
    "rejected_suggestions": (),
}


class CodeListError(ValueError):
    """A code list breaks its own rules; the message names file, rows and what to do."""


@cache
def code_list(name: str, config: Path | None = None) -> pl.DataFrame:
    """One code list, all columns text, in file order.

    Raises:
        CodeListError: a file cannot be read, a key stands twice, a source is missing, or columns
            differ.
    """
    extra = config / "codes" / f"{name}.csv" if config else None
    frame = _read(SHIPPED / f"{name}.csv")
    if extra and extra.exists():
        added = _read(extra)
        if added.columns != frame.columns:
            raise CodeListError(f"{extra}: columns {added.columns}, expected {frame.columns}")
        frame = pl.concat([frame, added])
    key = list(KEYS[name])
    twice = frame.filter(pl.struct(key).is_duplicated())
    if twice.height:
        raise CodeListError(
            f"{extra or name}: {key} stands twice: {twice.select(key).unique().rows()}; "
            "remove one of the rows"
        )
    if "source" in frame.columns and frame["source"].is_null().any():
        raise CodeListError(f"{name}: every row needs a source")
    return frame


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False)
    except PolarsError as error:
        raise CodeListError(f"{path}: not a CSV file in UTF-8 with a header: {error}") from error
