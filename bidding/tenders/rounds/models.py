"""Invitations to the rounds of a negotiation, and who left it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.identity.models import Organisation


class RoundInvitation(Model):
    """What a round says of a supplier that responded: invited, or with the reason why not."""

    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id", name="one_invitation"),
        CheckConstraint("(reason = '') = invited", "reason_if_left_out"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The round, a project with a parent.
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The uid of its response, by which the log names it.
    response: Mapped[str] = mapped_column(String(32))
    invited: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500), default="")
    organisation: Mapped[Organisation] = relationship()


class RoundExit(Model):
    """A supplier left a negotiation before its last offer (财政部令第74号 34; 财库〔2014〕214号 22)."""

    __table_args__ = (UniqueConstraint("project_id", "organisation_id", name="one_exit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The negotiation, not the round.
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    left_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation: Mapped[Organisation] = relationship()
