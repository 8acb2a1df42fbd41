"""Papers by which experts were not drawn here, the members of a committee, its room's page, how members did and were treated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.committee.rules import Here, Recusal, Source
from bidding.db import Model
from bidding.identity.models import Account
from bidding.tenders.models import Project


class Appointment(Model):
    """Experts who were not drawn here: by what, for how many, and the paper. Withdrawn, never deleted."""

    __table_args__ = (
        CheckConstraint("source IN ('external', 'direct')", "not_drawn_here"),
        CheckConstraint("count > 0", "count_positive"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> brought_by_id", "two_persons"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", "withdrawn_by_somebody"),
        CheckConstraint("withdrawn_at IS NULL OR confirmed_at IS NULL", "confirmed_stands"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    source: Mapped[Source]
    basis: Mapped[str] = mapped_column(String(300))
    words: Mapped[str] = mapped_column(String(500), default="")
    certificate: Mapped[str] = mapped_column(String(100), default="")
    count: Mapped[int]
    evaluation_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    brought_at: Mapped[datetime]
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    project: Mapped[Project] = relationship()
    brought_by: Mapped[Account] = relationship(foreign_keys=[brought_by_id])
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys=[confirmed_by_id])


class DrawnList(Model):
    """Whom another pool drew, as its platform exports it: brought, taken by one person, confirmed by another.

    ``sha256`` is the file's, which is not kept; ``blob`` is where its lines lie, sealed with the pool's key. ``columns``
    says which column is what (JCS); ``salt`` goes with the file's digest into the log, so that the digest gives nobody away.
    """

    __table_args__ = (
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", "taken_by_somebody"),
        CheckConstraint("(taken_at IS NULL) = (taken IS NULL)", "taken_counted"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("confirmed_at IS NULL OR taken_at IS NOT NULL", "confirmed_taken"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> taken_by_id", "two_persons"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", "withdrawn_by_somebody"),
        CheckConstraint("withdrawn_at IS NULL OR confirmed_at IS NULL", "confirmed_stands"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str] = mapped_column(String(64))
    columns: Mapped[str] = mapped_column(Text)
    brought_at: Mapped[datetime]
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken: Mapped[int | None]
    away: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    paper: Mapped[Appointment] = relationship()
    taken_by: Mapped[Account | None] = relationship(foreign_keys=[taken_by_id])
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys=[confirmed_by_id])


class Member(Model):
    """Somebody who is awaited in the evaluation room. Experts stand here from the release on, no earlier."""

    __table_args__ = (
        CheckConstraint("(source = 'drawn') = (h IS NOT NULL)", "drawn_has_commitment"),
        CheckConstraint("(source IN ('external', 'direct')) = (appointment_id IS NOT NULL)", "has_paper"),
        CheckConstraint("list_id IS NULL OR source = 'external'", "list_is_external"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", "two_persons"),
        CheckConstraint("source <> 'drawn' OR confirmed_at IS NULL", "drawn_needs_no_second"),
        CheckConstraint(
            "arrived_at IS NULL OR source = 'drawn' OR confirmed_at IS NOT NULL", "arrived_confirmed"
        ),
        CheckConstraint("(gone_at IS NULL) = (gone_reason = '')", "gone_has_reason"),
        CheckConstraint("chaired_at IS NULL OR arrived_at IS NOT NULL", "chair_arrived"),
        UniqueConstraint("project_id", "h"),
        Index(
            "one_chair",
            "project_id",
            unique=True,
            sqlite_where=text("chaired_at IS NOT NULL AND gone_at IS NULL"),
            postgresql_where=text("chaired_at IS NOT NULL AND gone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    source: Mapped[Source]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("drawn_list.id"), index=True)
    h: Mapped[str | None] = mapped_column(String(64))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(200))
    unit_uscc: Mapped[str | None] = mapped_column(String(18))
    title: Mapped[str] = mapped_column(String(60), default="")
    specialty: Mapped[str] = mapped_column(String(200), default="")
    phone_end: Mapped[str] = mapped_column(String(4))
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    arrived_at: Mapped[datetime | None]
    conduct: Mapped[str] = mapped_column(String(100), default="")  # the versions accepted at sign-in
    recusal: Mapped[Recusal | None]
    recusal_words: Mapped[str] = mapped_column(String(500), default="")
    gone_at: Mapped[datetime | None]
    gone_reason: Mapped[str] = mapped_column(String(500), default="")
    chaired_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    listed: Mapped[DrawnList | None] = relationship()

    @property
    def here(self) -> Here:
        """As the rules see them."""
        return Here(self.name, self.source, self.arrived_at is not None, self.gone_at is not None)

    @property
    def may_rate(self) -> bool:
        """Whether they sat here as an expert, and so say how owner and agency did."""
        return self.source is not Source.OWNER and self.arrived_at is not None

    @property
    def awaited(self) -> bool:
        """Whether they may sign in: drawn, or entered by two persons; and neither here nor gone."""
        stands = self.source is Source.DRAWN or self.confirmed_at is not None
        return stands and self.arrived_at is None and self.gone_at is None


class RoomPage(Model):
    """The sign-in page of one committee's room: whoever has its address signs people in. One at a time."""

    __table_args__ = (
        Index(
            "one_room_page",
            "project_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    misses: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship()


class EvaluationEnd(Model):
    """When an evaluation ended: as somebody stated it, the last statement holds; or nobody did (``stated_by_id`` is
    None) and a first result was handed in, before which it was over.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    ended_at: Mapped[datetime]
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    stated_by: Mapped[Account | None] = relationship()


class Feedback(Model):
    """How an expert found the owner and the agency, written once at the room's page (财库〔2016〕198号 22)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    answers: Mapped[str] = mapped_column(Text)  # JCS of code → yes or no
    remark: Mapped[str] = mapped_column(String(1000), default="")
    written_at: Mapped[datetime]
    member: Mapped[Member] = relationship()


class Appraisal(Model):
    """履职记录: how an expert did, written once by the owner's side (财库〔2016〕198号 21)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    answers: Mapped[str] = mapped_column(Text)  # JCS of code → yes or no
    remark: Mapped[str] = mapped_column(String(1000), default="")
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    member: Mapped[Member] = relationship()
    written_by: Mapped[Account] = relationship()
