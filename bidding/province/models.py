"""Identifiers that were given, messages to the province, what people filled in, packages for a network apart."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Organisation
from bidding.province.rules import State
from bidding.tenders.models import Project


class DealCode(Model):
    """The unified transaction identifier of a lot: given once, never changed."""

    __table_args__ = (CheckConstraint("length(code) = 40", "forty_signs"),)

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    given_at: Mapped[datetime]


class DealSerial(Model):
    """The last serial number given to a lot on a day."""

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class ProvincePackage(Model):
    """Messages that were handed out as a file; acknowledged by a person who brought it over."""

    __table_args__ = (
        CheckConstraint("(delivered_at IS NULL) = (delivered_by_id IS NULL)", "delivered_by_somebody"),
        CheckConstraint("count > 0", "something_in_it"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    count: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    delivered_at: Mapped[datetime | None]
    delivered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    receipt: Mapped[str] = mapped_column(String(200), default="")


class ProvinceMessage(Model):
    """One data set about one thing. Noted in the transaction of its cause; made, checked and sent afterwards.

    ``key`` says of what it is, ``edition`` which time it is told. Once it has a payload, that never changes: the same
    ``uid`` always means the same bytes, and a receiver that knows it drops it.
    """

    __table_args__ = (
        UniqueConstraint("key", "edition", name="one_message_about_a_thing"),
        CheckConstraint("edition >= 1", "edition_counts"),
        CheckConstraint("project_id IS NULL OR organisation_id IS NULL", "of_one_thing"),
        CheckConstraint("(payload IS NULL) = (sha256 IS NULL)", "payload_has_digest"),
        CheckConstraint(
            "state NOT IN ('sent', 'acknowledged') OR (payload IS NOT NULL AND sent_at IS NOT NULL)",
            "sent_what_and_when",
        ),
        CheckConstraint("(state = 'acknowledged') = (acknowledged_at IS NOT NULL)", "acknowledged_when"),
        CheckConstraint(
            "(state = 'dropped') = (dropped_by_id IS NOT NULL) AND (state <> 'dropped' OR words <> '')",
            "dropped_why",
        ),
        CheckConstraint("next_due_at IS NULL OR state IN ('pending', 'sent')", "due_while_under_way"),
        Index("province_messages_of_project", "project_id", "id"),
        Index("province_messages_by_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    data_set: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(120))
    edition: Mapped[int] = mapped_column(default=1)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Which of the project's things, such as ``opening-1``, ``2/1`` (lot and revision), ``clarification-3``.
    subject: Mapped[str] = mapped_column(String(60))
    state: Mapped[State] = mapped_column(default=State.PENDING)
    noted_at: Mapped[datetime]
    #: When it was last looked through, and how many fields stood against it.
    checked_at: Mapped[datetime | None]
    faults: Mapped[int] = mapped_column(default=0)
    payload: Mapped[str | None] = mapped_column(Text)  # JCS
    sha256: Mapped[str | None] = mapped_column(String(64))
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    receipt: Mapped[str] = mapped_column(String(200), default="")
    package_id: Mapped[int | None] = mapped_column(ForeignKey("province_package.id"), index=True)
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column()
    project: Mapped[Project | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    package: Mapped[ProvincePackage | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class ProvinceAnswer(Model):
    """What a person filled in because the product does not know it: for a project, one of its lots or bids, or a unit."""

    __table_args__ = (
        UniqueConstraint("project_id", "scope", "subject", "field", name="one_answer"),
        CheckConstraint("scope IN ('project', 'lot', 'bid', 'unit')", "scope_is_known"),
        CheckConstraint("(scope = 'unit') = (project_id IS NULL)", "units_are_the_same_everywhere"),
        # NULLs are all different: of units it takes an index of its own.
        Index(
            "one_answer_of_a_unit",
            "subject",
            "field",
            unique=True,
            sqlite_where=text("project_id IS NULL"),
            postgresql_where=text("project_id IS NULL"),
        ),
        CheckConstraint("value <> ''", "says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    scope: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
