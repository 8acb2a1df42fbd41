"""Signing the trees, each size once, and noticing that one must not."""

from __future__ import annotations

import logging

from sqlalchemy import select

from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.ledger.keys import LogKeys
from bidding.ledger.merkle import Tree
from bidding.ledger.models import Checkpoint, Log
from bidding.ledger.note import Head, open_note, parse_head, sign_note
from bidding.ledger.queries import checkpoint_at, landmark_sizes, newest_checkpoint
from bidding.ledger.service.logs import LogBehind, lock
from bidding.ledger.trees import has_appended, tree

log_ = logging.getLogger(__name__)


class LogForked(DomainError):
    """What lies in the database is not what the log has signed."""

    code = "ledger.forked"
    text = N_("日志 %(origin)s 的前 %(size)s 条与已签名的内容不一致。已停止签名，请保全现场并通知监督部门。")
    status = 503


class NotCommitted(DomainError):
    """Signing was asked for in the very transaction that appends."""

    code = "ledger.not_committed"
    text = N_("刚写入的记录提交之后才能签名。")
    status = 500


def sign_checkpoint(tx: Tx, log: Log, keys: LogKeys) -> Checkpoint:
    """Sign the log as it is committed; the same checkpoint again if it has not grown.

    Sizes passed over that must stand by themselves (a ``close``, a ``draw-closed``) are signed too. Raises
    ``NotCommitted``, ``LogBehind``, ``LogForked``; the caller commits before the note leaves the machine.
    """
    if has_appended(tx.session, log.id):
        raise NotCommitted
    log = lock(tx, log)
    newest = newest_checkpoint(tx.session, log)
    found = newest if newest is None or newest.size <= log.size else checkpoint_at(tx.session, log, log.size)
    if found is None or found.size < log.size:
        leaves_ = _trusted_tree(tx, log, newest, keys)
        above = 0 if newest is None else newest.size
        for size in landmark_sizes(tx.session, log, above=above):
            if size < log.size:
                _sign(tx, log, size, leaves_, keys)
        found = _sign(tx, log, log.size, leaves_, keys)
    head = Head(log.origin, found.size, bytes.fromhex(found.root))
    tx.after_commit.append(lambda: keys.remember(head))
    return found


def _sign(tx: Tx, log: Log, size: int, leaves_: Tree, keys: LogKeys) -> Checkpoint:
    head = Head(log.origin, size, leaves_.root(size))
    checkpoint = Checkpoint(
        log_id=log.id,
        size=size,
        root=head.root.hex(),
        note=sign_note(head, keys.seed(log.origin)),
        signed_at=tx.now,
    )
    tx.session.add(checkpoint)
    tx.session.flush()
    return checkpoint


def _trusted_tree(tx: Tx, log: Log, newest: Checkpoint | None, keys: LogKeys) -> Tree:
    """The tree, if it continues everything that is known to have been signed."""
    known = keys.highest(log.origin)
    if max(log.known_size, known.size if known else 0) > log.size:
        raise LogBehind(
            origin=log.origin, known=max(log.known_size, known.size if known else 0), size=log.size
        )
    found = tree(tx.session, log.id)
    if len(found) < log.size:
        raise LogForked(origin=log.origin, size=log.size)
    if newest is not None:
        if found.root(newest.size).hex() != newest.root:
            raise LogForked(origin=log.origin, size=newest.size)
        open_note(newest.note, [keys.vkey(log.origin)])  # a key that was lost and made anew must not go on
    if known is not None and found.root(known.size) != known.root:
        raise LogForked(origin=log.origin, size=known.size)
    return found


def check_heights(tx: Tx, keys: LogKeys) -> list[Log]:
    """At start: compare every log with the height kept beside its key; the logs that are behind.

    These take no leaf and are not signed until a newer database is put back (protocol §4).
    """
    behind = []
    for log in tx.session.scalars(select(Log)):
        known = keys.highest(log.origin)
        if known is not None and known.size > log.known_size:
            log.known_size = known.size
        if log.known_size > log.size:
            log_.error(
                "%s has %s leaves but has signed %s: a restored backup?", log.origin, log.size, log.known_size
            )
            behind.append(log)
    tx.session.flush()
    return behind


def prove_behind(tx: Tx, note: str, keys: LogKeys) -> Log | None:
    """A witness shows a checkpoint of ours: a log that is shorter than it stops; the log, if it is here at all.

    Raises ``NotFound`` for an origin that is not ours, ``BadSignature`` for a note that our key did not sign.
    """
    origin = note.partition("\n")[0]
    if not origin.startswith(f"{keys.host}/"):
        raise NotFound
    head = parse_head(open_note(note, [keys.vkey(origin)]).text)
    tx.after_commit.append(lambda: keys.remember(head))
    log = tx.session.scalar(select(Log).where(Log.origin == origin))
    if log is None:
        log_.error("%s is not in the database; a witness holds %s leaves of it", origin, head.size)
        return None
    log = lock(tx, log)
    log.known_size = max(log.known_size, head.size)
    tx.session.flush()
    if log.known_size > log.size:
        log_.error("%s has %s leaves; a witness holds %s", log.origin, log.size, log.known_size)
    return log
