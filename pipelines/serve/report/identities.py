"""Which printed sums hold, and every one that does not: with both numbers and its cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import rows
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

#: So many findings are told; all of them are in the table ``finding``.
MOST_FINDINGS = 200
_VERDICTS = """
SELECT c.identity_id, c.strength, s.fiscal_year, c.verdict, count(*) AS many
FROM control_total c JOIN statement s USING (statement_id)
GROUP BY ALL ORDER BY ALL
"""
#: Errors of sums before tables that disagree; of a document, in the order of print.
_FINDINGS = """
SELECT f.*, d.path, d.document_id, d.media_type, b.name AS body_name, s.fiscal_year, s.phase,
    s.kind AS statement_kind, c.identity_id, c.label, c.measure, c.printed_yuan, c.computed_yuan,
    c.envelope_yuan
FROM (SELECT DISTINCT ON (finding_id) * FROM finding ORDER BY finding_id, statement_id) f
JOIN statement s USING (statement_id)
JOIN dim_document d USING (document_id)
LEFT JOIN dim_body b ON b.body_id = s.reporting_body_id
LEFT JOIN control_total c USING (control_id)
ORDER BY f.kind, d.path, s.statement_no, c.line_no, f.place, f.subject, f.finding_id
LIMIT $most
"""
_COUNT = "SELECT count(DISTINCT finding_id) AS many FROM finding"


@dataclass(frozen=True)
class Identity:
    """An identity, what it says, and how many figures it was asked of, by verdict."""

    identity_id: str
    zh: str
    en: str
    strength: str
    verdicts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Identities:
    """What was held against what.

    Attributes:
        verdicts: All controls, by verdict.
        by_year: The same by fiscal year; 0 is a statement whose year waits.
        identities: By identity, those that are broken most first.
        findings: Errors of sources, confirmed, published as printed; the first of them.
        finding_count: How many there are.
    """

    verdicts: Counter[str]
    by_year: dict[int, Counter[str]]
    identities: list[Identity]
    findings: list[dict[str, Any]]
    finding_count: int

    @property
    def names(self) -> dict[str, tuple[str, str]]:
        """What each identity says."""
        return {one.identity_id: (one.zh, one.en) for one in self.identities}


def identities(connection: DuckDBPyConnection, config: Path | None) -> Identities:
    """What holds in the published build and what does not."""
    names = {row["identity_id"]: row for row in code_list("identities", config).to_dicts()}
    verdicts: Counter[str] = Counter()
    by_year: dict[int, Counter[str]] = {}
    by_identity: dict[str, Identity] = {}
    for row in rows(connection, _VERDICTS):
        name, many = row["identity_id"], row["many"]
        said = names.get(name, {"zh": name, "en": name})  # of an identity that is no more
        identity = Identity(name, said["zh"], said["en"], row["strength"])
        verdicts[row["verdict"]] += many
        by_year.setdefault(row["fiscal_year"] or 0, Counter())[row["verdict"]] += many
        by_identity.setdefault(name, identity).verdicts[row["verdict"]] += many
    return Identities(
        verdicts,
        dict(sorted(by_year.items())),
        sorted(by_identity.values(), key=_worst_first),
        rows(connection, _FINDINGS, {"most": MOST_FINDINGS}),
        rows(connection, _COUNT)[0]["many"],
    )


def _worst_first(identity: Identity) -> tuple[int, int, int, str]:
    told = identity.verdicts
    return -told["broken"], -told["suspect"], -told["within_rounding"], identity.identity_id
