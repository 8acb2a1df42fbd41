"""What makes a stamped message a bid: the place it has in its project, its leaf, its rows (protocol §5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select

from bidding.core.canonical import Malformed, dumps
from bidding.core.clock import unix
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.models import Leaf, Log
from bidding.sealing.manifest import check_supersedes_sig
from bidding.submissions import rules, service
from bidding.submissions.events import BidAccepted
from bidding.submissions.intake import Received, Refused
from bidding.submissions.models import ArmedBid, Bid, Gate, Intake, SealedFile, Upload
from bidding.submissions.rules import BidState
from bidding.tenders.models import Lot, Project

_OWN: BindParameter[Any] = bindparam("organisation")
_BY_KEY = select(Bid).where(Bid.organisation_id == _OWN, Bid.idempotency_key == bindparam("key"))
_BY_UID = select(Bid.id).where(Bid.uid == bindparam("bid"))
_LOTS = select(Lot).where(Lot.project_id == bindparam("project")).order_by(Lot.id)
_CURRENT = select(Bid).where(
    Bid.organisation_id == _OWN, Bid.lot_id == bindparam("lot"), Bid.state == BidState.EFFECTIVE
)
_LET_GO = tuple(
    delete(kind)
    .where(kind.organisation_id == _OWN, kind.bid_uid == bindparam("bid"))
    .execution_options(synchronize_session=False)
    for kind in (Upload, ArmedBid)
)


def precheck(code: str, lots: Collection[str], manifest: dict[str, Any]) -> None:
    """Refuse what could never be accepted for a project and its lots, by their codes, before files come."""
    if manifest["project"] != code:
        raise Refused(reason=f"project: {manifest['project']} != {code}")
    if manifest["lot"] not in lots:
        raise Refused(reason=f"lot: {manifest['lot']}")


def accept(tx: Tx, project_uid: str, intake_id: int, received: Received, key: str) -> Bid:
    """Make a received package a bid, and say so in the project's log.

    ``key`` is the client's idempotency key: sent again with the same package it gives the same bid.
    """
    at_gate = service.gate_of(tx, project_uid)
    gate, project, _ = at_gate
    service.require_bidder(tx.session, tx.actor, project)
    intake = tx.session.get_one(Intake, intake_id, populate_existing=True)
    intake.decided_at = tx.now
    manifest_text = dumps(received.manifest).decode()
    known = by_key(tx, key)
    if known is not None:
        if known.manifest != manifest_text or known.project_id != project.id:
            raise rules.Replayed
        return known
    service.require_in_time(intake.stamp_at, gate.state, gate.closes_at)
    place = check_place(tx, project, received.manifest, received.supersedes_sig)
    return _enter(tx, at_gate, place, received, key, intake.stamp_at)


def by_key(tx: Tx, key: str) -> Bid | None:
    """The organisation's bid that an idempotency key stands for."""
    return tx.session.scalar(_BY_KEY, {"organisation": tx.actor.organisation_id, "key": key})


def accept_now(
    tx: Tx,
    at_gate: tuple[Gate, Project, Log],
    place: tuple[Lot, Bid | None],
    received: Received,
    key: str,
    arrived_at: datetime,
) -> Bid:
    """Stamp a message whose every file lies in its place, and make it a bid, in this very transaction.

    ``at_gate`` and ``place`` are what ``gate_of`` and ``check_place`` said in it. Raises ``TooLate``.
    """
    return _enter(tx, at_gate, place, received, key, service.next_stamp(tx, at_gate[0], arrived_at))


def _enter(
    tx: Tx,
    at_gate: tuple[Gate, Project, Log],
    place: tuple[Lot, Bid | None],
    received: Received,
    key: str,
    at: datetime,
) -> Bid:
    """Write the leaf and the rows of a bid that was stamped ``at``; whoever waits to hear of it does."""
    _, project, book = at_gate
    lot, current = place
    leaf = _supersede(tx, book, current, received, at)
    bid = Bid(
        uid=received.manifest["bid"],
        reference=service.reference(tx),
        project_id=project.id,
        lot_id=lot.id,
        organisation_id=tx.actor.organisation_id,
        account_id=tx.actor.account_id,
        idempotency_key=key,
        manifest=dumps(received.manifest).decode(),
        sig=received.sig,
        received_at=at,
        leaf_id=leaf.id,
    )
    tx.session.add(bid)
    tx.session.flush()
    tx.session.execute(
        insert(SealedFile),
        [
            {"bid_id": bid.id, "envelope": envelope, "n": n, "size": size, "sha256": sha256}
            for envelope, n, size, sha256 in received.files
        ],
    )
    _let_go(tx, bid.uid)
    tx.emit(BidAccepted(bid.id, replaced=current is not None))
    return bid


def _let_go(tx: Tx, bid_uid: str) -> None:
    """What only served to bring an accepted bid in: from here on its own rows speak of its files."""
    for statement in _LET_GO:
        tx.session.execute(statement, {"organisation": tx.actor.organisation_id, "bid": bid_uid})


def check_place(
    tx: Tx, project: Project, manifest: dict[str, Any], supersedes_sig: str | None
) -> tuple[Lot, Bid | None]:
    """The lot a manifest bids for, and the bid it replaces. Raises what would keep it from being accepted now."""
    if tx.session.scalar(_BY_UID, {"bid": manifest["bid"]}) is not None:
        raise rules.Replayed
    lots = {lot.code: lot for lot in tx.session.scalars(_LOTS, {"project": project.id})}
    precheck(project.code, lots, manifest)
    lot = lots[manifest["lot"]]
    current = tx.session.scalar(_CURRENT, {"organisation": tx.actor.organisation_id, "lot": lot.id})
    replaces = manifest["supersedes"]
    if replaces is None:
        if current is not None:
            raise rules.AlreadyBid
        if supersedes_sig is not None:
            raise Refused(reason="supersedes_sig without supersedes")
    elif current is None or current.uid != replaces:
        raise rules.NotEffective
    else:
        try:
            check_supersedes_sig(manifest, supersedes_sig, service.sign_pub_of(current))
        except Malformed as error:
            raise Refused(reason=str(error)) from error
    return lot, current


def _supersede(tx: Tx, book: Log, current: Bid | None, received: Received, at: datetime) -> Leaf:
    """Write the ``bid`` leaf; end the bid it replaces, which stays effective until this very commit."""
    leaf = ledger.append(
        tx,
        book,
        {
            "v": 1,
            "type": "bid",
            "at": unix(at),
            "manifest": received.manifest,
            "sig": received.sig,
            "supersedes_sig": received.supersedes_sig,
        },
    )
    if current is not None:
        current.state = rules.ended(current.state, BidState.SUPERSEDED)
        current.ended_at = at
        current.ended_leaf_id = leaf.id
        tx.session.flush()  # the index allows one effective bid: the old one ends first
    return leaf
