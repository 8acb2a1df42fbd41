"""What goes on by itself here: lists that are being taken into the pool, or out of it, part by part."""

from __future__ import annotations

import logging

from bidding.core.actor import system_actor
from bidding.core.errors import DomainError
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.experts import queries, service
from bidding.experts.vault import PoolVault
from bidding.ledger.keys import LogKeys
from bidding.storage import BlobStore

log = logging.getLogger(__name__)

PORTER = system_actor("pool")


def go_on(world: World, blobs: BlobStore, keys: LogKeys, vault: PoolVault) -> int:
    """Go on with the list that is under way until it is whole; how many parts. Twice is harmless: each part is taken once."""
    session = db.session()
    found = queries.list_under_way(session)
    uid, out = (found.uid, found.undone_at is not None) if found is not None else ("", False)
    session.rollback()
    more, count = bool(uid), 0
    while more:
        try:
            with uow.transaction(PORTER, world) as tx:
                more = (
                    service.undo_part(tx, uid, keys, vault)
                    if out
                    else service.take_part(tx, uid, blobs, keys, vault)
                )
        except DomainError as error:  # a press took the last part, or the key is not there
            log.warning("list %s does not go on: %s", uid, error.code)
            return count
        count += 1
    return count
