"""Following a tender, and its dates as a calendar file."""

import re
import threading
from datetime import timedelta

import pytest
from icalendar import Calendar

from bidding.db import db, uow
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose, for_opening
from bidding.rooms.service import Want
from bidding.tenders import bookings, queries, service
from tests.outages.playing import Server, extend
from tests.people import sign_in


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def tenderer(app, tender):
    return sign_in(app, "t1")


def followers(tender):
    project = queries.notice(db.session, tender.uid)
    return queries.followers(db.session, project.id)


def test_a_tenderer_follows_and_stops(tender, tenderer):
    assert "关注：更正和截止时告诉我" in text(tenderer.get(f"/notices/{tender.uid}"))
    for _ in range(2):
        assert tenderer.post(f"/notices/{tender.uid}/follow").status_code == 303
    assert len(followers(tender)) == 1
    assert "已关注" in text(tenderer.get(f"/notices/{tender.uid}"))
    assert f"/notices/{tender.uid}" in text(tenderer.get("/following"))
    assert tenderer.post(f"/notices/{tender.uid}/unfollow?back=list").location == "/following"
    assert followers(tender) == []
    assert f"/notices/{tender.uid}" not in text(tenderer.get("/following"))


def test_in_two_windows_at_once_it_is_followed_once(tender):
    centre, start, broken = tender.centre, threading.Barrier(2), []
    actor = centre.actor("t1")

    def press():
        with centre.app.app_context():
            start.wait(timeout=20)
            try:
                with uow.transaction(actor, centre.world) as tx:
                    service.follow(tx, tender.uid)
            except Exception as error:  # whatever a thread says, the test must hear
                broken.append(error)
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    assert len(followers(tender)) == 1


def test_one_sees_only_what_one_follows_oneself(app, tender, tenderer):
    tenderer.post(f"/notices/{tender.uid}/follow")
    rival = sign_in(app, "t2")
    assert f"/notices/{tender.uid}" not in text(rival.get("/following"))
    assert "已关注" not in text(rival.get(f"/notices/{tender.uid}"))
    rival.post(f"/notices/{tender.uid}/unfollow")
    assert len(followers(tender)) == 1


@pytest.mark.parametrize("login", ["zhou", "sun", "wang"])
def test_to_officials_the_notice_is_the_same_whoever_follows_it(app, tender, tenderer, login):
    def seen():
        page = text(sign_in(app, login).get(f"/notices/{tender.uid}"))
        return re.sub(r"\d\d:\d\d:\d\d|data-count=\S+|csrf_token\" value=\S+", "", page)

    before = seen()
    tenderer.post(f"/notices/{tender.uid}/follow")
    assert seen() == before
    client = sign_in(app, login)
    assert client.get("/following").status_code == 403
    assert client.post(f"/notices/{tender.uid}/follow").status_code == 403


def test_a_stranger_follows_nothing(client, tender):
    assert client.post(f"/notices/{tender.uid}/follow").status_code == 401
    assert "关注：" not in text(client.get(f"/notices/{tender.uid}"))


def test_a_draft_can_be_followed_by_nobody(app, tenderer):
    assert tenderer.post("/notices/nothing/follow").status_code == 404


# calendar files


def events(answer):
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return {
        str(each["UID"]).partition("@")[0]: each for each in Calendar.from_ical(answer.data).walk("VEVENT")
    }


def test_everybody_can_keep_the_dates(client, tender):
    answer = client.get(f"/notices/{tender.uid}.ics")
    found = events(answer)
    closes = found[f"{tender.uid}-closes"]
    assert closes["DTSTART"].dt == tender.closes_at
    assert closes["SEQUENCE"] == 0
    assert "投标截止" in str(closes["SUMMARY"])
    assert found[f"{tender.uid}-opens"]["DTSTART"].dt == tender.closes_at
    assert (
        client.get(
            f"/notices/{tender.uid}.ics", headers={"If-None-Match": answer.headers["ETag"]}
        ).status_code
        == 304
    )


def test_an_openings_entry_says_where_and_changes_with_its_room(client, tender):
    def entry():
        return events(client.get(f"/notices/{tender.uid}.ics"))[f"{tender.uid}-opens"]

    before = entry()
    assert "LOCATION" not in before
    span = for_opening(tender.closes_at, timedelta(hours=2))
    with tender.centre.act("zhou") as tx:
        project = bookings.named_of(queries.notice(tx.session, tender.uid))
        days = queries.calendar(tx.session)
        wants = [Want(Purpose.OPENING, tender.centre.rooms["开标一室"], span, "opening_room")]
        rooms.arrange(tx, project, wants, calendar=days)
    booked = entry()
    assert str(booked["LOCATION"]) == "开标一室（3 楼 301）"
    with tender.centre.act("zhou") as tx:
        rooms.arrange(tx, project, [], calendar=days)
    given_back = entry()
    assert "LOCATION" not in given_back
    assert before["SEQUENCE"] < booked["SEQUENCE"] < given_back["SEQUENCE"]
    assert before["UID"] == given_back["UID"]


def test_the_language_stays_with_whoever_subscribes(client, tender):
    found = events(client.get(f"/notices/{tender.uid}.ics?lang=en"))
    assert str(found[f"{tender.uid}-closes"]["SUMMARY"]).startswith("Deadline")


def test_an_extension_moves_the_entry_that_a_calendar_has(client, tender, tmp_path):
    before = events(client.get(f"/notices/{tender.uid}.ics"))
    later = tender.closes_at + timedelta(days=7)
    server = Server(tender.centre, tmp_path)
    server.beat()
    extend(server, tender.uid, later)
    after = events(client.get(f"/notices/{tender.uid}.ics"))
    assert after.keys() == before.keys()
    closes = after[f"{tender.uid}-closes"]
    assert closes["SEQUENCE"] == 1
    assert closes["DTSTART"].dt == later
    assert closes["DTSTAMP"].dt > before[f"{tender.uid}-closes"]["DTSTAMP"].dt


def test_of_a_draft_there_is_no_calendar(client, app):
    assert client.get("/notices/nothing.ics").status_code == 404
