"""A tender that takes bids on paper, and what people do with bags: for the tests of the window, the hall and the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bidding.opening.paper import service as readings
from bidding.story.cast import tenderer
from bidding.story.play import FACTS, Tender, Told
from bidding.submissions.paper import service as window
from bidding.submissions.paper.rules import Sealing

ROOT = Path(__file__).parent.parent
#: A sheet as two persons type it, the second with other spaces and commas.
TYPED = {
    "price_fen": "11,900,000.00",
    "days": "180",
    "quality": "合格",
    "lead": "王经理 川1512020000009",
    "validity_days": "90",
}
TYPED_AGAIN = TYPED | {"price_fen": "11900000", "quality": " 合格 "}


def publish(centre, folder) -> Tender:
    """A published tender that takes bids on paper, four days before its deadline."""
    made = Tender(centre, folder, Told(), facts=replace(FACTS, paper_bids=True))
    made.publish([ROOT / "pyproject.toml"])
    centre.wait(timedelta(days=20))
    centre.cosign()
    return made


def bring(made: Tender, number: int, *, login="wang", sealing=Sealing.WHOLE, arrived_at=None, **more):
    """Hand a tenderer's bag in at the window; the bag, or the attempt that was sent away."""
    unit, _ = tenderer(number)
    with made.centre.act(login) as tx:
        taken = window.take_in(
            tx,
            made.uid,
            **{"lot": "1", "uscc": unit.uscc, "deliverer": "送件人", "copies": 2, **more},
            sealing=sealing,
            arrived_at=arrived_at or tx.now,
        )
        tx.session.expunge_all()
    return taken


def read(made: Tender, bag: str, login: str, *, void="", **fields):
    """One person's reading of a bag in the hall."""
    with made.centre.act(login) as tx:
        return readings.enter(tx, made.uid, bag, given={} if void else TYPED | fields, void=void).done
