"""What waits to be opened, what lies between two openings, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.opening import rules
from bidding.opening.afterwards import FAILED
from bidding.opening.models import LotDecision
from bidding.opening.queries.sheets import batches, is_later_to_come, nobody_passed, stays_sealed
from bidding.submissions.models import Gate
from bidding.submissions.queries import panel_of
from bidding.submissions.rules import GateState
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import stages


@dataclass(frozen=True, slots=True)
class Box:
    """A closed box whose hour has come: how many trustees' shares it needs, and how many are in."""

    project: Project
    needed: int
    given: int
    #: Whether it is the second of two envelopes.
    prices: bool = False


def to_open(session: Session, actor: Actor, now: datetime) -> list[Box]:
    """Boxes that only lack trustees, by their hour: a supervisor's are all, an agency's its own; nobody else's any."""
    if not actor.roles & {Role.SUPERVISOR, Role.AGENCY}:
        return []
    statement = (
        select(Project)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.state.in_((GateState.CLOSED, GateState.OPENING)), Project.stage == Stage.PUBLISHED)
        .where(Gate.settled_at.is_not(None), Gate.held_at.is_(None))
        .where(func.coalesce(Project.opens_at, Gate.closes_at) <= now)
        .options(selectinload(Project.lots))
        .order_by(Gate.closes_at)
    )
    if Role.SUPERVISOR not in actor.roles:
        statement = statement.where(Project.agency_id == actor.organisation_id)
    found = []
    for project in session.scalars(statement):
        given = sum(
            1 for batch in batches(session, project.id) if batch.public and batch.stage == rules.FIRST
        )
        panel = panel_of(project)
        if given < panel.k and failed_lots(session, project) != {lot.code for lot in project.lots}:
            found.append(Box(project, panel.k, given))
    return found + [
        Box(project, panel_of(project).k, _given(session, project, later), prices=True)
        for project in between(session, actor, now)
        if stays_sealed(session, project) is not None and not nobody_passed(session, project)
        for later in stages(project.envelopes)[-1:]
    ]


def _given(session: Session, project: Project, stage: int) -> int:
    return sum(1 for batch in batches(session, project.id) if batch.public and batch.stage == stage)


def between(session: Session, actor: Actor, now: datetime | None) -> Sequence[Project]:
    """Tenders of which the first envelope is open and the second is not, as ``to_open`` tells them apart.

    With ``now`` only those whose second hour has come.
    """
    statement = (
        select(Project)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.state == GateState.OPENED, Gate.held_at.is_(None), Project.stage == Stage.PUBLISHED)
        .where(is_later_to_come())
        .order_by(Project.prices_open_at)
    )
    if now is not None:
        statement = statement.where(Project.prices_open_at <= now)
    if Role.SUPERVISOR not in actor.roles:
        statement = statement.where(Project.agency_id == actor.organisation_id)
    return session.scalars(statement).all()


def failed_lots(session: Session, project: Project) -> set[str]:
    """The codes of the lots that had too few bids and were not opened; none before the close."""
    events = session.scalars(
        select(Leaf.event).where(Leaf.log_id == project.log_id, Leaf.type == EventType.FAILED.value)
    )
    return {loads(event)["lot"] for event in events}


def failed_after(session: Session, project_id: int) -> set[str]:
    """The codes of the lots that were opened and failed, because too few of their sheets could be read."""
    return set(
        session.scalars(
            select(Lot.code)
            .join(LotDecision, LotDecision.lot_id == Lot.id)
            .where(LotDecision.project_id == project_id, LotDecision.decision == FAILED)
        )
    )
