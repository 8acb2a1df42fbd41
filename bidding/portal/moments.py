"""What happened to a tender and when, and what is to come: each thing with the page on which it stands in full.

Everything here is public elsewhere. Nothing is asked of bids, and of the opening only once it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.announcements import queries as announcements
from bidding.announcements.rules import over_at
from bidding.award.models import Award
from bidding.clarifications import queries as clarifications
from bidding.core.canonical import loads
from bidding.core.errors import N_
from bidding.lifecycle import queries as lifecycle
from bidding.lifecycle.rules import title as course_title
from bidding.negotiation import queries as negotiation
from bidding.opening.models import OpenedEnvelope
from bidding.outages import queries as outages
from bidding.portal.models import Result
from bidding.portal.rules import ResultKind
from bidding.prequalification import queries as prequalification
from bidding.submissions.queries import is_closed, is_opened
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.queries import PUBLISHED
from bidding.tenders.words import CLOSING


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant and what happened, or is to. ``words`` is a key of the catalogue with places for ``given``; ``page`` an
    endpoint with its arguments, None where there is none.
    """

    at: datetime
    words: str
    given: dict[str, Any] = field(default_factory=dict)
    page: tuple[str, dict[str, Any]] | None = None
    #: Text as it was written, in no catalogue.
    detail: str = ""


def of(session: Session, project: Project, now: datetime) -> list[Moment]:
    """In order; of what happened at one instant, what brought it about comes first."""
    found = [
        *_before(session, project),
        *_published(session, project),
        *_scheduled(session, project, now),
        *_opened(session, project),
        *_candidates(session, project, now),
        *_ended(session, project),
    ]
    return sorted(found, key=lambda moment: moment.at)


def standing(found: Sequence[Moment], now: datetime) -> list[tuple[Moment, str]]:
    """Each with where it stands: ``done``, the next one ``now``, and those after it nothing."""
    coming = next((place for place, moment in enumerate(found) if moment.at > now), len(found))
    return [
        (moment, "done" if place < coming else "now" if place == coming else "")
        for place, moment in enumerate(found)
    ]


def _before(session: Session, project: Project) -> Iterator[Moment]:
    if project.intention is not None:
        page = ("announcements.announcement", {"uid": project.intention.announcement_uid})
        yield Moment(project.intention.published_at, N_("采购意向公告"), page=page)
    asked = prequalification.of_project(session, project.id)
    if asked is not None and asked.published_at is not None:
        page = ("prequalification.notice", {"uid": project.uid})
        yield Moment(asked.published_at, N_("资格预审公告"), page=page)
        if asked.decided_at is not None:
            yield Moment(asked.decided_at, N_("资格预审有了结果"), page=page)
    before = lifecycle.predecessor(session, project.id)
    if before is not None and before.published_at is not None:
        page = ("tenders.notice", {"uid": before.uid})
        yield Moment(before.published_at, N_("上一次公告"), page=page, detail=before.title)


def _published(session: Session, project: Project) -> Iterator[Moment]:
    uid = project.uid
    if project.published_at is not None:
        yield Moment(project.published_at, N_("公告发布"), page=("tenders.notice", {"uid": uid}))
    told = clarifications.published(session, project.id)
    for each in told:
        if each.published_at is not None:
            kind = loads(each.notice or "{}")["kind"]
            page = ("clarifications.notice", {"uid": uid, "number": each.number})
            given = {"number": each.number, "kind": kind}
            yield Moment(each.published_at, N_("第 %(number)s 号%(kind)s"), given, page)
    part = {each.extension_id for each in told}
    for moved in outages.corrections(session, project.id):
        if moved.done_at is not None and moved.id not in part:
            page = ("outages.correction", {"uid": uid, "n": moved.n})
            yield Moment(moved.done_at, N_("时间改期的更正公告"), page=page, detail=moved.reason)
    for course in lifecycle.published(session, project.id):
        if course.published_at is not None:
            page = ("lifecycle.notice", {"uid": uid, "n": course.n})
            words = course_title(course.kind, project.family, project.method)
            yield Moment(course.published_at, words, page=page)


def _scheduled(session: Session, project: Project, now: datetime) -> Iterator[Moment]:
    """The deadline, and the openings that have not been; of a tender that was terminated only what was reached."""
    if project.stage is Stage.TERMINATED and project.closes_at is not None and project.closes_at > now:
        return
    together = project.opens_at in (None, project.closes_at)
    at_once, later = CLOSING[bool(project.preset.quiet)]
    if project.closes_at is not None:
        yield Moment(project.closes_at, at_once if together else N_("截止"))
    hall = ("opening.hall", {"uid": project.uid})
    if not together and project.opens_at is not None and project.opens_at > now:
        yield Moment(project.opens_at, later, page=hall)
    if project.prices_open_at is not None and project.prices_open_at > now:
        yield Moment(project.prices_open_at, N_("报价开标"), page=hall)


def _opened(session: Session, project: Project) -> Iterator[Moment]:
    """When sheets were opened; of a method that keeps offers quiet, once its result is out."""
    quiet = project.preset.quiet and not negotiation.is_disclosed(session, project)
    if not is_closed(session, project.id) or quiet or not is_opened(session, project.id):
        return
    page = ("opening.hall", {"uid": project.uid})
    opened = select(OpenedEnvelope.stage, func.min(OpenedEnvelope.opened_at)).where(
        OpenedEnvelope.project_id == project.id
    )
    for stage, at in session.execute(opened.group_by(OpenedEnvelope.stage).order_by(OpenedEnvelope.stage)):
        yield Moment(at, N_("开标记录") if stage == 1 else N_("报价开标记录"), page=page)


def _candidates(session: Session, project: Project, now: datetime) -> Iterator[Moment]:
    """When candidates were publicised, until when somebody could object, and what was taken back."""
    for row in announcements.candidates_told(session, project.id):
        if row.lot is None or row.published_at is None or row.ends_on is None:
            continue
        page = ("announcements.announcement", {"uid": row.uid})
        lot = {"lot": f"{row.lot.code} {row.lot.name}"}
        yield Moment(row.published_at, N_("%(lot)s：中标候选人公示"), lot, page)
        if row.withdrawn_at is not None:
            words = N_("%(lot)s：中标候选人公示撤回")
            yield Moment(row.withdrawn_at, words, lot, page, row.withdrawn_reason)
        elif (over := over_at(row.ends_on)) > now:
            yield Moment(over, N_("%(lot)s：中标候选人公示期满"), lot, page)


def _ended(session: Session, project: Project) -> Iterator[Moment]:
    page = ("award.notice", {"uid": project.uid})
    failed = select(Result).where(Result.project_id == project.id, Result.kind == ResultKind.FAILED)
    names = {lot.code: f"{lot.code} {lot.name}" for lot in project.lots}
    for row in session.scalars(failed.order_by(Result.id)):
        yield Moment(row.announced_at, N_("%(lot)s：流标（废标）"), {"lot": names[row.place]}, page)
    confirmed = (
        select(Award)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Lot.project_id == project.id, Award.confirmed_at.is_not(None))
        .order_by(Award.confirmed_at, Award.id)
    )
    for award in session.scalars(confirmed):
        if award.confirmed_at is not None:
            words = N_("%(lot)s：结果公布") if award.revision == 1 else N_("%(lot)s：结果更正")
            given = {"lot": names[award.lot.code]}
            yield Moment(award.confirmed_at, words, given, page, award.winner_name or "")
    after = lifecycle.successor_row(session, project.id)
    if after is not None and after.successor.stage in PUBLISHED and after.successor.published_at is not None:
        page = ("tenders.notice", {"uid": after.successor.uid})
        yield Moment(after.successor.published_at, N_("重新公告"), page=page, detail=after.successor.title)
