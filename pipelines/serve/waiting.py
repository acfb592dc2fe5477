"""What waits for a person: the list, an item with its clues, and the lines to write where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.documents.sidecars import PLACEHOLDER
from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    from pipelines.settings import Settings

_ITEMS = """
SELECT q.*, d.path, d.absent_since_utc
FROM quarantine_item q
JOIN dim_document d USING (document_id)
WHERE starts_with(q.item_id, $prefix)
ORDER BY q.opened_utc, d.path, q.level, q.place, q.rule_id, q.expected
"""
_MISSING = """
SELECT q.expected AS field
FROM quarantine_item q
WHERE q.document_id = $document_id
  AND q.statement_id IS NOT DISTINCT FROM coalesce($statement_id, q.statement_id)
  AND q.rule_id IN ('context_missing', 'context_conflict')
ORDER BY q.expected
"""
_NUMBERS = """
SELECT
    max(statement_no) AS statements,
    max(statement_no) FILTER (statement_id = $statement_id) AS mine
FROM statement WHERE document_id = $document_id
"""
_PATHS = """
SELECT path FROM document_path
WHERE document_id = $document_id AND absent_since_utc IS NULL ORDER BY path
"""
#: What may be written for each field. A value is never suggested: it is the person who says it.
_VALUES = {
    "fiscal_year": f"{PLACEHOLDER}  # 年度，四位数 / the year, four digits",
    "phase": f'"{PLACEHOLDER}"  # budget | adjusted_budget | execution | final_accounts',
    "body": f'"{PLACEHOLDER}"  # 机构全称 / the body\'s full name',
    "consolidation": f'"{PLACEHOLDER}"  # unit | department',
    "region": f'"{PLACEHOLDER}"  # GB/T 2260 代码 / code',
    "unit": f'"{PLACEHOLDER}"  # 元 | 千元 | 万元 | 百万元 | 亿元',
}


class UnknownItemError(LookupError):
    """No item begins so, or several do."""


@dataclass(frozen=True)
class WaitingItem:
    """An item, its clues, and what to write into which file, where a sidecar is the remedy."""

    item: dict[str, Any]
    clues: list[dict[str, Any]]
    paths: list[str]
    sidecar_path: str | None
    sidecar_lines: str | None


def waiting_items(settings: Settings) -> list[dict[str, Any]]:
    """Everything that waits, oldest first.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        return rows(connection, _ITEMS, {"prefix": ""})


def waiting_item(settings: Settings, item_id: str) -> WaitingItem:
    """One item; a beginning of its key that fits only one is enough.

    Raises:
        UnknownItemError: no item or several items begin so.
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        found = rows(connection, _ITEMS, {"prefix": item_id})
        if len(found) != 1:
            raise UnknownItemError(
                f"{item_id}: 对应 {len(found)} 个待处理项，应为 1 个 / "
                f"{len(found)} items begin so, expected 1; `yusuan quarantine` lists them"
            )
        item = found[0]
        document: dict[str, object] = {"document_id": item["document_id"]}
        paths = [row["path"] for row in rows(connection, _PATHS, document)]
        statement = {**document, "statement_id": item["statement_id"]}
        fields = list(dict.fromkeys(r["field"] for r in rows(connection, _MISSING, statement)))
        (numbers,) = rows(connection, _NUMBERS, statement)
    clues = json.loads(item["clues"]) if item["clues"] else []
    many = (numbers["statements"] or 0) > 1
    blocks = _blocks(item, fields, numbers["mine"] if many else None)
    if not blocks:
        return WaitingItem(item, clues, paths, None, None)
    sidecar = settings.raw / f"{(paths or [item['path']])[0]}.toml"
    if not sidecar.exists() or item["rule_id"] == "sidecar_stale":
        blocks.insert(0, f'sha256 = "{item["document_id"]}"\n')
    return WaitingItem(item, clues, paths, str(sidecar), "\n".join(blocks))


def _blocks(item: dict[str, Any], fields: list[str], statement_no: int | None) -> list[str]:
    """What to add to the sidecar, to be completed with value and reason.

    ``statement_no``: the one that it is for, where the document has several.
    """
    if item["rule_id"] == "identity_broken":
        return [f'[[source_errors]]\nitem = "{item["item_id"]}"\nwhy = "{PLACEHOLDER}"\n']
    if item["rule_id"] in ("context_missing", "context_conflict", "sidecar_stale"):
        scope = f"statements = [{statement_no}]\n" if statement_no is not None else ""
        scope += "overrides_print = true\n" if item["rule_id"] == "context_conflict" else ""
        return [
            f'[{name}]\nvalue = {_VALUES[name]}\nwhy = "{PLACEHOLDER}"\n{scope}' for name in fields
        ]
    return []
