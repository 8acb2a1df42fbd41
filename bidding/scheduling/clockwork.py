"""The ticker: APScheduler asks every second "what is due?", and holds no truth of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bidding.core.clock import Clock

log = logging.getLogger(__name__)

#: A job looks for due rows, claims one at a time, and does its work. Running it twice is harmless.
Job = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A job that has its own pace and waits for no other."""

    name: str
    pause: timedelta
    job: Job


def run_once(jobs: Sequence[tuple[str, Job]]) -> None:
    """One tick: every job, each failure named and none stopping the others."""
    for name, job in jobs:
        try:
            job()
        except Exception:
            log.exception("job %s failed; it is tried again at the next tick", name)


def at_most_every(pause: timedelta, clock: Clock, job: Callable[[], object]) -> Job:
    """A job that is not worth asking every second: at the first tick, and then not before ``pause`` has passed.

    A clock that was set back shows an instant before the last turn: then the job has its turn at once, instead of
    waiting for as long as the clock was set.
    """
    last: datetime | None = None

    def sometimes() -> None:
        nonlocal last
        now = clock.now()
        if last is None or not last <= now < last + pause:
            last = now
            job()

    return sometimes


def start(
    jobs: Sequence[tuple[str, Job]], *, seconds: float = 1.0, rhythms: Sequence[Rhythm] = ()
) -> BackgroundScheduler:
    """Tick in a thread of this process until ``shutdown``; beside it every rhythm, which begins at once."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        run_once,
        "interval",
        args=[jobs],
        seconds=seconds,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
        id="tick",
    )
    for rhythm in rhythms:
        run_once([(rhythm.name, rhythm.job)])
        scheduler.add_job(
            run_once,
            "interval",
            args=[[(rhythm.name, rhythm.job)]],
            seconds=rhythm.pause.total_seconds(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            id=rhythm.name,
        )
    scheduler.start()
    return scheduler
