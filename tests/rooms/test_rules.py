"""What a booking may be, when it is out of hours, and what is free instead."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.clock import SHANGHAI
from bidding.core.workdays import OfficialCalendar
from bidding.rooms import rules
from bidding.rooms.rules import Hours, Purpose, RoomKind, Span
from tests.rooms.conftest import at, span

NOW = at(8)
DAYS = OfficialCalendar()


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Span(at(14), at(16)), None),
        (Span(at(8), at(8, 15)), None),
        (Span(at(7, 45), at(9)), "rooms.begins_in_the_past"),
        (Span(at(14, 10), at(16)), "rooms.not_whole_quarters"),
        (Span(at(14), at(15, 59)), "rooms.not_whole_quarters"),
        (Span(at(14), at(14)), "rooms.ends_too_early"),
        (Span(at(14), at(13)), "rooms.ends_too_early"),
        (Span(at(14), at(14, day=7)), None),
        (Span(at(14), at(14, 15, day=7)), "rooms.too_long"),
        (Span(at(8, day=366), at(9, day=366)), None),
        (Span(at(8, 15, day=366), at(9, day=366)), "rooms.too_far_ahead"),
    ],
)
def test_a_booking_stands_in_whole_quarters_within_its_bounds(found, code):
    if code is None:
        rules.check_span(found, NOW)
        return
    with pytest.raises(rules.DomainError) as refused:
        rules.check_span(found, NOW)
    assert refused.value.code == code
    assert refused.value.field in ("starts_at", "ends_at")


@pytest.mark.parametrize(
    ("found", "hours"),
    [
        (span(8.5, 12), Hours.WITHIN),
        (span(13.5, 17.5), Hours.WITHIN),
        (span(8.25, 12), Hours.LATE),
        (span(8.5, 12.25), Hours.LATE),
        (span(9, 17), Hours.LATE),  # through noon
        (span(13.25, 15), Hours.LATE),
        (span(16, 17.75), Hours.LATE),
        (Span(at(14), at(10, day=1)), Hours.LATE),
        (span(9, 10, day=4), Hours.HOLIDAY),  # a Saturday
        (Span(at(23, day=3), at(0, day=4)), Hours.LATE),  # until midnight is Friday alone
        (Span(at(23, day=3), at(0, 15, day=4)), Hours.HOLIDAY),
    ],
)
def test_what_keeps_people_beyond_their_hours_is_told_apart_from_days_off(found, hours):
    assert rules.hours_of(found, DAYS) is hours


def test_a_day_that_the_centre_entered_as_off_counts_as_one():
    assert rules.hours_of(span(9, 10), OfficialCalendar({date(2026, 12, 1): False})) is Hours.HOLIDAY


def test_the_room_of_an_opening_is_there_half_an_hour_before_and_in_whole_quarters():
    assert rules.for_opening(at(14, 30), timedelta(hours=2)) == Span(at(14), at(16, 30))
    assert rules.for_opening(at(14, 37), timedelta(hours=2)) == Span(at(14), at(16, 45))


def test_free_times_are_one_in_each_half_of_a_working_day():
    friday = span(14, 16, day=3)
    free = rules.next_free(friday, [span(14, 15, day=3), span(8, 9, day=6)], DAYS)
    assert free == [span(15, 17, day=3), span(9, 11, day=6), span(13.5, 15.5, day=6)]


def test_what_is_longer_than_half_a_day_begins_in_the_morning():
    free = rules.next_free(span(9, 17), [span(9, 10)], DAYS)
    assert free == [span(8.5, 16.5, day=day) for day in (1, 2, 3)]


def test_nothing_is_offered_where_nothing_is_free_within_a_fortnight():
    assert rules.next_free(span(14, 16), [Span(at(0), at(0, day=30))], DAYS) == []


@pytest.mark.parametrize(
    ("kind", "purpose", "right"),
    [
        (RoomKind.OPENING, Purpose.OPENING, True),
        (RoomKind.OPENING, Purpose.PRICES, True),
        (RoomKind.EVALUATION, Purpose.OPENING, False),
        (RoomKind.OPENING, Purpose.EVALUATION, False),
        (RoomKind.NETWORK, Purpose.OTHER, True),
        (RoomKind.MONITORING, Purpose.PRICES, False),
    ],
)
def test_openings_are_held_in_opening_rooms_and_evaluations_in_evaluation_rooms(kind, purpose, right):
    if right:
        rules.check_kind("一室", kind, purpose)
    else:
        with pytest.raises(rules.WrongKind):
            rules.check_kind("一室", kind, purpose)


quarters = st.integers(0, 200)
spans = st.builds(
    lambda first, length: Span(at(0) + first * rules.QUARTER, at(0) + (first + length) * rules.QUARTER),
    quarters,
    st.integers(1, 40),
)


@given(spans, spans)
def test_two_bookings_meet_where_they_share_a_quarter_and_only_there(one, other):
    assert one.meets(other) == bool(set(one.quarters) & set(other.quarters)) == other.meets(one)


@given(spans, st.lists(spans, max_size=12))
def test_what_is_offered_is_free_later_as_long_and_within_hours_where_it_fits(wanted, taken):
    for offer in rules.next_free(wanted, taken, DAYS):
        assert not any(offer.meets(each) for each in taken)
        assert offer.starts_at > wanted.starts_at
        assert offer.ends_at - offer.starts_at == wanted.ends_at - wanted.starts_at
        assert DAYS.works(offer.starts_at.astimezone(SHANGHAI).date()).works
        if offer.ends_at - offer.starts_at <= timedelta(hours=3, minutes=30):
            assert rules.hours_of(offer, DAYS) is Hours.WITHIN


@pytest.mark.parametrize(
    ("written", "things"),
    [
        ("投影仪、音响、视频监控", ["投影仪", "音响", "视频监控"]),
        ("投影仪,音响\r\n 视频监控 ;音响", ["投影仪", "音响", "视频监控"]),
        ("  、、", []),
    ],
)
def test_equipment_is_read_as_a_list_however_it_is_parted(written, things):
    assert rules.listed(written) == things


def test_a_span_says_both_days_where_it_ends_on_another():
    assert span(14, 16).local == "2026-12-01 14:00–16:00"
    assert (
        Span(at(14), datetime(2026, 12, 2, 9, tzinfo=SHANGHAI)).local == "2026-12-01 14:00 – 2026-12-02 09:00"
    )
