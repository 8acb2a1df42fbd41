"""How a message to the province goes its way: states, pauses, what is refused. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from bidding.core.errors import N_, DomainError

#: After the first failure, doubled with each one, up to the most: a platform may be away for a weekend.
FIRST_PAUSE, MOST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
#: How long until it is asked what became of a message that was taken and not acknowledged.
ASK_AGAIN = timedelta(minutes=10)
#: Failures of one message, while the receiver answers, before a person looks at it.
MOST_ATTEMPTS = 8
MOST_WORDS = 500


class State(StrEnum):
    """Where a message is."""

    PENDING = "pending"
    INCOMPLETE = "incomplete"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ERROR = "error"
    DROPPED = "dropped"


WORDS: dict[State, str] = {
    State.PENDING: N_("等待发送"),
    State.INCOMPLETE: N_("缺字段"),
    State.SENT: N_("已发送，等回执"),
    State.ACKNOWLEDGED: N_("已收妥"),
    State.ERROR: N_("出错，要人处理"),
    State.DROPPED: N_("不报"),
}
#: What keeps the later messages of its project waiting: the province wants a project before its lots.
HOLDS_BACK = (State.PENDING, State.INCOMPLETE, State.ERROR)
#: What is no longer on its way, and may be sent anew as another message.
OVER = (State.SENT, State.ACKNOWLEDGED, State.ERROR, State.DROPPED)


class NotWaiting(DomainError):
    """A message that is no longer where the act begins."""

    code = "province.not_waiting"
    text = N_("这一条现在不能这样办。请刷新页面，看看是否已有人办理。")


class ReasonMissing(DomainError):
    """A message is left out without a word why."""

    code = "province.reason_missing"
    text = N_("请写明为什么不报这一条，最多 %(most)s 个字；监督人员看得到。")
    status = 422


class AnswerDoesNotFit(DomainError):
    """What was filled in does not fit the province's type."""

    code = "province.answer_does_not_fit"
    text = N_("“%(name)s”填得不合省里的格式：%(fault)s")
    status = 422


class NothingToExport(DomainError):
    """No message is ready."""

    code = "province.nothing_to_export"
    text = N_("没有可以导出的数据：都报过了，或者缺字段。请先补齐标着“缺字段”的。")


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures, from 1."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 16)), MOST_PAUSE)
