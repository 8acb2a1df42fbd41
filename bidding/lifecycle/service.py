"""Notices about a tender's course: drafted, published by a second person, and what they do; and the tender anew."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.lifecycle import contents, policy, queries, rules
from bidding.lifecycle.contents import Words
from bidding.lifecycle.events import CourseAnnounced
from bidding.lifecycle.models import CourseNotice, Retender
from bidding.lifecycle.policy import Permission
from bidding.lifecycle.rules import Kind
from bidding.outages import service as outages
from bidding.rooms import service as rooms
from bidding.submissions import service as submissions
from bidding.tenders import queries as tender_queries
from bidding.tenders import service as tenders
from bidding.tenders.bookings import named_of
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project

#: Kind of the note in the centre's log that says a tender was terminated: its own log may never become public.
TERMINATED_NOTE = "tender-terminated"
#: Why a terminated tender's rooms are free again.
ROOMS_GIVEN_BACK = N_("项目已终止")


def draft(tx: Tx, uid: str, kind: Kind, words: Words) -> CourseNotice:
    """Write a notice for another person to publish.

    Raises what stands against it (``rules.check``), ``WordsMissing``, ``NoSuchBasis``, ``NoticeWaiting``; ``NotFound``
    for whoever is not of the tender's agency.
    """
    project = _project(tx, uid)
    account_id = policy.require(tx.actor, Permission.COURSE_DRAFT, agency_id=project.agency_id)
    submissions.gate_of(tx, uid)
    tx.session.refresh(project)
    words = Words(**{name: text.strip() for name, text in asdict(words).items()})
    contents.check_words(kind, project.family, words, project.method)
    rules.check(kind, queries.situation(tx.session, project), tx.now)
    if queries.waiting(tx.session, project.id) is not None:
        raise rules.NoticeWaiting
    asked = {name: text for name, text in asdict(words).items() if name in (*contents.ASKED[kind], "basis")}
    row = CourseNotice(
        uid=new_uid(tx.entropy),
        project_id=project.id,
        kind=kind,
        drafted_at=tx.now,
        drafted_by_id=account_id,
        **asked,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:  # two of the agency, at once
        raise rules.NoticeWaiting from None
    return row


def publish(tx: Tx, uid: str, notice_uid: str, *, keys: LogKeys) -> CourseNotice:
    """Publish a notice, as the second person, and do what it says; pressed twice it is done once.

    Raises ``SamePerson``, what stands against it by now, ``WrongState`` for one that was dropped.
    """
    project = _project(tx, uid)
    account_id = policy.require(tx.actor, Permission.COURSE_PUBLISH, agency_id=project.agency_id)
    _, _, book = submissions.gate_of(tx, uid)
    tx.session.refresh(project)
    row = _notice(tx, project, notice_uid)
    if row.published_at is not None:
        return row
    if row.dropped_at is not None:
        raise WrongState
    if row.drafted_by_id == account_id:
        raise SamePerson
    found = queries.situation(tx.session, project)
    rules.check(row.kind, found, tx.now)
    n = len(queries.published(tx.session, project.id)) + 1
    text = dumps(notice_text(row, project, list(found.unannounced), n=n, at=tx.now)).decode()
    row.n, row.notice, row.sha256 = n, text, sha(text).hex()  # all at once, as the table wants it
    row.published_at, row.published_by_id = tx.now, account_id
    tx.session.flush()
    ledger.record(tx, book, EventType.NOTICE, kind=row.kind.value, sha256=row.sha256)
    _carry_out(tx, project, row, keys)
    tx.session.flush()
    tx.emit(CourseAnnounced(project.id, row.n, row.kind.value))
    return row


def _carry_out(tx: Tx, project: Project, row: CourseNotice, keys: LogKeys) -> None:
    if row.kind is Kind.SUSPENSION:
        outages.suspend(tx, project.uid, row.sha256 or "")
    elif row.kind is Kind.RESUMPTION:
        outages.resume(tx, project.uid, " ".join(row.reason.split())[: outages.MAX_REASON])
    elif row.kind is Kind.TERMINATION:
        submissions.shut(tx, project.uid)
        tenders.enter_stage(tx, project, Stage.TERMINATED)
        rooms.give_back(tx, named_of(project), ROOMS_GIVEN_BACK)
        data = {"project": project.code, "sha256": row.sha256}
        ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=TERMINATED_NOTE, data=data)


def drop(tx: Tx, uid: str, notice_uid: str) -> CourseNotice:
    """Take a notice back before it is out: its author's or the second person's to do. Twice is once."""
    project = _project(tx, uid)
    account_id = policy.require(tx.actor, Permission.COURSE_PUBLISH, agency_id=project.agency_id)
    submissions.gate_of(tx, uid)
    row = _notice(tx, project, notice_uid)
    if row.published_at is not None:
        raise WrongState
    if row.dropped_at is None:
        row.dropped_at, row.dropped_by_id = tx.now, account_id
        tx.session.flush()
    return row


def notice_text(
    row: CourseNotice,
    project: Project,
    failed: list[str],
    *,
    n: int | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """A notice as data: what is hashed into the log (domain reference §6, 终止公告, 废标公告/流标公告).

    Instants in Unix seconds; ``lots`` are those that failed. ``n`` and ``at`` are its number and when it is published.
    """
    basis = next(
        (each for each in contents.bases(project.family, row.kind, project.method) if each.code == row.basis),
        None,
    )
    return {
        "v": 1,
        "type": "course-notice",
        "kind": row.kind.value,
        "n": n,
        "project": project.code,
        "title": project.title,
        "owner": project.owner_name,
        "agency": {"name": project.agency.name, "uscc": project.agency.uscc},
        "of": sha(project.notice or "").hex(),
        "announced_at": unix(at) if at else None,
        "closes_at": unix(project.closes_at) if project.closes_at else None,
        "law": basis.law if basis else None,
        "article": basis.article if basis else None,
        "reason": row.reason,
        "refunds": row.refunds or None,
        "next_step": row.next_step or None,
        "lots": failed if row.kind is Kind.FAILURE else [],
        "contact": {"name": row.contact, "phone": row.phone},
    }


def retender(tx: Tx, uid: str, *, region: str) -> Project:
    """A new draft that says what the failed or terminated tender said, with the lots that are wanted again; linked.

    Dates, panel and publication are its own. Raises ``NotInTable``, ``RetenderedAlready``, ``NotFound``.
    """
    project = queries.project_of(tx.session, tx.actor, uid)
    account_id = policy.require(tx.actor, Permission.TENDER_REPEAT, agency_id=project.agency_id)
    if project.stage is not Stage.UNQUALIFIED:  # which was never published, and has no gate
        submissions.gate_of(tx, uid)
    tx.session.refresh(project)
    if queries.successor_row(tx.session, project.id) is not None:
        raise rules.RetenderedAlready
    wanted = queries.may_repeat(tx.session, project)
    if not wanted:
        raise rules.NotInTable
    count = queries.round_of(tx.session, project) + 1
    named = f"{project.title.removesuffix(_round(count - 1))}"[: 200 - len(_round(count))] + _round(count)
    made = tenders.copy_project(tx, uid, region=region, title=named, lots=wanted)
    row = Retender(project_id=project.id, successor_id=made.id, made_at=tx.now, made_by_id=account_id)
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:  # two of the agency, at once
        raise rules.RetenderedAlready from None
    return made


def _round(count: int) -> str:
    """What a title ends with, as notices are titled: nothing the first time."""
    return f"（第{count}次）" if count > 1 else ""


def _project(tx: Tx, uid: str) -> Project:
    """A published tender of whatever stage. Raises ``NotFound``."""
    return tender_queries.notice(tx.session, uid)


def _notice(tx: Tx, project: Project, notice_uid: str) -> CourseNotice:
    row = tx.session.scalar(
        select(CourseNotice)
        .where(CourseNotice.uid == notice_uid, CourseNotice.project_id == project.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row
