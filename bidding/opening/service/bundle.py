"""``opening.zip``: all of an opening, for anybody to check offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads, sha
from bidding.ledger.models import Log
from bidding.opening import rules, stages
from bidding.opening.batches import SignedBatch
from bidding.opening.bundle import (
    PostedKey,
    choose_checkpoints,
    notice_name,
    notices_told,
    sealed_name,
    write_bundle,
    write_zip,
)
from bidding.opening.models import PostedKey as Posted
from bidding.opening.models import ShareBatch
from bidding.opening.record import Record
from bidding.opening.service.steps import (
    notes_of,
    opens,
    record_of,
    require_opened,
    standing,
    witnessed_since,
)
from bidding.storage import BlobStore
from bidding.submissions.models import Bid
from bidding.tenders.models import Project


def write_opening(
    session: Session,
    project: Project,
    sealed: BlobStore,
    target: BinaryIO,
    names: bytes | None = None,
    notices: Iterable[str] = (),
) -> None:
    """Write ``opening.zip`` up to the last checkpoint with a quorum. Raises ``NotOpened`` before there is one.

    Between two openings it ends before the review of the first, which is announced at the second. ``notices`` are the
    texts (JCS) of whatever the project published; those that this much of the log tells of go in.
    """
    require_opened(session, project)
    book = session.get_one(Log, project.log_id)
    notes = notes_of(session, book)
    whole = record_of(session, book)
    first = whole.panel.stages[0]
    size = standing(whole, _told(whole, notes), whole.opens_at(first))
    if size is None or size <= whole.opened[first].index:
        raise rules.NotOpened
    record = record_of(session, book, size)
    public = [
        loads(row.body)
        for row in session.scalars(
            select(ShareBatch)
            .where(ShareBatch.project_id == project.id, ShareBatch.public.is_(True))
            .order_by(ShareBatch.id)
        )
    ]
    logged = {shares.sha256 for shares in record.shares.values()}
    batches = [SignedBatch(value["batch"], value["sig"]) for value in public]
    data = write_bundle(
        choose_checkpoints(record, [note for at, note in notes.items() if at <= size]),
        opens(session, book, size),
        [batch for batch in batches if batch.sha256 in logged],
        _posted(session, project, record),
    )
    write_zip(target, data, _sealed_files(record, sealed), names, _texts(session, book, size, notices))


def _texts(session: Session, book: Log, size: int, notices: Iterable[str]) -> dict[str, bytes]:
    """By their names in the zip, the notices that so much of the log has a digest of, in its order."""
    held = {sha(text).hex(): text.encode() for text in notices}
    told = notices_told(event for _, event in opens(session, book, size))
    return {notice_name(digest): held[digest] for digest in told if digest in held}


def _posted(session: Session, project: Project, record: Record) -> list[PostedKey]:
    """The posted keys of public envelopes that this much of the log knows of."""
    public = {
        (bid.uid, envelope)
        for stage in record.opened
        for bid, envelope in record.to_be_shared(stage, public=True)
    }
    rows = session.execute(
        select(Bid.uid, Posted.envelope, Posted.identity)
        .join(Bid, Bid.id == Posted.bid_id)
        .where(Posted.project_id == project.id)
        .order_by(Posted.id)
    )
    return [
        PostedKey(bid, envelope, identity)
        for bid, envelope, identity in rows
        if (bid, envelope) in public and (bid, envelope) in record.after.keys
    ]


def _told(record: Record, notes: Mapping[int, str]) -> Mapping[int, str]:
    """The checkpoints that may leave the house. Who passed a review is announced at the opening that follows it
    (公路工程建设项目招标投标管理办法 37): before a witness has seen its hour, the bundle ends before the review.
    """
    stage = record.next_stage
    review = None if stage is None else stages.first_review(record, stage)
    if stage is None or review is None or witnessed_since(record, notes, record.opens_at(stage)) is not None:
        return notes
    return {size: note for size, note in notes.items() if size <= review}


def _sealed_files(record: Record, sealed: BlobStore) -> Iterator[tuple[str, BinaryIO]]:
    for stage in sorted(record.opened):
        for bid, envelope in record.to_be_shared(stage, public=True):
            digest = bid.envelope(envelope)["files"][0]["sha256"]
            if sealed.size(digest) is None:
                continue  # the log says "platform": the verifier names the missing file
            with sealed.open(digest) as source:
                yield sealed_name(bid.uid, envelope), source
