"""Runs of heartbeats, holds on openings, and extensions on their way to two signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.core.canonical import loads
from bidding.db import Big, Model
from bidding.outages.rules import Cause
from bidding.sealing.panel import parse_panel, seat_sigs
from bidding.tenders.models import Project


class HeartbeatRun(Model):
    """Heartbeats without a gap between them; each one moves ``last_at``, so the table grows by outages, not by time."""

    __table_args__ = (CheckConstraint("beats > 0", "has_beats"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    beats: Mapped[int] = mapped_column(Big)
    #: The steady clock's name and reading at the last beat.
    source: Mapped[str] = mapped_column(String(64))
    steady_us: Mapped[int] = mapped_column(Big)
    #: What lay before it: silence, and by how much the wall clock was set. None for the first run of all.
    pause_us: Mapped[int | None] = mapped_column(Big)
    step_us: Mapped[int] = mapped_column(Big, default=0)
    #: What chrony last said of the wall clock; None where it says nothing.
    offset_us: Mapped[int | None] = mapped_column(Big)
    reference: Mapped[str | None] = mapped_column(String(200))
    measured_at: Mapped[datetime | None]


class Hold(Model):
    """An opening on hold, and by whom it was let go; ``evidence`` is JCS."""

    __table_args__ = (
        Index(
            "one_hold_at_a_time",
            "project_id",
            unique=True,
            sqlite_where=text("off_at IS NULL"),
            postgresql_where=text("off_at IS NULL"),
        ),
        CheckConstraint("(off_at IS NULL) = (off_reason IS NULL)", "off_has_reason"),
        CheckConstraint("(asked_by_id IS NULL) = (asked_reason IS NULL)", "asked_has_reason"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", "two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    cause: Mapped[Cause]
    evidence: Mapped[str] = mapped_column(Text)
    on_at: Mapped[datetime]
    #: Who asks that it be let go without an extension: an account of the agency or of the supervisor.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_role: Mapped[str | None] = mapped_column(String(20))
    asked_reason: Mapped[str | None] = mapped_column(String(1000))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    off_at: Mapped[datetime | None]
    off_reason: Mapped[str | None] = mapped_column(String(1000))
    project: Mapped[Project] = relationship()


class Extension(Model):
    """A later deadline: drafted, signed by two seats of the panel, then in force with its correction notice."""

    __table_args__ = (
        UniqueConstraint("notice_sha256"),
        Index(
            "one_extension_at_a_time",
            "project_id",
            unique=True,
            sqlite_where=text("done_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND dropped_at IS NULL"),
        ),
        CheckConstraint(
            "opens_at >= closes_at AND (closes_at > was_closes_at OR "
            "(closes_at = was_closes_at AND prices_open_at IS NOT NULL AND prices_open_at > was_prices_open_at))",
            "moves_later",
        ),
        CheckConstraint(
            "(was_prices_open_at IS NULL) = (prices_open_at IS NULL)", "prices_move_from_somewhere"
        ),
        CheckConstraint("(agency_sig IS NULL) = (agency_by_id IS NULL)", "agency_by_somebody"),
        CheckConstraint("(supervisor_sig IS NULL) = (supervisor_by_id IS NULL)", "supervisor_by_somebody"),
        CheckConstraint("agency_by_id IS NULL OR agency_by_id <> supervisor_by_id", "two_persons"),
        CheckConstraint(
            "done_at IS NULL OR (agency_sig IS NOT NULL AND supervisor_sig IS NOT NULL AND notice IS NOT NULL)",
            "done_is_signed",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    n: Mapped[int]  # of the schedule
    was_closes_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    #: Of a tender in two envelopes, when the second is opened; only this moves where the deadline stays.
    was_prices_open_at: Mapped[datetime | None]
    prices_open_at: Mapped[datetime | None]
    #: What the table owed when it was drafted; None for an extension without an outage.
    owed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500))
    #: The correction (a domain above keeps those) that comes into force with these dates; None for dates alone.
    part_of: Mapped[str | None] = mapped_column(String(24))
    event: Mapped[str] = mapped_column(Text)  # JCS of the schedule without signatures
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    agency_sig: Mapped[str | None] = mapped_column(String(128))
    agency_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    supervisor_sig: Mapped[str | None] = mapped_column(String(128))
    supervisor_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    done_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    #: The correction notice as it was hashed into the log (JCS).
    notice: Mapped[str | None] = mapped_column(Text)
    notice_sha256: Mapped[str | None] = mapped_column(String(64))
    project: Mapped[Project] = relationship()

    @property
    def moves_deadline(self) -> bool:
        """Whether the deadline moves, and the openings with it; else the opening of the prices alone."""
        return self.closes_at > self.was_closes_at

    @property
    def missing(self) -> list[str]:
        """The roles whose seats have not signed yet, in the order in which they are asked."""
        signed = {"agency": self.agency_sig, "supervisor": self.supervisor_sig}
        return [role for role, sig in signed.items() if sig is None]

    @property
    def signed(self) -> dict[str, Any]:
        """The schedule with the signatures that are in, as the log has it once both are."""
        panel = parse_panel(loads(self.project.panel or ""))
        sigs = {"agency": self.agency_sig, "supervisor": self.supervisor_sig}
        given = [(panel.seat_of(role).i, sig) for role, sig in sigs.items() if sig is not None]
        return {**loads(self.event), "sigs": seat_sigs(given)}
