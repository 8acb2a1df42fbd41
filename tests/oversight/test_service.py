"""When facts are examined, what is kept of it, and what supervisors say."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.opening.models import OpenedEnvelope
from bidding.oversight import queries, service
from bidding.oversight.kinds import Kind
from bidding.oversight.models import Finding, FindingNote, OversightRate, OversightUnit
from bidding.oversight.rules import Decision, Flag, State
from bidding.oversight.rules.measures import BadMeasure
from bidding.oversight.rules.states import ReasonMissing
from bidding.oversight.service.marking import mark
from bidding.oversight.service.noting import ChangedMeanwhile
from bidding.reporting import service as reporting
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders.models import Family, Method, Project
from tests.award.opened import WAN

STEPS = (1190 * WAN, 1200 * WAN, 1210 * WAN)


def flags(findings):
    return {each.flag for each in findings}


def rate(flag):
    db.session.rollback()
    return queries.rate(db.session, flag)


# Of bids nothing before the opening is over ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in GateState if state is not GateState.OPENED])
def test_until_the_opening_is_over_nothing_is_said_of_bids(opened, begin, found, state):
    """Even where sheets were there already: whoever looks at the desk learns nothing of whether, or how many, bid."""
    opened(prices=STEPS)
    with begin() as tx:
        gate = tx.session.scalars(select(Gate)).one()
        gate.state = state
        if state in (GateState.OPEN, GateState.CLOSING):
            gate.closed_at = gate.settled_at = None
    assert flags(found()) <= {Flag.SHORT_PERIOD, Flag.HOLIDAYS}
    asked = db.session.scalars(select(OversightRate.flag).where(OversightRate.asked > 0)).all()
    assert set(asked) <= {Flag.SHORT_PERIOD, Flag.HOLIDAYS, Flag.DEADLINE_MOVED}


def test_a_project_that_cannot_be_examined_keeps_no_other_from_it(opened, begin, found):
    opened(prices=STEPS)
    before = {each.key for each in found()}
    with begin() as tx:
        for row in tx.session.scalars(select(OpenedEnvelope)):
            row.sheet = "{}"
    opened(uid="p1-again", code="T-2026-002", title="另一个", prices=STEPS)
    with begin() as tx:
        first = tx.session.scalars(select(Project.id).where(Project.uid == "p1")).one()
        mark(tx, Kind.PROJECT, [first])
    assert {each.title for each in found()} >= {"另一个"}
    assert before <= {each.key for each in found()}  # what was found stays
    assert not queries.is_any_due(db.session)


def test_the_real_opening_marks_its_project(app, tender, attachment, found):
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number * 100))
    tender.close()
    assert not flags(found()) & {Flag.PRICE_STEPS, Flag.PRICE_CLUSTER}
    tender.open(["reform", "finance", "notary"])
    assert flags(found()) >= {Flag.PRICE_STEPS, Flag.PRICE_CLUSTER}


def test_of_a_negotiation_no_offer_is_looked_at(opened, found):
    opened(family=Family.PROCUREMENT, method=Method.NEGOTIATION, prices=STEPS)
    assert not flags(found()) & {Flag.PRICE_STEPS, Flag.PRICE_CLUSTER, Flag.SINGLE}


# Examining ------------------------------------------------------------------------------------------------------------


def test_twice_examined_is_once_found(opened, found, begin):
    opened(prices=STEPS)
    before = [(each.uid, each.flag, each.digest) for each in found()]
    asked = rate(Flag.PRICE_STEPS)
    with begin() as tx:
        for unit in tx.session.scalars(select(OversightUnit)):
            unit.due = True
    assert [(each.uid, each.flag, each.digest) for each in found()] == before
    assert rate(Flag.PRICE_STEPS) == asked
    assert (asked.holding, asked.asked) == (1, 1)


def test_what_cannot_be_asked_is_in_no_rate(opened, found):
    opened(prices=(1190 * WAN,))
    assert Flag.SINGLE in flags(found())
    assert rate(Flag.PRICE_STEPS).asked == 0
    assert rate(Flag.SINGLE).asked == 1


def test_a_finding_keeps_its_address_while_its_numbers_change(opened, found, begin, note):
    opened(prices=STEPS)
    first = next(each for each in found() if each.flag is Flag.PRICE_STEPS)
    note(first, Decision.LOOKED)
    assert found(state=State.LOOKED)[0].uid == first.uid
    with begin() as tx:
        sheet = tx.session.scalars(select(OpenedEnvelope).order_by(OpenedEnvelope.id)).first()
        sheet.sheet, sheet.sha256, sheet.verdict = None, None, "trustees"
        tx.session.scalars(select(OversightUnit).where(OversightUnit.id == first.unit_id)).one().due = True
    gone = next(each for each in found(state=State.GONE) if each.flag is Flag.PRICE_STEPS)
    assert gone.uid == first.uid
    assert gone.gone_at is not None


def test_a_note_waits_again_when_the_figures_move(opened, found, begin, note):
    opened(prices=(1190 * WAN,) * 3)
    equal = next(each for each in found() if each.flag is Flag.EQUAL_PRICES)
    note(equal, Decision.WATCH)
    assert equal.uid not in {each.uid for each in found(state=State.OPEN)}
    with begin() as tx:
        sheet = tx.session.scalars(select(OpenedEnvelope).order_by(OpenedEnvelope.id.desc())).first()
        sheet.sheet = sheet.sheet.replace(str(1190 * WAN), str(1191 * WAN))
        tx.session.scalars(select(OversightUnit).where(OversightUnit.id == equal.unit_id)).one().due = True
    (changed,) = found(state=State.CHANGED)
    assert changed.uid == equal.uid
    assert changed.figures["count"] == 2
    assert rate(Flag.EQUAL_PRICES).waiting == 1


def test_what_the_page_counts_is_what_the_rule_says(opened, found, note, begin):
    """``findings._STATES`` and ``rules.state_of`` say the same of every finding."""
    opened(prices=(1286 * WAN, 1286 * WAN, 1286 * WAN))
    some = found()
    for each, decision in zip(some, Decision, strict=False):
        note(each, decision, reference="1")
    with begin() as tx:
        tx.session.scalars(select(Finding).where(Finding.decision == Decision.LOOKED)).one().digest = "0" * 64
        tx.session.scalars(select(Finding).where(Finding.decision == Decision.WATCH)).one().gone_at = tx.now
    told = {each.uid: state for state in State for each in found(state=state)}
    db.session.rollback()
    assert told == {each.uid: each.state for each in db.session.scalars(select(Finding))}
    assert {State.CHANGED, State.CASE, State.GONE} <= set(told.values())


def test_an_award_tells_of_round_losers_and_of_the_estimate(opened, award, found):
    given = opened(prices=(700 * WAN + 1, 1200 * WAN, 1100 * WAN))
    award(given, "li")
    by_flag = {each.flag: each for each in found()}
    assert by_flag[Flag.ROUNDED_LOSERS].figures["losers"] == 2
    assert by_flag[Flag.FAR_FROM_ESTIMATE].figures["basis_fen"] == 1286 * WAN


def test_an_award_that_waits_for_its_second_person_says_nothing(opened, record, found):
    given = opened(prices=(700 * WAN + 1, 1200 * WAN, 1100 * WAN))
    record(given, "li")
    assert not flags(found()) & {Flag.ROUNDED_LOSERS, Flag.FAR_FROM_ESTIMATE, Flag.REPEATED_WINNER}


def test_over_many_tenders_companions_turns_and_single_bids_are_found(opened, award, found, clock):
    for n in range(5):
        given = opened(
            uid=f"p{n}", code=f"T-{n}", title=f"第{n}次", prices=(1190 * WAN + n, 1200 * WAN, 1210 * WAN)
        )
        award(given, "li" if n < 4 else "zhao")
    for n in range(5, 10):
        opened(uid=f"p{n}", code=f"T-{n}", prices=(1190 * WAN + n,))
    by_flag = {each.flag: each for each in found()}
    turns = by_flag[Flag.ROTATION]
    assert (turns.figures["members"], turns.figures["lots"], turns.figures["winners"]) == (3, 5, 2)
    companion = by_flag[Flag.COMPANIONS]
    assert companion.figures["companion"] == "河海路桥有限公司"
    assert (companion.figures["together"], companion.figures["wins"]) == (4, 4)
    again = by_flag[Flag.SINGLE_AGAIN]
    assert (again.figures["single"], again.figures["lots"], again.agency.uid) == (5, 10, "org-agency")
    assert by_flag[Flag.REPEATED_WINNER].figures["wins"] == 4


# Old ledgers ----------------------------------------------------------------------------------------------------------

LEDGER = [
    f"A-{n},办公设备 {n},政府采购,询价,县医院,{'老面孔' if n < 4 else '别人'},350,340,2025-0{n + 1}-03,成交"
    for n in range(5)
]


def test_imported_ledgers_tell_of_repeated_winners_and_split_purchases(
    rulebook, found, ledger_file, bring_in
):
    uid = bring_in(ledger_file(*LEDGER))
    by_flag = {each.flag: each for each in found()}
    again = by_flag[Flag.REPEATED_WINNER]
    assert (again.owner, again.figures["winner"], again.figures["wins"]) == ("县医院", "老面孔", 4)
    split = by_flag[Flag.SPLIT]
    assert (split.figures["items"], split.figures["sum_fen"]) == (5, 1750 * WAN)
    assert split.figures["threshold_fen"] == 400 * WAN
    assert "财库〔2019〕69号" in split.figures["source"]
    assert uid


def test_openly_tendered_purchases_were_not_split(rulebook, found, ledger_file, bring_in):
    bring_in(ledger_file(*(row.replace("询价", "公开招标") for row in LEDGER)))
    assert Flag.SPLIT not in flags(found())


def test_a_withdrawn_ledger_takes_its_findings_along_and_leaves_their_trace(
    app,
    found,
    ledger_file,
    bring_in,
    begin,
    cast,
):
    uid = bring_in(ledger_file(*LEDGER))
    held = {each.uid for each in found()}
    with begin(cast.actor("wang")) as tx:
        reporting.withdraw(tx, uid, keys=app.extensions["log_keys"])
    assert found() == []
    assert {each.uid for each in found(state=State.GONE)} == held
    assert rate(Flag.REPEATED_WINNER).asked == 0


# What supervisors say -------------------------------------------------------------------------------------------------


@pytest.fixture
def steps(opened, found):
    opened(prices=STEPS)
    return next(each for each in found() if each.flag is Flag.PRICE_STEPS)


def test_a_note_is_in_the_centres_log_by_its_hash_alone(steps, note):
    uid = note(steps, Decision.CASE, reason="价差整齐", reference="明发改〔2026〕1号")
    kept = db.session.scalars(select(FindingNote).where(FindingNote.uid == uid)).one()
    assert hashlib.sha256(kept.record.encode()).hexdigest() == kept.sha256
    assert loads(kept.record)["finding"]["numbers"] == kept.seen == steps.figures
    event = loads(db.session.scalars(select(Leaf.event).order_by(Leaf.id.desc())).first())
    assert (event["kind"], event["data"]) == (service.NOTE, {"sha256": kept.sha256})


def test_two_notes_of_the_same_words_have_hashes_of_their_own(steps, note):
    note(steps, Decision.LOOKED)
    note(steps, Decision.LOOKED)
    assert len(set(db.session.scalars(select(FindingNote.sha256)))) == 2


def test_a_note_changes_nothing_but_itself(steps, note):
    def whole():
        db.session.rollback()
        tables = (each for each in db.metadata.sorted_tables if each.name not in touched)
        return {each.name: db.session.scalar(select(func.count()).select_from(each)) for each in tables}

    touched = {"oversight_note", "leaf", "log", "checkpoint", "tile"}
    before = whole()
    note(steps, Decision.CASE, reference="1")
    assert whole() == before


@pytest.mark.parametrize("who", ["li", "zhao", "zhou", "wang", "lin"])
def test_nobody_but_a_supervisor_notes_or_sets_a_measure(app, steps, note, begin, cast, who):
    with pytest.raises(NotFound):
        note(steps, Decision.LOOKED, by=who)
    with pytest.raises(NotFound), begin(cast.actor(who)) as tx:
        service.set_measure(tx, "price-steps.bids", 9, reason="看不见为好", keys=app.extensions["log_keys"])


def test_a_note_on_figures_that_moved_is_refused(steps, note):
    with pytest.raises(ChangedMeanwhile):
        note(steps, Decision.LOOKED, seen="0" * 64)


def test_the_database_refuses_a_case_without_a_number(steps, note, begin):
    uid = note(steps, Decision.LOOKED)
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.scalars(select(FindingNote).where(FindingNote.uid == uid)).one().decision = Decision.CASE


def test_a_measure_keeps_its_history_and_the_log_its_hashes(app, steps, begin, cast, found):
    keys = app.extensions["log_keys"]
    for value in (4, 3):
        with begin(cast.actor("sun")) as tx:
            service.set_measure(tx, "price-steps.bids", value, reason=f"改成 {value}", keys=keys)
        assert (Flag.PRICE_STEPS in flags(found())) is (value == 3)
    assert [(each.was, each.value) for each in queries.measure_history(db.session, "price-steps.bids")] == [
        (4, 3),
        (3, 4),
    ]
    assert queries.measures(db.session)["price-steps.bids"].why == "改成 3"
    for refused, error in (({"value": 99}, BadMeasure), ({"value": 5, "reason": " "}, ReasonMissing)):
        with pytest.raises(error), begin(cast.actor("sun")) as tx:
            service.set_measure(tx, "price-steps.bids", **{"reason": "为什么", "keys": keys, **refused})
