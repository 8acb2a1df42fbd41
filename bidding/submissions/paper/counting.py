"""What bags count for: one effective bid for each lot and tenderer, and of two the data message (电子招标投标办法 62).

Until the close is settled nothing of a bag stands among the bids, so that nothing that a tenderer does on line can tell
that there is one.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.submissions.models import Bid
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import BagState
from bidding.submissions.rules import BidState
from bidding.tenders.models import Project


def held(tx: Tx, project: Project) -> int:
    """How many bags the window holds. For the close's own count only."""
    found = select(func.count(Bag.id)).where(Bag.project_id == project.id, Bag.state != BagState.BACK)
    return tx.session.scalar(found) or 0


def settle(tx: Tx, project: Project, book: Log) -> None:
    """Make every bag that counts a bid, and log those that do not."""
    bags = tx.session.scalars(
        select(Bag).where(Bag.project_id == project.id, Bag.state == BagState.HELD).order_by(Bag.leaf_id)
    ).all()
    for bag in bags:
        sealed = tx.session.scalar(
            select(Bid).where(
                Bid.lot_id == bag.lot_id,
                Bid.organisation_id == bag.organisation_id,
                Bid.state == BidState.EFFECTIVE,
                Bid.on_paper.is_(False),
            )
        )
        if sealed is not None:
            ledger.record(tx, book, EventType.PAPER_DOUBLE, bag=bag.uid, bid=sealed.uid)
            bag.state, bag.double_bid_id = BagState.DOUBLE, sealed.id
            continue
        bag.bid = Bid(
            uid=bag.uid,
            reference=bag.reference,
            project_id=project.id,
            lot_id=bag.lot_id,
            organisation_id=bag.organisation_id,
            account_id=bag.account_id,
            idempotency_key=bag.uid,
            manifest="",
            sig="",
            received_at=bag.received_at,
            leaf_id=bag.leaf_id,
            on_paper=True,
        )
    tx.session.flush()


def unsettle(tx: Tx, project: Project) -> None:
    """The deadline has moved: bags are bags again, and what counts is asked anew at the next close."""
    tx.session.execute(
        update(Bag)
        .where(Bag.project_id == project.id, Bag.state != BagState.BACK)
        .values(state=BagState.HELD, bid_id=None, double_bid_id=None)
    )
    tx.session.execute(delete(Bid).where(Bid.project_id == project.id, Bid.on_paper.is_(True)))
