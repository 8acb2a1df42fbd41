"""What an agency of the tests writes, and how far it has come with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from sqlalchemy import event, insert

from bidding.db import db
from bidding.story.play import weigh
from bidding.tenders import queries, service
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import LotFacts, ProjectFacts
from tests.tenders.figures import shanghai

WAN = 10_000 * 100
#: The law wants twenty days after Monday 2026-11-23, and 12-13 is a Sunday.
EARLIEST = date(2026, 12, 14)
CLOSES = shanghai(date(2026, 12, 15))

WORKS = ProjectFacts(
    title="城南片区排水管网改造工程施工",
    family=Family.WORKS,
    method=Method.OPEN_TENDER,
    subject="construction",
    owner_name="明川县城市更新中心",
    owner_address="明川县滨河路 18 号",
    owner_contact="吴科长 0000-7654321",
    agency_address="明川县建设路 6 号三楼",
    approval="明川发改审〔2026〕87 号",
    policies="促进中小企业发展；节约能源、保护环境；支持监狱企业和残疾人就业。",
    media="中国招标投标公共服务平台、本中心网站",
    trade="A02",
    summary="新建雨水、污水管道 6.8 公里。",
    contact="周经办",
    phone="0000-1234567",
    place="明川县城南片区",
    funding="县级财政资金",
    term="165 日历天",
    qualification="市政公用工程施工总承包三级及以上资质。",
    award_method="综合评估法",
)
GOODS = replace(
    WORKS, title="县医院 CT 采购", family=Family.PROCUREMENT, subject="goods", owner_name="明川县人民医院"
)
SMALL = ProjectFacts(
    title="办公楼屋面维修",
    family=Family.LOCAL,
    method=Method.COMPARISON,
    subject="construction",
    owner_name="明川县档案馆",
    summary="屋面防水 800 平方米。",
    contact="周经办",
    phone="0000-1234567",
    qualification="具有营业执照。",
    award_method="经评审的最低价",
)
LOT = LotFacts(name="主干管", budget_fen=1320 * WAN, ceiling_fen=1286 * WAN, security_fen=25 * WAN)
FILE = b"%PDF-1.7 tender document"
DIGEST = hashlib.sha256(FILE).hexdigest()


def begun(begin, cast, facts=WORKS, *, by="zhou"):
    """A draft with its facts only; its uid."""
    with begin(cast.actor(by)) as tx:
        return service.create_project(tx, facts, region="539921").uid


def written(begin, cast, blobs, facts=WORKS, *, lots=(LOT,), closes_at=CLOSES, by="zhou"):
    """A draft with everything that a notice needs; its uid."""
    uid = begun(begin, cast, facts, by=by)
    digest = blobs.put(FILE)
    with begin(cast.actor(by)) as tx:
        for lot in lots:
            service.add_lot(tx, uid, lot)
        weigh(tx, queries.project_for(tx.session, tx.actor, uid))
        service.add_document(tx, uid, "招标文件.pdf", digest, len(FILE))
        service.set_dates(tx, uid, closes_at=closes_at)
    return uid


def submitted(begin, cast, blobs, facts=WORKS, *, by="zhou", **more):
    """A draft that waits for the second person; its uid."""
    uid = written(begin, cast, blobs, facts, by=by, **more)
    with begin(cast.actor(by)) as tx:
        service.submit_for_review(tx, uid)
    return uid


def published(begin, cast, blobs, keys, seats, facts=WORKS, *, by="wu", **more):
    """A notice that is out; its uid."""
    uid = submitted(begin, cast, blobs, facts, **more)
    with begin(cast.actor(by)) as tx:
        service.publish(tx, uid, seats=seats, k=3, keys=keys)
    return uid


def meanwhile(model, **values):
    """Another writes a row just before what waits is written: two who press at once, in one session and in one order."""

    @event.listens_for(db.session, "before_flush", once=True)
    def other(session, *_):
        session.execute(insert(model).values(**values))
