"""What each thing is called under each law and method: never the words of two laws in one notice. Pure.

Source: the first table of the domain reference (招标投标法; 政府采购法, 财政部令87号; local 比选 rules).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bidding.core.errors import N_
from bidding.tenders.kinds import Evaluation, Family, Method


@dataclass(frozen=True, slots=True)
class Words:
    """The terms of one (family, method); every value is a key of the catalogue."""

    owner: str  # who buys
    agency: str
    tenderer: str
    bid: str
    panel: str  # who evaluates
    winner: str
    rejected: str  # one bad bid
    void: str  # the whole procedure
    again: str  # and what follows
    objection: str  # complaint, step 1
    complaint: str  # complaint, step 2
    notice: str
    documents: str
    ceiling: (
        str  # what no valid price may pass: above it where something is bought, below it where it is sold
    )
    budget: str  # the amount that stands for the lot
    lot: str
    security: str
    deadline: str
    supervisor: str
    award_notice: str
    opening: str = N_("开标")  # of what was handed in
    ready: str = N_("准备投标")  # what is pressed to begin one's own
    letter: str = N_("投标函")
    sheet: str = N_("开标一览表")
    weighing: str = N_("评审办法")

    @property
    def tenders(self) -> bool:
        """Whether what is handed in is a tender (投标): elsewhere somebody responds, applies or makes an offer."""
        return self.bid == "投标文件"

    @property
    def failed(self) -> str:
        """A lot for which too few came: of a tender practice says 流标, whatever its law calls what follows."""
        return N_("流标") if self.tenders else self.void


#: What each of them is, on the page of a method.
WORD_LABELS: dict[str, str] = {
    "owner": N_("委托方"),
    "agency": N_("代理机构"),
    "tenderer": N_("参加的单位"),
    "bid": N_("递交的文件"),
    "panel": N_("评审的人"),
    "winner": N_("被选定的单位"),
    "rejected": N_("一份不合格"),
    "void": N_("整个程序没有结果"),
    "again": N_("再来一次"),
    "objection": N_("先向委托方提出"),
    "complaint": N_("再向监督部门提出"),
    "notice": N_("公告"),
    "documents": N_("文件"),
    "ceiling": N_("限额"),
    "budget": N_("金额"),
    "lot": N_("分项"),
    "security": N_("保证金"),
    "deadline": N_("截止"),
    "supervisor": N_("监督部门"),
    "award_notice": N_("结果通知"),
    "opening": N_("打开"),
    "ready": N_("开始参加"),
    "letter": N_("参加的函件"),
    "sheet": N_("打开时公布的表"),
    "weighing": N_("怎样决定"),
}

_WORKS = Words(
    owner=N_("招标人"),
    agency=N_("招标代理机构"),
    tenderer=N_("投标人"),
    bid=N_("投标文件"),
    panel=N_("评标委员会"),
    winner=N_("中标人"),
    rejected=N_("否决投标"),
    void=N_("招标失败"),
    again=N_("重新招标"),
    objection=N_("异议"),
    complaint=N_("投诉"),
    notice=N_("招标公告"),
    documents=N_("招标文件"),
    ceiling=N_("最高投标限价"),
    budget=N_("预算金额"),
    lot=N_("标段"),
    security=N_("投标保证金"),
    deadline=N_("投标截止"),
    supervisor=N_("行政监督部门"),
    award_notice=N_("中标通知书"),
)

_PROCUREMENT = Words(
    owner=N_("采购人"),
    agency=N_("采购代理机构"),
    tenderer=N_("投标人"),
    bid=N_("投标文件"),
    panel=N_("评标委员会"),
    winner=N_("中标供应商"),
    rejected=N_("投标无效"),
    void=N_("废标"),
    again=N_("重新招标"),
    objection=N_("质疑"),
    complaint=N_("投诉"),
    notice=N_("招标公告"),
    documents=N_("招标文件"),
    ceiling=N_("最高限价"),
    budget=N_("预算金额"),
    lot=N_("采购包"),
    security=N_("投标保证金"),
    deadline=N_("投标截止"),
    supervisor=N_("财政部门"),
    award_notice=N_("中标通知书"),
)

_COMPARISON = Words(
    owner=N_("比选人"),
    agency=N_("比选代理机构"),
    tenderer=N_("比选申请人"),
    bid=N_("比选申请文件"),
    panel=N_("评审小组"),
    winner=N_("中选人"),
    rejected=N_("申请无效"),
    void=N_("比选失败"),
    again=N_("重新比选"),
    objection=N_("异议"),
    complaint=N_("投诉"),
    notice=N_("比选公告"),
    documents=N_("比选文件"),
    ceiling=N_("最高限价"),
    budget=N_("预算金额"),
    lot=N_("标段"),
    security=N_("比选保证金"),
    deadline=N_("递交截止"),
    supervisor=N_("监督部门"),
    award_notice=N_("中选通知书"),
    ready=N_("准备申请"),
    letter=N_("比选申请函"),
    sheet=N_("报价一览表"),
)

_INVITED_WORKS = replace(_WORKS, notice=N_("投标邀请书"))
_INVITED_PROCUREMENT = replace(_PROCUREMENT, notice=N_("投标邀请书"))
#: What is bought in another way than by tender: a supplier responds, and there is no 废标 but a termination.
_RESPONSE = replace(
    _PROCUREMENT,
    tenderer=N_("供应商"),
    bid=N_("响应文件"),
    winner=N_("成交供应商"),
    rejected=N_("响应无效"),
    void=N_("终止采购"),
    again=N_("重新采购"),
    documents=N_("采购文件"),
    security=N_("响应保证金"),
    deadline=N_("响应截止"),
    award_notice=N_("成交通知书"),
    opening=N_("响应文件开启"),
    ready=N_("准备响应"),
    letter=N_("响应函"),
    sheet=N_("报价一览表"),
)
_NEGOTIATION = replace(
    _RESPONSE,
    panel=N_("谈判小组"),
    notice=N_("竞争性谈判公告"),
    documents=N_("谈判文件"),
    security=N_("谈判保证金"),
)
_CONSULTATION = replace(
    _RESPONSE,
    panel=N_("磋商小组"),
    notice=N_("竞争性磋商公告"),
    documents=N_("磋商文件"),
    security=N_("磋商保证金"),
)
_QUOTATION = replace(
    _RESPONSE,
    panel=N_("询价小组"),
    notice=N_("询价公告"),
    documents=N_("询价通知书"),
    security=N_("询价保证金"),
)
_SINGLE_SOURCE = replace(_RESPONSE, panel=N_("协商小组"), notice=N_("单一来源公示"), documents=N_("协商文件"))
_FRAMEWORK = replace(
    _RESPONSE,
    panel=N_("评审小组"),
    winner=N_("入围供应商"),
    void=N_("废标"),
    again=N_("重新征集"),
    notice=N_("征集公告"),
    documents=N_("征集文件"),
    award_notice=N_("入围通知书"),
)

_TRANSFER = Words(
    owner=N_("转让方"),
    agency=N_("受托代理机构"),
    tenderer=N_("意向受让方"),
    bid=N_("受让申请文件"),
    panel=N_("受让资格审核人员"),
    winner=N_("受让方"),
    rejected=N_("报价无效"),
    void=N_("流拍"),
    again=N_("重新公告转让"),
    objection=N_("异议"),
    complaint=N_("投诉"),
    notice=N_("转让公告"),
    documents=N_("转让文件"),
    ceiling=N_("起始价"),
    budget=N_("起始价"),
    lot=N_("标的"),
    security=N_("交易保证金"),
    deadline=N_("报价截止"),
    supervisor=N_("国资监管机构"),
    award_notice=N_("成交确认书"),
    ready=N_("准备报价"),
    letter=N_("受让申请函"),
    sheet=N_("报价一览表"),
    weighing=N_("成交办法"),
)
_DISPOSAL = replace(_TRANSFER, supervisor=N_("财政部门"))
_LEASE = replace(
    _DISPOSAL,
    owner=N_("出租方"),
    tenderer=N_("意向承租方"),
    bid=N_("承租申请文件"),
    panel=N_("承租资格审核人员"),
    winner=N_("承租方"),
    void=N_("流租"),
    again=N_("重新公告招租"),
    notice=N_("招租公告"),
    documents=N_("招租文件"),
    letter=N_("承租申请函"),
)

_TABLE: dict[tuple[Family, Method], Words] = {
    (Family.WORKS, Method.OPEN_TENDER): _WORKS,
    (Family.WORKS, Method.INVITED_TENDER): _INVITED_WORKS,
    (Family.PROCUREMENT, Method.OPEN_TENDER): _PROCUREMENT,
    (Family.PROCUREMENT, Method.INVITED_TENDER): _INVITED_PROCUREMENT,
    (Family.PROCUREMENT, Method.NEGOTIATION): _NEGOTIATION,
    (Family.PROCUREMENT, Method.CONSULTATION): _CONSULTATION,
    (Family.PROCUREMENT, Method.QUOTATION): _QUOTATION,
    (Family.PROCUREMENT, Method.SINGLE_SOURCE): _SINGLE_SOURCE,
    (Family.PROCUREMENT, Method.FRAMEWORK): _FRAMEWORK,
    (Family.PROPERTY, Method.ASSET_TRANSFER): _TRANSFER,
    (Family.PROPERTY, Method.DISPOSAL): _DISPOSAL,
    (Family.PROPERTY, Method.LEASE): _LEASE,
    (Family.PROPERTY, Method.EQUITY_TRANSFER): _TRANSFER,
    (Family.LOCAL, Method.COMPARISON): _COMPARISON,
}


#: What follows a prequalification: to those who passed it, and no longer to everybody (标准施工招标文件; 招标投标法 17).
INVITATION = N_("投标邀请书")


def words(family: Family, method: Method, *, invited: bool = False) -> Words:
    """The terms to use. Raises ``KeyError`` for a pair that no law knows (``methods.PRESETS``).

    ``invited``: of a tender to those who passed its prequalification.
    """
    found = _TABLE[family, method]
    return replace(found, notice=INVITATION) if invited else found


_EVALUATIONS: dict[tuple[Family, Evaluation], str] = {
    (Family.WORKS, Evaluation.COMPREHENSIVE): N_("综合评估法"),  # 招标投标法 41
    (Family.WORKS, Evaluation.LOWEST): N_("经评审的最低投标价法"),
    (Family.PROCUREMENT, Evaluation.COMPREHENSIVE): N_("综合评分法"),  # 财政部令第87号 53
    (Family.PROCUREMENT, Evaluation.LOWEST): N_("最低评标价法"),
    (Family.PROPERTY, Evaluation.HIGHEST): N_("价高者得"),
    (Family.LOCAL, Evaluation.COMPREHENSIVE): N_("综合比选法"),
    (Family.LOCAL, Evaluation.LOWEST): N_("最低价比选法"),
}
#: Where nobody tenders, the lowest price has no name of its own (财政部令第74号 36, 49).
_LOWEST_OFFER = {
    Method.NEGOTIATION: N_("满足要求、最后报价最低"),
    Method.QUOTATION: N_("满足要求、报价最低"),
}


def evaluation_name(family: Family, method: Method, evaluation: Evaluation) -> str:
    """What a way of weighing bids is called. Raises ``KeyError`` for one that the family does not know."""
    if evaluation is Evaluation.LOWEST and method in _LOWEST_OFFER:
        return _LOWEST_OFFER[method]
    return _EVALUATIONS[family, evaluation]


#: What an opening at the very deadline, and one after it, are called: whether nothing is read out.
CLOSING: dict[bool, tuple[str, str]] = {
    False: (N_("截止，同时开标"), N_("开标")),
    True: (N_("截止，同时开启响应文件"), N_("响应文件开启")),
}
