"""What is shown of stored numbers: held against what a Chinese spreadsheet program shows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extract.sheets.formats import BUILTIN, general, shown_number, shown_text

ACCOUNTING = BUILTIN[43]


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("201", "0000", "0201"),
        ("12.345678", "0.00", "12.35"),
        ("0.125", "0.00", "0.13"),  # half away from zero, as programs round
        ("1.005", "0.00", "1.01"),
        ("-0.125", "0.00", "-0.13"),
        ("1234567.5", "#,##0.00", "1,234,567.50"),
        ("999.999", "#,##0.00", "1,000.00"),
        ("1234", "#,##0;[Red]-#,##0", "1,234"),
        ("-1234", "#,##0;[Red]-#,##0", "-1,234"),
        ("-5", "0.00_);(0.00)", "(5.00)"),
        ("1234.5", "#,##0.##", "1,234.5"),
        ("0", ACCOUNTING, "-"),
        ("1234.5", ACCOUNTING, "1,234.50"),
        ("-1234.5", ACCOUNTING, "-1,234.50"),
        ("0.1234", "0.00%", "12.34%"),
        ("1", "0%", "100%"),
        ("12345678", "#,##0.00,", "12,345.68"),
        ("1234567", "0\\.0,", "123.5"),  # 万元 with one place, as Chinese programs have it
        ("15", '0"人"', "15人"),
        ("2026", 'General"年"', "2026年"),
        ("3", "[>100]0.0;0.00", "3.00"),
        ("300", "[>100]0.0;0.00", "300.0"),
        ("12345", "0.00E+00", "1.23E+04"),
        ("0.00012", "0.0E-0", "1.2E-4"),
        ("8.5", "[$¥-804]#,##0.00", "¥8.50"),
        ("5", "[蓝]0;[红]-0", "5"),
        ("13800138000", "000-0000-0000", "138-0013-8000"),
        ("46023", "yyyy-mm-dd", "2026-01-01"),
        ("46023", BUILTIN[14], "2026/1/1"),
        ("46023", BUILTIN[31], "2026年1月1日"),
        ("46023", BUILTIN[57], "2026年1月"),
        ("46023", "[$-804]aaaa", "星期四"),
        ("46023.75", "yyyy/m/d h:mm", "2026/1/1 18:00"),
        ("46023.75", "h:mm AM/PM", "6:00 PM"),
        ("46023.75", '上午/下午h"时"mm"分"', "下午6时00分"),
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("0.000011574", "mm:ss.0", "00:01.0"),
        ("60", "yyyy-m-d", "1900-2-28"),
        ("1", "yyyy-m-d", "1900-1-1"),
        ("-1", "yyyy-mm-dd", None),
        ("0.5", "# ?/?", None),
        ("5", "[DBNum1]0", None),
        ("5", "", ""),
    ],
)  # fmt: skip
def test_numbers(number: str, code: str, shown: str | None) -> None:
    found = shown_number(number, code)
    assert (found.strip() if found else found) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0", "0"), ("12", "12"), ("0.30000000000000004", "0.3"), ("1234.5600000000002", "1234.56"),
        ("12345.678901234", "12345.6789"), ("99999999999", "99999999999"),
        ("123456789012", "1.23457E+11"), ("-0.5", "-0.5"), ("1E-12", "1E-12"),
        ("1E5", "100000"),
    ],
)  # fmt: skip
def test_numbers_without_a_format(number: str, shown: str) -> None:
    assert shown_number(number, "General") == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [("General", "甲"), ("0.00", "甲"), ("@", "甲"), ('0;0;0;@"局"', "甲局"), ("0;-0;0;", ""),
     (";;;", ""), ('"一"0', "甲")],
)  # fmt: skip
def test_texts(code: str, shown: str) -> None:
    assert shown_text("甲", code) == shown


@pytest.mark.parametrize("code", ["0", "#,##0.00", "0.00%", "#,##0.00,", ACCOUNTING, "General"])
@pytest.mark.parametrize("number", ["1E308", "-1E308", "1E-308", "1.7976931348623157E+308"])
def test_numbers_of_any_size_are_shown(number: str, code: str) -> None:
    assert shown_number(number, code)


@given(st.decimals("-1e9", "1e9", places=4, allow_nan=False), st.integers(0, 4))
def test_what_is_shown_reads_as_the_rounded_number(number: Decimal, places: int) -> None:
    plain = "0." + "0" * places if places else "0"
    shown = shown_number(f"{number:f}", f"#,##{plain}")
    assert shown is not None
    read = Decimal(shown.replace(",", ""))
    assert abs(read - number) <= Decimal(1).scaleb(-places) / 2


@given(st.integers(-(10**10), 10**10))
def test_whole_numbers_without_a_format_are_themselves(number: int) -> None:
    assert general(Decimal(number)) == str(number)
