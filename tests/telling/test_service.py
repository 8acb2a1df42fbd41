"""Who is told of what, from the registration to the result; and who is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.canonical import loads
from bidding.core.errors import DomainError
from bidding.db import db
from bidding.db.outbox import Outgoing
from bidding.identity import service as identity
from bidding.identity.models import Account, Organisation
from bidding.messages.models import ContactPoint, Message
from bidding.outages import service as outages
from bidding.rooms import queries as room_queries
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose, Span, for_opening
from bidding.submissions import reception
from bidding.submissions.events import BidAccepted
from bidding.submissions.models import Bid
from bidding.telling import service as telling
from bidding.tenders import bookings, todo
from bidding.tenders import queries as projects
from bidding.tenders import service as tenders
from tests.outages.playing import MINUTE, Server, extend


@pytest.fixture
def bid(tender, attachment):
    def _bid(number, replaces=None):
        sealed = tender.seal(number, [attachment], price_fen=1_200_000_000 + number, replaces=replaces)
        tender.submit(number, sealed)
        return sealed

    return _bid


def follow(tender, login):
    with tender.centre.act(login) as tx:
        tenders.follow(tx, tender.uid)


def newest(kind):
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id.desc()).first()
    return loads(found.params), found.path


# accounts and organisations


def test_the_windows_decision_reaches_the_tenderer(centre, inbox):
    assert inbox("t1") == {"registration-approved": 1}
    with centre.act("wang") as tx:
        unit = tx.session.query(Organisation).join(Account, Account.organisation_id == Organisation.id)
        unit = unit.filter(Account.login == "t1").one()
        identity.send_back(tx, unit.uid, seen=identity.fingerprint(unit), defects=["看不清"])
    assert inbox("t1") == {"registration-approved": 1, "registration-returned": 1}
    assert newest("registration-returned")[1] == "/company"


def test_staff_who_are_invited_find_a_welcome(centre, inbox):
    assert inbox("zhou")["invited"] == 1


def test_a_sign_in_from_a_new_browser_is_told_of(centre, inbox, account_id):
    with centre.act() as tx:
        identity.open_session(tx, account_id("t1"))
    with centre.act() as tx:
        identity.open_session(
            tx, account_id("t1"), address="192.0.2.7", client="Chrome · Windows", is_known=False
        )
    assert inbox("t1")["new-device"] == 1
    assert newest("new-device")[0]["address"] == "192.0.2.7"


# a tender


def test_a_publication_reaches_officials_but_who_published_it(tender, everybody):
    told = {login for login, found in everybody().items() if found["published"]}
    assert "zhou" in told
    assert "sun" in told
    assert "wu" not in told, "the one who pressed the button"
    assert not {login for login in told if login.startswith("t")}


def test_a_receipt_goes_to_the_tenderers_own_people_alone(tender, bid, everybody):
    sealed = bid(1)
    assert {login for login, found in everybody().items() if found["bid-accepted"]} == {"t1"}
    params, path = newest("bid-accepted")
    assert path == f"/bids/{sealed.bid}"
    assert params["bid"] == "投标文件"
    assert not {"price", "price_fen", "tenderer", "organisation"} & params.keys()


def test_replacing_and_withdrawing_are_told_the_same_way(tender, bid, everybody):
    first = bid(1)
    bid(1, replaces=first)
    tender.withdraw(1)
    for kind in ("bid-accepted", "bid-replaced", "bid-withdrawn"):
        assert {login for login, found in everybody().items() if found[kind]} == {"t1"}, kind


def test_a_refusal_is_told_and_a_loop_of_them_once(tender, centre, inbox, clock):
    desk = centre.app.extensions["desk"]
    for _ in range(3):
        with pytest.raises(DomainError):
            reception.receive(desk, centre.actor("t1"), tender.uid, "key", [b"nonsense"])
    assert inbox("t1")["bid-refused"] == 1
    clock.advance(timedelta(minutes=10))
    with pytest.raises(DomainError):
        reception.receive(desk, centre.actor("t1"), tender.uid, "key", [b"nonsense"])
    assert inbox("t1")["bid-refused"] == 2
    assert inbox("t2")["bid-refused"] == 0


def test_an_extension_reaches_officials_followers_and_whoever_has_bid(tender, bid, inbox, tmp_path):
    bid(1)
    follow(tender, "t2")
    server = Server(tender.centre, tmp_path)
    server.beat()
    extend(server, tender.uid, tender.closes_at + timedelta(days=7))
    for login in ("t1", "t2", "zhou", "fang"):
        assert inbox(login)["deadline-moved"] == 1, login
    assert inbox("t3")["deadline-moved"] == 0
    assert inbox("sun")["deadline-moved"] == 0, "the second seat's signature moved it"
    assert newest("deadline-moved")[0]["reason"]


def in_room(tender, *, name="开标一室"):
    """Book the opening's room, as the agency would; the opening's instant after which it stands."""
    with tender.centre.act("zhou") as tx:
        project = bookings.named_of(projects.notice(tx.session, tender.uid))
        rooms.book(
            tx,
            tender.centre.rooms[name],
            for_opening(tender.closes_at, timedelta(hours=2)),
            purpose=Purpose.OPENING,
            matter="",
            project=project,
            calendar=projects.calendar(tx.session),
        )
        return project


def room_of(project):
    db.session.rollback()
    return room_queries.of_project(db.session(), project.id)[Purpose.OPENING]


def todos(app, centre, login):
    actor = centre.actor(login)
    with app.test_request_context():
        return [
            item.title
            for item in todo.waiting(db.session(), actor, centre.clock.now())
            if "场地" in item.title
        ]


def test_a_room_moves_with_an_extended_deadline_and_nobody_is_troubled(app, tender, inbox, tmp_path):
    project = in_room(tender)
    server = Server(tender.centre, tmp_path)
    server.beat()
    extend(server, tender.uid, tender.closes_at + timedelta(days=7))
    assert room_of(project).span == for_opening(tender.closes_at + timedelta(days=7), timedelta(hours=2))
    assert inbox("zhou")["room-stranded"] == 0
    assert todos(app, tender.centre, "zhou") == []


def test_a_room_that_is_taken_at_the_new_time_is_told_to_agency_and_administrators_until_they_see_to_it(
    app, tender, inbox, tmp_path
):
    project = in_room(tender)
    later = for_opening(tender.closes_at + timedelta(days=7), timedelta(hours=2))
    with tender.centre.act("wang") as tx:
        rooms.book(
            tx,
            tender.centre.rooms["开标一室"],
            later,
            purpose=Purpose.OTHER,
            matter="检修",
            project=None,
            calendar=projects.calendar(tx.session),
        )
    server = Server(tender.centre, tmp_path)
    server.beat()
    extend(server, tender.uid, tender.closes_at + timedelta(days=7))
    assert room_of(project).span == for_opening(tender.closes_at, timedelta(hours=2)), "it stays where it was"
    for login in ("zhou", "wu", "wang", "chen"):
        assert inbox(login)["room-stranded"] == 1, login
    for login in ("sun", "fang", "t1"):
        assert inbox(login)["room-stranded"] == 0, login
    params, path = newest("room-stranded")
    assert path == f"/rooms/bookings/{room_of(project).uid}"
    assert params["room"] == "开标一室"
    for login in ("zhou", "wang"):
        assert len(todos(app, tender.centre, login)) == 1, login
    for login in ("sun", "t1"):
        assert todos(app, tender.centre, login) == [], login
    elsewhere = Span(later.ends_at, later.ends_at + timedelta(hours=1))
    assert todos_after_moving(app, tender, project, elsewhere) == 1, "the opening is not in it"
    with tender.centre.act("wang") as tx:
        (maintenance,) = room_queries.coming(tx.session, tx.actor, tx.now)
        rooms.cancel(tx, maintenance.uid, "检修改期", project=None)
    assert todos_after_moving(app, tender, project, later) == 0


def todos_after_moving(app, tender, project, span):
    with tender.centre.act("zhou") as tx:
        booked = room_queries.of_project(tx.session, project.id)[Purpose.OPENING]
        days = projects.calendar(tx.session)
        rooms.move(tx, booked.uid, booked.room.uid, span, project=project, calendar=days)
    return len(todos(app, tender.centre, "zhou"))


def test_a_hold_and_its_end_are_told(tender, bid, inbox, tmp_path):
    tender.centre.clock.set(tender.closes_at - 10 * MINUTE)
    follow(tender, "t2")
    server = Server(tender.centre, tmp_path)
    server.beat()
    server.serve_until(tender.closes_at - MINUTE)
    server.come_back(tender.closes_at + 10 * MINUTE)
    for login in ("t2", "zhou", "sun"):
        assert inbox(login)["opening-held"] == 1, login
    with tender.centre.act("zhou") as tx:
        outages.ask_lift(tx, tender.uid, "没有单位反映受影响")
    with tender.centre.act("sun") as tx:
        outages.confirm_lift(tx, tender.uid)
    assert inbox("t2")["hold-lifted"] == 1


def test_the_close_and_the_opening_reach_everybody_concerned(opened, inbox):
    for login in ("t1", "t2", "t3", "zhou", "wu", "fang"):
        found = inbox(login)
        assert (found["gate-closed"], found["opened"]) == (1, 1), login
    assert inbox("sun")["opened"] == 0, "the batch that opened it was theirs"
    assert inbox("wang")["opened"] == 0


def test_what_a_centre_keeps_on_the_machine_does_not_leave_it(app, centre, tender, attachment, account_id):
    """BID_LETTERS off: in the product yes, in the outbox no."""
    with centre.act() as tx:
        tx.session.add(
            ContactPoint(
                account_id=account_id("t1"),
                channel="email",
                address="t1@example.com",
                confirmed_at=tx.now,
                tries_left=0,
                codes_sent=0,
            )
        )
    sealed = tender.seal(1, [attachment], price_fen=1_200_000_000)
    tender.submit(1, sealed)
    with centre.act() as tx:
        assert tx.session.query(Outgoing).filter_by(address="t1@example.com").count() == 1
        row = tx.session.query(Bid).one()
        telling.bid_accepted(tx, BidAccepted(row.id, replaced=False), leaves=False)
        assert tx.session.query(Outgoing).filter_by(address="t1@example.com").count() == 1
        assert tx.session.query(Message).filter_by(kind="bid-accepted").count() == 2
