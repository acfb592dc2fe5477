"""What real documents cost, step by step, and what they become: a line of JSON.

Every fourth document of the census that lies beside the project, by one worker, so that CPU time
is of this process but for reading, which has processes of its own. Without the corpus: nothing.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.night import Night
from schemas.registry import tables
from tests.bench.growth import steps
from tests.conftest import Installation
from tests.corpus import CORPUS
from tests.corpus.outcome import documents

EACH = 4


def mb(path: Path) -> float:
    """Size of all files below a directory, in MB."""
    return round(sum(f.stat().st_size for f in path.rglob("*") if f.is_file()) / 1e6, 1)


def children_cpu() -> float:
    """CPU seconds of processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """A first night over some real documents."""
    chosen = [path for _, path in sorted(documents().items())][::EACH]
    if not chosen:
        sys.stderr.write("no corpus beside the project: nothing was measured\n")
        return
    with tempfile.TemporaryDirectory() as directory:
        installation = Installation(Path(directory))
        settings = replace(installation.settings, workers=1, context=CORPUS.parent / "context")
        for path in chosen:
            installation.put(path.name, path.read_bytes())
        before = children_cpu()
        with closing(Night(settings)) as night:
            costs = steps(night)
        with duckdb.connect(str(settings.published), read_only=True) as connection:
            rows = {
                name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
                for name in tables()
            }
        facts = sum(n for name, n in rows.items() if tables()[name].role == "fact")
        line = {
            "bench": "real",
            "documents": len(chosen),
            "raw_mb": mb(settings.raw),
            "archive_mb": mb(settings.archive),
            "cache_mb": mb(settings.cache),
            "database_mb": mb(settings.versions),
            "rows": sum(rows.values()),
            "facts": facts,
            "steps": costs,
            "readers_cpu_s": round(children_cpu() - before, 2),
        }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
