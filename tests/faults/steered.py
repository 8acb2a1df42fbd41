"""The app as it is served, on a clock, a heart and a disk that the test steers, by files in its instance folder.

``clock`` says how far ahead of the machine's the centre's clock is, by how much of that it was *set* (rather than time
having passed), or at which instant it stands. The heart beats only while ``beats`` is there: a leap over days would
look like an outage. While ``broken`` is there, every sync fails as on a broken disk. ``durable`` gets a line for every
sync that succeeded: what would still be there after the power has gone. The clockwork ticks four times a second, while
``awake`` is there: between tests it would only take their time.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from flask import Flask

from bidding import create_app
from bidding.core.clock import Steady, SystemClock
from bidding.scheduling import clockwork
from bidding.server import hold_against_what_was_signed
from bidding.wiring.work import jobs, rhythms

_PACE = timedelta(seconds=0.25)


@dataclass(frozen=True)
class SteeredClock:
    """The wall clock of the file, and the steady one, which does not show that the other was set."""

    path: Path

    def now(self) -> datetime:
        """The instant that the file says."""
        return self._read()[0]

    def steady(self) -> Steady:
        """The same, but for what was set."""
        now, set_by = self._read()
        return Steady("steered", round((now - set_by).timestamp() * 1_000_000))

    def _read(self) -> tuple[datetime, timedelta]:
        said = json.loads(self.path.read_text("ascii"))
        ahead, set_by = (timedelta(seconds=said[name]) for name in ("ahead", "set"))
        stands = datetime.fromisoformat(said["at"]).astimezone(UTC) if said["at"] else None
        return stands or SystemClock().now() + ahead, set_by


def served() -> Flask:
    """What ``bidding serve`` serves, steered."""
    home = Path(os.environ["BIDDING_INSTANCE"])
    for name in ("fsync", "fdatasync"):
        setattr(os, name, partial(_sync, getattr(os, name), home))
    clock = SteeredClock(home / "clock")
    app = create_app(clock=clock)
    with app.app_context():
        hold_against_what_was_signed(app)
    paces = [replace(each, pause=min(each.pause, _PACE)) for each in rhythms(app, clock.steady)]
    paces = [
        replace(each, job=_while_there(home / ("beats" if each.name == "heartbeat" else "awake"), each.job))
        for each in paces
    ]
    ticks = [(name, _while_there(home / "awake", job)) for name, job in jobs(app)]
    app.extensions["clockwork"] = clockwork.start(ticks, seconds=_PACE.total_seconds(), rhythms=paces)
    return app


def _while_there(mark: Path, job: clockwork.Job) -> clockwork.Job:
    return lambda: job() if mark.exists() else None


def _sync(sync, home: Path, handle: int) -> None:
    """Sync, and note what is durable since: of a file its size, of a folder its names."""
    if (home / "broken").exists():
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    sync(handle)
    found = os.fstat(handle)
    folder = os.path.isdir(f"/proc/self/fd/{handle}")
    names = sorted(os.listdir(f"/proc/self/fd/{handle}")) if folder else None
    line = json.dumps({"inode": found.st_ino, "size": found.st_size, "names": names})
    with (home / "durable").open("a") as notes:
        notes.write(f"{line}\n")
