from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core import money

amounts = st.integers(min_value=0, max_value=money.MAX_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12,146,300.00", 1214630000),
        ("12146300", 1214630000),
        ("0", 0),
        ("0.01", 1),
        ("0.1", 10),
        ("１２", 1200),
        ("１，２３４．５", 123450),
        ("￥12.50", 1250),
        ("¥ 12.50", 1250),
        ("12.50元", 1250),
        ("人民币 300 元整", 30000),
        (" 300 ", 30000),
        ("300.000", 30000),
        ("90071992547409.91", money.MAX_FEN),
    ],
)
def test_yuan_is_read(text: str, fen: int) -> None:
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "元",
        "一百",
        "12,3",
        "1,2345",
        ",123",
        "12.",
        ".5",
        "1.234",
        "-1",
        "－１",
        "1e3",
        "12万",
        "1 2 x",
        "٣",
        "90071992547409.92",
    ],
)
def test_what_is_no_amount_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff].*。$"):
        money.parse_yuan(text)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,214.63", 1214630000),
        ("9.8", 9800000),
        ("0.000001", 1),
        ("2,121.40万元", 2121400000),
        ("10万", 10000000),
    ],
)
def test_wan_is_read(text: str, fen: int) -> None:
    assert money.parse_wan(text) == fen


def test_wan_finer_than_a_fen_is_refused() -> None:
    with pytest.raises(ValueError, match="6 位小数"):
        money.parse_wan("0.0000001")


@given(amounts)
def test_what_is_written_is_read_back(fen: int) -> None:
    assert money.parse_yuan(money.yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "yuan", "wan"),
    [
        (123450, "1,234.50", "0.12"),
        (-123450, "-1,234.50", "-0.12"),
        (1, "0.01", "0.00"),
        (-1, "-0.01", "0.00"),
        (1214630000, "12,146,300.00", "1,214.63"),
        (5000, "50.00", "0.01"),
        (4999, "49.99", "0.00"),
        (-5000, "-50.00", "-0.01"),
    ],
)
def test_amounts_are_written(fen: int, yuan: str, wan: str) -> None:
    assert (money.yuan(fen), money.wan(fen)) == (yuan, wan)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (1000, "壹拾元整"),
        (1500, "壹拾伍元整"),
        (10100, "壹佰零壹元整"),
        (100100, "壹仟零壹元整"),
        (101000, "壹仟零壹拾元整"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (1000000, "壹万元整"),
        (1000100, "壹万零壹元整"),
        (1010000, "壹万零壹佰元整"),
        (10000000, "壹拾万元整"),
        (100000000, "壹佰万元整"),
        (100100000, "壹佰万壹仟元整"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (1214630000, "壹仟贰佰壹拾肆万陆仟叁佰元整"),
        (10000000000, "壹亿元整"),
        (10000000100, "壹亿零壹元整"),
        (10010000000, "壹亿零壹拾万元整"),
        (11000000000, "壹亿壹仟万元整"),
        (10100000000, "壹亿零壹佰万元整"),
        (123456789012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
        (100000000000000, "壹万亿元整"),
        (120000000000000, "壹万贰仟亿元整"),
        (-10000, "负壹佰元整"),
    ],
)
def test_capital_numerals(fen: int, words: str) -> None:
    assert money.daxie(fen) == words


VALUES = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_capital(words: str) -> int:
    """The number a reader understands: an independent reading of the capital numerals."""
    for big, unit in (("亿", 10**8), ("万", 10**4)):
        head, sign, tail = words.rpartition(big)
        if sign:
            return read_capital(head) * unit + read_capital(tail)
    total = digit = 0
    for sign in words:
        if sign in UNITS:
            total += digit * UNITS[sign]
            digit = 0
        else:
            digit = VALUES[sign]
    return total + digit


@given(amounts)
def test_capital_numerals_say_the_amount(fen: int) -> None:
    words = money.daxie(fen)
    assert "零零" not in words
    whole, sign, rest = words.rpartition("元")
    jiao, odd = rest.find("角"), rest.find("分")
    small = (VALUES[rest[jiao - 1]] * 10 if jiao > 0 else 0) + (VALUES[rest[odd - 1]] if odd > 0 else 0)
    assert read_capital(whole) * 100 + small == fen
    assert words.endswith("整") == (fen % 10 == 0)
    assert bool(sign) == (fen >= 100 or fen == 0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "places", "text"),
    [
        (1, 3, 2, "33.33"),
        (165259, 1209309, 2, "13.67"),
        (1, 800, 2, "0.13"),
        (-1, 800, 2, "-0.13"),
        (-1, 10**6, 2, "0.00"),
        (1, 2, 0, "50"),
        (5, -10, 1, "-50.0"),
    ],
)
def test_percent(numerator: int, denominator: int, places: int, text: str) -> None:
    assert money.percent(numerator, denominator, places) == text


def test_percent_of_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        money.percent(1, 0)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15))
def test_percent_rounds_the_half_up(numerator: int, denominator: int) -> None:
    exact = (
        Decimal(money.percent(numerator, denominator, 6)) - Decimal(numerator) * 100 / Decimal(denominator)
    ).copy_abs()
    assert exact <= Decimal("0.0000005001")


@given(st.integers(-(10**15), 10**15))
def test_percent_agrees_with_decimal_for_exact_ratios(numerator: int) -> None:
    want = (Decimal(numerator) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(money.percent(numerator, 100_000)) == want
