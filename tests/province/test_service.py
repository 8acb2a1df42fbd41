"""Noting, numbering, filling in, leaving out, sending anew, packing."""

import threading

import pytest
from sqlalchemy import select

from bidding.core.canonical import dumps
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.experts.models import Draw
from bidding.experts.rules import Conditions, Place
from bidding.identity.events import RegistrationDecided
from bidding.opening.models import OpenedEnvelope
from bidding.province import codes, jobs, queries, service
from bidding.province.models import DealCode, DealSerial, ProvinceAnswer, ProvinceMessage
from bidding.province.rules import AnswerDoesNotFit, NothingToExport, NotWaiting, ReasonMissing, State
from bidding.tenders.models import Family, Lot, Method, Project
from tests.province.conftest import PLATFORM


@pytest.fixture
def noted(begin, make, project_of, station):
    """``noted(given…)``: an opened project of which everything was noted; its id."""

    def _noted(**wanted):
        project_id = project_of(make(**wanted))
        with begin() as tx:
            service.note_project(tx, project_id, station)
        return project_id

    return _noted


@pytest.fixture
def told(begin):
    """``told(project_id)``: what was noted of a project, as (set, subject)."""

    def _told(project_id):
        with begin() as tx:
            rows = tx.session.scalars(
                select(ProvinceMessage)
                .where(ProvinceMessage.project_id == project_id)
                .order_by(ProvinceMessage.id)
            )
            return [(row.data_set, row.subject) for row in rows]

    return _told


def lots(begin, project_id):
    with begin() as tx:
        return tx.session.execute(
            select(Lot.code, DealCode.code)
            .join(DealCode, DealCode.lot_id == Lot.id)
            .where(Lot.project_id == project_id)
            .order_by(Lot.id)
        ).all()


def message_of(tx, code):
    return tx.session.scalars(
        select(ProvinceMessage)
        .where(ProvinceMessage.data_set == code)
        .order_by(ProvinceMessage.id.desc())
        .limit(1)
    ).one()


WORKS = [
    ("500", "published"),
    ("501", "published"),
    ("502", "published"),
    ("503", "published"),
    ("504", "documents"),
]


def test_an_opened_project_is_told_from_its_beginning_in_the_provinces_order(noted, told):
    assert told(noted()) == [*WORKS, ("506", "opening-1"), ("507", "tenderers")]


def test_before_the_sheets_are_open_nothing_of_bids_is_told(noted, told):
    assert told(noted(opened=False)) == WORKS


def test_while_a_tenderers_own_key_may_still_open_a_sheet_no_opening_is_told(
    make, project_of, award, begin, told, station
):
    given = make()
    with begin() as tx:
        row = tx.session.scalars(select(OpenedEnvelope).order_by(OpenedEnvelope.id.desc()).limit(1)).one()
        row.sheet, row.sha256, row.verdict = None, None, "trustees"
    project_id = project_of(given)
    with begin() as tx:
        service.note_project(tx, project_id, station)
    assert told(project_id) == WORKS
    award(given)  # from then on no key is taken
    assert told(project_id)[5:7] == [("506", "opening-1"), ("507", "tenderers")]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (Family.PROCUREMENT, ["550", "551", "556", "557"]),
        (Family.PROPERTY, ["700"]),
        (Family.LOCAL, []),
    ],
)
def test_each_law_has_its_own_sets(noted, told, family, expected):
    assert [code for code, _ in told(noted(family=family))] == expected


def test_of_a_quiet_purchase_no_offer_is_told_before_its_result(noted, told):
    found = told(noted(family=Family.PROCUREMENT, method=Method.CONSULTATION))
    assert [code for code, _ in found] == ["550", "551"]


@pytest.mark.parametrize(
    ("awarded", "published"), [("", True), ("1", True), ("12", False), ("12", True)]
)  # while the bids of one lot are judged, of none
def test_a_draw_is_told_after_the_last_result_and_once_its_names_are_published_and_never_who(
    make, project_of, award, told, begin, cast, station, awarded, published
):
    given = make(code="A0253992120260001001", lots=("1", "2"))
    project_id = project_of(given)
    with begin() as tx:
        asked = Conditions(5, 1, (Place("A0801", 4, 8),))
        draw = Draw(
            uid="d1",
            code="d1",
            project_id=project_id,
            conditions=dumps(asked.as_json()).decode(),
            evaluation_at=tx.now,
            evaluation_place="评标一室",
            requested_at=tx.now,
            requested_by_id=cast.zhou.id,
            drawn_at=tx.now,
            published_at=tx.now if published else None,
        )
        tx.session.add(draw)
    for lot in awarded:
        award(given, lot=lot)
    with begin() as tx:
        service.note_project(tx, project_id, station)
    found = [subject for code, subject in told(project_id) if code == "9005"]
    assert found == ([f"draw-{draw.id}"] if awarded == "12" and published else [])
    if found:
        with begin() as tx:
            record, _ = queries.records(tx.session, message_of(tx, "9005"), station, tx.now)
        assert record.values["EXTRACT_RULE"] == "委员会 5 人，抽取专家 4 人；A0801 4 人"
        assert record.problems == []


def test_what_was_noted_is_not_noted_again(noted, told, begin, station):
    project_id = noted()
    with begin() as tx:
        assert service.note_project(tx, project_id, station) == 0
    assert len(told(project_id)) == 7


def test_a_result_is_told_in_the_transaction_that_makes_it_final(make, project_of, award, told, station):
    given = make()
    award(given)
    found = told(project_of(given))
    assert found[-1] == ("513", "result-1-1")
    assert ("501", "published") in found  # and with it what had never been noted


def test_without_the_platforms_code_nothing_is_noted_and_no_number_given(
    make, project_of, award, told, begin
):
    given = make()
    award(given)
    assert told(project_of(given)) == []
    assert lots(begin, project_of(given)) == []


def test_every_lot_has_the_next_number_of_the_day_of_publication_and_keeps_it(noted, begin, station):
    first = noted(uid="p1", code="T-1", lots=("1", "2"))
    second = noted(uid="p2", code="T-2")
    found = [codes.read_deal_code(code) for _, code in (*lots(begin, first), *lots(begin, second))]
    assert [(each.trade, each.platform, each.serial) for each in found] == [
        ("A02", PLATFORM, 1),
        ("A02", PLATFORM, 2),
        ("A02", PLATFORM, 3),
    ]
    was = lots(begin, first)
    with begin() as tx:
        tx.session.get_one(Project, first).trade = "A05"
        service.give_codes(tx, tx.session.get_one(Project, first), station)
    assert lots(begin, first) == was


def test_a_number_that_was_not_kept_leaves_no_gap(make, project_of, begin, station):
    project_id = project_of(make())
    with begin() as tx:
        service.note_project(tx, project_id, station)
        tx.session.rollback()  # as when somebody after it refuses
    with begin() as tx:
        service.note_project(tx, project_id, station)
        assert tx.session.scalars(select(DealSerial.last)).all() == [1]
    assert codes.read_deal_code(lots(begin, project_id)[0][1]).serial == 1


def test_two_projects_published_at_the_same_moment_have_two_numbers_without_a_gap(
    app, make, project_of, begin, station
):
    ids = [project_of(make(uid=f"p{n}", code=f"T-{n}", lots=("1", "2"))) for n in range(4)]
    start, failed = threading.Barrier(8), []

    def run(project_id):
        with app.app_context():
            start.wait(timeout=20)
            try:
                with begin() as tx:
                    service.note_project(tx, project_id, station)
            except Exception as error:  # whatever a thread says, the test must hear
                failed.append(error)
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run, args=(project_id,)) for project_id in (*ids, *ids)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    found = [codes.read_deal_code(code).serial for each in ids for _, code in lots(begin, each)]
    assert sorted(found) == list(range(1, 9))
    with begin() as tx:  # and each twice noted project has every message once
        assert len(tx.session.scalars(select(ProvinceMessage)).all()) == 4 * 7


@pytest.fixture
def fill(begin, cast, station):
    """``fill(set, {"scope/subject/field": value})``: what an administrator types on the page of the set's message."""

    def _fill(code, given):
        with begin(cast.actor("wang")) as tx:
            keys = {tuple(key.split("|")): value for key, value in given.items()}
            service.answer(tx, message_of(tx, code).uid, keys, station)

    return _fill


def faults(begin, code):
    with begin() as tx:
        row = message_of(tx, code)
        return row.state, row.faults


def test_what_was_filled_in_once_is_known_in_every_message_of_the_project(noted, fill, begin, world, station):
    noted(code="A0253992120260001001")
    jobs.check(world, station)
    before = faults(begin, "503")[1]
    fill("501", {"project||TENDERER_CODE": "12539921MB1A00002P"})
    assert faults(begin, "503") == (State.INCOMPLETE, before - 1)


def test_an_answer_that_is_taken_back_is_missing_again(noted, fill, begin):
    noted(code="A0253992120260001001")
    fill("501", {"project||TENDERER_CODE": "12539921MB1A00002P"})
    before = faults(begin, "503")[1]
    fill("501", {"project||TENDERER_CODE": " "})
    assert faults(begin, "503")[1] == before + 1
    with begin() as tx:
        assert tx.session.scalars(select(ProvinceAnswer)).all() == []


def test_what_is_known_of_a_unit_is_known_in_every_project(noted, fill, begin, world, station):
    noted(uid="p1", code="A0253992120260001001")
    with begin() as tx:
        uscc = next(
            each.subject
            for record in queries.records(tx.session, message_of(tx, "507"), station, tx.now)
            for each in record.filled
            if each.field.code == "BIDDER_PROPERTY"
        )
    fill("507", {f"unit|{uscc}|BIDDER_PROPERTY": "1"})
    noted(uid="p2", code="A0253992120260002001")
    jobs.check(world, station)
    with begin() as tx:
        (first, *_) = queries.records(tx.session, message_of(tx, "507"), station, tx.now)
    assert first.values["BIDDER_PROPERTY"] == "1"


@pytest.mark.parametrize(
    "key", ["project||NOPE", "unit||TENDERER_CODE", "project|1|TENDERER_CODE", "lot|9|TENDERER_CODE"]
)
def test_nothing_is_filled_in_that_the_message_does_not_ask_for(noted, fill, key):
    noted(code="A0253992120260001001")
    with pytest.raises(NotFound):
        fill("501", {key: "x"})


def test_an_answer_of_the_wrong_form_is_refused(noted, fill):
    noted(code="A0253992120260001001")
    with pytest.raises(AnswerDoesNotFit, match="招标人企业注册所在地"):
        fill("501", {"project||TENDERER_REGION_CODE": "12345"})


@pytest.fixture
def ready(begin, cast, noted, fill):
    """Two sales, of each the listing whole; and of the first project what comes after stays behind."""

    def _ready():
        for n in (1, 2):
            noted(
                uid=f"s{n}",
                code=f"Z9953992120260{n:03d}001",
                family=Family.PROPERTY,
                method=Method.ASSET_TRANSFER,
                ceiling=None,
                opened=False,
            )
            fill("700", {"project||SELLER_CODE": "12539921MB1A00002P"})

    return _ready


def test_a_package_takes_what_is_whole_in_each_projects_order_and_once(ready, noted, begin, cast, station):
    ready()
    noted(uid="w", code="A0253992120260009001")  # lacks much: of it nothing goes, though its lots are whole
    with begin(cast.actor("wang")) as tx:
        package = service.pack(tx, station)
        packed = [row.key for row in queries.packed(tx.session, package)]
    assert packed == ["700/s1/published", "700/s2/published"]
    with begin(cast.actor("wang")) as tx, pytest.raises(NothingToExport):
        service.pack(tx, station)


def test_what_lies_in_a_package_is_not_posted_as_well(ready, begin, cast, station, world):
    ready()
    with begin(cast.actor("wang")) as tx:
        service.pack(tx, station)
    with begin() as tx:
        assert queries.sendable(tx.session, tx.now, 10) == []


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (State.PENDING, service.retry),
        (State.INCOMPLETE, service.retry),
        (State.PENDING, service.send_anew),
        (State.INCOMPLETE, service.send_anew),
    ],
)
def test_what_is_on_its_way_cannot_be_sent_twice(noted, begin, cast, state, act):
    noted()
    with begin() as tx:
        row = message_of(tx, "500")
        row.state, row.next_due_at = state, None
        uid = row.uid
    with begin(cast.actor("wang")) as tx, pytest.raises(NotWaiting):
        act(tx, uid)


@pytest.mark.parametrize(("count", "refused"), [(0, True), (1, False), (500, False), (501, True)])
def test_leaving_out_wants_a_reason_of_some_length(noted, begin, cast, app, count, refused):
    noted()
    keys = app.extensions["log_keys"]
    with begin(cast.actor("wang")) as tx:
        uid = message_of(tx, "500").uid
        if refused:
            with pytest.raises(ReasonMissing):
                service.leave_out(tx, uid, "因" * count, keys)
        else:
            assert service.leave_out(tx, uid, "因" * count, keys).state is State.DROPPED


def test_a_failed_message_that_is_told_anew_is_replaced_and_no_longer_holds_back(noted, begin, cast):
    noted()
    with begin(cast.actor("wang")) as tx:
        first = message_of(tx, "500")
        first.state, first.next_due_at = State.ERROR, None
        further = service.send_anew(tx, first.uid)
        assert (first.state, further.edition, further.state) == (State.DROPPED, 2, State.PENDING)
        with pytest.raises(NotWaiting):  # it has been followed
            service.send_anew(tx, first.uid)


def test_a_legal_person_is_told_when_its_papers_are_approved(begin, cast, station):
    with begin() as tx:
        for approved in (False, True, True):
            event = RegistrationDecided(cast.li.organisation_id, approved=approved)
            service.on_registration(tx, event, station)
        row = message_of(tx, "100")
        (record,) = queries.records(tx.session, row, station, tx.now)
        assert tx.session.scalars(select(ProvinceMessage)).all() == [row]
    assert record.values["LEGAL_NAME"] == "岚岳建设集团有限公司"
    assert record.values["REGION_CODE"] == "539921"


@pytest.mark.parametrize("act", [service.retry, service.send_anew])
def test_nobody_decides_about_what_a_worker_has_in_its_hands(noted, begin, cast, act):
    noted()
    with begin(cast.actor("wang")) as tx:
        row = message_of(tx, "500")
        row.state, row.next_due_at, row.lease_until = State.ERROR, None, tx.now + jobs.LEASE
        with pytest.raises(NotWaiting):
            act(tx, row.uid)
