"""Reading the bags of an opening. Nothing of them before the sheets are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.opening.models import OpenedEnvelope
from bidding.opening.paper import rules
from bidding.opening.paper.models import BagEntry
from bidding.opening.queries import failed_lots
from bidding.submissions.models import Bid
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import BagState
from bidding.tenders.models import Lot, Project


@dataclass(frozen=True, slots=True)
class BagView:
    """A bag to be opened and how far it is read. ``typed_by`` typed first in this round and waits for another.

    ``differing`` are the fields in which the last round did not agree.
    """

    bag: Bag
    done: bool
    typed_by: int | None
    rounds: int
    differing: Sequence[str]


def bags(session: Session, project: Project) -> list[BagView]:
    """The bags to be opened, in order of receipt. The caller has seen that the sheets are open."""
    found = session.execute(
        select(Bag, exists().where(OpenedEnvelope.bid_id == Bag.bid_id))
        .join(Bid, Bid.id == Bag.bid_id)
        .join(Lot, Lot.id == Bag.lot_id)
        .where(Bag.project_id == project.id, Lot.code.not_in(failed_lots(session, project)))
        .options(joinedload(Bag.lot), joinedload(Bag.organisation))
        .order_by(Bag.leaf_id)
    )
    return [_view(session, bag, done=done) for bag, done in found]


def _view(session: Session, bag: Bag, *, done: bool) -> BagView:
    rows = entries(session, bag.id)
    last = [each for each in rows if each.round == rows[-1].round] if rows else []
    differing = _differing(rows, rows[-1].round - (len(last) == 1)) if rows and not done else []
    return BagView(
        bag, done, last[0].account_id if len(last) == 1 else None, rows[-1].round if rows else 0, differing
    )


def _differing(rows: Sequence[BagEntry], number: int) -> list[str]:
    pair = [loads(each.body) for each in rows if each.round == number]
    return rules.differing(*pair) if len(pair) == 2 else []


def entries(session: Session, bag_id: int) -> Sequence[BagEntry]:
    """What was typed of a bag, as it was typed."""
    return session.scalars(select(BagEntry).where(BagEntry.bag_id == bag_id).order_by(BagEntry.id)).all()


def bag(session: Session, project: Project, uid: str) -> BagView:
    """One of them. Raises ``NotFound``."""
    for view in bags(session, project):
        if view.bag.uid == uid:
            return view
    raise NotFound


def doubles(session: Session, project: Project) -> Sequence[Bag]:
    """The bags that stay shut beside a sealed bid of the same tenderer, in order of receipt; asked as ``bags`` is."""
    return session.scalars(
        select(Bag)
        .join(Lot, Lot.id == Bag.lot_id)
        .where(
            Bag.project_id == project.id,
            Bag.state == BagState.DOUBLE,
            Lot.code.not_in(failed_lots(session, project)),
        )
        .options(joinedload(Bag.lot), joinedload(Bag.organisation))
        .order_by(Bag.leaf_id)
    ).all()


def waiting(session: Session, project: Project) -> int:
    """How many bags to be opened are not read to the end."""
    return sum(waiting_by_lot(session, project).values())


def waiting_by_lot(session: Session, project: Project) -> dict[str, int]:
    """The same for every lot that has such bags, by its code."""
    failed = failed_lots(session, project)
    found = session.execute(
        select(Lot.code, func.count(Bag.id))
        .join(Bag, Bag.lot_id == Lot.id)
        .where(
            Bag.project_id == project.id,
            Bag.bid_id.is_not(None),
            Lot.code.not_in(failed),
            ~exists().where(OpenedEnvelope.bid_id == Bag.bid_id),
        )
        .group_by(Lot.code)
    )
    return dict(found.all())


def lots_with_bags_to_type() -> Select[int]:
    """Ids of the lots that have such bags, for a condition; of those that failed unopened as well: nothing is read of them."""
    return select(Bag.lot_id).where(
        Bag.bid_id.is_not(None), ~exists().where(OpenedEnvelope.bid_id == Bag.bid_id).correlate(Bag)
    )
