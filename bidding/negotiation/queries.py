"""Reading a negotiation: its rounds, who responded, who may be invited, and what may be told to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.negotiation.rules import MARK
from bidding.opening import queries as opening
from bidding.opening.queries import Sheet
from bidding.submissions import queries as submissions
from bidding.submissions.models import Bid
from bidding.submissions.rules import BidState, GateState
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project, Round
from bidding.tenders.rounds.models import RoundExit, RoundInvitation
from bidding.tenders.rounds.queries import has_left, is_invited
from bidding.tenders.rules import Figure


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who responded: the uid of its response, whose it is, what it offered, by round (0 for the response itself)."""

    response: str
    organisation_id: int
    name: str
    offers: Mapping[int, Sheet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Called:
    """A round as those who run it see it. ``done``: opened, or failed for want of offers."""

    project: Project
    invitations: Sequence[RoundInvitation]
    state: GateState | None
    failed: bool

    @property
    def n(self) -> int:
        """Which round it is, from 1."""
        return self.project.round.n if self.project.round else 0

    @property
    def is_last(self) -> bool:
        """Whether its offers are the last ones."""
        return self.project.round is not None and self.project.round.is_last

    @property
    def waits(self) -> bool:
        """Whether the second person has not confirmed it."""
        return self.project.stage is Stage.SUBMITTED

    @property
    def done(self) -> bool:
        """Whether nothing of it is to come."""
        return self.failed or self.state is GateState.OPENED

    @property
    def invited(self) -> list[RoundInvitation]:
        """Those it was called for."""
        return [each for each in self.invitations if each.invited]


def negotiation(session: Session, uid: str) -> Project:
    """A published project whose method has rounds. Raises ``NotFound``."""
    project = tenders.notice(session, uid)
    if not project.preset.rounds or project.parent_id is not None:
        raise NotFound
    return project


def round_by_uid(session: Session, uid: str) -> Project | None:
    """The round of a uid, called or not; None for any other uid, without asking the database."""
    if not uid.startswith(MARK):
        return None
    return session.scalars(
        select(Project)
        .where(Project.uid == uid, Project.is_round.is_(True))
        .options(selectinload(Project.lots), selectinload(Project.agency))
    ).one_or_none()


def parent_of(session: Session, round_: Project) -> Project:
    """The negotiation that a round belongs to."""
    return session.get_one(Project, round_.parent_id)


def round_projects(session: Session, parent_id: int) -> Sequence[Project]:
    """The rounds of a negotiation in order, the one that waits for its second person among them."""
    return session.scalars(
        select(Project)
        .join(Round, Round.project_id == Project.id)
        .where(Round.parent_id == parent_id)
        .options(selectinload(Project.lots))
        .order_by(Round.n)
    ).all()


def rounds(session: Session, parent_id: int) -> list[Called]:
    """The same with who was invited and where each stands. Nothing of an offer is looked at before the opening."""
    found = []
    for project in round_projects(session, parent_id):
        gate = submissions.gate(session, project.id)
        closed = gate is not None and submissions.is_closed(session, project.id)
        lots = {lot.code for lot in project.lots}
        failed = closed and lots <= (
            opening.failed_lots(session, project) | opening.failed_after(session, project.id)
        )
        found.append(
            Called(project, invitations(session, project.id), gate.state if gate else None, bool(failed))
        )
    return found


def invitations(session: Session, round_id: int) -> Sequence[RoundInvitation]:
    """What a round says of each supplier, in order of receipt of the responses."""
    return session.scalars(
        select(RoundInvitation)
        .where(RoundInvitation.project_id == round_id)
        .options(joinedload(RoundInvitation.organisation))
        .order_by(RoundInvitation.id)
    ).all()


def suppliers(session: Session, project: Project) -> list[Supplier]:
    """Everybody whose response was opened and could be read, with its opened offers; in order of receipt."""
    whose = _whose(session, project.id)
    offers: dict[int, dict[int, Sheet]] = {}
    for each in round_projects(session, project.id):
        owners = _whose(session, each.id)
        for sheet in opening.sheets(session, each):
            offers.setdefault(owners[sheet.bid_uid], {})[each.round.n if each.round else 0] = sheet
    return [
        Supplier(
            sheet.bid_uid,
            whose[sheet.bid_uid],
            sheet.tenderer_name,
            {0: sheet, **offers.get(whose[sheet.bid_uid], {})},
        )
        for sheet in opening.sheets(session, project)
    ]


def _whose(session: Session, project_id: int) -> dict[str, int]:
    return dict(
        session.execute(select(Bid.uid, Bid.organisation_id).where(Bid.project_id == project_id)).all()
    )


def candidates(session: Session, project: Project) -> list[Supplier]:
    """Who may be asked for an offer next: everybody at first, then whom the round before invited; not who left."""
    gone = {each.organisation_id for each in exits(session, project.id)}
    found = [each for each in suppliers(session, project) if each.organisation_id not in gone]
    before = rounds(session, project.id)
    if not before:
        return found
    invited = {each.organisation_id for each in before[-1].invited}
    return [each for each in found if each.organisation_id in invited]


def exits(session: Session, parent_id: int) -> Sequence[RoundExit]:
    """Who left, in that order. While a round takes offers nobody may be shown this: who left has no offer in."""
    return session.scalars(
        select(RoundExit)
        .where(RoundExit.project_id == parent_id)
        .options(joinedload(RoundExit.organisation))
        .order_by(RoundExit.id)
    ).all()


def exits_told(session: Session, project: Project) -> Sequence[RoundExit]:
    """The same for those who run it: nothing while a round's offers are sealed."""
    if any(not each.done and not each.waits for each in rounds(session, project.id)):
        return []
    return exits(session, project.id)


def last_round(session: Session, project: Project) -> Project | None:
    """The round of the last offers, once it was called."""
    return session.scalars(
        select(Project)
        .join(Round, Round.project_id == Project.id)
        .where(Round.parent_id == project.id, Round.is_last.is_(True), Project.stage == Stage.PUBLISHED)
        .options(selectinload(Project.lots))
    ).one_or_none()


def failed_lots(session: Session, project: Project) -> frozenset[str]:
    """Codes of lots for which too few last offers came, or could be read."""
    last = last_round(session, project) if project.preset.rounds else None
    if last is None or not submissions.is_closed(session, last.id):
        return frozenset()
    return frozenset(opening.failed_lots(session, last) | opening.failed_after(session, last.id))


def has_failed(session: Session, project: Project) -> bool:
    """Whether it came to nothing for want of responses, or of last offers, at the close or once they were opened."""
    if not submissions.is_closed(session, project.id):
        return False
    own = opening.failed_lots(session, project) | opening.failed_after(session, project.id)
    return {lot.code for lot in project.lots} <= own | failed_lots(session, project)


def figures(session: Session, project: Project, now: datetime) -> dict[str, Figure]:
    """The figures of the negotiation's method, of the day it was published."""
    return tenders.figures_of(session, project, tenders.local_day(now))


# What is told to whom -------------------------------------------------------------------------------------------


def is_disclosed(session: Session, project: Project) -> bool:
    """Whether the result of every lot is out, as the negotiation's log says: then offers are everybody's to check."""
    events = session.scalars(
        select(Leaf.event).where(Leaf.log_id == project.log_id, Leaf.type == EventType.AWARD.value)
    )
    return {lot.code for lot in project.lots} <= {loads(event)["lot"] for event in events}


def is_quiet(session: Session, project: Project, now: datetime) -> bool:
    """Whether only those who run a purchase hear of who offered what: from the deadline until the result is out."""
    if not project.preset.quiet or project.closes_at is None or now < project.closes_at:
        return False
    return not is_disclosed(session, parent_of(session, project) if project.parent_id else project)


def place_told(session: Session, bid_uid: str) -> int | None:
    """Where a bid's sheet stands among those opened; None where that would tell a rival of others too early."""
    found = session.scalars(
        select(Project).join(Bid, Bid.project_id == Project.id).where(Bid.uid == bid_uid)
    ).one_or_none()
    if found is not None and found.preset.quiet:
        root = parent_of(session, found) if found.parent_id else found
        if not is_disclosed(session, root):
            return None
    return opening.place_of(session, bid_uid)


# What waits -----------------------------------------------------------------------------------------------------


def to_confirm(session: Session, actor: Actor) -> Sequence[Project]:
    """Rounds that wait for a second person other than the actor."""
    statement = (
        select(Project)
        .where(Project.is_round.is_(True), Project.stage == Stage.SUBMITTED)
        .where(Project.prepared_by_id != actor.account_id)
        .order_by(Project.created_at)
    )
    if Role.ADMINISTRATOR not in actor.roles:
        statement = statement.where(Project.agency_id == actor.organisation_id)
    return session.scalars(statement).all()


def to_call(session: Session, actor: Actor, now: datetime) -> list[Project]:
    """Negotiations of the actor's agency that wait for their next round."""
    statement = (
        select(Project)
        .where(Project.agency_id == actor.organisation_id, Project.stage == Stage.PUBLISHED)
        .where(Project.is_round.is_(False), Project.closes_at <= now)
        .where(tenders.has_rounds())
        .order_by(Project.closes_at)
    )
    return [each for each in session.scalars(statement) if wants_a_round(session, each)]


def wants_a_round(session: Session, project: Project) -> bool:
    """Whether the responses, or the round before, are open, and the last offers were not asked for."""
    if not submissions.is_opened(session, project.id) or is_disclosed(session, project):
        return False
    before = rounds(session, project.id)
    return not before or (before[-1].done and not before[-1].is_last)


def to_answer(session: Session, actor: Actor, now: datetime) -> list[tuple[Project, bool]]:
    """Open rounds that the actor's organisation is invited to; and whether its offer is in."""
    statement = (
        select(Project)
        .join(RoundInvitation, RoundInvitation.project_id == Project.id)
        .where(RoundInvitation.organisation_id == actor.organisation_id, RoundInvitation.invited.is_(True))
        .where(Project.stage == Stage.PUBLISHED, Project.closes_at > now)
        .order_by(Project.closes_at)
    )
    return [
        (each, own_offer(session, actor, each) is not None)
        for each in session.scalars(statement)
        if not has_left(session, actor.organisation_id, each.parent_id or 0)
    ]


def own_offer(session: Session, actor: Actor, round_: Project) -> Bid | None:
    """The actor's own effective offer in a round."""
    return session.scalars(
        select(Bid)
        .where(Bid.project_id == round_.id, Bid.organisation_id == actor.organisation_id)
        .where(Bid.state == BidState.EFFECTIVE)
    ).first()


def own_rounds(session: Session, actor: Actor, parent_id: int) -> list[Project]:
    """The rounds of a negotiation to which the actor's organisation was invited, in order."""
    return [
        each
        for each in round_projects(session, parent_id)
        if each.stage is Stage.PUBLISHED and is_invited(session, actor.organisation_id, each.id)
    ]


def own_response(session: Session, actor: Actor, parent_id: int) -> Bid | None:
    """The actor's own effective response to a negotiation."""
    return session.scalars(
        select(Bid)
        .where(Bid.project_id == parent_id, Bid.organisation_id == actor.organisation_id)
        .where(Bid.state == BidState.EFFECTIVE)
    ).first()


def call_of(round_: Project) -> dict[str, Any]:
    """What was sent to the invited: the text whose hash stands in the round's log."""
    found: dict[str, Any] = loads(round_.notice or "{}")
    return found
