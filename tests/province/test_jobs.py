"""Messages to a platform that takes, refuses, is silent, comes back: at least once, in order, one project's errors its own."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.province import jobs, rules, service
from bidding.province.codes import MAX_SERIAL
from bidding.province.mapping import plan
from bidding.province.models import DealSerial, ProvinceMessage
from bidding.province.receiver import Receiver
from bidding.province.rules import State
from bidding.tenders.models import Family, Method, Project
from bidding.tenders.queries import local_day
from tests.province.receiving import Platform

OWNER = "12539921MB1A00002P"


@pytest.fixture
def platform():
    made = Platform().up()
    yield made
    made.down()


@pytest.fixture
def sending(with_receiver, platform):
    """The station with the platform as its receiver."""
    return with_receiver(Receiver(platform.url, timeout=0.5))


@pytest.fixture
def sales(make, project_of, begin, cast, station):
    """``sales(2)``: as many sales to be told of, every field filled in; a listing of each."""

    def _sales(count=1, *, whole=True):
        for n in range(1, count + 1):
            given = make(
                uid=f"p{n}",
                code=f"Z9953992120260{n:03d}001",
                family=Family.PROPERTY,
                method=Method.ASSET_TRANSFER,
                ceiling=None,
                opened=False,
            )
            project_id = project_of(given)
            with begin() as tx:
                service.note_project(tx, project_id, station)
            if whole:
                complete()

    def complete():
        with begin(cast.actor("wang")) as tx:
            for row in tx.session.scalars(select(ProvinceMessage)).all():
                if row.payload is None:
                    service.answer(tx, row.uid, {("project", "", "SELLER_CODE"): OWNER}, station)

    _sales.complete = complete
    return _sales


@pytest.fixture
def rows(begin):
    """Every message, in order."""

    def _rows():
        with begin() as tx:
            return tx.session.scalars(select(ProvinceMessage).order_by(ProvinceMessage.id)).all()

    return _rows


def of(rows):
    return [row.state for row in rows]


def test_what_lacks_a_field_waits_and_goes_once_it_is_filled_in(sales, sending, world, rows, platform):
    sales(whole=False)
    assert jobs.check(world, sending) == 0
    assert (of(rows()), rows()[0].faults) == ([State.INCOMPLETE], 1)
    assert jobs.send_due(world, sending) == 0
    sales.complete()
    assert jobs.send_due(world, sending) == 1
    (row,) = rows()
    assert (row.state, row.receipt, row.sha256 is not None) == (State.ACKNOWLEDGED, "R-1", True)
    assert platform.order == ["700"]
    assert jobs.send_due(world, sending) == 0


def test_a_lost_answer_brings_the_same_bytes_again_and_the_platform_has_them_once(
    sales, sending, world, rows, platform, clock
):
    sales()
    platform.answers = ["silent"]
    assert jobs.send_due(world, sending) == 0
    assert (of(rows()), rows()[0].error) == ([State.PENDING], "no answer in time")
    clock.advance(rules.FIRST_PAUSE - timedelta(seconds=1))
    assert jobs.send_due(world, sending) == 0
    assert len(platform.asked) == 1
    clock.advance(timedelta(seconds=1))
    assert jobs.send_due(world, sending) == 1
    assert (of(rows()), rows()[0].receipt) == ([State.ACKNOWLEDGED], "R-1")
    assert platform.asked[0]["raw"] == platform.asked[1]["raw"]
    assert len(platform.taken) == 1


class _Killed(BaseException):
    """The process is gone."""


class Dying:
    """A receiver after whose "yes" the process dies, before it can write that down."""

    def __init__(self, receiver):
        self.receiver = receiver

    @contextmanager
    def open(self):
        with self.receiver.open() as hand:

            def give(uid, payload):
                hand(uid, payload)
                raise _Killed

            yield give


def test_a_process_that_dies_between_the_yes_and_its_own_note_sends_again_once_its_lease_is_over(
    sales, sending, with_receiver, world, rows, platform, clock
):
    sales()
    with pytest.raises(_Killed):
        jobs.send_due(world, with_receiver(Dying(sending.receiver)))
    assert of(rows()) == [State.PENDING]
    assert jobs.send_due(world, sending) == 0  # another worker keeps its hands off what is leased
    clock.advance(jobs.LEASE)
    assert jobs.send_due(world, sending) == 1
    assert (of(rows()), len(platform.asked), len(platform.taken)) == ([State.ACKNOWLEDGED], 2, 1)


def test_a_worker_whose_lease_went_to_another_changes_nothing(
    sales, sending, with_receiver, world, rows, clock
):
    sales()

    class Slow(Dying):
        @contextmanager
        def open(self):
            def give(uid, payload):
                clock.advance(jobs.LEASE)
                assert jobs.send_due(world, sending) == 1  # somebody else came meanwhile
                return "late"

            yield give

    jobs.send_due(world, with_receiver(Slow(sending.receiver)))
    assert (of(rows()), rows()[0].receipt) == ([State.ACKNOWLEDGED], "R-1")


def test_taken_for_later_is_asked_again_until_there_is_a_receipt(
    sales, sending, world, rows, platform, clock
):
    sales()
    platform.answers = ["later"]
    assert jobs.send_due(world, sending) == 1
    assert of(rows()) == [State.SENT]
    assert jobs.send_due(world, sending) == 0
    clock.advance(rules.ASK_AGAIN)
    assert jobs.send_due(world, sending) == 1
    assert (of(rows()), rows()[0].receipt, len(platform.taken)) == ([State.ACKNOWLEDGED], "R-1", 1)


def test_what_is_refused_waits_for_a_person_and_the_other_projects_go(
    sales, sending, world, rows, platform, begin
):
    sales(2)
    platform.answers = ["refuse"]
    assert jobs.send_due(world, sending) == 1
    assert of(rows()) == [State.ERROR, State.ACKNOWLEDGED]
    assert "422" in rows()[0].error
    assert jobs.send_due(world, sending) == 0
    uid = rows()[0].uid
    with begin() as tx:
        service.retry(tx, uid)
    assert jobs.send_due(world, sending) == 1
    assert of(rows()) == [State.ACKNOWLEDGED, State.ACKNOWLEDGED]


def test_a_message_that_fails_again_and_again_is_given_to_a_person_and_each_pause_is_longer(
    sales, sending, world, rows, platform, clock
):
    sales(2)
    waits = []
    for _ in range(rules.MOST_ATTEMPTS):
        platform.answers = ["broken"]
        begun = clock.now()
        jobs.send_due(world, sending)
        (row, other) = rows()
        if row.next_due_at is not None:
            waits.append((row.next_due_at - begun) / rules.FIRST_PAUSE)
            clock.set(row.next_due_at)
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert (row.state, row.attempts, other.state) == (State.ERROR, rules.MOST_ATTEMPTS, State.ACKNOWLEDGED)


def test_a_platform_that_is_away_costs_no_message_an_attempt_and_no_round_more_than_one_try(
    sales, sending, world, rows, platform, clock
):
    sales(3)
    platform.down()
    for _ in range(3 * rules.MOST_ATTEMPTS):
        assert jobs.send_due(world, sending) == 0
        clock.advance(rules.FIRST_PAUSE)
    assert of(rows()) == [State.PENDING] * 3
    assert {row.attempts for row in rows()} == {0}
    platform.up()
    assert jobs.send_due(world, sending) == 3


def test_after_three_that_were_not_answered_a_round_ends(sales, sending, world, platform):
    sales(5)
    platform.answers = ["broken"] * 9
    jobs.send_due(world, sending)
    assert len(platform.asked) == 3


@pytest.fixture
def bought(make, project_of, begin, cast, station):
    """Two purchases, opened: 550 of both is whole, 551 left out, 556 whole, 557 lacks much."""

    def _bought(keys):
        for n in (1, 2):
            code = f"Z9953992120260{n:03d}001"
            project_id = project_of(make(uid=f"w{n}", code=code, family=Family.PROCUREMENT))
            with begin(cast.actor("wang")) as tx:
                service.note_project(tx, project_id, station)
                of_set = {
                    row.data_set: row.uid
                    for row in tx.session.scalars(
                        select(ProvinceMessage).where(ProvinceMessage.project_id == project_id)
                    )
                }
                service.answer(tx, of_set["550"], {("project", "", "PURCHASER_CODE"): OWNER}, station)
                service.leave_out(tx, of_set["551"], "由财政系统报送", keys)

    return _bought


def test_what_failed_holds_back_what_comes_after_it_in_its_own_project_and_nowhere_else(
    bought, app, sending, world, rows, platform, begin, clock
):
    bought(app.extensions["log_keys"])
    platform.answers = ["refuse"]
    for _ in range(3):
        jobs.send_due(world, sending)
    assert platform.order == ["550", "556"]  # of the second
    found = rows()
    assert [(row.data_set, row.state) for row in found[:4]] == [
        ("550", State.ERROR),
        ("551", State.DROPPED),
        ("556", State.PENDING),
        ("557", State.INCOMPLETE),
    ]
    with begin() as tx:
        service.retry(tx, found[0].uid)
    for _ in range(3):
        jobs.send_due(world, sending)
    assert platform.order == ["550", "556", "550", "556"]


def test_a_fault_of_ours_stays_with_one_message(sales, sending, world, rows, begin):
    sales(2)
    first = rows()[0].id
    with begin() as tx:  # a row that speaks of what is not there
        tx.session.get_one(ProvinceMessage, first).data_set = "701"
    assert jobs.send_due(world, sending) == 1
    assert of(rows()) == [State.INCOMPLETE, State.ACKNOWLEDGED]
    assert rows()[0].error == "ValueError"


def test_without_a_receiver_nothing_is_sent_and_without_a_platform_nothing_done(sales, station, world, rows):
    sales()
    assert jobs.send_due(world, station) == 0
    off = replace(station, centre=replace(station.centre, platform=""))
    assert (jobs.check(world, off), jobs.send_due(world, off), jobs.catch_up(world, off)) == (0, 0, 0)
    assert of(rows()) == [State.PENDING]


def test_projects_from_before_are_caught_up_with_once(make, station, world, rows):
    make()
    assert jobs.catch_up(world, station) == 7
    assert jobs.catch_up(world, station) == 0
    assert [row.data_set for row in rows()] == ["500", "501", "502", "503", "504", "506", "507"]


def test_a_project_that_cannot_be_noted_keeps_no_other_from_it(make, begin, station, world, rows):
    make()
    make(uid="p2", code="T-2026-002", family=Family.PROPERTY, method=Method.ASSET_TRANSFER, opened=False)
    with begin() as tx:
        day = local_day(tx.session.scalars(select(Project.published_at)).first())
        tx.session.add(DealSerial(day=day, last=MAX_SERIAL))
    only_works = replace(
        station, plan=replace(station.plan, codes={**station.plan.codes, "trade": {"works": "A02"}})
    )
    assert jobs.catch_up(world, only_works) == 1
    assert [row.data_set for row in rows()] == ["700"]


def test_what_lacked_something_is_looked_through_again_every_hour(sales, station, world, rows, clock):
    sales(whole=False)
    jobs.check(world, station)
    table = plan('{"fields": {"700": {"SELLER_CODE": {"required": false}}}}')
    mended = replace(station, plan=replace(station.plan, sets=table.sets))
    assert jobs.check(world, mended) == 0
    clock.advance(timedelta(hours=1))
    assert jobs.check(world, mended) == 1
    assert of(rows()) == [State.PENDING]
