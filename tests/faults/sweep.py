"""Kill a night at one point after another, and look at what is left each time."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.documents.ledger import Ledger
from pipelines.documents.lock import WarehouseBusyError, acquire
from tests.faults.child import BEFORE, HALF, Nights
from tests.faults.scenario import Published, Scenario, ledger_faults, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.points import Point

_ROWS = "SELECT count(*), sum(amount_yuan) FROM fact_project_funding"


@dataclass(frozen=True)
class Kill:
    """A point at which to kill, and when."""

    point: Point
    when: str


@dataclass(frozen=True)
class Outcome:
    """What a kill left behind. ``faults``: in words, none if all is as it must be."""

    kill: Kill
    readers_saw: str
    faults: list[str]

    def row(self) -> str:
        """A row of a Markdown table."""
        point = self.kill.point
        operation = f"{point.operation} `{point.place}`"
        next_run = "complete, equal" if not self.faults else "; ".join(self.faults)
        cells = (str(point.number), point.stage, operation, self.kill.when,
                 self.readers_saw, next_run)  # fmt: skip
        return f"| {' | '.join(cells)} |"


HEAD = "| point | stage | operation | killed | readers saw | next run |\n|---|---|---|---|---|---|"


#: Two cores, two scenarios side by side.
SHARES = 2


class Sweep:
    """Kills over one scenario."""

    def __init__(self, root: Path, scenario: type[Scenario] = Scenario) -> None:
        """Make the scenario below ``root`` and run its night undisturbed."""
        self.scenario = scenario(root)
        self.scenario.put_back()
        self._before = Ledger(self.scenario.settings.ledger).events()
        self._known = ledger_faults(self.scenario.settings, self._before)
        self.yesterday, self.today = self.scenario.yesterday, self.scenario.today
        self._nights = Nights(root)

    def close(self) -> None:
        """End the process that runs the nights."""
        self._nights.close()

    def kills(self) -> list[Kill]:
        """Before every point, and half-way where it can be cut.

        Of operations of one kind on files of one directory: before the first, half-way in the
        last. After a point is before the next one.
        """
        alike: dict[tuple[str, ...], list[tuple[Point, bool]]] = {}
        for point, has_half in self.scenario.points():
            alike.setdefault(_likeness(point), []).append((point, has_half))
        chosen: list[Kill] = []
        for points in alike.values():
            (first, _), (last, has_half) = points[0], points[-1]
            chosen.append(Kill(first, BEFORE))
            if has_half:
                chosen.append(Kill(last, HALF))
        return chosen

    def run(self, kills: Iterable[Kill]) -> Iterator[Outcome]:
        """Kill, look, run the next night, look again."""
        for kill in kills:
            self.scenario.put_back()
            held = duckdb.connect(str(self.scenario.settings.published.resolve()), read_only=True)
            try:
                yield self._outcome(kill, held)
            finally:
                held.close()

    def _outcome(self, kill: Kill, held: duckdb.DuckDBPyConnection) -> Outcome:
        was = held.execute(_ROWS).fetchone()
        faults = [] if self._nights.kill(kill.point.number, kill.when) else ["was not killed"]
        saw = self._seen()
        faults += [] if saw in {"yesterday", "today"} else [f"readers saw {saw}"]
        faults += self._lock_faults()
        found = ledger_faults(self.scenario.settings, self._before)
        faults += [fault for fault in found if fault not in self._known]
        self.scenario.run()
        after = Published.of(self.scenario.settings)
        faults += after.differences(self.today)
        faults += ledger_faults(self.scenario.settings, self._before)
        faults += [] if held.execute(_ROWS).fetchone() == was else ["the held reader lost rows"]
        faults += ["a run without news built"] if self.scenario.run() else []
        return Outcome(kill, saw, faults)

    def _seen(self) -> str:
        """Which build a reader opens: exactly one of the two, whole, or neither."""
        tables = tables_of(self.scenario.settings.published.resolve())
        if tables == self.yesterday.tables:
            return "yesterday"
        return "today" if tables == self.today.tables else "neither"

    def _lock_faults(self) -> list[str]:
        try:
            acquire(self.scenario.settings).release()
        except WarehouseBusyError as error:
            return [str(error)]
        return []


def _likeness(point: Point) -> tuple[str, str, str]:
    """Equal for operations of one kind on files of one directory."""
    kind, _, _ = point.operation.partition(" build.")
    return point.stage, kind, point.place.rpartition("/")[0]


def share(number: int) -> list[Outcome]:
    """Every SHARES-th kill, on a scenario of its own."""
    with tempfile.TemporaryDirectory() as root:
        sweep = Sweep(Path(root) / "scenario")
        try:
            return list(sweep.run(sweep.kills()[number::SHARES]))
        finally:
            sweep.close()
