"""When a sign-in lives, waits or is refused, what a password must be, and how a filing stands. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_, DomainError, Invalid

#: reliability.md: at least 12 characters, 15 for everybody who is not a tenderer.
SHORTEST = 12
SHORTEST_OF_STAFF = 15
#: Long enough for any sentence; a limit, because hashing costs.
LONGEST = 128
#: What must be left of a password once every word that could be guessed has been taken out of it.
_OWN_SIGNS = 6
_DIFFERENT_SIGNS = 6


class TooManyAttempts(DomainError):
    """Sign-in is closed to this browser or address for a while."""

    code = "identity.too_many_attempts"
    text = N_(
        "密码输错的次数太多。请在 %(minutes)s 分钟后再试；着急的，可以换一台登录过的电脑，"
        "或者到窗口请管理员重新发放登录链接。"
    )
    status = 429


class WrongPassword(DomainError):
    """No such account, a wrong password, a disabled account: nobody is told which."""

    code = "identity.wrong_password"
    text = N_("登录名或密码不对。请核对后再试。")
    status = 422


class WrongCurrentPassword(Invalid):
    """The signed-in person typed the present password wrong."""

    code = "identity.wrong_current_password"
    text = N_("现在的密码不对。请再输入一次。")


class TooManyRegistrations(DomainError):
    """Registering is closed to this address for a while."""

    code = "identity.too_many_registrations"
    text = N_("从这里登记的单位太多了。请在 %(minutes)s 分钟后再试，或者到窗口办理。")
    status = 429


class PasswordTooShort(Invalid):
    """Fewer characters than the account needs."""

    code = "identity.password_short"
    text = N_("密码至少要 %(least)s 个字符，您填了 %(count)s 个。可以用一句只有自己知道的话，也可以粘贴。")


class PasswordTooLong(Invalid):
    """More characters than anybody remembers."""

    code = "identity.password_long"
    text = N_("密码最多 %(most)s 个字符。")


class PasswordGuessable(Invalid):
    """Made of common words, of the account's own names, or of few different signs."""

    code = "identity.password_guessable"
    text = N_(
        "这个密码容易被猜到：去掉常见的词、您的姓名、登录名和单位名称后，剩下的不到 %(least)s 个字符。请换一个。"
    )


class PasswordRepeats(Invalid):
    """The same few signs over and over."""

    code = "identity.password_repeats"
    text = N_("这个密码里不同的字符太少，至少要有 %(least)s 种。请换一个。")


class Standing(StrEnum):
    """How an organisation's filing stands."""

    UNFILED = "unfiled"
    WAITING = "waiting"
    RETURNED = "returned"
    APPROVED = "approved"


STANDING_WORDS: dict[Standing, str] = {
    Standing.UNFILED: N_("材料未齐"),
    Standing.WAITING: N_("等待窗口审核"),
    Standing.RETURNED: N_("已退回补正"),
    Standing.APPROVED: N_("审核通过"),
}

#: The lamp beside the word (look: ``sl-lamp is-*``).
STANDING_LAMPS: dict[Standing, str] = {
    Standing.UNFILED: "idle",
    Standing.WAITING: "now",
    Standing.RETURNED: "soon",
    Standing.APPROVED: "done",
}


def standing(*, complete: bool, returned: bool, approved: bool) -> Standing:
    """Where a filing stands; approval outweighs the rest, a return stands until the papers are sent again."""
    if approved:
        return Standing.APPROVED
    if returned:
        return Standing.RETURNED
    return Standing.WAITING if complete else Standing.UNFILED


@dataclass(frozen=True, slots=True)
class Throttle:
    """How many failures of one account from one place, and of one place, are let pass within a window."""

    window: timedelta
    pair: int
    address: int


def opens_at(
    throttle: Throttle, *, pair: Sequence[datetime], address: Sequence[datetime], now: datetime
) -> datetime | None:
    """When the next attempt is let through: None means now.

    ``pair`` and ``address`` are the instants of failures within the window. A place is closed until the oldest
    failure that still fills its count falls out of the window. Nothing counts against an *account* alone: else a
    rival could lock a tenderer out by failing on purpose in the last hour.
    """
    waits = [
        sorted(failures)[-limit] + throttle.window
        for failures, limit in ((pair, throttle.pair), (address, throttle.address))
        if len(failures) >= limit
    ]
    latest = max(waits, default=now)
    return latest if latest > now else None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts: without a page being asked for, and at the latest."""

    idle: timedelta
    absolute: timedelta


def alive(lifetime: Lifetime, *, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a sign-in still holds; both limits are half-open."""
    return now - last_seen_at < lifetime.idle and now - created_at < lifetime.absolute


_BROWSERS = (
    ("micromessenger", N_("微信")),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("qqbrowser", N_("QQ 浏览器")),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("harmony", "HarmonyOS"),
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("uos", N_("统信 UOS")),
    ("kylin", N_("麒麟")),
    ("linux", "Linux"),
)


def browser_parts(user_agent: str) -> list[str]:
    """Browser and system as their user knows them, from the header; what is not recognised is left out.

    Only a help to tell one's own sign-ins apart: the header says what the browser likes.
    """
    plain = user_agent.lower()
    found = (next((words for sign, words in table if sign in plain), None) for table in (_BROWSERS, _SYSTEMS))
    return [words for words in found if words is not None]


def shortest_password(roles: Collection[Role]) -> int:
    """How many characters an account with these roles needs."""
    return SHORTEST if frozenset(roles) == {Role.TENDERER} else SHORTEST_OF_STAFF


def normal_password(password: str) -> str:
    """The password as it is hashed: the same sentence from any keyboard (NFKC, as NIST SP 800-63B advises)."""
    return unicodedata.normalize("NFKC", password)


def check_password(
    password: str, *, roles: Collection[Role], guessable: Iterable[str], own_words: Iterable[str]
) -> None:
    """Refuse a password that is too short, too long, or made of what anybody would try first.

    ``guessable`` are common words; ``own_words`` the account's login, names and organisation.
    Raises ``Invalid`` with ``field="password"``.
    """
    plain = normal_password(password)
    least = shortest_password(roles)
    if len(plain) < least:
        raise PasswordTooShort(least=least, count=len(plain), field="password")
    if len(plain) > LONGEST:
        raise PasswordTooLong(most=LONGEST, field="password")
    if len(set(plain.lower())) < _DIFFERENT_SIGNS:
        raise PasswordRepeats(least=_DIFFERENT_SIGNS, field="password")
    left = plain.lower()
    words = {normal_password(word).lower() for word in (*guessable, *own_words)}
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 2 or not word.isascii():
            left = left.replace(word, "") if word else left
    if len(left) < _OWN_SIGNS:
        raise PasswordGuessable(least=_OWN_SIGNS, field="password")
