"""Somebody applies to the pool, an administrator looks at it, another one lets them in."""

from __future__ import annotations

from sqlalchemy import insert, select

from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.experts import queries
from bidding.experts.applying import (
    DefectsMissing,
    Given,
    Letter,
    OutOfPool,
    ReasonMissing,
    ReturnedOnce,
    State,
    TwoPeople,
    check_codes,
    check_kinds,
)
from bidding.experts.models import Expert, ExpertApplication, Specialty, expert_specialty
from bidding.experts.policy import Permission
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys

#: The kind of the note in the centre's log that an application was decided; it names the application, nobody.
APPLICATION_NOTE = "pool-application"


def apply_to_pool(tx: Tx, given: Given, letter: Letter | None) -> ExpertApplication:
    """Hand an application in; its uid is the code by which the applicant finds it again. No account is made.

    Raises ``NoPoolChosen``, ``LetterMissing``, ``NoSuchSpecialty``.
    """
    _check(tx, given, letter)
    row = ExpertApplication(uid=new_uid(tx.entropy, 16), state=State.SUBMITTED)
    _fill(tx, row, given, letter)
    tx.session.add(row)
    tx.session.flush()
    return row


def apply_again(tx: Tx, uid: str, given: Given, letter: Letter | None) -> ExpertApplication:
    """Hand in anew what was sent back; whoever has the code may. Raises as ``apply_to_pool``, and ``WrongState``."""
    row = _held(tx, uid, State.RETURNED)
    _check(tx, given, letter)
    _fill(tx, row, given, letter)
    row.state = State.SUBMITTED
    tx.session.flush()
    return row


def _check(tx: Tx, given: Given, letter: Letter | None) -> None:
    check_kinds(works=given.works, procurement=given.procurement, has_letter=letter is not None)
    check_codes(given.codes, [row.code for row in queries.specialties(tx.session)])


def _fill(tx: Tx, row: ExpertApplication, given: Given, letter: Letter | None) -> None:
    row.name, row.unit, row.unit_uscc = given.name, given.unit, given.uscc
    row.title, row.level, row.field_since = given.title, given.level, given.field_since
    row.born_on, row.id_number, row.phone, row.email = (
        given.born_on,
        given.id_number,
        given.phone,
        given.email,
    )
    row.region, row.for_works, row.for_procurement = given.region, given.works, given.procurement
    row.codes = " ".join(given.codes)
    row.letter_name, row.letter_blob = (letter.name, letter.blob) if letter else (None, None)
    row.applied_at = tx.now


def _reviewer(tx: Tx) -> int:
    if tx.actor.account_id is None or not tx.actor.may(Permission.POOL_KEEP):
        raise Forbidden
    return tx.actor.account_id


def _held(tx: Tx, uid: str, *states: State) -> ExpertApplication:
    row = queries.application(tx.session, uid)
    tx.session.refresh(row, with_for_update=True)
    if row.state not in states:
        raise WrongState
    return row


def return_application(tx: Tx, uid: str, defects: list[str]) -> ExpertApplication:
    """Send it back with everything that is missing, told once. Raises ``ReturnedOnce``, ``DefectsMissing``."""
    by = _reviewer(tx)
    row = _held(tx, uid, State.SUBMITTED)
    if row.returned_at is not None:
        raise ReturnedOnce
    lines = [line.strip() for line in defects if line.strip()]
    if not lines:
        raise DefectsMissing(field="defects")
    row.state, row.defects = State.RETURNED, "\n".join(lines)
    row.returned_at, row.returned_by_id = tx.now, by
    tx.session.flush()
    return row


def propose_entry(tx: Tx, uid: str) -> ExpertApplication:
    """Find it good; another administrator lets the person in."""
    by = _reviewer(tx)
    row = _held(tx, uid, State.SUBMITTED)
    row.state, row.proposed_at, row.proposed_by_id = State.PROPOSED, tx.now, by
    tx.session.flush()
    return row


def refuse_application(tx: Tx, uid: str, reason: str, keys: LogKeys) -> ExpertApplication:
    """Refuse it, with the reason that the applicant reads. Raises ``ReasonMissing``."""
    by = _reviewer(tx)
    row = _held(tx, uid, State.SUBMITTED, State.PROPOSED)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row.state, row.reason = State.REFUSED, reason.strip()
    row.decided_at, row.decided_by_id = tx.now, by
    _note(tx, row, keys)
    tx.session.flush()
    return row


def accept_application(tx: Tx, uid: str, keys: LogKeys) -> ExpertApplication:
    """Let the person in, as the second administrator; somebody who is in the pool already is brought up to date.

    Raises ``SamePerson``, ``TwoPeople``, ``OutOfPool``, ``NoSuchSpecialty`` if one was retired meanwhile.
    """
    by = _reviewer(tx)
    row = _held(tx, uid, State.PROPOSED)
    if row.proposed_by_id == by:
        raise SamePerson
    check_codes(row.codes.split(), [each.code for each in queries.specialties(tx.session)])
    expert = _person(tx, row)
    expert.name, expert.unit, expert.unit_uscc = row.name, row.unit, row.unit_uscc
    expert.title, expert.level, expert.field_since = row.title, row.level, row.field_since
    expert.born_on, expert.id_number, expert.phone = row.born_on, row.id_number, row.phone
    expert.email, expert.region = row.email, row.region
    expert.for_works, expert.for_procurement = row.for_works, row.for_procurement
    tx.session.add(expert)
    tx.session.flush()
    _give(tx, expert, row.codes.split())
    row.state, row.expert_id = State.ACCEPTED, expert.id
    row.decided_at, row.decided_by_id = tx.now, by
    _note(tx, row, keys)
    tx.session.flush()
    return row


def _person(tx: Tx, row: ExpertApplication) -> Expert:
    found = tx.session.scalars(
        select(Expert).where(
            (Expert.id_number == row.id_number) | ((Expert.phone == row.phone) & (Expert.name == row.name))
        )
    ).all()
    if len(found) > 1:
        raise TwoPeople
    if not found:
        return Expert(uid=new_uid(tx.entropy), active=True, added_at=tx.now)
    (expert,) = found
    if expert.id_number not in (None, row.id_number):
        raise TwoPeople
    if not expert.active:
        raise OutOfPool
    return expert


def _give(tx: Tx, expert: Expert, codes: list[str]) -> None:
    """The specialties that were applied for; those that somebody has already stay."""
    has = select(expert_specialty.c.specialty_id).where(expert_specialty.c.expert_id == expert.id)
    missing = tx.session.scalars(
        select(Specialty.id).where(Specialty.code.in_(codes), Specialty.id.not_in(has)).order_by(Specialty.id)
    ).all()
    if missing:
        rows = [{"expert_id": expert.id, "specialty_id": number} for number in missing]
        tx.session.execute(insert(expert_specialty), rows)


def _note(tx: Tx, row: ExpertApplication, keys: LogKeys) -> None:
    """The code opens the page of an application, so the log has the row's number in its place."""
    data = {"application": row.id, "state": row.state.value}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=APPLICATION_NOTE, data=data)
