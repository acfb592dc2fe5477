"""Whoever does the work of a night, the warehouse is the same, and one document costs only itself.

The cluster itself is in ``test_cluster``.
"""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import batches
from pipelines.cli import main
from pipelines.extract.executors import Executors, in_order
from pipelines.extract.workers import LimitReachedError, WorkerDiedError
from pipelines.settings import Settings
from tests.builds import contents, rebuilt_elsewhere
from tests.conftest import Installation
from tests.extract.fakes import double
from tests.generator.__main__ import write
from tests.generator.documents import documents
from tests.pdf.cases import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow  # whole nights, many of them


@pytest.fixture(scope="module")
def a_night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Some documents and a PDF, published, by one worker."""
    installation = Installation(tmp_path_factory.mktemp("some"))
    installation.settings = replace(installation.settings, workers=1)
    write(documents(seed=3, bodies=1, years=5, projects=2), installation.settings.raw)
    installation.put("page.pdf", (DOCUMENTS / "boxed-cells.pdf").read_bytes())
    installation.run()
    return installation


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small batches, cut into many slices."""
    monkeypatch.setattr(batches, "BATCH", 4)
    monkeypatch.setattr(batches, "SLICE", 2)


@pytest.mark.usefixtures("small")
def test_the_number_of_workers_does_not_show(a_night: Installation, tmp_path: Path) -> None:
    again = rebuilt_elsewhere(a_night, tmp_path / "elsewhere", workers=2)
    assert contents(again) == contents(a_night.settings.published)
    assert a_night.value("SELECT count(*) FROM fact_project_funding") > 10


class Ends(Executor):
    """Does calls at once, but for those that have a document in them: these end their worker."""

    def __init__(self, document_id: str, stage: str, error: Exception) -> None:
        self.document_id, self.stage, self.error = document_id, stage, error
        self.ended: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        ids = self._documents(fn.__name__, args)
        if self.document_id in ids:
            self.ended.append(len(ids))
            future.set_exception(self.error)
        else:
            future.set_result(fn(*args, **kwargs))
        return future

    def _documents(self, name: str, args: tuple[Any, ...]) -> list[str]:
        if name == "recognised" and self.stage == "recognised":
            return [] if args[1] else [key.document_id for key, *_ in args[0]]
        if args[0] == self.stage:
            return list(args[1]["statement"]["document_id"].unique())
        return []


LIMIT = LimitReachedError("用时超过 1 秒 / took more than 1 seconds")
DIED = WorkerDiedError("signal SIGSEGV")


@pytest.mark.parametrize(("stage", "error"), [("recognised", DIED), ("accepted", LIMIT)])
@pytest.mark.usefixtures("small")
def test_a_document_that_ends_workers_waits_and_the_others_go_on(
    a_night: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    error: Exception,
) -> None:
    shutil.copytree(a_night.settings.warehouse, tmp_path / "warehouse", symlinks=True)
    shutil.copytree(a_night.settings.raw, tmp_path / "raw")
    some = Installation.of(Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse"))
    facts = "SELECT count(*) FROM fact_project_funding"
    of_document = (
        "SELECT document_id, count(*) FROM fact_project_funding f JOIN statement_version v "
        "USING (statement_version_id) GROUP BY ALL ORDER BY ALL LIMIT 1"
    )
    before, ((document_id, lost),) = some.value(facts), some.rows(of_document)
    ends = Ends(document_id, stage, error)

    @contextmanager
    def of_rooms(_: Executors, calls: int) -> Iterator[Executor]:
        assert calls > 1
        yield ends

    monkeypatch.setattr(Executors, "of_rooms", of_rooms)
    some.put("more.txt", b"no table")
    for batch in (some.settings.cache / "batches").iterdir():
        (batch / "accepted" / "manifest.json").unlink()  # everything is made again
    assert some.run().published
    assert 1 in ends.ended
    waiting = "SELECT found FROM quarantine_item WHERE document_id = '{}' AND found LIKE '%{}%'"
    assert some.rows(waiting.format(document_id, error.args[0].replace("'", "")))
    assert some.value(facts) == before - lost


def test_results_come_in_the_order_of_calls_and_few_are_ahead() -> None:
    under_way: list[Future[int]] = []

    class Slow(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            under_way.append(future)
            assert len([f for f in under_way if not f.done()]) <= 3
            if len(under_way) % 3 == 0:  # three at a time, the last one first
                for late, of in zip(under_way[-1:-4:-1], range(3), strict=True):
                    late.set_result(fn(args[0] - of))
            return future

    calls = ((double, (n,)) for n in range(9))
    assert [f.result() for f in in_order(calls, Slow(), 3)] == [2 * n for n in range(9)]


def test_a_cluster_without_its_package_is_said(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "dask", None)
    installation.put_seed()
    said = _ingested(installation.settings, ["--dask", "tcp://127.0.0.1:9"], monkeypatch, capsys)
    assert "yusuan[cluster]" in said
    assert not installation.settings.ledger.exists()


def _ingested(
    settings: Settings,
    options: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """What a failing ``yusuan ingest`` says."""
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["yusuan", "ingest", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_settings_of_workers_go_to_processes() -> None:
    settings = Settings.resolve(environ={"YUSUAN_DASK": "tcp://a:1", "YUSUAN_WORKERS": "3"})
    assert (settings.dask, settings.workers) == ("tcp://a:1", 3)
    other = settings.worked_by(5, None)
    assert (other.dask, other.workers) == ("tcp://a:1", 5)
    assert Settings.resolve(environ=other.environment()) == other
