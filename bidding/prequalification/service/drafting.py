"""A prequalification's notice: its dates and documents, handed over by one, published by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bidding.core.canonical import dumps, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.prequalification import policy, queries, rules
from bidding.prequalification.models import Prequalification, PrequalificationFile
from bidding.prequalification.policy import Permission
from bidding.prequalification.service.notice import notice_text
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.acceptance import require_accepted
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import Defects, Problem, check_content, check_entry, check_examinable, division
from bidding.tenders.service import ChangedMeanwhile

#: Kind of the note in the centre's log; the project's own log begins with the tender.
NOTICE_NOTE = "prequalification-notice"


@dataclass(frozen=True, slots=True)
class Dates:
    """What the agency says of a prequalification beside what the project says already."""

    available_until_on: date
    closes_at: datetime
    examined_on: date | None = None
    note: str = ""


def set_dates(tx: Tx, uid: str, dates: Dates) -> Prequalification:
    """Write when documents are on offer and applications due. Raises the first objection of the law, ``WrongState``."""
    found = _draft(tx, uid)
    for problem in _check_dates(tx.session, found.project, dates.available_until_on, dates.closes_at, tx.now):
        if problem.blocks:
            raise problem.refusal
    found.available_until_on, found.closes_at = dates.available_until_on, dates.closes_at
    found.examined_on, found.note = dates.examined_on, dates.note.strip()[: rules.MOST_WORDS]
    tx.session.flush()
    return found


def add_document(tx: Tx, uid: str, name: str, digest: str, size: int) -> PrequalificationFile:
    """Attach a stored blob of ``size`` bytes. Raises ``FileEmpty``, ``FileTwice``, ``TooManyFiles``."""
    found = _draft(tx, uid)
    shown = named(name, size, [(each.name, each.sha256) for each in found.files], digest)
    made = PrequalificationFile(name=shown, sha256=digest, size=size, added_at=tx.now)
    found.files.append(made)
    tx.session.flush()
    return made


def named(name: str, size: int, others: list[tuple[str, str]], digest: str) -> str:
    """The name that a file is kept under. Raises as ``add_document``."""
    shown = tender_service.file_name(name)
    if not shown or size <= 0:
        raise rules.FileEmpty(field="file")
    for other, sha256 in others:
        if sha256 == digest:
            raise rules.FileTwice(field="file", name=other)
    if len(others) >= rules.MOST_FILES:
        raise rules.TooManyFiles(field="file", count=rules.MOST_FILES)
    return shown


def remove_document(tx: Tx, uid: str, digest: str) -> None:
    """Take a file off a draft. The blob stays: something else may speak of the same bytes."""
    found = _draft(tx, uid)
    found.files.remove(queries.file_of(found, digest))
    tx.session.flush()


def review(session: Session, project: Project, now: datetime) -> list[Problem]:
    """Everything that stands against the notice today, and every warning: told at once."""
    found = queries.of_project(session, project.id)
    out = check_content(project.written, [lot.written for lot in project.lots], documents=1)
    out += check_examinable(project.who_may, paper_bids=project.paper_bids)
    thresholds = tenders.entry_rules(session, tenders.local_day(now), division(project.code))
    out += check_entry(project.preset, project.subject, project.whole_fen, thresholds)
    if found is None or found.closes_at is None or found.available_until_on is None:
        out.append(Problem(rules.NoDates(field="closes_at")))
    else:
        out += _check_dates(session, project, found.available_until_on, found.closes_at, now)
    if found is None or not found.files:
        out.append(Problem(rules.NoFiles(field="file")))
    return out


def hand_over(tx: Tx, uid: str) -> Prequalification:
    """Hand the notice to the second person. Raises ``Defects`` with everything that is wrong, told at once."""
    found = _draft(tx, uid)
    _require_sound(tx, found.project)
    found.submitted_at, found.submitted_by_id = tx.now, tx.actor.account_id
    found.submitted_as = _digest(tx, found)
    found.returned_reason = None
    tx.session.flush()
    return found


def send_back(tx: Tx, uid: str, reason: str) -> Prequalification:
    """Send it back with a reason; whoever handed it over may take it back so, too. Raises ``SendBackReasonMissing``."""
    found, _ = _submitted(tx, uid)
    if not reason.strip():
        raise rules.SendBackReasonMissing(field="reason")
    found.returned_reason = reason.strip()[:1000]
    found.submitted_at = found.submitted_by_id = found.submitted_as = None
    tx.session.flush()
    return found


def publish(tx: Tx, uid: str, *, keys: LogKeys, accepted: bool = False) -> Prequalification:
    """Publish it, as the second person; from here on the project says what it says.

    ``accepted`` says that the centre must have taken the project on (setting ``ACCEPTANCE``). Raises ``SamePerson``,
    ``NotAccepted``, ``ChangedMeanwhile`` where the project changed since it was handed over, ``Defects``.
    """
    found, account_id = _submitted(tx, uid)
    if found.submitted_by_id == account_id:
        raise SamePerson
    if found.submitted_as != _digest(tx, found):
        raise ChangedMeanwhile
    if accepted:
        require_accepted(tx.session, found.project)
    _require_sound(tx, found.project)
    tender_service.begin_prequalification(tx, found.project)
    found.notice = dumps(notice_text(tx.session, found, tx.now, at=tx.now)).decode()
    found.published_at, found.published_by_id = tx.now, account_id
    found.rules_on = tenders.local_day(tx.now)
    tx.session.flush()
    data = {"project": found.project.code, "sha256": sha(found.notice).hex()}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=NOTICE_NOTE, data=data)
    return found


def _digest(tx: Tx, found: Prequalification) -> str:
    return sha(dumps(notice_text(tx.session, found, tx.now))).hex()


def _require_sound(tx: Tx, project: Project) -> None:
    defects = [problem for problem in review(tx.session, project, tx.now) if problem.blocks]
    if defects:
        raise Defects(defects)


def _check_dates(
    session: Session, project: Project, available_until_on: date, closes_at: datetime, now: datetime
) -> list[Problem]:
    return rules.check_dates(
        queries.figures(session, project, now),
        tenders.local_day(now),
        tenders.calendar(session),
        after_offer=project.preset.after_offer,
        available_until_on=available_until_on,
        closes_at=closes_at,
        now=now,
    )


def _draft(tx: Tx, uid: str) -> Prequalification:
    """The prequalification of an own draft, to be written on; the first writing makes it. Raises ``WrongState``."""
    project = queries.project_for(tx.session, tx.actor, uid)
    policy.require(tx.actor, Permission.PREQUALIFICATION_DRAFT, agency_id=project.agency_id)
    found = locked(tx, project)
    if found is None:
        if project.stage is not Stage.DRAFT or project.qualified_as is not None:
            raise WrongState
        found = Prequalification(project_id=project.id, created_at=tx.now, project=project)
        try:
            with tx.session.begin_nested():
                tx.session.add(found)
        except IntegrityError:  # two of the agency, at once
            raise ChangedMeanwhile from None
    if found.submitted_at is not None or project.stage is not Stage.DRAFT:
        raise WrongState
    return found


def _submitted(tx: Tx, uid: str) -> tuple[Prequalification, int]:
    project = queries.project_for(tx.session, tx.actor, uid)
    account_id = policy.require(tx.actor, Permission.PREQUALIFICATION_PUBLISH, agency_id=project.agency_id)
    found = locked(tx, project)
    if found is None:
        raise NotFound
    if found.submitted_at is None or found.published_at is not None or project.stage is not Stage.DRAFT:
        raise WrongState
    return found, account_id


def locked(tx: Tx, project: Project) -> Prequalification | None:
    """The row, alone with it until the end; what was read before the wait is read again."""
    return tx.session.scalar(
        select(Prequalification)
        .where(Prequalification.project_id == project.id)
        .with_for_update(of=Prequalification)
        .execution_options(populate_existing=True)
    )
