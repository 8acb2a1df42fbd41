"""Heartbeats, holds and extensions through the whole product."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.core.canonical import loads
from bidding.core.clock import unix
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db, uow
from bidding.opening import queries as opening
from bidding.opening import service as openings
from bidding.opening.rules import NotClosed, OnHold
from bidding.opening.sitting import ceremony
from bidding.outages import jobs, queries, rules, service
from bidding.outages.events import HoldLifted, OpeningHeld, PricesMoved, ScheduleExtended
from bidding.outages.models import HeartbeatRun
from bidding.outages.rules import Cause
from bidding.story.play import BETWEEN, FACTS, Tender, Told
from bidding.submissions import queries as submissions
from bidding.submissions.events import GateClosed
from bidding.submissions.rules import GateState, NoWayBack, TooLate
from bidding.tenders.kinds import Envelopes
from bidding.tenders.queries import notice
from bidding.verification.verify import Asked, verify
from tests.outages.playing import (
    MINUTE,
    REASON,
    draft,
    draft_prices,
    events,
    extend,
    gate,
    postpone_prices,
    sign,
    signature,
    situation,
    weekday,
)
from tests.people import sign_in
from tests.submissions.sending import Sender, SlowDisk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def heard(world):
    """What the domains above were told."""
    found = []
    for kind in (OpeningHeld, HoldLifted, ScheduleExtended, PricesMoved, GateClosed):
        world.bus.subscribe(kind, lambda _tx, event: found.append(event))
    return found


def test_a_deadline_inside_an_outage_is_extended_and_every_seal_stays_valid(
    heard, held, tender, bid, attachment, tmp_path
):
    centre, uid, was = tender.centre, tender.uid, tender.closes_at
    found = gate(uid)
    # it closed, and nobody is told anything
    assert (found.state, found.settled_at) == (GateState.CLOSED, None)
    assert not submissions.is_closed(db.session(), found.project_id)
    assert [event["on"] for event in events(uid, "hold")] == [True]
    assert events(uid, "failed") == []  # two bids are too few, but that is not settled
    assert opening.hall(db.session(), uid).close is None
    with centre.act("sun") as tx, pytest.raises(OnHold):
        openings.fetch_package(tx, uid)
    tender.refused(3, b"too late", TooLate, "late")
    # the table owes two hours from the recovery
    owed = situation(held, uid).owed_at
    assert owed == was + 10 * MINUTE + 2 * HOUR
    with pytest.raises(rules.BeforeOwed):
        draft(centre, uid, owed - MINUTE)
    extend(held, uid, owed)
    found = gate(uid)
    assert (found.state, found.closes_at, found.held_at, found.close_index) == (
        GateState.OPEN,
        owed,
        None,
        None,
    )
    assert (found.project.closes_at, found.project.opens_at) == (owed, owed)
    assert [type(event) for event in heard] == [OpeningHeld, ScheduleExtended]
    assert heard[1] == ScheduleExtended(found.project_id, 1, was, owed, owed, REASON)
    told = events(uid, "schedule", "notice", "hold", "close")
    types = " ".join(event["type"] for event in told)
    assert types == "schedule notice notice close hold schedule notice hold"
    correction = queries.correction(db.session(), uid, 1)
    assert told[6]["kind"] == "correction"
    assert told[6]["sha256"] == correction.notice_sha256
    assert loads(correction.notice)["closes_at"] == {
        "was": int(was.timestamp()),
        "is": int(owed.timestamp()),
    }
    # the new deadline: one more bid, a replacement, and then everything as ever
    centre.cosign()
    bid(3)
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_100_000_000, replaces=tender.bids[1]))
    held.serve_unseen(owed - MINUTE)
    held.serve_until(owed)
    held.tick()
    assert submissions.is_closed(db.session(), gate(uid).project_id)
    assert heard[-1] == GateClosed(found.project_id, 3, ())
    centre.cosign()
    tender.open(["reform", "finance", "notary"])
    view = opening.hall(db.session(), uid)
    assert (view.close.count, len(view.lots[0].sheets)) == (3, 3)
    path = tmp_path / "opening.zip"
    target = io.BytesIO()
    openings.write_opening(db.session(), notice(db.session(), uid), centre.sealed, target)
    path.write_bytes(target.getvalue())
    report = verify(path, Asked(panel=found.project.panel_hash))
    assert report.refusals == []
    assert [f.code for f in report.findings if f.code in ("schedule.moved", "close.voided")] == [
        "schedule.moved",
        "close.voided",
    ]


def test_enough_silence_within_the_last_hour_holds_before_the_deadline(heard, server, tender):
    uid = tender.uid
    server.come_back(server.begun + 6 * MINUTE)
    assert gate(uid).state is GateState.OPEN
    assert gate(uid).held_at is not None
    assert heard == [OpeningHeld(gate(uid).project_id)]
    assert jobs.hold_due(server.centre.world) == 0
    assert situation(server, uid).owed_at == tender.closes_at + 2 * HOUR
    # it closes at its time all the same, and stays sealed
    server.serve_until(tender.closes_at)
    server.tick()
    assert gate(uid).state is GateState.CLOSED
    assert gate(uid).settled_at is None


def test_a_short_silence_holds_nothing_and_the_close_waits_for_the_beat_that_proves_it(server, tender):
    uid = tender.uid
    server.come_back(server.begun + 4 * MINUTE)
    server.serve_until(tender.closes_at - timedelta(seconds=3))
    server.centre.wait(tender.closes_at)
    server.centre.wait(timedelta(seconds=2))
    assert gate(uid).state is GateState.CLOSED
    assert gate(uid).settled_at is None
    with server.centre.act("sun") as tx, pytest.raises(NotClosed):
        openings.fetch_package(tx, uid)
    server.beat()
    server.centre.tick()
    assert gate(uid).settled_at is not None
    assert [event["lot"] for event in events(uid, "failed")] == ["1"]
    with pytest.raises(NoWayBack):
        draft(server.centre, uid, tender.closes_at + DAY)


def test_a_close_that_no_beat_follows_is_held(server, tender):
    server.serve_until(tender.closes_at - timedelta(seconds=3))
    server.centre.wait(tender.closes_at)
    for _ in range(5):
        server.centre.wait(timedelta(seconds=10))
    assert gate(tender.uid).held_at is not None
    assert queries.hold_of(db.session(), gate(tender.uid).project_id).cause is Cause.OUTAGE
    with pytest.raises(rules.StillDown):
        draft(server.centre, tender.uid, tender.closes_at + DAY)


def test_a_clock_that_errs_by_more_than_a_second_holds_the_closing(server, tender):
    with server.centre.act() as tx:
        service.measure(tx, {"source": "chrony", "reference": "192.0.2.1", "offset_us": -1_000_001})
    server.centre.wait(timedelta(seconds=10))
    found = queries.hold_of(db.session(), gate(tender.uid).project_id)
    assert found.cause is Cause.CLOCK
    assert loads(found.evidence)["offset_us"] == -1_000_001
    assert situation(server, tender.uid).owed_at is None
    assert events(tender.uid, "hold")[0]["reason"] == "clock not accurate"


def test_a_clock_set_over_the_deadline_holds_it_and_makes_no_outage(server, tender):
    server.set_clock(HOUR)
    server.beat()
    server.centre.tick()
    server.tick()
    found = queries.hold_of(db.session(), gate(tender.uid).project_id)
    assert found.cause is Cause.CLOCK
    assert situation(server, tender.uid).step == HOUR
    assert queries.service_state(db.session(), server.centre.clock.now()).outages == []


def test_two_sides_let_a_hold_go_and_the_opening_goes_on(heard, held, tender):
    centre, uid = tender.centre, tender.uid
    with centre.act("zhou") as tx, pytest.raises(rules.ReasonMissing):
        service.ask_lift(tx, uid, "  ")
    with centre.act("sun") as tx, pytest.raises(WrongState):
        service.confirm_lift(tx, uid)
    with centre.act("zhou") as tx:
        service.ask_lift(tx, uid, "无人受影响")
    for login in ("zhou", "wu"):
        with centre.act(login) as tx, pytest.raises(rules.SameSide):
            service.confirm_lift(tx, uid)
    for login in ("wang", "t1"):
        with centre.act(login) as tx, pytest.raises(NotFound):
            service.confirm_lift(tx, uid)
    with centre.act("sun") as tx:
        service.confirm_lift(tx, uid)
    centre.tick()
    assert gate(uid).held_at is None
    assert gate(uid).settled_at is not None
    assert [event["on"] for event in events(uid, "hold")] == [True, False]
    assert [type(event) for event in heard] == [OpeningHeld, HoldLifted, GateClosed]
    centre.wait(timedelta(seconds=20))
    assert gate(uid).held_at is None  # the same outage does not hold it again


def test_a_deadline_moves_without_an_outage_too_and_more_than_once(server, tender):
    uid = tender.uid
    extend(server, uid, tender.closes_at + DAY)
    extend(server, uid, tender.closes_at + 4 * DAY)
    assert [event["n"] for event in events(uid, "schedule")] == [0, 1, 2]
    assert [each.n for each in queries.corrections(db.session(), gate(uid).project_id)] == [1, 2]
    assert gate(uid).closes_at == tender.closes_at + 4 * DAY


def test_both_openings_of_two_envelopes_move_with_the_deadline(server, two):
    server.centre.wait(DAY)
    extend(server, two.uid, two.closes_at + DAY)
    assert [item["at"] for item in events(two.uid, "schedule")[1]["opens"]] == [
        unix(two.closes_at + DAY),
        unix(two.closes_at + DAY + BETWEEN),
    ]
    project = notice(db.session(), two.uid)
    assert (project.opens_at, project.prices_open_at) == (
        two.closes_at + DAY,
        two.closes_at + DAY + BETWEEN,
    )
    (correction,) = queries.corrections(db.session(), project.id)
    assert loads(correction.notice)["prices_open_at"]["is"] == unix(project.prices_open_at)


@pytest.fixture
def two(server, tmp_path):
    """A published tender in two envelopes."""
    made = Tender(server.centre, tmp_path / "two", Told(), facts=replace(FACTS, envelopes=Envelopes.TWO))
    made.publish()
    return made


def test_the_opening_of_the_prices_moves_alone_and_with_the_deadline_afterwards(heard, server, two):
    was = two.closes_at + BETWEEN
    later = weekday(was)
    postpone_prices(server, two.uid, later)
    found = gate(two.uid)
    assert (found.state, found.closes_at) == (GateState.OPEN, two.closes_at)
    assert (found.project.opens_at, found.project.prices_open_at) == (two.closes_at, later)
    first, moved = events(two.uid, "schedule")
    assert moved["closes_at"] == first["closes_at"]
    assert [item["at"] for item in moved["opens"]] == [unix(two.closes_at), unix(later)]
    assert heard == [PricesMoved(found.project_id, 1, was, later, "技术评审还没有结束")]
    (correction,) = queries.corrections(db.session(), found.project_id)
    assert loads(correction.notice)["prices_open_at"] == {"was": unix(was), "is": unix(later)}
    assert not correction.moves_deadline
    extend(server, two.uid, two.closes_at + 7 * DAY)
    assert gate(two.uid).project.prices_open_at == later + 7 * DAY


def test_an_opening_of_the_prices_that_cannot_be_is_refused_by_name(server, two, tender):
    was = two.closes_at + BETWEEN
    saturday = was + (5 - was.weekday()) % 7 * DAY
    for given, refusal in (
        (was - MINUTE, rules.PricesNotLater),
        (was, rules.PricesNotLater),
        (was + timedelta(seconds=1), rules.NotAMinute),
        (saturday + 7 * DAY, rules.NotAWorkingDay),
    ):
        with pytest.raises(refusal) as refused:
            draft_prices(server.centre, two.uid, given)
        assert refused.value.field == "prices_open_at"
    with pytest.raises(rules.ReasonMissing):
        draft_prices(server.centre, two.uid, weekday(was), reason=" ")
    with pytest.raises(NotFound):
        draft_prices(server.centre, tender.uid, weekday(was))  # one envelope
    for rival in ("t1", "wang"):
        with pytest.raises(NotFound):
            draft_prices(server.centre, two.uid, weekday(was), who=rival)
    server.centre.clock.set(was + 14 * DAY)
    with pytest.raises(rules.AlreadyPast):
        draft_prices(server.centre, two.uid, weekday(was))


def test_the_note_that_begins_a_later_opening_is_called_alike_here_and_in_the_hall():
    assert ceremony.written(ceremony.LIST, {}, stage=2, first=1)[0] == queries.LATER_LIST


def test_a_deadline_that_cannot_be_is_refused_by_name(server, tender):
    centre, uid, closes_at = tender.centre, tender.uid, tender.closes_at
    saturday = closes_at + (5 - closes_at.weekday()) * DAY
    for given, refusal in (
        (closes_at, rules.NotLater),
        (closes_at - DAY, rules.NotLater),
        (closes_at + timedelta(seconds=30), rules.NotAMinute),
        (saturday, rules.NotAWorkingDay),
    ):
        with pytest.raises(refusal) as refused:
            draft(centre, uid, given)
        assert refused.value.field == "closes_at"
    with pytest.raises(rules.ReasonMissing):
        draft(centre, uid, closes_at + DAY, reason=" ")
    for login in ("wang", "t1"):
        with pytest.raises(NotFound):
            draft(centre, uid, closes_at + DAY, who=login)
    assert queries.pending(db.session(), gate(uid).project_id) is None


def test_what_is_past_cannot_be_the_new_deadline(held, tender):
    with pytest.raises(rules.AlreadyPast):
        draft(tender.centre, tender.uid, tender.closes_at + 5 * MINUTE)


def test_signatures_that_are_not_theirs_or_not_for_this_are_refused(server, tender, tmp_path):
    centre, uid = tender.centre, tender.uid

    def refused(login, value, refusal):
        with centre.act(login) as tx, pytest.raises(refusal):
            service.sign(tx, uid, value)

    draft(centre, uid, tender.closes_at + DAY)
    good = signature(centre, uid, "renewal", tmp_path)
    refused("zhou", {**good, "more": 1}, rules.NotASignature)
    refused("zhou", {**good, "type": "shares"}, rules.NotASignature)
    refused("zhou", {**good, "i": 99}, rules.NotASignature)
    refused("zhou", {**good, "panel": "0" * 64}, rules.OtherProject)
    refused("zhou", {**good, "n": 2}, rules.Stale)
    refused("zhou", {**good, "sig": "0" * 128}, rules.SignedOther)
    refused("sun", good, rules.NotYourSeat)
    refused("zhou", {**good, "i": 2}, rules.NotYourSeat)
    refused("wang", good, NotFound)
    refused("t1", good, NotFound)
    # drafted anew, the old signature is for something else
    draft(centre, uid, tender.closes_at + 4 * DAY)
    refused("zhou", good, rules.SignedOther)
    with centre.act("zhou") as tx:
        service.drop(tx, uid)
    refused("zhou", good, rules.NothingToSign)
    with centre.act("zhou") as tx, pytest.raises(rules.NothingToSign):
        service.drop(tx, uid)
    assert [event["n"] for event in events(uid, "schedule")] == [0]


@pytest.fixture
def sender(app, tender, attachment):
    """A tenderer who has signed a bid of which one file is still to come."""
    found = Sender(app, tender, tender.seal(3, [attachment], price_fen=1_200_000_003), login="t3")
    found.sign()
    *here, last = found.files
    found.send(*here)
    found.create(last)
    return found, last


def test_a_signed_bid_whose_last_byte_came_during_the_outage_counts_once_the_deadline_has_moved(
    app, sender, server, tender, bid
):
    found, last = sender
    bid(1)
    bid(2)
    clock, desk = tender.centre.clock, app.extensions["desk"]
    server.serve_until(tender.closes_at - MINUTE)
    found.client = sign_in(app, "t3")
    late = SlowDisk(desk.parts, lambda: clock.set(tender.closes_at + MINUTE))
    app.extensions["desk"] = replace(desk, parts=late)
    assert found.patch(last, found.files[last]).json["code"] == "submission.too_late"
    app.extensions["desk"] = desk
    server.come_back(tender.closes_at + 10 * MINUTE)
    assert found.state().json["state"] == "armed"
    extend(server, tender.uid, situation(server, tender.uid).owed_at)
    assert found.state().json["state"] == "effective"
    assert len(events(tender.uid, "bid")) == 3


def test_a_signed_bid_is_finished_after_the_deadline_has_moved(app, sender, held, tender):
    found, last = sender
    found.client = sign_in(app, "t3")
    assert found.patch(last, found.files[last]).json["code"] == "submission.too_late"
    extend(held, tender.uid, situation(held, tender.uid).owed_at)
    found.client = sign_in(app, "t3")
    assert found.patch(last, found.files[last]).headers["Bid-State"] == "accepted"


def test_a_draft_that_waited_too_long_is_refused_and_nothing_moves(held, tender, tmp_path):
    centre, uid = tender.centre, tender.uid
    owed = situation(held, uid).owed_at
    draft(centre, uid, owed)
    sign(centre, uid, tmp_path, "agency")
    centre.clock.set(owed)
    with pytest.raises(rules.AlreadyPast):
        sign(centre, uid, tmp_path, "supervisor")
    assert gate(uid).state is GateState.CLOSED
    assert gate(uid).held_at is not None


def test_once_the_opening_has_begun_no_deadline_moves(opened):
    with pytest.raises(NoWayBack):
        draft(opened.centre, opened.uid, opened.centre.clock.now() + 30 * DAY)


def test_heartbeats_make_one_row_for_each_run(server, tender):
    server.serve_until(server.begun + 3 * MINUTE)
    assert db.session.query(HeartbeatRun).count() == 1
    server.come_back(server.begun + 8 * MINUTE)
    gate(tender.uid)
    rows = db.session.query(HeartbeatRun).order_by(HeartbeatRun.id).all()
    assert [row.beats for row in rows] == [7, 2]
    assert rows[1].pause_us == 5 * 60 * 1_000_000


def test_the_same_person_is_never_both_sides(server, tender, tmp_path, world):
    """Even an account that held both roles, which no organisation's people can."""
    centre, uid = tender.centre, tender.uid
    draft(centre, uid, tender.closes_at + DAY)
    sign(centre, uid, tmp_path, "agency")
    value = signature(centre, uid, "reform", tmp_path)
    both = centre.actor("zhou")
    both = type(both)(both.account_id, None, "", centre.actor("sun").roles, centre.actor("sun").permissions)
    with uow.transaction(both, world) as tx, pytest.raises(SamePerson):
        service.sign(tx, uid, value)
