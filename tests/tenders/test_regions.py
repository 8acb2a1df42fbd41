"""Thresholds that a region sets for itself: the nearest one holds, two persons set it, and the review names the region."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from bidding.core.errors import Invalid, NotFound, SamePerson
from bidding.db import db
from bidding.tenders import queries, rules, service
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.models import Project, RuleChange, RuleRow
from bidding.tenders.rules import Figure
from bidding.tenders.service import Region
from tests.tenders.figures import FIGURES

OPEN = "procurement.entry.open-tender"
COUNTY, CITY, PROVINCE = "510524", "510500", "510000"
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
HERE = Region("539921", "明川县", "明财采〔2026〕3号")


def at(division, value=1, region="某地"):
    return Figure(f"{OPEN}@{division}" if division else OPEN, value, "fen", "某文", "3", "local", region)


@pytest.mark.parametrize(
    ("set_for", "holds"),
    [
        ((), ""),
        ((PROVINCE,), PROVINCE),
        ((PROVINCE, CITY), CITY),
        ((COUNTY, PROVINCE, CITY), COUNTY),
        (("510525", "519900", "520000"), ""),  # the county beside it, another city, another province
        ((CITY, "510525"), CITY),
    ],
)
def test_the_nearest_region_that_has_its_own_is_the_one_that_holds(set_for, holds):
    figures = [at(division) for division in ("", *set_for)]
    found = rules.in_region(figures, COUNTY)
    assert found == {OPEN: at(holds)}
    assert rules.in_region(reversed(figures), COUNTY) == found


@given(st.permutations(["", COUNTY, CITY, PROVINCE, "510525"]), st.integers(0, 5))
def test_no_order_of_rows_changes_what_holds(order, length):
    some = order[:length]
    near = [division for division in (COUNTY, CITY, PROVINCE, "") if division in some]
    found = rules.in_region([at(division) for division in some], COUNTY)
    assert found == ({OPEN: at(near[0])} if near else {})


def test_a_province_or_a_city_is_its_own_area_once():
    assert rules.areas_of(CITY) == (CITY, PROVINCE)
    assert rules.areas_of(PROVINCE) == (PROVINCE,)


@pytest.mark.parametrize(("fen", "told"), [(150_000_000, True), (149_999_999, False)])
def test_the_review_stands_on_the_regions_own_fen_and_names_it(fen, told):
    own = replace(at(COUNTY, 150_000_000, "明川县"), law="明财采〔2026〕3号", article="")
    entry = rules.in_region([*FIGURES.values(), own], COUNTY)
    found = rules.check_entry(preset(Family.PROCUREMENT, Method.CONSULTATION), "goods", fen, entry)
    assert [each.refusal.code for each in found] == (["tenders.must_tender"] if told else [])
    for each in found:
        assert "明川县：明财采〔2026〕3号" in str(each.refusal)
        assert not each.blocks
    elsewhere = rules.in_region([*FIGURES.values(), own], "510525")
    assert rules.check_entry(preset(Family.PROCUREMENT, Method.CONSULTATION), "goods", fen, elsewhere) == []


# Two persons ------------------------------------------------------------------------------------------------------


def propose(begin, cast, value=150_000_000, *, by="wang", code=OPEN, region=HERE, first=TOMORROW):
    with begin(cast.actor(by)) as tx:
        return service.propose_rule(tx, code, value, first, region=region).code


def confirm(begin, cast, keys, code, value=150_000_000, *, by="chen", first=TOMORROW):
    with begin(cast.actor(by)) as tx:
        service.confirm_rule(tx, code, value=value, valid_from=first, keys=keys)


def test_a_region_has_its_own_from_a_day_on_with_its_text_and_its_history(rulebook, begin, cast, keys, clock):
    code = propose(begin, cast)
    assert code == f"{OPEN}@539921"
    with pytest.raises(SamePerson):
        confirm(begin, cast, keys, code, by="wang")
    db.session.rollback()
    assert queries.entry_rules(db.session, TOMORROW, "539921")[OPEN].region == ""
    confirm(begin, cast, keys, code)
    assert queries.entry_rules(db.session, TODAY, "539921")[OPEN].region == ""  # not yet
    found = queries.entry_rules(db.session, TOMORROW, "539921")[OPEN]
    assert (found.value, found.mark, found.blocks) == (150_000_000, rules.LOCAL, False)
    assert rules.cite_with_region(found) == "明川县：明财采〔2026〕3号"
    assert queries.entry_rules(db.session, TOMORROW, "539922")[OPEN].region == ""
    assert queries.rule(db.session, OPEN, TOMORROW).value == 400_000_000  # what holds everywhere stays
    # a later value of the same region, by another text
    clock.advance(timedelta(days=30))
    later = TOMORROW + timedelta(days=60)
    again = replace(HERE, law="明财采〔2027〕1号", article="2")
    propose(begin, cast, 200_000_000, region=again, first=later)
    confirm(begin, cast, keys, code, 200_000_000, first=later)
    rows = queries.rule_history(db.session, code)
    assert [(row.value, row.law, row.valid_from, row.valid_to, row.region) for row in rows] == [
        (200_000_000, "明财采〔2027〕1号", later, None, "明川县"),
        (150_000_000, "明财采〔2026〕3号", TOMORROW, later - timedelta(days=1), "明川县"),
    ]
    assert [row.code for row in queries.regional_rules(db.session, OPEN, later)] == [code]


@pytest.mark.parametrize(
    ("code", "region", "refusal"),
    [
        (
            "works.entry.construction",
            HERE,
            service.NotRegional,
        ),  # 必须招标的工程项目规定: the same everywhere
        ("works.open-tender.question", HERE, service.NotRegional),  # a centre's own, and no threshold
        ("works.nothing.at-all", HERE, NotFound),
        (OPEN, replace(HERE, division="5399"), Invalid),
        (OPEN, replace(HERE, division="53992一"), Invalid),
        (OPEN, replace(HERE, name=" "), Invalid),
        (OPEN, replace(HERE, law=""), Invalid),
        (f"{OPEN}@539921", None, NotFound),  # without the text that sets it
    ],
)
def test_what_no_region_sets_or_is_not_whole_is_refused(rulebook, begin, cast, code, region, refusal):
    with pytest.raises(refusal):
        propose(begin, cast, code=code, region=region)
    db.session.rollback()
    assert db.session.query(RuleChange).count() == 0


def test_one_change_of_a_region_waits_at_a_time_and_others_beside_it(rulebook, begin, cast):
    propose(begin, cast)
    with pytest.raises(service.ChangeWaiting):
        propose(begin, cast, by="chen")
    db.session.rollback()
    propose(begin, cast, by="chen", region=Region(CITY, "泸州市", "某文"))
    assert [each.region for each in queries.regional_changes(db.session, OPEN)] == ["泸州市", "明川县"]


def test_the_database_wants_a_region_to_be_named_and_sourced(rulebook, begin, cast):
    propose(begin, cast)
    change = queries.open_change(db.session(), f"{OPEN}@539921")
    for name in ("region", "law"):
        setattr(change, name, "")
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()
        change = queries.open_change(db.session(), f"{OPEN}@539921")
    db.session.add(
        RuleRow(
            code=OPEN,
            value=1,
            unit="fen",
            law="某文",
            article="",
            mark="local",
            valid_from=TOMORROW,
            region="明川县",
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_draft_is_reviewed_by_the_threshold_of_the_region_in_its_number(
    rulebook, begin, cast, keys, clock, written
):
    code = propose(begin, cast, 100)
    confirm(begin, cast, keys, code, 100)
    uid = written()
    project = db.session.query(Project).filter_by(uid=uid).one()
    project.family, project.method, project.subject = Family.PROCUREMENT, Method.CONSULTATION, "goods"
    after = clock.now() + timedelta(days=1)
    with db.session.no_autoflush:
        assert rules.division(project.code) == "539921"
        for division, named in (("539921", True), ("539922", False)):
            project.code = f"{project.code[:3]}{division}{project.code[9:]}"
            said = [str(each.refusal) for each in queries.review(db.session, project, after)]
            assert any("明川县：明财采〔2026〕3号" in each for each in said) is named
    db.session.rollback()


# The pages --------------------------------------------------------------------------------------------------------

FILLED = {
    "region": "明川县",
    "division": "539921",
    "value": "1,500,000.00",
    "valid_from": "2026-11-24",
    "law": "明财采〔2026〕3号",
    "article": "",
}
#: As the form on the page of the figure that holds everywhere names them.
NEW = {f"new-{name}": value for name, value in FILLED.items()}
SEEN = {"value": "150000000", "valid_from": "2026-11-24"}


def test_administrators_set_a_regions_threshold_on_the_page_of_the_one_that_holds_everywhere(
    client, client_as, rulebook
):
    wang, chen = client_as("wang"), client_as("chen")
    page = wang.get(f"/rules/{OPEN}").text
    assert "给一个地区另设" in page
    assert "给一个地区另设" not in client.get(f"/rules/{OPEN}").text
    assert "给一个地区另设" not in wang.get("/rules/works.entry.construction").text
    wrong = wang.post(f"/rules/{OPEN}/regions", data=NEW | {"new-division": "53"})
    assert wrong.status_code == 422
    assert "6 位数字" in wrong.text
    assert "明财采〔2026〕3号" in wrong.text  # nothing that was typed is lost
    answer = wang.post(f"/rules/{OPEN}/regions", data=NEW)
    assert answer.status_code == 303
    own = answer.location
    assert own.endswith(("@539921", "%40539921"))
    assert client.get(own).status_code == 404  # what waits is nobody else's to know
    assert "明川县" not in client.get("/rules").text
    assert "明川县 的改动等待复核" in chen.get(f"/rules/{OPEN}").text
    assert "这个地区以前没有另设" in chen.get(own).text
    assert chen.post(f"{own}/confirm", data=SEEN).status_code == 303
    for page in (client.get("/rules?on=2026-11-24").text, client.get(f"/rules/{OPEN}").text):
        assert "明川县" in page
        assert "150.00 万元" in page
    assert "明川县" not in client.get("/rules?on=2026-11-23").text
    history = client.get(own).text
    assert "明财采〔2026〕3号" in history
    # a further value asks for the text anew, and offers the one that stands
    assert 'name="law"' in wang.get(own).text
    again = FILLED | {"value": "2,000,000.00", "valid_from": "2026-12-01"}
    assert wang.post(own, data=again).status_code == 303
    assert chen.post(f"{own}/drop", data={}).location.endswith(own.rsplit("/", 1)[1])


def test_a_regions_first_value_that_is_dropped_leads_back(client_as, rulebook):
    wang = client_as("wang")
    own = wang.post(f"/rules/{OPEN}/regions", data=NEW).location
    assert wang.post(f"{own}/drop", data={}).location.endswith(OPEN)
    assert wang.get(own).status_code == 404


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("zhou", 403), ("sun", 403), ("li", 403)])
def test_nobody_else_sets_a_regions_threshold(client, client_as, rulebook, who, status):
    visitor = client if who is None else client_as(who)
    answer = visitor.post(f"/rules/{OPEN}/regions", data=NEW)
    assert answer.status_code == status
    assert db.session.query(RuleChange).count() == 0
