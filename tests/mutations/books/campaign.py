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
    from collections.abc import Iterator

    from pipelines.documents.sidecars import Sidecar

_BATCH = 100
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
    whole = whole_books(seed, max(1, count // 300))
    damages = list(_damages(rng, whole, count))
    true = {document.sha256: true_records(document) for document in whole}
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


def _damages(rng: Random, whole: list[Document], count: int) -> Iterator[Damage]:
    """Mutators in turn over books at random; what changes no character is tried again."""
    of_place = [[d for d in whole if d.book.budget.place == place] for place in PLACES]
    for number in range(count):
        mutate = MUTATORS[number % len(MUTATORS)]
        text: str | None = None
        document = whole[0]
        while text is None or text == document.data.decode("utf-8"):
            document = rng.choice(rng.choice(of_place))
            text = mutate(Draft(rng, document))
        yield Damage(mutate.__name__, text, document)
