"""At the window: a bag comes in, is sent away, is taken back. Every act is one transaction and one leaf."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bidding.core.clock import unix
from bidding.core.errors import N_, DomainError, Invalid, NotFound
from bidding.db.uow import Tx
from bidding.identity.models import Organisation
from bidding.identity.policy import OrganisationKind
from bidding.ledger import service as ledger
from bidding.ledger.models import Log
from bidding.sealing.holder import holder_hash
from bidding.submissions import policy, rules
from bidding.submissions import service as submissions
from bidding.submissions.models import Attempt, Gate
from bidding.submissions.paper import queries
from bidding.submissions.paper import rules as paper
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import BagState, Sealing
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import Phase, phase


def take_in(
    tx: Tx,
    project_uid: str,
    *,
    lot: str,
    uscc: str,
    deliverer: str,
    copies: int,
    sealing: Sealing,
    arrived_at: datetime,
) -> Bag | Attempt:
    """Enter a bag into the register; or, late or badly sealed, an ``Attempt`` whose slip the deliverer gets.

    Who stands at the window learns nothing of what the tenderer did on line. Raises ``NoPaper``, ``UnknownTenderer``,
    ``BagHeld``, ``NotFound``, ``Invalid``.
    """
    policy.require_window(tx.actor)
    gate, project, book = submissions.gate_of(tx, project_uid)
    if not project.paper_bids or phase(project.facts, tx.now) is Phase.TERMINATED:
        raise paper.NoPaper
    where = tx.session.scalar(select(Lot).where(Lot.project_id == project.id, Lot.code == lot))
    if where is None:
        raise NotFound
    name = " ".join(deliverer.split())
    if not name:
        raise Invalid(field="deliverer", reason=N_("请填写送达人姓名。"))
    if not 0 < copies <= paper.MOST_COPIES:
        raise Invalid(field="copies", reason=N_("份数是 1 到 20。"))
    tenderer = _tenderer(tx, uscc)
    if sealing is not Sealing.WHOLE:
        return _send_away(
            tx, project, book, tenderer, paper.BadSeal(field="sealing", sealing=paper.SEALING_WORDS[sealing])
        )
    try:
        at = submissions.next_stamp(tx, gate, arrived_at)
    except rules.TooLate:
        closes, came = submissions.shanghai(gate.closes_at), submissions.shanghai(arrived_at)
        return _send_away(tx, project, book, tenderer, paper.LateBag(closes=closes, at=came))
    return _enter(tx, project, book, where, tenderer, name=name, copies=copies, at=at)


def _tenderer(tx: Tx, uscc: str) -> Organisation:
    code = "".join(uscc.split()).upper()
    found = tx.session.scalar(
        select(Organisation).where(Organisation.uscc == code, Organisation.kind == OrganisationKind.TENDERER)
    )
    if found is None or found.approved_at is None:
        raise paper.UnknownTenderer(field="uscc", uscc=code)
    return found


def _enter(
    tx: Tx,
    project: Project,
    book: Log,
    lot: Lot,
    tenderer: Organisation,
    *,
    name: str,
    copies: int,
    at: datetime,
) -> Bag:
    held = select(Bag.id).where(
        Bag.lot_id == lot.id, Bag.organisation_id == tenderer.id, Bag.state != BagState.BACK
    )
    if tx.session.scalar(held) is not None:
        raise paper.BagHeld(field="uscc")
    uid, salt = tx.entropy.bytes(16).hex(), tx.entropy.bytes(32)
    leaf = ledger.append(
        tx,
        book,
        {
            "v": 1,
            "type": "paper",
            "at": unix(at),
            "panel": project.panel_hash,
            "lot": lot.code,
            "bag": uid,
            "holder": holder_hash(salt, tenderer.name, tenderer.uscc),
            "copies": copies,
        },
    )
    bag = Bag(
        uid=uid,
        reference="P" + submissions.reference(tx),
        project_id=project.id,
        lot_id=lot.id,
        organisation_id=tenderer.id,
        account_id=tx.actor.account_id,
        deliverer=name,
        copies=copies,
        salt=salt.hex(),
        received_at=at,
        leaf_id=leaf.id,
    )
    tx.session.add(bag)
    tx.session.flush()
    return bag


def _send_away(tx: Tx, project: Project, book: Log, tenderer: Organisation, error: DomainError) -> Attempt:
    """Keep what was refused, and why; the log learns the code and nothing that names a tenderer."""
    attempt = Attempt(
        reference="R" + submissions.reference(tx),
        project_id=project.id,
        organisation_id=tenderer.id,
        account_id=tx.actor.account_id,
        at=ledger.stamp(tx, book),
        code=error.code,
        reason=str(error),
    )
    tx.session.add(attempt)
    ledger.append(tx, book, {"v": 1, "type": "attempt", "at": unix(attempt.at), "code": error.code})
    tx.session.flush()
    return attempt


def give_back(tx: Tx, bag_uid: str, arrived_at: datetime) -> Bag:
    """Hand a bag back before the deadline, against its receipt (招标投标法 29). Final for that bag.

    Who took it in does it by the line of the register. Raises ``NotHeld``, ``NotFound``.
    """
    policy.require_window(tx.actor)
    return _give_back(tx, queries.own(tx.session, tx.actor, bag_uid), arrived_at)


def give_back_for(tx: Tx, project_uid: str, reference: str, uscc: str, arrived_at: datetime) -> Bag:
    """The same where a colleague took it in, who may be off duty: by what the receipt says. Raises ``NotHeld``."""
    policy.require_window(tx.actor)
    _, project, _ = submissions.gate_of(tx, project_uid)
    return _give_back(tx, queries.by_receipt(tx.session, project, reference, uscc), arrived_at)


def _give_back(tx: Tx, bag: Bag, arrived_at: datetime) -> Bag:
    gate, _, book = submissions.gate_of(tx, bag.project.uid)
    tx.session.refresh(bag)
    if bag.state is not BagState.HELD:
        raise paper.NotHeld
    # What a terminated tender holds is nobody's to keep: it goes back whenever it is asked for.
    shut = gate.state is rules.GateState.SHUT
    at = ledger.stamp(tx, book) if shut else _in_time(tx, gate, arrived_at)
    ledger.append(tx, book, {"v": 1, "type": "paper-back", "at": unix(at), "bag": bag.uid})
    bag.state, bag.ended_at = BagState.BACK, at
    return bag


def _in_time(tx: Tx, gate: Gate, arrived_at: datetime) -> datetime:
    try:
        return submissions.next_stamp(tx, gate, arrived_at)
    except rules.TooLate as error:
        raise paper.NotHeld from error
