"""Hashing passwords."""

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.identity.passwords import Hasher, guessable


@pytest.fixture
def hasher():
    return Hasher(rounds=1, memory_kib=8, lanes=1, at_once=2)


def test_a_password_is_known_by_its_hash_alone(hasher):
    encoded = hasher.hash("correct horse battery staple", ReplayEntropy(b"salt"))
    assert encoded.startswith("$argon2id$")
    assert "correct" not in encoded
    assert hasher.verify(encoded, "correct horse battery staple")
    assert not hasher.verify(encoded, "correct horse battery stable")


def test_the_same_password_has_another_hash_each_time(hasher):
    entropy = ReplayEntropy(b"salt")
    assert hasher.hash("one and the same", entropy) != hasher.hash("one and the same", entropy)


def test_full_width_and_half_width_are_one_password(hasher):
    encoded = hasher.hash("ｈｏｒｓｅ battery", ReplayEntropy(b"salt"))
    assert hasher.verify(encoded, "horse battery")


@pytest.mark.parametrize("encoded", [None, "", "not a hash"])
@pytest.mark.parametrize("password", ["nobody", "", "x" * 10_000])
def test_no_hash_never_opens(hasher, encoded, password):
    """Nor does the password behind the stand-in for unknown accounts."""
    assert not hasher.verify(encoded, password)


def test_dated_costs_are_noticed(hasher):
    encoded = hasher.hash("some password", ReplayEntropy(b"salt"))
    assert not hasher.is_dated(encoded)
    assert Hasher(rounds=2, memory_kib=16, lanes=1, at_once=1).is_dated(encoded)


def test_guessable_words_are_lower_case_and_not_empty():
    assert "password" in guessable()
    assert all(word and word == word.lower() for word in guessable())
