"""A figure of the law as the rules use it, and how it is named and cited."""

from __future__ import annotations

from collections.abc import Mapping
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
    "notice-period": N_("公告期限"),
    "document-available": N_("文件提供期限"),
    "preparation": N_("从开始提供文件到截止"),
    "clarification": N_("可能影响编制的澄清或修改，须早于截止"),
    "min-bids": N_("开标所需的最少家数"),
    "paper": N_("可以接受纸质投标（1 可以，0 不可以）"),
    "close-fails": N_("截止时不足法定家数的标段不开标，按此条文处理（1 是）"),
    "short-fails": N_("解封后不足法定家数的标段可以流标（1 可以，0 不可以）"),
    "short-goes-on": N_("解封后不足法定家数的标段可以继续评审（1 可以，0 不可以）"),
    "envelopes-max": N_("一份投标最多分几个信封签封"),
    "panel-min": N_("评审成员最少人数（单数）"),
    "panel-large-min": N_("大额或复杂项目的评审成员最少人数（单数）"),
    "panel-large-from": N_("大额项目起点（预算）"),
    "panel-experts": N_("评审成员中专家至少占"),
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
    "draw-earliest": N_("抽取专家不早于评审开始前"),
    "report-to-buyer": N_("评标报告送采购人"),
    "decide": N_("确定中标供应商"),
    "result-notice": N_("确定后发布结果公告"),
    "result-notice-period": N_("结果公告期限"),
    "contract": N_("自中标通知书发出起签订合同"),
    "contract-filing": N_("合同副本报财政部门"),
    "contract-notice": N_("合同签订后公告"),
    "report": N_("确定中标人后提交书面报告"),
    "review": N_("合同签订后开展招标后评估"),
    "security-permille": N_("保证金上限，占估算价（预算）"),
    "security-max": N_("施工、货物投标保证金最高"),
    "security-max-services": N_("勘察、设计投标保证金最高"),
    "security-refund-withdrawn": N_("截止前撤回的，退还保证金"),
    "security-refund": N_("退还保证金"),
    "security-late-permille": N_("逾期退还保证金的利率，对贷款基准利率"),
    "performance-permille": N_("履约保证金上限，占合同金额"),
    "intention": N_("采购意向公开，早于采购开始"),
    "retention": N_("采购文件保存期"),
    "window": N_("截止前这段时间里的故障计入"),
    "least": N_("计入的故障累计达到，截止即暂停"),
    "near": N_("故障恢复后这段时间内截止的，应当延期"),
    "extension": N_("一般故障，延长"),
    "long": N_("故障超过多久算长时间故障"),
    "long-extension": N_("长时间故障，延长"),
    "lead": N_("延期后的截止时间距现在至少"),
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
#: A code is ``family.method.name``; figures that decide which method is needed stand under ``entry``.
ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: money in fen, shares in ‰, days and counts as they are."""

    code: str
    value: int
    unit: str
    law: str
    article: str
    mark: str

    @property
    def blocks(self) -> bool:
        """Whether a plan that falls short may not be published. Likely and local figures only warn."""
        return self.mark == CERTAIN

    @property
    def citations(self) -> tuple[tuple[str, str], ...]:
        """Law and article, in pairs; a figure that two texts set has two. A local one has no article."""
        laws, articles = self.law.split("；"), self.article.split("；")
        return tuple(zip(laws, articles, strict=True))


#: The figures of one family and method on one day, by their names.
Figures = Mapping[str, Figure]


def cite(figure: Figure) -> str:
    """The source in Chinese, as messages name it: ``招标投标法第24条``."""
    return "、".join(cited(law, article) for law, article in figure.citations)


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
