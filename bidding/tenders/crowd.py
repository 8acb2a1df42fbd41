"""How many openings there are on a day: what is published, and of drafts the agency's own, which are nobody else's business."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bidding.core.clock import SHANGHAI
from bidding.core.workdays import Calendar
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import Problem, check_crowd


def crowded(session: Session, project: Project, most: int, calendar: Calendar) -> list[Problem]:
    """A warning for each of a draft's openings on a day that others fill."""
    instants = [at for at in (project.opens_at or project.closes_at, project.prices_open_at) if at]
    days = sorted({_day(at) for at in instants})
    if not days:
        return []
    openings = _by_day(session, project, days[0])
    return [problem for day in days for problem in check_crowd(day, openings, most, calendar)]


def _by_day(session: Session, project: Project, first: date) -> Counter[date]:
    """How many openings of other projects there are on each day from ``first`` on."""
    known = or_(
        Project.stage == Stage.PUBLISHED,
        and_(Project.stage.in_((Stage.DRAFT, Stage.SUBMITTED)), Project.agency_id == project.agency_id),
    )
    begin = datetime.combine(first, time(), SHANGHAI)
    instants = [
        at
        for column in (Project.opens_at, Project.prices_open_at)
        for at in session.scalars(select(column).where(known, Project.id != project.id, column >= begin))
    ]
    return Counter(_day(at) for at in instants if at is not None)


def _day(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()
