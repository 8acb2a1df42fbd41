"""How connections are set up, and the queue of SQLite's writers."""

import threading
import time

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from bidding.db.engine import WRITES, Turn, WriteLock, configure, engine_options


@pytest.fixture
def sqlite(tmp_path):
    url = f"sqlite:///{tmp_path}/engine.db"
    made = create_engine(url, **engine_options(url))
    configure(made)
    yield made
    made.dispose()


def pragma(connection, name):
    return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_commits_are_durable_and_keys_enforced(sqlite):
    with sqlite.connect() as connection:
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "synchronous") == 2
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "busy_timeout") == 30000
    with sqlite.begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a (id))"))
    with pytest.raises(IntegrityError), sqlite.begin() as connection:
        connection.execute(text("INSERT INTO b VALUES (1)"))


def test_who_comes_in_a_crowd_waits_a_moment_for_a_connection_and_opens_none(sqlite):
    """Each of 64 threads holds one for a moment; those that are kept are enough for all of them."""
    opened = []
    event.listen(sqlite, "connect", lambda *_: opened.append(1))

    def one_question():
        with sqlite.connect() as connection:
            connection.execute(text("SELECT 1"))
            time.sleep(0.01)

    threads = [threading.Thread(target=one_question) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) <= sqlite.pool.size()


def test_where_all_that_are_kept_are_held_a_further_one_is_opened_in_the_end(sqlite):
    held = [sqlite.connect() for _ in range(sqlite.pool.size())]
    with sqlite.connect() as further:
        assert further.execute(text("SELECT 1")).scalar() == 1
    for each in held:
        each.close()


def test_tables_too_are_made_or_not_at_all(sqlite):
    def fails():
        with sqlite.begin() as connection:
            connection.execute(text("CREATE TABLE gone (id INTEGER)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with sqlite.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def test_who_says_that_it_writes_holds_the_file_at_once(sqlite):
    """A reader that becomes a writer could find that somebody wrote in between."""
    began = []
    with sqlite.connect() as plain:
        plain.connection.dbapi_connection.set_trace_callback(began.append)
    with sqlite.connect() as connection:
        connection.execution_options(**{WRITES: True}).execute(text("SELECT 1"))
    assert "BEGIN IMMEDIATE" in began


def test_writers_go_one_after_another_and_none_starves(tmp_path):
    locks = [WriteLock(f"sqlite:///{tmp_path}/x.db") for _ in range(3)]  # as three processes would have
    inside, most, done = [], [], []

    def write(lock):
        for _ in range(10):
            with lock.held():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.001)
                inside.pop()
        done.append(lock)

    threads = [threading.Thread(target=write, args=(lock,)) for lock in locks for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(done) == 6


def test_the_lock_is_let_go_when_something_fails(tmp_path):
    lock = WriteLock(f"sqlite:///{tmp_path}/x.db")

    def fails():
        with lock.held():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with lock.held():
        pass


@pytest.mark.parametrize("url", ["postgresql+psycopg://host/name", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_need_no_lock(url, tmp_path):
    with WriteLock(url).held():
        assert not list(tmp_path.iterdir())


def test_postgresql_is_asked_whether_it_is_still_there():
    assert engine_options("postgresql+psycopg://host/name")["pool_pre_ping"] is True


def test_whoever_came_first_gets_the_lock_first():
    turn, order, threads = Turn(), [], []

    def wait(number):
        with turn:
            order.append(number)

    with turn:
        for number in range(20):
            threads.append(threading.Thread(target=wait, args=[number]))
            threads[-1].start()
            while len(turn._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    with turn:
        assert not turn._waiting


def test_as_many_hold_a_turn_as_may_and_the_next_when_one_lets_go():
    turn, order = Turn(2), []

    def wait():
        with turn:
            order.append("third")

    with turn:
        with turn:
            third = threading.Thread(target=wait)
            third.start()
            while not turn._waiting:
                time.sleep(0.001)
            assert not order
        third.join()
        assert order == ["third"]
        with turn:
            assert not turn._waiting
