"""What leaves the machine: written in the transaction of its cause, sent after that commit, at least once.

A row is taken by a conditional UPDATE with a lease and a fencing token, so a second worker is harmless and a dead
one's work is taken over. A worker that dies between the other side's "yes" and its own commit sends again: the row's
``uid`` is then the same, and a receiver that knows it (a mail's Message-ID, a gateway's request number) drops it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bidding.core.entropy import new_uid
from bidding.db import Model
from bidding.db.uow import Tx

#: Longer than one letter takes with every step of it running into its time limit.
LEASE = timedelta(minutes=5)
#: After the first failure, doubled with each one, up to the most.
FIRST_PAUSE, MOST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
#: How long a row that was sent is kept, without its text.
KEPT = timedelta(days=30)


class Channel(StrEnum):
    """The ways out. ``HAND`` is a person, who copies the text and says so."""

    EMAIL = "email"
    SMS = "sms"
    HAND = "hand"


class Outgoing(Model):
    """One thing that is to leave. Waiting while ``next_due_at`` is set; else sent, or given up and a person's to do."""

    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", "sent_or_given_up"),
        CheckConstraint(
            "(next_due_at IS NULL) = (sent_at IS NOT NULL OR given_up_at IS NOT NULL)", "due_until_decided"
        ),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", "done_by_somebody"),
        CheckConstraint("done_at IS NULL OR given_up_at IS NOT NULL", "done_after_given_up"),
        # Staff learn of what they deliver; of what is private they must not (招标投标法 22, 52).
        CheckConstraint("NOT is_private OR (channel <> 'hand' AND done_at IS NULL)", "private_is_nobodys"),
        # Staff's list is read through these two, so that not even its time tells how many private letters there are.
        Index(
            "outgoing_by_message",
            "about",
            sqlite_where=text("is_private IS 0"),
            postgresql_where=text("is_private IS false"),
        ),
        Index(
            "outgoing_by_hand",
            "given_up_at",
            sqlite_where=text("given_up_at IS NOT NULL AND is_private IS 0"),
            postgresql_where=text("given_up_at IS NOT NULL AND is_private IS false"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The same at every attempt.
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    #: The uid of what it tells of, in the domain that wrote it; empty for nothing that is kept.
    about: Mapped[str] = mapped_column(String(24))
    channel: Mapped[Channel] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(String(254), index=True)
    #: JSON from which the writer composes the letter; empty once it was sent.
    payload: Mapped[str] = mapped_column(Text)
    is_private: Mapped[bool]
    written_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to leave, before it is written down."""

    channel: Channel
    address: str
    payload: str
    is_private: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One row in the hands of one worker; ``token`` is worth nothing once the lease has gone to another."""

    id: int
    token: str
    uid: str
    channel: Channel
    address: str
    payload: str
    is_private: bool
    written_at: datetime
    attempts: int


def put(tx: Tx, letter: Letter) -> Outgoing:
    """Write what is to leave, in the caller's transaction. By hand it is a person's to do from the start."""
    row = Outgoing(**_values(tx, letter))
    tx.session.add(row)
    return row


def put_all(tx: Tx, letters: Sequence[Letter]) -> None:
    """The same for many at once, by one statement."""
    if letters:
        tx.session.execute(insert(Outgoing), [_values(tx, letter) for letter in letters])


def _values(tx: Tx, letter: Letter) -> dict[str, Any]:
    by_hand = letter.channel is Channel.HAND
    return {
        "uid": new_uid(tx.entropy, 24),
        "about": letter.about,
        "channel": letter.channel,
        "address": letter.address,
        "payload": letter.payload,
        "is_private": letter.is_private,
        "written_at": tx.now,
        "next_due_at": None if by_hand else tx.now,
        "given_up_at": tx.now if by_hand else None,
    }


def due(session: Session, channel: Channel, now: datetime, most: int) -> Sequence[int]:
    """Ids of what is to leave by a channel now, the oldest first."""
    return session.scalars(
        select(Outgoing.id)
        .where(Outgoing.channel == channel, Outgoing.next_due_at <= now)
        .where(or_(Outgoing.lease_until.is_(None), Outgoing.lease_until <= now))
        .order_by(Outgoing.id)
        .limit(most)
    ).all()


def take(tx: Tx, row_id: int) -> Taken | None:
    """Take one due row, or None if another worker has it. The attempt counts from here, whatever becomes of it."""
    token = tx.entropy.bytes(16).hex()
    row = tx.session.execute(
        update(Outgoing)
        .where(Outgoing.id == row_id, Outgoing.next_due_at <= tx.now)
        .where(or_(Outgoing.lease_until.is_(None), Outgoing.lease_until <= tx.now))
        .values(lease_until=tx.now + LEASE, lease_token=token, attempts=Outgoing.attempts + 1)
        .returning(
            Outgoing.uid,
            Outgoing.channel,
            Outgoing.address,
            Outgoing.payload,
            Outgoing.is_private,
            Outgoing.written_at,
            Outgoing.attempts,
        )
    ).one_or_none()
    if row is None:
        return None
    uid, channel, address, payload, is_private, written_at, attempts = row
    return Taken(row_id, token, uid, Channel(channel), address, payload, is_private, written_at, attempts)


def sent(tx: Tx, taken: Taken) -> None:
    """The other side has it: nothing more than that is kept. A worker whose lease is over changes nothing."""
    _end(tx, taken, sent_at=tx.now, next_due_at=None, payload="", error="")


def refuse(tx: Tx, taken: Taken, error: str) -> None:
    """The other side will never take it."""
    _end(tx, taken, given_up_at=tx.now, next_due_at=None, error=error[:200])


def put_off(tx: Tx, taken: Taken, error: str, *, lasts: timedelta) -> None:
    """It did not go now: once more after a pause, or given up ``lasts`` after it was written."""
    if tx.now >= taken.written_at + lasts:
        refuse(tx, taken, error)
    else:
        _end(tx, taken, next_due_at=tx.now + pause(taken.attempts), error=error[:200])


def put_off_channel(tx: Tx, taken: Taken) -> None:
    """The whole channel is down: what else is due waits as long as this one, instead of trying one after another."""
    tx.session.execute(
        update(Outgoing)
        .where(Outgoing.channel == taken.channel, Outgoing.next_due_at <= tx.now)
        .where(or_(Outgoing.lease_until.is_(None), Outgoing.lease_until <= tx.now))
        .values(next_due_at=tx.now + pause(taken.attempts))
    )


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 16)), MOST_PAUSE)


def sweep(tx: Tx) -> None:
    """Forget what was sent long ago. What a person delivered stays: it is the record of that."""
    tx.session.execute(delete(Outgoing).where(Outgoing.sent_at <= tx.now - KEPT))


def _end(tx: Tx, taken: Taken, **values: object) -> None:
    tx.session.execute(
        update(Outgoing)
        .where(Outgoing.id == taken.id, Outgoing.lease_token == taken.token)
        .values(lease_until=None, lease_token=None, **values)
    )
