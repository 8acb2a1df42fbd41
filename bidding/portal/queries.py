"""What the start page shows: figures that stand elsewhere in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.award import queries as award
from bidding.award.models import Award
from bidding.core.clock import SHANGHAI
from bidding.ledger import queries as ledger
from bidding.opening import queries as opening
from bidding.opening.queries import Hall
from bidding.outages import queries as outages
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
from bidding.tenders.models import Project, Stage

SHOWN = 6
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


def openings_today(session: Session, now: datetime, most: int = SHOWN) -> list[Opening]:
    """The openings of this day in Shanghai, the earliest first; of two envelopes each by itself."""
    day = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
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
