"""Experts who were not drawn here, and the owner's representatives: brought by one, confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bidding.committee import queries, rules
from bidding.committee.models import Appointment, Member
from bidding.committee.policy import Permission, require
from bidding.committee.queries import lists
from bidding.committee.rules import Person, Source
from bidding.committee.service.writing import note, sealed
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.experts.rules import unit_key
from bidding.experts.service.writing import log_of
from bidding.storage import BlobStore
from bidding.tenders.models import Project


@dataclass(frozen=True, slots=True)
class Paper:
    """By what experts were not drawn here."""

    source: Source
    basis: str
    count: int
    evaluation_at: datetime
    file_name: str
    data: bytes
    certificate: str = ""
    words: str = ""


def bring_paper(tx: Tx, project_uid: str, paper: Paper, blobs: BlobStore) -> Appointment:
    """Bring the paper by which experts are appointed; it counts once somebody else has confirmed it. Raises ``NoFile``."""
    project = queries.project_for(tx.session, tx.actor, project_uid, Permission.COMMITTEE_NAME)
    by = require(tx.actor, Permission.COMMITTEE_NAME, agency_id=project.agency_id)
    if not paper.data.startswith(b"%PDF-") or len(paper.data) > rules.MOST_MB * 2**20:
        raise rules.NoFile(limit=rules.MOST_MB, field="file")
    row = Appointment(
        uid=new_uid(tx.entropy),
        project_id=project.id,
        source=paper.source,
        basis=paper.basis,
        words=paper.words.strip(),
        certificate=paper.certificate.strip(),
        count=paper.count,
        evaluation_at=paper.evaluation_at,
        file_name=paper.file_name[-200:],
        sha256=blobs.put(paper.data),
        brought_at=tx.now,
        brought_by_id=by,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def confirm_paper(tx: Tx, uid: str) -> Appointment:
    """Somebody else has read the paper; the project's log says by what and how many. Raises ``SamePerson``, ``WrongState``."""
    row = queries.appointment(tx.session, tx.actor, uid, Permission.COMMITTEE_CONFIRM)
    by = require(tx.actor, Permission.COMMITTEE_CONFIRM, agency_id=row.project.agency_id)
    log = log_of(tx, row.project)
    tx.session.refresh(row)
    if row.confirmed_at is not None or row.withdrawn_at is not None:
        raise WrongState
    if row.brought_by_id == by:
        raise SamePerson
    row.confirmed_at, row.confirmed_by_id = tx.now, by
    tx.session.flush()
    note(
        tx,
        log,
        "committee-appointed",
        source=row.source.value,
        basis=row.basis,
        count=row.count,
        certificate=row.certificate or None,
        sha256=row.sha256,
    )
    return row


def withdraw_paper(tx: Tx, uid: str) -> Appointment:
    """Take a paper back that nobody has confirmed. Raises ``WrongState``."""
    row = queries.appointment(tx.session, tx.actor, uid, Permission.COMMITTEE_NAME)
    by = require(tx.actor, Permission.COMMITTEE_NAME, agency_id=row.project.agency_id)
    tx.session.refresh(row, with_for_update=True)
    if row.confirmed_at is not None or row.withdrawn_at is not None:
        raise WrongState
    row.withdrawn_at, row.withdrawn_by_id = tx.now, by
    tx.session.flush()
    return row


def enter_member(tx: Tx, project_uid: str, who: Person, paper_uid: str = "") -> Member:
    """Enter a representative of the owner, or with ``paper_uid`` an expert of that paper.

    Experts come in when the evaluation begins: nobody has their names before. Raises ``NotYet``, ``EnoughAppointed``,
    ``ListedAlready``, ``OfTheAgency``, ``OfTheSupervisors``, ``WrongState``.
    """
    project = queries.project_for(tx.session, tx.actor, project_uid, Permission.COMMITTEE_NAME)
    by = require(tx.actor, Permission.COMMITTEE_NAME, agency_id=project.agency_id)
    log_of(tx, project)  # held, so that two who enter the last place do so one after the other
    paper = None
    if paper_uid:
        paper = queries.appointment(tx.session, tx.actor, paper_uid, Permission.COMMITTEE_NAME)
        if paper.project_id != project.id or paper.confirmed_at is None:
            raise WrongState
        if tx.now < paper.evaluation_at:
            raise rules.NotYet(at=f"{paper.evaluation_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
        if queries.entered(tx.session, paper) >= paper.count:
            raise rules.EnoughAppointed(count=paper.count)
    _check_unit(tx, project, who.unit, owners=paper is None)
    _check_once(tx, project, who)
    row = Member(
        uid=new_uid(tx.entropy),
        project_id=project.id,
        source=paper.source if paper else Source.OWNER,
        appointment_id=paper.id if paper else None,
        name=who.name.strip(),
        unit=who.unit.strip(),
        unit_uscc=who.uscc or None,
        title=who.title.strip(),
        specialty=who.specialty.strip(),
        phone_end=who.phone_end,
        entered_at=tx.now,
        entered_by_id=by,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def _check_unit(tx: Tx, project: Project, unit: str, *, owners: bool) -> None:
    agency, owner, supervisory = lists.barred(tx.session, project)
    rules.check_owners(
        unit_key(unit), agency={agency}, owner={owner} if owners else set(), supervisory=supervisory
    )


def _check_once(tx: Tx, project: Project, who: Person) -> None:
    for other in queries.members(tx.session, project.id):
        same = unit_key(other.name) == unit_key(who.name) and other.phone_end == who.phone_end
        if same and other.gone_at is None:
            raise rules.ListedAlready(name=who.name, field="name")


def confirm_member(tx: Tx, uid: str) -> Member:
    """Somebody else has compared the person with their papers. Raises ``SamePerson``, ``WrongState``."""
    row = queries.member(tx.session, tx.actor, uid, Permission.COMMITTEE_CONFIRM)
    by = require(tx.actor, Permission.COMMITTEE_CONFIRM, agency_id=row.project.agency_id)
    log = log_of(tx, row.project)
    tx.session.refresh(row)
    if row.source is Source.DRAWN or row.confirmed_at is not None or row.gone_at is not None:
        raise WrongState
    if row.list_id is not None:  # confirmed with the whole list, against its certificate
        raise WrongState
    if row.entered_by_id == by:
        raise SamePerson
    row.confirmed_at, row.confirmed_by_id = tx.now, by
    tx.session.flush()
    note(tx, log, "committee-named", source=row.source.value, sha256=sealed(tx, row))
    return row


def withdraw_member(tx: Tx, uid: str) -> None:
    """Take back a person who was entered by mistake and whom nobody has confirmed. Raises ``WrongState``."""
    row = queries.member(tx.session, tx.actor, uid, Permission.COMMITTEE_NAME)
    tx.session.refresh(row, with_for_update=True)
    if row.source is Source.DRAWN or row.confirmed_at is not None or row.list_id is not None:
        raise WrongState
    tx.session.delete(row)
    tx.session.flush()
