"""A night, step by step: what the Dagster assets do, callable without Dagster.

Each step finds by key what is missing and makes only that, so a step may be run again, and a
night that was cut short goes on where it was.
"""

from __future__ import annotations

import json
from functools import cached_property, wraps
from time import perf_counter
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import duckdb

from pipelines.batches import Batches, StepResult
from pipelines.documents.archive import Archive
from pipelines.documents.damaged import mended, note_mended
from pipelines.documents.disk import said_if_full
from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.readings import (
    ACCEPTED,
    ReadingKey,
    ReadingStore,
    current_readings,
    reading_key,
)
from pipelines.documents.scan import ScanResult, scan
from pipelines.documents.state import ledger_state
from pipelines.extract.cache import GridCache
from pipelines.extract.executors import Executors
from pipelines.extract.second_cache import SecondReadings
from pipelines.fingerprints import fingerprints
from pipelines.load.build import Build, make_build
from pipelines.load.identity import build_id
from pipelines.load.versions import versions_of
from pipelines.news import checked_event
from pipelines.publish.checks import BuildCheckError, CheckResult, run_checks
from pipelines.publish.flip import (
    current_build_id,
    discard_candidate,
    is_noted,
    note_published,
    publish,
)
from pipelines.publish.rollback import is_held
from pipelines.settings import DATABASE
from schemas.registry import check_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

#: Stands beside a candidate whose checks hold, and goes with it: the names of those checks.
CHECKED = "checks.json"


def _step(
    do: Callable[Concatenate[Night, P], R],
) -> Callable[Concatenate[Night, P], R]:
    """A step of a night: if the disk is full, it says so."""

    @wraps(do)
    def step(night: Night, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with said_if_full(night.settings):
            return do(night, *args, **kwargs)

    return step


class Night:
    """The steps over one installation. The caller holds the writer's lock."""

    def __init__(self, settings: Settings) -> None:
        """Load and cross-check all declarations, so that an error in them stops nothing half-way.

        Raises:
            RegistryError, LayoutError, CodeListError: declarations contradict one another.
        """
        check_registry(settings.config)
        self.settings = settings
        self.prints = fingerprints(settings.config)
        self.ledger = Ledger(settings.ledger)
        self.store = ReadingStore(settings)
        self.archive = Archive(settings.archive)
        self.executors = Executors(settings, self.prints)
        self._wanted: tuple[int, list[ReadingKey]] | None = None

    def close(self) -> None:
        """End the workers that were started; without it they end with this object."""
        self.executors.close()

    @cached_property
    def grids(self) -> GridCache:
        """Grids of documents by content."""
        return GridCache(self.settings, self.prints["extract"], self.executors.guarded)

    @cached_property
    def second(self) -> SecondReadings:
        """Second readings of cells of which an identity is broken."""
        return SecondReadings(self.settings, self.prints["second"])

    @cached_property
    def batches(self) -> Batches:
        """What takes readings through the rooms."""
        return Batches(
            self.settings, self.archive, self.store, self.grids, self.second, self.executors
        )

    @_step
    def take_in(self) -> ScanResult:
        """Look at raw/; archive and note what changed, and that somebody looked.

        The note is what freshness counts: a night without news is fresh.
        """
        result = scan(self.settings)
        self.ledger.append([checked_event(result)])
        return result

    def keys(self) -> list[ReadingKey]:
        """The readings that are current."""
        return current_readings(self.prints, ledger_state(self.ledger))

    def pending(self) -> list[ReadingKey]:
        """Readings to be made: those wanted that no batch holds."""
        return self.store.pending(self.wanted())

    def wanted(self) -> list[ReadingKey]:
        """Today's readings, and those that versions rest on which are current or were lost.

        A version may rest on a sidecar that is gone since: its facts stay, so its reading must. One
        that was lost comes back when it can be read again. Asked by every step, and the same as
        long as the ledger is.
        """
        last_event = self.ledger.last_data_event()
        if self._wanted is None or self._wanted[0] != last_event:
            self._wanted = (last_event, self._wanted_now())
        return self._wanted[1]

    def _wanted_now(self) -> list[ReadingKey]:
        wanted = {key.reading_id: key for key in self.keys()}
        for versions in versions_of(self.ledger.events("statement_version")).values():
            last = versions[-1]
            if last.known_to_utc is None or last.is_lost:
                key = reading_key(self.prints, last.document_id, last.sidecar_hashes)
                wanted.setdefault(key.reading_id, key)
        return list(wanted.values())

    @_step
    def extract(self) -> StepResult:
        """Grids of every document that a missing reading needs."""
        self.store.sweep()
        if again := mended(self.settings):
            of_refusals = [
                k for k in self.wanted() if {k.document_id, *k.sidecar_hashes}.intersection(again)
            ]
            self.store.forget(of_refusals)
            note_mended(self.settings, again)
        pending = self.pending()
        started = perf_counter()
        told = self.grids.ensure(key.document_id for key in pending)
        return StepResult(
            {
                "documents_read": told.documents,
                "documents_pending": len(pending),
                "pages": told.pages,
                "grids": told.grids,
            },
            told={
                "pages_per_second": round(told.pages / (perf_counter() - started), 1),
                "refused_documents": dict(sorted(told.refused_documents.items())),
                "refused_pages": dict(sorted(told.refused_pages.items())),
            },
        )

    @_step
    def recognise(self) -> StepResult:
        """Grids to statements."""
        return self.batches.recognise(self.pending())

    @_step
    def normalise(self) -> StepResult:
        """Statements to typed records."""
        return self.batches.later("normalised", self.pending())

    @_step
    def conform(self) -> StepResult:
        """Records to conformed keys."""
        return self.batches.later("conformed", self.pending())

    @_step
    def validate(self) -> StepResult:
        """Identities, accounting, gates: what is accepted and what waits."""
        return self.batches.later(ACCEPTED, self.pending())

    @_step
    def build(self) -> Build | None:
        """The candidate, unless what is published is the same build; decisions go to the ledger.

        None either while a person holds publishing (``pipelines.publish.rollback``).
        """
        if self.is_held:
            return None
        if self.is_current():
            self._finish()
            return None
        return make_build(self.settings, self.prints, self.keys())

    def _finish(self) -> None:
        """What a run that died after the flip left undone."""
        discard_candidate(self.settings)
        if not is_noted(self.settings):
            note_published(self.settings, _counts(self.settings.published.resolve()))
        if not self.settings.report.exists():
            self.report()

    @_step
    def check(self, build: Build) -> list[CheckResult]:
        """Build checks on a candidate; that one does not hold is noted in the ledger."""
        published = self.settings.published.resolve()  # not by the link: it may be open by it
        closed = {
            key
            for key, versions in versions_of(self.ledger.events("statement_version")).items()
            if versions[-1].known_to_utc is not None
        }
        before = published if published.exists() else None
        results = run_checks(build.path, before, closed, self.settings.duckdb_config())
        if broken := [result.name for result in results if not result.passed]:
            said = str(BuildCheckError([r for r in results if not r.passed]))
            detail = {"build_id": build.build_id, "broken": broken, "message": said}
            self.ledger.append([Event("build_failed", detail=detail)])
        else:
            held = json.dumps([result.name for result in results])
            build.path.with_name(CHECKED).write_text(held, encoding="utf-8")
        return results

    @_step
    def publish(self, build: Build, results: list[CheckResult]) -> Path:
        """Flip to a candidate whose checks hold.

        Raises:
            BuildCheckError: one does not; yesterday's warehouse stays.
        """
        broken = [result for result in results if not result.passed]
        if broken:
            raise BuildCheckError(broken)
        path = publish(self.settings, build, _counts(build.path))
        self._retire(path)
        return path

    @_step
    def report(self) -> Path:
        """The report of the published build, beside it."""
        from pipelines.serve.report.page import write_report

        return write_report(self.settings)

    def _retire(self, published: Path) -> None:
        """Let go what earlier programs made of documents, unless what is published rests on it."""
        with duckdb.connect(str(published.resolve()), read_only=True) as connection:
            rested_on = connection.execute("SELECT DISTINCT reading_id FROM statement").fetchall()
        today = {key.reading_id for key in self.wanted()}
        self.store.retire(today.union(reading_id for (reading_id,) in rested_on))
        self.grids.retire()
        self.second.retire()

    def candidate(self) -> Build | None:
        """The candidate that may be published: of today, and with checks that hold.

        One that a night left behind, unchecked or broken or of other code, is none; nor is any
        while a person holds publishing.
        """
        path = self.settings.candidate / DATABASE
        if self.is_held or not path.exists() or not path.with_name(CHECKED).exists():
            return None
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute("SELECT build_id FROM build_info").fetchone()
        wanted = build_id(self.prints, self.ledger.last_data_event())
        return Build(wanted, path) if row == (wanted,) else None

    @property
    def is_held(self) -> bool:
        """Whether a person rolled back and did not let nights publish again."""
        return is_held(self.ledger)

    def is_current(self) -> bool:
        """Whether what is published is what today's ledger, code and configuration make."""
        wanted = build_id(self.prints, self.ledger.last_data_event())
        return current_build_id(self.settings) == wanted


def _counts(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path), read_only=True) as connection:
        cursor = connection.execute(
            "SELECT documents, current_statements, waiting_items FROM build_info"
        )
        names = [column[0] for column in cursor.description or []]
        row = cursor.fetchone() or ()
    return dict(zip(names, row, strict=True))
