"""The switches of a project: which law, which method, what is bought, how its price is told. Pure.

Labels are the catalogue's keys; the words that change with the law stand in ``words``.
"""

from __future__ import annotations

from enum import Enum

from bidding.core.errors import N_


class Family(Enum):
    """Which law governs (domain reference, the first switch)."""

    WORKS = "works"  # 招标投标法
    PROCUREMENT = "procurement"  # 政府采购法
    PROPERTY = "property"  # 国有资产/产权
    LOCAL = "local"  # 县级限额以下


class Method(Enum):
    """How the winner is found. What each of them means under each law, and which are offered: ``methods``."""

    OPEN_TENDER = "open-tender"  # 公开招标
    INVITED_TENDER = "invited-tender"  # 邀请招标
    NEGOTIATION = "negotiation"  # 竞争性谈判
    CONSULTATION = "consultation"  # 竞争性磋商
    QUOTATION = "quotation"  # 询价
    SINGLE_SOURCE = "single-source"  # 单一来源
    FRAMEWORK = "framework"  # 框架协议
    COMPARISON = "comparison"  # 比选
    ASSET_TRANSFER = "asset-transfer"  # 企业资产转让
    DISPOSAL = "disposal"  # 行政事业单位资产处置
    LEASE = "lease"  # 资产出租
    EQUITY_TRANSFER = "equity-transfer"  # 企业产权转让


class PriceForm(Enum):
    """价款形式, by the code list of the province platform."""

    AMOUNT = "amount"  # 1 金额
    RATE = "rate"  # 2 费率
    UNIT = "unit"  # 3 单价


class Envelopes(Enum):
    """In how many parts a bid is sealed, and opened."""

    ONE = "one"  # 单信封
    TWO = "two"  # 双信封: technical first, the price later


class Evaluation(Enum):
    """How bids are weighed. What each is called under each law: ``words.evaluation_name``."""

    COMPREHENSIVE = "comprehensive"  # points by a scoring table
    LOWEST = "lowest"  # what meets the requirements, at the lowest evaluated price
    HIGHEST = "highest"  # of what is sold


class Factor(Enum):
    """What a row of a scoring table looks at."""

    PRICE = "price"
    BUSINESS = "business"
    TECHNICAL = "technical"
    CREDIT = "credit"


class Reserved(Enum):
    """Whether a purchase is kept for small and medium enterprises (专门面向中小企业)."""

    NO = "no"
    PART = "part"
    WHOLE = "whole"


class Examination(Enum):
    """When it is examined who is qualified (资格审查)."""

    AFTER = "after"  # 资格后审: by those who evaluate, after the opening
    BEFORE = "before"  # 资格预审: before the tender itself is published, to those who passed


class SecurityForm(Enum):
    """In what form a bid security may be handed in."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    DRAFT = "draft"
    GUARANTEE = "guarantee"
    E_GUARANTEE = "e-guarantee"
    CASH = "cash"


class Entry(Enum):
    """What the catalogue says of a kind of transaction (进场交易目录)."""

    MUST = "must"
    ENCOURAGED = "encouraged"
    NOT = "not"


class Stage(Enum):
    """What people decided; what time alone decides is derived (``rules.phase``)."""

    DRAFT = "draft"
    PREQUALIFYING = "prequalifying"  # 资格预审公告 is out; what it said stays as it is
    UNQUALIFIED = "unqualified"  # too few passed, or it was ended: to be begun again
    SUBMITTED = "submitted"  # ready for the second person
    PUBLISHED = "published"
    SUSPENDED = "suspended"  # by a notice; the box stays shut
    TERMINATED = "terminated"


FAMILY_LABELS: dict[Family, str] = {
    Family.WORKS: N_("工程招投标"),
    Family.PROCUREMENT: N_("政府采购"),
    Family.PROPERTY: N_("国有资产交易"),
    Family.LOCAL: N_("限额以下"),
}

METHOD_LABELS: dict[Method, str] = {
    Method.OPEN_TENDER: N_("公开招标"),
    Method.INVITED_TENDER: N_("邀请招标"),
    Method.NEGOTIATION: N_("竞争性谈判"),
    Method.CONSULTATION: N_("竞争性磋商"),
    Method.QUOTATION: N_("询价"),
    Method.SINGLE_SOURCE: N_("单一来源"),
    Method.FRAMEWORK: N_("框架协议"),
    Method.COMPARISON: N_("比选"),
    Method.ASSET_TRANSFER: N_("企业资产转让"),
    Method.DISPOSAL: N_("行政事业单位资产处置"),
    Method.LEASE: N_("资产出租"),
    Method.EQUITY_TRANSFER: N_("企业产权转让"),
}

PRICE_FORM_LABELS: dict[PriceForm, str] = {
    PriceForm.AMOUNT: N_("总价（元）"),
    PriceForm.RATE: N_("费率"),
    PriceForm.UNIT: N_("单价（元）"),
}

ENVELOPES_LABELS: dict[Envelopes, str] = {
    Envelopes.ONE: N_("一个信封：到时间一起开"),
    Envelopes.TWO: N_("两个信封：先开技术，后开报价"),
}

EVALUATION_LABELS: dict[Evaluation, str] = {
    Evaluation.COMPREHENSIVE: N_("按评分表打分，满分 100 分，总分高者优先。"),
    Evaluation.LOWEST: N_("满足全部实质性要求，评审后的价格最低者优先。"),
    Evaluation.HIGHEST: N_("不低于起始价的最高报价成交。"),
}

FACTOR_LABELS: dict[Factor, str] = {
    Factor.PRICE: N_("价格"),
    Factor.BUSINESS: N_("商务"),
    Factor.TECHNICAL: N_("技术"),
    Factor.CREDIT: N_("信誉"),
}

RESERVED_LABELS: dict[Reserved, str] = {
    Reserved.WHOLE: N_("整个项目专门面向中小企业"),
    Reserved.PART: N_("预留一部分面向中小企业"),
    Reserved.NO: N_("不预留"),
}

EXAMINATION_LABELS: dict[Examination, str] = {
    Examination.AFTER: N_("资格后审：开标以后审查"),
    Examination.BEFORE: N_("资格预审：先发资格预审公告，通过的才能投标"),
}

SECURITY_FORM_LABELS: dict[SecurityForm, str] = {
    SecurityForm.TRANSFER: N_("转账"),
    SecurityForm.CHEQUE: N_("支票"),
    SecurityForm.DRAFT: N_("汇票、本票"),
    SecurityForm.GUARANTEE: N_("保函"),
    SecurityForm.E_GUARANTEE: N_("电子保函"),
    SecurityForm.CASH: N_("现金"),
}

ENTRY_LABELS: dict[Entry, str] = {
    Entry.MUST: N_("必须进场"),
    Entry.ENCOURAGED: N_("鼓励进场"),
    Entry.NOT: N_("可以不进场"),
}

STAGE_LABELS: dict[Stage, str] = {
    Stage.DRAFT: N_("起草中"),
    Stage.PREQUALIFYING: N_("资格预审中"),
    Stage.UNQUALIFIED: N_("资格预审未成"),
    Stage.SUBMITTED: N_("等待复核"),
    Stage.PUBLISHED: N_("已发布"),
    Stage.SUSPENDED: N_("已暂停"),
    Stage.TERMINATED: N_("已终止"),
}

#: What is bought, by family: the code stored on the project, and its label.
SUBJECTS: dict[Family, dict[str, str]] = {
    Family.WORKS: {
        "construction": N_("工程施工"),
        "goods": N_("重要设备、材料"),
        "services": N_("勘察、设计、监理"),
    },
    Family.PROCUREMENT: {"goods": N_("货物"), "services": N_("服务"), "construction": N_("工程")},
    Family.PROPERTY: {
        "realty": N_("房屋、土地"),
        "vehicles": N_("车辆、设备"),
        "materials": N_("物资、其他资产"),
    },
    Family.LOCAL: {"construction": N_("工程"), "goods": N_("货物"), "services": N_("服务")},
}

#: 交易分类 of the unified transaction identifier. Only the A trades are verified; for the rest the centre
#: uses a code of its own, which the export to the province replaces.
TRADES: dict[str, str] = {
    "A01": N_("房屋建筑"),
    "A02": N_("市政"),
    "A03": N_("公路"),
    "A04": N_("铁路"),
    "A05": N_("民航"),
    "A06": N_("水运"),
    "A07": N_("水利"),
    "A08": N_("能源"),
    "A09": N_("邮电通信"),
    "A10": N_("桥梁"),
    "A11": N_("城市轨道"),
    "A12": N_("矿产冶金"),
    "A13": N_("信息网络"),
    "A14": N_("工业制造"),
    "A98": N_("园林"),
    "A99": N_("其他工程"),
}
OTHER_WORKS = "A99"
OUTSIDE_WORKS = "Z99"
