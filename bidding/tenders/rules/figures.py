"""A figure of the law as the rules use it, and how it is named and cited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bidding.core.errors import N_

CERTAIN, LIKELY, LOCAL = "certain", "likely", "local"
#: What a figure does to a plan that falls short of it.
MARK_LABELS = {
    CERTAIN: N_("法律明文，不符合不能发布"),
    LIKELY: N_("有待核对原文，不符合时提醒"),
    LOCAL: N_("本中心设定，管理员可以修改"),
}
UNIT_LABELS = {
    "day": N_("日"),
    "working-day": N_("个工作日"),
    "fen": N_("万元"),
    "permille": N_("‰"),
    "thirds": N_("（三分之几）"),
    "count": N_("个（人、家）"),
    "year": N_("年"),
    "minute": N_("分钟"),
}
#: Figures that say yes (1) or no (0), by the last part of their code.
ANSWERS = frozenset(
    {"paper", "provincial-pool", "close-fails", "short-fails", "short-goes-on", "chair-is-expert"}
)
#: What each figure says, by the last part of its code.
LABELS = {
    "construction": N_("施工单项合同，必须招标"),
    "goods": N_("重要设备、材料单项合同，必须招标"),
    "services": N_("勘察、设计、监理单项合同，必须招标"),
    "state-funds": N_("使用预算资金，必须招标"),
    "state-funds-share": N_("预算资金占投资额的比例，必须招标"),
    "open-tender": N_("货物、服务应当公开招标的数额"),
    "goods-services": N_("货物、服务分散采购限额"),
    "works": N_("工程分散采购限额"),
    "invited-min": N_("邀请的单位至少"),
    "pool-times": N_("产生名单的供应商至少是抽取数的几倍"),
    "draw-witnesses": N_("抽取供应商时在场的采购单位工作人员至少"),
    "prequalification-notice": N_("资格预审公告期限"),
    "prequalification-available": N_("资格预审文件提供期限"),
    "prequalification-application": N_("提交资格预审申请文件的时间，不少于"),
    "prequalification-clarification": N_("可能影响资格预审申请的澄清或修改，须早于截止"),
    "prequalification-objection": N_("对资格预审文件提出异议，须早于截止"),
    "prequalification-min": N_("通过资格预审的最少家数"),
    "disclosure-before": N_("导致控制权转移的，信息预披露"),
    "disclosure-increase": N_("企业增资，信息披露"),
    "notice-period": N_("公告期限"),
    "notice-period-middle": N_("公告期限，起始价较大的"),
    "notice-period-middle-from": N_("起始价较大的，从多少起"),
    "notice-period-large": N_("公告期限，起始价特别大的"),
    "notice-period-large-from": N_("起始价特别大的，超过"),
    "publicity-single": N_("单一来源公示"),
    "argument": N_("公示有异议的，公示期满后组织补充论证"),
    "start-permille": N_("起始价低于评估结果的这个比例，要经批准"),
    "document-available": N_("文件提供期限"),
    "preparation": N_("从开始提供文件到截止"),
    "clarification": N_("可能影响编制的澄清或修改，须早于截止"),
    "question": N_("对文件提问，须早于截止"),
    "question-reply": N_("答复提问（询问）"),
    "min-bids": N_("开标所需的最少家数"),
    "min-bids-exception": N_("法律允许的例外情形下，最少家数可以是"),
    "paper": N_("可以接受纸质投标"),
    "close-fails": N_("截止时不足法定家数的标段不开标，按此条文处理"),
    "short-fails": N_("解封后不足法定家数的标段可以流标"),
    "short-goes-on": N_("解封后不足法定家数的标段可以继续评审"),
    "envelopes-max": N_("一份投标最多分几个信封签封"),
    "panel-min": N_("评审成员最少人数（单数）"),
    "panel-large-min": N_("大额或复杂项目的评审成员最少人数（单数）"),
    "panel-large-from": N_("大额项目起点（预算）"),
    "panel-experts": N_("评审成员中专家至少占"),
    "years": N_("专家从事相关领域工作至少"),
    "provincial-pool": N_("达到法定限额的项目，评审专家应当从省级专家库抽取，不从本中心自己的库"),
    "age-below": N_("专家年龄须小于（周岁）"),
    "clean-years": N_("专家此前没有不良记录的年数"),
    "recusal-years": N_("专家回避：此前与投标（供应）单位有利害关系的年数"),
    "chair-is-expert": N_("评审组长由专家担任，采购人代表不得担任"),
    "appraisal": N_("评审结束后记录专家履职情况"),
    "price-weight-goods-min": N_("价格分权重，货物至少"),
    "price-weight-goods-max": N_("价格分权重，货物最多"),
    "price-weight-services-min": N_("价格分权重，服务至少"),
    "price-weight-services-max": N_("价格分权重，服务最多"),
    "sme-min": N_("小微企业价格扣除，货物、服务，至少"),
    "sme-max": N_("小微企业价格扣除，货物、服务，最多"),
    "sme-works-min": N_("小微企业价格扣除，工程，至少"),
    "sme-works-max": N_("小微企业价格扣除，工程，最多"),
    "sme-share": N_("联合体或分包里小微企业所占合同份额，至少"),
    "sme-consortium-min": N_("联合体或分包的价格扣除，货物、服务，至少"),
    "sme-consortium-max": N_("联合体或分包的价格扣除，货物、服务，最多"),
    "sme-consortium-works-min": N_("联合体或分包的价格扣除，工程，至少"),
    "sme-consortium-works-max": N_("联合体或分包的价格扣除，工程，最多"),
    "reserved-permille": N_("预留给中小企业的份额，一般不少于"),
    "domestic-deduction": N_("本国产品与非本国产品竞争时，本国产品的价格扣除"),
    "low-of-average": N_("异常低价审查：低于通过符合性审查的平均报价的"),
    "low-of-second": N_("异常低价审查：低于次低报价的"),
    "low-of-limit": N_("异常低价审查：低于最高限价（没有的用预算）的"),
    "low-raise-max": N_("采购人可以把以上比例提高到，最多"),
    "low-explain": N_("异常低价说明，一般不少于"),
    "eliminate-permille": N_("淘汰比例，至少"),
    "eliminate-min": N_("至少淘汰"),
    "eliminate-quality-permille": N_("质量优先的检测、实验仪器，淘汰比例至少"),
    "term-goods": N_("货物框架协议有效期最长"),
    "term-services": N_("服务框架协议有效期最长"),
    "open-review": N_("开放式：收到申请后审核"),
    "candidates-least": N_("推荐的成交候选人至少"),
    "candidates-max": N_("推荐的中标候选人最多"),
    "publicity-start": N_("收到评标报告后开始公示，不晚于"),
    "publicity": N_("中标候选人公示"),
    "objection": N_("对招标文件提出异议，须早于截止"),
    "challenge": N_("对采购文件提出质疑，公告期限届满后"),
    "objection-reply": N_("答复异议（质疑）"),
    "complaint": N_("提出投诉"),
    "complaint-accept": N_("决定是否受理投诉"),
    "complaint-copies": N_("向被投诉人发送投诉书副本"),
    "complaint-reply": N_("被投诉人作出说明"),
    "complaint-decision": N_("作出投诉处理决定"),
    "complaint-pause": N_("投诉期间暂停采购活动，最长"),
    "abuse-count": N_("查无实据的投诉达到这个次数，列入不良行为记录"),
    "abuse-years": N_("计算次数的期间"),
    "ban-least": N_("禁止参加政府采购，最短"),
    "ban-most": N_("禁止参加政府采购，最长"),
    "draw-earliest": N_("抽取专家不早于评审开始前"),
    "round": N_("从发出报价邀请到报价截止，不少于"),
    "report-to-buyer": N_("评标报告送采购人"),
    "decide": N_("确定中标供应商"),
    "result-notice": N_("确定后发布结果公告"),
    "result-notice-period": N_("结果公告期限"),
    "contract": N_("自中标通知书发出起签订合同"),
    "sale-contract": N_("自成交确认之日起签订合同"),
    "payment": N_("合同生效后付清价款"),
    "contract-filing": N_("合同副本报财政部门"),
    "contract-notice": N_("合同签订后公告"),
    "report": N_("确定中标人后提交书面报告"),
    "review": N_("合同签订后开展招标后评估"),
    "security-permille": N_("保证金上限，占估算价（预算、起始价）"),
    "security-max": N_("施工、货物投标保证金最高"),
    "security-max-services": N_("勘察、设计投标保证金最高"),
    "security-refund-withdrawn": N_("截止前撤回的，退还保证金"),
    "security-refund": N_("退还保证金"),
    "termination-refund": N_("终止后退还保证金"),
    "security-late-permille": N_("逾期退还保证金的利率，对贷款基准利率"),
    "performance-permille": N_("履约保证金上限，占合同金额"),
    "intention": N_("采购意向公开，早于采购开始"),
    "sale-retention": N_("交易档案保存期"),
    "retention": N_("采购文件保存期"),
    "window": N_("截止前这段时间里的故障计入"),
    "least": N_("计入的故障累计达到，截止即暂停"),
    "near": N_("故障恢复后这段时间内截止的，应当延期"),
    "extension": N_("一般故障，延长"),
    "long": N_("故障超过多久算长时间故障"),
    "long-extension": N_("长时间故障，延长"),
    "lead": N_("延期后的截止时间距现在至少"),
    "overdue": N_("项目批准后多少日还没有进场，列入名单"),
    "shares-window": N_("受托人开箱的时限，过后可由投标人提交密钥文件补开"),
    "openings-a-day": N_("一天内开标达到多少场，选这一天就提醒"),
    "accept-limit": N_("受理，法定时限（没有规定的由本中心设定）"),
    "accept-promise": N_("受理，承诺时限"),
    "examine-limit": N_("审查，法定时限（没有规定的由本中心设定）"),
    "examine-promise": N_("审查，承诺时限"),
    "review-limit": N_("审核，法定时限（没有规定的由本中心设定）"),
    "review-promise": N_("审核，承诺时限"),
    "close-limit": N_("办结送达，法定时限（没有规定的由本中心设定）"),
    "close-promise": N_("办结送达，承诺时限"),
    "countersign": N_("会签部门回复"),
    "silence": N_("会签部门逾期不回复（1 只记逾期，2 视为同意）"),
    "fast-permille": N_("绿色通道的承诺时限，占通常的"),
}
#: The source of what no law sets and the centre may change.
OWN = N_("本中心设定")
#: Figures of the centre itself, of no law and no method: what an outage before a deadline brings about, and how
#: long trustees have at an opening.
CENTRE, OUTAGE, OPENING, CASE = "centre", "outage", "opening", "case"
SHARES_WINDOW = f"{CENTRE}.{OPENING}.shares-window"
OPENINGS_A_DAY = f"{CENTRE}.{OPENING}.openings-a-day"
#: Pairs of figures of the window: what is promised never passes what the law sets.
LIMIT, PROMISE = "-limit", "-promise"
#: How long an approved project may take before it is listed as not having come to the platform.
OVERDUE = f"{CENTRE}.approved.overdue"
#: A code is ``family.method.name``; figures that decide which method is needed stand under ``entry``. Of those, one that
#: holds in a region alone has its division after an ``@``: ``procurement.entry.open-tender@510500``.
ENTRY, AT = "entry", "@"
#: What stands in the place of a method where a figure is of several methods, or of none.
GENERAL_LABELS = {
    ENTRY: N_("进场和方式"),
    "evaluation": N_("价格评审"),
    "experts": N_("专家"),
    "complaints": N_("投诉人"),
    OUTAGE: N_("平台故障与延期"),
    OPENING: N_("开标"),
    "approved": N_("已批准的项目"),
    CASE: N_("窗口受理、审查、审核、办结"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: money in fen, shares in ‰, days and counts as they are."""

    code: str
    value: int
    unit: str
    law: str
    article: str
    mark: str
    #: The region where it holds, by its name; empty for everywhere.
    region: str = ""

    @property
    def blocks(self) -> bool:
        """Whether a plan that falls short may not be published. Likely and local figures only warn."""
        return self.mark == CERTAIN

    @property
    def is_answer(self) -> bool:
        """Whether it says yes or no, and is no number of anything."""
        return name_of(self.code) in ANSWERS

    @property
    def citations(self) -> tuple[tuple[str, str], ...]:
        """Law and article, in pairs; a figure that two texts set has two. A local one has no article."""
        laws, articles = self.law.split("；"), self.article.split("；")
        return tuple(zip(laws, articles, strict=True))


#: The figures of one family and method on one day, by their names.
Figures = Mapping[str, Figure]
#: The ends of names of figures that take another's place from an amount on; the amount is the figure ``…-from``.
TIERS = ("-middle", "-large")


def at_amount(figures: Figures, amount_fen: int) -> dict[str, Figure]:
    """The figures as they hold for an amount: of ``x``, ``x-middle`` and ``x-large`` the highest that it reaches.

    ``x-large-from``, in fen, says from where on; the amount itself is reached. What is not told apart by amounts
    stays as it is. A panel's size has its own ``panel-large-min``, which hangs on more than the amount.
    """
    found = dict(figures)
    for ending in TIERS:
        for name, figure in figures.items():
            base = name.removesuffix(ending)
            start = figures.get(f"{name}-from")
            if base != name and start is not None and amount_fen >= start.value:
                found[base] = figure
    return found


def cite(figure: Figure) -> str:
    """The source in Chinese, as messages name it: ``招标投标法第24条``."""
    return "、".join(cited(law, article) for law, article in figure.citations)


def cite_with_region(figure: Figure) -> str:
    """The source with the region where it holds, if it does not hold everywhere: ``明川县：明财采〔2026〕3号``."""
    return f"{figure.region}：{cite(figure)}" if figure.region else cite(figure)


def parted(code: str) -> tuple[str, str]:
    """The code without its region, and the division; empty for a figure that holds everywhere."""
    base, _, division = code.partition(AT)
    return base, division


def name_of(code: str) -> str:
    """The last part of a code, by which a figure is labelled, whatever region it is of."""
    return parted(code)[0].rsplit(".", 1)[1]


def areas_of(division: str) -> tuple[str, ...]:
    """A county's division, its city's and its province's (GB/T 2260), the nearest first."""
    return tuple(dict.fromkeys((division, f"{division[:4]}00", f"{division[:2]}0000")))


def in_region(figures: Iterable[Figure], division: str) -> dict[str, Figure]:
    """The figures as they hold in a division, by the code without region: the county's own before the city's, the
    province's, and the one that holds everywhere (政府采购法 7, 27: limits are set by the province, or whom it lets).
    """
    near = (*areas_of(division), "")
    found: dict[str, Figure] = {}
    for figure in figures:
        base, area = parted(figure.code)
        if area not in near:
            continue
        other = found.get(base)
        if other is None or near.index(area) < near.index(parted(other.code)[1]):
            found[base] = figure
    return found


def cited(law: str, article: str) -> str:
    """``政府采购法第36条第1项`` for its article ``36(1)`` and the like; a centre's own rule has no article."""
    number, _, part = article.rstrip(")").partition("(")
    return f"{law}第{number}条{f'第{part}项' if part else ''}" if article else law


@dataclass(frozen=True, slots=True)
class Validity:
    """The days on which a figure holds; the last is not set while it stands."""

    first: date
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Whether ``on`` is one of them."""
        return self.first <= on and (self.last is None or on <= self.last)
