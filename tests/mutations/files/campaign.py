"""Many files damaged in many ways, each once, and what became of them."""

from __future__ import annotations

import resource
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from pipelines.documents.archive import sha256_of
from pipelines.documents.media import ZIP, media_type
from pipelines.documents.members import Member, members
from pipelines.documents.zips import ZipError
from pipelines.extract.readers import extract
from pipelines.extract.reading import read_documents
from pipelines.extract.workers import GuardedExecutor, Limits
from tests.mutations.books.campaign import said_of, whole_books
from tests.mutations.books.records import read_extractions, true_records
from tests.mutations.books.verdicts import judge
from tests.mutations.files.formats import File, files
from tests.mutations.files.mutators import BY_HAND, MUTATORS, OF_FORMAT, Draft
from tests.mutations.results import Result, counted_by, shown_by, undeclared
from tests.mutations.results import markdown as results_markdown
from tests.mutations.verdicts import CAUGHT, HARMLESS, UNDETECTED, WITHIN_ENVELOPE, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.extract.grids import Extraction, Refusal
    from tests.mutations.books.records import Reading

#: As a night's workers, but that a hang is found sooner.
LIMITS = Limits(memory_mb=2048, cpu_seconds=20, wall_seconds=60)
#: Documents that go through the rooms together: one of them at least is whole.
_BATCH = 60
#: No document of an archive that is shorter has a table here.
_LEAST = 100


@dataclass(frozen=True)
class Damaged:
    """A damaged file, what was done to it, and the whole one."""

    mutator: str
    whole: File
    data: bytes


@dataclass
class Outcome:
    """What became of all.

    Attributes:
        results: Of each damaged file, in order.
        formats: The format of each.
        rules: By what rule a file was refused as a whole, and how often.
        as_whole: How many were read exactly as the whole file is.
        harmed: Whole documents, read beside damaged ones, that were not read as they should be.
        peak_mb: The most memory that a worker took, in MiB.
    """

    results: list[Result] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    as_whole: int = 0
    harmed: list[str] = field(default_factory=list)
    peak_mb: int = 0


def campaign(seed: int, count: int) -> Outcome:
    """So many damaged files, formats and ways in turn, and what became of each."""
    rng = Random(seed)  # noqa: S311 - the same seed shall do the same damage
    whole = files([d for d in whole_books(seed, 1) if d.book.budget.place in {"jiangsu", "shili"}])
    damaged = list(damages(rng, whole, count))
    with GuardedExecutor(2, LIMITS) as executor:
        found = _read([*(file.data for file in whole), *(d.data for d in damaged)], executor)
    outcome = Outcome(peak_mb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
    clean = {id(file): content(found[sha256_of(file.data)].extraction) for file in whole}
    verdicts = _verdicts(damaged, found, clean, outcome)
    for number, each in enumerate(damaged):
        verdict = verdicts[number]
        outcome.formats.append(each.whole.format)
        said = f"{each.whole.format} {each.whole.document.path} #{number}"
        outcome.results.append(Result(each.mutator, said, verdict))
    return outcome


@cache
def undetectable() -> dict[str, dict[str, Any]]:
    """Class → what it is, why nothing in a file can show it, what may end there (by)."""
    text = Path(__file__).with_name("undetectable.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def wrong(outcome: Outcome) -> list[str]:
    """Files of which something wrong is published that no class declares; others that were harmed.

    A figure that is another within the rounding of its table is wrong, too, unless it was changed
    by hand to be another one.
    """
    found = [
        f"{r.text} {r.mutator} {r.verdict}" for r in undeclared(outcome.results, undetectable())
    ]
    found += [
        f"{r.text} {r.mutator} {r.verdict}"
        for r in outcome.results
        if r.verdict.outcome == WITHIN_ENVELOPE and r.mutator not in BY_HAND
    ]
    return found + outcome.harmed


def markdown(outcome: Outcome) -> Iterator[str]:
    """What became of files by format, by damage, and of what nothing told."""
    by_format = [
        Result(name, r.text, r.verdict)
        for name, r in zip(outcome.formats, outcome.results, strict=True)
    ]
    names = list(dict.fromkeys(outcome.formats))
    yield from shown_by("format", counted_by(by_format, names))
    yield ""
    yield from results_markdown(outcome.results, MUTATORS, undetectable())
    yield ""
    rules = ", ".join(f"`{rule}` {times}" for rule, times in outcome.rules.most_common())
    yield f"Refused as a whole: {rules}. Read exactly as the whole file: {outcome.as_whole}. "
    yield f"Most memory of a worker: {outcome.peak_mb} MiB."


def damages(rng: Random, whole: Sequence[File], count: int) -> Iterator[Damaged]:
    """Formats in turn, and of each its ways in turn; what changes nothing is tried again."""
    of_format = {name: [f for f in whole if f.format == name] for name in OF_FORMAT}
    names = [name for name, some in of_format.items() if some]
    turns = Counter[str]()
    for number in range(count):
        name = names[number % len(names)]
        ways = OF_FORMAT[name]
        mutate = ways[turns[name] % len(ways)]
        turns[name] += 1
        some = of_format[name]
        draft = Draft(rng, rng.choice(some), rng.choice(some))
        while (data := mutate(draft)) is None or data == draft.data:
            draft = Draft(rng, rng.choice(some), rng.choice(some))
        yield Damaged(mutate.__name__, draft.file, data)


def content(extraction: Extraction) -> tuple[object, ...]:
    """All that later rooms see of a document but its key: equal content, equal facts."""
    header = extraction.header()
    del header["document_id"]
    return repr(header), extraction.cells.rows()


@dataclass(frozen=True)
class _Read:
    """What is read of a file; of an archive, its document with a table, and what it refuses."""

    extraction: Extraction
    told: tuple[str, ...] = ()

    @property
    def is_lost(self) -> bool:
        """Whether an archive has no document with a table."""
        return self.extraction.media_type == ZIP


def _read(datas: Sequence[bytes], executor: GuardedExecutor) -> dict[str, _Read]:
    """Files by SHA-256, read as a night reads them."""
    by_id = {sha256_of(data): data for data in datas}
    tables = {sha256: _table_in(data) for sha256, data in by_id.items()}
    wanted = by_id | {sha256_of(table): table for table in tables.values() if table is not None}
    read = read_documents(wanted, wanted.__getitem__, extract, executor, in_flight=4)
    found = {each.document_id: each for each in read}
    return {
        sha256: _Read(
            found[sha256] if table is None else found[sha256_of(table)],
            tuple(page.refusal.rule_id for page in found[sha256].pages if page.refusal)
            if found[sha256].media_type == ZIP
            else (),
        )
        for sha256, table in tables.items()
    }


def _table_in(data: bytes) -> bytes | None:
    """The longest document of an archive, if it is one."""
    if media_type(data) != ZIP:
        return None
    try:
        held = [member.data for member in members(data) if isinstance(member, Member)]
    except ZipError:
        return None
    return max((each for each in held if len(each) > _LEAST), key=len, default=None)


def _verdicts(
    damaged: Sequence[Damaged],
    found: Mapping[str, _Read],
    clean: Mapping[int, tuple[object, ...]],
    outcome: Outcome,
) -> dict[int, Verdict]:
    """Of each damaged file: by its refusal, by being read as the whole one is, or by the rooms."""
    verdicts: dict[int, Verdict] = {}
    changed: list[int] = []
    for number, each in enumerate(damaged):
        read = found[sha256_of(each.data)]
        refusal = read.extraction.refusal
        if content(read.extraction) == clean[id(each.whole)]:
            verdicts[number] = Verdict(HARMLESS)
            outcome.as_whole += 1
        elif refusal is not None or read.told:
            rules = {*read.told, _cause(refusal)} if refusal is not None else set(read.told)
            verdicts[number] = Verdict(CAUGHT, " + ".join(sorted(rules)))
            outcome.rules.update(rules)
        elif read.is_lost:
            verdicts[number] = Verdict(UNDETECTED, "member_lost")
        else:
            changed.append(number)
    for start in range(0, len(changed), _BATCH):
        batch = changed[start : start + _BATCH]
        some = [damaged[number] for number in batch]
        beside = some[0].whole
        extractions = [
            found[sha256_of(data)].extraction
            for data in (beside.data, *(each.data for each in some))
        ]
        said = [said_of(file.document) for file in (beside, *(each.whole for each in some))]
        whole, *readings = read_extractions(extractions, said)
        if _judged(whole, beside) != Verdict(HARMLESS):
            outcome.harmed.append(beside.document.path)
        for number, each, reading in zip(batch, some, readings, strict=True):
            verdicts[number] = _judged(reading, each.whole)
    return verdicts


def _judged(reading: Reading, file: File) -> Verdict:
    """As of a damaged book; but of a name that stands nowhere in the truth it is said so."""
    true = true_records(file.document)
    verdict = judge(true, reading, file.document)
    if verdict.detail == "moved_into_blank" and _names(reading) - _names(true):
        return Verdict(UNDETECTED, "renamed")
    return verdict


def _names(reading: Reading) -> set[Any]:
    """All that the facts of a document are told by."""
    return {name for rows in reading.facts.values() for row in rows for name in row[1:-3]}


def _cause(refusal: Refusal) -> str:
    """The rule of a refusal, which must say what was found."""
    if not refusal.found.strip() or not refusal.expected.strip():
        raise AssertionError(f"{refusal.rule_id} says nothing")
    return refusal.rule_id
