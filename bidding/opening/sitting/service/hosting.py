"""The host takes the sitting from step to step."""

from __future__ import annotations

from bidding.core.clock import from_unix, unix
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.opening import rules as openings
from bidding.opening.policy import Permission
from bidding.opening.rules import FIRST
from bidding.opening.service import record_of, require_closed
from bidding.opening.sitting import ceremony, queries, rules
from bidding.opening.sitting.models import (
    Sitting,
    SpotObjection,
)
from bidding.opening.sitting.queries import Guest
from bidding.opening.sitting.rules import Capacity
from bidding.opening.sitting.service.steps import (
    account_of,
    as_staff,
    say,
    words_of,
)
from bidding.opening.stages import require_reviewed
from bidding.submissions.rules import GateState
from bidding.tenders.rules import stages


def publish_list(tx: Tx, uid: str, *, stage: int = FIRST) -> Sitting:
    """Publish who bid (公布投标人名单), or at a later opening who passed. From here its time moves no more, as with
    its first opening package.

    Raises ``NotClosed``, ``TooEarly``, ``NothingToOpen``, ``OutOfTurn``; at a later opening ``TooEarlyForResult``,
    ``NotReviewed``, ``NobodyPassed``, ``Unfinished``.
    """
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    require_closed(tx.session, gate)
    if stage not in stages(project.envelopes):
        raise NotFound
    record = record_of(tx.session, book)
    opens_at = from_unix(record.opens_at(stage))
    if tx.now < opens_at:
        raise (openings.TooEarly if stage == FIRST else rules.TooEarlyForResult)(opens=opens_at)
    if not record.to_be_opened():
        raise openings.NothingToOpen(least=record.panel.min_bids)
    require_reviewed(record, stage)
    if any(record.sittings[before].is_under_way for before in range(FIRST, stage)):
        raise rules.Unfinished
    here = {bid: guest for guest in queries.guests(tx.session, project, stage) for bid in guest.bids}
    bids = [{"bid": bid.uid, "present": _way(here[bid.uid])} for bid in record.to_be_opened()]
    sitting = say(tx, gate, project, book, ceremony.LIST, {"bids": bids}, record, stage=stage)
    sitting.listed_at, sitting.listed_by_id = tx.now, account_of(tx)
    if gate.state is GateState.CLOSED:
        gate.state = GateState.OPENING
    tx.session.flush()
    return sitting


def _way(guest: Guest) -> str | None:
    return None if guest.attendance is None else guest.attendance.way.value


def read_next(tx: Tx, uid: str, place: int, *, stage: int = FIRST) -> Sitting:
    """Read out the sheet at ``place``, the one after the last. Pressed twice it is read once.

    Where the box was opened before anybody published the list, the list comes first.
    """
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    sitting = queries.sitting_of(tx.session, project.id, stage)
    if sitting is not None and sitting.read == place:
        return sitting
    if sitting is None or sitting.listed_at is None:
        publish_list(tx, uid, stage=stage)
    sitting = say(tx, gate, project, book, ceremony.READ, {"place": place}, stage=stage)
    sitting.read, sitting.read_at = place, tx.now
    return sitting


def close_lines(tx: Tx, uid: str, *, stage: int = FIRST) -> Sitting:
    """End the confirmations: who has said nothing accepts, and the record says so."""
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    sitting = say(tx, gate, project, book, ceremony.LINES_CLOSED, {}, stage=stage)
    sitting.lines_closed_at = tx.now
    return sitting


def answer(tx: Tx, uid: str, objection_id: int, words: str) -> SpotObjection:
    """Answer an objection on the spot. Raises ``WordsMissing``, ``OutOfTurn``."""
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    said = words_of(words, "answer")
    row = tx.session.get(SpotObjection, objection_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    made = ceremony.answer_doc(objection=row.sha256, words=said, at=unix(tx.now))
    note = {"objection": row.sha256, "sha256": ceremony.digest(made)}
    say(tx, gate, project, book, ceremony.ANSWER, note, stage=row.stage)
    row.answer, row.answered_at, row.answered_by_id = said, from_unix(made["at"]), account_of(tx)
    return row


def end(tx: Tx, uid: str, *, stage: int = FIRST) -> Sitting:
    """End the sitting. Raises ``NotSignedYet``, ``OutOfTurn``."""
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    view = queries.view(tx.session, project, told=True, stage=stage)
    signed = {each.capacity for each in view.signatures}
    for capacity in (Capacity.HOST, Capacity.SUPERVISOR):
        if view.sitting is not None and view.sitting.record and capacity not in signed:
            raise rules.NotSignedYet(who=rules.CAPACITY_WORDS[capacity])
    sitting = say(tx, gate, project, book, ceremony.END, {}, stage=stage)
    sitting.ended_at = tx.now
    return sitting
