"""Names of processes, months in Beijing time, and addresses that name none."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.opendata import rules

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("2026-11", datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("2026-12", datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("2026", datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_span_goes_from_midnight_to_midnight_in_beijing(name, begins, ends):
    found = rules.span(name)
    assert (found.begins_at, found.ends_at) == (begins, ends)


@pytest.mark.parametrize(
    "name", ["", "2026-00", "2026-13", "2026-1", "1926", "2026-11-01", "２０２６", "2026\n"]
)
def test_what_names_no_month_or_year_is_refused(name):
    with pytest.raises(rules.NoSuchMonth):
        rules.span(name)


def test_months_are_told_the_newest_first_and_by_the_day_in_beijing():
    first = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert rules.months(first, datetime(2026, 2, 28, 16, tzinfo=UTC)) == ["2026-03", "2026-02", "2026-01"]
    assert rules.months(first - SECOND, first) == ["2026-01", "2025-12"]
    assert rules.year_of(first) == "2026"
    assert rules.year_of(first - SECOND) == "2025"
