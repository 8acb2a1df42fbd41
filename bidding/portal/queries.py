"""What the start page shows: figures that stand elsewhere in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bidding.announcements.models import Announcement
from bidding.award import queries as award
from bidding.award.models import Award
from bidding.clarifications.models import Clarification
from bidding.core.actor import Actor
from bidding.core.clock import SHANGHAI
from bidding.core.errors import NotFound
from bidding.ledger import queries as ledger
from bidding.lifecycle.models import CourseNotice
from bidding.opening import queries as opening
from bidding.opening.queries import Hall
from bidding.outages import queries as outages
from bidding.outages.models import Extension
from bidding.portal.models import Result, SavedSearch
from bidding.reporting import queries as reporting
from bidding.reporting.rules import Wanted
from bidding.reporting.rules import year as year_period
from bidding.reporting.savings import Totals
from bidding.rooms import queries as rooms
from bidding.rooms.models import Booking
from bidding.rooms.rules import Purpose
from bidding.sealing import queries as sealing
from bidding.sealing.rules import can_open
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Method
from bidding.tenders.models import Listing, Project, Stage

SHOWN = 6
#: No centre has so many openings in a month: what a calendar may cost at most.
_MOST_OPENINGS = 500
#: A deadline this near is shown as near.
NEAR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closing:
    """A notice whose deadline is to come, and how much time is left."""

    project: Project
    left: timedelta

    @property
    def lamp(self) -> str:
        """Amber triangle for the last day, green before."""
        return "soon" if self.left < NEAR else "ok"

    @property
    def limit_fen(self) -> int:
        """What the lots may cost together: each one's ceiling, or its budget where none is set."""
        lots = self.project.lots
        return sum(lot.budget_fen if lot.ceiling_fen is None else lot.ceiling_fen for lot in lots)


def closing_soon(session: Session, now: datetime, most: int = SHOWN) -> list[Closing]:
    """The open notices whose deadlines come first."""
    found = tenders.closing_next(session, now, most)
    return [Closing(project, project.closes_at - now) for project in found if project.closes_at is not None]


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """The savings of the running year, as the report has them."""

    year: int
    totals: Totals


def savings_this_year(session: Session, now: datetime) -> YearSoFar:
    """The report's totals of the running year."""
    year = tenders.local_day(now).year
    return YearSoFar(year, reporting.report(session, Wanted(year_period(year))).total)


def newest_results(session: Session) -> Sequence[Award]:
    """The results that became final last."""
    return award.public_results(session, number=1).items[:SHOWN]


#: The instants at which a project is opened, and whether it is the prices that are.
_HELD_AS = {False: Purpose.OPENING, True: Purpose.PRICES}
_OPENINGS = ((Project.opens_at, False), (Project.prices_open_at, True))


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening as the day's list shows it; ``is_of_prices``: the second of a tender in two envelopes.

    ``booked`` is the room it is held in; None on line.
    """

    at: datetime
    hall: Hall
    is_of_prices: bool
    booked: Booking | None


def begin_of_day(now: datetime) -> datetime:
    """Midnight in Shanghai."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def opening_between(session: Session, begins: datetime, until: datetime) -> Sequence[Project]:
    """The tenders that have an opening in a stretch of time, its end not in it; suspended and terminated ones too."""
    return session.scalars(
        select(Project)
        .where(Project.stage.in_(tenders.PUBLISHED), Project.is_round.is_(False))
        .where(or_(*(and_(column >= begins, column < until) for column, _ in _OPENINGS)))
        .order_by(Project.opens_at, Project.id)
        .limit(_MOST_OPENINGS)
    ).all()


def openings_today(session: Session, now: datetime, most: int = SHOWN) -> list[Opening]:
    """The openings of this day in Shanghai, the earliest first; of two envelopes each by itself."""
    day = begin_of_day(now)
    found = [
        (at, uid, is_of_prices)
        for column, is_of_prices in _OPENINGS
        for at, uid in session.execute(
            select(column, Project.uid)
            .where(Project.stage == Stage.PUBLISHED, Project.is_round.is_(False))
            .where(column >= day, column < day + timedelta(days=1))
            .order_by(column, Project.id)
            .limit(most)
        )
        if at is not None
    ]
    found.sort(key=lambda each: each[0])
    halls = [(at, opening.hall(session, uid), is_of_prices) for at, uid, is_of_prices in found[:most]]
    booked = rooms.of_projects(session, {hall.project.id for _, hall, _ in halls})
    return [
        Opening(at, hall, is_of_prices, booked.get((hall.project.id, _HELD_AS[is_of_prices])))
        for at, hall, is_of_prices in halls
    ]


def next_opening(session: Session, now: datetime) -> tuple[datetime, Project] | None:
    """The opening that comes first after now, and when."""
    coming = [
        (at, project)
        for column, _ in _OPENINGS
        for at, project in session.execute(
            select(column, Project)
            .where(Project.stage == Stage.PUBLISHED, Project.is_round.is_(False), column > now)
            .order_by(column, Project.id)
            .limit(1)
        )
        if at is not None
    ]
    return min(coming, key=lambda each: each[0], default=None)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Whether the centre can keep its word at this moment; none of it tells of bids."""

    beat_at: datetime | None
    down: bool
    logged: int | None
    witnessed: bool
    witnessed_at: datetime | None
    trustees: int
    able: int
    drilled_until: datetime | None


def vitals(session: Session, now: datetime) -> Vitals:
    """The submit path, the centre's log with its witnesses, and who can open the box."""
    run = outages.newest_run(session)
    log = ledger.centre_log_or_none(session)
    newest = None if log is None else ledger.newest_checkpoint(session, log)
    witnesses = ledger.witness_standing(session, newest, now)
    trustees = sealing.standing_trustees(session, now)
    able = [each for each in trustees if can_open(each.state)]
    return Vitals(
        beat_at=run.last_at if run else None,
        down=outages.is_down(session, now),
        logged=None if newest is None else newest.size,
        witnessed=any(each.dated_at and not each.late for each in witnesses),
        witnessed_at=max((each.dated_at for each in witnesses if each.dated_at), default=None),
        trustees=len(trustees),
        able=len(able),
        drilled_until=min((each.valid_until for each in able if each.valid_until), default=None),
    )


@dataclass(frozen=True, slots=True)
class Publicity:
    """When a notice was published, and when it last said something else: by a correction, an answer, or its course."""

    published_at: datetime
    changed_at: datetime
    method: Method


def published_and_changed(session: Session, uids: Sequence[str]) -> dict[str, Publicity]:
    """That of these published tenders, by their uids."""
    rows = session.execute(
        select(Project.id, Project.uid, Project.published_at, Project.method).where(Project.uid.in_(uids))
    ).all()
    found = {row.id: row for row in rows if row.published_at is not None}
    changed = {number: row.published_at for number, row in found.items()}
    for project, at in (
        (Extension.project_id, Extension.done_at),
        (Clarification.project_id, Clarification.published_at),
        (CourseNotice.project_id, CourseNotice.published_at),
    ):
        last = select(project, func.max(at)).where(project.in_(found), at.is_not(None)).group_by(project)
        for number, moved_at in session.execute(last):
            changed[number] = max(changed[number], moved_at)
    return {row.uid: Publicity(row.published_at, changed[row.id], row.method) for row in found.values()}


def announcement_changed_at(row: Announcement) -> datetime:
    """When an announcement last said something else: withdrawn, objected to, or answered. Raises ``NotFound``."""
    if row.published_at is None:
        raise NotFound
    later = [row.withdrawn_at, *(at for each in row.objections for at in (each.made_at, each.answered_at))]
    return max([row.published_at, *(at for at in later if at is not None)])


def searches_due(session: Session, until: datetime) -> list[tuple[int, datetime]]:
    """The saved searches to which something up to an instant may have to be told, and up to when they were."""
    rows = session.execute(
        select(SavedSearch.id, SavedSearch.told_until)
        .where(SavedSearch.told_until < until)
        .order_by(SavedSearch.id)
    )
    return [(number, told) for number, told in rows if told is not None]


def own_searches(session: Session, actor: Actor) -> Sequence[SavedSearch]:
    """The searches that an account has kept, the newest first."""
    return session.scalars(
        select(SavedSearch)
        .where(SavedSearch.account_id == actor.account_id, SavedSearch.account_id.is_not(None))
        .order_by(SavedSearch.id.desc())
    ).all()


def search_of(session: Session, uid: str) -> SavedSearch | None:
    """The search of somebody without an account by the name in its link; None once it was stopped."""
    return session.scalar(select(SavedSearch).where(SavedSearch.uid == uid, SavedSearch.account_id.is_(None)))


def places(session: Session) -> dict[str, int]:
    """How far the public lists reach, by the highest place in each: what a sitemap is cut by."""
    announced = select(func.max(Announcement.id)).where(Announcement.published_at.is_not(None))
    return {
        "notices": session.scalar(select(func.max(Listing.id))) or 0,
        "results": session.scalar(select(func.max(Result.id))) or 0,
        "announcements": session.scalar(announced) or 0,
    }


def pages_of(session: Session, name: str, first: int, last: int) -> Sequence[tuple[str, datetime]]:
    """The pages of a list's places after ``first`` up to ``last``: what each is of, and when it changed."""
    if name == "notices":
        rows = (
            select(Project.uid, Project.published_at)
            .join(Listing, Listing.project_id == Project.id)
            .where(Listing.id > first, Listing.id <= last)
            .order_by(Listing.id)
        )
    elif name == "results":  # lots of one tender share a page
        rows = (
            select(Project.uid, func.max(Result.changed_at))
            .join(Result, Result.project_id == Project.id)
            .where(Result.id > first, Result.id <= last, Result.place != "")
            .group_by(Project.id, Project.uid)
            .order_by(Project.id)
        )
    else:
        rows = (
            select(Announcement.uid, Announcement.published_at)
            .where(Announcement.published_at.is_not(None))
            .where(Announcement.id > first, Announcement.id <= last)
            .order_by(Announcement.id)
        )
    return [(uid, changed_at) for uid, changed_at in session.execute(rows) if changed_at is not None]
