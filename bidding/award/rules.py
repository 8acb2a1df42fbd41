"""What a lot is awarded at, against which figure, and within which limit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bidding.core.canonical import sha
from bidding.core.errors import N_, DomainError
from bidding.tenders.kinds import Family


class Basis(StrEnum):
    """The figure that an award is measured against (domain.md §7: same basis per project; store which)."""

    CEILING = "ceiling"  # 最高投标限价（控制价）
    BUDGET = "budget"  # 预算
    ESTIMATE = "estimate"  # 估算价
    START = "start"  # 起始价、底价


#: What a basis is called in a sentence.
BASIS_WORDS: dict[Basis, str] = {
    Basis.CEILING: N_("最高投标限价"),
    Basis.BUDGET: N_("预算金额"),
    Basis.ESTIMATE: N_("估算价"),
    Basis.START: N_("起始价"),
}


class Outcome(StrEnum):
    """How a lot ended."""

    AWARDED = "awarded"
    NONE = "none"  # 流标、废标、终止: nobody won


class AboveLimit(DomainError):
    """The amount is above the figure that no valid bid may pass."""

    code = "award.above_limit"
    text = N_(
        "成交金额 %(amount)s 元高于%(kind)s %(limit)s 元，高于它的投标应当否决（招标投标法实施条例第51条、"
        "财政部令第87号第63条）。请核对金额；确属限价有误的，先依法更正公告。"
    )
    status = 422


class BelowStart(DomainError):
    """An asset would go for less than its starting price."""

    code = "award.below_start"
    text = N_(
        "成交金额 %(amount)s 元低于起始价 %(limit)s 元，不能成交。请核对金额；需要降低起始价的，"
        "先经批准再重新公告（企业国有资产交易监督管理办法第18条）。"
    )
    status = 422


class NotATenderer(DomainError):
    """The winner named did not have a sheet opened in this lot."""

    code = "award.not_a_tenderer"
    text = N_("%(lot)s 标段开标时没有 %(uscc)s 的开标一览表，不能定其中标。请从已开标的投标人中选择。")
    status = 422


class NotOpenedYet(DomainError):
    """Nobody can have won what nobody has opened."""

    code = "award.not_opened"
    text = N_("%(lot)s 标段还没有开标，不能登记结果。请在开标记录生成之后再来。")


class LotFailed(DomainError):
    """The lot ended without a winner."""

    code = "award.lot_failed"
    text = N_("%(lot)s 标段已流标，没有中标人可登记。请另行组织重新招标。")


class AlreadyConfirmed(DomainError):
    """The result stands in the log; it is not overwritten."""

    code = "award.already_confirmed"
    text = N_("%(lot)s 标段的结果已经复核并写入日志，不能改写。")


class Changed(DomainError):
    """What is being confirmed is not what the confirmer read."""

    code = "award.changed"
    text = N_("您打开页面以后，这份登记被改过。请重新核对再确认。")


class PriceMissing(DomainError):
    """Neither an amount nor, where the price is a rate or a unit price, its words."""

    code = "award.price_missing"
    text = N_("请填写成交价：按金额计价的标段填金额，按费率或单价计价的标段填费率或单价。")
    status = 422


class DateImpossible(DomainError):
    """The notice of award bears a day that cannot be."""

    code = "award.date_impossible"
    text = N_("日期 %(day)s 不对：中标（成交）通知书不能早于开标日 %(opened)s，也不能晚于今天。")
    status = 422


class ReasonMissing(DomainError):
    """A lot without a winner needs a reason that can be published."""

    code = "award.reason_missing"
    text = N_("请写明没有中标人的原因，公告里要用（政府采购法第36条、招标投标法第42条）。")
    status = 422


@dataclass(frozen=True, slots=True)
class Measure:
    """A basis and its amount."""

    kind: Basis
    fen: int


def basis_of(family: Family, *, budget_fen: int, ceiling_fen: int | None) -> Measure:
    """The figure savings are counted from, by legal family (domain.md §7, 口径).

    Works: the ceiling, else the estimate that stands as budget. Procurement and what is below the thresholds:
    the budget. Property: the starting price.
    """
    if family is Family.PROPERTY:
        return Measure(Basis.START, budget_fen)
    if family is Family.WORKS:
        return Measure(Basis.CEILING, ceiling_fen) if ceiling_fen else Measure(Basis.ESTIMATE, budget_fen)
    return Measure(Basis.BUDGET, budget_fen)


def limit_of(family: Family, *, budget_fen: int, ceiling_fen: int | None) -> Measure | None:
    """The figure the price may not pass: the ceiling, else a procurement's budget; works may have none."""
    if family is Family.PROPERTY:
        return Measure(Basis.START, budget_fen)
    if ceiling_fen is not None:
        return Measure(Basis.CEILING, ceiling_fen)
    return None if family is Family.WORKS else Measure(Basis.BUDGET, budget_fen)


def within(family: Family, amount_fen: int, limit: Measure | None) -> bool:
    """Whether the price keeps to the limit; the limit itself is allowed."""
    if limit is None:
        return True
    return amount_fen >= limit.fen if family is Family.PROPERTY else amount_fen <= limit.fen


@dataclass(frozen=True, slots=True)
class Winner:
    """Who won, by name and unified social credit code."""

    name: str
    uscc: str


def record_of(
    *,
    project: str,
    lot: str,
    outcome: Outcome,
    winner: Winner | None,
    amount_fen: int | None,
    price_text: str,
    basis: Measure,
    awarded_on: str,
    notice_number: str,
    reason: str,
) -> dict[str, Any]:
    """What is decided about one lot, as the object whose hash goes into the project's log (protocol §4)."""
    return {
        "v": 1,
        "type": "award-record",
        "project": project,
        "lot": lot,
        "outcome": outcome.value,
        "winner": None if winner is None else {"name": winner.name, "uscc": winner.uscc},
        "amount_fen": amount_fen,
        "price_text": price_text,
        "basis": {"kind": basis.kind.value, "fen": basis.fen},
        "awarded_on": awarded_on,
        "notice": notice_number,
        "reason": reason,
    }


def digest(record: bytes) -> str:
    """SHA-256 of the record's JCS bytes, in hex."""
    return sha(record).hex()
