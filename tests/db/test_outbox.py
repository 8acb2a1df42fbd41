"""What is to leave is taken by one worker at a time, and ends in exactly one way."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bidding.db import outbox
from bidding.db.outbox import LEASE, MOST_PAUSE, Channel, Letter, Outgoing

LASTS = timedelta(hours=24)


@pytest.fixture
def letter(begin):
    with begin() as tx:
        row = outbox.put(tx, Letter(Channel.EMAIL, "a@example.com", "{}", about="m", is_private=False))
        tx.session.flush()
        return row.id


def row(begin, row_id):
    with begin() as tx:
        return tx.session.get(Outgoing, row_id)


def take(begin, row_id):
    with begin() as tx:
        return outbox.take(tx, row_id)


def test_nothing_leaves_where_its_cause_was_rolled_back(begin, clock):
    def fail():
        with begin() as tx:
            outbox.put(tx, Letter(Channel.EMAIL, "a@example.com", "{}", is_private=False))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with begin() as tx:
        assert outbox.due(tx.session, Channel.EMAIL, clock.now(), 10) == []


def test_one_worker_takes_it_and_a_dead_ones_lease_runs_out(begin, letter, clock):
    first = take(begin, letter)
    assert first.attempts == 1
    assert take(begin, letter) is None
    clock.advance(LEASE)
    second = take(begin, letter)
    assert second.attempts == 2
    assert second.uid == first.uid, "the other side knows it again"


def test_whose_lease_is_over_changes_nothing(begin, letter, clock):
    late = take(begin, letter)
    clock.advance(LEASE)
    now = take(begin, letter)
    with begin() as tx:
        outbox.sent(tx, now)
    with begin() as tx:
        outbox.put_off(tx, late, "too late", lasts=LASTS)
    found = row(begin, letter)
    assert found.sent_at is not None
    assert found.error == ""


def test_what_was_sent_keeps_no_text(begin, letter):
    with begin() as tx:
        outbox.sent(tx, outbox.take(tx, letter))
    found = row(begin, letter)
    assert (found.payload, found.next_due_at, found.lease_token) == ("", None, None)


def test_each_failure_doubles_the_pause_up_to_the_most(begin, letter, clock):
    pauses = []
    for _ in range(8):
        with begin() as tx:
            outbox.put_off(tx, outbox.take(tx, letter), "451 later", lasts=LASTS)
        pauses.append(row(begin, letter).next_due_at - clock.now())
        clock.advance(pauses[-1])
    assert [int(pause.total_seconds()) for pause in pauses] == [30, 60, 120, 240, 480, 600, 600, 600]
    assert outbox.pause(10**6) == MOST_PAUSE


def test_it_is_given_up_only_when_its_time_is_over(begin, letter, clock):
    clock.advance(LASTS - timedelta(microseconds=1))
    with begin() as tx:
        outbox.put_off(tx, outbox.take(tx, letter), "451 later", lasts=LASTS)
    assert row(begin, letter).given_up_at is None
    clock.advance(MOST_PAUSE)
    with begin() as tx:
        outbox.put_off(tx, outbox.take(tx, letter), "451 later", lasts=LASTS)
    found = row(begin, letter)
    assert found.given_up_at == clock.now()
    assert found.next_due_at is None
    assert found.error == "451 later"


def test_where_the_channel_is_down_all_that_is_due_waits_with_it(begin, clock):
    with begin() as tx:
        for _ in range(3):
            outbox.put(tx, Letter(Channel.EMAIL, "a@example.com", "{}", is_private=False))
        outbox.put(tx, Letter(Channel.SMS, "13800000000", "{}", is_private=False))
    with begin() as tx:
        ids = outbox.due(tx.session, Channel.EMAIL, clock.now(), 10)
        taken = outbox.take(tx, ids[0])
        outbox.put_off(tx, taken, "down", lasts=LASTS)
        outbox.put_off_channel(tx, taken)
        assert outbox.due(tx.session, Channel.EMAIL, clock.now(), 10) == []
        assert len(outbox.due(tx.session, Channel.SMS, clock.now(), 10)) == 1
    clock.advance(outbox.FIRST_PAUSE)
    with begin() as tx:
        assert len(outbox.due(tx.session, Channel.EMAIL, clock.now(), 10)) == 3
        assert len(outbox.due(tx.session, Channel.EMAIL, clock.now(), 2)) == 2


def test_the_database_itself_keeps_private_letters_from_every_hand(begin, cast, clock):
    with pytest.raises(IntegrityError), begin() as tx:
        outbox.put(tx, Letter(Channel.HAND, "", "{}", is_private=True))
    with begin() as tx:
        outbox.put(tx, Letter(Channel.EMAIL, "a@example.com", "{}", is_private=True))
    values = {"given_up_at": clock.now(), "done_at": clock.now(), "done_by_id": cast.wang.id}
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.execute(update(Outgoing).values(next_due_at=None, **values))


def test_what_was_sent_long_ago_is_forgotten_and_what_a_person_did_is_not(begin, letter, cast, clock):
    with begin() as tx:
        by_hand = outbox.put(tx, Letter(Channel.HAND, "", "{}", about="h", is_private=False))
        by_hand.done_at, by_hand.done_by_id = tx.now, cast.wang.id
        outbox.sent(tx, outbox.take(tx, letter))
    clock.advance(outbox.KEPT)
    with begin() as tx:
        outbox.sweep(tx)
    with begin() as tx:
        assert [each.about for each in tx.session.query(Outgoing)] == ["h"]
