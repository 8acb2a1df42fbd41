"""The steps by which a package, or a signed manifest with its uploads, becomes a bid: receive, stamp, accept, sign.

One transaction each. A process that dies between two steps leaves either no bid (its blobs are swept), an armed bid
that a job goes on with, or a bid whose receipt the same idempotency key fetches; never half of one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from bidding.core.actor import Actor
from bidding.core.canonical import Malformed, exactly, unhex
from bidding.core.errors import DomainError, NotFound
from bidding.db import db, uow
from bidding.db.uow import World
from bidding.ledger import service as ledger
from bidding.ledger.keys import LogKeys
from bidding.sealing.manifest import check_manifest
from bidding.sealing.panel import Panel
from bidding.storage import BlobStore
from bidding.storage.parts import PartStore
from bidding.submissions import accepting, arming, queries, rules, service, uploads
from bidding.submissions.arming import Signed
from bidding.submissions.hashes import Hashes
from bidding.submissions.intake import PackageIntake, Received, Refused
from bidding.submissions.lanes import Lanes
from bidding.submissions.models import Bid, Gate
from bidding.submissions.policy import Permission
from bidding.submissions.tus import Place
from bidding.submissions.underway import Turns, Underway
from bidding.submissions.uploads import Limits, Progress
from bidding.tenders import queries as tenders
from bidding.tenders.models import Lot, Project, Round
from bidding.tenders.rounds import queries as rounds

log = logging.getLogger(__name__)


_AT_GATE = (
    select(
        Project.id,
        Round.parent_id,
        Project.code,
        Project.log_id,
        Project.panel,
        Project.panel_hash,
        Project.qualified_as,
        Gate.state,
        Gate.closes_at,
        Lot.code.label("lot"),
    )
    .join(Gate, Gate.project_id == Project.id)
    .outerjoin(Lot, Lot.project_id == Project.id)
    .outerjoin(Round, Round.project_id == Project.id)
    .where(Project.uid == bindparam("project"))
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What taking bids needs: the world, the store of ciphertexts with the files still growing beside it, the log's
    keys and the limits.
    """

    world: World
    sealed: BlobStore
    parts: PartStore
    keys: LogKeys
    limits: Limits
    hashes: Hashes = field(default_factory=Hashes)
    lanes: Lanes = field(default_factory=Lanes)
    underway: Underway = field(default_factory=Underway)
    signing: Turns = field(default_factory=Turns)

    def has(self, digest: str) -> bool:
        """Whether a ciphertext lies where bids have theirs."""
        return self.sealed.size(digest) is not None


@dataclass(frozen=True, slots=True)
class _Target:
    log_id: int
    panel: Panel
    panel_hash: bytes
    check: Callable[[dict[str, Any]], None]


def receive(desk: Desk, actor: Actor, project_uid: str, key: str, chunks: Iterable[bytes]) -> str:
    """Take one package for a project; the bid's uid. Its receipt can be had as soon as this returns.

    ``key`` is the idempotency key. What is refused is kept as an attempt, whose number is the error's
    ``reference``.
    """
    target = _target(desk, actor, project_uid, desk.world.clock.now())
    try:
        received = _take(desk, target, chunks)
        arrived_at = desk.world.clock.now()
        with desk.underway.since(project_uid, arrived_at), uow.transaction(actor, desk.world) as tx:
            intake_id = service.stamp(tx, project_uid, arrived_at)
        return _decide(desk, actor, project_uid, intake_id, received, key, target)
    except DomainError as error:
        keep_attempt(desk, actor, project_uid, error)
        raise


def submit(desk: Desk, actor: Actor, project_uid: str, message: object, key: str) -> str:
    """Take a signed manifest, ``{"manifest", "sig", "supersedes_sig"}``, for files that come or came by themselves.

    The bid's uid. It is accepted if every file is durable; else it is armed, and what is missing can be asked for.
    """
    arrived_at = desk.world.clock.now()  # the last byte of the message is here
    with desk.underway.since(project_uid, arrived_at):
        target = _target(desk, actor, project_uid, arrived_at)
        try:
            signed = _check_signed(message, target)
            with uow.transaction(actor, desk.world) as tx:
                found = arming.arm(tx, project_uid, signed, key, arrived_at, has=desk.has)
        except DomainError as error:
            keep_attempt(desk, actor, project_uid, error)
            raise
    if isinstance(found, Bid):
        sign(desk, actor, target.log_id, found.leaf_id)
    elif found.intake_id is not None:
        finish(desk, found.intake_id)
    return str(signed.manifest["bid"])


def begin_upload(desk: Desk, actor: Actor, project_uid: str, place: Place, length: int) -> Progress:
    """Begin one file of a bid; where it stands."""
    with uow.transaction(actor, desk.world) as tx:
        upload = uploads.create(tx, project_uid, place, length, desk.limits, desk.parts, desk.sealed.free())
        return uploads.progress_of(upload, 0)


def give_up_upload(desk: Desk, actor: Actor, uid: str) -> None:
    """Give one file up, and let its bytes go."""
    with uow.transaction(actor, desk.world) as tx:
        uploads.terminate(tx, uid)
    desk.parts.drop(uid)


def disarm(desk: Desk, actor: Actor, project_uid: str, bid_uid: str) -> None:
    """Take back a signed manifest whose files are not all here."""
    with uow.transaction(actor, desk.world) as tx:
        arming.disarm(tx, project_uid, bid_uid)


def _check_signed(message: object, target: _Target) -> Signed:
    try:
        outer = exactly(message, "manifest sig supersedes_sig", "message")
        check_manifest(outer["manifest"], outer["sig"], target.panel, target.panel_hash)
        if outer["supersedes_sig"] is not None:
            unhex(outer["supersedes_sig"], 64, "supersedes_sig")
    except Malformed as error:
        raise Refused(reason=str(error)) from error
    target.check(outer["manifest"])
    return Signed(outer["manifest"], outer["sig"], outer["supersedes_sig"])


def finish(desk: Desk, intake_id: int) -> None:
    """Decide a stamped armed bid: by the request that stamped it, or by a job after that one's process died.

    Raises the refusal, kept as an attempt. Twice is harmless.
    """
    session = db.session()
    armed = arming.stamped_bid(session, intake_id)
    if armed is None:
        session.rollback()
        return
    actor = arming.actor_of(armed, Permission.BID_SUBMIT)
    project_uid, log_id = armed.project.uid, armed.project.log_id
    whole = [
        (each.uid, each.sha256) for each in arming.uploads_of(session, armed.organisation_id, armed.bid_uid)
    ]
    session.rollback()
    for uid, digest in whole:
        if digest is not None and not desk.has(digest):
            desk.parts.keep(uid, digest)
    try:
        with uow.transaction(actor, desk.world) as tx:
            bid = arming.accept(tx, intake_id)
    except DomainError as error:
        with uow.transaction(actor, desk.world) as tx:
            service.decide_nothing(tx, intake_id)
            refused = arming.stamped_bid(tx.session, intake_id)
            if refused is not None:
                service.record_attempt(tx, project_uid, error, of=refused)
                tx.session.delete(refused)
        raise
    if bid is not None:
        sign(desk, actor, log_id, bid.leaf_id)


def withdraw(desk: Desk, actor: Actor, bid_uid: str, proof: dict[str, Any]) -> str:
    """Withdraw a bid with its signed withdrawal; the bid's uid."""
    arrived_at = desk.world.clock.now()
    session = db.session()
    own = (Bid.uid == bid_uid, Bid.organisation_id == actor.organisation_id)
    project_uid = session.scalar(select(Project.uid).join(Bid, Bid.project_id == Project.id).where(*own))
    session.rollback()
    if project_uid is None:
        raise NotFound
    with desk.underway.since(project_uid, arrived_at), uow.transaction(actor, desk.world) as tx:
        bid = service.withdraw_bid(tx, bid_uid, proof, arrived_at)
        log_id, leaf_id = bid.project.log_id, bid.ended_leaf_id
    sign(desk, actor, log_id, leaf_id)
    return bid_uid


def _target(desk: Desk, actor: Actor, project_uid: str, at: datetime) -> _Target:
    """What the package is checked against; refuses early whoever may not bid, and a gate that was closed at ``at``.

    A message whose last byte was here before the deadline is not refused because it waited for its turn.
    """
    session = db.session()
    # What is needed is read now: the package may take an hour, and no transaction stays open that long.
    rows = session.execute(_AT_GATE, {"project": project_uid}).all()
    if not rows or rows[0].panel is None or rows[0].panel_hash is None or rows[0].log_id is None:
        raise NotFound
    found = rows[0]
    if found.qualified_as is None:
        service.policy_check(session, actor)
        rounds.require_entry(session, actor, found.id, found.parent_id)
    else:
        service.require_bidder(session, actor, tenders.notice(session, project_uid))
    session.rollback()
    target = _Target(
        found.log_id,
        queries.parsed_panel(found.panel),
        bytes.fromhex(found.panel_hash),
        partial(accepting.precheck, found.code, {row.lot for row in rows}),
    )
    try:
        service.require_in_time(at, found.state, found.closes_at)
    except rules.TooLate as error:
        keep_attempt(desk, actor, project_uid, error)
        raise
    return target


def keep_attempt(desk: Desk, actor: Actor, project_uid: str, error: DomainError) -> None:
    """Keep a refusal, in a transaction of its own, and give the error its number."""
    with uow.transaction(actor, desk.world) as tx:
        service.record_attempt(tx, project_uid, error)


def _take(desk: Desk, target: _Target, chunks: Iterable[bytes]) -> Received:
    intake = PackageIntake(
        desk.sealed,
        target.panel,
        target.panel_hash,
        limit=desk.limits.bid,
        reserve=desk.limits.reserve,
        check=target.check,
    )
    try:
        for chunk in chunks:
            intake.feed(chunk)
        return intake.finish()
    finally:
        intake.abandon()


def _decide(
    desk: Desk, actor: Actor, project_uid: str, intake_id: int, received: Received, key: str, target: _Target
) -> str:
    try:
        with uow.transaction(actor, desk.world) as tx:
            bid = accepting.accept(tx, project_uid, intake_id, received, key)
            bid_uid, leaf_id = bid.uid, bid.leaf_id
    except DomainError:
        with uow.transaction(actor, desk.world) as tx:
            service.decide_nothing(tx, intake_id)
        raise
    sign(desk, actor, target.log_id, leaf_id)
    return bid_uid


def sign(desk: Desk, actor: Actor, log_id: int | None, leaf_id: int | None) -> None:
    """Sign the log with the leaf in it, unless somebody else's turn has just done so.

    The bid stands already: what keeps the log from being signed is not its refusal, and its receipt can be had as
    soon as the log is signed again. In a rush those who wait for their turn find that one signature served them all.
    """
    with desk.signing.of(log_id):
        session = db.session()
        is_signed = ledger.is_signed(session, leaf_id)
        session.rollback()
        if is_signed:
            return
        try:
            with uow.transaction(actor, desk.world) as tx:
                ledger.sign_checkpoint(tx, ledger.lock_by_id(tx, log_id), desk.keys)
        except DomainError as error:
            log.error("log %s is not signed: %s", log_id, error)  # noqa: TRY400 — a refusal, not a fault


def receipt(bid: Bid, *, witnessed: bool) -> str:
    """The bid's tlog-proof receipt: over the newest checkpoint, or the newest cosigned one."""
    session = db.session()
    return ledger.receipt(session, queries.leaf_of(session, bid), witnessed=witnessed)
