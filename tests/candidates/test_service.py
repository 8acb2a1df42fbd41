"""Candidates: drafted from what was opened, published by another person, objected to, and what they let be decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from bidding.announcements import service as announcements
from bidding.announcements.rules import ReportImpossible, State
from bidding.announcements.service import CandidatesStand
from bidding.award import queries as awards
from bidding.award.models import Award
from bidding.award.rules import AboveLimit, NotATenderer, NotOpenedYet, Outcome
from bidding.award.standstill import (
    NotACandidate,
    NotFirst,
    NotPublicised,
    StillStanding,
    Unanswered,
    Upheld,
)
from bidding.candidates import queries, service
from bidding.candidates.service import NotNeeded, RankSkipped, Recommended, Twice
from bidding.core.canonical import loads, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.ledger.models import Leaf, Log
from bidding.messages.models import Message
from bidding.opening.models import OpenedEnvelope
from bidding.submissions.models import Bid
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import Defects
from bidding.tenders.service import ChangedMeanwhile
from tests.award.opened import WAN

DAY = timedelta(days=1)


def notes(made, kind):
    """What the project's log says of this kind, in order."""
    db.session.rollback()
    leaves = db.session.scalars(
        select(Leaf).join(Log, Log.id == Leaf.log_id).where(Log.code == made.given.code).order_by(Leaf.idx)
    )
    found = [loads(leaf.event) for leaf in leaves]
    return [each["data"] for each in found if each["type"] == "note" and each["kind"] == kind]


def test_what_stands_on_the_sheets_is_taken_from_there_and_the_projects_log_has_the_hash(opened):
    made = opened()
    uid = made.publish("zhao", "li")
    row = made.row(uid)
    text = loads(row.notice)
    first, second = text["candidates"]
    assert (first["rank"], first["bid"], first["price_fen"]) == (1, made.bid("zhao"), 1210 * WAN)
    assert (second["rank"], second["bid"], second["price_fen"]) == (2, made.bid("li"), 1200 * WAN)
    assert first["name"] in row.supplier_name
    assert (text["project"], text["lot"], text["family"]) == (made.given.code, "1", "works")
    assert text["publicity"] | {"last": ""} == {
        "value": 3,
        "unit": "day",
        "law": "招标投标法实施条例",
        "article": "54",
        "last": "",
    }
    assert row.sha256 == sha(row.notice).hex()
    assert notes(made, announcements.PUBLISHED_NOTE) == [
        {"announcement": uid, "of": "candidates", "sha256": row.sha256}
    ]
    told = set(db.session.scalars(select(Message.kind)))
    assert {str(each) for each in told} >= {"candidates-told"}


def test_a_draft_is_changed_over_the_version_that_was_seen_and_no_second_one_begins(opened):
    made = opened()
    uid = made.write("li")
    seen = made.row(uid).version
    assert made.write("zhao", "li", version=seen) == uid
    assert [each.bid for each in made.row(uid).said.candidates] == [made.bid("zhao"), made.bid("li")]
    with pytest.raises(ChangedMeanwhile):
        made.write("he", version=seen)
    made.press("zhou", announcements.submit, uid)
    with pytest.raises(WrongState):
        made.write("he")


def test_two_lists_of_one_lot_are_refused_by_the_database_as_well(opened):
    made = opened()
    uid = made.write()

    def twice(tx):
        row = tx.session.get(type(made.row(uid)), made.row(uid).id)
        return announcements.create(tx, row.kind, row.said, row.lot)

    with pytest.raises(CandidatesStand):
        made.press("zhou", twice)


@pytest.mark.parametrize(
    ("ranks", "refusal"),
    [
        (("", "li"), RankSkipped),
        (("li", "li"), Twice),
    ],
)
def test_ranks_are_filled_in_order_and_by_everybody_once(opened, ranks, refusal):
    with pytest.raises(refusal) as refused:
        opened().write(*ranks)
    assert refused.value.field in ("bid_1", "bid_2")


def test_only_whoever_tendered_within_the_limit_is_a_candidate(opened):
    made = opened(prices=(1200 * WAN, 1286 * WAN + 1), lots=("1", "2"))
    made.given.lots = ("1",)
    with pytest.raises(AboveLimit):
        made.write("zhao")
    with pytest.raises(NotATenderer):
        made.write("he")


def test_another_person_publishes_and_what_is_missing_is_told_before(opened):
    made = opened()
    uid = made.write("li", summary="")
    with pytest.raises(Defects):
        made.press("zhou", announcements.submit, uid)
    uid = made.write("li", version=made.row(uid).version)
    made.press("zhou", announcements.submit, uid)
    with pytest.raises(SamePerson):
        made.press("zhou", announcements.publish, uid, keys=made.keys)


def test_nobody_reports_on_prices_that_were_sealed_still(opened, begin):
    made = opened()
    uid = made.write("li")
    with begin() as tx:
        project = tx.session.scalars(select(Project).where(Project.uid == made.given.uid)).one()
        project.envelopes, project.prices_open_at = Envelopes.TWO, tx.now + DAY
    made.clock.advance(DAY)
    with pytest.raises(Defects) as refused:
        made.press("zhou", announcements.submit, uid)
    assert [type(each.refusal) for each in refused.value.problems] == [ReportImpossible]


def test_nothing_is_written_of_another_agencys_lot_or_before_the_opening_or_where_no_law_asks(opened, rival):
    made = opened()
    with pytest.raises(NotFound):
        made.write(by="feng")
    closed = opened(uid="p2", code="T-2", opened=False)
    with pytest.raises(NotOpenedYet):
        closed.write()
    bought = opened(uid="p3", code="T-3", family=Family.PROCUREMENT, method=Method.OPEN_TENDER, ceiling=None)
    with pytest.raises(NotNeeded):
        bought.write()
    assert bought.record()


def test_nobody_wins_before_the_candidates_stood_for_their_days(opened):
    made = opened()
    with pytest.raises(NotPublicised):
        made.record()
    made.write("li")
    with pytest.raises(NotPublicised):
        made.record()
    assert made.record("", reason="全部投标被否决")  # that nobody wins needs no candidates


def test_the_first_wins_once_it_is_over_and_the_second_only_with_a_reason(opened):
    made = opened()
    uid = made.publish("li", "zhao")
    with pytest.raises(StillStanding):
        made.record()
    made.over(uid)
    with pytest.raises(NotACandidate):
        made.record("he", reason="更合适")
    with pytest.raises(NotFirst):
        made.record("zhao")
    made.confirm(made.record("zhao", reason="第一名放弃中标"))
    award = db.session.scalars(select(Award)).one()
    assert (award.outcome, award.winner_bid, award.reason) == (
        Outcome.AWARDED,
        made.bid("zhao"),
        "第一名放弃中标",
    )


def test_an_objection_holds_the_award_until_it_is_answered_and_one_that_is_right_until_a_new_list(opened):
    made = opened()
    uid = made.publish("li", "zhao")
    n = made.object(uid)
    made.over(uid)
    with pytest.raises(Unanswered):
        made.record()
    made.answer(uid, n, upheld=True)
    with pytest.raises(Upheld):
        made.record()
    made.withdraw(uid)
    with pytest.raises(NotPublicised):
        made.record()
    again = made.publish("zhao", "li")
    assert again != uid
    assert (made.row(uid).state, made.row(again).state) == (State.WITHDRAWN, State.PUBLISHED)
    made.over(again)
    made.confirm(made.record("zhao"))
    assert [each["announcement"] for each in notes(made, announcements.PUBLISHED_NOTE)] == [uid, again]
    assert [each["announcement"] for each in notes(made, announcements.WITHDRAWN_NOTE)] == [uid]
    assert [each["n"] for each in notes(made, announcements.OBJECTION_NOTE)] == [n]


def test_an_objection_that_is_not_upheld_lets_the_award_go_on(opened):
    made = opened()
    uid = made.publish()
    made.answer(uid, made.object(uid), upheld=False)
    made.over(uid)
    made.confirm(made.record())


def test_a_list_that_is_withdrawn_after_the_result_was_put_down_stops_its_confirmation(opened):
    made = opened()
    uid = made.publish()
    made.over(uid)
    seen = made.record()
    made.withdraw(uid)
    with pytest.raises(NotPublicised):
        made.confirm(seen)


def test_a_lots_candidates_say_nothing_of_another_lot(opened):
    made = opened(lots=("1", "2"))
    uid = made.publish(lot="1")
    made.over(uid)
    made.confirm(made.record(lot="1"))
    with pytest.raises(NotPublicised):
        made.record(lot="2")
    with pytest.raises(NotATenderer):
        made.press(
            "zhou",
            service.write,
            made.given.uid,
            "2",
            made.row(uid).said,
            [Recommended(made.bid("li", "1"))],
        )


def test_a_lot_of_which_no_sheet_could_be_read_needs_no_candidates(opened, begin):
    made = opened(lots=("1", "2"))
    with begin() as tx:
        unread = select(Bid.id).join(Lot, Lot.id == Bid.lot_id).where(Lot.code == "2")
        tx.session.execute(delete(OpenedEnvelope).where(OpenedEnvelope.bid_id.in_(unread)))
    who = made.cast.actor("zhou")
    found = queries.to_write(db.session(), who, made.clock.now())
    assert [lot.code for _, lot in found] == ["1"]
    made.publish(lot="1")
    assert awards.to_record(db.session(), who, made.clock.now())  # that nobody won the second
    assert made.record("", lot="2", reason="没有一份可以唱标")
    assert not awards.to_record(db.session(), who, made.clock.now())


def test_nothing_is_written_once_there_is_a_result(opened):
    made = opened()
    uid = made.publish()
    made.over(uid)
    made.confirm(made.record())
    with pytest.raises(NotFound):
        made.write()


def test_a_list_by_which_somebody_won_is_not_withdrawn(opened):
    made = opened()
    uid = made.publish("li")
    made.over(uid)
    made.confirm(made.record())
    with pytest.raises(service.Won):
        made.withdraw(uid)
    assert made.row(uid).state is State.PUBLISHED


def test_an_objection_to_a_list_that_was_withdrawn_wants_its_answer_all_the_same(opened):
    made = opened()
    first = made.publish("li")
    n = made.object(first)
    made.withdraw(first)
    again = made.publish("li")
    made.over(again)
    with pytest.raises(Unanswered):
        made.record()
    made.answer(first, n, upheld=False)
    made.confirm(made.record())


def test_candidates_of_a_lot_that_was_decided_meanwhile_do_not_come_out(opened):
    made = opened()
    uid = made.write("li")
    made.press("zhou", announcements.submit, uid)
    made.confirm(made.record("", reason="全部投标被否决"))
    with pytest.raises(service.Decided):
        made.press("wu", announcements.publish, uid, keys=made.keys)
    assert made.row(uid).state is State.SUBMITTED


def test_where_nobody_won_a_correction_needs_candidates_like_a_first_result(opened):
    made = opened()
    made.confirm(made.record("", reason="全部投标被否决"))
    with pytest.raises(NotPublicised):
        made.record("li", correction="复议后第一名有效")


def test_two_who_begin_a_list_at_once_are_told_of_each_other(opened):
    made = opened()
    made.write("li")
    with pytest.raises(ChangedMeanwhile):
        made.write("zhao")


def test_a_result_that_the_candidates_have_overtaken_waits_for_its_recorder_again(opened):
    made = opened()
    uid = made.publish("li", "zhao")
    made.over(uid)
    made.record("li")
    now = made.clock.now
    zhou, wu = made.cast.actor("zhou"), made.cast.actor("wu")
    assert [len(awards.to_confirm(db.session(), who, now())) for who in (zhou, wu)] == [0, 1]
    made.withdraw(uid)
    assert awards.to_confirm(db.session(), wu, now()) == []
    again = made.publish("zhao")
    made.over(again)
    assert awards.to_confirm(db.session(), wu, now()) == []
    assert len(awards.to_record(db.session(), zhou, now())) == 1
    made.record("zhao")
    assert len(awards.to_confirm(db.session(), wu, now())) == 1
    assert awards.to_record(db.session(), zhou, now()) == []
