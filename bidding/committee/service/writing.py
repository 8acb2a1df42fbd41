"""What every act on a committee does: note what was done without a name."""

from __future__ import annotations

from typing import Any

from bidding.committee.models import Member
from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log


def note(tx: Tx, log: Log, kind: str, **data: Any) -> None:
    """Note an act in the project's log."""
    ledger.record(tx, log, EventType.NOTE, kind=kind, data=data)


def sealed(tx: Tx, one: Member) -> str:
    """A digest that stands for a member: names are few, so sixteen bytes go with them and are kept nowhere."""
    said = [one.uid, one.name, one.unit, unix(tx.now), tx.entropy.bytes(16).hex()]
    return sha(dumps(said)).hex()
