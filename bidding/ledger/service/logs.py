"""Beginning a log, stamping, appending, covering."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from bidding.core.canonical import Malformed, dumps, identifier
from bidding.core.clock import from_unix, unix
from bidding.core.errors import N_, DomainError
from bidding.db.uow import Tx
from bidding.ledger import rules
from bidding.ledger.events import (
    SALT_SIZE,
    UNDATED,
    ClockWentBack,
    EventType,
    check_event,
    commit,
    entry,
    leaf_hash,
)
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Leaf, Log
from bidding.ledger.rules import CENTRE, PACE, CoverPace
from bidding.ledger.trees import mark_appended

log_ = logging.getLogger(__name__)

_TICK = timedelta(microseconds=1)
#: A clock may be corrected by so much without an alarm (protocol §5).
_BACKWARD = timedelta(seconds=1)


_LOCKED = (
    select(Log).where(Log.id == bindparam("log")).with_for_update().execution_options(populate_existing=True)
)


class LogBehind(DomainError):
    """The database is older than what the log has signed: a restored backup, which must not be continued."""

    code = "ledger.behind"
    text = N_(
        "日志 %(origin)s 已签名到第 %(known)s 条，数据库里只有 %(size)s 条："
        "数据库可能是旧备份。已停止写入和签名，请恢复更新的备份。"
    )
    status = 503


def open_log(tx: Tx, code: str, keys: LogKeys) -> Log:
    """Begin the log of a project. Raises ``LogBehind`` where a log of this origin has already been signed."""
    if identifier(code, "log code") == CENTRE:
        raise Malformed("log code: the centre's own")
    return _new_log(tx, code, keys)


def centre_log(tx: Tx, keys: LogKeys) -> Log:
    """The centre's log, begun at first use."""
    found = tx.session.scalar(select(Log).where(Log.code == CENTRE))
    return found or _new_log(tx, CENTRE, keys)


def _new_log(tx: Tx, code: str, keys: LogKeys) -> Log:
    origin = keys.origin(code)
    known = keys.highest(origin)
    if known is not None:
        raise LogBehind(origin=origin, known=known.size, size=0)
    log = Log(code=code, origin=origin, size=0, known_size=0)
    tx.session.add(log)
    tx.session.flush()
    return log


def append(tx: Tx, log: Log, event: dict[str, Any]) -> Leaf:
    """Write one event at the end of the log; the caller's own rows go into the same transaction.

    Raises ``Malformed`` for a wrong shape or place, ``LogBehind`` in a restored backup.
    """
    kind = check_event(event)
    log = lock(tx, log)
    if log.known_size > log.size:
        raise LogBehind(origin=log.origin, known=log.known_size, size=log.size)
    rules.check_place(kind.value, log.size, centre=log.code == CENTRE)
    salt = tx.entropy.bytes(SALT_SIZE)
    text = entry(commit(salt, event))
    leaf = Leaf(
        log_id=log.id,
        idx=log.size,
        type=kind.value,
        salt=salt.hex(),
        event=dumps(event).decode(),
        entry=text,
        leaf_hash=leaf_hash(text).hex(),
        written_at=tx.now,
    )
    log.size += 1
    if kind is EventType.SCHEDULE:
        log.next_cover_at = rules.next_cover(tx.now, from_unix(event["closes_at"]), tx.entropy)
    elif kind is EventType.CLOSE:
        log.next_cover_at = None
    tx.session.add(leaf)
    tx.session.flush()
    mark_appended(tx.session, log.id)
    return leaf


def record(tx: Tx, log: Log, kind: EventType, /, **fields: Any) -> Leaf:
    """Stamp an event of this type with these further fields, and append it."""
    event: dict[str, Any] = {"v": 1, "type": kind.value, **fields}
    if kind not in UNDATED:
        event["at"] = unix(stamp(tx, log))
    return append(tx, log, event)


def stamp(tx: Tx, log: Log) -> datetime:
    """The next stamp of this log: now, or just after the last one where the clock went back (protocol §5).

    Going back by more than a second emits ``ClockWentBack``. What was stamped stays as it is.
    """
    log = lock(tx, log)
    last = log.last_stamp_at
    at = tx.now if last is None else max(tx.now, last + _TICK)
    if last is not None and last - tx.now > _BACKWARD:
        log_.error("the clock stands %s before the last stamp of %s", last - tx.now, log.origin)
        tx.emit(ClockWentBack(log.id, last - tx.now))
    log.last_stamp_at = at
    tx.session.flush()
    return at


def write_cover(tx: Tx, log: Log, closes_at: datetime, pace: CoverPace = PACE) -> Leaf | None:
    """Write a cover if one is still due, and draw when the next one is (protocol §4)."""
    log = lock(tx, log)
    if log.next_cover_at is None or log.next_cover_at > tx.now:
        return None
    log.next_cover_at = rules.next_cover(tx.now, closes_at, tx.entropy, pace)
    if tx.now >= closes_at:
        return None
    return append(tx, log, {"v": 1, "type": EventType.COVER.value})


def lock(tx: Tx, log: Log) -> Log:
    """The log's row as it is now, held until the end of the transaction."""
    return log if log in tx.held else lock_by_id(tx, log.id)


def lock_by_id(tx: Tx, log_id: int | None) -> Log:
    """The same for whoever has not loaded it. Raises ``NoResultFound`` where there is none."""
    tx.session.flush()
    log = tx.session.scalars(_LOCKED, {"log": log_id}).one()
    tx.held.add(log)
    return log
