"""A sitting through its services: who may, when, twice; and what the log and the verifier make of it."""

from __future__ import annotations

from datetime import timedelta
from inspect import signature
from io import BytesIO

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.opening import service as openings
from bidding.opening.rules import NotClosed
from bidding.opening.sitting import ceremony, queries, rules, service
from bidding.opening.sitting.models import Attendance, Sitting
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.verification.verify import verify

HOST, SUPERVISOR, ADMINISTRATOR = "zhou", "sun", "wang"


class Hall:
    """The people of one hall, acting through the services, in the sitting of one stage."""

    def __init__(self, tender, stage=1):
        self.tender, self.centre, self.uid, self.stage = tender, tender.centre, tender.uid, stage

    def __getattr__(self, name):
        """``hall.read_next("zhou", 1)``: the service of that name, as somebody."""
        act = getattr(service, name)
        of = {"stage": self.stage} if "stage" in signature(act).parameters else {}

        def _act(login, *args, **kwargs):
            with self.centre.act(login) as tx:
                return act(tx, self.uid, *args, **of, **kwargs)

        return _act

    def sign_in(self, number):
        with self.centre.act(f"t{number}") as tx:
            return service.sign_in(tx, self.uid, person="李代表", acknowledged=True, stage=self.stage)

    def bid(self, number):
        """The uid of a tenderer's bid."""
        return self.tender.bids[number].key.bid

    def view(self):
        project = tenders.notice(db.session, self.uid)
        return queries.view(db.session, project, told=True, stage=self.stage)

    def notes(self):
        """Kind and data of every note of the sitting, in the log's order."""
        project = tenders.notice(db.session, self.uid)
        leaves = db.session.scalars(
            select(Leaf)
            .where(Leaf.log_id == project.log_id, Leaf.type == EventType.NOTE.value)
            .order_by(Leaf.idx)
        )
        events = [loads(leaf.event) for leaf in leaves]
        return [(event["kind"], event["data"]) for event in events]

    def read_all(self, places=(1, 2, 3)):
        for place in places:
            self.read_next(HOST, place)

    def report(self, path):
        """What ``bidding verify`` finds in the bundle as it is now."""
        self.centre.tick()
        self.centre.cosign()
        target = BytesIO()
        project = tenders.notice(db.session, self.uid)
        openings.write_opening(db.session, project, self.centre.sealed, target)
        db.session.rollback()
        path.write_bytes(target.getvalue())
        return verify(path)


@pytest.fixture
def hall(opened):
    return Hall(opened)


@pytest.fixture
def closed(three_in):
    """Three bids behind a closed gate; the box is still shut."""
    return Hall(three_in)


# Signing in -------------------------------------------------------------------------------------------------------


def test_the_doors_open_an_hour_before_the_deadline(centre, tender, clock):
    hall = Hall(tender)
    clock.set(tender.closes_at - rules.SIGN_IN_OPENS - timedelta(seconds=1))
    with pytest.raises(rules.TooEarlyToSignIn):
        hall.sign_in(1)
    clock.advance(timedelta(seconds=1))
    assert hall.sign_in(1).id == hall.sign_in(1).id


def test_before_the_list_a_sign_in_is_in_no_log_and_in_no_view(closed):
    closed.sign_in(1)
    assert closed.notes() == []
    assert closed.view().guests == []
    assert db.session.scalar(select(Sitting)) is None


def test_nobody_signs_in_without_having_read_the_rules(closed):
    with pytest.raises(rules.NotAcknowledged), closed.centre.act("t1") as tx:
        service.sign_in(tx, closed.uid, person="李", acknowledged=False)
    with pytest.raises(rules.NameMissing), closed.centre.act("t1") as tx:
        service.sign_in(tx, closed.uid, person=" ", acknowledged=True)
    assert db.session.scalars(select(Attendance)).all() == []


def test_only_tenderers_sign_in(closed):
    with pytest.raises(Forbidden), closed.centre.act(HOST) as tx:
        service.sign_in(tx, closed.uid, person="周", acknowledged=True)


def test_who_did_not_bid_is_not_on_the_list(centre, tender):
    for number in (1, 2):
        tender.submit(number, tender.seal(number, [], price_fen=1_200_000_000 + number))
    centre.register([4], b"%PDF-1.4 a licence")
    tender.submit(4, tender.seal(4, [], price_fen=1_300_000_000))
    tender.close()
    hall = Hall(tender)
    hall.sign_in(3)  # before the list it is taken: a refusal would tell, and there is nothing to tell
    hall.publish_list(HOST)
    assert {guest.organisation.id for guest in hall.view().guests if guest.attendance} == set()
    with pytest.raises(rules.NotListed):
        hall.raise_objection("t3", "我们也投了")


def test_staff_sign_in_those_in_the_room(hall):
    hall.publish_list(HOST)
    hall.admit(ADMINISTRATOR, bid=hall.bid(2), person="赵代表")
    guest = hall.view().guests[1]
    assert (guest.attendance.person, guest.attendance.way) == ("赵代表", rules.Way.ROOM)
    assert hall.notes()[-1] == ("hall-sign-in", {"bids": [hall.bid(2)], "way": "room"})
    with pytest.raises(NotFound):
        hall.admit(HOST, bid="00" * 16, person="无名")


# The list ---------------------------------------------------------------------------------------------------------


def test_the_list_names_who_bid_in_order_of_receipt_and_who_is_here(closed):
    closed.sign_in(2)
    closed.publish_list(HOST)
    assert closed.notes() == [
        (
            "hall-list",
            {
                "bids": [
                    {"bid": closed.bid(1), "present": None},
                    {"bid": closed.bid(2), "present": "remote"},
                    {"bid": closed.bid(3), "present": None},
                ]
            },
        )
    ]
    assert db.session.scalar(select(Gate.state)) is GateState.OPENING
    closed.tender.open(["reform", "finance", "notary"])
    assert db.session.scalar(select(Gate.state)) is GateState.OPENED


def test_before_the_close_there_is_no_list(centre, tender):
    with pytest.raises(NotClosed):
        Hall(tender).publish_list(HOST)


@pytest.mark.parametrize("login", [SUPERVISOR, ADMINISTRATOR, "t1"])
def test_only_the_agency_of_the_project_hosts(hall, login):
    for act, arguments in (("publish_list", ()), ("read_next", (1,)), ("close_lines", ()), ("end", ())):
        with pytest.raises(Forbidden):
            getattr(hall, act)(login, *arguments)


# Reading, confirming, objecting -----------------------------------------------------------------------------------


def test_a_line_that_is_pressed_twice_is_read_once(hall):
    hall.read_next(HOST, 1)
    hall.read_next(HOST, 1)
    with pytest.raises(rules.OutOfTurn):
        hall.read_next(HOST, 3)
    assert [kind for kind, _ in hall.notes()] == ["hall-list", "hall-read"]
    assert hall.view().read == 1


def test_a_line_is_confirmed_by_its_own_tenderer_once_it_is_read(hall):
    hall.publish_list(HOST)
    hall.sign_in(1)
    with pytest.raises(rules.OutOfTurn):
        hall.confirm_line("t1", hall.bid(1))
    hall.read_next(HOST, 1)
    hall.confirm_line("t1", hall.bid(1))
    assert hall.view().lines[hall.bid(1)].agrees
    with pytest.raises(NotFound):
        hall.confirm_line("t1", hall.bid(2))
    with pytest.raises(rules.NotPresent):
        hall.confirm_line("t2", hall.bid(2))


def test_an_objection_to_ones_own_line_is_written_down_with_it_and_sent_twice_is_one(hall):
    hall.publish_list(HOST)
    hall.sign_in(1)
    hall.read_next(HOST, 1)
    first = hall.raise_objection("t1", "工期应为 150 天", bid=hall.bid(1))
    assert hall.raise_objection("t1", "工期应为 150 天", bid=hall.bid(1)).id == first.id
    assert hall.view().lines[hall.bid(1)].agrees is False
    assert len(hall.view().objections) == 1
    with pytest.raises(rules.WordsMissing):
        hall.raise_objection("t1", "  ")


def test_the_host_writes_down_what_those_in_the_room_say_and_only_theirs(hall):
    hall.publish_list(HOST)
    hall.sign_in(1)
    hall.admit(HOST, bid=hall.bid(2), person="赵代表")
    assert hall.raise_objection(HOST, "没听清报价", bid=hall.bid(2)).raised_by_id
    for bid in (hall.bid(1), hall.bid(3)):
        with pytest.raises(rules.NotPresent):
            hall.raise_objection(HOST, "代为提出", bid=bid)
    with pytest.raises(Forbidden):
        hall.raise_objection(SUPERVISOR, "监督提出", bid=hall.bid(2))


def test_the_record_waits_for_every_answer(hall):
    hall.publish_list(HOST)
    hall.sign_in(1)
    raised = hall.raise_objection("t1", "投标截止以哪个时钟为准？")
    hall.read_all()
    hall.close_lines(HOST)
    with pytest.raises(rules.Unanswered):
        hall.close_record(HOST)
    with pytest.raises(NotFound):
        hall.answer(HOST, raised.id + 1, "没有这件")
    hall.answer(HOST, raised.id, "以平台服务器时钟为准。")
    with pytest.raises(rules.OutOfTurn):
        hall.answer(HOST, raised.id, "再答一次")
    record = loads(hall.close_record(HOST).record)
    assert record["objections"][0]["answer"] == "以平台服务器时钟为准。"
    assert [line["answer"] for line in record["lines"]] == ["silent", "absent", "absent"]
    assert [unit["name"] for unit in record["absent"]] == [
        guest.organisation.name for guest in hall.view().absent
    ]
    with pytest.raises(rules.OutOfTurn):
        hall.raise_objection("t1", "太迟了")


# The record -------------------------------------------------------------------------------------------------------


def recorded(hall, *present):
    hall.publish_list(HOST)
    for number in present:
        hall.sign_in(number)
    hall.read_all()
    hall.close_lines(HOST)
    return hall.close_record(HOST).record_sha256


def name_of(hall, login):
    return hall.centre.actor(login).name


def sign(hall, login, sha256, name=None):
    return hall.sign_record(login, name=name or name_of(hall, login), sha256=sha256)


def test_a_signature_is_ones_own_name_under_the_record_that_was_shown(hall):
    sha256 = recorded(hall, 1)
    with pytest.raises(rules.OtherName):
        sign(hall, HOST, sha256, name="吴复核")
    with pytest.raises(rules.OtherRecord):
        sign(hall, HOST, "0" * 64)
    with pytest.raises(rules.NotPresent):
        sign(hall, "t2", sha256)
    assert sign(hall, HOST, sha256).capacity is rules.Capacity.HOST
    assert sign(hall, ADMINISTRATOR, sha256).capacity is rules.Capacity.ADMINISTRATOR
    assert sign(hall, "t1", sha256).capacity is rules.Capacity.TENDERER
    for login in (HOST, "t1"):
        with pytest.raises(rules.SignedAlready):
            sign(hall, login, sha256)


def test_a_sitting_ends_with_host_and_supervisor_and_the_bundle_verifies(hall, tmp_path):
    sha256 = recorded(hall, 1)
    sign(hall, HOST, sha256)
    with pytest.raises(rules.NotSignedYet):
        hall.end(HOST)
    sign(hall, SUPERVISOR, sha256)
    sign(hall, "t1", sha256)
    unfinished = hall.report(tmp_path / "unfinished.zip")
    assert "sitting.unfinished" in [finding.code for finding in unfinished.findings]
    hall.end(HOST)
    report = hall.report(tmp_path / "opening.zip")
    assert report.refusals == []
    (found,) = [finding for finding in report.findings if finding.code == "sitting"]
    assert found.params == {"stage": 1, "read": 3, "objections": 0, "signed": 3, "record": sha256}
    assert ceremony.sha_of(hall.view().sitting.record) == sha256
    with pytest.raises(rules.OutOfTurn):
        hall.suspend(SUPERVISOR, "太迟了")


# Suspending -------------------------------------------------------------------------------------------------------


def test_two_persons_suspend_and_resume_one_of_them_a_supervisor(hall):
    hall.suspend(HOST, "停电")
    with pytest.raises(SamePerson):
        hall.confirm_suspension(HOST)
    with pytest.raises(rules.NeedsSupervisor):
        hall.confirm_suspension(ADMINISTRATOR)
    assert not hall.view().suspended
    hall.confirm_suspension(SUPERVISOR)
    assert hall.view().suspended
    for act in (hall.publish_list, hall.close_lines):
        with pytest.raises(rules.Suspended):
            act(HOST)
    hall.resume(SUPERVISOR, "来电了")
    with pytest.raises(SamePerson):
        hall.confirm_resumption(SUPERVISOR)
    hall.confirm_resumption(ADMINISTRATOR)
    assert not hall.view().suspended
    with pytest.raises(WrongState):
        hall.confirm_resumption(ADMINISTRATOR)
    hall.read_all()
    (past,) = hall.view().suspensions
    assert (past.reason, past.off_reason) == ("停电", "来电了")


def test_while_suspended_no_package_leaves_and_no_box_opens(closed):
    closed.suspend(SUPERVISOR, "设备故障")
    closed.confirm_suspension(HOST)
    with pytest.raises(rules.Suspended), closed.centre.act(SUPERVISOR) as tx:
        openings.fetch_package(tx, closed.uid)
    closed.resume(SUPERVISOR, "已排除")
    closed.confirm_resumption(HOST)
    closed.centre.cosign()
    closed.tender.open(["reform", "finance", "notary"])
    assert db.session.scalar(select(Gate.state)) is GateState.OPENED


def test_a_suspended_sitting_is_a_hold_in_the_log(hall, tmp_path):
    hall.suspend(HOST, "停电")
    hall.confirm_suspension(SUPERVISOR)
    report = hall.report(tmp_path / "opening.zip")
    assert report.refusals == []
    assert "hold.on" in [finding.code for finding in report.findings]


def test_before_the_close_nobody_suspends(centre, tender):
    with pytest.raises(NotClosed):
        Hall(tender).suspend(SUPERVISOR, "太早")
