"""What a search is that somebody wants to hear of: what it asks for, what fits it, and when it is told. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from urllib.parse import urlencode

from bidding.announcements.rules import PRESETS
from bidding.announcements.rules import Kind as Announced
from bidding.core.canonical import dumps, loads
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.portal.rules import RESULT_LABELS, ResultKind
from bidding.tenders.kinds import FAMILY_LABELS, METHOD_LABELS, Family, Method
from bidding.tenders.rules import runs
from bidding.tenders.search import MAX_RUNS

#: How long the link of a first letter can be pressed, and after how long what was not pressed is forgotten.
CONFIRM_LASTS = timedelta(hours=48)
DAY = timedelta(hours=24)
#: First letters to one address, and asked for from one machine's address, within a day.
ASKED_A_DAY, ASKED_FROM_A_DAY = 5, 20
#: Searches of one address or account.
MOST = 20
#: When in Shanghai what is new is gathered, and how long later it is sent: what was begun before is written by then.
TOLD_AT_HOUR, SETTLED = 8, timedelta(minutes=10)
#: So many are listed in a letter; for the rest there is the list.
LISTED = 30

AND_MORE = N_("还有 %(count)s 条，见列表。")
ALL_OF_THEM = N_("全部：")


class List(StrEnum):
    """The lists that can be searched."""

    NOTICES = "notices"
    RESULTS = "results"
    ANNOUNCEMENTS = "announcements"


LIST_LABELS: dict[List, str] = {
    List.NOTICES: N_("交易公告"),
    List.RESULTS: N_("交易结果"),
    List.ANNOUNCEMENTS: N_("采购意向和公示"),
}
_KINDS: dict[List, dict[str, type[Enum]]] = {
    List.NOTICES: {"family": Family, "method": Method},
    List.RESULTS: {"family": Family, "method": Method, "kind": ResultKind},
    List.ANNOUNCEMENTS: {"kind": Announced},
}


class TooManySearches(DomainError):
    """As many searches as one may keep."""

    code = "searches.too_many"
    text = N_(
        "一个邮箱或账号最多保存 %(most)s 个搜索。请先停掉不用的（每封邮件末尾有停止链接），再保存新的。"
    )
    status = 409


class AskedTooOften(DomainError):
    """As many first letters as a day allows."""

    code = "searches.asked_too_often"
    text = N_("24 小时内申请得太多了。请先打开已经收到的确认邮件；没有收到的，明天再试。")
    status = 429


class MailClosed(DomainError):
    """The centre sends no mail."""

    code = "searches.mail_closed"
    text = N_("中心没有开通邮件。可以用“订阅（Atom）”接收更新；有账号的，登录后保存，更新在站内消息里。")
    status = 409


class LinkIsOver(DomainError):
    """A link to confirm that was used, or whose time is over."""

    code = "searches.link_over"
    text = N_(
        "这个链接已经用过，或者超过 48 小时失效了。已经确认过的不用再办；没有确认的，请回到列表重新保存。"
    )
    status = 404


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as it is kept: the list, and what it asks of it by the names of an address."""

    of: List
    asked: Mapping[str, str]

    @property
    def text(self) -> str:
        """JCS: the same for the same search."""
        return dumps(dict(self.asked)).decode()

    @property
    def query(self) -> str:
        """The same as the end of an address; empty for everything."""
        return urlencode(sorted(self.asked.items()))

    @property
    def labels(self) -> list[str]:
        """What it asks for, beside words, as keys of the catalogue."""
        return [_LABELS[name, self.asked[name]] for name in _KINDS[self.of] if name in self.asked]


_LABELS: dict[tuple[str, str], str] = {
    **{("family", each.value): label for each, label in FAMILY_LABELS.items()},
    **{("method", each.value): label for each, label in METHOD_LABELS.items()},
    **{("kind", each.value): label for each, label in RESULT_LABELS.items()},
    **{("kind", each.value): preset.title for each, preset in PRESETS.items()},
}


def wanted(of: List, asked: Mapping[str, str]) -> Wanted:
    """What of an address belongs to a search that lasts: not where on the list one is, nor the days looked at."""
    found = {"q": " ".join(asked.get("q", "").split())[:100]}
    for name, kind in _KINDS[of].items():
        found[name] = next((each.value for each in kind if each.value == asked.get(name)), "")
    region = asked.get("region", "")
    if of is List.RESULTS and len(region) == 6 and region.isascii() and region.isdigit():
        found["region"] = region
    return Wanted(of, {name: value for name, value in found.items() if value})


def tame(search: Wanted) -> Wanted:
    """The same, its words cut short and without signs, so that a mail program makes no link of them: a first letter goes to
    whatever address a stranger types, and shall carry no message of the stranger's.
    """
    words = re.sub(r"[^\w\s]|_", " ", search.asked.get("q", ""))
    kept = {**search.asked, "q": " ".join(words.split())[:30]}
    return Wanted(search.of, {name: value for name, value in kept.items() if value})


def read(of: List, text: str) -> Wanted:
    """A search as it was kept."""
    return Wanted(of, loads(text))


@dataclass(frozen=True, slots=True)
class Fresh:
    """Something that was made public, or changed, at an instant. ``text`` is what is searched, ``asked`` how it is known."""

    of: List
    at: datetime
    title: str
    line: str
    path: str
    text: str
    asked: Mapping[str, str]


def fits(search: Wanted, fresh: Fresh) -> bool:
    """Whether the search would find it: every word stands in it, as the list's own index would say."""
    if search.of is not fresh.of:
        return False
    if any(fresh.asked.get(name) != value for name, value in search.asked.items() if name != "q"):
        return False
    words = search.asked.get("q", "")
    asked = runs(words)[:MAX_RUNS]
    known = runs(fresh.text)
    return bool(asked or not words) and all(any(word in run for run in known) for word in asked)


def told_until(now: datetime) -> datetime:
    """Up to when what was made public is told at ``now``: the last eight o'clock, once that is settled."""
    local = (now - SETTLED).astimezone(SHANGHAI)
    today = local.replace(hour=TOLD_AT_HOUR, minute=0, second=0, microsecond=0)
    return today if local >= today else today - DAY
