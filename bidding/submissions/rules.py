"""When a sealed bid is in time, and what may follow which state. Pure (protocol §5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from bidding.core.errors import N_, DomainError, WrongState

#: How long the closer waits at most for messages stamped before the deadline (protocol §5: that delay is ours).
DRAIN = timedelta(seconds=10)
#: How long it waits at least, so that a message that only waits for its turn to be stamped gets it.
SETTLE = timedelta(seconds=1)
#: A clock that goes back by more than this raises an alarm (protocol §5).
STEP_BACK = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


class GateState(Enum):
    """Where a project's gate stands. There is no way back but a published extension."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    OPENING = "opening"
    OPENED = "opened"
    #: The tender was terminated: nothing comes in, and what is in stays sealed for ever.
    SHUT = "shut"


class BidState(Enum):
    """What became of an accepted bid."""

    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class NoWayBack(DomainError):
    """The deadline can no longer move."""

    code = "submission.no_way_back"
    text = N_(
        "截止时间不能再动：%(why)s。封箱公布、家数不足或者开箱以后都不能延期。需要重新组织的，请终止本项目。"
    )


class TooLate(DomainError):
    """The last byte came at or after the deadline."""

    code = "submission.too_late"
    text = N_(
        "截止时间是 %(closes)s，最后一个字节到达的时间是 %(stamp)s。截止时间到达即不再接收，以平台服务器时钟为准。"
    )


class Terminated(TooLate):
    """The tender was terminated before it came."""

    code = "submission.terminated"
    text = N_("本项目已经终止，不再接收，没有收下这一份。已递交的不会打开。原因和退款办法见终止公告。")


class Incomplete(DomainError):
    """An armed bid whose last file was not durable before the deadline."""

    code = "submission.incomplete"
    text = N_(
        "到截止时间 %(closes)s，这一份已签名待收齐，还有文件没有上传完，按未递交处理。原先有效的（如有）不受影响。"
    )


class BeingDecided(DomainError):
    """Every file of an armed bid is here and it has its stamp: what it becomes is a matter of a moment."""

    code = "submission.being_decided"
    text = N_("本单位已有一份收齐并盖了时间戳，正在登记。请刷新页面，等看到结果再操作。")


class AlreadyBid(DomainError):
    """The tenderer has an effective bid in the lot and did not say that this one replaces it."""

    code = "submission.already_bid"
    text = N_("本单位已有一份有效的。要替换它，请用原来那一份的密钥文件重新签封（bidding seal --replaces）。")


class NotEffective(DomainError):
    """The bid to be replaced or withdrawn is no longer effective."""

    code = "submission.not_effective"
    text = N_("这一份已经被替换或撤回，不能再次替换或撤回。请在“我的递交”里查看现在有效的那一份。")


class Replayed(DomainError):
    """A manifest that was accepted before is sent again under another key."""

    code = "submission.replayed"
    text = N_("这个签封包先前已经递交过。要修改，请重新签封；要回执，请到“我的递交”下载。")


def in_time(stamp: datetime, *, state: GateState, closes_at: datetime) -> bool:
    """Whether a message counts: stamped before the deadline, and the gate has not been closed over it.

    Half-open: the closing instant itself is too late. CLOSING still drains what was stamped before.
    """
    return stamp < closes_at and state in (GateState.OPEN, GateState.CLOSING)


def stamp(arrived_at: datetime, last: datetime | None) -> datetime:
    """The stamp of a message: when its last byte was here, and later than every stamp before it.

    A clock that was set back therefore lets nothing overtake, and makes nothing late (protocol §5, Clock).
    """
    return arrived_at if last is None else max(arrived_at, last + TICK)


def stepped_back(now: datetime, last: datetime | None) -> bool:
    """Whether the clock has been set back so far that somebody must look at it."""
    return last is not None and last - now > STEP_BACK


def may_close(now: datetime, *, state: GateState, closing_at: datetime | None, waiting: int) -> bool:
    """Whether the close record may be written: the gate has been closing for a moment, and nothing that was
    stamped in time is still under way; or the drain is over.
    """
    if state is not GateState.CLOSING or closing_at is None or now < closing_at + SETTLE:
        return False
    return waiting == 0 or now >= closing_at + DRAIN


class Standing(Enum):
    """Whether a close may be settled, by what is known of outages and of the clock."""

    CLEAR = "clear"
    UNKNOWN = "unknown"
    HELD = "held"


def told(state: GateState, *, settled: bool, held: bool) -> bool:
    """Whether what the close says may be told: it stands, and no extension can void it any more."""
    if state in (GateState.OPENING, GateState.OPENED):
        return True
    if state is GateState.SHUT:
        return settled
    return state is GateState.CLOSED and settled and not held


def ended(state: BidState, becomes: BidState) -> BidState:
    """The state that follows a replacement or a withdrawal."""
    if becomes is BidState.EFFECTIVE:
        raise WrongState
    if state is not BidState.EFFECTIVE:
        raise NotEffective
    return becomes
