"""The unit of work: the only module that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.clock import Clock
from bidding.core.entropy import Entropy
from bidding.db import db
from bidding.db.engine import WRITES, WriteLock

Listener = Callable[["Tx", Any], None]


class Bus:
    """Who listens to which event. Filled once, by ``wiring``."""

    def __init__(self) -> None:
        self._listeners: dict[type, list[Listener]] = {}

    def subscribe(self, event: type, listener: Listener) -> None:
        """Call ``listener(tx, event)`` inside the transaction that emits the event."""
        self._listeners.setdefault(event, []).append(listener)

    def deliver(self, tx: Tx, event: Any) -> None:
        """Call every listener, in order of subscription."""
        for listener in self._listeners.get(type(event), []):
            listener(tx, event)


@dataclass(frozen=True, slots=True)
class World:
    """What a unit of work needs from outside: time, randomness, listeners, and SQLite's writer lock."""

    clock: Clock
    entropy: Entropy
    bus: Bus
    lock: WriteLock


@dataclass(frozen=True, slots=True)
class Tx:
    """One attempt to change the world: who, when, and through which session."""

    session: Session
    actor: Actor
    now: datetime
    entropy: Entropy
    bus: Bus
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    #: Rows that are locked until the end: as they are in the session nobody else can change them.
    held: set[object] = field(default_factory=set)

    def emit(self, event: Any) -> None:
        """Tell the domains above, in this same transaction."""
        self.bus.deliver(self, event)


@contextmanager
def transaction(actor: Actor, world: World) -> Iterator[Tx]:
    """Commit everything or nothing. Opened by routes, jobs and commands, never by services.

    Whatever the request has only read so far is let go first (a reader cannot become a writer safely),
    so objects loaded before must be loaded again inside. ``now`` is read once the writer's turn has come.
    """
    session = db.session()
    session.rollback()
    session.expire_all()  # a commit keeps what it loaded; by the next turn another writer may have changed it
    with world.lock.held():
        session.connection(execution_options={WRITES: True})
        tx = Tx(session, actor, world.clock.now(), world.entropy, world.bus)
        try:
            yield tx
            session.commit()
        except BaseException:
            session.rollback()
            raise
    for effect in tx.after_commit:
        effect()
