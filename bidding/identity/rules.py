"""When a sign-in lives, waits or is refused, what a password must be, who needs more than one, and how a filing stands.

Pure.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """The next attempt from here has to wait a little first; then it is let through, whatever others do."""

    code = "identity.too_many_attempts"
    text = N_(
        "从这里输错密码的次数太多，所以每次要先等一等。请在 %(seconds)s 秒后再按一次，那一次就会受理。"
        "着急的，可以用通行密钥，填一个恢复码，或者换一台登录过的电脑。"
    )
    status = 429


class TooManyCodes(DomainError):
    """Somebody who knows the password has guessed codes; printed codes and passkeys still work."""

    code = "identity.too_many_codes"
    text = N_(
        "验证码输错的次数太多，%(minutes)s 分钟内不再收验证码。恢复码和通行密钥照常可用。"
        "如果不是您输错的，说明有人知道您的密码，请登录后立即更换。"
    )
    status = 429


class WrongCode(Invalid):
    """Neither a code of the authenticator that is still good, nor an unused printed one."""

    code = "identity.wrong_code"
    text = N_("验证码不对，或者已经用过。请等验证器显示下一个验证码再输，或者填一个没有用过的恢复码。")


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
    """How many failures of one account from one place, and of one place, are let pass within a window.

    ``wait`` is how long every attempt beyond that waits: the most by which anybody can delay anybody else.
    """

    window: timedelta
    pair: int
    address: int
    wait: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to one attempt at a crowded place, from ``opens_at`` on; drawn by waiting, spent by trying.

    ``whose`` names account and place, ``number`` the turn itself.
    """

    whose: str
    opens_at: datetime
    number: str


def is_crowded(throttle: Throttle, *, pair: int, address: int) -> bool:
    """Whether so many attempts have failed that the next one has to wait its turn.

    Nothing counts against an *account* alone: else a rival could slow a tenderer down from afar by failing on
    purpose in the last hour. And nothing is ever closed: a crowded place only costs the wait.
    """
    return pair >= throttle.pair or address >= throttle.address


def left_to_wait(throttle: Throttle, turn: Turn | None, *, whose: str, now: datetime) -> timedelta:
    """How long until the turn is good; zero: now. No turn, another's, or one long past means the whole wait."""
    if turn is None or turn.whose != whose or now >= turn.opens_at + throttle.window:
        return throttle.wait
    return max(turn.opens_at - now, timedelta())


def opens_at(
    failures: Sequence[datetime], *, limit: int, window: timedelta, now: datetime
) -> datetime | None:
    """When the next attempt is let through where a count closes the door: None means now.

    Only for what is not a password: registrations of an address, and codes of six digits. ``failures`` are the
    instants within the window; the door opens when the oldest that still fills the count falls out of it.
    """
    if len(failures) < limit:
        return None
    opens = sorted(failures)[-limit] + window
    return opens if opens > now else None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts: without a page being asked for, and at the latest."""

    idle: timedelta
    absolute: timedelta


def alive(lifetime: Lifetime, *, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a sign-in still holds; both limits are half-open."""
    return now - last_seen_at < lifetime.idle and now - created_at < lifetime.absolute


#: Who decides for others: a password alone is not enough for them (reliability.md, ASVS 6.3).
NEEDS_SECOND_FACTOR = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def second_factor_due_at(
    roles_since: Mapping[Role, datetime], *, first_signed_in_at: datetime | None, within: timedelta
) -> datetime | None:
    """When an account must have a second factor, if it must have one.

    ``roles_since`` says since when each role is held: the days run from the first sign-in, or from being given
    the first such role where that came later. ``within`` of zero: nobody must. None before the first sign-in.
    """
    since = [at for role, at in roles_since.items() if role in NEEDS_SECOND_FACTOR]
    if not since or first_signed_in_at is None or not within:
        return None
    return max(first_signed_in_at, min(since)) + within


_USE_OTHERS = N_("请改用验证器（动态验证码）和打印的恢复码，同样安全。")
_PLAIN_HTTP = N_("这个网站现在用 http:// 打开，浏览器只在 https:// 下提供通行密钥。")
_BARE_ADDRESS = N_("这个网站现在用数字地址打开，通行密钥只能配网站域名使用。")
_OTHER_NAME = N_("本站的通行密钥只在另一个网址下使用。")


def passkeys_barred(host: str, *, scheme: str, pinned: str) -> tuple[str, str] | None:
    """Why passkeys cannot be used under this address, and what to use instead; None where they can.

    WebAuthn §5.1.3: a secure context and a registrable name, which a bare IP address is not. ``host`` is the
    name without port; ``pinned`` the centre's own choice of name, or empty.
    """
    if _is_address(host):
        return _BARE_ADDRESS, _USE_OTHERS
    if scheme != "https" and host != "localhost" and not host.endswith(".localhost"):
        return _PLAIN_HTTP, _USE_OTHERS
    if pinned and host != pinned and not host.endswith(f".{pinned}"):
        return _OTHER_NAME, _USE_OTHERS
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


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
