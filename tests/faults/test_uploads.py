"""What can happen to uploads on the real server: clients and the server die, lines hang, the database is held."""

from __future__ import annotations

import fcntl
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from bidding.core.clock import SystemClock
from bidding.ledger.models import Leaf
from bidding.server import STOP_WITHIN, room_for_lines
from bidding.submissions.models import ArmedBid, Attempt, Bid, Gate
from bidding.submissions.rules import BidState
from bidding.tenders.models import Project
from tests.real import Real, until

MIB = 1 << 20
PART = 2 * MIB
#: As ``bidding serve`` has them.
THREADS = 256
OFFER, INDEX, FILE = ("offer", 0), ("files", 0), ("files", 1)
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
FORM = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\nlogin="
now = SystemClock().now


@pytest.fixture
def line(real, tmp_path):
    path = tmp_path / "technical.bin"
    path.write_bytes(bytes(range(256)) * 4 * 1024 * 7)  # 7 MiB, and with padding a little more
    return real.fresh(path)


def go_on(line, place, offset):
    """Send the rest in parts, as a client does that asks when it is refused; how many bytes counted."""
    data, sent = line.files[place], 0
    while offset < len(data):
        part = data[offset : offset + PART]
        answer = line.patch(place, part, offset)
        if answer.status_code in (409, 423):  # the server is still taking leave of the line that died
            time.sleep(0.02)
            offset = line.offset(place)
            continue
        assert answer.status_code == 204, answer.text
        offset, sent = offset + len(part), sent + len(part)
    return sent


@pytest.mark.parametrize("checked", [True, False], ids=["with checksums", "without"])
@pytest.mark.parametrize("percent", [1, 50, 99])
def test_of_a_client_that_dies_no_more_than_one_part_comes_again(line, percent, checked):
    line.sign()
    line.send(OFFER, INDEX)
    line.create(FILE)
    data = line.files[FILE]
    cut = len(data) * percent // 100
    offset = cut // PART * PART
    for start in range(0, offset, PART):
        assert line.patch(FILE, data[start : start + PART], start).status_code == 204
    line.begin(FILE, data[offset : offset + PART], offset, cut - offset, checked=checked).close()
    until(lambda: line.patch(FILE, b"", line.offset(FILE)).status_code == 204)
    durable = line.offset(FILE)
    assert durable >= offset
    assert cut + go_on(line, FILE, durable) <= len(data) + PART
    assert line.state()["state"] == "effective"


def test_of_a_server_that_is_killed_no_more_than_one_part_comes_again(real, line):
    line.sign()
    line.send(OFFER, INDEX)
    line.create(FILE)
    data = line.files[FILE]
    line.patch(FILE, data[:PART])
    hanging = line.begin(FILE, data[PART : 2 * PART], PART, MIB)
    time.sleep(0.1)
    real.kill()
    hanging.close()
    real.start()
    assert line.offset(FILE) == PART
    assert go_on(line, FILE, PART) == len(data) - PART
    assert line.state()["state"] == "effective"


def test_a_stop_waits_for_no_line_that_hangs(real, line):
    line.create(FILE)
    with hanging(line, FILE):
        real.process.terminate()
        real.process.wait(2 * STOP_WITHIN)
    real.start()
    assert go_on(line, FILE, line.offset(FILE)) == len(line.files[FILE])


def test_of_many_parts_at_once_for_one_file_one_is_taken(line):
    line.create(FILE)
    data, codes = line.files[FILE], []
    threads = [
        threading.Thread(target=lambda: codes.append(line.patch(FILE, data[:PART]).status_code))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(204) == 1
    assert set(codes) <= {204, 409, 423}
    go_on(line, FILE, PART)
    assert line.state()["files"][0]["whole"]


def hanging(line, place):
    """A line that holds the file. One that came just while we asked whether it does was refused, and comes again."""
    for _ in range(20):
        held = line.begin(place, line.files[place][:PART], 0, MIB)
        for _ in range(5):
            time.sleep(0.1)
            if line.patch(place, b"", 0).status_code == 423:
                return held
        held.close()
    raise AssertionError("nobody ever held it")


def test_a_part_that_hangs_keeps_its_file_and_nobody_elses(real, line):
    line.create(FILE)
    line.create(OFFER)
    with hanging(line, FILE):
        assert line.send(OFFER).status_code == 204
    assert go_on(line, FILE, line.offset(FILE)) == len(line.files[FILE])


def test_retries_of_one_message_all_at_once_make_one_bid(line):
    line.send()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(line.sign())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    count = select(func.count(Bid.id)).where(Bid.uid == line.bid)
    assert line.real.ask(lambda session: session.scalar(count)) == 1
    receipts = {line.http.get(answer.json()["receipt"]).status_code for answer in answers}
    assert receipts == {200}


@contextmanager
def database_held(real):
    """Both of SQLite's locks, as a backup that went wrong would hold them."""
    path = real.home / "instance" / "bidding.db"
    database = sqlite3.connect(path, isolation_level=None)
    with open(f"{path}.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            database.execute("ROLLBACK")
            database.close()


@pytest.fixture
def own(tmp_path_factory):
    """A server whose tender closes in the test."""
    served = Real(tmp_path_factory.mktemp("closing"), tenderers=3)
    served.start()
    yield served
    served.stop()


def close_in(real, seconds):
    """Let the deadline be so many seconds from now, past what an agency may set; the instant."""
    closes_at = now() + timedelta(seconds=seconds)

    def set_it(session):
        session.execute(update(Gate).values(closes_at=closes_at, next_due_at=closes_at))
        session.execute(update(Project).values(closes_at=closes_at))
        session.commit()

    real.ask(set_it)
    return closes_at


def test_a_database_that_is_held_over_the_deadline_makes_nobody_late(own, tmp_path):
    """Last parts that are durable before the deadline wait for the database, and the close waits for them.

    Two servers of the centre run, and both would close: one record is written.
    """
    path = tmp_path / "technical.bin"
    path.write_bytes(bytes(100_000))
    lines = [own.fresh(path) for _ in range(3)]
    for each in lines:
        assert each.sign().status_code == 202
        each.send(OFFER, INDEX)
        each.create(FILE)
    late = lines.pop()
    answers = []
    with own.beside():
        closes_at = close_in(own, 1.5)
        with database_held(own):
            threads = [
                threading.Thread(target=lambda each=each: answers.append(each.patch(FILE, each.files[FILE])))
                for each in lines
            ]
            for thread in threads:
                thread.start()
            while now() < closes_at + timedelta(seconds=1):
                time.sleep(0.05)
            assert answers == []
        for thread in threads:
            thread.join()
        assert [answer.headers.get("Bid-State") for answer in answers] == ["accepted"] * 2
        until(lambda: own.ask(lambda session: session.scalar(select(Gate.settled_at)) is not None), 20)
    records = select(func.count(Leaf.id)).where(Leaf.type == "close")
    assert own.ask(lambda session: session.scalar(records)) == 1
    assert late.patch(FILE, late.files[FILE]).json()["code"] == "submission.too_late"
    stamps = own.ask(
        lambda session: list(session.scalars(select(Bid.received_at).where(Bid.state == BidState.EFFECTIVE)))
    )
    assert len(stamps) == 2
    assert max(stamps) < closes_at
    assert own.ask(lambda session: list(session.scalars(select(Attempt.code)))) == ["submission.incomplete"]
    assert own.ask(lambda session: session.scalar(select(ArmedBid.id))) is None


def test_slow_connections_keep_nobody_out(real, line, tmp_path):
    """Heads that never end cost no thread, and there is room for ten thousand of them, or as many files as this machine
    lets a process open; bodies that never end cost a thread each, and neither all who are not signed in together nor one
    tenderer can have them all.
    """
    crowd = []
    path = tmp_path / "small.bin"
    path.write_bytes(bytes(10_000))
    other = real.fresh(path)
    try:
        for head, count in ((HEAD, min(10_000, room_for_lines() - 1_000)), (FORM, THREADS + 20)):
            for _ in range(count):
                slow = socket.create_connection(("127.0.0.1", real.port), 5)
                crowd.append(slow)
                slow.sendall(head)
        line.create(FILE)
        crowd += [line.begin(FILE, line.files[FILE][:PART], 0, 1000) for _ in range(100)]
        began = time.monotonic()
        assert other.http.get("/notices").status_code == 200
        assert other.send(OFFER).status_code == 204
        assert time.monotonic() - began < 5
        assert httpx.post(f"{real.url}/sign-in", data={"login": "t1"}).status_code == 503
    finally:
        for slow in crowd:
            slow.close()
    until(lambda: httpx.post(f"{real.url}/sign-in", data={"login": "t1"}).status_code != 503)
