"""Writing to the logs and signing them; with the questions of ``queries``, what the domains above use.

A leaf and the row it speaks of are written in one transaction; the checkpoint is signed in a later one, when they
are committed (protocol §4)::

    with transaction() as tx:
        leaf = ledger.append(tx, log, event)
    with transaction() as tx:
        ledger.sign_checkpoint(tx, log, keys)
    text = ledger.receipt(session, leaf)
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bidding.core.canonical import Malformed, dumps, identifier
from bidding.core.clock import from_unix, unix
from bidding.core.errors import N_, DomainError, Invalid, NotFound, WrongState
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
from bidding.ledger.merkle import Tree
from bidding.ledger.models import Checkpoint, Cosignature, Leaf, Log, Witness
from bidding.ledger.note import (
    Algorithm,
    Head,
    check_signature,
    open_note,
    parse_head,
    parse_signature,
    parse_vkey,
    sign_note,
)
from bidding.ledger.queries import (
    NotYetSigned,
    NotYetWitnessed,
    checkpoint_at,
    checkpoint_note,
    checkpoints,
    closes_at_in_force,
    consistency_proof,
    due_covers,
    inclusion_proof,
    is_witnessed,
    landmark_sizes,
    last_witnessed_size,
    leaves,
    log_by_code,
    newest_checkpoint,
    panel_policy,
    policy_text,
    receipt,
    root,
    witnessed_checkpoint,
)
from bidding.ledger.rules import CENTRE, PACE, CoverPace
from bidding.ledger.trees import has_appended, mark_appended, tree
from bidding.ledger.trust import NONE

__all__ = [
    "ClockDisagrees",
    "LogBehind",
    "LogForked",
    "NotCommitted",
    "NotYetSigned",
    "NotYetWitnessed",
    "add_cosignature",
    "append",
    "centre_log",
    "check_heights",
    "checkpoint_at",
    "checkpoint_note",
    "checkpoints",
    "closes_at_in_force",
    "consistency_proof",
    "due_covers",
    "enrol_witness",
    "inclusion_proof",
    "is_witnessed",
    "last_witnessed_size",
    "leaves",
    "log_by_code",
    "newest_checkpoint",
    "open_log",
    "panel_policy",
    "policy_text",
    "prove_behind",
    "receipt",
    "record",
    "retire_witness",
    "root",
    "sign_checkpoint",
    "stamp",
    "witnessed_checkpoint",
    "write_cover",
]

log_ = logging.getLogger(__name__)

_TICK = timedelta(microseconds=1)
#: A clock may be corrected by so much without an alarm (protocol §5).
_BACKWARD = timedelta(seconds=1)
#: A cosignature dated further ahead than this was made with a clock that is wrong, or ours is.
_AHEAD = timedelta(seconds=60)


class LogBehind(DomainError):
    """The database is older than what the log has signed: a restored backup, which must not be continued."""

    code = "ledger.behind"
    text = N_(
        "日志 %(origin)s 已签名到第 %(known)s 条，数据库里只有 %(size)s 条："
        "数据库可能是旧备份。已停止写入和签名，请恢复更新的备份。"
    )
    status = 503


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


class ClockDisagrees(DomainError):
    """A cosignature lies in the future."""

    code = "ledger.clock_disagrees"
    text = N_("见证的时间比服务器早到 %(seconds)s 秒。请校准两台机器的时钟再试。")
    status = 422


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
    log = _lock(tx, log)
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


def record(tx: Tx, log: Log, kind: EventType, **fields: Any) -> Leaf:
    """Stamp an event of this type with these further fields, and append it."""
    event: dict[str, Any] = {"v": 1, "type": kind.value, **fields}
    if kind not in UNDATED:
        event["at"] = unix(stamp(tx, log))
    return append(tx, log, event)


def stamp(tx: Tx, log: Log) -> datetime:
    """The next stamp of this log: now, or just after the last one where the clock went back (protocol §5).

    Going back by more than a second emits ``ClockWentBack``. What was stamped stays as it is.
    """
    log = _lock(tx, log)
    last = log.last_stamp_at
    at = tx.now if last is None else max(tx.now, last + _TICK)
    if last is not None and last - tx.now > _BACKWARD:
        log_.error("the clock stands %s before the last stamp of %s", last - tx.now, log.origin)
        tx.emit(ClockWentBack(log.id, last - tx.now))
    log.last_stamp_at = at
    tx.session.flush()
    return at


def sign_checkpoint(tx: Tx, log: Log, keys: LogKeys) -> Checkpoint:
    """Sign the log as it is committed; the same checkpoint again if it has not grown.

    Sizes passed over that must stand by themselves (a ``close``, a ``draw-closed``) are signed too. Raises
    ``NotCommitted``, ``LogBehind``, ``LogForked``; the caller commits before the note leaves the machine.
    """
    if has_appended(tx.session, log.id):
        raise NotCommitted
    log = _lock(tx, log)
    found = checkpoint_at(tx.session, log, log.size)
    if found is None:
        leaves_ = _trusted_tree(tx, log, keys)
        newest = newest_checkpoint(tx.session, log)
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


def _trusted_tree(tx: Tx, log: Log, keys: LogKeys) -> Tree:
    """The tree, if it continues everything that is known to have been signed."""
    known = keys.highest(log.origin)
    if max(log.known_size, known.size if known else 0) > log.size:
        raise LogBehind(
            origin=log.origin, known=max(log.known_size, known.size if known else 0), size=log.size
        )
    found = tree(tx.session, log.id)
    if len(found) < log.size:
        raise LogForked(origin=log.origin, size=log.size)
    newest = newest_checkpoint(tx.session, log)
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


def prove_behind(tx: Tx, note: str, keys: LogKeys) -> Log:
    """A witness shows a checkpoint: if it is the log's own and longer than the log, the log stops.

    Raises ``NotFound`` for a log that is not ours, ``BadSignature`` for a note that it did not sign.
    """
    origin = note.partition("\n")[0]
    log = tx.session.scalar(select(Log).where(Log.origin == origin))
    if log is None:
        raise NotFound
    head = _signed_head(note, log, keys)
    log = _lock(tx, log)
    if head.size > log.known_size:
        log.known_size = head.size
        tx.session.flush()
    if log.known_size > log.size:
        log_.error("%s has %s leaves; a witness holds %s", log.origin, log.size, log.known_size)
    tx.after_commit.append(lambda: keys.remember(head))
    return log


def _signed_head(note: str, log: Log, keys: LogKeys) -> Head:
    return parse_head(open_note(note, [keys.vkey(log.origin)]).text)


def add_cosignature(tx: Tx, checkpoint: Checkpoint, line: str) -> Cosignature:
    """Keep a witness's line on a checkpoint; the first one it gave, should it come twice.

    Raises ``Malformed`` or ``BadSignature``, ``NotFound`` for a witness not in service, ``ClockDisagrees``.
    """
    if not line.endswith("\n") or "\n" in line[:-1]:
        raise Malformed("cosignature: not one line")
    signature = parse_signature(line[:-1])
    witness = tx.session.scalar(
        select(Witness).where(Witness.name == signature.name, Witness.retired_at.is_(None))
    )
    if witness is None:
        raise NotFound
    key = parse_vkey(witness.vkey)
    if signature.key_id != key.key_id:
        raise Malformed("cosignature: by another key of this name")
    text = checkpoint.note.partition("\n\n")[0] + "\n"
    (at,) = check_signature(text, key, signature)
    if at > unix(tx.now + _AHEAD):
        raise ClockDisagrees(seconds=at - unix(tx.now))
    found = tx.session.scalar(
        select(Cosignature).where(
            Cosignature.checkpoint_id == checkpoint.id, Cosignature.witness_id == witness.id
        )
    )
    if found is None:
        found = Cosignature(
            checkpoint_id=checkpoint.id, witness_id=witness.id, line=line, dated_at=from_unix(at)
        )
        tx.session.add(found)
        tx.session.flush()
    return found


def write_cover(tx: Tx, log: Log, closes_at: datetime, pace: CoverPace = PACE) -> Leaf | None:
    """Write a cover if one is still due, and draw when the next one is (protocol §4)."""
    log = _lock(tx, log)
    if log.next_cover_at is None or log.next_cover_at > tx.now:
        return None
    log.next_cover_at = rules.next_cover(tx.now, closes_at, tx.entropy, pace)
    if tx.now >= closes_at:
        return None
    return append(tx, log, {"v": 1, "type": EventType.COVER.value})


def enrol_witness(tx: Tx, vkey: str) -> Witness:
    """Take a witness into service by its key; panels made from now on name it. Raises ``Invalid``."""
    try:
        key = parse_vkey(vkey.strip())
    except Malformed as error:
        raise Invalid(field="vkey", reason=str(error)) from error
    if key.algorithm is not Algorithm.COSIGNATURE or key.name == NONE:
        raise Invalid(field="vkey", reason=N_("这不是见证的公钥。"))
    taken = tx.session.scalar(select(Witness).where((Witness.name == key.name) | (Witness.vkey == str(key))))
    if taken is not None:
        raise Invalid(field="vkey", reason=N_("这个见证已经登记。"))
    witness = Witness(name=key.name, vkey=str(key), enrolled_at=tx.now)
    tx.session.add(witness)
    tx.session.flush()
    return witness


def retire_witness(tx: Tx, witness_id: int) -> Witness:
    """Take a witness out of service; panels that name it keep it."""
    witness = tx.session.get(Witness, witness_id)
    if witness is None:
        raise NotFound
    if witness.retired_at is not None:
        raise WrongState
    witness.retired_at = tx.now
    return witness


def _lock(tx: Tx, log: Log) -> Log:
    """The log's row as it is now, held until the end of the transaction."""
    tx.session.flush()
    return tx.session.get_one(Log, log.id, with_for_update=True, populate_existing=True)
