"""What can be asked of the logs: leaves, proofs, checkpoints, receipts, tiles. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bidding.core.canonical import Malformed, loads
from bidding.core.errors import N_, DomainError, NotFound
from bidding.ledger import tiles
from bidding.ledger.events import EventType
from bidding.ledger.models import Checkpoint, Cosignature, Leaf, Log, Witness
from bidding.ledger.note import VerifierKey, parse_vkey
from bidding.ledger.proof import Proof, write_extra, write_proof
from bidding.ledger.rules import CENTRE, SILENCE
from bidding.ledger.trees import tree
from bidding.ledger.trust import Policy, parse_policy, write_policy
from bidding.web.paging import Page, paginate

#: A witness that answers within this is in good standing (protocol §4: within a minute).
PATIENCE = timedelta(minutes=1)
ENTRIES_SHOWN = 100
_greater = aliased(Checkpoint)
#: Sizes at which a checkpoint must stand by itself and be cosigned (protocol §4, §6.5, §7.2).
LANDMARKS = (EventType.CLOSE.value, EventType.DRAW_CLOSED.value)

_COVERING = (
    select(Checkpoint.id)
    .join(Leaf, Leaf.log_id == Checkpoint.log_id)
    .where(Leaf.id == bindparam("leaf"), Checkpoint.size > Leaf.idx)
    .limit(1)
)
_TEXTS = (
    select(Leaf.idx, Leaf.salt, Leaf.event, Leaf.leaf_hash)
    .where(Leaf.log_id == bindparam("log"))
    .order_by(Leaf.idx)
)
_NEWEST = (
    select(Checkpoint).where(Checkpoint.log_id == bindparam("log")).order_by(Checkpoint.size.desc()).limit(1)
)
# What every page asks, of the tables: no object is made, and that takes half as long.
_LOGS, _CHECKPOINTS = Log.__table__, Checkpoint.__table__
_NEWEST_OF_CENTRE = (
    select(_CHECKPOINTS.c.note)
    .join(_LOGS, _LOGS.c.id == _CHECKPOINTS.c.log_id)
    .where(_LOGS.c.code == CENTRE)
    .order_by(_CHECKPOINTS.c.size.desc())
    .limit(1)
)
_ONE_BEHIND = select(_LOGS.c.id).where(_LOGS.c.known_size > _LOGS.c.size).limit(1)
_BEHIND = select(Log).where(Log.known_size > Log.size).order_by(Log.id)
_LANDMARKS_ABOVE = (
    select(Leaf.idx)
    .where(Leaf.log_id == bindparam("log"), Leaf.idx >= bindparam("above"), Leaf.type.in_(LANDMARKS))
    .order_by(Leaf.idx)
)


class NotYetSigned(DomainError):
    """No checkpoint covers the leaf yet."""

    code = "ledger.not_yet_signed"
    text = N_("这条记录刚写入日志，还没有签名。请过几秒再取回执。")


class NotYetWitnessed(DomainError):
    """No checkpoint with a quorum of cosignatures covers the leaf yet."""

    code = "ledger.not_yet_witnessed"
    text = N_("见证还没有联署这条记录。已签名的回执同样有效；请过一分钟再取带联署的回执。")


def log_by_code(session: Session, code: str) -> Log:
    """The log of a project, or of the centre (``centre``); raises ``NotFound``."""
    found = session.scalar(select(Log).where(Log.code == code))
    if found is None:
        raise NotFound
    return found


def log_by_origin(session: Session, origin: str) -> Log:
    """The log of this origin; raises ``NotFound``."""
    found = session.scalar(select(Log).where(Log.origin == origin))
    if found is None:
        raise NotFound
    return found


def all_logs(session: Session) -> Sequence[Log]:
    """Every log, in order of their beginning."""
    return session.scalars(select(Log).order_by(Log.id)).all()


def leaves(session: Session, log: Log) -> Sequence[Leaf]:
    """Every leaf, in order."""
    return session.scalars(select(Leaf).where(Leaf.log_id == log.id).order_by(Leaf.idx)).all()


class LeafText(NamedTuple):
    """What a replay needs of a leaf: salt and hash in hex, the event as its JCS."""

    idx: int
    salt: str
    event: str
    leaf_hash: str


def leaf_texts(session: Session, log: Log, size: int | None = None) -> list[LeafText]:
    """Every leaf, in order, or the first ``size``; as columns, for a log of thousands is read at every step."""
    statement = _TEXTS if size is None else _TEXTS.where(Leaf.idx < size)
    return [LeafText(*row) for row in session.execute(statement, {"log": log.id})]


def root(session: Session, log: Log, size: int) -> bytes:
    """The root of the first ``size`` leaves; those of the transaction under way count."""
    return tree(session, log.id).root(size)


def inclusion_proof(session: Session, log: Log, index: int, size: int) -> list[bytes]:
    """The path from a leaf to the root at ``size``; raises ``ValueError`` if it is not among so many."""
    return tree(session, log.id).inclusion(index, size)


def consistency_proof(session: Session, log: Log, old: int, size: int) -> list[bytes]:
    """The proof that the log at ``old`` is a prefix of the log at ``size``."""
    return tree(session, log.id).consistency(old, size)


def checkpoint_at(session: Session, log: Log, size: int) -> Checkpoint | None:
    """The checkpoint signed for exactly this size."""
    return session.scalar(select(Checkpoint).where(Checkpoint.log_id == log.id, Checkpoint.size == size))


def is_signed(session: Session, leaf_id: int | None) -> bool:
    """Whether a checkpoint covers the leaf."""
    return session.scalar(_COVERING, {"leaf": leaf_id}) is not None


def newest_checkpoint(session: Session, log: Log) -> Checkpoint | None:
    """The greatest tree signed so far."""
    return session.scalar(_NEWEST, {"log": log.id})


def centre_note(session: Session) -> str | None:
    """The newest checkpoint of the centre's log as the log itself signed it; None before its first."""
    return session.scalar(_NEWEST_OF_CENTRE)


def checkpoints(session: Session, log: Log) -> Sequence[Checkpoint]:
    """Every checkpoint, ascending."""
    return session.scalars(
        select(Checkpoint).where(Checkpoint.log_id == log.id).order_by(Checkpoint.size)
    ).all()


def checkpoint_note(session: Session, checkpoint: Checkpoint) -> str:
    """The signed note: the log's line first, then the witnesses' as they came."""
    lines = session.scalars(
        select(Cosignature.line).where(Cosignature.checkpoint_id == checkpoint.id).order_by(Cosignature.id)
    )
    return checkpoint.note + "".join(lines)


def landmark_sizes(session: Session, log: Log, *, above: int) -> Sequence[int]:
    """The sizes above ``above`` that end with a ``close`` or a ``draw-closed``, ascending."""
    return [index + 1 for index in session.scalars(_LANDMARKS_ABOVE, {"log": log.id, "above": above})]


def active_witnesses(session: Session) -> Sequence[Witness]:
    """The witnesses in service, by name."""
    return session.scalars(select(Witness).where(Witness.retired_at.is_(None)).order_by(Witness.name)).all()


def policy_text(session: Session, log_vkey: VerifierKey | str, quorum: int = 0) -> str:
    """The policy a new panel pins: the log and the witnesses in service.

    Without a witness it says ``quorum none``, which no panel may carry: enrol one first.
    """
    key = parse_vkey(log_vkey) if isinstance(log_vkey, str) else log_vkey
    return write_policy(key, (parse_vkey(witness.vkey) for witness in active_witnesses(session)), quorum)


def panel_policy(session: Session, log: Log) -> Policy | None:
    """The policy that the log's own panel pinned (leaf 0); None for the centre's log and an empty one."""
    text = session.scalar(
        select(Leaf.event).where(Leaf.log_id == log.id, Leaf.idx == 0, Leaf.type == EventType.PANEL.value)
    )
    return None if text is None else parse_policy(loads(text)["policy"])


def is_witnessed(session: Session, log: Log, checkpoint: Checkpoint, *, not_after: int | None = None) -> bool:
    """Whether a quorum cosigned the checkpoint, each no later than ``not_after`` (Unix seconds).

    By the panel's policy; in the centre's log, which has none, one witness is enough.
    """
    policy = panel_policy(session, log)
    if policy is None:
        times = session.scalars(
            select(Cosignature.dated_at).where(Cosignature.checkpoint_id == checkpoint.id)
        )
        return any(not_after is None or at.timestamp() <= not_after for at in times)
    try:
        checked = policy.read(checkpoint_note(session, checkpoint))
    except Malformed:
        return False
    return policy.witnessed(checked, not_after=not_after)


def witnessed_checkpoint(
    session: Session, log: Log, *, covers: int = 0, not_after: int | None = None
) -> Checkpoint | None:
    """The smallest checkpoint with a quorum that holds leaf ``covers``."""
    cosigned = exists().where(Cosignature.checkpoint_id == Checkpoint.id)
    rows = session.scalars(
        select(Checkpoint)
        .where(Checkpoint.log_id == log.id, Checkpoint.size > covers, cosigned)
        .order_by(Checkpoint.size)
    )
    return next((row for row in rows if is_witnessed(session, log, row, not_after=not_after)), None)


def last_witnessed_size(session: Session, log: Log) -> int:
    """The greatest size that any witness cosigned; 0 if none did."""
    return (
        session.scalar(
            select(Checkpoint.size)
            .join(Cosignature, Cosignature.checkpoint_id == Checkpoint.id)
            .where(Checkpoint.log_id == log.id)
            .order_by(Checkpoint.size.desc())
            .limit(1)
        )
        or 0
    )


def receipt(session: Session, leaf: Leaf, *, witnessed: bool = False) -> str:
    """The tlog-proof text of a leaf; raises ``NotYetSigned`` or ``NotYetWitnessed``.

    Over the *smallest* checkpoint that covers the leaf (and, if asked, bears a quorum): its cosignatures are the
    earliest, which is what proves a bid in time, and it tells its holder least about how the log grew since.
    """
    log = session.get_one(Log, leaf.log_id)
    if witnessed:
        checkpoint = witnessed_checkpoint(session, log, covers=leaf.idx)
        if checkpoint is None:
            raise NotYetWitnessed
    else:
        checkpoint = session.scalar(
            select(Checkpoint)
            .where(Checkpoint.log_id == log.id, Checkpoint.size > leaf.idx)
            .order_by(Checkpoint.size)
            .limit(1)
        )
        if checkpoint is None:
            raise NotYetSigned
    path = inclusion_proof(session, log, leaf.idx, checkpoint.size)
    extra = write_extra(bytes.fromhex(leaf.salt), loads(leaf.event))
    return write_proof(Proof(leaf.idx, tuple(path), checkpoint_note(session, checkpoint), extra))


def due_covers(session: Session, now: datetime) -> Sequence[int]:
    """The ids of the logs whose next cover is due, and that may be written to."""
    return session.scalars(
        select(Log.id).where(Log.next_cover_at <= now, Log.known_size <= Log.size).order_by(Log.id)
    ).all()


def closes_at_in_force(session: Session, log: Log) -> int | None:
    """The close by the latest schedule in the log (Unix seconds); None before the first."""
    text = session.scalar(
        select(Leaf.event)
        .where(Leaf.log_id == log.id, Leaf.type == EventType.SCHEDULE.value)
        .order_by(Leaf.idx.desc())
        .limit(1)
    )
    return None if text is None else int(loads(text)["closes_at"])


def unsigned_logs(session: Session) -> Sequence[int]:
    """The ids of the logs that have grown since their newest checkpoint, and may be signed."""
    signed = exists().where(Checkpoint.log_id == Log.id, Checkpoint.size == Log.size)
    return session.scalars(
        select(Log.id).where(Log.size > 0, Log.known_size <= Log.size, ~signed).order_by(Log.id)
    ).all()


def logs_behind(session: Session) -> Sequence[Log]:
    """The logs that are proved to have been longer: this database is older than they."""
    return session.scalars(_BEHIND).all()


def is_any_behind(session: Session) -> bool:
    """Whether there is one of them: every page asks."""
    return session.scalar(_ONE_BEHIND) is not None


def _newest_or_landmark() -> ColumnElement[bool]:
    newest = ~exists().where(_greater.log_id == Checkpoint.log_id, _greater.size > Checkpoint.size)
    landmark = exists().where(
        Leaf.log_id == Checkpoint.log_id, Leaf.idx == Checkpoint.size - 1, Leaf.type.in_(LANDMARKS)
    )
    return or_(newest, landmark)


def wanting_cosignature(session: Session, witness: Witness) -> Sequence[tuple[Log, Checkpoint]]:
    """The checkpoints this witness should cosign next: the newest of every log, and the landmarks before it.

    Ascending within each log, since a witness never goes back.
    """
    done = exists().where(
        and_(Cosignature.checkpoint_id == Checkpoint.id, Cosignature.witness_id == witness.id)
    )
    query = (
        select(Log, Checkpoint)
        .join(Checkpoint, Checkpoint.log_id == Log.id)
        .where(~done, _newest_or_landmark())
        .order_by(Log.id, Checkpoint.size)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def cosigned_sizes(session: Session, witness: Witness) -> dict[str, int]:
    """The greatest size of every log, by origin, that this witness is known to have cosigned."""
    rows = session.execute(
        select(Log.origin, func.max(Checkpoint.size))
        .join(Checkpoint, Checkpoint.log_id == Log.id)
        .join(Cosignature, Cosignature.checkpoint_id == Checkpoint.id)
        .where(Cosignature.witness_id == witness.id)
        .group_by(Log.origin)
    )
    return {origin: size for origin, size in rows}  # noqa: C416 — rows, not pairs


def newest_checkpoints(session: Session, most: int) -> list[tuple[Log, Checkpoint]]:
    """The newest checkpoint of each of the logs that were signed last."""
    rows = session.execute(
        select(Log, Checkpoint)
        .join(Checkpoint, Checkpoint.log_id == Log.id)
        .where(~exists().where(_greater.log_id == Checkpoint.log_id, _greater.size > Checkpoint.size))
        .order_by(Checkpoint.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def called_witnesses(session: Session) -> Sequence[Witness]:
    """The witnesses in service that have an address."""
    return session.scalars(
        select(Witness).where(Witness.retired_at.is_(None), Witness.url.is_not(None)).order_by(Witness.id)
    ).all()


def tile(session: Session, log: Log, level: int, index: int, width: int, size: int) -> bytes:
    """A tile of hashes (C2SP tlog-tiles) of the log at ``size``; raises ``NotFound`` where there is none."""
    if not tiles.exists(level, index, width, size):
        raise NotFound
    return tiles.hashes(tree(session, log.id), level, index, width)


def entries(session: Session, log: Log, index: int, width: int, size: int) -> bytes:
    """An entry bundle of the log at ``size``; raises ``NotFound`` where there is none."""
    if not tiles.exists(0, index, width, size):
        raise NotFound
    start = index * tiles.FULL
    return tiles.bundle(
        session.scalars(
            select(Leaf.entry)
            .where(Leaf.log_id == log.id, Leaf.idx >= start, Leaf.idx < start + width)
            .order_by(Leaf.idx)
        )
    )


def entry_page(session: Session, log: Log, size: int, number: int) -> Page[Leaf]:
    """The entries of the log at ``size``, a page at a time, in order."""
    statement = select(Leaf).where(Leaf.log_id == log.id, Leaf.idx < size).order_by(Leaf.idx)
    return paginate(session, statement, number=number, size=ENTRIES_SHOWN)


def centre_log_or_none(session: Session) -> Log | None:
    """The centre's log, once something has been written into it."""
    return session.scalar(select(Log).where(Log.code == CENTRE))


def all_witnesses(session: Session) -> Sequence[Witness]:
    """Those in service first, then those that were."""
    return session.scalars(select(Witness).order_by(Witness.retired_at.is_not(None), Witness.name)).all()


def witness_by_id(session: Session, witness_id: int) -> Witness:
    """One witness; raises ``NotFound``."""
    found = session.get(Witness, witness_id)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How a witness stands towards the centre's log."""

    witness: Witness
    #: The time inside its last cosignature there.
    dated_at: datetime | None
    #: The newest checkpoint has waited for it longer than ``PATIENCE``.
    waiting: bool
    #: It is called every minute and has not answered for longer than ``SILENCE``.
    silent: bool = False

    @property
    def late(self) -> bool:
        """Whether somebody should look after it."""
        return self.waiting or self.silent or bool(self.witness.trouble)


class Cosigning(StrEnum):
    """What can be hoped for from the witnesses of a project's log, by the centre's log alone."""

    WAITING = "waiting"  # at least one of them is well
    LATE = "late"  # none of them answers now
    ALONE = "alone"  # none of them is in service


def hope(session: Session, log: Log, now: datetime) -> Cosigning:
    """Whether a project's log will be cosigned soon: by the witnesses that its panel names."""
    policy = panel_policy(session, log)
    names = policy.witnesses.keys() if policy is not None else frozenset()
    named = [each for each in standings(session, now) if each.witness.name in names]
    if not named:
        return Cosigning.ALONE
    return Cosigning.LATE if all(each.late for each in named) else Cosigning.WAITING


def cosigners(session: Session, log: Log, *, covers: int) -> list[tuple[str, datetime]]:
    """Every witness that cosigned a tree with leaf ``covers``, and the time of its first such line; by name."""
    rows = session.execute(
        select(Witness.name, func.min(Cosignature.dated_at))
        .join(Cosignature, Cosignature.witness_id == Witness.id)
        .join(Checkpoint, Checkpoint.id == Cosignature.checkpoint_id)
        .where(Checkpoint.log_id == log.id, Checkpoint.size > covers)
        .group_by(Witness.name)
        .order_by(Witness.name)
    )
    return [(name, at) for name, at in rows]


def standings(session: Session, now: datetime) -> list[Standing]:
    """How every witness in service stands now."""
    log = centre_log_or_none(session)
    return witness_standing(session, None if log is None else newest_checkpoint(session, log), now)


def witness_standing(session: Session, newest: Checkpoint | None, now: datetime) -> list[Standing]:
    """Every witness in service, judged by the centre's log alone: the others' times would tell who bids when."""
    standings = []
    for witness in active_witnesses(session):
        last = session.execute(
            select(Cosignature.dated_at, Cosignature.checkpoint_id)
            .join(Checkpoint, Checkpoint.id == Cosignature.checkpoint_id)
            .join(Log, Log.id == Checkpoint.log_id)
            .where(Log.code == CENTRE, Cosignature.witness_id == witness.id)
            .order_by(Checkpoint.size.desc())
            .limit(1)
        ).first()
        done = last is not None and newest is not None and last.checkpoint_id == newest.id
        waiting = newest is not None and not done and now - newest.signed_at > PATIENCE
        silent = witness.url is not None and now - (witness.heard_at or witness.enrolled_at) > SILENCE
        standings.append(Standing(witness, last.dated_at if last else None, waiting, silent))
    return standings
