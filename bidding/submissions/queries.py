"""Reading bids: one's own before the deadline, everybody's count only after the close."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.actor import Actor
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.ledger.models import Leaf
from bidding.sealing.panel import Panel, parse_panel
from bidding.submissions import rules
from bidding.submissions.models import Attempt, Bid, Gate
from bidding.submissions.rules import BidState, GateState
from bidding.tenders.models import Project


def gate(session: Session, project_id: int) -> Gate | None:
    """The gate of a project, if it has been published."""
    return session.scalar(select(Gate).where(Gate.project_id == project_id))


def is_closed(session: Session, project_id: int) -> bool:
    """Whether the close stands for good: before that nothing of the log is shown to anybody.

    A close that an extension may still void tells nothing: who bids afterwards must not know how many did before.
    """
    found = gate(session, project_id)
    return found is not None and rules.told(
        found.state, settled=found.settled_at is not None, held=_held(found)
    )


def _held(gate: Gate) -> bool:
    return gate.held_at is not None


def is_opened(session: Session, project_id: int) -> bool:
    """Whether the sheets are open."""
    found = gate(session, project_id)
    return found is not None and found.state is GateState.OPENED


def due_gates(session: Session, now: datetime) -> list[int]:
    """Ids of gates whose deadline has come, or whose close is to be settled."""
    return list(session.scalars(select(Gate.id).where(Gate.next_due_at <= now).order_by(Gate.next_due_at)))


def quiet_since(session: Session, now: datetime) -> datetime:
    """Since when it must not be seen who gets ready to bid: the publication of the oldest tender without a close that stands.

    Of a tender on hold the close does not stand either; a terminated one counts until its deadline. Without such a
    tender it is now.
    """
    first = session.scalar(
        select(func.min(Project.published_at))
        .join(Gate, Gate.project_id == Project.id)
        .where(
            Gate.state.not_in((GateState.OPENING, GateState.OPENED)),
            or_(Gate.settled_at.is_(None), Gate.held_at.is_not(None)),
            or_(Gate.state != GateState.SHUT, Gate.closes_at > now),
        )
    )
    return min(now, first) if first is not None else now


def own_bids(session: Session, actor: Actor) -> list[Bid]:
    """Every sealed bid of the actor's organisation, newest first."""
    return list(
        session.scalars(
            select(Bid)
            .where(Bid.organisation_id == actor.organisation_id, Bid.on_paper.is_(False))
            .options(selectinload(Bid.project), selectinload(Bid.lot))
            .order_by(Bid.received_at.desc())
        )
    )


def own_bid(session: Session, actor: Actor, uid: str) -> Bid:
    """One of the actor's organisation's sealed bids; another's looks like none."""
    bid = session.scalar(
        select(Bid).where(
            Bid.uid == uid, Bid.organisation_id == actor.organisation_id, Bid.on_paper.is_(False)
        )
    )
    if bid is None:
        raise NotFound
    return bid


def own_attempts(session: Session, actor: Actor, project_id: int | None = None) -> list[Attempt]:
    """Refused uploads of the actor's organisation, newest first."""
    query = select(Attempt).where(Attempt.organisation_id == actor.organisation_id)
    if project_id is not None:
        query = query.where(Attempt.project_id == project_id)
    return list(session.scalars(query.order_by(Attempt.at.desc()).limit(50)))


def leaf_of(session: Session, bid: Bid) -> Leaf:
    """The ``bid`` leaf."""
    return session.get_one(Leaf, bid.leaf_id)


def effective_bids(session: Session, project: Project) -> list[Bid]:
    """The effective bids in order of receipt. For the opening only: the caller has seen the close record."""
    return list(
        session.scalars(
            select(Bid)
            .join(Leaf, Leaf.id == Bid.leaf_id)
            .where(Bid.project_id == project.id, Bid.state == BidState.EFFECTIVE)
            .options(selectinload(Bid.files), selectinload(Bid.organisation))
            .order_by(Leaf.idx)
        )
    )


def panel_of(project: Project) -> Panel:
    """The panel that a published project was bound to. Raises ``NotFound`` for a draft."""
    if project.panel is None:
        raise NotFound
    return parsed_panel(project.panel)


@lru_cache(maxsize=256)
def parsed_panel(text: str) -> Panel:
    """A panel by its text, which never changes: every part of every file asks for it."""
    return parse_panel(loads(text))
