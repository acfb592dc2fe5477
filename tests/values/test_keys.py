"""Keys: the same in Python and as expressions, today and on every machine."""

from __future__ import annotations

import hashlib

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.values.keys import key_expr, stable_hash, stable_key
from schemas.tables.base import KEY_PATTERN, SHA256_PATTERN

#: Text that may be printed: the two marks that keys are joined with are control characters.
PRINTED = st.text(alphabet=st.characters(exclude_characters="\x00\x1f", codec="utf-8"), max_size=12)
EXAMPLES = settings(max_examples=150, deadline=None)


@EXAMPLES
@given(
    st.lists(
        st.tuples(st.none() | PRINTED, st.none() | st.integers(-(2**31), 2**31 - 1), PRINTED),
        min_size=1,
        max_size=5,
    )
)
def test_scalar_and_expression_forms_agree(rows: list[tuple[str | None, int | None, str]]) -> None:
    schema = {"a": pl.String, "b": pl.Int32, "c": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    keys = frame.select(key=key_expr("a", pl.col("b"), pl.lit("x"), "c"))["key"].to_list()
    assert keys == [stable_key(a, b, "x", c) for a, b, c in rows]


@EXAMPLES
@given(st.lists(st.none() | PRINTED, max_size=4), st.lists(st.none() | PRINTED, max_size=4))
def test_different_parts_give_different_keys(
    first: list[str | None], second: list[str | None]
) -> None:
    if len(first) == len(second):
        assert (stable_key(*first) == stable_key(*second)) == (first == second)


def test_nothing_is_not_an_empty_text() -> None:
    assert stable_key(None) != stable_key("")
    assert stable_key("a", None) != stable_key("a", "")
    frame = pl.DataFrame({"a": [None, ""]}, schema={"a": pl.String})
    assert frame.select(key_expr("a")).to_series().n_unique() == 2


def test_order_and_borders_of_parts_count() -> None:
    assert stable_key("a", "b") != stable_key("b", "a")
    assert stable_key("ab", "c") != stable_key("a", "bc")
    assert stable_key("a", "") != stable_key("a")


def test_key_is_the_head_of_the_hash() -> None:
    expected = hashlib.sha256("部门\x1f2023\x1f\x00".encode()).hexdigest()
    assert stable_hash("部门", 2023, None) == expected
    assert stable_key("部门", 2023, None) == expected[:20]


def test_keys_fit_their_declared_patterns() -> None:
    frame = pl.DataFrame({"key": [stable_key("a")], "hash": [stable_hash("a")]})
    assert frame["key"].str.contains(KEY_PATTERN).all()
    assert frame["hash"].str.contains(SHA256_PATTERN).all()
