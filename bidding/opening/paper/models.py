"""What two persons typed of a bag."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model


class BagEntry(Model):
    """One person's reading of a bag. A round has two, by two persons; where they differ, another round begins."""

    __table_args__ = (
        UniqueConstraint("bag_id", "round", "nth", name="uq_bag_entry_nth"),
        UniqueConstraint("bag_id", "round", "account_id", name="uq_bag_entry_two_persons"),
        CheckConstraint("nth IN (1, 2)", "first_or_second"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bag_id: Mapped[int] = mapped_column(ForeignKey("bag.id"))
    round: Mapped[int]
    nth: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    body: Mapped[str] = mapped_column(Text)  # JCS of {"fields", "void"}
    entered_at: Mapped[datetime]
