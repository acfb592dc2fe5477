"""Write documents with sidecars and their truth: ``python -m tests.generator --bodies 8 DIR``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines.documents.scan import SUFFIX
from tests.generator.documents import Document, documents
from tests.generator.truth import COLUMNS, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``DIR/raw`` and ``DIR/truth.json``: table → its columns and rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument("--bodies", type=int, default=8)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--projects", type=int, default=6, help="of a unit, at most")
    wanted = parser.parse_args(arguments)
    made = list(documents(wanted.seed, wanted.bodies, wanted.years, wanted.projects))
    write(made, wanted.directory / "raw")
    with (wanted.directory / "truth.json").open("w", encoding="utf-8") as file:
        json.dump(as_json(made), file, ensure_ascii=False)
    print(f"{len(made)} documents → {wanted.directory}")  # noqa: T201 - this is a command


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


def as_json(made: Iterable[Document]) -> dict[str, object]:
    """The truth as plain data."""
    found = truth(made)
    return {name: {"columns": COLUMNS[name], "rows": rows} for name, rows in found.items()}


if __name__ == "__main__":
    main()
