"""Covers look like arrivals that know of nothing; events stand where they may."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.core.canonical import Malformed
from bidding.core.entropy import ReplayEntropy
from bidding.ledger.rules import PACE, CoverPace, check_place, gap, next_cover

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
CLOSE = NOW + timedelta(days=20)


def walk(start, closes_at, entropy):
    at = next_cover(start, closes_at, entropy)
    while at is not None:
        yield at
        at = next_cover(at, closes_at, entropy)


def test_gaps_have_the_mean_that_was_asked_for():
    entropy = ReplayEntropy(b"gaps")
    gaps = [gap(timedelta(minutes=20), entropy) / timedelta(minutes=1) for _ in range(4000)]
    assert min(gaps) > 0
    assert 19 < sum(gaps) / len(gaps) < 21
    below = sum(one < 20 for one in gaps) / len(gaps)
    assert 0.61 < below < 0.65, "an exponential wait lies below its mean with 1 − 1/e"


def test_covers_thicken_towards_the_end_and_stop_before_it():
    closes_at = NOW + timedelta(hours=50)
    covers = list(walk(NOW, closes_at, ReplayEntropy(b"walk")))
    turn = closes_at - PACE.late
    early = [at for at in covers if at < turn]
    late = [at for at in covers if at >= turn]
    assert 144 * 0.7 < len(early) < 144 * 1.3
    assert 120 * 0.7 < len(late) < 120 * 1.3
    assert max(covers) < closes_at


def test_no_cover_at_or_after_the_close():
    entropy = ReplayEntropy(b"end")
    assert next_cover(CLOSE, CLOSE, entropy) is None
    assert next_cover(CLOSE + timedelta(hours=1), CLOSE, entropy) is None


def test_the_pace_is_a_setting():
    pace = CoverPace(mean=timedelta(seconds=1), late_mean=timedelta(seconds=1), late=timedelta(minutes=1))
    first = next_cover(NOW, CLOSE, ReplayEntropy(b"pace"), pace)
    assert first - NOW < timedelta(seconds=20)


@pytest.mark.parametrize(
    ("kind", "index", "centre"),
    [("panel", 0, False), ("schedule", 1, False), ("bid", 2, False), ("note", 0, True), ("enrol", 5, True)],
)
def test_where_an_event_may_stand(kind, index, centre):
    check_place(kind, index, centre=centre)


@pytest.mark.parametrize(
    ("kind", "index", "centre"),
    [
        ("schedule", 0, False),
        ("panel", 1, False),
        ("panel", 7, False),
        ("cover", 1, False),
        ("genesis", 2, False),
        ("final", 9, False),
        ("bid", 3, True),
        ("panel", 0, True),
        ("cover", 3, True),
    ],
)
def test_where_an_event_may_not_stand(kind, index, centre):
    with pytest.raises(Malformed):
        check_place(kind, index, centre=centre)
