"""Sheets that were opened, and the shares that opened them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.identity.models import Organisation
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.opening import rules
from bidding.opening.models import OpenedEnvelope, ShareBatch
from bidding.opening.review import REVIEW
from bidding.submissions.models import Bid
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import stages


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened sheet as the hall reads it out; without fields where the envelope could not be opened."""

    stage: int
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
    #: Typed by two persons from a bag, not decrypted.
    on_paper: bool = False
    #: By what it was opened after the others, ``key`` or ``shares``, and when.
    late_by: str | None = None
    late_at: datetime | None = None


def batches(session: Session, project_id: int) -> Sequence[ShareBatch]:
    """Every batch that was taken, as they came."""
    return session.scalars(
        select(ShareBatch).where(ShareBatch.project_id == project_id).order_by(ShareBatch.id)
    ).all()


def opened(session: Session, project_id: int, stage: int = rules.FIRST) -> list[Sheet]:
    """Every public envelope of a stage that was opened, in order of receipt; empty before the opening."""
    return [sheet for sheet in _opened(session, project_id) if sheet.stage == stage]


def priced(session: Session, project: Project) -> list[Sheet]:
    """Every envelope with a price that was opened, in order of receipt; empty before that opening."""
    return opened(session, project.id, stages(project.envelopes)[-1])


def sheets(session: Session, project: Project) -> list[Sheet]:
    """Those with a price whose sheet could be read."""
    return [sheet for sheet in priced(session, project) if sheet.verdict is None]


def place_of(session: Session, bid_uid: str) -> int | None:
    """Where a bid's sheet stands among those opened, in the order of receipt; None before the opening."""
    return session.scalar(
        select(OpenedEnvelope.place)
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .where(Bid.uid == bid_uid)
        .order_by(OpenedEnvelope.stage)
        .limit(1)
    )


#: Columns and no objects: a hall of a thousand rows is shown to everybody at the same moment.
_OPENED = (
    select(
        OpenedEnvelope.stage,
        OpenedEnvelope.place,
        OpenedEnvelope.sheet,
        OpenedEnvelope.sha256,
        OpenedEnvelope.verdict,
        OpenedEnvelope.evidence,
        OpenedEnvelope.opened_at,
        OpenedEnvelope.late_by,
        OpenedEnvelope.late_at,
        Bid.uid,
        Bid.received_at,
        Bid.on_paper,
        Lot.code,
        Organisation.name,
        Organisation.uscc,
    )
    .join(Bid, Bid.id == OpenedEnvelope.bid_id)
    .join(Lot, Lot.id == Bid.lot_id)
    .join(Organisation, Organisation.id == Bid.organisation_id)
    .where(OpenedEnvelope.project_id == bindparam("project"))
    .order_by(OpenedEnvelope.stage, OpenedEnvelope.place, OpenedEnvelope.id)
)


def _opened(session: Session, project_id: int) -> Iterator[Sheet]:
    for row in session.execute(_OPENED, {"project": project_id}):
        (stage, place, sheet, sha256, verdict, evidence, opened_at, late_by, late_at, *bid) = row
        uid, received_at, on_paper, lot, name, uscc = bid
        said = loads(sheet) if sheet is not None else None
        tenderer = said["tenderer"] if said else {}
        yield Sheet(
            stage=stage,
            place=place,
            lot_code=lot,
            bid_uid=uid,
            tenderer_name=tenderer.get("name") or name,
            tenderer_uscc=tenderer.get("uscc") or uscc,
            fields=said["fields"] if said else {},
            sha256=sha256,
            verdict=verdict,
            evidence=loads(evidence) if evidence else {},
            received_at=received_at,
            opened_at=opened_at,
            on_paper=on_paper,
            late_by=late_by,
            late_at=late_at,
        )


def stays_sealed(session: Session, project: Project) -> dict[str, str] | None:
    """Bids that did not pass what was opened first, with the reasons, as the log says; None before it says so."""
    notes = session.scalars(
        select(Leaf.event)
        .where(Leaf.log_id == project.log_id, Leaf.type == EventType.NOTE.value)
        .order_by(Leaf.idx.desc())
    )
    for event in map(loads, notes):
        if event["kind"] == REVIEW:
            return {item["bid"]: item["reason"] for item in event["data"]["sealed"]}
    return None


def nobody_passed(session: Session, project: Project) -> bool:
    """Whether the first of two envelopes was opened and everybody failed: then no price is ever opened."""
    sealed = stays_sealed(session, project)
    return sealed is not None and {sheet.bid_uid for sheet in opened(session, project.id)} <= sealed.keys()


def is_later_to_come() -> ColumnElement[bool]:
    """Of a project: it has a second envelope, and that is not open."""
    later = exists().where(OpenedEnvelope.project_id == Project.id, OpenedEnvelope.stage > rules.FIRST)
    return and_(Project.prices_open_at.is_not(None), ~later)
