"""That a stage was opened on a laptop in the hall, and what was brought in of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model
from bidding.opening.offline.held import LONGEST_NAME


class OfflineOpening(Model):
    """One stage's result file, checked whole; ``began_at`` and ``ended_at`` by the laptop's clock."""

    __table_args__ = (
        UniqueConstraint("project_id", "stage", name="uq_offline_opening_stage"),
        CheckConstraint("ended_at >= began_at", "ended_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stage: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    host: Mapped[str] = mapped_column(String(LONGEST_NAME))
    supervisor: Mapped[str] = mapped_column(String(LONGEST_NAME))
    imported_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaf.id"))
