"""What must come to the platform, what was approved and has not come, and what was split."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bidding.core.errors import Invalid, NotFound
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.tenders import entry, queries, rules
from bidding.tenders.kinds import Entry, Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.models import ApprovedProject, Project
from bidding.tenders.rules import LotFacts
from bidding.tenders.rules.approval import MOST_LINES, TooManyLines
from bidding.tenders.rules.split import counts, same_name
from bidding.tenders.service import entry as service
from tests.tenders import drafting
from tests.tenders.drafting import SMALL, WAN, WORKS, meanwhile
from tests.tenders.figures import shanghai

TODAY = date(2026, 11, 23)
CODE = "2026-539921-48-01-123456"
LINE = f"{CODE}，城南片区排水管网改造，县发展改革局，1320，2026-08-01"
OTHERS = ((None, 401), ("zhou", 403), ("li", 403))


def notes():
    found = [json.loads(leaf.event) for leaf in db.session.query(Leaf).order_by(Leaf.id)]
    return [event["kind"] for event in found if event["type"] == "note"]


class TestLists:
    def test_a_line_is_read_with_commas_of_either_width_and_tabs(self):
        for line in (LINE, LINE.replace("，", ","), LINE.replace("，", "\t")):
            (read,) = rules.read_approvals(f"\n{line}\n", TODAY)
            assert (read.code, read.department) == (CODE, "县发展改革局")
            assert (read.investment_fen, read.approved_on) == (1320 * WAN, date(2026, 8, 1))

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (CODE, CODE[:-1]),
            ("1320", "0"),
            ("1320", "一千"),
            ("2026-08-01", "2026-11-24"),
            ("2026-08-01", "八月"),
            ("，县发展改革局", ""),
            ("县发展改革局", " "),
        ],
    )
    def test_every_wrong_line_is_told_and_none_is_taken(self, old, new):
        with pytest.raises(rules.BadLines) as told:
            rules.read_approvals("\n".join([LINE, LINE.replace(old, new), "x"]), TODAY)
        assert told.value.params["lines"] == "2、3"

    def test_one_code_stands_once_and_not_without_end(self):
        with pytest.raises(rules.BadLines):
            rules.read_approvals(f"{LINE}\n{LINE}", TODAY)
        for text in ("", "\n".join([LINE] * (MOST_LINES + 1))):
            with pytest.raises(TooManyLines):
                rules.read_approvals(text, TODAY)


def enter(begin, cast, keys, *lines):
    with begin(cast.actor("wang")) as tx:
        return service.enter_approvals(tx, rules.read_approvals("\n".join(lines), TODAY), keys=keys)


def test_a_project_that_another_enters_at_the_same_moment_is_told_at_its_field(begin, cast, keys):
    (read,) = rules.read_approvals(LINE, TODAY)
    meanwhile(
        ApprovedProject,
        code=read.code,
        name="另一位写的",
        department=read.department,
        investment_fen=1,
        approved_on=TODAY,
        entered_at=shanghai(TODAY),
        entered_by_id=cast.chen.id,
    )
    with pytest.raises(service.ApprovedMeanwhile) as told, begin(cast.actor("wang")) as tx:
        service.enter_approvals(tx, [read], keys=keys)
    assert (told.value.field, told.value.status) == ("lines", 409)
    assert notes() == []
    assert enter(begin, cast, keys, LINE) == 1


def test_two_administrators_who_enter_the_same_at_once_leave_it_once(app, begin, cast, keys):
    """Whoever comes second has written it anew, or is told; nobody gets a page that knows no reason."""
    start, broken, told = threading.Barrier(2), [], []
    actors = {login: cast.actor(login) for login in ("wang", "chen")}
    read = rules.read_approvals(LINE, TODAY)

    def run(login):
        with app.app_context():
            start.wait(timeout=20)
            try:
                with begin(actors[login]) as tx:
                    told.append(service.enter_approvals(tx, read, keys=keys))
            except service.ApprovedMeanwhile:
                told.append("told")
            except Exception as error:  # whatever a thread says, the test must hear
                broken.append(error)
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run, args=(login,)) for login in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    assert told.count(1) == 1
    assert set(told) <= {0, 1, "told"}
    assert db.session.query(ApprovedProject).count() == 1


def missing(on, days=90):
    found = [row.code for row in db.session.scalars(entry.missing(on, days))]
    db.session.rollback()
    return found


class TestOffThePlatform:
    @pytest.fixture
    def known(self, rulebook, begin, cast, keys):
        small = LINE.replace("123456", "000002").replace("1320", "399.99")
        edge = LINE.replace("123456", "000003").replace("1320", "400")
        return enter(begin, cast, keys, LINE, small, edge)

    def test_it_is_listed_the_day_after_its_time_and_from_the_figure_on(self, known):
        assert known == 3
        last = date(2026, 8, 1) + timedelta(days=90)
        assert missing(last) == []
        assert missing(last + timedelta(days=1)) == [CODE, CODE.replace("123456", "000003")]
        assert notes() == ["approved-entered"]

    def test_the_figure_is_that_of_the_day_of_the_approval(self, rulebook, begin, cast, keys):
        enter(begin, cast, keys, LINE.replace("1320", "200").replace("2026-08-01", "2018-05-31"))
        assert missing(TODAY) == [CODE]
        enter(begin, cast, keys, LINE.replace("1320", "200").replace("2026-08-01", "2018-06-01"))
        assert missing(TODAY) == []  # entered anew, by its code

    def test_a_published_tender_with_its_code_takes_it_off_the_list_and_a_draft_does_not(
        self, known, begin, cast, blobs, keys, seats
    ):
        facts = replace(WORKS, approval_code=f" {CODE} ")
        drafting.submitted(begin, cast, blobs, facts)
        assert CODE in missing(TODAY)
        drafting.published(begin, cast, blobs, keys, seats, facts)
        assert CODE not in missing(TODAY)
        rows = db.session.scalars(entry.approved()).all()
        found = entry.whereabouts(db.session(), rows)
        assert [project.approval_code for project in found[CODE].tenders] == [CODE]
        assert found[CODE.replace("123456", "000002")] == entry.Whereabouts(False, ())

    def test_a_code_that_is_none_is_refused_at_its_field(self, rulebook, begin, cast):
        with pytest.raises(rules.BadApprovalCode) as refused:
            drafting.begun(begin, cast, replace(WORKS, approval_code="2026-1"))
        assert refused.value.field == "approval_code"

    def test_who_watches_sees_the_list_and_only_an_administrator_enters(self, known, client_as, client):
        assert "城南片区排水管网改造" in client_as("sun").get("/approved").text
        wang = client_as("wang")
        assert wang.post("/approved", data={"lines": "x"}).status_code == 422
        assert wang.post("/approved", data={"lines": LINE}).status_code == 303
        assert "不到限额" in wang.get("/approved?show=all").text
        assert client_as("sun").post("/approved", data={"lines": LINE}).status_code == 403
        for who, status in OTHERS:
            visitor = client if who is None else client_as(who)
            assert visitor.get("/approved").status_code == (302 if who is None else status)
            assert visitor.post("/approved", data={"lines": LINE}).status_code == status


ITEM = {
    "name": "房屋建筑和市政工程施工",
    "family": Family.WORKS,
    "what": Entry.MUST,
    "from_fen": 400 * WAN,
    "source": "明府办〔2026〕5号",
    "valid_from": TODAY,
}
FORM = {
    "name": "车辆租赁",
    "family": "local",
    "entry": "encouraged",
    "from_fen": "",
    "source": "明府办〔2026〕5号",
    "valid_from": "2026-12-01",
}


class TestCatalogue:
    def test_a_line_holds_from_its_day_on_until_it_is_ended(self, begin, cast, keys, clock):
        with begin(cast.actor("wang")) as tx:
            uid = service.add_item(tx, **ITEM, keys=keys).uid
        with begin(cast.actor("wang")) as tx:
            service.end_item(tx, uid, keys=keys)
        assert [item.uid for item in entry.catalogue(db.session(), TODAY)] == [uid]
        assert entry.catalogue(db.session(), TODAY + timedelta(days=1)) == []
        with pytest.raises(NotFound), begin(cast.actor("wang")) as tx:
            service.end_item(tx, uid, keys=keys)
        assert notes() == ["catalogue-added", "catalogue-ended"]

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"valid_from": TODAY - timedelta(days=1)}, service.CatalogueFromToday),
            ({"name": " "}, Invalid),
            ({"source": " "}, Invalid),
        ],
    )
    def test_what_is_no_line_is_refused(self, begin, cast, keys, change, refusal):
        with pytest.raises(refusal), begin(cast.actor("wang")) as tx:
            service.add_item(tx, **ITEM | change, keys=keys)
        assert notes() == []

    def test_a_line_stands_there_once_and_again_after_it_was_ended(self, begin, cast, keys, client_as):
        with begin(cast.actor("wang")) as tx:
            uid = service.add_item(tx, **ITEM, keys=keys).uid
        with pytest.raises(service.InCatalogue) as told, begin(cast.actor("chen")) as tx:
            service.add_item(tx, **ITEM | {"from_fen": 1}, keys=keys)
        assert told.value.field == "name"
        for change in ({"name": "别的"}, {"family": Family.PROCUREMENT}):
            with begin(cast.actor("chen")) as tx:
                service.add_item(tx, **ITEM | change, keys=keys)
        answer = client_as("chen").post(
            "/catalogue",
            data=FORM | {"name": f" {ITEM['name']} ", "family": "works", "valid_from": "2026-12-01"},
        )
        assert answer.status_code == 409
        assert "已经在目录里" in answer.text
        assert "明府办〔2026〕5号" in answer.text  # nothing that was typed is lost
        with begin(cast.actor("wang")) as tx:
            service.end_item(tx, uid, keys=keys)
        with begin(cast.actor("wang")) as tx:
            service.add_item(tx, **ITEM | {"from_fen": 1}, keys=keys)

    def test_everybody_reads_it_and_only_an_administrator_keeps_it(self, rulebook, client, client_as):
        wang = client_as("wang")
        assert wang.post("/catalogue", data=FORM).status_code == 303
        page = client.get("/catalogue").text
        assert "鼓励进场" in page
        assert "400.00 万元" in page  # the thresholds
        assert "加一条" not in page
        uid = entry.catalogue(db.session(), TODAY)[0].uid
        db.session.rollback()
        for who, status in (*OTHERS, ("sun", 403)):
            visitor = client if who is None else client_as(who)
            assert visitor.post("/catalogue", data=FORM).status_code == status
            assert visitor.post(f"/catalogue/{uid}/end").status_code == status
        assert wang.post(f"/catalogue/{uid}/end").status_code == 303
        assert "车辆租赁" not in client.get("/catalogue").text  # it had not begun


MEAL = replace(SMALL, subject="services", title="工作餐")
CLOSES = shanghai(date(2026, 12, 1))


class TestSplitPurchases:
    def lots(self, fen):
        return (LotFacts(name="一", budget_fen=fen),)

    def split(self, uid, clock):
        project = db.session.query(Project).filter_by(uid=uid).one()
        found = queries.review(db.session(), project, clock.now())
        db.session.rollback()
        return [each for each in found if each.refusal.code == "tenders.split_purchases"]

    @pytest.fixture
    def bought(self, begin, cast, blobs, rulebook, keys, seats):
        facts = replace(MEAL, owner_name="明川县档案馆 （本级）")
        return drafting.published(
            begin, cast, blobs, keys, seats, facts, lots=self.lots(300 * WAN), closes_at=CLOSES
        )

    @pytest.mark.parametrize(("fen", "warned"), [(100 * WAN, False), (100 * WAN + 1, True)])
    def test_the_years_purchases_of_one_buyer_and_kind_count_together_to_the_fen(
        self, bought, begin, cast, blobs, clock, client_as, fen, warned
    ):
        facts = replace(MEAL, title="晚餐", owner_name="明川县档案馆(本级)")
        uid = drafting.submitted(begin, cast, blobs, facts, lots=self.lots(fen), closes_at=CLOSES)
        found = self.split(uid, clock)
        assert bool(found) == warned
        if warned:
            assert not found[0].blocks
            assert (found[0].refusal.params["count"], found[0].refusal.params["total"]) == (1, "400.00")
            assert "工作餐" in found[0].refusal.params["projects"]
            page = client_as("wu").get(f"/projects/{uid}/publish").text
            assert "化整为零" in page

    @pytest.mark.parametrize(
        "change", [{"owner_name": "明川县图书馆"}, {"subject": "goods"}, {"subject": "construction"}]
    )
    def test_another_buyer_or_kind_does_not_count(self, bought, begin, cast, blobs, clock, change):
        facts = replace(MEAL, **{"owner_name": "明川县档案馆（本级）"} | change)
        uid = drafting.written(begin, cast, blobs, facts, lots=self.lots(399 * WAN), closes_at=CLOSES)
        assert self.split(uid, clock) == []

    def test_another_agencys_draft_is_not_told_of(self, begin, cast, blobs, rulebook, clock, rival):
        drafting.written(begin, cast, blobs, MEAL, lots=self.lots(399 * WAN), closes_at=CLOSES, by="feng")
        uid = drafting.written(begin, cast, blobs, MEAL, lots=self.lots(399 * WAN), closes_at=CLOSES)
        assert self.split(uid, clock) == []

    def test_only_goods_and_services_bought_otherwise_than_by_tender_count(self):
        assert counts(preset(Family.PROCUREMENT, Method.NEGOTIATION), "goods")
        assert not counts(preset(Family.PROCUREMENT, Method.OPEN_TENDER), "goods")
        assert not counts(preset(Family.LOCAL, Method.COMPARISON), "construction")
        assert not counts(preset(Family.PROPERTY, Method.LEASE), "realty")

    def test_width_and_spaces_do_not_make_another_buyer(self):
        assert same_name("明川县 档案馆（本级）", "明川县档案馆(本级)")
        assert not same_name("明川县档案馆", "明川县图书馆")
