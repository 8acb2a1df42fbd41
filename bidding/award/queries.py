"""Reading results: the agency's own, and what everybody may see once it is final."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.award.models import Award
from bidding.core.actor import Actor
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.opening.queries import sheets
from bidding.tenders.models import Lot, Project, Stage
from bidding.web.paging import Page, paginate


@dataclass(frozen=True, slots=True)
class Offer:
    """A tenderer whose sheet was opened in a lot, with what its sheet says."""

    name: str
    uscc: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LotResult:
    """A lot with its opened sheets and what has been decided about it."""

    lot: Lot
    offers: Sequence[Offer]
    failed: bool
    award: Award | None


def own_project(session: Session, actor: Actor, uid: str) -> Project:
    """A published project of the actor's agency; another's looks like none."""
    project = session.scalar(
        select(Project)
        .where(Project.uid == uid, Project.agency_id == actor.organisation_id)
        .where(Project.stage.in_((Stage.PUBLISHED, Stage.TERMINATED)))
        .options(selectinload(Project.lots))
    )
    if project is None:
        raise NotFound
    return project


def failed_lots(session: Session, project: Project) -> frozenset[str]:
    """Codes of the lots that the project's log says failed at the deadline."""
    events = session.scalars(
        select(Leaf.event).where(Leaf.log_id == project.log_id, Leaf.type == EventType.FAILED.value)
    )
    return frozenset(loads(event)["lot"] for event in events)


def offers(session: Session, project: Project) -> dict[str, list[Offer]]:
    """The opened sheets by lot, in order of receipt; empty before the opening."""
    found: dict[str, list[Offer]] = {}
    for sheet in sheets(session, project.id):
        offer = Offer(sheet.tenderer_name, sheet.tenderer_uscc, sheet.fields)
        found.setdefault(sheet.lot_code, []).append(offer)
    return found


def award_of(session: Session, lot: Lot) -> Award | None:
    """What has been put down about a lot, final or not."""
    return session.scalar(select(Award).where(Award.lot_id == lot.id).options(joinedload(Award.recorded_by)))


def results(session: Session, project: Project) -> list[LotResult]:
    """Every lot of a project with what has been decided."""
    opened, failed = offers(session, project), failed_lots(session, project)
    return [
        LotResult(lot, opened.get(lot.code, []), lot.code in failed, award_of(session, lot))
        for lot in project.lots
    ]


def public_results(session: Session, *, number: int, owner: str = "") -> Page[Award]:
    """Final results, the latest first."""
    statement = (
        select(Award)
        .where(Award.confirmed_at.is_not(None))
        .options(joinedload(Award.lot).joinedload(Lot.project))
        .order_by(Award.awarded_on.desc(), Award.id.desc())
    )
    if owner:
        statement = statement.join(Lot).join(Project).where(Project.owner_name == owner)
    return paginate(session, statement, number=number)


def public_project(session: Session, uid: str) -> tuple[Project, list[Award], frozenset[str]]:
    """A project with its final results and the codes of lots that failed. Raises ``NotFound`` before there is one.

    What is recorded but not confirmed is nobody's business yet.
    """
    project = session.scalar(select(Project).where(Project.uid == uid).options(selectinload(Project.lots)))
    if project is None or project.published_at is None:
        raise NotFound
    awards = session.scalars(
        select(Award)
        .join(Lot)
        .where(Lot.project_id == project.id, Award.confirmed_at.is_not(None))
        .options(joinedload(Award.lot))
        .order_by(Lot.code)
    ).all()
    failed = failed_lots(session, project)
    if not awards and not failed:
        raise NotFound
    return project, list(awards), failed
