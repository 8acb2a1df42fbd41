"""What a sitting leaves behind, beside its notes in the log: people, words and instants."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Account, Organisation
from bidding.opening.sitting.rules import Capacity, Way
from bidding.submissions.models import Bid


class Sitting(Model):
    """How far the sitting of one opening has come. ``acts`` grows with everything that changes what the hall shows."""

    __table_args__ = (
        UniqueConstraint("project_id", "stage", name="uq_sitting_stage"),
        CheckConstraint("(record IS NULL) = (record_sha256 IS NULL)", "record_has_digest"),
        CheckConstraint("ended_at IS NULL OR record IS NOT NULL", "ended_has_record"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stage: Mapped[int]
    acts: Mapped[int] = mapped_column(default=0)
    listed_at: Mapped[datetime | None]
    listed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    read: Mapped[int] = mapped_column(default=0)  # the last place that was read out
    read_at: Mapped[datetime | None]
    lines_closed_at: Mapped[datetime | None]
    record: Mapped[str | None] = mapped_column(Text)  # JCS of the opening record
    record_sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Attendance(Model):
    """A tenderer that signed in, by itself or at the door. Before the list it is nobody's but its own."""

    __table_args__ = (
        UniqueConstraint("project_id", "stage", "organisation_id", name="uq_attendance_organisation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stage: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id")
    )  # who pressed: staff for those in the room
    person: Mapped[str] = mapped_column(String(60))
    way: Mapped[Way]
    discipline: Mapped[str] = mapped_column(String(20))  # the version that was acknowledged
    signed_in_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()


class LineAnswer(Model):
    """What a tenderer said of its own line."""

    __table_args__ = (UniqueConstraint("bid_id", "stage", name="uq_line_answer_bid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    stage: Mapped[int]
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    agrees: Mapped[bool]
    said_at: Mapped[datetime]
    bid: Mapped[Bid] = relationship()


class SpotObjection(Model):
    """An objection raised in the sitting, and its answer (条例 44; 财政部令第87号 42)."""

    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", "answer_has_time"),
        CheckConstraint("(answer IS NULL) = (answered_by_id IS NULL)", "answer_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    stage: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    raised_at: Mapped[datetime]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))  # the host for those in the room
    answer: Mapped[str | None] = mapped_column(String(1000))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    organisation: Mapped[Organisation] = relationship()


class Suspension(Model):
    """A sitting suspended and resumed, each by two persons of whom one is a supervisor."""

    __table_args__ = (
        Index(
            "one_suspension_at_a_time",
            "project_id",
            unique=True,
            sqlite_where=text("off_at IS NULL"),
            postgresql_where=text("off_at IS NULL"),
        ),
        CheckConstraint("(on_at IS NULL) = (confirmed_by_id IS NULL)", "on_is_confirmed"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", "two_persons"),
        CheckConstraint("(off_asked_by_id IS NULL) = (off_reason IS NULL)", "off_has_reason"),
        CheckConstraint("off_at IS NULL OR off_confirmed_by_id IS NOT NULL", "off_is_confirmed"),
        CheckConstraint(
            "off_confirmed_by_id IS NULL OR off_confirmed_by_id <> off_asked_by_id", "two_persons_resume"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    stage: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    on_at: Mapped[datetime | None]
    off_reason: Mapped[str | None] = mapped_column(String(1000))
    off_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    off_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    off_at: Mapped[datetime | None]
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    off_asked_by: Mapped[Account | None] = relationship(foreign_keys=[off_asked_by_id])


class RecordSignature(Model):
    """One person's typed signature under the record."""

    __table_args__ = (
        UniqueConstraint("project_id", "stage", "account_id", name="uq_record_signature_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stage: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    capacity: Mapped[Capacity]
    name: Mapped[str] = mapped_column(String(60))
    record_sha256: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
