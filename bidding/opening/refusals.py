"""Files of shares that were not taken: the log says when, in which seat's name, why, and whether that seat had signed it.

A refusal undoes its transaction, so that it is kept in another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.clock import from_unix
from bidding.core.errors import N_, DomainError
from bidding.core.signing import verify_object
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.opening import policy, rules
from bidding.opening.batches import TAG, parse_batch
from bidding.opening.policy import Permission
from bidding.opening.queries import Hall
from bidding.opening.service import locked, require_closed
from bidding.sealing.panel import Panel, Seat
from bidding.submissions.queries import panel_of

#: Kind of the note (docs/spec/opening.md).
KIND = "shares-refused"
#: Why, as the record says it.
WHY = {
    rules.BadBatch.code: N_("内容核对不上，整份没有收下"),
    rules.OtherProject.code: N_("是为另一个项目做的"),
    rules.OtherCheckpoint.code: N_("对应的封箱记录不是本次的"),
    rules.SeatTaken.code: N_("该席已交过，这一份与之不同"),
}
#: Whose doing it is, by whether the seat had signed what is in the file.
WHOSE = {
    True: N_("签名是该席的，由该席说明原因"),
    False: N_("签名不是该席的：文件被改过，或不是该席做的"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One file that was not taken. ``seat`` is whose name it bears: None where the panel has no such seat."""

    at: datetime
    seat: Seat | None
    why: str
    #: Whether the seat's own key had signed what was in it: only then is it the trustee's doing.
    signed: bool
    sha256: str
    #: The opening that it says it is for.
    stage: int


def keep(tx: Tx, project_uid: str, value: object, error: DomainError) -> None:
    """Log that a batch was refused for what is in it; the same file once. What is no batch names nobody, and is not."""
    if error.code not in WHY:
        return
    try:
        given = parse_batch(value)
    except Malformed:
        return
    gate, project, book = locked(tx, project_uid)
    policy.require(tx.actor, Permission.SHARES_HAND_IN, agency_id=project.agency_id)
    require_closed(tx.session, gate)
    sha256 = hashlib.sha256(dumps(given.value)).hexdigest()
    if any(each.sha256 == sha256 for each in _refused(tx.session, book.id, panel_of(project))):
        return
    parts = given.batch
    seat = _seat(panel_of(project), parts["i"])
    data = {
        "i": parts["i"],
        "stage": parts["stage"],
        "public": parts["public"],
        "sha256": sha256,
        "code": error.code,
        "signed": seat is not None and verify_object(seat.sign, TAG, parts, given.sig),
    }
    ledger.record(tx, book, EventType.NOTE, kind=KIND, data=data)


def of_hall(session: Session, found: Hall, stage: int) -> Sequence[Refused]:
    """Every file for one opening that was not taken in a hall, as they came."""
    assert found.project.log_id is not None  # noqa: S101 — a published project
    every = _refused(session, found.project.log_id, found.panel)
    return [each for each in every if _meant(each, found, stage)]


def _meant(each: Refused, found: Hall, stage: int) -> bool:
    """Whether a file was for this opening; one for an opening that there is none of counts with the first."""
    known = each.stage in found.panel.stages
    return each.stage == stage if known else stage == rules.FIRST


def _refused(session: Session, log_id: int, panel: Panel) -> Sequence[Refused]:
    notes = session.scalars(
        select(Leaf.event).where(Leaf.log_id == log_id, Leaf.type == EventType.NOTE.value).order_by(Leaf.idx)
    )
    found = []
    for event in map(loads, notes):
        if event["kind"] == KIND:
            data = event["data"]
            seat = _seat(panel, data["i"])
            found.append(
                Refused(
                    from_unix(event["at"]),
                    seat,
                    WHY[data["code"]],
                    data["signed"],
                    data["sha256"],
                    data["stage"],
                )
            )
    return found


def _seat(panel: Panel, number: int) -> Seat | None:
    return next((seat for seat in panel.seats if seat.i == number), None)
