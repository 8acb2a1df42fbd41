"""Answering the message of time and place by its link: what the link is, how long it holds, what may be answered. Pure."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from bidding.core.entropy import Entropy, new_uid
from bidding.core.errors import N_, DomainError
from bidding.experts.calls import REASONS, Answer
from bidding.experts.rules import Step

#: Of 31 signs each: some 133 bits, which nobody finds by trying, so that nothing has to be counted or locked.
TOKEN_SIGNS = 27

#: How somebody was reached who answered by the link, in the record of the call.
BY_LINK = N_("短信链接")

#: What the record of such a call has for words. The page takes none: whoever writes might write their name.
WORDS = "收到短信的人在链接页上自己答复，页面不收文字说明"

ANSWERS = (Answer.ACCEPT, Answer.DECLINE)

#: The reasons of whoever declines, as the page says them, in the order of ``REASONS``.
REASON_LABELS = (N_("时间冲突"), N_("不在本地"), N_("健康原因"), N_("其他原因"))


class Settled(DomainError):
    """Answered already, by whomever; somebody else's turn by now; or the evaluation has begun."""

    code = "draw.reply_settled"
    text = N_("这条链接已经不用了：答复已经登记，或者评审时间已到。需要联系的，请致电中心。")


def new_token(entropy: Entropy) -> str:
    """What stands in the link: small letters and digits that nobody confuses, so that it can be typed from an SMS."""
    return new_uid(entropy, TOKEN_SIGNS)


def digest(token: str) -> str:
    """What is kept of a link."""
    return sha256(token.encode()).hexdigest()


def holds(now: datetime, evaluation_at: datetime, step: Step) -> bool:
    """Whether a link can still be answered by, as far as time and the draw go; the instant itself is too late."""
    return step is Step.DRAWN and now < evaluation_at


def is_answer(answer: Answer, reason: str) -> bool:
    """Whether this can be answered by a link: to come, or one of the reasons why not."""
    return answer in ANSWERS and (reason in REASONS[answer] if answer in REASONS else not reason)
