"""Who a piece of news is for: ids of accounts. What is asked here decides letters, and is shown on no page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from bidding.core.actor import Role
from bidding.identity import queries as identity
from bidding.identity.models import Account, RoleGrant
from bidding.opening.keycheck import key_checks
from bidding.opening.models import OpenedEnvelope
from bidding.opening.rules import KEYS_AHEAD, MORNING
from bidding.sealing import queries as trustees
from bidding.sealing.rules import DUE_SOON
from bidding.submissions.models import ArmedBid, Bid, Gate, Upload
from bidding.submissions.rules import BidState, GateState
from bidding.telling.models import Reminder
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project


def officials(session: Session, project: Project) -> set[int]:
    """The agency's people and every supervisor."""
    agency = identity.holders(session, Role.AGENCY, project.agency_id)
    return {*agency, *identity.holders(session, Role.SUPERVISOR)}


def concerned(session: Session, project_id: int) -> set[int]:
    """Tenderers who follow the project, who have bid, or who have begun to."""
    organisations = union(
        select(Bid.organisation_id).where(Bid.project_id == project_id, Bid.state == BidState.EFFECTIVE),
        *(select(kind.organisation_id).where(kind.project_id == project_id) for kind in (ArmedBid, Upload)),
    )
    people = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == Role.TENDERER, Account.organisation_id.in_(organisations))
    )
    return {*tenders.followers(session, project_id), *session.scalars(people)}


def unfinished(session: Session, project_id: int) -> list[int]:
    """The organisations that have begun a bid and not finished it."""
    begun = union(
        *(select(kind.organisation_id).where(kind.project_id == project_id) for kind in (ArmedBid, Upload))
    )
    return list(session.scalars(begun))


def failed_by_trustees(session: Session, project_id: int) -> list[int]:
    """The organisations with a sheet that too few trustees came for."""
    return list(
        session.scalars(
            select(Bid.organisation_id)
            .join(OpenedEnvelope, OpenedEnvelope.bid_id == Bid.id)
            .where(OpenedEnvelope.project_id == project_id, OpenedEnvelope.verdict == "trustees")
            .distinct()
        )
    )


class What(Enum):
    """What one is reminded of."""

    DEADLINE = "deadline"
    UNFINISHED = "unfinished"
    DRILL = "drill"
    EVE = "eve"


#: How long before the instant it is about.
BEFORE = {
    What.DEADLINE: timedelta(hours=24),
    What.UNFINISHED: timedelta(hours=2),
    What.DRILL: DUE_SOON,
}


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come, about a project or a trustee. Another instant is another reminder."""

    what: What
    id: int
    until: datetime

    @property
    def key(self) -> str:
        """Its name in the table of those that went out."""
        return f"{self.what.value} {self.id} {self.until.isoformat()}"


def due(session: Session, now: datetime) -> list[Due]:
    """The reminders whose time has come and that have not gone out. Bids and followers play no part in it."""
    found = []
    gates = select(Gate.project_id, Gate.closes_at).where(Gate.state == GateState.OPEN, Gate.closes_at > now)
    for project_id, closes_at in session.execute(gates.order_by(Gate.id)):
        found += [
            Due(what, project_id, closes_at)
            for what in (What.DEADLINE, What.UNFINISHED)
            if closes_at - BEFORE[what] <= now
        ]
    found += [
        Due(What.DRILL, each.trustee.id, each.valid_until)
        for each in trustees.standing_trustees(session, now)
        if each.valid_until is not None and now < each.valid_until <= now + BEFORE[What.DRILL]
    ]
    found += [
        Due(What.EVE, check.project.id, check.opens_at)
        for check in key_checks(session, now, until=now + KEYS_AHEAD)
        if check.since + MORNING <= now < check.opens_at
    ]
    known = reminded(session, [each.key for each in found])
    return [each for each in found if each.key not in known]


def reminded(session: Session, whats: Collection[str]) -> set[str]:
    """Which of these reminders went out."""
    return set(session.scalars(select(Reminder.what).where(Reminder.what.in_(whats))))
