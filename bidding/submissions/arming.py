"""Bids signed before all their bytes are here (protocol §5, Armed). Every step is one short transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.canonical import dumps, loads
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.submissions import accepting, rules, service
from bidding.submissions.intake import Received
from bidding.submissions.models import ArmedBid, Bid, Intake, Upload

_OWN: BindParameter[Any] = bindparam("organisation")
_UPLOADS = (
    select(Upload)
    .where(Upload.organisation_id == _OWN, Upload.bid_uid == bindparam("bid"))
    .order_by(Upload.envelope, Upload.n)
)
_ARMED = select(ArmedBid).where(ArmedBid.organisation_id == _OWN)
_ARMED_BY_UID = _ARMED.where(ArmedBid.bid_uid == bindparam("bid"))
_ARMED_BY_KEY = _ARMED.where(ArmedBid.idempotency_key == bindparam("key"))
_ARMED_FOR_LOT = _ARMED.where(ArmedBid.lot_id == bindparam("lot"))


@dataclass(frozen=True, slots=True)
class Signed:
    """A manifest with its signatures, checked against the panel."""

    manifest: dict[str, Any]
    sig: str
    supersedes_sig: str | None

    def received(self) -> Received:
        """The same, for whoever knows that all of its files are here."""
        files = tuple(
            (envelope, n, size, sha) for (envelope, n), (size, sha) in sorted(files_of(self.manifest).items())
        )
        return Received(self.manifest, self.sig, self.supersedes_sig, files)


def files_of(manifest: dict[str, Any]) -> dict[tuple[str, int], tuple[int, str]]:
    """(envelope, n) → (bytes, sha256) of every file of a manifest."""
    return {
        (envelope["id"], file["n"]): (file["size"], file["sha256"])
        for envelope in manifest["envelopes"]
        for file in envelope["files"]
    }


def uploads_of(session: Session, organisation_id: int | None, bid_uid: str) -> list[Upload]:
    """What an organisation has sent of a bid, in the order of its files."""
    return list(session.scalars(_UPLOADS, {"organisation": organisation_id, "bid": bid_uid}))


def armed_bid(session: Session, organisation_id: int | None, bid_uid: str) -> ArmedBid | None:
    """The organisation's armed bid of this uid."""
    return session.scalar(_ARMED_BY_UID, {"organisation": organisation_id, "bid": bid_uid})


def missing(manifest: dict[str, Any], uploads: list[Upload]) -> list[tuple[str, int]]:
    """Files of the manifest that are not durable with their size and hash; in the manifest's order."""
    durable = {(each.envelope, each.n): (each.length, each.sha256) for each in uploads}
    return [place for place, wanted in files_of(manifest).items() if durable.get(place) != wanted]


def arm(
    tx: Tx,
    project_uid: str,
    signed: Signed,
    key: str,
    arrived_at: datetime,
    *,
    has: Callable[[str], bool],
) -> ArmedBid | Bid:
    """Make a signed manifest a bid where every file is durable; else store it until they are.

    The same message again, by its idempotency key or by its manifest, is the same bid. A newer manifest for the
    lot takes the place of one still waiting. ``arrived_at`` is when the last byte of the message was here. ``has``
    says whether a ciphertext, by its digest, lies where bids have theirs: one that is durable and does not yet is
    no bid, only stamped (blob first, row second).
    """
    at_gate = service.gate_of(tx, project_uid)
    gate, project, _ = at_gate
    service.require_bidder(tx.session, tx.actor, project)
    text = dumps(signed.manifest).decode()
    known = _known(tx, project.id, key, text)
    if known is not None:
        return known
    service.require_in_time(arrived_at, gate.state, gate.closes_at)
    place = accepting.check_place(tx, project, signed.manifest, signed.supersedes_sig)
    lot, _ = place
    waiting = tx.session.scalar(_ARMED_FOR_LOT, {"organisation": tx.actor.organisation_id, "lot": lot.id})
    if waiting is not None:
        if waiting.manifest == text:
            return waiting
        if waiting.intake_id is not None:
            raise rules.BeingDecided
        tx.session.delete(waiting)
        tx.session.flush()
    whole = not missing(
        signed.manifest, uploads_of(tx.session, tx.actor.organisation_id, signed.manifest["bid"])
    )
    if whole and all(has(sha256) for _, sha256 in files_of(signed.manifest).values()):
        return accepting.accept_now(tx, at_gate, place, signed.received(), key, arrived_at)
    armed = ArmedBid(
        project_id=project.id,
        lot_id=lot.id,
        organisation_id=tx.actor.organisation_id,
        account_id=tx.actor.account_id,
        bid_uid=signed.manifest["bid"],
        idempotency_key=key,
        manifest=text,
        sig=signed.sig,
        supersedes_sig=signed.supersedes_sig,
        armed_at=tx.now,
    )
    tx.session.add(armed)
    tx.session.flush()
    if whole:
        armed.intake_id = service.stamp(tx, project_uid, arrived_at)
    return armed


def _known(tx: Tx, project_id: int, key: str, manifest: str) -> ArmedBid | Bid | None:
    """What this key already stands for. Raises ``Replayed`` where that is another manifest."""
    found: ArmedBid | Bid | None = accepting.by_key(tx, key) or tx.session.scalar(
        _ARMED_BY_KEY, {"organisation": tx.actor.organisation_id, "key": key}
    )
    if found is not None and (found.manifest != manifest or found.project_id != project_id):
        raise rules.Replayed
    return found


def stamp_if_whole(tx: Tx, project_uid: str, armed: ArmedBid, durable_at: datetime) -> None:
    """Stamp an armed bid whose last file became durable at ``durable_at``, if nothing is missing any more.

    Raises ``TooLate``.
    """
    uploads = uploads_of(tx.session, armed.organisation_id, armed.bid_uid)
    if not missing(loads(armed.manifest), uploads):
        armed.intake_id = service.stamp(tx, project_uid, durable_at)


def resume(tx: Tx, project_uid: str) -> None:
    """Stamp what became whole between a deadline and its extension: it is in time after all, from now on."""
    _, project, _ = service.gate_of(tx, project_uid)
    waiting = select(ArmedBid).where(ArmedBid.project_id == project.id, ArmedBid.intake_id.is_(None))
    for armed in tx.session.scalars(waiting.order_by(ArmedBid.id)).all():
        stamp_if_whole(tx, project_uid, armed, tx.now)


def stamped_bid(session: Session, intake_id: int) -> ArmedBid | None:
    """The armed bid of a stamp; None once it is decided.

    By its stamp and not by its own id: SQLite gives the id of a row that went to the next tenderer's.
    """
    query = select(ArmedBid).where(ArmedBid.intake_id == intake_id)
    return session.scalar(query.execution_options(populate_existing=True))


def accept(tx: Tx, intake_id: int) -> Bid | None:
    """Make a stamped bid a bid; None where another worker has decided it already."""
    armed = stamped_bid(tx.session, intake_id)
    if armed is None:
        return None
    received = Signed(loads(armed.manifest), armed.sig, armed.supersedes_sig).received()
    return accepting.accept(tx, armed.project.uid, intake_id, received, armed.idempotency_key)


def disarm(tx: Tx, project_uid: str, bid_uid: str) -> None:
    """Take back a signed manifest before it becomes a bid. Its files stay until they expire."""
    service.policy_check(tx.session, tx.actor)
    _, project, _ = service.gate_of(tx, project_uid)
    armed = armed_bid(tx.session, tx.actor.organisation_id, bid_uid)
    if armed is None or armed.project_id != project.id:
        raise NotFound
    if armed.intake_id is not None:
        raise rules.BeingDecided
    tx.session.delete(armed)


def stamped(session: Session) -> list[int]:
    """Ids of the intakes of armed bids that wait to be decided, in the order of their stamps."""
    query = select(Intake.id).join(ArmedBid, Intake.id == ArmedBid.intake_id)
    return list(session.scalars(query.order_by(Intake.stamp_at)))


def waiting_uploads(session: Session) -> list[tuple[ArmedBid, str]]:
    """Every file that an armed bid still waits for: the bid, and the uid of the upload."""
    query = (
        select(ArmedBid, Upload.uid)
        .join(
            Upload,
            (Upload.organisation_id == ArmedBid.organisation_id) & (Upload.bid_uid == ArmedBid.bid_uid),
        )
        .where(ArmedBid.intake_id.is_(None), Upload.sha256.is_(None))
    )
    return [(armed, uid) for armed, uid in session.execute(query)]


def actor_of(armed: ArmedBid, permission: str) -> Actor:
    """Who armed the bid, for the step that nobody is there to take: what they might do then holds."""
    return armed.account.as_actor(frozenset({permission}), None)
