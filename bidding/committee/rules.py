"""What a committee must be, who may not sit on it, who may chair it, and what its record of performance asks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bidding.core.errors import N_, DomainError


class NotYet(DomainError):
    """Names come in when the evaluation begins, not before."""

    code = "committee.not_yet"
    text = N_("评审时间 %(at)s 以前不录入、不接收评审专家的姓名。请到时在评审室办理。")


class StillOpen(DomainError):
    """Whoever judges is told the tenderers, and nobody may know them before the close (招标投标法 22)."""

    code = "committee.still_open"
    text = N_("投标截止（或截止记录确认）以前不能签到：签到时要核对投标单位名单。请等开标以后办理。")


class NoFile(DomainError):
    """An expert who was not drawn needs a paper that says why."""

    code = "committee.no_file"
    text = N_("请上传 PDF 文件：直接确定的批准文件，或者外部专家库的抽取证明。不超过 %(limit)s MB。")
    status = 422


class EnoughAppointed(DomainError):
    """Not more persons than the paper is for."""

    code = "committee.enough"
    text = N_("这份文件只确定了 %(count)s 人，已经录满。多出的人要另有依据。")
    status = 422


class ListedAlready(DomainError):
    """One person, one seat."""

    code = "committee.listed"
    text = N_("%(name)s 已在名单里。请核对是不是重复录入。")
    status = 422


class OfTheAgency(DomainError):
    """The agency's people may not judge what it runs (财政部令第87号 47)."""

    code = "committee.agency"
    text = N_("采购（招标）代理机构的人员不得参加本机构代理项目的评审（财政部令第87号第四十七条）。请换人。")
    status = 422


class OfTheSupervisors(DomainError):
    """Nor may those who supervise it (招标投标法实施条例 46)."""

    code = "committee.supervisors"
    text = N_("行政监督部门的人员不得担任本部门监督项目的评审成员（招标投标法实施条例第四十六条）。请换人。")
    status = 422


class OfATenderer(DomainError):
    """Nor anybody of a tenderer's unit, or of one that belongs to it."""

    code = "committee.tenderer"
    text = N_(
        "系统核对到您所在（或三年内工作过）的单位与投标单位有关联，属于应当回避的情形。请联系现场工作人员。"
    )


class NotServing(DomainError):
    """The draw goes on without them: whoever is called next has their place."""

    code = "committee.not_serving"
    text = N_("抽取页已经登记您不参加这次评审，不能签到。登记有误的，请联系现场工作人员。")


class NotRecognised(DomainError):
    """Name and telephone do not go together, or nobody of that name is awaited. Which of the two is not said."""

    code = "committee.not_recognised"
    text = N_("姓名和手机号后四位对不上。请核对后再试，或者请现场工作人员核验身份证。")
    status = 422


class RoomLocked(DomainError):
    """Too many wrong entries at one room's page."""

    code = "committee.room_locked"
    text = N_("输错次数太多，签到页已锁定。请现场管理员重新打开。")


class MayNotChair(DomainError):
    """The buyer's representative does not chair (财政部令第87号 45)."""

    code = "committee.owner_chairs"
    text = N_("采购人代表不得担任评审组长（财政部令第87号第四十五条）。请从专家中推选。")
    status = 422


class NotArrived(DomainError):
    """Only somebody who is there can be elected."""

    code = "committee.not_arrived"
    text = N_("%(name)s 还没有签到，或者已经回避、离开。请在签到的成员中推选。")
    status = 422


class Incomplete(DomainError):
    """A committee short of somebody who is awaited."""

    code = "committee.incomplete"
    text = N_("还有 %(missing)s 人没有签到。请等他们签到；不能来的先登记，补足人数再推选组长。")


class AppraisedAlready(DomainError):
    """A record of performance is written once."""

    code = "committee.appraised"
    text = N_("%(name)s 的履职记录已经填过，不能修改。")


class BadEnd(DomainError):
    """An evaluation ends after it began, and not in the future."""

    code = "committee.bad_end"
    text = N_("评审结束时间要在评审开始（%(begun)s）以后，并且不晚于现在。请改正时间。")
    status = 422


class NobodyCame(DomainError):
    """What nobody came to has not ended."""

    code = "committee.nobody_came"
    text = N_("还没有成员签到，不能登记评审结束。")


class RatedAlready(DomainError):
    """Feedback is given once."""

    code = "committee.rated"
    text = N_("您的评价已经提交，不能修改。")


class Source(StrEnum):
    """How somebody came to sit on the committee."""

    DRAWN = "drawn"
    EXTERNAL = "external"
    DIRECT = "direct"
    OWNER = "owner"


SOURCE_WORDS: dict[Source, str] = {
    Source.DRAWN: N_("本中心随机抽取"),
    Source.EXTERNAL: N_("省级专家库抽取"),
    Source.DIRECT: N_("直接确定"),
    Source.OWNER: N_("招标人（采购人）代表"),
}
#: The ways that need a paper and two persons.
APPOINTED = (Source.EXTERNAL, Source.DIRECT)

#: Why experts were not drawn here; a text of one's own is added to it.
BASES: dict[Source, tuple[str, ...]] = {
    Source.EXTERNAL: (
        N_("招标投标法实施条例第四十五条：依法必须招标的项目从省级综合评标专家库抽取"),
        N_("财库〔2016〕198号第十二条：从省级政府采购评审专家库抽取"),
    ),
    Source.DIRECT: (
        N_("招标投标法第三十七条第三款、实施条例第四十七条：特殊招标项目由招标人直接确定"),
        N_("财政部令第87号第四十八条：经主管预算单位同意，采购人自行选定"),
        N_("财库〔2016〕198号第十三条：专业人员数量不足时自行选定"),
    ),
}


class Recusal(StrEnum):
    """What somebody declares when they have seen who bids (财库〔2016〕198号 16; 12号令 12)."""

    EMPLOYED = "employed"
    FAMILY = "family"
    INTEREST = "interest"
    PUNISHED = "punished"
    OTHER = "other"


RECUSAL_WORDS: dict[Recusal, str] = {
    Recusal.EMPLOYED: N_("三年内与投标单位有劳动关系，或担任董事、监事，或是控股股东、实际控制人"),
    Recusal.FAMILY: N_("与投标单位的负责人有夫妻、直系血亲、三代以内旁系血亲或近姻亲关系"),
    Recusal.INTEREST: N_("与投标单位有经济利益关系"),
    Recusal.PUNISHED: N_("曾因招标投标活动中的违法行为受过处罚"),
    Recusal.OTHER: N_("其他可能影响公正评审的关系"),
}

#: 履职记录, as the forms of provinces ask it: each is answered yes or no.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("law", N_("熟悉有关法规")),
    ("reading", N_("认真阅读文件")),
    ("leaning", N_("有无倾向性发言")),
    ("scoring", N_("按标准评分")),
    ("mistakes", N_("有无计分错误")),
    ("devices", N_("上交通讯工具")),
    ("punctual", N_("有无迟到早退")),
    ("delaying", N_("有无故意拖延")),
    ("advice", N_("提出合理化建议")),
)
#: What experts are asked of the owner and the agency (财库〔2016〕198号 22); each is answered yes or no.
FEEDBACK: tuple[tuple[str, str], ...] = (
    ("identity", N_("核对了评审专家身份，宣布了评审纪律")),
    ("devices", N_("统一保管了通讯工具")),
    ("conditions", N_("提供了必要的评审条件，资料齐全")),
    ("leaning", N_("有倾向性、误导性的解释或者说明")),
    ("meddling", N_("有干预评审、要求改变评审意见的")),
    ("fee", N_("按规定支付劳务报酬")),
)
#: Wrong entries that a room's page takes before somebody has to open it anew.
MOST_MISSES = 10
#: A paper has at most so many megabytes.
MOST_MB = 20


@dataclass(frozen=True, slots=True)
class Here:
    """One who is awaited, as the rules see them."""

    name: str
    source: Source
    arrived: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is to sit on the committee. ``phone_end`` are the last four digits of their telephone."""

    name: str
    unit: str
    phone_end: str
    title: str = ""
    specialty: str = ""
    uscc: str = ""


def check_owners(
    unit: str, *, agency: Collection[str], owner: Collection[str], supervisory: Collection[str]
) -> None:
    """Refuse a representative who is of the agency, unless it is the owner's own, or of the supervisors.

    Everything is compared as ``experts.rules.unit_key`` gives it.
    """
    if unit in supervisory:
        raise OfTheSupervisors(field="unit")
    if unit in agency and unit not in owner:
        raise OfTheAgency(field="unit")


def check_chair(one: Here, everybody: Sequence[Here], *, owner_may: bool) -> None:
    """Refuse to let somebody chair who may not, who is not there, or before all are there who are awaited."""
    if one.source is Source.OWNER and not owner_may:
        raise MayNotChair(field="chair")
    if one.gone or not one.arrived:
        raise NotArrived(name=one.name, field="chair")
    missing = sum(1 for other in everybody if not other.gone and not other.arrived)
    if missing:
        raise Incomplete(missing=missing)


def standing(everybody: Sequence[Here]) -> tuple[int, int]:
    """How many sit on the committee, and how many of them are experts."""
    sitting = [one for one in everybody if not one.gone]
    return len(sitting), sum(1 for one in sitting if one.source is not Source.OWNER)


def check_end(ended_at: datetime, begun_at: datetime, now: datetime, *, came: bool) -> None:
    """Refuse an end before the beginning or in the future, and of an evaluation that nobody came to."""
    if not came:
        raise NobodyCame(field="ended_at")
    if not begun_at <= ended_at <= now:
        raise BadEnd(begun=begun_at, field="ended_at")


def in_order(
    answers: Mapping[str, bool], questions: Sequence[tuple[str, str]] = QUESTIONS
) -> dict[str, bool]:
    """The answers in the order of the form. Raises ``KeyError`` where one is lacking."""
    return {code: answers[code] for code, _ in questions}
