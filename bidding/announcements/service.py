"""Announcements: written, handed over, published by a second person, withdrawn; objections and their answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bidding.announcements import contents, policy, queries, rules
from bidding.announcements.events import (
    AnnouncementPublished,
    AnnouncementWithdrawn,
    ObjectionAnswered,
    ObjectionMade,
)
from bidding.announcements.models import Announcement, Objection
from bidding.announcements.policy import Permission
from bidding.announcements.rules import PRESETS, Kind, Said, State
from bidding.core.canonical import dumps, sha
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.tenders import service as tenders
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import Defects
from bidding.tenders.service import ChangedMeanwhile, Intended

#: Kinds of the notes in the centre's log.
PUBLISHED_NOTE, WITHDRAWN_NOTE = "announcement", "announcement-withdrawn"
OBJECTION_NOTE, ANSWER_NOTE = "announcement-objection", "announcement-answer"


class ObjectionWaiting(DomainError):
    """A second objection of one organisation while its first has no answer."""

    code = "announcements.objection_waiting"
    text = N_("贵单位的上一份异议还没有答复。收到答复以后，公示期内可以再提。")


# Drafting --------------------------------------------------------------------------------------------------------


class CandidatesStand(DomainError):
    """A second list of candidates of one lot."""

    code = "announcements.candidates_stand"
    text = N_(
        "这个标段已经有一份中标候选人公示。要换，请先删除它的草稿；已经发布的，由另一人撤回并写明原因。"
    )


def create(tx: Tx, kind: Kind, said: Said, lot: Lot | None = None) -> Announcement:
    """A new draft of the actor's agency; of candidates, of that opened ``lot``.

    Raises ``NotFound`` for whoever writes for no agency, ``CandidatesStand``.
    """
    agency_id = tx.actor.organisation_id
    if agency_id is None or PRESETS[kind].of_lot != (lot is not None):
        raise NotFound
    policy.require(tx.actor, Permission.ANNOUNCEMENT_EDIT, agency_id=agency_id)
    row = Announcement(
        uid=new_uid(tx.entropy),
        kind=kind,
        agency_id=agency_id,
        created_at=tx.now,
        lot_id=lot.id if lot else None,
    )
    row.said = _trimmed(said)
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:
        raise CandidatesStand from None
    return row


def edit(tx: Tx, uid: str, said: Said, *, version: int | None = None) -> Announcement:
    """Change what a draft says. ``version`` is the one the form was filled in over. Raises ``ChangedMeanwhile``, ``WrongState``."""
    row = _held(tx, uid, Permission.ANNOUNCEMENT_EDIT, State.DRAFT)
    if version is not None and version != row.version:
        raise ChangedMeanwhile
    row.said = _trimmed(said)
    tx.session.flush()
    return row


def discard(tx: Tx, uid: str) -> None:
    """Throw a draft away; nobody but its agency ever saw it."""
    tx.session.delete(_held(tx, uid, Permission.ANNOUNCEMENT_EDIT, State.DRAFT))
    tx.session.flush()


def submit(tx: Tx, uid: str) -> Announcement:
    """Hand a draft to the second person. Raises ``Defects`` with everything that is missing, at once."""
    row = _held(tx, uid, Permission.ANNOUNCEMENT_EDIT, State.DRAFT)
    _sound(tx, row)
    row.state, row.returned_reason = State.SUBMITTED, ""
    row.submitted_at, row.submitted_by_id = tx.now, tx.actor.account_id
    tx.session.flush()
    return row


def send_back(tx: Tx, uid: str, reason: str) -> Announcement:
    """Send it back to its agency with everything that has to be changed."""
    row = _held(tx, uid, Permission.ANNOUNCEMENT_PUBLISH, State.SUBMITTED)
    row.returned_reason = rules.check_words(reason, rules.ReasonMissing, "reason")
    row.state, row.submitted_at, row.submitted_by_id = State.DRAFT, None, None
    tx.session.flush()
    return row


# Publishing ------------------------------------------------------------------------------------------------------


def publish(tx: Tx, uid: str, *, keys: LogKeys) -> Announcement:
    """Let it out, as the second person; pressed twice it is out once.

    Raises ``SamePerson``, ``Defects`` where it no longer holds, ``WrongState``.
    """
    row = _locked(tx, uid)
    account_id = policy.require(tx.actor, Permission.ANNOUNCEMENT_PUBLISH, agency_id=row.agency_id)
    if row.state is State.PUBLISHED:
        return row
    if row.state is not State.SUBMITTED:
        raise WrongState
    if row.submitted_by_id == account_id:
        raise SamePerson
    _sound(tx, row)
    text = dumps(queries.text_of(tx.session, row, tx.now, at=tx.now)).decode()
    period = queries.publicity(tx.session, row, tx.now)
    row.state, row.published_at, row.published_by_id = State.PUBLISHED, tx.now, account_id
    row.ends_on = None if period is None else period.last
    row.notice, row.sha256 = text, sha(text).hex()
    tx.session.flush()  # whoever publishes at the same moment loses here, before anything is logged
    _log(tx, keys, row, PUBLISHED_NOTE, of=row.kind.value, sha256=row.sha256)
    tx.emit(AnnouncementPublished(row.id))
    return row


def withdraw(tx: Tx, uid: str, reason: str, *, keys: LogKeys) -> Announcement:
    """Take back what is out, with the reason; it stays readable and says so. Not for whoever published it. Twice is once."""
    row = _locked(tx, uid)
    account_id = policy.require(tx.actor, Permission.ANNOUNCEMENT_PUBLISH, agency_id=row.agency_id)
    if row.state is State.WITHDRAWN:
        return row
    if row.state is not State.PUBLISHED:
        raise WrongState
    if row.published_by_id == account_id:
        raise SamePerson
    row.withdrawn_reason = rules.check_words(reason, rules.ReasonMissing, "reason")
    row.state, row.withdrawn_at, row.withdrawn_by_id = State.WITHDRAWN, tx.now, account_id
    tx.session.flush()
    _log(tx, keys, row, WITHDRAWN_NOTE, sha256=row.sha256, reason=sha(row.withdrawn_reason).hex())
    tenders.intention_withdrawn(tx, row.uid)
    tx.emit(AnnouncementWithdrawn(row.id))
    return row


# Objections ------------------------------------------------------------------------------------------------------


def make_objection(tx: Tx, uid: str, body: str, *, keys: LogKeys) -> Objection:
    """Object to a single source, or to candidates, while they stand published (财政部令第74号 39; 招标投标法实施条例 54).

    Raises ``NoObjectionsHere``, ``ObjectionTooLate``, ``ObjectionTooShort``, ``ObjectionWaiting``.
    """
    row = _locked(tx, uid)
    account_id, organisation_id = tx.actor.account_id, tx.actor.organisation_id
    may = tx.actor.may(Permission.ANNOUNCEMENT_OBJECT)
    if row.state not in queries.PUBLIC or account_id is None or organisation_id is None or not may:
        raise NotFound
    body = body.replace("\r\n", "\n").strip()
    rules.check_objection(row.kind, row.state, row.ends_on, body, tx.now)
    mine = select(Objection.id).where(
        Objection.announcement_id == row.id,
        Objection.organisation_id == organisation_id,
        Objection.answered_at.is_(None),
    )
    if tx.session.scalar(mine) is not None:
        raise ObjectionWaiting
    last = select(func.max(Objection.n)).where(Objection.announcement_id == row.id)
    n = (tx.session.scalar(last) or 0) + 1
    made = Objection(
        announcement_id=row.id,
        n=n,
        organisation_id=organisation_id,
        made_by_id=account_id,
        made_at=tx.now,
        body=body,
        sha256=sha(dumps(contents.objection_text(row.uid, n, body, tx.now))).hex(),
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(made)
    except IntegrityError:  # two of one organisation, at once
        raise ObjectionWaiting from None
    _log(tx, keys, row, OBJECTION_NOTE, n=n, sha256=made.sha256)
    tx.emit(ObjectionMade(row.id, n))
    return made


def answer_objection(tx: Tx, uid: str, n: int, words: str, *, upheld: bool, keys: LogKeys) -> Objection:
    """Answer an objection in the open record; answered twice, the first answer stands (财政部令第74号 40; 招标投标法实施条例 54)."""
    row = _locked(tx, uid)
    account_id = policy.require(tx.actor, Permission.ANNOUNCEMENT_EDIT, agency_id=row.agency_id)
    found = tx.session.scalar(
        select(Objection)
        .where(Objection.announcement_id == row.id, Objection.n == n)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if found.answered_at is not None:
        raise WrongState
    found.answer = rules.check_words(words, rules.AnswerMissing, "words")
    text = contents.answer_text(row.uid, n, found.sha256, found.answer, tx.now, upheld=upheld)
    found.answered_at, found.answered_by_id, found.upheld = tx.now, account_id, upheld
    found.answer_sha256 = sha(dumps(text)).hex()
    tx.session.flush()
    _log(tx, keys, row, ANSWER_NOTE, n=n, sha256=found.answer_sha256)
    tx.emit(ObjectionAnswered(row.id, n, found.made_by_id))
    return found


# The tender that follows -----------------------------------------------------------------------------------------


def follow(tx: Tx, project_uid: str, announcement_uid: str | None) -> Project:
    """Say which published intention of the same agency a draft follows; None: none.

    Raises ``NotFound`` for what is no such intention, ``WrongState`` for what is no draft any more.
    """
    if announcement_uid is None:
        return tenders.follow_intention(tx, project_uid, None)
    row = _locked(tx, announcement_uid)
    policy.require(tx.actor, Permission.ANNOUNCEMENT_EDIT, agency_id=row.agency_id)
    if row.kind is not Kind.INTENTION or row.state is not State.PUBLISHED or row.published_at is None:
        raise NotFound
    intended = Intended(row.uid, row.title, row.sha256 or "", row.published_at)
    return tenders.follow_intention(tx, project_uid, intended)


# What all of them share ------------------------------------------------------------------------------------------


def _locked(tx: Tx, uid: str) -> Announcement:
    row = tx.session.scalar(
        select(Announcement)
        .where(Announcement.uid == uid)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _held(tx: Tx, uid: str, permission: Permission, state: State) -> Announcement:
    row = _locked(tx, uid)
    policy.require(tx.actor, permission, agency_id=row.agency_id)
    if row.state is not state:
        raise WrongState
    return row


def _sound(tx: Tx, row: Announcement) -> None:
    defects = [problem for problem in queries.review(tx.session, row, tx.now) if problem.blocks]
    if defects:
        raise Defects(defects)


def _trimmed(said: Said) -> Said:
    texts = {
        name: getattr(said, name).replace("\r\n", "\n").strip()
        for name in Said.__dataclass_fields__
        if isinstance(getattr(said, name), str)
    }
    return replace(said, opinions=rules.whole(said.opinions), **texts)


def _log(tx: Tx, keys: LogKeys, row: Announcement, kind: str, **data: Any) -> None:
    """What becomes of a lot stands in its project's log, all else in the centre's."""
    log_id = row.lot.project.log_id if row.lot else None
    log = tx.session.get_one(Log, log_id) if log_id else ledger.centre_log(tx, keys)
    ledger.record(tx, log, EventType.NOTE, kind=kind, data={"announcement": row.uid, **data})
