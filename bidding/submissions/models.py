"""The gate of a project, the bids behind it, and every attempt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Big, Model
from bidding.identity.models import Account, Organisation
from bidding.scheduling.lease import Leased
from bidding.submissions.rules import BidState, GateState
from bidding.tenders.models import Lot, Project


class Gate(Leased, Model):
    """What lets bids in. One per published project; ``next_due_at`` is the deadline until it is closed."""

    __table_args__ = (
        CheckConstraint("(state IN ('open', 'closing')) = (closed_at IS NULL)", "closed_has_time"),
        CheckConstraint("settled_at IS NULL OR closed_at IS NOT NULL", "settled_after_close"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    state: Mapped[GateState] = mapped_column(default=GateState.OPEN)
    closes_at: Mapped[datetime]
    last_stamp_at: Mapped[datetime | None]
    closing_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_index: Mapped[int | None]
    #: When nothing stood in the way of the close any more; only then may anybody learn what it says.
    settled_at: Mapped[datetime | None]
    #: Since when the opening is on hold; None while it is not.
    held_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship()


class Intake(Model):
    """A complete message, stamped and not yet decided: the closer waits for it (protocol §5)."""

    __table_args__ = (
        Index(
            "undecided_intakes",
            "project_id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stamp_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Bid(Model):
    """One tenderer's sealed answer to one lot; the server never holds its plain text."""

    __table_args__ = (
        CheckConstraint("(state = 'effective') = (ended_at IS NULL)", "ended_has_time"),
        UniqueConstraint("organisation_id", "idempotency_key", name="uq_bid_idempotency"),
        Index(
            "one_effective_bid",
            "lot_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'effective'"),
            postgresql_where=text("state = 'effective'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)  # of the protocol: from the bid's own key
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[str] = mapped_column(Text)  # JCS
    sig: Mapped[str] = mapped_column(String(128))
    received_at: Mapped[datetime]
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaf.id"))
    state: Mapped[BidState] = mapped_column(default=BidState.EFFECTIVE)
    ended_at: Mapped[datetime | None]
    ended_leaf_id: Mapped[int | None] = mapped_column(ForeignKey("leaf.id"))
    #: A bag of the window's that counts: it has no manifest, and is there only once the close is settled.
    on_paper: Mapped[bool] = mapped_column(default=False, server_default=false())
    files: Mapped[list[SealedFile]] = relationship(order_by="(SealedFile.envelope, SealedFile.n)")
    project: Mapped[Project] = relationship()
    lot: Mapped[Lot] = relationship()
    organisation: Mapped[Organisation] = relationship()


class SealedFile(Model):
    """One ciphertext of a bid, by its digest in the sealed store."""

    __table_args__ = (UniqueConstraint("bid_id", "envelope", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    envelope: Mapped[str] = mapped_column(String(64))
    n: Mapped[int]
    size: Mapped[int] = mapped_column(Big)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class Attempt(Model):
    """An upload that was refused, or a bag. Only its own tenderer may see it before the deadline, and who sent it away."""

    #: The window's page reads one person's only: how long that takes must not tell how many others were refused.
    __table_args__ = (Index("attempts_of_a_person", "account_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    bid_uid: Mapped[str | None] = mapped_column(String(32), index=True)  # where the manifest was read


class Upload(Model):
    """One sealed file on its way in. ``received`` bytes are durable; the row goes when its bid is accepted.

    ``uid`` names the growing file. ``durable_at`` is read off the clock when the last part has been synced.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "bid_uid", "envelope", "n", name="one_upload_per_file"),
        CheckConstraint("received >= 0 AND received <= length", "received_within_length"),
        CheckConstraint("(sha256 IS NULL) = (durable_at IS NULL)", "durable_has_digest"),
        CheckConstraint("sha256 IS NULL OR received = length", "digest_of_the_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    bid_uid: Mapped[str] = mapped_column(String(32))
    envelope: Mapped[str] = mapped_column(String(64))
    n: Mapped[int]
    length: Mapped[int] = mapped_column(Big)
    received: Mapped[int] = mapped_column(Big, default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    durable_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship()

    @property
    def name(self) -> str:
        """The file as the sealed list has it."""
        return f"{self.envelope}/{self.n}.age"


class ArmedBid(Model):
    """A signed manifest whose files are still coming (protocol §5, Armed). Gone when it is decided.

    ``intake_id`` is set in the transaction that finds the last file durable: from then on the stamp stands.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "lot_id", name="one_armed_bid"),
        UniqueConstraint("organisation_id", "idempotency_key", name="uq_armed_bid_idempotency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    bid_uid: Mapped[str] = mapped_column(String(32), index=True)
    idempotency_key: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[str] = mapped_column(Text)  # JCS
    sig: Mapped[str] = mapped_column(String(128))
    supersedes_sig: Mapped[str | None] = mapped_column(String(128))
    armed_at: Mapped[datetime]
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intake.id"), unique=True)
    project: Mapped[Project] = relationship()
    account: Mapped[Account] = relationship()
    intake: Mapped[Intake | None] = relationship()
