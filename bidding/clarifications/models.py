"""Questions without their askers, and what answers and corrects a published tender."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.clarifications.rules import About, Proposal, State
from bidding.core.canonical import loads
from bidding.db import Model
from bidding.outages.models import Extension
from bidding.tenders.models import Project


class Question(Model):
    """What somebody asked. Nothing here says who, nor when on its day (ADR 0038)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    #: The day, from which the period for the answer runs, and the full hour at which the agency first sees it.
    asked_on: Mapped[date]
    shown_at: Mapped[datetime]
    #: Of the receipt, which only the asker has.
    receipt_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    clarification_id: Mapped[int | None] = mapped_column(ForeignKey("clarification.id"), index=True)
    project: Mapped[Project] = relationship()


class QuestionQuota(Model):
    """How often one organisation has asked about one project, under a mark that names neither (``service.asking``)."""

    __table_args__ = (CheckConstraint("asked > 0 AND today > 0 AND today <= asked", "counts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    asked: Mapped[int]
    last_on: Mapped[date]
    today: Mapped[int]


_OPEN = text("published_at IS NULL AND dropped_at IS NULL")


class Clarification(Model):
    """Answers, corrections, or both in one notice: drafted, submitted, approved by a second person, then in force."""

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("notice_sha256"),
        Index(
            "one_clarification_at_a_time",
            "project_id",
            "about",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("(submitted_at IS NULL) = (submitted_by_id IS NULL)", "submitted_by_somebody"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", "approved_by_somebody"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> submitted_by_id", "two_persons"),
        CheckConstraint("approved_at IS NULL OR submitted_at IS NOT NULL", "approved_was_submitted"),
        CheckConstraint(
            "submitted_at IS NULL OR (affects IS NOT NULL AND (affects OR harmless_because <> ''))",
            "harmless_has_reason",
        ),
        CheckConstraint(
            "published_at IS NULL OR (approved_at IS NOT NULL AND dropped_at IS NULL AND number IS NOT NULL"
            " AND notice IS NOT NULL AND notice_sha256 IS NOT NULL)",
            "published_is_whole",
        ),
        # Two seats of a tender's panel sign its deadline; before the tender there is no panel.
        CheckConstraint("about = 'tender' OR extension_id IS NULL", "seats_sign_for_tenders"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    about: Mapped[About] = mapped_column(default=About.TENDER, server_default=About.TENDER.value)
    #: Of the project's, from 1, in the order in which they came into force.
    number: Mapped[int | None]
    #: The questions as they are published, and the one answer to them; empty for a correction alone.
    asked: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    #: JCS of ``rules.Proposal``'s facts, ceilings and files.
    changes: Mapped[str] = mapped_column(Text)
    closes_at: Mapped[datetime | None]
    #: Whether it may bear on how bids are prepared (招标投标法实施条例 21), and why it cannot, where it cannot.
    affects: Mapped[bool | None]
    harmless_because: Mapped[str] = mapped_column(String(500), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    returned_reason: Mapped[str | None] = mapped_column(String(1000))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Where the deadline moves: what the two seats sign before this comes into force.
    extension_id: Mapped[int | None] = mapped_column(ForeignKey("extension.id"))
    published_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    #: The notice as it was hashed into the log (JCS).
    notice: Mapped[str | None] = mapped_column(Text)
    notice_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()
    project: Mapped[Project] = relationship()
    extension: Mapped[Extension | None] = relationship()
    questions: Mapped[list[Question]] = relationship(order_by="Question.shown_at, Question.uid")

    __mapper_args__ = {"version_id_col": version}

    @property
    def state(self) -> State:
        """What people have decided so far."""
        if self.published_at is not None:
            return State.PUBLISHED
        if self.dropped_at is not None:
            return State.DROPPED
        if self.approved_at is not None:
            return State.SIGNING
        return State.DRAFT if self.submitted_at is None else State.SUBMITTED

    @property
    def proposal(self) -> Proposal:
        """What it proposes, as the rules see it."""
        return Proposal.read(
            loads(self.changes),
            answer=self.answer,
            closes_at=self.closes_at,
            affects=self.affects,
            harmless_because=self.harmless_because,
            reason=self.reason,
        )

    @property
    def text(self) -> dict[str, Any]:
        """The notice as data, once it is published."""
        data: dict[str, Any] = loads(self.notice or "{}")
        return data
