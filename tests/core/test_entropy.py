"""Randomness: fresh from the system, the same again in tests, and identifiers nobody guesses or misreads."""

from collections import Counter

from bidding.core.entropy import ReplayEntropy, SystemEntropy, new_uid


def test_the_system_never_repeats_itself():
    assert len({SystemEntropy().bytes(16) for _ in range(100)}) == 100


def test_a_replay_is_the_same_however_it_is_cut():
    whole, parts = ReplayEntropy(b"s"), ReplayEntropy(b"s")
    assert whole.bytes(100) == parts.bytes(1) + parts.bytes(63) + parts.bytes(36)
    assert ReplayEntropy(b"t").bytes(16) != ReplayEntropy(b"s").bytes(16)
    assert whole.bytes(0) == b""


def test_identifiers_have_no_signs_that_are_mistaken():
    uid = new_uid(SystemEntropy())
    assert len(uid) == 12
    assert not set(uid) & set("01ilo")
    assert len(new_uid(SystemEntropy(), 30)) == 30


def test_every_sign_is_as_likely():
    counts = Counter(new_uid(ReplayEntropy(b"many"), 31 * 400))
    assert len(counts) == 31
    assert max(counts.values()) < 1.25 * 400
    assert min(counts.values()) > 0.75 * 400


class Worst:
    """A generator whose every first byte is one that would bias."""

    def __init__(self):
        self.turn = 0

    def bytes(self, count):
        self.turn += 1
        return bytes([255] * count) if self.turn % 2 else bytes(count)


def test_bytes_that_would_bias_are_thrown_away():
    assert new_uid(Worst(), 4) == "2222"
