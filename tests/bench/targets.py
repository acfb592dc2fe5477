"""How many distinct values of targets are read in a minute on one core: one line of JSON.

The mix is that of published tables: spellings of ``tests/values/cases/targets.toml`` with other
numbers in them, so that every value is distinct and none is remembered.
"""

from __future__ import annotations

import json
import re
import sys
import time
import tomllib
from itertools import count
from pathlib import Path

from pipelines.values.targets import read_target

CASES = Path(__file__).parent.parent / "values" / "cases" / "targets.toml"
DISTINCT = 20_000


def distinct_values(wanted: int) -> list[str]:
    """The cases over and over, each digit moved on by a running number; prose gets a tail of it."""
    cases = tomllib.loads(CASES.read_text(encoding="utf-8"))
    spellings = [case["raw"] for group in cases.values() for case in group]
    found: dict[str, None] = {}
    for turn in count():
        for text in spellings:
            moved = _moved(text, turn)
            found[moved if moved not in found else _grown(text, turn)] = None
            if len(found) == wanted:
                return list(found)
    raise AssertionError


def _moved(text: str, turn: int) -> str:
    return re.sub(r"[1-9]", lambda m: str((int(m[0]) + turn) % 9 + 1), text)


def _grown(text: str, turn: int) -> str:
    """The text with a longer first number, or, if it has none, with more words."""
    grown = re.sub(r"[0-9]+", lambda m: f"{m[0]}{turn}", text, count=1)
    words = "".join("年度项目工作"[int(digit) % 6] for digit in str(turn))
    return grown if grown != text else text + words


def main() -> None:
    """Read them once, on one core."""
    values = distinct_values(DISTINCT)
    read_target("≥1次")  # the grammar is built once
    start = time.process_time()
    for value in values:
        read_target(value)
    seconds = time.process_time() - start
    per_minute = round(len(values) / seconds * 60)
    line = {"bench": "targets", "values_per_minute": per_minute, "distinct": len(values)}
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
