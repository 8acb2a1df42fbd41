from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.experts.rules import Conditions, Place
from tests.experts.playing import Play, fill_pool

#: Two experts of each of two specialties, for a panel of five with the owner's representative.
CONDITIONS = Conditions(5, 1, (Place("A0801", 2, 2), Place("A0802", 2, 2)))


@pytest.fixture
def play(centre, tender, tmp_path):
    """A filled pool and a published tender."""
    fill_pool(centre.act, centre.blobs, centre.keys)
    return Play(centre, tender, tmp_path / "draws")


@pytest.fixture
def released(play):
    """Drawn and called before the opening, then released to the room when the evaluation begins."""
    centre = play.centre
    closes = play.tender.closes_at
    play.to_drawn(conditions=CONDITIONS, evaluation_at=closes + timedelta(hours=3)).call_everybody()
    play.close_tender()
    centre.wait(closes + timedelta(hours=3, minutes=1))
    return play.release()
