"""What an opening leaves behind: the trustees' batches, and what came out of each envelope."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.submissions.models import Bid


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
    bid: Mapped[Bid] = relationship()
