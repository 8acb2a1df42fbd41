"""Reading keys, an agency's own projects, and what everybody may have a stretch at a time. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from bidding.api.models import ApiDraft, ApiKey
from bidding.api.rules import SOON
from bidding.award.models import Award
from bidding.core.actor import Actor
from bidding.core.errors import NotFound
from bidding.identity.models import Account
from bidding.ledger.models import Leaf, Log
from bidding.opening.sitting.queries import sitting_of
from bidding.tenders import queries as tenders
from bidding.tenders.models import Lot, Project


def by_digest(session: Session, digest: str) -> ApiKey | None:
    """The key of that digest, in force or not, with whoever made it and their roles."""
    return session.scalar(
        select(ApiKey)
        .where(ApiKey.digest == digest)
        .options(joinedload(ApiKey.made_by).selectinload(Account.grants))
    )


def keys(session: Session, actor: Actor) -> Sequence[ApiKey]:
    """Every key of the actor's agency, those in force first."""
    return session.scalars(
        select(ApiKey)
        .where(ApiKey.agency_id == actor.organisation_id)
        .options(joinedload(ApiKey.made_by), joinedload(ApiKey.revoked_by))
        .order_by(ApiKey.revoked_at.is_not(None), ApiKey.made_at.desc(), ApiKey.id.desc())
    ).all()


def own_key(session: Session, actor: Actor, uid: str) -> ApiKey:
    """A key of the actor's agency. Raises ``NotFound`` for another's."""
    found = session.scalar(select(ApiKey).where(ApiKey.uid == uid, ApiKey.agency_id == actor.organisation_id))
    if found is None:
        raise NotFound
    return found


def in_force(now: datetime) -> ColumnElement[bool]:
    """That a key opens something now."""
    return and_(ApiKey.revoked_at.is_(None), ApiKey.expires_at > now)


def ending(session: Session, actor: Actor, now: datetime) -> Sequence[ApiKey]:
    """The agency's keys in force that have been used and end soon."""
    return session.scalars(
        select(ApiKey)
        .where(ApiKey.agency_id == actor.organisation_id, in_force(now), ApiKey.used_at.is_not(None))
        .where(ApiKey.expires_at <= now + SOON)
        .order_by(ApiKey.expires_at, ApiKey.id)
    ).all()


def draft_sent(session: Session, agency_id: int | None, idempotency_key: str) -> ApiDraft | None:
    """The draft that an agency's program sent under this idempotency key."""
    return session.scalar(
        select(ApiDraft).where(ApiDraft.agency_id == agency_id, ApiDraft.idempotency_key == idempotency_key)
    )


def came_by_key(session: Session, project_id: int) -> bool:
    """Whether a draft came from a program."""
    return session.get(ApiDraft, project_id) is not None


def own_projects(
    session: Session, actor: Actor, *, before: int | None, size: int
) -> tuple[Sequence[Project], int | None]:
    """A stretch of the agency's own projects, the newest first, and where the next begins."""
    statement = (
        select(Project)
        .where(Project.agency_id == actor.organisation_id, Project.is_round.is_(False))
        .order_by(Project.id.desc())
        .limit(size + 1)
    )
    if before is not None:
        statement = statement.where(Project.id < before)
    return _cut(session.scalars(statement).all(), size)


def results(
    session: Session, *, owner: str | None, before: int | None, size: int
) -> tuple[Sequence[Award], int | None]:
    """A stretch of the results in force, those put down last first."""
    statement = (
        select(Award)
        .where(Award.confirmed_at.is_not(None), Award.superseded_at.is_(None))
        .options(joinedload(Award.lot).joinedload(Lot.project))
        .order_by(Award.id.desc())
        .limit(size + 1)
    )
    if owner:
        statement = statement.join(Lot).join(Project).where(Project.owner_name == owner)
    if before is not None:
        statement = statement.where(Award.id < before)
    return _cut(session.scalars(statement).all(), size)


def entries(session: Session, log: Log, *, since: int, until: int, size: int) -> Sequence[Leaf]:
    """Entries of a log from ``since``, of those below ``until``: at most ``size``, in order."""
    return session.scalars(
        select(Leaf)
        .where(Leaf.log_id == log.id, Leaf.idx >= since, Leaf.idx < until)
        .order_by(Leaf.idx)
        .limit(size)
    ).all()


def opening_record(session: Session, actor: Actor, uid: str, stage: int) -> str:
    """The record of an opening of one's own project, as it was hashed. Raises ``NotFound`` until it is closed."""
    project = tenders.project_for(session, actor, uid)
    sitting = sitting_of(session, project.id, stage)
    if sitting is None or sitting.record is None:
        raise NotFound
    return sitting.record


def _cut(rows: Sequence[Any], size: int) -> tuple[Sequence[Any], int | None]:
    """So many of the rows, and the id after which it goes on where there are more."""
    return rows[:size], (rows[size - 1].id if len(rows) > size else None)
