"""Noting what the province is to be told, giving identifiers, filling in what is missing, sending anew."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bidding.award.events import AwardConfirmed
from bidding.award.models import Award
from bidding.core.canonical import dumps, sha
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.identity.events import RegistrationDecided
from bidding.identity.models import Organisation
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.province import codes, due, queries
from bidding.province.models import DealCode, DealSerial, ProvinceAnswer, ProvinceMessage, ProvincePackage
from bidding.province.records import Record, as_typed, fits
from bidding.province.rules import (
    MOST_WORDS,
    OVER,
    AnswerDoesNotFit,
    NothingToExport,
    NotWaiting,
    ReasonMissing,
    State,
)
from bidding.province.station import Station
from bidding.tenders.models import Project

log = logging.getLogger(__name__)

#: The set that tells of a legal person, and what of it the message is about.
UNIT, FILED = "100", "filed"
#: Kind of the note in the centre's log that says that something is not told, and why.
LEFT_OUT = "province-left-out"


def note_project(tx: Tx, project_id: int, station: Station) -> int:
    """Note what the province is to be told of a project by now and has not been noted; how many there were.

    In the transaction of the cause. The messages themselves are made afterwards, so that nothing in them, a code list
    that lacks an entry or a name too long, can stand in the way of a publication.
    """
    if not station.on:
        return 0
    project = tx.session.get_one(Project, project_id)
    things = [each for each in due.of_project(tx.session, project) if station.plan.sends(each[0])]
    if not things:
        return 0
    give_codes(tx, project, station)
    known = set(
        tx.session.scalars(select(ProvinceMessage.key).where(ProvinceMessage.project_id == project_id))
    )
    fresh = [each for each in things if _key(each, project.uid) not in known]
    for thing in fresh:
        _note(tx, thing, _key(thing, project.uid), project_id=project_id)
    return len(fresh)


class OfProject(Protocol):
    """News of a project."""

    @property
    def project_id(self) -> int:
        """Whose."""
        ...


def on_project(tx: Tx, event: OfProject, station: Station) -> None:
    """Something of a project was published, or happened for everybody to see."""
    note_project(tx, event.project_id, station)


def on_award(tx: Tx, event: AwardConfirmed, station: Station) -> None:
    """A result is final."""
    note_project(tx, tx.session.get_one(Award, event.award_id).lot.project_id, station)


def on_registration(tx: Tx, event: RegistrationDecided, station: Station) -> None:
    """A legal person's papers were approved."""
    if event.approved:
        note_unit(tx, event.organisation_id, station)


def note_unit(tx: Tx, organisation_id: int, station: Station) -> None:
    """Note that a legal person was filed."""
    if station.on and station.plan.sends(UNIT):
        unit = tx.session.get_one(Organisation, organisation_id)
        _note(tx, (UNIT, FILED), _key((UNIT, FILED), unit.uid), organisation_id=organisation_id)


def _key(thing: due.Thing, uid: str) -> str:
    code, subject = thing
    return f"{code}/{uid}/{subject}"


def _note(tx: Tx, thing: due.Thing, key: str, *, edition: int = 1, **of: int | None) -> None:
    """Whoever notes the same at the same moment has noted it."""
    code, subject = thing
    values = {
        "uid": new_uid(tx.entropy, 24),
        "data_set": code,
        "key": key,
        "edition": edition,
        "subject": subject,
        "state": State.PENDING,
        "noted_at": tx.now,
        "next_due_at": tx.now,
        "attempts": 0,
        "faults": 0,
        "error": "",
        "receipt": "",
        "words": "",
        "version": 1,
        **of,
    }
    tx.session.execute(_insert(tx.session, ProvinceMessage, values))


def give_codes(tx: Tx, project: Project, station: Station) -> None:
    """Give every lot that has none its identifier: of the day of publication, the next number of that day.

    Never given anew and never changed, whatever the project becomes. Not given where the province's class of
    transaction is not known for it (``codes.trade`` of the centre's file).
    """
    trade = station.plan.codes["trade"].get(project.trade) or station.plan.codes["trade"].get(
        project.family.value
    )
    if trade is None or project.published_at is None:
        return
    has = select(DealCode.lot_id).where(DealCode.lot_id.in_([lot.id for lot in project.lots]))
    if len(tx.session.scalars(has).all()) == len(project.lots):
        return
    day = project.published_at.astimezone(SHANGHAI).date()
    row = _serial(tx.session, day)  # and with it the turn: what somebody gave at the same moment is found now
    given = set(tx.session.scalars(has))
    for lot in project.lots:
        if lot.id not in given:
            code = codes.deal_code(trade, station.centre.platform, day, row.last + 1)
            row.last += 1
            tx.session.add(DealCode(lot_id=lot.id, code=code, given_at=tx.now))
    tx.session.flush()


def _serial(session: Session, day: date) -> DealSerial:
    """The last number of a day, held until the end: one that is not used after all leaves no gap."""
    session.execute(_insert(session, DealSerial, {"day": day, "last": 0}))
    return session.scalars(
        select(DealSerial)
        .where(DealSerial.day == day)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _insert(session: Session, model: Any, values: Mapping[str, Any]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, in the words of the database at hand."""
    make = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    return make(model).values(**values).on_conflict_do_nothing()


# Making and mending ----------------------------------------------------------------------------------------------


def make(tx: Tx, message: ProvinceMessage, station: Station) -> bool:
    """Make a message that has no payload yet; whether it is whole. What is missing keeps it, and is looked for again.

    From here on the message's bytes stand: whatever changes is told by a further one.
    """
    if message.payload is not None:
        return True
    records = _looked_through(tx, message, station)
    if message.faults or not records:
        message.state, message.next_due_at = State.INCOMPLETE, None
        return False
    body = dumps(
        {
            "id": message.uid,
            "set": message.data_set,
            "table": station.plan.sets[message.data_set].table,
            "platform": station.centre.platform,
            "made_at": int(tx.now.timestamp()),
            "records": [each.values for each in records],
        }
    ).decode()
    message.payload, message.sha256 = body, sha(body).hex()
    return True


def check(tx: Tx, message: ProvinceMessage, station: Station) -> None:
    """Look through a message that waits or lacked something: whole, it waits; else it says how much is missing."""
    if message.state not in (State.PENDING, State.INCOMPLETE) or message.payload is not None:
        return
    lacks = not _looked_through(tx, message, station) or bool(message.faults)
    message.state = State.INCOMPLETE if lacks else State.PENDING
    message.next_due_at = None if lacks else (message.next_due_at or tx.now)


def _looked_through(tx: Tx, message: ProvinceMessage, station: Station) -> list[Record]:
    """The records, with how much stands against them. A fault of ours stays with this one message, named; the others go."""
    message.checked_at, message.faults, message.error = tx.now, 0, ""
    try:
        records = queries.records(tx.session, message, station, tx.now)
    except Exception as error:
        log.exception("message %s cannot be made", message.uid)
        message.error = type(error).__name__
        return []
    message.faults = sum(len(each.problems) for each in records)
    return records


def _free(tx: Tx, uid: str) -> ProvinceMessage:
    """A message that nobody is sending just now. Raises ``NotFound``, ``NotWaiting``."""
    message = queries.message(tx.session, uid)
    if message.lease_until is not None and message.lease_until > tx.now:
        raise NotWaiting
    return message


def answer(tx: Tx, uid: str, given: Mapping[tuple[str, str, str], str], station: Station) -> ProvinceMessage:
    """Keep what a person filled in, by scope, subject and field; empty takes an answer back. Then look again.

    The same answer holds in every message of the project, a unit's in those of all projects. Raises ``NotFound``,
    ``NotWaiting``, ``AnswerDoesNotFit``.
    """
    message = queries.message(tx.session, uid)
    if message.payload is not None:
        raise NotWaiting
    fields = {
        (each.field.ask, each.subject, each.field.code): each.field
        for record in queries.records(tx.session, message, station, tx.now)
        for each in record.filled
    }
    for (scope, subject, code), value in given.items():
        if (scope, subject, code) not in fields:
            raise NotFound
        field = fields[scope, subject, code]
        project_id = None if scope == "unit" else message.project_id
        _forget(tx, project_id, scope, subject, code)
        if value.strip():
            fault = fits(field.type, as_typed(field.type, value))
            if fault:
                raise AnswerDoesNotFit(
                    field=field_name(scope, subject, code), name=field.name, fault=fault[0] % fault[1]
                )
            tx.session.add(
                ProvinceAnswer(
                    project_id=project_id,
                    scope=scope,
                    subject=subject,
                    field=code,
                    value=value.strip(),
                    written_at=tx.now,
                    written_by_id=tx.actor.account_id,
                )
            )
    tx.session.flush()
    for each in queries.unmade(tx.session, message):
        check(tx, each, station)
    return message


def field_name(scope: str, subject: str, code: str) -> str:
    """What a field is called in the form in which it is filled in."""
    return f"{scope}.{subject}.{code}"


def _forget(tx: Tx, project_id: int | None, scope: str, subject: str, code: str) -> None:
    of = (
        ProvinceAnswer.project_id.is_(None) if project_id is None else ProvinceAnswer.project_id == project_id
    )
    tx.session.execute(
        delete(ProvinceAnswer).where(
            of,
            ProvinceAnswer.scope == scope,
            ProvinceAnswer.subject == subject,
            ProvinceAnswer.field == code,
        )
    )


# What a person decides -------------------------------------------------------------------------------------------


def retry(tx: Tx, uid: str) -> ProvinceMessage:
    """Send a message that failed once more, the same bytes under the same number. Raises ``NotFound``, ``NotWaiting``."""
    message = _free(tx, uid)
    if message.state is not State.ERROR:
        raise NotWaiting
    message.state, message.next_due_at = State.PENDING, tx.now
    message.attempts, message.error = 0, ""
    return message


def send_anew(tx: Tx, uid: str) -> ProvinceMessage:
    """Tell the same once more as a message of its own, made from what holds today: where facts or code lists were wrong.

    Raises ``NotFound``, and ``NotWaiting`` for one that is still on its way or has been followed.
    """
    message = _free(tx, uid)
    if message.state not in OVER or queries.last_edition(tx.session, message.key) != message.edition:
        raise NotWaiting
    if message.state is State.ERROR:
        _drop(tx, message, f"第 {message.edition + 1} 次报送代替")
    _note(
        tx,
        (message.data_set, message.subject),
        message.key,
        edition=message.edition + 1,
        project_id=message.project_id,
        organisation_id=message.organisation_id,
    )
    return queries.newest(tx.session, message.key)


def leave_out(tx: Tx, uid: str, reason: str, keys: LogKeys) -> ProvinceMessage:
    """Do not tell it, say why, and that in the centre's log; those after it go on.

    Raises ``NotFound``, ``NotWaiting``, ``ReasonMissing``.
    """
    message = _free(tx, uid)
    if message.state not in (State.PENDING, State.INCOMPLETE, State.ERROR):
        raise NotWaiting
    words = reason.strip()
    if not words or len(words) > MOST_WORDS:
        raise ReasonMissing(field="reason", most=MOST_WORDS)
    _drop(tx, message, words)
    data = {"message": message.uid, "set": message.data_set, "about": message.key, "reason": words}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=LEFT_OUT, data=data)
    return message


def _drop(tx: Tx, message: ProvinceMessage, words: str) -> None:
    message.state, message.next_due_at = State.DROPPED, None
    message.dropped_by_id, message.words = tx.actor.account_id, words


def pack(tx: Tx, station: Station) -> ProvincePackage:
    """Put what is ready into a package that is carried over; it counts as sent. Raises ``NothingToExport``."""
    ready = [each for each in queries.waiting(tx.session, tx.now) if make(tx, each, station)]
    ready = queries.unbroken(tx.session, ready)
    if not ready:
        raise NothingToExport
    package = ProvincePackage(
        uid=new_uid(tx.entropy, 24), count=len(ready), made_at=tx.now, made_by_id=tx.actor.account_id
    )
    tx.session.add(package)
    tx.session.flush()
    for message in ready:
        message.state, message.sent_at, message.next_due_at = State.SENT, tx.now, None
        message.package_id, message.error = package.id, ""
    return package


def delivered(tx: Tx, uid: str, receipt: str) -> ProvincePackage:
    """Say that the platform took a package; its messages are acknowledged. Raises ``NotFound``, ``NotWaiting``."""
    package = queries.package(tx.session, uid)
    if package.delivered_at is not None:
        raise NotWaiting
    package.delivered_at, package.delivered_by_id = tx.now, tx.actor.account_id
    package.receipt = receipt.strip()[:200]
    tx.session.execute(
        update(ProvinceMessage)
        .where(ProvinceMessage.package_id == package.id, ProvinceMessage.state == State.SENT)
        .values(state=State.ACKNOWLEDGED, acknowledged_at=tx.now, receipt=package.receipt)
    )
    return package
