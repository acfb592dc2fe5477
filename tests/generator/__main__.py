"""Write documents with sidecars and their truth: ``python -m tests.generator --bodies 8 DIR``.

``--books`` writes whole books instead: of so many bodies of each place, and an operator's layouts.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines.documents.scan import SUFFIX
from tests.generator.books.budget import places
from tests.generator.books.documents import CONFIG
from tests.generator.books.documents import documents as books_of
from tests.generator.books.truth import COLUMNS as BOOK_COLUMNS
from tests.generator.books.truth import truth as truth_of_books
from tests.generator.documents import documents
from tests.generator.truth import COLUMNS, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.generator.truth import Rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``DIR/raw`` and ``DIR/truth.json``: table → its columns and rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument("--bodies", type=int, default=8)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--projects", type=int, default=6, help="of a unit, at most")
    parser.add_argument("--books", action="store_true", help="whole books, of each place")
    wanted = parser.parse_args(arguments)
    directory: Path = wanted.directory
    if wanted.books:
        books = [
            book for place in places()
            for book in books_of(wanted.seed, place, wanted.bodies, wanted.years)
        ]  # fmt: skip
        write(books, directory / "raw")
        shutil.copytree(CONFIG, directory / "config", dirs_exist_ok=True)
        count, said = len(books), as_json(truth_of_books(books), BOOK_COLUMNS)
    else:
        made = list(documents(wanted.seed, wanted.bodies, wanted.years, wanted.projects))
        write(made, directory / "raw")
        count, said = len(made), as_json(truth(made), COLUMNS)
    with (directory / "truth.json").open("w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False)
    print(f"{count} documents → {directory}")  # noqa: T201 - this is a command


class Issued(Protocol):
    """A document as it is put into ``raw/``."""

    @property
    def path(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def sidecar(self) -> str | None: ...


def write(made: Iterable[Issued], raw: Path) -> None:
    """Documents and their sidecars below a directory."""
    for document in made:
        path = raw / document.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.data)
        if document.sidecar is not None:
            path.with_name(path.name + SUFFIX).write_text(document.sidecar, encoding="utf-8")


def as_json(said: Mapping[str, Rows], columns: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """A truth as plain data: table → its columns and rows."""
    return {name: {"columns": columns[name], "rows": rows} for name, rows in said.items()}


if __name__ == "__main__":
    main()
