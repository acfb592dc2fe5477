"""What a night costs as the warehouse grows: a line of JSON for each number of documents.

Over so many generated documents, two in a hundred of them PDFs: all new, nothing new, one new
file, and a tenth new; for each step of a night its time and the peak memory of its process while
it ran. ``python -m tests.bench.growth [SIZE ...]``; each size has a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.news import has_news
from pipelines.night import Night
from tests.bench.pdf import GENERATED, peak_mb
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.documents import Document, documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.load.build import Build
    from pipelines.publish.checks import CheckResult

SIZES = (100, 1_000, 10_000)
#: Years of a body, and projects of a unit at most: what ``tests.bench.night`` measures too.
YEARS, PROJECTS = 5, 6
#: Every so manieth document is a PDF.
PDF_EACH = 50
#: One new file among the most documents may cost so much of what it costs among the fewest.
GOAL = 2.0

Costs = dict[str, dict[str, float]]


def put(made: Iterator[Document], count: int, raw: Path) -> None:
    """The next so many documents, and a PDF in place of every fiftieth."""
    page = (GENERATED / "boxed-cells.pdf").read_bytes()
    chosen = list(islice(made, count))
    write((d for n, d in enumerate(chosen) if n % PDF_EACH), raw)
    for document in chosen[::PDF_EACH]:
        path = (raw / document.path).with_suffix(".pdf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page + f"\n% {document.path}\n".encode())  # other bytes, the same page


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Seconds of some work on the clock, seconds of CPU time and peak memory of this process, MiB.

    What its workers take is not in the last two.
    """
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is forgotten
    start, used = time.perf_counter(), time.process_time()
    work()
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - used
    return {"s": round(seconds, 3), "cpu_s": round(cpu_seconds, 3), "peak_mb": round(peak_mb())}


def by_command(installation: Installation) -> dict[str, float]:
    """A night as the timer runs it: ``yusuan ingest``, with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from pipelines.cli import main; main()", "ingest", "--json"],
        env={**os.environ, **installation.settings.environment()},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"s": round(seconds, 3), "cpu_s": round(cpu, 3)}


def night(installation: Installation) -> Costs:
    """A night, step by step."""
    with closing(Night(installation.settings)) as made:
        return steps(made)


def steps(made: Night) -> Costs:
    """Every step of a night, and all of them together."""
    costs = {"take_in": measured(made.take_in)}
    for step in ("extract", "recognise", "normalise", "conform", "validate"):
        costs[step] = measured(getattr(made, step))
    built: list[Build] = []
    costs["build"] = measured(lambda: built.extend(filter(None, [made.build()])))
    checks: list[CheckResult] = []
    costs["check"] = measured(lambda: checks.extend(made.check(built[0])))
    costs["publish"] = measured(lambda: made.publish(built[0], checks))
    return costs | {"whole": whole(costs)}


def whole(costs: Costs) -> dict[str, float]:
    """All steps together."""
    return {
        "s": round(sum(cost["s"] for cost in costs.values()), 3),
        "cpu_s": round(sum(cost["cpu_s"] for cost in costs.values()), 3),
        "peak_mb": max(cost["peak_mb"] for cost in costs.values()),
    }


def grown(size: int) -> dict[str, object]:
    """Nights over so many documents."""
    made = documents(seed=1, bodies=max(1, size // 4), years=YEARS, projects=PROJECTS)
    with tempfile.TemporaryDirectory() as directory:
        installation = Installation(Path(directory))
        raw = installation.settings.raw
        put(made, size, raw)
        nights = {"all": night(installation)}
        nights["nothing"] = {"whole": measured(lambda: has_news(installation.settings))}
        write(islice(made, 1), raw)
        nights["one"] = night(installation)
        write(islice(made, 1), raw)
        nights["one_by_command"] = {"whole": by_command(installation)}
        put(made, size // 10, raw)
        nights["tenth"] = night(installation)
        facts = installation.value("SELECT count(*) FROM fact_project_funding")
        size_mb = round(installation.settings.published.stat().st_size / 2**20)
    said = {"bench": "growth", "documents": size, "facts": facts, "database_mb": size_mb}
    return {**said, "nights": nights}


def main() -> None:
    """Each size in a process of its own; then what one new file costs, most beside fewest."""
    if sys.argv[1:2] == ["--size"]:
        sys.stdout.write(json.dumps(grown(int(sys.argv[2]))) + "\n")
        return
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    one_new: dict[str, list[float]] = {"steps": [], "steps_cpu": [], "command": []}
    for size in sizes:
        command = [sys.executable, "-m", "tests.bench.growth", "--size", str(size)]
        line = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        sys.stdout.write(line)
        sys.stdout.flush()
        nights = json.loads(line)["nights"]
        one_new["steps"].append(nights["one"]["whole"]["s"])
        one_new["steps_cpu"].append(nights["one"]["whole"]["cpu_s"])
        one_new["command"].append(nights["one_by_command"]["whole"]["s"])
    said = {
        "bench": "growth",
        "documents": sizes,
        "one_new_s": one_new,
        "most_by_fewest": {of: round(s[-1] / s[0], 2) for of, s in one_new.items()},
        "goal": GOAL,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
