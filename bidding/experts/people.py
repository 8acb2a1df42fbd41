"""The pool: who is in it, what two persons decided about them, who was shown what, who applies, lists that were brought."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.experts.applying import State
from bidding.experts.columns import Sealed
from bidding.experts.fitness import ActKind, Finding, Level
from bidding.experts.rules import Relation, unit_key
from bidding.identity.models import Account


class Specialty(Model):
    """专业: its code names a stratum of a draw. A retired one stays beside those who have it, and is drawn no more."""

    __table_args__ = (
        CheckConstraint("(retired_at IS NULL) = (retired_by_id IS NULL)", "retired_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


expert_specialty = Table(
    "expert_specialty",
    Model.metadata,
    Column("expert_id", ForeignKey("expert.id"), primary_key=True),
    Column("specialty_id", ForeignKey("specialty.id"), primary_key=True, index=True),
)


class PoolImport(Model):
    """A list as it was brought: shown first, taken in by a second step, part by part, and for some days taken back.

    ``sha256`` is the brought file's, which is not kept; ``blob`` is where its rows lie, sealed. ``parts`` (JCS) are where the
    good rows lie that are being taken in, each sealed; ``done`` of them are in the pool.
    """

    __table_args__ = (
        CheckConstraint("(applied_at IS NULL) = (applied_by_id IS NULL)", "applied_by_somebody"),
        CheckConstraint("kind IN ('experts', 'specialties')", "kind_is_known"),
        CheckConstraint("(started_at IS NULL) = (started_by_id IS NULL)", "started_by_somebody"),
        CheckConstraint("(started_at IS NULL) = (parts IS NULL)", "started_in_parts"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", "undone_by_somebody"),
        CheckConstraint("undone_at IS NULL OR applied_at IS NOT NULL", "undone_applied"),
        CheckConstraint("gone_at IS NULL OR undone_at IS NOT NULL", "gone_undone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="experts", server_default="experts")
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str | None] = mapped_column(String(64))
    brought_at: Mapped[datetime]
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken: Mapped[int | None]
    changed: Mapped[int | None]
    refused: Mapped[int | None]
    started_at: Mapped[datetime | None]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    parts: Mapped[str | None] = mapped_column(Text)
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    undone_at: Mapped[datetime | None]  # when it was asked for; ``gone_at`` when the last row was
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    gone_at: Mapped[datetime | None]


class PoolChange(Model):
    """What somebody of the pool was before a list changed them, sealed: for taking the list back."""

    __table_args__ = (UniqueConstraint("import_id", "expert_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("pool_import.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    before: Mapped[bytes]  # JSON of columns and codes of specialties, sealed with the pool's key


class Expert(Model):
    """A person of the pool. Telephone, identity number and address of letters are sealed (``columns.Sealed``).

    ``active`` is False for who was retired. Whether somebody may be drawn on a day ``fitness`` says.
    """

    __table_args__ = (
        UniqueConstraint("phone", "name", name="uq_expert_person"),  # found by the telephone, which few share
        UniqueConstraint("id_number", name="uq_expert_id_number"),
        Index("experts_by_name", "name", "id"),
        Index("experts_of_a_region", "region", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(200))
    unit_uscc: Mapped[str | None] = mapped_column(String(18))
    title: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[Level | None]
    field_since: Mapped[date | None]
    born_on: Mapped[date | None]
    region: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(Sealed("expert.phone"))
    id_number: Mapped[str | None] = mapped_column(Sealed("expert.id_number"))
    email: Mapped[str | None] = mapped_column(Sealed("expert.email"))
    for_works: Mapped[bool] = mapped_column(default=True)
    for_procurement: Mapped[bool] = mapped_column(default=True)
    valid_until: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("pool_import.id"), index=True)
    specialties: Mapped[list[Specialty]] = relationship(secondary=expert_specialty, order_by=Specialty.code)
    acts: Mapped[list[ExpertAct]] = relationship(order_by="ExpertAct.id", viewonly=True)


class ExpertAct(Model):
    """A dated act on somebody's standing: proposed by one administrator, decided by another. Nothing is deleted.

    ``until_on`` is the last day of a suspension or of a validity, ``ended_on`` the first day on which it is lifted.
    """

    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", "decided_by_somebody"),
        CheckConstraint("(decided_at IS NULL) = (confirmed IS NULL)", "decided_one_way"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", "two_persons"),
        CheckConstraint("(kind = 'finding') = (finding IS NOT NULL)", "finding_has_kind"),
        CheckConstraint("(kind = 'lifting') = (lifts_id IS NOT NULL)", "lifting_lifts"),
        CheckConstraint("kind <> 'validity' OR until_on IS NOT NULL", "validity_ends"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", "ends_after_it_begins"),
        CheckConstraint("reason <> ''", "reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    kind: Mapped[ActKind]
    finding: Mapped[Finding | None]
    lifts_id: Mapped[int | None] = mapped_column(ForeignKey("expert_act.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(500))
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed: Mapped[bool | None]
    expert: Mapped[Expert] = relationship(viewonly=True)
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])


class ExpertDisclosure(Model):
    """That somebody was shown a sealed column of a person of the pool, and why."""

    __table_args__ = (
        CheckConstraint("reason <> ''", "reason_given"),
        Index("expert_disclosures_by_time", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    field: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    expert: Mapped[Expert] = relationship()
    account: Mapped[Account] = relationship()


class ExpertApplication(Model):
    """Somebody who wants into the pool: what they wrote, their unit's recommendation, and what came of it.

    ``uid`` is the code by which the applicant looks it up. The letter lies sealed under ``letter_blob``.
    """

    __table_args__ = (
        CheckConstraint("(proposed_at IS NULL) = (proposed_by_id IS NULL)", "proposed_by_somebody"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", "decided_by_somebody"),
        CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", "decided_is_decided"
        ),
        CheckConstraint(
            "state <> 'accepted' OR (proposed_by_id IS NOT NULL AND proposed_by_id <> decided_by_id)",
            "two_persons",
        ),
        CheckConstraint("(state = 'accepted') = (expert_id IS NOT NULL)", "accepted_is_in_the_pool"),
        CheckConstraint("state <> 'refused' OR reason <> ''", "refused_with_reason"),
        CheckConstraint("(returned_at IS NULL) = (defects = '')", "returned_with_defects"),
        Index("expert_applications_by_state", "state", "applied_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[State]
    name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(200))
    unit_uscc: Mapped[str | None] = mapped_column(String(18))
    title: Mapped[str] = mapped_column(String(60))
    level: Mapped[Level]
    field_since: Mapped[date]
    born_on: Mapped[date]
    region: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(Sealed("application.phone"))
    id_number: Mapped[str] = mapped_column(Sealed("application.id_number"))
    email: Mapped[str | None] = mapped_column(Sealed("application.email"))
    for_works: Mapped[bool]
    for_procurement: Mapped[bool]
    codes: Mapped[str] = mapped_column(Text)  # of specialties, separated by spaces
    letter_name: Mapped[str | None] = mapped_column(String(100))
    letter_blob: Mapped[str | None] = mapped_column(String(64))
    applied_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    defects: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"))
    proposed_by: Mapped[Account | None] = relationship(foreign_keys=[proposed_by_id])


class Employment(Model):
    """What an expert worked for before: recusal looks back some years (财库〔2016〕198号 16). Taken back, never deleted."""

    __table_args__ = (
        Index(
            "one_employment",
            "expert_id",
            "unit",
            "left_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("employments_by_end", "left_on"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", "withdrawn_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    unit: Mapped[str] = mapped_column(String(200))
    unit_uscc: Mapped[str | None] = mapped_column(String(18))
    left_on: Mapped[date]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class RelatedUnit(Model):
    """Two units that belong together: whose people are excused for one are excused for the other. Ended, never deleted."""

    __table_args__ = (
        CheckConstraint("unit <> other", "two_units"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", "ended_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(200))
    unit_uscc: Mapped[str | None] = mapped_column(String(18))
    other: Mapped[str] = mapped_column(String(200))
    other_uscc: Mapped[str | None] = mapped_column(String(18))
    relation: Mapped[Relation]
    source: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def sides(self) -> tuple[tuple[str, str | None], tuple[str, str | None]]:
        """Name and code of each."""
        return (self.unit, self.unit_uscc), (self.other, self.other_uscc)

    @property
    def keys(self) -> frozenset[str]:
        """Everything they go by, for comparing."""
        return frozenset(unit_key(text) for side in self.sides for text in side if text)
