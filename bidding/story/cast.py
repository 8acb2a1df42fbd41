"""Who plays in the story and in the demonstration centre: a county that does not exist, with codes that check."""

from __future__ import annotations

from dataclasses import dataclass

from bidding.core.actor import Role
from bidding.core.codes import uscc_check_digit
from bidding.identity.models import OrganisationKind
from bidding.rooms.rules import RoomKind
from bidding.rooms.service import RoomFacts

#: The password of every account of the demonstration; of no use anywhere else, and printed by ``bidding demo``.
PASSWORD = "morning-light-2026-bids"  # noqa: S105 — a demonstration's
#: The passphrase of the demonstration's key files.
PASSPHRASE = "demonstration of an open box"  # noqa: S105 — a demonstration's
#: 明川县: no county has this code (GB/T 2260).
REGION = "539921"


def code(first: str) -> str:
    """A whole unified social credit code from its first 17 characters."""
    return first + uscc_check_digit(first)


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation of the cast."""

    key: str
    kind: OrganisationKind
    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast; ``unit`` is the key of an organisation."""

    login: str
    name: str
    unit: str
    roles: frozenset[Role]


UNITS = (
    Unit("centre", OrganisationKind.CENTRE, "明川县政务服务中心", code("12539921MB1A00001")),
    Unit("agency", OrganisationKind.AGENCY, "明川县城市更新中心", code("12539921MB1A00002")),
    Unit("reform", OrganisationKind.SUPERVISORY, "明川县发展和改革局", code("11539921MB1A00003")),
    Unit("finance", OrganisationKind.SUPERVISORY, "明川县财政局", code("11539921MB1A00004")),
    Unit("institute", OrganisationKind.OTHER, "明川县工程咨询院", code("12539921MB1A00007")),
    Unit("notary", OrganisationKind.OTHER, "明川县公证处", code("32539921MB1A00005")),
)

PEOPLE = (
    Person("wang", "王管理", "centre", frozenset({Role.ADMINISTRATOR})),
    Person("chen", "陈管理", "centre", frozenset({Role.ADMINISTRATOR})),
    Person("zhou", "周经办", "agency", frozenset({Role.AGENCY})),
    Person("wu", "吴复核", "agency", frozenset({Role.AGENCY})),
    Person("sun", "孙监督", "reform", frozenset({Role.SUPERVISOR})),
    Person("fang", "方财政", "finance", frozenset({Role.SUPERVISOR})),
    Person("jiang", "江专家", "institute", frozenset({Role.EXPERT})),
)

#: Trustee's name, its seat's role, who holds the key, and of which unit.
TRUSTEES = (
    ("reform", "supervisor", "孙监督", "reform"),
    ("finance", "finance", "方财政", "finance"),
    ("renewal", "agency", "周经办", "agency"),
    ("centre", "administrator", "陈管理", "centre"),
    ("notary", "notary", "顾公证", "notary"),
)

#: The centre's rooms, one of each kind.
OPENING_ROOM, EVALUATION_ROOM = "开标一室", "评标一室"
ROOMS = (
    RoomFacts(
        RoomKind.OPENING, OPENING_ROOM, "3 楼 301", 60, "投影仪、音响、视频监控、叫号屏", 4, is_open=True
    ),
    RoomFacts(
        RoomKind.EVALUATION,
        EVALUATION_ROOM,
        "3 楼 305",
        9,
        "电脑、打印机、视频监控、手机屏蔽柜",
        6,
        is_open=True,
    ),
    RoomFacts(RoomKind.NETWORK, "网络服务室", "1 楼 102", 6, "电脑、扫描仪、打印机", 2, is_open=True),
    RoomFacts(RoomKind.MONITORING, "电子监控室", "3 楼 309", 4, "监控屏、录像机", 1, is_open=True),
)

_NAMES = [
    "岚岳",
    "兆禾",
    "河海",
    "阡野",
    "恒泽",
    "青渠",
    "远岫",
    "嘉木",
    "砚田",
    "清溪",
    "白鹭",
    "松涛",
    "明月",
    "芦苇",
    "晴空",
    "渡口",
    "银杏",
    "南山",
    "细雨",
    "稻田",
]
_TRADES = ("建设集团", "市政工程", "路桥工程", "水务工程", "园林")


def tenderer(number: int) -> tuple[Unit, Person]:
    """The n-th tenderer, from 1, and its one account (``t1``, ``t2``, …)."""
    lap, place = divmod(number - 1, len(_NAMES))
    name = f"{_NAMES[place]}{_TRADES[(number - 1) % len(_TRADES)]}{f'第{lap + 1}' if lap else ''}有限公司"
    unit = Unit(f"t{number}", OrganisationKind.TENDERER, name, code(f"91539921MA6K{number:05d}"))
    return unit, Person(f"t{number}", f"{name[:2]}经办人", unit.key, frozenset({Role.TENDERER}))
