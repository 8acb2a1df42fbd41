"""A consultation goes on as a negotiation does, and is decided by points on the last offers."""

from __future__ import annotations

import re

import pytest

from bidding.award import queries as awards
from bidding.award import scoring
from bidding.award import service as awarding
from bidding.db import db
from bidding.story.play import WAN
from bidding.tenders.kinds import Method
from tests.negotiation.test_service import record


@pytest.fixture
def method():
    return Method.CONSULTATION


def test_a_consultation_is_decided_by_points_and_rank_that_the_record_and_everybody_have(negotiation):
    made = negotiation.call()
    for number, fen in ((1, 72 * WAN), (2, 80 * WAN), (3, 90 * WAN)):
        negotiation.offer(made, number, fen)
    negotiation.open(made)
    first, second, third = (made.received[number] for number in (1, 2, 3))
    with pytest.raises(scoring.NotScored):
        record(negotiation, first)
    points = {first: (6000, False), second: (7000, True), third: (None, False)}
    with pytest.raises(scoring.NotFirst):
        record(negotiation, first, scores=points)
    seen = record(negotiation, second, scores=points)
    with negotiation.centre.act("wu") as tx:
        awarding.confirm_award(tx, negotiation.tender.uid, "1", seen)
    _, (known,) = awards.published(db.session(), negotiation.tender.uid)
    said = known.final.scoring
    assert (said["price_tenths"], said["sme_permille"]) == (200, 100)
    assert [(each["bid"], each["price"], each["total"], each["rank"]) for each in said["scores"]] == [
        (second, 2000, 9000, 1),  # 80 万 with a tenth off is 72 万 too
        (first, 2000, 8000, 2),
    ]


def test_points_are_put_down_on_the_page_and_published_with_the_result(negotiation, ask):
    made = negotiation.call()
    for number, fen in ((1, 72 * WAN), (2, 80 * WAN), (3, 90 * WAN)):
        negotiation.offer(made, number, fen)
    negotiation.open(made)
    uid = negotiation.tender.uid
    bids = [made.received[number] for number in (1, 2, 3)]
    status, text = ask("zhou", f"/projects/{uid}/award/1")
    assert status == 200
    assert text.count("价格以外的得分：") == 3
    form = {"winner": bids[1], "awarded_on": "2026-12-17", f"small_{bids[1]}": "y"}
    form |= {f"other_{bids[0]}": "60", f"other_{bids[1]}": "80.01", f"other_{bids[2]}": "五十"}
    status, text = ask("zhou", f"/projects/{uid}/award/1", **form)
    assert status == 422
    assert "最多两位小数" in text
    status, text = ask("zhou", f"/projects/{uid}/award/1", **form | {f"other_{bids[2]}": ""})
    assert status == 422
    assert "价格以外的得分最多 80.00 分" in text
    form |= {f"other_{bids[1]}": "70", f"other_{bids[2]}": ""}
    assert ask("zhou", f"/projects/{uid}/award/1", **form)[0] == 303
    status, text = ask("wu", f"/projects/{uid}/award/1/confirm")
    assert "90.00" in text
    seen = re.search(r'name="seen"[^>]* value="(\w{64})"', text)[1]
    assert ask("wu", f"/projects/{uid}/award/1/confirm", seen=seen)[0] == 303
    status, text = ask(None, f"/notices/{uid}/award")
    assert status == 200
    for words in ("评审得分和排序", "90.00", "80.00", "小微企业，按扣除后的报价算价格分", "720,000.00"):
        assert words in text, words
