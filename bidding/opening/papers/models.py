"""Records, who signed them, scans of signed paper, and where the videos are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Account, Organisation
from bidding.opening.papers.rules import Kind, Of
from bidding.opening.sitting.rules import Capacity


class OpeningPaper(Model):
    """One record of a project: its data as they were hashed into the log."""

    __table_args__ = (UniqueConstraint("project_id", "kind", name="uq_opening_paper_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[Kind]
    body: Mapped[str] = mapped_column(Text)  # JCS
    sha256: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class PaperSignature(Model):
    """One person's typed signature under a record."""

    __table_args__ = (UniqueConstraint("paper_id", "account_id", name="uq_paper_signature_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("opening_paper.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    capacity: Mapped[Capacity]
    name: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()


class TakenBack:
    """What may be taken back. The row stays, and says by whom, as what, when and why."""

    withdrawn_at: Mapped[datetime | None]
    withdrawn_as: Mapped[Capacity | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    @declared_attr
    def withdrawn_by_id(cls) -> Mapped[int | None]:  # noqa: N805 — SQLAlchemy calls it with the class
        """Whose act it was."""
        return mapped_column(ForeignKey("account.id"))

    @declared_attr
    def withdrawn_by(cls) -> Mapped[Account | None]:  # noqa: N805
        """The same as a person."""
        return relationship(foreign_keys=f"{cls.__name__}.withdrawn_by_id")  # type: ignore[attr-defined]


def _whole(name: str) -> CheckConstraint:
    """Nothing is taken back without a person and a reason."""
    return CheckConstraint(
        " AND ".join(
            f"(withdrawn_at IS NULL) = ({column} IS NULL)"
            for column in ("withdrawn_as", "withdrawn_reason", "withdrawn_by_id")
        ),
        name,
    )


class RecordScan(TakenBack, Model):
    """A scan of a record that was signed on paper. The blob lies under its digest, which the log has."""

    __table_args__ = (
        Index(
            "uq_record_scan_standing",
            "project_id",
            "record",
            "sha256",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("size > 0", "scan_has_bytes"),
        _whole("scan_taken_back_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    record: Mapped[Of]
    name: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    attached_at: Mapped[datetime]
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    attached_by: Mapped[Account] = relationship(foreign_keys=[attached_by_id])


class VideoReference(TakenBack, Model):
    """Where the video of an opening is found: by its camera and its hours. The video itself stays with the centre."""

    __table_args__ = (
        CheckConstraint("ends_at > begins_at", "video_ends_after"),
        _whole("video_taken_back_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    camera: Mapped[str] = mapped_column(String(100))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    noted_by: Mapped[Account] = relationship(foreign_keys=[noted_by_id])
