from __future__ import annotations

from contextlib import ExitStack

import pytest

from bidding.submissions.lanes import LANES, Lanes, TooManyAtOnce


def test_a_tenderer_has_so_many_lanes_and_takes_none_of_anothers():
    lanes = Lanes()
    with ExitStack() as taken:
        for _ in range(LANES):
            taken.enter_context(lanes.taken(1))
        with pytest.raises(TooManyAtOnce), lanes.taken(1):
            pass
        with lanes.taken(2):
            pass
    with lanes.taken(1):
        pass


def test_a_lane_is_free_again_after_a_refusal():
    lanes = Lanes()
    for _ in range(2 * LANES):
        with pytest.raises(ValueError, match="refused"), lanes.taken(1):
            raise ValueError("refused")
