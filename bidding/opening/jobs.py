"""What a crash may have left undone: sheets whose k-th batch is in."""

from __future__ import annotations

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.ledger.keys import LogKeys
from bidding.opening import service
from bidding.storage import BlobStore

OPENER = system_actor("opening")


def open_due(world: World, sealed: BlobStore, keys: LogKeys) -> int:
    """Open every stage that has its k batches; how many were opened."""
    session = db.session()
    due = service.due_openings(session)
    session.rollback()
    done = 0
    for uid in due:
        with uow.transaction(OPENER, world) as tx:
            opened = service.open_stage(tx, uid, sealed)
        if opened:
            done += 1
            with uow.transaction(OPENER, world) as tx:
                service.sign(tx, uid, keys)
    return done
