"""Reading messages: lists, one with its fields, what may go now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from bidding.core.errors import NotFound
from bidding.experts.models import Draw
from bidding.province import facts
from bidding.province.facts import Subject
from bidding.province.models import ProvinceAnswer, ProvinceMessage, ProvincePackage
from bidding.province.records import Answers, Record, fill
from bidding.province.rules import HOLDS_BACK, State
from bidding.province.station import Station
from bidding.tenders.kinds import Family
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED


def message(session: Session, uid: str) -> ProvinceMessage:
    """One message. Raises ``NotFound``."""
    found = session.scalar(select(ProvinceMessage).where(ProvinceMessage.uid == uid))
    if found is None:
        raise NotFound
    return found


def package(session: Session, uid: str) -> ProvincePackage:
    """One package. Raises ``NotFound``."""
    found = session.scalar(select(ProvincePackage).where(ProvincePackage.uid == uid))
    if found is None:
        raise NotFound
    return found


def packages(session: Session) -> Select[ProvincePackage]:
    """Every package, the newest first."""
    return select(ProvincePackage).order_by(ProvincePackage.id.desc())


def packed(session: Session, found: ProvincePackage) -> Sequence[ProvinceMessage]:
    """What is in a package, in order."""
    return session.scalars(
        select(ProvinceMessage).where(ProvinceMessage.package_id == found.id).order_by(ProvinceMessage.id)
    ).all()


def messages(state: State | None = None, data_set: str = "", project: str = "") -> Select[ProvinceMessage]:
    """Messages, the newest first; of a state, a set, or a project by its number."""
    found = (
        select(ProvinceMessage)
        .options(joinedload(ProvinceMessage.project), joinedload(ProvinceMessage.organisation))
        .order_by(ProvinceMessage.id.desc())
    )
    if state is not None:
        found = found.where(ProvinceMessage.state == state)
    if data_set:
        found = found.where(ProvinceMessage.data_set == data_set)
    if project:
        found = found.join(ProvinceMessage.project).where(Project.code == project)
    return found


def counts(session: Session) -> dict[State, int]:
    """How many there are of every state."""
    rows = session.execute(select(ProvinceMessage.state, func.count()).group_by(ProvinceMessage.state)).all()
    found = {state: count for state, count in rows}  # noqa: C416 — rows are no pairs to a type checker
    return {state: found.get(state, 0) for state in State}


def records(session: Session, about: ProvinceMessage, station: Station, now: datetime) -> list[Record]:
    """The records of a message from what holds now, with what stands against each field."""
    data_set = station.plan.sets[about.data_set]
    subject = about.organisation or (Subject(about.project, about.subject) if about.project else None)
    if subject is None:
        return []
    known = answers(session, about)
    found = facts.items(session, data_set.each, subject, station.centre, now)
    return [fill(data_set, item, known, station.plan) for item in found]


def answers(session: Session, about: ProvinceMessage) -> Answers:
    """What people filled in for a message's project, and for units."""
    rows = session.scalars(
        select(ProvinceAnswer).where(
            or_(ProvinceAnswer.project_id == about.project_id, ProvinceAnswer.project_id.is_(None))
        )
    )
    return {(each.scope, each.subject, each.field): each.value for each in rows}


def unmade(session: Session, about: ProvinceMessage) -> Sequence[ProvinceMessage]:
    """Messages that an answer to this one may complete: itself, and those of its project that have no bytes yet."""
    same = (
        ProvinceMessage.project_id == about.project_id
        if about.project_id is not None
        else ProvinceMessage.id == about.id
    )
    return session.scalars(
        select(ProvinceMessage).where(same, ProvinceMessage.payload.is_(None)).order_by(ProvinceMessage.id)
    ).all()


def last_edition(session: Session, key: str) -> int:
    """Which time a thing was told last."""
    return session.scalar(select(func.max(ProvinceMessage.edition)).where(ProvinceMessage.key == key)) or 0


def newest(session: Session, key: str) -> ProvinceMessage:
    """The last message about a thing."""
    return session.scalars(
        select(ProvinceMessage)
        .where(ProvinceMessage.key == key)
        .order_by(ProvinceMessage.edition.desc())
        .limit(1)
    ).one()


# What may go -----------------------------------------------------------------------------------------------------

_Earlier = aliased(ProvinceMessage)


def _first_in_line() -> ColumnElement[bool]:
    """Nothing earlier of the same project is on its way, lacks something or failed; other projects do not count."""
    return ~exists().where(
        _Earlier.project_id == ProvinceMessage.project_id,
        _Earlier.id < ProvinceMessage.id,
        _Earlier.state.in_(HOLDS_BACK),
    )


def may_go(now: datetime) -> ColumnElement[bool]:
    """Of a message: it is due and nobody's, and first of its project in line, or sent and not acknowledged."""
    return and_(
        ProvinceMessage.next_due_at <= now,
        or_(ProvinceMessage.lease_until.is_(None), ProvinceMessage.lease_until <= now),
        or_(ProvinceMessage.state == State.SENT, _first_in_line()),
    )


def sendable(session: Session, now: datetime, most: int) -> Sequence[int]:
    """Ids of what may be sent now, in order."""
    return session.scalars(
        select(ProvinceMessage.id).where(may_go(now)).order_by(ProvinceMessage.id).limit(most)
    ).all()


def waiting(session: Session, now: datetime) -> Sequence[ProvinceMessage]:
    """What waits to be sent, in order; not what a worker has in its hands."""
    return session.scalars(
        select(ProvinceMessage)
        .where(ProvinceMessage.state == State.PENDING)
        .where(or_(ProvinceMessage.lease_until.is_(None), ProvinceMessage.lease_until <= now))
        .order_by(ProvinceMessage.id)
    ).all()


def unbroken(session: Session, ready: Iterable[ProvinceMessage]) -> list[ProvinceMessage]:
    """Those of them before which nothing of their project is left behind."""
    found = list(ready)
    ids = {each.id for each in found}
    left: dict[int, int] = {}
    rows = session.execute(
        select(ProvinceMessage.project_id, ProvinceMessage.id)
        .where(ProvinceMessage.state.in_(HOLDS_BACK), ProvinceMessage.project_id.is_not(None))
        .order_by(ProvinceMessage.id)
    )
    for project_id, message_id in rows:
        if message_id not in ids and project_id is not None:
            left.setdefault(project_id, message_id)
    return [
        each for each in found if each.project_id is None or each.id < left.get(each.project_id, each.id + 1)
    ]


def unchecked(session: Session, before: datetime, most: int) -> Sequence[int]:
    """Ids of what was noted and not looked through yet, and of what lacked something when it was, before an instant."""
    state, checked = ProvinceMessage.state, ProvinceMessage.checked_at
    return session.scalars(
        select(ProvinceMessage.id)
        .where(
            or_(
                and_(state == State.PENDING, checked.is_(None)),
                and_(state == State.INCOMPLETE, checked <= before),
            )
        )
        .order_by(ProvinceMessage.id)
        .limit(most)
    ).all()


def left_behind(session: Session, station: Station, since: datetime, most: int) -> Sequence[int]:
    """Ids of published projects of which nothing was noted, and of those whose experts' names were published lately."""
    noted = exists().where(ProvinceMessage.project_id == Project.id)
    named = exists().where(Draw.project_id == Project.id, Draw.published_at >= since)
    families = {
        Family(family)
        for code, data_set in station.plan.sets.items()
        if station.plan.sends(code)
        for family in data_set.families
    }
    return session.scalars(
        select(Project.id)
        .where(Project.stage.in_(PUBLISHED), Project.is_round.is_(False), Project.family.in_(families))
        .where(or_(~noted, named))
        .order_by(noted, Project.id)  # of the others most have been told of their names already
        .limit(most)
    ).all()
