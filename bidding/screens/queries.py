"""What the hall's screen and the kiosk show besides what stands on the start page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from bidding.announcements.models import Announcement
from bidding.announcements.rules import Kind, State
from bidding.award.models import Award
from bidding.core.errors import NotFound
from bidding.ledger.current import is_public
from bidding.portal import queries as portal
from bidding.screens.rules import MOST_ROWS, Topic
from bidding.submissions.models import Bid
from bidding.submissions.presentation import ReceiptView, receipt_of
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import Figure, at_amount, end_of

#: No period of a result is longer than this, holidays among its working days and all; older results are not looked at.
_LONGEST = timedelta(days=30)
_RESULT_PERIOD = "result-notice-period"


@dataclass(frozen=True, slots=True)
class Publicity:
    """Something that stands published until the end of a day; ``is_result``: of a result, else of a single source.

    ``tenders`` without ``is_result``: of the candidates of a tender.
    """

    title: str
    who: str
    until: date
    is_result: bool
    tenders: bool = False


def publicities(session: Session, now: datetime) -> list[Publicity]:
    """The periods that run today, the first to end first: of results (公告期限), candidates and single sources (公示).

    A period of days runs until its last day is over (民法典第203条).
    """
    today = tenders.local_day(now)
    running = [*_announced(session, today), *_results(session, now, today)]
    return sorted(running, key=lambda each: (each.until, each.title))


def _announced(session: Session, today: date) -> list[Publicity]:
    found = session.scalars(
        select(Announcement)
        .where(
            Announcement.state == State.PUBLISHED,
            Announcement.ends_on >= today,
        )
        .order_by(Announcement.ends_on, Announcement.id)
        .limit(MOST_ROWS)
    )
    return [
        Publicity(
            each.title,
            each.supplier_name,
            each.ends_on,
            is_result=False,
            tenders=each.kind is Kind.CANDIDATES,
        )
        for each in found
        if each.ends_on is not None
    ]


def _results(session: Session, now: datetime, today: date) -> list[Publicity]:
    """Of a project the lot whose period ends last: its notice of results stands as long as any part of it does."""
    found = session.scalars(
        select(Award)
        .join(Award.lot)
        .join(Lot.project)
        .where(Award.confirmed_at >= now - _LONGEST, Award.superseded_at.is_(None))
        .where(Project.stage == Stage.PUBLISHED, Project.is_round.is_(False))
        .options(joinedload(Award.lot).joinedload(Lot.project).selectinload(Project.lots))
        .order_by(Award.confirmed_at.desc(), Award.id.desc())
    )
    calendar = tenders.calendar(session)
    known: dict[object, Mapping[str, Figure]] = {}
    running: dict[int, Publicity] = {}
    for award in found:
        project = award.lot.project
        kind = project.family, project.method, project.rules_on
        if kind not in known:  # of the same kind and day there are many
            known[kind] = tenders.rules_for(
                session, project.family, project.method, project.rules_on or today
            )
        figure = at_amount(known[kind], project.whole_fen).get(_RESULT_PERIOD)
        if project.id in running or figure is None or award.confirmed_at is None:
            continue
        until = end_of(figure, tenders.local_day(award.confirmed_at), calendar)
        if until >= today:
            running[project.id] = Publicity(
                project.title,
                award.winner_name or "",
                until,
                is_result=True,
                tenders=project.words.tenders,
            )
        if len(running) == MOST_ROWS:
            break
    return list(running.values())


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the hall's screen shows at an instant."""

    topics: dict[Topic, Sequence[Any]]
    coming: tuple[datetime, Project] | None


def shown(session: Session, now: datetime) -> Shown:
    """Everything, of each kind as much as the screen takes."""
    openings = portal.openings_today(session, now, MOST_ROWS)
    savings = portal.savings_this_year(session, now)
    return Shown(
        {
            Topic.OPENINGS: openings,
            Topic.CLOSING: portal.closing_soon(session, now, MOST_ROWS),
            Topic.PUBLICITY: publicities(session, now),
            Topic.SAVINGS: [savings] if savings.totals.saving.items or savings.totals.gain.items else [],
        },
        None if openings else portal.next_opening(session, now),
    )


@dataclass(frozen=True, slots=True)
class Stated:
    """What the public log says of a sealed bid; nothing of whose it is."""

    bid: Bid
    receipt: ReceiptView


def stated(session: Session, name: str) -> Stated | None:
    """The bid of that reference or identifier; None for none, and alike for every one whose log is not public yet."""
    bid = session.scalar(
        select(Bid)
        .where(or_(Bid.reference == name, Bid.uid == name), Bid.on_paper.is_(False))
        .options(joinedload(Bid.project), joinedload(Bid.lot))
    )
    if bid is None:
        return None
    try:
        told = is_public(session, bid.project.code)
    except NotFound:
        told = False
    return Stated(bid, receipt_of(session, bid)) if told else None
