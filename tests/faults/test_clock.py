"""Time goes wrong on the served centre: its clock is set, a last byte comes at the deadline, withdrawals race the close."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from http.client import HTTPResponse

import pytest
from sqlalchemy import select

from bidding.core.canonical import dumps
from bidding.outages.models import HeartbeatRun
from bidding.sealing.client import withdraw
from bidding.submissions.models import Bid
from bidding.submissions.rules import BidState, GateState, TooLate
from bidding.wiring.work import LOOK
from tests.real import until

pytestmark = pytest.mark.xdist_group("steered")

HOUR, MILLISECOND = timedelta(hours=1), timedelta(milliseconds=1)
LAST = ("files", 1)
#: The run of heartbeats that began when the clock was set.
STEPPED = select(HeartbeatRun.id).where(HeartbeatRun.step_us != 0)


def received(steered, line):
    return steered.ask(lambda session: session.scalar(select(Bid.received_at).where(Bid.uid == line.bid)))


def hand_in(line):
    line.send()
    answer = line.sign()
    assert answer.status_code == 201, answer.text


def test_a_clock_set_on_by_an_hour_over_a_deadline_loses_no_bid_and_opens_nothing(steered, small):
    tender = steered.another("set on")
    line = steered.line_of(tender, 1, small)
    hand_in(line)
    with steered.beating():
        steered.close_at(tender, steered.now() + HOUR / 2)
        steered.turn(HOUR)
        until(lambda: steered.gate(tender).held_at)
        assert steered.gate(tender).settled_at is None
        assert "开标暂停" in steered.visitor().get(f"/hall/{tender.uid}").text
        steered.turn(-HOUR)
    assert steered.gate(tender).settled_at is None
    assert line.state()["state"] == "effective"
    assert line.http.get(line.state()["receipt"]).status_code == 200


def test_a_clock_set_back_by_an_hour_undoes_nothing_lets_nothing_overtake_and_is_told_of(steered, small):
    tender = steered.another("set back")
    first, second = [steered.line_of(tender, number, small) for number in (1, 2)]
    hand_in(first)
    with steered.beating():
        steered.turn(-HOUR)
        hand_in(second)
        assert received(steered, second) > received(steered, first)
        assert "the clock went back" in (steered.home / "server.log").read_text()
        steered.close_at(tender, steered.now() + HOUR / 2)
        until(lambda: steered.ask(lambda session: session.scalar(STEPPED)))
        steered.leap(LOOK)
        until(lambda: steered.gate(tender).held_at)  # not in an hour, when the clock is again what it was
        steered.turn(HOUR)
    assert {first.state()["state"], second.state()["state"]} == {"effective"}


def test_a_last_byte_counts_a_millisecond_before_the_deadline_and_neither_at_it_nor_after(steered, small):
    """All but the last byte is there before; what decides is when that one has come and is durable."""
    tender = steered.another("to the millisecond")
    lines = [steered.line_of(tender, number, small) for number in (1, 2, 3)]
    for line in lines:
        assert line.sign().status_code == 202
        line.send(("offer", 0), ("files", 0))
        line.create(LAST)
    closes_at = steered.now().replace(microsecond=0) + timedelta(seconds=2)
    steered.close_at(tender, closes_at)
    with steered.standing():
        steered.stand(closes_at - 2 * MILLISECOND)
        hanging = [line.begin(LAST, line.files[LAST], 0, len(line.files[LAST]) - 1) for line in lines]
        time.sleep(0.2)  # all are past every question that is asked before the first byte
        answers = []
        for way, line, by in zip(hanging, lines, (-MILLISECOND, timedelta(), MILLISECOND), strict=True):
            steered.stand(closes_at + by)
            way.sendall(line.files[LAST][-1:])
            answer = HTTPResponse(way)
            answer.begin()
            answers.append((answer.status, answer.headers["Bid-State"], answer.read().decode()))
            way.close()
        assert answers[0][:2] == (204, "accepted")
        assert ["submission.too_late" in told for _, _, told in answers[1:]] == [True, True], answers
    until(lambda: steered.gate(tender).state is GateState.CLOSED)
    assert [event["count"] for event in steered.events(tender, "close")] == [1]
    assert received(steered, lines[0]) == closes_at - MILLISECOND


def test_a_withdrawal_that_races_the_close_is_before_it_or_refused(steered, small):
    """Six withdraw around the deadline: who was told yes is not counted, who was told no is, and the log says the same."""
    tender = steered.another("a race")
    lines = [steered.line_of(tender, number, small) for number in range(1, 7)]
    for line in lines:
        hand_in(line)
    closes_at = steered.now() + timedelta(seconds=0.7)
    steered.close_at(tender, closes_at)
    answers = {}

    def take_back(line, at):
        time.sleep(max(0, (at - steered.now()).total_seconds()))
        proof = {"withdrawal": ("w.json", dumps(withdraw(line.sealed.key)), "application/json")}
        answers[line.bid] = line.http.post(f"/bids/{line.bid}/withdraw", files=proof)

    around = [closes_at + timedelta(milliseconds=by) for by in (-400, -200, -40, -10, 20, 150)]
    threads = [threading.Thread(target=take_back, args=each) for each in zip(lines, around, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: steered.gate(tender).state is GateState.CLOSED)
    gone = {bid for bid, answer in answers.items() if answer.status_code == 303}
    refused = [answer for answer in answers.values() if answer.status_code != 303]
    assert {answer.status_code for answer in refused} == {TooLate.status}
    assert all(TooLate.text[:6] in answer.text for answer in refused)
    assert lines[0].bid in gone
    assert lines[-1].bid not in gone
    states = steered.ask(lambda session: dict(session.execute(select(Bid.uid, Bid.state)).all()))
    assert gone == {line.bid for line in lines if states[line.bid] is BidState.WITHDRAWN}
    [close], withdrawn = steered.events(tender, "close"), steered.events(tender, "withdraw")
    assert {event["withdrawal"]["bid"] for event in withdrawn} == gone
    assert close["count"] == len(lines) - len(gone)
