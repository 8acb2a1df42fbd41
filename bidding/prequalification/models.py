"""Prequalifications with their files, and applications with theirs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Big, Model
from bidding.identity.models import Account, Organisation
from bidding.prequalification.rules import ApplicationState, Examiner, Times
from bidding.tenders.models import Project


class Prequalification(Model):
    """资格预审 of one project: written by one, published by another; examined by one, decided by another."""

    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (submitted_by_id IS NULL)", "submitted_by_somebody"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> submitted_by_id", "two_persons"),
        CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL) AND (published_at IS NULL) = (notice IS NULL)"
            " AND (published_at IS NULL) = (rules_on IS NULL)"
            " AND (published_at IS NULL OR (submitted_at IS NOT NULL AND closes_at IS NOT NULL))",
            "published_whole",
        ),
        CheckConstraint(
            "(opened_at IS NULL) = (opened_by_id IS NULL) AND (opened_at IS NULL) = (register IS NULL)"
            " AND (opened_at IS NULL OR (published_at IS NOT NULL AND opened_at > closes_at))",
            "opened_after_close",
        ),
        CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by_id IS NULL)"
            " AND (reviewed_at IS NULL OR (opened_at IS NOT NULL AND examiner IS NOT NULL))",
            "reviewed_after_opening",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> reviewed_by_id", "decided_by_another"),
        CheckConstraint(
            "(end_asked_at IS NULL) = (end_asked_by_id IS NULL) AND (end_asked_at IS NULL) = (end_reason IS NULL)",
            "end_asked_whole",
        ),
        CheckConstraint("ended_by_id IS NULL OR ended_by_id <> end_asked_by_id", "ended_by_another"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_notice IS NULL)"
            " AND (ended_at IS NULL OR (end_asked_at IS NOT NULL AND published_at IS NOT NULL"
            " AND decided_at IS NULL))",
            "ended_whole",
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (enough IS NULL)"
            " AND (decided_at IS NULL) = (result IS NULL) AND (decided_at IS NULL OR reviewed_at IS NOT NULL)",
            "decided_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    created_at: Mapped[datetime]
    #: The last day on which the documents are on offer (发售、提供期限).
    available_until_on: Mapped[date | None]
    closes_at: Mapped[datetime | None]
    #: 资格预审日期: when the applications are meant to be examined.
    examined_on: Mapped[date | None]
    #: What else an applicant must know: how conditions are judged, how the documents are made.
    note: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Digest of the notice as it was handed over: what changed since is seen by whoever publishes.
    submitted_as: Mapped[str | None] = mapped_column(String(64))
    #: Why the second person sent it back, until it is handed over again.
    returned_reason: Mapped[str | None] = mapped_column(String(1000))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    rules_on: Mapped[date | None]
    #: The notice as published (JCS text); its SHA-256 stands in the centre's log.
    notice: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Every application in at the deadline (JCS text with a salt); its SHA-256 stands in the centre's log.
    register: Mapped[str | None] = mapped_column(Text)
    examiner: Mapped[Examiner | None]
    committee: Mapped[str] = mapped_column(Text, default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    review_returned: Mapped[str | None] = mapped_column(String(1000))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    enough: Mapped[bool | None]
    #: Every verdict with its reason (JCS text with a salt); its SHA-256 stands in the centre's log.
    result: Mapped[str | None] = mapped_column(Text)
    #: 终止 before a result: why, who proposed it, who let it out, and the notice as published (JCS text).
    end_reason: Mapped[str | None] = mapped_column(Text)
    end_asked_at: Mapped[datetime | None]
    end_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    end_notice: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    project: Mapped[Project] = relationship()
    submitted_by: Mapped[Account | None] = relationship(foreign_keys=[submitted_by_id])
    files: Mapped[list[PrequalificationFile]] = relationship(
        order_by="PrequalificationFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def times(self) -> Times:
        """What its standing hangs on."""
        return Times(
            self.submitted_at,
            self.published_at,
            self.closes_at,
            self.opened_at,
            self.reviewed_at,
            self.decided_at,
            self.enough,
            self.ended_at,
        )


class PrequalificationFile(Model):
    """资格预审文件, by its digest; the same digest stands in the notice."""

    __table_args__ = (UniqueConstraint("prequalification_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prequalification_id: Mapped[int] = mapped_column(ForeignKey("prequalification.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Big)
    added_at: Mapped[datetime]
    #: When a correction put another file in its place; it stays to be read, as its digest stays in the notice.
    replaced_at: Mapped[datetime | None]


class Application(Model):
    """申请文件 of one organisation, from its first file to its verdict. Nobody else's before the deadline."""

    __table_args__ = (
        CheckConstraint("(state = 'draft') = (received_at IS NULL)", "received_unless_draft"),
        CheckConstraint(
            "(received_at IS NULL) = (digest IS NULL) AND (received_at IS NULL) = (salt IS NULL)"
            " AND (received_at IS NULL) = (reference IS NULL)",
            "received_whole",
        ),
        CheckConstraint("(state IN ('superseded', 'withdrawn')) = (ended_at IS NOT NULL)", "ended_has_time"),
        CheckConstraint("passed IS NULL OR state = 'effective'", "verdict_on_what_stands"),
        # By the organisation first: passing over everybody else's would take a time that tells how many there are.
        Index("ix_application_own", "organisation_id", "prequalification_id"),
        Index(
            "uq_application_draft",
            "prequalification_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        Index(
            "uq_application_effective",
            "prequalification_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'effective'"),
            postgresql_where=text("state = 'effective'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    prequalification_id: Mapped[int] = mapped_column(ForeignKey("prequalification.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.DRAFT)
    contact: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    #: The other members of a consortium, one a line: from here on they may not change (条例 37).
    members: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime]
    reference: Mapped[str | None] = mapped_column(String(24), unique=True)
    received_at: Mapped[datetime | None]
    #: SHA-256 of what was handed in, with a salt that the applicant has too.
    digest: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    passed: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()
    prequalification: Mapped[Prequalification] = relationship()
    organisation: Mapped[Organisation] = relationship()
    files: Mapped[list[ApplicationFile]] = relationship(
        order_by="ApplicationFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class ApplicationFile(Model):
    """One file of an application."""

    __table_args__ = (UniqueConstraint("application_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Big)
    added_at: Mapped[datetime]
