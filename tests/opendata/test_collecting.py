"""Facts are what the domains published, and nothing of them before that."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bidding.award import service as awarding
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.lifecycle.rules import Kind as Course
from bidding.opendata import collecting, queries
from bidding.opendata.facts import Kind
from bidding.submissions.paper.models import Bag
from bidding.tenders import queries as tenders
from tests.bags import read
from tests.clarifications.correcting import DAY, HEAVY, Desk
from tests.lifecycle.conftest import Course as Notices
from tests.negotiation.test_service import WAN, record
from tests.opendata.conformance import problems


def facts_of(tender):
    db.session.rollback()
    db.session.expire_all()
    return collecting.facts(db.session(), tenders.notice(db.session(), tender.uid))


def test_a_correction_that_moves_the_deadline_is_two_facts_of_one_instant(fresh, package, tmp_path):
    desk = Desk(fresh, tmp_path)
    later = desk.project.closes_at + 14 * DAY
    desk.publish(desk.drafted(facts={"term": "180 日历天"}, closes_at=later, **HEAVY))
    assert [fact.kind for fact in facts_of(fresh)] == [Kind.NOTICE]  # two seats have not signed yet
    desk.signed()
    notice, dates, answers = facts_of(fresh)
    assert (dates.kind, answers.kind) == (Kind.DATES, Kind.ANSWERS)
    assert dates.at == answers.at
    assert dates.asks_until > notice.asks_until
    found = package(fresh)
    assert [release["tag"] for release in found["releases"][1:]] == [["tenderAmendment"]] * 2
    assert problems(found) == {}
    tender = package(fresh, "record")["records"][0]["compiledRelease"]["tender"]
    assert tender["tenderPeriod"]["endDate"] == later.astimezone(SHANGHAI).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([Course.SUSPENSION], "active"),
        ([Course.SUSPENSION, Course.RESUMPTION], "active"),
        ([Course.TERMINATION], "cancelled"),
    ],
)
def test_notices_of_the_course_are_told(tender, package, kinds, status):
    course = Notices(tender)
    for kind in kinds:
        course.announce(kind)
    found = package(tender, "record")
    compiled = found["records"][0]["compiledRelease"]
    assert compiled["tender"]["status"] == status
    assert len(compiled["tender"]["amendments"]) == len(kinds)
    assert problems(found) == {}


def test_a_draft_of_a_notice_tells_nothing(tender, package):
    before = package(tender)
    Notices(tender).draft(Course.SUSPENSION)
    assert package(tender) == before


def test_a_lot_that_too_few_bid_for_tells_its_end_and_no_number(tender, attachment, package):
    """How few there were stands in the log and not here."""
    tender.submit(1, tender.seal(1, [attachment], price_fen=1200 * WAN))
    tender.close()
    assert [fact.kind for fact in facts_of(tender)] == [Kind.NOTICE]
    Notices(tender).announce(Course.FAILURE)
    found = package(tender, "record")
    compiled = found["records"][0]["compiledRelease"]
    assert compiled["tender"]["status"] == "unsuccessful"
    assert "bids" not in compiled
    assert problems(found) == {}


def test_of_a_negotiation_nothing_is_told_of_who_responded_until_its_result_is_out(
    negotiation, responses, package, client, ocid
):
    root = negotiation.tender
    assert [fact.kind for fact in facts_of(root)] == [Kind.NOTICE]
    made = negotiation.call()
    for number in (1, 2, 3):
        negotiation.offer(made, number, (70 + number) * WAN)
    negotiation.open(made)
    quiet = package(root)
    assert len(quiet["releases"]) == 1
    assert client.get(f"/opendata/processes/{ocid(made)}/releases.json").status_code == 404

    seen = record(negotiation, made.received[1])
    assert package(root) == quiet  # recorded, not confirmed
    with negotiation.centre.act("wu") as tx:
        awarding.confirm_award(tx, root.uid, "1", seen)
    found = package(root)
    notice, opening, result = found["releases"]
    assert notice == quiet["releases"][0]
    assert opening["tender"]["numberOfTenderers"] == 3
    assert all("value" not in each for each in opening["bids"]["details"])
    assert (result["tag"], result["awards"][0]["value"]["amount"]) == (["award"], 710_000)
    assert problems(found) == {}
    assert client.get(f"/opendata/processes/{ocid(made)}/releases.json").status_code == 404


def test_a_bid_on_paper_is_told_once_it_is_typed_by_a_release_of_its_own(mixed, package, write, rows):
    """What was opened together is written long before two persons have typed the bag."""
    write()
    assert [key for _, key, _ in rows()][1:] == ["opening-1"]
    bag = db.session.scalars(select(Bag)).one()
    uid = bag.uid
    db.session.rollback()
    read(mixed, uid, "zhou")
    assert write() == 0  # one person's reading is nobody's to know
    read(mixed, uid, "wang")
    told = package(mixed)  # before it is written, and after
    assert write() == 1
    assert write() == 0
    assert package(mixed) == told
    assert problems(told) == {}
    *_, opening, typed = told["releases"]
    assert [len(each["bids"]["details"]) for each in (opening, typed)] == [2, 1]
    bids = package(mixed, "record")["records"][0]["compiledRelease"]["bids"]
    assert len(bids["details"]) == 3
    assert [each["value"] for each in bids["statistics"]] == [3]
    db.session.rollback()
    assert queries.unwritten(db.session()) == []


def test_every_page_that_a_release_names_is_one_of_the_app(opened, app, package):
    opened.award()
    paths = [
        url.split("/", 3)[3]
        for url in set(_urls(package(opened)["releases"]))
        if url.startswith("http://localhost/")
    ]
    adapter = app.url_map.bind("localhost")
    assert {adapter.match(f"/{path}")[0] for path in paths} >= {
        "tenders.notice",
        "opening.hall",
        "award.notice",
    }


def _urls(value):
    if isinstance(value, dict):
        yield from ([value["url"]] if "url" in value else [])
        for inner in value.values():
            yield from _urls(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _urls(inner)
