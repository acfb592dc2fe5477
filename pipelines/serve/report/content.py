"""All that the report says, of one connection to the published build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import published
from pipelines.serve.report.arrivals import Arrivals, arrivals
from pipelines.serve.report.changes import Changes, changes
from pipelines.serve.report.coverage import Coverage, coverage
from pipelines.serve.report.identities import Identities, identities
from pipelines.serve.report.proofs import Proof, proofs
from pipelines.serve.report.targets import Targets, targets
from pipelines.serve.report.waits import Waiting, waits
from pipelines.serve.status import totals_of

if TYPE_CHECKING:
    from pipelines.settings import Settings


@dataclass(frozen=True)
class Report:
    """The sections of the report, in the order in which they are read.

    Attributes:
        totals: Figures of the whole build (``serve.status``).
        arrivals: What came in.
        coverage: Which facts of which body and year are here.
        identities: Which printed sums hold, and errors of sources.
        proofs: Cells and pictures of figures that do not hold, by control or finding.
        waits: What waits for a person.
        targets: How measurable targets are.
        changes: The biggest changes of the last year; none if no year can be compared.
    """

    totals: dict[str, Any]
    arrivals: Arrivals
    coverage: Coverage
    identities: Identities
    proofs: dict[str, Proof]
    waits: list[Waiting]
    targets: Targets
    changes: Changes | None


def report(settings: Settings) -> Report:
    """What there is to say of the published build.

    Raises:
        NothingPublishedError: nothing has been published yet.
        LedgerError: the ledger cannot be read.
    """
    with published(settings) as connection:
        told = identities(connection, settings.config)
        waiting = waits(connection, settings.config)
        broken = [
            *(row["control_id"] or row["finding_id"] for row in told.findings),
            *(item["control_id"] for group in waiting for item in group.items),
        ]
        return Report(
            totals_of(connection),
            arrivals(settings, connection),
            coverage(connection),
            told,
            proofs(settings, connection, (c for c in broken if c is not None)),
            waiting,
            targets(connection),
            changes(connection),
        )
