"""Rows of files on their way in: made, moved on, whole, given up. Every step is one short transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.canonical import loads
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.storage import StorageFull
from bidding.storage.parts import PartStore
from bidding.submissions import arming, queries, rules, service
from bidding.submissions.intake import OtherFiles
from bidding.submissions.models import ArmedBid, Bid, Gate, Upload
from bidding.submissions.tus import BadHeader, Place
from bidding.tenders.models import Project

_OWN = (Upload.uid == bindparam("upload")) & (Upload.organisation_id == bindparam("organisation"))
_UPLOAD = select(Upload).where(_OWN)
_AT_GATE = (
    select(Upload, Gate, Project.uid)
    .join(Gate, Gate.project_id == Upload.project_id)
    .join(Project, Project.id == Upload.project_id)
    .where(_OWN)
)
_ADVANCE = (
    update(Upload)
    .where(_OWN)
    .values(received=bindparam("durable"), expires_at=bindparam("until"))
    .returning(Upload.id)
    .execution_options(synchronize_session=False)
)


class FileTooLarge(DomainError):
    """One file above the limit."""

    code = "upload.file_too_large"
    text = N_("文件 %(file)s 超过单个文件上限 %(limit)s MB，没有开始上传。请压缩后重新签封。")
    status = 413


class BidTooLarge(DomainError):
    """All files of one bid together above the limit."""

    code = "upload.bid_too_large"
    text = N_("这一份的文件合计超过上限 %(limit)s MB，文件 %(file)s 没有开始上传。请压缩附件后重新签封。")
    status = 413


class TendererTooLarge(DomainError):
    """Everything a tenderer has on its way in together above the limit."""

    code = "upload.tenderer_too_large"
    text = N_(
        "本单位正在上传和待递交的文件合计超过上限 %(limit)s MB，文件 %(file)s 没有开始上传。"
        "请先递交已上传完的，或取消不用的上传。"
    )
    status = 413


class PartTooLarge(DomainError):
    """A part that reaches beyond the length its upload was made with."""

    code = "upload.part_too_large"
    text = N_(
        "发来的内容超出文件 %(file)s 开始上传时写明的大小 %(limit)s 字节，没有收下。请重新选择文件上传。"
    )
    status = 413


class AlreadyDurable(DomainError):
    """The file an armed bid waits for is here already."""

    code = "upload.already_durable"
    text = N_("文件 %(file)s 已经完整收下，不用再传。")


class Needed(DomainError):
    """An armed bid waits with this file."""

    code = "upload.needed"
    text = N_("文件 %(file)s 属于已签名待收齐的一份，不能删除。要换文件，请先撤回那次签名。")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a file, a bid, a tenderer's uploads together, and the disk's reserve; how long an upload lasts."""

    file: int
    bid: int
    tenderer: int
    reserve: int
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a whole file led to: an armed bid that still waits, or its stamped intake, or a refusal.

    ``is_gone`` says that the file was another than the manifest's and may be sent again.
    """

    is_armed: bool = False
    intake_id: int | None = None
    refusal: DomainError | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands: bytes durable, of how many, until when it waits, and what its completion led to."""

    uid: str
    name: str
    offset: int
    length: int
    expires_at: datetime
    is_whole: bool
    outcome: Outcome = Outcome()


def progress_of(upload: Upload, size: int) -> Progress:
    """The state of a row whose growing file has ``size`` bytes: where a disk lost some, they have to come again."""
    is_whole = upload.sha256 is not None
    offset = upload.length if is_whole else min(upload.received, size)
    return Progress(upload.uid, upload.name, offset, upload.length, upload.expires_at, is_whole)


def own_upload(session: Session, actor: Actor, uid: str) -> Upload:
    """One of the organisation's uploads; another's looks like none."""
    found = session.scalar(_UPLOAD, {"upload": uid, "organisation": actor.organisation_id})
    if found is None:
        raise NotFound
    return found


def at_gate(session: Session, actor: Actor, uid: str) -> tuple[Upload, Gate, str]:
    """One of the organisation's uploads, its project's gate and uid, by one question; another's looks like none."""
    own = {"upload": uid, "organisation": actor.organisation_id}
    found = session.execute(_AT_GATE, own).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1], found[2]


def create(
    tx: Tx, project_uid: str, place: Place, length: int, limits: Limits, parts: PartStore, free: int
) -> Upload:
    """Begin a file. An unfinished or wrong one in its place gives way. Every limit is held before a byte comes.

    ``free`` is what the disk still takes, in bytes.
    """
    gate, project, _ = service.gate_of(tx, project_uid)
    service.require_bidder(tx.session, tx.actor, project)
    service.require_in_time(tx.now, gate.state, gate.closes_at)
    if place.envelope not in {envelope.id for envelope in queries.panel_of(project).envelopes}:
        raise BadHeader(header="Upload-Metadata", reason="envelope: not of this tender")
    if tx.session.scalar(select(Bid.id).where(Bid.uid == place.bid)) is not None:
        raise rules.Replayed
    upload = Upload(
        uid=new_uid(tx.entropy, 24),
        project_id=project.id,
        organisation_id=tx.actor.organisation_id,
        account_id=tx.actor.account_id,
        bid_uid=place.bid,
        envelope=place.envelope,
        n=place.n,
        length=length,
        received=0,
        expires_at=tx.now + limits.lasts,
    )
    _make_room(tx, upload, parts)
    _check_limits(tx, upload, limits, free)
    tx.session.add(upload)
    tx.session.flush()
    return upload


def _make_room(tx: Tx, upload: Upload, parts: PartStore) -> None:
    """Let what stands in the file's place go, unless an armed bid has it as it should be."""
    armed = arming.armed_bid(tx.session, upload.organisation_id, upload.bid_uid)
    place = (upload.envelope, upload.n)
    wanted = arming.files_of(loads(armed.manifest)).get(place) if armed else None
    if armed is not None and (wanted is None or wanted[0] != upload.length):
        reason = f"{upload.length} != {wanted[0]} bytes" if wanted else "not in the manifest"
        raise OtherFiles(file=upload.name, reason=reason)
    old = tx.session.scalar(
        select(Upload).where(
            Upload.organisation_id == upload.organisation_id,
            Upload.bid_uid == upload.bid_uid,
            Upload.envelope == upload.envelope,
            Upload.n == upload.n,
        )
    )
    if old is not None:
        if wanted is not None and (old.length, old.sha256) == wanted:
            raise AlreadyDurable(file=upload.name)
        tx.session.delete(old)
        tx.session.flush()
        tx.after_commit.append(partial(parts.drop, old.uid))


def _check_limits(tx: Tx, upload: Upload, limits: Limits, free: int) -> None:
    if not upload.length:
        raise BadHeader(header="Upload-Length", reason="0")
    if upload.length > limits.file:
        raise FileTooLarge(file=upload.name, limit=limits.file // 10**6)
    own = Upload.organisation_id == upload.organisation_id
    if _bytes(tx, own, Upload.bid_uid == upload.bid_uid) + upload.length > limits.bid:
        raise BidTooLarge(file=upload.name, limit=limits.bid // 10**6)
    if _bytes(tx, own) + upload.length > limits.tenderer:
        raise TendererTooLarge(file=upload.name, limit=limits.tenderer // 10**6)
    to_come = tx.session.scalar(select(func.coalesce(func.sum(Upload.length - Upload.received), 0)))
    if free < limits.reserve + int(to_come or 0) + upload.length:
        raise StorageFull


def _bytes(tx: Tx, *where: ColumnElement[bool]) -> int:
    total = tx.session.scalar(select(func.coalesce(func.sum(Upload.length), 0)).where(*where))
    return int(total or 0)


def advance(tx: Tx, uid: str, received: int, lasts: timedelta) -> None:
    """Say that so many bytes are durable. Raises ``NotFound`` for an upload that was given up meanwhile."""
    asked = {"upload": uid, "organisation": tx.actor.organisation_id}
    found = tx.session.scalar(_ADVANCE, {**asked, "durable": received, "until": tx.now + lasts})
    if found is None:
        raise NotFound


def complete(
    tx: Tx, project_uid: str, uid: str, sha256: str, durable_at: datetime, lasts: timedelta
) -> Outcome:
    """Say that the last part became durable at ``durable_at``, and what the whole file hashes to.

    If an armed bid waited for this file alone it is stamped with that moment, in this very transaction. A file
    that is another than the manifest's goes, and the tenderer may send it again; that is kept as an attempt. A bid
    that became whole too late waits until the close stands: if the deadline moves instead, it counts.
    """
    service.gate_of(tx, project_uid)  # whoever arms this bid waits for us, or we for them
    upload = own_upload(tx.session, tx.actor, uid)
    armed = arming.armed_bid(tx.session, upload.organisation_id, upload.bid_uid)
    if armed is not None:
        wanted = arming.files_of(loads(armed.manifest)).get((upload.envelope, upload.n))
        if wanted != (upload.length, sha256):
            tx.session.delete(upload)
            error = OtherFiles(file=upload.name, reason="SHA-256")
            service.record_attempt(tx, project_uid, error, of=armed)
            return Outcome(is_armed=True, refusal=error, is_gone=True)
    upload.received, upload.sha256, upload.durable_at = upload.length, sha256, durable_at
    upload.expires_at = tx.now + lasts
    tx.session.flush()
    if armed is None:
        return Outcome()
    try:
        arming.stamp_if_whole(tx, project_uid, armed, durable_at)
    except rules.TooLate as error:
        return Outcome(is_armed=True, refusal=error)
    return Outcome(is_armed=True, intake_id=armed.intake_id)


def terminate(tx: Tx, uid: str) -> None:
    """Give an upload up."""
    upload = own_upload(tx.session, tx.actor, uid)
    if arming.armed_bid(tx.session, upload.organisation_id, upload.bid_uid) is not None:
        raise Needed(file=upload.name)
    tx.session.delete(upload)


def refuse_plain(tx: Tx, uid: str, error: DomainError) -> None:
    """Let an upload go that is not sealed, and keep that as an attempt."""
    upload = own_upload(tx.session, tx.actor, uid)
    service.record_attempt(tx, upload.project.uid, error, bid_uid=upload.bid_uid)
    tx.session.delete(upload)


def expire(tx: Tx) -> list[str]:
    """Let go what lasted long enough and no armed bid waits with; the uids whose files may go."""
    waiting = select(ArmedBid.id).where(
        ArmedBid.organisation_id == Upload.organisation_id, ArmedBid.bid_uid == Upload.bid_uid
    )
    gone = tx.session.scalars(select(Upload).where(Upload.expires_at <= tx.now, ~waiting.exists())).all()
    for upload in gone:
        tx.session.delete(upload)
    return [upload.uid for upload in gone]
