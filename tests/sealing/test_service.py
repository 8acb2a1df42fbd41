from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps, loads
from bidding.core.entropy import ReplayEntropy
from bidding.core.errors import Forbidden, Invalid, NotFound, SamePerson, WrongState
from bidding.core.signing import sign_object
from bidding.ledger.models import Leaf
from bidding.sealing import enrolment, queries, rules, service
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.models import Drill, Trustee
from bidding.sealing.panel import parse_panel
from bidding.sealing.rules import State
from tests.sealing.keyring import enrol, enrolment_file, pass_drill, seed_of, standing_set
from tests.sealing.papers import POLICY


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


def propose(tx, **changes):
    given = {
        "file": enrolment_file("notary"),
        "role": "notary",
        "holder": "顾公证",
        "organisation_uid": "org-notary",
        "login": None,
    } | changes
    return service.propose_trustee(tx, **given)


def compose(session, seats, clock, *, agency_id, k=3):
    return service.compose_panel(
        session,
        project="T-2026-1",
        agency_id=agency_id,
        seats=seats,
        k=k,
        min_bids=3,
        policy=POLICY,
        now=clock.now(),
    )


def centre_leaves(session):
    return [loads(leaf.event) for leaf in session.scalars(select(Leaf).order_by(Leaf.idx))]


def test_enrolling_takes_two_persons_and_stands_in_the_centres_log(begin, cast, keys):
    with begin(cast.actor("wang")) as tx:
        uid = propose(tx).uid
        assert centre_leaves(tx.session) == []
    with pytest.raises(SamePerson), begin(cast.actor("wang")) as tx:
        service.confirm_trustee(tx, uid, keys)
    with begin(cast.actor("chen")) as tx:
        trustee = service.confirm_trustee(tx, uid, keys)
        (event,) = centre_leaves(tx.session)
    assert event["type"] == "enrol"
    assert (event["name"], event["pub"], event["sign"], event["sig"]) == (
        "notary",
        trustee.pub,
        trustee.sign,
        trustee.enrol_sig,
    )
    with pytest.raises(WrongState), begin(cast.actor("sun")) as tx:
        service.confirm_trustee(tx, uid, keys)


def test_the_database_itself_refuses_one_person_twice(begin, cast):
    with begin(cast.actor("wang")) as tx:
        propose(tx)
    with pytest.raises(IntegrityError), begin(cast.actor("wang")) as tx:
        tx.session.execute(update(Trustee).values(confirmed_at=tx.now, confirmed_by_id=cast.wang.id))


@pytest.mark.parametrize("who", ["li", "zhao", "zhou", "lin", "sun"])
def test_only_an_administrator_proposes(begin, cast, who):
    with pytest.raises(Forbidden), begin(cast.actor(who)) as tx:
        propose(tx)


@pytest.mark.parametrize("who", ["li", "zhao", "zhou", "lin"])
def test_strangers_and_rivals_confirm_decline_retire_and_drill_nobody(begin, cast, keys, who):
    uid = enrol(begin, cast, keys, "notary")
    for act in (
        lambda tx: service.confirm_trustee(tx, uid, keys),
        lambda tx: service.decline_trustee(tx, uid),
        lambda tx: service.retire_trustee(tx, uid, reason="x", keys=keys),
        lambda tx: service.ask_drill(tx, uid),
    ):
        with pytest.raises((Forbidden, NotFound)), begin(cast.actor(who)) as tx:
            act(tx)


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"file": b"not json"}, service.EnrolmentRefused, "file"),
        ({"file": enrolment_file("notary").replace(b'"v":1', b'"v":2')}, service.EnrolmentRefused, "file"),
        ({"file": enrolment_file("notary").replace(b"notary", b"notarY")}, service.EnrolmentRefused, "file"),
        ({"role": "janitor"}, Invalid, "role"),
        ({"holder": "  "}, Invalid, "holder"),
        ({"login": "li"}, Invalid, "login"),
        ({"login": "nobody"}, Invalid, "login"),
    ],
    ids=["no-json", "version", "name-changed", "role", "holder", "login-elsewhere", "login-unknown"],
)
def test_a_wrong_entry_names_its_field(begin, cast, change, error, field):
    with pytest.raises(error) as caught, begin(cast.actor("wang")) as tx:
        propose(tx, **change)
    assert caught.value.field == field


def test_a_name_and_a_key_are_enrolled_once(begin, cast, keys):
    enrol(begin, cast, keys, "notary")
    with pytest.raises(service.NameTaken), begin(cast.actor("wang")) as tx:
        propose(tx)
    with begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, tx.session.scalar(select(Trustee.uid)), reason="钥匙交回", keys=keys)
    with pytest.raises(service.KeyKnown), begin(cast.actor("wang")) as tx:
        propose(tx)


def test_a_declined_proposal_leaves_nothing(begin, cast):
    with begin(cast.actor("wang")) as tx:
        uid = propose(tx).uid
    with begin(cast.actor("sun")) as tx:
        service.decline_trustee(tx, uid)
    with begin(cast.actor("wang")) as tx:
        assert propose(tx).name == "notary"


def test_retiring_is_logged_and_final(begin, cast, keys):
    uid = enrol(begin, cast, keys, "notary")
    with pytest.raises(Invalid), begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, uid, reason=" ", keys=keys)
    with begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, uid, reason="调离", keys=keys)
        assert centre_leaves(tx.session)[-1]["kind"] == service.RETIRE_NOTE
    with pytest.raises(WrongState), begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, uid, reason="调离", keys=keys)
    with pytest.raises(WrongState), begin(cast.actor("wang")) as tx:
        service.ask_drill(tx, uid)


def test_a_drill_that_is_answered_counts_for_thirty_days(begin, cast, keys, clock):
    uid = enrol(begin, cast, keys, "supervisor", drill=False)
    states = []
    with begin() as tx:
        states.append(queries.standing_of(queries.trustee(tx.session, uid), clock.now()).state)
    pass_drill(begin, cast, keys, uid, "supervisor")
    for days in (0, 23, 30):
        with begin() as tx:
            at = clock.now() + timedelta(days=days)
            states.append(queries.standing_of(queries.trustee(tx.session, uid), at).state)
            if not days:
                assert centre_leaves(tx.session)[-1]["kind"] == service.DRILL_NOTE
    assert states == [State.NEW, State.READY, State.DUE, State.EXPIRED]


def test_asking_again_gives_the_drill_that_waits(begin, cast, keys, clock):
    uid = enrol(begin, cast, keys, "supervisor", drill=False)
    with begin(cast.actor("wang")) as tx:
        first = service.ask_drill(tx, uid).uid
    with begin(cast.actor("sun")) as tx:
        assert service.ask_drill(tx, uid).uid == first
    clock.advance(rules.ANSWER_WITHIN)
    with begin(cast.actor("sun")) as tx:
        assert service.ask_drill(tx, uid).uid != first


def _answered(begin, cast, keys, name="supervisor"):
    uid = enrol(begin, cast, keys, name, drill=False)
    with begin(cast.actor("sun")) as tx:
        challenge = service.challenge_file(service.ask_drill(tx, uid))
    return enrolment.answer(challenge, seed_of(name), ReplayEntropy(b"answer"))


def test_an_answer_is_taken_until_three_days_have_passed_and_no_longer(begin, cast, keys, clock):
    answer = _answered(begin, cast, keys)
    clock.advance(rules.ANSWER_WITHIN)
    with pytest.raises(service.DrillOver), begin(cast.actor("sun")) as tx:
        service.answer_drill(tx, dumps(answer), keys=keys)
    clock.advance(-timedelta(microseconds=1))
    with begin(cast.actor("sun")) as tx:
        first = service.answer_drill(tx, dumps(answer), keys=keys).passed_at
    clock.advance(timedelta(hours=1))
    with begin(cast.actor("sun")) as tx:
        assert service.answer_drill(tx, dumps(answer), keys=keys).passed_at == first


@pytest.mark.parametrize("who", ["fang", "zhou", "li"])
def test_another_can_neither_ask_nor_answer_for_the_supervisor(begin, cast, keys, who):
    answer = _answered(begin, cast, keys)
    with pytest.raises((Forbidden, NotFound)), begin(cast.actor(who)) as tx:
        service.answer_drill(tx, dumps(answer), keys=keys)


def test_an_answer_that_proves_nothing_is_refused(begin, cast, keys):
    answer = _answered(begin, cast, keys)
    body = answer["answer"]
    own = trustee_sign_seed(seed_of("supervisor"))

    def signed(**changes):
        changed = body | changes
        return {"answer": changed, "sig": sign_object(own, enrolment.DRILL_TAG, changed)}

    other_share = body["share"] | {"S": body["share"]["c"]}
    for wrong in (
        {"answer": body},
        answer | {"sig": "0" * 128},
        {"answer": body, "sig": sign_object(seed_of("finance"), enrolment.DRILL_TAG, body)},
        signed(trustee="finance"),
        signed(share=other_share),
        signed(v=2),
    ):
        with pytest.raises(service.AnswerRefused), begin(cast.actor("sun")) as tx:
            service.answer_drill(tx, dumps(wrong), keys=keys)
    with pytest.raises(NotFound), begin(cast.actor("sun")) as tx:
        service.answer_drill(tx, dumps(signed(drill="never")), keys=keys)
    with begin() as tx:
        assert tx.session.scalar(select(Drill.passed_at)) is None


def test_the_default_panel_is_three_of_five_and_three_of_four_without_a_notary(begin, cast, keys, clock):
    uids = standing_set(begin, cast, keys)
    agency = cast.zhou.organisation_id
    with begin() as tx:
        seats, k = service.default_panel(tx.session, agency, clock.now())
        assert (seats, k) == (list(uids.values()), 3)
        panel = parse_panel(compose(tx.session, list(reversed(seats)), clock, agency_id=agency))
    assert [seat.role for seat in panel.seats] == list(uids)
    assert [seat.i for seat in panel.seats] == [1, 2, 3, 4, 5]
    assert [(e.id, e.public, e.stage) for e in panel.envelopes] == [("offer", True, 1), ("files", False, 1)]
    with begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, uids["notary"], reason="调离", keys=keys)
    with begin() as tx:
        seats, k = service.default_panel(tx.session, agency, clock.now())
        assert (len(seats), k) == (4, 3)
        compose(tx.session, seats, clock, agency_id=agency)


def test_a_panel_is_refused_while_one_drill_has_run_out(begin, cast, keys, clock):
    uids = standing_set(begin, cast, keys)
    clock.advance(rules.DRILL_LASTS - timedelta(seconds=1))
    with begin() as tx:
        compose(tx.session, list(uids.values()), clock, agency_id=cast.zhou.organisation_id)
    clock.advance(timedelta(seconds=1))
    with begin() as tx:
        with pytest.raises(rules.DrillMissing) as caught:
            compose(tx.session, list(uids.values()), clock, agency_id=cast.zhou.organisation_id)
        assert service.default_panel(tx.session, cast.zhou.organisation_id, clock.now()) == ([], 0)
    assert "supervisor" in str(caught.value)


def test_another_agencys_trustee_is_not_for_this_project(begin, cast, keys, clock):
    uids = standing_set(begin, cast, keys)
    other = cast.li.organisation_id
    with begin() as tx:
        with pytest.raises(service.OthersAgency):
            compose(tx.session, list(uids.values()), clock, agency_id=other)
        assert uids["agency"] not in {
            each.trustee.uid for each in service.eligible(tx.session, other, clock.now())
        }


def test_a_seat_that_is_not_there_and_a_retired_one_are_refused(begin, cast, keys, clock):
    uids = standing_set(begin, cast, keys)
    agency = cast.zhou.organisation_id
    with begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, uids["notary"], reason="调离", keys=keys)
    with begin() as tx:
        with pytest.raises(NotFound):
            compose(tx.session, ["nobody", *uids.values()], clock, agency_id=agency)
        with pytest.raises(rules.TrusteeNotStanding):
            compose(tx.session, list(uids.values()), clock, agency_id=agency)
