"""Reading trustees: who stands, who can open today, whom a project may ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.core.actor import Actor
from bidding.core.errors import NotFound
from bidding.sealing import policy, rules
from bidding.sealing.models import Drill, PanelDefault, PanelPlace, Trustee
from bidding.sealing.rules import Candidate, Proposal, State


@dataclass(frozen=True, slots=True)
class Standing:
    """A trustee, how it stands, and until when its drill counts."""

    trustee: Trustee
    state: State
    valid_until: datetime | None
    #: The drill that waits for its answer, if one does.
    asked: Drill | None

    @property
    def passed_at(self) -> datetime | None:
        """When the key was last seen to work."""
        return max(
            (each.passed_at for each in self.trustee.drills if each.passed_at is not None), default=None
        )

    @property
    def candidate(self) -> Candidate:
        """What the composition of a panel hangs on."""
        trustee = self.trustee
        return Candidate(trustee.uid, trustee.name, trustee.role, trustee.organisation.name, self.state)


def standing_of(trustee: Trustee, now: datetime) -> Standing:
    """How a trustee stands now."""
    terms = [drill.valid_until for drill in trustee.drills if drill.valid_until is not None]
    valid_until = max(terms, default=None)
    waiting = [
        drill
        for drill in trustee.drills
        if drill.passed_at is None and rules.awaits_answer(drill.asked_at, now)
    ]
    state = rules.state(
        confirmed_at=trustee.confirmed_at, retired_at=trustee.retired_at, valid_until=valid_until, now=now
    )
    return Standing(trustee, state, valid_until, waiting[-1] if waiting else None)


def _whole() -> Select[Trustee]:
    return select(Trustee).options(
        joinedload(Trustee.organisation),
        joinedload(Trustee.account),
        joinedload(Trustee.proposed_by),
        selectinload(Trustee.drills),
    )


def _standings(session: Session, query: Select[Trustee], now: datetime) -> list[Standing]:
    found = [standing_of(each, now) for each in session.scalars(query)]
    place = {candidate.uid: n for n, candidate in enumerate(rules.in_order(each.candidate for each in found))}
    return sorted(found, key=lambda each: place[each.trustee.uid])


def standing_trustees(session: Session, now: datetime) -> list[Standing]:
    """The standing set: confirmed and not retired, in the order of the seats."""
    return _standings(
        session, _whole().where(Trustee.confirmed_at.is_not(None), Trustee.retired_at.is_(None)), now
    )


def proposed_trustees(session: Session, now: datetime) -> list[Standing]:
    """Those who wait for a second person."""
    return _standings(session, _whole().where(Trustee.confirmed_at.is_(None)), now)


def retired_trustees(session: Session, now: datetime) -> list[Standing]:
    """Those who were trustees; panels that name them keep them."""
    return _standings(session, _whole().where(Trustee.retired_at.is_not(None)), now)


def own_trustees(session: Session, actor: Actor, now: datetime) -> list[Standing]:
    """The standing trustees whose keys the actor keeps."""
    query = _whole().where(
        Trustee.account_id == actor.account_id,
        Trustee.confirmed_at.is_not(None),
        Trustee.retired_at.is_(None),
    )
    return [] if actor.account_id is None else _standings(session, query, now)


def eligible(session: Session, agency_id: int, now: datetime) -> list[Standing]:
    """Whom a project of that agency may ask: the centre's standing set, and of agencies only its own."""
    query = _whole().where(
        Trustee.confirmed_at.is_not(None),
        Trustee.retired_at.is_(None),
        or_(Trustee.role != "agency", and_(Trustee.role == "agency", Trustee.organisation_id == agency_id)),
    )
    return _standings(session, query, now)


def default_panel(session: Session, agency_id: int, now: datetime) -> tuple[list[str], int]:
    """The uids and the k that a project of that agency is offered; empty and 0 where none can be made."""
    found = proposal(session, agency_id, now)
    return found.seats, found.k


def proposal(session: Session, agency_id: int, now: datetime) -> Proposal:
    """The centre's default panel as it can sit for that agency today; where none is set, one by the roles alone."""
    candidates = [each.candidate for each in eligible(session, agency_id, now)]
    default = session.get(PanelDefault, 1)
    if default is None:
        return Proposal(*rules.suggest(candidates))
    return rules.propose(ranks(session), default.k, candidates)


def ranks(session: Session) -> dict[str, int]:
    """The default panel: rank by trustee's uid. Whoever is retired has lost its place."""
    rows = session.execute(
        select(Trustee.uid, PanelPlace.rank)
        .join(PanelPlace, PanelPlace.trustee_id == Trustee.id)
        .where(Trustee.retired_at.is_(None))
    )
    return dict(rows.all())


def rankable(session: Session, now: datetime) -> list[Standing]:
    """Whom the default panel may name: the centre's standing set without the agencies' own."""
    return [each for each in standing_trustees(session, now) if each.trustee.role != "agency"]


def default_k(session: Session) -> int | None:
    """How many open by the default; None where none is set."""
    default = session.get(PanelDefault, 1)
    return None if default is None else default.k


def by_keys(session: Session, pubs: Collection[str], now: datetime) -> dict[str, Standing]:
    """The holders of these public keys (hex), retired ones too: a panel keeps whoever it names."""
    found = session.scalars(_whole().where(Trustee.pub.in_(pubs)))
    return {each.pub: standing_of(each, now) for each in found}


def trustee(session: Session, uid: str, *, lock: bool = False) -> Trustee:
    """One trustee, whatever its state; held until the end of the transaction on request. Raises ``NotFound``."""
    query = _whole().where(Trustee.uid == uid)
    if lock:  # two who press at once come one after the other, and the second finds it done
        query = query.with_for_update(of=Trustee).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def trustees(session: Session, uids: Sequence[str]) -> list[Trustee]:
    """These trustees, in the order asked for. Raises ``NotFound`` if one is not there."""
    found = {each.uid: each for each in session.scalars(_whole().where(Trustee.uid.in_(uids)))}
    if found.keys() != set(uids):
        raise NotFound
    return [found[uid] for uid in dict.fromkeys(uids)]


def drill_for(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> Drill:
    """A drill that is the actor's to carry; another's looks like none. Raises ``NotFound``."""
    query = select(Drill).where(Drill.uid == uid).options(joinedload(Drill.trustee))
    if lock:
        query = query.with_for_update(of=Drill).execution_options(populate_existing=True)
    drill = session.scalar(query)
    if drill is None or not policy.may_drill(actor, drill.trustee.account_id):
        raise NotFound
    return drill
