from __future__ import annotations

import errno
import hashlib
import threading
import time

import pytest

from bidding.storage.beside import _HANDS as HANDS
from bidding.storage.beside import Beside

LARGE = bytes(2 << 20)


def wait_until(holds):
    for _ in range(2_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


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


def test_it_goes_on_after_it_settled():
    running = hashlib.sha256()
    beside = Beside(running.update)
    for _ in range(2):
        beside.update(bytes(2 << 20))
        beside.settle()
    assert running.digest() == hashlib.sha256(bytes(4 << 20)).digest()


def test_with_more_streams_than_hands_each_is_taken_where_it_comes():
    """Also one whose hand left it because nothing came for a while, and which finds none when more comes."""
    takers, started, go_on = [], threading.Semaphore(0), threading.Event()

    def held(piece):
        takers.append(threading.current_thread())
        started.release()
        assert go_on.wait(20)

    first = Beside(lambda piece: takers.append(threading.current_thread()))
    first.update(LARGE)
    wait_until(lambda: not first._has_hand)
    busy = [Beside(held) for _ in range(HANDS)]
    for each in busy:
        each.update(LARGE)
        assert started.acquire(timeout=20)
    first.update(b"more")
    assert takers[-1] is threading.current_thread()
    assert takers.count(threading.current_thread()) == 1
    go_on.set()
    for each in busy:
        each.settle()
    first.update(b"and more")
    first.settle()
    assert takers[-1] is not threading.current_thread()


def test_a_line_that_hangs_keeps_no_hand():
    hanging = [Beside(bytes) for _ in range(HANDS)]
    for each in hanging:
        each.update(LARGE)
    wait_until(lambda: not any(each._has_hand for each in hanging))
    for each in hanging:
        each.settle()


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
