"""What waits for a person, by what is to be done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import rows
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

#: What a statement must say (``serve.waiting`` prints the lines to write) → its names.
FIELDS = {
    "fiscal_year": ("财政年度", "the fiscal year"),
    "phase": ("预算阶段", "the phase"),
    "body": ("机构", "the body"),
    "consolidation": ("汇总层级", "the consolidation: department or unit"),
    "region": ("行政区划", "the region"),
    "unit": ("金额单位", "the unit of amounts"),
}
#: Items of a rule that are told one by one.
MOST_ITEMS = 25
#: Figures whose identity is broken: their control says which cells it is about.
_ITEMS = """
SELECT q.*, d.path, d.media_type, b.name AS body_name, s.fiscal_year, s.kind AS statement_kind,
    count(*) OVER (PARTITION BY q.rule_id) AS of_rule,
    row_number() OVER (PARTITION BY q.rule_id ORDER BY q.opened_utc, d.path, q.place, q.item_id)
        AS no_of_rule,
    (SELECT min(c.control_id) FROM control_total c
     WHERE q.rule_id = 'identity_broken' AND c.statement_id = q.statement_id
         AND c.place = q.place AND c.verdict = 'broken') AS control_id
FROM quarantine_item q
JOIN dim_document d USING (document_id)
LEFT JOIN statement s ON s.statement_id = q.statement_id
LEFT JOIN dim_body b ON b.body_id = s.reporting_body_id
QUALIFY no_of_rule <= $most
ORDER BY of_rule DESC, q.rule_id, no_of_rule
"""


@dataclass(frozen=True)
class Waiting:
    """Items of one rule: what it is, what to do, how many there are, and the oldest of them.

    ``clues`` of an item: what each says, where it stands, the words around it.
    """

    rule_id: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    count: int
    items: list[dict[str, Any]]


def waits(connection: DuckDBPyConnection, config: Path | None) -> list[Waiting]:
    """What waits in the published build, the most frequent rule first."""
    rules = {row["rule_id"]: row for row in code_list("rules", config).to_dicts()}
    groups: dict[str, Waiting] = {}
    for item in rows(connection, _ITEMS, {"most": MOST_ITEMS}):
        rule = rules[item["rule_id"]]
        group = Waiting(
            item["rule_id"], rule["zh"], rule["en"], rule["remedy_zh"], rule["remedy_en"],
            item["of_rule"], [],
        )  # fmt: skip
        item["clues"] = _clues(item["clues"])
        groups.setdefault(item["rule_id"], group).items.append(item)
    return list(groups.values())


def _clues(told: str | None) -> list[tuple[str, str, str]]:
    """Clues as they are kept: some know a place and the words around, others where from alone."""
    return [
        (str(clue.get("value")), clue.get("place") or clue.get("source") or "",
         clue.get("around") or "")
        for clue in (json.loads(told) if told else [])
    ]  # fmt: skip
