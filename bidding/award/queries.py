"""Reading results: the agency's own, and what everybody may see once it is final."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.announcements import queries as announcements
from bidding.announcements.models import Announcement
from bidding.announcements.rules import STANDSTILL, Candidate, over_at
from bidding.award.models import Award
from bidding.award.rules import Price, price_read
from bidding.award.scoring import Weights
from bidding.award.standstill import Standing
from bidding.core.actor import Actor
from bidding.core.canonical import loads
from bidding.core.errors import N_, NotFound
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.negotiation import queries as negotiation
from bidding.opening import queries as opening
from bidding.opening import shortage
from bidding.opening.models import LotDecision, OpenedEnvelope
from bidding.opening.queries import Sheet
from bidding.submissions.models import Bid
from bidding.submissions.queries import is_closed, is_opened
from bidding.tenders.kinds import PriceForm
from bidding.tenders.methods import Award as Chosen
from bidding.tenders.models import Lot, Project, Stage
from bidding.tenders.queries import PUBLISHED, figures_of, local_day
from bidding.tenders.rules import Figure
from bidding.web.paging import Page, paginate


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid whose sheet was opened in a lot: whom the sheet names, who handed it in, and what it says."""

    bid: str  # uid
    name: str
    uscc: str
    filed_name: str
    filed_uscc: str
    fields: Mapping[str, Any]
    price: Price


@dataclass(frozen=True, slots=True)
class Opened:
    """When a project's sheets were opened, and those that could be read, by lot and in order of receipt."""

    at: datetime
    offers: Mapping[str, Sequence[Offer]]


@dataclass(frozen=True, slots=True)
class LotResult:
    """A lot with its opened sheets, what is final about it, what waits for the second person, and what was."""

    lot: Lot
    offers: Sequence[Offer]
    failed: bool
    final: Award | None
    pending: Award | None
    corrected: Sequence[Award]
    #: What the agency said of a lot in which too few sheets could be read.
    decision: LotDecision | None = None

    @property
    def ranked(self) -> Sequence[Offer]:
        """The offers by price, the highest first, of what is sold or let; else in order of receipt."""
        if self.lot.floor_fen is None:
            return self.offers
        return sorted(self.offers, key=lambda offer: -(offer.price.fen or 0))

    @property
    def weights(self) -> Weights | None:
        """By what the last offers of a consultation are scored; None where there is no table, or no amount to score."""
        project = self.lot.project
        if project.preset.award is not Chosen.LAST_OFFER or self.lot.price_form is not PriceForm.AMOUNT:
            return None
        scoring = project.scoring
        if not scoring.table:
            return None
        return Weights(scoring.price_tenths, scoring.sme_permille or 0)

    @property
    def best(self) -> Offer | None:
        """Who takes what is sold or let: the highest offer at or above the starting price."""
        floor = self.lot.floor_fen
        first = next(iter(self.ranked), None)
        if floor is None or first is None or (first.price.fen or 0) < floor:
            return None
        return first


#: The envelope whose sheet says the price, with one envelope and with two.
PRICE = "offer"


def own_project(session: Session, actor: Actor, uid: str) -> Project:
    """A published project of the actor's agency; another's looks like none. Raises ``NotFound``."""
    project = session.scalar(
        select(Project)
        .where(Project.uid == uid, Project.agency_id == actor.organisation_id)
        .where(Project.stage.in_(PUBLISHED), Project.is_round.is_(False))
        .options(selectinload(Project.lots))
    )
    if project is None:
        raise NotFound
    return project


def failed_lots(session: Session, project: Project) -> frozenset[str]:
    """Codes of the lots that the project's log says failed, at the deadline or for want of readable sheets.

    Before the close the log is not read: on a public page, how long that takes tells how many have bid.
    """
    if not is_closed(session, project.id):
        return frozenset()
    events = session.scalars(
        select(Leaf.event).where(Leaf.log_id == project.log_id, Leaf.type == EventType.FAILED.value)
    )
    found = frozenset(loads(event)["lot"] for event in events) | opening.failed_after(session, project.id)
    return found | negotiation.failed_lots(session, project)


def opened(session: Session, project: Project) -> Opened | None:
    """The opened offers; None before the opening, and with two envelopes before that of the prices.

    Where nobody passed what was opened first, there are no offers, and no price is ever opened.
    """
    if project.preset.rounds:
        return _last_offers(session, project)
    first = opening.opened(session, project.id)
    sheets = opening.priced(session, project)
    if not sheets:
        nobody = bool(first) and opening.nobody_passed(session, project)
        return Opened(first[0].opened_at, {}) if nobody else None
    return _offers(session, project, sheets, {sheet.bid_uid: sheet.fields for sheet in first})


def deciding(session: Session, project: Project) -> Project | None:
    """Whose offers decide: the project's own, in a negotiation those of the last round; None before that was called."""
    return negotiation.last_round(session, project) if project.preset.rounds else project


def _last_offers(session: Session, project: Project) -> Opened | None:
    """The opened last offers of a negotiation, and the offers of no earlier round.

    Where the responses are open and no last offer is, nobody can win yet, but that nobody will can be said: too few
    passed the check, or the negotiation came to nothing.
    """
    first = opening.sheets(session, project)
    last = deciding(session, project)
    sheets = opening.priced(session, last) if last is not None else []
    if last is not None and sheets:
        return _offers(session, last, sheets, {})
    if not first or any(not each.done for each in negotiation.rounds(session, project.id)):
        return None
    return Opened(first[0].opened_at, {})


def _offers(
    session: Session, project: Project, sheets: Sequence[Sheet], technical: Mapping[str, Mapping[str, Any]]
) -> Opened:
    """The sheets with a price that could be read, with what ``technical`` sheets said before, by the bid's uid."""
    bids = session.scalars(
        select(Bid).where(Bid.project_id == project.id).options(joinedload(Bid.organisation))
    )
    filed = {bid.uid: bid.organisation for bid in bids}
    forms = {lot.code: lot.price_form for lot in project.lots}
    offers: dict[str, list[Offer]] = {}
    for sheet in sheets:
        if sheet.verdict is not None:
            continue
        unit = filed[sheet.bid_uid]
        offers.setdefault(sheet.lot_code, []).append(
            Offer(
                bid=sheet.bid_uid,
                name=sheet.tenderer_name,
                uscc=sheet.tenderer_uscc,
                filed_name=unit.name,
                filed_uscc=unit.uscc,
                fields={**technical.get(sheet.bid_uid, {}), **sheet.fields},
                price=price_read(forms[sheet.lot_code], sheet.fields),
            )
        )
    return Opened(min(sheet.opened_at for sheet in sheets), offers)


def awards_of(session: Session, lot: Lot) -> Sequence[Award]:
    """Everything put down about a lot, in order of revision; the last may not be final yet."""
    return session.scalars(
        select(Award)
        .where(Award.lot_id == lot.id)
        .options(joinedload(Award.recorded_by), joinedload(Award.confirmed_by))
        .order_by(Award.revision)
    ).all()


def results(session: Session, project: Project) -> list[LotResult]:
    """Every lot of a project with what has been decided."""
    found, failed = opened(session, project), failed_lots(session, project)
    decisions = shortage.decisions(session, project.id)
    return [
        replace(
            lot_result(awards_of(session, lot), lot, found, failed=lot.code in failed),
            decision=decisions.get(lot.code),
        )
        for lot in project.lots
    ]


def lot_result(awards: Sequence[Award], lot: Lot, found: Opened | None, *, failed: bool) -> LotResult:
    """One lot, its awards told apart."""
    return LotResult(
        lot=lot,
        offers=found.offers.get(lot.code, []) if found else [],
        failed=failed,
        final=next((a for a in awards if a.confirmed_at is not None and a.superseded_at is None), None),
        pending=next((a for a in awards if a.confirmed_at is None), None),
        corrected=[a for a in awards if a.superseded_at is not None],
    )


def standstill(session: Session, project: Project, now: datetime) -> Figure | None:
    """The figure for which candidates have to stand published before one of them wins; None where none have to."""
    return figures_of(session, project, local_day(now)).get(STANDSTILL)


def standing(session: Session, row: Announcement | None) -> Standing | None:
    """What a list of candidates says to whoever decides; None of one that is not out.

    Whoever objected to an earlier list waits for an answer still.
    """
    if row is None or row.ends_on is None or row.lot_id is None:
        return None
    return Standing(
        tuple(each.bid for each in row.said.candidates),
        row.ends_on,
        announcements.open_objections(session, row.lot_id),
        any(each.upheld for each in row.objections),
    )


def candidates_out(session: Session, lot: Lot) -> Sequence[Candidate]:
    """A lot's candidates in their order, as they stand published; none where no list does."""
    row = announcements.candidates_of(session, lot.id)
    return () if row is None or row.ends_on is None else row.said.candidates


def may_be_decided(session: Session, project: Project, lot: Lot, now: datetime) -> bool:
    """Whether a winner of the lot can be put down by now, as far as the publicity of candidates goes."""
    if standstill(session, project, now) is None:
        return True
    told = standing(session, announcements.candidates_of(session, lot.id))
    return told is not None and now >= over_at(told.last) and not told.unanswered and not told.is_upheld


def _is_overtaken(session: Session, award: Award) -> bool:
    """Whether a winner was put down who, by the candidates as they stand now, has to be put down anew."""
    told = standing(session, announcements.candidates_of(session, award.lot_id))
    if award.winner_bid is None or told is None:
        return False
    return award.winner_bid not in told.bids or award.awarded_on <= told.last


def to_confirm(session: Session, actor: Actor, now: datetime) -> Sequence[Award]:
    """Results of the actor's agency that wait for a second person other than the actor, and can be confirmed."""
    found = session.scalars(
        select(Award)
        .join(Lot)
        .join(Project)
        .where(Project.agency_id == actor.organisation_id, Award.confirmed_at.is_(None))
        .where(Award.recorded_by_id != actor.account_id)
        .options(joinedload(Award.lot).joinedload(Lot.project), joinedload(Award.recorded_by))
        .order_by(Award.recorded_at)
    ).all()
    return [award for award in found if confirmable(session, award, now)]


def confirmable(session: Session, award: Award, now: datetime) -> bool:
    """Whether the candidates as they stand now let a pending result become final."""
    if award.winner_bid is None or award.revision > 1:
        return True
    project = award.lot.project
    return may_be_decided(session, project, award.lot, now) and not _is_overtaken(session, award)


def to_record(session: Session, actor: Actor, now: datetime) -> Sequence[Project]:
    """Projects of the actor's agency that have been opened and have lots of which a result can be put down, and is none."""
    projects = session.scalars(
        select(Project)
        .where(Project.agency_id == actor.organisation_id, Project.stage == Stage.PUBLISHED)
        .where(Project.is_round.is_(False))
        .where(Project.id.in_(select(OpenedEnvelope.project_id).where(OpenedEnvelope.envelope == PRICE)))
        .where(
            Project.lots.any(
                ~select(Award.id).where(Award.lot_id == Lot.id, Award.confirmed_at.is_not(None)).exists()
            )
        )
        .options(selectinload(Project.lots))
        .order_by(Project.closes_at)
    ).all()
    return [project for project in projects if _undecided(session, project, now)]


def _undecided(session: Session, project: Project, now: datetime) -> bool:
    if project.preset.rounds:
        last = deciding(session, project)
        if last is None or not is_opened(session, last.id):
            return False
    failed, found = failed_lots(session, project), opened(session, project)
    return any(
        lot.code not in failed
        and all(
            each.confirmed_at is None and _is_overtaken(session, each) for each in awards_of(session, lot)
        )
        and (not found or not found.offers.get(lot.code) or may_be_decided(session, project, lot, now))
        for lot in project.lots
    )


def public_results(session: Session, *, number: int, owner: str = "") -> Page[Award]:
    """Results in force, the latest first."""
    statement = (
        select(Award)
        .where(Award.confirmed_at.is_not(None), Award.superseded_at.is_(None))
        .options(joinedload(Award.lot).joinedload(Lot.project))
        .order_by(Award.awarded_on.desc(), Award.id.desc())
    )
    if owner:
        statement = statement.join(Lot).join(Project).where(Project.owner_name == owner)
    return paginate(session, statement, number=number)


def has_result(session: Session, project: Project) -> bool:
    """Whether ``published`` has anything to show."""
    final = select(Award.id).join(Lot).where(Lot.project_id == project.id, Award.confirmed_at.is_not(None))
    return session.scalar(final.limit(1)) is not None or bool(failed_lots(session, project))


def after_close(session: Session, project: Project) -> str:
    """What a closed project has come to, as a key of the catalogue; empty before its sheets are open."""
    if has_result(session, project):
        return N_("已有结果")
    if project.preset.rounds:
        return N_("响应文件已开启") if is_opened(session, project.id) else ""
    if not is_opened(session, project.id):
        return ""
    if project.prices_open_at is not None and not opening.priced(session, project):
        return N_("技术已开标，报价封着")
    return N_("已开标")


def published(session: Session, uid: str) -> tuple[Project, list[LotResult]]:
    """A project with its lots that have a final result or failed. Raises ``NotFound`` before there is one.

    What is recorded but not confirmed is nobody's business yet, and is left out.
    """
    project = session.scalar(select(Project).where(Project.uid == uid).options(selectinload(Project.lots)))
    if project is None or project.published_at is None:
        raise NotFound
    failed = failed_lots(session, project)
    decisions = shortage.decisions(session, project.id) if failed else {}
    lots = [
        replace(
            lot_result(
                [award for award in awards_of(session, lot) if award.confirmed_at is not None],
                lot,
                None,
                failed=lot.code in failed,
            ),
            decision=decisions.get(lot.code),
        )
        for lot in project.lots
    ]
    told = [result for result in lots if result.final is not None or result.failed]
    if not told:
        raise NotFound
    return project, told


def rounds_told(session: Session, project: Project) -> list[Project]:
    """The opened rounds of a negotiation whose result is out, in order: everybody may check them from then on."""
    if not project.preset.rounds or not negotiation.is_disclosed(session, project):
        return []
    return [each.project for each in negotiation.rounds(session, project.id) if each.done and not each.failed]


def published_record(session: Session, uid: str, sha256: str) -> str:
    """The JCS text of a final record, as it was hashed into the log. Raises ``NotFound``."""
    record = session.scalar(
        select(Award.record)
        .join(Lot)
        .join(Project)
        .where(Project.uid == uid, Award.record_sha256 == sha256, Award.confirmed_at.is_not(None))
    )
    if record is None:
        raise NotFound
    return record
