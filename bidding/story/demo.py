"""The demonstration centre: a tender that is over, some that take bids, and what was announced before any tender.

The past is played with a clock of its own, so that every date, deadline and signature is one that the rules allow;
from the moment it ends, the instance goes by the machine's clock like any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bidding import create_app
from bidding.core.clock import FakeClock, SystemClock
from bidding.db import db
from bidding.db.schema import migrate
from bidding.identity import queries as identity
from bidding.messages import service as messages
from bidding.opendata.jobs import Writer
from bidding.story.announced import announce
from bidding.story.cast import PASSPHRASE, PASSWORD, PEOPLE, REGION, tenderer
from bidding.story.centre import Centre
from bidding.story.ledger import bring_in
from bidding.story.play import FACTS, WAN, Tender, Told
from bidding.story.whole import Story, begin
from bidding.story.window import hand_in
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import LotFacts, ProjectFacts

#: How many bid in the tender that is over, and how many may bid in those that are open.
BIDDERS = 6
#: How long ago the past begins: notice, opening, draw and award take some four weeks.
PAST = timedelta(days=36)

_ROADS = replace(
    FACTS,
    title="农村公路安全防护工程（二期）施工",
    trade="A03",
    summary="增设波形护栏 18.6 公里、标志牌 214 块、减速设施 96 处。",
    place="明川县各乡镇",
    term="90 日历天",
)
CATERING = replace(
    FACTS,
    title="政务服务中心工作餐配送服务比选",
    family=Family.LOCAL,
    method=Method.COMPARISON,
    subject="services",
    trade="",
    owner_name="明川县政务服务中心",
    summary="工作日午餐，约 160 份，一年。",
    qualification="食品经营许可证有效。",
    award_method="价格与方案综合比较。",
    place="明川县政务服务中心食堂",
    term="合同签订后一年",
    funding="中心公用经费，已落实",
    policies="",
)
_GUARDRAILS = LotFacts(
    name="波形护栏与标志标线", budget_fen=660 * WAN, ceiling_fen=648 * WAN, security_fen=12 * WAN
)
VEHICLES = ProjectFacts(
    title="明川县公共交通公司报废更新公交车转让",
    family=Family.PROPERTY,
    method=Method.ASSET_TRANSFER,
    subject="vehicles",
    owner_name="明川县公共交通有限公司",
    owner_address="明川县环城东路 2 号",
    owner_contact="何科长 0000-7654323",
    agency_address=FACTS.agency_address,
    media="本中心网站",
    summary="更新下来的 12 米柴油公交车 26 辆，已评估备案，按现状整体转让。",
    contact="周经办",
    phone="0000-1234567",
    place="明川县公交停保场",
    award_method="不低于起始价的最高报价成交。",
)
BUSES = LotFacts(name="公交车 26 辆", budget_fen=186 * WAN, security_fen=30 * WAN)
MEALS = LotFacts(name="工作日午餐", budget_fen=48 * WAN, ceiling_fen=48 * WAN)


def fill(instance: Path | None = None) -> list[str] | None:
    """Fill an empty instance and tell who its people are; None where somebody is there already."""
    ends = SystemClock().now()
    config = {"INSTANCE": str(instance)} if instance else {}
    clock = FakeClock(_morning(ends - PAST))
    app = create_app(config, clock=clock)
    with app.app_context():
        migrate(db.engine)
        if identity.administrators(db.session()):
            return None
        db.session.rollback()
        _settings(Path(app.instance_path))
        home = Path(app.instance_path) / "demo"
        centre = begin(home, app, clock, BIDDERS)
        story = Story(centre, home / "past", BIDDERS)
        story.play()
        _read(centre)
        clock.set(max(clock.now(), ends - timedelta(hours=2)))
        for uid, key in zip(centre.trustee_uids, centre.trustees.values(), strict=True):
            centre.drill(uid, key)
        _open_tenders(centre, home)
        _at_the_window(centre, home)
        announce(centre)
        bring_in(centre, ends.year - 1)
        clock.set(max(clock.now(), ends - timedelta(minutes=1)))
        centre.tick()
        Writer(centre.app.extensions["world"], centre.app.config["OCID_PREFIX"])()
        centre.cosign()
        db.session.remove()
        return accounts(home)


def _read(centre: Centre) -> None:
    """Let everybody have read what they were told in the past: nobody should begin with a month's letters to relay."""
    for person in (*PEOPLE, *(tenderer(number)[1] for number in range(1, BIDDERS + 1))):
        with centre.act(person.login) as tx:
            messages.read_all(tx)


def _open_tenders(centre: Centre, home: Path) -> None:
    for name, facts, lot, notice in (
        ("roads", _ROADS, _GUARDRAILS, timedelta(days=24)),
        ("catering", CATERING, MEALS, timedelta(days=5)),
        ("buses", VEHICLES, BUSES, timedelta(days=28)),
    ):
        Tender(centre, home / name, Told(), facts=facts, lot=lot).publish(notice=notice, in_rooms=True)


def _at_the_window(centre: Centre, home: Path) -> None:
    """A draft whose materials wait to be looked at: something for the administrator to do."""
    facts = replace(_ROADS, title="县道 X014 线安全隐患整治工程施工")
    tender = Tender(centre, home / "window", Told(), facts=facts, lot=_GUARDRAILS)
    hand_in(centre, tender.write())


def _morning(instant: datetime) -> datetime:
    """09:00 in Shanghai on that day, or on the Monday after a weekend."""
    start = instant.astimezone(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    while start.weekday() > 4:
        start += timedelta(days=1)
    return start


def _settings(instance: Path) -> None:
    """Say whose centre this is, unless somebody has said so."""
    path = instance / "settings.toml"
    if not path.exists():
        path.write_text(
            f'CENTRE_NAME = "明川县政务服务中心"\nHOTLINE = "0000-1234567"\nREGION = "{REGION}"\n'
            f'REGION_NAMES = "{REGION}=明川县"\n'
            "# Everybody knows these passwords: a second factor set up by one visitor would lock the next one out.\n"
            "SECOND_FACTOR_DAYS = 0\n",
            "utf-8",
        )


def accounts(home: Path | None = None) -> list[str]:
    """Who can sign in, and where the demonstration's key files lie."""
    people = [*PEOPLE, *(tenderer(number)[1] for number in range(1, BIDDERS + 1))]
    lines = [
        f"每个账号的密码 / password of every account: {PASSWORD}",
        "",
        *(f"  {person.login:<6}{person.name}  {', '.join(sorted(person.roles))}" for person in people),
    ]
    if home is not None:
        lines += [
            "",
            f"受托人和见证的密钥 / keys of trustees and witness: {home}",
            f"  passphrase: {PASSPHRASE}",
        ]
    return lines
