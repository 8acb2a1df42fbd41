"""The rooms' pages: for whom, what they tell of whom, and the calendar files."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from bidding.db import db
from bidding.rooms import queries
from bidding.rooms.models import Booking
from tests.rooms.conftest import at, span

ROOM = {
    "kind": "evaluation",
    "name": "评标一室",
    "place": "3 楼 305",
    "seats": "9",
    "equipment": "电脑、打印机",
    "cameras": "6",
    "is_open": "y",
}
TIMES = {"starts_at": "2026-12-01T14:00", "ends_at": "2026-12-01T16:00"}
OTHER = {"purpose": "other", "matter": "业务培训", **TIMES}


def test_an_administrator_sets_up_a_room_and_closes_it(client_as):
    wang = client_as("wang")
    made = wang.post("/rooms/new", data=ROOM)
    assert made.status_code == 303
    page = wang.get(made.location).text
    for words in ("评标一室", "3 楼 305", "电脑、打印机", "6 路", "接受预定"):
        assert words in page
    assert wang.post(f"{made.location}/edit", data={**ROOM, "is_open": ""}).status_code == 303
    assert "不接受预定" in client_as("zhou").get(made.location).text


def test_a_room_refused_keeps_what_was_typed(client_as, room):
    room("评标一室")
    answer = client_as("wang").post("/rooms/new", data=ROOM)
    assert answer.status_code == 422
    for words in ("已经有一间叫“评标一室”", "3 楼 305", "电脑、打印机"):
        assert words in answer.text


def test_only_administrators_set_up_rooms(client_as, room):
    uid = room()
    for who, status in (("zhou", 403), ("sun", 403), ("li", 403)):
        assert client_as(who).post("/rooms/new", data=ROOM).status_code == status
        assert client_as(who).post(f"/rooms/{uid}/edit", data=ROOM).status_code == status
    assert queries.room(db.session(), uid).name == "开标一室"


def test_an_agency_books_moves_and_gives_back(client_as, room):
    zhou, uid = client_as("zhou"), room()
    made = zhou.post("/rooms/book", data={"room": uid, **OTHER})
    assert made.status_code == 303
    page = zhou.get(made.location).text
    for words in ("开标一室", "2026-12-01 14:00–16:00", "业务培训"):
        assert words in page
    moved = zhou.post(
        made.location, data={"room": uid, "starts_at": "2026-12-01T15:00", "ends_at": "2026-12-01T17:00"}
    )
    assert moved.status_code == 303
    assert "2026-12-01 15:00–17:00" in zhou.get(made.location).text
    assert zhou.post(f"{made.location}/cancel", data={"reason": ""}).status_code == 422
    assert zhou.post(f"{made.location}/cancel", data={"reason": "培训改期"}).status_code == 303
    page = zhou.get(made.location).text
    assert "已取消" in page
    assert "培训改期" in page
    assert "保存改期" not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_at": "2026-12-01T14:10"}, "按一刻钟预定"),
        ({"ends_at": "2026-12-01T14:00"}, "结束时间要晚于开始时间"),
        ({"starts_at": "2026-11-20T14:00", "ends_at": "2026-11-20T16:00"}, "已经过去"),
        ({"matter": ""}, "请写明用来做什么"),
        ({"purpose": "opening"}, "要写明项目编号"),
        ({"project": "NOBODYS-1"}, "没有这个编号的项目"),
        ({"ends_at": ""}, "请填写这一项"),
    ],
)
def test_what_cannot_be_booked_is_told_and_nothing_typed_is_lost(client_as, room, changed, words):
    answer = client_as("zhou").post("/rooms/book", data={"room": room(), **OTHER, **changed})
    assert answer.status_code == 422
    assert words in answer.text
    assert changed.get("matter", "业务培训") in answer.text
    assert db.session().query(Booking).count() == 0


def test_a_clash_names_room_time_and_what_is_free_and_not_who(client_as, room, book, rival):
    uid = room()
    book(uid, span(15, 17), by="feng", matter="冯家的秘密")
    answer = client_as("zhou").post("/rooms/book", data={"room": uid, **OTHER})
    assert answer.status_code == 409
    for words in ("开标一室", "2026-12-01 15:00–17:00", "2026-12-02 08:30–10:30", "业务培训"):
        assert words in answer.text
    assert "冯家" not in answer.text


def test_the_booking_rules_are_asked_for_once_in_the_version_in_force(client_as, room, unread):
    zhou, uid = client_as("zhou"), room()
    assert 'name="accepts"' in zhou.get("/rooms/book").text
    asked = {"room": uid, **OTHER}
    for box in ({}, {"accepts": "booking-0"}):  # what was read is no longer what holds
        answer = zhou.post("/rooms/book", data=asked | box)
        assert answer.status_code == 422
        assert OTHER["matter"] in answer.text
    assert zhou.post("/rooms/book", data=asked | {"accepts": "booking-1"}).status_code == 303
    assert 'name="accepts"' not in zhou.get("/rooms/book").text


def test_others_see_that_a_room_is_taken_and_not_for_what(client_as, room, book, rival):
    uid = room()
    book(uid, span(14, 16), matter="冯家的秘密", by="feng")
    for who, knows in (("feng", True), ("wang", True), ("zhou", False), ("sun", False)):
        for page in ("/rooms?on=2026-12-01", f"/rooms/{uid}?week=2026-12-01"):
            text = client_as(who).get(page).text
            assert "14:00–16:00" in text
            assert ("冯家的秘密" in text) is knows, who


def test_anothers_booking_looks_like_none(client_as, room, book, rival):
    uid = book(room(), span(14, 16), by="feng")
    for who in ("zhou",):
        for path in (f"/rooms/bookings/{uid}", f"/rooms/bookings/{uid}.ics"):
            assert client_as(who).get(path).status_code == 404
        assert client_as(who).post(f"/rooms/bookings/{uid}/cancel", data={"reason": "x"}).status_code == 404
    assert client_as("sun").get(f"/rooms/bookings/{uid}").status_code == 403
    assert client_as("wang").get(f"/rooms/bookings/{uid}").status_code == 200


def test_service_beyond_hours_is_shown_and_counted(client_as, room, book):
    uid = room()
    book(uid, span(14, 16))
    book(uid, span(17, 19))
    book(uid, span(9, 11, day=4))
    text = client_as("zhou").get("/rooms?on=2026-12-01").text
    assert "延时服务" in text
    page = " ".join(text.split())
    assert page.count("1 场") == 3
    assert "节假日服务" in client_as("zhou").get(f"/rooms/{uid}?week=2026-12-05").text


def test_a_day_that_is_none_is_today(client_as, room):
    room()
    for on in ("", "tomorrow", "9999-12-31", "2026-02-30"):
        assert client_as("zhou").get(f"/rooms?on={on}").status_code == 200


# Calendar files -------------------------------------------------------------------------------------------------


def entries(answer):
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data).walk("VEVENT")


def test_a_rooms_calendar_tells_anybody_no_more_than_everybody_may_know(client, room, book):
    uid = room()
    book(uid, span(14, 16), matter="不能让别人知道的事")
    (entry,) = entries(client.get(f"/rooms/{uid}.ics"))
    assert str(entry["SUMMARY"]) == "已预定"
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (at(14), at(16))
    assert str(entry["TRANSP"]) == "OPAQUE"
    assert "Reserved" in client.get(f"/rooms/{uid}.ics?lang=en").text


def test_a_change_is_the_same_entry_with_a_higher_number(client, client_as, room, book):
    zhou, uid = client_as("zhou"), room()
    booking = book(uid, span(14, 16))
    (before,) = entries(zhou.get(f"/rooms/bookings/{booking}.ics"))
    zhou.post(
        f"/rooms/bookings/{booking}",
        data={"room": uid, "starts_at": "2026-12-01T15:00", "ends_at": "2026-12-01T17:00"},
    )
    (after,) = entries(zhou.get(f"/rooms/bookings/{booking}.ics"))
    assert (before["UID"], int(before["SEQUENCE"])) == (after["UID"], 0)
    assert int(after["SEQUENCE"]) == 1
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(hours=1)
    zhou.post(f"/rooms/bookings/{booking}/cancel", data={"reason": "改期"})
    (gone,) = entries(client.get(f"/rooms/{uid}.ics"))
    assert (gone["UID"], int(gone["SEQUENCE"]), str(gone["STATUS"])) == (after["UID"], 2, "CANCELLED")
