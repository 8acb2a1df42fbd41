"""What follows where too few sheets of a lot could be read: its law's ways on, and the agency's choice, logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.actor import Actor
from bidding.core.canonical import Malformed
from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.opening import afterwards, policy, rules, service, window
from bidding.opening.afterwards import FAILED, GOES_ON
from bidding.opening.events import LotFailedAfterOpening
from bidding.opening.models import LotDecision, OpenedEnvelope
from bidding.opening.paper.queries import waiting_by_lot
from bidding.opening.paper.rules import BagsWaiting
from bidding.opening.policy import Permission
from bidding.opening.sitting.service.steps import touch
from bidding.submissions.models import Bid
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Family
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import cited

#: Figures of the rulebook that let a lot fail, or go on, where too few of its sheets could be read.
FIGURES = {FAILED: "short-fails", GOES_ON: "short-goes-on"}
#: What the two mean, by legal family (domain reference §4, "after decryption").
WORDS: Mapping[tuple[Family, str], str] = {
    (Family.WORKS, FAILED): N_("流标：依法重新招标"),
    (Family.WORKS, GOES_ON): N_("交评标委员会判断是否明显缺乏竞争，继续评标"),
    (Family.PROCUREMENT, FAILED): N_("废标：公告理由，重新组织采购"),
    (Family.PROCUREMENT, GOES_ON): N_("按采购文件继续评审"),
    (Family.PROPERTY, FAILED): N_("流拍：重新公告转让（招租）"),
    (Family.PROPERTY, GOES_ON): N_("由转让（出租）方按公告处理"),
    (Family.LOCAL, FAILED): N_("流标：重新比选"),
    (Family.LOCAL, GOES_ON): N_("按比选文件继续评审"),
}
#: The first of them where suppliers respond: there is no 废标 (财政部令第74号 37).
RESPONSES_FAIL = N_("终止采购：公告原因，重新开展采购")


@dataclass(frozen=True, slots=True)
class WayOn:
    """One thing that may follow, and the text that lets it."""

    decision: str
    words: str
    law: str
    article: str

    @property
    def citation(self) -> str:
        """The source in Chinese, as papers name it."""
        return cited(self.law, self.article)


def ways_on(session: Session, project: Project) -> list[WayOn]:
    """What the rulebook of the day the project was published lets follow; the law may leave no choice."""
    figures = tenders.rules_for(session, project.family, project.method, window.rules_day(project))
    found = {decision: figures.get(code) for decision, code in FIGURES.items()}
    return [
        WayOn(decision, _words(project, decision), figure.law, figure.article)
        for decision, figure in found.items()
        if figure is not None and figure.value
    ]


def _words(project: Project, decision: str) -> str:
    if decision == FAILED and project.preset.quiet:
        return RESPONSES_FAIL
    return WORDS[project.family, decision]


class KeysMayCome(DomainError):
    """A tenderer may still post the key of a sheet that trustees failed."""

    code = "opening.keys_may_come"
    text = N_(
        "%(what)s %(lot)s 还有因受托人缺席没有打开的，递交的单位可以在 %(until)s 前提交密钥文件。请等到那时再决定。"
    )


class EnoughToRead(DomainError):
    """The lot needs no such decision."""

    code = "opening.enough_to_read"
    text = N_("%(what)s %(lot)s 不需要这个决定：可以唱标的家数够，或者已经决定过。请刷新页面。")


class NoSuchWay(DomainError):
    """The law of this tender does not offer it."""

    code = "opening.no_such_way"
    text = N_("本项目适用的法律没有这个选项。请在列出的办法中选一个。")
    status = 422


def decisions(session: Session, project_id: int) -> dict[str, LotDecision]:
    """What was decided, by the lot's code."""
    rows = session.scalars(
        select(LotDecision).where(LotDecision.project_id == project_id).options(joinedload(LotDecision.lot))
    )
    return {row.lot.code: row for row in rows}


def undecided(session: Session, project: Project) -> dict[str, int]:
    """Opened lots with fewer readable sheets than are needed and without a decision, with how many could be read.

    A lot with a bag that is not read yet may still have enough.
    """
    rows = session.execute(_short().where(OpenedEnvelope.project_id == project.id))
    short: dict[str, int] = dict(rows.all())
    waiting = waiting_by_lot(session, project) if short else {}
    return {lot: readable for lot, readable in short.items() if lot not in waiting}


def _short() -> Select[str, Any]:
    """Lots of which too few sheets of the first stage could be read, and that nobody has decided: code, how many."""
    readable = func.sum(case((OpenedEnvelope.verdict.is_(None), 1), else_=0))
    return (
        select(Lot.code, readable)
        .select_from(OpenedEnvelope)
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .join(Lot, Lot.id == Bid.lot_id)
        .join(Project, Project.id == OpenedEnvelope.project_id)
        .where(OpenedEnvelope.stage == rules.FIRST, Lot.id.not_in(select(LotDecision.lot_id)))
        .group_by(OpenedEnvelope.project_id, Lot.id, Lot.code, Project.min_bids)
        .having(readable < Project.min_bids)
        .order_by(Lot.code)
    )


def keys_until(session: Session, project: Project, lot: str) -> datetime | None:
    """Until when tenderers' keys are waited for in a lot; None where none is missing."""
    since = session.scalar(
        select(func.min(OpenedEnvelope.opened_at))
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .join(Lot, Lot.id == Bid.lot_id)
        .where(OpenedEnvelope.project_id == project.id, OpenedEnvelope.stage == rules.FIRST)
        .where(OpenedEnvelope.verdict == "trustees", Lot.code == lot)
    )
    return since + window.length(session, project) if since is not None else None


def to_decide(session: Session, actor: Actor, now: datetime) -> list[tuple[Project, list[str]]]:
    """An agency's tenders with lots that wait for its word, for which no key is waited any more; the codes of these."""
    if not actor.may(Permission.LOT_DECIDE):
        return []
    found = session.scalars(
        select(Project)
        .where(Project.id.in_(_short().with_only_columns(OpenedEnvelope.project_id)))
        .where(Project.agency_id == actor.organisation_id)
        .order_by(Project.opens_at)
    ).all()
    return [(project, lots) for project in found if (lots := decidable(session, project, now))]


def decidable(session: Session, project: Project, now: datetime) -> list[str]:
    """The codes of undecided lots for which no key is waited any more."""
    return [
        lot
        for lot in undecided(session, project)
        if (until := keys_until(session, project, lot)) is None or now >= until
    ]


def decide(tx: Tx, project_uid: str, lot_code: str, decision: str) -> LotDecision:
    """Say what becomes of a lot in which too few sheets could be read; it is logged with its article.

    Raises ``Forbidden``, ``NotFound``, ``BagsWaiting``, ``EnoughToRead``, ``KeysMayCome``, ``NoSuchWay``.
    """
    gate, project, book = service.locked(tx, project_uid)
    policy.require(tx.actor, Permission.LOT_DECIDE, agency_id=project.agency_id)
    service.require_closed(tx.session, gate)
    service.require_opened(tx.session, project)
    lot = next((each for each in project.lots if each.code == lot_code), None)
    if lot is None:
        raise NotFound
    if count := waiting_by_lot(tx.session, project).get(lot_code):
        raise BagsWaiting(count=count)
    readable = undecided(tx.session, project).get(lot_code)
    if readable is None:
        raise EnoughToRead(what=project.words.lot, lot=lot_code)
    until = keys_until(tx.session, project, lot_code)
    if until is not None and tx.now < until:
        raise KeysMayCome(what=project.words.lot, lot=lot_code, until=until)
    way = next((each for each in ways_on(tx.session, project) if each.decision == decision), None)
    if way is None:
        raise NoSuchWay(field="decision")
    data = {
        "lot": lot_code,
        "decision": way.decision,
        "readable": readable,
        "law": way.law,
        "article": way.article,
    }
    record = service.record_of(tx.session, book)
    try:
        record.after.take(record.size, afterwards.LOT, data, record.since_opened())
    except Malformed as error:
        raise EnoughToRead(what=project.words.lot, lot=lot_code) from error
    leaf = ledger.record(tx, book, EventType.NOTE, kind=afterwards.LOT, data=data)
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    row = LotDecision(
        project_id=project.id,
        lot_id=lot.id,
        decision=way.decision,
        readable=readable,
        law=way.law,
        article=way.article,
        decided_at=leaf.written_at,
        account_id=tx.actor.account_id,
    )
    tx.session.add(row)
    touch(tx, project)
    if way.decision == FAILED:
        tx.emit(LotFailedAfterOpening(project.id, lot_code))
    return row
