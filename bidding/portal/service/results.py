"""Keeping the list of results: each row says what the domains below hold final, from the transaction on that made it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from bidding.award import queries as award
from bidding.award.events import AwardConfirmed
from bidding.award.models import Award
from bidding.award.rules import Outcome
from bidding.core.entropy import new_uid
from bidding.db.uow import Tx
from bidding.lifecycle import queries as lifecycle
from bidding.lifecycle.events import CourseAnnounced
from bidding.lifecycle.rules import Kind
from bidding.opening.events import LotFailedAfterOpening
from bidding.portal.models import RESULT_WORDS, Result
from bidding.portal.rules import ResultKind, region_of
from bidding.submissions.events import GateClosed
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import mark

_DECIDED = {Outcome.AWARDED: ResultKind.AWARDED}


@dataclass(frozen=True, slots=True)
class _Told:
    """What is to be said of a lot, or of the whole."""

    place: str
    kind: ResultKind
    lot: Lot | None = None
    award: Award | None = None
    notice_n: int | None = None


def on_award_confirmed(tx: Tx, event: AwardConfirmed) -> None:
    """A result is final, or corrected."""
    lot = tx.session.get_one(Lot, tx.session.get_one(Award, event.award_id).lot_id)
    refresh(tx, lot.project_id)


def on_gate_closed(tx: Tx, event: GateClosed) -> None:
    """Lots may have failed at the deadline; said once the close stands for good."""
    refresh(tx, event.project_id)


def on_lot_failed(tx: Tx, event: LotFailedAfterOpening) -> None:
    """A lot failed after its opening."""
    refresh(tx, event.project_id)


def on_course_announced(tx: Tx, event: CourseAnnounced) -> None:
    """A tender may have been terminated."""
    refresh(tx, event.project_id)


def refresh(tx: Tx, project_id: int) -> None:
    """Let the list say what is final of a tender now. A row keeps its place; only what it says of it becomes another."""
    project = tx.session.get_one(Project, project_id)
    if project.parent_id is not None:  # what a round of a negotiation comes to is the negotiation's
        project = tx.session.get_one(Project, project.parent_id)
    if project.published_at is None:
        return
    rows = tx.session.scalars(select(Result).where(Result.project_id == project.id))
    known = {row.place: row for row in rows}
    for each in _told(tx, project):
        _say(tx, project, known.get(each.place), each)


def _told(tx: Tx, project: Project) -> Iterator[_Told]:
    failed = award.failed_lots(tx.session, project)
    for lot in project.lots:
        final = next((each for each in award.awards_of(tx.session, lot) if _is_in_force(each)), None)
        if final is not None:
            yield _Told(lot.code, _DECIDED.get(final.outcome, ResultKind.NOBODY), lot, final)
        elif lot.code in failed:
            yield _Told(lot.code, ResultKind.FAILED, lot)
    if project.stage is Stage.TERMINATED:
        notices = lifecycle.published(tx.session, project.id)
        n = next((each.n for each in notices if each.kind is Kind.TERMINATION), None)
        if n is not None:
            yield _Told("", ResultKind.TERMINATED, notice_n=n)


def _is_in_force(award: Award) -> bool:
    return award.confirmed_at is not None and award.superseded_at is None


def _say(tx: Tx, project: Project, row: Result | None, told: _Told) -> None:
    award_id = None if told.award is None else told.award.id
    if row is not None and (row.kind, row.award_id) == (told.kind, award_id):
        return
    connection = tx.session.connection()
    if row is None:
        row = Result(
            uid=new_uid(tx.entropy),
            project_id=project.id,
            place=told.place,
            region=region_of(project.code),
            announced_at=tx.now,
        )
        tx.session.add(row)
    else:
        RESULT_WORDS.put(connection, "drop", row.id, row.words, row.marks)
    row.kind, row.award_id, row.notice_n, row.changed_at = told.kind, award_id, told.notice_n, tx.now
    row.words = _words(project, told)
    row.marks = " ".join(map(mark, (project.family, project.method, told.kind)))
    tx.session.flush()
    RESULT_WORDS.put(connection, "add", row.id, row.words, row.marks)


def _words(project: Project, told: _Told) -> str:
    """A line for each thing that is searched, so that no word reaches from one into the next."""
    lines = [project.title, project.code, project.owner_name]
    if told.lot is not None:
        lines.append(told.lot.name)
    if told.award is not None and told.award.winner_name:
        lines.append(told.award.winner_name)
    return "\n".join(lines)
