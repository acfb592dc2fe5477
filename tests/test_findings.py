"""A source's own error: withheld until a person confirms it, then published as printed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.serve.waiting import waiting_item, waiting_items
from tests.conftest import SEED, SIDECAR
from tests.printing import PLAIN_ROWS, TITLE, document, page

if TYPE_CHECKING:
    from tests.conftest import Installation


def test_confirmed_source_error_is_published_as_a_finding(installation: Installation) -> None:
    wrong = SEED.read_text("utf-8").replace("合计\t420.66\t420.66", "合计\t430.66\t430.66")
    installation.put_with_sidecar("a.txt", wrong.encode())
    assert installation.run().published
    items = installation.rows("SELECT item_id, rule_id, found, expected FROM quarantine_item")
    assert {rule for _, rule, _, _ in items} == {"identity_broken"}
    assert len(items) == 4  # units and projects, total and 财政拨款
    assert all("4306600.00" in found and "4206600.00" in said for _, _, found, said in items)
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0
    assert installation.value("SELECT status FROM statement") == "withheld"

    confirmed = "".join(
        f'\n[[source_errors]]\nitem = "{item_id}"\nwhy = "合计 is printed so in the original"\n'
        for item_id, *_ in items
    )
    sidecar = SIDECAR.read_text("utf-8")
    partly = sidecar + confirmed.rsplit("\n[[", 1)[0]
    installation.put_with_sidecar("a.txt", wrong.encode(), partly)
    installation.run()
    assert installation.value("SELECT count(*) FROM quarantine_item") == 1
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0

    installation.put_with_sidecar("a.txt", wrong.encode(), sidecar + confirmed)
    installation.run()
    assert installation.value("SELECT count(*) FROM quarantine_item") == 0
    findings = installation.rows("SELECT kind, found, confirmed_by FROM finding")
    assert len(findings) == 4
    assert {kind for kind, _, _ in findings} == {"source_error"}
    total = installation.value("SELECT sum(amount_yuan) FROM fact_project_funding")
    assert total == Decimal("4206600.00")
    broken = installation.rows(
        "SELECT DISTINCT printed_yuan, computed_yuan FROM control_total WHERE verdict = 'broken'"
    )
    assert broken == [(Decimal("4306600.00"), Decimal("4206600.00"))]


def test_nothing_but_a_broken_identity_can_be_confirmed_away(installation: Installation) -> None:
    ragged = SEED.read_text("utf-8").replace(
        "关工委专项\t5.00\t5.00\t\t\t", "关工委专项\t5.00\t5.00\t"
    )
    installation.put_with_sidecar("a.txt", ragged.encode())
    installation.run()
    items = installation.rows("SELECT item_id, rule_id FROM quarantine_item ORDER BY rule_id")
    assert "ragged_row" in {rule for _, rule in items}
    confirmed = "".join(f'\n[[source_errors]]\nitem = "{i}"\nwhy = "so"\n' for i, _ in items)
    installation.put_with_sidecar("a.txt", ragged.encode(), SIDECAR.read_text("utf-8") + confirmed)
    installation.run()
    assert installation.rows("SELECT rule_id FROM quarantine_item") == [("ragged_row",)]
    assert (
        installation.value("SELECT status FROM statement WHERE status <> 'complete'") == "partial"
    )
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0


def test_quarantine_prints_the_lines_that_confirm(installation: Installation) -> None:
    wrong = SEED.read_text("utf-8").replace("合计\t420.66\t420.66", "合计\t430.66\t430.66")
    installation.put_with_sidecar("a.txt", wrong.encode())
    installation.run()
    waiting = [waiting_item(installation.settings, item["item_id"])
               for item in waiting_items(installation.settings)]  # fmt: skip
    assert {item.sidecar_path for item in waiting} == {f"{installation.settings.raw}/a.txt.toml"}
    added = "\n".join(item.sidecar_lines or "" for item in waiting)
    assert "sha256" not in added  # the sidecar is there already
    said = SIDECAR.read_text("utf-8") + "\n" + added.replace("____", "printed so")
    installation.put_with_sidecar("a.txt", wrong.encode(), said)
    installation.run()
    assert waiting_items(installation.settings) == []
    assert installation.value("SELECT count(*) FROM finding") == 4


def test_lines_for_one_of_several_statements_say_which(installation: Installation) -> None:
    """The second table of the document prints no year; the first does, and keeps it."""
    text = document(
        page(*PLAIN_ROWS, title=f"2022年{TITLE}"), page(*PLAIN_ROWS, body="示例市水务局")
    )
    sha256 = installation.put("a.txt", text.encode())
    phase = '[phase]\nvalue = "budget"\nwhy = "so"\n'
    installation.put("a.txt.toml", f'sha256 = "{sha256}"\n{phase}'.encode())
    installation.run()
    (item,) = waiting_items(installation.settings)
    found = waiting_item(installation.settings, item["item_id"])
    assert found.sidecar_lines is not None
    assert "statements = [2]" in found.sidecar_lines
    said = (installation.settings.raw / "a.txt.toml").read_text("utf-8") + found.sidecar_lines
    said = said.replace("value = ____", "value = 2023").replace("____", "the cover")
    installation.put("a.txt.toml", said.encode())
    installation.run()
    assert waiting_items(installation.settings) == []
    years = installation.rows("SELECT DISTINCT fiscal_year FROM fact_project_funding ORDER BY 1")
    assert years == [(2022,), (2023,)]
