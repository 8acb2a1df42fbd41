from __future__ import annotations

import errno
import hashlib
import threading

import pytest

from bidding.storage.beside import Beside


def test_hashes_beside_are_those_of_the_bytes_in_their_order():
    pieces = [bytes([number]) * (200_000 + number) for number in range(40)]
    one, other = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    beside = Beside(one.update, other.update)
    for piece in pieces:
        beside.update(piece)
    beside.settle()
    whole = b"".join(pieces)
    assert one.digest() == hashlib.sha256(whole).digest()
    assert other.digest() == hashlib.sha1(whole, usedforsecurity=False).digest()


def test_after_it_settled_no_thread_is_left_and_it_goes_on():
    running = hashlib.sha256()
    beside = Beside(running.update)
    for _ in range(2):
        beside.update(bytes(2 << 20))
        beside.settle()
        assert not [thread for thread in threading.enumerate() if thread.name == "beside"]
    assert running.digest() == hashlib.sha256(bytes(4 << 20)).digest()


def test_little_is_hashed_without_a_thread():
    running = hashlib.sha256()
    beside = Beside(running.update)
    beside.update(b"little")
    assert running.digest() == hashlib.sha256(b"little").digest()
    beside.settle()


def test_what_a_taker_raises_comes_out_and_nothing_is_taken_after_it():
    running = hashlib.sha256()

    def full(piece):
        if len(piece) == 1:
            raise OSError(errno.ENOSPC, "full")

    beside = Beside(full, running.update)
    beside.update(bytes(2 << 20))
    beside.update(b"!")
    with pytest.raises(OSError, match="full"):
        beside.settle()
    beside.update(b"more")
    beside.settle()
    assert running.digest() == hashlib.sha256(bytes(2 << 20)).digest()
