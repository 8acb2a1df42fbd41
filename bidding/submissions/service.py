"""Stamping, accepting, replacing, withdrawing and closing. Every step is one short transaction (protocol §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.canonical import Malformed, exactly, loads
from bidding.core.clock import SHANGHAI, from_unix, unix
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.identity import service as identity
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.prequalification import service as prequalification
from bidding.sealing.manifest import check_withdrawal
from bidding.sealing.panel import Panel
from bidding.submissions import policy, queries, rules
from bidding.submissions.events import BidRefused, BidWithdrawn, GateClosed
from bidding.submissions.intake import Refused
from bidding.submissions.models import ArmedBid, Attempt, Bid, Gate, Intake
from bidding.submissions.paper import counting
from bidding.submissions.rules import BidState, GateState, Standing
from bidding.submissions.underway import Underway
from bidding.tenders.events import ProjectPublished
from bidding.tenders.models import Lot, Project
from bidding.tenders.rounds import queries as rounds

log = logging.getLogger(__name__)

_LOG = (
    select(Log)
    .join(Project, Project.log_id == Log.id)
    .where(Project.uid == bindparam("project"))
    .with_for_update(of=Log)
    .execution_options(populate_existing=True)
)
#: Asked by itself, after the log is locked: PostgreSQL would show a gate as it was before the wait.
_GATE = (
    select(Gate, Project)
    .join(Project, Project.id == Gate.project_id)
    .where(Project.uid == bindparam("project"))
    .execution_options(populate_existing=True)
)

#: Asked before a close is settled; may put the opening on hold. ``outages`` knows, which is above.
Watch = Callable[[Tx, Gate], Standing]


def open_gate(tx: Tx, event: ProjectPublished) -> None:
    """Set up the gate of a project that has just been published."""
    tx.session.add(Gate(project_id=event.project_id, closes_at=event.closes_at, next_due_at=event.closes_at))


def gate_of(tx: Tx, project_uid: str) -> tuple[Gate, Project, Log]:
    """The gate of a published project, with its log locked: whoever holds it is alone in this project."""
    book = tx.session.scalar(_LOG, {"project": project_uid})
    if book is None:
        raise NotFound
    tx.held.add(book)
    found = tx.session.execute(_GATE, {"project": project_uid}).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1], book


def stamp(tx: Tx, project_uid: str, arrived_at: datetime) -> int:
    """Stamp a message whose last byte arrived, and was durable, at ``arrived_at``; the id of its intake.

    The caller reads the clock before it waits for its turn, and the stamp is committed by itself, so that
    nothing that delays the decision can make a message late.
    """
    gate, project, _ = gate_of(tx, project_uid)
    at = next_stamp(tx, gate, arrived_at)
    intake = Intake(project_id=project.id, stamp_at=at)
    tx.session.add(intake)
    tx.session.flush()
    return intake.id


def next_stamp(tx: Tx, gate: Gate, arrived_at: datetime) -> datetime:
    """The stamp of a message in time; persisted, so that the next one is later.

    A message may have waited for its turn while later ones got theirs: only the clock of this turn shows a step.
    """
    if rules.stepped_back(tx.now, gate.last_stamp_at):
        log.error("the clock went back: it is %s after a stamp of %s", tx.now, gate.last_stamp_at)
    at = rules.stamp(arrived_at, gate.last_stamp_at)
    require_in_time(at, gate.state, gate.closes_at)
    gate.last_stamp_at = at
    return at


def require_in_time(at: datetime, state: GateState, closes_at: datetime) -> None:
    """Raise ``TooLate`` for what came at or after the deadline, ``Terminated`` for what came to a terminated tender."""
    if not rules.in_time(at, state=state, closes_at=closes_at):
        refusal = rules.Terminated if state is GateState.SHUT else rules.TooLate
        raise refusal(closes=shanghai(closes_at), stamp=shanghai(at))


def withdraw_bid(tx: Tx, bid_uid: str, proof: dict[str, Any], arrived_at: datetime) -> Bid:
    """Withdraw one's own bid, with ``{"withdrawal", "sig"}`` signed by the bid's own key. Final for that bid."""
    policy_check(tx.session, tx.actor)
    bid = tx.session.scalar(
        select(Bid).where(Bid.uid == bid_uid, Bid.organisation_id == tx.actor.organisation_id)
    )
    if bid is None:
        raise NotFound
    gate, _, book = gate_of(tx, bid.project.uid)
    tx.session.refresh(bid)
    at = next_stamp(tx, gate, arrived_at)
    becomes = rules.ended(bid.state, BidState.WITHDRAWN)
    try:
        exactly(proof, "withdrawal sig", "withdrawal file")
        check_withdrawal(proof["withdrawal"], proof["sig"], sign_pub_of(bid), *_panel(bid.project))
    except Malformed as error:
        raise Refused(reason=str(error)) from error
    leaf = ledger.append(
        tx,
        book,
        {"v": 1, "type": "withdraw", "at": unix(at), "withdrawal": proof["withdrawal"], "sig": proof["sig"]},
    )
    bid.state = becomes
    bid.ended_at = at
    bid.ended_leaf_id = leaf.id
    tx.emit(BidWithdrawn(bid.id))
    return bid


def _panel(project: Project) -> tuple[Panel, bytes]:
    """The panel a published project was bound to, and its hash."""
    if project.panel is None or project.panel_hash is None:
        raise NotFound
    return queries.panel_of(project), bytes.fromhex(project.panel_hash)


def record_attempt(
    tx: Tx, project_uid: str, error: DomainError, *, bid_uid: str | None = None, of: ArmedBid | None = None
) -> Attempt:
    """Keep a refused upload, with its reason; the log learns the code and nothing that names a tenderer.

    It is the actor's, or that of the tenderer who armed the bid ``of``. The error gets the attempt's number.
    """
    _, project, book = gate_of(tx, project_uid)
    attempt = Attempt(
        reference="R" + reference(tx),
        project_id=project.id,
        organisation_id=of.organisation_id if of else tx.actor.organisation_id,
        account_id=of.account_id if of else tx.actor.account_id,
        at=ledger.stamp(tx, book),
        code=error.code,
        reason=str(error),
        bid_uid=of.bid_uid if of else bid_uid,
    )
    error.reference = attempt.reference
    tx.session.add(attempt)
    ledger.append(tx, book, {"v": 1, "type": "attempt", "at": unix(attempt.at), "code": error.code})
    tx.emit(BidRefused(attempt.id))
    return attempt


def decide_nothing(tx: Tx, intake_id: int) -> None:
    """A stamped message was refused: the closer need not wait for it."""
    intake = tx.session.get_one(Intake, intake_id)
    intake.decided_at = tx.now


def close(tx: Tx, gate_id: int, *, token: str, clock_evidence: dict[str, Any], underway: Underway) -> bool:
    """Move the gate on at its deadline; whether the close record has been written. ``settle`` comes after it.

    First CLOSING, which drains what was stamped in time, and what this process has had in hand since before then
    (``underway``); then the ``close`` leaf, in the log's own order.
    ``token`` is the caller's lease: without it another worker has taken over. Like everybody, the closer takes the
    log's row first and the gate's after it: the other way round, PostgreSQL would break a deadlock with the last
    bids by refusing one of them.
    """
    gate = tx.session.get_one(Gate, gate_id)
    gate, project, book = gate_of(tx, gate.project.uid)
    if gate.lease_token != token or gate.state not in (GateState.OPEN, GateState.CLOSING):
        return False
    at = ledger.stamp(tx, book)
    waiting = tx.session.scalar(
        select(func.count(Intake.id)).where(
            Intake.project_id == project.id, Intake.decided_at.is_(None), Intake.stamp_at < gate.closes_at
        )
    )
    if gate.state is GateState.OPEN and at >= gate.closes_at:
        gate.state, gate.closing_at = GateState.CLOSING, at
    undecided = (waiting or 0) + underway.before(project.uid, gate.closes_at)
    if not rules.may_close(at, state=gate.state, closing_at=gate.closing_at, waiting=undecided):
        gate.lease_until = None  # the next tick asks again
        return False
    counts = _effective_by_lot(tx, project)
    leaf = ledger.append(
        tx,
        book,
        {
            "v": 1,
            "type": "close",
            "at": unix(at),
            "closes_at": unix(gate.closes_at),
            "count": sum(counts.values()) + counting.held(tx, project),
            "size": book.size,
            "root": ledger.root(tx.session, book, book.size).hex(),
            "clock": clock_evidence,
        },
    )
    gate.state = GateState.CLOSED
    gate.closed_at = at
    gate.close_index = leaf.idx
    book.next_cover_at = None
    return True


def settle(tx: Tx, gate_id: int, *, token: str, watch: Watch) -> bool:
    """Let a close stand for good, unless ``watch`` says otherwise; whether that happened now.

    Only now does the log say which lots failed, since after that no deadline can move; only now do others hear.
    """
    gate = tx.session.get_one(Gate, gate_id)
    gate, project, book = gate_of(tx, gate.project.uid)
    if gate.lease_token != token or gate.state is not GateState.CLOSED or gate.settled_at is not None:
        return False
    standing = Standing.HELD if gate.held_at is not None else watch(tx, gate)
    if standing is Standing.UNKNOWN:
        gate.lease_until = None  # the next tick asks again
        return False
    gate.next_due_at = None
    if standing is Standing.HELD:
        return False
    gate.settled_at = tx.now
    _lapse(tx, project, gate)
    counting.settle(tx, project, book)
    counts = _effective_by_lot(tx, project)
    failed = tuple(code for code, count in counts.items() if count < project.min_bids)
    for code in failed:
        ledger.record(tx, book, EventType.FAILED, lot=code, reason=f"bids < {project.min_bids}")
    tx.emit(GateClosed(project.id, sum(counts.values()), failed))
    return True


def _lapse(tx: Tx, project: Project, gate: Gate) -> None:
    """Armed bids whose files were not all here in time are no bids; each tenderer finds the reason kept."""
    unstamped = select(ArmedBid).where(ArmedBid.project_id == project.id, ArmedBid.intake_id.is_(None))
    for armed in tx.session.scalars(unstamped).all():
        record_attempt(tx, project.uid, rules.Incomplete(closes=shanghai(gate.closes_at)), of=armed)
        tx.session.delete(armed)


def hold(tx: Tx, project_uid: str, reason: str) -> Leaf:
    """Put the opening on hold: sealed it stays, and nothing of the close is told. Raises ``WrongState`` if it is."""
    gate, _, book = gate_of(tx, project_uid)
    if gate.held_at is not None:
        raise WrongState
    leaf = ledger.record(tx, book, EventType.HOLD, on=True, reason=reason)
    gate.held_at = leaf.written_at
    return leaf


def release(tx: Tx, project_uid: str, reason: str) -> Leaf:
    """End a hold; a close that waited is settled at the next tick. Raises ``WrongState`` if there is none."""
    gate, _, book = gate_of(tx, project_uid)
    if gate.held_at is None:
        raise WrongState
    leaf = ledger.record(tx, book, EventType.HOLD, on=False, reason=reason)
    gate.held_at = None
    if gate.state is GateState.CLOSED and gate.settled_at is None:
        gate.next_due_at, gate.lease_until = tx.now, None
    return leaf


def shut(tx: Tx, project_uid: str) -> None:
    """Shut the gate of a terminated tender for ever: what is in stays sealed. Raises ``NoWayBack`` once it is being opened.

    A hold stays on; a close that did not stand yet never will, so nobody learns how many there were.
    """
    gate, _, book = gate_of(tx, project_uid)
    if gate.state in (GateState.OPENING, GateState.OPENED):
        raise rules.NoWayBack(why=N_("已经开始开箱"))
    gate.state = GateState.SHUT
    gate.closed_at = gate.closed_at or tx.now
    gate.next_due_at = gate.lease_until = book.next_cover_at = None
    tx.session.flush()


def require_movable(session: Session, gate: Gate) -> None:
    """Raise ``NoWayBack`` where the deadline can no longer move (protocol §4, ``schedule``).

    Before the close is settled no leaf is looked at: how long that takes would tell how many have bid.
    """
    if gate.state is GateState.SHUT:
        raise rules.NoWayBack(why=N_("项目已经终止"))
    if gate.state in (GateState.OPENING, GateState.OPENED):
        raise rules.NoWayBack(why=N_("已经开始开箱"))
    if gate.settled_at is not None and gate.held_at is None:
        raise rules.NoWayBack(why=N_("封箱记录已经公布"))
    if gate.settled_at is None:
        return
    failed = select(Leaf.id).where(Leaf.log_id == gate.project.log_id, Leaf.type == EventType.FAILED.value)
    if session.scalar(failed.limit(1)) is not None:
        raise rules.NoWayBack(why=N_("已有一部分因家数不足不再开启"))


def reopen(tx: Tx, project_uid: str, schedule: dict[str, Any]) -> Leaf:
    """Write a signed schedule and move the gate with it; a close that stood is void (protocol §4, §5).

    Who calls has checked the event against the panel. Raises ``NoWayBack``.
    """
    gate, project, book = gate_of(tx, project_uid)
    require_movable(tx.session, gate)
    leaf = ledger.append(tx, book, schedule)
    if gate.settled_at is not None:
        counting.unsettle(tx, project)
    gate.state = GateState.OPEN
    gate.closes_at = gate.next_due_at = from_unix(schedule["closes_at"])
    gate.closing_at = gate.closed_at = gate.settled_at = gate.close_index = gate.lease_until = None
    return leaf


def _effective_by_lot(tx: Tx, project: Project) -> dict[str, int]:
    """Effective bids of every lot, lots without any included."""
    counts = {lot.code: 0 for lot in project.lots}
    rows = tx.session.execute(
        select(Lot.code, func.count(Bid.id))
        .join(Bid, Bid.lot_id == Lot.id)
        .where(Bid.project_id == project.id, Bid.state == BidState.EFFECTIVE)
        .group_by(Lot.code)
    )
    counts.update(dict(rows.all()))
    return counts


def require_bidder(session: Session, actor: Actor, project: Project) -> None:
    """Only such a tenderer: of a round whoever was invited, after a prequalification whoever passed it (条例 36).

    Raises ``NotFound`` for a round that is not theirs, ``NotQualified``.
    """
    policy_check(session, actor)
    rounds.require_entry(session, actor, project.id, project.parent_id)
    prequalification.require_qualified(session, actor.organisation_id, project)


def policy_check(session: Session, actor: Actor) -> None:
    """Only a tenderer whose papers were approved at the window bids."""
    policy.require_tenderer(actor)
    identity.require_approved(session, actor)


def sign_pub_of(bid: Bid) -> bytes:
    """The key that signed a bid: who replaces or withdraws it needs it (protocol §3.5)."""
    return bytes.fromhex(loads(bid.manifest)["sign_pub"])


def reference(tx: Tx) -> str:
    """A number to read out on the phone: the Shanghai day and eight signs, not a count of anything."""
    token = new_uid(tx.entropy, 8).upper()
    return f"{tx.now.astimezone(SHANGHAI):%Y%m%d}-{token[:4]}-{token[4:]}"


def shanghai(instant: datetime) -> str:
    """The instant as it is announced, to the millisecond."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
