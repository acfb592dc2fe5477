"""How well projects are told over years and over tables: a line of JSON a list.

On consecutive books of the generator (``tests.generator.successions``) every pair of lines of two
consecutive years of a unit is held against the truth: *precision* is how many of the links made
without a person are true, *recall* how many of the true ones are made. Beside them stands what unit
and name alone would link, and what ``yusuan review`` suggests of the rest. Real lists are pairs of
tables of one year, labelled by hand (``tests/corpus/project_pairs.csv``); without the corpus beside
the project they are left out. ``python -m tests.bench.identity [BODIES [YEARS [SEED]]]``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tests.bench.scores import Score, score
from tests.conftest import ROOT, Installation
from tests.corpus.outcome import take_in
from tests.corpus.projects import labelled, paths, scored
from tests.generator.__main__ import write
from tests.generator.reforms import reformed, write_reforms
from tests.generator.successions import documents as books
from tests.generator.successions import successions

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from tests.generator.successions import Succession

SEED, BODIES, YEARS = 11, 60, 4
_LINES = """
SELECT u.name, s.fiscal_year, l.name, i.project_id, i.method
FROM project_line l
JOIN statement s USING (statement_id)
JOIN dim_body u ON u.body_id = l.spending_unit_id
JOIN bridge_project_identity i USING (project_line_id)
"""
_SUGGESTED = """
SELECT spending_unit_name, fiscal_year_before, name_before, fiscal_year, name, kind
FROM project_suggestion
"""

Place = tuple[str, int, str]
Pair = tuple[Place, Place]


@dataclass(frozen=True)
class Measured:
    """What was measured on consecutive books.

    Attributes:
        links: All links of consecutive years.
        by_name: What unit and name alone would link.
        beyond: Links of pairs whose names differ.
        over_reforms: Links of pairs whose units have other names.
        recall_of: Course of a project → its true links and how many are made.
        wrong_of: Course of the later line of each wrong link.
        suggested: Suggested pairs; true ones among them; true pairs not linked; of them suggested.
        parts: Splits and mergers; how many are suggested.
        wrong, missed: Examples, for people.
    """

    links: Score
    by_name: Score
    beyond: Score
    over_reforms: Score
    recall_of: dict[str, tuple[int, int]]
    wrong_of: dict[str, int]
    suggested: tuple[int, int, int, int]
    parts: tuple[int, int]
    wrong: list[Pair]
    missed: list[Pair]


def pairs(of: dict[Place, Hashable], heirs: Mapping[tuple[str, int], str]) -> set[Pair]:
    """Pairs of places of one unit and consecutive years with one key.

    Args:
        of: Places with their keys.
        heirs: Whose list of the next year goes on from a unit's list of a year, if not its own.
    """
    years: dict[tuple[str, int, Hashable], list[Place]] = defaultdict(list)
    for place, key in of.items():
        years[place[0], place[1], key].append(place)
    return {
        (before, after)
        for (unit, year, key), found in years.items()
        for before in found
        for after in years.get((heirs.get((unit, year), unit), year + 1, key), ())
    }


def _heirs(made: list[Succession]) -> dict[tuple[str, int], str]:
    """Units in the year before a reform, and who goes on from them."""
    return {(r.before, r.first_year - 1): r.after for one in made for r in one.reforms}


def _suggested(
    connection: duckdb.DuckDBPyConnection, selves: Mapping[Place, Hashable], made: list[Succession]
) -> set[Pair]:
    """Pairs that are suggested; a suggestion names its unit by one of its names."""
    kin: dict[str, set[str]] = defaultdict(set)
    for reform in (r for one in made for r in one.reforms):
        kin[reform.before].add(reform.after)
        kin[reform.after].add(reform.before)
    told = connection.execute(_SUGGESTED).fetchall()

    def place(unit: str, year: int, name: str) -> Place:
        units = (unit, *sorted(kin[unit]))
        return next((u, year, name) for u in units if (u, year, name) in selves)

    return {(place(u, y, n), place(u, z, m)) for u, y, n, z, m, kind in told if kind == "renamed"}


def measured(made: list[Succession], connection: duckdb.DuckDBPyConnection) -> Measured:
    """Hold a published build of generated books against who their projects are."""
    said = [row for succession in made for row in succession.truth()]
    selves: dict[Place, Hashable] = {(u, y, n): s for u, y, n, s, _ in said}
    course = {(u, y, n): c for u, y, n, _, c in said}
    found = {(u, y, n): p for u, y, n, p, _ in connection.execute(_LINES).fetchall()}
    if found.keys() != selves.keys():
        raise ValueError(f"lines differ: {len(found.keys() ^ selves.keys())}")
    heirs = _heirs(made)
    true, linked = pairs(selves, heirs), pairs(found, heirs)
    by_name = pairs({place: place[2] for place in selves}, {})
    over = {(before, after) for before, after in true | linked if before[0] != after[0]}
    hard = {(before, after) for before, after in true | linked if before[2] != after[2]}
    suggested = connection.execute(_SUGGESTED).fetchall()
    one = _suggested(connection, selves, made)
    missed = true - linked
    kinds = {tuple(row) for row in suggested}
    parts = {row for succession in made for row in succession.parts}
    recall_of = {
        name: (
            sum(course[after] == name for _, after in true),
            sum(course[after] == name for _, after in true & linked),
        )
        for name in sorted({course[after] for _, after in true})
    }
    return Measured(
        score(true, linked),
        score(true, by_name),
        score(true & hard, linked & hard),
        score(true & over, linked & over),
        recall_of,
        dict(sorted(Counter(course[after] for _, after in linked - true).items())),
        (len(one), len(one & true), len(missed), len(one & missed)),
        (len(parts), len(parts & kinds)),
        sorted(linked - true),
        sorted(missed),
    )


def generated(bodies: int, years: int, seed: int, *, with_reforms: bool = False) -> Measured:
    """Consecutive books, taken in year by year in one night, and what becomes of them.

    With reforms, every body is reformed in some year (``tests.generator.reforms``).
    """
    made = (reformed if with_reforms else successions)(seed, bodies, years)
    with tempfile.TemporaryDirectory() as directory:
        installation = Installation(Path(directory), Path(directory) / "config")
        write_reforms(made, Path(directory) / "config")
        write(books(made, seed), installation.settings.raw)
        installation.run()
        with duckdb.connect(str(installation.settings.published), read_only=True) as connection:
            return measured(made, connection)


def real() -> Iterator[dict[str, object]]:
    """Tables of one year against one another, by labels, of one night; nothing without corpus."""
    lists = labelled(ROOT)
    if not lists:
        return
    with tempfile.TemporaryDirectory() as directory:
        files = sorted({path for of_list in lists.values() for path in paths(of_list)})
        night = take_in(Path(directory), files)
        with duckdb.connect(str(night.settings.published), read_only=True) as connection:
            for name, of_list in lists.items():
                yield {"list": name, **scored(of_list, connection).as_json()}


def main() -> None:
    """All lists."""
    given = [int(argument) for argument in sys.argv[1:]]
    bodies, years, seed = [*given, *(BODIES, YEARS, SEED)[len(given) :]]
    for name in ("generated", "reformed"):
        found = generated(bodies, years, seed, with_reforms=name == "reformed")
        line = {
            "bench": "identity", "list": name, "bodies": bodies, "years": years,
            "links": found.links.as_json(), "by_name_alone": found.by_name.as_json(),
            "names_differ": found.beyond.as_json(), "over_reforms": found.over_reforms.as_json(),
            "recall_of": found.recall_of, "wrong_of": found.wrong_of,
            "suggested": found.suggested, "parts": found.parts,
        }  # fmt: skip
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        for case in found.wrong[:12]:
            sys.stderr.write(f"wrong {case}\n")
        for case in found.missed[:25]:
            sys.stderr.write(f"missed {case}\n")
    for listed in real():
        sys.stdout.write(json.dumps({"bench": "identity", **listed}) + "\n")


if __name__ == "__main__":
    main()
