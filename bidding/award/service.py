"""Putting a result down, and making it final: two persons, one leaf in the project's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bidding.award import policy, queries, rules
from bidding.award.events import AwardConfirmed, AwardRecorded
from bidding.award.models import Award
from bidding.award.rules import Measure, Outcome, Winner
from bidding.core.canonical import dumps
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, NotFound, SamePerson
from bidding.core.money import yuan
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.tenders.models import Family, Lot, PriceForm, Project


@dataclass(frozen=True, slots=True)
class Decision:
    """What the recorder puts down about a lot: a winner, found by code, and a price; or a reason why nobody won."""

    awarded_on: date
    winner_uscc: str = ""
    amount_fen: int | None = None
    price_text: str = ""
    notice_number: str = ""
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        """Whether somebody won."""
        return Outcome.AWARDED if self.winner_uscc else Outcome.NONE


def record_award(tx: Tx, project_uid: str, lot_code: str, decision: Decision) -> Award:
    """Put down, or put down anew, the result of a lot; it counts nowhere until a second person confirms it.

    Raises ``NotOpenedYet``, ``LotFailed``, ``AlreadyConfirmed``, ``NotATenderer``, ``AboveLimit``, ``BelowStart``,
    ``PriceMissing``, ``ReasonMissing``, ``DateImpossible``; ``NotFound`` for another agency's project.
    """
    actor_id = _person(tx, policy.Permission.AWARD_RECORD)
    project = queries.own_project(tx.session, tx.actor, project_uid)
    lot = _lot(project, lot_code)
    award = tx.session.scalar(select(Award).where(Award.lot_id == lot.id).with_for_update())
    if award is not None and award.confirmed_at is not None:
        raise rules.AlreadyConfirmed(lot=lot.code)
    if lot.code in queries.failed_lots(tx.session, project):
        raise rules.LotFailed(lot=lot.code)
    _check_day(tx, project, decision.awarded_on)
    winner = _winner(tx, project, lot, decision)
    amount_fen, price_text = _price(project.family, lot, decision)
    basis = rules.basis_of(project.family, budget_fen=lot.budget_fen, ceiling_fen=lot.ceiling_fen)
    record = dumps(
        rules.record_of(
            project=project.code,
            lot=lot.code,
            outcome=decision.outcome,
            winner=winner,
            amount_fen=amount_fen,
            price_text=price_text,
            basis=basis,
            awarded_on=decision.awarded_on.isoformat(),
            notice_number=decision.notice_number,
            reason="" if winner else decision.reason,
        )
    )
    if award is None:
        award = Award(uid=new_uid(tx.entropy), lot_id=lot.id)
        tx.session.add(award)
    _fill(award, decision, winner, basis)
    award.amount_fen, award.price_text = amount_fen, price_text
    award.record, award.record_sha256 = record.decode(), rules.digest(record)
    award.recorded_at, award.recorded_by_id = tx.now, actor_id
    tx.session.flush()
    tx.emit(AwardRecorded(award.id))
    return award


def _fill(award: Award, decision: Decision, winner: Winner | None, basis: Measure) -> None:
    award.outcome = decision.outcome
    award.winner_name = winner.name if winner else None
    award.winner_uscc = winner.uscc if winner else None
    award.basis, award.basis_fen = basis.kind, basis.fen
    award.awarded_on = decision.awarded_on
    award.notice_number = decision.notice_number
    award.reason = "" if winner else decision.reason


def confirm_award(tx: Tx, project_uid: str, lot_code: str, seen: str) -> Award:
    """Make a result final: the second person's act, and the ``award`` leaf of the project's log (protocol §4).

    ``seen`` is the SHA-256 of the record the confirmer read. Raises ``SamePerson``, ``Changed``,
    ``AlreadyConfirmed``; ``NotFound`` where nothing is recorded or the project is another agency's.
    """
    actor_id = _person(tx, policy.Permission.AWARD_CONFIRM)
    project = queries.own_project(tx.session, tx.actor, project_uid)
    lot = _lot(project, lot_code)
    award = tx.session.scalar(
        select(Award)
        .where(Award.lot_id == lot.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if award is None or project.log_id is None:
        raise NotFound
    if award.confirmed_at is not None:
        raise rules.AlreadyConfirmed(lot=lot.code)
    if award.recorded_by_id == actor_id:
        raise SamePerson
    if award.record_sha256 != seen:
        raise rules.Changed
    log = tx.session.get_one(Log, project.log_id)
    leaf = ledger.record(tx, log, EventType.AWARD, lot=lot.code, sha256=award.record_sha256)
    award.confirmed_at, award.confirmed_by_id, award.leaf_index = tx.now, actor_id, leaf.idx
    tx.session.flush()
    tx.emit(AwardConfirmed(award.id))
    return award


def _person(tx: Tx, permission: policy.Permission) -> int:
    if tx.actor.account_id is None or not tx.actor.may(permission):
        raise Forbidden
    return tx.actor.account_id


def _lot(project: Project, code: str) -> Lot:
    for lot in project.lots:
        if lot.code == code:
            return lot
    raise NotFound


def _check_day(tx: Tx, project: Project, day: date) -> None:
    """Not before the opening, not after today: both days in Shanghai."""
    opens_at = project.opens_at or project.closes_at
    opened = (opens_at or tx.now).astimezone(SHANGHAI).date()
    if opens_at is None or tx.now < opens_at:
        raise rules.NotOpenedYet(lot="、".join(lot.code for lot in project.lots))
    if not opened <= day <= tx.now.astimezone(SHANGHAI).date():
        raise rules.DateImpossible(field="awarded_on", day=day.isoformat(), opened=opened.isoformat())


def _winner(tx: Tx, project: Project, lot: Lot, decision: Decision) -> Winner | None:
    """The winner among the opened sheets of the lot, or None where nobody won."""
    opened = queries.offers(tx.session, project)
    if not opened:
        raise rules.NotOpenedYet(lot=lot.code)
    if decision.outcome is Outcome.NONE:
        if not decision.reason.strip():
            raise rules.ReasonMissing(field="reason")
        return None
    for offer in opened.get(lot.code, []):
        if offer.uscc == decision.winner_uscc:
            return Winner(offer.name, offer.uscc)
    raise rules.NotATenderer(field="winner", lot=lot.code, uscc=decision.winner_uscc)


def _price(family: Family, lot: Lot, decision: Decision) -> tuple[int | None, str]:
    """The amount, or the words of a rate or a unit price, kept to the lot's limit."""
    if decision.outcome is Outcome.NONE:
        return None, ""
    if lot.price_form is not PriceForm.AMOUNT:
        if not decision.price_text.strip():
            raise rules.PriceMissing(field="price_text")
        return None, decision.price_text.strip()
    if not decision.amount_fen:
        raise rules.PriceMissing(field="amount")
    limit = rules.limit_of(family, budget_fen=lot.budget_fen, ceiling_fen=lot.ceiling_fen)
    if limit is not None and not rules.within(family, decision.amount_fen, limit):
        shown = {"amount": yuan(decision.amount_fen), "limit": yuan(limit.fen)}
        if family is Family.PROPERTY:
            raise rules.BelowStart(field="amount", **shown)
        raise rules.AboveLimit(field="amount", kind=rules.BASIS_WORDS[limit.kind], **shown)
    return decision.amount_fen, ""
