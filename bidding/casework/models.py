"""Cases, their steps and materials, what was sent back, what departments said, and every move."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.casework.rules import Asked, Defect, How, Limit, Opinion, Outcome, State, Step
from bidding.core.canonical import loads
from bidding.db import Big, Model
from bidding.identity.models import Account, Organisation

_LIVE = text("state NOT IN ('closed', 'withdrawn')")


class Move(StrEnum):
    """Everything that is done to a case, by whomever; each is a note in the centre's log."""

    OPENED = "opened"
    FILED = "filed"
    SUPPLEMENTED = "supplemented"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    COPIED = "copied"
    OPINED = "opined"
    EXTENDED = "extended"
    EXAMINED = "examined"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SPEED_ASKED = "speed-asked"
    SPED_UP = "sped-up"
    MANAGED = "managed"
    LOGGED = "logged"


class Case(Model):
    """What an applicant asks of the centre about one subject. A subject has one live case at a time."""

    __tablename__ = "acceptance_case"
    __table_args__ = (
        Index(
            "one_live_case",
            "subject_kind",
            "subject_uid",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", "closed_with_outcome"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", "closed_at_end"),
        CheckConstraint("accepted_by_id IS NULL OR accepted_by_id <> filed_by_id", "accepted_by_another"),
        CheckConstraint("examined_by_id IS NULL OR examined_by_id <> filed_by_id", "examined_by_another"),
        CheckConstraint(
            "reviewed_by_id IS NULL OR (reviewed_by_id <> examined_by_id AND reviewed_by_id <> filed_by_id)",
            "reviewed_by_another",
        ),
        CheckConstraint("state <> 'examined' OR examined_by_id IS NOT NULL", "examined_by_somebody"),
        CheckConstraint(
            "closed_at IS NULL OR instant OR (examined_by_id IS NOT NULL AND reviewed_by_id IS NOT NULL)",
            "closed_by_two",
        ),
        CheckConstraint("(filed_at IS NULL) = (number IS NULL)", "numbered_when_filed"),
        CheckConstraint("(fast_at IS NULL) = (fast_by_id IS NULL)", "fast_by_somebody"),
        CheckConstraint("fast_by_id IS NULL OR fast_by_id <> fast_asked_by_id", "fast_by_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    number: Mapped[str | None] = mapped_column(String(40), unique=True)  # 受〔2026〕1号
    #: What it is about, as the domain above handed it over; ``path`` is that domain's page.
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_uid: Mapped[str] = mapped_column(String(24))
    subject_code: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200))
    checklist: Mapped[str] = mapped_column(String(64))
    #: Accepted and closed in one act (即办件).
    instant: Mapped[bool]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.PREPARING)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: The latest filing, and what the subject said then (SHA-256).
    filed_at: Mapped[datetime | None]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    subject_digest: Mapped[str | None] = mapped_column(String(64))
    #: 首问: who at the window first took it up.
    first_contact_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    examined_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: What the review decided, and the reason of a refusal; in force once it is closed.
    decision: Mapped[Outcome | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    outcome: Mapped[Outcome | None]
    closed_at: Mapped[datetime | None]
    #: 绿色通道: why, who asked, who approved and when.
    fast_reason: Mapped[str] = mapped_column(String(500), default="")
    fast_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    fast_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    fast_at: Mapped[datetime | None]
    #: 专人负责.
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = mapped_column()
    applicant: Mapped[Organisation] = relationship()
    steps: Mapped[list[CaseStep]] = relationship(back_populates="case", order_by="CaseStep.id")
    materials: Mapped[list[CaseMaterial]] = relationship(back_populates="case", order_by="CaseMaterial.id")
    returns: Mapped[list[CaseReturn]] = relationship(back_populates="case", order_by="CaseReturn.id")
    opinions: Mapped[list[CaseOpinion]] = relationship(back_populates="case", order_by="CaseOpinion.id")
    moves: Mapped[list[CaseMove]] = relationship(back_populates="case", order_by="CaseMove.id")
    entries: Mapped[list[CaseEntry]] = relationship(back_populates="case", order_by="CaseEntry.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_fast(self) -> bool:
        """Whether it is on the fast track."""
        return self.fast_at is not None

    @property
    def is_declared(self) -> bool:
        """Whether something was declared instead of handed in."""
        return any(each.how is How.DECLARED for each in self.materials)

    @property
    def open_step(self) -> CaseStep | None:
        """The step that the window is at."""
        return next((step for step in reversed(self.steps) if step.done_at is None), None)


class CaseStep(Model):
    """One step of one round, with the limits it began with; acceptance comes again after each supplement."""

    __table_args__ = (
        CheckConstraint("promised_days > 0 AND promised_days <= statutory_days", "promise_within_law"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", "done_by_somebody"),
        Index(
            "one_open_step",
            "case_id",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("acceptance_case.id"), index=True)
    step: Mapped[Step]
    statutory_days: Mapped[int]  # working days
    promised_days: Mapped[int]
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(Text, default="")  # what was found or decided
    case: Mapped[Case] = relationship(back_populates="steps")
    done_by: Mapped[Account | None] = relationship()

    @property
    def limit(self) -> Limit:
        """Both limits as the rules see them."""
        return Limit(self.statutory_days, self.promised_days)


class CaseMaterial(Model):
    """One answer to a line of the checklist: a file, an original at the window, a declaration, or why there is none."""

    __table_args__ = (
        CheckConstraint("(how = 'file') = (sha256 IS NOT NULL)", "file_has_bytes"),
        CheckConstraint("how <> 'none' OR note <> ''", "none_has_reason"),
        UniqueConstraint("case_id", "line", "sha256", name="one_material"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("acceptance_case.id"), index=True)
    line: Mapped[str] = mapped_column(String(32))
    how: Mapped[How]
    note: Mapped[str] = mapped_column(String(300), default="")
    name: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(Big)
    #: After how many returns it came: 0 for the first filing.
    round: Mapped[int]
    added_at: Mapped[datetime]
    case: Mapped[Case] = relationship(back_populates="materials")


class CaseReturn(Model):
    """补正通知: everything that is missing, in one numbered notice. ``late_reason``: why more was told later."""

    __table_args__ = (
        Index(
            "one_open_return",
            "case_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("acceptance_case.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)  # 补〔2026〕1号
    #: JCS text: a list of pairs, line of the checklist (or empty) and words.
    defects: Mapped[str] = mapped_column(Text)
    late_reason: Mapped[str | None] = mapped_column(String(500))
    returned_at: Mapped[datetime]
    returned_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship(back_populates="returns")
    returned_by: Mapped[Account] = relationship()

    @property
    def told(self) -> list[Defect]:
        """The defects as the rules see them."""
        return [Defect(line, words) for line, words in loads(self.defects)]


class CaseOpinion(Model):
    """A department that the case was copied to, and what it said."""

    __table_args__ = (
        UniqueConstraint("case_id", "organisation_id", name="one_opinion"),
        CheckConstraint("(opinion IS NULL) = (given_at IS NULL)", "given_at_an_instant"),
        CheckConstraint("(opinion IS NULL) = (given_by_id IS NULL)", "given_by_somebody"),
        CheckConstraint("opinion IS NULL OR opinion <> 'object' OR reason <> ''", "objection_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("acceptance_case.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date]
    opinion: Mapped[Opinion | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    case: Mapped[Case] = relationship(back_populates="opinions")
    organisation: Mapped[Organisation] = relationship()
    given_by: Mapped[Account | None] = relationship(foreign_keys=[given_by_id])

    @property
    def asked(self) -> Asked:
        """The same as the rules see it."""
        return Asked(self.opinion, self.due_on)


class CaseEntry(Model):
    """One line of the agent's log (代办日志)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("acceptance_case.id"), index=True)
    happened_on: Mapped[date]
    words: Mapped[str] = mapped_column(String(1000))
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    case: Mapped[Case] = relationship(back_populates="entries")
    entered_by: Mapped[Account] = relationship()


class CaseMove(Model):
    """What was done, by whom and when; ``statement`` (JCS text) is what the centre's log has the digest of."""

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("acceptance_case.id"), index=True)
    move: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    statement: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    case: Mapped[Case] = relationship(back_populates="moves")
    by: Mapped[Account] = relationship()


class CaseSerial(Model):
    """The last number given in a year, of cases and of notices."""

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    series: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]
