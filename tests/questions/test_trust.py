"""What is here, what waits, what is missing, and what the paper itself has wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pipelines.serve.questions import Lacking
from schemas.code_lists import code_list
from schemas.tables.marts_coverage import FACT_STATES
from tests.conftest import SEED, SIDECAR
from tests.generator import successions
from tests.generator.books.feeding import feeding
from tests.generator.books.truth import BESIDE, consolidation, facts
from tests.questions.conftest import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Installation
    from tests.generator.books.documents import Document
    from tests.generator.books.feeding import Feed
    from tests.generator.books.sheets import Sheet
    from tests.questions.world import World

TARGETS = "project_performance_targets"
PROJECTS = ("fact_project_funding", "fact_performance_target")


class Told(NamedTuple):
    """A fact of a body's year as one table of one document has it; no fact: it has none."""

    body: str
    fiscal_year: int
    phase: str
    sha256: str
    fact: str | None
    state: str


def of_books(world: World) -> Iterator[Told]:
    """What each table of each book has."""
    feeds, _ = feeding(world.books, consolidation)
    for document in world.books:
        for number, sheet in enumerate(document.book.sheets):
            body, phase = document.body_of(sheet), document.phase_of(sheet)
            if body is None or document.fiscal_year is None or phase is None:
                continue
            key = (body, document.fiscal_year, phase, document.sha256)
            yield Told(*key, None, "not_found")
            for fact, state in of_sheet(document, number, sheet, feeds):
                yield Told(*key, fact, state)


def of_sheet(
    document: Document, number: int, sheet: Sheet, feeds: set[Feed]
) -> Iterator[tuple[str, str]]:
    """Facts of a table of a book, and what became of them."""
    fate = document.fates[number]
    is_current = fate.version is not None and fate.version[2]
    for fact, unit, _ in facts(document, sheet):
        if fact in BESIDE:
            continue
        if fate.is_withheld:
            yield fact, "waiting"
        elif is_current:
            is_fed = (fact, document.sha256, number, unit) in feeds
            yield fact, "published" if is_fed else "told_elsewhere"
    if sheet.kind == TARGETS and is_current and not fate.is_withheld:
        yield "fact_performance_target", "published"
    if is_current and (sheet.is_empty or sheet.spec.get("note") is not None):
        required = code_list("feeding_rules").filter(kind=sheet.kind, is_required="true")
        for fact in required["fact"].unique():
            yield fact, "declared_empty"


def of_lists(world: World) -> Iterator[Told]:
    """What each list of projects has."""
    waiting = {row[0] for row in world.of_lists["pending_funding"]}
    for document in world.lists:
        if document.fiscal_year is None or document.phase is None:
            continue
        key = (document.table.book.body, document.fiscal_year, document.phase, document.sha256)
        yield Told(*key, None, "not_found")
        for fact in PROJECTS:
            if document.sha256 in waiting:
                yield Told(*key, fact, "waiting")
            elif document.version is not None and document.version[2]:
                yield Told(*key, fact, "published")
    for succession in world.successions:
        for year in succession.books:
            for fact in PROJECTS:
                name = f"{succession.body} {year}"
                yield Told(succession.body, year, successions.PHASE, name, fact, "published")


def test_what_is_here_what_waits_what_is_missing(world: World, asked: Asked) -> None:
    told = [*of_books(world), *of_lists(world)]
    every = {rule for rule in code_list("feeding_rules")["fact"] if rule.startswith("fact_")}
    years: dict[tuple[str, str], set[int]] = defaultdict(set)
    best: dict[tuple[str, int, str, str], str] = {}
    documents: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for body, year, phase, sha256, fact, state in told:
        years[body, phase].add(year)
        if fact is not None:
            key = (body, year, phase, fact)
            best[key] = min(state, best.get(key, "no_document"), key=FACT_STATES.index)
        if state == "published":
            documents[body, year, phase].add(sha256)
    expected = []
    for (body, phase), known in years.items():
        for year in range(min(known), max(known) + 1):
            none = "not_found" if year in known else "no_document"
            states = {fact: best.get((body, year, phase, fact), none) for fact in every}
            of = {state: ", ".join(sorted(f for f in every if states[f] == state)) or None
                  for state in FACT_STATES}  # fmt: skip
            expected.append((body, year, phase, *of.values(), len(documents[body, year, phase])))
    found = asked.of(
        "coverage", "body_name", "fiscal_year", "phase", *FACT_STATES, "document_count"
    )
    assert found == sorted(expected, key=repr)
    assert set(best.values()) | {"not_found", "no_document"} == set(FACT_STATES)
    assert any(columns[FACT_STATES.index("no_document") + 3] for columns in expected)


def test_an_answer_says_what_it_rests_on_and_what_it_lacks(world: World, asked: Asked) -> None:
    """Of spending: any of three facts answers; of the years that it lacks the nearest reason."""
    told = [*of_books(world), *of_lists(world)]
    spending = ("fact_expenditure_by_type", "fact_expenditure_by_function", "fact_project_funding")
    states: dict[tuple[str, int, str], str] = {}
    documents = set()
    for body, year, phase, sha256, fact, state in told:
        nearest = state if fact in spending else "not_found"
        key = (body, year, phase)
        states[key] = min(nearest, states.get(key, "no_document"), key=FACT_STATES.index)
        if nearest == "published":
            documents.add(sha256)
    years: dict[tuple[str, str], list[int]] = defaultdict(list)
    for body, year, phase in states:
        years[body, phase].append(year)
    for (body, phase), known in years.items():
        for year in range(min(known), max(known)):
            states.setdefault((body, year, phase), "no_document")
    basis = asked.basis("spending")
    assert basis.document_count == len(documents)
    assert basis.body_years == Counter(states.values())["published"]
    lacking = [Lacking(*key, state) for key, state in states.items() if state != "published"]
    assert sorted(basis.lacking, key=repr) == sorted(lacking, key=repr)
    assert lacking
    assert [FACT_STATES.index(one.state) for one in basis.lacking] == sorted(
        FACT_STATES.index(one.state) for one in lacking
    )


def test_what_the_paper_has_wrong_is_told(world: World, asked: Asked) -> None:
    documents = {document.sha256: document for document in world.books}
    expected = [
        (of.book.budget.body, of.fiscal_year, of.phase, rule, f"books/{of.path}", 1)
        for of, rule in ((documents[sha256], rule) for sha256, rule in world.of_books["finding"])
    ]
    columns = ("body_name", "fiscal_year", "phase", "finding_kind", "path", "document_count")
    assert sorted(set(asked.of("findings", *columns))) == sorted(expected)
    assert {rule for *_, rule, _, _ in expected} == {"tables_disagree", "note_contradicted"}


def test_by_how_much_a_total_misses_its_parts(installation: Installation) -> None:
    """合计 of a list is printed 100,000 yuan above its projects, and a person confirmed it."""
    wrong = SEED.read_text("utf-8").replace("合计\t420.66\t420.66", "合计\t430.66\t430.66").encode()
    installation.put_with_sidecar("a.txt", wrong)
    installation.run()
    items = installation.rows("SELECT item_id FROM quarantine_item")
    confirmed = "".join(
        f'\n[[source_errors]]\nitem = "{item}"\nwhy = "printed so"\n' for (item,) in items
    )
    installation.put_with_sidecar("a.txt", wrong, SIDECAR.read_text("utf-8") + confirmed)
    installation.run()
    asked = Asked(installation.settings)
    found = asked.of("findings", "finding_kind", "rule_id", "difference_yuan", "confirmed_by")
    assert found == [("source_error", "identity_broken", Decimal("100000.00"), "printed so")] * 4
