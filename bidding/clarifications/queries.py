"""Reading questions, drafts and what is published, and what a draft would bring about. Nothing here asks of bids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.clarifications import impact, policy, rules
from bidding.clarifications.impact import Impact, Standing
from bidding.clarifications.models import Clarification, Question
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import File
from bidding.core.actor import Actor, Role
from bidding.core.canonical import sha
from bidding.core.errors import NotFound
from bidding.outages.models import Extension
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from bidding.tenders.rules import Figures

# One tender -----------------------------------------------------------------------------------------------------


def project_of(session: Session, actor: Actor, uid: str, permission: Permission) -> Project:
    """A published project on whose questions and corrections the actor works. Raises ``NotFound``."""
    project = tenders.notice(session, uid)
    policy.require(actor, permission, agency_id=project.agency_id)
    return project


def figures_of(session: Session, project: Project) -> Figures:
    """The figures of the rule set that the project was published under."""
    pinned = project.rules_on
    if pinned is None:
        raise NotFound
    return tenders.rules_for(session, project.family, project.method, pinned)


def last_day_to_ask(session: Session, project: Project) -> date:
    """The last day for questions. Raises ``NotFound`` for a project without a deadline."""
    if project.closes_at is None:
        raise NotFound
    figure = figures_of(session, project).get("question")
    return rules.last_day_to_ask(tenders.local_day(project.closes_at), figure, tenders.calendar(session))


# Questions ------------------------------------------------------------------------------------------------------


def _unanswered(now: datetime) -> ColumnElement[bool]:
    return and_(Question.clarification_id.is_(None), Question.shown_at <= now)


def waiting(session: Session, project_id: int, now: datetime) -> Sequence[Question]:
    """The questions that nobody has taken up yet, in an order that says nothing of their askers."""
    return session.scalars(
        select(Question)
        .where(Question.project_id == project_id, _unanswered(now))
        .order_by(Question.shown_at, Question.uid)
    ).all()


def answer_by(session: Session, question: Question) -> date | None:
    """The last day for a question's answer."""
    figure = figures_of(session, question.project).get("question-reply")
    return rules.answer_by(question.asked_on, figure, tenders.calendar(session))


def by_receipt(session: Session, project_id: int, receipt: str) -> Question:
    """The question that a receipt is for. Raises ``NoSuchReceipt``."""
    digest = sha(receipt.strip().lower()).hex()
    found = session.scalar(
        select(Question).where(Question.project_id == project_id, Question.receipt_sha256 == digest)
    )
    if found is None:
        raise rules.NoSuchReceipt(field="receipt")
    return found


# Drafts and what is published -----------------------------------------------------------------------------------


def _whole() -> Select[Clarification]:
    return select(Clarification).options(
        joinedload(Clarification.extension), selectinload(Clarification.questions)
    )


def open_one(session: Session, project_id: int) -> Clarification | None:
    """The one that is being worked on."""
    return session.scalar(
        _whole().where(
            Clarification.project_id == project_id,
            Clarification.published_at.is_(None),
            Clarification.dropped_at.is_(None),
        )
    )


def clarification_for(
    session: Session, actor: Actor, uid: str, permission: Permission = Permission.CLARIFICATION_READ
) -> Clarification:
    """One of the actor's own, in whatever state. Raises ``NotFound`` for another agency's."""
    found = session.scalar(_whole().where(Clarification.uid == uid))
    if found is None:
        raise NotFound
    policy.require(actor, permission, agency_id=found.project.agency_id)
    return found


def published(session: Session, project_id: int) -> Sequence[Clarification]:
    """Those in force, in order."""
    return session.scalars(
        select(Clarification)
        .where(Clarification.project_id == project_id, Clarification.published_at.is_not(None))
        .order_by(Clarification.number)
    ).all()


def published_one(session: Session, uid: str, number: int) -> Clarification:
    """One of them, by the project's address. Raises ``NotFound``."""
    project = tenders.notice(session, uid)
    for found in published(session, project.id):
        if found.number == number:
            return found
    raise NotFound


def next_number(session: Session, project_id: int) -> int:
    """The number of the next to come into force. Under the log's lock."""
    last = session.scalar(
        select(func.max(Clarification.number)).where(Clarification.project_id == project_id)
    )
    return (last or 0) + 1


# What would follow ----------------------------------------------------------------------------------------------


def standing_of(project: Project, moved: Extension | None = None) -> Standing:
    """What is published and in force; with ``moved``, as it was before those dates. Raises ``NotFound``."""
    if project.closes_at is None or project.rules_on is None:
        raise NotFound
    closes_at, opens_at = project.closes_at, project.opens_at or project.closes_at
    prices_open_at = project.prices_open_at
    if moved is not None:
        closes_at = moved.was_closes_at
        opens_at = moved.opens_at - (moved.closes_at - moved.was_closes_at)
        prices_open_at = moved.was_prices_open_at
    return Standing(
        facts=project.written,
        lots={lot.code: lot.written for lot in project.lots},
        files=tuple(
            File(each.name, each.sha256, each.size) for each in project.documents if each.replaced_at is None
        ),
        published_on=project.rules_on,
        closes_at=closes_at,
        opens_at=opens_at,
        prices_open_at=prices_open_at,
    )


def impact_of(
    session: Session,
    clarification: Clarification,
    now: datetime,
    *,
    clashes: Sequence[str] = (),
    moved: Extension | None = None,
) -> Impact:
    """The impact preview of a draft, as of ``now``."""
    project = clarification.project
    return impact.preview(
        standing_of(project, moved),
        clarification.proposal,
        figures=figures_of(session, project),
        calendar=tenders.calendar(session),
        now=now,
        clashes=clashes,
    )


# What waits -----------------------------------------------------------------------------------------------------


def projects_with_questions(session: Session, actor: Actor, now: datetime) -> Sequence[Question]:
    """The unanswered questions of the actor's open projects, the oldest day first."""
    query = (
        select(Question)
        .join(Project, Project.id == Question.project_id)
        .where(_unanswered(now), Project.closes_at > now)
        .options(joinedload(Question.project))
        .order_by(Question.asked_on, Question.project_id, Question.uid)
    )
    return session.scalars(_own(query, actor)).all()


def unfinished(session: Session, actor: Actor, now: datetime) -> Sequence[Clarification]:
    """What was begun and not finished for tenders still open: the actor's agency's, or all where the actor is the centre's."""
    query = (
        select(Clarification)
        .join(Project, Project.id == Clarification.project_id)
        .where(
            Clarification.published_at.is_(None),
            Clarification.dropped_at.is_(None),
            Project.closes_at > now,
        )
        .options(joinedload(Clarification.project))
        .order_by(Clarification.drafted_at)
    )
    return session.scalars(_own(query, actor)).all()


def _own(query: Select[Any], actor: Actor) -> Select[Any]:
    sees_all = bool({Role.SUPERVISOR, Role.ADMINISTRATOR} & actor.roles)
    return query if sees_all else query.where(Project.agency_id == actor.organisation_id)


def stuck_rooms(
    session: Session, project: Project, opens_at: datetime | None, prices_open_at: datetime | None
) -> list[str]:
    """The project's bookings that could not follow its openings to these instants: the room, and when it would be wanted."""
    shifts = {
        purpose: now - then
        for purpose, then, now in (
            (Purpose.OPENING, project.opens_at, opens_at),
            (Purpose.PRICES, project.prices_open_at, prices_open_at),
        )
        if then is not None and now is not None
    }
    clashes = rooms.clashes(session, project.id, shifts, tenders.calendar(session))
    return [f"{clash.booking.room.name} {clash.wanted.local}" for clash in clashes]
