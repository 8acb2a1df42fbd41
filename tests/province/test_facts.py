"""What messages are made of, from tenders that were really published, corrected, opened, awarded and terminated."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.lifecycle.rules import Kind
from bidding.province import codes, queries, service
from bidding.province.facts import FACTS, Subject, items
from bidding.province.mapping import plan
from bidding.province.models import ProvinceMessage
from bidding.province.records import as_text
from bidding.story.play import Tender, Told
from bidding.tenders.models import Project
from tests.clarifications.correcting import HEAVY, QUESTION, Desk
from tests.lifecycle.conftest import Course
from tests.outages.playing import REASON, draft, sign
from tests.stage import ROOT


@pytest.fixture
def further(tmp_path):
    def published(centre, _):
        made = Tender(centre, tmp_path / "fresh", Told())
        made.publish([ROOT / "pyproject.toml"])
        return made

    return {"fresh": ("centre", published)}


@pytest.fixture
def fresh(laid):
    """A tender published today, 24 days before its deadline."""
    return laid[1]


def told(centre, station):
    """Every message of the one project, made as it would be sent: set → records as values, and what is missing."""
    with centre.act("wang") as tx:
        project = tx.session.scalars(select(Project).order_by(Project.id)).first()
        service.note_project(tx, project.id, station)
        found = {}
        for row in tx.session.scalars(select(ProvinceMessage).order_by(ProvinceMessage.id)).all():
            if row.project_id == project.id:
                records = queries.records(tx.session, row, station, tx.now)
                found[row.data_set, row.subject] = (
                    [each.values for each in records],
                    {problem.field.code for each in records for problem in each.problems},
                )
        return found


def test_a_published_tender_is_told_with_its_own_words(centre, tender, station):
    found = told(centre, station)
    (project,), missing = found["500", "published"]
    assert re.fullmatch(r"A02539921\d{8}", project["PROJECT_CODE"])
    assert missing == {"CLASS_VER_CODE", "INDUSTRIES_TYPE", "APPROVAL_NAME"}
    lots, missing = found["502", "published"]
    assert missing == set()
    assert [lot["BID_SECTION_CODE"] for lot in lots] == [f"{lots[0]['TENDER_PROJECT_CODE']}001"]
    assert codes.read_deal_code(lots[0]["UNIFIED_DEAL_CODE"]).trade == "A02"
    (notice,), missing = found["503", "published"]
    assert missing == {"TENDERER_CODE", "TENDERER_PHONE_NUMBER", "TENDERER_EMAIL"}
    assert "一、招标条件" in notice["NOTICE_CONTENT"]
    assert "SHA-256" in notice["NOTICE_CONTENT"]
    assert notice["URL"].startswith("https://bids.example/notices/")
    assert len(notice["BID_DOC_REFER_END_TIME"]) == 14
    assert ("506", "opening-1") not in found


def test_an_opened_tender_is_told_bid_by_bid(centre, opened, station):
    found = told(centre, station)
    bids, missing = found["507", "tenderers"]
    assert [bid["BID_PRICE"] for bid in bids] == ["12000001.00", "12000002.00", "12000003.00"]
    assert len({bid["BIDDER_ORG_CODE"] for bid in bids}) == 3
    assert "BID_PRICE" not in missing
    (record,), _ = found["506", "opening-1"]
    assert record["BID_OPENING_CONTENT"].count("\n") == 2
    assert "12,000,001.00 元" in record["BID_OPENING_CONTENT"]


def test_answers_corrections_and_questions_are_told_as_they_were_published(fresh, station, tmp_path):
    desk = Desk(fresh, tmp_path)
    desk.ask()
    desk.centre.wait(timedelta(hours=2))
    later = desk.project.closes_at + timedelta(days=7)
    questions = [each.uid for each in desk.waiting()]
    said = {"asked": QUESTION, "answer": "提供，随文件下载", "closes_at": later}
    uid = desk.drafted(*questions, facts={"term": "180 日历天"}, **said, **HEAVY)
    desk.publish(uid)
    desk.centre.cosign()
    desk.signed()
    found = told(desk.centre, station)
    assert list(found)[-2:] == [
        ("504", "clarification-1"),
        ("521", "clarification-1"),
    ]  # dates are a part of it
    (change,), missing = found["504", "clarification-1"]
    assert "180 日历天" in change["CLARIFY_CONTENT"]
    assert (change["IS_POSTPONE"], missing) == ("1", {"VALID_PERIOD", "EVALUATION_TYPE"})
    assert change["POST_OPEN_TIME"] == as_text(later, "T14")
    (question,), missing = found["521", "clarification-1"]
    assert (QUESTION in question["ASK"], missing) == (True, {"ASK_ZY_REASON", "TYPE"})
    (notice,), _ = found["503", "published"]
    assert notice["BID_DOC_REFER_END_TIME"] < as_text(later, "T14")  # as it was announced then


def test_dates_that_moved_by_themselves_are_told(fresh, station, tmp_path):
    centre, later = fresh.centre, fresh.closes_at + timedelta(days=7)
    draft(centre, fresh.uid, later)
    for role in ("agency", "supervisor"):
        sign(centre, fresh.uid, tmp_path, role)
    (change,), _ = told(centre, station)["504", "dates-1"]
    assert (change["IS_POSTPONE"], change["BID_DOC_REFER_END_TIME"]) == ("1", as_text(later, "T14"))
    assert REASON in change["CLARIFY_CONTENT"]


def test_a_tender_that_is_terminated_is_told_with_its_reason(centre, tender, station):
    Course(tender).announce(Kind.TERMINATION, reason="规划调整")
    (report,), missing = told(centre, station)["517", "course-1"]
    assert "规划调整" in report["EXCEPITON_INFOR"]
    assert (report["EXCEPITON_TYPE"], missing) == ("2", {"APPROVAL_RESULT", "APPROVAL_TIME"})


def test_a_result_is_told_with_its_winner_and_price(make, award, begin, station):
    given = make(code="A0253992120260001001", lots=("1", "2"))
    award(given, "li", lot="2", notice_number="明交中字〔2026〕1号")
    with begin() as tx:
        rows = {row.data_set: row for row in tx.session.scalars(select(ProvinceMessage))}
        (record,) = queries.records(tx.session, rows["513"], station, tx.now)
        (letter,) = queries.records(tx.session, rows["9018"], station, tx.now)
    assert record.values["WIN_BIDDER_NAME"] == "岚岳建设集团有限公司"
    assert record.values["BID_AMOUNT"] == "12000000.00"
    assert record.values["BID_SECTION_CODE"].endswith("002")
    assert letter.values["WIN_NOTICE_CODE"] == "明交中字〔2026〕1号"


def test_every_fact_of_the_table_comes_of_the_items_it_is_asked_of(centre, opened, station):
    with centre.act("wang") as tx:
        project = tx.session.scalars(select(Project)).first()
        for data_set in station.plan.sets.values():
            name = {"opening": "opening-1", "file": "documents"}.get(data_set.each, "published")
            if data_set.each in ("project", "notice", "file", "opening", "lot", "bid"):
                for item in items(tx.session, data_set.each, Subject(project, name), station.centre, tx.now):
                    asked = {field.source for field in data_set.fields if field.source in FACTS}
                    more = {f"centre.{name}" for name in ("supervisor_uscc", "approver_uscc")}
                    assert asked - item.facts.keys() <= more


def test_the_example_in_the_manual_is_a_profile():
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(\{\n  \"centre\".*?)```", text, re.DOTALL)
    assert plan(example).off == {"100"}
    assert loads(example)["codes"]["role"]["owner"] == "01"
