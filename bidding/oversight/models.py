"""What was examined, what was found, what supervisors said of it, and the measures they set.

Units, findings and rates only repeat what published facts say: they may be dropped and worked out anew at any time.
Notes and changes of measures are people's, and stay as they are.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.core.canonical import loads
from bidding.db import Big, Model
from bidding.identity.models import Account, Organisation
from bidding.oversight.kinds import Kind
from bidding.oversight.rules import Decision, Flag, State, state_of


class OversightUnit(Model):
    """Something that questions are asked of: a project, an owner (of the savings report), an agency, a tenderer.

    ``due`` is set in the transaction that changes its facts, and taken away in the one that examines it.
    """

    __table_args__ = (
        UniqueConstraint("kind", "ref"),
        #: Whole and in this order: of a partial one SQLite would rather read the table.
        Index("oversight_units_due", "due", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    ref: Mapped[int]
    due: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: How often each question could be asked when it was last examined, by flag: the rates hold the sums.
    asked: Mapped[str] = mapped_column(Text, default="{}")  # JCS
    examined_at: Mapped[datetime | None]


class OversightRate(Model):
    """How often a question could be asked in all; moved with the unit that was examined."""

    flag: Mapped[Flag] = mapped_column(primary_key=True)
    asked: Mapped[int] = mapped_column(Big, default=0)


class Finding(Model):
    """A flag that a formula raised, with the numbers put in. It changes with its facts, and nothing else changes by it."""

    __tablename__ = "oversight_finding"
    __table_args__ = (
        CheckConstraint("(noted_digest IS NULL) = (decision IS NULL)", "noted_whole"),
        Index("oversight_findings_in_order", "gone_at", "on", "id"),
        Index("oversight_findings_by_flag", "flag", "gone_at", "on", "id"),
        Index("oversight_findings_of_unit", "unit_id"),
        Index("oversight_findings_of_owner", "owner", "on"),
        Index("oversight_findings_of_agency", "agency_id", "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("oversight_unit.id"))
    flag: Mapped[Flag]
    #: SHA-256 of flag and subject, by which it is known again.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(200), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    on: Mapped[date]
    numbers: Mapped[str] = mapped_column(Text)  # JCS
    cases: Mapped[str] = mapped_column(Text)  # JCS
    #: SHA-256 of numbers and cases: whether a supervisor saw the same.
    digest: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    #: Of the last note: what it said, and which figures it saw.
    decision: Mapped[Decision | None]
    noted_digest: Mapped[str | None] = mapped_column(String(64))
    agency: Mapped[Organisation | None] = relationship()

    @property
    def state(self) -> State:
        """How it stands."""
        return state_of(self.decision, same=self.noted_digest == self.digest, gone=self.gone_at is not None)

    @property
    def figures(self) -> dict[str, int | str]:
        """What is put into the formula."""
        found: dict[str, int | str] = loads(self.numbers)
        return found

    @property
    def held(self) -> list[dict[str, Any]]:
        """What it rests on (``rules.Case``)."""
        found: list[dict[str, Any]] = loads(self.cases)
        return found


class FindingNote(Model):
    """What a supervisor said of a finding. Rows are never changed; the centre's log holds the SHA-256 of each."""

    __tablename__ = "oversight_note"
    __table_args__ = (
        CheckConstraint("reason <> ''", "has_reason"),
        CheckConstraint("decision <> 'case' OR reference <> ''", "case_has_reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("oversight_finding.id"), index=True)
    decision: Mapped[Decision]
    reason: Mapped[str] = mapped_column(String(1000))
    reference: Mapped[str] = mapped_column(String(100), default="")
    #: The record as it was hashed (JCS): the note, and the finding as it was seen; with a salt, for reasons can be guessed.
    record: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Account] = relationship()

    @property
    def seen(self) -> dict[str, int | str]:
        """The numbers that the supervisor saw."""
        found: dict[str, int | str] = loads(self.record)["finding"]["numbers"]
        return found


class MeasureChange(Model):
    """A measure that a supervisor set anew, and why. Rows are never changed; the last one holds."""

    __tablename__ = "oversight_measure"
    __table_args__ = (CheckConstraint("reason <> ''", "has_reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    value: Mapped[int] = mapped_column(Big)
    was: Mapped[int] = mapped_column(Big)
    reason: Mapped[str] = mapped_column(String(1000))
    record: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Account] = relationship()
