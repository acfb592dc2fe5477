"""Tests over the corpus of real documents beside the project; without it they skip, and say so."""

from __future__ import annotations

import os
from pathlib import Path

#: Where the corpus is, if it is: real files, of which nothing is kept here but facts and figures.
CORPUS = Path(
    os.environ.get("YUSUAN_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus"
)


def corpus_pdfs() -> list[Path]:
    """PDFs of the corpus, the largest first; none if there is no corpus."""
    return sorted(CORPUS.rglob("*.pdf"), key=lambda path: (-path.stat().st_size, path))
