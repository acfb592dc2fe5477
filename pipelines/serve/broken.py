"""What does not hold in a build, and what waits: document, place, meaning, figures, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.serve.published import rows
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

#: An item that waits because of a control: at its place, else of its statement, else of another
#: statement that it is held against.
_BROKEN = """
WITH broken AS (
    SELECT * FROM control_total WHERE verdict = 'broken' AND strength = $strength
),
held AS (  -- the statements of both sides
    SELECT control_id, statement_id FROM broken
    UNION
    SELECT control_id, statement_id FROM control_source SEMI JOIN broken USING (control_id)
),
item AS (
    SELECT b.control_id, q.item_id
    FROM broken b
    JOIN held USING (control_id)
    JOIN quarantine_item q ON q.statement_id = held.statement_id
    QUALIFY row_number() OVER (
        PARTITION BY b.control_id
        ORDER BY q.statement_id = b.statement_id DESC, q.place = b.place DESC, q.item_id
    ) = 1
)
SELECT
    d.path AS document,
    b.place,
    b.identity_id,
    b.label,
    b.measure,
    b.printed_yuan,
    b.computed_yuan,
    b.printed_yuan - b.computed_yuan AS difference_yuan,
    i.item_id,
    EXISTS (SELECT 1 FROM finding f WHERE f.control_id = b.control_id) AS is_published
FROM broken b
JOIN statement s USING (statement_id)
JOIN dim_document d USING (document_id)
LEFT JOIN item i USING (control_id)
ORDER BY is_published, d.path, b.place, b.identity_id, b.measure, b.control_id
LIMIT $most
"""
_WAITING = """
SELECT d.path AS document, q.place, q.rule_id, q.found, q.expected, q.remedy, q.item_id
FROM quarantine_item q
JOIN dim_document d USING (document_id)
ORDER BY q.opened_utc DESC, d.path, q.place, q.rule_id, q.expected, q.item_id
LIMIT $most
"""
_VERDICTS = """
SELECT verdict, count(*) AS controls FROM control_total WHERE strength = $strength
GROUP BY verdict ORDER BY verdict
"""
#: Digits of a key that tell an item from others.
_DIGITS = 8


def verdicts(connection: duckdb.DuckDBPyConnection, strength: str) -> dict[str, int]:
    """Of identities of this strength: verdict → how many controls have it."""
    found = rows(connection, _VERDICTS, {"strength": strength})
    return {row["verdict"]: row["controls"] for row in found}


def broken_identities(
    connection: duckdb.DuckDBPyConnection, strength: str, most: int, config: Path | None = None
) -> list[dict[str, Any]]:
    """Controls that do not hold; those that wait for a person first.

    Returns:
        ``document, place, label, identity, identity_id, printed_yuan, computed_yuan,
        difference_yuan, what_to_do``; ``identity`` is what it means in both languages.
    """
    named = identity_names(config)
    found = rows(connection, _BROKEN, {"strength": strength, "most": most})
    return [
        {
            "document": row["document"],
            "place": row["place"],
            "label": f"{row['label'] or ''} {row['measure']}".strip(),
            "identity": named.get(row["identity_id"], ""),
            "identity_id": row["identity_id"],
            "printed_yuan": row["printed_yuan"],
            "computed_yuan": row["computed_yuan"],
            "difference_yuan": row["difference_yuan"],
            "what_to_do": _what_to_do(row["item_id"], is_published=row["is_published"]),
        }
        for row in found
    ]


def waiting(
    connection: duckdb.DuckDBPyConnection, most: int, config: Path | None = None
) -> list[dict[str, Any]]:
    """What waits for a person, the newest first.

    Returns:
        ``document, place, rule, rule_id, found, expected, remedy, what_to_do``; rule and remedy
        in both languages, what to do as a command.
    """
    named = _named("rules", "rule_id", config)
    return [
        {
            "document": row["document"],
            "place": row["place"],
            "rule": named.get(row["rule_id"], ""),
            "rule_id": row["rule_id"],
            "found": row["found"],
            "expected": row["expected"],
            "remedy": row["remedy"],
            "what_to_do": f"yusuan quarantine {row['item_id'][:_DIGITS]}",
        }
        for row in rows(connection, _WAITING, {"most": most})
    ]


def identity_names(config: Path | None = None) -> dict[str, str]:
    """Identity → what it means, in both languages."""
    return _named("identities", "identity_id", config)


def _named(name: str, key: str, config: Path | None) -> dict[str, str]:
    """Code → what it says in both languages."""
    listed = code_list(name, config).select(key, "zh", "en").rows()
    return {code: f"{zh} / {en}" for code, zh, en in listed}


def _what_to_do(item_id: str | None, *, is_published: bool) -> str:
    if is_published:
        return "原件如此，已照印发布 / printed so, published as it is"
    return "yusuan quarantine" + (f" {item_id[:_DIGITS]}" if item_id is not None else "")
