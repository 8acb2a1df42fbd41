"""A negotiation from its opened responses to the award, through the services and clients that people use."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.award import queries as awards
from bidding.award import rules as award_rules
from bidding.award import service as awarding
from bidding.award.service import Decision
from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound, SamePerson
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.lifecycle import queries as course
from bidding.negotiation import queries, rules, service
from bidding.opening import queries as openings
from bidding.story.play import WAN
from bidding.tenders import queries as tenders
from bidding.verification.findings import Mark
from tests.opening.parts import bundle


def record(negotiation, bid, *, by="zhou", **more):
    today = tenders.local_day(negotiation.centre.clock.now())
    with negotiation.centre.act(by) as tx:
        decision = Decision(today, bid, **more)
        return awarding.record_award(tx, negotiation.tender.uid, "1", decision).record_sha256


def project_of(negotiation):
    return tenders.notice(db.session(), negotiation.tender.uid)


def copy_of(negotiation, uid):
    """A tender that hands in to another uid."""
    found = copy(negotiation.tender)
    found.uid = uid
    return found


def test_last_offers_are_sealed_opened_together_and_the_lowest_takes_it(negotiation):
    first = negotiation.call(is_last=False)
    for number in (1, 2, 3):
        negotiation.offer(first, number, (80 + number) * WAN)
    negotiation.open(first)
    last = negotiation.call()
    for number, fen in ((1, 75 * WAN), (2, 71 * WAN), (3, 73 * WAN)):
        negotiation.offer(last, number, fen)
    assert openings.sheets(db.session(), tenders.notice(db.session(), last.uid)) == []
    db.session.rollback()
    with pytest.raises(award_rules.NotOpenedYet):
        record(negotiation, last.received[2])
    negotiation.open(last)

    (known,) = awards.results(db.session(), project_of(negotiation))
    assert [offer.price.fen for offer in known.offers] == [75 * WAN, 71 * WAN, 73 * WAN]
    db.session.rollback()
    with pytest.raises(award_rules.NotLowest):
        record(negotiation, last.received[1])
    seen = record(negotiation, last.received[2])
    with negotiation.centre.act("wu") as tx:
        awarding.confirm_award(tx, negotiation.tender.uid, "1", seen)
    assert queries.is_disclosed(db.session(), project_of(negotiation))


def test_both_logs_stand_by_themselves_and_the_first_names_the_panel_of_the_round(negotiation, tmp_path):
    made = negotiation.call()
    for number in (1, 2, 3):
        negotiation.offer(made, number, (70 + number) * WAN)
    negotiation.open(made)
    for each in (negotiation.tender, made):
        report = bundle(each, tmp_path)
        assert {finding.mark for finding in report.findings} <= {Mark.HOLDS, Mark.NOTE}, report
    project = tenders.notice(db.session(), made.uid)
    parent = project_of(negotiation)
    leaves = db.session.scalars(select(Leaf.event).where(Leaf.log_id == parent.log_id)).all()
    (said,) = [event["data"] for event in map(loads, leaves) if event.get("kind") == rules.ROUND_NOTE]
    assert said["panel"] == project.panel_hash
    assert set(said["invited"]) == set(negotiation.tender.received.values())


def test_fewer_than_three_last_offers_fail_and_nobody_can_win(negotiation):
    made = negotiation.call()
    for number in (1, 2):
        negotiation.offer(made, number, 70 * WAN + number)
    made.close()
    project = project_of(negotiation)
    assert queries.failed_lots(db.session(), project) == {"1"}
    assert course.unannounced(db.session(), project) == ["1"]
    db.session.rollback()
    with pytest.raises(award_rules.LotFailed):
        record(negotiation, made.received[1])
    with pytest.raises(rules.Over):
        negotiation.draft(findings={"x": ""})


def test_too_few_can_be_invited_only_on_a_ground_and_then_two_last_offers_are_enough(negotiation):
    with pytest.raises(rules.TooFew) as refused:
        negotiation.draft(3)
    assert refused.value.params["count"] == 2
    made = negotiation.call(3, ground="公开招标只有两家，财政批准〔2026〕3 号")
    for number in (1, 2):
        negotiation.offer(made, number, 70 * WAN + number)
    negotiation.open(made)
    assert len(openings.sheets(db.session(), tenders.notice(db.session(), made.uid))) == 2
    db.session.rollback()
    with pytest.raises(rules.TooFew):
        rules.check_findings(["a", "b"], {"a": "", "b": "否"}, least=3, by="", few=2, ground="有")


def test_where_too_few_pass_it_can_be_said_that_nobody_won(negotiation):
    with pytest.raises(award_rules.NotATenderer):
        record(negotiation, negotiation.tender.received[1])
    seen = record(negotiation, "", reason="实质性响应的供应商不足三家")
    with negotiation.centre.act("wu") as tx:
        awarding.confirm_award(tx, negotiation.tender.uid, "1", seen)
    with pytest.raises(rules.Over):
        negotiation.draft()


def test_whoever_drafts_a_round_cannot_let_it_out_and_strangers_find_none(negotiation):
    uid = negotiation.draft()
    with pytest.raises(SamePerson):
        negotiation.confirm(uid, by="zhou")
    for stranger in ("jiang", "t1", "sun"):
        with pytest.raises(NotFound):
            negotiation.confirm(uid, by=stranger)
        with pytest.raises(NotFound):
            negotiation.draft(by=stranger)
    with pytest.raises(NotFound):  # not out yet: not even to the invited
        copy_of(negotiation, uid).submit(1, negotiation.tender.bids[1])
    with pytest.raises(rules.RoundUnderWay):
        negotiation.draft(findings={})
    with negotiation.centre.act("zhou") as tx:
        service.drop_round(tx, uid)
    assert negotiation.call().uid != uid


def test_a_call_that_waited_too_long_is_refused_and_not_let_out(negotiation):
    uid = negotiation.draft(hours=1)
    negotiation.centre.wait(timedelta(minutes=45))
    with pytest.raises(rules.TooSoon):
        negotiation.confirm(uid)


def test_who_was_not_invited_or_has_left_can_seal_nothing_in_a_round(negotiation):
    made = negotiation.call(3, ground="公开招标只有两家，财政批准〔2026〕3 号")
    sealed = made.seal(3, [], price_fen=60 * WAN)
    with pytest.raises(NotFound):
        made.submit(3, sealed)
    own = made.seal(2, [], price_fen=60 * WAN)
    with negotiation.centre.act("t2") as tx:
        service.leave(tx, negotiation.tender.uid)
    with pytest.raises(NotFound):
        made.submit(2, own)
    assert queries.exits_told(db.session(), project_of(negotiation)) == []


def test_a_supplier_leaves_once_until_its_last_offer_is_in(negotiation):
    made = negotiation.call()
    negotiation.offer(made, 1, 70 * WAN)
    with pytest.raises(rules.HandedIn), negotiation.centre.act("t1") as tx:
        service.leave(tx, negotiation.tender.uid)
    made.withdraw(1)
    for _ in range(2):
        with negotiation.centre.act("t1") as tx:
            first = service.leave(tx, negotiation.tender.uid).id
    assert first
    with pytest.raises(Forbidden), negotiation.centre.act("zhou") as tx:
        service.leave(tx, negotiation.tender.uid)
    made.close()
    with pytest.raises(rules.TooLateToLeave), negotiation.centre.act("t2") as tx:
        service.leave(tx, negotiation.tender.uid)
    assert [row.organisation.name for row in queries.exits_told(db.session(), project_of(negotiation))]
