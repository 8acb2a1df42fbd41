"""What is published of projects, a batch at a time: never what is sealed, recorded but not confirmed, or drafted."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.award.models import Award
from bidding.award.rules import Outcome, price_read
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About
from bidding.core.canonical import loads
from bidding.core.workdays import Calendar, DayKind
from bidding.identity.models import Organisation
from bidding.opening.models import OpenedEnvelope
from bidding.opening.paper.queries import lots_with_bags_to_type
from bidding.opening.rules import FIRST
from bidding.outages.models import Extension
from bidding.oversight.models import OversightUnit
from bidding.oversight.rules import Correction, LotFacts, Offer, ProjectFacts, Won
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import GateState
from bidding.tenders.models import Family, Lot, Method, Project, RuleRow
from bidding.tenders.queries import PUBLISHED, calendar, local_day
from bidding.tenders.rules import Validity, cite, plan, stages
from bidding.tenders.rules.figures import Figure, at_amount
from bidding.tenders.rules.timetable import FORWARD

log = logging.getLogger(__name__)


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


def projects(session: Session, ids: Collection[int]) -> list[tuple[Project, ProjectFacts | None]]:
    """What is published of these projects; those that are not, and rounds of negotiations, are left out.

    None where it cannot be read: that is this one project's, and a fault of ours in the server's log.
    """
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

    def facts_of(project: Project) -> ProjectFacts | None:
        try:
            return _project(
                project,
                sheets.get(project.id, ()),
                won,
                moved.get(project.id, ()),
                corrected.get(project.id, ()),
                figures(project.family, project.method, _published_on(project)),
                days,
            )
        except Exception:
            log.exception("the facts of project %s cannot be read", project.id)
            return None

    return [(project, facts_of(project)) for project in found]


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
        source="；".join(dict.fromkeys(cite(figure) for figure in binding)),
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
    """What came out of the envelopes of projects whose opening is over, by project.

    Nothing of a lot with a bag that is still to be typed: how many bid for it, and at which prices, is not known yet.
    """
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
        .where(Bid.lot_id.not_in(lots_with_bags_to_type()))
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
