"""What time alone does here: covers, and signing whatever has been committed."""

from __future__ import annotations

import logging

from bidding.core.actor import system_actor
from bidding.core.clock import from_unix
from bidding.core.errors import DomainError
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.ledger import queries, service
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.ledger.rules import PACE, CoverPace

log = logging.getLogger(__name__)

SCRIBE = system_actor("ledger")


def check_on_start(world: World, keys: LogKeys) -> int:
    """Before the first leaf is taken: how many logs are behind what they have signed (a restored backup)."""
    with uow.transaction(SCRIBE, world) as tx:
        return len(service.check_heights(tx, keys))


def write_covers(world: World, pace: CoverPace = PACE) -> int:
    """Write every cover that is due; how many. Twice is harmless: the row is asked again under its lock."""
    session = db.session()
    due = queries.due_covers(session, world.clock.now())
    session.rollback()
    written = 0
    for log_id in due:
        with uow.transaction(SCRIBE, world) as tx:
            row = tx.session.get_one(Log, log_id)
            closes_at = queries.closes_at_in_force(tx.session, row)
            if closes_at is not None and service.write_cover(tx, row, from_unix(closes_at), pace):
                written += 1
    return written


def sign_pending(world: World, keys: LogKeys) -> int:
    """Sign every log that has grown since its last checkpoint; how many.

    A log that must not be signed stops nobody else's.
    """
    session = db.session()
    pending = queries.unsigned_logs(session)
    session.rollback()
    signed = 0
    for log_id in pending:
        try:
            with uow.transaction(SCRIBE, world) as tx:
                service.sign_checkpoint(tx, tx.session.get_one(Log, log_id), keys)
        except DomainError as error:
            log.error("log %s is not signed: %s", log_id, error)  # noqa: TRY400 — a refusal, not a fault
        else:
            signed += 1
    return signed
