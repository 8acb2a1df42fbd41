"""All or nothing, one writer after another, and effects only after the commit."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.actor import NOBODY, system_actor
from bidding.db import db, uow
from bidding.db.engine import WriteLock
from bidding.ledger.models import Log, Witness


def add(tx, name):
    tx.session.add(Witness(name=name, vkey=name, enrolled_at=tx.now))
    tx.session.flush()


def names():
    db.session.rollback()
    return set(db.session.scalars(select(Witness.name)))


def test_what_is_done_is_kept(begin, clock):
    with begin() as tx:
        add(tx, "a")
        assert tx.now == clock.now()
        assert tx.actor is NOBODY
    assert names() == {"a"}


def test_what_fails_leaves_nothing(begin):
    done = []

    def fails():
        with begin() as tx:
            add(tx, "a")
            tx.after_commit.append(lambda: done.append("mail"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert names() == set()
    assert done == []


def test_effects_come_after_the_commit_and_in_order(begin):
    done = []
    with begin() as tx:
        add(tx, "a")
        tx.after_commit.append(lambda: done.append(names()))
        tx.after_commit.append(lambda: done.append("second"))
        assert done == []
    assert done == [{"a"}, "second"]


def test_a_rule_of_the_database_undoes_everything(begin):
    with begin() as tx:
        add(tx, "a")

    def twice():
        with begin() as tx:
            add(tx, "b")
            add(tx, "a")

    with pytest.raises(IntegrityError):
        twice()
    assert names() == {"a"}


def test_listeners_run_in_the_same_transaction(app, begin):
    class News:
        pass

    class Other:
        pass

    heard = []
    bus = app.extensions["world"].bus
    bus.subscribe(News, lambda tx, event: heard.append((tx.now, event)))
    bus.subscribe(News, lambda tx, _event: add(tx, "listener"))
    news = News()

    def fails():
        with begin() as tx:
            tx.emit(Other())
            tx.emit(news)
            assert heard[-1] == (tx.now, news)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert len(heard) == 1
    assert names() == set()


def test_time_is_read_once_the_writers_turn_has_come(app, clock, tmp_path):
    """Who waits for the writer before a deadline and gets the turn after it is late."""
    world = replace(app.extensions["world"], lock=WriteLock(f"sqlite:///{tmp_path}/queue.db"))
    began, seen = threading.Event(), []
    start = clock.now()

    def second():
        with app.app_context():
            began.set()
            with uow.transaction(system_actor("second"), world) as tx:
                seen.append(tx.now)

    with world.lock.held():
        thread = threading.Thread(target=second)
        thread.start()
        began.wait()
        clock.advance(timedelta(minutes=1))
    thread.join()
    assert seen == [start + timedelta(minutes=1)]


def test_two_threads_that_count_lose_nothing(app, world, begin):
    with begin() as tx:
        tx.session.add(Log(code="T", origin="T", size=0, known_size=0))

    def count():
        with app.app_context():
            for _ in range(25):
                with uow.transaction(NOBODY, world) as tx:
                    log = tx.session.scalars(select(Log).with_for_update()).one()
                    log.size += 1
            db.session.remove()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.scalars(select(Log.size)).one() == 100


def test_a_reader_sees_no_half_of_a_transaction(app, world, begin):
    seen = []

    def read():
        with app.app_context():
            seen.append(names())
            db.session.remove()

    with begin() as tx:
        add(tx, "a")
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
        add(tx, "b")
    assert seen == [set()]
    assert names() == {"a", "b"}
