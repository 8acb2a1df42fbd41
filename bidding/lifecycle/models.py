"""Notices about a tender's course, and which tender took another's place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Account
from bidding.lifecycle.contents import Words
from bidding.lifecycle.rules import Kind
from bidding.tenders.models import Project


class CourseNotice(Model):
    """A notice: drafted by one of the agency, published by another person; dropped, it stays on record."""

    __table_args__ = (
        UniqueConstraint("project_id", "n"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> drafted_by_id", "two_persons"),
        CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL) AND (published_at IS NULL) = (n IS NULL)"
            " AND (published_at IS NULL) = (notice IS NULL) AND (published_at IS NULL) = (sha256 IS NULL)",
            "published_whole",
        ),
        CheckConstraint("(dropped_at IS NULL) = (dropped_by_id IS NULL)", "dropped_by_somebody"),
        CheckConstraint("published_at IS NULL OR dropped_at IS NULL", "published_or_dropped"),
        CheckConstraint("(kind = 'termination') = (refunds <> '')", "termination_tells_of_refunds"),
        Index(
            "one_notice_waits",
            "project_id",
            unique=True,
            sqlite_where=text("published_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("published_at IS NULL AND dropped_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[Kind]
    #: Counts the published notices of a tender, from 1.
    n: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(20), default="")
    refunds: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(1000), default="")
    phone: Mapped[str] = mapped_column(String(1000), default="")
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    dropped_at: Mapped[datetime | None]
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: The notice as published (JCS); its SHA-256 stands in the log.
    notice: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(String(64))
    project: Mapped[Project] = relationship()
    drafted_by: Mapped[Account] = relationship(foreign_keys=[drafted_by_id])

    @property
    def words(self) -> Words:
        """What the agency wrote."""
        return Words(self.reason, self.basis, self.refunds, self.next_step, self.contact, self.phone)


class Retender(Model):
    """A new tender in the place of one that failed or was terminated."""

    __table_args__ = (CheckConstraint("project_id <> successor_id", "two_tenders"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    project: Mapped[Project] = relationship(foreign_keys=[project_id])
    successor: Mapped[Project] = relationship(foreign_keys=[successor_id])
