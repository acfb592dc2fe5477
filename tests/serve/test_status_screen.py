"""What `yusuan status` shows of many documents: what needs a look first; the rest is counted."""

from __future__ import annotations

from pipelines.screens import status
from pipelines.screens.console import console


def _document(number: int, **counts: int) -> dict[str, object]:
    names = ("statements", "complete", "broken", "findings", "items_waiting")
    return {"path": f"{number:03}.pdf", **dict.fromkeys(names, 0), **counts}


def _statement(number: int, **told: object) -> dict[str, object]:
    return {
        "path": f"{number:03}.pdf",
        "kind": "revenue_summary",
        "body": "示例局",
        "fiscal_year": 2026,
        "phase": "budget",
        "status": "complete",
        "version_no": 1,
        "is_current": True,
        "broken": 0,
        "statement_key_id": f"{number:020}",
        **told,
    }


def _shown(*, everything: bool) -> str:
    documents = [_document(n, items_waiting=int(n == 40)) for n in range(50)]
    statements = [
        *(_statement(n) for n in range(29)),
        _statement(77, status="withheld", version_no=None, is_current=False, statement_key_id=None),
    ]
    with console.capture() as captured:
        status({"documents": 50}, documents, statements, everything=everything)
    return captured.get()


def test_what_needs_a_look_stands_first_and_what_is_left_out_is_counted() -> None:
    shown = _shown(everything=False)
    assert shown.index("040.pdf") < shown.index("000.pdf")
    assert "019.pdf" not in shown.partition("报表 statements")[0].partition("040.pdf")[2]
    assert shown.index("withheld") < shown.index("complete", shown.index("withheld"))
    assert "and 30 more: yusuan status --all" in shown
    assert "and 10 more: yusuan status --all" in shown


def test_all_are_listed_if_asked_for() -> None:
    shown = _shown(everything=True)
    assert all(f"{n:03}.pdf" in shown for n in (*range(50), 77))
    assert "more:" not in shown
