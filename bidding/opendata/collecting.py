"""The published facts of one purchase, from the domains that published them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.announcements.models import Announcement
from bidding.award.models import Award
from bidding.award.rules import price_read
from bidding.clarifications import queries as clarifications
from bidding.clarifications.rules import last_day_to_ask
from bidding.core.canonical import loads_again
from bidding.core.clock import from_unix
from bidding.identity.models import Organisation
from bidding.lifecycle import queries as lifecycle
from bidding.negotiation import queries as negotiation
from bidding.opendata.facts import Fact, Kind, Offer, Process
from bidding.opening.models import OpenedEnvelope
from bidding.outages import queries as outages
from bidding.submissions import queries as submissions
from bidding.submissions.models import Bid
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import FAMILY_LABELS, METHOD_LABELS
from bidding.tenders.models import Lot, Project

_ORDER = list(Kind)


def process(session: Session, project: Project, ocid: str) -> Process:
    """What holds for a purchase from its notice on."""
    switches = project.preset
    method = f"{FAMILY_LABELS[project.family]}，{METHOD_LABELS[project.method]}（{switches.cause}）"
    return Process(ocid, f"/notices/{project.uid}", method, _intention_page(session, project))


def _intention_page(session: Session, project: Project) -> str:
    if project.intention is None:
        return ""
    uid = project.intention.announcement_uid
    known = session.scalar(select(Announcement.id).where(Announcement.uid == uid))
    return "" if known is None else f"/announcements/{uid}"


def facts(session: Session, project: Project) -> list[Fact]:
    """Everything that was published of a purchase, in the order in which it became public; first the notice."""
    found = [
        *_notice(session, project),
        *_corrections(session, project),
        *_course(session, project),
        *_openings(session, project),
        *_results(session, project),
    ]
    return sorted(found, key=lambda fact: (fact.at, _ORDER.index(fact.kind), fact.key))


def _notice(session: Session, project: Project) -> Iterator[Fact]:
    if project.notice is None or project.published_at is None:
        return
    said = loads_again(project.notice)
    asks = _asks_until(session, project, said["closes_at"])
    yield Fact("notice", Kind.NOTICE, project.published_at, said, f"/notices/{project.uid}", asks)


def _asks_until(session: Session, project: Project, closes_at: int) -> date:
    """The last day for questions under a deadline (Unix seconds)."""
    figure = clarifications.figures_of(session, project).get("question")
    return last_day_to_ask(tenders.local_day(from_unix(closes_at)), figure, tenders.calendar(session))


def _corrections(session: Session, project: Project) -> Iterator[Fact]:
    closes_at = loads_again(project.notice or "{}").get("closes_at", 0)
    for moved in outages.corrections(session, project.id):
        if moved.notice is None or moved.done_at is None:
            continue
        said = loads_again(moved.notice)
        closes_at = said["closes_at"]["is"]
        yield Fact(
            f"dates-{moved.n}",
            Kind.DATES,
            moved.done_at,
            said,
            f"/notices/{project.uid}/corrections/{moved.n}",
            _asks_until(session, project, closes_at),
        )
    for answers in clarifications.published(session, project.id):
        if answers.notice is None or answers.published_at is None:
            continue
        page = f"/notices/{project.uid}/clarifications/{answers.number}"
        said = loads_again(answers.notice)
        yield Fact(f"answers-{answers.number}", Kind.ANSWERS, answers.published_at, said, page)


def _course(session: Session, project: Project) -> Iterator[Fact]:
    for row in lifecycle.published(session, project.id):
        if row.notice is not None and row.published_at is not None:
            page = f"/notices/{project.uid}/course/{row.n}"
            yield Fact(f"course-{row.n}", Kind.COURSE, row.published_at, loads_again(row.notice), page)


# Openings: nothing of them is looked at before there was one ------------------------------------------------------


def _openings(session: Session, project: Project) -> Iterator[Fact]:
    if not submissions.is_opened(session, project.id):
        return
    page = f"/hall/{project.uid}"
    if project.preset.quiet:
        if negotiation.is_disclosed(session, project):
            yield from _disclosed(session, project)
        return
    stages: dict[int, list[tuple[OpenedEnvelope, Offer]]] = {}
    for row, offer in _offers(session, project):
        if row.bid.on_paper:  # typed after the stage was opened, one bag after the other
            key = f"opening-{row.stage}-{offer.bid[:16]}"
            yield Fact(key, Kind.OPENING, row.opened_at, page=page, offers=[offer])
        else:
            stages.setdefault(row.stage, []).append((row, offer))
    for stage, opened in stages.items():
        at = max(row.opened_at for row, _ in opened)
        read = [offer if row.late_at is None else _unread(offer) for row, offer in opened]
        yield Fact(f"opening-{stage}", Kind.OPENING, at, page=page, offers=read)
        for row, offer in opened:
            if row.late_at is not None and row.sheet is not None:
                key = f"opening-{stage}-{offer.bid[:16]}"
                yield Fact(key, Kind.OPENING, row.late_at, page=page, offers=[offer])


def _disclosed(session: Session, project: Project) -> Iterator[Fact]:
    """Who responded, of a method that keeps offers quiet: with the last of the lots' results, and without first offers."""
    first: dict[int, datetime] = {}
    for award in _awards(session, project):
        if award.confirmed_at is not None:
            first.setdefault(award.lot_id, award.confirmed_at)
    told = [_unread(offer) for _, offer in _offers(session, project)]
    yield Fact(
        "opening-1", Kind.OPENING, max(first.values()), page=f"/notices/{project.uid}/award", offers=told
    )


def _unread(offer: Offer) -> Offer:
    return Offer(offer.bid, offer.lot, offer.name, offer.uscc, offer.received_at)


def _offers(session: Session, project: Project) -> Iterator[tuple[OpenedEnvelope, Offer]]:
    rows = session.execute(
        select(OpenedEnvelope, Bid, Lot, Organisation)
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .join(Lot, Lot.id == Bid.lot_id)
        .join(Organisation, Organisation.id == Bid.organisation_id)
        .where(OpenedEnvelope.project_id == project.id)
        .order_by(OpenedEnvelope.stage, OpenedEnvelope.place, OpenedEnvelope.id)
    )
    for row, bid, lot, unit in rows:
        fields: dict[str, Any] = loads_again(row.sheet)["fields"] if row.sheet is not None else {}
        fen = price_read(lot.price_form, fields).fen
        said = str(fields.get("consortium") or "")
        yield row, Offer(bid.uid, lot.code, unit.name, unit.uscc, bid.received_at, fen, said)


def _awards(session: Session, project: Project) -> Sequence[Award]:
    return session.scalars(
        select(Award)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Lot.project_id == project.id, Award.confirmed_at.is_not(None))
        .order_by(Award.confirmed_at, Award.id)
    ).all()


def _results(session: Session, project: Project) -> Iterator[Fact]:
    page = f"/notices/{project.uid}/award"
    for award in _awards(session, project):
        if award.confirmed_at is None:
            continue
        said = loads_again(award.record)
        key = f"result-{said['lot']}-{award.revision}"
        yield Fact(key, Kind.RESULT, award.confirmed_at, said, page)
