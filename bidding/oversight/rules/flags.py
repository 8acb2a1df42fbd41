"""The flags: what each asks, its formula, where it comes from, and what else may explain it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bidding.core.errors import N_


class Flag(StrEnum):
    """Every flag; its measures stand under its code (``measures.json``)."""

    SHORT_PERIOD = "short-period"
    HOLIDAYS = "holidays"
    LATE_CORRECTION = "late-correction"
    MANY_CORRECTIONS = "many-corrections"
    DEADLINE_MOVED = "deadline-moved"
    SINGLE = "single"
    SINGLE_AGAIN = "single-again"
    EQUAL_PRICES = "equal-prices"
    PRICE_STEPS = "price-steps"
    PRICE_RATIOS = "price-ratios"
    PRICE_CLUSTER = "price-cluster"
    ROUNDED_LOSERS = "rounded-losers"
    NEAR_CEILING = "near-ceiling"
    FAR_FROM_ESTIMATE = "far-from-estimate"
    REPEATED_WINNER = "repeated-winner"
    COMPANIONS = "companions"
    ROTATION = "rotation"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class FlagWords:
    """Keys of the catalogue. ``formula`` takes the finding's numbers, ``unit`` is what the base rate counts."""

    name: str
    asks: str
    formula: str
    innocent: str
    unit: str


_PROJECTS, _LOTS, _CORRECTED = N_("个项目"), N_("个标段"), N_("个有更正的项目")
_PRICED, _OWNERS = N_("个有可比报价的标段"), N_("个招标单位和年度")

WORDS: dict[Flag, FlagWords] = {
    Flag.SHORT_PERIOD: FlagWords(
        N_("投标时间压到最短"),
        N_("从发布到截止，是不是正好只有法律要求的最短时间。"),
        N_(
            "截止日 %(closes_on)s，最早合法日期是发布后第 %(least_days)s 日；实际 %(days)s 日，只多 %(margin_days)s 日，不超过 %(limit_days)s 日（%(source)s）。"
        ),
        N_("最短时间本身合法；工期紧、内容简单、已经公开过意向的采购，常常就用最短时间。"),
        _PROJECTS,
    ),
    Flag.HOLIDAYS: FlagWords(
        N_("投标时间多是休息日"),
        N_("接近最短的投标时间里，休息日是不是占了很大一部分。"),
        N_(
            "休息日 %(rest_days)s 日 ÷ 投标时间 %(days)s 日 = %(share_ppm)s，不低于 %(limit_permille)s；只比最早合法日期多 %(margin_days)s 日（%(source)s）。"
        ),
        N_("春节、国庆前后发布的项目都会这样；资金年底到期、抢修都可能让人避不开假期。"),
        _PROJECTS,
    ),
    Flag.LATE_CORRECTION: FlagWords(
        N_("截止前才更正"),
        N_("有没有离截止很近才发、又没有推迟截止的更正。"),
        N_(
            "第 %(number)s 号公告 %(corrected_on)s 发布，截止日 %(closes_on)s，只早 %(days)s 日，不超过 %(limit_days)s 日；这样的公告共 %(count)s 份。"
        ),
        N_("只改错别字、联系电话这类不影响编制的内容，法律不要求推迟；也可能是答复临近截止的提问。"),
        _CORRECTED,
    ),
    Flag.MANY_CORRECTIONS: FlagWords(
        N_("更正很多次"),
        N_("一个项目更正了多少次。"),
        N_("更正 %(count)s 次，不少于 %(limit)s 次。"),
        N_("复杂的项目提问多，认真答复就会多次更正；更正多也可能说明文件原来写得粗，而不是有人授意。"),
        _CORRECTED,
    ),
    Flag.DEADLINE_MOVED: FlagWords(
        N_("截止一改再改"),
        N_("截止时间改了多少次。"),
        N_("截止时间改动 %(count)s 次，不少于 %(limit)s 次。"),
        N_("更正影响编制时，法律要求推迟；平台故障也会延期。"),
        _PROJECTS,
    ),
    Flag.SINGLE: FlagWords(
        N_("只有一份投标"),
        N_("开标后，一个标段是不是只收到、或者只读得出一份投标。"),
        N_("收到 %(received)s 份，可读 %(readable)s 份。"),
        N_("市场小、要求专业、时间不巧，都可能只来一家；有的方式法律允许一家继续。"),
        N_("个开标的标段"),
    ),
    Flag.SINGLE_AGAIN: FlagWords(
        N_("同一机构常常只有一份投标"),
        N_("一个招标代理机构（或者自行招标的单位）一年里开标的标段，有多大比例只有一份投标。"),
        N_(
            "只有一份的 %(single)s 个 ÷ 开标的 %(lots)s 个 = %(share_ppm)s，不低于 %(limit_permille)s（至少 %(least)s 个才算）。"
        ),
        N_("专做冷门行业的机构，每次来的人都少。"),
        N_("个机构和年度"),
    ),
    Flag.EQUAL_PRICES: FlagWords(
        N_("报价相同"),
        N_("一个标段里，有没有分文不差的报价。"),
        N_("%(bids)s 份报价里有 %(count)s 份相同，都是 %(price_fen)s 元。"),
        N_("政府定价、统一零售价的商品，或者都按最高限价报，价格会相同。"),
        _PRICED,
    ),
    Flag.PRICE_STEPS: FlagWords(
        N_("报价成等差"),
        N_("报价由低到高排好，相邻两份的差是不是几乎一样。"),
        N_(
            "%(bids)s 份报价：(最大差 %(most_fen)s − 最小差 %(least_fen)s) ÷ 平均差 %(mean_fen)s = %(spread_ppm)s，不超过 %(limit_permille)s。"
        ),
        N_("只有三份报价时，间隔碰巧一样并不少见；评标办法按固定档次给分，也会把报价引到等间隔上。"),
        _PRICED,
    ),
    Flag.PRICE_RATIOS: FlagWords(
        N_("报价成等比"),
        N_("报价由低到高排好，每一份比前一份高出的比例是不是几乎一样。"),
        N_(
            "%(bids)s 份报价：涨幅最大 %(most_ppm)s、最小 %(least_ppm)s，两者之差 ÷ 平均涨幅 = %(spread_ppm)s，不超过 %(limit_permille)s。"
        ),
        N_("大家都按控制价下浮整数百分点报价时，比例会接近；三份报价时也可能是巧合。"),
        _PRICED,
    ),
    Flag.PRICE_CLUSTER: FlagWords(
        N_("报价挤在一起"),
        N_("最高的报价比最低的高出多少。"),
        N_(
            "(最高 %(high_fen)s − 最低 %(low_fen)s) ÷ 最低 = %(share_ppm)s，不超过 %(limit_permille)s（%(bids)s 份报价）。"
        ),
        N_("清单明确、材料价公开、限价贴近成本的项目，各家算出来本来就差不多。"),
        _PRICED,
    ),
    Flag.ROUNDED_LOSERS: FlagWords(
        N_("没中的都是整数价"),
        N_("没有中标的报价是不是全是整数，而中标的不是。"),
        N_("没中的 %(losers)s 份都是 %(unit_fen)s 元的整数倍，中标价 %(winner_fen)s 元不是。"),
        N_("很多企业习惯报整数；总价包干的服务尤其如此。"),
        N_("个有结果、有可比报价的标段"),
    ),
    Flag.NEAR_CEILING: FlagWords(
        N_("最低价也贴着最高限价"),
        N_("最低的报价比最高限价低多少。"),
        N_(
            "(最高限价 %(ceiling_fen)s − 最低价 %(low_fen)s) ÷ 最高限价 = %(share_ppm)s，不超过 %(limit_permille)s。"
        ),
        N_("限价压得紧，没有下浮的余地；招标前材料涨价也会这样。"),
        N_("个有最高限价、有报价的标段"),
    ),
    Flag.FAR_FROM_ESTIMATE: FlagWords(
        N_("成交价偏离很大"),
        N_("成交价和控制价（预算、起始价）差多少。"),
        N_(
            "|成交价 %(award_fen)s − 依据金额 %(basis_fen)s| ÷ 依据金额 = %(share_ppm)s，不低于 %(limit_permille)s。"
        ),
        N_("竞争充分会大幅下浮，出售时会大幅溢价；估算早、市场变了也会偏离。"),
        N_("个有成交金额的标段"),
    ),
    Flag.REPEATED_WINNER: FlagWords(
        N_("同一家反复中标"),
        N_("一个招标单位一年的结果，有多大比例归了同一家。"),
        N_(
            "%(winner)s 中 %(wins)s 项 ÷ 全部 %(awards)s 项 = %(share_ppm)s，不低于 %(limit_permille)s；金额 %(sum_fen)s 元，占 %(amount_ppm)s。"
        ),
        N_("本地只有一两家做这一行；续签、延续性的服务；框架协议的定点单位。"),
        _OWNERS,
    ),
    Flag.COMPANIONS: FlagWords(
        N_("总有同一家陪着没中"),
        N_("一家中标时，是不是几乎总有同一家在场，而它从来没有赢过这一家在场的标段。"),
        N_(
            "%(winner)s 一年里有别家参加而中标 %(wins)s 个标段，%(companion)s 在场 %(together)s 个：%(share_ppm)s，不低于 %(limit_permille)s；同场没有赢过。"
        ),
        N_("同一行业的几家总会碰面；实力弱的一家会一直赢不了。"),
        N_("个投标人和年度"),
    ),
    Flag.ROTATION: FlagWords(
        N_("同一组人轮流中标"),
        N_("一年里是不是总是同样的几家相遇，没有别人，轮着中标。"),
        N_("%(members)s 家同场 %(lots)s 个标段，没有别家，有 %(winners)s 家中过标；至少 %(least)s 个才算。"),
        N_("资质门槛高、市场小，够格的就这几家，有来有往也会轮着中。"),
        N_("个投标人和年度"),
    ),
    Flag.SPLIT: FlagWords(
        N_("几项合起来过了限额"),
        N_("一个单位同一类的采购，是不是一项项都刚好在限额以下，合起来却超过了。"),
        N_(
            "%(first_on)s 至 %(last_on)s，%(items)s 项各在限额 %(threshold_fen)s 元以下、低不到 %(near_permille)s，合计 %(sum_fen)s 元，超过限额（%(source)s）。"
        ),
        N_(
            "不同的预算项目、不同的品目分开采购是合法的；预算中途追加也是。这里只认得大类，是不是同一品目要看文件。"
        ),
        N_("组单位、类别和限额"),
    ),
}

_RED_FLAGS = "Open Contracting Partnership, Red Flags in Public Procurement"
_OECD = "OECD, Guidelines for Fighting Bid Rigging in Public Procurement"
_COLLUSION = "招标投标法实施条例第40条第4项"
_TOGETHER = "招标投标法实施条例第39条第2项"

#: By which article, and in which published guide, each is known. Names of texts, which are not translated.
SOURCES: dict[Flag, tuple[str, ...]] = {
    Flag.SHORT_PERIOD: (_RED_FLAGS,),  # of these two the finding itself cites what sets its minimum
    Flag.HOLIDAYS: (_RED_FLAGS,),
    Flag.LATE_CORRECTION: ("招标投标法实施条例第21条", _RED_FLAGS),
    Flag.MANY_CORRECTIONS: ("招标投标法第23条", _RED_FLAGS),
    Flag.DEADLINE_MOVED: ("招标投标法第23条", _RED_FLAGS),
    Flag.SINGLE: ("招标投标法第28条", _RED_FLAGS),
    Flag.SINGLE_AGAIN: ("招标投标法第28条", _RED_FLAGS),
    Flag.EQUAL_PRICES: (_COLLUSION, _OECD),
    Flag.PRICE_STEPS: (_COLLUSION, _OECD),
    Flag.PRICE_RATIOS: (_COLLUSION, _OECD),
    Flag.PRICE_CLUSTER: (_COLLUSION, _OECD),
    Flag.ROUNDED_LOSERS: ("招标投标法实施条例第39条第1项", _OECD),
    Flag.NEAR_CEILING: ("招标投标法实施条例第39条第1项", _OECD),
    Flag.FAR_FROM_ESTIMATE: ("招标投标法实施条例第27条", _RED_FLAGS),
    Flag.REPEATED_WINNER: ("招标投标法第32条", _RED_FLAGS),
    Flag.COMPANIONS: (_TOGETHER, _OECD),
    Flag.ROTATION: (_TOGETHER, _OECD),
    Flag.SPLIT: ("政府采购法实施条例第28条", "招标投标法第4条", _RED_FLAGS),
}
