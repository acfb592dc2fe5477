"""Which build today's ledger, code and configuration make, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.fingerprints import STAGES, fingerprint
from pipelines.values.keys import stable_hash, stable_key

if TYPE_CHECKING:
    from pipelines.settings import Settings


def build_id(settings: Settings, last_event: int) -> str:
    """Key of the build that the ledger, up to this event, and today's code and data make."""
    return stable_key("build", last_event, code_fingerprint(settings))


def code_fingerprint(settings: Settings) -> str:
    """All that a build depends on besides the ledger and the archive."""
    return stable_hash(*(fingerprint(stage, settings.config) for stage in STAGES))
