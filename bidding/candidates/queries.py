"""Which lots have their candidates to be publicised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.announcements.models import Announcement
from bidding.announcements.rules import State
from bidding.award import queries as awards
from bidding.award.models import Award
from bidding.award.rules import Outcome
from bidding.core.actor import Actor
from bidding.opening.models import OpenedEnvelope
from bidding.tenders.models import Lot, Project, Stage

#: Final, or that nobody won: no candidates any more.
_DECIDED = or_(Award.confirmed_at.is_not(None), Award.outcome == Outcome.NONE)


def to_write(session: Session, actor: Actor, now: datetime) -> Sequence[tuple[Project, Lot]]:
    """Opened lots of the actor's agency that need publicity and have neither candidates written nor a result, in order."""
    projects = session.scalars(
        select(Project)
        .where(Project.agency_id == actor.organisation_id, Project.stage == Stage.PUBLISHED)
        .where(Project.is_round.is_(False))
        .where(
            Project.id.in_(select(OpenedEnvelope.project_id).where(OpenedEnvelope.envelope == awards.PRICE))
        )
        .where(
            Project.lots.any(
                ~select(Award.id).where(Award.lot_id == Lot.id, _DECIDED).exists()
                & ~select(Announcement.id)
                .where(Announcement.lot_id == Lot.id, Announcement.state != State.WITHDRAWN)
                .exists()
            )
        )
        .options(selectinload(Project.lots))
        .order_by(Project.closes_at)
    ).all()
    return [
        (project, lot)
        for project in projects
        if awards.standstill(session, project, now) is not None
        for lot in _open(session, project)
    ]


def _open(session: Session, project: Project) -> list[Lot]:
    failed, found = awards.failed_lots(session, project), awards.opened(session, project)
    if found is None:
        return []
    taken = set(session.scalars(select(Award.lot_id).join(Lot).where(Lot.project_id == project.id, _DECIDED)))
    taken |= set(
        session.scalars(
            select(Announcement.lot_id)
            .join(Lot, Lot.id == Announcement.lot_id)
            .where(Lot.project_id == project.id, Announcement.state != State.WITHDRAWN)
        )
    )
    return [
        lot
        for lot in project.lots
        if lot.code not in failed and lot.id not in taken and found.offers.get(lot.code)
    ]
