"""The served centre's disk: it loses what was not synced, a sync fails, and what a crash left is swept."""

from __future__ import annotations

import hashlib
import os

import pytest
from sqlalchemy import select

from bidding.submissions.jobs import GRACE
from bidding.submissions.models import Bid, SealedFile
from bidding.wiring.work import SWEEP
from tests.real import until

pytestmark = pytest.mark.xdist_group("steered")

MIB = 1 << 20
PART = 2 * MIB
LAST = ("files", 1)


@pytest.fixture
def large(tmp_path):
    """A paper that comes in parts."""
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(range(256)) * 4 * 1024 * 5)
    return path


def blobs_of(steered, line):
    """Of every ciphertext of a bid that stands whether it lies whole in its place."""
    found = select(SealedFile.sha256).join(Bid, SealedFile.bid_id == Bid.id).where(Bid.uid == line.bid)
    digests = steered.ask(lambda session: list(session.scalars(found)))
    places = [steered.instance / "sealed" / digest[:2] / digest[2:] for digest in digests]
    return [
        place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == digest
        for place, digest in zip(places, digests, strict=True)
    ]


def test_after_a_power_cut_there_is_everything_that_was_said_to_be_there(steered, small, large):
    """Names and bytes that no sync had made durable are gone: an accepted bid is whole, and acknowledged parts are."""
    tender = steered.another("power")
    package, parts, half = [
        steered.line_of(tender, number, paper) for number, paper in ((1, small), (2, small), (3, large))
    ]
    assert package.send_package().status_code == 201
    parts.send()
    assert parts.sign().status_code == 201
    half.sign()
    half.send(("offer", 0), ("files", 0))
    half.create(LAST)
    data = half.files[LAST]
    assert half.patch(LAST, data[:PART]).status_code == 204
    hanging = half.begin(LAST, data[PART : 2 * PART], PART, PART - 1, checked=False)
    upload = steered.instance / "sealed" / "uploads" / half.urls[LAST].rpartition("/")[2]
    until(lambda: upload.stat().st_size > PART)

    steered.cut_the_power()
    hanging.close()
    assert upload.stat().st_size == PART
    steered.start()

    for line in (package, parts):
        assert line.state()["state"] == "effective"
        assert line.http.get(line.state()["receipt"]).status_code == 200
        assert blobs_of(steered, line) == [True] * 3
    assert half.offset(LAST) == PART
    for start in range(PART, len(data), PART):
        answer = half.patch(LAST, data[start : start + PART], start)
        assert answer.status_code == 204
    assert answer.headers["Bid-State"] == "accepted"


def test_after_a_failed_sync_the_file_comes_again_and_nothing_that_stood_falls(steered, small):
    tender = steered.another("broken")
    stands, comes, package = [steered.line_of(tender, number, small) for number in (1, 2, 3)]
    stands.send()
    assert stands.sign().status_code == 201
    comes.sign()
    comes.send(("offer", 0), ("files", 0))
    comes.create(LAST)
    with steered.broken():
        answer = comes.patch(LAST, comes.files[LAST])
        assert answer.status_code == 500
        assert answer.json()["reference"]
        assert comes.offset(LAST) == 0, "no second sync makes it durable"
        assert package.send_package().status_code == 500
        assert stands.http.get(stands.state()["receipt"]).status_code == 200
        assert comes.state()["state"] == "armed"
    log = (steered.home / "server.log").read_text()
    assert "Input/output error; it has to come again from its start" in log
    assert comes.patch(LAST, comes.files[LAST]).headers["Bid-State"] == "accepted"
    assert package.send_package().status_code == 201
    assert stands.state()["state"] == "effective"


def test_what_a_crash_left_is_swept_a_day_later_and_nothing_else(steered, small):
    """``test_killed`` shows that such a blob is all that a kill between sync and commit leaves."""
    tender = steered.another("swept")
    line = steered.line_of(tender, 1, small)
    line.send()
    assert line.sign().status_code == 201
    left = steered.now() - GRACE
    with steered.app.app_context():
        store = steered.app.extensions["sealed_blobs"]
        old, young = [store.path(store.put(data)) for data in (b"left yesterday", b"on its way")]
    for path, at in ((old, left), (young, left + 2 * SWEEP)):
        os.utime(path, (at.timestamp(), at.timestamp()))
    steered.leap(SWEEP)
    until(lambda: not old.exists())
    assert young.exists()
    assert blobs_of(steered, line) == [True] * 3
