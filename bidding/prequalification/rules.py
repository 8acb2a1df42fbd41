"""When an application may come and go, which dates of a prequalification are lawful, and what its result must hold. Pure.

Sources: 招标投标法实施条例 16 (documents on offer), 17 (time for applications), 18 (who examines), 19 (fewer than three);
政府采购法实施条例 21; 财政部令第87号 16, 21.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar, next_working_day
from bidding.tenders.rules import (
    DeadlinePassed,
    Figure,
    Figures,
    NotAWholeMinute,
    Problem,
    cite,
    end_of,
    latest_before,
)

#: How long after the deadline the applications stay shut: what came in at its last moment is being written down.
SETTLES = timedelta(minutes=1)
MOST_FILES = 50
MOST_WORDS = 2000
AVAILABLE, APPLICATION, NOTICE = (
    "prequalification-available",
    "prequalification-application",
    "prequalification-notice",
)
OBJECTION, CLARIFICATION, LEAST = (
    "prequalification-objection",
    "prequalification-clarification",
    "prequalification-min",
)


class ApplicationState(Enum):
    """What became of an application."""

    DRAFT = "draft"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Examiner(Enum):
    """Who examines the applications."""

    OWNER = "owner"  # 招标人（采购人）或其代理机构
    COMMITTEE = "committee"  # 资格审查委员会 (条例 18)


class Standing(StrEnum):
    """Where a prequalification stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    REVIEWED = "reviewed"
    ENOUGH = "enough"
    TOO_FEW = "too-few"
    ENDED = "ended"


STANDING_WORDS: dict[Standing, str] = {
    Standing.DRAFT: N_("起草中"),
    Standing.SUBMITTED: N_("等待复核"),
    Standing.OPEN: N_("接收申请中"),
    Standing.CLOSED: N_("申请已截止"),
    Standing.OPENED: N_("审查中"),
    Standing.REVIEWED: N_("审查结果等待复核"),
    Standing.ENOUGH: N_("已有结果"),
    Standing.TOO_FEW: N_("通过的不足法定家数"),
    Standing.ENDED: N_("已终止"),
}
#: What everybody is told: that nobody can tell from it how far the agency is with how many.
PUBLIC_WORDS: dict[Standing, str] = {
    **STANDING_WORDS,
    Standing.OPENED: N_("审查中"),
    Standing.REVIEWED: N_("审查中"),
}
STATE_WORDS: dict[ApplicationState, str] = {
    ApplicationState.DRAFT: N_("没有递交"),
    ApplicationState.EFFECTIVE: N_("已递交"),
    ApplicationState.SUPERSEDED: N_("已被替换"),
    ApplicationState.WITHDRAWN: N_("已撤回"),
}
EXAMINER_WORDS: dict[Examiner, str] = {
    Examiner.OWNER: N_("招标人（采购人）或代理机构审查"),
    Examiner.COMMITTEE: N_("资格审查委员会审查"),
}


class AvailableTooShort(DomainError):
    """Documents that are not on offer long enough."""

    code = "prequalification.available_too_short"
    text = N_(
        "文件提供到 %(given)s 太短：%(article)s要求不少于 %(count)s %(unit)s，最早合法日期是 %(earliest)s。请改到这一天或以后。"
    )
    status = 422


class ApplicationsTooShort(DomainError):
    """A deadline for applications that comes too early."""

    code = "prequalification.applications_too_short"
    text = N_(
        "申请截止 %(given)s 太早：%(article)s要求自%(since)s起不少于 %(count)s %(unit)s，最早合法日期是 %(earliest)s。"
        "请改到这一天或以后。"
    )
    status = 422


class OfferAfterDeadline(DomainError):
    """Documents on offer when it is too late to apply."""

    code = "prequalification.offer_after_deadline"
    text = N_("文件提供到 %(given)s，晚于申请截止。请改到截止当天或以前。")
    status = 422


class NoFiles(DomainError):
    """Nothing that says what is asked for."""

    code = "prequalification.no_files"
    text = N_("还没有资格预审文件。请至少上传一个，再提交复核。")
    status = 422


class NoDates(DomainError):
    """Nothing said of when."""

    code = "prequalification.no_dates"
    text = N_("还没有填写时间。请填写文件提供到哪一天、什么时候截止，再提交复核。")
    status = 422


class NotTaken(DomainError):
    """Too late, or not yet: the prequalification takes no application now."""

    code = "prequalification.not_taken"
    text = N_(
        "提交资格预审申请文件的截止时间是 %(closes)s，服务器收到的时间是 %(at)s，不能再递交、替换或者撤回。"
    )


class NothingHandedIn(DomainError):
    """An application of no files."""

    code = "prequalification.nothing_handed_in"
    text = N_("还没有上传文件。请至少上传一个申请文件，再递交。")
    status = 422


class TooManyFiles(DomainError):
    """More files than anybody reads."""

    code = "prequalification.too_many_files"
    text = N_("最多 %(count)s 个文件。请合并以后再传。")
    status = 422


class FileTwice(DomainError):
    """The same bytes again."""

    code = "prequalification.file_twice"
    text = N_("这个文件已经传过了：%(name)s。")
    status = 422


class FileEmpty(DomainError):
    """No file, or one of nothing."""

    code = "prequalification.file_empty"
    text = N_("请选择一个有内容的文件。")
    status = 422


class NotYetOpen(DomainError):
    """Applications that nobody may read yet."""

    code = "prequalification.not_yet_open"
    text = N_(
        "截止时间 %(closes)s 过后 1 分钟才能开启：最后一刻递交的还在登记。此前任何人都看不到有没有申请、有多少。"
    )


class VerdictMissing(DomainError):
    """An application that nobody has judged."""

    code = "prequalification.verdict_missing"
    text = N_("“%(name)s”还没有审查结论。请逐家选“通过”或者“不通过”。")
    status = 422


class ReasonMissing(DomainError):
    """A failure without a reason."""

    code = "prequalification.reason_missing"
    text = N_("“%(name)s”不通过，请写明理由：哪一项资格条件不符合，依据哪份材料。申请人会看到。")
    status = 422


class ExaminerMissing(DomainError):
    """Not said who examined."""

    code = "prequalification.examiner_missing"
    text = N_("请选是谁审查的：国有资金占控股或者主导地位的依法必须招标项目，要由资格审查委员会审查。")
    status = 422


class CommitteeTooSmall(DomainError):
    """A committee that the law would not have."""

    code = "prequalification.committee_too_small"
    text = N_(
        "资格审查委员会要 %(least)s 人以上的单数，现在是 %(count)s 人（%(article)s）。请一行写一位成员。"
    )
    status = 422


class TooFewExperts(DomainError):
    """A committee with too few experts."""

    code = "prequalification.too_few_experts"
    text = N_(
        "资格审查委员会里专家不少于三分之%(thirds)s，现在 %(count)s 人里有 %(experts)s 位（%(article)s）。"
        "是专家的，在那一行末尾写“专家”。"
    )
    status = 422


class EndReasonMissing(DomainError):
    """An end without a reason."""

    code = "prequalification.end_reason"
    text = N_("请写明为什么终止，最多 %(most)s 个字；原因会公布。")
    status = 422


class EndWaits(DomainError):
    """A second proposal to end it while one waits."""

    code = "prequalification.end_waits"
    text = N_("已有人提出终止，等另一个人确认或者撤下。")


class SendBackReasonMissing(DomainError):
    """Sent back without saying why."""

    code = "prequalification.send_back_reason"
    text = N_("请写明退回的原因，一次说全。")
    status = 422


class NotQualified(DomainError):
    """A tenderer who has not passed."""

    code = "prequalification.not_qualified"
    text = N_(
        "这个项目先做了资格预审，只有通过的单位可以投标。贵单位没有通过资格预审的记录；"
        "有异议的，请按公告里的联系方式向代理机构提出。"
    )


@dataclass(frozen=True, slots=True)
class Times:
    """What the standing hangs on; every instant as it happened, or None."""

    submitted_at: datetime | None
    published_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None
    reviewed_at: datetime | None
    decided_at: datetime | None
    enough: bool | None
    ended_at: datetime | None = None


def standing(times: Times, now: datetime) -> Standing:
    """Where it stands at ``now``; the closing instant itself is already closed."""
    if times.ended_at is not None:
        return Standing.ENDED
    if times.decided_at is not None:
        return Standing.ENOUGH if times.enough else Standing.TOO_FEW
    if times.reviewed_at is not None:
        return Standing.REVIEWED
    if times.opened_at is not None:
        return Standing.OPENED
    if times.published_at is None or times.closes_at is None:
        return Standing.SUBMITTED if times.submitted_at is not None else Standing.DRAFT
    return Standing.OPEN if now < times.closes_at else Standing.CLOSED


def require_open(times: Times, at: datetime) -> None:
    """Raise ``NotTaken`` for what arrives ``at`` or after the deadline, and for what comes when nothing is taken."""
    if standing(times, at) is not Standing.OPEN:
        raise NotTaken(closes=_second(times.closes_at), at=_second(at))


def require_openable(times: Times, now: datetime) -> None:
    """Raise ``NotYetOpen`` before the deadline and for a moment after it."""
    if times.closes_at is None or now < times.closes_at + SETTLES:
        raise NotYetOpen(closes=_second(times.closes_at))


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first lawful days: until when documents are on offer, and for the deadline."""

    available_until_on: date
    closes_on: date


def earliest(
    figures: Figures,
    published_on: date,
    calendar: Calendar,
    *,
    after_offer: bool,
    offered_to: date | None = None,
) -> Earliest:
    """What the figures allow for a notice of ``published_on``.

    ``after_offer``: the days for applications run from the end of the offer (条例 17), and not from the notice (采购条例
    21). ``offered_to`` is that end where it is chosen already. A deadline is proposed on a working day.
    """
    first = end_of(figures[AVAILABLE], published_on, calendar) if AVAILABLE in figures else published_on
    last = offered_to or first
    ends = [published_on + timedelta(days=1), last]
    if APPLICATION in figures:
        ends.append(end_of(figures[APPLICATION], last if after_offer else published_on, calendar))
    if NOTICE in figures:
        ends.append(end_of(figures[NOTICE], published_on, calendar))
    return Earliest(first, next_working_day(max(ends), calendar))


def check_dates(
    figures: Figures,
    published_on: date,
    calendar: Calendar,
    *,
    after_offer: bool,
    available_until_on: date,
    closes_at: datetime,
    now: datetime,
) -> list[Problem]:
    """What stands against the dates of a notice that is published on ``published_on``."""
    closes_on = closes_at.astimezone(SHANGHAI).date()
    out = []
    if closes_at.second or closes_at.microsecond:
        out.append(Problem(NotAWholeMinute(field="closes_at")))
    if closes_at <= now:
        out.append(Problem(DeadlinePassed(field="closes_at", given=_second(closes_at)[:-3])))
    if available_until_on > closes_on:
        given = available_until_on.isoformat()
        out.append(Problem(OfferAfterDeadline(field="available_until_on", given=given)))
    figure = figures.get(AVAILABLE)
    if figure is not None:
        first = end_of(figure, published_on, calendar)
        if available_until_on < first:
            said = _said(figure, available_until_on, first)
            out.append(
                Problem(AvailableTooShort(field="available_until_on", **said), figure.blocks, figure, first)
            )
    since = {
        APPLICATION: (available_until_on, N_("停止提供文件之日"))
        if after_offer
        else (published_on, N_("公告发布之日")),
        NOTICE: (published_on, N_("公告发布之日")),
    }
    for name, (start, words) in since.items():
        figure = figures.get(name)
        if figure is None:
            continue
        first = end_of(figure, start, calendar)
        if closes_on < first:
            said = _said(figure, closes_on, first)
            refusal = ApplicationsTooShort(field="closes_at", since=words, **said)
            out.append(Problem(refusal, figure.blocks, figure, first))
    return out


def last_days(figures: Figures, closes_at: datetime, calendar: Calendar) -> dict[str, date]:
    """Until when what others may still do before the deadline: objections, and changes of the documents."""
    closes_on = closes_at.astimezone(SHANGHAI).date()
    return {
        name: latest_before(figures[name], closes_on, calendar)
        for name in (OBJECTION, CLARIFICATION)
        if name in figures
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one application: ``passed`` is None as long as nobody has said."""

    name: str
    passed: bool | None
    reason: str = ""


def check_verdicts(verdicts: Sequence[Verdict]) -> None:
    """Every application has its verdict, and every failure its reason. Raises ``VerdictMissing``, ``ReasonMissing``."""
    for each in verdicts:
        if each.passed is None:
            raise VerdictMissing(name=each.name)
        if not each.passed and not each.reason.strip():
            raise ReasonMissing(name=each.name)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the committee, as the agency wrote the line."""

    said: str

    @property
    def is_expert(self) -> bool:
        """Whether the line ends by saying so."""
        return self.said.rstrip("。 ）)").endswith("专家")


def members(text: str) -> list[Member]:
    """One a line."""
    return [Member(" ".join(line.split())) for line in text.splitlines() if line.strip()]


def check_committee(found: Sequence[Member], figures: Figures) -> None:
    """As many, and as many experts among them, as an evaluation committee has (条例 18 第2款, 招标投标法 37).

    Raises ``CommitteeTooSmall``, ``TooFewExperts``.
    """
    least, thirds = figures.get("panel-min"), figures.get("panel-experts")
    count = len(found)
    if least is not None and (count < least.value or count % 2 == 0):
        raise CommitteeTooSmall(field="committee", least=least.value, count=count, article=cite(least))
    experts = sum(each.is_expert for each in found)
    if thirds is not None and experts * 3 < thirds.value * count:
        raise TooFewExperts(
            field="committee",
            thirds=_THIRDS[thirds.value],
            count=count,
            experts=experts,
            article=cite(thirds),
        )


_THIRDS = {1: "一", 2: "二", 3: "三"}


def is_enough(passed: int, figures: Figures) -> bool:
    """Whether as many passed as the law wants; with fewer it is begun again (条例 19)."""
    least = figures.get(LEAST)
    return passed >= (least.value if least is not None else 1)


def _said(figure: Figure, given: date, first: date) -> dict[str, object]:
    unit = N_("个工作日") if figure.unit == "working-day" else N_("日")
    return {
        "given": given.isoformat(),
        "article": cite(figure),
        "count": figure.value,
        "unit": unit,
        "earliest": first.isoformat(),
    }


def _second(instant: datetime | None) -> str:
    return "—" if instant is None else f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
