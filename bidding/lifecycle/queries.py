"""Reading notices and where a tender stands. Before the close stands for good no leaf is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.lifecycle.models import CourseNotice, Retender
from bidding.lifecycle.rules import Kind, Situation, State, state_of
from bidding.negotiation import queries as negotiation
from bidding.opening import queries as opening
from bidding.submissions import queries as submissions
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project


def published(session: Session, project_id: int) -> Sequence[CourseNotice]:
    """The notices that are out, in order."""
    rows = _of(project_id).where(CourseNotice.published_at.is_not(None)).order_by(CourseNotice.n)
    return session.scalars(rows).all()


def notice(session: Session, uid: str, n: int) -> CourseNotice:
    """One of them, by the tender's uid. Raises ``NotFound``."""
    project = tenders.notice(session, uid)
    row = session.scalar(_of(project.id).where(CourseNotice.n == n))
    if row is None:
        raise NotFound
    return row


def waiting(session: Session, project_id: int) -> CourseNotice | None:
    """The notice that waits for its second person."""
    return session.scalar(
        _of(project_id).where(CourseNotice.published_at.is_(None), CourseNotice.dropped_at.is_(None))
    )


def to_check(session: Session, actor: Actor) -> Sequence[CourseNotice]:
    """The notices that wait, of the actor's agency; an administrator's are all."""
    rows = (
        select(CourseNotice)
        .join(Project, Project.id == CourseNotice.project_id)
        .where(CourseNotice.published_at.is_(None), CourseNotice.dropped_at.is_(None))
        .options(joinedload(CourseNotice.project))
        .order_by(CourseNotice.drafted_at)
    )
    if Role.ADMINISTRATOR not in actor.roles:
        rows = rows.where(Project.agency_id == actor.organisation_id)
    return session.scalars(rows).all()


def failed_lots(session: Session, project: Project) -> list[str]:
    """Codes of the lots that failed, at the close or after their opening, in the order of the lots."""
    if not submissions.is_closed(session, project.id):
        return []
    found = opening.failed_lots(session, project) | opening.failed_after(session, project.id)
    found |= negotiation.failed_lots(session, project)
    return [lot.code for lot in project.lots if lot.code in found]


def announced_lots(session: Session, project_id: int) -> set[str]:
    """Codes of the lots whose failure was announced."""
    return {
        code
        for row in published(session, project_id)
        if row.kind is Kind.FAILURE
        for code in loads(row.notice or "{}")["lots"]
    }


def unannounced(session: Session, project: Project) -> list[str]:
    """Codes of the lots that failed and were not announced yet."""
    known = announced_lots(session, project.id)
    return [code for code in failed_lots(session, project) if code not in known]


def to_announce(session: Session, actor: Actor, now: datetime) -> list[Project]:
    """Purchases in rounds of the actor's agency that came to nothing for want of suppliers, and nobody has drafted it."""
    rows = (
        select(Project)
        .where(Project.agency_id == actor.organisation_id, Project.stage == Stage.PUBLISHED)
        .where(Project.is_round.is_(False), Project.closes_at <= now)
        .where(tenders.has_rounds())
        .order_by(Project.closes_at)
    )
    return [
        each
        for each in session.scalars(rows)
        if unannounced(session, each) and waiting(session, each.id) is None
    ]


def state(session: Session, project: Project) -> State:
    """Where a tender stands by what people decided."""
    known = announced_lots(session, project.id) if project.stage is Stage.PUBLISHED else set()
    return state_of(
        project.stage,
        failed=bool(project.lots) and known >= {lot.code for lot in project.lots},
        followed=successor_row(session, project.id) is not None,
    )


def project_of(session: Session, actor: Actor, uid: str) -> Project:
    """A tender that has a course: a published one, or the actor's own for which too few passed. Raises ``NotFound``."""
    try:
        return tenders.notice(session, uid)
    except NotFound:
        project = tenders.project_for(session, actor, uid)
        if project.stage is not Stage.UNQUALIFIED:
            raise
        return project


def situation(session: Session, project: Project) -> Situation:
    """What a notice hangs on. Raises ``NotFound`` for a tender that was never published."""
    gate = submissions.gate(session, project.id)
    if gate is None:
        raise NotFound
    return Situation(
        state(session, project), gate.state, gate.closes_at, gate.held_at, unannounced(session, project)
    )


def successor_row(session: Session, project_id: int) -> Retender | None:
    """What says which tender took this one's place."""
    return session.scalar(select(Retender).where(Retender.project_id == project_id))


def predecessor(session: Session, project_id: int) -> Project | None:
    """The tender whose place this one took."""
    row = session.scalar(select(Retender).where(Retender.successor_id == project_id))
    return None if row is None else row.project


def round_of(session: Session, project: Project) -> int:
    """Which time a tender is tried: 1 for the first."""
    count, before = 1, predecessor(session, project.id)
    while before is not None:
        count, before = count + 1, predecessor(session, before.id)
    return count


def may_repeat(session: Session, project: Project) -> list[str]:
    """Codes of the lots that could be tendered again now: all of a tender that was terminated, or for which too few passed the
    prequalification, else those announced as failed.
    """
    if project.stage in (Stage.TERMINATED, Stage.UNQUALIFIED):
        return [lot.code for lot in project.lots]
    known = announced_lots(session, project.id) if project.stage is Stage.PUBLISHED else set()
    return [lot.code for lot in project.lots if lot.code in known]


def _of(project_id: int) -> Select[CourseNotice]:
    return select(CourseNotice).where(CourseNotice.project_id == project_id)
