"""Six digits and printed codes."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.identity import codes

#: RFC 6238, appendix B, SHA-1: the last six of the eight digits.
SECRET = b"12345678901234567890"
PUBLISHED = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(("seconds", "digits"), PUBLISHED)
def test_the_digits_are_those_of_the_rfc(seconds, digits):
    at = datetime.fromtimestamp(seconds, UTC)
    assert codes.digits(SECRET, codes.step_of(at)) == digits
    assert codes.matching_step(SECRET, digits, now=at, last=None) == codes.step_of(at)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_one_step_off(steps, taken):
    shown = codes.digits(SECRET, codes.step_of(NOW + steps * STEP))
    assert (codes.matching_step(SECRET, shown, now=NOW, last=None) is not None) is taken


def test_a_step_is_good_once_and_ends_those_before_it():
    here = codes.step_of(NOW)
    for step in (here, here - 1):
        assert codes.matching_step(SECRET, codes.digits(SECRET, step), now=NOW, last=here) is None
    assert codes.matching_step(SECRET, codes.digits(SECRET, here + 1), now=NOW, last=here) == here + 1


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "２８７０８２", "abcdef", "x" * 1000])
def test_anything_else_is_no_code(typed):
    assert codes.matching_step(SECRET, typed, now=datetime.fromtimestamp(59, UTC), last=None) is None


def test_the_address_names_centre_and_login():
    address = codes.address(SECRET, login="wang", centre="明川县政务服务中心")
    assert address.startswith("otpauth://totp/%E6%98%8E")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert ":wang?" in address


def test_a_sheet_holds_ten_different_codes_in_groups_of_four():
    sheet = codes.new_sheet(ReplayEntropy(b"sheet"))
    assert len(set(sheet)) == 10
    shown = codes.printed(sheet[0])
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    assert codes.normal(f" {shown.upper().replace('-', ' ')} ") == sheet[0]
    assert not codes.is_digits(sheet[0])


@pytest.mark.parametrize(
    ("typed", "is_digits"), [("123456", True), ("12345", False), ("１２３４５６", False)]
)
def test_six_digits_are_an_authenticators(typed, is_digits):
    assert codes.is_digits(typed) is is_digits
