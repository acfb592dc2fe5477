"""Tables of one body and year that must agree, within a document and across documents."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.load import crossing
from pipelines.serve.status import documents
from tests.load.test_amounts import ECONOMIC, FUNCTION, classes, economic, put, table

if TYPE_CHECKING:
    from tests.conftest import Installation

SIDES = "收入\t\t支出\t\n项目名称\t金额\t支出用途\t\n\t\t项目名称\t金额"
TOTAL, BASIC = "appropriation_expenditure_is_by_function", "appropriation_basic_is_by_economic"


def summary(total: str = "30.00", basic: str = "10.00") -> str:
    project = Decimal(total) - Decimal(basic)
    rows = [f"一、一般公共预算\t{total}\t一、基本支出\t{basic}", f"\t\t二、项目支出\t{project}",
            f"收入合计\t{total}\t支出合计\t{total}"]  # fmt: skip
    return table("财政拨款收支预算总表", SIDES, rows)


def by_function(first: str = "10.00", second: str = "20.00") -> str:
    return table("财政拨款支出预算表", FUNCTION, classes(first, second))


def by_economic(first: str = "6.00", second: str = "4.00") -> str:
    return table("财政拨款基本支出预算表", ECONOMIC, economic(first, second))


def printed(*tables: str) -> bytes:
    return ("\n\n".join(tables) + "\n").encode()


def crossed(installation: Installation) -> dict[str, tuple[str, int, int]]:
    """Identity across tables → verdict, in how many statements and documents its figures stand."""
    rows = installation.rows(
        "SELECT identity_id, verdict, statement_count, count(DISTINCT document_id)::INTEGER "
        "FROM control_total c JOIN control_source x USING (control_id) "
        "JOIN statement s ON s.statement_id = x.statement_id "
        "WHERE statement_count > 1 AND strength = 'hard' GROUP BY ALL"
    )
    return {identity: (verdict, count, files) for identity, verdict, count, files in rows}


def findings(installation: Installation) -> list[tuple[str, str]]:
    found = installation.rows("SELECT kind, subject FROM finding ORDER BY ALL")
    return [(kind, subject) for kind, subject in found]


def test_tables_of_two_documents_are_held_against_one_another(installation: Installation) -> None:
    put(installation, "a.txt", printed(summary()))
    put(installation, "b.txt", printed(by_function(), by_economic()))
    assert installation.run().published
    assert crossed(installation) == {TOTAL: ("exact", 2, 2), BASIC: ("exact", 2, 2)}
    assert findings(installation) == []
    assert installation.value("SELECT count(*) FROM quarantine_item") == 0


def test_documents_that_disagree_are_published_with_a_finding(installation: Installation) -> None:
    put(installation, "a.txt", printed(summary()))
    put(installation, "b.txt", printed(by_function("11.00"), by_economic()))
    assert installation.run().published
    assert crossed(installation) == {TOTAL: ("broken", 2, 2), BASIC: ("exact", 2, 2)}
    assert findings(installation) == [("tables_disagree", f"{TOTAL} total_expenditure")]
    assert installation.rows("SELECT DISTINCT status FROM statement") == [("complete",)]
    found, expected = installation.rows("SELECT found, expected FROM finding")[0]
    assert "300000.00" in found
    assert "310000.00" in expected
    of_document = {d["path"]: d for d in documents(installation.settings)}
    assert (of_document["a.txt"]["broken"], of_document["a.txt"]["findings"]) == (1, 1)
    assert (of_document["b.txt"]["broken"], of_document["b.txt"]["findings"]) == (0, 0)


def test_tables_of_one_document_that_hold_in_themselves_and_disagree_are_published(
    installation: Installation,
) -> None:
    put(installation, "a.txt", printed(summary(), by_function("11.00"), by_economic("6.00")))
    assert installation.run().published
    assert crossed(installation) == {TOTAL: ("broken", 2, 1), BASIC: ("exact", 2, 1)}
    assert findings(installation) == [("tables_disagree", f"{TOTAL} total_expenditure")]
    assert installation.rows("SELECT DISTINCT status FROM statement") == [("complete",)]
    assert installation.value("SELECT sum(amount_yuan)::BIGINT FROM "
                              "fact_appropriation_by_function") == 310_000  # fmt: skip


@pytest.mark.parametrize("is_forgotten", [True, False])
def test_a_table_that_another_document_replaces_is_held_against_no_more(
    installation: Installation, *, is_forgotten: bool
) -> None:
    """What is left of the first document is held against the table that is current now.

    If its sidecar does not say the phase any more, its replaced table is no statement of today.
    """
    first = put(installation, "a.txt", printed(summary(), by_function()))
    installation.run()
    assert crossed(installation) == {TOTAL: ("exact", 2, 1)}
    put(installation, "b.txt", printed(by_function("11.00")), more=f'supersedes = "{first}"\n')
    if is_forgotten:
        installation.put("a.txt.toml", f'sha256 = "{first}"\n'.encode())
    assert installation.run().published
    now = installation.rows(
        "SELECT verdict, count(DISTINCT document_id)::INTEGER FROM control_total c "
        "JOIN control_source x USING (control_id) JOIN statement s ON s.statement_id = "
        "x.statement_id WHERE statement_count > 1 GROUP BY control_id, verdict ORDER BY ALL"
    )
    assert now == [("broken", 2), *([] if is_forgotten else [("exact", 1)])]
    assert findings(installation) == [("tables_disagree", f"{TOTAL} total_expenditure")]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_pieces_hold_whole_bodies_and_every_statement_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(crossing, "_AT_ONCE", at_once)
    bodies = ["b", "a", "c", "a", "b", "b", "d"]
    statements = pl.DataFrame({"statement_id": [*map(str, range(7))], "reporting_body_id": bodies})
    pieces = list(crossing.by_bodies(statements))
    assert sorted(i for some in pieces for i in some["statement_id"]) == [*map(str, range(7))]
    held = [set(some["reporting_body_id"]) for some in pieces]
    assert sum(map(len, held)) == len(set.union(*held))
    assert len(pieces) == {1: 4, 100: 1}.get(at_once, len(pieces))
    assert all(some.columns == statements.columns for some in pieces)
