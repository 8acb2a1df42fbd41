"""A later deadline of a published project, which two seats of its panel have signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bidding.core.canonical import sha
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose
from bidding.tenders import bookings, queries
from bidding.tenders.models import Project

#: What a ``notice`` leaf speaks of: the text of a correction notice (更正公告).
CORRECTION_KIND = "correction"


def move_dates(
    tx: Tx, project: Project, *, closes_at: datetime, opens: Sequence[datetime], notice: str
) -> str:
    """Move the dates and log the correction notice; its SHA-256 in hex.

    What rooms are booked for it go with it (``rooms.service.move_bookings``).

    ``opens`` are the instants of the openings, one for each envelope of a bid; ``notice`` is the text (JCS) that everybody can read. The first notice stays as it was hashed.
    """
    if project.log_id is None:
        raise NotFound
    digest = sha(notice).hex()
    was = project.opens_at, project.prices_open_at
    project.closes_at, project.opens_at, *prices = closes_at, *opens
    project.prices_open_at = prices[0] if prices else None
    ledger.record(
        tx, tx.session.get_one(Log, project.log_id), EventType.NOTICE, kind=CORRECTION_KIND, sha256=digest
    )
    _move_rooms(tx, project, was)
    return digest


def _move_rooms(tx: Tx, project: Project, was: tuple[datetime | None, datetime | None]) -> None:
    """Whatever moves a published project's dates moves its rooms in the same transaction, or tells whose cannot."""
    shifts = {
        purpose: now - then
        for purpose, then, now in zip(
            (Purpose.OPENING, Purpose.PRICES), was, (project.opens_at, project.prices_open_at), strict=True
        )
        if then is not None and now is not None
    }
    rooms.move_bookings(tx, bookings.named_of(project), shifts, calendar=queries.calendar(tx.session))
