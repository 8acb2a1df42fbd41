"""What may be asked until when, and what a correction may touch at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar, days_before, working_days_before
from bidding.tenders.kinds import Family
from bidding.tenders.rules import Figure, end_of

MAX_TEXT, MAX_REASON, MAX_QUESTION, MIN_QUESTION = 5000, 500, 1000, 8
#: How often one organisation may ask about one tender: enough for anybody's real questions, too few to drown them.
MOST_A_DAY, MOST_OF_ONE = 5, 20
MAX_FILES = 20
_HOUR = timedelta(hours=1)
#: What a refusal counts a figure in.
UNITS = {"day": N_("日"), "working-day": N_("个工作日")}


class About(Enum):
    """Which notice of a project it speaks of."""

    TENDER = "tender"
    PREQUALIFICATION = "prequalification"


class State(Enum):
    """How far answers or a correction have come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNING = "signing"  # approved; two seats of the panel still have to sign the later deadline
    PUBLISHED = "published"
    DROPPED = "dropped"


STATE_WORDS: dict[State, str] = {
    State.DRAFT: N_("起草中"),
    State.SUBMITTED: N_("等待复核"),
    State.SIGNING: N_("已复核，等两席签延期"),
    State.PUBLISHED: N_("已发布"),
    State.DROPPED: N_("已作废"),
}

# Questions ------------------------------------------------------------------------------------------------------


class AskingOver(DomainError):
    """The last day for questions is past."""

    code = "clarifications.asking_over"
    text = N_("提问已于 %(last)s 截止。仍有疑问的，请按公告上的联系方式与代理机构联系。")


class NotOpen(DomainError):
    """Before the notice, or after the deadline."""

    code = "clarifications.not_open"
    text = N_("项目已经截止，不能再提问、答疑或者更正。")


class QuestionLength(DomainError):
    """Nothing that could be answered, or a whole paper."""

    code = "clarifications.question_length"
    text = N_("问题请写 %(least)s 到 %(most)s 个字。内容多的，请分成几个问题。")
    status = 422


class NamesTheAsker(DomainError):
    """The asker would give itself away."""

    code = "clarifications.names_the_asker"
    text = N_(
        "问题里出现了“%(found)s”，代理机构和别家会看出是谁问的。请删去本单位、本人的名称和联系方式再提交。"
    )
    status = 422


class AskedAlready(DomainError):
    """The very same words once more."""

    code = "clarifications.asked_already"
    text = N_("一字不差的问题已经有人提过，等候答复。答复会公布给所有人，不用再提。")


class TooManyQuestions(DomainError):
    """One organisation must not drown everybody's questions."""

    code = "clarifications.too_many_questions"
    text = N_(
        "同一单位对一个项目每天最多提 %(a_day)s 个问题，一共最多 %(of_one)s 个。请明天再提，或者把几个问题并成一个。"
    )
    status = 429


class NoSuchReceipt(DomainError):
    """A receipt that belongs to no question of this tender."""

    code = "clarifications.no_such_receipt"
    text = N_("没有找到这个回执号的提问。请核对回执号，每一位都要一样。")
    status = 422


def last_day_to_ask(closes_on: date, figure: Figure | None, calendar: Calendar) -> date:
    """The last day for questions: the figure's, or the day of the deadline where there is none."""
    return closes_on if figure is None else backward(closes_on, figure, calendar)


def backward(closes_on: date, figure: Figure, calendar: Calendar) -> date:
    """The last day that is at least the figure's days before the deadline."""
    if figure.unit == "working-day":
        return working_days_before(closes_on, figure.value, calendar)
    return days_before(closes_on, figure.value)


def answer_by(asked_on: date, figure: Figure | None, calendar: Calendar) -> date | None:
    """The last day for the answer; None where no figure says so."""
    return None if figure is None else end_of(figure, asked_on, calendar)


def shown_at(asked_at: datetime) -> datetime:
    """The next full hour. Shown at once, a question would tell who was just then on line or on the telephone."""
    return asked_at.replace(minute=0, second=0, microsecond=0) + _HOUR


def check_question(body: str, own: Collection[str]) -> str:
    """The question as it is kept. ``own`` are the asker's names and numbers. Raises what it lacks."""
    text = "\n".join(line for line in (" ".join(line.split()) for line in body.splitlines()) if line)
    if not MIN_QUESTION <= len(text) <= MAX_QUESTION:
        raise QuestionLength(field="body", least=MIN_QUESTION, most=MAX_QUESTION)
    plain = _plain(text)
    for name in own:
        if len(_plain(name)) > 1 and _plain(name) in plain:
            raise NamesTheAsker(field="body", found=name)
    return text


def _plain(text: str) -> str:
    return re.sub(r"[\s\-()（）]", "", text).upper()


# Corrections ----------------------------------------------------------------------------------------------------


class Weight(Enum):
    """What a change of this kind usually is to whoever is preparing a bid, or has sealed one."""

    SLIGHT = "slight"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of thing that a notice says and that can be corrected."""

    label: str
    weight: Weight


#: What a correction may change of the facts, in the order of the notice.
FACTS: dict[str, Item] = {
    "summary": Item(N_("内容、范围和规模"), Weight.HEAVY),
    "term": Item(N_("工期或履行期限"), Weight.HEAVY),
    "place": Item(N_("地点"), Weight.HEAVY),
    "approval": Item(N_("项目审批、核准或备案文号"), Weight.SLIGHT),
    "funding": Item(N_("资金来源"), Weight.SLIGHT),
    "qualification": Item(N_("资格要求"), Weight.HEAVY),
    "award_method": Item(N_("评审办法"), Weight.HEAVY),
    "policies": Item(N_("落实的政府采购政策"), Weight.HEAVY),
    "owner_address": Item(N_("招标人（采购人）地址"), Weight.SLIGHT),
    "owner_contact": Item(N_("招标人（采购人）联系人和电话"), Weight.SLIGHT),
    "agency_address": Item(N_("代理机构地址"), Weight.SLIGHT),
    "contact": Item(N_("联系人"), Weight.SLIGHT),
    "phone": Item(N_("联系电话"), Weight.SLIGHT),
    "media": Item(N_("发布公告的媒介"), Weight.SLIGHT),
}
CEILING = Item(N_("最高限价"), Weight.HEAVY)
FILE = Item(N_("文件"), Weight.HEAVY)
DEADLINE_LABEL, OPENING_LABEL, PRICES_LABEL = N_("截止时间"), N_("开标时间"), N_("报价开标时间")
#: What no correction changes: bids that are sealed already would no longer fit, or it would be another tender.
_SHEET = N_("一览表的栏目会变，已经签封的就对不上了")
_OTHER = N_("改了就是另一个项目")
FIXED: dict[str, tuple[str, str]] = {
    "title": (N_("项目名称"), _OTHER),
    "owner_name": (N_("招标人（采购人、比选人）"), _OTHER),
    "subject": (N_("采购内容类别"), _OTHER),
    "family": (N_("适用的法律"), _OTHER),
    "method": (N_("采用的方式"), _OTHER),
    "trade": (N_("工程类别"), _OTHER),
    "approval_code": (N_("投资项目统一代码"), _OTHER),
    "consortium": (N_("是否接受联合体"), _SHEET),
    "envelopes": (N_("分几个信封"), _SHEET),
    "price_form": (N_("报价形式"), _SHEET),
    "paper_bids": (N_("是否接受纸质投标"), N_("接受与否在项目日志开头就写定了")),
    "budget_fen": (N_("预算金额"), N_("保证金的上限和是否必须招标都按它核对过")),
    "security_fen": (N_("保证金"), N_("已经交了保证金的单位无法退补")),
}
#: 采购标的和资格条件, which procurement may not change by clarification.
SUBJECT_AND_QUALIFICATION = {
    "summary": N_("采购标的"),
    "qualification": N_("资格条件"),
    "requirements": N_("资格条件"),
}
SUBJECT_ARTICLE = "财政部令第87号第27条"


class NotChangeable(DomainError):
    """Something that a correction cannot touch."""

    code = "clarifications.not_changeable"
    text = N_("“%(what)s”不能更正：%(why)s。确需改变的，请终止本项目，重新发布。")
    status = 422


class SubjectFixed(DomainError):
    """Procurement: the subject or the qualification would change."""

    code = "clarifications.subject_fixed"
    text = N_("不能改变%(what)s（%(article)s）。请恢复“%(label)s”原来的文字；确需改变的，终止后重新采购。")
    status = 422


class FileUnknown(DomainError):
    """A file would take the place of none."""

    code = "clarifications.file_unknown"
    text = N_("要替换的文件不在公告里，或者已经被替换过。请重新选择。")
    status = 422


class TooManyFiles(DomainError):
    """More files than one correction takes."""

    code = "clarifications.too_many_files"
    text = N_("一次更正最多 %(most)s 个文件。请合并后再传。")
    status = 422


@dataclass(frozen=True, slots=True)
class File:
    """A published file, or one that would be; ``replaces`` is the digest of the one whose place it takes."""

    name: str
    sha256: str
    size: int
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a draft would say from now on: only what differs. Ceilings in fen by the lot's code, None for none."""

    facts: Mapping[str, str] = field(default_factory=dict)
    ceilings: Mapping[str, int | None] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    answer: str = ""
    closes_at: datetime | None = None
    affects: bool | None = None
    harmless_because: str = ""
    reason: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any], **more: Any) -> Proposal:
        """From the stored form (``written``), and what has columns of its own."""
        return cls(
            data.get("facts", {}),
            data.get("ceilings", {}),
            tuple(File(**each) for each in data.get("files", [])),
            **more,
        )

    @property
    def written(self) -> dict[str, Any]:
        """Facts, ceilings and files as they are stored."""
        files = [
            {"name": each.name, "sha256": each.sha256, "size": each.size, "replaces": each.replaces}
            for each in self.files
        ]
        return {"facts": dict(self.facts), "ceilings": dict(self.ceilings), "files": files}


def check_touchable(names: Collection[str], touchable: Collection[str] = FACTS) -> None:
    """Raise ``NotChangeable`` for the first of these names that no correction may touch."""
    for name in names:
        if name in touchable:
            continue
        what, why = FIXED.get(name, (name, _OTHER))
        raise NotChangeable(field=name, what=what, why=why)


def check_subject(
    family: Family, names: Collection[str], items: Mapping[str, Item] = FACTS
) -> list[DomainError]:
    """What procurement may not change: 采购标的, 资格条件 (财政部令第87号 27). ``items`` are what can be corrected else."""
    if family is not Family.PROCUREMENT:
        return []
    return [
        SubjectFixed(field=name, what=what, article=SUBJECT_ARTICLE, label=items[name].label)
        for name, what in SUBJECT_AND_QUALIFICATION.items()
        if name in names
    ]


def differing(stands: Mapping[str, str], proposed: Mapping[str, str]) -> dict[str, str]:
    """Of the proposed facts those that differ from what stands, trimmed."""
    texts = {name: value.replace("\r\n", "\n").strip() for name, value in proposed.items()}
    return {name: value for name, value in texts.items() if value != stands[name]}
