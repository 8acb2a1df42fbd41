from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.api.limits import WINDOW, Windows
from tests.conftest import MONDAY

SECOND = timedelta(seconds=1)


def test_the_last_request_of_a_window_is_taken_and_the_next_is_not():
    windows = Windows()
    left = [windows.take("public", "a", 3, MONDAY) for _ in range(4)]
    assert [(each.left, each.refused) for each in left] == [(2, False), (1, False), (0, False), (0, True)]
    assert left[3].headers == {
        "RateLimit-Policy": '"public";q=3;w=60',
        "RateLimit": '"public";r=0;t=60',
        "Retry-After": "60",
    }


@pytest.mark.parametrize(
    ("later", "refused", "wait"),
    [
        (WINDOW - timedelta(microseconds=1), True, 1),
        (WINDOW - SECOND, True, 1),
        (WINDOW, False, 60),
        (-SECOND, False, 60),  # the clock was put back: nobody waits for it to come again
    ],
)
def test_a_window_ends_at_its_instant(later, refused, wait):
    windows = Windows()
    windows.take("public", "a", 1, MONDAY)
    standing = windows.take("public", "a", 1, MONDAY + later)
    assert (standing.refused, standing.resets_in) == (refused, wait)


def test_whoever_goes_on_knocking_waits_no_longer_for_it():
    windows = Windows()
    for second in range(59):
        windows.take("public", "a", 1, MONDAY + second * SECOND)
    assert not windows.take("public", "a", 1, MONDAY + WINDOW).refused


def test_callers_do_not_use_up_each_others_requests_and_no_limit_is_none():
    windows = Windows()
    assert not windows.take("public", "a", 1, MONDAY).refused
    assert not windows.take("public", "b", 1, MONDAY).refused
    assert not any(windows.take("public", "a", 0, MONDAY).refused for _ in range(9))


def test_many_callers_are_forgotten_before_memory_is_full():
    windows = Windows()
    for number in range(10_002):
        windows.take("public", str(number), 1, MONDAY)
    assert len(windows._begun) <= 10_000
