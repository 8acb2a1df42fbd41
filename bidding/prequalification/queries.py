"""Reading prequalifications and applications. Of applications nobody but the applicant reads any before they are opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.errors import NotFound
from bidding.prequalification import policy, rules
from bidding.prequalification.models import (
    Application,
    ApplicationFile,
    Prequalification,
    PrequalificationFile,
)
from bidding.prequalification.policy import Permission
from bidding.prequalification.rules import LEAST, ApplicationState
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Examination, Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import Figure


def of_project(session: Session, project_id: int) -> Prequalification | None:
    """The prequalification of a project, if anybody has begun one."""
    return session.scalar(_whole().where(Prequalification.project_id == project_id))


def public(session: Session, uid: str) -> Prequalification:
    """A published one, by its project's uid. Raises ``NotFound``."""
    found = session.scalar(
        _whole()
        .join(Project, Project.id == Prequalification.project_id)
        .where(Project.uid == uid, Prequalification.published_at.is_not(None))
    )
    if found is None:
        raise NotFound
    return found


def published() -> Select[Prequalification]:
    """Those that are out, the newest first; to be paged."""
    return (
        _whole()
        .where(Prequalification.published_at.is_not(None))
        .order_by(Prequalification.published_at.desc(), Prequalification.id.desc())
    )


def project_for(session: Session, actor: Actor, uid: str) -> Project:
    """A project with prequalification, for those who work on it. Raises ``NotFound``."""
    project = tenders.project_for(session, actor, uid)
    policy.require(actor, Permission.PREQUALIFICATION_READ, agency_id=project.agency_id)
    if project.who_may.examination is not Examination.BEFORE:
        raise NotFound
    return project


def file_of(found: Prequalification, sha256: str) -> PrequalificationFile:
    """One of its files. Raises ``NotFound``."""
    for each in found.files:
        if each.sha256 == sha256:
            return each
    raise NotFound


def figures(session: Session, found: Project, now: datetime) -> dict[str, Figure]:
    """The figures in force: of the day of the prequalification's notice, or of today before it."""
    row = of_project(session, found.id)
    on = row.rules_on if row is not None and row.rules_on is not None else tenders.local_day(now)
    return tenders.rules_for(session, found.family, found.method, on)


def last_days(session: Session, found: Prequalification, now: datetime) -> dict[str, date]:
    """Until when others may still act before the deadline in force (``rules.last_days``)."""
    if found.closes_at is None:
        return {}
    return rules.last_days(figures(session, found.project, now), found.closes_at, tenders.calendar(session))


def least(session: Session, found: Project, now: datetime) -> int:
    """How many must pass."""
    figure = figures(session, found, now).get(LEAST)
    return figure.value if figure is not None else 1


def to_check(session: Session, actor: Actor) -> Sequence[Prequalification]:
    """Notices that wait for their second person, of the actor's agency; an administrator's are all."""
    rows = (
        _whole()
        .join(Project, Project.id == Prequalification.project_id)
        .where(
            Prequalification.submitted_at.is_not(None),
            Prequalification.published_at.is_(None),
            Project.stage == Stage.DRAFT,
        )
        .order_by(Prequalification.submitted_at, Prequalification.id)
    )
    if Role.ADMINISTRATOR not in actor.roles:
        rows = rows.where(Project.agency_id == actor.organisation_id)
    return session.scalars(rows).all()


def to_end(session: Session, actor: Actor) -> Sequence[Prequalification]:
    """Proposals to end one that wait for their second person; an administrator's are all."""
    rows = (
        _whole()
        .join(Project, Project.id == Prequalification.project_id)
        .where(
            Prequalification.end_asked_at.is_not(None),
            Prequalification.ended_at.is_(None),
            Prequalification.decided_at.is_(None),
        )
        .order_by(Prequalification.end_asked_at, Prequalification.id)
    )
    if Role.ADMINISTRATOR not in actor.roles:
        rows = rows.where(Project.agency_id == actor.organisation_id)
    return session.scalars(rows).all()


def to_examine(session: Session, actor: Actor, before: datetime) -> Sequence[Prequalification]:
    """Those of the actor's agency whose deadline was before the instant and that have no result."""
    rows = (
        _whole()
        .join(Project, Project.id == Prequalification.project_id)
        .where(
            Project.agency_id == actor.organisation_id,
            Prequalification.published_at.is_not(None),
            Prequalification.closes_at <= before,
            Prequalification.decided_at.is_(None),
            Prequalification.ended_at.is_(None),
        )
        .order_by(Prequalification.closes_at, Prequalification.id)
    )
    return session.scalars(rows).all()


# Applications ---------------------------------------------------------------------------------------------------


def opened(session: Session, found: Prequalification) -> Sequence[Application]:
    """What was in at the deadline, in the order it came. Nothing as long as nobody has opened it."""
    if found.opened_at is None:
        return []
    return in_at_deadline(session, found)


def in_at_deadline(session: Session, found: Prequalification) -> Sequence[Application]:
    """The same for whoever opens it just now, and for nobody else."""
    rows = (
        select(Application)
        .where(Application.prequalification_id == found.id, Application.state == ApplicationState.EFFECTIVE)
        .options(selectinload(Application.files), joinedload(Application.organisation))
        .order_by(Application.received_at, Application.id)
    )
    return session.scalars(rows).all()


def opened_file(session: Session, found: Prequalification, uid: str, sha256: str) -> ApplicationFile:
    """A file of an application that was opened. Raises ``NotFound``."""
    for each in opened(session, found):
        if each.uid == uid:
            return file_in(each, sha256)
    raise NotFound


def file_in(application: Application, sha256: str) -> ApplicationFile:
    """One of an application's files. Raises ``NotFound``."""
    for each in application.files:
        if each.sha256 == sha256:
            return each
    raise NotFound


def own(session: Session, actor: Actor, uid: str) -> Application:
    """One of the organisation's own, by its uid; another's looks like none. Raises ``NotFound``."""
    found = session.scalar(_own(actor).where(Application.uid == uid))
    if found is None:
        raise NotFound
    return found


def own_all(session: Session, actor: Actor) -> Sequence[Application]:
    """Every application of the organisation's that was handed in, the newest first."""
    rows = _own(actor).where(Application.state != ApplicationState.DRAFT)
    return session.scalars(rows.order_by(Application.received_at.desc(), Application.id.desc())).all()


def own_in(
    session: Session, actor: Actor, found: Prequalification, state: ApplicationState
) -> Application | None:
    """The organisation's draft, or what it has handed in, for one prequalification."""
    return session.scalar(
        _own(actor).where(Application.prequalification_id == found.id, Application.state == state)
    )


def own_decided(session: Session, actor: Actor, since: datetime) -> Sequence[Application]:
    """The organisation's applications with a result since the instant."""
    rows = (
        _own(actor)
        .join(Prequalification, Prequalification.id == Application.prequalification_id)
        .where(Application.state == ApplicationState.EFFECTIVE, Prequalification.decided_at > since)
    )
    return session.scalars(rows.order_by(Prequalification.decided_at, Application.id)).all()


def applying(session: Session, project_id: int) -> Sequence[int]:
    """The organisations that have applied or begun to: to tell them something, and for nothing else."""
    rows = (
        select(Application.organisation_id)
        .join(Prequalification, Prequalification.id == Application.prequalification_id)
        .where(
            Prequalification.project_id == project_id,
            Application.state.in_((ApplicationState.DRAFT, ApplicationState.EFFECTIVE)),
        )
        .distinct()
    )
    return session.scalars(rows.order_by(Application.organisation_id)).all()


def has_passed(session: Session, organisation_id: int | None, project_id: int) -> bool:
    """Whether an organisation passed the prequalification of a project, and enough did."""
    return bool(
        session.scalar(
            select(
                exists()
                .where(
                    Application.organisation_id == organisation_id,
                    Application.passed.is_(True),
                    Application.state == ApplicationState.EFFECTIVE,
                    Application.prequalification_id == Prequalification.id,
                )
                .where(Prequalification.project_id == project_id, Prequalification.enough.is_(True))
            )
        )
    )


def passing(session: Session, project_id: int) -> Sequence[int]:
    """The organisations that passed: to invite them, and for nothing else."""
    rows = (
        select(Application.organisation_id)
        .join(Prequalification, Prequalification.id == Application.prequalification_id)
        .where(
            Prequalification.project_id == project_id,
            Prequalification.enough.is_(True),
            Application.state == ApplicationState.EFFECTIVE,
            Application.passed.is_(True),
        )
    )
    return session.scalars(rows.order_by(Application.organisation_id)).all()


def passed(session: Session, found: Prequalification) -> int:
    """How many passed: for whoever decides."""
    rows = select(func.count(Application.id)).where(
        Application.prequalification_id == found.id,
        Application.state == ApplicationState.EFFECTIVE,
        Application.passed.is_(True),
    )
    return session.scalar(rows) or 0


def _own(actor: Actor) -> Select[Application]:
    return (
        select(Application)
        .where(Application.organisation_id == actor.organisation_id)
        .options(
            selectinload(Application.files),
            joinedload(Application.organisation),
            joinedload(Application.prequalification).joinedload(Prequalification.project),
        )
    )


def _whole() -> Select[Prequalification]:
    return select(Prequalification).options(
        selectinload(Prequalification.files), joinedload(Prequalification.project)
    )
