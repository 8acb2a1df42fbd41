"""What a notice does to a tender: its gate, its dates, its log, and whoever holds it."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.ledger.current import log_keys
from bidding.ledger.models import Leaf, Log
from bidding.ledger.rules import CENTRE
from bidding.lifecycle import queries, rules, service
from bidding.lifecycle.models import CourseNotice
from bidding.lifecycle.rules import Kind, State
from bidding.messages.models import Message
from bidding.opening import queries as opening
from bidding.opening import rules as openings
from bidding.opening import service as opening_service
from bidding.outages import queries as outages
from bidding.outages import rules as outage_rules
from bidding.outages import service as outage_service
from bidding.reporting.models import SavingsEntry
from bidding.rooms import queries as rooms
from bidding.rooms import service as room_service
from bidding.rooms.rules import Purpose, RoomKind, Span
from bidding.rooms.service import RoomFacts, Want
from bidding.submissions import queries as submissions
from bidding.submissions import service as gates
from bidding.submissions.models import Bid
from bidding.submissions.rules import GateState, NoWayBack, Terminated
from bidding.tenders import queries as tenders
from bidding.tenders.bookings import named_of
from bidding.tenders.kinds import Stage
from bidding.tenders.rules import Phase
from bidding.tenders.search import Search, find
from bidding.wiring import published_texts
from tests.lifecycle.conftest import Course
from tests.outages.playing import Server, extend

HOUR = timedelta(hours=1)


def leaves(log_id, kind):
    events = [loads(event) for event in db.session.scalars(select(Leaf.event).where(Leaf.log_id == log_id))]
    return [event for event in events if event.get("kind") == kind]


def told(kind):
    return db.session.scalars(select(Message.account_id).where(Message.kind == kind)).all()


@pytest.fixture
def bid(tender, attachment):
    def _bid(number):
        return tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))

    return _bid


# two persons


@pytest.mark.parametrize("kind", [Kind.SUSPENSION, Kind.TERMINATION])
def test_nobody_publishes_what_they_drafted(course, kind):
    uid = course.draft(kind)
    with pytest.raises(SamePerson):
        course.publish(uid, "zhou")
    assert course.project().stage is Stage.PUBLISHED
    assert course.publish(uid, "wu") == 1


def test_an_administrator_may_be_the_second_person(course):
    assert course.publish(course.draft(Kind.SUSPENSION), "wang") == 1
    assert course.project().stage is Stage.SUSPENDED


@pytest.mark.parametrize("who", ["t1", "t2", "sun"])
def test_others_neither_draft_nor_publish(course, who):
    with pytest.raises(NotFound):
        course.draft(Kind.SUSPENSION, who)
    uid = course.draft(Kind.SUSPENSION)
    with pytest.raises(NotFound):
        course.publish(uid, who)
    with pytest.raises(NotFound), course.centre.act(who) as tx:
        service.drop(tx, course.tender.uid, uid)
    assert course.project().stage is Stage.PUBLISHED


def test_an_administrator_drafts_nothing(course):
    with pytest.raises(NotFound):
        course.draft(Kind.SUSPENSION, "wang")


def test_published_twice_it_is_published_once(course):
    uid = course.draft(Kind.SUSPENSION)
    assert course.publish(uid) == course.publish(uid) == 1
    project = course.project()
    assert len(leaves(project.log_id, "suspension")) == 1
    assert len(queries.published(db.session, project.id)) == 1


def test_one_notice_waits_at_a_time_and_a_dropped_one_is_never_published(course):
    uid = course.draft(Kind.SUSPENSION)
    with pytest.raises(rules.NoticeWaiting):
        course.draft(Kind.TERMINATION)
    with course.centre.act("wu") as tx:
        service.drop(tx, course.tender.uid, uid)
    with pytest.raises(WrongState):
        course.publish(uid)
    assert course.announce(Kind.TERMINATION) == 1


def test_a_notice_whose_ground_is_gone_is_not_published(course):
    """Between draft and second person the box was opened: two at once, the second loses."""
    uid = course.draft(Kind.SUSPENSION)
    with course.centre.act() as tx:
        gates.gate_of(tx, course.tender.uid)[0].state = GateState.CLOSING
        tx.session.flush()
        gate = gates.gate_of(tx, course.tender.uid)[0]
        gate.state, gate.closed_at = GateState.OPENING, tx.now
    with pytest.raises(rules.OpeningBegun):
        course.publish(uid)


def test_the_database_wants_two_persons_and_a_whole_notice(course):
    project = course.project()
    both = {"drafted_by_id": project.prepared_by_id, "published_by_id": project.prepared_by_id}
    row = CourseNotice(
        uid="x",
        project_id=project.id,
        kind=Kind.SUSPENSION,
        n=1,
        reason="原因",
        notice="{}",
        sha256="0" * 64,
        drafted_at=project.created_at,
        published_at=project.created_at,
        **both,
    )
    with pytest.raises(IntegrityError), course.centre.act() as tx:
        tx.session.add(row)


# suspending


def test_a_suspended_tender_keeps_its_bids_sealed_and_takes_more_until_the_deadline(course, bid):
    bid(1)
    course.announce(Kind.SUSPENSION)
    bid(2)
    course.centre.wait(course.tender.closes_at)
    course.centre.wait(timedelta(seconds=2))
    gate = course.gate()
    assert (gate.state, gate.settled_at) == (GateState.CLOSED, None)
    assert not submissions.is_closed(db.session, gate.project_id)
    assert not opening.to_open(db.session, course.centre.actor("sun"), course.centre.clock.now())


def test_the_notice_stands_in_the_log_with_its_hash_and_the_hold_beside_it(course):
    course.announce(Kind.SUSPENSION)
    project = course.project()
    (row,) = queries.published(db.session, project.id)
    (leaf,) = leaves(project.log_id, "suspension")
    assert leaf["sha256"] == row.sha256 == sha(row.notice).hex()
    assert loads(row.notice)["article"] == "22"
    hold = outages.hold_of(db.session, project.id)
    assert hold.cause is outage_rules.Cause.SUSPENSION
    assert loads(hold.evidence)["notice"] == row.sha256
    assert row.notice in published_texts(db.session(), project)  # and so in the package, after the opening


def test_a_tender_resumed_before_its_deadline_closes_at_it(course, bid):
    bid(1)
    course.announce(Kind.SUSPENSION)
    course.centre.wait(HOUR)
    assert course.announce(Kind.RESUMPTION) == 2
    assert course.project().stage is Stage.PUBLISHED
    assert course.gate().held_at is None
    course.centre.wait(course.tender.closes_at)
    course.centre.wait(timedelta(seconds=2))
    assert course.gate().settled_at is not None


def test_a_deadline_does_not_pass_silently_while_suspended(course, bid, tmp_path):
    """It is owed anew, and with the two signatures the tender resumes by itself; the first bid still counts."""
    bid(1)
    course.announce(Kind.SUSPENSION)
    course.centre.wait(course.tender.closes_at + HOUR)
    with pytest.raises(rules.DeadlineHasPassed):
        course.draft(Kind.RESUMPTION)
    later = course.tender.closes_at + timedelta(days=1)
    extend(Server(course.centre, tmp_path), course.tender.uid, later)
    project, gate = course.project(), course.gate()
    assert (project.stage, gate.state, gate.held_at) == (Stage.PUBLISHED, GateState.OPEN, None)
    assert (project.closes_at, gate.closes_at) == (later, later)
    bid(2)
    course.centre.wait(later)
    course.centre.wait(timedelta(seconds=2))
    assert course.gate().settled_at is not None


def test_what_a_notice_suspended_is_not_lifted_like_an_outage(course):
    course.announce(Kind.SUSPENSION)
    with pytest.raises(outage_rules.SuspendedByNotice), course.centre.act("zhou") as tx:
        outage_service.ask_lift(tx, course.tender.uid, "照旧")


# terminating


def test_a_terminated_tender_refuses_every_bid_with_a_kind_word_and_is_never_opened(course, bid, attachment):
    bid(1)
    late = course.tender.seal(2, [attachment], price_fen=1_200_000_002)
    course.announce(Kind.TERMINATION)
    course.tender.refused(2, late.package.read_bytes(), Terminated, "late")
    with pytest.raises(Terminated):
        course.tender.withdraw(1)
    course.centre.wait(course.tender.closes_at + HOUR)
    course.centre.wait(HOUR)
    project, gate = course.project(), course.gate()
    assert (project.stage, gate.state, gate.next_due_at) == (Stage.TERMINATED, GateState.SHUT, None)
    assert not submissions.is_closed(db.session, project.id)  # how many there were, nobody learns
    assert db.session.scalar(select(Bid.state).where(Bid.project_id == project.id)).value == "effective"
    with pytest.raises(openings.Terminated), course.centre.act("sun") as tx:
        opening_service.fetch_package(tx, course.tender.uid)
    with pytest.raises(NoWayBack), course.centre.act("zhou") as tx:
        outage_service.draft(
            tx, course.tender.uid, closes_at=project.closes_at + timedelta(days=2), reason="再来"
        )


def test_termination_is_in_the_centres_log_too_for_the_tenders_own_may_never_be_public(course):
    course.announce(Kind.TERMINATION)
    (row,) = queries.published(db.session, course.project().id)
    centre = db.session.scalar(select(Log.id).where(Log.code == CENTRE))
    (note,) = leaves(centre, service.TERMINATED_NOTE)
    assert note["data"] == {"project": course.project().code, "sha256": row.sha256}


def test_a_suspended_tender_may_be_terminated_and_stays_on_hold(course):
    course.announce(Kind.SUSPENSION)
    course.announce(Kind.TERMINATION)
    assert course.gate().state is GateState.SHUT
    assert outages.held(db.session, course.centre.actor("sun")) == []


def test_a_terminated_tender_grows_no_more_covers(course):
    course.announce(Kind.TERMINATION)
    course.centre.tick()
    size = db.session.scalar(select(Log.size).where(Log.id == course.project().log_id))
    course.centre.wait(timedelta(days=2))
    course.centre.wait(HOUR)
    db.session.expire_all()
    assert db.session.scalar(select(Log.size).where(Log.id == course.project().log_id)) == size


def test_a_closed_tender_may_be_terminated_until_its_box_is_opened(three_in):
    course = Course(three_in)
    course.announce(Kind.TERMINATION)
    assert course.gate().state is GateState.SHUT
    project = course.project()
    assert db.session.scalars(select(SavingsEntry).where(SavingsEntry.award_fen > 0)).all() == []
    assert submissions.is_closed(db.session, project.id)  # what was public stays so


def test_an_opened_tender_is_not_terminated(opened):
    with pytest.raises(rules.OpeningBegun):
        Course(opened).draft(Kind.TERMINATION)


@pytest.mark.parametrize("kind", [Kind.SUSPENSION, Kind.TERMINATION])
def test_everybody_who_holds_the_tender_is_told(course, bid, kind):
    bid(1)
    course.announce(kind)
    kinds = {Kind.SUSPENSION: "suspended", Kind.TERMINATION: "terminated"}
    names = {course.centre.actor(who).account_id for who in ("t1", "sun", "zhou")}
    assert names <= set(told(kinds[kind]))
    assert course.centre.actor("t2").account_id not in told(kinds[kind])


# failing, and again


@pytest.fixture
def failed(course, bid):
    """One bid where three are wanted."""
    bid(1)
    course.centre.wait(course.tender.closes_at)
    course.centre.wait(timedelta(seconds=2))
    return course


def test_a_failed_tender_is_announced_once_with_its_lots(failed):
    assert queries.state(db.session, failed.project()) is State.PUBLISHED
    failed.announce(Kind.FAILURE)
    project = failed.project()
    assert queries.state(db.session, project) is State.FAILED
    (row,) = queries.published(db.session, project.id)
    assert (loads(row.notice)["lots"], loads(row.notice)["next_step"]) == (["1"], "答复后恢复")
    with pytest.raises(rules.NotInTable):
        failed.draft(Kind.FAILURE)


def test_before_the_close_nothing_has_failed(course):
    with pytest.raises(rules.NothingFailed):
        course.draft(Kind.FAILURE)


def again(course, who="zhou"):
    with course.centre.act(who) as tx:
        return service.retender(tx, course.tender.uid, region="539921").uid


def test_a_failed_tender_is_tendered_again_as_a_draft_with_the_same_facts(failed):
    failed.announce(Kind.FAILURE)
    uid = again(failed)
    db.session.expire_all()
    old = failed.project()
    new = queries.successor_row(db.session, old.id).successor
    assert (new.uid, new.stage, new.closes_at) == (uid, Stage.DRAFT, None)
    assert new.title == f"{old.title}（第2次）"
    assert dataclasses.replace(new.written, title=old.title) == old.written
    assert [lot.written for lot in new.lots] == [lot.written for lot in old.lots]
    assert [doc.sha256 for doc in new.documents] == [doc.sha256 for doc in old.documents]
    assert queries.predecessor(db.session, new.id).id == old.id
    assert queries.state(db.session, old) is State.RETENDERED


def test_a_tender_is_tendered_again_once(failed):
    failed.announce(Kind.FAILURE)
    again(failed)
    with pytest.raises(rules.RetenderedAlready):
        again(failed, "wu")


def test_a_terminated_tender_is_tendered_again_and_one_that_goes_on_is_not(course):
    with pytest.raises(rules.NotInTable):
        again(course)
    course.announce(Kind.TERMINATION)
    for who in ("t1", "sun", "wang"):
        with pytest.raises(NotFound):
            again(course, who)
    assert again(course)


def test_where_a_tender_stands_is_where_the_list_has_it(course):
    def listed(phase):
        now = course.centre.clock.now()
        return [row.uid for row in find(db.session(), Search(phase=phase), now).items]

    for kind, phase in (
        (Kind.SUSPENSION, Phase.SUSPENDED),
        (Kind.RESUMPTION, Phase.OPEN),
        (Kind.TERMINATION, Phase.TERMINATED),
    ):
        course.announce(kind)
        db.session.rollback()
        assert course.tender.uid in listed(phase)
        others = {Phase.SUSPENDED, Phase.OPEN, Phase.TERMINATED} - {phase}
        assert not any(course.tender.uid in listed(other) for other in others)


def test_a_terminated_tender_gives_its_rooms_back(course):
    project, centre = course.project(), course.centre
    with centre.act("wang") as tx:
        facts = RoomFacts(RoomKind.OPENING, "第一开标室", "三楼", 40, "投影仪", 2, is_open=True)
        room = room_service.add_room(tx, facts, keys=log_keys()).uid
    with centre.act("zhou") as tx:
        span = Span(project.opens_at, project.opens_at + timedelta(hours=1))
        room_service.arrange(
            tx,
            named_of(course.project_in(tx)),
            [Want(Purpose.OPENING, room, span, "room")],
            calendar=tenders.calendar(tx.session),
        )
    assert set(rooms.of_project(db.session(), project.id)) == {Purpose.OPENING}
    course.announce(Kind.TERMINATION)
    db.session.rollback()
    assert rooms.of_project(db.session(), project.id) == {}
