"""Forming and signing records, attaching scans, noting videos; each in one transaction with its note in the log.

The notes are none of the sitting's: they may come after its end, and a verifier passes them by. They bind a record's
data, a scan and a video's hours to the instant at which they were known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bidding.core.canonical import dumps
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.identity.models import Account, Organisation
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import policy
from bidding.opening import queries as openings
from bidding.opening.papers import document, queries, rules
from bidding.opening.papers.models import OpeningPaper, PaperSignature, RecordScan, VideoReference
from bidding.opening.papers.rules import Kind, Of, Seen
from bidding.opening.papers.withdrawal import SCAN, VIDEO
from bidding.opening.policy import Permission
from bidding.opening.service import locked, require_closed
from bidding.opening.sitting import ceremony
from bidding.opening.sitting import rules as sittings
from bidding.opening.sitting.presentation import Board, board
from bidding.opening.sitting.rules import Capacity
from bidding.opening.sitting.service.steps import account_of, as_staff, one_line, present, words_of
from bidding.tenders.models import Project

#: Kinds of their notes.
WITNESS, FAILED, SIGNATURE = "witness-record", "failed-record", "record-signature"


def write_witness(
    tx: Tx,
    uid: str,
    *,
    name: str,
    stay: tuple[datetime, datetime],
    checks: dict[str, Seen],
    problems: str,
    opinion: str,
    kind: Kind = Kind.WITNESS,
) -> OpeningPaper:
    """Form the witness record (监督记录) of an opening and sign it. Whoever forms it is the first to sign.

    Raises ``NothingToSay``, ``WrittenAlready``, ``ProblemUnsaid``, ``LeftTooEarly``, ``NotLeftYet``, ``OtherName``.
    """
    gate, project, book = as_staff(tx, uid, Permission.WITNESS)
    require_closed(tx.session, gate)
    shown = _board(tx, uid, kind)
    if shown.opened_at is None and not shown.standing.nothing:
        raise rules.NothingToSay
    arrived_at, left_at = stay
    rules.check_stay(arrived_at, left_at, tx.now)
    rules.check_points(checks, problems)
    body = document.witness(
        shown,
        by={"name": tx.actor.name, "unit": _unit(tx)},
        arrived_at=arrived_at,
        left_at=left_at,
        checks=checks,
        problems=_words(problems, "problems"),
        opinion=_words(opinion, "opinion"),
    )
    return _write(tx, (project, book), kind, WITNESS, body, name)


def write_failed(tx: Tx, uid: str, *, name: str) -> OpeningPaper:
    """Form the record of a failed tender (流标记录) and sign it. Raises ``NoFailure``, ``WrittenAlready``, ``OtherName``."""
    gate, project, book = as_staff(tx, uid, Permission.HOST)
    require_closed(tx.session, gate)
    shown = _board(tx, uid, Kind.FAILED)
    failures = queries.failures(tx.session, shown)
    if not failures:
        raise rules.NoFailure
    body = document.failed(shown, failures, article=queries.article(tx.session, project, queries.MIN_BIDS))
    return _write(tx, (project, book), Kind.FAILED, FAILED, body, name)


def _board(tx: Tx, uid: str, kind: Kind) -> Board:
    hall = openings.hall(tx.session, uid)
    return board(tx.session, hall, tx.now, queries.stage_of(hall.project, kind))


def _write(
    tx: Tx, held: tuple[Project, Log], kind: Kind, note: str, body: dict[str, Any], name: str
) -> OpeningPaper:
    project, book = held
    if queries.paper(tx.session, project.id, kind) is not None:
        raise rules.WrittenAlready
    text = dumps(body).decode()
    sha256 = ceremony.sha_of(text)
    _note(tx, book, note, {"sha256": sha256})
    row = OpeningPaper(
        project_id=project.id,
        kind=kind,
        body=text,
        sha256=sha256,
        written_at=tx.now,
        written_by_id=account_of(tx),
    )
    tx.session.add(row)
    tx.session.flush()
    _sign(tx, (project, book), row, name)
    return row


def sign(tx: Tx, uid: str, kind: Kind, *, name: str, sha256: str) -> PaperSignature:
    """Sign a record by typing one's own name. Raises ``OtherName``, ``OtherRecord``, ``SignedAlready``, ``NotPresent``."""
    _, project, book = locked(tx, uid)
    found = queries.paper(tx.session, project.id, kind)
    if found is None:
        raise NotFound
    if sha256 != found.row.sha256:
        raise sittings.OtherRecord
    return _sign(tx, (project, book), found.row, name)


def _sign(tx: Tx, held: tuple[Project, Log], row: OpeningPaper, name: str) -> PaperSignature:
    project, book = held
    capacity = policy.capacity(tx.actor, agency_id=project.agency_id)
    if capacity is Capacity.TENDERER:
        present(tx, project, queries.stage_of(project, row.kind))
    if one_line(name) != tx.actor.name:
        raise sittings.OtherName(field="name", name=tx.actor.name)
    signed = select(PaperSignature.id).where(PaperSignature.paper_id == row.id)
    by = PaperSignature.account_id == tx.actor.account_id
    if capacity is Capacity.TENDERER:
        by = PaperSignature.organisation_id == tx.actor.organisation_id
    if tx.session.scalar(signed.where(by)) is not None:
        raise sittings.SignedAlready
    _note(tx, book, SIGNATURE, {"record": row.sha256, "as": capacity.value})
    assert tx.actor.organisation_id is not None  # noqa: S101 — everybody is of a unit
    made = PaperSignature(
        paper_id=row.id,
        account_id=account_of(tx),
        organisation_id=tx.actor.organisation_id,
        capacity=capacity,
        name=tx.actor.name,
        signed_at=tx.now,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def attach(tx: Tx, uid: str, record: Of, *, name: str, size: int, sha256: str) -> RecordScan:
    """Attach the scan of a signed record, which lies in the store already. The same bytes twice are one."""
    gate, project, book = as_staff(tx, uid, Permission.SCANS)
    require_closed(tx.session, gate)
    for known in queries.scans(tx.session, project.id, record):
        if known.sha256 == sha256 and known.withdrawn_at is None:
            return known
    row = RecordScan(
        project_id=project.id,
        record=record,
        name=name,
        size=size,
        sha256=sha256,
        attached_at=tx.now,
        attached_by_id=account_of(tx),
    )
    _note(tx, book, SCAN, document.scan_note(row))
    tx.session.add(row)
    tx.session.flush()
    return row


def note_video(tx: Tx, uid: str, *, camera: str, hours: tuple[datetime, datetime]) -> VideoReference:
    """Say which camera filmed the opening, from when to when. Raises ``CameraMissing``, ``EndsTooEarly``."""
    gate, project, book = as_staff(tx, uid, Permission.VIDEO)
    require_closed(tx.session, gate)
    name, (begins_at, ends_at) = one_line(camera), hours
    if not name or len(name) > rules.MAX_CAMERA:
        raise rules.CameraMissing(field="camera", most=rules.MAX_CAMERA)
    if ends_at <= begins_at:
        raise rules.EndsTooEarly(field="ends_at", begins=begins_at)
    row = VideoReference(
        project_id=project.id,
        camera=name,
        begins_at=begins_at,
        ends_at=ends_at,
        noted_at=tx.now,
        noted_by_id=account_of(tx),
    )
    _note(tx, book, VIDEO, document.video_note(row))
    tx.session.add(row)
    tx.session.flush()
    return row


def withdraw_scan(tx: Tx, uid: str, number: int, *, reason: str) -> RecordScan:
    """Take a scan back: it stays listed, struck out, and is given to nobody any more.

    Raises ``OthersAttachment``, ``WithdrawnAlready``, ``WordsMissing``.
    """
    gate, project, book = as_staff(tx, uid, Permission.SCANS)
    require_closed(tx.session, gate)
    row = queries.scan(tx.session, project.id, number)
    _take_back(tx, row, by=row.attached_by, reason=reason)
    _note(tx, book, *document.withdrawal(project.code, row))
    return row


def withdraw_video(tx: Tx, uid: str, number: int, *, reason: str) -> VideoReference:
    """Take back what was said of a video. Raises ``OthersAttachment``, ``WithdrawnAlready``, ``WordsMissing``."""
    gate, project, book = as_staff(tx, uid, Permission.VIDEO)
    require_closed(tx.session, gate)
    row = queries.video(tx.session, project.id, number)
    _take_back(tx, row, by=row.noted_by, reason=reason)
    _note(tx, book, *document.withdrawal(project.code, row))
    return row


def _take_back(tx: Tx, row: RecordScan | VideoReference, *, by: Account, reason: str) -> None:
    if not policy.may_take_back(tx.actor, by_id=by.id):
        raise rules.OthersAttachment(name=by.name)
    if row.withdrawn_by is not None:
        raise rules.WithdrawnAlready(name=row.withdrawn_by.name, at=row.withdrawn_at)
    said, person = words_of(reason, "reason"), tx.session.get_one(Account, account_of(tx))
    capacity = policy.capacity(tx.actor, agency_id=tx.session.get_one(Project, row.project_id).agency_id)
    row.withdrawn_at, row.withdrawn_by = tx.now, person
    row.withdrawn_as, row.withdrawn_reason = capacity, said
    tx.session.flush()


def _note(tx: Tx, book: Log, kind: str, data: Mapping[str, Any]) -> None:
    ledger.record(tx, book, EventType.NOTE, kind=kind, data=dict(data))


def _unit(tx: Tx) -> str:
    return tx.session.get_one(Organisation, tx.actor.organisation_id).name


def _words(text: str, field: str) -> str:
    return words_of(text, field) if text.strip() else ""
