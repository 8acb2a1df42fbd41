"""Which addresses are taken, and how one is shown to be one's own. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError, Invalid

CODE_LASTS = timedelta(minutes=30)
CODE_TRIES = 5
#: Codes that one account has sent by one channel within a day.
CODES_A_DAY = 5
DAY = timedelta(hours=24)

# One plain address, of ASCII signs that are never part of a header's syntax. The server of its domain decides the rest.
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_MOBILE = re.compile(r"\+?[0-9]{6,15}")


class NotAnAddress(Invalid):
    """What was typed is no e-mail address."""

    code = "messages.not_an_address"
    text = N_("这不是一个邮箱地址。请填写一个，例如 name@example.com。")


class NotAMobile(Invalid):
    """What was typed is no mobile number."""

    code = "messages.not_a_mobile"
    text = N_("手机号码用 6 到 15 位数字，境外号码前面加 + 和国家代码。")


class WrongCode(Invalid):
    """Not the code that was sent, or no longer."""

    code = "messages.wrong_code"
    text = N_(
        "确认码不对，或者已经过期。请核对最近收到的一条；%(minutes)s 分钟内有效，输错 %(tries)s 次后要重新发送。"
    )


class TooManyCodes(DomainError):
    """As many codes as a day allows have been sent."""

    code = "messages.too_many_codes"
    text = N_("24 小时内最多发送 %(most)s 次确认码。请核对地址，明天再试，或者打服务热线。")
    status = 429


class ChannelClosed(DomainError):
    """The centre has no server for this way."""

    code = "messages.channel_closed"
    text = N_("中心没有开通这种通知设置。站内消息照常收到；要紧的事，中心会打登记的电话。")


def email(typed: str) -> str:
    """An e-mail address without the spaces around it. Raises ``NotAnAddress``."""
    address = typed.strip()
    local = address.rpartition("@")[0]
    if len(address) > 254 or len(local) > 64 or not _EMAIL.fullmatch(address):
        raise NotAnAddress(field="address")
    return address


def mobile(typed: str) -> str:
    """A mobile number: digits, with a + before a country's code. Raises ``NotAMobile``."""
    number = re.sub(r"[ ()（）-]", "", typed)
    if not _MOBILE.fullmatch(number):
        raise NotAMobile(field="address")
    return number


def new_code(entropy: Entropy) -> str:
    """Six digits."""
    return f"{int.from_bytes(entropy.bytes(8), 'big') % 1_000_000:06}"


def digest(account_uid: str, address: str, code: str) -> str:
    """What is stored of a code: it counts for this account and this address only."""
    return hashlib.sha256("\0".join((account_uid, address, code)).encode()).hexdigest()


def may_send(codes_sent: int, since: datetime | None, now: datetime) -> bool:
    """Whether one more code may go out."""
    return since is None or now >= since + DAY or codes_sent < CODES_A_DAY
