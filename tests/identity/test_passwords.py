"""Hashing passwords."""

import threading

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.identity.passwords import Hasher, Lane, TooBusy, guessable


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


class Slow(Hasher):
    """Thinks until it is told."""

    def __init__(self):
        super().__init__(rounds=1, memory_kib=8, lanes=1, at_once=4)
        self.thinking, self.told = threading.Semaphore(0), threading.Event()

    def _matches(self, encoded, password):
        self.thinking.release()
        self.told.wait(10)
        return super()._matches(encoded, password)


def test_a_flood_of_strangers_keeps_nobody_from_a_known_browser_and_no_thread_for_long():
    """Two strangers are served and four wait; the seventh is sent away, and a known browser has its own turn."""
    hasher = Slow()
    crowd = [threading.Thread(target=hasher.verify, args=(None, "guess")) for _ in range(6)]
    for each in crowd:
        each.start()
    for _ in range(2):
        assert hasher.thinking.acquire(timeout=10)
    while hasher._strangers._door._value:
        threading.Event().wait(0.001)
    with pytest.raises(TooBusy):
        hasher.verify(None, "guess")
    known = threading.Thread(target=hasher.verify, args=(None, "mine"), kwargs={"is_known": True})
    known.start()
    assert hasher.thinking.acquire(timeout=10)
    hasher.told.set()
    for each in (*crowd, known):
        each.join(10)


def test_a_lane_is_free_again_after_a_fault():
    lane = Lane(1, waiting=0)
    with pytest.raises(ZeroDivisionError), lane.turn():
        raise ZeroDivisionError
    with lane.turn(), pytest.raises(TooBusy), lane.turn():
        pass
