"""The standing set of trustees, and the drills that show who can open today."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Account, Organisation


class Trustee(Model):
    """One holder of a key. The server knows the public halves only (protocol §2).

    Proposed by one person, in the standing set once a second has compared the key with its holder and confirmed.
    """

    __table_args__ = (
        CheckConstraint("length(pub) = 64 AND length(sign) = 64", "keys_are_hex"),
        CheckConstraint("length(enrol_sig) = 128", "signature_is_hex"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id", "two_persons"),
        CheckConstraint("retired_at IS NULL OR confirmed_at IS NOT NULL", "retired_after_confirmed"),
        Index(
            "one_trustee_of_a_name",
            "name",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    #: An identifier of protocol §1; it stands in every panel the trustee is picked for.
    name: Mapped[str] = mapped_column(String(64))
    #: The seat's role in a panel, a key of ``rules.SEATS``.
    role: Mapped[str] = mapped_column(String(64))
    #: The person who keeps the key. Not everybody has an account: a notary or a bank need not.
    holder: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    pub: Mapped[str] = mapped_column(String(64), unique=True)
    sign: Mapped[str] = mapped_column(String(64), unique=True)
    enrol_sig: Mapped[str] = mapped_column(String(128))
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None] = mapped_column(String(500))
    organisation: Mapped[Organisation] = relationship()
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id])
    drills: Mapped[list[Drill]] = relationship(
        back_populates="trustee", order_by="Drill.asked_at", cascade="all, delete-orphan"
    )


class PanelDefault(Model):
    """The centre's default panel: how many open, and who set it. There is one row, or none."""

    __table_args__ = (CheckConstraint("id = 1", "only_one"), CheckConstraint("k >= 2", "more_than_one_opens"))

    id: Mapped[int] = mapped_column(primary_key=True)
    k: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class PanelPlace(Model):
    """A trustee's place in the default panel: rank 1 sits for its role, those behind are alternates in their order."""

    __table_args__ = (CheckConstraint("rank >= 1", "rank_from_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trustee_id: Mapped[int] = mapped_column(ForeignKey("trustee.id"), unique=True)
    rank: Mapped[int]
    trustee: Mapped[Trustee] = relationship()


class Drill(Model):
    """A test dealing sent to a trustee, and whether it came back opened."""

    __table_args__ = (
        CheckConstraint("passed_at IS NULL OR passed_at >= asked_at", "passed_after_asked"),
        CheckConstraint("(passed_at IS NULL) = (valid_until IS NULL)", "passed_has_term"),
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
    #: Until when it counts, by the setting in force when it was passed.
    valid_until: Mapped[datetime | None]
    trustee: Mapped[Trustee] = relationship(back_populates="drills")
