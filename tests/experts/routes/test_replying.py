"""The page behind the link of a message: what it says, what it does not, and that fetching it changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bidding.core.canonical import loads
from bidding.db import Model, db
from bidding.experts.calls import REASONS, Answer
from bidding.experts.models import DrawCall, DrawReply
from bidding.experts.queries import Purpose
from tests.experts.playing import message
from tests.people import sign_in


@pytest.fixture
def link(play):
    """The address in the message of whoever is to be called first."""
    play.to_drawn()
    return f"/r/{message(play, 'A0801')[1]}"


def text_of(answer):
    return answer.get_data(as_text=True)


def counts():
    """How many rows every table has."""
    db.session().rollback()
    return {
        table.name: db.session().scalar(select(func.count()).select_from(table))
        for table in Model.metadata.sorted_tables
    }


def test_it_says_when_and_where_and_nothing_of_what_is_judged_for_whom_or_by_whom(play, link, client):
    (person,) = play.open(Purpose.CALL)
    project, draw = play.draw.project, play.draw
    secrets = {
        project.title,
        project.code,
        project.uid,
        project.owner_name,
        project.agency.name,
        draw.code,
        draw.uid,
        person.h,
        person.phone,
        *(value for value in loads(person.expert).values() if isinstance(value, str) and len(value) > 1),
        "给排水",
        "A0801",
        "中心管理员",
    }
    for address in (link, f"{link}/accept", f"{link}/decline"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert answer.headers["Cache-Control"] == "no-store"
        page = text_of(answer)
        assert draw.evaluation_place in page
        assert "4 小时" in page
        assert {secret for secret in secrets if secret in page} == set()
        assert "Can you come" not in page
    english = text_of(client.get(link, headers={"Accept-Language": "en"}))
    assert "Can you come" in english
    assert draw.evaluation_place in english


def test_a_fetch_changes_nothing_and_links_that_never_were_are_all_the_same(link, client):
    before = counts()
    for address in (link, f"{link}/accept", f"{link}/decline"):
        for method in ("GET", "HEAD"):
            assert client.open(address, method=method).status_code == 200
    assert client.post(link).status_code == 405
    wrong = [link[:-1], link + "x", "/r/" + "2" * 27, "/r/x"]
    answers = [client.get(address) for address in wrong] + [client.post(f"{each}/accept") for each in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert client.get(f"{link}/absent").status_code == 404
    assert counts() == before


def test_a_yes_or_a_reasoned_no_is_confirmed_once_and_then_the_page_says_so(play, link, client):
    assert client.post(f"{link}/accept").headers["Location"].endswith(link)
    page = text_of(client.get(link))
    assert "您答复能参加" in page
    assert play.draw.evaluation_place not in page
    before = counts()
    for again in ("accept", "decline"):
        assert client.post(f"{link}/{again}", data={"reason": "0"}).status_code == 303
        assert client.get(f"{link}/{again}").status_code == 303
    other = f"/r/{message(play, 'A0802')[1]}"
    for data in ({}, {"reason": "9"}, {"reason": "时间冲突"}):
        assert client.post(f"{other}/decline", data=data).status_code == 422
    assert counts()["draw_call"] == before["draw_call"]
    assert client.post(f"{other}/decline", data={"reason": "3"}).status_code == 303
    calls = db.session().scalars(select(DrawCall).order_by(DrawCall.id)).all()
    reasons = [(call.answer, call.reason) for call in calls]
    assert reasons == [("accept", None), ("decline", REASONS[Answer.DECLINE][3])]
    assert "您答复不能参加" in text_of(client.get(other))
    assert "短信链接" in text_of(sign_in(play.centre.app, "wang").get(f"/draws/{play.uid}"))


def test_what_somebody_put_down_by_hand_is_not_told_by_the_link(play, link, client):
    h = play.record.calling.next("A0801").h
    assert "还没有答复" in text_of(sign_in(play.centre.app, "wang").get(f"/draws/{play.uid}"))
    play.answer("A0801", h, Answer.DECLINE)
    other = f"/r/{message(play, 'A0802')[1]}"
    assert play.draw.evaluation_place in text_of(client.get(other))
    play.centre.clock.set(play.draw.evaluation_at)
    for ended in (link, other):  # by hand, and by the evaluation's beginning
        page = text_of(client.get(ended))
        assert "这件事已经办结" in page
        for word in (play.draw.evaluation_place, "婉拒", REASONS[Answer.DECLINE][0]):
            assert word not in page
        assert client.post(f"{ended}/accept").status_code == 303
    assert db.session().scalars(select(DrawReply)).all() == []
