"""The bids section (bids extension): how many there were and whose, from the opening on and never before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from bidding.opendata.facts import Fact, Offer
from bidding.opendata.ocds import parties
from bidding.opendata.ocds.parts import instant, pruned, value


def section(fact: Fact, known: Collection[Offer]) -> dict[str, Any]:
    """The bids section of an opening: each bid with what was read out of it, and how many there are by lot.

    ``known`` are all that were read out so far: at a second opening, not everybody's is.
    """
    at = instant(fact.at)
    counted = Counter(offer.lot for offer in known)
    return {
        "statistics": [
            {"id": f"bids-{lot}", "measure": "bids", "date": at, "value": count, "relatedLot": lot}
            for lot, count in sorted(counted.items())
        ],
        "details": [
            pruned(
                {
                    "id": offer.bid,
                    "date": instant(offer.received_at),
                    "tenderers": [parties.reference(offer.name, offer.uscc)],
                    "value": value(offer.fen),
                    "relatedLots": [offer.lot],
                }
            )
            for offer in fact.offers
        ],
    }


def tenderers(offers: Collection[Offer]) -> list[dict[str, Any]]:
    """Who bid, each once, as entries of ``parties``."""
    found = {offer.uscc or offer.name: offer for offer in offers}
    return [parties.party(offer.name, offer.uscc, roles=["tenderer"]) for offer in found.values()]
