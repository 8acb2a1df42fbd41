"""What each thing is called under each law and method: never the words of two laws in one notice. Pure.

Source: the first table of the domain reference (招标投标法; 政府采购法, 财政部令87号; local 比选 rules).
"""

from __future__ import annotations

from dataclasses import dataclass

from bidding.core.errors import N_
from bidding.tenders.kinds import Family, Method


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
    ceiling: str
    lot: str
    security: str
    deadline: str
    supervisor: str
    award_notice: str


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
    lot=N_("标段"),
    security=N_("比选保证金"),
    deadline=N_("递交截止"),
    supervisor=N_("监督部门"),
    award_notice=N_("中选通知书"),
)

_TABLE: dict[tuple[Family, Method], Words] = {
    (Family.WORKS, Method.OPEN_TENDER): _WORKS,
    (Family.PROCUREMENT, Method.OPEN_TENDER): _PROCUREMENT,
    (Family.LOCAL, Method.COMPARISON): _COMPARISON,
}


def words(family: Family, method: Method) -> Words:
    """The terms to use. Raises ``KeyError`` for a pair that is not offered (``kinds.OFFERED``)."""
    return _TABLE[family, method]
