"""Pages a second and peak memory of the PDF reader beside pdfplumber and bare PDFium text.

All read the same files in the same run, in fresh processes, with one worker and with two: the
corpus beside the project if it is there, else the generated documents of the tests. pdfplumber
gives what it can: all tables, and the words outside of them. PDFium's text alone, without places,
is what no reader on it can beat. Where the time of our reader goes is measured in one process more.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial, wraps
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pdfplumber
import pypdfium2

from pipelines.extract.pdf import pdfium, reader
from pipelines.extract.pdf.glyphs import Glyphs
from pipelines.extract.pdf.objects import Objects
from pipelines.extract.readers import extract
from tests.corpus import corpus_pdfs

if TYPE_CHECKING:
    from collections.abc import Callable

GENERATED = Path(__file__).parent.parent / "pdf" / "documents"
#: Steps of our reader, each timed without what it calls of the others.
STAGES: tuple[tuple[str, Any, str], ...] = (
    ("open", pypdfium2.PdfDocument, "__init__"),
    ("load_page", pypdfium2.PdfDocument, "get_page"),
    ("text_page", pypdfium2.PdfPage, "get_textpage"),
    ("characters", Glyphs, "__init__"),
    ("placing", Glyphs, "shown"),
    ("objects", Objects, "walk"),
    ("rules", Objects, "rules"),
    ("not_shown", pdfium, "_not_shown"),
    ("cleaning", reader, "cleaned"),
    ("lattices", reader, "lattices"),
    ("unruled", reader, "unruled"),
    ("homes", reader, "homes"),
    ("lines", reader, "lines"),
    ("cells", reader._Taker, "take"),  # noqa: SLF001 - steps are timed from outside
    ("frame", reader._Reading, "cells"),  # noqa: SLF001
    ("everything_else", reader, "read_pdf"),
)


def ours(data: bytes) -> int:
    """Grids, lines and the account of every character; how many pages."""
    return len(extract("0" * 64, data).pages)


def plumber(data: bytes) -> int:
    """Tables and the words outside of them, page by page; how many pages."""
    with pdfplumber.open(BytesIO(data)) as document:
        for page in document.pages:
            tables = page.find_tables()
            for table in tables:
                table.extract()
            page.filter(partial(_is_outside, [table.bbox for table in tables])).extract_words()
            page.close()
        return len(document.pages)


def _is_outside(boxes: list[tuple[float, float, float, float]], thing: dict[str, Any]) -> bool:
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return not any(x0 <= x < x1 and y0 <= y < y1 for x0, y0, x1, y1 in boxes)


def text_alone(data: bytes) -> int:
    """PDFium's text of every page; how many pages."""
    document = pypdfium2.PdfDocument(data)
    pages = len(document)
    for number in range(pages):
        page = document[number]
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    document.close()
    return pages


READERS: dict[str, Callable[[bytes], int]] = {
    "yusuan": ours,
    "pdfplumber": plumber,
    "pdfium_text": text_alone,
}


def files() -> list[Path]:
    """What is read: files that every contender reads, the largest first."""
    found = corpus_pdfs() or sorted(GENERATED.glob("*.pdf"))
    return [path for path in found if _is_readable(path)]


def _is_readable(path: Path) -> bool:
    data = path.read_bytes()
    with suppress(Exception):
        return extract("0" * 64, data).refusal is None and plumber_opens(data)
    return False


def plumber_opens(data: bytes) -> bool:
    """Whether pdfplumber opens a file at all."""
    with pdfplumber.open(BytesIO(data)) as document:
        return len(document.pages) > 0


def peak_mb() -> float:
    """The peak memory of this process so far, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None
    return int(peak[1]) / 1024


def read(name: str, path: Path) -> tuple[int, float, float]:
    """Pages of a file by a contender, seconds of CPU time, and the peak memory so far."""
    logging.disable()
    data = path.read_bytes()
    start = time.process_time()
    pages = READERS[name](data)
    return pages, time.process_time() - start, peak_mb()


def measured(name: str, paths: list[Path], workers: int) -> dict[str, float]:
    """Pages over all files by second on the clock and of CPU time, and the highest peak."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        imports = pool.submit(peak_mb).result()
        for warm in [pool.submit(read, name, paths[-1]) for _ in range(4 * workers)]:
            warm.result()
        start = time.perf_counter()
        done = [future.result() for future in [pool.submit(read, name, path) for path in paths]]
        seconds = time.perf_counter() - start
    pages, cpu_seconds, peaks = zip(*done, strict=True)
    return {
        "pages_per_s": round(sum(pages) / seconds, 1),
        "pages_per_cpu_s": round(sum(pages) / sum(cpu_seconds), 1),
        "peak_mb": round(max(peaks)),
        "of_it_imports_mb": round(imports),
    }


def shares(paths: list[Path]) -> dict[str, float]:
    """Share of each stage in the time of our reader, in this process."""
    spent: dict[str, float] = defaultdict(float)
    running: list[float] = []  # seconds spent in inner stages, for each that is running

    def timed(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def run(*args: Any, **kwargs: Any) -> Any:
            running.append(0.0)
            start = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                seconds = time.perf_counter() - start
                spent[stage] += seconds - running.pop()
                if running:
                    running[-1] += seconds

        return run

    kept = [(owner, name, getattr(owner, name)) for _, owner, name in STAGES]
    for stage, owner, name in STAGES:
        setattr(owner, name, timed(stage, getattr(owner, name)))
    try:
        for path in paths:
            reader.read_pdf("0" * 64, "application/pdf", path.read_bytes())
    finally:
        for owner, name, work in kept:
            setattr(owner, name, work)
    whole = sum(spent.values())
    return {stage: round(spent[stage] / whole, 3) for stage, _, _ in STAGES}


def main() -> None:
    """All contenders, with one worker and with two; then the stages of ours."""
    logging.disable()
    paths = files()
    figures = {
        f"{name}_{workers}_workers": measured(name, paths, workers)
        for workers in (1, 2)
        for name in READERS
    }
    ratios = {
        f"{peer}_{workers}_workers_by_{unit}": round(
            figures[f"yusuan_{workers}_workers"][f"pages_per_{unit}"]
            / figures[f"{peer}_{workers}_workers"][f"pages_per_{unit}"],
            2,
        )
        for workers in (1, 2)
        for peer in ("pdfplumber", "pdfium_text")
        for unit in ("s", "cpu_s")
    }
    line = {
        "bench": "pdf",
        "files": "corpus" if corpus_pdfs() else "generated",
        "documents": len(paths),
        "pages": sum(len(pypdfium2.PdfDocument(path)) for path in paths),
        **figures,
        "times_as_fast_as": ratios,
        "stages": shares(paths),
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
