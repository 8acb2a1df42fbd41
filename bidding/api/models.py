"""Keys of agencies' programs, and the drafts that came by one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.api.rules import Scope
from bidding.db import Model
from bidding.identity.models import Account, Organisation
from bidding.tenders.models import Project


class ApiKey(Model):
    """A key of an agency's program. Its holder has it; here is only its SHA-256, so that no backup opens anything."""

    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", "revoked_by_somebody"),
        CheckConstraint("expires_at > made_at", "lasts"),
        CheckConstraint("length(digest) = 64", "digest_length"),
        CheckConstraint("(used_at IS NULL) = (used_from IS NULL)", "used_from_somewhere"),
        Index(
            "one_key_of_a_name",
            "agency_id",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    scope: Mapped[Scope]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: The first signs after the prefix, by which people tell keys apart.
    hint: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: When it was used last, to the minute, and from which address: by a stranger, the agency should see it here.
    used_at: Mapped[datetime | None]
    used_from: Mapped[str | None] = mapped_column(String(45))
    agency: Mapped[Organisation] = relationship()
    made_by: Mapped[Account] = relationship(foreign_keys=[made_by_id])
    revoked_by: Mapped[Account | None] = relationship(foreign_keys=[revoked_by_id])


class ApiDraft(Model):
    """A draft that came by a key: who asks for it again with the same idempotency key gets it, and no second one."""

    __table_args__ = (UniqueConstraint("agency_id", "idempotency_key"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    idempotency_key: Mapped[str] = mapped_column(String(100))
    body_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    project: Mapped[Project] = relationship()
    key: Mapped[ApiKey] = relationship()
