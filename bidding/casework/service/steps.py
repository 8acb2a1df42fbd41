"""What every act upon a case shares: finding and holding it, its steps, its number, its note in the centre's log."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.casework import queries, rules
from bidding.casework.desk import Desk
from bidding.casework.events import CaseMoved
from bidding.casework.models import Case, CaseMove, CaseSerial, CaseStep, Move
from bidding.casework.policy import Permission
from bidding.casework.rules import State, Step, Terms
from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.core.errors import Forbidden, NotFound, SamePerson
from bidding.db.uow import Tx
from bidding.identity import policy as identity
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType

#: Series of numbers: cases, and notices of what is missing.
CASES, NOTICES = "受", "补"


def held(tx: Tx, uid: str) -> Case:
    """A case that the actor sees, held until the end of the transaction. Raises ``NotFound``."""
    case = queries.case_for(tx.session, tx.actor, uid)
    tx.session.scalars(
        select(Case)
        .where(Case.id == case.id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).one()
    return case


def at_window(tx: Tx, uid: str) -> Case:
    """The same for somebody of the window who did not file it. Raises ``Forbidden``, ``SamePerson``."""
    identity.require(tx.actor, Permission.CASE_HANDLE)
    case = held(tx, uid)
    mine = {each.move for each in case.moves if each.by_id == tx.actor.account_id}
    if mine & {Move.OPENED, Move.FILED, Move.SUPPLEMENTED}:
        raise SamePerson
    if case.first_contact_id is None:
        case.first_contact_id = person(tx)
    return case


def person(tx: Tx) -> int:
    """Who acts. Raises ``Forbidden`` where nobody stands behind it."""
    if tx.actor.account_id is None:
        raise Forbidden
    return tx.actor.account_id


def number(tx: Tx, series: str) -> str:
    """The next number of a series in this year: ``受〔2026〕1号``."""
    year = rules.day_of(tx.now).year
    row = tx.session.scalars(
        select(CaseSerial).where(CaseSerial.year == year, CaseSerial.series == series).with_for_update()
    ).one_or_none()
    if row is None:
        with suppress(IntegrityError), tx.session.begin_nested():  # the first two of a year, at once
            tx.session.add(CaseSerial(year=year, series=series, last=0))
        return number(tx, series)
    row.last += 1
    tx.session.flush()
    return f"{series}〔{year}〕{row.last}号"


def begin(tx: Tx, case: Case, step: Step, terms: Terms) -> None:
    """Let the time of a step run from now."""
    limit = terms.limit(step, fast=case.is_fast)
    case.steps.append(
        CaseStep(
            step=step, statutory_days=limit.statutory, promised_days=limit.promised, begun_at=tx.now, words=""
        )
    )
    tx.session.flush()


def finish(tx: Tx, case: Case, words: str = "") -> None:
    """End the step that the window is at."""
    step = case.open_step
    if step is None:
        raise NotFound
    step.done_at, step.done_by_id, step.words = tx.now, person(tx), words
    tx.session.flush()


def to(case: Case, act: rules.Act) -> None:
    """Move the state on. Raises ``WrongState``."""
    case.state = rules.after(case.state, act, instant=case.instant)


def note(tx: Tx, desk: Desk, case: Case, move: Move, **told: Any) -> None:
    """Write down what was done, its digest in the centre's log, and tell those above."""
    statement = {
        "v": 1,
        "type": "case-move",
        "case": case.uid,
        "number": case.number or "",
        "subject": {"kind": case.subject_kind, "uid": case.subject_uid, "code": case.subject_code},
        "move": move.value,
        "by": {"account": person(tx), "name": tx.actor.name},
        "at": unix(tx.now),
        **told,
    }
    text = dumps(statement).decode()
    digest = sha(text).hex()
    case.moves.append(CaseMove(move=move.value, at=tx.now, by_id=person(tx), statement=text, sha256=digest))
    log = ledger.centre_log(tx, desk.keys)
    ledger.record(tx, log, EventType.NOTE, kind=f"case-{move.value}", data={"sha256": digest})
    tx.session.flush()
    tx.emit(CaseMoved(case.id, move.value))


def is_over(case: Case) -> bool:
    """Whether nothing more is done to it."""
    return case.state in (State.CLOSED, State.WITHDRAWN)
