"""Tables to start from: one or two for what is bought, lawful as they are, to be changed for the project. Pure.

Every one adds to 100 and has a price weight inside each band of the rulebook (财政部令第87号 55; 财库〔2014〕214号 24).
They are Chinese as the notice is.
"""

from __future__ import annotations

from dataclasses import replace

from bidding.core.errors import N_
from bidding.tenders.kinds import Evaluation, Factor
from bidding.tenders.methods import Preset
from bidding.tenders.rules.criteria import CriterionFacts

_PRICE, _TECHNICAL, _BUSINESS, _CREDIT = Factor.PRICE, Factor.TECHNICAL, Factor.BUSINESS, Factor.CREDIT
#: 低价优先法: the formula that the law prescribes for public procurement.
_LOWEST_FIRST = "低价优先法：价格最低的有效报价为评标基准价，得满分；其他得分＝评标基准价÷报价×满分。"
#: The same where suppliers are heard and then make their last offers (财库〔2014〕214号 24).
_LOWEST_LAST = "低价优先法：满足磋商文件要求且价格最低的最后报价为磋商基准价，得满分；其他得分＝磋商基准价÷最后报价×满分。"
_MEAN = "有效报价的平均值为基准价，得满分；每高 1% 扣 1 分，每低 1% 扣 0.5 分，扣完为止。"
_PLAN = "完整、有针对性得满分；有缺项或者照搬通用内容的逐项扣减；没有的不得分。"


def _row(factor: Factor, item: str, points: int, how: str, *, judged: bool = False) -> CriterionFacts:
    return CriterionFacts(factor, item, points * 10, how, not judged)


_CONSTRUCTION = (
    _row(_PRICE, "投标报价", 60, _MEAN),
    _row(_TECHNICAL, "总体施工安排", 8, _PLAN, judged=True),
    _row(_TECHNICAL, "质量与安全措施", 9, _PLAN, judged=True),
    _row(_TECHNICAL, "进度计划", 8, _PLAN, judged=True),
    _row(_BUSINESS, "项目负责人与类似业绩", 10, "近三年类似业绩每项 2 分，最多 10 分。"),
    _row(_CREDIT, "售后与保修承诺", 5, "承诺的保修期比规定每多一年得 1 分，最多 5 分。"),
)
_GOODS = (
    _row(_PRICE, "投标报价", 40, _LOWEST_FIRST),
    _row(_TECHNICAL, "技术参数响应", 30, "全部满足得满分；带“★”以外的参数每有一项负偏离扣 2 分。"),
    _row(_TECHNICAL, "安装调试和培训方案", 10, _PLAN, judged=True),
    _row(_BUSINESS, "售后服务", 12, "质保期比要求每多一年得 4 分，最多 12 分。"),
    _row(_BUSINESS, "同类业绩", 8, "近三年同类合同每份 2 分，最多 8 分。"),
)
_SERVICES = (
    _row(_PRICE, "投标报价", 20, _LOWEST_FIRST),
    _row(_TECHNICAL, "服务方案", 35, _PLAN, judged=True),
    _row(_TECHNICAL, "质量保证和应急措施", 15, _PLAN, judged=True),
    _row(_BUSINESS, "服务团队", 20, "项目负责人和骨干的职称、从业年限，按招标文件列的条件逐项得分。"),
    _row(_BUSINESS, "同类业绩", 10, "近三年同类合同每份 2 分，最多 10 分。"),
)
_LOCAL = (
    _row(_PRICE, "报价", 50, "最低报价得满分，其他按最低报价与本报价的比值计算。"),
    _row(_TECHNICAL, "实施方案", 35, _PLAN, judged=True),
    _row(_BUSINESS, "同类业绩", 15, "近三年每项 5 分，最多 15 分。"),
)
_LOCAL_SIMPLE = (
    _row(_PRICE, "报价", 70, "最低报价得满分，其他按最低报价与本报价的比值计算。"),
    _row(_TECHNICAL, "实施方案", 30, _PLAN, judged=True),
)
_TABLES: dict[str, tuple[tuple[str, str, tuple[CriterionFacts, ...]], ...]] = {
    "construction": (("construction", N_("施工：报价 60 分"), _CONSTRUCTION),),
    "goods": (("goods", N_("货物：报价 40 分"), _GOODS),),
    "services": (("services", N_("服务：报价 20 分"), _SERVICES),),
}
_SMALL = (
    ("local", N_("比选：报价 50 分"), _LOCAL),
    ("local-simple", N_("比选：报价 70 分，只看方案"), _LOCAL_SIMPLE),
)


def starting_tables(
    switches: Preset, subject: str
) -> tuple[tuple[str, str, tuple[CriterionFacts, ...]], ...]:
    """The tables offered for a method and what is bought: code, name, rows; the first is the usual one."""
    if Evaluation.COMPREHENSIVE not in switches.evaluations:
        return ()
    own = _TABLES.get(subject, ())
    if switches.rounds:
        return tuple((code, name, tuple(_on_last_offers(row) for row in rows)) for code, name, rows in own)
    return own if switches.tender or switches.procures else (*_SMALL, *own)


def _on_last_offers(row: CriterionFacts) -> CriterionFacts:
    """A row of a tender's table as a consultation has it: the last offer is scored, and there is no tender document."""
    if row.factor is _PRICE:
        return replace(row, item="最后报价", how=_LOWEST_LAST)
    return replace(row, how=row.how.replace("招标文件", "磋商文件"))
