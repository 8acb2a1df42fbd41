from __future__ import annotations

import pytest

from bidding.core.canonical import Malformed
from bidding.sealing.bech32 import decode, encode


def test_what_is_written_is_read_again():
    for size in (0, 1, 2, 5, 31, 32, 33):
        data = bytes(range(size))
        assert decode("age", encode("age", data)) == data


def test_the_checksum_is_that_of_bip_173():
    assert encode("a", b"") == "a12uel5l"
    assert encode("abcdef", bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")) == (
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
    )


@pytest.mark.parametrize(
    ("prefix", "text"),
    [
        ("age", "agf1qqqq"),
        ("age", "age1qqqqqb"),
        ("age", "age1qqq"),
        ("age", ""),
        ("age", encode("age", bytes(32))[:-1] + "q"),
        ("age", encode("age", bytes(32)).upper()),
        ("age", "age1" + encode("age", bytes(32))[5:]),
    ],
    ids=["other-prefix", "sign-b", "short", "empty", "check-sign", "upper-case", "left-out"],
)
def test_a_slip_of_the_pen_is_noticed(prefix, text):
    with pytest.raises(Malformed):
        decode(prefix, text)


def test_every_single_wrong_sign_is_noticed():
    text = encode("age", bytes(range(32)))
    for place in range(4, len(text)):
        wrong = "q" if text[place] != "q" else "p"
        with pytest.raises(Malformed):
            decode("age", text[:place] + wrong + text[place + 1 :])


def test_padding_bits_are_zero():
    # one byte in two groups of five: the last two bits of the second must be zero
    with pytest.raises(Malformed, match="padding"):
        decode("a", _with_groups([31, 31]))


def _with_groups(groups):
    from bidding.sealing.bech32 import _ALPHABET, _expanded, _polymod

    check = _polymod([*_expanded("a"), *groups, *[0] * 6]) ^ 1
    groups = groups + [check >> 5 * (5 - place) & 31 for place in range(6)]
    return "a1" + "".join(_ALPHABET[group] for group in groups)
