"""What time alone does here: beating, looking at the clock, and holding what an outage has touched."""

from __future__ import annotations

import logging
from typing import Any

from bidding.core.actor import system_actor
from bidding.core.clock import SteadyClock
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.outages import queries, service
from bidding.storage import BlobStore, StorageFull
from bidding.submissions.models import Gate

log = logging.getLogger(__name__)

WATCHMAN = system_actor("heartbeat")
#: What is written, made durable and removed again at every beat.
_PROBE = b"sunlit-bidding heartbeat\n"


def heartbeat(world: World, sealed: BlobStore, reserve: int, steady: SteadyClock) -> bool:
    """Write a heartbeat if a bid could be taken now; whether one was written.

    The store of ciphertexts must take and keep bytes, the disk have its reserve, and the database commit a row. What
    fails leaves no row, and the gap is the record of it.
    """
    try:
        sealed.delete(sealed.put(_PROBE))
    except (OSError, StorageFull) as error:
        log.error("no heartbeat: the store of ciphertexts takes nothing: %s", error)  # noqa: TRY400 — the gap tells
        return False
    if sealed.free() < reserve:
        log.error("no heartbeat: the disk is down to its reserve")
        return False
    with uow.transaction(WATCHMAN, world) as tx:
        service.beat(tx, steady())
    return True


def measure_clock(world: World, evidence: dict[str, Any]) -> None:
    """Keep what is known of the wall clock beside the heartbeats."""
    with uow.transaction(WATCHMAN, world) as tx:
        service.measure(tx, evidence)


def hold_due(world: World) -> int:
    """Put on hold every opening that an outage or the clock has touched before its deadline; how many."""
    session = db.session()
    due = queries.due_for_a_look(session, world.clock.now())
    session.rollback()
    held = 0
    for gate_id in due:
        try:
            with uow.transaction(WATCHMAN, world) as tx:
                held += service.hold_if_due(tx, tx.session.get_one(Gate, gate_id))
        except Exception:  # one project's trouble holds back no other's
            log.exception("gate %s cannot be looked at", gate_id)
    return held
