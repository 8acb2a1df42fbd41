"""Looking messages through, sending what may go, catching up on what was never noted."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.uow import Tx, World
from bidding.messages.carriers import Down, NotNow, Refused
from bidding.province import queries, rules, service
from bidding.province.models import ProvinceMessage
from bidding.province.rules import State
from bidding.province.station import Hand, Station

log = logging.getLogger(__name__)

COURIER = system_actor("province")
#: Longer than one message takes with every step of it running into its time limit.
LEASE = timedelta(minutes=5)
#: Messages of one round, looked through or sent; the next round goes on.
_ROUND = 100
#: How long until what lacked something is looked through again: a code list may have been filled in meanwhile.
_AGAIN = timedelta(hours=1)
#: So many messages in a row without an answer, and the rest waits for the next round.
_SILENT = 3
#: How long back names of experts that were published are looked for.
_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Taken:
    """One message in the hands of one worker; ``token`` is worth nothing once the lease has gone to another."""

    id: int
    token: str
    uid: str
    payload: str
    attempts: int


def catch_up(world: World, station: Station) -> int:
    """Note what was never noted: projects from before the platform's code was set, names published without news of it."""
    if not station.on:
        return 0
    session = db.session()
    found = list(queries.left_behind(session, station, world.clock.now() - _LATELY, _ROUND))
    session.rollback()
    count = 0
    for project_id in found:
        try:
            with uow.transaction(COURIER, world) as tx:
                count += service.note_project(tx, project_id, station)
        except Exception:  # of one project: the others are noted
            log.exception("what the province is told of project %s cannot be noted", project_id)
    return count


def check(world: World, station: Station) -> int:
    """Look through what was noted, and every hour what lacked something; how many are whole."""
    if not station.on:
        return 0
    session = db.session()
    found = list(queries.unchecked(session, world.clock.now() - _AGAIN, _ROUND))
    session.rollback()
    whole = 0
    for message_id in found:
        with uow.transaction(COURIER, world) as tx:
            message = tx.session.get_one(ProvinceMessage, message_id)
            service.check(tx, message, station)
            whole += message.state is State.PENDING
    return whole


def send_due(world: World, station: Station) -> int:
    """Send what may go; how many were taken. A second worker at the same time is harmless."""
    if not station.on or station.receiver is None:
        return 0
    session = db.session()
    waiting = list(queries.sendable(session, world.clock.now(), _ROUND))
    session.rollback()
    if not waiting:
        return 0
    taken, silent = 0, 0
    try:
        with station.receiver.open() as hand:
            for message_id in waiting:
                outcome = _one(world, station, message_id, hand)
                taken += outcome is True
                silent = silent + 1 if outcome is False else 0
                if silent >= _SILENT:
                    break
    except Down:
        pass  # kept with the message, which is tried again after a pause; the others wait for the next round
    return taken


def _one(world: World, station: Station, message_id: int, hand: Hand) -> bool | None:
    """Send one: True taken, False no answer, None not sent or refused. Raises ``Down`` where the receiver is."""
    with uow.transaction(COURIER, world) as tx:
        held = _take(tx, message_id, station)
    if held is None:
        return None
    try:
        receipt = hand(held.uid, held.payload)
    except NotNow as error:
        _put_off(world, held, str(error), counts=True)
        return False
    except Refused as error:
        with uow.transaction(COURIER, world) as tx:
            _end(tx, held, state=State.ERROR, next_due_at=None, error=str(error)[:200])
        return None
    except Down as error:
        _put_off(world, held, str(error), counts=False)
        raise
    with uow.transaction(COURIER, world) as tx:
        if receipt is None:
            _end(
                tx,
                held,
                state=State.SENT,
                sent_at=tx.now,
                next_due_at=tx.now + rules.ASK_AGAIN,
                attempts=0,
                error="",
            )
        else:
            _end(
                tx,
                held,
                state=State.ACKNOWLEDGED,
                sent_at=tx.now,
                acknowledged_at=tx.now,
                receipt=receipt,
                next_due_at=None,
                error="",
            )
    return True


def _take(tx: Tx, message_id: int, station: Station) -> _Taken | None:
    """Take one due message and make it, or None where another worker has it or it is not whole."""
    token = tx.entropy.bytes(16).hex()
    got = tx.session.execute(
        update(ProvinceMessage)
        .where(ProvinceMessage.id == message_id, queries.may_go(tx.now))
        .values(
            lease_until=tx.now + LEASE,
            lease_token=token,
            attempts=ProvinceMessage.attempts + 1,
            version=ProvinceMessage.version + 1,
        )
        .returning(ProvinceMessage.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if got is None:
        return None
    message = tx.session.get_one(ProvinceMessage, message_id, populate_existing=True)
    service.make(tx, message, station)
    if message.payload is None:
        message.lease_until = message.lease_token = None
        return None
    return _Taken(message.id, token, message.uid, message.payload, message.attempts)


def _put_off(world: World, held: _Taken, error: str, *, counts: bool) -> None:
    """Once more after a pause; a message that alone fails again and again is a person's to look at."""
    with uow.transaction(COURIER, world) as tx:
        if counts and held.attempts >= rules.MOST_ATTEMPTS:
            _end(tx, held, state=State.ERROR, next_due_at=None, error=error[:200])
        else:
            attempts = held.attempts if counts else held.attempts - 1
            due = tx.now + rules.pause(max(attempts, 1))
            _end(tx, held, next_due_at=due, attempts=attempts, error=error[:200])


def _end(tx: Tx, held: _Taken, **values: object) -> None:
    tx.session.execute(
        update(ProvinceMessage)
        .where(ProvinceMessage.id == held.id, ProvinceMessage.lease_token == held.token)
        .where(ProvinceMessage.state.in_((State.PENDING, State.SENT)))  # a person may have decided meanwhile
        .values(lease_until=None, lease_token=None, version=ProvinceMessage.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
