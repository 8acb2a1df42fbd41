"""Who may enter a round: whoever was invited to it and has not left. To everybody else there is no such round."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.core.errors import NotFound
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.rounds.models import RoundExit, RoundInvitation


def is_invited(session: Session, organisation_id: int | None, project_id: int) -> bool:
    """Whether an organisation is among those a round was called for, also after it left."""
    row = select(RoundInvitation.id).where(
        RoundInvitation.project_id == project_id,
        RoundInvitation.organisation_id == organisation_id,
        RoundInvitation.invited.is_(True),
    )
    return session.scalar(row) is not None


def has_left(session: Session, organisation_id: int | None, parent_id: int) -> bool:
    """Whether an organisation left a negotiation."""
    row = select(RoundExit.id).where(
        RoundExit.project_id == parent_id, RoundExit.organisation_id == organisation_id
    )
    return session.scalar(row) is not None


def require_entry(session: Session, actor: Actor, project_id: int, parent_id: int | None) -> None:
    """Raise ``NotFound`` for whoever may seal nothing in a round; a tender that is none lets everybody in."""
    if parent_id is None:
        return
    unit = actor.organisation_id
    if not is_invited(session, unit, project_id) or has_left(session, unit, parent_id):
        raise NotFound


def runs_it(actor: Actor, project: Project) -> bool:
    """Whether somebody runs a tender or watches over it: its agency's people, supervisors, administrators."""
    if actor.account_id is None:
        return False
    own = Role.AGENCY in actor.roles and actor.organisation_id == project.agency_id
    return own or bool(actor.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR})


def may_see(session: Session, actor: Actor, project: Project) -> bool:
    """Whether a round exists for somebody: it was called, and they run it or were invited to it."""
    if project.stage is not Stage.PUBLISHED:
        return False
    return runs_it(actor, project) or (
        Role.TENDERER in actor.roles and is_invited(session, actor.organisation_id, project.id)
    )
