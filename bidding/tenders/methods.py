"""Every method as data: one lifecycle for all, and for each (family, method) a preset of switches over it. Pure.

What a figure can say (periods, counts, caps, whether two envelopes or paper are let in) stands in the rulebook, what
things are called in ``words``; here stands what neither can say. Nobody asks elsewhere which family or method a
project has in order to act differently: it asks its preset. Why: docs/adr/0039.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bidding.core.errors import N_
from bidding.tenders.kinds import Evaluation, Family, Method, PriceForm


class Direction(Enum):
    """Which price is the better one for the public."""

    LOWER = "lower"  # something is bought
    HIGHER = "higher"  # something is sold or let


class Basis(Enum):
    """What the result is measured against (domain.md §7)."""

    CEILING = "ceiling"  # 最高投标限价, else the estimate that stands as budget
    BUDGET = "budget"  # 预算
    START = "start"  # 起始价（底价）


class Award(Enum):
    """How the winner is chosen once the prices are known."""

    EVALUATED = "evaluated"  # a panel weighs price and the rest
    LAST_OFFER = "last-offer"  # a panel, on the offers of the last round
    LOWEST_OFFER = "lowest-offer"  # the lowest of the last round among those that meet what is asked for
    HIGHEST = "highest"  # nobody weighs anything: the highest price at or above the floor


DIRECTION_LABELS = {Direction.LOWER: N_("低者为优"), Direction.HIGHER: N_("高者为优")}
BASIS_LABELS = {
    Basis.CEILING: N_("最高投标限价（没有限价的用估算价）"),
    Basis.BUDGET: N_("预算"),
    Basis.START: N_("起始价"),
}
AWARD_LABELS = {
    Award.EVALUATED: N_("评审后确定"),
    Award.LAST_OFFER: N_("以最后一轮报价评审"),
    Award.LOWEST_OFFER: N_("符合要求、最后报价最低的"),
    Award.HIGHEST: N_("不低于起始价的最高报价"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """The switches of one method under one law.

    ``together`` cites the article that wants the opening at the very deadline; without one it may come later.
    ``quiet`` cites the text that keeps offers from being read out: from the deadline until the result is out nobody
    but those who run the purchase hears of them. ``evaluations`` are the ways of weighing bids that the law leaves
    open; a single one is not asked for. ``sheet`` and ``slots`` name what a bid consists of (``rules.sheet``,
    ``rules.slots``). ``light`` are the facts
    that a notice may leave out. ``waits`` says, as a key of the catalogue, what is missing before the method can be
    offered; empty, it is offered. ``cause`` is the text of law that the method
    stands on, ``before`` the one that lets tenderers be examined before it (资格预审), empty where none does;
    ``after_offer``: the days for such applications run from the end of the documents' offer and not from the notice.
    Citations stand in Chinese, as the rulebook's.
    """

    family: Family
    method: Method
    cause: str
    sheet: str
    slots: str
    together: str = ""
    quiet: str = ""
    direction: Direction = Direction.LOWER
    basis: Basis = Basis.BUDGET
    award: Award = Award.EVALUATED
    evaluations: tuple[Evaluation, ...] = (Evaluation.COMPREHENSIVE, Evaluation.LOWEST)
    price_forms: tuple[PriceForm, ...] = tuple(PriceForm)
    tender: bool = False  # 招标方式; what is bought in any other way counts towards split purchases
    entry: bool = True  # whether thresholds decide on it
    trades: bool = False  # whether its number begins with a class of works (交易分类)
    panel: bool = True
    invited: bool = False
    rounds: bool = False
    light: frozenset[str] = frozenset()
    before: str = ""
    after_offer: bool = False
    waits: str = ""

    @property
    def offered(self) -> bool:
        """Whether its journey is whole."""
        return not self.waits

    @property
    def sells(self) -> bool:
        """Whether something is sold or let: a floor instead of a ceiling, and a gain instead of a saving."""
        return self.direction is Direction.HIGHER

    @property
    def procures(self) -> bool:
        """Whether the policies of public procurement bind it: for small firms, and against security in cash."""
        return self.family is Family.PROCUREMENT


_INVITED = N_("要等邀请名单：只有被邀请的单位能看到文件、能投标，而开标以前不能让人知道邀请了谁。")
#: What only the form of 财办库〔2020〕50号 asks for, and what a small notice may leave out besides.
_POLICIES = frozenset({"policies"})
_SMALL = _POLICIES | {"funding", "term", "place", "owner_address", "owner_contact", "agency_address", "media"}
_WORKS_34 = "招标投标法第34条"
_TENDER_87 = "财政部令第87号第39条"


def _sale(method: Method, cause: str, waits: str = "") -> Preset:
    """Something is sold or let: the highest sealed price at or above the floor takes it."""
    return Preset(
        Family.PROPERTY,
        method,
        cause,
        sheet="property",
        slots="property",
        direction=Direction.HIGHER,
        basis=Basis.START,
        award=Award.HIGHEST,
        evaluations=(Evaluation.HIGHEST,),
        price_forms=(PriceForm.AMOUNT,),
        entry=False,
        panel=False,
        light=_POLICIES | {"funding", "term", "qualification"},
        waits=waits,
    )


PRESETS: tuple[Preset, ...] = (
    Preset(
        Family.WORKS,
        Method.OPEN_TENDER,
        "招标投标法第10条",
        sheet="works",
        slots="works",
        together=_WORKS_34,
        light=_POLICIES,
        basis=Basis.CEILING,
        tender=True,
        trades=True,
        before="招标投标法实施条例第15条",
        after_offer=True,
    ),
    Preset(
        Family.WORKS,
        Method.INVITED_TENDER,
        "招标投标法第11条、第17条",
        sheet="works",
        slots="works",
        together=_WORKS_34,
        light=_POLICIES,
        basis=Basis.CEILING,
        tender=True,
        trades=True,
        invited=True,
        waits=_INVITED,
    ),
    Preset(
        Family.PROCUREMENT,
        Method.OPEN_TENDER,
        "政府采购法第26条、第27条",
        sheet="procurement",
        slots="procurement",
        together=_TENDER_87,
        tender=True,
        before="政府采购法实施条例第21条",
    ),
    Preset(
        Family.PROCUREMENT,
        Method.INVITED_TENDER,
        "政府采购法第29条、第34条",
        sheet="procurement",
        slots="procurement",
        together=_TENDER_87,
        tender=True,
        invited=True,
        waits=_INVITED,
    ),
    Preset(
        Family.PROCUREMENT,
        Method.NEGOTIATION,
        "政府采购法第30条、第38条",
        sheet="response",
        slots="response",
        evaluations=(Evaluation.LOWEST,),
        quiet="政府采购法第38条第4项",
        award=Award.LOWEST_OFFER,
        rounds=True,
    ),
    Preset(
        Family.PROCUREMENT,
        Method.CONSULTATION,
        "财库〔2014〕214号第3条",
        sheet="response",
        slots="response",
        evaluations=(Evaluation.COMPREHENSIVE,),
        quiet="财库〔2014〕214号",
        award=Award.LAST_OFFER,
        rounds=True,
    ),
    Preset(
        Family.PROCUREMENT,
        Method.QUOTATION,
        "政府采购法第32条、第40条",
        sheet="response",
        slots="response",
        evaluations=(Evaluation.LOWEST,),
        waits=N_("要等询价通知书：被询价的供应商由询价小组确定，一次报出不得更改的价格。"),
    ),
    Preset(
        Family.PROCUREMENT,
        Method.SINGLE_SOURCE,
        "政府采购法第31条、第39条",
        sheet="response",
        slots="response",
        evaluations=(),
        invited=True,
        waits=N_("要等单一来源公示：专业人员的论证意见公示满期、没有异议以后才能协商。"),
    ),
    Preset(
        Family.PROCUREMENT,
        Method.FRAMEWORK,
        "财政部令第110号",
        sheet="response",
        slots="response",
        tender=True,
        waits=N_("要等入围：第一阶段确定的是入围供应商名单，不是一家中标人。"),
    ),
    _sale(Method.ASSET_TRANSFER, "企业国有资产交易监督管理办法第48条"),
    _sale(Method.DISPOSAL, "行政事业性国有资产管理条例第36条"),
    _sale(Method.LEASE, "行政事业性国有资产管理条例第36条"),
    _sale(
        Method.EQUITY_TRANSFER,
        "企业国有资产法第54条",
        waits=N_(
            "企业产权转让须在依法设立的产权交易机构公开进行（企业国有资产法第54条），不在县级交易中心办理。"
        ),
    ),
    Preset(
        Family.LOCAL,
        Method.COMPARISON,
        "本中心设定",
        sheet="local",
        slots="application",
        light=_SMALL,
    ),
)
_TABLE = {(each.family, each.method): each for each in PRESETS}

#: The pairs that have a journey, in the order in which they are offered.
OFFERED: tuple[tuple[Family, Method], ...] = tuple(
    (each.family, each.method) for each in PRESETS if each.offered
)
#: Those of the others, with what each waits for.
WAITING: tuple[Preset, ...] = tuple(each for each in PRESETS if not each.offered)
#: The families that have something on offer, in that order.
FAMILIES: tuple[Family, ...] = tuple(dict.fromkeys(family for family, _ in OFFERED))


def preset(family: Family, method: Method) -> Preset:
    """The switches of a pair. Raises ``KeyError`` for one that no law knows."""
    return _TABLE[family, method]
