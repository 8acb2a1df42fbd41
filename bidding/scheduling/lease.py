"""Claiming a due row so that of many workers one does the work, and a dead one's work is taken over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bidding.core.entropy import Entropy


class Leased:
    """Columns of a row that time alone moves on. ``next_due_at`` is None when nothing is due, ever."""

    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]


def claim(
    session: Session, model: Any, row_id: int, *, now: datetime, entropy: Entropy, lasts: timedelta
) -> str | None:
    """Take the lease of one due row by a conditional UPDATE; the fencing token, or None if another has it.

    A lease that ends further ahead than twice its length was taken before the clock was set back: nobody waits for it.
    Not just its length: another host's clock may be a little ahead.
    """
    token = entropy.bytes(16).hex()
    result = session.execute(
        update(model)
        .where(model.id == row_id, model.next_due_at <= now)
        .where(
            or_(model.lease_until.is_(None), model.lease_until <= now, model.lease_until > now + 2 * lasts)
        )
        .values(lease_until=now + lasts, lease_token=token)
        .execution_options(synchronize_session=False)
    )
    taken = isinstance(result, CursorResult) and result.rowcount == 1
    return token if taken else None
