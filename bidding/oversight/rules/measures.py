"""From where on a formula speaks: measures of the centre's supervisors, which no law sets and anybody may doubt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from bidding.core.errors import N_, DomainError

LABELS: dict[str, str] = {
    "short-period.margin": N_("截止日比最早合法日期晚不超过（日）"),
    "holidays.margin": N_("只看截止日比最早合法日期晚不超过（日）的"),
    "holidays.rest": N_("休息日占投标时间的比例，从"),
    "single-again.lots": N_("一年里开标的标段至少"),
    "single-again.share": N_("其中不超过一份投标的比例，从"),
    "price-steps.bids": N_("有金额的报价至少"),
    "price-steps.spread": N_("相邻差（或涨幅）的最大与最小之差，不超过平均的"),
    "price-cluster.bids": N_("有金额的报价至少"),
    "price-cluster.within": N_("最高价比最低价高不超过"),
    "rounded-losers.losers": N_("未中标的报价至少"),
    "rounded-losers.unit": N_("整数的单位"),
    "near-ceiling.within": N_("最低价比最高限价低不超过"),
    "late-correction.days": N_("截止前几日内的更正"),
    "many-corrections.count": N_("更正的次数，从"),
    "deadline-moved.count": N_("截止时间改动的次数，从"),
    "repeated-winner.wins": N_("一年里中标至少"),
    "repeated-winner.share": N_("占该单位一年成交项数的比例，从"),
    "companions.lots": N_("一年里一同投标至少（个标段）"),
    "companions.share": N_("占中标方中标标段的比例，从"),
    "rotation.lots": N_("一年里同一组投标人相遇至少（个标段）"),
    "split.near": N_("低于限额不超过"),
    "split.items": N_("合计的项数至少"),
    "far-from-estimate.far": N_("成交价偏离依据金额的比例，从"),
}

#: A count says itself what it counts.
UNIT_LABELS: dict[str, str] = {"day": N_("日"), "permille": N_("‰"), "yuan": N_("元")}

#: Why the shipped values are what they are.
WHYS: dict[str, str] = {
    "red-flags": N_("随产品给出的起点；指南（Open Contracting Partnership）说看什么，没有说从多少起"),
    "bid-rigging": N_("随产品给出的起点；指南（OECD）说看什么，没有说从多少起"),
    "week": N_("平常一周的休息日占 286‰；跨节假日才会到 450‰"),
    "few": N_("再少，比例说明不了什么"),
    "two-steps": N_("有两个间隔才能比"),
    "several": N_("“多次采购”：政府采购法实施条例第二十八条"),
}


class BadMeasure(DomainError):
    """A value that no measure can have."""

    code = "oversight.bad_measure"
    text = N_("数值要在 %(least)s 到 %(most)s 之间。请改成这个范围里的整数。")
    status = 422


class NotNew(DomainError):
    """A change that changes nothing."""

    code = "oversight.not_new"
    text = N_("现在就是 %(value)s。请填一个不同的数值；不改的，直接返回。")
    status = 422


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure in force: days and counts as they are, shares in ‰, money in whole yuan; since when it holds, and why."""

    code: str
    value: int
    unit: str
    least: int
    most: int
    since: date
    #: Of a shipped value the key of ``WHYS``, else the words of whoever set it.
    why: str
    is_shipped: bool = True

    @property
    def flag(self) -> str:
        """Of which flag it is."""
        return self.code.partition(".")[0]


#: Values in force by code.
Measures = Mapping[str, int]


@cache
def shipped() -> dict[str, Measure]:
    """The measures that the product came with, by code."""
    rows = json.loads((files("bidding.oversight") / "measures.json").read_text("utf-8"))
    return {row["code"]: Measure(**{**row, "since": date.fromisoformat(row["since"])}) for row in rows}


def check_value(measure: Measure, value: int) -> int:
    """The new value. Raises ``BadMeasure``, ``NotNew``."""
    if not measure.least <= value <= measure.most:
        raise BadMeasure(field="value", least=measure.least, most=measure.most)
    if value == measure.value:
        raise NotNew(field="value", value=value)
    return value
