"""Versions that a centre published, or is about to, and who accepted which version when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.conduct.rules import Rule
from bidding.db import Model
from bidding.identity.models import Account


class ConductText(Model):
    """A version after the first, which is a file of the product. ``zh`` and ``en`` hold a clause a line."""

    __table_args__ = (
        UniqueConstraint("rule", "n"),
        CheckConstraint("n > 1", "after_the_shipped"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> drafted_by_id", "two_persons"),
        CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL) AND (published_at IS NULL) = (sha256 IS NULL)"
            " AND (published_at IS NULL) = (n IS NULL)",
            "published_whole",
        ),
        CheckConstraint("(dropped_at IS NULL) = (dropped_by_id IS NULL)", "dropped_by_somebody"),
        CheckConstraint("published_at IS NULL OR dropped_at IS NULL", "published_or_dropped"),
        Index(
            "one_draft_of_a_rule",
            "rule",
            unique=True,
            sqlite_where=text("published_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("published_at IS NULL AND dropped_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[Rule]
    #: Given at publication, so that a draft that is dropped leaves no gap.
    n: Mapped[int | None]
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    dropped_at: Mapped[datetime | None]
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Acceptance(Model):
    """Somebody has read a version and will keep to it. Rows are never changed.

    Without a network address: what a session came from stands in the list of sign-ins, which is kept for as long as
    it is needed; a record kept for good does not copy it.
    """

    __table_args__ = (
        UniqueConstraint("account_id", "rule", "n", name="accepted_once"),
        #: Lists read along it, and so never come by a row that they do not show: how long that takes would tell of it.
        Index("acceptances_in_order", "of_tenderer", "accepted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: Whether a tenderer accepted it: those are not shown while somebody may be getting ready to bid.
    of_tenderer: Mapped[bool]
    rule: Mapped[Rule]
    n: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime]
    account: Mapped[Account] = relationship()
