"""State that is damaged: caches are made again, files of archive and ledger are named."""

from __future__ import annotations

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.archive import INCOMING, ArchiveError, sha256_of
from pipelines.documents.ledger import Ledger, LedgerError
from pipelines.documents.readings import MANIFEST
from pipelines.news import has_news
from pipelines.settings import DATABASE
from tests.faults.scenario import Brief, Published, ledger_faults, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.settings import Settings

ITEMS = "SELECT rule_id, found FROM quarantine_item ORDER BY ALL"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


def lose(path: Path) -> None:
    path.unlink()


def nonsense(path: Path) -> None:
    path.write_text('{"/": 5, "a": [], "b": [1, 2, 3, 4, null], "c": {"d": 1}}', "utf-8")


def another_hash(path: Path) -> None:
    known = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({name: [*of[:-1], "0" * 64] for name, of in known.items()}), "utf-8")


DAMAGE = (cut, empty, garble, flip_a_bit, lose)


def grids(settings: Settings) -> list[Path]:
    shutil.rmtree(settings.cache / "batches")  # or nobody would look at them
    return sorted(settings.cache.glob("grids/*/*.parquet"))


def stage(name: str) -> Callable[[Settings], list[Path]]:
    def files(settings: Settings) -> list[Path]:
        return sorted(settings.cache.glob(f"batches/*/{name}/*.parquet"))

    return files


def manifests(settings: Settings) -> list[Path]:
    return sorted(settings.cache.rglob(MANIFEST))


def stats(settings: Settings) -> list[Path]:
    return [settings.cache / "stat.json"]


def cases() -> Iterator[tuple[Callable[[Settings], list[Path]], Callable[[Path], None]]]:
    """Kinds of cached files, and what becomes of them."""
    kinds = (grids, *map(stage, ("recognised", "conformed", "accepted")), manifests, stats)
    yield from ((files, damage) for files in kinds for damage in DAMAGE)
    yield from ((stats, damage) for damage in (nonsense, another_hash))


@pytest.mark.slow
def test_a_cache_that_is_damaged_is_made_again(brief: Brief) -> None:
    for files, damage in cases():
        brief.put_back()
        damaged = files(brief.settings)
        assert damaged
        for path in damaged:
            damage(path)
        brief.run()
        assert Published.of(brief.settings).differences(brief.today) == [], (files, damage)


def leave_things_behind(settings: Settings) -> None:
    """What runs that died at the worst moments might leave, all at once, and none of it whole."""
    settings.candidate.mkdir()
    for path in (
        settings.candidate / DATABASE,
        settings.candidate / f"{DATABASE}.wal",
        settings.candidate / "checks.json",
        settings.archive / INCOMING,
        settings.cache / "stat.tmp",
        settings.warehouse / ".current.tmp",
    ):
        path.write_bytes(b"\xff")
    (settings.archive / INCOMING).chmod(0o444)
    for place in ("new/.accepted.tmp", "other/recognised", "other/accepted"):
        directory = settings.cache / "batches" / place
        directory.mkdir(parents=True)
        (directory / "statement.parquet").write_bytes(b"\xff")


@pytest.mark.slow
def test_all_of_it_at_once(brief: Brief) -> None:
    """Every cached file garbled, and everything in the way that a run could leave behind."""
    for path in [*brief.settings.cache.rglob("*.parquet"), *manifests(brief.settings)]:
        garble(path)
    nonsense(brief.settings.cache / "stat.json")
    leave_things_behind(brief.settings)
    assert brief.run()
    assert Published.of(brief.settings).differences(brief.today) == []
    assert ledger_faults(brief.settings, []) == []


def contents(root: Path) -> dict[str, str]:
    """Every file but the lock, by content."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != ".writer.lock")
    return {str(path): sha256_of(path.read_bytes()) for path in files}


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_database(path: Path) -> None:
    import duckdb

    path.unlink()
    duckdb.connect(str(path)).close()


def garbled_inside(path: Path) -> None:
    """The headers stay whole, so it opens."""
    path.write_bytes(path.read_bytes()[:12288] + b"\xff" * (path.stat().st_size - 12288))


@pytest.mark.parametrize(
    "damage", [torn, cut, empty, garble, lose, another_database, garbled_inside]
)
def test_a_damaged_ledger_is_named_and_left_as_it_is(
    brief: Brief, damage: Callable[[Path], None]
) -> None:
    damage(brief.settings.ledger)
    before = contents(brief.settings.warehouse)
    with pytest.raises(LedgerError, match=r"restore it from the backup") as raised:
        brief.run()
    assert str(brief.settings.ledger) in str(raised.value)
    after = contents(brief.settings.warehouse)
    changed = {path for path in before if after[path] != before[path]}
    assert changed <= {str(path) for path in stats(brief.settings)}
    assert tables_of(brief.settings.published.resolve()) == brief.yesterday.tables


def test_an_archive_that_is_no_directory_is_named_and_nothing_is_noted(brief: Brief) -> None:
    archive, aside = brief.settings.archive, brief.settings.warehouse / "aside"
    archive.rename(aside)
    archive.write_bytes(b"no directory")
    before = Ledger(brief.settings.ledger).events()
    with pytest.raises(ArchiveError, match=r"无法写入归档.*run again") as raised:
        brief.run()
    assert str(archive) in str(raised.value)
    assert Ledger(brief.settings.ledger).events() == before
    assert tables_of(brief.settings.published.resolve()) == brief.yesterday.tables


@pytest.mark.slow
def test_an_archive_that_is_gone_takes_nothing_with_it(brief: Brief) -> None:
    """What raw/ holds is archived again; of what is gone, the readings are kept."""
    archive, aside = brief.settings.archive, brief.settings.warehouse / "aside"
    archive.rename(aside)
    assert brief.run()
    assert tables_of(brief.settings.published.resolve()) == brief.today.tables
    assert len(ledger_faults(brief.settings, [])) == 2  # the document that is gone, its sidecar
    for path in aside.iterdir():
        path.replace(archive / path.name)
    aside.rmdir()
    now = Published.of(brief.settings)
    assert {kind for kind, *_ in set(now.decisions) - set(brief.today.decisions)} == {
        "archive_damaged"  # what was missed is noted, and nothing else is decided otherwise
    }
    assert replace(now, decisions=brief.today.decisions).differences(brief.today) == []
    assert ledger_faults(brief.settings, []) == []


def unreadable(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """The disk has a fault where a file is."""
    whole = Path.read_bytes

    def read_bytes(asked: Path) -> bytes:
        if asked == path:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return whole(asked)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["document", "sidecar"])
@pytest.mark.parametrize("how", ["other bytes", "input/output error"])
def test_an_archived_file_that_is_damaged_is_named_and_the_others_go_on(
    brief: Brief, monkeypatch: pytest.MonkeyPatch, which: str, how: str
) -> None:
    assert has_news(brief.settings)  # archives what is new
    data = (brief.settings.raw / "new.txt.toml").read_bytes()
    path = brief.settings.archive / (brief.new if which == "document" else sha256_of(data))
    kept = path.read_bytes()
    if how == "other bytes":
        path.unlink()
        path.write_bytes(b"other")
    else:
        unreadable(monkeypatch, path)
    assert brief.run()
    named = [found for rule, found in brief.installation.rows(ITEMS) if rule == "archive_damaged"]
    assert named
    assert all(str(path) in found for found in named)
    complete = "SELECT count(*) FROM statement_version WHERE is_current"
    assert brief.installation.value(complete) == 3  # all but the one
    monkeypatch.undo()
    path.unlink()
    path.write_bytes(kept)
    assert brief.run()
    assert tables_of(brief.settings.published.resolve()) == brief.today.tables
    assert ledger_faults(brief.settings, []) == []
