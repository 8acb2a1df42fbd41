"""What comes near by time alone: deadlines, bids that are begun and not handed in, key drills that lapse."""

from __future__ import annotations

import logging

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.telling import queries, service

log = logging.getLogger(__name__)

HERALD = system_actor("telling")


def remind(world: World, *, leaves: bool) -> int:
    """Send every reminder whose time has come, each once; how many. Twice at the same time is harmless."""
    session = db.session()
    due = queries.due(session, world.clock.now())
    session.rollback()
    done = 0
    for each in due:
        try:
            with uow.transaction(HERALD, world) as tx:
                done += service.remind(tx, each, leaves=leaves)
        except Exception:  # one reminder's trouble keeps no other back
            log.exception("reminder %s is tried again", each.key)
    return done
