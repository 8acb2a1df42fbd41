"""The steps of a sitting, and its refusals. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bidding.core.errors import N_, DomainError
from bidding.submissions.rules import GateState
from bidding.tenders.kinds import Family

#: How long before the deadline tenderers may sign in.
SIGN_IN_OPENS = timedelta(hours=1)
#: How long after the sheets opened a hall in which nobody hosts counts as reading out.
READING = timedelta(hours=2)
MAX_WORDS = 1000
MAX_NAME = 60


class Way(Enum):
    """How somebody takes part."""

    REMOTE = "remote"
    ROOM = "room"


WAY_WORDS: dict[Way, str] = {Way.REMOTE: N_("远程参加"), Way.ROOM: N_("到场")}


class Capacity(Enum):
    """As what somebody signs the record."""

    HOST = "host"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    TENDERER = "tenderer"


#: Each is filled with ``tenderer``, the word of the tender's law.
CAPACITY_WORDS: dict[Capacity, str] = {
    Capacity.HOST: N_("主持人"),
    Capacity.SUPERVISOR: N_("监督人"),
    Capacity.ADMINISTRATOR: N_("记录人"),
    Capacity.TENDERER: N_("%(tenderer)s代表"),
}


def capacity_of(capacity: Capacity, tenderer: str) -> str:
    """The same on paper, in Chinese; ``tenderer`` is what the tender's law calls one."""
    return CAPACITY_WORDS[capacity] % {"tenderer": tenderer}


class Step(Enum):
    """The steps of the hall, in their order. At a later opening nothing closes, and the list says who passed."""

    SIGN_IN = "sign-in"
    CLOSE = "close"
    LIST = "list"
    OPEN = "open"
    READ = "read"
    LINES = "lines"
    OBJECTIONS = "objections"
    SIGN = "sign"
    END = "end"


STEP_WORDS: dict[Step, str] = {
    Step.SIGN_IN: N_("签到"),
    Step.CLOSE: N_("截止"),
    Step.LIST: N_("公布名单"),
    Step.OPEN: N_("开箱"),
    Step.READ: N_("唱标"),
    Step.LINES: N_("确认"),
    Step.OBJECTIONS: N_("异议"),
    Step.SIGN: N_("签字"),
    Step.END: N_("结束"),
}


#: What the steps are called at a later opening; those it has, in their order.
LATER_STEP_WORDS: dict[Step, str] = {
    Step.SIGN_IN: STEP_WORDS[Step.SIGN_IN],
    Step.LIST: N_("公布结果"),
    Step.OPEN: N_("开报价"),
    Step.READ: STEP_WORDS[Step.READ],
    Step.LINES: STEP_WORDS[Step.LINES],
    Step.OBJECTIONS: STEP_WORDS[Step.OBJECTIONS],
    Step.SIGN: STEP_WORDS[Step.SIGN],
    Step.END: STEP_WORDS[Step.END],
}


#: Where nothing is read out to anybody there is no sitting, and the box is opened without one.
QUIET_STEP_WORDS: dict[Step, str] = {
    Step.CLOSE: STEP_WORDS[Step.CLOSE],
    Step.OPEN: N_("受托人开启"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides where a sitting stands. ``told``: the close is public, or at a later opening who passed; ``rows``:
    sheets and verdicts to read.
    """

    state: GateState
    told: bool
    nothing: bool = False
    listed: bool = False
    opened_at: datetime | None = None
    rows: int = 0
    read: int = 0
    lines_closed: bool = False
    recorded: bool = False
    ended: bool = False


def step(standing: Standing) -> Step:
    """The step that is under way; ``END`` when it is over."""
    if standing.ended:
        return Step.END
    if standing.recorded:
        return Step.SIGN
    if standing.lines_closed:
        return Step.OBJECTIONS
    if standing.state is GateState.OPENED:
        return Step.READ if standing.read < standing.rows else Step.LINES
    if standing.told:
        return Step.OPEN if standing.listed or standing.state is GateState.OPENING else Step.LIST
    return Step.SIGN_IN if standing.state is GateState.OPEN else Step.CLOSE


def is_idle(standing: Standing, now: datetime) -> bool:
    """Whether nobody hosts: the sheets are open for hours and not one was read out here. Nothing is under way then."""
    return (
        standing.opened_at is not None
        and standing.read == 0
        and not standing.listed
        and now - standing.opened_at >= READING
    )


#: What follows where fewer sheets than are needed could be read, by the tender's law; its article (``by``) stands in the rulebook.
SHORT_AFTER: dict[Family, str] = {
    Family.WORKS: N_("解封后可以唱标的不足 %(least)s 家。由招标人按招标文件处理，一般重新招标。"),
    Family.PROCUREMENT: N_("解封后可以唱标的不足 %(least)s 家，应予废标，重新组织采购（%(by)s）。"),
    Family.PROPERTY: N_("解封后可以唱标的不足 %(least)s 家。流拍，由转让（出租）方重新公告。"),
    Family.LOCAL: N_("解封后可以唱标的不足 %(least)s 家。由比选人按比选文件处理。"),
}
#: The same where suppliers respond and nothing is read out.
RESPONSES_SHORT = N_("解封后有效的不足 %(least)s 家，终止采购活动，重新开展采购（%(by)s）。")


class NoMeeting(DomainError):
    """Offers of this method are read out to nobody, so there is no sitting."""

    code = "sitting.no_meeting"
    text = N_(
        "这个项目不公开唱标，没有开标会：谈判（磋商）期间不得透露供应商的名称、报价和其他信息（%(by)s）。开启的内容在项目的“谈判和报价轮次”页看。"
    )


def require_meeting(quiet: str) -> None:
    """``quiet`` is the text that keeps offers from being read out. Raises ``NoMeeting``."""
    if quiet:
        raise NoMeeting(by=quiet)


class TooEarlyToSignIn(DomainError):
    """The doors are not open yet."""

    code = "sitting.too_early"
    text = N_("签到从 %(opens)s 开始，截止前一小时开放。请到时再来，或者先看公告。")


class TooEarlyForPrices(DomainError):
    """The doors of the second opening are not open yet."""

    code = "sitting.too_early_for_prices"
    text = N_("报价开标会的签到从 %(opens)s 开始，开标前一小时开放。请到时再来。")


class TooEarlyForResult(DomainError):
    """Who passed is announced at the second opening."""

    code = "sitting.too_early_for_result"
    text = N_(
        "报价开标时间是 %(opens)s，评审结果到时才公布。请到时再公布；要推迟的，在“报价开标时间”页办理。"
    )


class Unfinished(DomainError):
    """One sitting after the other."""

    code = "sitting.unfinished"
    text = N_("技术开标会还没有结束。请先形成技术开标记录，主持人和监督人签字，结束以后再开报价开标会。")


class NotAcknowledged(DomainError):
    """Nobody signs in without having acknowledged the rules of conduct."""

    code = "sitting.not_acknowledged"
    text = N_("请先读开标会纪律，并勾选“我已阅读并遵守”，再签到。")
    status = 422


class NameMissing(DomainError):
    """Who takes part has a name."""

    code = "sitting.name_missing"
    text = N_("请填写参加人的姓名，最多 %(most)s 个字。")
    status = 422


class WordsMissing(DomainError):
    """An objection, an answer or a reason without words."""

    code = "sitting.words_missing"
    text = N_("请写明内容，最多 %(most)s 个字；它会写进开标记录。")
    status = 422


class NotListed(DomainError):
    """The list holds no bid of this tenderer."""

    code = "sitting.not_listed"
    text = N_("公布的名单里没有您单位，不能确认、提出异议和签字。您仍然可以旁观全过程。")
    status = 403


class NotPresent(DomainError):
    """Only who signed in confirms, objects and signs."""

    code = "sitting.not_present"
    text = N_("您单位还没有签到。请先阅读纪律并签到，再办理这一步。")


class OutOfTurn(DomainError):
    """The step does not fit the sitting as it stands."""

    code = "sitting.out_of_turn"
    text = N_("现在轮不到这一步：开标会已经走到别处，可能有人刚刚办过。请刷新页面，按页面上的下一步办理。")


class Suspended(DomainError):
    """The sitting is suspended."""

    code = "sitting.suspended"
    text = N_(
        "开标会已暂停：%(reason)s。复会前不收份额，也不进行任何一步。复会要由两个人办理，其中一人是监督人员。"
    )


class Unanswered(DomainError):
    """The record is closed only when every objection has its answer."""

    code = "sitting.unanswered"
    text = N_("还有 %(count)s 件异议没有答复。请主持人先在“现场异议”里逐件答复，再形成开标记录。")


class NeedsSupervisor(DomainError):
    """Of the two persons one has to be a supervisor."""

    code = "sitting.needs_supervisor"
    text = N_("暂停和复会要由两个人办理，其中一人必须是监督人员。请监督人员来确认。")
    status = 403


class OtherRecord(DomainError):
    """The record that was shown is not the one to be signed."""

    code = "sitting.other_record"
    text = N_("您看到的开标记录不是现在待签的这一份。请刷新页面，核对 SHA-256 后再签。")


class OtherName(DomainError):
    """A signature is one's own name."""

    code = "sitting.other_name"
    text = N_("签字要写您本人的姓名：%(name)s。请照账号上的姓名填写。")
    status = 422


class SignedAlready(DomainError):
    """One signature each."""

    code = "sitting.signed_already"
    text = N_("您已经签过这份开标记录，不需要再签。")


class NotSignedYet(DomainError):
    """Host and supervisor sign before the end."""

    code = "sitting.not_signed"
    text = N_("主持人和监督人都签字以后才能结束开标会。还缺：%(who)s。")
