"""Keeping rooms, booking them, moving with a project's dates; and that no room is ever given twice."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads
from bidding.core.errors import DomainError, NotFound, WrongState
from bidding.db import db
from bidding.ledger.models import Leaf, Log
from bidding.rooms import queries, service
from bidding.rooms.models import BookedQuarter, Booking
from bidding.rooms.rules import Purpose, RoomKind, Span
from bidding.rooms.service import Want
from bidding.tenders import bookings
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from tests.rooms.conftest import FACTS, TUESDAY, at, booked, span
from tests.tenders.drafting import CLOSES


def standing():
    """What stands, as the tables have it: the booking's own span, and the quarters that it holds."""
    held = {}
    for row in db.session().scalars(select(BookedQuarter)):
        held.setdefault(row.booking_id, set()).add((row.room_id, row.quarter))
    found = db.session().scalars(select(Booking).where(Booking.cancelled_at.is_(None))).all()
    return [(each, held.pop(each.id, set())) for each in found], held


def assert_nothing_is_given_twice():
    db.session.rollback()
    found, orphans = standing()
    assert orphans == {}
    taken = []
    for each, quarters in found:
        assert quarters == {(each.room_id, quarter) for quarter in each.span.quarters}
        taken += quarters
    assert len(taken) == len(set(taken))
    for one in (each for each, _ in found):
        for other in (each for each, _ in found):
            assert one is other or one.room_id != other.room_id or not one.span.meets(other.span)


# Rooms ----------------------------------------------------------------------------------------------------------


def test_a_room_is_what_the_administrator_wrote_and_stands_in_the_centres_log(begin, cast, keys, room):
    uid = room(equipment="投影仪、 音响，投影仪")
    with begin(cast.actor("wang")) as tx:
        found = queries.room(tx.session, uid)
        assert (found.things, found.cameras, found.is_open) == (["投影仪", "音响"], 4, True)
        service.edit_room(tx, uid, replace(FACTS, is_open=False), keys=keys)
    notes = [
        loads(leaf.event)["data"]
        for leaf in db.session().scalars(
            select(Leaf).join(Log).where(Log.code == "centre", Leaf.type == "note").order_by(Leaf.idx)
        )
        if loads(leaf.event)["kind"] == service.ROOM_NOTE
    ]
    assert [note["open"] for note in notes] == [True, False]
    assert notes[0]["equipment"] == ["投影仪", "音响"]


def test_two_rooms_have_two_names(room):
    room("开标一室")
    with pytest.raises(service.NameTaken) as refused:
        room(" 开标一室 ")
    assert refused.value.field == "name"


@pytest.mark.parametrize("wrong", [{"seats": -1}, {"seats": 2001}, {"cameras": -1}, {"cameras": 201}])
def test_a_room_has_as_many_seats_and_cameras_as_a_room_has(room, wrong):
    with pytest.raises(DomainError):
        room(**wrong)


# Booking --------------------------------------------------------------------------------------------------------


def test_where_one_ends_the_next_may_begin(room, book):
    uid = room()
    book(uid, span(14, 16))
    book(uid, span(16, 17), by="wang")
    book(uid, span(13, 14), by="wang")
    assert_nothing_is_given_twice()


@pytest.mark.parametrize(
    "second", [span(14, 16), span(15.75, 17), span(13, 14.25), span(14.5, 15), span(8, 18)]
)
def test_who_comes_second_is_told_room_time_and_what_is_free_and_not_whose_it_is(room, book, rival, second):
    uid = room()
    book(uid, span(14, 16), matter="不能让别人知道的事")
    with pytest.raises(service.RoomTaken) as refused:
        book(uid, second, by="feng")
    told = str(refused.value)
    assert "开标一室" in told
    assert "2026-12-01 14:00–16:00" in told
    assert (
        queries.free(db.session(), queries.room(db.session(), uid), second, tenders.calendar(db.session()))[
            0
        ].local
        in told
    )
    assert "不能让别人知道的事" not in told
    assert "绿洲" not in told
    assert_nothing_is_given_twice()


def test_the_database_itself_gives_no_quarter_twice(begin, cast, room, book):
    uid = room()
    first = book(uid, span(14, 16))
    with begin(cast.actor("wang")) as tx:
        other = booked(tx, uid, span(16, 17))
        taken = tx.session.scalars(select(Booking).where(Booking.uid == first)).one()
        row = {"room_id": taken.room_id, "quarter": taken.span.quarters[0], "booking_id": other.id}
        with pytest.raises(IntegrityError), tx.session.begin_nested():
            tx.session.execute(insert(BookedQuarter), [row])


def test_the_database_gives_no_quarter_of_a_room_to_a_booking_of_another(begin, cast, room):
    one, other = room("开标一室"), room("开标二室")
    with begin(cast.actor("wang")) as tx:
        made = booked(tx, one, span(14, 16))
        row = {"room_id": queries.room(tx.session, other).id, "quarter": 1, "booking_id": made.id}
        with pytest.raises(IntegrityError), tx.session.begin_nested():
            tx.session.execute(insert(BookedQuarter), [row])


def test_a_closed_room_is_not_given_and_what_is_booked_in_it_stays(begin, cast, keys, room, book):
    uid = room()
    book(uid, span(14, 16))
    with begin(cast.actor("wang")) as tx:
        service.edit_room(tx, uid, replace(FACTS, is_open=False), keys=keys)
    with pytest.raises(service.RoomClosed):
        book(uid, span(16, 17))
    assert len(standing()[0]) == 1


def test_only_ones_own_project_can_be_booked_for(begin, cast, room, written, rival):
    uid, project_uid = room(), written()
    with begin(cast.actor("zhou")) as tx:
        project = bookings.named_of(tenders.project_for(tx.session, tx.actor, project_uid))
    for who in ("feng", "sun", "li"):
        with pytest.raises(NotFound), begin(cast.actor(who)) as tx:
            booked(tx, uid, span(14, 16), purpose=Purpose.OPENING, project=project)
    with begin(cast.actor("zhou")) as tx:
        assert (
            booked(tx, uid, span(14, 16), purpose=Purpose.OPENING, project=project).project_id == project.id
        )


def test_one_purpose_of_a_project_has_one_room(begin, cast, room, written):
    one, other, project_uid = room("开标一室"), room("开标二室"), written()
    with begin(cast.actor("zhou")) as tx:
        project = bookings.named_of(tenders.project_for(tx.session, tx.actor, project_uid))
        booked(tx, one, span(14, 16), purpose=Purpose.OPENING, project=project)
    with pytest.raises(DomainError), begin(cast.actor("zhou")) as tx:
        booked(tx, other, span(14, 16), purpose=Purpose.OPENING, project=project)


# Moving and cancelling ------------------------------------------------------------------------------------------


def move(begin, cast, uid, room_uid, when, by="zhou"):
    with begin(cast.actor(by)) as tx:
        return service.move(
            tx, uid, room_uid, when, project=None, calendar=tenders.calendar(tx.session)
        ).sequence


def test_what_moves_leaves_its_old_time_to_others_and_counts_its_changes(begin, cast, room, book, rival):
    one, other = room("开标一室"), room("开标二室")
    uid = book(one, span(14, 16))
    assert move(begin, cast, uid, one, span(15, 17)) == 1
    assert move(begin, cast, uid, one, span(15, 17)) == 1  # nothing changed
    book(one, span(14, 15), by="feng")
    assert move(begin, cast, uid, other, span(15, 17)) == 2
    book(one, span(15, 16), by="feng")
    assert_nothing_is_given_twice()


def test_what_cannot_move_stays_as_it_was(begin, cast, room, book, rival):
    uid = room()
    first = book(uid, span(14, 16))
    book(uid, span(16, 17), by="feng")
    with pytest.raises(service.RoomTaken):
        move(begin, cast, first, uid, span(15, 17))
    assert_nothing_is_given_twice()
    assert queries.booking(db.session(), cast.actor("zhou"), first).span == span(14, 16)


def test_nobody_else_moves_or_cancels_a_booking_and_an_administrator_may(begin, cast, room, book, rival):
    uid = room()
    first = book(uid, span(14, 16))
    for who in ("feng", "sun", "li"):
        with pytest.raises(NotFound):
            move(begin, cast, first, uid, span(15, 17), by=who)
        with pytest.raises(NotFound), begin(cast.actor(who)) as tx:
            service.cancel(tx, first, "不要了", project=None)
    assert move(begin, cast, first, uid, span(15, 17), by="wang") == 1


def test_a_room_given_back_with_a_reason_is_free_and_the_booking_stays_on_record(
    begin, cast, room, book, rival
):
    uid = room()
    first = book(uid, span(14, 16))
    for reason in ("", "  ", "长" * 501):
        with pytest.raises(service.ReasonMissing), begin(cast.actor("zhou")) as tx:
            service.cancel(tx, first, reason, project=None)
    with begin(cast.actor("zhou")) as tx:
        assert service.cancel(tx, first, "培训改期", project=None).sequence == 1
    book(uid, span(14, 16), by="feng")
    with pytest.raises(WrongState), begin(cast.actor("zhou")) as tx:
        service.cancel(tx, first, "再来一次", project=None)
    with pytest.raises(WrongState):
        move(begin, cast, first, uid, span(8, 9))
    assert_nothing_is_given_twice()


def test_what_is_over_is_not_changed(begin, cast, clock, room, book):
    uid = room()
    first = book(uid, span(14, 16))
    clock.set(at(15, 59))
    move(begin, cast, first, uid, span(16, 17))
    clock.set(at(17))
    with pytest.raises(service.IsOver), begin(cast.actor("zhou")) as tx:
        service.cancel(tx, first, "算了", project=None)


# A project's rooms ----------------------------------------------------------------------------------------------

OPENING = Span(CLOSES - timedelta(minutes=30), CLOSES + timedelta(hours=2))
EVALUATION = Span(CLOSES + timedelta(hours=2), CLOSES + timedelta(hours=4))


@pytest.fixture
def rooms(room):
    return room("开标一室"), room("评标一室", kind=RoomKind.EVALUATION)


def wants(rooms, *, opening=OPENING, evaluation=EVALUATION):
    opening_room, evaluation_room = rooms
    found = []
    if opening is not None:
        found.append(Want(Purpose.OPENING, opening_room, opening, "opening_room"))
    if evaluation is not None:
        found.append(Want(Purpose.EVALUATION, evaluation_room, evaluation, "evaluation_room"))
    return found


def arrange(begin, cast, project_uid, wanted, by="zhou"):
    with begin(cast.actor(by)) as tx:
        project = tx.session.scalars(select(Project).where(Project.uid == project_uid)).one()
        service.arrange(tx, bookings.named_of(project), wanted, calendar=tenders.calendar(tx.session))


def of(project_uid):
    project = db.session().scalars(select(Project).where(Project.uid == project_uid)).one()
    return queries.of_project(db.session(), project.id)


def test_a_projects_rooms_are_exactly_those_it_wants(begin, cast, rooms, written):
    uid = written()
    arrange(begin, cast, uid, wants(rooms))
    assert {purpose: each.span for purpose, each in of(uid).items()} == {
        Purpose.OPENING: OPENING,
        Purpose.EVALUATION: EVALUATION,
    }
    arrange(begin, cast, uid, wants(rooms))
    assert {each.sequence for each in of(uid).values()} == {0}
    arrange(begin, cast, uid, wants(rooms, opening=OPENING.moved(timedelta(hours=1)), evaluation=None))
    assert {purpose: each.sequence for purpose, each in of(uid).items()} == {Purpose.OPENING: 1}
    arrange(begin, cast, uid, [])
    assert of(uid) == {}
    assert_nothing_is_given_twice()


def test_rooms_of_a_project_are_given_together_or_not_at_all(begin, cast, rooms, room, written, book, rival):
    uid = written()
    book(rooms[1], EVALUATION, by="feng")
    with pytest.raises(service.RoomTaken) as refused:
        arrange(begin, cast, uid, wants(rooms))
    assert refused.value.field == "evaluation_room"
    db.session.rollback()
    assert of(uid) == {}


def test_a_project_may_not_be_in_the_way_of_itself(begin, cast, rooms, written):
    uid = written()
    both = [
        Want(Purpose.OPENING, rooms[0], OPENING, "opening_room"),
        Want(Purpose.PRICES, rooms[0], OPENING.moved(timedelta(hours=1)), "prices_room"),
    ]
    with pytest.raises(service.RoomTaken):
        arrange(begin, cast, uid, both)


def test_nobody_else_arranges_a_projects_rooms(begin, cast, rooms, written, rival):
    uid = written()
    for who in ("feng", "sun", "li"):
        with pytest.raises(NotFound):
            arrange(begin, cast, uid, wants(rooms), by=who)


def shift(begin, cast, project_uid, by, prices=timedelta()):
    with begin(cast.actor("zhou")) as tx:
        project = tx.session.scalars(select(Project).where(Project.uid == project_uid)).one()
        shifts = {Purpose.OPENING: by, Purpose.PRICES: prices}
        days = tenders.calendar(tx.session)
        seen = [each.booking.purpose for each in queries.clashes(tx.session, project.id, shifts, days)]
        stuck = service.move_bookings(tx, bookings.named_of(project), shifts, calendar=days)
        assert [each.booking.purpose for each in stuck] == seen
        return seen


def test_bookings_move_with_the_dates_of_their_project(begin, cast, rooms, written):
    uid = written()
    arrange(begin, cast, uid, wants(rooms))
    day = timedelta(days=1)
    assert shift(begin, cast, uid, day) == []
    assert {p: each.span for p, each in of(uid).items()} == {
        Purpose.OPENING: OPENING.moved(day),
        Purpose.EVALUATION: EVALUATION.moved(day),
    }
    assert_nothing_is_given_twice()
    assert shift(begin, cast, uid, timedelta(minutes=30)) == []  # over its own old time
    assert shift(begin, cast, uid, timedelta(minutes=7)) == []  # in whole quarters still
    assert_nothing_is_given_twice()


def test_what_cannot_move_with_its_project_stays_and_the_rest_moves(begin, cast, rooms, written, book, rival):
    uid = written()
    arrange(begin, cast, uid, wants(rooms))
    book(rooms[0], OPENING.moved(timedelta(hours=26)), by="feng")
    assert shift(begin, cast, uid, timedelta(days=1)) == [Purpose.OPENING]
    assert of(uid)[Purpose.OPENING].span == OPENING
    assert of(uid)[Purpose.EVALUATION].span == EVALUATION.moved(timedelta(days=1))
    assert_nothing_is_given_twice()


def test_a_booking_that_must_stay_may_keep_another_of_its_project_from_moving(
    begin, cast, room, written, book, rival
):
    uid, only = written(), room()
    prices = OPENING.moved(timedelta(hours=3))
    arrange(
        begin,
        cast,
        uid,
        [Want(Purpose.OPENING, only, OPENING, "a"), Want(Purpose.PRICES, only, prices, "b")],
    )
    book(only, prices.moved(timedelta(hours=3)), by="feng")
    by = timedelta(hours=3)  # the opening to where the prices are, and those to where Feng is
    assert set(shift(begin, cast, uid, by, by)) == {Purpose.OPENING, Purpose.PRICES}
    assert_nothing_is_given_twice()


# The law: no room twice -------------------------------------------------------------------------------------------

acts = st.lists(
    st.tuples(
        st.sampled_from(["book", "move", "cancel"]),
        st.sampled_from(["zhou", "feng"]),
        st.integers(0, 1),  # which room
        st.integers(0, 11),  # quarter at which it begins
        st.integers(1, 6),  # how many quarters
        st.integers(0, 5),  # which of one's bookings
    ),
    max_size=14,
)


def apply(begin, cast, rooms, own, act):
    """Do one act as its agency; whether it was refused. ``own`` are the agency's bookings so far."""
    what, who, which, first, length, mine = act
    when = Span(
        TUESDAY + (32 + first) * timedelta(minutes=15),
        TUESDAY + (32 + first + length) * timedelta(minutes=15),
    )
    try:
        if what == "book":
            with begin(cast.actor(who)) as tx:
                own[who].append(booked(tx, rooms[which], when).uid)
        elif own[who]:
            uid = own[who][mine % len(own[who])]
            if what == "move":
                move(begin, cast, uid, rooms[which], when, by=who)
            else:
                with begin(cast.actor(who)) as tx:
                    service.cancel(tx, uid, "改期", project=None)
    except (service.RoomTaken, WrongState):
        db.session.rollback()
        return True
    return False


def clear(begin, cast):
    with begin(cast.actor("wang")) as tx:
        tx.session.query(BookedQuarter).delete()
        tx.session.query(Booking).delete()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_no_sequence_of_acts_of_two_agencies_gives_a_room_twice(begin, cast, rival, two_rooms, done):
    clear(begin, cast)
    own = {"zhou": [], "feng": []}
    model = {}  # uid -> (room, span): what must stand
    for act in done:
        before = {who: list(uids) for who, uids in own.items()}
        refused = apply(begin, cast, two_rooms, own, act)
        what, who, which, first, length, mine = act
        when = Span(
            TUESDAY + (32 + first) * timedelta(minutes=15),
            TUESDAY + (32 + first + length) * timedelta(minutes=15),
        )
        uid = own[who][-1] if what == "book" and not refused else None
        if what != "book" and before[who]:
            uid = before[who][mine % len(before[who])]
        others = [place for other, place in model.items() if other != uid]
        free = not any(room == two_rooms[which] and when.meets(span_) for room, span_ in others)
        if what == "book":
            assert refused is not free
        if refused or uid is None:
            continue
        if what == "cancel":
            model.pop(uid)
        else:
            assert free
            model[uid] = (two_rooms[which], when)
    assert_nothing_is_given_twice()
    db.session.rollback()
    assert {each.uid: (each.room.uid, each.span) for each, _ in standing()[0]} == model


@pytest.fixture
def two_rooms(room):
    return room("开标一室"), room("开标二室")


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts, acts)
def test_no_race_of_two_agencies_gives_a_room_twice(app, begin, cast, rival, two_rooms, one, other):
    """Two threads at once, each with acts of its own, and a third time the same acts to meet each other head on."""
    clear(begin, cast)
    db.session.remove()
    own = {"zhou": [], "feng": []}
    broken = []
    start = threading.Barrier(2)

    def run(who, mine):
        with app.app_context():
            try:
                start.wait(timeout=20)
                for what, _, *rest in mine:
                    apply(begin, cast, two_rooms, own, (what, who, *rest))
            except Exception as error:  # whatever a thread says, the test must hear
                broken.append(error)
            finally:
                db.session.remove()

    always = [("book", "", 0, quarter, 2, 0) for quarter in range(0, 10, 2)]
    threads = [
        threading.Thread(target=run, args=(who, mine + always))
        for who, mine in (("zhou", one), ("feng", other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    assert_nothing_is_given_twice()
