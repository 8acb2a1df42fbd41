"""Published facts, a batch at a time: never what is sealed, recorded but not confirmed, or drafted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.award.models import Award
from bidding.award.rules import Outcome, price_read
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About
from bidding.core.canonical import loads
from bidding.core.workdays import Calendar, DayKind
from bidding.identity.models import Organisation
from bidding.opening.models import OpenedEnvelope
from bidding.opening.rules import FIRST
from bidding.outages.models import Extension
from bidding.oversight.models import OversightUnit
from bidding.oversight.rules import (
    Bought,
    Case,
    Correction,
    LotFacts,
    Met,
    Offer,
    ProjectFacts,
    Threshold,
    Won,
)
from bidding.reporting.models import SavingsDrawer, SavingsEntry, SavingsOwner
from bidding.reporting.savings import Category, Direction, Standing, Way
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import GateState
from bidding.tenders.methods import preset
from bidding.tenders.models import Family, Lot, Method, Project, RuleRow
from bidding.tenders.queries import PUBLISHED, calendar, local_day
from bidding.tenders.rules import ENTRY, Validity, cite, in_region, plan, stages
from bidding.tenders.rules.figures import Figure, at_amount
from bidding.tenders.rules.timetable import FORWARD

_OPEN_TENDER, _MUST_CONSTRUCTION = "procurement.entry.open-tender", "works.entry.construction"
_DISPERSED, _DISPERSED_WORKS = "procurement.entry.goods-services", "procurement.entry.works"


def due_units(session: Session, limit: int) -> Sequence[OversightUnit]:
    """Units whose facts have changed, the oldest first, held until the end of the transaction."""
    return session.scalars(
        select(OversightUnit)
        .where(OversightUnit.due)
        .order_by(OversightUnit.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def is_any_due(session: Session) -> bool:
    """Whether anything waits to be examined."""
    return session.scalar(select(OversightUnit.id).where(OversightUnit.due).limit(1)) is not None


# Projects -----------------------------------------------------------------------------------------------------------


def projects(session: Session, ids: Collection[int]) -> list[tuple[Project, ProjectFacts]]:
    """What is published of these projects; those that are not, and rounds of negotiations, are left out."""
    found = session.scalars(
        select(Project)
        .where(Project.id.in_(ids), Project.stage.in_(PUBLISHED), Project.published_at.is_not(None))
        .where(Project.is_round.is_(False))
        .options(selectinload(Project.lots), joinedload(Project.agency))
        .order_by(Project.id)
    ).all()
    sheets = _sheets(session, [project.id for project in found if not project.preset.rounds])
    won = _won(session, [project.id for project in found])
    moved = _extensions(session, ids)
    corrected = _clarifications(session, ids)
    days, figures = _Days(calendar(session)), _figures(session)
    return [
        (
            project,
            _project(
                project,
                sheets.get(project.id, ()),
                won,
                moved.get(project.id, ()),
                corrected.get(project.id, ()),
                figures(project.family, project.method, _published_on(project)),
                days,
            ),
        )
        for project in found
    ]


class _Days:
    """A calendar that looks every day up once: a batch's periods are of the same weeks."""

    def __init__(self, days: Calendar) -> None:
        self.works: Callable[[date], DayKind] = cache(days.works)


def _figures(session: Session) -> Callable[[Family, Method, date], dict[str, Figure]]:
    """``tenders.queries.rules_for``, with the rulebook read once for all projects of a batch."""
    rows = [
        (row.code, Validity(row.valid_from, row.valid_to), row.figure)
        for row in session.scalars(select(RuleRow).order_by(RuleRow.id))
    ]

    @cache
    def of(family: Family, method: Method) -> list[tuple[str, Validity, Figure]]:
        prefix = f"{family.value}.{method.value}."
        return [
            (code.removeprefix(prefix), validity, figure)
            for code, validity, figure in rows
            if code.startswith(prefix)
        ]

    @cache
    def on_day(family: Family, method: Method, on: date) -> dict[str, Figure]:
        return {name: figure for name, validity, figure in of(family, method) if validity.holds(on)}

    return on_day


def _published_on(project: Project) -> date:
    if project.rules_on is not None:
        return project.rules_on
    assert project.published_at is not None  # noqa: S101 — the query asked for it
    return local_day(project.published_at)


def _project(
    project: Project,
    sheets: Sequence[Any],
    won: Mapping[int, Won],
    moved: Sequence[Extension],
    corrected: Sequence[Clarification],
    figures: Mapping[str, Figure],
    days: Calendar,
) -> ProjectFacts:
    published_on = _published_on(project)
    first_at = moved[0].was_closes_at if moved else project.closes_at
    first = local_day(first_at) if first_at else None
    held = at_amount(figures, project.whole_fen)
    binding = [held[name] for name in FORWARD if name in held]
    least = plan(project.family, project.method, published_on, held, days).earliest_close if binding else None
    last_stage = stages(project.envelopes)[-1]
    priced = [row for row in sheets if row.stage == last_stage]
    return ProjectFacts(
        uid=project.uid,
        title=project.title,
        published_on=published_on,
        first_closes_on=first,
        least_on=least,
        rest_days=_rest_days(published_on, first, days) if first else 0,
        source="；".join(cite(figure) for figure in binding),
        corrections=tuple(_corrections(project, moved, corrected)),
        moves=len(moved),
        moved_on=max((local_day(each.done_at) for each in moved if each.done_at), default=None),
        sells=project.preset.sells,
        opened_on=local_day(min(row.opened_at for row in priced)) if priced else None,
        lots=tuple(
            LotFacts(
                lot.code,
                lot.name,
                lot.ceiling_fen,
                tuple(_offers(lot, priced)),
                sum(row.stage == FIRST and row.lot_id == lot.id for row in sheets),
                won.get(lot.id),
            )
            for lot in project.lots
        ),
    )


def _offers(lot: Lot, priced: Iterable[Any]) -> Iterable[Offer]:
    for row in priced:
        if row.lot_id == lot.id and row.sheet is not None:
            said = loads(row.sheet)
            tenderer = said["tenderer"]
            yield Offer(
                tenderer.get("name") or row.name,
                tenderer.get("uscc") or row.uscc,
                price_read(lot.price_form, said["fields"]).fen,
            )


def _rest_days(after: date, until: date, days: Calendar) -> int:
    return sum(
        not days.works(after + timedelta(days=n)).works for n in range(1, max(0, (until - after).days) + 1)
    )


def _corrections(
    project: Project, moved: Sequence[Extension], corrected: Sequence[Clarification]
) -> Iterable[Correction]:
    """Those that change something, each with the deadline in force once it was out."""
    for each in corrected:
        changes = loads(each.changes)
        if each.published_at is None or not any(changes.get(name) for name in ("facts", "ceilings", "files")):
            continue
        later = [one.was_closes_at for one in moved if one.done_at and one.done_at > each.published_at]
        closes_at = later[0] if later else project.closes_at
        if closes_at is None:
            continue
        moves = each.extension is not None and each.extension.moves_deadline
        yield Correction(each.number or 0, local_day(each.published_at), local_day(closes_at), moves)


def _sheets(session: Session, ids: Collection[int]) -> dict[int, list[Any]]:
    """What came out of the envelopes of projects whose opening is over, by project."""
    rows = session.execute(
        select(
            OpenedEnvelope.project_id,
            OpenedEnvelope.stage,
            OpenedEnvelope.sheet,
            OpenedEnvelope.opened_at,
            Bid.lot_id,
            Organisation.name,
            Organisation.uscc,
        )
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .join(Organisation, Organisation.id == Bid.organisation_id)
        .join(Gate, Gate.project_id == OpenedEnvelope.project_id)
        .where(OpenedEnvelope.project_id.in_(ids), Gate.state == GateState.OPENED)
        .order_by(OpenedEnvelope.project_id, OpenedEnvelope.stage, OpenedEnvelope.place, OpenedEnvelope.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.project_id].append(row)
    return found


def _won(session: Session, ids: Collection[int]) -> dict[int, Won]:
    """Results in force, by lot."""
    rows = session.scalars(
        select(Award)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Lot.project_id.in_(ids), Award.outcome == Outcome.AWARDED)
        .where(Award.confirmed_at.is_not(None), Award.superseded_at.is_(None))
    )
    return {
        row.lot_id: Won(
            row.winner_name or "", row.winner_uscc or "", row.amount_fen, row.basis_fen, row.awarded_on
        )
        for row in rows
    }


def _extensions(session: Session, ids: Collection[int]) -> dict[int, list[Extension]]:
    """Deadlines that were moved and announced, in order."""
    found: dict[int, list[Extension]] = defaultdict(list)
    for each in session.scalars(
        select(Extension)
        .where(Extension.project_id.in_(ids), Extension.done_at.is_not(None))
        .where(Extension.closes_at > Extension.was_closes_at)
        .order_by(Extension.project_id, Extension.n, Extension.id)
    ):
        found[each.project_id].append(each)
    return found


def _clarifications(session: Session, ids: Collection[int]) -> dict[int, list[Clarification]]:
    found: dict[int, list[Clarification]] = defaultdict(list)
    for each in session.scalars(
        select(Clarification)
        .where(Clarification.project_id.in_(ids), Clarification.published_at.is_not(None))
        .where(Clarification.about == About.TENDER)
        .options(joinedload(Clarification.extension))
        .order_by(Clarification.project_id, Clarification.number)
    ):
        found[each.project_id].append(each)
    return found


# Owners -------------------------------------------------------------------------------------------------------------


def owner_items(session: Session, ids: Collection[int], region: str) -> dict[int, tuple[str, list[Bought]]]:
    """Final results of these owners, by their ids: this platform's and imported ledgers', as the public report has them."""
    held: dict[int, tuple[str, list[Bought]]] = {
        row.id: (row.name, [])
        for row in session.execute(select(SavingsOwner.id, SavingsOwner.name).where(SavingsOwner.id.in_(ids)))
    }
    limits = _limits(session, region)
    rows = session.execute(
        select(
            SavingsEntry.owner_id,
            SavingsEntry.title,
            SavingsEntry.awarded_on,
            SavingsEntry.winner_name,
            SavingsEntry.award_fen,
            SavingsEntry.basis_fen,
            SavingsDrawer.category,
            SavingsDrawer.way,
            SavingsDrawer.direction,
            Project.uid,
            Project.subject,
        )
        .join(SavingsDrawer, SavingsDrawer.id == SavingsEntry.drawer_id)
        .outerjoin(Lot, Lot.id == SavingsEntry.lot_id)
        .outerjoin(Project, Project.id == Lot.project_id)
        .where(SavingsEntry.owner_id.in_(ids))
        .where(SavingsDrawer.standing.in_((Standing.COUNTED, Standing.NO_AMOUNT)))
        .order_by(SavingsEntry.owner_id, SavingsEntry.awarded_on, SavingsEntry.id)
    )
    for row in rows:
        codes = (
            _codes(row.category, row.way, row.subject or "") if row.direction is not Direction.GAIN else ()
        )
        limits_then = limits(row.awarded_on) if codes else {}
        item = Bought(
            uid=row.uid or "",
            title=row.title,
            on=row.awarded_on,
            winner=row.winner_name,
            amount_fen=row.award_fen,
            basis_fen=row.basis_fen,
            kind=f"{row.category.value}/{row.subject or ''}",
            thresholds=tuple(limits_then[code] for code in codes if code in limits_then),
            by_year=row.category is Category.PROCUREMENT,
        )
        held[row.owner_id][1].append(item)
    return held


def _codes(category: Category, way: Way, subject: str) -> tuple[str, ...]:
    """Which thresholds a purchase might have been kept below; none where it was tendered as above them."""
    works = subject == "construction"
    if category is Category.PROCUREMENT:
        if way is Way.OPEN_TENDER:
            return ()
        return (_MUST_CONSTRUCTION,) if works else (_OPEN_TENDER,)
    if category is not Category.LOCAL:
        return ()
    if works:
        return (_MUST_CONSTRUCTION, _DISPERSED_WORKS)
    return (_DISPERSED,) if subject else (_DISPERSED, _DISPERSED_WORKS, _MUST_CONSTRUCTION)


def _limits(session: Session, region: str) -> Callable[[date], dict[str, Threshold]]:
    """The thresholds of the rulebook by code, as they stood on a day in a division."""
    rows = [
        (Validity(row.valid_from, row.valid_to), row.figure)
        for row in session.scalars(
            select(RuleRow).where(RuleRow.code.contains(f".{ENTRY}.", autoescape=True)).order_by(RuleRow.code)
        )
    ]

    @cache
    def on_day(on: date) -> dict[str, Threshold]:
        figures = in_region((figure for validity, figure in rows if validity.holds(on)), region)
        return {
            code: Threshold(code, figure.value, cite(figure))
            for code, figure in figures.items()
            if figure.unit == "fen"
        }

    return on_day


# Agencies and tenderers ---------------------------------------------------------------------------------------------


def agency_lots(
    session: Session, ids: Collection[int]
) -> dict[int, tuple[Organisation, list[tuple[Case, int]]]]:
    """Opened lots of these agencies, each with how many bids were opened."""
    held: dict[int, tuple[Organisation, list[tuple[Case, int]]]] = {
        each.id: (each, []) for each in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    }
    rows = session.execute(
        select(
            Project.agency_id,
            Project.uid,
            Project.title,
            Project.family,
            Project.method,
            func.count(OpenedEnvelope.id).label("bids"),
            func.min(OpenedEnvelope.opened_at).label("opened_at"),
        )
        .join(Gate, Gate.project_id == Project.id)
        .join(OpenedEnvelope, OpenedEnvelope.project_id == Project.id)
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .where(Project.agency_id.in_(ids), Gate.state == GateState.OPENED, OpenedEnvelope.stage == FIRST)
        .where(Project.is_round.is_(False))
        .group_by(Project.agency_id, Project.uid, Project.title, Project.family, Project.method, Bid.lot_id)
        .order_by(Project.uid, Bid.lot_id)
    )
    for row in rows:
        if not preset(row.family, row.method).rounds:
            case = Case(row.uid, row.title, on=local_day(row.opened_at))
            held[row.agency_id][1].append((case, row.bids))
    return held


def tenderer_lots(session: Session, ref: int) -> tuple[str, list[Met], dict[str, str]]:
    """A tenderer's USCC, the opened lots that it bid for, and the names of everybody whom it met."""
    uscc = session.scalars(select(Organisation.uscc).where(Organisation.id == ref)).one()
    mine = (
        select(Bid.lot_id)
        .join(OpenedEnvelope, OpenedEnvelope.bid_id == Bid.id)
        .where(Bid.organisation_id == ref, OpenedEnvelope.stage == FIRST)
    )
    rows = session.execute(
        select(
            Project.uid,
            Project.title,
            Project.family,
            Project.method,
            Bid.lot_id,
            OpenedEnvelope.opened_at,
            Organisation.uscc,
            Organisation.name,
            Award.winner_uscc,
        )
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .join(Project, Project.id == Bid.project_id)
        .join(Gate, Gate.project_id == Project.id)
        .join(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(
            Award,
            (Award.lot_id == Bid.lot_id) & Award.confirmed_at.is_not(None) & Award.superseded_at.is_(None),
        )
        .where(Bid.lot_id.in_(mine), OpenedEnvelope.stage == FIRST, Gate.state == GateState.OPENED)
        .where(Project.is_round.is_(False))
        .order_by(Bid.lot_id, OpenedEnvelope.place, OpenedEnvelope.id)
    )
    names: dict[str, str] = {uscc: ""}
    lots: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if not preset(row.family, row.method).rounds:
            names[row.uscc] = row.name
            lots[row.lot_id].append(row)
    met = [
        Met(
            held[0].uid,
            held[0].title,
            local_day(held[0].opened_at),
            frozenset(row.uscc for row in held),
            held[0].winner_uscc or "",
        )
        for held in lots.values()
    ]
    return uscc, met, names
