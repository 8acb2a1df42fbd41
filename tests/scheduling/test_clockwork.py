"""One tick after another; a job that fails stops nobody else's."""

import threading
from datetime import timedelta

from bidding.scheduling.clockwork import at_most_every, run_once, start


def test_every_job_has_its_turn_and_its_failure_is_named(caplog):
    done = []

    def fails():
        raise ZeroDivisionError

    run_once([("first", lambda: done.append(1)), ("broken", fails), ("last", lambda: done.append(2))])
    assert done == [1, 2]
    assert "job broken failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_what_is_not_worth_every_second_waits_its_time(clock):
    done = []
    job = at_most_every(timedelta(hours=1), clock, lambda: done.append(clock.now()))
    begun = clock.now()
    for _ in range(5):
        job()
        clock.advance(timedelta(minutes=30))
    assert done == [begun, begun + timedelta(hours=1), begun + timedelta(hours=2)]


def test_a_clock_that_is_set_back_makes_no_job_wait_for_it(clock):
    done = []
    job = at_most_every(timedelta(seconds=10), clock, lambda: done.append(clock.now()))
    job()
    clock.advance(-timedelta(hours=1))
    for _ in range(3):
        job()
        clock.advance(timedelta(seconds=5))
    assert len(done) == 3


def test_it_ticks_by_itself_until_it_is_stopped():
    ticked, again = threading.Event(), threading.Event()

    def tick():
        (again if ticked.is_set() else ticked).set()

    scheduler = start([("tick", tick)], seconds=0.05)
    try:
        assert ticked.wait(10)
        assert again.wait(10)
    finally:
        scheduler.shutdown()


def test_a_slow_tick_is_not_overtaken_by_the_next():
    inside, most, enough = [], [], threading.Event()

    def slow():
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.1)
        inside.pop()
        if len(most) == 3:
            enough.set()

    scheduler = start([("slow", slow)], seconds=0.02)
    try:
        assert enough.wait(10)
    finally:
        scheduler.shutdown()
    assert max(most) == 1


def test_the_app_has_its_jobs_and_each_runs_outside_any_request(app, caplog):
    from bidding.wiring.work import jobs

    found = jobs(app)
    assert {"close", "covers", "checkpoints", "sweep"} <= {name for name, _ in found}
    run_once(found)
    run_once(found)
    assert "failed" not in caplog.text
