"""The start page before, on and after the day of an opening, in both languages."""

from __future__ import annotations

from datetime import timedelta

from bidding.db import db
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose, for_opening
from bidding.rooms.service import Want
from bidding.tenders import bookings
from bidding.tenders import queries as tenders
from tests.people import sign_in


def test_a_stranger_sees_what_is_on(tender, client):
    page = client.get("/").text
    assert "今天没有开标。下一场：" in page
    assert f'href="/hall/{tender.uid}"' in page
    assert "5 / 5 位能开箱" in page
    assert "控制价或预算（万元）" in page


def test_on_its_day_an_opening_stands_at_the_top_with_its_state(tender, client, clock):
    clock.set(tenders.notice(db.session, tender.uid).opens_at - timedelta(hours=3))
    page = client.get("/").text
    today = page.split('id="today"')[1].split("</section>")[0]
    assert "递交中，未到截止" in today
    assert "14:30" in today


def test_an_opening_in_a_room_says_where_on_the_days_list_in_the_hall_and_on_the_screen(
    tender, client, clock
):
    opens_at = tenders.notice(db.session, tender.uid).opens_at
    with tender.centre.act("zhou") as tx:
        project = bookings.named_of(tenders.notice(tx.session, tender.uid))
        span = for_opening(opens_at, timedelta(hours=2))
        wants = [Want(Purpose.OPENING, tender.centre.rooms["开标一室"], span, "opening_room")]
        days = tenders.calendar(tx.session)
        rooms.arrange(tx, project, wants, calendar=days)
    clock.set(opens_at - timedelta(hours=3))
    for path in ("/", f"/hall/{tender.uid}", f"/hall/{tender.uid}/screen", f"/notices/{tender.uid}"):
        assert "开标一室（3 楼 301）" in client.get(path).text, path


def test_what_was_opened_today_says_so(opened, client):
    today = client.get("/").text.split('id="today"')[1].split("</section>")[0]
    assert "已开标" in today


def test_an_empty_centre_says_why_it_is_empty(client):
    page = client.get("/").text
    assert "今天没有开标，也还没有排定下一场。" in page
    assert "没有正在公告的项目" in page


def test_the_rehearsal_room_is_offered_to_those_who_hold_openings_and_to_nobody_else(app, centre, client):
    app.config["REHEARSAL_URL"] = "https://rehearsal.example/rehearsal"
    assert "https://rehearsal.example" not in client.get("/").text
    assert "https://rehearsal.example" not in sign_in(app, "t1").get("/").text
    for login in ("zhou", "sun", "wang"):
        assert "https://rehearsal.example" in sign_in(app, login).get("/").text
