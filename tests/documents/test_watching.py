"""When a night begins by itself: in steps of looks, without Dagster and without a clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.watching import Sighting, Watch, decide, sight

if TYPE_CHECKING:
    from tests.conftest import Installation

SETTLE = 120


@dataclass
class Watchman:
    """Looks, one after the other; ``keys`` are the nights that were requested."""

    watch: Watch | None = None
    now: float = 1_000_000.0
    keys: list[str] = field(default_factory=list)

    def look(self, seen: Sighting, later: float = 60, *, busy: bool = False) -> str:
        self.now += later
        decision = decide(self.watch, seen, self.now, SETTLE, busy=busy)
        self.watch = Watch.read(decision.watch.text())
        if decision.run_key is not None:
            self.keys.append(decision.run_key)
        return decision.why


def state(name: str, hidden: str = "") -> Sighting:
    return Sighting(everything=name + hidden, documents=name, files=1)


def test_a_state_is_requested_once_it_has_settled_and_only_once() -> None:
    man = Watchman()
    for _ in range(2):
        man.look(state("a"))
    assert man.keys == []  # seen for 60 s
    man.look(state("a"))
    assert len(man.keys) == 1
    for _ in range(100):
        assert "nothing new" in man.look(state("a"))
    assert len(man.keys) == 1


def test_files_that_are_still_being_copied_start_nothing() -> None:
    man = Watchman()
    for n in range(50):
        assert "settles" in man.look(state(f"grows {n}"))
    for n in range(50):  # a hidden file grows, as rsync writes
        man.look(state("whole", hidden=f"{n}"))
    assert man.keys == []
    for _ in range(3):
        man.look(state("whole"))
    assert len(man.keys) == 1
    for _ in range(10):
        man.look(state("whole", hidden="left behind"))
    assert len(man.keys) == 1


def test_a_state_that_comes_back_is_requested_again_under_another_key() -> None:
    man = Watchman()
    for name in ("a", "b", "a"):
        for _ in range(4):
            man.look(state(name))
    assert len(man.keys) == len(set(man.keys)) == 3


def test_nothing_is_requested_while_a_night_is_under_way_and_nothing_is_forgotten() -> None:
    man = Watchman()
    for _ in range(10):
        man.look(state("a"), busy=True)
    assert man.keys == []
    man.look(state("a"))
    assert len(man.keys) == 1


def test_a_look_whose_outcome_was_lost_asks_under_the_same_key() -> None:
    man = Watchman()
    for _ in range(2):
        man.look(state("a"))
    before = man.watch
    man.look(state("a"))
    man.watch = before
    man.look(state("a"))
    assert len(man.keys) == 2
    assert len(set(man.keys)) == 1


def test_a_clock_that_is_set_back_only_makes_it_wait_again() -> None:
    man = Watchman()
    man.look(state("a"))
    man.look(state("a"), later=-90_000)
    assert man.keys == []
    for _ in range(2):
        man.look(state("a"))
    assert len(man.keys) == 1


def test_what_another_version_left_is_no_error() -> None:
    for text in (None, "", "{", '{"digest": 1}', "[]", "3"):
        assert Watch.read(text) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 300), st.booleans()), max_size=40))
def test_whatever_happens_a_request_is_of_a_settled_state(
    looks: list[tuple[str, float, bool]],
) -> None:
    """And never two in a row for the same state."""
    man = Watchman()
    since, last, asked = man.now, "", ""
    for name, later, busy in looks:
        before = len(man.keys)
        man.look(state(name), later, busy=busy)
        since, last = (since, last) if name == last else (man.now, name)
        if len(man.keys) > before:
            assert man.now - since >= SETTLE
            assert not busy
            assert asked != name
            asked = name
    assert len(set(man.keys)) == len(man.keys)


def test_a_look_sees_names_sizes_and_times(installation: Installation) -> None:
    context = installation.settings.warehouse.parent / "context"
    context.mkdir()
    settings = replace(installation.settings, context=context)
    looks = [sight(settings)]

    def changed() -> bool:
        looks.append(sight(settings))
        return looks[-1] != looks[-2]

    assert not changed()
    installation.put("a/b.txt", b"1")
    assert changed()
    path = settings.raw / "a" / "b.txt"
    times = path.stat()
    os.utime(path, ns=(times.st_atime_ns + 5, times.st_mtime_ns))
    assert not changed()  # it was read
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    assert changed()
    (context / "b.txt.toml").write_bytes(b"")
    assert changed()
    path.rename(path.with_name("c.txt"))
    assert changed()
    (settings.raw / "nowhere").symlink_to("missing")
    assert changed()
    (settings.raw / os.fsdecode(b"\xb5.txt")).write_bytes(b"")
    assert changed()
    installation.put("a/.c.txt.X1", b"half")
    assert changed()
    last, before = looks[-1], looks[-2]
    assert last is not None
    assert before is not None
    assert last.documents == before.documents
    assert last.files == 4
    assert sight(replace(settings, raw=settings.raw / "missing")) is None
