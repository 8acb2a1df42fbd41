from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.ledger.models import Log
from bidding.sealing.client import withdraw as sign_withdrawal
from bidding.storage.parts import LocalParts
from bidding.story.play import Tender
from bidding.submissions import arming, jobs, queries, reception, service
from bidding.submissions.arming import Signed
from bidding.submissions.models import ArmedBid, Attempt, Bid, Gate
from bidding.submissions.rules import BidState, GateState
from bidding.submissions.underway import Underway
from tests.people import sign_in
from tests.submissions.sending import Sender

NONE = {"source": "system", "reference": None, "offset_us": None}


def state():
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalar(select(Gate.state))


@pytest.fixture
def chronyc(tmp_path, monkeypatch):
    """Put a ``chronyc`` that does as the script says where the job looks for it."""

    def _put(script):
        path = tmp_path / "chronyc"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    return _put


def test_chrony_vouches_for_the_clock(chronyc):
    chronyc("echo C0A80001,192.0.2.1,2,1,0.000123,0")
    assert jobs.clock_evidence() == {"source": "chrony", "reference": "192.0.2.1", "offset_us": 123}


@pytest.mark.parametrize(
    "script",
    ["exec sleep 9", "exit 1", "echo", "echo a,b,c,d,far", "echo a,b,c,d,inf"],
    ids=["hangs", "fails", "says nothing", "no number", "infinite"],
)
def test_a_broken_chrony_keeps_no_gate_open(chronyc, script):
    chronyc(script)
    assert jobs.clock_evidence() == NONE


def test_a_worker_that_lost_its_lease_does_not_close(tender, begin):
    tender.centre.clock.set(tender.closes_at)
    gate_id = db.session.scalar(select(Gate.id))
    with begin(jobs.CLOSER) as tx:
        assert not service.close(tx, gate_id, token="another's", clock_evidence=NONE, underway=Underway())
    assert state() is GateState.OPEN


def test_a_log_that_must_not_go_on_keeps_no_other_gate_open(tender, begin, app, world, attachment):
    other = Tender(tender.centre, tender.folder.parent / "other", tender.told)
    other.publish([attachment])
    tender.centre.clock.set(max(tender.closes_at, other.closes_at))
    first = queries.due_gates(db.session(), tender.centre.clock.now())[0]
    with begin() as tx:
        book = tx.session.get_one(Log, tx.session.get_one(Gate, first).project.log_id)
        book.known_size = book.size + 1
    for _ in range(2):
        jobs.close_due(app.extensions["desk"])
        tender.centre.clock.advance(timedelta(seconds=2))
    db.session.rollback()
    db.session.expire_all()
    found = {gate.id: gate.state for gate in db.session.scalars(select(Gate))}
    assert found.pop(first) is not GateState.CLOSED
    assert list(found.values()) == [GateState.CLOSED]


def test_the_closer_and_the_last_bid_do_not_lock_each_other_out(tender, app, world):
    """A bid that holds the project's log when the closer comes is stamped, and the gate goes on closing."""
    started, failed = threading.Event(), []

    def closer():
        with app.app_context():
            started.set()
            try:
                jobs.close_due(app.extensions["desk"])
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=closer)
    uid, in_time = tender.uid, tender.centre.clock.now()
    tender.centre.clock.set(tender.closes_at)
    with uow.transaction(system_actor("bid"), world) as tx:
        service.gate_of(tx, uid)
        thread.start()
        started.wait()
        _wait_until_blocked(tx)
        service.stamp(tx, uid, in_time)
    thread.join(20)
    assert failed == []
    assert state() is GateState.CLOSING


def stamped(sender, world, login="t1"):
    """A bid that was stamped by a process that died before it could be accepted."""
    sender.send()
    signed = Signed(*(sender.message[key] for key in ("manifest", "sig", "supersedes_sig")))
    with uow.transaction(sender.tender.centre.actor(login), world) as tx:
        arming.arm(tx, sender.tender.uid, signed, sender.key, world.clock.now(), has=lambda _: False)


def test_what_was_stamped_when_a_process_died_is_accepted_with_that_stamp(sender, world):
    at = world.clock.now()
    stamped(sender, world)
    assert sender.state().json["state"] == "deciding"
    sender.tender.centre.wait(timedelta(minutes=3))
    db.session.rollback()
    bid = db.session.scalar(select(Bid))
    assert bid.received_at == at
    assert db.session.scalar(select(ArmedBid.id)) is None


def test_a_stamp_that_was_decided_never_decides_the_next_tenderers_bid(sender, world, app, attachment):
    """SQLite gives the id of a row that went to the next one: a job that listed the first must not take the second."""
    stamped(sender, world)
    desk, first = app.extensions["desk"], arming.stamped(db.session())
    jobs.finish_armed(desk)
    sealed = sender.tender.seal(2, [attachment], price_fen=1)
    other = Sender(app, sender.tender, sealed, "t2")
    stamped(other, world, "t2")
    reception.finish(desk, first[0])
    assert other.state().json["state"] == "deciding"
    jobs.finish_armed(desk)
    assert other.state().json["state"] == "effective"


def test_a_server_that_comes_back_after_the_deadline_accepts_what_was_stamped_before_it(sender, world, app):
    sender.tender.centre.clock.set(sender.tender.closes_at - timedelta(microseconds=1))
    sender.client = sign_in(app, "t1")
    stamped(sender, world)
    sender.tender.close()
    db.session.rollback()
    assert db.session.scalar(select(Bid)) is not None
    assert state() is GateState.CLOSED


def test_the_close_waits_for_a_stamped_bid_and_then_refuses_it_with_a_reason(sender, world, app):
    stamped(sender, world)
    clock = sender.tender.centre.clock
    clock.set(sender.tender.closes_at)
    jobs.close_due(app.extensions["desk"])
    clock.advance(timedelta(seconds=5))
    jobs.close_due(app.extensions["desk"])
    assert state() is GateState.CLOSING
    clock.advance(timedelta(seconds=20))
    jobs.close_due(app.extensions["desk"])
    assert state() is GateState.CLOSED
    jobs.finish_armed(app.extensions["desk"])
    db.session.rollback()
    assert db.session.scalar(select(Bid.id)) is None
    assert db.session.scalar(select(Attempt.code)) == "submission.too_late"


@pytest.fixture
def crowded(sender, app):
    """A microsecond before the deadline; while the next message waits for its turn the closer comes, and comes again."""
    sender.send()
    clock = sender.tender.centre.clock

    class Crowded(Underway):
        @contextmanager
        def since(self, project_uid, arrived_at):
            with super().since(project_uid, arrived_at):
                for second in (0, 2, 4):
                    clock.set(sender.tender.closes_at + timedelta(seconds=second))
                    jobs.close_due(desk)
                assert state() is GateState.CLOSING
                db.session.rollback()
                yield

    def _crowded():
        nonlocal desk
        clock.set(sender.tender.closes_at - timedelta(microseconds=1))
        desk = app.extensions["desk"] = replace(desk, underway=Crowded())
        sender.client = sign_in(app, "t1")
        return desk

    desk = app.extensions["desk"]
    return _crowded


def test_the_close_waits_for_a_message_that_came_in_time_and_waits_for_its_turn(sender, crowded):
    desk = crowded()
    assert sender.sign().status_code == 201
    assert sender.state().json["state"] == "effective"
    jobs.close_due(desk)
    assert state() is GateState.CLOSED


def test_it_waits_for_a_withdrawal_too(sender, crowded):
    assert sender.sign().status_code == 201
    desk = crowded()
    reception.withdraw(desk, sender.tender.centre.actor("t1"), sender.bid, sign_withdrawal(sender.sealed.key))
    assert db.session.scalar(select(Bid.state)) is BidState.WITHDRAWN
    jobs.close_due(desk)
    assert state() is GateState.CLOSED


def test_a_message_in_hand_delays_no_close_for_longer_than_what_was_stamped(tender, app):
    desk, clock = app.extensions["desk"], tender.centre.clock
    with desk.underway.since(tender.uid, tender.closes_at - timedelta(seconds=1)):
        for second, becomes in ((0, GateState.CLOSING), (9, GateState.CLOSING), (10, GateState.CLOSED)):
            clock.set(tender.closes_at + timedelta(seconds=second))
            jobs.close_due(desk)
            assert state() is becomes


def test_bytes_of_uploads_are_swept_when_nothing_needs_them_any_more(sender, app, world):
    desk, clock = app.extensions["desk"], sender.tender.centre.clock
    sender.send(("offer", 0), ("files", 0))
    sender.create(("files", 1))
    sender.patch(("files", 1), sender.files["files", 1][:10_000])
    sender.sign()
    clock.set(sender.tender.closes_at - timedelta(minutes=5))
    _age(desk, clock)
    assert jobs.sweep(desk) == 0
    with uow.transaction(sender.tender.centre.actor("t1"), world) as tx:
        arming.disarm(tx, sender.tender.uid, sender.bid)
    assert jobs.sweep(desk) == 5  # three uploads, and the blobs of the two that were whole
    assert list(desk.parts.folder.iterdir()) == list(desk.sealed.digests()) == []


class _Meanwhile(LocalParts):
    """Files among which a new one appears between the questions of a sweep."""

    def __init__(self, store, begin):
        super().__init__(store)
        self._begin = begin

    def sweep(self, spoken_of, before):
        self._begin()
        return super().sweep(spoken_of, before)


def test_a_file_that_is_begun_while_others_are_swept_stays_though_the_clock_was_set(sender, app):
    desk, clock = app.extensions["desk"], sender.tender.centre.clock
    sender.send(("files", 0))  # a blob that is asked about first

    def elsewhere():
        with app.app_context():
            sender.create(("files", 1))
            sender.patch(("files", 1), sender.files["files", 1][:10_000])

    def begin():
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        _age(desk, clock)

    _age(desk, clock)
    jobs.sweep(replace(desk, parts=_Meanwhile(desk.sealed, begin)))
    assert [path.stat().st_size for path in desk.parts.folder.iterdir()] == [10_000]


def _age(desk, clock):
    """Date every file as if it had come two days before the centre's now."""
    then = (clock.now() - timedelta(days=2)).timestamp()
    for path in desk.sealed.root.rglob("*"):
        os.utime(path, (then, then))


def _wait_until_blocked(tx):
    """Until the closer waits for a lock: on PostgreSQL it says so; on SQLite it waits for the writers' lock."""
    if tx.session.get_bind().dialect.name != "postgresql":
        time.sleep(0.2)
        return
    for _ in range(100):
        waiting = tx.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        if waiting:
            return
        time.sleep(0.05)
    pytest.fail("the closer never came to wait")
