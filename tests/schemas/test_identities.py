"""Identities across tables as they are written down, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.code_lists import SHIPPED, code_list
from schemas.identities import (
    IdentityError,
    Nodes,
    Selection,
    cross_identities,
    parse_side,
)
from schemas.registry import check_registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    code_list.cache_clear()
    cross_identities.cache_clear()


def test_selections_are_kinds_with_nodes_and_are_added_up() -> None:
    assert parse_side("government_fund") == (Selection("government_fund"),)
    assert parse_side("a[fund_source=x|y; expenditure_line=each:3] + b[function=all]") == (
        Selection(
            "a",
            (Nodes("fund_source", "nodes", ("x", "y")), Nodes("expenditure_line", "each", (), 3)),
        ),
        Selection("b", (Nodes("function", "all"),)),
    )
    (listed,) = parse_side("a[fund_source=each:x|y]")
    assert listed.nodes == (Nodes("fund_source", "each", ("x", "y")),)


@pytest.mark.parametrize(
    "text", ["", "a[", "a[fund_source]", "a[fund_source=]", "a[=x]", "a b", "a + ", "a[x=y][z=w]"]
)
def test_what_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        parse_side(text)


def test_every_shipped_identity_is_named_and_has_a_source() -> None:
    named = set(code_list("identities")["identity_id"])
    used = {identity.identity_id for identity in cross_identities()}
    assert used <= named
    assert code_list("cross_identities")["source"].null_count() == 0
    of_tables = code_list("identities").filter(code_list("identities")["direction"] == "tables")
    assert used == set(of_tables["identity_id"])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nobody,=,government_fund,state_capital,,x", "nobody"),
        ("revenue_is_expenditure,>=,government_fund,state_capital,,x", "no relation"),
        ("revenue_is_expenditure,=,no_kind,state_capital,,x", "no_kind is no kind"),
        ("revenue_is_expenditure,=,government_fund[fund_source=nil],state_capital,,x", "nil"),
        ("revenue_is_expenditure,=,government_fund[function=x],state_capital,,x", "no codes"),
        ("revenue_is_expenditure,=,government_fund[colour=x],state_capital,,x", "no axis"),
        ("revenue_is_expenditure,<=,government_fund,state_capital,,x", "strength"),
        ("revenue_is_expenditure,=,government_fund[function=each],state_capital,,x", "each"),
        ("revenue_is_expenditure,=,government_fund[,state_capital,,x", "form"),
    ],
)
def test_what_names_nothing_is_refused_at_load(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "codes").mkdir()
    header = (SHIPPED / "cross_identities.csv").read_text("utf-8").splitlines()[0]
    path = tmp_path / "codes" / "cross_identities.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(IdentityError, match=said):
        check_registry(tmp_path)
