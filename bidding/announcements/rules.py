"""What each kind of announcement has to say, when it may go out, and until when somebody may object. Pure.

One table for all kinds: a further kind is a further line. Sources: 采购意向 财库〔2020〕10号; 单一来源公示 政府采购法实施条例 38
and 财政部令第74号 38–40; 中标候选人公示 招标投标法实施条例 53–55 and 招标公告和公示信息发布管理办法 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import (
    INTENTION,
    UNIT_LABELS,
    Figure,
    Figures,
    Problem,
    cite,
    end_of,
    first_notice,
)

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


class PartMissing(DomainError):
    """Something that the announcement has to say and does not."""

    code = "announcements.part_missing"
    text = N_("请填写“%(what)s”：%(source)s要求写明。")
    status = 422


class OpinionIncomplete(DomainError):
    """An expert's opinion that lacks a part."""

    code = "announcements.opinion_incomplete"
    text = N_("论证意见第 %(place)s 行不完整：姓名、工作单位、职称、具体意见都要写明（%(source)s）。")
    status = 422


class MonthPassed(DomainError):
    """A procurement that was to begin before now."""

    code = "announcements.month_passed"
    text = N_("预计采购时间 %(month)s 已经过去。请改成本月或以后的月份。")
    status = 422


class MonthTooSoon(DomainError):
    """A warning: the month is over before the procurement may begin."""

    code = "announcements.month_too_soon"
    text = N_("今天公开，采购公告最早 %(earliest)s 才能发布（%(article)s），晚于预计采购时间 %(month)s。")
    status = 422


class PublicityTooShort(DomainError):
    """Fewer working days than the law wants."""

    code = "announcements.publicity_too_short"
    text = N_("公示期限是 %(given)s %(unit)s，%(article)s要求不少于 %(count)s %(unit)s。请改成这个数或以上。")
    status = 422


class TooManyCandidates(DomainError):
    """More recommended than the law lets be."""

    code = "announcements.too_many_candidates"
    text = N_("中标候选人有 %(given)s 名，%(article)s规定不超过 %(count)s 名。请去掉多出的。")
    status = 422


class FitMissing(DomainError):
    """A candidate of whom nothing is said on the qualifications asked for."""

    code = "announcements.fit_missing"
    text = N_("第 %(rank)s 名候选人 %(name)s 没有写明怎样响应招标文件要求的资格能力条件（%(source)s）。")
    status = 422


class ReportImpossible(DomainError):
    """A report of a day that cannot be."""

    code = "announcements.report_impossible"
    text = N_("收到评标报告的日期 %(day)s 不对：不能早于开标那一天 %(opened)s，也不能晚于今天。")
    status = 422


class StartedLate(DomainError):
    """A warning: the days within which publicity has to begin are over."""

    code = "announcements.started_late"
    text = N_("评标报告是 %(day)s 收到的，%(article)s要求在 %(last)s 以前开始公示，已经晚了。请尽快公示。")
    status = 422


class NoObjectionsHere(DomainError):
    """An objection to what nobody can object to here, or to what was taken back."""

    code = "announcements.no_objections_here"
    text = N_("这份公告现在不收异议。单一来源公示和中标候选人公示在公示期内、没有撤回的，可以提出。")


class ObjectionTooLate(DomainError):
    """The period is over."""

    code = "announcements.objection_too_late"
    text = N_("公示期在 %(last)s 结束，不能再在这里提出异议。可以向公示里写明的监督部门反映。")


class ObjectionTooShort(DomainError):
    """An objection without substance, or a book."""

    code = "announcements.objection_too_short"
    text = N_("请写明异议的内容和理由，%(least)s 到 %(most)s 个字。")
    status = 422


class AnswerMissing(DomainError):
    """An answer without words."""

    code = "announcements.answer_missing"
    text = N_("请写明结论和理由，最多 %(most)s 个字；答复公开，也告知提出人。")
    status = 422


class ReasonMissing(DomainError):
    """Sent back or withdrawn without a word."""

    code = "announcements.reason_missing"
    text = N_("请写明原因，最多 %(most)s 个字。")
    status = 422


def check(
    kind: Kind,
    said: Said,
    today: date,
    figures: Figures,
    calendar: Calendar,
    *,
    opened_on: date | None = None,
) -> list[Problem]:
    """Everything that stands against publishing on ``today``, and every warning: told at once.

    ``figures`` are those of the kind's method (``PRESETS``), or of the lot's project, which was opened on ``opened_on``.
    """
    preset = PRESETS[kind]
    out = [
        Problem(PartMissing(field=name, what=label(kind, name), source=preset.source))
        for name in preset.asked
        if not getattr(said, name)
    ]
    out += [
        Problem(OpinionIncomplete(field="opinions", place=place, source=preset.source))
        for place, opinion in enumerate(said.opinions, 1)
        if not opinion.is_whole
    ]
    if said.expected_on is not None:
        out += _month(said.expected_on, today, figures, calendar)
    out += _candidates(said, today, figures, calendar, opened_on)
    floor = figures.get(preset.period)
    if said.days and floor is not None and said.days < floor.value:
        short = PublicityTooShort(
            field="days",
            given=said.days,
            article=cite(floor),
            count=floor.value,
            unit=UNIT_LABELS[floor.unit],
        )
        out.append(Problem(short, blocks=floor.blocks, figure=floor))
    return out


def _candidates(
    said: Said, today: date, figures: Figures, calendar: Calendar, opened_on: date | None
) -> list[Problem]:
    source = PRESETS[Kind.CANDIDATES].source
    out = [
        Problem(FitMissing(field="candidates", rank=rank, name=each.name, source=source))
        for rank, each in enumerate(said.candidates, 1)
        if not each.fit
    ]
    most = figures.get(MOST_CANDIDATES)
    if most is not None and len(said.candidates) > most.value:
        many = TooManyCandidates(
            field="candidates", given=len(said.candidates), article=cite(most), count=most.value
        )
        out.append(Problem(many, blocks=most.blocks, figure=most))
    if said.reported_on is None:
        return out
    if said.reported_on > today or (opened_on is not None and said.reported_on < opened_on):
        opened = "" if opened_on is None else opened_on.isoformat()
        wrong = ReportImpossible(field="reported_on", day=said.reported_on.isoformat(), opened=opened)
        return [*out, Problem(wrong)]
    start = figures.get(STANDSTILL_START)
    if start is not None and today > (last := end_of(start, said.reported_on, calendar)):
        late = StartedLate(
            field="reported_on",
            day=said.reported_on.isoformat(),
            last=last.isoformat(),
            article=cite(start),
        )
        out.append(Problem(late, blocks=False, figure=start))
    return out


def _month(expected_on: date, today: date, figures: Figures, calendar: Calendar) -> list[Problem]:
    month = f"{expected_on:%Y-%m}"
    last = (expected_on.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if last < today:
        return [Problem(MonthPassed(field="expected_on", month=month))]
    earliest = first_notice(today, figures, calendar)
    if earliest is None or last >= earliest:
        return []
    figure = figures[INTENTION]
    late = MonthTooSoon(field="expected_on", earliest=earliest.isoformat(), article=cite(figure), month=month)
    return [Problem(late, blocks=False, figure=figure)]


def last_day(days: int, published_on: date, figure: Figure, calendar: Calendar) -> date:
    """The last day of a publicity of so many ``days``; the day of publication is not counted (民法典 201)."""
    return end_of(replace(figure, value=days), published_on, calendar)


def over_at(last: date) -> datetime:
    """The instant at which a period that ends with ``last`` is over: 24:00 of that day (民法典 203)."""
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def check_objection(kind: Kind, state: State, last: date | None, words: str, now: datetime) -> None:
    """Raise what stands against objecting now: the instant at which the period is over is itself too late."""
    if not PRESETS[kind].objections or state is not State.PUBLISHED or last is None:
        raise NoObjectionsHere
    if now >= over_at(last):
        raise ObjectionTooLate(last=last.isoformat())
    if not LEAST_OBJECTION <= len(words) <= MOST_WORDS:
        raise ObjectionTooShort(field="body", least=LEAST_OBJECTION, most=MOST_WORDS)


def check_words(words: str, refusal: type[DomainError], field: str) -> str:
    """The words, trimmed. Raises the refusal where there are none, or too many."""
    plain = words.replace("\r\n", "\n").strip()
    if not 0 < len(plain) <= MOST_WORDS:
        raise refusal(field=field, most=MOST_WORDS)
    return plain


def whole(opinions: Sequence[Opinion]) -> tuple[Opinion, ...]:
    """The opinions of which anything was written."""
    return tuple(each for each in opinions if each.name or each.unit or each.post or each.words)
