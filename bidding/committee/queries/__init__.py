"""Reading committees. Names leave here only for those whom ``policy`` lets in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.committee import policy, rules
from bidding.committee.models import (
    Appointment,
    Appraisal,
    DrawnList,
    EvaluationEnd,
    Feedback,
    Member,
    RoomPage,
)
from bidding.committee.policy import Permission
from bidding.committee.queries import lists
from bidding.committee.rules import Source
from bidding.core.actor import Actor, Role
from bidding.core.errors import DomainError, NotFound
from bidding.core.workdays import add_working_days
from bidding.experts import queries as experts
from bidding.experts.models import Draw
from bidding.experts.rules import Composition, Conditions, Place, check_composition
from bidding.tenders.kinds import Family
from bidding.tenders.models import Project, Stage
from bidding.tenders.queries import calendar, expert_rules, local_day
from bidding.tenders.rules import cite


def project_for(session: Session, actor: Actor, uid: str, permission: Permission) -> Project:
    """A published project whose committee is the actor's to see or to act on. Raises ``NotFound``."""
    found = session.scalar(
        select(Project).where(Project.uid == uid, Project.panel.is_not(None), Project.is_round.is_(False))
    )
    if found is None or found.stage is Stage.DRAFT:
        raise NotFound
    policy.require(actor, permission, agency_id=found.agency_id)
    return found


def appointments(session: Session, project_id: int) -> Sequence[Appointment]:
    """The papers of a project that stand, in order."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.project_id == project_id, Appointment.withdrawn_at.is_(None))
        .order_by(Appointment.id)
    ).all()


def appointment(session: Session, actor: Actor, uid: str, permission: Permission) -> Appointment:
    """One paper that the actor may act on. Raises ``NotFound``."""
    found = session.scalar(select(Appointment).where(Appointment.uid == uid))
    if found is None:
        raise NotFound
    policy.require(actor, permission, agency_id=found.project.agency_id)
    return found


def members(session: Session, project_id: int) -> Sequence[Member]:
    """Everybody who is or was awaited, in order of entry."""
    return session.scalars(select(Member).where(Member.project_id == project_id).order_by(Member.id)).all()


def member(session: Session, actor: Actor, uid: str, permission: Permission) -> Member:
    """One of them, for somebody who may act on them. Raises ``NotFound``."""
    found = session.scalar(select(Member).where(Member.uid == uid))
    if found is None:
        raise NotFound
    policy.require(actor, permission, agency_id=found.project.agency_id)
    return found


def entered(session: Session, paper: Appointment) -> int:
    """How many of a paper's persons stand in the list and have not gone."""
    return (
        session.scalar(
            select(func.count(Member.id)).where(Member.appointment_id == paper.id, Member.gone_at.is_(None))
        )
        or 0
    )


def evaluation_at(session: Session, project_id: int) -> datetime | None:
    """When the evaluation begins: as the last draw has it, or the last paper that two persons stand for."""
    times = [
        draw.evaluation_at for draw in experts.of_project(session, project_id) if draw.cancelled_at is None
    ]
    times += [paper.evaluation_at for paper in appointments(session, project_id) if paper.confirmed_at]
    return max(times, default=None)


def ended(session: Session, project_id: int) -> EvaluationEnd | None:
    """When the evaluation ended: as stated last; else by the first result that was handed in."""
    rows = session.scalars(
        select(EvaluationEnd).where(EvaluationEnd.project_id == project_id).order_by(EvaluationEnd.id)
    ).all()
    stated = [row for row in rows if row.stated_by_id is not None]
    return stated[-1] if stated else next(iter(rows), None)


def over_at(session: Session, project_id: int) -> datetime | None:
    """From when the days after an evaluation count: its end, or its beginning as long as the end is not known."""
    found = ended(session, project_id)
    return found.ended_at if found is not None else evaluation_at(session, project_id)


# The room's page ---------------------------------------------------------------------------------------------------


def digest(token: str) -> str:
    """What is kept of a room's address."""
    return sha256(token.encode()).hexdigest()


def room(session: Session, token: str) -> RoomPage:
    """The open page of this address. Raises ``NotFound``."""
    found = session.scalar(
        select(RoomPage).where(RoomPage.digest == digest(token), RoomPage.closed_at.is_(None))
    )
    if found is None:
        raise NotFound
    return found


def open_room(session: Session, project_id: int) -> RoomPage | None:
    """The page that is open for a project, if one is."""
    return session.scalar(
        select(RoomPage).where(RoomPage.project_id == project_id, RoomPage.closed_at.is_(None))
    )


def at_room(session: Session, page: RoomPage, uid: str) -> Member:
    """An expert who signed in at this room, and may say how owner and agency did. Raises ``NotFound``."""
    found = session.scalar(select(Member).where(Member.uid == uid, Member.project_id == page.project_id))
    if found is None or not found.may_rate or not rated(session, page.project):
        raise NotFound
    return found


def rated(session: Session, project: Project) -> bool:
    """Whether experts say how owner and agency did: where the rulebook knows records of performance (198号 21, 22)."""
    day = project.rules_on or local_day(project.created_at)
    return "appraisal" in expert_rules(session, project.family, day)


def awaited(session: Session, page: RoomPage, uid: str) -> Member:
    """One who may sign in at this room's page. Raises ``NotFound``."""
    found = session.scalar(select(Member).where(Member.uid == uid, Member.project_id == page.project_id))
    if found is None or not found.awaited:
        raise NotFound
    return found


def serving(session: Session, project: Project) -> frozenset[str]:
    """The commitments of those who stand for a place by the log of the draws, after the release."""
    return frozenset(one.h for one in experts.serving(session, project))


def to_put_down(session: Session, project: Project, people: Sequence[Member]) -> list[Member]:
    """Drawn members who have gone here and still hold a place by the draw: nobody is called for them before that is put down."""
    gone = [one for one in people if one.source is Source.DRAWN and one.gone_at is not None]
    if not gone:
        return []
    standing = serving(session, project)
    return [one for one in gone if one.h in standing]


def conflict(session: Session, one: Member) -> bool:
    """Whether the pool or the list knows them to be of a tenderer's unit, now or within the years of recusal."""
    grounds = experts.tenderers_recusal(session, one.project)
    if grounds.reason(one.unit, one.unit_uscc) is not None:
        return True
    if one.expert_id is None:
        return False
    return any(
        grounds.reason(unit, code) is not None
        for unit, code in experts.former_units(session, one.project, one.expert_id)
    )


# What a committee's page shows ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """A committee's page."""

    project: Project
    evaluation_at: datetime | None
    papers: Sequence[Appointment]
    members: Sequence[Member]
    room: RoomPage | None
    figures: Composition
    total: int
    experts: int
    fault: DomainError | None
    due_on: date | None
    appraised: frozenset[int]
    draw: Draw | None
    to_put_down: Sequence[Member]
    lists: Sequence[DrawnList]
    ended: EvaluationEnd | None
    now: datetime

    @property
    def arrived(self) -> int:
        """How many have signed in and not gone."""
        return sum(1 for one in self.members if one.here.arrived and not one.here.gone)

    @property
    def chair(self) -> Member | None:
        """Who chairs."""
        return next((one for one in self.members if one.chaired_at and one.gone_at is None), None)


def view(session: Session, project: Project, now: datetime) -> View:
    """The page of a project's committee."""
    people = members(session, project.id)
    drawn = experts.of_project(session, project.id)
    at = evaluation_at(session, project.id)
    total, of_experts = rules.standing([one.here for one in people])
    figures = experts.composition(session, project, local_day(at or now))
    return View(
        project=project,
        evaluation_at=at,
        papers=appointments(session, project.id),
        members=people,
        room=open_room(session, project.id),
        figures=figures,
        total=total,
        experts=of_experts,
        fault=fault_of(figures, total, of_experts),
        due_on=appraisal_due(session, project, over_at(session, project.id)),
        appraised=frozenset(
            session.scalars(select(Appraisal.member_id).join(Member).where(Member.project_id == project.id))
        ),
        draw=next((draw for draw in reversed(drawn) if draw.cancelled_at is None), None),
        to_put_down=to_put_down(session, project, people),
        lists=lists.of_project(session, project.id),
        ended=ended(session, project.id),
        now=now,
    )


def fault_of(figures: Composition, total: int, of_experts: int) -> DomainError | None:
    """What the law objects to in a committee of so many; None where nothing. The rules are the draw's own."""
    try:
        check_composition(Conditions(total, 1, (Place("", of_experts, 0),)), figures)
    except DomainError as error:
        return error
    return None


def owner_may_chair(session: Session, project: Project, now: datetime) -> bool:
    """Whether the buyer's representative may chair: not in procurement (财政部令第87号 45)."""
    figure = expert_rules(session, project.family, project.rules_on or local_day(now)).get("chair-is-expert")
    return figure is None or not figure.value


def appraisal_due(session: Session, project: Project, at: datetime | None) -> date | None:
    """The last day for the record of performance; None where the rulebook has none."""
    if at is None:
        return None
    figure = expert_rules(session, project.family, project.rules_on or local_day(at)).get("appraisal")
    return add_working_days(local_day(at), figure.value, calendar(session)) if figure is not None else None


def appraisal_source(session: Session, project: Project, at: datetime) -> str:
    """Where that day stands."""
    figure = expert_rules(session, project.family, project.rules_on or local_day(at)).get("appraisal")
    return cite(figure) if figure is not None else ""


def unappraised(session: Session, actor: Actor) -> Sequence[Member]:
    """The experts who sat for the actor's projects and whose record is not written yet, the oldest first."""
    if Role.AGENCY not in actor.roles or actor.organisation_id is None:
        return []
    return session.scalars(
        select(Member)
        .join(Project, Project.id == Member.project_id)
        .where(
            Project.agency_id == actor.organisation_id,
            Project.family == Family.PROCUREMENT,
            Member.source != Source.OWNER,
            Member.arrived_at.is_not(None),
            Member.project_id.in_(
                select(Member.project_id).where(Member.chaired_at.is_not(None)).scalar_subquery()
            ),
            ~select(Appraisal.id).where(Appraisal.member_id == Member.id).exists(),
        )
        .order_by(Member.id)
        .limit(50)
    ).all()


def to_confirm(session: Session) -> tuple[Sequence[Appointment], Sequence[Member]]:
    """Papers and persons that wait for their second person."""
    papers = session.scalars(
        select(Appointment)
        .where(Appointment.confirmed_at.is_(None), Appointment.withdrawn_at.is_(None))
        .order_by(Appointment.id)
        .limit(50)
    ).all()
    people = session.scalars(
        select(Member)
        .where(
            Member.source != Source.DRAWN,
            Member.confirmed_at.is_(None),
            Member.gone_at.is_(None),
            Member.list_id.is_(None),  # confirmed with their list
        )
        .order_by(Member.id)
        .limit(50)
    ).all()
    return papers, people


def appraisal_of(session: Session, one: Member) -> Appraisal | None:
    """The record of performance of one member."""
    return session.scalar(select(Appraisal).where(Appraisal.member_id == one.id))


def feedback_of(session: Session, one: Member) -> Feedback | None:
    """What one member said of owner and agency."""
    return session.scalar(select(Feedback).where(Feedback.member_id == one.id))


def feedback(session: Session, project_id: int) -> Sequence[Feedback]:
    """What the experts of a project said, in order."""
    return session.scalars(
        select(Feedback).join(Member).where(Member.project_id == project_id).order_by(Feedback.id)
    ).all()
