"""The pages of the hall's machines, without a browser: what stands on them, in which language, and what is not kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bidding.casework.current import desk
from bidding.db import db
from bidding.submissions.models import Bid

KIOSK = (
    "/kiosk",
    "/kiosk/openings",
    "/kiosk/notices",
    "/kiosk/guides",
    "/kiosk/receipt",
    "/kiosk/savings",
)


def test_the_screen_has_every_panel_at_once_and_without_a_script_the_next_page_shows_the_next(tender, client):
    page = client.get("/screen").text
    assert re.findall(r'data-panel="([a-z]+-\d)"', page) == ["openings-1", "closing-1"]
    assert 'data-at="0"' in page
    assert 'content="15;url=/screen?panel=1"' in page
    second = client.get("/screen?panel=1").text
    assert 'data-at="1"' in second
    assert 'content="15;url=/screen?panel=0"' in second


def test_paused_without_a_script_it_stays_where_it_is(tender, client):
    page = client.get("/screen?panel=1&pause=1").text
    assert 'content="15;url=/screen?panel=1&amp;pause=1"' in page
    assert "继续轮播" in page


@pytest.mark.parametrize("asked", ["7", "-1", "x", "99999999999", ""])
def test_whatever_panel_is_asked_for_there_is_one(tender, client, asked):
    assert re.search(r'data-at="[01]"', client.get(f"/screen?panel={asked}").text)


def test_on_its_day_an_opening_is_on_the_screen_and_at_the_kiosk_with_its_room_or_the_online_hall(
    tender, client, clock
):
    clock.set(tender.closes_at - timedelta(hours=3))
    for address in ("/screen", "/kiosk", "/kiosk/openings"):
        page = client.get(address).text
        assert "14:30" in page
        assert "递交中，未到截止" in page
        assert "网上大厅" in page


@pytest.mark.parametrize("address", KIOSK)
def test_no_page_of_the_kiosk_is_kept_or_leaves_a_cookie(client, address):
    for chosen in ("", "?lang=en&large=1"):
        answer = client.get(address + chosen)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_language_and_size_go_along_from_page_to_page_and_end_at_the_start(client):
    page = client.get("/kiosk?lang=en&large=1").text
    assert '<html lang="en"' in page
    assert 'data-text="large"' in page
    ways = re.findall(r'<a class="sl-tile[^"]*" href="([^"]+)"', page)
    assert len(ways) == 5
    for way in ways:
        assert way.endswith("?lang=en&amp;large=1")
    guides = client.get("/kiosk/guides?lang=en&large=1").text
    assert "/kiosk/guides/local.comparison?lang=en&amp;large=1" in guides
    assert 'data-kiosk="/kiosk"' in guides  # where it forgets them
    assert '<html lang="zh-Hans"' in client.get("/kiosk").text


def test_what_was_searched_goes_along_into_another_language_and_nothing_that_the_kiosk_does_not_know(client):
    page = client.get("/kiosk/notices?q=排水&_scheme=javascript&_external=1&endpoint=static&x=1").text
    assert 'href="/kiosk/notices?q=%E6%8E%92%E6%B0%B4&amp;lang=en"' in page
    assert "javascript:" not in page


def test_an_address_names_a_language_of_ours_or_the_usual_one_stays(client):
    assert '<html lang="zh-Hans"' in client.get("/kiosk?lang=fr").text
    assert '<html lang="en"' in client.get("/screen?lang=en").text
    assert 'data-hall="/screen?lang=en"' in client.get("/screen?lang=en").text


def test_there_is_a_one_time_notice_for_every_method_that_is_offered(app, rulebook, client):
    offered = [each.key for each in desk().offered]
    assert len(offered) > 5
    for key in offered:
        page = client.get(f"/kiosk/guides/{key}").text
        for part in (
            "一、申请进场交易",
            "二、窗口几步",
            "三、公告以后的期限",
            "四、参加的单位",
            "五、要花多少钱",
        ):
            assert part in page, key
    assert client.get("/kiosk/guides/works.auction").status_code == 404
    assert client.get("/kiosk/guides/none").status_code == 404


def test_what_it_costs_is_the_rulebooks_and_what_the_centre_says_it_charges(app, rulebook, client):
    assert "请问窗口" in client.get("/kiosk/guides/procurement.consultation").text
    app.config["FEES"] = "交易服务费按县发改委公布的标准。"
    page = client.get("/kiosk/guides/procurement.consultation").text
    assert "交易服务费按县发改委公布的标准。" in page
    costs = page.split("五、要花多少钱</h2>")[1]
    assert "2%" in costs
    assert "政府采购法实施条例第33条" in costs


def test_a_notice_is_found_by_two_signs_and_told_in_short(tender, client):
    page = client.get("/kiosk/notices?q=排水").text
    assert f"/kiosk/notices/{tender.uid}" in page
    assert "没有符合的公告" in client.get("/kiosk/notices?q=不存在的").text
    assert f"/kiosk/notices/{tender.uid}" in client.get("/kiosk/notices?family=works").text
    assert f"/kiosk/notices/{tender.uid}" not in client.get("/kiosk/notices?family=property").text
    short = client.get(f"/kiosk/notices/{tender.uid}").text
    assert f"/notices/{tender.uid}" in short
    assert "投标截止" in short
    assert client.get("/kiosk/notices/nothing").status_code == 404


def test_the_number_of_a_sealed_bid_and_one_that_nobody_has_get_the_same_answer(tender, attachment, client):
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
    reference = db.session.query(Bid).one().reference
    db.session.rollback()
    other = "20261125-AAAA-AAAA"
    sealed, none = (client.get(f"/kiosk/receipt?reference={name}").text for name in (reference, other))
    assert "没有查到公开的记录" in sealed
    assert sealed.replace(reference, other) == none
    tender.close()
    assert "公开日志里有这一份" in client.get(f"/kiosk/receipt?reference={reference}").text
