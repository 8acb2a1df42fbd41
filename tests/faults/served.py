"""A server that kills itself at a named point of a submission, the way a power cut would: SIGKILL, nothing unwinds.

``main(instance, point, at, port_file)``; ``at`` is the frozen clock's time in ISO form.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from bidding import create_app
from bidding.core.clock import FakeClock

#: Every point, in the order in which a submission passes them, and whether a bid stands after it.
POINTS = {
    "when the first file begins": False,
    "in the middle of a file": False,
    "before the first file is durable": False,
    "after the first file is durable": False,
    "after the last file is durable": False,
    "before the stamp is committed": False,
    "after the stamp is committed": False,
    "before the bid is committed": False,
    "after the bid is committed": True,
    "before the checkpoint is committed": True,
    "after the checkpoint is committed, before the answer": True,
}
FILES = 3  # the sheet, the index and one attachment


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStaged:
    def __init__(self, staged, store):
        self._staged, self._store = staged, store

    @property
    def size(self):
        return self._staged.size

    def write(self, data):
        self._staged.write(data)
        if self._store.point == "in the middle of a file":
            die()

    def keep(self):
        if self._store.point == "before the first file is durable":
            die()
        digest = self._staged.keep()
        self._store.kept += 1
        if self._store.point == "after the first file is durable":
            die()
        if self._store.point == "after the last file is durable" and self._store.kept == FILES:
            die()
        return digest

    def discard(self):
        self._staged.discard()


class DyingGrowing:
    def __init__(self, file, point):
        self._file, self._point = file, point

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, data, at):
        if self._point == "in the middle of the last part":
            self._file.write(data[: len(data) // 2], at)
            die()
        self._file.write(data, at)

    def sync(self):
        self._file.sync()
        if self._point == "after the last part is durable":
            die()


class DyingParts:
    """The store of files that come in parts, likewise."""

    def __init__(self, parts, point):
        self._parts, self._point = parts, point

    def __getattr__(self, name):
        return getattr(self._parts, name)

    @contextmanager
    def hold(self, name):
        with self._parts.hold(name) as file:
            yield DyingGrowing(file, self._point)


class DyingStore:
    """The store of ciphertexts, which the machine's death cuts short."""

    def __init__(self, store, point):
        self._store, self.point, self.kept = store, point, 0

    def __getattr__(self, name):
        return getattr(self._store, name)

    def stage(self):
        if self.point == "when the first file begins":
            die()
        return DyingStaged(self._store.stage(), self)


def die_at_commit(point: str) -> None:
    """Die before or after the commit that writes a row of the named kind."""
    kinds = {"the stamp": "Intake", "the bid": "Bid", "the checkpoint": "Checkpoint"}
    wanted = next((kind for words, kind in kinds.items() if f"{words} is committed" in point), None)
    if wanted is None:
        return

    @event.listens_for(Session, "after_flush")
    def _flushed(session, _context):
        session.info.setdefault("new", set()).update(type(row).__name__ for row in session.new)

    @event.listens_for(Session, "before_commit")
    def _before(session):
        session.flush()
        if point.startswith("before") and wanted in session.info.get("new", ()):
            die()

    @event.listens_for(Session, "after_commit")
    def _after(session):
        if point.startswith("after") and wanted in session.info.pop("new", ()):
            die()


def main(instance: str, point: str, at: str, port_file: str) -> None:
    """Serve one request after the other until the point is reached."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    config = {"INSTANCE": instance, "SECRET_KEY": "test", "WTF_CSRF_ENABLED": False}
    app = create_app(config, clock=FakeClock(datetime.fromisoformat(at)))
    desk = app.extensions["desk"]
    app.extensions["desk"] = replace(
        desk, sealed=DyingStore(desk.sealed, point), parts=DyingParts(desk.parts, point)
    )
    die_at_commit(point)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Path(port_file).write_text(str(server.server_port), "utf-8")
    server.serve_forever()
