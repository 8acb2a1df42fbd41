"""Instants are aware; protocol times are whole seconds, rounded down."""

from datetime import UTC, datetime, timedelta

from bidding.core.clock import SHANGHAI, FakeClock, ShiftedClock, SystemClock, from_unix, unix

NINE = datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=SHANGHAI)


def test_seconds_are_rounded_down_also_before_1970():
    assert unix(NINE) == 1795395600
    assert from_unix(unix(NINE)) == NINE.replace(microsecond=0)
    assert unix(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1


def test_the_machines_clock_is_aware_and_goes_on():
    clock = SystemClock()
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_a_fake_clock_moves_only_when_it_is_moved():
    clock = FakeClock(NINE)
    assert clock.now() is clock.now()
    clock.advance(timedelta(seconds=1))
    assert clock.now() == NINE + timedelta(seconds=1)
    clock.set(NINE)
    assert clock.now() == NINE


def test_a_shifted_clock_runs_as_its_base_does_from_wherever_it_was_set():
    base = FakeClock(NINE)
    clock = ShiftedClock(base)
    assert clock.now() == NINE
    clock.set(NINE - timedelta(days=1))
    base.advance(timedelta(minutes=5))
    clock.advance(timedelta(minutes=1))
    assert clock.now() == NINE - timedelta(days=1) + timedelta(minutes=6)
