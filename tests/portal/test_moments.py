"""A tender's timeline: what is public elsewhere, in order, and nothing of bids before the deadline."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bidding.db import db
from bidding.lifecycle.rules import Kind
from bidding.portal import moments
from bidding.tenders import queries as tenders
from tests.people import sign_in


def told(client, uid):
    """(past, next or later, what) of every line, in order."""
    page = client.get(f"/notices/{uid}/timeline")
    assert page.status_code == 200
    steps = page.text.split('<ol class="sl-steps">')[1].split("</ol>")[0]
    names = {"is-done": "past", "is-now": "next", "": "later"}
    return [
        (names[state], words)
        for state, words in re.findall(r'<li(?: class="([^"]*)")?[^>]*>.*?<b>([^<]*)</b>', steps, re.DOTALL)
    ]


def test_before_the_deadline_there_is_what_was_published_and_what_is_to_come(tender, client):
    assert told(client, tender.uid) == [("past", "公告发布"), ("next", "截止，同时开标")]


def test_notices_of_its_course_stand_where_they_belong_with_their_pages(course, client):
    course.announce(Kind.SUSPENSION)
    course.tender.centre.wait(timedelta(hours=1))
    course.announce(Kind.TERMINATION)
    found = told(client, course.tender.uid)
    assert [words for part, words in found if part == "past"] == ["公告发布", "暂停公告", "终止公告"]
    assert {part for part, _ in found} == {"past"}  # nothing comes any more
    page = client.get(f"/notices/{course.tender.uid}/timeline").text
    assert f"/notices/{course.tender.uid}/course/2" in page


def test_an_opened_tender_shows_its_opening(opened, client):
    assert "开标记录" in [words for _, words in told(client, opened.uid)]


def test_a_result_and_its_correction_are_two_moments(make, award, client, clock):
    given = make()
    award(given)
    clock.advance(timedelta(hours=1))
    award(given, "zhao", correction="评审报告算错了")
    found = [words for _, words in told(client, "p1")]
    assert found[-2:] == ["1 标段1：结果公布", "1 标段1：结果更正"]


def test_what_was_never_published_has_none(client, tender):
    assert client.get("/notices/nobodysname/timeline").status_code == 404


def test_in_the_other_language_too(course, client):
    course.announce(Kind.SUSPENSION)
    client.set_cookie("language", "en")
    page = client.get(f"/notices/{course.tender.uid}/timeline").text
    assert "Notice published" in page
    assert not re.search(r"<b>[^<]*[\u4e00-\u9fff]", page)


@pytest.mark.parametrize("login", [None, "t2", "zhou"])
def test_before_the_close_it_asks_the_same_with_bids_as_without(app, tender, attachment, statements, login):
    visitor = app.test_client() if login is None else sign_in(app, login)
    visitor.get(f"/notices/{tender.uid}/timeline")
    statements.clear()
    visitor.get(f"/notices/{tender.uid}/timeline")
    without = list(statements)
    tender.submit(1, tender.seal(1, [attachment], price_fen=1))
    statements.clear()
    visitor.get(f"/notices/{tender.uid}/timeline")
    assert statements == without
    assert not [text for text in statements if "FROM leaf" in text or "opened_envelope" in text]


def test_moments_are_in_order(opened, clock):
    project = tenders.notice(db.session, opened.uid)
    found = moments.of(db.session(), project, clock.now())
    assert [each.at for each in found] == sorted(each.at for each in found)
