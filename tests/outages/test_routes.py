"""The pages of outages and deadlines: who sees them, what they say, and what a wrong input gets."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bidding.core.canonical import dumps
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.identity.models import Account, Organisation
from bidding.outages import queries
from bidding.story.play import BETWEEN, FACTS, Tender, Told
from bidding.tenders import service as tenders
from bidding.tenders.kinds import Envelopes
from tests.outages.playing import MINUTE, extend, gate, signature, situation
from tests.people import sign_in


@pytest.fixture
def visitor(app):
    return lambda login=None: sign_in(app, login) if login else app.test_client()


def deadline(uid, *more):
    return "/".join((f"/notices/{uid}/deadline", *more))


def local(instant):
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def upload(client, uid, value):
    data = {"file": (io.BytesIO(dumps(value)), "signature.json")}
    return client.post(deadline(uid, "sign"), data=data, content_type="multipart/form-data")


def test_the_two_sides_extend_by_their_pages(held, tender, visitor, tmp_path):
    uid, was = tender.uid, tender.closes_at
    agency, supervisor, public = visitor("zhou"), visitor("sun"), visitor()
    assert "开标暂停" in public.get(f"/notices/{uid}").text
    hall = public.get(f"/hall/{uid}").text
    assert "开标暂停" in hall
    assert "份有效投标" not in hall
    assert "开标暂停" in agency.get(f"/projects/{uid}").text
    for client in (agency, supervisor):
        assert "开标暂停" in client.get("/").text
        page = client.get(deadline(uid)).text
        assert "11 分 0 秒" in page
        assert "应当延至" in page
    owed = situation(held, uid).owed_at
    early = agency.post(deadline(uid, "draft"), data={"closes_at": local(owed - MINUTE), "reason": "故障"})
    assert early.status_code == 422
    assert "不得早于" in early.text
    assert "故障" in early.text  # what was typed is still there
    done = agency.post(deadline(uid, "draft"), data={"closes_at": local(owed), "reason": "平台故障"})
    assert done.status_code == 303
    assert "签延期" in supervisor.get("/").text
    assert f"schedule-{gate(uid).project.code}-1.json" in agency.get(deadline(uid)).text
    file = agency.get(deadline(uid, "schedule.json"))
    assert file.json["schedule"]["n"] == 1
    assert file.headers["Content-Disposition"].endswith('-1.json"')
    mine = signature(tender.centre, uid, "renewal", tmp_path)
    assert upload(supervisor, uid, mine).status_code == 403
    assert upload(agency, uid, {"v": 1}).status_code == 422
    assert upload(agency, uid, mine).status_code == 303
    assert "本方已签" in agency.get(deadline(uid)).text
    assert upload(supervisor, uid, signature(tender.centre, uid, "reform", tmp_path)).status_code == 303
    notice = public.get(f"/notices/{uid}").text
    assert "更正公告：截止时间延期" in notice
    assert "开标暂停" not in notice
    correction = public.get(f"/notices/{uid}/corrections/1")
    assert "平台故障" in correction.text
    text = public.get(f"/notices/{uid}/corrections/1.json").data
    found = queries.correction(db.session(), uid, 1)
    assert hashlib.sha256(text).hexdigest() == found.notice_sha256
    assert found.notice_sha256 in correction.text
    assert found.was_closes_at == was
    assert public.get(f"/notices/{uid}/corrections/1.pdf").data[:5] == b"%PDF-"
    for ending in ("", ".pdf"):
        assert public.get(f"/notices/{uid}/corrections/2{ending}").status_code == 404


def test_a_hold_is_let_go_by_their_pages(held, tender, visitor):
    uid = tender.uid
    agency, supervisor = visitor("zhou"), visitor("sun")
    assert agency.post(deadline(uid, "lift"), data={"grounds": ""}).status_code == 422
    assert agency.post(deadline(uid, "lift"), data={"grounds": "无人受影响"}).status_code == 303
    assert agency.post(deadline(uid, "lift", "confirm")).status_code == 403
    assert "同意，解除暂停" in supervisor.get(deadline(uid)).text
    assert supervisor.post(deadline(uid, "lift", "confirm")).status_code == 303
    assert gate(uid).held_at is None


def test_the_opening_of_the_prices_is_postponed_by_its_own_page(server, visitor, tmp_path):
    two = Tender(server.centre, tmp_path / "two", Told(), facts=replace(FACTS, envelopes=Envelopes.TWO))
    uid, place = two.publish(), f"/notices/{two.uid}/price-opening"
    agency, supervisor, public = visitor("zhou"), visitor("sun"), visitor()
    assert place in agency.get(f"/projects/{uid}").text
    with two.centre.act("t1") as tx:
        tenders.follow(tx, uid)
    was = two.closes_at + BETWEEN
    later = was + timedelta(days=7)
    wrong = agency.post(f"{place}/draft", data={"prices_open_at": local(was), "reason": "评审未结束"})
    assert wrong.status_code == 422
    assert "只能推后" in wrong.text
    done = agency.post(f"{place}/draft", data={"prices_open_at": local(later), "reason": "评审未结束"})
    assert (done.status_code, done.location) == (303, place)
    assert "签报价开标改期" in supervisor.get("/").text
    assert "有一份报价开标改期等签名" in agency.get(deadline(uid)).text
    for client, trustee in ((agency, "renewal"), (supervisor, "reform")):
        answer = upload(client, uid, signature(two.centre, uid, trustee, tmp_path))
        assert (answer.status_code, answer.location) == (303, place)
    assert "更正公告：报价开标时间推迟" in public.get(f"/notices/{uid}").text
    correction = public.get(f"/notices/{uid}/corrections/1").text
    assert "评审未结束" in correction
    assert "截止时间（不变）" in correction
    assert "报价开标推迟" in visitor("t1").get("/messages").text
    calendar = public.get(f"/notices/{uid}.ics").data.replace(b"\r\n ", b"")
    assert calendar.count(b"SEQUENCE:1") == 3
    assert f"DTSTART:{later:%Y%m%dT%H%M%SZ}".encode() in calendar
    for login, status in (("t1", 403), ("wang", 403), (None, 302)):
        assert visitor(login).get(place).status_code == status
    assert agency.get(f"/notices/{uid}x/price-opening").status_code == 404


@pytest.mark.parametrize("login", [None, "t1", "t2", "wang", "chen"])
def test_strangers_rivals_and_administrators_have_no_say(held, tender, visitor, login):
    client, uid = visitor(login), tender.uid
    wanted = 302 if login is None else 403  # to the sign-in page
    for path in ("", "schedule.json"):
        assert client.get(deadline(uid, path).rstrip("/")).status_code == wanted
    wanted = 401 if login is None else 403
    for path in ("draft", "drop", "sign", "lift", "lift/confirm"):
        assert client.post(deadline(uid, path)).status_code == wanted
    assert gate(uid).held_at is not None


def test_another_agencys_project_looks_like_none(server, tender, visitor, app):
    with tender.centre.act() as tx:
        other = tx.session.query(Organisation).filter(Organisation.name.contains("公证")).one()
        tx.session.query(Account).filter_by(login="wu").one().organisation_id = other.id
    client = visitor("wu")
    assert client.get(deadline(tender.uid)).status_code == 404
    assert client.post(deadline(tender.uid, "draft"), data={"reason": "x"}).status_code == 404
    assert client.get(deadline("nowhere")).status_code == 404
    assert deadline(tender.uid) not in client.get(f"/notices/{tender.uid}").text


def test_binding_acts_ask_for_the_password_again(server, tender, app):
    client = sign_in(app, "zhou", stepped_up=False)
    later = tender.closes_at + timedelta(days=1)
    answer = client.post(deadline(tender.uid, "draft"), data={"closes_at": local(later), "reason": "更正"})
    assert answer.status_code == 422
    assert "登录密码" in answer.text
    assert queries.pending(db.session(), gate(tender.uid).project_id) is None


def test_the_status_page_tells_of_service_and_of_nothing_else(held, tender, visitor):
    public = visitor()
    page = public.get("/status").text
    assert "投标通道正常" in page
    assert "11 分 0 秒" in page
    for word in (tender.uid, "排水管网", gate(tender.uid).project.code):
        assert word not in page
    held.centre.clock.advance(MINUTE)
    assert "正在中断" in public.get("/status").text


def test_every_page_speaks_english_too(held, tender, visitor):
    agency = visitor("zhou")
    agency.set_cookie("language", "en")
    page = agency.get(deadline(tender.uid))
    extend(held, tender.uid, situation(held, tender.uid).owed_at)
    for text in (
        page.text,
        agency.get("/status").text,
        agency.get(f"/notices/{tender.uid}/corrections/1").text,
    ):
        assert 'lang="en"' in text
    assert "Opening on hold" in page.text


# In a browser, in every state


@pytest.mark.browser
def test_in_quiet_times_the_pages_can_be_read_and_reached(tender, visitor, seen):
    visit = seen(visitor("zhou"))
    for address in ("/status", deadline(tender.uid)):
        visit.go(address)
        visit.at_its_best()
    assert visit.problems == []


@pytest.mark.browser
def test_in_trouble_and_when_something_is_wrong_the_pages_can_be_read_and_reached(
    held, tender, visitor, seen
):
    visit = seen(visitor("zhou"))
    for address in ("/status", deadline(tender.uid)):
        visit.go(address)
        visit.at_its_best()
    visit.page.fill("[name=closes_at]", local(tender.closes_at))
    visit.page.locator("main form .btn-primary").first.click()
    visit.at = "a deadline that is refused"
    expect(visit.page.locator(".sl-errors")).to_be_focused()
    visit.has_one_heading()
    visit.is_accessible()
    visit.fits()
    extend(held, tender.uid, situation(held, tender.uid).owed_at)
    held.centre.clock.advance(5 * MINUTE)  # silent again
    for address in ("/status", deadline(tender.uid), f"/notices/{tender.uid}/corrections/1"):
        visit.go(address)
        visit.at_its_best()
    assert [each for each in visit.problems if "422" not in each] == []
