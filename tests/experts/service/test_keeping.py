"""What two administrators decide about somebody, and what one of them is shown against a record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.experts import queries, service
from bidding.experts.fitness import ActKind, Bar, Finding, barred
from bidding.experts.models import Expert, ExpertAct, ExpertDisclosure
from bidding.experts.standing import (
    ActDates,
    ActReason,
    FindingMissing,
    NotApplicable,
    Proposal,
    WhyShown,
)
from bidding.ledger import queries as ledger
from bidding.ledger.models import Log
from bidding.tenders.kinds import Family
from bidding.tenders.queries import local_day
from tests.experts.playing import fill_pool


@pytest.fixture
def keep(centre):
    return Keeping(centre)


class Keeping:
    """A pool of three, and the acts of its two administrators."""

    def __init__(self, centre):
        fill_pool(centre.act, centre.blobs, centre.keys, count=3)
        self.centre = centre
        self.uid = db.session().scalar(select(Expert.uid).order_by(Expert.id))

    @property
    def today(self):
        return local_day(self.centre.clock.now())

    @property
    def expert(self):
        session = db.session()
        session.rollback()
        session.expire_all()
        return queries.pool_member(session, self.uid)

    def propose(self, kind, who="wang", reason="明财采〔2026〕8号", **more):
        proposal = Proposal(kind, reason, more.pop("from_on", self.today), **more)
        with self.centre.act(who) as tx:
            return service.propose_act(tx, self.uid, proposal).uid

    def decide(self, act, who="chen", *, confirm=True):
        with self.centre.act(who) as tx:
            service.decide_act(tx, act, self.centre.keys, confirm=confirm)

    def bars(self, family=Family.PROCUREMENT, days=0):
        day = self.today + timedelta(days=days)
        asked = queries.criteria_of(db.session(), family, day, day)
        return {one.bar for one in barred(queries.member_of(self.expert), asked)} - {Bar.NO_BIRTH}


def notes():
    session = db.session()
    log = session.scalar(select(Log).where(Log.code == "centre"))
    return [loads(leaf.event) for leaf in ledger.leaves(session, log)]


def test_a_suspension_holds_from_the_second_press_and_is_lifted_by_two(keep):
    act = keep.propose(ActKind.SUSPENSION, until_on=keep.today + timedelta(days=10))
    assert keep.bars() == set()
    keep.decide(act)
    assert keep.bars() == {Bar.SUSPENDED}
    assert keep.bars(days=10) == {Bar.SUSPENDED}
    assert keep.bars(days=11) == set()
    lift = keep.propose(ActKind.LIFTING, lifts=act)
    assert keep.bars() == {Bar.SUSPENDED}
    keep.decide(lift)
    assert keep.bars() == set()
    assert [one.kind for one in keep.expert.acts] == [
        ActKind.SUSPENSION,
        ActKind.LIFTING,
    ]  # nothing is deleted
    with pytest.raises(NotApplicable):
        keep.propose(ActKind.LIFTING, lifts=act)


def test_a_finding_bars_three_years_from_its_day(keep):
    happened = keep.today - timedelta(days=30)
    keep.decide(keep.propose(ActKind.FINDING, finding=Finding.LEAK, from_on=happened))
    assert keep.bars() == {Bar.FOUND}
    assert keep.bars(Family.WORKS) == set()
    assert dict(queries.findings_by_kind(db.session())) == {Finding.LEAK: 1}
    last = happened.replace(year=happened.year + 3) - keep.today
    assert keep.bars(days=last.days - 1) == {Bar.FOUND}
    assert keep.bars(days=last.days) == set()


def test_who_is_retired_is_drawn_no_more_until_two_reinstate_them(keep):
    keep.decide(keep.propose(ActKind.RETIREMENT))
    assert not keep.expert.active
    assert Bar.RETIRED in keep.bars()
    with pytest.raises(NotApplicable):
        keep.propose(ActKind.RETIREMENT)
    keep.decide(keep.propose(ActKind.REINSTATEMENT))
    assert keep.expert.active
    with pytest.raises(NotApplicable):
        keep.propose(ActKind.REINSTATEMENT)


def test_a_validity_sets_the_last_day(keep):
    keep.decide(keep.propose(ActKind.VALIDITY, until_on=keep.today))
    assert keep.expert.valid_until == keep.today
    assert (keep.bars(), keep.bars(days=1)) == (set(), {Bar.EXPIRED})


def test_what_is_declined_changes_nothing_and_stays_written(keep):
    keep.decide(keep.propose(ActKind.RETIREMENT), confirm=False)
    assert keep.expert.active
    (row,) = keep.expert.acts
    assert row.confirmed is False


def test_two_persons_and_each_act_once(keep):
    act = keep.propose(ActKind.SUSPENSION)
    with pytest.raises(SamePerson):
        keep.decide(act, "wang")
    with pytest.raises(NotApplicable):
        keep.propose(ActKind.SUSPENSION)
    keep.decide(act)
    with pytest.raises(WrongState):
        keep.decide(act)
    with pytest.raises(NotFound):
        keep.decide("nothing")


def test_the_database_keeps_the_two_persons_apart(keep):
    keep.decide(keep.propose(ActKind.SUSPENSION))
    session = db.session()
    row = session.scalar(select(ExpertAct))
    row.decided_by_id = row.proposed_by_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    ("kind", "more", "refusal"),
    [
        (ActKind.SUSPENSION, {"reason": " "}, ActReason),
        (ActKind.VALIDITY, {}, ActDates),
        (ActKind.SUSPENSION, {"until": -1}, ActDates),
        (ActKind.FINDING, {}, FindingMissing),
        (ActKind.FINDING, {"finding": Finding.BRIBE, "from": 1}, FindingMissing),
        (ActKind.LIFTING, {"lifts": "nothing"}, NotFound),
    ],
)
def test_an_act_says_what_its_kind_needs(keep, kind, more, refusal):
    days = {"from_on": more.pop("from", None), "until_on": more.pop("until", None)}
    more |= {name: keep.today + timedelta(days=count) for name, count in days.items() if count is not None}
    with pytest.raises(refusal):
        keep.propose(kind, **more)


@pytest.mark.parametrize("who", ["zhou", "sun", "t1"])
def test_only_administrators_decide_and_see_numbers(keep, who):
    act = keep.propose(ActKind.SUSPENSION)
    for press in (
        lambda: keep.propose(ActKind.RETIREMENT, who),
        lambda: keep.decide(act, who),
        lambda: shown(keep, who),
    ):
        with pytest.raises(Forbidden):
            press()


def shown(keep, who="wang", field="phone", reason="通知评审时间"):
    with keep.centre.act(who) as tx:
        return service.disclose(tx, keep.uid, field, reason, keep.centre.keys)


def test_a_number_is_shown_only_against_a_record(keep):
    assert shown(keep) == "13800000000"
    row = db.session().scalar(select(ExpertDisclosure))
    assert (row.field, row.reason, row.at) == ("phone", "通知评审时间", row.at)
    assert row.account.login == "wang"
    with pytest.raises(WhyShown):
        shown(keep, reason=" ")
    for field in ("email", "name", "id"):  # nothing there; no sealed column
        with pytest.raises(NotFound):
            shown(keep, field=field)
    assert len(db.session().scalars(queries.disclosures()).all()) == 1


def test_the_centres_log_has_every_act_and_no_name(keep):
    act = keep.propose(ActKind.SUSPENSION)
    keep.decide(act)
    shown(keep)
    of_the_pool = {note["kind"]: note["data"] for note in notes() if note.get("kind", "").startswith("pool-")}
    assert of_the_pool["pool-act"] == {
        "act": act,
        "kind": "suspension",
        "finding": None,
        "from": keep.today.isoformat(),
        "until": None,
    }
    assert of_the_pool["pool-disclosed"]["field"] == "phone"
    text = str(of_the_pool)
    for secret in (keep.expert.name, keep.expert.uid, "1380000", "明财采"):
        assert secret not in text


def test_a_finding_and_a_lifting_say_what_they_are_in_the_database_too(keep):
    base = {
        "uid": "x", "expert_id": keep.expert.id, "from_on": keep.today, "reason": "x",
        "proposed_at": keep.centre.clock.now(), "proposed_by_id": 1,
    }  # fmt: skip
    for wrong in (
        {"kind": ActKind.FINDING},
        {"kind": ActKind.LIFTING},
        {"kind": ActKind.VALIDITY},
        {"kind": ActKind.SUSPENSION, "reason": ""},
        {"kind": ActKind.SUSPENSION, "until_on": keep.today - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError):
            db.session().execute(insert(ExpertAct).values(base | wrong))
        db.session().rollback()
