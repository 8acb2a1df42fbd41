"""No room on the real server: neither for files nor for rows. 507, nothing is lost, and it goes on when there is room."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bidding.submissions.models import Bid, Intake
from tests.real import ROOT, Real, until

MIB = 1 << 20
PART = 2 * MIB
OFFER, INDEX, FILE = ("offer", 0), ("files", 0), ("files", 1)


@pytest.fixture
def attachment(tmp_path):
    path = tmp_path / "technical.bin"
    path.write_bytes(bytes(range(256)) * 4 * 1024 * 9)  # 9 MiB: more than the database's files have
    return path


@contextmanager
def no_file_beyond(real, size):
    """What the kernel refuses a server whose files may not grow past ``size`` bytes: the write ends half way, EFBIG."""
    group = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    group = [pid for pid in group if in_group(pid, real.process.pid)]
    before = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in group]
    for pid, (_, most) in zip(group, before, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, most))
    yield
    for pid, limits in zip(group, before, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def in_group(pid, leader):
    try:
        return os.getpgid(pid) == leader
    except ProcessLookupError:
        return False


def send_from(line, place, offset):
    """The rest of a file, part by part; the last answer."""
    data, answer = line.files[place], None
    for start in range(offset, len(data), PART):
        answer = line.patch(place, data[start : start + PART], start)
        assert answer.status_code == 204, answer.text
    return answer


def test_a_disk_without_room_keeps_every_part_that_it_has_said_yes_to(real, attachment):
    line, package = real.fresh(attachment), real.fresh(attachment)
    assert line.sign().status_code == 202
    line.send(OFFER, INDEX)
    line.create(FILE)
    data = line.files[FILE]
    for start in range(0, 3 * PART, PART):
        line.patch(FILE, data[start : start + PART], start)

    with no_file_beyond(real, 7 * MIB):
        for checked in (True, False):
            answer = line.patch(FILE, data[3 * PART : 4 * PART], 3 * PART, checked=checked)
            assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
            assert line.offset(FILE) == 3 * PART
        assert package.send_package().status_code == 507
        assert line.http.get("/notices").status_code == 200

    assert send_from(line, FILE, 3 * PART).headers["Bid-State"] == "accepted"
    assert line.state()["state"] == "effective"
    assert package.send_package().status_code == 201


class Bounded(Real):
    """A centre whose database can be full: ``tests.faults.bounded``."""

    def command(self, port):
        ways = ["--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "32"]
        place = ["--working-dir", str(ROOT), "--factory", "tests.faults.bounded:served"]
        return [sys.executable, "-m", "granian", *ways, *place]

    @contextmanager
    def full(self):
        mark = self.home / "instance" / "full"
        mark.touch()
        yield
        mark.unlink()


@pytest.fixture
def bounded(tmp_path_factory):
    served = Bounded(tmp_path_factory.mktemp("bounded"), tenderers=3)
    served.start()
    yield served
    served.stop()


def test_a_full_database_refuses_what_is_new_and_decides_later_what_was_stamped(bounded, tmp_path):
    small = tmp_path / "small.bin"
    small.write_bytes(bytes(10_000))
    stands, stamped, late = [bounded.fresh(small) for _ in range(3)]
    stands.send()
    assert stands.sign().status_code == 201
    assert stamped.sign().status_code == 202
    stamped.send(OFFER, INDEX)
    stamped.create(FILE)

    with bounded.full():
        answer = late.sign()
        assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
        answer = stamped.patch(FILE, stamped.files[FILE])
        assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
        assert stands.http.get(stands.state()["receipt"]).status_code == 200
        in_time = bounded.ask(
            lambda session: session.scalars(select(Intake.stamp_at).order_by(Intake.id)).all()
        )
        assert len(in_time) == 1, "the stamp needs no room"
        assert stamped.state()["state"] == "deciding"

    until(lambda: stamped.state()["state"] == "effective", 60)
    at = bounded.ask(lambda session: session.scalar(select(Bid.received_at).where(Bid.uid == stamped.bid)))
    assert at == in_time[0]
    late.send()
    assert late.sign().status_code == 201
    assert bounded.ask(lambda session: session.scalar(select(func.count(Bid.id)))) == 3
    for each in (stands, stamped, late):
        assert each.http.get(each.state()["receipt"]).status_code == 200
