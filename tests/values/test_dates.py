"""Dates as far as they are printed."""

from __future__ import annotations

import pytest

from pipelines.values.dates import read_date, read_period


@pytest.mark.parametrize(
    ("text", "iso", "at_end"),
    [
        ("2023年12月31日", "2023-12-31", False),
        ("2023-12-31", "2023-12-31", False),
        ("2023.7.1", "2023-07-01", False),
        ("20231231", "2023-12-31", False),
        ("2023年7月", "2023-07", False),
        ("2023.07", "2023-07", False),
        ("2023年", "2023", False),
        ("2026年度", "2026", False),
        ("2023年底", "2023", True),
        ("2023年12月底", "2023-12", True),
        ("12月31日", "--12-31", False),
        ("12月底", "--12", True),
        ("12月份", "--12", False),
        ("2月29日", "--02-29", False),
    ],
)
def test_what_is_printed_and_no_more(text: str, iso: str, *, at_end: bool) -> None:
    date = read_date(text)
    assert date is not None
    assert (date.iso, date.at_end) == (iso, at_end)


@pytest.mark.parametrize(
    "text", ["", "13月", "2月30日", "2023年2月29日", "0月", "4月31日", "1899年"]
)
def test_no_date_of_the_calendar(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("start", "end", "iso"),
    [
        ("2023.07", "2024.01", ("2023-07", "2024-01")),
        ("2023年1月", "12月", ("2023-01", "2023-12")),
        ("1", "12月", ("--01", "--12")),
        ("2023", "2025年", ("2023", "2025")),
        ("1月1日", "12月31日", ("--01-01", "--12-31")),
        ("2024年1月", "2023年12月", None),
        ("7月", "2024年1月", None),
        ("2023年", "2024年6月", None),
        ("11月", "2月", None),
    ],
)
def test_periods(start: str, end: str, iso: tuple[str, str] | None) -> None:
    period = read_period(start, end)
    assert (None if period is None else (period[0].iso, period[1].iso)) == iso
