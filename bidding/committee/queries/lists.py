"""Lists that another pool drew: what one would do to the committee as it is now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.committee import drawn_list, policy, rules
from bidding.committee.drawn_list import Layout, Reading
from bidding.committee.models import Appointment, DrawnList, Member
from bidding.committee.policy import Permission
from bidding.committee.rules import Person
from bidding.core.actor import Actor
from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import DomainError, NotFound
from bidding.experts.cells import RowError
from bidding.experts.rules import unit_key
from bidding.experts.vault import PoolVault
from bidding.identity.models import Organisation
from bidding.identity.policy import OrganisationKind
from bidding.storage import BlobStore
from bidding.tenders.models import Project

Lines = Sequence[tuple[int, list[str]]]  # each with its number


def drawn(session: Session, actor: Actor, uid: str, permission: Permission) -> DrawnList:
    """One list that the actor may act on. Raises ``NotFound``."""
    found = session.scalar(select(DrawnList).where(DrawnList.uid == uid, DrawnList.withdrawn_at.is_(None)))
    if found is None:
        raise NotFound
    policy.require(actor, permission, agency_id=found.paper.project.agency_id)
    return found


def of_project(session: Session, project_id: int) -> Sequence[DrawnList]:
    """The lists of a project that stand, in order."""
    return session.scalars(
        select(DrawnList)
        .join(Appointment)
        .where(Appointment.project_id == project_id, DrawnList.withdrawn_at.is_(None))
        .order_by(DrawnList.id)
    ).all()


def of_list(session: Session, row: DrawnList) -> Sequence[Member]:
    """Who was entered by a list, in order."""
    return session.scalars(select(Member).where(Member.list_id == row.id).order_by(Member.id)).all()


def to_confirm(session: Session) -> Sequence[DrawnList]:
    """Lists that were taken and wait for their second person."""
    return session.scalars(
        select(DrawnList)
        .where(
            DrawnList.taken_at.is_not(None),
            DrawnList.confirmed_at.is_(None),
            DrawnList.withdrawn_at.is_(None),
        )
        .order_by(DrawnList.id)
        .limit(50)
    ).all()


def label(sha256: str) -> str:
    """What the lines of a list are sealed as: those of another, put in their place, do not open."""
    return f"drawn list {sha256}"


def file_digest(row: DrawnList) -> str:
    """What the log has of the file: SHA-256 of the JCS of its own digest and the salt that the centre keeps."""
    return sha(dumps([row.sha256, row.salt])).hex()


def lines_of(row: DrawnList, blobs: BlobStore, vault: PoolVault) -> Lines:
    """The lines of a list. Raises ``PoolLocked``."""
    with blobs.open(row.blob) as file:
        return [(line, cells) for line, cells in json.loads(vault.open_bytes(file.read(), label(row.sha256)))]


def layout(row: DrawnList, lines: Lines) -> Layout:
    """Which column is what, as it was put down."""
    said = loads(row.columns)
    heads = next((cells for line, cells in lines if line == said["line"]), [])
    return Layout(said["line"], tuple(heads), said["columns"])


def columns_used_for(session: Session, lines: Lines, blobs: BlobStore, vault: PoolVault) -> Layout | None:
    """As the last confirmed list with the very same heading was matched: a platform exports alike every time."""
    last = session.scalars(
        select(DrawnList).where(DrawnList.confirmed_at.is_not(None)).order_by(DrawnList.id.desc()).limit(5)
    )
    for row in last:
        before = layout(row, lines_of(row, blobs, vault))
        for line, cells in lines:
            if tuple(cells) == before.heads:
                return replace(before, line=line)
    return None


def barred(session: Session, project: Project) -> tuple[str, str, frozenset[str]]:
    """Of whose units nobody judges: the agency, the owner (the agency's own tenders), the supervisors; for comparing."""
    supervisory = session.scalars(
        select(Organisation.name).where(Organisation.kind == OrganisationKind.SUPERVISORY)
    )
    return (
        unit_key(project.agency.name),
        unit_key(project.owner_name),
        frozenset(unit_key(name) for name in supervisory),
    )


def survey(session: Session, row: DrawnList, lines: Lines) -> Reading:
    """Who would be entered as things stand: of the good rows, those the committee can take. Raises ``NotMatched``."""
    found = drawn_list.read(lines, layout(row, lines))
    project = row.paper.project
    agency, _owner, supervisory = barred(session, project)
    there = {
        (unit_key(name), ending)
        for name, ending in session.execute(
            select(Member.name, Member.phone_end).where(
                Member.project_id == project.id, Member.gone_at.is_(None)
            )
        )
    }
    room = row.paper.count - (
        session.scalar(
            select(func.count(Member.id)).where(
                Member.appointment_id == row.paper_id, Member.gone_at.is_(None)
            )
        )
        or 0
    )
    heads = layout(row, lines)
    people, errors = list[tuple[int, Person]](), list(found.errors)
    for line, who in found.people:
        wrong: RowError | None = None
        if (unit_key(who.name), who.phone_end) in there:
            wrong = _error(line, who, heads, "name", drawn_list.LISTED, name=who.name)
        try:
            rules.check_owners(unit_key(who.unit), agency={agency}, owner=(), supervisory=supervisory)
        except DomainError as error:
            wrong = _error(line, who, heads, "unit", error.text)
        if wrong is None and len(people) >= room:
            wrong = _error(line, who, heads, "name", drawn_list.BEYOND, count=row.paper.count)
        if wrong is None:
            people.append((line, who))
        else:
            errors.append(wrong)
    lost = len(found.people) - len(people)
    return Reading(people, found.away, sorted(errors, key=lambda each: each.line), found.refused + lost)


def _error(line: int, who: Person, heads: Layout, column: str, text: str, **params: object) -> RowError:
    return RowError(line, who.name, heads.called(column), text, params)
