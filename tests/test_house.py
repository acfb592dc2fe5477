"""The house: rooms import only rooms before them; no file grows beyond what is easy to see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

LONGEST = 450


def test_rooms_import_only_rooms_before_them() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_no_source_file_is_too_long_to_see() -> None:
    sources = [p for room in ("pipelines", "schemas") for p in (ROOT / room).rglob("*.py")]
    lengths = {p.relative_to(ROOT): len(p.read_text("utf-8").splitlines()) for p in sources}
    assert len(lengths) > 50
    assert {path: n for path, n in lengths.items() if n > LONGEST} == {}
