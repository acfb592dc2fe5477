"""The build that the next one may go on from: the published one, if it is what this program made.

A build leaves beside its file what its rows follow from, document by document and version by
version, and the SHA-256 of the file. Where all of that is there and holds, the next build takes a
copy and exchanges the rows of those whose state is another now. Otherwise it is made from nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl
from polars.exceptions import PolarsError

from pipelines.documents.archive import sha256_of_file
from pipelines.load.scope import STATE_SCHEMA
from pipelines.settings import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

#: Beside a build's file: the states of its documents and versions, and the SHA-256 of both files.
STATES = "states.parquet"
SEAL = "seal.json"
#: Of all states at most so many may have changed: beyond, from nothing is faster.
_SHARE = 0.25
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Base:
    """A build to go on from.

    Attributes:
        path: Its file.
        sha256: What the file's bytes must be.
        states: ``STATE_SCHEMA`` of its documents and versions.
    """

    path: Path
    sha256: str
    states: pl.DataFrame

    def changed(self, states: pl.DataFrame) -> dict[str, pl.Series]:
        """Subject → keys whose state is another now, new ones and those that are no more."""
        key = ["subject", "key"]
        both = self.states.join(states, on=key, how="full", coalesce=True, suffix="_now")
        other = both.filter(pl.col("state").ne_missing(pl.col("state_now")))
        return keys_by_subject(other)

    def copy_to(self, target: Path) -> bool:
        """Copy its file; whether the bytes are those that were sealed. If not, nothing is left."""
        found = hashlib.sha256()
        with self.path.open("rb") as source, target.open("wb") as copy:
            while chunk := source.read(_CHUNK):
                found.update(chunk)
                copy.write(chunk)
        if found.hexdigest() != self.sha256:
            target.unlink()
            return False
        return True


def keys_by_subject(states: pl.DataFrame) -> dict[str, pl.Series]:
    """Keys of documents and of versions, in order."""
    return {s: states.filter(subject=s)["key"].sort() for s in ("document", "version")}


def is_worth_it(changed: dict[str, pl.Series], states: pl.DataFrame) -> bool:
    """Whether few enough changed."""
    return sum(map(len, changed.values())) <= _SHARE * states.height


def seal(path: Path, states: pl.DataFrame) -> None:
    """Leave beside a build's closed file what the next build needs to go on from it."""
    states.write_parquet(path.with_name(STATES), compression="zstd")
    said = {name: sha256_of_file(path.with_name(name)) for name in (DATABASE, STATES)}
    path.with_name(SEAL).write_text(json.dumps(said), encoding="utf-8")


def base_of(published: Path, code: str) -> Base | None:
    """The published build, if it can be gone on from by code of this fingerprint."""
    try:
        said = json.loads(published.with_name(SEAL).read_text(encoding="utf-8"))
        states = published.with_name(STATES)
        if sha256_of_file(states) != said[STATES] or _code(published) != code:
            return None
        frame = pl.read_parquet(states)
    except (OSError, ValueError, KeyError, TypeError, PolarsError, duckdb.Error):
        return None
    return Base(published, said[DATABASE], frame) if frame.schema == STATE_SCHEMA else None


def _code(path: Path) -> str | None:
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute("SELECT code_fingerprint FROM build_info").fetchone()
    return str(row[0]) if row else None
