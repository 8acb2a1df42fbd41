"""Addresses that are taken, addresses that would do harm, and codes."""

from datetime import timedelta

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.messages import rules


@pytest.mark.parametrize(
    "typed", ["li@example.com", " Li.Si+bids@mail.example.com.cn ", "o'neil@a-b.example"]
)
def test_an_address_is_taken_without_its_spaces(typed):
    assert rules.email(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "li",
        "li@",
        "@example.com",
        "li@localhost",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com\nX: y",
        "Li <li@example.com>",
        "li@exa mple.com",
        "li..si@example.com",
        "李@example.com",
        "li@[127.0.0.1]",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.com",
    ],
)
def test_what_is_no_single_plain_address_is_refused(typed):
    with pytest.raises(rules.NotAnAddress):
        rules.email(typed)


@pytest.mark.parametrize(
    ("typed", "number"), [("138 0013 8000", "13800138000"), ("+86-138-0013-8000", "+8613800138000")]
)
def test_a_number_is_taken_as_digits(typed, number):
    assert rules.mobile(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "12345", "138x0138000", "1" * 16, "++8613800138000", "13800138000\r\n1"]
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(rules.NotAMobile):
        rules.mobile(typed)


def test_a_code_is_six_digits_and_counts_for_one_account_and_address():
    code = rules.new_code(ReplayEntropy(b"code"))
    assert len(code) == 6
    assert code.isdigit()
    of = rules.digest("acc", "a@example.com", code)
    assert of != rules.digest("other", "a@example.com", code)
    assert of != rules.digest("acc", "b@example.com", code)


def test_codes_are_counted_within_a_day(clock):
    now = clock.now()
    assert rules.may_send(0, None, now)
    assert rules.may_send(rules.CODES_A_DAY - 1, now, now)
    assert not rules.may_send(rules.CODES_A_DAY, now, now + rules.DAY - timedelta(microseconds=1))
    assert rules.may_send(rules.CODES_A_DAY, now, now + rules.DAY)
