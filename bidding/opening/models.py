"""What an opening leaves behind: the trustees' batches, what came out of each envelope, and what was done about the rest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.submissions.models import Bid
from bidding.tenders.models import Lot


class ShareBatch(Model):
    """A trustee's shares for one stage and kind of envelope, checked whole before it is kept."""

    __table_args__ = (UniqueConstraint("project_id", "stage", "public", "seat", name="uq_share_batch_seat"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    stage: Mapped[int]
    public: Mapped[bool]
    seat: Mapped[int]
    body: Mapped[str] = mapped_column(Text)  # JCS of {"batch", "sig"}
    received_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaf.id"))


class OpenedEnvelope(Model):
    """One public envelope after its stage was opened: its sheet, or the verdict why there is none."""

    __table_args__ = (
        UniqueConstraint("bid_id", "envelope"),
        CheckConstraint("(sheet IS NULL) = (verdict IS NOT NULL)", "sheet_or_verdict"),
        CheckConstraint("(sheet IS NULL) = (sha256 IS NULL)", "sheet_has_hash"),
        CheckConstraint("(late_by IS NULL) = (late_at IS NULL)", "late_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    envelope: Mapped[str] = mapped_column(String(64))
    stage: Mapped[int]
    place: Mapped[int]  # order of receipt over all lots, from 1
    sheet: Mapped[str | None] = mapped_column(Text)  # JCS
    sha256: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[str | None] = mapped_column(String(20))
    evidence: Mapped[str | None] = mapped_column(Text)  # JCS
    opened_at: Mapped[datetime]
    #: By what it was opened after its stage, ``key`` or ``shares``, where too few trustees had come, and when.
    late_by: Mapped[str | None] = mapped_column(String(10))
    late_at: Mapped[datetime | None]
    bid: Mapped[Bid] = relationship()


class PostedKey(Model):
    """A tenderer's own key of one envelope, posted because too few trustees came (protocol §6.4).

    The key opens that envelope and no other; of public envelopes it stands in ``opening.zip`` for everybody.
    """

    __table_args__ = (UniqueConstraint("bid_id", "envelope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    envelope: Mapped[str] = mapped_column(String(64))
    identity: Mapped[str] = mapped_column(String(80))
    posted_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaf.id"))
    bid: Mapped[Bid] = relationship()


class LotDecision(Model):
    """What the agency said of a lot in which too few sheets could be read, and by which article."""

    __table_args__ = (CheckConstraint("decision IN ('failed', 'goes-on')", "decision_is_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), unique=True)
    decision: Mapped[str] = mapped_column(String(10))
    readable: Mapped[int]
    law: Mapped[str] = mapped_column(String(60))
    article: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    lot: Mapped[Lot] = relationship()
