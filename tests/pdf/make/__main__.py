"""Print the PDF test documents with their truth: ``python -m tests.pdf.make DIR``.

They are printed once and committed; this is for making them anew. Needs what the project does not:
reportlab (``uv sync --group pdf-cases``), LibreOffice, Chromium, and the fonts WenQuanYi Zen Hei
and Noto Serif CJK.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.pdf.cases import Case


def main(arguments: Sequence[str] | None = None) -> int:
    """Write ``DIR/<name>.pdf`` and ``DIR/<name>.json``; 1 where a program is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.pdf.make", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path)
    directory = parser.parse_args(arguments).directory
    if lacking := missing():
        print(f"缺少 / missing: {', '.join(lacking)}", file=sys.stderr)  # noqa: T201
        return 1
    from tests.pdf.make.phenomena import phenomena
    from tests.pdf.make.realistic import realistic

    directory.mkdir(parents=True, exist_ok=True)
    made = [*realistic(directory), *phenomena(directory)]
    for case in made:
        (directory / f"{case.name}.json").write_text(as_text(case), encoding="utf-8")
    print(f"{len(made)} documents → {directory}")  # noqa: T201 - this is a command
    return 0


def missing() -> list[str]:
    """What must be installed first."""
    from tests.pdf.make.paper import ZENHEI

    lacking = [] if find_spec("reportlab") else ["reportlab (uv sync --group pdf-cases)"]
    lacking += [program for program in ("soffice", "chromium") if which(program) is None]
    lacking += [] if Path(ZENHEI).exists() else [f"fonts-wqy-zenhei ({ZENHEI})"]
    return lacking


def as_text(case: Case) -> str:
    """A truth as JSON, a row of a table on a line."""
    said = case.as_json()
    tables = said.pop("tables", [])
    parts = [f"{json.dumps(name)}: {_json(value)}" for name, value in said.items()]
    shown = []
    for table in tables:
        rows = ",\n  ".join(_json(row) for row in table.pop("rows"))
        shown.append(f'{_json(table)[:-1]}, "rows": [\n  {rows}\n]}}')
    parts.append('"tables": [' + ",\n".join(shown) + "]")
    return "{" + ",\n".join(parts) + "}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
