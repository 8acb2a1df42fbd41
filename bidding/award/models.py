"""The result of a lot: recorded by one person, confirmed by another, fixed in the project's log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.award.rules import Basis, Outcome
from bidding.core.canonical import loads
from bidding.db import Big, Model
from bidding.identity.models import Account
from bidding.tenders.models import Lot


class Award(Model):
    """Who won a lot, at what price, against which basis; or that nobody did, and why.

    Until it is confirmed it may be recorded anew; afterwards the row and the log's leaf stand for good, and a
    mistake is corrected by a further revision that names the one it corrects.
    """

    __table_args__ = (
        UniqueConstraint("lot_id", "revision"),
        CheckConstraint("revision >= 1", "revision_counts"),
        CheckConstraint(
            "(revision = 1) = (corrects IS NULL) AND (revision = 1) = (correction = '')",
            "correction_says_what",
        ),
        CheckConstraint("superseded_at IS NULL OR confirmed_at IS NOT NULL", "superseded_was_final"),
        Index(
            "one_award_to_confirm",
            "lot_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
        Index(
            "one_award_in_force",
            "lot_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL AND superseded_at IS NULL"),
        ),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> recorded_by_id", "two_persons"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("(confirmed_at IS NULL) = (leaf_index IS NULL)", "confirmed_is_in_the_log"),
        CheckConstraint(
            "(outcome = 'awarded') = (winner_name IS NOT NULL AND winner_uscc IS NOT NULL AND winner_bid IS NOT NULL)",
            "winner_if_awarded",
        ),
        CheckConstraint("outcome = 'awarded' OR amount_fen IS NULL", "no_price_without_winner"),
        CheckConstraint("outcome <> 'awarded' OR amount_fen IS NOT NULL OR price_text <> ''", "price_given"),
        CheckConstraint("amount_fen IS NULL OR amount_fen > 0", "amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    revision: Mapped[int] = mapped_column(default=1)
    #: The SHA-256 of the record that this one corrects, and why it had to be corrected.
    corrects: Mapped[str | None] = mapped_column(String(64))
    correction: Mapped[str] = mapped_column(String(1000), default="")
    outcome: Mapped[Outcome]
    winner_name: Mapped[str | None] = mapped_column(String(200))
    winner_uscc: Mapped[str | None] = mapped_column(String(18))
    winner_bid: Mapped[str | None] = mapped_column(String(32))  # uid of the bid
    amount_fen: Mapped[int | None] = mapped_column(Big)
    #: The price in words where it is a rate or a unit price, which no sum can take.
    price_text: Mapped[str] = mapped_column(String(100), default="")
    #: Why the price is not the one that was read out, where it is not.
    price_note: Mapped[str] = mapped_column(String(500), default="")
    #: Copied when recorded: a later change of the lot's budget must not move a published figure.
    basis: Mapped[Basis]
    basis_fen: Mapped[int] = mapped_column(Big)
    awarded_on: Mapped[date]
    notice_number: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    #: The JCS text of the record and its SHA-256: what the second person confirms and the log holds.
    record: Mapped[str] = mapped_column(Text)
    record_sha256: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    leaf_index: Mapped[int | None]
    superseded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    lot: Mapped[Lot] = relationship()
    recorded_by: Mapped[Account] = relationship(foreign_keys=[recorded_by_id])
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys=[confirmed_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def scoring(self) -> dict[str, Any] | None:
        """How last offers were scored, as the record says; None where nothing was."""
        found: dict[str, Any] | None = loads(self.record).get("scoring")
        return found
