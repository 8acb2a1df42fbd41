"""The way that a project's desk offers to its draw."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from bidding.core.errors import NotFound
from bidding.db import db
from bidding.experts import links as experts
from bidding.tenders.models import Project
from tests.people import sign_in


@pytest.fixture
def offered(play, app):
    """Whether a person's page of the project leads to its draw."""

    def _offered(login, page):
        uid = play.tender.uid
        return f"/projects/{uid}/draw" in sign_in(app, login).get(f"/{page}/{uid}").text

    return _offered


def test_the_agency_finds_the_draw_from_its_desk(offered):
    assert offered("zhou", "projects")


def test_the_administrator_finds_it_from_the_notice(offered):
    assert offered("wang", "notices")


def test_a_round_of_offers_has_neither_a_draw_nor_a_committee_of_its_own(play, app):
    """The negotiation's panel judges it; a draw, which everybody may watch, would tell of a round that only the invited know."""
    session = db.session()
    session.execute(update(Project).where(Project.uid == play.tender.uid).values(is_round=True))
    session.commit()
    with pytest.raises(NotFound):
        play.request()
    zhou, uid = sign_in(app, "zhou"), play.tender.uid
    for part in ("draw", "committee"):
        assert zhou.get(f"/projects/{uid}/{part}").status_code == 404
        assert f"/projects/{uid}/{part}" not in zhou.get(f"/notices/{uid}").text


@pytest.mark.parametrize("who", ["t1", "sun"])
def test_who_may_not_ask_is_not_offered_it(offered, who):
    assert not offered(who, "notices")


def test_a_stranger_is_not_offered_it(play, app):
    with app.test_request_context():
        project = db.session.scalar(select(Project).where(Project.uid == play.tender.uid))
        assert experts.links(project) == []


def test_a_desk_offers_what_moves_the_project_on_before_what_moves_its_date(play, app):
    page = sign_in(app, "zhou").get(f"/projects/{play.tender.uid}").text
    ways = re.findall(r'<a class="btn btn-(primary|secondary)" href="([^"]+)"', page)
    assert ways[0][0] == "primary"
    assert ways[-1] == ("secondary", f"/notices/{play.tender.uid}/deadline")
    assert ways[0][1] != ways[-1][1]


def test_the_hall_leads_everybody_to_the_screen_of_a_draw_that_was_ordered(play, client):
    hall = f"/hall/{play.tender.uid}"
    play.request().freeze()
    assert "专家抽取大屏" not in client.get(hall).text
    play.order()
    assert f"/draws/{play.draw.code}/screen" in client.get(hall).text
