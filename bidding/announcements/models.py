"""Announcements, and what tenderers object to in them."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.announcements.rules import Candidate, Kind, Opinion, Said, State
from bidding.core.canonical import dumps, loads
from bidding.db import Big, Model
from bidding.identity.models import Account, Organisation
from bidding.tenders.models import Lot


class Announcement(Model):
    """One announcement of an agency: drafted, submitted, published by another person; once out it stays, even withdrawn."""

    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (submitted_by_id IS NULL)", "submitted_by_somebody"),
        CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", "published_by_somebody"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> submitted_by_id", "two_persons"),
        CheckConstraint("published_at IS NULL OR submitted_at IS NOT NULL", "published_was_submitted"),
        CheckConstraint(
            "(published_at IS NULL) = (notice IS NULL) AND (published_at IS NULL) = (sha256 IS NULL)",
            "published_whole",
        ),
        CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)", "public_is_published"
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
            "withdrawn_whole",
        ),
        # Whoever let it out does not take it back: two persons saw it each time.
        CheckConstraint(
            "withdrawn_by_id IS NULL OR withdrawn_by_id <> published_by_id", "withdrawn_by_another"
        ),
        CheckConstraint(
            "published_at IS NULL OR (kind <> 'intention') = (ends_on IS NOT NULL)", "publicity_ends"
        ),
        CheckConstraint("(kind = 'candidates') = (lot_id IS NOT NULL)", "candidates_of_a_lot"),
        # Two lists of candidates of one lot would name two winners to come.
        Index(
            "one_list_of_candidates",
            "lot_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint("budget_fen IS NULL OR budget_fen > 0", "budget_positive"),
        Index("ix_announcement_public", "kind", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[Kind]
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    budget_fen: Mapped[int | None] = mapped_column(Big)
    #: The first day of the month in which the procurement is to begin.
    expected_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    supplier_name: Mapped[str] = mapped_column(String(200), default="")
    supplier_address: Mapped[str] = mapped_column(String(200), default="")
    #: JCS of a list of ``rules.Opinion``.
    opinions: Mapped[str] = mapped_column(Text, default="[]")
    #: The opened lot that candidates are of, JCS of a list of ``rules.Candidate``, and when their report came.
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    candidates: Mapped[str] = mapped_column(Text, default="[]")
    reported_on: Mapped[date | None]
    days: Mapped[int | None]
    #: The financial authority; of candidates, who supervises the tender.
    finance_name: Mapped[str] = mapped_column(String(200), default="")
    finance_address: Mapped[str] = mapped_column(String(200), default="")
    finance_contact: Mapped[str] = mapped_column(String(120), default="")
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    owner_address: Mapped[str] = mapped_column(String(200), default="")
    owner_contact: Mapped[str] = mapped_column(String(120), default="")
    agency_address: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    media: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: The last day of a publicity, as it was reckoned at publication.
    ends_on: Mapped[date | None]
    #: The announcement as published (JCS); its SHA-256 stands in the centre's log.
    notice: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()
    agency: Mapped[Organisation] = relationship()
    lot: Mapped[Lot | None] = relationship()
    submitted_by: Mapped[Account | None] = relationship(foreign_keys=[submitted_by_id])
    objections: Mapped[list[Objection]] = relationship(back_populates="announcement", order_by="Objection.n")

    __mapper_args__ = {"version_id_col": version}

    @property
    def said(self) -> Said:
        """What it says, as the rules see it."""
        found = {each.name: getattr(self, each.name) for each in fields(Said)}
        return Said(
            **found
            | {
                "opinions": tuple(Opinion(**each) for each in loads(self.opinions)),
                "candidates": tuple(Candidate(**each) for each in loads(self.candidates)),
            }
        )

    @said.setter
    def said(self, said: Said) -> None:
        written: dict[str, Any] = {each.name: getattr(said, each.name) for each in fields(Said)}
        for name in ("opinions", "candidates"):
            written[name] = dumps([asdict(each) for each in getattr(said, name)]).decode()
        for name, value in written.items():
            setattr(self, name, value)


class Objection(Model):
    """What a tenderer says against a publicity, and the answer. Who it was, the public record does not say."""

    __tablename__ = "announcement_objection"
    __table_args__ = (
        UniqueConstraint("announcement_id", "n"),
        # One at a time of one organisation; which it is, is the agency's and the supervisors' to know.
        Index(
            "one_objection_unanswered",
            "announcement_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (upheld IS NULL)"
            " AND (answered_at IS NULL) = (answer = '') AND (answered_at IS NULL) = (answer_sha256 IS NULL)",
            "answered_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    #: Counts the objections to one announcement, from 1.
    n: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
    #: Of its public record (JCS), as it stands in the centre's log.
    sha256: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Whether the single source falls: then another method has to be taken (74号令 40). Of candidates, whether the list does.
    upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answer_sha256: Mapped[str | None] = mapped_column(String(64))
    announcement: Mapped[Announcement] = relationship(back_populates="objections")
    organisation: Mapped[Organisation] = relationship()
