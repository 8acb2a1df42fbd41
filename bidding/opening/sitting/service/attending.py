"""Tenderers sign in, confirm their lines and object."""

from __future__ import annotations

from sqlalchemy import delete, select

from bidding.conduct import service as conduct
from bidding.conduct.rules import Rule
from bidding.core.clock import from_unix, unix
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import policy
from bidding.opening.policy import Permission
from bidding.opening.rules import FIRST, Terminated
from bidding.opening.service import locked, record_of
from bidding.opening.sitting import ceremony, queries, rules
from bidding.opening.sitting.models import (
    Attendance,
    LineAnswer,
    SpotObjection,
)
from bidding.opening.sitting.queries import discipline
from bidding.opening.sitting.rules import Way
from bidding.opening.sitting.service.steps import (
    account_of,
    as_staff,
    guest_of,
    one_line,
    open_sitting,
    present,
    say,
    unit_of,
    words_of,
)
from bidding.outages.events import PricesMoved
from bidding.submissions.models import Bid, Gate
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project, Stage


def sign_in(tx: Tx, uid: str, *, person: str, acknowledged: bool, stage: int = FIRST) -> Attendance:
    """Take part from one's own screen in the sitting of a stage. Twice it is the same.

    Before the close nothing is looked at but the clock and one's own row: nobody learns who came, nor may this
    answer tell anybody whether they have bid. Raises ``TooEarlyToSignIn``, ``NotAcknowledged``, ``NameMissing``,
    ``NotListed``; ``NotFound`` where there is no such opening.
    """
    policy.require_tenderer(tx.actor)
    if not acknowledged:
        raise rules.NotAcknowledged(field="acknowledged")
    name = _person(person)
    project = tenders.notice(tx.session, uid)
    if project.stage is Stage.TERMINATED:
        raise Terminated
    rules.require_meeting(project.preset.quiet)
    begins_at = queries.begins_at(project, stage)
    opens = (begins_at or tx.now) - rules.SIGN_IN_OPENS
    if tx.now < opens:
        raise (rules.TooEarlyToSignIn if stage == FIRST else rules.TooEarlyForPrices)(opens=opens)
    assert tx.actor.organisation_id is not None  # noqa: S101 — a tenderer is of a unit
    unit = tx.actor.organisation_id
    if begins_at is None or tx.now >= begins_at:
        locked(tx, uid)  # the list may be published at this very moment: it names whoever is here by then
    known = queries.attendance_of(tx.session, project.id, unit, stage)
    if known is not None:
        return known
    conduct.accept(tx, Rule.OPENING)
    sitting = queries.sitting_of(tx.session, project.id, stage)
    if sitting is None or sitting.listed_at is None:
        return _attend(tx, project, unit, name, Way.REMOTE, stage)
    return _join(tx, uid, unit, name, Way.REMOTE, stage)


def admit(tx: Tx, uid: str, *, bid: str, person: str, stage: int = FIRST) -> Attendance:
    """Sign in a tenderer's representative who is in the room; after the list is out."""
    _, project, _ = as_staff(tx, uid, Permission.ADMIT)
    unit = unit_of(tx.session, project, bid)
    known = queries.attendance_of(tx.session, project.id, unit, stage)
    return known or _join(tx, uid, unit, _person(person), Way.ROOM, stage)


def _person(text: str) -> str:
    name = one_line(text)
    if not name or len(name) > rules.MAX_NAME:
        raise rules.NameMissing(field="person", most=rules.MAX_NAME)
    return name


def _attend(tx: Tx, project: Project, unit: int, person: str, way: Way, stage: int) -> Attendance:
    made = Attendance(
        project_id=project.id,
        stage=stage,
        organisation_id=unit,
        account_id=account_of(tx),
        person=person,
        way=way,
        discipline=discipline(tx.session, tx.now).label,
        signed_in_at=tx.now,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def _join(tx: Tx, uid: str, unit: int, person: str, way: Way, stage: int) -> Attendance:
    """Sign in after the list is out: whoever is on it, with a note in the log."""
    gate, project, book = locked(tx, uid)
    guest = guest_of(tx, project, unit, stage)
    note = {"bids": list(guest.bids), "way": way.value}
    say(tx, gate, project, book, ceremony.SIGN_IN, note, stage=stage)
    return _attend(tx, project, unit, person, way, stage)


def sign_in_anew(tx: Tx, event: PricesMoved) -> None:
    """Forget who signed in for an hour of the second opening that no longer holds: nobody is taken to be there."""
    later = Attendance.stage > FIRST
    tx.session.execute(delete(Attendance).where(Attendance.project_id == event.project_id, later))


def confirm_line(tx: Tx, uid: str, bid: str, *, stage: int = FIRST) -> LineAnswer:
    """Say that one's own line is right. Raises ``NotPresent``, ``NotFound``, ``OutOfTurn``."""
    policy.require_tenderer(tx.actor)
    gate, project, book = locked(tx, uid)
    row = _own(tx, project, bid)
    present(tx, project, stage)
    return _line(tx, (gate, project, book), row, agrees=True, stage=stage)


def raise_objection(
    tx: Tx, uid: str, words: str, bid: str | None = None, *, stage: int = FIRST
) -> SpotObjection:
    """Object, in the sitting and in words. With one's own ``bid`` whose line is still open, its line says so too.

    Of those in the room the host writes down what they say: then ``bid`` names for whom. Sent twice it is one.
    """
    if tx.actor.may(Permission.ATTEND):
        policy.require_tenderer(tx.actor)
        gate, project, book = locked(tx, uid)
        guest = present(tx, project, stage)
        own = None if bid is None else _own(tx, project, bid)
    else:
        gate, project, book = as_staff(tx, uid, Permission.HOST)
        guest = guest_of(tx, project, unit_of(tx.session, project, bid or ""), stage)
        if guest.attendance is None or guest.attendance.way is not Way.ROOM:
            raise rules.NotPresent
        own = None
    said = words_of(words, "words")
    made = ceremony.objection_doc(project=project.code or "", bids=guest.bids, words=said, at=unix(tx.now))
    sha256 = ceremony.digest(made)
    known = tx.session.scalar(select(SpotObjection).where(SpotObjection.sha256 == sha256))
    if known is not None:
        return known
    sitting = open_sitting(tx, gate, project, stage)
    logged = record_of(tx.session, book).sittings[stage]
    if not logged.listed or logged.record is not None:
        raise rules.OutOfTurn
    ledger.record(tx, book, EventType.OBJECTION, sha256=sha256)
    row = SpotObjection(
        project_id=project.id,
        stage=stage,
        organisation_id=guest.organisation.id,
        words=said,
        sha256=sha256,
        raised_at=from_unix(made["at"]),
        raised_by_id=account_of(tx),
    )
    tx.session.add(row)
    sitting.acts += 1
    tx.session.flush()
    if own is not None and own.uid not in logged.lines and not logged.lines_closed:
        _line(tx, (gate, project, book), own, agrees=False, stage=stage)
    return row


def _own(tx: Tx, project: Project, bid: str) -> Bid:
    row = tx.session.scalar(
        select(Bid).where(
            Bid.project_id == project.id, Bid.uid == bid, Bid.organisation_id == tx.actor.organisation_id
        )
    )
    if row is None:
        raise NotFound
    return row


def _line(tx: Tx, held: tuple[Gate, Project, Log], bid: Bid, *, agrees: bool, stage: int) -> LineAnswer:
    gate, project, book = held
    said = ceremony.AGREES if agrees else ceremony.OBJECTS
    say(tx, gate, project, book, ceremony.LINE, {"bid": bid.uid, "answer": said}, stage=stage)
    row = LineAnswer(
        project_id=project.id,
        stage=stage,
        bid_id=bid.id,
        account_id=account_of(tx),
        agrees=agrees,
        said_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row
