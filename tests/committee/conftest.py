from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.experts.models import Draw
from bidding.experts.rules import Conditions, Place
from bidding.story.cast import tenderer
from tests.experts.playing import Play, fill_pool

#: Two experts of each of two specialties, for a panel of five with the owner's representative.
CONDITIONS = Conditions(5, 1, (Place("A0801", 2, 2), Place("A0802", 2, 2)))


@pytest.fixture
def further(tmp_path, attachment):
    def filled(centre, tender):
        fill_pool(centre.act, centre.blobs, centre.keys)
        return tender

    def let_out(centre, tender):
        play = Play(centre, filled(centre, tender), tmp_path / "draws")
        evaluation_at = tender.closes_at + timedelta(hours=3)
        play.to_drawn(conditions=CONDITIONS, evaluation_at=evaluation_at).call_everybody()
        play.close_tender()
        centre.wait(evaluation_at + timedelta(minutes=1))
        play.release()
        return tender

    def bid_for(centre, tender):
        for number in (1, 2, 3):
            tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
        return let_out(centre, tender)

    return {"bidders": ("tender", bid_for), "released": ("tender", let_out), "play": ("tender", filled)}


@pytest.fixture
def play(laid, tmp_path):
    """A filled pool and a published tender."""
    return Play(*laid, tmp_path / "draws")


@pytest.fixture
def released(laid, tmp_path):
    """Drawn and called before the opening, then released to the room when the evaluation begins."""
    play = Play(*laid, tmp_path / "draws")
    play.uid = db.session.scalar(select(Draw.uid))
    return play


@pytest.fixture
def bidders(laid):
    """The names of the three tenderers who have bid before names were released."""
    return [tenderer(number)[0].name for number in sorted(laid[1].bids)]
