"""Deadline, openings and rooms in one step."""

import pytest

from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.rooms import queries
from bidding.rooms.rules import Purpose, RoomKind
from bidding.tenders.kinds import Envelopes
from bidding.tenders.models import Project
from tests.rooms.conftest import book, room  # noqa: F401
from tests.tenders.drafting import WORKS

DATES = {"closes_at": "2026-12-15T14:30"}


@pytest.fixture
def rooms(room):  # noqa: F811
    return room("开标一室"), room("评标一室", kind=RoomKind.EVALUATION)


@pytest.fixture
def asked(rooms):
    return {
        **DATES,
        "opening_room": rooms[0],
        "opening_minutes": "120",
        "evaluation_room": rooms[1],
        "evaluation_minutes": "240",
    }


def booked(uid):
    project = db.session().query(Project).filter_by(uid=uid).one()
    found = queries.of_project(db.session(), project.id)
    return {purpose: each.span.local for purpose, each in found.items()}


def test_a_centre_without_rooms_is_asked_about_none(client_as, begun):
    zhou, uid = client_as("zhou"), begun()
    assert "场地" not in zhou.get(f"/projects/{uid}/dates").text.split("<main", 1)[1]
    assert zhou.post(f"/projects/{uid}/dates", data=DATES).status_code == 303


def test_rooms_are_booked_with_the_dates_and_move_with_them(client_as, begun, asked):
    zhou, uid = client_as("zhou"), begun()
    assert zhou.post(f"/projects/{uid}/dates", data=asked).status_code == 303
    assert booked(uid) == {
        Purpose.OPENING: "2026-12-15 14:00–16:30",
        Purpose.EVALUATION: "2026-12-15 16:30–20:30",
    }
    page = zhou.get(f"/projects/{uid}/dates").text
    assert f'<option selected value="{asked["opening_room"]}"' in page
    assert f'<option selected value="{asked["evaluation_room"]}"' in page
    assert (
        zhou.post(f"/projects/{uid}/dates", data={**asked, "closes_at": "2026-12-16T09:00"}).status_code
        == 303
    )
    assert booked(uid)[Purpose.OPENING] == "2026-12-16 08:30–11:00"


def test_no_room_is_a_lawful_choice_and_gives_up_what_was_booked(client_as, begun, asked):
    zhou, uid = client_as("zhou"), begun()
    zhou.post(f"/projects/{uid}/dates", data=asked)
    none = {**asked, "opening_room": "", "evaluation_room": ""}
    assert zhou.post(f"/projects/{uid}/dates", data=none).status_code == 303
    assert booked(uid) == {}
    assert "网上开标大厅" in zhou.get(f"/projects/{uid}/preview").text


def test_a_clash_saves_nothing_and_loses_nothing(client_as, begun, asked, book, rival):  # noqa: F811
    zhou, uid = client_as("zhou"), begun()
    taken = queries.room(db.session(), asked["opening_room"])
    when = queries.rules.Span(*(_at(hour) for hour in (16, 17)))
    book(taken.uid, when, by="feng", matter="冯家的秘密")
    answer = zhou.post(f"/projects/{uid}/dates", data=asked)
    assert answer.status_code == 409
    for words in (
        "开标一室 在 2026-12-15 16:00–17:00 已有预定",
        "2026-12-16 08:30–11:00",
        "2026-12-15T14:30",
    ):
        assert words in answer.text
    assert f'<option selected value="{taken.uid}"' in answer.text
    assert "冯家" not in answer.text
    assert booked(uid) == {}
    assert db.session().query(Project).filter_by(uid=uid).one().closes_at is None
    later = {**asked, "closes_at": "2026-12-15T17:30"}  # the opening room from five, when Feng leaves
    assert zhou.post(f"/projects/{uid}/dates", data=later).status_code == 303


def _at(hour):
    from datetime import datetime

    return datetime(2026, 12, 15, hour, tzinfo=SHANGHAI)


def test_a_look_at_another_day_shows_what_is_booked_and_saves_nothing(client_as, begun, asked, book, rival):  # noqa: F811
    zhou, uid = client_as("zhou"), begun()
    book(asked["opening_room"], queries.rules.Span(_at(9), _at(11)), by="feng")
    answer = zhou.post(f"/projects/{uid}/dates", data={**asked, "look": "1"})
    assert answer.status_code == 200
    assert "09:00–11:00" in answer.text
    assert f'<option selected value="{asked["opening_room"]}"' in answer.text
    assert booked(uid) == {}
    assert (
        zhou.post(f"/projects/{uid}/dates", data={**asked, "closes_at": "soon", "look": "1"}).status_code
        == 422
    )


def test_dates_that_the_law_refuses_book_nothing(client_as, begun, asked):
    zhou, uid = client_as("zhou"), begun()
    assert (
        zhou.post(f"/projects/{uid}/dates", data={**asked, "closes_at": "2026-12-01T09:00"}).status_code
        == 422
    )
    assert booked(uid) == {}


def test_two_envelopes_are_opened_in_the_same_room_twice(client_as, begun, asked):
    from dataclasses import replace

    zhou, uid = client_as("zhou"), begun(replace(WORKS, envelopes=Envelopes.TWO))
    data = {**asked, "prices_open_at": "2026-12-18T09:30"}
    assert zhou.post(f"/projects/{uid}/dates", data=data).status_code == 303
    assert booked(uid)[Purpose.PRICES] == "2026-12-18 09:00–11:30"


def test_the_booking_rules_are_asked_for_once_and_only_of_those_who_book(client_as, begun, asked, unread):
    zhou, uid = client_as("zhou"), begun()
    assert 'name="accepts"' in zhou.get(f"/projects/{uid}/dates").text
    answer = zhou.post(f"/projects/{uid}/dates", data=asked)
    assert answer.status_code == 422
    assert 'name="accepts"' in answer.text
    none = {
        **DATES,
        "opening_room": "",
        "evaluation_room": "",
        "opening_minutes": "120",
        "evaluation_minutes": "240",
    }
    assert zhou.post(f"/projects/{uid}/dates", data=none).status_code == 303
    agreed = {**asked, "accepts": "booking-1"}
    assert zhou.post(f"/projects/{uid}/dates", data=agreed).status_code == 303
    assert 'name="accepts"' not in zhou.get(f"/projects/{uid}/dates").text
    later = {**asked, "closes_at": "2026-12-16T09:00"}
    assert zhou.post(f"/projects/{uid}/dates", data=later).status_code == 303


def test_nobody_else_books_for_a_draft(client_as, begun, asked, rival):
    uid = begun()
    assert client_as("feng").post(f"/projects/{uid}/dates", data=asked).status_code == 404
    assert client_as("wang").post(f"/projects/{uid}/dates", data=asked).status_code == 403
    assert booked(uid) == {}
