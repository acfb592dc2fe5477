"""Amounts: a table of cases, and exactness of any amount in any unit."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.values.amounts import (
    MAX_DECIMALS,
    MAX_DIGITS,
    fen_expr,
    money_exponents,
    read_amounts,
    yuan_expr,
)

EXPONENTS = money_exponents()
EXAMPLES = settings(max_examples=150, deadline=None)
Reading = tuple[str, int | None, int | None]


def readings(texts: list[str | None]) -> list[Reading]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return read_amounts(frame, "text").select("amount_state", "digits", "decimals").rows()


def fen_of(text: str | None, unit: str) -> tuple[str, int | None, Decimal | None]:
    """How an amount in a unit reads: state, exact fen, exact yuan."""
    frame = pl.DataFrame(
        {"text": [text], "exponent": [EXPONENTS[unit]]},
        schema={"text": pl.String, "exponent": pl.Int32},
    )
    read = read_amounts(frame, "text").with_columns(fen=fen_expr("digits", "decimals", "exponent"))
    state, fen, yuan = read.select("amount_state", "fen", yuan=yuan_expr("fen")).row(0)
    return state, fen, yuan


@pytest.mark.parametrize(
    ("text", "unit", "state", "fen"),
    [
        (None, "万元", "blank", None),
        ("", "万元", "blank", None),
        ("  ", "元", "blank", None),
        ("　", "元", "blank", None),
        ("-", "元", "dash", None),
        ("－", "元", "dash", None),
        ("—", "元", "dash", None),
        ("——", "元", "dash", None),
        ("/", "元", "dash", None),
        (" - ", "元", "dash", None),
        ("无", "元", "word", None),
        ("不适用", "元", "word", None),
        ("0", "元", "stated", 0),
        ("0.00", "万元", "stated", 0),
        ("-0.00", "元", "stated", 0),
        ("420.66", "万元", "stated", 420_660_000),
        ("420.66", "元", "stated", 42_066),
        ("4.90", "万元", "stated", 4_900_000),
        ("1,234.56", "元", "stated", 123_456),
        ("1，234．56", "元", "stated", 123_456),
        ("１２３．４５", "元", "stated", 12_345),
        (" 5 ", "元", "stated", 500),
        ("+5", "元", "stated", 500),
        ("-1,234.5", "元", "stated", -123_450),
        ("¥12.00", "元", "stated", 1_200),
        ("￥1,200", "元", "stated", 120_000),
        ("007", "元", "stated", 700),
        ("1", "亿元", "stated", 10_000_000_000),
        ("0.00000001", "亿元", "stated", 100),
        ("1.234567", "万元", "stated", 1_234_567),
        ("3.000", "元", "stated", 300),
        # exact in no whole number of fen: never rounded
        ("1.234", "元", "stated", None),
        ("0.005", "元", "stated", None),
        ("-1.234", "元", "stated", None),
        ("1.2345678", "万元", "stated", None),
        ("0.123456789", "百万元", "stated", None),
        # fits 16 digits, but not DECIMAL(18,2) in yuan
        ("99999999999999", "元", "stated", 9_999_999_999_999_900),
        ("9999999999999999", "元", "stated", None),
        ("9999999999999999", "万元", "stated", None),
        # no numbers
        ("1,23", "元", "malformed", None),
        ("1,2345", "元", "malformed", None),
        (",123", "元", "malformed", None),
        ("12,34,567", "元", "malformed", None),
        ("1 000", "元", "malformed", None),
        ("25180591 .33", "元", "stated", 2518059133),
        ("964 .85", "万元", "stated", 964850000),
        ("96 4.85", "万元", "malformed", None),
        ("964. 85", "万元", "malformed", None),
        ("1.2.3", "元", "malformed", None),
        ("5.", "元", "malformed", None),
        (".5", "元", "malformed", None),
        ("--5", "元", "malformed", None),
        ("- 5", "元", "malformed", None),
        ("(5)", "元", "malformed", None),
        ("5万", "元", "malformed", None),
        ("5%", "元", "malformed", None),
        ("1e5", "元", "malformed", None),
        ("¥", "元", "malformed", None),
        ("约5", "元", "malformed", None),
        ("NaN", "元", "malformed", None),
        # footnote marks and other digits that are not the number's own
        ("420.66①", "元", "malformed", None),
        ("①100", "元", "malformed", None),
        ("10²", "元", "malformed", None),
        ("½", "元", "malformed", None),
        ("٣", "元", "malformed", None),
        # more digits than a budget has
        ("1" * 17, "元", "malformed", None),
        ("0.1234567890", "万元", "malformed", None),
        ("1234567890.1234567", "元", "malformed", None),
        ("1" * 60, "元", "malformed", None),
    ],
)
def test_case(text: str | None, unit: str, state: str, fen: int | None) -> None:
    found_state, found_fen, yuan = fen_of(text, unit)
    assert (found_state, found_fen) == (state, fen)
    assert yuan == (None if fen is None else Decimal(fen) / 100)


def test_the_seeds_total() -> None:
    assert fen_of("420.66", "万元") == ("stated", 420_660_000, Decimal("4206600.00"))


def test_digits_and_decimals_are_those_printed() -> None:
    assert readings(["4.90", "4.9", "1,234", "-0.50", None, "-", "x"]) == [
        ("stated", 490, 2),
        ("stated", 49, 1),
        ("stated", 1234, 0),
        ("stated", -50, 2),
        ("blank", None, None),
        ("dash", None, None),
        ("malformed", None, None),
    ]


def test_empty_frame_and_other_columns_are_kept() -> None:
    frame = pl.DataFrame({"text": [], "x": []}, schema={"text": pl.String, "x": pl.Int32})
    read = read_amounts(frame, "text")
    assert read.columns == ["text", "x", "amount_state", "digits", "decimals"]
    assert read.schema["digits"] == pl.Int64
    assert read.schema["decimals"] == pl.Int32


def test_units_of_money() -> None:
    assert EXPONENTS["元"] == 0
    assert EXPONENTS["万元"] == 4
    assert EXPONENTS["亿元"] == 8


@EXAMPLES
@given(
    st.integers(-(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1),
    st.integers(0, MAX_DECIMALS),
    st.sampled_from(sorted(EXPONENTS)),
    st.booleans(),
)
@example(10**15, 9, "亿元", True)
@example(-5, 2, "元", False)
def test_any_printed_amount_reads_back_exactly_or_not_at_all(
    digits: int, decimals: int, unit: str, grouped: bool
) -> None:
    printed = Decimal(digits).scaleb(-decimals)
    text = f"{printed:,f}" if grouped else f"{printed:f}"
    true_yuan = printed * 10 ** EXPONENTS[unit]
    state, fen, yuan = fen_of(text, unit)
    assert state == "stated"
    true_fen = true_yuan * 100
    if true_fen == true_fen.to_integral_value() and abs(true_fen) < 10**16:
        assert fen == true_fen
        assert yuan == true_yuan
    else:
        assert fen is None
        assert yuan is None


@EXAMPLES
@given(st.text(max_size=12) | st.text(alphabet="0123456789.,-+¥－ ，．①²无/", max_size=12))
@example("¥")
@example("¥-")
def test_only_what_is_a_number_is_stated(text: str) -> None:
    ((state, digits, decimals),) = readings([text])
    assert (state == "stated") == (digits is not None) == (decimals is not None)
    if state == "stated":
        assert any(char.isdecimal() for char in text)
    if not text.strip(" \t\r\n\u3000"):
        assert state == "blank"


@EXAMPLES
@given(st.lists(st.sampled_from(["5.00", None, "", "-", "无", "x", "1,000", "①5"]), max_size=6))
def test_rows_read_alone_as_they_do_together(texts: list[str | None]) -> None:
    assert readings(texts) == [row for text in texts for row in readings([text])]
