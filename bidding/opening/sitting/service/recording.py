"""The opening record (开标记录) is closed and signed."""

from __future__ import annotations

from sqlalchemy import select

from bidding.core.canonical import dumps
from bidding.db.uow import Tx
from bidding.opening import policy
from bidding.opening.policy import Permission
from bidding.opening.rules import FIRST
from bidding.opening.service import locked
from bidding.opening.sitting import ceremony, document, queries, rules
from bidding.opening.sitting.models import (
    RecordSignature,
    Sitting,
)
from bidding.opening.sitting.rules import Capacity
from bidding.opening.sitting.service.steps import (
    account_of,
    as_staff,
    one_line,
    open_sitting,
    present,
    say,
)


def close_record(tx: Tx, uid: str, *, stage: int = FIRST) -> Sitting:
    """Write the opening record (开标记录) as it will be signed. Raises ``Unanswered``, ``OutOfTurn``."""
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    view = queries.view(tx.session, project, told=True, stage=stage)
    if view.unanswered:
        raise rules.Unanswered(count=len(view.unanswered))
    body = dumps(document.record(tx.session, project, view, stage)).decode()
    sha256 = ceremony.sha_of(body)
    sitting = say(tx, gate, project, book, ceremony.RECORD, {"sha256": sha256}, stage=stage)
    sitting.record, sitting.record_sha256, sitting.recorded_at = body, sha256, tx.now
    tx.session.flush()
    return sitting


def sign_record(tx: Tx, uid: str, *, name: str, sha256: str, stage: int = FIRST) -> RecordSignature:
    """Sign the record by typing one's own name. Raises ``OtherName``, ``OtherRecord``, ``SignedAlready``."""
    gate, project, book = locked(tx, uid)
    capacity = policy.capacity(tx.actor, agency_id=project.agency_id)
    bids = list(present(tx, project, stage).bids) if capacity is Capacity.TENDERER else []
    sitting = open_sitting(tx, gate, project, stage)
    if sitting.record_sha256 is None:
        raise rules.OutOfTurn
    if sha256 != sitting.record_sha256:
        raise rules.OtherRecord
    if one_line(name) != tx.actor.name:
        raise rules.OtherName(field="name", name=tx.actor.name)
    signed = select(RecordSignature.id).where(
        RecordSignature.project_id == project.id, RecordSignature.stage == stage
    )
    by = RecordSignature.account_id == tx.actor.account_id
    if capacity is Capacity.TENDERER:  # one signature for a unit, whoever of it gives it
        by = RecordSignature.organisation_id == tx.actor.organisation_id
    if tx.session.scalar(signed.where(by)) is not None:
        raise rules.SignedAlready
    note = {"record": sha256, "as": capacity.value, "bids": bids}
    say(tx, gate, project, book, ceremony.SIGNATURE, note, stage=stage)
    assert tx.actor.organisation_id is not None  # noqa: S101 — everybody is of a unit
    row = RecordSignature(
        project_id=project.id,
        stage=stage,
        account_id=account_of(tx),
        organisation_id=tx.actor.organisation_id,
        capacity=capacity,
        name=tx.actor.name,
        record_sha256=sha256,
        signed_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row
