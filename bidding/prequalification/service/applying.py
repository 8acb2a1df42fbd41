"""Handing in an application, replacing it, taking it back: until the deadline, and by the server's clock.

Nothing of it is in a log before the deadline (ADR 0047): each line would tell that somebody applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps, sha
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import NotFound, WrongState
from bidding.db.uow import Tx
from bidding.identity import service as identity
from bidding.prequalification import policy, queries, rules
from bidding.prequalification.models import Application, ApplicationFile, Prequalification
from bidding.prequalification.rules import ApplicationState
from bidding.prequalification.service.drafting import named
from bidding.tenders.models import Project
from bidding.tenders.service import ChangedMeanwhile

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Said:
    """What an applicant writes beside its files; ``members``: the others of its consortium, one a line."""

    contact: str
    phone: str
    members: str = ""


def add_file(tx: Tx, uid: str, name: str, digest: str, size: int, arrived_at: datetime) -> ApplicationFile:
    """Put a stored blob into the organisation's draft; the first makes it. ``arrived_at``: when its last byte was here.

    Raises ``NotTaken``, ``FileEmpty``, ``FileTwice``, ``TooManyFiles``, ``NotApproved``.
    """
    found = _taking(tx, uid, arrived_at)
    draft = _draft(tx, found)
    shown = named(name, size, [(each.name, each.sha256) for each in draft.files], digest)
    made = ApplicationFile(name=shown, sha256=digest, size=size, added_at=tx.now)
    draft.files.append(made)
    tx.session.flush()
    return made


def remove_file(tx: Tx, uid: str, digest: str, arrived_at: datetime) -> None:
    """Take a file out of the draft."""
    found = _taking(tx, uid, arrived_at)
    draft = _draft(tx, found)
    draft.files.remove(queries.file_in(draft, digest))
    tx.session.flush()


def hand_in(tx: Tx, uid: str, said: Said, arrived_at: datetime) -> Application:
    """Hand the draft in; what was handed in before is replaced. The deadline itself is too late.

    Raises ``NotTaken``, ``NothingHandedIn``, ``NotApproved``.
    """
    found = _taking(tx, uid, arrived_at)
    draft = _draft(tx, found)
    if not draft.files:
        raise rules.NothingHandedIn(field="file")
    before = queries.own_in(tx.session, tx.actor, found, ApplicationState.EFFECTIVE)
    if before is not None:
        before.state, before.ended_at = ApplicationState.SUPERSEDED, arrived_at
        tx.session.flush()  # it gives way before the new one stands
    draft.contact, draft.phone = said.contact.strip()[:60], said.phone.strip()[:30]
    draft.members = said.members.strip() if found.project.consortium else ""
    draft.account_id = tx.actor.account_id or draft.account_id
    draft.received_at = arrived_at
    draft.reference = _reference(tx)
    draft.salt = tx.entropy.bytes(SALT_BYTES).hex()
    draft.digest = sha(dumps(said_of(draft, found.project))).hex()
    draft.state = ApplicationState.EFFECTIVE
    tx.session.flush()
    return draft


def withdraw(tx: Tx, application_uid: str, arrived_at: datetime) -> Application:
    """Take an own application back before the deadline; another can be handed in. Twice is once."""
    policy.require_tenderer(tx.actor)
    mine = queries.own(tx.session, tx.actor, application_uid)
    _taking(tx, mine.prequalification.project.uid, arrived_at)
    tx.session.refresh(mine)
    if mine.state is ApplicationState.WITHDRAWN:
        return mine
    if mine.state is not ApplicationState.EFFECTIVE:
        raise NotFound
    mine.state, mine.ended_at = ApplicationState.WITHDRAWN, arrived_at
    tx.session.flush()
    return mine


def said_of(application: Application, project: Project) -> dict[str, object]:
    """What an application's digest is made of: the applicant has every part of it, and others only the digest."""
    received = application.received_at
    return {
        "v": 1,
        "type": "prequalification-application",
        "project": project.code,
        "reference": application.reference,
        "applicant": {"name": application.organisation.name, "uscc": application.organisation.uscc},
        "contact": application.contact,
        "phone": application.phone,
        "members": application.members.splitlines(),
        "received_ms": int(received.timestamp() * 1000) if received else None,
        "files": [
            {"name": each.name, "size": each.size, "sha256": each.sha256} for each in application.files
        ],
        "salt": application.salt,
    }


def _taking(tx: Tx, uid: str, arrived_at: datetime) -> Prequalification:
    """The prequalification of a project while it takes applications; alone with it until the end."""
    policy.require_tenderer(tx.actor)
    found = tx.session.scalar(
        select(Prequalification)
        .join(Project, Project.id == Prequalification.project_id)
        .where(Project.uid == uid, Prequalification.published_at.is_not(None))
        .with_for_update(of=Prequalification)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    identity.require_approved(tx.session, tx.actor)
    if found.ended_at is not None:
        raise WrongState
    rules.require_open(found.times, arrived_at)
    return found


def _draft(tx: Tx, found: Prequalification) -> Application:
    """The organisation's draft; the first act makes it, with the files that are in already, to be replaced one by one."""
    organisation_id, account_id = policy.require_tenderer(tx.actor)
    draft = queries.own_in(tx.session, tx.actor, found, ApplicationState.DRAFT)
    if draft is not None:
        return draft
    before = queries.own_in(tx.session, tx.actor, found, ApplicationState.EFFECTIVE)
    draft = Application(
        uid=new_uid(tx.entropy),
        prequalification_id=found.id,
        organisation_id=organisation_id,
        account_id=account_id,
        begun_at=tx.now,
        state=ApplicationState.DRAFT,
        files=[
            ApplicationFile(name=each.name, sha256=each.sha256, size=each.size, added_at=each.added_at)
            for each in (before.files if before is not None else ())
        ],
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(draft)
    except IntegrityError:  # two of one organisation, at once
        raise ChangedMeanwhile from None
    return draft


def _reference(tx: Tx) -> str:
    """A number to read out on the phone: the Shanghai day and eight signs, not a count of anything."""
    token = new_uid(tx.entropy, 8).upper()
    return f"Z{tx.now.astimezone(SHANGHAI):%Y%m%d}-{token[:4]}-{token[4:]}"
