"""Asking a question that nobody can trace (ADR 0038).

What is kept is the question, its day and a hash of the receipt. That one organisation may ask only so often is
counted under a mark, made of project and organisation with a key that is not in the database; it is tied to no question.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.clarifications import queries, rules
from bidding.clarifications.models import Question, QuestionQuota
from bidding.clarifications.policy import Permission
from bidding.core.canonical import sha
from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden
from bidding.db.uow import Tx
from bidding.identity import queries as identity
from bidding.identity.vault import Vault
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from bidding.tenders.rules import Phase, phase

RECEIPT_SIGNS = 16


def ask(tx: Tx, uid: str, body: str, *, vault: Vault) -> str:
    """Put a question about a published tender; the receipt, which is told this once and kept nowhere.

    Raises ``NotOpen``, ``AskingOver``, ``QuestionLength``, ``NamesTheAsker``, ``AskedAlready``, ``TooManyQuestions``.
    """
    if not tx.actor.may(Permission.QUESTION_ASK):
        raise Forbidden
    project = tenders.notice(tx.session, uid)
    if phase(project.facts, tx.now) is not Phase.OPEN:
        raise rules.NotOpen
    last = queries.last_day_to_ask(tx.session, project)
    if tenders.local_day(tx.now) > last:
        raise rules.AskingOver(last=last.isoformat())
    account = identity.account_of(tx.session, tx.actor)
    own = account.organisation
    text = rules.check_question(
        body, (own.name, own.uscc, own.phone, own.contact, account.name, account.phone)
    )
    same = select(Question.id).where(
        Question.project_id == project.id, Question.clarification_id.is_(None), Question.body == text
    )
    if tx.session.scalar(same.limit(1)) is not None:
        raise rules.AskedAlready(field="body")
    _count(tx, vault.mark(f"question {project.uid} {own.uid}"))
    return _keep(tx, project, text)


def _keep(tx: Tx, project: Project, text: str) -> str:
    receipt = new_uid(tx.entropy, RECEIPT_SIGNS)
    tx.session.add(
        Question(
            uid=new_uid(tx.entropy),
            project_id=project.id,
            body=text,
            asked_on=tenders.local_day(tx.now),
            shown_at=rules.shown_at(tx.now),
            receipt_sha256=sha(receipt).hex(),
        )
    )
    tx.session.flush()
    return receipt


def _count(tx: Tx, mark: str) -> None:
    """Count one more. Whoever asks at the same moment waits for the row."""
    today = tenders.local_day(tx.now)
    row = tx.session.scalars(
        select(QuestionQuota).where(QuestionQuota.mark == mark).with_for_update()
    ).one_or_none()
    if row is None:
        try:
            with tx.session.begin_nested():
                tx.session.add(QuestionQuota(mark=mark, asked=1, last_on=today, today=1))
        except IntegrityError:  # the first two questions of an organisation, at once
            _count(tx, mark)
        return
    on_the_day = row.today if row.last_on == today else 0
    if row.asked >= rules.MOST_OF_ONE or on_the_day >= rules.MOST_A_DAY:
        raise rules.TooManyQuestions(field="body", a_day=rules.MOST_A_DAY, of_one=rules.MOST_OF_ONE)
    row.asked, row.today, row.last_on = row.asked + 1, on_the_day + 1, today
