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
    figures = (
        len(paths),
        len(found),
        sum(each.pages for each in found),
        sum(each.cells for each in found),
        sum(each.not_its_cells for each in found),
        sum(len(each.differences) for each in found),
    )
    print("| PDFs | not refused | pages | cells | not pdfplumber's | places that differ |")  # noqa: T201
    print("|--:|--:|--:|--:|--:|--:|")  # noqa: T201
    print(f"| {' | '.join(map(str, figures))} |")  # noqa: T201


if __name__ == "__main__":
    main()
