"""Putting a result down, and making it final: two persons, one leaf in the project's log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from bidding.announcements import queries as announcements
from bidding.award import policy, queries, rules, scoring, standstill
from bidding.award.events import AwardConfirmed, AwardRecorded
from bidding.award.models import Award
from bidding.award.queries import LotResult, Offer, Opened
from bidding.award.rules import Correction, Outcome, Price, Result, Winner
from bidding.award.scoring import Entered, Score
from bidding.core.canonical import dumps
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, NotFound, SamePerson
from bidding.core.money import yuan
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import shortage
from bidding.opening.paper.queries import waiting
from bidding.opening.paper.rules import BagsWaiting
from bidding.tenders.methods import Award as Chosen
from bidding.tenders.methods import Preset
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import cite


@dataclass(frozen=True, slots=True)
class Decision:
    """What the recorder puts down about a lot: a winner, by the uid of its bid; or a reason why nobody won.

    Without ``amount_fen`` (or ``price_text``, for a rate or a unit price) the price read out at the opening
    counts; another price needs a ``price_note``. ``correction`` says why a final result is corrected.
    """

    awarded_on: date
    winner_bid: str = ""
    amount_fen: int | None = None
    price_text: str = ""
    price_note: str = ""
    notice_number: str = ""
    reason: str = ""
    correction: str = ""
    #: Of a consultation, by bid: the points for all but the price, None where it was not scored; and whether it is small.
    scores: Mapping[str, tuple[int | None, bool]] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """Whether somebody won."""
        return Outcome.AWARDED if self.winner_bid else Outcome.NONE


def record_award(
    tx: Tx,
    project_uid: str,
    lot_code: str,
    decision: Decision,
    *,
    procurement: rules.Basis = rules.Basis.BUDGET,
) -> Award:
    """Put down, or put down anew, the result of a lot; it counts nowhere until a second person confirms it.

    ``procurement`` is what the centre measures savings of procurement against (``rules.basis_of``).

    Where a result is final already, this is its correction. Raises ``NotOpenedYet``, ``LotFailed``, ``LotShort``,
    ``CorrectionMissing``, ``NothingChanged``, ``NotATenderer``, ``NotItself``, ``AboveLimit``, ``BelowStart``,
    ``NotHighest``, ``NotLowest``, ``PriceMissing``, ``PriceDiffers``, ``ReasonMissing``, ``DateImpossible``; ``NotFound`` for another agency's
    project; where candidates have to be publicised first, ``NotPublicised`` and what ``standstill.check`` raises.
    """
    actor_id = _person(tx, policy.Permission.AWARD_RECORD)
    project, lot, opened = decidable(tx, project_uid, lot_code)
    known = queries.lot_result(queries.awards_of(tx.session, lot), lot, opened, failed=False)
    result = _result(tx, project, known, opened, decision, procurement)
    correction = _correction(known, result, decision)
    award = known.pending
    if award is None:
        award = Award(uid=new_uid(tx.entropy), lot_id=lot.id, revision=_revision(known))
        tx.session.add(award)
    _fill(award, result, correction)
    record = dumps(rules.record_of(project.code, lot.code, result, award.revision, correction))
    award.record, award.record_sha256 = record.decode(), rules.digest(record)
    award.recorded_at, award.recorded_by_id = tx.now, actor_id
    tx.session.flush()
    if known.final is None:
        tx.emit(AwardRecorded(award.id))
    return award


def decidable(tx: Tx, project_uid: str, lot_code: str) -> tuple[Project, Lot, Opened]:
    """A lot of the actor's agency about which something can be decided, held, with what was opened.

    Raises ``LotFailed``, ``NotOpenedYet``, ``BagsWaiting``, ``LotShort``; ``NotFound`` for another agency's project.
    """
    project = queries.own_project(tx.session, tx.actor, project_uid)
    lot, said = _held(tx, project, lot_code), project.words
    if lot.code in queries.failed_lots(tx.session, project):
        raise rules.LotFailed(
            what=said.lot, lot=lot.code, failed=said.failed, winner=said.winner, again=said.again
        )
    opened = queries.opened(tx.session, project)
    if opened is None:
        raise rules.NotOpenedYet(what=said.lot, lot=lot.code)
    if count := waiting(tx.session, project):
        raise BagsWaiting(count=count)
    source = queries.deciding(tx.session, project) or project
    readable = shortage.undecided(tx.session, source).get(lot.code)
    if readable is not None:
        raise rules.LotShort(what=said.lot, lot=lot.code, readable=readable, least=source.min_bids)
    return project, lot, opened


def _revision(known: LotResult) -> int:
    return 1 if known.final is None else known.final.revision + 1


def _correction(known: LotResult, result: Result, decision: Decision) -> Correction | None:
    """What this corrects; None for a first result."""
    if known.final is None:
        return None
    if not decision.correction.strip():
        raise rules.CorrectionMissing(field="correction")
    if _same(known.final, result):
        raise rules.NothingChanged(field="correction")
    return Correction(known.final.record_sha256, decision.correction.strip())


def _same(final: Award, result: Result) -> bool:
    """Whether a final result already says this."""
    return (
        final.winner_bid,
        final.amount_fen,
        final.price_text,
        final.price_note,
        final.awarded_on,
        final.notice_number,
        final.reason,
        (final.scoring or {}).get("scores", []),
    ) == (
        result.bid,
        result.price.fen,
        result.price.words,
        result.price.note,
        result.awarded_on,
        result.notice_number,
        result.reason,
        [score.to_json() for score in result.scores],
    )


def _fill(award: Award, result: Result, correction: Correction | None) -> None:
    award.outcome = result.outcome
    award.winner_name = result.winner.name if result.winner else None
    award.winner_uscc = result.winner.uscc if result.winner else None
    award.winner_bid = result.bid
    award.amount_fen = result.price.fen
    award.price_text, award.price_note = result.price.words, result.price.note
    award.basis, award.basis_fen = result.basis.kind, result.basis.fen
    award.awarded_on, award.notice_number, award.reason = (
        result.awarded_on,
        result.notice_number,
        result.reason,
    )
    award.corrects = correction.of if correction else None
    award.correction = correction.reason if correction else ""


def confirm_award(tx: Tx, project_uid: str, lot_code: str, seen: str) -> Award:
    """Make a result final: the second person's act, and the ``award`` leaf of the project's log (protocol §4).

    ``seen`` is the SHA-256 of the record the confirmer read. Raises ``SamePerson``, ``Changed``,
    ``AlreadyConfirmed``, what ``record_award`` raises of the candidates' publicity; ``NotFound`` where nothing is recorded or the project is another agency's.
    """
    actor_id = _person(tx, policy.Permission.AWARD_CONFIRM)
    project = queries.own_project(tx.session, tx.actor, project_uid)
    lot = _held(tx, project, lot_code)
    known = queries.lot_result(queries.awards_of(tx.session, lot), lot, None, failed=False)
    award = known.pending
    if award is None and known.final is not None:
        raise rules.AlreadyConfirmed(what=project.words.lot, lot=lot.code)
    if award is None or project.log_id is None:
        raise NotFound
    if award.recorded_by_id == actor_id:
        raise SamePerson
    if award.record_sha256 != seen:
        raise rules.Changed
    if award.winner_bid is not None:  # the list may have been withdrawn since it was put down
        _by_rank(tx, known, award.winner_bid, award.winner_name or "", award.awarded_on, award.reason)
    if known.final is not None:
        known.final.superseded_at = tx.now
        tx.session.flush()  # two results in force would be one too many, even for an instant
    log = tx.session.get_one(Log, project.log_id)
    leaf = ledger.record(tx, log, EventType.AWARD, lot=lot.code, sha256=award.record_sha256)
    award.confirmed_at, award.confirmed_by_id, award.leaf_index = tx.now, actor_id, leaf.idx
    tx.session.flush()
    tx.emit(AwardConfirmed(award.id))
    return award


def drop_correction(tx: Tx, project_uid: str, lot_code: str) -> None:
    """Give up a correction that nobody has confirmed; the final result goes on. Raises ``NotFound``."""
    _person(tx, policy.Permission.AWARD_RECORD)
    project = queries.own_project(tx.session, tx.actor, project_uid)
    lot = _held(tx, project, lot_code)
    known = queries.lot_result(queries.awards_of(tx.session, lot), lot, None, failed=False)
    if known.pending is None or known.final is None:
        raise NotFound
    tx.session.delete(known.pending)
    tx.session.flush()


def _person(tx: Tx, permission: policy.Permission) -> int:
    if tx.actor.account_id is None or not tx.actor.may(permission):
        raise Forbidden
    return tx.actor.account_id


def _held(tx: Tx, project: Project, code: str) -> Lot:
    """A lot of the project, its row held: two persons who act on one lot come one after the other."""
    lot = tx.session.scalar(
        select(Lot)
        .where(Lot.project_id == project.id, Lot.code == code)
        .with_for_update(of=Lot)
        .execution_options(populate_existing=True)
    )
    if lot is None:
        raise NotFound
    return lot


def _result(
    tx: Tx, project: Project, known: LotResult, opened: Opened, decision: Decision, procurement: rules.Basis
) -> Result:
    """The decision with everything that has to be right about it."""
    _check_day(tx, project, opened, decision.awarded_on)
    lot = known.lot
    basis = rules.basis_of(
        project.preset, budget_fen=lot.budget_fen, ceiling_fen=lot.ceiling_fen, procurement=procurement
    )
    if decision.outcome is Outcome.NONE:
        if not decision.reason.strip():
            raise rules.ReasonMissing(field="reason", winner=project.words.winner)
        winner, bid, price, reason = None, None, Price(), decision.reason.strip()
        found: list[Score] = []
    else:
        offer = offer_of(known, decision.winner_bid)
        given = Price(decision.amount_fen, decision.price_text, decision.price_note)
        winner, bid = Winner(offer.name, offer.uscc), offer.bid
        price = rules.price_given(lot.price_form, given, offer.price)
        check_limit(project.preset, lot, price)
        reason = _passed_over(project.preset, known, offer, decision.reason.strip())
        why, day = decision.reason.strip(), decision.awarded_on
        reason = _by_rank(tx, known, offer.bid, offer.name, day, why) or reason
        found = _scores(known, decision)
        if known.weights is not None:
            reason = scoring.check_first(found, offer.bid, decision.reason.strip())
    return Result(
        outcome=decision.outcome,
        winner=winner,
        bid=bid,
        price=price,
        basis=basis,
        awarded_on=decision.awarded_on,
        notice_number=decision.notice_number.strip(),
        reason=reason,
        weights=known.weights,
        scores=tuple(found),
    )


def _scores(known: LotResult, decision: Decision) -> list[Score]:
    """The points of everybody whose last offer could be read. Raises ``TooManyPoints``."""
    if known.weights is None:
        return []
    entered = []
    for offer in known.offers:
        other, small = decision.scores.get(offer.bid, (None, False))
        entered.append(Entered(offer.bid, offer.name, offer.price.fen or 0, other, small))
    return scoring.scores([each for each in entered if each.price_fen], known.weights)


def _check_day(tx: Tx, project: Project, opened: Opened, day: date) -> None:
    """Not before the opening, not after today: both days in Shanghai."""
    first = opened.at.astimezone(SHANGHAI).date()
    if not first <= day <= tx.now.astimezone(SHANGHAI).date():
        raise rules.DateImpossible(
            field="awarded_on",
            notice=project.words.award_notice,
            day=day.isoformat(),
            opened=first.isoformat(),
        )


def _by_rank(tx: Tx, known: LotResult, bid: str, name: str, day: date, reason: str) -> str:
    """Why the winner does not rank first among the candidates that were publicised; empty where they do, or need not.

    A result that was final before candidates were publicised here can be corrected without. Raises ``NotPublicised``,
    and what ``standstill.check`` raises.
    """
    lot = known.lot
    figure = queries.standstill(tx.session, lot.project, tx.now)
    if figure is None:
        return ""
    told = queries.standing(tx.session, announcements.candidates_held(tx.session, lot.id))
    if told is not None:
        return standstill.check(told, bid, name, day, reason, tx.now, article=cite(figure))
    if known.final is None or known.final.outcome is Outcome.NONE:
        raise standstill.NotPublicised(what=lot.project.words.lot, lot=lot.code, article=cite(figure))
    return ""


def offer_of(known: LotResult, bid: str) -> Offer:
    """The sheet of whoever is to win. Raises ``NotATenderer``, ``NotItself``."""
    terms = known.lot.project.words
    for offer in known.offers:
        if offer.bid == bid:
            if offer.uscc != offer.filed_uscc:
                raise rules.NotItself(
                    field="winner",
                    filed=f"{offer.filed_name}（{offer.filed_uscc}）",
                    said=f"{offer.name}（{offer.uscc}）",
                    sheet=terms.sheet,
                    winner=terms.winner,
                    panel=terms.panel,
                    rejected=terms.rejected,
                )
            return offer
    raise rules.NotATenderer(
        field="winner",
        what=terms.lot,
        lot=known.lot.code,
        sheet=terms.sheet,
        winner=terms.winner,
        tenderer=terms.tenderer,
    )


def _passed_over(switches: Preset, known: LotResult, offer: Offer, reason: str) -> str:
    """Why the winner is not who offered best, where the price alone decides; else nothing.

    Raises ``NotHighest``, ``NotLowest`` where nobody says why.
    """
    if switches.award is Chosen.LOWEST_OFFER:
        return _not_lowest(known, offer, reason)
    if switches.award is not Chosen.HIGHEST or offer.price.fen is None:
        return ""
    limit = rules.limit_of(switches, budget_fen=known.lot.budget_fen, ceiling_fen=known.lot.ceiling_fen)
    most = rules.highest(switches, [each.price for each in known.offers], limit)
    if most is None or offer.price.fen >= most:
        return ""
    if not reason:
        raise rules.NotHighest(field="reason", highest=yuan(most), offered=yuan(offer.price.fen))
    return reason


def _not_lowest(known: LotResult, offer: Offer, reason: str) -> str:
    """The same where the lowest last offer takes it among equals (政府采购法 38(5))."""
    prices = [each.price.fen for each in known.offers if each.price.fen is not None]
    if offer.price.fen is None or offer.price.fen <= min(prices):
        return ""
    if not reason:
        raise rules.NotLowest(field="reason", lowest=yuan(min(prices)), offered=yuan(offer.price.fen))
    return reason


def check_limit(switches: Preset, lot: Lot, price: Price) -> None:
    """Raises ``AboveLimit`` or ``BelowStart`` for a price that no offer may have."""
    limit = rules.limit_of(switches, budget_fen=lot.budget_fen, ceiling_fen=lot.ceiling_fen)
    if price.fen is None or limit is None or rules.within(switches, price.fen, limit):
        return
    shown = {"amount": yuan(price.fen), "limit": yuan(limit.fen)}
    if switches.sells:
        raise rules.BelowStart(field="amount", **shown)
    said = lot.project.words
    raise rules.AboveLimit(
        field="amount",
        kind=rules.BASIS_WORDS[limit.kind],
        rejected=said.rejected,
        by=rules.ABOVE_LIMIT.get(lot.project.family, "") if said.tenders else "",
        **shown,
    )
