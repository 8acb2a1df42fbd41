"""What time alone does here: counting the savings report anew, once in every night."""

from __future__ import annotations

import logging
from datetime import time

from bidding.core.actor import system_actor
from bidding.core.clock import SHANGHAI
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.ledger.keys import LogKeys
from bidding.reporting import recounting

log = logging.getLogger(__name__)

COUNTER = system_actor("recount")
#: The hour, in Shanghai, from which a night's count is due: nobody awards anything then.
FROM = time(2)


def recount(world: World, keys: LogKeys) -> bool:
    """Count once a night, at the first look after two o'clock; whether it was done now. Twice is harmless."""
    here = world.clock.now().astimezone(SHANGHAI)
    session = db.session()
    if here.time() < FROM or not recounting.is_due(session, here.date()):
        session.rollback()
        return False
    found = recounting.count(session)
    session.rollback()
    with uow.transaction(COUNTER, world) as tx:
        kept = recounting.keep(tx, here.date(), found, keys=keys)
    log.info("savings recounted: %s items in %s drawers", found.items, found.drawers)
    return kept
