"""Ed25519, checked as strictly as protocol §1 wants it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.core.signing import (
    is_acceptable_key,
    public_key,
    sign_bytes,
    sign_object,
    verify_bytes,
    verify_object,
)

SEED = bytes(range(32))
KEY = public_key(SEED)
L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19


def test_the_first_vector_of_rfc_8032():
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert public_key(seed).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = sign_bytes(seed, b"")
    assert signature.hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
    assert verify_bytes(public_key(seed), b"", signature)


@given(st.binary(max_size=64), st.integers(0, 511))
@settings(max_examples=50)
def test_a_changed_bit_breaks_the_signature(message, bit):
    signature = bytearray(sign_bytes(SEED, message))
    assert verify_bytes(KEY, message, bytes(signature))
    assert not verify_bytes(KEY, message + b"x", bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify_bytes(KEY, message, bytes(signature))


def test_a_second_spelling_of_a_signature_is_refused():
    signature = sign_bytes(SEED, b"m")
    s = int.from_bytes(signature[32:], "little")
    assert not verify_bytes(KEY, b"m", signature[:32] + (s + L).to_bytes(32, "little"))
    assert not verify_bytes(KEY, b"m", signature + b"\0")
    assert not verify_bytes(KEY, b"m", b"")


@pytest.mark.parametrize(
    "y",
    [0, 1, P - 1, P, P + 1, 2**255 - 1, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7],
)
@pytest.mark.parametrize("sign", [0, 1])
def test_keys_that_prove_nothing_are_refused(y, sign):
    key = (y | sign << 255).to_bytes(32, "little")
    assert not is_acceptable_key(key)
    assert not verify_bytes(key, b"m", bytes(32) + bytes(32))
    identity = (1).to_bytes(32, "little")
    assert not verify_bytes(key, b"m", identity + bytes(32))


def test_a_key_has_32_bytes_and_lies_on_the_curve():
    assert is_acceptable_key(KEY)
    assert not is_acceptable_key(KEY[:31])
    assert not is_acceptable_key(KEY + b"\0")
    assert not verify_bytes((2).to_bytes(32, "little"), b"m", bytes(64))


def test_objects_are_signed_under_their_tag():
    signature = sign_object(SEED, "bidseal/v1 manifest", {"b": 1, "a": 2})
    assert verify_object(KEY, "bidseal/v1 manifest", {"a": 2, "b": 1}, signature)
    assert not verify_object(KEY, "bidseal/v1 withdraw", {"a": 2, "b": 1}, signature)
    assert not verify_object(KEY, "bidseal/v1 manifest", {"a": 2, "b": 2}, signature)


@pytest.mark.parametrize(
    "change", [str.upper, lambda s: s[:-2], lambda s: s + "00", lambda s: "zz" + s[2:], lambda _: None]
)
def test_a_signature_has_one_spelling(change):
    signature = sign_object(SEED, "t", {})
    assert any(c in signature for c in "abcdef")
    assert not verify_object(KEY, "t", {}, change(signature))
