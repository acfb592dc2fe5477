"""Builds made again, and all that stands in one: what is equal row by row."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.load.build import make_build
from pipelines.night import Night
from schemas.registry import tables

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.build import Build
    from tests.conftest import Installation


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, in the order in which they are stored."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: connection.execute(f"FROM {name}").fetchall() for name in tables()}


def rows_in_order(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, in an order of their own: how they are stored does not matter."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {n: connection.execute(f"FROM {n} ORDER BY ALL").fetchall() for n in tables()}


def build_again(night: Night) -> Build:
    """All readings that are missing, and the candidate, whatever is published."""
    for step in (night.extract, night.recognise, night.normalise, night.conform, night.validate):
        step()
    return make_build(night.settings, night.prints, night.keys())


def rebuilt_elsewhere(installation: Installation, warehouse: Path, **settings: Any) -> Path:
    """A build of the same ledger and archive in another warehouse, without any cache."""
    moved = replace(installation.settings, warehouse=warehouse, **settings)
    moved.warehouse.mkdir()
    shutil.copy(installation.settings.ledger, moved.ledger)
    shutil.copytree(installation.settings.archive, moved.archive)
    with closing(Night(moved)) as night:
        return build_again(night).path
