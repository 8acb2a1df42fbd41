"""What a lot is awarded at, against which figure, and within which limit. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bidding.award.scoring import Score, Weights
from bidding.core.canonical import sha
from bidding.core.errors import N_, DomainError
from bidding.core.money import percent, yuan
from bidding.tenders.kinds import Family, PriceForm
from bidding.tenders.methods import Basis as Measured
from bidding.tenders.methods import Preset


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
        "成交金额 %(amount)s 元高于%(kind)s %(limit)s 元，高于它的按“%(rejected)s”处理%(by)s。"
        "请核对金额；确属限价有误的，先依法更正公告。"
    )
    status = 422


#: Which article says so of a tender; elsewhere the notice does.
ABOVE_LIMIT: dict[Family, str] = {
    Family.WORKS: "（招标投标法实施条例第51条）",
    Family.PROCUREMENT: "（财政部令第87号第63条）",
}


class BelowStart(DomainError):
    """An asset would go for less than its starting price."""

    code = "award.below_start"
    text = N_(
        "成交金额 %(amount)s 元低于起始价 %(limit)s 元，不能成交。请核对金额；需要降低起始价的，"
        "先经批准再重新公告（企业国有资产交易监督管理办法第18条）。"
    )
    status = 422


class NotHighest(DomainError):
    """Somebody offered more for what is sold."""

    code = "award.not_highest"
    text = N_(
        "这个标的的最高有效报价是 %(highest)s 元，登记的受让（承租）方报价是 %(offered)s 元。报价高者得："
        "请选最高报价的单位；它放弃或者资格不符的，请在“原因”里写明，会一并公开。"
    )
    status = 422


class NotLowest(DomainError):
    """Somebody's last offer is lower."""

    code = "award.not_lowest"
    text = N_(
        "最低的最后报价是 %(lowest)s 元，登记的成交供应商报价是 %(offered)s 元。符合采购需求、质量和服务相等的，报价最低者成交"
        "（政府采购法第38条）：请选最低的；最低的不符合要求或者放弃的，请在“原因”里写明，会一并公开。"
    )
    status = 422


class NotATenderer(DomainError):
    """The winner named did not have a sheet opened in this lot."""

    code = "award.not_a_tenderer"
    text = N_(
        "%(what)s %(lot)s 开启时没有这一家的%(sheet)s，不能定为%(winner)s。请从已开启的%(tenderer)s中选择。"
    )
    status = 422


class NotItself(DomainError):
    """The sheet names another unit than the one that handed it in."""

    code = "award.not_itself"
    text = N_(
        "这一份由 %(filed)s 递交，%(sheet)s里写的却是 %(said)s，不能直接登记为%(winner)s。请%(panel)s核实；"
        "属于冒用他人名义的，按“%(rejected)s”处理。"
    )
    status = 422


class NotOpenedYet(DomainError):
    """Nobody can have won what nobody has opened."""

    code = "award.not_opened"
    text = N_("%(what)s %(lot)s 还没有开启，不能登记结果。请在开启的记录生成之后再来。")


class LotFailed(DomainError):
    """The lot ended without a winner."""

    code = "award.lot_failed"
    text = N_("%(what)s %(lot)s 已%(failed)s，没有%(winner)s可登记。请另行组织%(again)s。")


class LotShort(DomainError):
    """Too few sheets could be read, and nobody has said what follows."""

    code = "award.lot_short"
    text = N_(
        "%(what)s %(lot)s 解封后可以唱标的只有 %(readable)s 家，不足 %(least)s 家。"
        "请先在大厅依据条文决定怎么处理，再登记结果。"
    )


class AlreadyConfirmed(DomainError):
    """The result stands in the log; nothing waits for a second person."""

    code = "award.already_confirmed"
    text = N_(
        "%(what)s %(lot)s 的结果已经复核并写入日志，不能改写。确有错误的，请登记一份更正，写明原因，由另一人复核。"
    )


class CorrectionMissing(DomainError):
    """A final result is corrected only with a reason that can be published."""

    code = "award.correction_missing"
    text = N_("已有生效的结果。要更正，请写明更正的原因；原来的结果会一并保留、公开。")
    status = 422


class NothingChanged(DomainError):
    """The correction says what is in force already."""

    code = "award.nothing_changed"
    text = N_("这份更正和生效的结果完全一样，没有要更正的内容。")
    status = 422


class Changed(DomainError):
    """What is being confirmed is not what the confirmer read."""

    code = "award.changed"
    text = N_("您打开页面以后，这份登记被改过。请重新核对再确认。")


class PriceMissing(DomainError):
    """Neither an amount nor, where the price is a rate or a unit price, its words."""

    code = "award.price_missing"
    text = N_("请填写成交价：按金额计价的填金额，按费率或单价计价的填费率或单价。")
    status = 422


class PriceDiffers(DomainError):
    """The price is not the one that everybody heard."""

    code = "award.price_differs"
    text = N_(
        "开启的报价是 %(read)s，登记的成交价是 %(given)s。两者不同的，请写明原因（例如按公告的办法修正算术错误，"
        "本单位已确认）；没有原因的，请改回报价。"
    )
    status = 422


class DateImpossible(DomainError):
    """The notice of award bears a day that cannot be."""

    code = "award.date_impossible"
    text = N_("日期 %(day)s 不对：%(notice)s不能早于开启那一天 %(opened)s，也不能晚于今天。")
    status = 422


class ReasonMissing(DomainError):
    """A lot without a winner needs a reason that can be published."""

    code = "award.reason_missing"
    text = N_("请写明没有%(winner)s的原因，公告里要用。")
    status = 422


@dataclass(frozen=True, slots=True)
class Measure:
    """A basis and its amount."""

    kind: Basis
    fen: int


def basis_of(
    switches: Preset, *, budget_fen: int, ceiling_fen: int | None, procurement: Basis = Basis.BUDGET
) -> Measure:
    """The figure savings are counted from, by method (domain.md §7, 口径).

    Works: the ceiling, else the estimate that stands as budget. Procurement and what is below the thresholds:
    the budget, or, in a centre whose ``procurement`` goes by the ceiling, that one where there is one. Property: the
    starting price.
    """
    if switches.basis is Measured.START:
        return Measure(Basis.START, budget_fen)
    if switches.basis is Measured.CEILING:
        return Measure(Basis.CEILING, ceiling_fen) if ceiling_fen else Measure(Basis.ESTIMATE, budget_fen)
    if procurement is Basis.CEILING and ceiling_fen:
        return Measure(Basis.CEILING, ceiling_fen)
    return Measure(Basis.BUDGET, budget_fen)


def limit_of(switches: Preset, *, budget_fen: int, ceiling_fen: int | None) -> Measure | None:
    """The figure the price may not pass: the ceiling, else a procurement's budget; works may have none.

    Of what is sold, the starting price: it may not be undercut.
    """
    if switches.basis is Measured.START:
        return Measure(Basis.START, budget_fen)
    if ceiling_fen is not None:
        return Measure(Basis.CEILING, ceiling_fen)
    return None if switches.basis is Measured.CEILING else Measure(Basis.BUDGET, budget_fen)


def within(switches: Preset, amount_fen: int, limit: Measure | None) -> bool:
    """Whether the price keeps to the limit; the limit itself is allowed."""
    if limit is None:
        return True
    return amount_fen >= limit.fen if switches.sells else amount_fen <= limit.fen


@dataclass(frozen=True, slots=True)
class Winner:
    """Who won, by name and unified social credit code."""

    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Price:
    """An amount; or the words of a rate or a unit price, which no sum can take. ``note`` where it was not read out."""

    fen: int | None = None
    words: str = ""
    note: str = ""


def price_read(form: PriceForm, fields: Mapping[str, Any]) -> Price:
    """The price that stands on an opening sheet; empty where the sheet says none."""
    if form is PriceForm.AMOUNT:
        fen = fields.get("price_fen")
        return Price(fen if isinstance(fen, int) else None)
    if form is PriceForm.UNIT:
        fen = fields.get("unit_price_fen")
        return Price(words=f"{yuan(fen)} 元" if isinstance(fen, int) else "")
    ppm = fields.get("rate_ppm")
    return Price(words=f"{percent(ppm, 10**6, 4).rstrip('0').rstrip('.')}%" if isinstance(ppm, int) else "")


def price_given(form: PriceForm, given: Price, read: Price) -> Price:
    """What is recorded: what was typed, else what was read out.

    Raises ``PriceMissing`` where there is neither, ``PriceDiffers`` where they differ and nobody says why.
    """
    if form is PriceForm.AMOUNT:
        price = Price(given.fen or read.fen)
        if not price.fen:
            raise PriceMissing(field="amount")
        differs = read.fen is not None and price.fen != read.fen
    else:
        price = Price(words=given.words.strip() or read.words)
        if not price.words:
            raise PriceMissing(field="price_text")
        differs = bool(read.words) and price.words != read.words
    note = given.note.strip()
    if differs and not note:
        raise PriceDiffers(field="price_note", read=_said(read), given=_said(price))
    return Price(price.fen, price.words, note if differs else "")


def _said(price: Price) -> str:
    return price.words or f"{yuan(price.fen or 0)} 元"


def highest(switches: Preset, prices: Sequence[Price], limit: Measure | None) -> int | None:
    """The highest price, in fen, that keeps to the limit; None where there is none."""
    return max(
        (price.fen for price in prices if price.fen is not None and within(switches, price.fen, limit)),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """Which final record is corrected, by its SHA-256 in hex, and why."""

    of: str
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """What is decided about one lot."""

    outcome: Outcome
    winner: Winner | None
    bid: str | None
    price: Price
    basis: Measure
    awarded_on: date
    notice_number: str
    reason: str
    weights: Weights | None = None
    scores: tuple[Score, ...] = ()


def record_of(
    project: str, lot: str, result: Result, revision: int, correction: Correction | None
) -> dict[str, Any]:
    """The result as the object whose hash goes into the project's log (protocol §4)."""
    winner = result.winner
    return {
        "v": 1,
        "type": "award-record",
        "project": project,
        "lot": lot,
        "revision": revision,
        "corrects": None if correction is None else {"sha256": correction.of, "reason": correction.reason},
        "outcome": result.outcome.value,
        "winner": None if winner is None else {"name": winner.name, "uscc": winner.uscc, "bid": result.bid},
        "amount_fen": result.price.fen,
        "price_text": result.price.words,
        "price_note": result.price.note,
        "basis": {"kind": result.basis.kind.value, "fen": result.basis.fen},
        "awarded_on": result.awarded_on.isoformat(),
        "notice": result.notice_number,
        "reason": result.reason,
        **_scoring(result),
    }


def _scoring(result: Result) -> dict[str, Any]:
    """Where offers were scored: by which weight of the price, with what off for small firms, and everybody's points."""
    if result.weights is None or not result.scores:
        return {}
    told = [score.to_json() for score in result.scores]
    return {
        "scoring": {
            "price_tenths": result.weights.price_tenths,
            "sme_permille": result.weights.permille,
            "scores": told,
        }
    }


def digest(record: bytes) -> str:
    """SHA-256 of the record's JCS bytes, in hex."""
    return sha(record).hex()
