"""Drafting answers and corrections, and handing them to the second person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bidding.clarifications import announced, queries, rules
from bidding.clarifications.models import Clarification, Question
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import About, File, Proposal, State
from bidding.clarifications.service.publishing import Infeasible
from bidding.clarifications.service.steps import held, lock, require_open
from bidding.core.canonical import dumps
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid, NotFound
from bidding.db.uow import Tx
from bidding.tenders.rules import check_money
from bidding.tenders.service import DocumentEmpty, DocumentTwice, file_name


class AnotherOpen(DomainError):
    """One at a time: two drafts would each say what the other changes."""

    code = "clarifications.another_open"
    text = N_("本项目已有一份答疑或更正在复核或等签名，一次只办一份。请等它发布，或者退回、作废以后再起草。")


class ChangedMeanwhile(DomainError):
    """The form was filled in over a version that is no longer the last."""

    code = "clarifications.changed_meanwhile"
    text = N_(
        "您打开页面以后，同事改动了这份草稿。您填的内容还在下面；请先在另一个窗口看看现在的内容，再保存。"
    )


class ReturnReasonMissing(DomainError):
    """Sent back without a word."""

    code = "clarifications.return_reason_missing"
    text = N_("请写明退回的原因，把要改的一次说全。")
    status = 422


@dataclass(frozen=True, slots=True)
class Written:
    """What the form of a draft says. Facts as they should stand, whether they differ or not; fen by the lot's code."""

    asked: str = ""
    answer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    ceilings: Mapping[str, int | None] = field(default_factory=dict)
    closes_at: datetime | None = None
    affects: bool | None = None
    harmless_because: str = ""
    reason: str = ""


def start(
    tx: Tx, uid: str, question_uids: Collection[str] = (), about: About = About.TENDER
) -> Clarification:
    """Begin a draft, or go on with the one there is; the questions chosen are to be answered in it.

    Of a prequalification nobody asks here: what was asked by telephone or letter is written into the draft.

    Raises ``AnotherOpen`` where the one there is lies with others, ``NotOpen``.
    """
    project = queries.project_of(tx.session, tx.actor, uid, Permission.CLARIFICATION_DRAFT, about)
    lock(tx, project, about)
    tx.session.refresh(project)
    require_open(tx, project, about)
    draft = queries.open_one(tx.session, project.id, about)
    if draft is None:
        if tx.actor.account_id is None:
            raise NotFound
        draft = Clarification(
            uid=new_uid(tx.entropy),
            project_id=project.id,
            about=about,
            asked="",
            changes=_stored(Proposal()),
            drafted_at=tx.now,
            drafted_by_id=tx.actor.account_id,
        )
        tx.session.add(draft)
        tx.session.flush()
    elif draft.state is not State.DRAFT:
        raise AnotherOpen
    if question_uids and about is About.TENDER:
        waiting = queries.waiting(tx.session, project.id, tx.now)
        _take_up(draft, [each for each in waiting if each.uid in question_uids])
    tx.session.flush()
    return draft


def _take_up(draft: Clarification, chosen: Collection[Question]) -> None:
    draft.questions.extend(chosen)
    draft.asked = "\n".join(text for text in (draft.asked, *(each.body for each in chosen)) if text)


def save(tx: Tx, uid: str, written: Written, *, version: int | None = None) -> Clarification:
    """Write what differs into a draft. ``version`` is the one the form was filled in over.

    Raises ``ChangedMeanwhile``, ``NotChangeable``, ``SubjectFixed``, ``BudgetBelowCeiling``, ``NotADay``, ``Invalid``.
    """
    draft = held(tx, uid, Permission.CLARIFICATION_DRAFT, State.DRAFT)
    if version is not None and version != draft.version:
        raise ChangedMeanwhile
    standing = queries.stands(tx.session, draft)
    rules.check_touchable(written.facts, standing.says)
    facts = rules.differing(standing.says, written.facts)
    if draft.about is About.PREQUALIFICATION:
        announced.check_written(facts)
    for refusal in rules.check_subject(standing.family, facts, announced.ANNOUNCED):
        raise refusal
    for code, ceiling in written.ceilings.items():
        _check_ceiling(standing.lots[code].budget_fen, ceiling, code)
    ceilings = {
        code: ceiling
        for code, ceiling in written.ceilings.items()
        if ceiling != standing.lots[code].ceiling_fen
    }
    proposal = replace(draft.proposal, facts=facts, ceilings=ceilings)
    draft.changes = _stored(proposal)
    draft.asked = _limited(written.asked, "asked", rules.MAX_TEXT)
    draft.answer = _limited(written.answer, "answer", rules.MAX_TEXT)
    draft.closes_at = None if written.closes_at == standing.closes_at else written.closes_at
    draft.affects = written.affects
    draft.harmless_because = _limited(written.harmless_because, "harmless_because", rules.MAX_REASON)
    draft.reason = _limited(written.reason, "reason", rules.MAX_REASON)
    tx.session.flush()
    return draft


def _check_ceiling(budget_fen: int, ceiling: int | None, code: str) -> None:
    try:
        check_money(budget_fen, ceiling)
    except DomainError as error:
        error.field = f"ceiling_{code}"
        raise


def _limited(text: str, name: str, most: int) -> str:
    plain = text.replace("\r\n", "\n").strip()
    if len(plain) > most:
        raise Invalid(field=name, reason=N_("太长了，请缩短。"))
    return plain


def add_file(tx: Tx, uid: str, name: str, digest: str, size: int, *, replaces: str | None) -> Clarification:
    """A stored file joins the documents with this correction, in the place of another where ``replaces`` names one.

    Raises ``DocumentEmpty``, ``DocumentTwice``, ``FileUnknown``, ``TooManyFiles``.
    """
    draft = held(tx, uid, Permission.CLARIFICATION_DRAFT, State.DRAFT)
    proposal, documents = draft.proposal, queries.documents_of(tx.session, draft)
    shown = file_name(name)
    if not shown or size <= 0:
        raise DocumentEmpty(field="file")
    if len(proposal.files) >= rules.MAX_FILES:
        raise rules.TooManyFiles(field="file", most=rules.MAX_FILES)
    known = {each.sha256: each.name for each in documents} | {
        each.sha256: each.name for each in proposal.files
    }
    if digest in known:
        raise DocumentTwice(field="file", name=known[digest])
    standing = {each.sha256 for each in documents if each.replaced_at is None}
    if replaces and (replaces not in standing or any(each.replaces == replaces for each in proposal.files)):
        raise rules.FileUnknown(field="replaces")
    added = File(shown, digest, size, replaces or None)
    draft.changes = _stored(replace(proposal, files=(*proposal.files, added)))
    tx.session.flush()
    return draft


def remove_file(tx: Tx, uid: str, digest: str) -> Clarification:
    """Take a file out of a draft. Raises ``NotFound``."""
    draft = held(tx, uid, Permission.CLARIFICATION_DRAFT, State.DRAFT)
    files = draft.proposal.files
    left = tuple(each for each in files if each.sha256 != digest)
    if left == files:
        raise NotFound
    draft.changes = _stored(replace(draft.proposal, files=left))
    tx.session.flush()
    return draft


def submit(tx: Tx, uid: str) -> Clarification:
    """Hand a draft to the second person. Raises ``Infeasible`` with everything that stands against it."""
    draft = held(tx, uid, Permission.CLARIFICATION_DRAFT, State.DRAFT)
    refusals = queries.impact_of(tx.session, draft, tx.now).refusals
    if refusals:
        raise Infeasible(refusals)
    draft.submitted_at, draft.submitted_by_id = tx.now, tx.actor.account_id
    draft.returned_reason = None
    tx.session.flush()
    return draft


def send_back(tx: Tx, uid: str, reason: str) -> Clarification:
    """Send it back with everything that has to be changed. Raises ``ReturnReasonMissing``, ``WrongState``."""
    found = held(tx, uid, Permission.CLARIFICATION_PUBLISH, State.SUBMITTED)
    if not reason.strip():
        raise ReturnReasonMissing(field="back_reason")
    found.submitted_at = found.submitted_by_id = None
    found.returned_reason = reason.strip()[:1000]
    tx.session.flush()
    return found


def drop(tx: Tx, uid: str) -> Clarification:
    """Throw a draft away; its questions wait again."""
    draft = held(tx, uid, Permission.CLARIFICATION_DRAFT, State.DRAFT)
    draft.dropped_at = tx.now
    draft.questions.clear()
    tx.session.flush()
    return draft


def _stored(proposal: Proposal) -> str:
    return dumps(proposal.written).decode()
