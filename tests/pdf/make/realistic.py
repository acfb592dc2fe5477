"""Whole documents, the same kinds of tables through every producer."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pypdfium2

from tests.pdf.cases import Case
from tests.pdf.make import browser, office, tables
from tests.pdf.make.layout import Style, lines_of, print_table
from tests.pdf.make.paper import EMBEDDED, NOT_EMBEDDED, Paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.pdf.cases import LogicalTable
    from tests.pdf.make.model import Table

PRODUCERS = ("reportlab-cid", "reportlab-embedded", "calc", "writer", "chromium")
#: How paper cuts: the first as an office suite does, the second as a browser does.
STYLES = {
    "reportlab-cid": Style(cut_rows=True),
    "reportlab-embedded": Style(cut_rows=True, closing=False, hang=True),
}


def realistic(folder: Path) -> Iterator[Case]:
    """Two documents of each producer: budget tables, and performance targets."""
    for seed, producer in enumerate(PRODUCERS, 1):
        rng = Random(seed)  # noqa: S311 - the same seed shall give the same tables
        budget = [tables.balance(rng), tables.sources(rng), tables.expenditure(rng)]
        targets = [
            tables.performance(rng),
            tables.indicators(rng),
            tables.form(rng),
            tables.form(rng),
        ]
        for kind, chosen in (("budget", budget), ("targets", targets)):
            path = folder / f"{kind}-{producer}.pdf"
            if producer in STYLES:
                yield _drawn(path, producer, chosen)
            else:
                yield _printed(path, producer, chosen)


def _drawn(path: Path, producer: str, chosen: Sequence[Table]) -> Case:
    font = NOT_EMBEDDED if producer == "reportlab-cid" else EMBEDDED
    paper = Paper(path, font, chosen[0].page_size)
    logical: list[LogicalTable] = []
    lines: list[tuple[int, str]] = []
    for table in chosen:
        if logical:
            paper.page(table.page_size)
        lines += lines_of(table, paper.page_no)
        logical.append(print_table(paper, table, STYLES[producer])[0])
    return Case(path.stem, producer, paper.save(), tuple(logical), lines=tuple(lines))


def _printed(path: Path, producer: str, chosen: Sequence[Table]) -> Case:
    """Through a program that decides on the pages: a table begins where its title stands."""
    if producer == "chromium":
        browser.as_pdf(browser.html(chosen), path)
    else:
        made, suffix = (office.xlsx, "xlsx") if producer == "calc" else (office.docx, "docx")
        office.as_pdf(made(chosen), suffix, path)
    texts = page_texts(path)
    starts, after = [], 0
    for table in chosen:
        after = next(p for p, text in enumerate(texts, 1) if p > after and table.title in text)
        starts.append(after)
    ends = [*(start - 1 for start in starts[1:]), len(texts)]
    pages = [tuple(range(start, end + 1)) for start, end in zip(starts, ends, strict=True)]
    logical = tuple(table.logical(own, None if len(own) > 1 else ())
                    for table, own in zip(chosen, pages, strict=True))  # fmt: skip
    lines = [
        line for table, own in zip(chosen, pages, strict=True) for line in lines_of(table, own[0])
    ]
    return Case(path.stem, producer, len(texts), logical, lines=tuple(lines))


def page_texts(path: Path) -> list[str]:
    """The text of every page without white space."""
    with pypdfium2.PdfDocument(path) as document:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
