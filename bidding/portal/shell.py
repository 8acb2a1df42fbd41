"""What stands around every page: the clock, the language, who is signed in, the ways on, the log's fingerprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import Any, cast

from flask import current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from bidding.core.errors import N_
from bidding.i18n.catalog import LANGUAGES, language
from bidding.identity import queries as identity
from bidding.ledger import queries as ledger
from bidding.ledger.note import Head, parse_head, parse_note
from bidding.ledger.words import six_words
from bidding.messages import queries as messages
from bidding.outages import queries as outages
from bidding.web.auth import current_actor
from bidding.web.context import now, session

#: (words, endpoint, permission or "" for everybody).
_Items = tuple[tuple[str, str, str], ...]

LOOK_COOKIE = "look"
LOOKS = {
    "theme": ("auto", "light", "dark"),
    "contrast": ("auto", "normal", "high"),
    "text": ("normal", "large", "huge"),
}

#: What nobody may open is not offered to anybody.
NAVIGATION = (
    (N_("交易公告"), "tenders.notices", ""),
    (N_("我的递交"), "submissions.mine", "bid:submit"),
    (N_("我的项目"), "tenders.mine", "project:edit"),
    (N_("受理事项"), "casework.cases", "case:read"),
    (N_("场地"), "rooms.rooms", "room:read"),
    (N_("专家"), "experts.pool", "pool:read"),
    (N_("专家抽取"), "experts.draws", "draw:read"),
    (N_("线索提示"), "oversight.overview", "oversight:read"),
    (N_("节资公开"), "reporting.savings", ""),
    (N_("公开日志"), "ledger.centre", ""),
)
PERSONAL = (
    (N_("消息"), "messages.messages", "signed-in"),
    (N_("账号与密码"), "identity.account", "signed-in"),
    (N_("通知设置"), "messages.contact", "signed-in"),
    (N_("我的关注"), "tenders.following", "tender:follow"),
    (N_("保存的搜索"), "portal.searches", "signed-in"),
    (N_("意向和公示"), "announcements.mine", "announcement:read"),
    (N_("人工转告"), "messages.by_hand", "message:deliver"),
    (N_("企业档案"), "identity.company", "company:file"),
    (N_("接口密钥"), "api.keys", "api-key:manage"),
    (N_("单位登记"), "identity.organisations", "organisation:read"),
    (N_("人员与角色"), "identity.accounts", "account:read"),
    (N_("数据导入"), "reporting.imports", "savings:import"),
    (N_("报省平台"), "province.messages", "province:read"),
    (N_("已批准的项目"), "tenders.approved", "approved:read"),
)
HELP = (
    (N_("核验回执"), "verification.check", ""),
    (N_("平台运行状态"), "outages.status", ""),
    (N_("开放数据"), "opendata.index", ""),
    (N_("受托人与演练"), "sealing.trustees", ""),
    (N_("一次性告知单"), "casework.checklists", ""),
    (N_("行为须知"), "conduct.index", ""),
    (N_("项目的状态和步骤"), "lifecycle.table", ""),
    (N_("交易方式"), "tenders.methods", ""),
    (N_("进场交易目录"), "tenders.catalogue", ""),
    (N_("期限与限额依据"), "tenders.rules", ""),
    (N_("工作日历"), "tenders.calendar", ""),
    (N_("角色与权限"), "identity.roles", ""),
    (N_("开放接口"), "api.index", ""),
)


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the shell; ``current`` where the reader is on it already."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that the reader could have instead."""

    name: str
    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The newest checkpoint of the centre's log, to be compared by eye."""

    size: int
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Who:
    """The signed-in person, for the head of the page."""

    name: str
    organisation: str
    roles: str


@dataclass(frozen=True, slots=True)
class Letters:
    """The way to one's own messages, and how many wait there."""

    unread: int
    url: str


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """What the head of a page needs to look for signed bids that this computer has not sent whole."""

    organisation: str
    url: str


@dataclass(frozen=True, slots=True)
class State:
    """The lamp at the top: whether a log waits for its signature, and whether bids can be handed in."""

    lamp: str
    words: str
    url: str


class Shell:
    """What ``base.html`` calls ``shell``. Everything is asked for only when the page draws it, and once for all its places."""

    clock_url: str
    home_url: str

    def __init__(self) -> None:
        self.lang = language()
        self.look = look()
        self.now: datetime = now()
        self.clock_url = url_for("portal.clock")
        self.home_url = url_for("portal.home")
        self.appearance_url = url_for("portal.appearance")
        self.here = request.full_path.rstrip("?") if request.method == "GET" else self.home_url
        self.version = _version()

    @property
    def languages(self) -> list[Tongue]:
        """The languages that the page is not in."""
        return [
            Tongue(name, code, url_for("portal.set_language", code=code))
            for code, name in LANGUAGES.items()
            if code != self.lang
        ]

    @cached_property
    def who(self) -> Who | None:
        """Who is signed in."""
        if not current_user.is_authenticated:
            return None
        roles = "、".join(gettext(word) for word in current_user.role_words)
        return Who(current_user.name, current_user.organisation, roles)

    @cached_property
    def letters(self) -> Letters | None:
        """The reader's own messages, and how many of them are unread."""
        if not current_user.is_authenticated:
            return None
        return Letters(messages.unread(session(), current_actor()), url_for("messages.messages"))

    @cached_property
    def on_its_way(self) -> OnItsWay | None:
        """For a tenderer: where the browser's own list of unfinished bids is told of."""
        actor = current_actor()
        if not current_user.is_authenticated or not actor.may("bid:submit"):
            return None
        return OnItsWay(identity.organisation_of(session(), actor).uid, url_for("submissions.mine"))

    @property
    def sign_in_url(self) -> str:
        """Where to sign in, and come back here."""
        return url_for("identity.sign_in", next=self.here)

    @property
    def sign_out_url(self) -> str:
        """Where the sign-out button posts to."""
        return url_for("identity.sign_out")

    @cached_property
    def nav(self) -> list[Way]:
        """The main ways for this person."""
        return _of_own_domain(NAVIGATION)

    @cached_property
    def personal(self) -> list[Way]:
        """What stands under one's name."""
        return _ways(PERSONAL)

    @cached_property
    def help(self) -> list[Way]:
        """The foot's links."""
        ways = _ways(HELP)
        room = current_app.config["REHEARSAL_URL"]
        if room and current_actor().may("opening:suspend"):  # those who run and watch openings
            ways.append(Way(gettext("开标演练室"), room, False))
        return ways

    @cached_property
    def state(self) -> State:
        """Green as long as no log is held back."""
        try:
            behind, down = ledger.is_any_behind(session()), outages.is_down(session(), self.now)
        except SQLAlchemyError:
            return State("over", gettext("数据库没有应答"), "")
        if behind:
            return State("over", gettext("有日志停止签名"), url_for("ledger.centre"))
        if down:
            return State("over", gettext("投标通道有故障"), url_for("outages.status"))
        return State("ok", gettext("系统正常"), url_for("outages.status"))

    @cached_property
    def log(self) -> Fingerprint | None:
        """The fingerprint of the centre's log; None before its first checkpoint or where the database is gone."""
        try:
            note = ledger.centre_note(session())
        except SQLAlchemyError:
            return None
        if note is None:
            return None
        head = _head(note)
        return Fingerprint(head.size, six_words(head.origin, head.size, head.root), url_for("ledger.centre"))


def context() -> dict[str, Any]:
    """For ``app.context_processor``."""
    return {"shell": Shell()}


def look() -> dict[str, str]:
    """The reader's choice of theme, contrast and size of text, from a cookie such as ``dark.high.large``."""
    given = request.cookies.get(LOOK_COOKIE, "").split(".")
    chosen = dict(zip(LOOKS, given, strict=False))
    return {name: chosen[name] if chosen.get(name) in values else values[0] for name, values in LOOKS.items()}


def _offered(items: _Items) -> tuple[tuple[str, str, str], ...]:
    """(label, address, domain) of those that this person may go, worked out once for all who may the same."""
    actor = current_actor()
    known: dict[Any, Any] = current_app.extensions.setdefault("ways", {})
    key = items, actor.permissions, language(), request.script_root
    if key not in known:
        known[key] = tuple(
            (gettext(label), url_for(endpoint), endpoint.partition(".")[0])
            for label, endpoint, permission in items
            if (permission in ("", "signed-in") or actor.may(permission))
            and endpoint in current_app.view_functions
        )
    return cast("tuple[tuple[str, str, str], ...]", known[key])


def _is_inside(url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url.rstrip("/") + "/"))


def _ways(items: _Items) -> list[Way]:
    return [Way(label, url, _is_inside(url)) for label, url, _ in _offered(items)]


def _of_own_domain(items: _Items) -> list[Way]:
    """The same, the current one chosen by what a page is about where its address lies under another's.

    The pages of a bid lie under its notice, but to a tenderer they are "my bids".
    """
    ways = _ways(items)
    domains = [domain for _, _, domain in _offered(items)]
    if domains.count(request.blueprint or "") != 1 or all(
        domain == request.blueprint for way, domain in zip(ways, domains, strict=True) if way.current
    ):
        return ways
    return [
        replace(way, current=domain == request.blueprint) for way, domain in zip(ways, domains, strict=True)
    ]


@lru_cache(maxsize=4)
def _head(note: str) -> Head:
    return parse_head(parse_note(note)[0])


@lru_cache(maxsize=1)
def _version() -> str:
    return version("sunlit-bidding")
