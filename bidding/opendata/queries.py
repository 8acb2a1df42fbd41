"""Reading what was published of a purchase, and the releases made of it.

A page is right even where the clockwork is dead: what has no release yet is told as the release that it will have.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from bidding.award.models import Award
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About
from bidding.core.errors import NotFound
from bidding.lifecycle.models import CourseNotice
from bidding.opendata import collecting, rules
from bidding.opendata.models import Release
from bidding.opendata.ocds.parts import written
from bidding.opendata.ocds.releases import releases
from bidding.opendata.rules import Span
from bidding.opening.models import OpenedEnvelope
from bidding.outages.models import Extension
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import GateState
from bidding.tenders.methods import PRESETS
from bidding.tenders.models import Lot, Project
from bidding.tenders.queries import PUBLISHED

log = logging.getLogger(__name__)

#: What was published first may be committed last: so long before the newest release something may still wait.
LOOKS_BACK = timedelta(days=1)

#: What is bought: what is sold or let is no procurement, and stands in the tables instead (ADR 0064).
_BOUGHT = [(each.family, each.method) for each in PRESETS if not each.sells]
_IS_BOUGHT = or_(
    false(), *(and_(Project.family == family, Project.method == method) for family, method in _BOUGHT)
)
#: Purchases that everybody may know of. Of a negotiation's rounds only the invited know.
_TOLD = and_(
    Project.stage.in_(PUBLISHED), Project.is_round.is_(False), Project.notice.is_not(None), _IS_BOUGHT
)


@dataclass(frozen=True, slots=True)
class Told:
    """A release: its text, and what orders it."""

    ocid: str
    key: str
    released_at: datetime
    body: str


def process_of(session: Session, ocid: str, prefix: str) -> Project:
    """The purchase of an ocid. Raises ``NotFound``."""
    known = session.scalar(select(Release.project_id).where(Release.ocid == ocid).limit(1))
    if known is not None:
        wanted = Project.id == known
    elif ocid.startswith(f"{prefix}-"):
        wanted = Project.code == ocid.removeprefix(f"{prefix}-")
    else:
        raise NotFound
    project = session.scalar(select(Project).where(wanted, _TOLD))
    if project is None or ocid_of(session, project, prefix) != ocid:
        raise NotFound
    return project


def releases_of(session: Session, project: Project, prefix: str) -> list[Told]:
    """Every release of a process in the order of its facts, those that were written as they were written."""
    rows = session.scalars(select(Release).where(Release.project_id == project.id).order_by(Release.id)).all()
    stored = {row.key: Told(row.ocid, row.key, row.released_at, row.body) for row in rows}
    ocid = rows[0].ocid if rows else rules.ocid(prefix, project.code)
    facts = collecting.facts(session, project)
    made = releases(collecting.process(session, project, ocid), facts)
    fresh = [
        Told(ocid, fact.key, fact.at, written(release)) for fact, release in zip(facts, made, strict=True)
    ]
    found = stored | {told.key: told for told in fresh if told.key not in stored}
    return sorted(found.values(), key=lambda told: told.released_at)


def ocid_of(session: Session, project: Project, prefix: str) -> str:
    """The ocid of a process: the one it has been told by, else the one it will be."""
    known = session.scalar(select(Release.ocid).where(Release.project_id == project.id).limit(1))
    return known or rules.ocid(prefix, project.code)


def to_write(session: Session, project: Project, prefix: str) -> list[Told]:
    """Those releases of a process that are not written yet."""
    known = set(session.scalars(select(Release.key).where(Release.project_id == project.id)))
    return [told for told in releases_of(session, project, prefix) if told.key not in known]


def looks_back(session: Session) -> datetime | None:
    """Since when something may wait: they are written in the order of their instants. None before the first."""
    newest = session.scalar(select(func.max(Release.released_at)))
    return newest and newest - LOOKS_BACK


def unwritten(
    session: Session,
    limit: int | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[int]:
    """Ids of purchases of which something was published that has no release yet, the longest waiting first.

    ``since`` and ``until`` say between which instants it was.
    """
    events = _events().subquery()
    within = [
        *([events.c.at >= since] if since is not None else []),
        *([events.c.at < until] if until is not None else []),
    ]
    has = exists().where(Release.project_id == events.c.project_id, Release.released_at == events.c.at)
    waiting = (
        select(events.c.project_id)
        .join(Project, Project.id == events.c.project_id)
        .where(_TOLD, ~has, *within)
        .group_by(events.c.project_id)
        .order_by(func.min(events.c.at), events.c.project_id)
        .limit(limit)
    )
    return list(session.scalars(waiting))


def _events() -> CompoundSelect[int, datetime]:
    """When something of a purchase was published. Of an opening: once its stage is whole, then each bag; a quiet one's with the results."""
    opened = (
        select(OpenedEnvelope.project_id, func.max(OpenedEnvelope.opened_at).label("at"))
        .join(Gate, and_(Gate.project_id == OpenedEnvelope.project_id, Gate.state == GateState.OPENED))
        .join(Project, and_(Project.id == OpenedEnvelope.project_id, ~_is_quiet()))
        .join(Bid, and_(Bid.id == OpenedEnvelope.bid_id, Bid.on_paper.is_(False)))
        .group_by(OpenedEnvelope.project_id, OpenedEnvelope.stage)
    )
    typed = (
        select(OpenedEnvelope.project_id, OpenedEnvelope.opened_at)
        .join(Gate, and_(Gate.project_id == OpenedEnvelope.project_id, Gate.state == GateState.OPENED))
        .join(Project, and_(Project.id == OpenedEnvelope.project_id, ~_is_quiet()))
        .join(Bid, and_(Bid.id == OpenedEnvelope.bid_id, Bid.on_paper.is_(True)))
    )
    late = (
        select(OpenedEnvelope.project_id, OpenedEnvelope.late_at)
        .join(Project, and_(Project.id == OpenedEnvelope.project_id, ~_is_quiet()))
        .where(OpenedEnvelope.late_at.is_not(None), OpenedEnvelope.verdict.is_(None))
    )
    return union_all(
        select(Project.id.label("project_id"), Project.published_at.label("at")).where(
            Project.published_at.is_not(None)
        ),
        select(Extension.project_id, Extension.done_at).where(Extension.done_at.is_not(None)),
        select(Clarification.project_id, Clarification.published_at).where(
            Clarification.published_at.is_not(None), Clarification.about == About.TENDER
        ),
        select(CourseNotice.project_id, CourseNotice.published_at).where(
            CourseNotice.published_at.is_not(None)
        ),
        opened,
        typed,
        late,
        select(Lot.project_id, Award.confirmed_at)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Award.confirmed_at.is_not(None)),
    )


def _is_quiet() -> ColumnElement[bool]:
    return or_(
        false(),
        *(and_(Project.family == p.family, Project.method == p.method) for p in PRESETS if p.quiet),
    )


# Months -----------------------------------------------------------------------------------------------------------


def months(session: Session) -> list[tuple[str, int]]:
    """The months in which something was released, the newest first, with how many releases of it are written."""
    first = session.scalar(select(func.min(Release.released_at)))
    last = session.scalar(select(func.max(Release.released_at)))
    if first is None or last is None:
        return []
    counted = [(name, count_in(session, rules.span(name))) for name in rules.months(first, last)]
    return [(name, count) for name, count in counted if count]


def count_in(session: Session, span: Span) -> int:
    """How many releases of a month or a year are written."""
    return session.scalar(select(func.count()).select_from(Release).where(_within(span))) or 0


def newest_in(session: Session, span: Span) -> int:
    """The highest number among them: with the count it says whether anything came."""
    return session.scalar(select(func.max(Release.id)).where(_within(span))) or 0


def page(session: Session, span: Span, number: int) -> list[str]:
    """The texts of one page of a month's releases, in the order of their instants; pages count from 1."""
    rows = (
        select(Release.body)
        .where(_within(span))
        .order_by(Release.released_at, Release.id)
        .limit(rules.PAGE)
        .offset((number - 1) * rules.PAGE)
    )
    return list(session.scalars(rows))


def all_in(session: Session, span: Span) -> Iterator[str]:
    """Every text of a month or a year, a few hundred at a time: none stays."""
    rows = select(Release.body).where(_within(span)).order_by(Release.released_at, Release.id)
    found = session.scalars(rows.execution_options(yield_per=200))
    try:
        yield from found
    finally:
        found.close()


def unwritten_in(session: Session, span: Span, prefix: str) -> list[str]:
    """The texts of those releases of a month or a year that are still to be written."""
    found, since = list[Told](), looks_back(session)
    begins_at = span.begins_at if since is None else max(span.begins_at, since)
    for project_id in unwritten(session, since=begins_at, until=span.ends_at):
        try:
            told = to_write(session, session.get_one(Project, project_id), prefix)
        except Exception:  # of one purchase: the others' are told
            log.exception("releases of project %s cannot be told", project_id)
            continue
        found += [each for each in told if span.begins_at <= each.released_at < span.ends_at]
    return [told.body for told in sorted(found, key=lambda told: told.released_at)]


def _within(span: Span) -> ColumnElement[bool]:
    return and_(Release.released_at >= span.begins_at, Release.released_at < span.ends_at)
