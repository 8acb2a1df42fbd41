"""What time and crashes leave to do: a cover at a stage's instant, trustees whose time is up, sheets whose k-th batch is in."""

from __future__ import annotations

import logging

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.ledger.keys import LogKeys
from bidding.opening import service, stages, window
from bidding.storage import BlobStore

log = logging.getLogger(__name__)

OPENER = system_actor("opening")


def open_due(world: World, sealed: BlobStore, keys: LogKeys) -> int:
    """Open every stage that has its k batches; how many were opened."""
    session = db.session()
    due = service.due_openings(session)
    session.rollback()
    done = 0
    for uid in due:
        try:
            done += _open(world, sealed, keys, uid)
        except Exception:  # one project's trouble keeps no other's box shut
            log.exception("project %s is not opened; it is tried again at the next tick", uid)
    return done


def mark_instants(world: World) -> int:
    """Give witnesses something to date once a stage's instant has come; in how many logs. Signing follows."""
    session = db.session()
    due = stages.due_instants(session, world.clock.now())
    session.rollback()
    marked = 0
    for uid in due:
        with uow.transaction(OPENER, world) as tx:
            marked += service.mark_instant(tx, uid)
    return marked


def _open(world: World, sealed: BlobStore, keys: LogKeys, uid: str) -> bool:
    with uow.transaction(OPENER, world) as tx:
        opened = service.open_stage(tx, uid, sealed)
    if opened:
        with uow.transaction(OPENER, world) as tx:
            service.sign(tx, uid, keys)
    return opened


def expire_windows(world: World, sealed: BlobStore, keys: LogKeys) -> int:
    """Give their verdicts to openings for which too few trustees came in time; how many."""
    session = db.session()
    due = window.due(session, world.clock.now())
    session.rollback()
    done = 0
    for uid in due:
        try:
            with uow.transaction(OPENER, world) as tx:
                expired = window.expire(tx, uid, sealed)
            with uow.transaction(OPENER, world) as tx:
                service.sign(tx, uid, keys)
            done += expired
        except Exception:
            log.exception("the trustees' time for project %s is not settled; it is tried again", uid)
    return done
