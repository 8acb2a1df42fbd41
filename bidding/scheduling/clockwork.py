"""The ticker: APScheduler asks every second "what is due?", and holds no truth of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

#: A job looks for due rows, claims one at a time, and does its work. Running it twice is harmless.
Job = Callable[[], None]


def run_once(jobs: Sequence[tuple[str, Job]]) -> None:
    """One tick: every job, each failure named and none stopping the others."""
    for name, job in jobs:
        try:
            job()
        except Exception:
            log.exception("job %s failed; it is tried again at the next tick", name)


def start(jobs: Sequence[tuple[str, Job]], *, seconds: float = 1.0) -> BackgroundScheduler:
    """Tick in a thread of this process until ``shutdown``."""
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
    scheduler.start()
    return scheduler
