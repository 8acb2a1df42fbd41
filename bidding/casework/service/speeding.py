"""Countersigning by departments, the fast track, and who sees a case through."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from bidding.casework import rules
from bidding.casework.desk import Desk
from bidding.casework.models import Case, CaseEntry, CaseOpinion, Move
from bidding.casework.policy import Permission
from bidding.casework.rules import Opinion, ReasonMissing, State
from bidding.casework.service.steps import at_window, held, is_over, note, person
from bidding.core.actor import Role
from bidding.core.errors import N_, DomainError, NotFound, SamePerson, WrongState
from bidding.core.workdays import add_working_days
from bidding.db.uow import Tx
from bidding.identity import policy as identity
from bidding.identity import queries as people
from bidding.identity.models import Account, Organisation, OrganisationKind


class NobodyChosen(DomainError):
    """A case copied to nobody."""

    code = "casework.nobody_chosen"
    text = N_("请至少选一个部门。会签是一次抄告所有相关部门，同时办理，同一个时限。")
    status = 422


class NotAnAdministrator(DomainError):
    """A case manager who does not work at the window."""

    code = "casework.not_an_administrator"
    text = N_("专人要从窗口人员里选。")
    status = 422


class NotYet(DomainError):
    """A log entry of a day to come."""

    code = "casework.not_yet"
    text = N_("代办日志记已经发生的事，日期不能晚于今天。")
    status = 422


# Countersigning --------------------------------------------------------------------------------------------------


def copy_to(tx: Tx, desk: Desk, uid: str, organisations: Collection[str]) -> Case:
    """Copy the case to departments, all at once and with one limit (抄告相关、同步审批). Raises ``NobodyChosen``.

    Once: whoever is forgotten cannot be asked with a later limit than the rest.
    """
    case = at_window(tx, uid)
    if case.state is not State.ACCEPTED or case.opinions:
        raise WrongState
    kinds = (OrganisationKind.SUPERVISORY, OrganisationKind.OTHER)
    found = tx.session.scalars(
        select(Organisation)
        .where(Organisation.uid.in_(organisations), Organisation.kind.in_(kinds))
        .order_by(Organisation.id)
    ).all()
    if not found or len(found) != len(set(organisations)):
        raise NobodyChosen(field="departments")
    terms = desk.terms(tx.session, tx.now)
    due_on = add_working_days(rules.day_of(tx.now), terms.countersign_days, terms.calendar)
    for each in found:
        case.opinions.append(
            CaseOpinion(
                organisation_id=each.id, asked_at=tx.now, asked_by_id=person(tx), due_on=due_on, reason=""
            )
        )
    note(tx, desk, case, Move.COPIED, due_on=due_on.isoformat(), to=[each.uscc for each in found])
    return case


def opine(tx: Tx, desk: Desk, uid: str, opinion: Opinion, reason: str) -> CaseOpinion:
    """What the actor's department says, once, also after its limit. An objection says why.

    Raises ``NotFound`` for a department that was not asked, ``WrongState`` after the examination.
    """
    identity.require(tx.actor, Permission.CASE_OPINE)
    case = held(tx, uid)
    row = next((each for each in case.opinions if each.organisation_id == tx.actor.organisation_id), None)
    if row is None:
        raise NotFound
    if row.opinion is not None or case.state is not State.ACCEPTED:
        raise WrongState
    words = reason.strip()[:1000]
    if opinion is Opinion.OBJECT and not words:
        raise ReasonMissing(field="reason")
    row.reason, row.opinion, row.given_at, row.given_by_id = words, opinion, tx.now, person(tx)
    department = tx.session.get_one(Organisation, row.organisation_id)
    note(tx, desk, case, Move.OPINED, department=department.uscc, opinion=opinion.value, reason=words)
    return row


# The fast track --------------------------------------------------------------------------------------------------


def ask_speed(tx: Tx, desk: Desk, uid: str, reason: str) -> Case:
    """Propose the fast track (绿色通道); another of the window approves. Raises ``ReasonMissing``, ``WrongState``."""
    case = at_window(tx, uid)
    words = reason.strip()[:500]
    if not words:
        raise ReasonMissing(field="reason")
    if is_over(case) or case.is_fast:
        raise WrongState
    case.fast_reason, case.fast_asked_by_id = words, person(tx)
    note(tx, desk, case, Move.SPEED_ASKED, reason=words)
    return case


def speed_up(tx: Tx, desk: Desk, uid: str) -> Case:
    """Approve it: queue order, and shorter promises from the step at hand on. The law's limits stay.

    Raises ``SamePerson`` for who proposed it, ``WrongState``.
    """
    case = at_window(tx, uid)
    if is_over(case) or case.is_fast or case.fast_asked_by_id is None:
        raise WrongState
    if case.fast_asked_by_id == tx.actor.account_id:
        raise SamePerson
    case.fast_by_id, case.fast_at = person(tx), tx.now
    step = case.open_step
    if step is not None:
        permille = desk.terms(tx.session, tx.now).fast_permille
        step.promised_days = step.limit.faster(permille).promised
    note(tx, desk, case, Move.SPED_UP, reason=case.fast_reason)
    return case


def assign(tx: Tx, desk: Desk, uid: str, account_uid: str) -> Case:
    """Let one of the window see a fast case through (专人负责). Raises ``NotAnAdministrator``, ``WrongState``."""
    case = at_window(tx, uid)
    if is_over(case) or not case.is_fast:
        raise WrongState
    account: Account = people.account(tx.session, account_uid)
    if Role.ADMINISTRATOR not in account.roles or account.disabled_at is not None:
        raise NotAnAdministrator(field="manager")
    case.manager_id = account.id
    note(tx, desk, case, Move.MANAGED, manager=account.name)
    return case


def log(tx: Tx, desk: Desk, uid: str, happened_on: date, words: str) -> CaseEntry:
    """A dated entry of the agent's log (代办日志) of a fast case. Raises ``NotYet``, ``ReasonMissing``."""
    case = at_window(tx, uid)
    if not case.is_fast:
        raise WrongState
    text = words.strip()[:1000]
    if not text:
        raise ReasonMissing(field="words")
    if happened_on > rules.day_of(tx.now):
        raise NotYet(field="happened_on")
    row = CaseEntry(happened_on=happened_on, words=text, entered_at=tx.now, entered_by_id=person(tx))
    case.entries.append(row)
    note(tx, desk, case, Move.LOGGED, happened_on=happened_on.isoformat(), words=text)
    return row
