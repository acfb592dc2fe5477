"""Nights over generated documents, beside pandas in the same run: a line of JSON a bench.

pandas reads the same files as people do it: ``read_csv``, ``to_numeric``, into DuckDB. It tells no
total from a project and proves nothing; it is the least that any way of loading these files costs.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from pipelines.news import has_news
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.documents import documents

if TYPE_CHECKING:
    from collections.abc import Callable

#: Bodies × years, with restated versions among them; projects of a unit, at most.
BODIES, YEARS, PROJECTS = 100, 5, 6
AMOUNTS = [1, 2, 3, 4]


def seconds(work: Callable[[], object]) -> float:
    """Wall time of some work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def decoded(data: bytes) -> str:
    """A file's text, by its mark or the first encoding that fits."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig")
    return data.decode("gb18030")


def load_with_pandas(raw: Path, file: Path) -> None:
    """Rows with a number in the second column, of all files, into one table."""
    frames = []
    for path in sorted(raw.rglob("*.txt")):
        text = decoded(path.read_bytes())
        lines = [line for line in text.splitlines() if line.count("\t") == 6]
        frame = pd.read_csv(StringIO("\n".join(lines)), sep="\t", header=None, dtype=str, quoting=3)
        frame[AMOUNTS] = frame[AMOUNTS].apply(pd.to_numeric, errors="coerce")
        frames.append(frame[frame[1].notna()].assign(path=path.name))
    rows = pd.concat(frames)
    rows.columns = rows.columns.map(str)
    with duckdb.connect(str(file)) as connection:
        connection.register("rows", rows)
        connection.execute("CREATE TABLE printed AS SELECT * FROM rows")


def main() -> None:
    """A first night, one without news, one with a new document; pandas over the same files."""
    made = list(documents(seed=1, bodies=BODIES, years=YEARS, projects=PROJECTS))
    *most, last = made
    with tempfile.TemporaryDirectory() as directory:
        installation = Installation(Path(directory))
        raw = installation.settings.raw
        write(most, raw)
        first = seconds(installation.run)
        peer = seconds(lambda: load_with_pandas(raw, Path(directory) / "peer.duckdb"))
        quiet = seconds(lambda: has_news(installation.settings))
        write([last], raw)
        one_new = seconds(installation.run)
        facts = installation.value("SELECT count(*) FROM fact_project_funding")
        shutil.rmtree(installation.settings.warehouse)
    line = {
        "bench": "night",
        "documents": len(most),
        "facts": facts,
        "first_night_s": round(first, 2),
        "documents_per_minute": round(len(most) / first * 60),
        "night_without_news_s": round(quiet, 3),
        "night_with_one_new_s": round(one_new, 2),
        "pandas_read_csv_s": round(peer, 2),
        "first_night_by_pandas": round(first / peer, 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
