"""What the rooms below are told of projects, and whose rooms no longer stand where the opening is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session, contains_eager

from bidding.core.actor import Actor, Role
from bidding.rooms.models import Booking
from bidding.rooms.projects import Named
from bidding.rooms.rules import Purpose
from bidding.tenders import policy, queries
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project


def named(session: Session, project_ids: Collection[int]) -> dict[int, Named]:
    """The projects of bookings, by id."""
    found = session.scalars(select(Project).where(Project.id.in_(project_ids)))
    return {project.id: named_of(project) for project in found}


def named_of(project: Project) -> Named:
    """One project as its bookings know it."""
    return Named(
        id=project.id,
        uid=project.uid,
        code=project.code,
        title=project.title,
        agency_id=project.agency_id,
        is_public=project.stage in queries.PUBLISHED,
        log_id=project.log_id,
    )


def own_by_code(session: Session, actor: Actor, code: str) -> Named | None:
    """The project with a number, where it is the actor's own; drafts as well."""
    project = queries.project_by_code(session, code)
    if project is None or not policy.may_read(actor, project.agency_id):
        return None
    return named_of(project)


def misplaced(session: Session, actor: Actor, now: datetime) -> list[tuple[Project, Booking]]:
    """Published projects of the actor's whose coming opening lies outside the room that is booked for it.

    Computed from both, so that it is true whatever moved the dates, and gone once somebody has seen to it.
    """
    at = case((Booking.purpose == Purpose.PRICES, Project.prices_open_at), else_=Project.opens_at)
    found = (
        select(Project, Booking)
        .join(Booking, and_(Booking.project_id == Project.id, Booking.cancelled_at.is_(None)))
        .join(Booking.room)
        .options(contains_eager(Booking.room))
        .where(
            Project.stage == Stage.PUBLISHED,
            Booking.purpose.in_((Purpose.OPENING, Purpose.PRICES)),
            at > now,
            or_(Booking.starts_at > at, Booking.ends_at <= at),
        )
        .order_by(at, Project.id)
    )
    if Role.ADMINISTRATOR not in actor.roles:
        found = found.where(Project.agency_id == actor.organisation_id)
    return [(project, booking) for project, booking in session.execute(found)]
