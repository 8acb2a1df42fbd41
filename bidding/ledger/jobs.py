"""What time alone does here: covers, and signing whatever has been committed."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bidding.core.actor import system_actor
from bidding.core.clock import from_unix
from bidding.core.errors import DomainError
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.ledger import queries, service
from bidding.ledger.calling import Caller
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log, Witness
from bidding.ledger.rules import PACE, CoverPace

log = logging.getLogger(__name__)

SCRIBE = system_actor("ledger")
#: A witness that holds another size than thought is asked again at once, but not for ever.
_PASSES = 3


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
                service.sign_checkpoint(tx, service.lock_by_id(tx, log_id), keys)
        except DomainError as error:
            log.error("log %s is not signed: %s", log_id, error)  # noqa: TRY400 — a refusal, not a fault
        else:
            signed += 1
    return signed


def call_witnesses(world: World, keys: LogKeys, caller: Caller, *, every: bool = False) -> int:
    """Call every witness that has an address and is wanted for something, all at once; how many lines came.

    After the commit and outside of every request: a witness that is slow, gone or lying stops nothing but itself.
    ``every`` asks each of them about every log, at start.
    """
    session = db.session()
    now = world.clock.now()
    due = [
        witness.id
        for witness in queries.called_witnesses(session)
        if every
        or ((witness.call_at is None or witness.call_at <= now) and service.asks(session, witness, keys, now))
    ]
    session.rollback()
    mine = [witness_id for witness_id in due if _claim(world, witness_id, anyhow=every)]
    return _in_a_loop(_call_all(world, keys, caller, mine, every=every)) if mine else 0


def _in_a_loop(calls: Coroutine[Any, Any, int]) -> int:
    """Run the calls in a thread of their own: the caller's may have a loop already."""
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(contextvars.copy_context().run, asyncio.run, calls).result()


def _claim(world: World, witness_id: int, *, anyhow: bool) -> bool:
    with uow.transaction(SCRIBE, world) as tx:
        return service.claim(tx, witness_id, anyhow=anyhow)


async def _call_all(world: World, keys: LogKeys, caller: Caller, mine: list[int], *, every: bool) -> int:
    rounds = (_call(world, keys, caller, witness_id, every=every) for witness_id in mine)
    cosigned = 0
    for result in await asyncio.gather(*rounds, return_exceptions=True):
        if isinstance(result, BaseException):
            log.error("a witness could not be called", exc_info=result)
        else:
            cosigned += result
    return cosigned


async def _call(world: World, keys: LogKeys, caller: Caller, witness_id: int, *, every: bool) -> int:
    """One witness's round. Nothing is awaited inside of a transaction."""
    found = service.Round()
    for number in range(_PASSES):
        session = db.session()
        witness = session.get_one(Witness, witness_id)
        asks = (
            service.asks_again(session, witness, keys, found.held)
            if number
            else service.asks(session, witness, keys, world.clock.now(), every=every)
        )
        url = witness.url
        session.rollback()
        if url is None or not asks:
            break
        answers = await caller.call(url, asks)
        with uow.transaction(SCRIBE, world) as tx:
            found.add(service.take(tx, witness_id, answers, keys))
        if not found.held:
            break
    with uow.transaction(SCRIBE, world) as tx:
        service.release(tx, witness_id, found)
    return found.cosigned
