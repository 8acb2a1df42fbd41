"""The standing set of trustees, and the drills that show who can open today."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model


class Trustee(Model):
    """One holder of a key. The server knows the public halves only (protocol §2)."""

    __table_args__ = (
        CheckConstraint("length(pub) = 64 AND length(sign) = 64", "keys_are_hex"),
        CheckConstraint("length(enrol_sig) = 128", "signature_is_hex"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    #: An identifier of protocol §1; it stands in every panel the trustee is picked for.
    name: Mapped[str] = mapped_column(String(64), unique=True)
    #: The seat's role in a panel: supervisor, finance, agency, administrator, notary, centre …
    role: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    pub: Mapped[str] = mapped_column(String(64), unique=True)
    sign: Mapped[str] = mapped_column(String(64), unique=True)
    enrol_sig: Mapped[str] = mapped_column(String(128))
    enrolled_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    drills: Mapped[list[Drill]] = relationship(back_populates="trustee", order_by="Drill.asked_at")


class Drill(Model):
    """A test dealing sent to a trustee, and whether it came back opened."""

    __table_args__ = (
        CheckConstraint("passed_at IS NULL OR passed_at >= asked_at", "passed_after_asked"),
        Index("drills_by_trustee", "trustee_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    trustee_id: Mapped[int] = mapped_column(ForeignKey("trustee.id"))
    #: The JCS text of the dealing, and what it is bound to (hex).
    dealing: Mapped[str] = mapped_column(Text)
    ctx: Mapped[str] = mapped_column(String(64))
    #: The recipient that the recombined secret must give; the secret itself is not kept.
    recipient: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
    trustee: Mapped[Trustee] = relationship(back_populates="drills")
