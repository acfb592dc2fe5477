"""Print, as Markdown, what both readers make of the corpus: ``python -m tests.corpus``.

Where they differ stands in ``reader_differences.toml``, each with its cause.
"""

from __future__ import annotations

from tests.corpus import corpus_pdfs
from tests.corpus.compared import compare_all


def main() -> None:
    """All of its PDFs together."""
    paths = corpus_pdfs()
    found = compare_all(paths)
    figures = {
        "PDFs": len(paths),
        "not refused": len(found),
        "pages": sum(each.pages for each in found),
        "characters": sum(each.characters for each in found),
        "pages not accounted for": sum(each.unaccounted for each in found),
        "cells read twice": sum(each.cells for each in found),
        "of them no cell of pdfplumber's": sum(each.not_its_cells for each in found),
        "places that differ": sum(len(each.differences) for each in found),
    }
    print(f"| {' | '.join(figures)} |")  # noqa: T201 - this is a command
    print("|" + "--:|" * len(figures))  # noqa: T201
    print(f"| {' | '.join(f'{figure:,}' for figure in figures.values())} |")  # noqa: T201


if __name__ == "__main__":
    main()
