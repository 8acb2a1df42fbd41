"""Rooms, and two agencies that want them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bidding.core.clock import SHANGHAI
from bidding.rooms import service
from bidding.rooms.rules import Purpose, RoomKind, Span
from bidding.rooms.service import RoomFacts
from bidding.tenders import queries as tenders
from tests.tenders.conftest import keys, published, rival, rulebook, seats, submitted, written  # noqa: F401

FACTS = RoomFacts(
    kind=RoomKind.OPENING,
    name="开标一室",
    place="3 楼 301",
    seats=40,
    equipment="投影仪、音响、视频监控",
    cameras=4,
    is_open=True,
)
#: Tuesday of the week after the tests' Monday.
TUESDAY = datetime(2026, 12, 1, tzinfo=SHANGHAI)


def at(hour, minute=0, *, day=0):
    return TUESDAY + timedelta(days=day, hours=hour, minutes=minute)


def span(first, last, **more):
    """``span(14, 16)``: from two to four on that Tuesday."""
    return Span(at(first, **more), at(last, **more))


@pytest.fixture
def room(begin, cast, keys):  # noqa: F811
    """``room("开标二室", kind=…)``: set up by an administrator; its uid."""

    def _room(name="开标一室", **changed):
        with begin(cast.actor("wang")) as tx:
            return service.add_room(tx, replace(FACTS, name=name, **changed), keys=keys).uid

    return _room


@pytest.fixture
def book(begin, cast):
    """``book(room, span(14, 16), by="zhou")``: for something else than a project; its uid."""

    def _book(room_uid, when, by="zhou", **more):
        with begin(cast.actor(by)) as tx:
            return booked(tx, room_uid, when, **more).uid

    return _book


def booked(tx, room_uid, when, *, purpose=Purpose.OTHER, matter="业务培训", project=None):
    return service.book(
        tx,
        room_uid,
        when,
        purpose=purpose,
        matter=matter,
        project=project,
        calendar=tenders.calendar(tx.session),
    )
