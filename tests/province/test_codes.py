"""The unified transaction identifier against the standard's own arithmetic, and every slip of a copyist."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.codes import InvalidUscc
from bidding.province.codes import (
    ALPHABET,
    MAX_SERIAL,
    DealCode,
    DealCodeCheck,
    DealCodesUsedUp,
    InvalidDealCode,
    check_character,
    deal_code,
    read_deal_code,
)

PLATFORM = "91350100M000100Y43"
DAY = date(2026, 11, 23)
SIGNS = ALPHABET[:36]
payloads = st.text(SIGNS, min_size=35, max_size=35)


def by_powers(payload):
    """ISO/IEC 7064, 8.1, word for word: the check c makes the sum of a·2^(place-1) leave 1 when divided by 37."""
    total = sum(ALPHABET.index(sign) * 2 ** (len(payload) - at) for at, sign in enumerate(payload))
    return next(sign for value, sign in enumerate(ALPHABET) if (total + value) % 37 == 1)


@pytest.mark.parametrize(
    ("payload", "check"),
    [
        # A donation number of ISBT 128, whose keyboard check is the same MOD 37-2: the specification's own example.
        ("G123498654321", "H"),
        ("0", "1"),
        ("", "1"),
        ("1", "*"),
        ("A01" + PLATFORM + "20261123000001", by_powers("A01" + PLATFORM + "20261123000001")),
    ],
)
def test_the_check_is_the_one_of_the_standard(payload, check):
    assert check_character(payload) == check


@given(payloads)
def test_reducing_at_every_step_comes_to_the_same_as_powers_of_two(payload):
    assert check_character(payload) == by_powers(payload)


@given(payloads, st.integers(0, 34), st.sampled_from(SIGNS))
def test_any_single_wrong_sign_is_noticed(payload, place, sign):
    other = payload[:place] + sign + payload[place + 1 :]
    assert (check_character(other) == check_character(payload)) == (sign == payload[place])


@given(payloads, st.integers(0, 34), st.integers(0, 34))
def test_any_two_signs_that_changed_places_are_noticed(payload, one, other):
    """2 has the order 36 modulo 37, and the signs are fewer: every transposition shows, near or far."""
    signs = list(payload)
    signs[one], signs[other] = signs[other], signs[one]
    same = check_character("".join(signs)) == check_character(payload)
    assert same == (payload[one] == payload[other])


@pytest.mark.parametrize("bad", ["a", "*", "-", "1*2", "李"])
def test_other_signs_have_no_check(bad):
    with pytest.raises(ValueError, match=r"substring|asterisk"):
        check_character(bad)


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)), st.integers(1, MAX_SERIAL), st.integers(0, 99))
def test_an_identifier_has_forty_signs_and_can_be_read_back(day, serial, trade):
    code = deal_code(f"A{trade:02d}", PLATFORM, day, serial)
    assert len(code) == 40
    assert read_deal_code(code) == DealCode(f"A{trade:02d}", PLATFORM, day, serial)


def test_the_parts_stand_where_the_province_wants_them():
    assert deal_code("A01", PLATFORM, DAY, 1)[:38] == f"A01-{PLATFORM}-20261123-000001"


@pytest.mark.parametrize(("serial", "refused"), [(MAX_SERIAL, False), (MAX_SERIAL + 1, True)])
def test_a_day_has_a_last_number(serial, refused):
    if refused:
        with pytest.raises(DealCodesUsedUp):
            deal_code("A01", PLATFORM, DAY, serial)
    else:
        assert "-999999-" in deal_code("A01", PLATFORM, DAY, serial)


@pytest.mark.parametrize(
    ("trade", "platform", "serial", "error"),
    [
        ("01A", PLATFORM, 1, ValueError),
        ("A1", PLATFORM, 1, ValueError),
        ("A01", PLATFORM, 0, ValueError),
        ("A01", PLATFORM[:-1] + "4", 1, InvalidUscc),
        ("A01", PLATFORM.lower(), 1, ValueError),
    ],
)
def test_a_malformed_part_makes_no_identifier(trade, platform, serial, error):
    with pytest.raises(error):
        deal_code(trade, platform, DAY, serial)


GOOD = deal_code("A01", PLATFORM, DAY, 1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), DealCodeCheck),
        (GOOD.replace("A01", "A10"), DealCodeCheck),
        (GOOD.replace("-", ""), InvalidDealCode),
        (GOOD.replace("20261123", "20261323"), InvalidDealCode),
        (GOOD.lower(), InvalidDealCode),
        (GOOD + "\n", InvalidDealCode),
        ("", InvalidDealCode),
    ],
)
def test_what_is_no_identifier_is_refused_and_a_wrong_check_is_told_apart(text, error):
    with pytest.raises(error) as caught:
        read_deal_code(text)
    assert type(caught.value) is error
