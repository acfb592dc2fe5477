"""A night is killed at each of its steps: readers, the lock, the ledger, and the next night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.child import BEFORE, HALF
from tests.faults.scenario import Brief
from tests.faults.sweep import SHARES, Kill, Sweep, share

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: What the quick test kills: stage, start of the operation, when.
FEW = (
    ("ledger append", "INSERT", HALF),
    ("checkpoint", "CHECKPOINT", HALF),
    ("published event", "INSERT", BEFORE),
)
STAGES = {
    "lock", "scan", "archive", "ledger append", "extract", "recognise", "normalise", "conform",
    "validate", "decide", "build", "marts", "checkpoint", "checks", "candidate rename", "flip",
    "published event", "retention", "report",
}  # fmt: skip


def chosen(kills: list[Kill], stage: str, operation: str, when: str) -> Kill:
    return next(
        kill
        for kill in kills
        if (kill.point.stage, kill.when) == (stage, when)
        and kill.point.operation.startswith(operation)
    )


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return Sweep(tmp_path / "scenario", Brief)


@pytest.mark.slow
def test_a_night_that_is_killed_leaves_nothing_wrong(
    sweep: Sweep, request: pytest.FixtureRequest
) -> None:
    end: Callable[[], None] = sweep.close
    request.addfinalizer(end)
    kills = sweep.kills()
    outcomes = list(sweep.run(chosen(kills, *one) for one in FEW))
    assert [outcome.faults for outcome in outcomes] == [[]] * len(FEW)
    assert [outcome.readers_saw for outcome in outcomes] == ["yesterday"] * 2 + ["today"]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SHARES))
def test_at_every_point(number: int) -> None:
    """Two shares, so that two cores kill side by side; together they reach every stage."""
    outcomes = share(number)
    assert {outcome.row(): outcome.faults for outcome in outcomes if outcome.faults} == {}
    assert len({outcome.kill.point.number for outcome in outcomes}) >= 30
    assert {outcome.readers_saw for outcome in outcomes} == {"yesterday", "today"}


@pytest.mark.slow
def test_every_stage_has_points(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "scenario")
    kills = sweep.kills()
    sweep.close()
    assert {kill.point.stage for kill in kills} >= STAGES
    assert len({kill.point.number for kill in kills}) >= 60
