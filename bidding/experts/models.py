"""The draws. What was dealt, revealed and answered stands in the project's log. The pool: ``people``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.experts.people import (
    Employment,
    Expert,
    ExpertAct,
    ExpertApplication,
    ExpertDisclosure,
    PoolChange,
    PoolImport,
    RelatedUnit,
    Specialty,
    expert_specialty,
)
from bidding.experts.rules import Step
from bidding.identity.models import Account
from bidding.tenders.models import Project

__all__ = [
    "Disclosure",
    "Draw",
    "DrawCall",
    "DrawDeal",
    "DrawLeaf",
    "DrawMessage",
    "DrawReply",
    "DrawShare",
    "Employment",
    "Expert",
    "ExpertAct",
    "ExpertApplication",
    "ExpertDisclosure",
    "PoolChange",
    "PoolImport",
    "RelatedUnit",
    "Specialty",
    "expert_specialty",
]


class Draw(Model):
    """One draw for one project. Who did each step and when; the proof itself is in the log."""

    __table_args__ = (
        CheckConstraint("(frozen_at IS NULL) = (frozen_by_id IS NULL)", "frozen_by_somebody"),
        CheckConstraint("frozen_by_id IS NULL OR frozen_by_id <> requested_by_id", "two_persons"),
        CheckConstraint("(frozen_at IS NULL) = (spec_hash IS NULL)", "frozen_has_spec"),
        CheckConstraint("(after_id IS NULL) = (reason IS NULL)", "further_has_reason"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_reason IS NULL)", "cancelled_has_reason"),
        CheckConstraint("cancelled_at IS NULL OR closed_at IS NULL", "closed_draw_stands"),
        Index(
            "one_draw_under_way",
            "project_id",
            unique=True,
            sqlite_where=text("drawn_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=text("drawn_at IS NULL AND cancelled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)  # id of the specification
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    after_id: Mapped[int | None] = mapped_column(ForeignKey("draw.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(500))
    conditions: Mapped[str] = mapped_column(Text)  # JCS of rules.Conditions
    recused_units: Mapped[str] = mapped_column(Text, default="")  # further units, one a line
    evaluation_at: Mapped[datetime]
    evaluation_hours: Mapped[int] = mapped_column(default=4)
    evaluation_place: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    frozen_at: Mapped[datetime | None]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    pool_id: Mapped[str | None] = mapped_column(String(64))
    spec: Mapped[str | None] = mapped_column(Text)  # JCS
    spec_hash: Mapped[str | None] = mapped_column(String(64))
    names: Mapped[str | None] = mapped_column(
        Text
    )  # JSON of names.seal_keys; None for lists frozen before there were any
    ordered_at: Mapped[datetime | None]
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    closed_leaf_id: Mapped[int | None] = mapped_column(ForeignKey("leaf.id"))
    drawn_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    cancelled_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column()
    project: Mapped[Project] = relationship()
    requested_by: Mapped[Account] = relationship(foreign_keys=[requested_by_id])
    frozen_by: Mapped[Account | None] = relationship(foreign_keys=[frozen_by_id])
    ordered_by: Mapped[Account | None] = relationship(foreign_keys=[ordered_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def step(self) -> Step:
        """The last step done."""
        for step, at in (
            (Step.CANCELLED, self.cancelled_at),
            (Step.PUBLISHED, self.published_at),
            (Step.RELEASED, self.released_at),
            (Step.DRAWN, self.drawn_at),
            (Step.CLOSED, self.closed_at),
            (Step.ORDERED, self.ordered_at),
            (Step.FROZEN, self.frozen_at),
        ):
            if at is not None:
                return step
        return Step.REQUESTED


class DrawLeaf(Model):
    """Who stands behind a commitment of a frozen list, as they were then: sealed until somebody's leaf is opened.

    Rows are written in the order of ``h``: their own order must not be the pool's.
    """

    __table_args__ = (
        UniqueConstraint("draw_id", "h"),
        CheckConstraint("(salt IS NULL) = (expert IS NULL)", "opened_whole"),
        CheckConstraint("(salt IS NULL) = (expert_id IS NULL)", "opened_person"),
        CheckConstraint("(sealed IS NULL) = (salt IS NOT NULL)", "sealed_or_opened"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    h: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes | None]  # expert-names/v1
    salt: Mapped[str | None] = mapped_column(String(64))
    expert: Mapped[str | None] = mapped_column(Text)  # JCS
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"))


class DrawHalf(Model):
    """The supervisor's half of the key of one leaf: who gave it, and when. It opens nothing without the centre's."""

    __table_args__ = (UniqueConstraint("draw_id", "h"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    h: Mapped[str] = mapped_column(String(64))
    half: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class DrawShare(Model):
    """A trustee's checked share of a party that does not reveal, until there are k of them."""

    __table_args__ = (UniqueConstraint("draw_id", "party", "i"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    party: Mapped[str] = mapped_column(String(64))
    i: Mapped[int]
    share: Mapped[str] = mapped_column(Text)  # JCS
    brought_at: Mapped[datetime]
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class DrawDeal(Model):
    """Who brought a party's dealing. The dealing itself is in the log."""

    __table_args__ = (UniqueConstraint("draw_id", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    party: Mapped[str] = mapped_column(String(64))
    brought_at: Mapped[datetime]
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class DrawCall(Model):
    """A call and its record; the log has the record's digest. Somebody else countersigns it (双岗)."""

    __table_args__ = (
        CheckConstraint(
            "(countersigned_at IS NULL) = (countersigned_by_id IS NULL)", "countersigned_by_somebody"
        ),
        CheckConstraint("countersigned_by_id IS NULL OR countersigned_by_id <> called_by_id", "two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), index=True)
    stratum: Mapped[str] = mapped_column(String(64))
    h: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(500))
    record: Mapped[str | None] = mapped_column(Text)  # JCS
    called_at: Mapped[datetime]
    called_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    countersigned_at: Mapped[datetime | None]
    countersigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class DrawMessage(Model):
    """That somebody was sent the message of time and place: once. Neither their number nor its link is kept.

    Of the link there is the digest, and the place for which it answers; none where the evaluation had begun.
    """

    __table_args__ = (
        UniqueConstraint("draw_id", "h"),
        CheckConstraint("(stratum IS NULL) = (digest IS NULL)", "link_of_a_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    h: Mapped[str] = mapped_column(String(64))
    stratum: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class DrawReply(Model):
    """What was answered by the link of a message, once, and the call that it was put down as."""

    __table_args__ = (
        CheckConstraint("answer IN ('accept', 'decline')", "yes_or_no"),
        CheckConstraint("(answer = 'decline') = (reason IS NOT NULL)", "declined_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("draw_message.id"), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("draw_call.id"), unique=True)
    answer: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    replied_at: Mapped[datetime]


class Disclosure(Model):
    """That somebody was given what opens a name: the one whose turn it was, or somebody to be let into the room."""

    __table_args__ = (Index("disclosures_of_a_draw", "draw_id", "h"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    h: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
