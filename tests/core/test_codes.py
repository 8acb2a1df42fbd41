"""Codes that carry their own check."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.codes import (
    USCC_ALPHABET,
    IdCardBirth,
    IdCardCheckDigit,
    InvalidIdCard,
    InvalidUscc,
    UsccCharacter,
    UsccCheckDigit,
    UsccKind,
    UsccLength,
    UsccRegion,
    check_id_card,
    check_uscc,
    mask_id_card,
    uscc_check_digit,
    uscc_kind,
)

TODAY = date(2026, 11, 23)
FIRST = "91539921MA6KQ7X3A"
GOOD = FIRST + uscc_check_digit(FIRST)


def id_card(first):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]


PERSON = id_card("53992119900229001".replace("0229", "0228"))


def test_the_check_digit_is_that_of_the_standard():
    """The example of GB 32100-2015 itself."""
    assert uscc_check_digit("91350100M000100Y4") == "3"
    assert check_uscc("91350100M000100Y43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    "text", [GOOD.lower(), f" {GOOD[:8]}-{GOOD[8:]} ", "".join(chr(ord(c) + 0xFEE0) for c in GOOD)]
)
def test_spelling_is_forgiven(text):
    assert check_uscc(text) == GOOD


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (GOOD[:-1], UsccLength),
        ("", UsccLength),
        (GOOD + "0", UsccLength),
        (GOOD[:9] + "O" + GOOD[10:], UsccCharacter),
        (GOOD[:2] + "A" + GOOD[3:], UsccRegion),
        ("99" + GOOD[2:], UsccKind),
        (FIRST + ("0" if GOOD[-1] != "0" else "1"), UsccCheckDigit),
    ],
)
def test_a_wrong_code_is_refused_for_its_reason(text, refusal):
    with pytest.raises(refusal) as refused:
        check_uscc(text)
    assert isinstance(refused.value, InvalidUscc)
    assert "%(" not in str(refused.value)


@given(st.integers(8, 16), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_is_always_noticed(place, character):
    wrong = GOOD[:place] + character + GOOD[place + 1 :]
    if wrong == GOOD:
        return
    with pytest.raises(UsccCheckDigit):
        check_uscc(wrong)


@given(st.integers(8, 15))
def test_two_neighbours_exchanged_are_always_noticed(place):
    wrong = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2 :]
    if wrong == GOOD:
        return
    with pytest.raises(UsccCheckDigit):
        check_uscc(wrong)


def test_what_is_too_short_for_a_check_digit_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="17 characters"):
        uscc_check_digit("123")


def test_the_right_check_digit_is_not_told():
    with pytest.raises(UsccCheckDigit) as refused:
        check_uscc(FIRST + ("0" if GOOD[-1] != "0" else "1"))
    assert GOOD[-1] not in str(refused.value).replace("18", "")


def test_what_sort_of_body_a_code_belongs_to():
    assert uscc_kind(GOOD) == "企业"


def test_an_identity_number_is_taken_with_a_small_x_and_spaces():
    number = next(n for n in (id_card(f"5399211990022800{d}") for d in range(10)) if n.endswith("X"))
    assert check_id_card(f" {number[:6]} {number[6:-1]}x", today=TODAY) == number


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", InvalidIdCard),
        (PERSON[:-1], InvalidIdCard),
        ("0" + PERSON[1:], InvalidIdCard),
        (id_card("53992119900231001"), IdCardBirth),
        (id_card("53992118991231001"), IdCardBirth),
        (id_card("53992120261124001"), IdCardBirth),
        (PERSON[:-1] + ("0" if PERSON[-1] != "0" else "1"), IdCardCheckDigit),
    ],
)
def test_a_wrong_identity_number_is_refused_and_never_repeated(number, refusal):
    with pytest.raises(refusal) as refused:
        check_id_card(number, today=TODAY)
    assert not number or number not in str(refused.value)


def test_born_today_is_possible():
    assert check_id_card(id_card("53992120261123001"), today=TODAY)


def test_pages_show_neither_birth_nor_whole_number():
    masked = mask_id_card(PERSON)
    assert len(masked) == 18
    assert masked.startswith("53*")
    assert PERSON[6:14] not in masked
