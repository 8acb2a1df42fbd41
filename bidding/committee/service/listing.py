"""A list that another pool drew: brought and looked at, taken by one person, confirmed by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from bidding.committee import drawn_list, queries, rules
from bidding.committee.drawn_list import ListHasErrors, NobodyOnIt
from bidding.committee.models import Appointment, DrawnList, Member
from bidding.committee.policy import Permission, require
from bidding.committee.queries import lists
from bidding.committee.queries.lists import Lines
from bidding.committee.rules import Person, Source
from bidding.committee.service.writing import note, sealed
from bidding.core.canonical import dumps
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.experts.service.writing import log_of
from bidding.experts.vault import PoolVault
from bidding.storage import BlobStore


def bring_list(
    tx: Tx, paper_uid: str, file_name: str, data: bytes, lines: Lines, blobs: BlobStore, vault: PoolVault
) -> DrawnList:
    """Keep the lines of a list, sealed, and what its columns seem to be; nobody is entered by it yet.

    ``lines`` is ``data`` as ``experts.listing`` read it. Raises ``NotYet`` before the evaluation begins, ``WrongState``.
    """
    paper = queries.appointment(tx.session, tx.actor, paper_uid, Permission.COMMITTEE_NAME)
    by = require(tx.actor, Permission.COMMITTEE_NAME, agency_id=paper.project.agency_id)
    log_of(tx, paper.project)
    tx.session.refresh(paper)
    check_paper(tx, paper)
    digest = hashlib.sha256(data).hexdigest()
    packed = json.dumps(lines, ensure_ascii=False).encode()
    layout = lists.columns_used_for(tx.session, lines, blobs, vault) or drawn_list.layout_of(lines)
    row = DrawnList(
        uid=new_uid(tx.entropy),
        paper_id=paper.id,
        file_name=file_name[-200:],
        sha256=digest,
        salt=tx.entropy.bytes(32).hex(),
        blob=blobs.put(vault.seal_bytes(packed, lists.label(digest))),
        columns=_columns(layout.line, layout.columns),
        brought_at=tx.now,
        brought_by_id=by,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def check_paper(tx: Tx, paper: Appointment) -> None:
    """Refuse a list for a paper that does not stand, and before the evaluation begins."""
    if paper.source is not Source.EXTERNAL or paper.confirmed_at is None or paper.withdrawn_at is not None:
        raise WrongState
    if tx.now < paper.evaluation_at:
        raise rules.NotYet(at=f"{paper.evaluation_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def match_columns(tx: Tx, uid: str, line: int, columns: Mapping[str, int]) -> DrawnList:
    """Put down which line is the heading and which column is what, before the list is taken. Raises ``WrongState``."""
    row, _by = _held(tx, uid, Permission.COMMITTEE_NAME)
    if row.taken_at is not None:
        raise WrongState
    row.columns = _columns(line, columns)
    tx.session.flush()
    return row


def take_list(
    tx: Tx, uid: str, blobs: BlobStore, vault: PoolVault, *, skip_refused: bool = False
) -> DrawnList:
    """Enter everybody on a list who comes, all of them or nobody; they wait for a second person.

    With ``skip_refused`` rows that have an error are passed over. Raises ``NotMatched``, ``NobodyOnIt``,
    ``ListHasErrors``, ``NotYet``; ``WrongState`` for a list that was taken before.
    """
    row, by = _held(tx, uid, Permission.COMMITTEE_NAME)
    if row.taken_at is not None:
        raise WrongState
    check_paper(tx, row.paper)
    found = lists.survey(tx.session, row, lists.lines_of(row, blobs, vault))
    if not found.people:
        raise NobodyOnIt
    if found.refused and not skip_refused:
        raise ListHasErrors(refused=found.refused, field="skip_refused")
    for _line, who in found.people:
        tx.session.add(_member(tx, row, who, by))
    row.taken_at, row.taken_by_id, row.taken = tx.now, by, len(found.people)
    row.away, row.refused = found.away, found.refused
    tx.session.flush()
    return row


def _member(tx: Tx, row: DrawnList, who: Person, by: int) -> Member:
    return Member(
        uid=new_uid(tx.entropy),
        project_id=row.paper.project_id,
        source=Source.EXTERNAL,
        appointment_id=row.paper_id,
        list_id=row.id,
        name=who.name,
        unit=who.unit,
        unit_uscc=who.uscc or None,
        title=who.title,
        specialty=who.specialty,
        phone_end=who.phone_end,
        entered_at=tx.now,
        entered_by_id=by,
    )


def confirm_list(tx: Tx, uid: str) -> DrawnList:
    """Somebody else has compared the list with its certificate: its people may sign in, and the log says so.

    The log has the certificate's number and a digest that stands for the file. Raises ``SamePerson``, ``WrongState``.
    """
    row, by = _held(tx, uid, Permission.COMMITTEE_CONFIRM)
    if row.taken_at is None or row.confirmed_at is not None:
        raise WrongState
    if row.taken_by_id == by:
        raise SamePerson
    row.confirmed_at, row.confirmed_by_id = tx.now, by
    people = lists.of_list(tx.session, row)
    for one in people:
        one.confirmed_at, one.confirmed_by_id = tx.now, by
    tx.session.flush()
    log = log_of(tx, row.paper.project)
    note(
        tx,
        log,
        "committee-list",
        certificate=row.paper.certificate,
        count=len(people),
        sha256=lists.file_digest(row),
    )
    for one in people:
        note(tx, log, "committee-named", source=one.source.value, sha256=sealed(tx, one))
    return row


def withdraw_list(tx: Tx, uid: str) -> Appointment:
    """Take a list back that nobody has confirmed, and its people with it. Raises ``WrongState``."""
    row, by = _held(tx, uid, Permission.COMMITTEE_NAME)
    if row.confirmed_at is not None:
        raise WrongState
    for one in lists.of_list(tx.session, row):
        tx.session.delete(one)
    row.withdrawn_at, row.withdrawn_by_id = tx.now, by
    tx.session.flush()
    return row.paper


def _held(tx: Tx, uid: str, permission: Permission) -> tuple[DrawnList, int]:
    """A list with its project's log held, as it is now, and who acts."""
    row = lists.drawn(tx.session, tx.actor, uid, permission)
    by = require(tx.actor, permission, agency_id=row.paper.project.agency_id)
    log_of(tx, row.paper.project)
    tx.session.refresh(row)
    if row.withdrawn_at is not None:
        raise WrongState
    return row, by


def _columns(line: int, columns: Mapping[str, int]) -> str:
    return dumps({"line": line, "columns": dict(columns)}).decode()
