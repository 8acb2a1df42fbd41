"""What is published of an owner, an agency and a tenderer over the years: final results and opened bids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.award.models import Award
from bidding.identity.models import Organisation
from bidding.opening.models import OpenedEnvelope
from bidding.opening.paper.queries import lots_with_bags_to_type
from bidding.opening.rules import FIRST
from bidding.oversight.rules import Bought, Case, Met, Threshold
from bidding.reporting.models import SavingsDrawer, SavingsEntry, SavingsOwner
from bidding.reporting.savings import Category, Direction, Standing, Way
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import GateState
from bidding.tenders.methods import preset
from bidding.tenders.models import Lot, Project, RuleRow
from bidding.tenders.queries import local_day
from bidding.tenders.rules import ENTRY, Validity, cite, in_region

_OPEN_TENDER, _MUST_CONSTRUCTION = "procurement.entry.open-tender", "works.entry.construction"
_DISPERSED, _DISPERSED_WORKS = "procurement.entry.goods-services", "procurement.entry.works"


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
        .where(Project.is_round.is_(False), Bid.lot_id.not_in(lots_with_bags_to_type()))
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
        .where(Project.is_round.is_(False), Bid.lot_id.not_in(lots_with_bags_to_type()))
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
