"""Following a tender: one's own affair, of which nobody else learns anything."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from bidding.core.errors import Forbidden
from bidding.db.uow import Tx
from bidding.tenders import queries
from bidding.tenders.models import Follow
from bidding.tenders.policy import Permission


def follow(tx: Tx, uid: str) -> None:
    """Be told of a tender's corrections, its deadline and what becomes of it; while it is prequalified, of that. Twice is once."""
    project_id, account_id = _mine(tx, uid)
    known = select(Follow.id).where(Follow.account_id == account_id, Follow.project_id == project_id)
    if tx.session.scalar(known) is None:
        with suppress(IntegrityError), tx.session.begin_nested():  # the same person in two windows, at once
            tx.session.add(Follow(account_id=account_id, project_id=project_id, followed_at=tx.now))


def unfollow(tx: Tx, uid: str) -> None:
    """Be told no more."""
    project_id, account_id = _mine(tx, uid)
    tx.session.execute(delete(Follow).where(Follow.account_id == account_id, Follow.project_id == project_id))


def _mine(tx: Tx, uid: str) -> tuple[int, int]:
    if tx.actor.account_id is None or not tx.actor.may(Permission.TENDER_FOLLOW):
        raise Forbidden
    return queries.announced(tx.session, uid).id, tx.actor.account_id
