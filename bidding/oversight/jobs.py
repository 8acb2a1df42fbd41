"""Examining what has changed, a batch at a time. The pages do the same when they find something due."""

from __future__ import annotations

from bidding.core.actor import system_actor
from bidding.db import db
from bidding.db.uow import World, transaction
from bidding.oversight import queries, service

EXAMINER = system_actor("oversight")
#: Of one round: an import of a large ledger is done in a few minutes, and nobody else waits long for the writer.
ROUNDS = 10


def examine_due(world: World, region: str) -> int:
    """Examine what is due, in transactions of their own; how many units."""
    done = 0
    for _ in range(ROUNDS):
        if not queries.is_any_due(
            db.session()
        ):  # reading: the writer's turn is asked for only where there is work
            break
        with transaction(EXAMINER, world) as tx:
            done += service.catch_up(tx, region)
    return done
