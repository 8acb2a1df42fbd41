"""Units that belong together, and what experts worked for before: entered, excusing, taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from bidding.core.canonical import loads
from bidding.core.codes import InvalidUscc
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db import db
from bidding.experts import queries, rules, service
from bidding.experts.models import Expert
from bidding.experts.rules import Relation
from bidding.experts.service import Unit
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from tests.people import sign_in

CODE = "91350100M000100Y43"


def relate(play, one, other, who="wang"):
    centre = play.centre
    with centre.act(who) as tx:
        return service.relate(tx, one, other, Relation.HOLDING, "企业信用信息公示系统", centre.keys).id


def employ(play, number, unit, left_on, who="wang"):
    centre = play.centre
    with centre.act(who) as tx:
        uid = tx.session.scalar(select(Expert.uid).where(Expert.name == f"专家{number:03d}"))
        return uid, service.add_employment(tx, uid, unit, left_on, centre.keys).id


def excused(play):
    """By reason how often, over the frozen list."""
    return dict(queries.view(db.session(), play.draw).excluded)


def test_the_people_of_a_related_unit_are_excused_for_the_same_reason(play):
    play.request()
    owner = play.draw.project.owner_name
    relate(play, Unit("第07设计院"), Unit(owner))
    before = relate(play, Unit("第08设计院"), Unit(owner))
    with play.centre.act("wang") as tx:
        service.end_relation(tx, before, play.centre.keys)
    play.freeze()
    session = db.session()
    of_unit = session.scalar(select(func.count(Expert.id)).where(Expert.unit == "第07设计院"))
    assert of_unit
    listed = dict(queries.recused_units(session, play.draw))
    assert listed["第07设计院"] == listed[owner]
    assert excused(play)[listed[owner]] >= of_unit
    assert "第08设计院" not in listed


def test_a_unit_left_within_three_years_excuses_and_one_left_a_day_earlier_does_not(play):
    play.request()
    draw = play.draw
    owner = draw.project.owner_name
    since = queries.recusal_begins(db.session(), draw)
    assert since is not None
    employ(play, 4, Unit(owner), since)
    employ(
        play,
        5,
        Unit(owner),
        since.replace(day=since.day - 1) if since.day > 1 else date(since.year - 1, 12, 31),
    )
    uid, mistaken = employ(play, 7, Unit(owner), since)
    with play.centre.act("wang") as tx:
        service.withdraw_employment(tx, uid, mistaken, play.centre.keys)
    play.freeze()
    session = db.session()
    spec = loads(play.draw.spec)
    codes = {leaf["h"]: leaf["excl"] for line in spec["strata"] for leaf in line["leaves"]}
    found = {loads(named.expert)["name"]: codes[h] for h, named in play.everybody().items()}
    reason = dict(queries.recused_units(session, play.draw))[owner].value
    assert [found[f"专家00{number}"] for number in (4, 5, 7)] == [reason, None, None]


def test_what_is_entered_stands_in_the_centres_log_without_a_name(play):
    relate(play, Unit("甲公司", CODE), Unit("乙公司"))
    employ(play, 1, Unit("丙公司"), date(2026, 1, 1))
    session = db.session()
    notes = [
        text
        for text in session.scalars(
            select(Leaf.event).where(Leaf.type == EventType.NOTE.value).order_by(Leaf.id)
        )
        if loads(text)["kind"] == "recusal-ground"
    ]
    assert [loads(text)["data"]["act"] for text in notes] == ["related", "employment"]
    assert not any(word in text for text in notes for word in ("甲公司", "丙公司", "专家"))


@pytest.mark.parametrize(
    ("one", "other", "refusal", "field"),
    [
        (Unit("甲公司"), Unit("甲 公司"), rules.SameUnit, "other"),
        (Unit("甲公司", CODE), Unit("乙公司", CODE.lower()), rules.SameUnit, "other"),
        (Unit("甲公司", CODE[:-1] + "4"), Unit("乙公司"), InvalidUscc, "unit_uscc"),
        (Unit("甲公司"), Unit("乙公司", "123"), InvalidUscc, "other_uscc"),
    ],
)
def test_a_relation_needs_two_units_and_good_codes(play, one, other, refusal, field):
    with pytest.raises(refusal) as refused:
        relate(play, one, other)
    assert refused.value.field == field


def test_a_line_is_entered_once_ended_once_and_is_its_own_experts(play):
    day = date(2026, 1, 1)
    uid, line = employ(play, 1, Unit("丙公司"), day)
    with pytest.raises(WrongState):
        employ(play, 1, Unit("丙公司"), day)
    with pytest.raises(rules.LeftLater):
        employ(play, 1, Unit("丁公司"), date(2030, 1, 1))
    centre = play.centre
    other = db.session().scalar(select(Expert.uid).where(Expert.name == "专家002"))
    with pytest.raises(NotFound), centre.act("wang") as tx:
        service.withdraw_employment(tx, other, line, centre.keys)
    with centre.act("wang") as tx:
        service.withdraw_employment(tx, uid, line, centre.keys)
    with pytest.raises(WrongState), centre.act("wang") as tx:
        service.withdraw_employment(tx, uid, line, centre.keys)
    employ(play, 1, Unit("丙公司"), day)  # entered anew after it was taken back
    related = relate(play, Unit("甲公司"), Unit("乙公司"))
    with centre.act("wang") as tx:
        service.end_relation(tx, related, centre.keys)
    with pytest.raises(WrongState), centre.act("wang") as tx:
        service.end_relation(tx, related, centre.keys)


@pytest.mark.parametrize("who", ["sun", "zhou"])
def test_only_who_keeps_the_pool_enters_grounds(play, who):
    with pytest.raises(Forbidden):
        relate(play, Unit("甲公司"), Unit("乙公司"), who)
    with pytest.raises(Forbidden):
        employ(play, 1, Unit("丙公司"), date(2026, 1, 1), who)


def test_the_pages_take_a_line_and_say_what_is_wrong_with_one(play, app):
    page = sign_in(app, "wang")
    given = {
        "unit": "甲公司",
        "other": "乙公司",
        "relation": "holding",
        "source": "声明",
        "unit_uscc": "",
        "other_uscc": "",
    }
    answer = page.post("/experts/related", data=given | {"other": "甲公司"})
    assert answer.status_code == 422
    assert "两边写的是同一个单位" in answer.get_data(as_text=True)
    assert page.post("/experts/related", data=given | {"unit_uscc": CODE}).status_code == 303
    text = page.get("/experts/related").get_data(as_text=True)
    assert "乙公司" in text
    assert CODE in text
    assert page.post("/experts/related/1/end").status_code == 303
    assert "已解除" in page.get("/experts/related").get_data(as_text=True)
    uid = db.session().scalar(select(Expert.uid).where(Expert.name == "专家001"))
    address = f"/experts/{uid}/employments"
    assert page.post(address, data={"unit": "丙公司", "left_on": "2999-01-01"}).status_code == 422
    assert page.post(address, data={"unit": "丙公司", "left_on": "2026-01-01"}).status_code == 303
    assert "丙公司" in page.get(address).get_data(as_text=True)
    assert page.post(f"{address}/1/withdraw").status_code == 303
    assert "丙公司" not in page.get(address).get_data(as_text=True)
