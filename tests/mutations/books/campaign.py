"""Many books damaged in many ways, each once, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from pipelines.documents.sidecars import read_sidecar
from tests.generator.books.documents import Document, documents
from tests.mutations.books.drafts import Draft
from tests.mutations.books.mutators import MUTATORS
from tests.mutations.books.records import read, true_records
from tests.mutations.books.verdicts import judge
from tests.mutations.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.documents.sidecars import Sidecar

    Mutator = Callable[[Draft], str | None]

_BATCH = 100
#: Books in which a mutator looks for something to do before further ones are drawn.
_TRIES = 200
PLACES = ("guangzhou", "jiangsu", "shili")
#: Books about which everything is known, as text; the others wait anyway.
_WHOLE = ("plain", "with_targets", "final_accounts")


@dataclass(frozen=True)
class Damage:
    """A damaged book, what was done to it, and the whole one."""

    mutator: str
    text: str
    whole: Document


def campaign(seed: int, count: int) -> list[Result]:
    """So many damaged books, each mutator in turn, and what became of each."""
    rng = Random(seed)  # noqa: S311 - the same seed shall do the same damage
    damages = list(_damages(rng, seed, count))
    whole = {damage.whole.sha256: damage.whole for damage in damages}
    true = {sha256: true_records(document) for sha256, document in whole.items()}
    results = []
    for start in range(0, count, _BATCH):
        batch = damages[start : start + _BATCH]
        readings = read([d.text for d in batch], [said_of(d.whole) for d in batch])
        for damage, found in zip(batch, readings, strict=True):
            verdict = judge(true[damage.whole.sha256], found, damage.whole)
            results.append(Result(damage.mutator, damage.text, verdict))
    return results


def whole_books(seed: int, bodies: int) -> list[Document]:
    """Text books of each place about which everything is known."""
    return [
        document
        for place in PLACES
        for document in documents(seed, place, bodies, 3)
        if document.treatment in _WHOLE and not document.book.is_apart
    ]


def said_of(document: Document) -> Sidecar | None:
    """Its sidecar."""
    return read_sidecar(document.sidecar.encode()) if document.sidecar else None


def _damages(rng: Random, seed: int, count: int) -> Iterator[Damage]:
    """Mutators in turn over books at random; what changes no character is tried again.

    Where a mutator finds nothing to do in any of them, further books are drawn.
    """
    bodies = max(1, count // 300)
    whole = whole_books(seed, bodies)
    for number in range(count):
        mutate = MUTATORS[number % len(MUTATORS)]
        while (damage := _damage(rng, mutate, whole)) is None:
            seed += 1
            whole += whole_books(seed, bodies)
        yield damage


def _damage(rng: Random, mutate: Mutator, whole: list[Document]) -> Damage | None:
    """A book that a mutator changed; none where many tries found nothing to do."""
    of_place = [[d for d in whole if d.book.budget.place == place] for place in PLACES]
    for _ in range(_TRIES):
        document = rng.choice(rng.choice(of_place))
        text = mutate(Draft(rng, document))
        if text is not None and text != document.data.decode("utf-8"):
            return Damage(mutate.__name__, text, document)
    return None
