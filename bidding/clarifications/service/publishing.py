"""The second person's act: everything tested again; in force at once, or with the dates once two seats have signed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bidding.clarifications import announced, queries
from bidding.clarifications.events import ClarificationPublished, PrequalificationCorrected
from bidding.clarifications.impact import Impact
from bidding.clarifications.models import Clarification
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import FACTS, About, State
from bidding.clarifications.service.notice import (
    ANSWERS_KIND,
    notice_text,
    prequalification_text,
    title_of,
)
from bidding.clarifications.service.steps import held, require_open
from bidding.core.canonical import dumps
from bidding.core.errors import N_, DomainError, NotFound, SamePerson
from bidding.db.uow import Tx
from bidding.ledger.keys import LogKeys
from bidding.outages import service as outages
from bidding.outages.events import ExtensionDropped, ScheduleExtended
from bidding.outages.models import Extension
from bidding.prequalification import service as prequalification
from bidding.tenders.rules import Problem
from bidding.tenders.service import CORRECTION_KIND, NewFile, amend

_TAKEN_BACK = N_("延期草稿在两席签齐以前被撤回。请核对后重新提交，或者作废。")


class Infeasible(DomainError):
    """The whole list of what stands against it; the first is told at once."""

    code = "clarifications.infeasible"
    text = N_("不能这样发布，有 %(count)s 处不符合要求，都列在“影响预览”里。第一处：%(first)s")
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(count=len(self.problems), first=self.problems[0].refusal)


def publish(tx: Tx, uid: str, *, keys: LogKeys) -> Clarification:
    """Approve what another has submitted. Raises ``SamePerson``, ``Infeasible``, ``WrongState``.

    Where the deadline moves it is put to the two seats (protocol §2), and comes into force when both have signed:
    ``dates_moved``. A prequalification has no seats yet and its project no log: its corrections come into force at
    once and stand in the centre's log, as its notice does (ADR 0053).
    """
    found = held(tx, uid, Permission.CLARIFICATION_PUBLISH, State.SUBMITTED)
    if tx.actor.account_id is None:
        raise NotFound
    if tx.actor.account_id == found.submitted_by_id:
        raise SamePerson
    require_open(tx, found.project, found.about)
    impact = _feasible(tx, found)
    found.approved_at, found.approved_by_id = tx.now, tx.actor.account_id
    tx.session.flush()  # whoever approves at the same moment loses here, before anything is logged
    if found.about is About.PREQUALIFICATION:
        _announce(tx, found, impact, keys)
        return found
    if found.closes_at is None:
        _into_force(tx, found, impact, None)
        return found
    extension = outages.draft_part(
        tx,
        found.project.uid,
        closes_at=found.closes_at,
        reason=found.reason,
        part_of=found.uid,
    )
    found.extension_id = extension.id
    tx.session.flush()
    return found


def dates_moved(tx: Tx, event: ScheduleExtended) -> None:
    """Both seats have signed: what was waiting for it comes into force in the same transaction.

    Tested again, for days may have passed since it was approved: where it no longer keeps a period, the last
    signature is refused with the reason, and nothing has happened.
    """
    if event.part_of is None:
        return
    found = _waiting(tx, event.part_of)
    impact = _feasible(tx, found, found.extension)
    _into_force(tx, found, impact, found.extension)


def dates_dropped(tx: Tx, event: ExtensionDropped) -> None:
    """The dates were taken back: the whole is a draft again."""
    found = _waiting(tx, event.part_of)
    found.approved_at = found.approved_by_id = None
    found.submitted_at = found.submitted_by_id = None
    found.extension_id = None
    found.returned_reason = _TAKEN_BACK
    tx.session.flush()


def _waiting(tx: Tx, uid: str) -> Clarification:
    return tx.session.scalars(
        select(Clarification).where(Clarification.uid == uid).execution_options(populate_existing=True)
    ).one()


def _feasible(tx: Tx, found: Clarification, moved: Extension | None = None) -> Impact:
    impact = queries.impact_of(tx.session, found, tx.now, moved=moved)
    if impact.refusals:
        raise Infeasible(impact.refusals)
    return impact


def _into_force(tx: Tx, found: Clarification, impact: Impact, moved: Extension | None) -> None:
    """The project says it from now on, the log has it, and everybody is told: all or nothing."""
    project, proposal = found.project, found.proposal
    number = queries.next_number(tx.session, project.id)
    text = dumps(notice_text(project, found, impact, number=number, moved=moved, at=tx.now)).decode()
    digest = amend(
        tx,
        project,
        facts=proposal.facts,
        ceilings=proposal.ceilings,
        files=[NewFile(each.name, each.sha256, each.size, each.replaces) for each in proposal.files],
        kind=CORRECTION_KIND if impact.changes else ANSWERS_KIND,
        notice=text,
    )
    found.number, found.notice, found.notice_sha256 = number, text, digest
    found.published_at = tx.now
    tx.session.flush()
    tx.emit(
        ClarificationPublished(
            project.id,
            number,
            title_of(found, impact),
            None if moved is None else moved.was_closes_at,
            None if moved is None else moved.closes_at,
        )
    )


def _announce(tx: Tx, found: Clarification, impact: Impact, keys: LogKeys) -> None:
    """The same for a prequalification."""
    project, proposal = found.project, found.proposal
    before = queries.prequalification_of(tx.session, project)
    was_closes_at, original = before.closes_at, before.notice or ""
    number = queries.next_number(tx.session, project.id)
    text = dumps(
        prequalification_text(project, found, impact, number=number, original=original, at=tx.now)
    ).decode()
    facts = proposal.facts
    found.notice_sha256 = prequalification.amend(
        tx,
        project,
        facts={name: value for name, value in facts.items() if name in FACTS},
        conditions=announced.conditions(facts[announced.CONDITIONS])
        if announced.CONDITIONS in facts
        else None,
        note=facts.get(announced.NOTE),
        available_until_on=announced.day(facts, announced.OFFERED),
        examined_on=announced.day(facts, announced.EXAMINED),
        closes_at=proposal.closes_at,
        files=[NewFile(each.name, each.sha256, each.size, each.replaces) for each in proposal.files],
        notice=text,
        keys=keys,
    )
    found.number, found.notice, found.published_at = number, text, tx.now
    tx.session.flush()
    tx.emit(
        PrequalificationCorrected(
            project.id, number, title_of(found, impact), was_closes_at, proposal.closes_at
        )
    )
