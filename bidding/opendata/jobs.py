"""Writing down the releases of what was published since."""

from __future__ import annotations

import logging

from sqlalchemy.exc import IntegrityError

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.opendata import queries, service

log = logging.getLogger(__name__)

PUBLISHER = system_actor("open-data")
#: Purchases of one round; the next round goes on.
_ROUND = 50


def write_releases(world: World, prefix: str) -> int:
    """Write what is to be written, a purchase at a time; how many releases. One that fails holds up no other."""
    session = db.session()
    waiting = queries.unwritten(session, _ROUND)
    session.rollback()
    count = 0
    for project_id in waiting:
        try:
            with uow.transaction(PUBLISHER, world) as tx:
                count += service.write(tx, project_id, prefix)
        except IntegrityError:
            log.info("releases of project %s were written by another worker", project_id)
        except Exception:
            log.exception("releases of project %s cannot be written", project_id)
    return count
