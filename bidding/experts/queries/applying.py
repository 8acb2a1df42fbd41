"""Reading applications to the pool."""

from __future__ import annotations

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from bidding.core.errors import NotFound
from bidding.experts.applying import State
from bidding.experts.models import ExpertApplication

_WAITING = (State.SUBMITTED, State.PROPOSED)


def application(session: Session, uid: str) -> ExpertApplication:
    """One application. Raises ``NotFound``."""
    found = session.scalar(select(ExpertApplication).where(ExpertApplication.uid == uid))
    if found is None:
        raise NotFound
    return found


def applications() -> Select[ExpertApplication]:
    """All of them, those that wait for an administrator first, the oldest first; to be paged."""
    waits = case((ExpertApplication.state.in_(_WAITING), 0), else_=1)
    return select(ExpertApplication).order_by(waits, ExpertApplication.applied_at, ExpertApplication.id)


def applications_waiting(session: Session) -> int:
    """How many wait for an administrator."""
    counted = select(func.count(ExpertApplication.id)).where(ExpertApplication.state.in_(_WAITING))
    return session.scalar(counted) or 0
