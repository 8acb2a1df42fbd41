"""What the start page shows: figures that stand elsewhere in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bidding.award import queries as award
from bidding.award.models import Award
from bidding.reporting import queries as reporting
from bidding.reporting.rules import Wanted
from bidding.reporting.rules import year as year_period
from bidding.reporting.savings import Totals
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from bidding.tenders.rules import Phase

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


def closing_soon(session: Session, now: datetime) -> list[Closing]:
    """The open notices whose deadlines come first."""
    statement = (
        tenders.notices(tenders.Search(phase=Phase.OPEN), now).order_by(None).order_by(Project.closes_at)
    )
    found = session.scalars(statement.limit(SHOWN))
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
