"""Reading an opening. Before the close nothing here says so much as how many bid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bidding.core.canonical import loads
from bidding.opening.models import OpenedEnvelope, ShareBatch
from bidding.submissions.models import Bid


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened sheet as the hall reads it out; without fields where the envelope could not be opened."""

    place: int
    lot_code: str
    bid_uid: str
    tenderer_name: str
    tenderer_uscc: str
    fields: Mapping[str, Any]
    sha256: str | None
    verdict: str | None
    evidence: Mapping[str, Any]
    received_at: datetime
    opened_at: datetime


def batches(session: Session, project_id: int) -> Sequence[ShareBatch]:
    """Every batch that was taken, as they came."""
    return session.scalars(
        select(ShareBatch).where(ShareBatch.project_id == project_id).order_by(ShareBatch.id)
    ).all()


def opened(session: Session, project_id: int) -> list[Sheet]:
    """Every public envelope that was opened, in order of receipt; empty before the opening."""
    return list(_opened(session, project_id))


def sheets(session: Session, project_id: int) -> list[Sheet]:
    """Those of them whose sheet could be read."""
    return [sheet for sheet in _opened(session, project_id) if sheet.verdict is None]


def _opened(session: Session, project_id: int) -> Iterator[Sheet]:
    rows = session.scalars(
        select(OpenedEnvelope)
        .where(OpenedEnvelope.project_id == project_id)
        .options(joinedload(OpenedEnvelope.bid).joinedload(Bid.lot))
        .options(joinedload(OpenedEnvelope.bid).joinedload(Bid.organisation))
        .order_by(OpenedEnvelope.stage, OpenedEnvelope.place, OpenedEnvelope.id)
    )
    for row in rows:
        said = loads(row.sheet) if row.sheet is not None else None
        tenderer = said["tenderer"] if said else {}
        yield Sheet(
            place=row.place,
            lot_code=row.bid.lot.code,
            bid_uid=row.bid.uid,
            tenderer_name=tenderer.get("name") or row.bid.organisation.name,
            tenderer_uscc=tenderer.get("uscc") or row.bid.organisation.uscc,
            fields=said["fields"] if said else {},
            sha256=row.sha256,
            verdict=row.verdict,
            evidence=loads(row.evidence) if row.evidence else {},
            received_at=row.bid.received_at,
            opened_at=row.opened_at,
        )
