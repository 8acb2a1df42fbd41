from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from bidding.submissions.rehearsal import AGAIN, AT_ONCE, Rehearsals, TooManyRehearsals
from tests.conftest import MONDAY


def test_one_tenderer_waits_until_the_very_end_of_the_pause():
    places = Rehearsals()
    with places.one(1, MONDAY):
        pass
    with pytest.raises(TooManyRehearsals), places.one(1, MONDAY + AGAIN - timedelta(microseconds=1)):
        pass
    with places.one(1, MONDAY + AGAIN):
        pass


def test_only_so_many_try_at_once_and_a_broken_line_gives_its_place_back():
    places = Rehearsals()
    with ExitStack() as stack:
        for number in range(AT_ONCE):
            stack.enter_context(places.one(number, MONDAY))
        with pytest.raises(TooManyRehearsals), places.one(AT_ONCE, MONDAY):
            pass
    with pytest.raises(ConnectionError), places.one(AT_ONCE, MONDAY):
        raise ConnectionError
    with places.one(AT_ONCE + 1, MONDAY):
        pass
