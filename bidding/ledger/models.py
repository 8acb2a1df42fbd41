"""Logs, their leaves, checkpoints and cosignatures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model


class Log(Model):
    """One append-only log: a project's, or the centre's (``code`` is then ``centre``)."""

    __table_args__ = (CheckConstraint("size >= 0", "size_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    origin: Mapped[str] = mapped_column(String(200), unique=True)
    size: Mapped[int] = mapped_column(default=0)
    #: The last stamp given in this log; the next is later (protocol §5).
    last_stamp_at: Mapped[datetime | None]
    #: When the next cover leaf is due; None once the log needs none (protocol §4).
    next_cover_at: Mapped[datetime | None] = mapped_column(index=True)
    #: The greatest size that is proved to have been signed. Above ``size``, this database is a restored backup.
    known_size: Mapped[int] = mapped_column(default=0)


class Leaf(Model):
    """One entry: the event stays here with its salt until every leaf is opened."""

    __table_args__ = (UniqueConstraint("log_id", "idx"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("log.id"))
    idx: Mapped[int]
    type: Mapped[str] = mapped_column(String(32))
    salt: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(Text)  # the JCS text
    entry: Mapped[str] = mapped_column(String(78))
    leaf_hash: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]


class Checkpoint(Model):
    """A signed tree head. One root per size, ever."""

    __table_args__ = (UniqueConstraint("log_id", "size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("log.id"))
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)  # text, blank line, the log's own signature line
    signed_at: Mapped[datetime]


class Witness(Model):
    """A witness the centre works with; a panel's policy names the ones that count for it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    vkey: Mapped[str] = mapped_column(String(300))
    enrolled_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    #: Where it listens, without the call; None for a witness that comes to us.
    url: Mapped[str | None] = mapped_column(String(300))
    #: When it last came, or answered a call about the centre's log; no other, for those tell when bids come.
    heard_at: Mapped[datetime | None]
    #: Not to be called before: it failed, or a worker is calling it now.
    call_at: Mapped[datetime | None]
    #: Rounds that failed one after another.
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    #: A ``rules.Trouble``.
    trouble: Mapped[str] = mapped_column(String(16), default="", server_default="")


class Cosignature(Model):
    """A witness's line on a checkpoint, with the time inside it."""

    __table_args__ = (UniqueConstraint("checkpoint_id", "witness_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    witness_id: Mapped[int] = mapped_column(ForeignKey("witness.id"))
    line: Mapped[str] = mapped_column(Text)
    dated_at: Mapped[datetime]
