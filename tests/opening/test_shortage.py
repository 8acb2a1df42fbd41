from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.award import queries as award
from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.messages.kinds import Kind
from bidding.messages.models import Message
from bidding.opening import queries, rescue, rules, shortage, todo
from bidding.opening.afterwards import FAILED, GOES_ON
from bidding.opening.paper.rules import BagsWaiting
from bidding.opening.papers.rules import NoFailure
from bidding.opening.papers.service import write_failed
from bidding.reporting.models import SavingsEntry
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import OFFERED
from tests.bags import bring, publish, read
from tests.opening.parts import bundle, project_of

LENGTH = timedelta(minutes=120)


@pytest.fixture
def further():
    def short(centre, tender):
        centre.wait(LENGTH)
        post(tender, 1)
        return tender

    return {"short": ("three_in", short)}


@pytest.fixture
def short(laid):
    """No trustee came in time, and one tenderer of three posted its key."""
    return laid[1]


def post(tender, number):
    value = tender.bids[number].key.posting(["offer"]).to_json()
    with tender.centre.act(f"t{number}") as tx:
        rescue.post_keys(tx, tender.uid, value, tender.centre.sealed)


def decide(tender, decision, login="zhou", lot="1"):
    with tender.centre.act(login) as tx:
        return shortage.decide(tx, tender.uid, lot, decision).decision


def test_the_rulebook_says_what_may_follow_with_its_source(tender):
    project = project_of(tender)
    found = {}
    for project.family, project.method in OFFERED:
        with db.session.no_autoflush:
            found[project.family, project.method] = shortage.ways_on(db.session(), project)
    db.session.rollback()
    for ways in found.values():
        assert FAILED in {way.decision for way in ways}
        assert all(way.law for way in ways)
    for method, article in (
        (Method.OPEN_TENDER, "政府采购法第36条第1项"),
        (Method.NEGOTIATION, "财政部令第74号第37条"),
        (Method.CONSULTATION, "财库〔2014〕214号第34条"),
    ):
        assert [way.citation for way in found[Family.PROCUREMENT, method]] == [article]
    assert [way.decision for way in found[Family.WORKS, Method.OPEN_TENDER]] == [FAILED, GOES_ON]


def test_while_keys_may_come_nobody_decides(short):
    assert shortage.undecided(db.session(), project_of(short)) == {"1": 1}
    with pytest.raises(shortage.KeysMayCome):
        decide(short, FAILED)


def test_a_lot_fails_by_its_article_and_stays_shut(short, app):
    short.centre.clock.advance(LENGTH)
    assert decide(short, FAILED) == FAILED
    project = project_of(short)
    assert queries.failed_after(db.session(), project.id) == {"1"}
    assert award.failed_lots(db.session(), project) == {"1"}
    page = app.test_client().get(f"/notices/{short.uid}/award").text
    assert "依据招标投标法第42条决定流标" in page
    assert shortage.decisions(db.session(), project.id)["1"].article == "42"
    assert db.session.query(SavingsEntry).one().award_fen == 0
    with pytest.raises(shortage.EnoughToRead):
        decide(short, GOES_ON)


def test_after_the_decision_a_key_is_too_late(short):
    short.centre.clock.advance(LENGTH)
    decide(short, GOES_ON)
    with pytest.raises(rules.LotDecided):
        post(short, 2)


def test_only_the_projects_own_agency_decides(short):
    short.centre.clock.advance(LENGTH)
    for login in ("t1", "sun", "wang"):
        with pytest.raises(Forbidden):
            decide(short, FAILED, login)
    with pytest.raises(NotFound):
        decide(short, FAILED, lot="9")
    with pytest.raises(shortage.NoSuchWay):
        decide(short, "perhaps")


def test_a_lot_with_enough_sheets_is_nobodys_to_decide(opened):
    with pytest.raises(shortage.EnoughToRead):
        decide(opened, FAILED)


def test_the_agency_finds_it_on_its_home_page_once_no_key_is_waited_for(short, app):
    def waiting(login):
        with app.test_request_context():
            found = todo.waiting(db.session(), short.centre.actor(login), short.centre.clock.now())
        db.session.rollback()
        return [item for item in found if item.title.startswith("决定")]

    assert waiting("zhou") == []
    short.centre.clock.advance(LENGTH)
    (item,) = waiting("zhou")
    assert item.url == f"/hall/{short.uid}"
    assert [waiting(login) for login in ("sun", "wang", "t1")] == [[], [], []]
    decide(short, GOES_ON)
    assert waiting("zhou") == []


def test_the_record_of_a_failed_tender_names_the_lot_that_was_decided_and_its_article(short, app):
    short.centre.clock.advance(LENGTH)
    with pytest.raises(NoFailure), short.centre.act("zhou") as tx:
        write_failed(tx, short.uid, name=tx.actor.name)
    decide(short, FAILED)
    with short.centre.act("zhou") as tx:
        body = loads(write_failed(tx, short.uid, name=tx.actor.name).body)
    assert [(lot["when"], lot["count"], lot["by"]) for lot in body["lots"]] == [
        ("opened", 1, "招标投标法第42条")
    ]
    client = app.test_client()
    assert "招标投标法第42条" in client.get(f"/hall/{short.uid}/papers/failed").text
    assert client.get(f"/hall/{short.uid}/papers/failed.pdf").data.startswith(b"%PDF-")


def test_bags_are_read_before_anybody_decides_and_count_like_sheets(centre, tmp_path, attachment):
    """Two sealed bids that no trustee came for, and two bags: one is read, the other void."""
    made = publish(centre, tmp_path / "tender")
    made.submit(1, made.seal(1, [attachment], price_fen=1_200_000_000))
    bags = [bring(made, 2), bring(made, 3)]
    made.close()
    centre.wait(LENGTH)
    assert [sheet.verdict for sheet in queries.opened(db.session(), project_of(made).id)] == ["trustees"]
    centre.clock.advance(LENGTH)
    assert shortage.undecided(db.session(), project_of(made)) == {}
    with pytest.raises(BagsWaiting):
        decide(made, FAILED)
    for bag, void in zip(bags, ("", "empty"), strict=True):
        for login in ("zhou", "wang"):
            read(made, bag.uid, login, void=void)
    project = project_of(made)
    assert shortage.undecided(db.session(), project) == {"1": 1}
    assert rescue.wanted(db.session(), project, centre.actor("t2")) == []
    assert decide(made, FAILED) == FAILED
    report = bundle(made, tmp_path)
    assert report.accepted, report.refusals
    codes = {finding.code for finding in report.findings}
    assert {"verdict.trustees", "paper.empty", "paper.unseen", "lot.decided-failed"} <= codes


def test_with_its_key_a_sealed_bid_joins_the_bags_and_the_lot_has_enough(centre, tmp_path, attachment):
    made = publish(centre, tmp_path / "tender")
    made.submit(1, made.seal(1, [attachment], price_fen=1_200_000_000))
    bags = [bring(made, 2), bring(made, 3)]
    made.close()
    centre.wait(LENGTH)
    for bag in bags:
        for login in ("zhou", "wang"):
            read(made, bag.uid, login)
    post(made, 1)
    assert [sheet.place for sheet in queries.sheets(db.session(), project_of(made))] == [1, 2, 3]
    assert shortage.undecided(db.session(), project_of(made)) == {}
    report = bundle(made, tmp_path)
    assert report.accepted, report.refusals
    assert [sheet.on_paper for sheet in report.sheets] == [False, True, True]


def test_where_nothing_is_sealed_the_end_of_the_time_blames_nobody(centre, tmp_path):
    made = publish(centre, tmp_path / "tender")
    bags = [bring(made, number) for number in (1, 2, 3)]
    made.close()
    centre.wait(LENGTH)
    for bag in bags:
        for login in ("zhou", "wang"):
            read(made, bag.uid, login)
    assert db.session.scalar(select(Message.id).where(Message.kind == Kind.TRUSTEES_MISSING)) is None
    report = bundle(made, tmp_path)
    assert report.accepted, report.refusals
    assert len(report.sheets) == 3
