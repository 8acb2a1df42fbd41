"""How a connection is set up, and SQLite's one-writer lock."""

from __future__ import annotations

import fcntl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty

#: Connections that are kept; each has read the whole schema, which takes 3 ms and 0.7 MB.
_KEPT = 16
#: Seconds that one waits for a kept connection to come back before a further one is opened. They are back in milliseconds,
#: as nobody holds one while waiting for the writer's turn or for a body; whatever holds them all, nobody waits for longer.
_PATIENCE = 3.0
#: The execution option by which the unit of work says that it is going to write.
WRITES = "bidding_writes"


def engine_options(url: str) -> dict[str, Any]:
    """Options for ``create_engine``, by kind of database."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": 30, "check_same_thread": False},
            "poolclass": PatientPool,
            "pool_size": _KEPT,
            "max_overflow": -1,
        }
    return {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}


class PatientPool(QueuePool):
    """As many connections as are asked for, but no further one where one of those kept comes back in a moment."""

    __module__ = QueuePool.__module__  # what it logs of connections is the library's to log, not ours

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() >= self.size():
            with suppress(Empty):
                return self._pool.get(True, _PATIENCE)
        return super()._do_get()


def configure(engine: Engine) -> None:
    """Give SQLite durable commits, enforced foreign keys and explicit BEGIN; leave PostgreSQL as it is."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _settings(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Turn:
    """A lock whose waiters get it in the order in which they came; ``at_once`` may hold it.

    ``threading.Lock`` lets whoever runs take it: in a rush before a deadline somebody waited half a minute.
    """

    def __init__(self, at_once: int = 1) -> None:
        self._mutex = threading.Lock()
        self._free = at_once
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._mutex:
            if self._free:
                self._free -= 1
                return
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        called.acquire()  # until whoever is before us lets go

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()  # the lock changes hands without being free
            else:
                self._free += 1


class WriteLock:
    """First come, first served among the writers of one SQLite file: in turn among threads, by a file lock among
    processes.

    SQLite's own busy handler polls and starves; with this lock the p99 of a commit is that of an fsync.
    PostgreSQL needs none: there it is a no-op.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        path = parsed.database if parsed.get_backend_name() == "sqlite" else None
        self._path = Path(f"{path}.lock") if path and path != ":memory:" else None
        self._thread = Turn()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for the length of one write transaction."""
        if self._path is None:
            yield
            return
        with self._thread, self._path.open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
