from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads, sha
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.experts import queries, rules, service
from bidding.experts.calls import Answer, MustSkip, NotTheirTurn
from bidding.experts.draw import PoolTooSmall, contribution, leaf_hash
from bidding.experts.models import Disclosure, Draw, DrawCall, DrawLeaf, DrawShare, Expert
from bidding.experts.replay import replay_draws
from bidding.experts.rules import Conditions, Place, Step
from bidding.experts.service import CallNote, Unit
from bidding.identity.models import Organisation
from bidding.ledger import service as ledger_service
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.sealing.ristretto import multiply_base, scalar_of
from bidding.story.cast import tenderer


def one(code="A0801", need=4, backups=0, members=5, cap=1):
    return Conditions(members=members, max_per_unit=cap, places=(Place(code, need, backups),))


def events(play, *types):
    session = db.session()
    session.rollback()
    log_id = play.draw.project.log_id
    rows = session.execute(select(Leaf.idx, Leaf.event).where(Leaf.log_id == log_id).order_by(Leaf.idx)).all()
    return [(index, loads(text)) for index, text in rows if loads(text)["type"] in types]


# Asking and freezing


def test_a_draw_from_the_request_to_the_published_names(play):
    play.to_drawn()
    assert play.draw.step is Step.DRAWN
    assert [len(line.picks) for line in play.record.results] == [2, 1, 1]
    play.call_everybody()
    assert play.record.calling.complete()
    play.centre.wait(timedelta(days=7))
    play.release()
    assert play.draw.step is Step.RELEASED


def test_a_verifier_reads_the_same_from_the_log_alone(play):
    play.to_drawn().call_everybody()
    _, panel = queries.panel_of(play.draw.project)
    (again,) = replay_draws(
        events(play, "draw-spec", "draw-deal", "draw-closed", "draw-reveal", "draw-call"), panel, panel.hash
    )
    ours = play.record
    assert (again.seed, again.results) == (ours.seed, ours.results)
    assert again.calling.complete()


def test_no_name_stands_in_the_log(play):
    play.to_drawn().call_everybody()
    session = db.session()
    text = "".join(session.scalars(select(Leaf.event)))
    for expert in session.query(Expert):
        assert expert.name not in text
        assert expert.phone not in text
        assert expert.unit not in text
        assert expert.uid not in text


@pytest.mark.parametrize(
    ("conditions", "refusal"),
    [
        (one(need=4, members=4), rules.BadComposition),
        (one(need=3, members=3), rules.PanelTooSmall),
        (one(need=3), rules.TooFewExperts),
        (one(need=6), rules.TooManyExperts),
        (one("Z9"), rules.UnknownSpecialty),
        (Conditions(5, 1, (Place("A0801", 2, 0), Place("A0801", 2, 0))), rules.UnknownSpecialty),
    ],
)
def test_a_panel_the_law_does_not_allow_is_not_asked_for(play, conditions, refusal):
    with pytest.raises(refusal):
        play.request(conditions=conditions)


def test_the_evaluation_lies_ahead_at_the_instant_itself(play):
    now = play.centre.clock.now()
    with pytest.raises(rules.EvaluationPassed):
        play.request(evaluation_at=now)
    play.request(evaluation_at=now + timedelta(seconds=1))
    play.centre.clock.advance(timedelta(seconds=1))
    with pytest.raises(rules.EvaluationPassed):
        play.freeze()


def test_one_draw_of_a_project_at_a_time(play):
    play.request()
    with pytest.raises(rules.UnderWay):
        play.request()
    with play.centre.act("wang") as tx:
        service.cancel(tx, play.uid, "日期填错")
    play.request()


def test_who_asked_does_not_freeze(play):
    play.request("wang")
    with pytest.raises(SamePerson):
        play.freeze("wang")
    play.freeze("chen")
    session = db.session()
    with pytest.raises(IntegrityError):
        session.execute(update(Draw).values(frozen_by_id=Draw.requested_by_id))
    session.rollback()


@pytest.mark.parametrize("who", ["zhou", "sun", "t1"])
def test_only_administrators_freeze_close_and_cancel(play, who):
    play.request()
    for act in (service.freeze, service.close_parties, lambda tx, uid: service.cancel(tx, uid, "x")):
        with pytest.raises(Forbidden), play.centre.act(who) as tx:
            act(tx, play.uid)


def test_a_pool_that_could_leave_a_place_empty_is_refused_before_anybody_deals(play):
    play.request(conditions=one(need=5, cap=1))
    session = db.session()
    session.execute(update(Expert).values(unit="同一个设计院"))
    session.commit()
    with pytest.raises(PoolTooSmall):
        play.freeze()
    assert play.draw.step is Step.REQUESTED
    assert session.query(DrawLeaf).count() == 0


def test_people_of_agency_owner_and_supervisor_are_excused_and_counted_never_named(play):
    session = db.session()
    people = session.query(Expert).order_by(Expert.id).all()
    for expert, unit in zip(
        people, ("明川县城市更新中心", "明川县发展和改革局", "某某院（回避）"), strict=False
    ):
        expert.unit = unit
    session.commit()
    play.request(recused="某某院(回避)\n").freeze()
    with play.centre.act("sun") as tx:
        view = queries.view(tx.session, queries.draw_for(tx.session, tx.actor, play.uid))
        assert set(view.excluded) == {"agency", "supervisor", "other"}


def test_tenderers_are_unknown_before_the_close_and_excused_after_it(play, tmp_path):
    tender, centre = play.tender, play.centre
    unit = tenderer(1)[0].name
    session = db.session()
    session.execute(update(Expert).where(Expert.id <= 3).values(unit=unit))
    session.commit()
    path = tmp_path / "a.txt"
    path.write_text("技术标")
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [path], price_fen=1_200_000_000 + number))
    play.to_drawn()
    assert all(leaf["excl"] is None for line in play.record.spec["strata"] for leaf in line["leaves"])
    play.close_tender()
    with centre.act("wang") as tx:
        draw = queries.draw_for(tx.session, tx.actor, play.uid)
        assert queries.tenderers(tx.session, draw.project)
        found = queries.recusal(tx.session, draw)
        assert found.reason(unit, None) == "tenderer"


# The order


def test_the_order_is_the_supervisors_and_of_this_list(play):
    play.request().freeze()
    signed = play.signed_order()
    for who in ("wang", "zhou", "t1"):
        with pytest.raises(Forbidden), play.centre.act(who) as tx:
            service.order(tx, play.uid, signed)
    for damage in (
        {"sig": "0" * 128},
        {"order": signed["order"] | {"parties": ["finance", "notary"]}},
        {"order": None},
        {"more": 1},
    ):
        with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
            service.order(tx, play.uid, signed | damage)
    assert events(play, "draw-spec") == []
    with play.centre.act("sun") as tx:
        service.order(tx, play.uid, signed)
    assert play.draw.step is Step.ORDERED
    with pytest.raises(WrongState), play.centre.act("sun") as tx:
        service.order(tx, play.uid, signed)


def test_an_order_of_an_earlier_list_is_refused(play):
    play.request().freeze()
    signed = play.signed_order()
    with play.centre.act("wang") as tx:
        service.cancel(tx, play.uid, "名单有误")
    play.request().freeze()
    with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
        service.order(tx, play.uid, signed)


def test_a_draw_that_was_ordered_and_given_up_is_named_by_the_next_with_a_reason(play):
    play.to_ordered()
    first = play.draw.code
    with play.centre.act("wang") as tx:
        service.cancel(tx, play.uid, "参与方不能到场")
    assert events(play, "note")[-1][1]["data"] == {"draw": first, "reason": "参与方不能到场"}
    with pytest.raises(rules.FurtherReason):
        play.request()
    play.request(reason="更换参与方").freeze().order(parties=["reform", "finance"])
    assert (play.record.after, play.record.reason) == (first, "更换参与方")
    assert play.record.ordered == ("finance", "reform")


def test_a_closed_draw_cannot_be_given_up(play):
    play.to_closed()
    with pytest.raises(WrongState), play.centre.act("wang") as tx:
        service.cancel(tx, play.uid, "结果不好")


# Contributions


def test_numbers_are_closed_when_everybody_of_the_order_has_dealt(play):
    play.to_ordered().deal("reform", "sun").deal("renewal", "zhou")
    with pytest.raises(rules.PartiesMissing):
        play.close()
    play.deal("centre").close()
    with pytest.raises(WrongState):
        play.deal("finance")


def test_a_number_is_refused_that_is_not_its_partys_or_not_for_this_list(play):
    play.to_ordered()
    deal = play.dealt("reform")
    damages = (
        deal | {"sig": "0" * 128},
        {"deal": deal["deal"] | {"party": "renewal"}, "sig": deal["sig"]},
        {"deal": deal["deal"] | {"draw": "another"}, "sig": deal["sig"]},
        {"deal": {"party": "reform"}, "sig": deal["sig"]},
        [],
    )
    for damage in damages:
        with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
            service.deal(tx, play.uid, damage)
    play.deal("reform", "sun")
    with pytest.raises(rules.RefusedProof):
        play.deal("reform", "sun")


def test_any_tenderer_may_join_once_and_under_no_seats_name(play):
    play.to_ordered()
    play.deal(party="lanyue", who="t1")
    with pytest.raises(rules.OnePartyEach):
        play.deal(party="lanyue-2", who="t1")
    with pytest.raises(rules.OnePartyEach):
        play.deal("reform", "t2")
    with pytest.raises(rules.OnePartyEach):
        play.deal(party="somebody", who="wang")
    play.deal(party="zhaohe", who="t2").deal("reform").deal("renewal").deal("centre").close()
    assert play.record.parties == ("centre", "lanyue", "reform", "renewal", "zhaohe")


def test_nothing_is_revealed_before_a_quorum_has_seen_the_close(play):
    play.to_ordered().deal("reform").deal("renewal").deal("centre").close(witnessed=False)
    with pytest.raises(NotFound):
        play.file(queries.closed_file)
    a0 = {"v": 1, "type": "draw-reveal", "draw": play.draw.code, "party": "reform"}
    opened = a0 | {"a0": play.secrets["reform"].a0}
    with pytest.raises(rules.NotWitnessed), play.centre.act("sun") as tx:
        service.reveal(tx, play.uid, opened)
    play.centre.cosign()
    with play.centre.act("sun") as tx:
        service.reveal(tx, play.uid, opened)
    ((closed, _),), ((revealed, _),) = events(play, "draw-closed"), events(play, "draw-reveal")
    assert closed < revealed


def test_a_number_that_was_not_dealt_is_not_revealed(play):
    play.to_closed()
    opened = {
        "v": 1,
        "type": "draw-reveal",
        "draw": play.draw.code,
        "party": "reform",
        "a0": play.secrets["centre"].a0,
    }
    for damage in ({}, {"a0": "0" * 64}, {"party": "nobody"}, {"type": "x"}, {"draw": "x"}, {"a0": None}):
        with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
            service.reveal(tx, play.uid, opened | damage)
    play.reveal("reform").reveal("reform")  # twice is harmless
    assert list(play.record.reveals) == ["reform"]


def test_a_party_that_does_not_reveal_cannot_stop_or_steer_the_draw(play):
    play.to_closed().reveal("reform", "sun").reveal("renewal", "zhou")
    assert play.record.results is None
    play.share("centre", "notary").share("centre", "notary").share("centre", "finance")
    assert play.record.results is None
    assert db.session().query(DrawShare).count() == 2
    play.share("centre", "reform")
    record = play.record
    assert record.reveals["centre"].by_trustees
    secret = play.secrets["centre"]
    assert play.draw.step is Step.DRAWN
    # what the trustees opened is what the party would have revealed
    value = contribution(multiply_base(scalar_of(secret.a0, "a0")), record.deals["centre"].ctx)
    assert record.reveals["centre"].value == value
    play.share("centre", "renewal")  # too late, and harmless
    assert len(events(play, "draw-reveal")) == 3


def test_a_share_that_does_not_hold_is_refused(play):
    play.to_closed()
    made = play.made_share("centre", "notary")
    other = play.made_share("reform", "notary")
    for damage in (
        {"share": other["share"]},
        {"share": made["share"] | {"i": 1}},
        {"share": None},
        {"party": "nobody"},
    ):
        with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
            service.share(tx, play.uid, made | damage)
    assert db.session().query(DrawShare).count() == 0


# Calls


def test_each_is_called_in_turn_and_only_by_who_was_shown_the_name(play):
    play.to_drawn()
    line = play.record.results[0]
    first, second = line.picks
    with pytest.raises(rules.NotShown):
        play.answer("A0801", first)
    assert play.show("A0801") == first
    assert play.show("A0801") == first
    assert db.session().query(Disclosure).count() == 1
    with pytest.raises(rules.NotShown):
        play.answer("A0801", first, who="chen")
    with pytest.raises(NotTheirTurn):
        play.answer("A0801", second)
    play.answer("A0801", first)
    assert play.show("A0801") == second


def test_a_decline_is_in_the_log_with_its_records_digest_before_the_next_name_is_shown(play):
    play.to_drawn(conditions=one("A0802", need=4, backups=1, cap=4))
    (line,) = play.record.results
    for _ in line.picks[1:]:
        play.call("A0802")
    play.call("A0802", Answer.DECLINE)
    *_, (_, event) = events(play, "draw-call")
    call = db.session().query(DrawCall).filter_by(answer=Answer.DECLINE.value).one()
    assert event["record"] == sha(call.record.encode()).hex()
    assert event["reason"] == "时间冲突"
    assert "接通一次" not in str(event)
    assert play.show("A0802") == line.backups[0]


def test_a_reason_that_is_not_listed_never_reaches_the_log(play):
    play.to_drawn()
    h = play.show("A0802")
    with pytest.raises(rules.UnknownReason):
        play.answer("A0802", h, Answer.DECLINE, reason="张三住院")
    assert events(play, "draw-call") == []


def test_nobody_is_skipped_at_will(play):
    play.to_drawn()
    h = play.show("A0802")
    with pytest.raises(MustSkip):
        play.answer("A0802", h, Answer.SKIP)


def test_a_specialty_that_is_none_of_the_draws_has_no_turn(play):
    play.to_drawn()
    with pytest.raises(NotTheirTurn):
        play.show("nowhere")
    with pytest.raises(NotTheirTurn):
        play.answer("nowhere", "0" * 64)


@pytest.mark.parametrize("who", ["zhou", "sun", "t1"])
def test_only_administrators_call_and_release(play, who):
    play.to_drawn()
    note = CallNote(Answer.ACCEPT)
    h = play.record.results[0].picks[0]
    for act in (
        lambda tx: service.show(tx, play.uid, "A0801"),
        lambda tx: service.answer(tx, play.uid, "A0801", h, note),
        lambda tx: service.release(tx, play.uid),
        lambda tx: service.publish(tx, play.uid),
    ):
        with pytest.raises(Forbidden), play.centre.act(who) as tx:
            act(tx)


# Further draws


def _use_up(play, stratum):
    while play.record.calling.next(stratum) is not None:
        play.call(stratum, Answer.NO_ANSWER)


def test_used_up_reserves_are_followed_by_a_further_draw_from_the_others(play):
    play.to_drawn()
    with pytest.raises(rules.StillCalling):
        play.request(reason="人不够", conditions=one("A0802", 1))
    play.call("A0801")
    play.call("A0801")
    play.call("A0901")
    _use_up(play, "A0802")
    first = play.record
    assert first.calling.used_up("A0802")
    before = play.draw.code
    drawn = {h for line in first.results for h in (*line.picks, *line.backups)}
    names = {loads(play.everybody()[h].expert)["id"] for h in drawn}
    with pytest.raises(rules.MoreThanOpen):
        play.request(reason="备选用完", conditions=one("A0802", 2))
    play.to_drawn(reason="备选用完", conditions=one("A0802", 1, 1))
    assert play.record.after == before
    view = queries.view(db.session(), play.draw)
    assert view.excluded["drawn"] > 0
    free = {leaf["h"] for leaf in play.record.spec["strata"][0]["leaves"] if leaf["excl"] is None}
    uids = {loads(play.everybody()[h].expert)["id"] for h in free}
    assert not uids & names
    play.call_everybody()
    play.centre.wait(timedelta(days=8))
    play.release()


def test_two_draws_of_one_person_have_nothing_in_common(play):
    play.request().freeze()
    with play.centre.act("wang") as tx:
        service.cancel(tx, play.uid, "x")
    play.request().freeze()
    rows = db.session().execute(select(DrawLeaf.sealed, DrawLeaf.h)).all()
    assert len({h for _, h in rows}) == len({sealed for sealed, _ in rows}) == len(rows) == 120


# Letting names out


def test_names_are_released_when_the_evaluation_begins_and_every_place_is_taken(play):
    at = play.centre.clock.now() + timedelta(days=6)
    play.to_drawn(evaluation_at=at)
    play.centre.clock.set(at)
    with pytest.raises(rules.StillCalling), play.centre.act("wang") as tx:
        service.release(tx, play.uid)
    play.call_everybody()
    play.centre.clock.set(at - timedelta(seconds=1))
    with pytest.raises(rules.NotYetReleased), play.centre.act("wang") as tx:
        service.release(tx, play.uid)
    play.centre.clock.set(at)
    play.release()


def test_names_are_public_only_after_the_result_of_every_lot(play):
    play.to_drawn().call_everybody()
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    with pytest.raises(rules.NotDecided), play.centre.act("wang") as tx:
        service.publish(tx, play.uid)
    assert queries.names_bytes(db.session(), play.draw.project) is None
    with play.centre.act("zhou") as tx:
        log = tx.session.get_one(Log, queries.draw_for(tx.session, tx.actor, play.uid).project.log_id)
        ledger_service.record(tx, log, EventType.AWARD, lot="1", sha256="0" * 64)
    play.publish()
    names = loads(queries.names_bytes(db.session(), play.draw.project))
    record = play.record
    called = {h for _, h in record.calling.called()}
    assert {one["h"] for one in names["experts"]} == called
    for one in names["experts"]:
        assert leaf_hash(names["pool_id"], bytes.fromhex(one["salt"]), one["expert"]) == one["h"]


def test_an_agency_acts_on_its_own_projects_alone(play):
    play.request()
    session = db.session()
    project = play.draw.project
    other = session.query(Organisation).filter_by(uid=play.centre.units["finance"]).one()
    project.agency_id = other.id
    session.commit()
    with pytest.raises(NotFound), play.centre.act("zhou") as tx:
        queries.draw_for(tx.session, tx.actor, play.uid)
    with pytest.raises(NotFound):
        play.request()
    with pytest.raises(NotFound), play.centre.act("zhou") as tx:
        service.deal(tx, play.uid, {})


def _work_for(play, h, unit):
    play.behind(h).unit = unit
    db.session().commit()


def test_who_turns_out_to_be_a_tenderers_is_found_after_the_close_and_leaves_the_panel(play, tmp_path):
    """A draw held before the close cannot know the tenderers: they show when the box is closed (§7.7)."""
    tender = play.tender
    path = tmp_path / "a.txt"
    path.write_text("技术标")
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [path], price_fen=1_200_000_000 + number))
    # one specialty and room in every unit: no chance has the reserve passed over
    play.to_drawn(conditions=one("A0802", need=4, backups=1, cap=4)).call_everybody()
    (line,) = play.record.results
    h, other = line.picks[:2]
    _work_for(play, h, tenderer(2)[0].name)
    uid = play.behind(other).uid
    with play.centre.act("wang") as tx:  # left a tenderer half a year ago
        left = play.centre.clock.now().date() - timedelta(days=180)
        service.add_employment(tx, uid, Unit(tenderer(3)[0].name), left, play.centre.keys)
    play.close_tender()
    assert queries.conflicts(db.session(), play.draw, play.record) == []  # nobody knows yet who they are
    play.centre.wait(play.draw.evaluation_at)
    play.release()
    assert set(queries.conflicts(db.session(), play.draw, play.record)) == {("A0802", h), ("A0802", other)}
    play.answer("A0802", h, Answer.RECUSED)
    assert queries.conflicts(db.session(), play.draw, play.record) == [("A0802", other)]
    assert play.show("A0802") == line.backups[0]
    play.answer("A0802", line.backups[0])
    play.release()  # who joins after the release comes into the room as well
    assert play.behind(line.backups[0]).uid in {
        one.uid for one in queries.people_behind(db.session(), play.draw, line.backups).values()
    }
