"""The register of bags. Before the opening only who wrote a line of it may read that line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Organisation
from bidding.submissions.models import Bid
from bidding.submissions.paper.rules import BagState
from bidding.tenders.models import Lot, Project


class Bag(Model):
    """One sealed bag at the window. Once the close is settled it is a ``Bid`` as well, unless it does not count."""

    __table_args__ = (
        CheckConstraint("copies > 0", "has_copies"),
        CheckConstraint("(state = 'back') = (ended_at IS NOT NULL)", "back_has_time"),
        CheckConstraint("(state = 'double') = (double_bid_id IS NOT NULL)", "double_has_bid"),
        CheckConstraint("bid_id IS NULL OR state = 'held'", "counted_is_held"),
        Index("bags_of_a_clerk", "account_id", "project_id"),
        Index(
            "one_bag_held",
            "lot_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state <> 'back'"),
            postgresql_where=text("state <> 'back'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)  # of the protocol: random
    #: The bag's number, on the bag and on the receipt. Not a count of anything.
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    deliverer: Mapped[str] = mapped_column(String(60))
    copies: Mapped[int]
    salt: Mapped[str] = mapped_column(String(64))  # opens the log's ``holder``
    received_at: Mapped[datetime]
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaf.id"))
    state: Mapped[BagState] = mapped_column(default=BagState.HELD)
    ended_at: Mapped[datetime | None]
    bid_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"), unique=True)
    double_bid_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"))
    project: Mapped[Project] = relationship()
    lot: Mapped[Lot] = relationship()
    organisation: Mapped[Organisation] = relationship()
    bid: Mapped[Bid | None] = relationship(foreign_keys=[bid_id])
