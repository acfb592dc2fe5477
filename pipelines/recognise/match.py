"""Which layouts a table may have: the paths of its header must be exactly the layout's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipelines.recognise.paths import (
    MOST_HEADER_ROWS,
    above_rows,
    header_paths,
    number_rows,
    realigned,
)
from pipelines.values.text import fold_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.recognise.paths import Rows
    from schemas.layout import Layout
    from schemas.layout_parts import LayoutColumn


#: What layouts say where a header prints the statement's year, and the year before it.
THIS_YEAR, LAST_YEAR = "{year}", "{last_year}"
_YEAR = re.compile(r"(?:19[5-9]|20\d)\d(?=年)")


@dataclass(frozen=True)
class Match:
    """A layout that fits a table.

    Attributes:
        first_row: The first row of the header; those above are lines.
        header_to: The last row of the header proper.
        last_row: The last row before the body: those that number columns are between.
        columns: Printed column → index of the layout's column.
    """

    layout: Layout
    first_row: int
    header_to: int
    last_row: int
    columns: Mapping[int, int]

    @property
    def order(self) -> list[int]:
        """The layout's columns in printed order."""
        return [self.columns[col] for col in sorted(self.columns)]

    def column(self, col: int) -> LayoutColumn | None:
        """What a printed column is; none if it has no header."""
        index = self.columns.get(col)
        return None if index is None else self.layout.columns[index]


@dataclass(frozen=True)
class NoMatch:
    """Why no single layout fits: the rule, what was found, what was expected."""

    rule_id: str
    found: str
    expected: str


def candidates(rows: Rows, layouts: Sequence[Layout]) -> list[Match]:
    """The layouts whose header a table begins with.

    Args:
        rows: The first rows of the table.
        layouts: How publishers print their tables.
    """
    found: list[Match] = []
    known: set[str] = set()
    for first, last, paths in _headers(rows):
        width = max(cell.columns[-1] for cell in rows[first])
        beside = realigned(rows, last, paths, width)
        for layout in layouts:
            columns = columns_of(paths, layout, width) or _columns_beside(beside, layout)
            if columns is None or layout.id in known:
                continue
            known.add(layout.id)
            last_row = last + number_rows(rows, last)
            found.append(Match(layout, first, last, last_row, columns))
    return found


def header_year(said: Iterable[str], layout: Layout) -> str | None:
    """The statement's year, if the layout says that its header prints it."""
    if not _has_years(layout):
        return None
    return max((year for text in said for year in _YEAR.findall(text)), default=None)


def stands_twice(rows: Rows, match: Match) -> bool:
    """Whether the header follows once more right below: then nobody knows what is its body."""
    height = match.header_to - match.first_row + 1
    again = header_paths(rows, match.last_row + 1, match.last_row + height)
    return again is not None and columns_of(again, match.layout, len(again)) is not None


@dataclass(frozen=True)
class Likeness:
    """How like a layout a table's header is.

    Attributes:
        first_row: The row of the table where that header begins.
        printed: Its header paths, as printed.
        matched: Those that the layout has.
        missing: Headers of the layout that it lacks.
        unmapped: Headers that the layout does not have.
        twice: Headers that it has more often than the layout.
    """

    layout: Layout
    first_row: int
    printed: tuple[str, ...]
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    unmapped: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def score(self) -> float:
        """Share of all headers, printed or wanted, that are both."""
        every = len(self.matched) + len(self.missing) + len(self.unmapped)
        return len(self.matched) / every if every else 0.0

    @property
    def difference(self) -> str:
        """What is missing and what is too much, in both languages."""
        twice = f", 重复 twice {list(self.twice)}" if self.twice else ""
        return f"缺 missing {list(self.missing)}, 多 unmapped {list(self.unmapped)}{twice}"


def likenesses(rows: Rows, layouts: Sequence[Layout]) -> list[Likeness]:
    """Each layout at the place in a table where its header is most like it, the likest first."""
    best: dict[str, Likeness] = {}
    for first, _, paths in _headers(rows):
        for layout in layouts:
            found = _likeness(layout, first, Counter(_with_years(paths, layout).values()))
            known = best.get(layout.id)
            # Of the same likeness the header without the lines above it.
            if known is None or (found.score, first) > (known.score, known.first_row):
                best[layout.id] = found
    return sorted(best.values(), key=lambda found: -found.score)


def _likeness(layout: Layout, first_row: int, printed: Counter[str]) -> Likeness:
    wanted = _wanted(layout)
    spread = {path for column in layout.columns if column.is_spread for path in _paths(column)}
    lacking = [c for c in layout.columns if not c.is_optional and not printed.keys() & _paths(c)]
    return Likeness(
        layout,
        first_row,
        tuple(printed.elements()),
        tuple(sorted(printed.keys() & wanted.keys())),
        tuple(sorted({fold_label(column.header[0]) for column in lacking})),
        tuple(sorted(printed.keys() - wanted.keys())),
        tuple(sorted(p for p, n in printed.items() if n > wanted[p] > 0 and p not in spread)),
    )


def nearest(rows: Rows, layouts: Sequence[Layout], named: Sequence[Layout] = ()) -> NoMatch:
    """The layout whose header is most like a table's, and the difference.

    ``named``: the layouts whose title stands above it; then it is the nearest of these.
    """
    best = next(iter(likenesses(rows, named or layouts)), None)
    if best is None or not (best.matched or named):
        first_row = next(iter(rows.values()), ())
        said = " | ".join(cell.said for cell in first_row if cell.said)
        return NoMatch("layout_unknown", said, "某一版式的表头 / a header that a layout describes")
    return NoMatch(
        "layout_unknown",
        f"行 row {best.first_row}: {' | '.join(best.printed)}",
        f"最近版式 nearest layout {best.layout.id}: {best.difference}",
    )


def columns_of(paths: Mapping[int, str], layout: Layout, width: int) -> dict[int, int] | None:
    """Printed column → index of the layout's column; none unless each stands there exactly once.

    A column that runs over others takes those right of it that have its header or none. Of the
    same header in tables side by side the first is that of the first.
    """
    paths = _with_years(paths, layout)
    left = {path: list(columns) for path, columns in _by_path(layout).items()}
    used: dict[int, int] = {}
    spread: tuple[int, str] | None = None
    for col in range(1, max(width, max(paths, default=0)) + 1):
        path = paths.get(col)
        if spread and path in {None, spread[1]}:
            used[col] = spread[0]
            continue
        spread = None
        if path is None:
            continue
        index = next((n for n in left.get(path, ()) if n not in used.values()), None)
        if index is None:
            return None
        used[col] = index
        if layout.columns[index].is_spread:
            spread = (index, path)
    missing = set(range(len(layout.columns))) - set(used.values())
    if any(not layout.columns[index].is_optional for index in missing) or not used:
        return None
    return used


def _columns_beside(beside: Mapping[range, str], layout: Layout) -> dict[int, int] | None:
    """As ``columns_of``, of the columns of a body whose header's edges are others."""
    if not beside:
        return None
    columns = columns_of({c.start: path for c, path in beside.items()}, layout, 0)
    if columns is None:
        return None
    return {col: columns[c.start] for c in beside if c.start in columns for col in c}


def _headers(rows: Rows) -> Iterator[tuple[int, int, dict[int, str]]]:
    """First row, last row and paths of what may be a table's header, shallow ones first."""
    width = max((cell.columns[-1] for row in rows.values() for cell in row), default=0)
    for first in range(1, above_rows(rows, width) + 2):
        for last in range(first, first + MOST_HEADER_ROWS):
            if last not in rows:
                break
            paths = header_paths(rows, first, last)
            if paths:
                yield first, last, paths


def _paths(column: LayoutColumn) -> set[str]:
    return {fold_label(path) for path in column.header}


def _with_years(paths: Mapping[int, str], layout: Layout) -> Mapping[int, str]:
    """Paths with a header's year, or two that follow one another, as the layout says them."""
    if not _has_years(layout):
        return paths
    years = sorted({year for path in paths.values() for year in _YEAR.findall(path)})
    if not years or int(years[-1]) - int(years[0]) != len(years) - 1 or len(years) > 2:  # noqa: PLR2004
        return paths
    words = dict(zip(reversed(years), (THIS_YEAR, LAST_YEAR), strict=False))
    return {col: _YEAR.sub(lambda year: words[year[0]], path) for col, path in paths.items()}


@cache
def _has_years(layout: Layout) -> bool:
    return any(THIS_YEAR in path for column in layout.columns for path in column.header)


@cache
def _by_path(layout: Layout) -> dict[str, list[int]]:
    """Header path → the layout's columns that have it, by block."""
    found: dict[str, list[int]] = {}
    for index, column in sorted(enumerate(layout.columns), key=lambda item: item[1].block):
        for path in sorted(_paths(column)):
            found.setdefault(path, []).append(index)
    return found


def _wanted(layout: Layout) -> Counter[str]:
    return Counter({path: len(columns) for path, columns in _by_path(layout).items()})
