"""Marts as they are written in ``warehouse/marts``: their SQL, and the tables that it reads."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import duckdb

from pipelines.fingerprints import ROOT
from schemas.registry import tables

MARTS = ROOT / "warehouse" / "marts"


def mart_sql(name: str) -> str:
    """The query that fills a mart."""
    return (MARTS / f"{name}.sql").read_text(encoding="utf-8")


@cache
def mart_sources() -> dict[str, tuple[str, ...]]:
    """Mart → the declared tables that its query reads, as DuckDB parses it; both in their order."""
    with duckdb.connect() as connection:
        found = {}
        for name, spec in tables().items():
            if spec.role != "mart":
                continue
            asked = connection.execute("SELECT json_serialize_sql(?)", [mart_sql(name)])
            ((tree,),) = asked.fetchall()
            read = _read(json.loads(tree))
            found[name] = tuple(table for table in tables() if table in read)
    return found


def _read(node: Any) -> set[str]:
    """Tables named anywhere in a tree; what a WITH calls itself is no declared table."""
    if isinstance(node, list):
        return set().union(*map(_read, node))
    if not isinstance(node, dict):
        return set()
    own = {str(node["table_name"])} if node.get("type") == "BASE_TABLE" else set()
    return own.union(*map(_read, node.values()))
