from __future__ import annotations

from bidding.experts.rules import Step


def test_a_draw_from_the_request_to_the_ranking(play):
    play.to_drawn()
    assert play.draw.step is Step.DRAWN
    assert [len(line.picks) for line in play.record.results] == [2, 1, 1]
    play.call_everybody()
    assert play.record.calling.complete()
