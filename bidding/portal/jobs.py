"""Once a day: what is new for each search that somebody wants to hear of."""

from __future__ import annotations

import logging

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.portal import fresh, queries, saved
from bidding.portal.service import searches
from bidding.portal.service.searches import Post
from bidding.portal.vault import Unreadable

log = logging.getLogger(__name__)

CRIER = system_actor("searches")


def tell_searches(world: World, post: Post) -> int:
    """Tell every search what has come up to the last eight o'clock; to how many there was something to tell.

    Each in a transaction of its own, so that one's trouble keeps no other back; twice at the same time is harmless.
    """
    until = saved.told_until(world.clock.now())
    session = db.session()
    waiting = queries.searches_due(session, until)
    found = fresh.between(session, min(told for _, told in waiting), until) if waiting else []
    session.rollback()
    done = unreadable = 0
    for search_id, _ in waiting:
        try:
            with uow.transaction(CRIER, world) as tx:
                done += searches.tell_of(tx, search_id, found, until, post=post)
        except Unreadable:
            unreadable += 1
        except Exception:
            log.exception("a saved search is told later")
    if unreadable:
        log.error("%d saved searches have addresses that keys/mail.key does not read", unreadable)
    return done


def sweep_searches(world: World) -> None:
    """Forget what nobody said yes to."""
    with uow.transaction(CRIER, world) as tx:
        searches.sweep(tx)
