"""The one table of a tender's states and moves, and what each move asks of its notice. Pure.

States are what people decided; what time decides, open, closed, opened, lies inside ``PUBLISHED`` and is derived.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.submissions.rules import GateState
from bidding.tenders.kinds import Family, Method, Stage
from bidding.tenders.methods import preset

MOST_WORDS = 1000


class State(StrEnum):
    """Where a tender stands by what people decided."""

    DRAFT = "draft"
    PREQUALIFYING = "prequalifying"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    FAILED = "failed"
    TERMINATED = "terminated"
    RETENDERED = "retendered"


STATE_WORDS: dict[State, str] = {
    State.DRAFT: N_("起草中"),
    State.PREQUALIFYING: N_("资格预审中"),
    State.SUBMITTED: N_("等待复核"),
    State.PUBLISHED: N_("已发布"),
    State.SUSPENDED: N_("已暂停"),
    State.FAILED: N_("流标（废标）"),
    State.TERMINATED: N_("已终止"),
    State.RETENDERED: N_("已重新招标"),
}
#: What time and the opening decide inside ``PUBLISHED``; nobody moves a tender there.
DERIVED = (
    (N_("公告中"), N_("截止时间以前，收投标")),
    (N_("已截止"), N_("截止时间一到自动封箱；不足法定家数的标段流标")),
    (N_("已开标"), N_("开标时间到，受托人到齐，一览表同时打开")),
    (N_("结果公布"), N_("两人办理，每个标段一个结果")),
)


class Move(StrEnum):
    """What somebody does to a tender."""

    SUBMIT = "submit"
    RETURN = "return"
    PUBLISH = "publish"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESUME_LATER = "resume-later"
    TERMINATE = "terminate"
    FAIL = "fail"
    RETENDER = "retender"
    PREQUALIFY = "prequalify"
    QUALIFY = "qualify"
    FALL_SHORT = "fall-short"
    CALL_OFF = "call-off"


@dataclass(frozen=True, slots=True)
class Step:
    """One move: from where, to where, by whom, on what condition, by which article. Texts are keys of the catalogue."""

    sources: tuple[State, ...]
    target: State
    words: str
    who: str
    condition: str = ""
    #: Laws by their own names, each with its article.
    articles: tuple[tuple[str, str], ...] = ()


#: Laws by their own names.
TENDERING, RULES, PROCURING = "招标投标法", "招标投标法实施条例", "政府采购法"
PROCURING_RULES = "政府采购法实施条例"
PROCURING_BY_TENDER = "政府采购货物和服务招标投标管理办法"
NEGOTIATING = "政府采购非招标采购方式管理办法"  # 财政部令第74号
CONSULTING = "政府采购竞争性磋商采购方式管理暂行办法"  # 财库〔2014〕214号
_AGENCY = N_("代理机构一人")
_TWO = N_("代理机构一人起草，另一人或者中心管理员复核")
_TWO_OF_AGENCY = N_("代理机构一人审查，另一人复核")
_SIGNED = N_("代理机构和监督部门两席签名")

#: The table. Whatever is not in it cannot be done.
MOVES: dict[Move, Step] = {
    Move.SUBMIT: Step(
        (State.DRAFT,), State.SUBMITTED, N_("提交复核"), _AGENCY, N_("内容、期限、限额都合法，缺的一次告知")
    ),
    Move.RETURN: Step(
        (State.SUBMITTED,),
        State.DRAFT,
        N_("退回修改"),
        N_("代理机构另一人或者中心管理员"),
        N_("写明原因，一次说全"),
    ),
    Move.PUBLISH: Step(
        (State.SUBMITTED,),
        State.PUBLISHED,
        N_("发布公告"),
        N_("代理机构另一人或者中心管理员"),
        N_("再核对一遍；开箱组今天能开箱"),
        ((RULES, "15"),),
    ),
    Move.EXTEND: Step(
        (State.PUBLISHED,),
        State.PUBLISHED,
        N_("延期"),
        _SIGNED,
        N_("只能推后；没有开始开箱；封箱记录没有公布"),
        ((TENDERING, "23"),),
    ),
    Move.SUSPEND: Step(
        (State.PUBLISHED,),
        State.SUSPENDED,
        N_("暂停项目"),
        _TWO,
        N_("没有开始开箱；没有因故障暂停"),
        ((RULES, "22"), (RULES, "62"), (PROCURING, "57")),
    ),
    Move.RESUME: Step(
        (State.SUSPENDED,),
        State.PUBLISHED,
        N_("恢复项目"),
        _TWO,
        N_("截止时间没有在暂停期间过去"),
    ),
    Move.RESUME_LATER: Step(
        (State.SUSPENDED,),
        State.PUBLISHED,
        N_("恢复并延期"),
        _SIGNED,
        N_("截止时间已在暂停期间过去，或者剩下的时间不够"),
        ((TENDERING, "23"),),
    ),
    Move.TERMINATE: Step(
        (State.PUBLISHED, State.SUSPENDED),
        State.TERMINATED,
        N_("终止"),
        _TWO,
        N_("没有开始开箱；写明原因、退款办法；已递交的永远不打开"),
        ((RULES, "31"), (PROCURING_BY_TENDER, "29")),
    ),
    Move.FAIL: Step(
        (State.PUBLISHED,),
        State.FAILED,
        N_("公告流标（废标）"),
        _TWO,
        N_("有标段流标（废标）就公告，写明原因和下一步；每个标段都公告了，项目才到这一步"),
        ((TENDERING, "28"), (PROCURING, "36")),
    ),
    Move.RETENDER: Step(
        (State.FAILED, State.TERMINATED),
        State.RETENDERED,
        N_("重新招标"),
        _AGENCY,
        N_("新的草稿照抄原项目，两个项目互相链接"),
        ((RULES, "44"), (PROCURING, "37")),
    ),
    Move.PREQUALIFY: Step(
        (State.DRAFT,),
        State.PREQUALIFYING,
        N_("发布资格预审公告"),
        _TWO,
        N_("选了资格预审的才有；内容、期限都合法，项目内容从此到有结果以前不能改"),
        ((RULES, "15"), (PROCURING_RULES, "21")),
    ),
    Move.QUALIFY: Step(
        (State.PREQUALIFYING,),
        State.DRAFT,
        N_("确认资格预审结果，够法定家数"),
        _TWO_OF_AGENCY,
        N_("截止以后开启，逐家有结论，不通过的有理由；只有通过的能投标"),
        ((RULES, "18"), (RULES, "19")),
    ),
    Move.FALL_SHORT: Step(
        (State.PREQUALIFYING,),
        State.FAILED,
        N_("确认资格预审结果，不足法定家数"),
        _TWO_OF_AGENCY,
        N_("通过的少于三个，应当重新招标"),
        ((RULES, "19"),),
    ),
    Move.CALL_OFF: Step(
        (State.PREQUALIFYING,),
        State.FAILED,
        N_("终止资格预审"),
        _TWO,
        N_("没有结果以前；写明原因并公布，已递交的申请不再打开"),
        ((RULES, "31"),),
    ),
}


class NotInTable(DomainError):
    """A move that the table does not have from here."""

    code = "lifecycle.not_in_table"
    text = N_(
        "这个项目现在不能办这一步。请刷新页面，看看是否已有人办理；“项目状态和步骤”一页列着什么时候能办什么。"
    )


class OpeningBegun(DomainError):
    """Too late to suspend or to terminate: the box is being opened."""

    code = "lifecycle.opening_begun"
    text = N_(
        "已经开始开箱，不能再按公告暂停或者终止。开标会上的暂停在开标大厅办；开标以后的，按流标、废标办。"
    )


class OnHoldAlready(DomainError):
    """The opening is on hold for an outage."""

    code = "lifecycle.on_hold_already"
    text = N_("开标已因平台故障或者时钟不准暂停，标箱封着。请先在“截止时间”页延期或者解除，再办这一步。")


class DeadlineHasPassed(DomainError):
    """The deadline fell into the suspension: tenderers are owed a new one."""

    code = "lifecycle.deadline_has_passed"
    text = N_(
        "截止时间 %(closes)s 已在暂停期间过去，不能照旧恢复。请在“截止时间”页定新的时间，两席签名后自动恢复。"
    )


class NothingFailed(DomainError):
    """No lot failed that has not been announced."""

    code = "lifecycle.nothing_failed"
    text = N_("没有需要公告的流标（废标）标段：还没有流标，或者都公告过了。")


class WordsMissing(DomainError):
    """A notice that leaves out what it must say."""

    code = "lifecycle.words_missing"
    text = N_("请填写这一项，最多 %(most)s 个字；它会写进公告。")
    status = 422


class NoSuchBasis(DomainError):
    """An article that is not among those for this law and this move."""

    code = "lifecycle.no_such_basis"
    text = N_("请从列出的依据里选一个。")
    status = 422


class NoticeWaiting(DomainError):
    """A second notice while one waits for its second person."""

    code = "lifecycle.notice_waiting"
    text = N_("已有一份公告在等复核。请先发布或者撤下那一份。")


class RetenderedAlready(DomainError):
    """There is a new tender for this one."""

    code = "lifecycle.retendered_already"
    text = N_("这个项目已经重新招标，新项目的链接在页面上。")


def state_of(stage: Stage, *, failed: bool, followed: bool) -> State:
    """Where a tender stands. ``failed``: every lot's failure is announced; ``followed``: a new tender took its place.

    Too few that passed a prequalification are a failure as well (条例 19).
    """
    state = State.FAILED if stage is Stage.UNQUALIFIED else State(stage.value)
    if state is State.PUBLISHED and failed:
        state = State.FAILED
    return State.RETENDERED if followed and state in MOVES[Move.RETENDER].sources else state


def after(state: State, move: Move) -> State:
    """The state that follows. Raises ``NotInTable``."""
    step = MOVES[move]
    if state not in step.sources:
        raise NotInTable
    return step.target


def moves_from(state: State) -> tuple[Move, ...]:
    """What the table has from a state."""
    return tuple(move for move, step in MOVES.items() if state in step.sources)


# Notices ---------------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """The notices of this domain; the word is also the ``kind`` of the leaf in the tender's log."""

    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    TERMINATION = "termination"
    FAILURE = "failure"


MOVE_OF: dict[Kind, Move] = {
    Kind.SUSPENSION: Move.SUSPEND,
    Kind.RESUMPTION: Move.RESUME,
    Kind.TERMINATION: Move.TERMINATE,
    Kind.FAILURE: Move.FAIL,
}
TITLES: dict[Kind, str] = {
    Kind.SUSPENSION: N_("暂停公告"),
    Kind.RESUMPTION: N_("恢复公告"),
    Kind.TERMINATION: N_("终止公告"),
    Kind.FAILURE: N_("流标公告"),
}
#: In government procurement the whole procedure is voided (采购法 36), elsewhere it fails.
VOIDED = N_("废标公告")
#: What is sold or let, or compared by the county's own rule, has words of its own for it.
_FELL_THROUGH = {Family.PROPERTY: N_("流拍公告"), Family.LOCAL: N_("比选失败公告")}
_NOT_LET = N_("流租公告")


def title(kind: Kind, family: Family, method: Method | None = None) -> str:
    """The notice's name in the words of its law.

    What is bought without a tender is not voided: it is terminated, whatever came of it (财政部令第74号 37; 财库〔2014〕214号 34).
    """
    if kind is Kind.FAILURE and method is not None and preset(family, method).rounds:
        return TITLES[Kind.TERMINATION]
    if kind is not Kind.FAILURE:
        return TITLES[kind]
    if method is Method.LEASE:
        return _NOT_LET
    return VOIDED if family is Family.PROCUREMENT else _FELL_THROUGH.get(family, TITLES[kind])


@dataclass(frozen=True, slots=True)
class Situation:
    """What a notice hangs on, as the tender stands now."""

    state: State
    gate: GateState
    closes_at: datetime
    #: Since when the opening is on hold, whatever put it there.
    held_at: datetime | None
    #: Codes of the lots that failed and were not announced.
    unannounced: Collection[str]


def check(kind: Kind, found: Situation, now: datetime) -> None:
    """Raise what stands against publishing such a notice now; nothing does: nothing is raised."""
    after(found.state, MOVE_OF[kind])
    if kind in (Kind.SUSPENSION, Kind.TERMINATION):
        _check_sealed(kind, found)
    if kind is Kind.RESUMPTION and deadline_passed(found, now):
        raise DeadlineHasPassed(closes=f"{found.closes_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    if kind is Kind.FAILURE and not found.unannounced:
        raise NothingFailed


def deadline_passed(found: Situation, now: datetime) -> bool:
    """Whether the deadline fell into the hold that is on: nobody could rely on it any more."""
    return found.held_at is not None and found.held_at < found.closes_at <= now


def _check_sealed(kind: Kind, found: Situation) -> None:
    if found.gate not in (GateState.OPEN, GateState.CLOSING, GateState.CLOSED):
        raise OpeningBegun
    if kind is Kind.SUSPENSION and found.held_at is not None:
        raise OnHoldAlready


def possible(found: Situation, now: datetime) -> tuple[Kind, ...]:
    """The notices that could be published now."""
    return tuple(kind for kind in Kind if _holds(kind, found, now))


def _holds(kind: Kind, found: Situation, now: datetime) -> bool:
    try:
        check(kind, found, now)
    except DomainError:
        return False
    return True
