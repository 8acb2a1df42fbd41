from __future__ import annotations

from bidding.db import db
from bidding.experts import queries
from bidding.experts.models import Draw
from bidding.story.experts import CONDITIONS, ExpertDraw
from tests.experts.playing import SPECIALTIES, fill_pool


def test_whom_the_draw_puts_in_two_places_is_passed_over_and_every_place_is_taken(centre, tender):
    """Eight experts who know everything: one time in three the first reserve is drawn elsewhere."""
    fill_pool(centre.act, centre.blobs, centre.keys, count=8, 专业="；".join(code for code, _ in SPECIALTIES))
    played = ExpertDraw(centre, tender.uid)
    played.order()
    played.contribute(silent="centre")
    played.call()
    session = db.session()
    draw = session.query(Draw).filter_by(uid=played.uid).one()
    record = queries.record_of(session, draw)
    assert record.calling.complete()
    assert len(record.calling.called()) == CONDITIONS.experts + 1
