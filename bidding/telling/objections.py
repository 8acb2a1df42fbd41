"""Objections to a publicity: who hears of one, and of its answer. Listeners run in the transaction of the news."""

from __future__ import annotations

from bidding.announcements.events import ObjectionAnswered, ObjectionMade
from bidding.announcements.models import Announcement
from bidding.core.actor import Role
from bidding.db.uow import Tx
from bidding.identity import queries as identity
from bidding.messages.kinds import Kind
from bidding.messages.service import tell


def objection_made(tx: Tx, event: ObjectionMade) -> None:
    """The agency, and the supervisors: of one to a single source the law wants them to have a copy (财政部令第74号 39)."""
    row = tx.session.get_one(Announcement, event.announcement_id)
    own, watching = (
        identity.holders(tx.session, Role.AGENCY, row.agency_id),
        identity.holders(tx.session, Role.SUPERVISOR),
    )
    tell(tx, {*own, *watching}, Kind.OBJECTION_MADE, path=f"/announcing/{row.uid}", title=row.title)


def objection_answered(tx: Tx, event: ObjectionAnswered) -> None:
    """Whoever made it is told what came of it (财政部令第74号 40; 招标投标法实施条例 54)."""
    row = tx.session.get_one(Announcement, event.announcement_id)
    tell(tx, [event.account_id], Kind.OBJECTION_ANSWERED, path=f"/announcements/{row.uid}", title=row.title)
