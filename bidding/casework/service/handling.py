"""The window's side: returning, accepting, examining, reviewing, closing, putting a promise off."""

from __future__ import annotations

from collections.abc import Sequence

from bidding.casework import rules
from bidding.casework.checklists import checklist
from bidding.casework.desk import Desk
from bidding.casework.models import Case, CaseReturn, Move
from bidding.casework.rules import Act, Defect, DefectsMissing, Outcome, ReasonMissing, State, Step, ToldLate
from bidding.casework.service.steps import NOTICES, at_window, begin, finish, note, number, person, to
from bidding.core.canonical import dumps
from bidding.core.errors import SamePerson, WrongState
from bidding.db.uow import Tx


def send_back(
    tx: Tx, desk: Desk, uid: str, defects: Sequence[Defect], *, late_reason: str = ""
) -> CaseReturn:
    """Return a filing with everything that is missing, in one numbered notice.

    Raises ``DefectsMissing``, ``NotFound`` for a line the checklist has not, and ``ToldLate`` where a further return
    names what lay at the window before, unless it says why.
    """
    case = at_window(tx, uid)
    lines = checklist(case.checklist)
    found = [Defect(each.line, " ".join(each.text.split())[:300]) for each in defects if each.text.strip()]
    if not found:
        raise DefectsMissing(field="other")
    titles = {each.line: lines.line(each.line).title for each in found if each.line}
    brought = {each.line for each in case.materials if each.round == len(case.returns)}
    late = rules.told_late(found, [each.told for each in case.returns], brought)
    reason = late_reason.strip()[:500]
    if late and not reason:
        named = "；".join(titles.get(each.line, each.text) for each in late)
        raise ToldLate(field="late_reason", lines=named)
    to(case, Act.RETURN)
    finish(tx, case)
    row = CaseReturn(
        number=number(tx, NOTICES),
        defects=dumps([[each.line, each.text] for each in found]).decode(),
        late_reason=reason if late else None,
        returned_at=tx.now,
        returned_by_id=person(tx),
    )
    case.returns.append(row)
    told = {"number_of_notice": row.number, "defects": [[each.line, each.text] for each in found]}
    if late:
        told["procedure"] = reason
    note(tx, desk, case, Move.RETURNED, **told)
    return row


def accept(tx: Tx, desk: Desk, uid: str) -> Case:
    """Take a filing on: the materials are whole and of the required form. What is done at once is closed with it."""
    case = at_window(tx, uid)
    to(case, Act.ACCEPT)
    case.accepted_by_id = person(tx)
    if case.state is State.CLOSED:
        case.decision = case.outcome = Outcome.GRANTED
        case.closed_at = tx.now
    finish(tx, case)
    if case.closed_at is not None:
        note(tx, desk, case, Move.CLOSED, outcome=Outcome.GRANTED.value)
        return case
    begin(tx, case, Step.EXAMINATION, desk.terms(tx.session, tx.now))
    note(tx, desk, case, Move.ACCEPTED)
    return case


def examine(tx: Tx, desk: Desk, uid: str, words: str) -> Case:
    """Say what the examination found. Raises ``ReasonMissing``, ``OpinionsOutstanding``."""
    case = at_window(tx, uid)
    words = words.strip()[:2000]
    if not words:
        raise ReasonMissing(field="words")
    if case.state is not State.ACCEPTED:
        raise WrongState
    rules.check_opinions([each.asked for each in case.opinions], rules.day_of(tx.now))
    to(case, Act.EXAMINE)
    case.examined_by_id = person(tx)
    finish(tx, case, words)
    begin(tx, case, Step.REVIEW, desk.terms(tx.session, tx.now))
    note(tx, desk, case, Move.EXAMINED, words=words)
    return case


def review(tx: Tx, desk: Desk, uid: str, decision: Outcome, words: str) -> Case:
    """Decide: another person than who examined. A refusal says why. Raises ``SamePerson``, ``ReasonMissing``."""
    case = at_window(tx, uid)
    words = words.strip()[:1000]
    if case.state is State.EXAMINED and person(tx) == case.examined_by_id:
        raise SamePerson
    if decision is Outcome.REFUSED and not words:
        raise ReasonMissing(field="words")
    to(case, Act.REVIEW)
    case.reviewed_by_id, case.decision, case.reason = person(tx), decision, words
    finish(tx, case, words)
    begin(tx, case, Step.CLOSING, desk.terms(tx.session, tx.now))
    note(tx, desk, case, Move.REVIEWED, decision=decision.value, words=words)
    return case


def close(tx: Tx, desk: Desk, uid: str) -> Case:
    """Serve the decision on the applicant: the case is over."""
    case = at_window(tx, uid)
    to(case, Act.CLOSE)
    case.outcome, case.closed_at = case.decision, tx.now
    finish(tx, case)
    outcome = case.outcome.value if case.outcome else ""
    note(tx, desk, case, Move.CLOSED, outcome=outcome, reason=case.reason)
    return case


def extend(tx: Tx, desk: Desk, uid: str, days: int, reason: str) -> Case:
    """Put off the promised limit of the step at hand (延时办结), with a notice to the applicant that says why.

    Raises ``BeyondStatutory``, ``ReasonMissing``, ``WrongState``.
    """
    case = at_window(tx, uid)
    step = case.open_step
    if step is None:
        raise WrongState
    words = reason.strip()[:500]
    if not words:
        raise ReasonMissing(field="reason")
    step.promised_days = step.limit.later(days).promised
    note(tx, desk, case, Move.EXTENDED, step=step.step.value, days=days, reason=words)
    return case
