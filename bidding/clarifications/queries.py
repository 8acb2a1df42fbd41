"""Reading questions, drafts and what is published, and what a draft would bring about. Nothing here asks of bids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.clarifications import announced, impact, policy, rules
from bidding.clarifications.announced import Announced
from bidding.clarifications.impact import Impact, Standing
from bidding.clarifications.models import Clarification, Question
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import About, File
from bidding.core.actor import Actor, Role
from bidding.core.canonical import sha
from bidding.core.errors import NotFound
from bidding.outages.models import Extension
from bidding.prequalification import queries as prequalifications
from bidding.prequalification.models import Prequalification, PrequalificationFile
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.tenders import queries as tenders
from bidding.tenders.models import Document, Project
from bidding.tenders.rules import Figures

# One tender -----------------------------------------------------------------------------------------------------


def project_of(
    session: Session, actor: Actor, uid: str, permission: Permission, about: About = About.TENDER
) -> Project:
    """A project with such a notice, on whose questions and corrections the actor works. Raises ``NotFound``."""
    project = _announced(session, uid, about)
    policy.require(actor, permission, agency_id=project.agency_id)
    return project


def _announced(session: Session, uid: str, about: About) -> Project:
    if about is About.PREQUALIFICATION:
        return prequalifications.public(session, uid).project
    return tenders.notice(session, uid)


def prequalification_of(session: Session, project: Project) -> Prequalification:
    """The prequalification of a project, published. Raises ``NotFound``."""
    return prequalifications.public(session, project.uid)


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


def open_one(session: Session, project_id: int, about: About = About.TENDER) -> Clarification | None:
    """The one that is being worked on."""
    return session.scalar(
        _whole().where(
            Clarification.project_id == project_id,
            Clarification.about == about,
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


def published(session: Session, project_id: int, about: About = About.TENDER) -> Sequence[Clarification]:
    """Those in force, in order."""
    return session.scalars(
        select(Clarification)
        .where(
            Clarification.project_id == project_id,
            Clarification.about == about,
            Clarification.published_at.is_not(None),
        )
        .order_by(Clarification.number)
    ).all()


def published_one(session: Session, uid: str, number: int, about: About = About.TENDER) -> Clarification:
    """One of them, by the project's address. Raises ``NotFound``."""
    project = _announced(session, uid, about)
    for found in published(session, project.id, about):
        if found.number == number:
            return found
    raise NotFound


def next_number(session: Session, project_id: int) -> int:
    """The number of the next to come into force, whichever notice it speaks of. Under the log's or its row's lock."""
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


def announced_of(found: Prequalification) -> Announced:
    """What a prequalification announces, as it is in force. Raises ``NotFound`` for one that is not out."""
    if found.closes_at is None or found.available_until_on is None or found.rules_on is None:
        raise NotFound
    project = found.project
    return Announced(
        facts=project.written,
        lots={lot.code: lot.written for lot in project.lots},
        files=tuple(
            File(each.name, each.sha256, each.size) for each in found.files if each.replaced_at is None
        ),
        published_on=found.rules_on,
        available_until_on=found.available_until_on,
        closes_at=found.closes_at,
        examined_on=found.examined_on,
        note=found.note,
        conditions=project.who_may.requirements,
        tender_closes_at=project.closes_at,
    )


def stands(session: Session, clarification: Clarification) -> Standing | Announced:
    """What a draft would change."""
    project = clarification.project
    if clarification.about is About.PREQUALIFICATION:
        return announced_of(prequalification_of(session, project))
    return standing_of(project)


def documents_of(
    session: Session, clarification: Clarification
) -> Sequence[Document] | Sequence[PrequalificationFile]:
    """The files of the notice that a draft speaks of, replaced ones too."""
    project = clarification.project
    if clarification.about is About.PREQUALIFICATION:
        return prequalification_of(session, project).files
    return project.documents


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
    if clarification.about is About.PREQUALIFICATION:
        return announced.preview(
            announced_of(prequalification_of(session, project)),
            clarification.proposal,
            figures=prequalifications.figures(session, project, now),
            calendar=tenders.calendar(session),
            now=now,
        )
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
    """What was begun and not finished for notices still open: the actor's agency's, or all where the actor is the centre's."""
    query = (
        select(Clarification)
        .join(Project, Project.id == Clarification.project_id)
        .outerjoin(Prequalification, Prequalification.project_id == Clarification.project_id)
        .where(
            Clarification.published_at.is_(None),
            Clarification.dropped_at.is_(None),
            or_(
                and_(Clarification.about == About.TENDER, Project.closes_at > now),
                and_(
                    Clarification.about == About.PREQUALIFICATION,
                    Prequalification.closes_at > now,
                    Prequalification.ended_at.is_(None),
                ),
            ),
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
