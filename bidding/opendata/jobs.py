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
_ROUND = 200


class Writer:
    """Writes what is to be written, a purchase at a time. One that fails holds up no other, and is tried at the next start."""

    def __init__(self, world: World, prefix: str) -> None:
        self._world, self._prefix = world, prefix
        self._caught_up = False

    def __call__(self) -> int:
        """One round; how many releases it wrote."""
        session = db.session()
        since = queries.looks_back(session) if self._caught_up else None
        waiting = queries.unwritten(session, _ROUND, since=since)
        session.rollback()
        self._caught_up = len(waiting) < _ROUND
        return sum(map(self._write, waiting))

    def _write(self, project_id: int) -> int:
        try:
            with uow.transaction(PUBLISHER, self._world) as tx:
                return service.write(tx, project_id, self._prefix)
        except IntegrityError:
            log.info("releases of project %s were written by another worker", project_id)
        except Exception:
            log.exception("releases of project %s cannot be written", project_id)
        return 0
