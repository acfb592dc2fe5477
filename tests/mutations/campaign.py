"""Many documents damaged in many ways, each once, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.generator.documents import Document, documents
from tests.mutations.mutators import MUTATORS, Draft
from tests.mutations.records import Reading, read, true_records
from tests.mutations.results import Result
from tests.mutations.verdicts import judge
from tests.printing import sidecar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.documents.sidecars import Sidecar

_BATCH = 250
#: Documents about which everything is known; the others wait anyway.
_WHOLE = ("plain", "year_in_title")


@dataclass(frozen=True)
class Damage:
    """A damaged document, what was done to it, and the whole one."""

    mutator: str
    text: str
    whole: Document

    @property
    def is_cut(self) -> bool:
        """Whether its text is the beginning of the whole one's."""
        return self.whole.data.decode("utf-8").startswith(self.text)


def campaign(seed: int, count: int) -> list[Result]:
    """So many damaged documents, each mutator in turn, and what became of each."""
    rng = Random(seed)  # noqa: S311 - the same seed shall do the same damage
    whole = _whole(seed, max(8, count // 100))
    true: dict[str, Reading] = {}
    results = []
    damages = list(_damages(rng, whole, count))
    for start in range(0, count, _BATCH):
        batch = damages[start : start + _BATCH]
        said = [_sidecar(damage.whole) for damage in batch]
        for damage, found in zip(batch, read([d.text for d in batch], said), strict=True):
            document = damage.whole
            if document.sha256 not in true:
                true[document.sha256] = true_records(document)
            verdict = judge(true[document.sha256], found, document.table, is_cut=damage.is_cut)
            results.append(Result(damage.mutator, damage.text, verdict))
    return results


def _whole(seed: int, wanted: int) -> list[Document]:
    made = documents(seed, wanted, 2, projects=5)
    return [document for document in made if document.treatment in _WHOLE]


def _sidecar(document: Document) -> Sidecar:
    """What its sidecar says of year and phase."""
    year = document.fiscal_year if document.table.title_year is None else None
    return sidecar(year, document.phase)


def _damages(rng: Random, whole: list[Document], count: int) -> Iterator[Damage]:
    """Mutators in turn over documents at random; what changes no character is tried again."""
    for number in range(count):
        mutate = MUTATORS[number % len(MUTATORS)]
        text: str | None = None
        document = whole[0]
        while text is None or text == document.data.decode("utf-8"):
            document = rng.choice(whole)
            text = mutate(Draft(rng, document.table.style, document.pages))
        yield Damage(mutate.__name__, text, document)
