"""What can be announced, and what each kind has to say. Pure.

One table for all kinds: a further kind is a further line. Sources: 采购意向 财库〔2020〕10号; 单一来源公示 政府采购法实施条例 38
and 财政部令第74号 38–40; 中标候选人公示 招标投标法实施条例 53–55 and 招标公告和公示信息发布管理办法 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bidding.core.errors import N_
from bidding.tenders.kinds import Family, Method

MOST_WORDS = 2000
LEAST_OBJECTION = 10
MOST_OPINIONS = 7
#: Figures: a single source stands published so long, and within so many days after that objections are argued.
PUBLICITY, ARGUMENT = "publicity-single", "argument"
#: Figures: candidates stand published so long, from so soon after the report; they are so many at most, and an objection
#: to them is answered within so many days.
STANDSTILL, STANDSTILL_START, MOST_CANDIDATES, REPLY = (
    "publicity",
    "publicity-start",
    "candidates-max",
    "objection-reply",
)


class Kind(StrEnum):
    """What is announced."""

    INTENTION = "intention"
    SINGLE_SOURCE = "single-source"
    CANDIDATES = "candidates"


class State(StrEnum):
    """Where an announcement stands by what people decided."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


STATE_WORDS: dict[State, str] = {
    State.DRAFT: N_("起草中"),
    State.SUBMITTED: N_("等待复核"),
    State.PUBLISHED: N_("已发布"),
    State.WITHDRAWN: N_("已撤回"),
}
#: What time decides of a publicity.
RUNNING, ENDED = N_("公示中"), N_("公示期满")


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind: what it is called, its articles, whose words and figures it has, and what it must and may say.

    ``method`` is None of what is said of an opened lot: its project has the figures. ``period`` is the figure that its
    ``days`` may not fall short of, ``objecting`` who may object and how.
    """

    title: str
    source: str
    method: Method | None
    asked: tuple[str, ...]
    free: tuple[str, ...] = ()
    period: str = ""
    objecting: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """Everything that it can say, in order."""
        return (*self.asked, *self.free)

    @property
    def objections(self) -> bool:
        """Whether somebody may object to it while its period runs."""
        return bool(self.objecting)

    @property
    def of_lot(self) -> bool:
        """Whether it follows an opening, and is written where that is known."""
        return self.method is None


FAMILY = Family.PROCUREMENT
_WHO = ("owner_name", "owner_address", "owner_contact", "agency_address", "contact", "phone")
PRESETS: dict[Kind, Preset] = {
    Kind.INTENTION: Preset(
        title=N_("采购意向公告"),
        source="财库〔2020〕10号",
        method=Method.OPEN_TENDER,
        asked=("title", "summary", "budget_fen", "expected_on", *_WHO),
        free=("note", "media"),
    ),
    Kind.SINGLE_SOURCE: Preset(
        title=N_("单一来源采购公示"),
        source="财政部令第74号第38条",
        method=Method.SINGLE_SOURCE,
        asked=(
            "title",
            "summary",
            "budget_fen",
            "reason",
            "supplier_name",
            "supplier_address",
            "opinions",
            "days",
            "finance_name",
            "finance_address",
            "finance_contact",
            *_WHO,
        ),
        free=("note", "media"),
        period=PUBLICITY,
        objecting=N_(
            "任何供应商、单位或者个人有异议的，可以在公示期内书面提给采购人、代理机构，同时抄送财政部门。"
            "在本中心登记的单位可以在这里提出，内容和答复都公开，不写提出人。"
        ),
    ),
    Kind.CANDIDATES: Preset(
        title=N_("中标候选人公示"),
        source="招标投标法实施条例第54条；招标公告和公示信息发布管理办法第6条",
        method=None,
        asked=(
            "title",
            "candidates",
            "summary",
            "reported_on",
            "days",
            "finance_name",
            "finance_address",
            "finance_contact",
            *_WHO,
        ),
        free=("note", "media"),
        period=STANDSTILL,
        objecting=N_(
            "投标人或者其他利害关系人有异议的，在公示期内向招标人提出；登记的单位可以在这里提出，内容和答复都公开，"
            "不写提出人。答复以前不确定中标人。对答复不满意的，可以依法向行政监督部门投诉。"
        ),
    ),
}

#: What the parts of an announcement are called.
LABELS: dict[str, str] = {
    "title": N_("采购项目名称"),
    "summary": N_("采购需求概况"),
    "budget_fen": N_("预算金额"),
    "expected_on": N_("预计采购时间"),
    "reason": N_("采用单一来源方式的原因"),
    "supplier_name": N_("拟定供应商名称"),
    "supplier_address": N_("拟定供应商地址"),
    "opinions": N_("专业人员论证意见"),
    "candidates": N_("中标候选人"),
    "reported_on": N_("收到评标报告的日期"),
    "days": N_("公示期限（工作日）"),
    "finance_name": N_("财政部门"),
    "finance_address": N_("财政部门地址"),
    "finance_contact": N_("财政部门联系人和电话"),
    "owner_name": N_("采购人"),
    "owner_address": N_("采购人地址"),
    "owner_contact": N_("采购人联系人和电话"),
    "agency_address": N_("代理机构地址"),
    "contact": N_("项目联系人"),
    "phone": N_("联系电话"),
    "note": N_("备注"),
    "media": N_("发布媒介"),
}
#: What some of them are called in one kind only.
OWN_LABELS: dict[tuple[Kind, str], str] = {
    (Kind.SINGLE_SOURCE, "summary"): N_("拟采购的货物或服务的说明"),
    (Kind.CANDIDATES, "title"): N_("项目和标段名称"),
    (Kind.CANDIDATES, "summary"): N_("评标情况"),
    (Kind.CANDIDATES, "days"): N_("公示期限（日）"),
    (Kind.CANDIDATES, "owner_name"): N_("招标人"),
    (Kind.CANDIDATES, "owner_address"): N_("招标人地址"),
    (Kind.CANDIDATES, "owner_contact"): N_("招标人联系人和电话"),
    (Kind.CANDIDATES, "finance_name"): N_("行政监督部门"),
    (Kind.CANDIDATES, "finance_address"): N_("行政监督部门地址"),
    (Kind.CANDIDATES, "finance_contact"): N_("行政监督部门联系人和电话"),
}


def label(kind: Kind, name: str) -> str:
    """What a part is called in announcements of this kind."""
    return OWN_LABELS.get((kind, name), LABELS[name])


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one expert says of why nobody else can supply it (74号令 38)."""

    name: str
    unit: str
    post: str
    words: str

    @property
    def is_whole(self) -> bool:
        """Whether every part is there: the article wants all four."""
        return all((self.name, self.unit, self.post, self.words))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One recommended for the award, by what their opening sheet says; the place in the list is the rank.

    ``bid`` is its uid. Either ``price_fen`` or, of a rate or a unit price, ``price_text``; ``days`` for the work, None
    where the sheet says none. ``score`` and ``fit`` (how they meet the qualifications asked for) are of the report.
    """

    bid: str
    name: str
    uscc: str
    price_fen: int | None
    price_text: str
    days: int | None
    quality: str
    lead: str
    score: str = ""
    fit: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an announcement says. Money in fen, ``expected_on`` the first day of a month, ``days`` in the period's unit."""

    title: str = ""
    summary: str = ""
    budget_fen: int | None = None
    expected_on: date | None = None
    reason: str = ""
    supplier_name: str = ""
    supplier_address: str = ""
    opinions: tuple[Opinion, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    reported_on: date | None = None
    days: int | None = None
    finance_name: str = ""
    finance_address: str = ""
    finance_contact: str = ""
    owner_name: str = ""
    owner_address: str = ""
    owner_contact: str = ""
    agency_address: str = ""
    contact: str = ""
    phone: str = ""
    note: str = ""
    media: str = ""
