"""Which build today's ledger, code and configuration make, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.values.keys import stable_hash, stable_key

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_id(prints: Mapping[str, str], last_event: int) -> str:
    """Key of the build that the ledger, up to this event, and code of these fingerprints make."""
    return stable_key("build", last_event, code_fingerprint(prints))


def code_fingerprint(prints: Mapping[str, str]) -> str:
    """All that a build depends on besides the ledger and the archive."""
    return stable_hash(*(prints[stage] for stage in sorted(prints)))
