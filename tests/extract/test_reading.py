"""Documents by an executor: refusals for what ends a reading, the same results by any executor."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.documents.archive import Archive
from pipelines.extract import cache as cache_module
from pipelines.extract import readers
from pipelines.extract.cache import GridCache
from pipelines.extract.reading import read_documents
from pipelines.extract.workers import (
    GuardedExecutor,
    LimitReachedError,
    Limits,
    WorkerDiedError,
    WorkerStartError,
)
from pipelines.night import Night
from pipelines.settings import Settings
from schemas.code_lists import code_list
from tests.extract import fakes
from tests.printing import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.extract.grids import Extraction
    from tests.conftest import Installation

TEXTS = [PLAIN.encode(), b"a\tb", b"\xff\xff"]
PDFS = [b"%PDF-sleep 0.3\n1\t2", b"%PDF-sleep 0\n3\t4\n\n5\t6", b"%PDF-text\n" + PLAIN.encode()]
HOSTILE = {
    b"%PDF-segfault\n": ("reader_died", "SIGSEGV"),
    b"%PDF-abort\n": ("reader_died", "SIGABRT"),
    b"%PDF-leave\n": ("reader_died", "code 3"),
    b"%PDF-hang\n": ("reader_limits", "4 秒 / took more than 4 seconds"),
    b"%PDF-memory\n": ("reader_limits", "768 MiB"),
    b"%PDF-unpicklable\n": ("unreadable_document", "pickle"),
}


@pytest.fixture(autouse=True)
def guarded_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFs go to the executor, whose reader is a fake."""

    def unused(document_id: str, media_type: str, data: bytes) -> Extraction:
        raise AssertionError(f"{document_id} {media_type} {len(data)}")

    adapter = readers.Adapter(unused, is_guarded=True)
    monkeypatch.setitem(readers.READERS, "application/pdf", adapter)
    monkeypatch.setattr(cache_module, "extract", fakes.hostile)


class Rooms:
    """An archive and a cache in a folder of their own."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.settings = Settings(raw=root, warehouse=root, **settings)
        self.archive = Archive(self.settings.archive)

    def put(self, *documents: bytes) -> list[str]:
        return [self.archive.put(data) for data in documents]

    def cache(self, executor: Callable[[], Executor] | None = None) -> GridCache:
        return GridCache(self.settings, "f" * 64, executor)

    def files(self) -> dict[str, bytes]:
        root = self.settings.cache / "grids"
        return {path.name: path.read_bytes() for path in sorted(root.rglob("*.parquet"))}


@pytest.mark.slow
def test_hostile_documents_are_refused_and_the_others_are_read(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path, workers=2, worker_memory_mb=768, worker_wall_seconds=4)
    ids = rooms.put(*HOSTILE, *PDFS, *TEXTS)
    cache = rooms.cache()
    told = cache.ensure(ids)
    assert told.documents == len(ids)
    assert told.refused_documents == {
        "reader_died": 3,
        "reader_limits": 2,
        "unreadable_document": 1,
        "undecodable_text": 1,
    }
    assert len(rooms.files()) == len(ids)
    for document_id, (data, (rule_id, said)) in zip(ids, HOSTILE.items(), strict=False):
        refusal = cache.get(document_id).refusal
        assert refusal is not None, data
        assert refusal.rule_id == rule_id
        assert said in refusal.found
    for document_id in ids[len(HOSTILE) : -1]:
        assert cache.get(document_id).refusal is None
        assert cache.get(document_id).cells.height
    assert cache.ensure(ids).documents == 0


def test_any_executor_makes_the_same_files(tmp_path: Path) -> None:
    limits = Limits(2048, 60, 60)
    executors: dict[str, Callable[[], Executor]] = {
        "one": lambda: GuardedExecutor(1, limits),
        "two": lambda: GuardedExecutor(2, limits),
        "threads": lambda: ThreadPoolExecutor(3),
    }
    made, told = [], []
    for name, executor in executors.items():
        rooms = Rooms(tmp_path / name, workers=2)
        ids = rooms.put(*PDFS, *TEXTS)
        told.append(rooms.cache(executor).ensure([*ids, *ids]))
        made.append(rooms.files())
    assert made[0] == made[1] == made[2]
    assert told[0] == told[1] == told[2]
    assert (told[0].documents, told[0].refused_documents) == (6, {"undecodable_text": 1})
    grids = {d: rooms.cache().get(d).cells["grid_no"].max() for d in ids}
    assert told[0].grids == sum(n for n in grids.values() if isinstance(n, int))
    assert told[0].grids > 4


def test_text_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise OSError("a process was started")

    monkeypatch.setattr("subprocess.Popen", started)
    rooms = Rooms(tmp_path)
    assert rooms.cache().ensure(rooms.put(*TEXTS)).documents == 3
    with pytest.raises(OSError, match="started"):
        rooms.cache().ensure(rooms.put(PDFS[0]))


class Scripted(Executor):
    """Ends each call as its script says, then by doing it; counts what is held at a time."""

    def __init__(self, script: dict[str, list[Exception]]) -> None:
        self.script = script
        self.calls: list[str] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        document_id = args[0]
        self.calls.append(document_id)
        future: Future[Any] = Future()
        errors = self.script.get(document_id, [])
        if errors:
            future.set_exception(errors.pop(0))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


class TestSecondTry:
    """What ends a reading is believed when it ends a second one, alone."""

    @pytest.mark.parametrize(
        "error", [LimitReachedError("slow"), WorkerDiedError("dead"), MemoryError()]
    )
    def test_what_goes_well_then_is_read(self, tmp_path: Path, error: Exception) -> None:
        rooms = Rooms(tmp_path)
        ids = rooms.put(*PDFS)
        executor = Scripted({ids[0]: [error]})
        cache = rooms.cache(lambda: executor)
        assert not cache.ensure(ids).refused_documents
        assert executor.calls == [*ids, ids[0]]
        assert cache.get(ids[0]).cells.height

    @pytest.mark.parametrize(
        ("error", "rule_id", "found"),
        [
            (LimitReachedError("slow"), "reader_limits", "slow"),
            (WorkerDiedError("dead"), "reader_died", "dead"),
            (MemoryError(), "reader_limits", "内存用尽 / out of memory"),
        ],
    )
    def test_what_does_not_is_refused_and_kept(
        self, tmp_path: Path, error: Exception, rule_id: str, found: str
    ) -> None:
        rooms = Rooms(tmp_path)
        ids = rooms.put(*PDFS)
        executor = Scripted({ids[1]: [error, error]})
        cache = rooms.cache(lambda: executor)
        assert cache.ensure(ids).refused_documents == {rule_id: 1}
        assert executor.calls == [*ids, ids[1]]
        refusal = cache.get(ids[1]).refusal
        assert refusal is not None
        assert (refusal.rule_id, refusal.found) == (rule_id, found)
        assert cache.get(ids[1]).media_type == "application/pdf"
        assert cache.ensure(ids).documents == 0

    @pytest.mark.parametrize("kind", [WorkerStartError, OSError])
    def test_what_is_of_the_machine_is_raised_and_what_was_read_is_kept(
        self, tmp_path: Path, kind: type[Exception]
    ) -> None:
        rooms = Rooms(tmp_path, workers=1)
        ids = rooms.put(*PDFS)
        with pytest.raises(kind, match="no room"):
            rooms.cache(lambda: Scripted({ids[2]: [kind("no room")]})).ensure(ids)
        assert len(rooms.files()) == 2
        assert rooms.cache(lambda: Scripted({})).ensure(ids).documents == 1

    def test_the_rules_are_in_the_list(self) -> None:
        rules = {row["rule_id"]: row for row in code_list("rules").to_dicts()}
        for rule_id in ("reader_died", "reader_limits"):
            assert rules[rule_id]["level"] == "document"
            assert "reprocess" in rules[rule_id]["remedy_zh"]


def test_memory_that_ends_in_this_process_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(document_id: str, media_type: str, data: bytes) -> Extraction:
        raise MemoryError(f"{document_id} {media_type} {len(data)}")

    monkeypatch.setitem(
        readers.READERS, "text/tab-separated-values", readers.Adapter(full, is_guarded=False)
    )
    rooms = Rooms(tmp_path)
    assert rooms.cache().ensure(rooms.put(*TEXTS)).refused_documents == {
        "reader_limits": 2,
        "undecodable_text": 1,
    }


@pytest.mark.parametrize("in_flight", [1, 3])
def test_few_documents_are_held_at_a_time(in_flight: int) -> None:
    data = {f"{n:064}": f"%PDF-text\n{n}\tx".encode() for n in range(12)}
    loaded: list[str] = []
    done = 0

    def load(document_id: str) -> bytes:
        loaded.append(document_id)
        assert len(loaded) - done <= in_flight
        return data[document_id]

    with ThreadPoolExecutor(2) as executor:
        for extraction in read_documents(data, load, fakes.hostile, executor, in_flight):
            assert extraction.cells.height == 2
            done += 1
    assert loaded == list(data)
    assert done == 12


def test_a_night_says_what_it_read(installation: Installation) -> None:
    for number, data in enumerate([*PDFS, *TEXTS, b"%PDF-leave\n"]):
        installation.put(f"{number}.bin", data)
    night = Night(installation.settings)
    night.take_in()
    result = night.extract()
    assert result.counts["documents_read"] == result.counts["documents_pending"] == 7
    assert result.counts["pages"] >= 5
    assert result.counts["grids"] >= 5
    assert result.told["refused_documents"] == {"reader_died": 1, "undecodable_text": 1}
    assert result.told["refused_pages"] == {}
    speed = result.told["pages_per_second"]
    assert isinstance(speed, float)
    assert speed > 0
    installation.run()
    waiting = installation.rows("SELECT found FROM quarantine_item WHERE rule_id = 'reader_died'")
    assert [found for (found,) in waiting] == [
        "读取进程自行退出，代码 3 / the reading process left by itself with code 3"
    ]
