"""What the province is to be told of a project, as things stand: each message by its set and what it is about.

Only what everybody may know already: nothing of bids before their sheets are open, of a quiet purchase nothing of
offers before its result is out, of experts never a name. It is asked at every event, and may be asked at any time: what is missing
is noted then, so a project from before this domain catches up.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.award.models import Award
from bidding.award.rules import Outcome
from bidding.clarifications import queries as clarifications
from bidding.core.canonical import loads
from bidding.experts import queries as experts
from bidding.lifecycle import queries as lifecycle
from bidding.lifecycle.rules import Kind
from bidding.negotiation import queries as negotiation
from bidding.opening.models import OpenedEnvelope
from bidding.opening.paper import queries as paper
from bidding.opening.shortage import decisions
from bidding.outages import queries as outages
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.submissions.models import Bid
from bidding.tenders.kinds import Family
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import stages

#: A set and what of the project it is about.
Thing = tuple[str, str]
#: First what says that there is such a project, by the law it falls under.
_BEGINNING = {
    Family.WORKS: ("500", "501", "502", "503"),
    Family.PROCUREMENT: ("550", "551"),
    Family.PROPERTY: ("700",),
}
_CORRECTED = {Family.WORKS: "504", Family.PROCUREMENT: "552"}
_OPENED = {Family.WORKS: ("506", "507"), Family.PROCUREMENT: ("556", "557")}
_AWARDED = {Family.WORKS: "513", Family.PROCUREMENT: "553", Family.PROPERTY: "701"}
PUBLISHED, DOCUMENTS = "published", "documents"


def of_project(session: Session, project: Project) -> list[Thing]:
    """Every message that a project gives cause for by now, in the order in which the province wants them."""
    if project.published_at is None or project.is_round or project.family not in _BEGINNING:
        return []
    found = [(code, PUBLISHED) for code in _BEGINNING[project.family]]
    if project.family is Family.WORKS:
        found.append(("504", DOCUMENTS))
    found += _corrections(session, project)
    awards = _awards(session, project)
    ended = any(each.kind is Kind.TERMINATION for each in lifecycle.published(session, project.id))
    found += _openings(session, project, over=bool(awards) or ended)
    found += [(_AWARDED[project.family], _result(award)) for award in awards]
    if project.family is Family.WORKS:
        found += [
            (code, _result(award))
            for award in awards
            for code in ("9018",)
            if award.notice_number and award.revision == 1
        ]
        found += _failures(session, project)
        found += _afterwards(session, project)
    return found


def _corrections(session: Session, project: Project) -> Iterator[Thing]:
    """Answers and corrections, and dates that moved by themselves; questions of those that were answered."""
    code = _CORRECTED.get(project.family)
    if code is None:
        return
    for one in clarifications.published(session, project.id):
        yield code, f"clarification-{one.number}"
        if one.asked:
            yield "521", f"clarification-{one.number}"
    for moved in outages.corrections(session, project.id):
        if moved.part_of is None:
            yield code, f"dates-{moved.n}"


def _openings(session: Session, project: Project, *, over: bool) -> Iterator[Thing]:
    """The record of each opening, and once prices are open who offered what; made once, so not before all is read."""
    codes = _OPENED.get(project.family)
    if codes is None or (project.preset.quiet and not negotiation.is_disclosed(session, project)):
        return
    if not over and _is_still_read(session, project):
        return
    opened = set(
        session.scalars(
            select(OpenedEnvelope.stage).where(OpenedEnvelope.project_id == project.id).distinct()
        )
    )
    for stage in sorted(opened):
        yield codes[0], f"opening-{stage}"
    if stages(project.envelopes)[-1] in opened:
        yield codes[1], "tenderers"


def _is_still_read(session: Session, project: Project) -> bool:
    """Whether a bag is to be typed, or a sheet that trustees failed may still be opened by its tenderer's own key."""
    if paper.waiting(session, project):
        return True
    shut = (
        select(Lot.code)
        .join(Bid, Bid.lot_id == Lot.id)
        .join(OpenedEnvelope, OpenedEnvelope.bid_id == Bid.id)
        .where(OpenedEnvelope.project_id == project.id, OpenedEnvelope.verdict == "trustees")
    )
    return not set(session.scalars(shut)) <= decisions(session, project.id).keys()


def _awards(session: Session, project: Project) -> list[Award]:
    """The results that were ever final with a winner, corrected ones among them, in the order in which they became so."""
    return list(
        session.scalars(
            select(Award)
            .join(Lot)
            .where(Lot.project_id == project.id, Award.confirmed_at.is_not(None))
            .where(Award.outcome == Outcome.AWARDED)
            .order_by(Award.confirmed_at, Award.id)
        )
    )


def _decided(session: Session, project: Project) -> set[str]:
    """The codes of the lots that have a final result, with or without a winner."""
    return set(
        session.scalars(
            select(Lot.code)
            .join(Award, Award.lot_id == Lot.id)
            .where(Lot.project_id == project.id, Award.confirmed_at.is_not(None))
        )
    )


def _result(award: Award) -> str:
    return f"result-{award.lot.code}-{award.revision}"


def _failures(session: Session, project: Project) -> Iterator[Thing]:
    for notice in lifecycle.published(session, project.id):
        if notice.kind in (Kind.FAILURE, Kind.TERMINATION):
            yield "517", f"course-{notice.n}"


def _afterwards(session: Session, project: Project) -> Iterator[Thing]:
    """What is nobody's to know while bids of any lot are judged: where that was, and that the experts were drawn."""
    decided = _decided(session, project)
    failed = {
        code
        for notice in lifecycle.published(session, project.id)
        if notice.kind is Kind.FAILURE
        for code in loads(notice.notice or "{}").get("lots", ())
    }
    if not decided or not {lot.code for lot in project.lots} <= decided | failed:
        return
    for draw in experts.of_project(session, project.id):
        if draw.published_at is not None:
            yield "9005", f"draw-{draw.id}"
    if Purpose.EVALUATION in rooms.of_project(session, project.id):
        yield "9021", "room"
