"""Numbers spelled in characters."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.values.numerals import read_numeral


def test_numerals() -> None:
    spelled = {
        "零": 0, "两": 2, "十": 10, "十二": 12, "一十二": 12, "二十": 20, "九十五": 95,
        "一百零五": 105,
        "一百二十三": 123, "一千零五十": 1050, "两千": 2000, "三万五千": 35000, "三万零五": 30005,
        "十万": 100_000, "一亿二千万": 120_000_000, "贰拾": 20, "壹佰零伍": 105,
    }  # fmt: skip
    assert {text: read_numeral(text) for text in spelled} == spelled
    assert read_numeral("半") == Decimal("0.5")


@pytest.mark.parametrize(
    "text",
    ["", "百", "万", "二三", "一百二", "一万一", "二〇二三", "零五", "一百零", "半半", "半十",
     "十十", "百一", "一零零", "第三", "3", "三十二十"],
)  # fmt: skip
def test_what_is_not_sure_to_be_a_number_is_none(text: str) -> None:
    assert read_numeral(text) is None
