"""How amounts, instants and sizes are shown."""

from datetime import UTC, date, datetime

import pytest

from bidding.web import filters

AT = datetime(2026, 12, 15, 16, 30, 5, tzinfo=UTC)  # half past midnight of the 16th in Shanghai


def test_instants_are_shanghais():
    assert filters.instant(AT) == "2026-12-16 00:30:05"
    assert filters.minute(AT) == "2026-12-16 00:30"
    assert filters.day(AT) == "2026-12-16"
    assert filters.clock(AT) == "00:30:05"
    assert filters.day(date(2026, 12, 15)) == "2026-12-15"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "2026年12月16日星期三"), ("en", "Wednesday, December 16, 2026")]
)
def test_long_days_are_the_readers(app, language, words):
    with app.test_request_context(headers={"Accept-Language": language}):
        assert filters.longday(AT) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (41_200_000, "41.2 MB"), (5_000_000_000_000, "5000 GB")],
)
def test_sizes_are_those_of_file_managers(count, words):
    assert filters.bytesize(count) == words


def test_the_half_sun_has_a_piece_for_every_trustee():
    sun = filters.half_sun(5, 3)
    assert [sector.number for sector in sun.sectors] == [1, 2, 3, 4, 5]
    assert [sector.on for sector in sun.sectors] == [True, True, True, False, False]
    assert sun.lit == 3
    named = filters.half_sun(5, {2, 5})
    assert [sector.number for sector in named.sectors if sector.on] == [2, 5]
    for sector in sun.sectors:
        assert sector.path.startswith("M")
        assert 0 < float(sector.x) < 300
        assert 0 < float(sector.y) < 150
    xs = [float(sector.x) for sector in sun.sectors]
    assert xs == sorted(xs), "from the left"


def test_the_filters_are_there(app):
    for name in ("yuan", "wan", "daxie", "instant", "minute", "day", "longday", "clock", "bytesize"):
        assert name in app.jinja_env.filters
