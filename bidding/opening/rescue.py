"""The way out for bids that trustees failed: the tenderer's own keys, or shares that came late (protocol §6.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.opening import afterwards, policy, rules, service
from bidding.opening.batches import Shares, check_posted
from bidding.opening.events import SheetAdded
from bidding.opening.models import LotDecision, OpenedEnvelope, PostedKey
from bidding.opening.record import LoggedBid, Record
from bidding.opening.sitting.service.steps import touch
from bidding.opening.unsealing import Outcome, unseal
from bidding.sealing.keys import Posting, parse_posting
from bidding.storage import BlobStore
from bidding.submissions.models import Bid
from bidding.submissions.queries import panel_of
from bidding.tenders.models import Project


@dataclass(frozen=True, slots=True)
class Wanted:
    """A bid whose sheet lies unopened, and the envelopes whose keys may be posted for it."""

    bid: Bid
    envelopes: Sequence[str]
    #: Those of them whose keys are posted.
    posted: Sequence[str]

    @property
    def missing(self) -> list[str]:
        """The envelopes whose keys are not there yet."""
        return [envelope for envelope in self.envelopes if envelope not in self.posted]


def wanted(session: Session, project: Project, actor: Actor) -> list[Wanted]:
    """The bids whose keys the actor may post, its own, or all of them for whoever helps at the window.

    Empty as long as no stage was given up; what lies in a lot that was decided stays shut. Raises ``Forbidden``.
    """
    policy.require_poster(actor)
    query = (
        select(OpenedEnvelope)
        .where(OpenedEnvelope.project_id == project.id)
        .where((OpenedEnvelope.verdict == "trustees") | OpenedEnvelope.late_by.is_not(None))
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .where(Bid.lot_id.not_in(select(LotDecision.lot_id)))
        .options(joinedload(OpenedEnvelope.bid).joinedload(Bid.organisation))
        .options(joinedload(OpenedEnvelope.bid).joinedload(Bid.lot))
        .order_by(OpenedEnvelope.place)
    )
    rows = [row for row in session.scalars(query) if _may_post(actor, row.bid)]
    if not rows:
        return []
    panel = panel_of(project)
    posted: dict[int, list[str]] = {}
    for key in session.scalars(select(PostedKey).where(PostedKey.project_id == project.id)):
        posted.setdefault(key.bid_id, []).append(key.envelope)
    return [
        Wanted(
            row.bid,
            [each.id for each in panel.envelopes if each.stage == row.stage],
            posted.get(row.bid_id, []),
        )
        for row in rows
    ]


def to_post(session: Session, actor: Actor) -> Sequence[Project]:
    """Tenders in which a bid of the actor's own unit waits for its key."""
    if Role.TENDERER not in actor.roles or actor.organisation_id is None:
        return []
    return session.scalars(
        select(Project)
        .where(
            Project.id.in_(
                select(OpenedEnvelope.project_id)
                .join(Bid, Bid.id == OpenedEnvelope.bid_id)
                .where(Bid.organisation_id == actor.organisation_id, OpenedEnvelope.verdict == "trustees")
                .where(Bid.lot_id.not_in(select(LotDecision.lot_id)))
            )
        )
        .order_by(Project.opens_at)
    ).all()


def _may_post(actor: Actor, bid: Bid) -> bool:
    return Role.ADMINISTRATOR in actor.roles or bid.organisation_id == actor.organisation_id


def post_keys(tx: Tx, project_uid: str, value: object, sealed: BlobStore) -> Bid:
    """Take a tenderer's own keys and open what they open. Posted twice they are the same keys.

    The key proves itself: it is the one that the bid's manifest names. Raises ``Forbidden``, ``NotFound`` for a bid
    that is not the actor's, ``KeyNotWanted``, ``KeyRefused``, ``LotDecided``.
    """
    policy.require_poster(tx.actor)
    gate, project, book = service.locked(tx, project_uid)
    service.require_closed(tx.session, gate)
    service.require_opened(tx.session, project)
    try:
        posting = parse_posting(value)
    except Malformed as error:
        raise rules.KeyRefused(field="posting", reason=str(error)) from error
    bid = tx.session.scalar(select(Bid).where(Bid.project_id == project.id, Bid.uid == posting.bid))
    if bid is None or not _may_post(tx.actor, bid):
        raise NotFound
    record = service.record_of(tx.session, book)
    _check(tx.session, project, book, record, posting)
    known = {key.envelope for key in tx.session.scalars(select(PostedKey).where(PostedKey.bid_id == bid.id))}
    for envelope, identity in posting.identities:
        if envelope not in known:
            _keep(tx, book, bid, envelope, identity)
    open_late(tx, project_uid, sealed)
    touch(tx, project)
    return bid


def _check(session: Session, project: Project, book: Log, record: Record, posting: Posting) -> None:
    logged = record.bids[posting.bid]
    facts = record.since_opened()
    allowed = {envelope for bid, envelope in (*facts.unopened, *facts.attached) if bid == posting.bid}
    if not allowed:
        raise rules.KeyNotWanted
    if logged.lot in record.after.decided or _is_awarded(session, book, logged.lot):
        raise rules.LotDecided(what=project.words.lot, lot=logged.lot)
    if posting.panel != record.panel_hash.hex():
        raise rules.KeyRefused(field="posting", reason="made for another panel")
    for envelope, identity in posting.identities:
        if envelope not in allowed:
            raise rules.EnvelopeNotWanted(field="posting", envelope=envelope)
        try:
            check_posted(logged, envelope, identity)
        except Malformed as error:
            raise rules.KeyRefused(field="posting", reason=str(error)) from error


def _is_awarded(session: Session, book: Log, lot: str) -> bool:
    events = session.scalars(
        select(Leaf.event).where(Leaf.log_id == book.id, Leaf.type == EventType.AWARD.value)
    )
    return any(loads(event)["lot"] == lot for event in events)


def _keep(tx: Tx, book: Log, bid: Bid, envelope: str, identity: str) -> None:
    leaf = _note(
        tx,
        book,
        afterwards.KEY,
        {
            "bid": bid.uid,
            "envelope": envelope,
            "sha256": afterwards.key_digest(bid.uid, envelope, identity),
        },
    )
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    tx.session.add(
        PostedKey(
            project_id=bid.project_id,
            bid_id=bid.id,
            envelope=envelope,
            identity=identity,
            posted_at=leaf.written_at,
            account_id=tx.actor.account_id,
            leaf_id=leaf.id,
        )
    )
    tx.session.flush()


def _note(tx: Tx, book: Log, kind: str, data: Mapping[str, Any]) -> Leaf:
    return ledger.record(tx, book, EventType.NOTE, kind=kind, data=dict(data))


# Opening late ----------------------------------------------------------------------------------------------------


def open_late(tx: Tx, project_uid: str, sealed: BlobStore) -> int:
    """Open what trustees had failed, at any stage, and can be opened by now, by a posted key or by k shares; how many.

    A posted key goes first: it is there because the trustees were not. Twice is harmless.
    """
    gate, project, book = service.locked(tx, project_uid)
    service.require_closed(tx.session, gate)
    rows = _unopened(tx.session, project)
    if not rows:
        return 0
    record = service.record_of(tx.session, book)
    came = {
        stage: service.shares_of(tx.session, record, project.id, stage=stage, public=True)
        for stage in {row.stage for row in rows}
    }
    keys = {
        (key.bid_id, key.envelope): key.identity
        for key in tx.session.scalars(select(PostedKey).where(PostedKey.project_id == project.id))
    }
    done = 0
    for row in rows:
        logged = record.bids[row.bid.uid]
        if logged.lot in record.after.decided:
            continue
        posted, batches = keys.get((row.bid_id, row.envelope)), came[row.stage]
        if posted is None and len(batches) < record.panel.k:
            continue
        _open(tx, book, row, record, logged, {} if posted else batches, posted, sealed)
        done += 1
    if done:
        touch(tx, project)
        tx.emit(SheetAdded(project.id))
    return done


def _unopened(session: Session, project: Project) -> Sequence[OpenedEnvelope]:
    return session.scalars(
        select(OpenedEnvelope)
        .where(OpenedEnvelope.project_id == project.id, OpenedEnvelope.verdict == "trustees")
        .options(joinedload(OpenedEnvelope.bid))
        .order_by(OpenedEnvelope.stage, OpenedEnvelope.place)
    ).all()


def _open(
    tx: Tx,
    book: Log,
    row: OpenedEnvelope,
    record: Record,
    logged: LoggedBid,
    batches: Mapping[int, Shares],
    posted: str | None,
    sealed: BlobStore,
) -> None:
    found: Outcome = unseal(record, logged, row.envelope, batches, sealed, posted)
    by = afterwards.BY_KEY if posted is not None else afterwards.BY_SHARES
    evidence = None if found.evidence is None else dict(found.evidence)
    leaf = _note(
        tx,
        book,
        afterwards.OPENED,
        {
            "stage": row.stage,
            "bid": logged.uid,
            "envelope": row.envelope,
            "by": by,
            "sha256": found.sha256,
            "verdict": found.verdict,
            "evidence": evidence,
        },
    )
    row.sheet = None if found.sheet is None else dumps(dict(found.sheet)).decode()
    row.sha256, row.verdict = found.sha256, found.verdict
    row.evidence = None if evidence is None else dumps(evidence).decode()
    row.late_by, row.late_at = by, leaf.written_at
    tx.session.flush()
