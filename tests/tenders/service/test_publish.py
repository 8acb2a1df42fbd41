"""The second person's act: who may, what is checked again, and what the log holds afterwards."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.ledger.models import Leaf, Log
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose
from bidding.sealing.offer import parse_tender
from bidding.sealing.panel import panel_hash
from bidding.sealing.rules import DrillMissing, PanelInsiders, PanelSize
from bidding.submissions.models import Gate
from bidding.tenders import bookings, queries, service
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import Defects
from tests.tenders.drafting import CLOSES, DIGEST, EARLIEST, WORKS
from tests.tenders.figures import shanghai


def project_of(uid):
    db.session.rollback()
    return db.session.query(Project).filter_by(uid=uid).one()


def events(code):
    log = db.session.query(Log).filter_by(code=code).one_or_none()
    if log is None:
        return []
    leaves = db.session.query(Leaf).filter_by(log_id=log.id).order_by(Leaf.idx)
    return [json.loads(leaf.event) for leaf in leaves]


def test_publishing_fixes_panel_dates_notice_and_files_in_the_log(published, cast):
    project = project_of(published())
    assert (project.stage, project.published_by_id) == (Stage.PUBLISHED, cast.wu.id)
    assert project.rules_on == date(2026, 11, 23)
    panel, schedule, notice, document = events(project.code)
    assert panel == json.loads(project.panel)
    assert project.panel_hash == panel_hash(panel).hex()
    assert (panel["k"], panel["min_bids"], len(panel["trustees"])) == (3, 3, 5)
    assert schedule["panel"] == project.panel_hash
    assert schedule["closes_at"] == int(CLOSES.timestamp())
    assert schedule["opens"] == [{"stage": 1, "at": int(CLOSES.timestamp())}]
    assert (notice["kind"], notice["sha256"]) == ("tender-notice", sha(project.notice).hex())
    assert (document["kind"], document["sha256"]) == ("tender-document", DIGEST)


def test_the_centres_log_speaks_of_the_new_log(published):
    project = project_of(published())
    (genesis,) = [event for event in events("centre") if event["type"] == "genesis"]
    assert (genesis["project"], genesis["panel"]) == (project.code, project.panel_hash)


def test_the_notice_is_the_same_on_every_medium(published):
    project = project_of(published())
    plan = queries.plan_of(db.session(), project, project.published_at)
    assert project.notice == dumps(service.notice_text(project, plan, {})).decode()
    notice = json.loads(project.notice)
    assert notice["lots"][0]["number"] == "A0253992120260001001001"
    assert notice["lots"][0]["budget_fen"] == 1_320_000_000
    assert notice["documents"][0]["sha256"] == DIGEST


def test_the_notice_names_the_room_of_the_opening_and_not_where_bids_are_judged(
    submitted, begin, cast, keys, seats, rooms_of, client
):
    uid = submitted()
    rooms_of(uid, CLOSES)
    with begin(cast.actor("wu")) as tx:
        service.publish(tx, uid, seats=seats, k=3, keys=keys)
    notice = json.loads(project_of(uid).notice)
    assert notice["opening_room"] == {"name": "开标一室", "place": "3 楼 301"}
    assert "评标" not in json.dumps({key: notice[key] for key in notice if "room" in key}, ensure_ascii=False)
    page = client.get(f"/notices/{uid}").text
    assert "开标一室（3 楼 301）" in page
    assert "评标一室" not in page


def test_what_becomes_of_a_published_projects_room_stands_in_its_log(
    submitted, begin, cast, keys, seats, rooms_of
):
    uid = submitted()
    rooms_of(uid, CLOSES)
    with begin(cast.actor("wu")) as tx:
        code = service.publish(tx, uid, seats=seats, k=3, keys=keys).code
    booked = rooms_of(uid, CLOSES, evaluation=False)[Purpose.OPENING]
    with begin(cast.actor("zhou")) as tx:
        named = bookings.named_of(queries.project_for(tx.session, tx.actor, uid))
        rooms.cancel(tx, booked.uid, "改为网上开标", project=named)
    notes = [event for event in events(code) if event["type"] == "note"]
    assert [(note["kind"], note["data"]["purpose"]) for note in notes] == [
        ("room-cancelled", "evaluation"),
        ("room-cancelled", "opening"),
    ]
    assert notes[-1]["data"]["reason_sha256"] == sha("改为网上开标").hex()


def test_publishing_opens_the_gate(published):
    project = project_of(published())
    assert db.session.query(Gate).filter_by(project_id=project.id).one() is not None


def test_whoever_handed_it_over_does_not_publish_it(submitted, begin, cast, keys, seats):
    uid = submitted()
    with pytest.raises(SamePerson), begin(cast.actor("zhou")) as tx:
        service.publish(tx, uid, seats=seats, k=3, keys=keys)
    assert project_of(uid).stage is Stage.SUBMITTED
    assert events(project_of(uid).code) == []


def test_the_database_itself_refuses_one_person_for_both(submitted, cast, clock):
    project = project_of(submitted())
    project.published_at, project.published_by_id = clock.now(), cast.zhou.id
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_an_administrator_may_be_the_second_person(published, cast):
    assert project_of(published(by="wang")).published_by_id == cast.wang.id


@pytest.mark.parametrize("who", ["feng", "li", "sun", "lin"])
def test_nobody_else_publishes(submitted, begin, cast, keys, seats, rival, who):
    uid = submitted()
    with pytest.raises(NotFound), begin(cast.actor(who)) as tx:
        service.publish(tx, uid, seats=seats, k=3, keys=keys)
    assert project_of(uid).stage is Stage.SUBMITTED


def test_only_what_was_handed_over_is_published_and_only_once(written, published, begin, cast, keys, seats):
    draft = written()
    with pytest.raises(WrongState), begin(cast.actor("wu")) as tx:
        service.publish(tx, draft, seats=seats, k=3, keys=keys)
    out = published()
    with pytest.raises(WrongState), begin(cast.actor("wu")) as tx:
        service.publish(tx, out, seats=seats, k=3, keys=keys)


def test_the_dates_are_checked_again_on_the_day_of_publication(submitted, begin, cast, keys, seats, clock):
    uid = submitted(closes_at=shanghai(EARLIEST))
    clock.advance(timedelta(days=2))
    with pytest.raises(Defects) as refused, begin(cast.actor("wu")) as tx:
        service.publish(tx, uid, seats=seats, k=3, keys=keys)
    (problem,) = refused.value.problems
    assert (problem.refusal.code, problem.earliest) == ("tenders.too_short", date(2026, 12, 15))
    assert project_of(uid).stage is Stage.SUBMITTED


def test_a_panel_that_insiders_could_open_is_refused(submitted, begin, cast, keys, seats):
    uid = submitted()
    with pytest.raises(PanelInsiders), begin(cast.actor("wu")) as tx:
        service.publish(tx, uid, seats=seats, k=2, keys=keys)
    with pytest.raises(PanelSize), begin(cast.actor("wu")) as tx:
        service.publish(tx, uid, seats=seats, k=5, keys=keys)
    assert project_of(uid).stage is Stage.SUBMITTED
    assert events(project_of(uid).code) == []


def test_trustees_whose_drill_is_over_make_no_panel(submitted, begin, cast, keys, seats, clock):
    uid = submitted(closes_at=shanghai(date(2027, 1, 28)))
    clock.advance(timedelta(days=31))
    with pytest.raises(DrillMissing), begin(cast.actor("wu")) as tx:
        service.publish(tx, uid, seats=seats, k=3, keys=keys)


def test_the_tender_file_is_what_a_sealing_client_reads(published):
    project = project_of(published())
    file = queries.tender_file(project)
    assert set(file) == {"v", "panel", "lots", "title", "closes_at"}
    assert file["panel"] == json.loads(project.panel)
    (lot,) = file["lots"]
    assert (lot["code"], lot["name"]) == ("1", "主干管")
    assert file["title"] == WORKS.title
    assert file["closes_at"] == int(CLOSES.timestamp())
    assert parse_tender(file).lot("1").fields[0].ceiling == project.lots[0].ceiling_fen
    assert "consortium" not in {field["name"] for field in lot["fields"]}
    assert "consortium" not in {slot["code"] for slot in lot["slots"]}


def test_a_draft_has_no_tender_file(submitted):
    with pytest.raises(NotFound):
        queries.tender_file(project_of(submitted()))
