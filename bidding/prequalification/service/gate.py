"""Who may bid, and have the tender documents, where there was a prequalification (条例 19, 36; 财政部令第87号 18)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.prequalification import queries
from bidding.prequalification.rules import NotQualified
from bidding.tenders.models import Project


def require_qualified(session: Session, organisation_id: int | None, project: Project) -> None:
    """Refuse whoever has not passed. Raises ``NotQualified``; says the same to who failed and to who never applied."""
    if project.qualified_as is None:
        return
    if not queries.has_passed(session, organisation_id, project.id):
        raise NotQualified


def takes_documents(session: Session, actor: Actor, project: Project, now: datetime) -> bool:
    """Whether somebody may have a published tender's files: those who were invited, and whoever works on it or watches.

    From the deadline on everybody: nobody can prepare a bid from them any more, and anybody may check what was asked.
    """
    if project.qualified_as is None or (project.closes_at is not None and now >= project.closes_at):
        return True
    if actor.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return True
    if Role.AGENCY in actor.roles and actor.organisation_id == project.agency_id:
        return True
    return Role.TENDERER in actor.roles and queries.has_passed(session, actor.organisation_id, project.id)
