"""The result of a lot: recorded by one person, confirmed by another, fixed in the project's log."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.award.rules import Basis, Outcome
from bidding.db import Big, Model
from bidding.identity.models import Account
from bidding.tenders.models import Lot


class Award(Model):
    """Who won a lot, at what price, against which basis; or that nobody did, and why.

    Until it is confirmed it may be recorded anew; afterwards the row and the log's leaf stand for good.
    """

    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> recorded_by_id", "two_persons"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("(confirmed_at IS NULL) = (leaf_index IS NULL)", "confirmed_is_in_the_log"),
        CheckConstraint(
            "(outcome = 'awarded') = (winner_name IS NOT NULL AND winner_uscc IS NOT NULL)",
            "winner_if_awarded",
        ),
        CheckConstraint("outcome = 'awarded' OR amount_fen IS NULL", "no_price_without_winner"),
        CheckConstraint("outcome <> 'awarded' OR amount_fen IS NOT NULL OR price_text <> ''", "price_given"),
        CheckConstraint("amount_fen IS NULL OR amount_fen > 0", "amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), unique=True)
    outcome: Mapped[Outcome]
    winner_name: Mapped[str | None] = mapped_column(String(200))
    winner_uscc: Mapped[str | None] = mapped_column(String(18))
    amount_fen: Mapped[int | None] = mapped_column(Big)
    #: The price in words where it is a rate or a unit price, which no sum can take.
    price_text: Mapped[str] = mapped_column(String(100), default="")
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
    version: Mapped[int] = mapped_column()
    lot: Mapped[Lot] = relationship()
    recorded_by: Mapped[Account] = relationship(foreign_keys=[recorded_by_id])
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys=[confirmed_by_id])

    __mapper_args__ = {"version_id_col": version}
