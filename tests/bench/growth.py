"""What a night costs as the warehouse grows: a line of JSON for each number of documents.

Over so many generated documents, two in a hundred of them PDFs: all new, nothing new, one new
file, and a tenth new; for each step of a night its time and the peak memory of its process while
it ran. ``python -m tests.bench.growth [SIZE ...]``; each size has a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
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
    """Seconds on the clock of some work, and the peak memory of this process meanwhile, in MiB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is forgotten
    start = time.perf_counter()
    work()
    return {"s": round(time.perf_counter() - start, 3), "peak_mb": round(peak_mb())}


def night(installation: Installation) -> Costs:
    """A night, step by step."""
    made = Night(installation.settings)
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
    one_new = []
    for size in sizes:
        command = [sys.executable, "-m", "tests.bench.growth", "--size", str(size)]
        line = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        sys.stdout.write(line)
        sys.stdout.flush()
        one_new.append(json.loads(line)["nights"]["one"]["whole"]["s"])
    said = {
        "bench": "growth",
        "one_new_s": dict(zip(map(str, sizes), one_new, strict=True)),
        "most_by_fewest": round(one_new[-1] / one_new[0], 2),
        "goal": GOAL,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
