import hashlib
import re

import pytest
from sqlalchemy import select

from bidding.conduct.models import Acceptance
from bidding.conduct.rules import Rule
from bidding.conduct.shipped import shipped
from bidding.db import db

NEW = {"zh": "新的一条。", "en": "A new clause.", "valid_from": "2026-11-24", "reason": "新的条例"}


def accepted(who):
    return {
        (row.rule, row.n)
        for row in db.session.scalars(select(Acceptance).where(Acceptance.account_id == who.id))
    }


def test_anybody_reads_all_ten(client):
    page = client.get("/conduct").get_data(as_text=True)
    assert all(clause in page for rule in Rule for clause in shipped(rule).zh)
    assert (page.count(">叙永县名目<"), page.count(">本系统补充<")) == (7, 3)


def test_in_english_they_are_read_in_english(client):
    page = client.get("/conduct/zone", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Nobody leaves the zone" in page


def test_a_versions_json_has_the_hash_that_its_page_shows(client):
    page = client.get("/conduct/tenderer/1").get_data(as_text=True)
    body = client.get("/conduct/tenderer/1/text.json").data
    assert hashlib.sha256(body).hexdigest() == shipped(Rule.TENDERER).sha256
    assert shipped(Rule.TENDERER).sha256 in page


@pytest.mark.parametrize("path", ["/conduct/nothing", "/conduct/zone/2", "/conduct/zone/0/text.json"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


# accepting


def test_one_reads_and_ticks_on_a_page_of_ones_own(client_as, cast, unread):
    zhou = client_as("zhou")
    assert zhou.post("/conduct/mine", data={}).status_code == 422
    assert accepted(cast.zhou) == set()
    box = re.search(r'name="accepts"[^>]*value="([^"]+)"', zhou.get("/conduct/mine").get_data(as_text=True))
    assert zhou.post("/conduct/mine", data={"accepts": box[1]}).status_code == 303
    assert accepted(cast.zhou) == {(Rule.OWNER, 1), (Rule.AGENCY, 1)}
    assert accepted(cast.wu) == set()


def test_a_tick_under_another_version_counts_for_nothing(client_as, cast, unread):
    answer = client_as("li").post("/conduct/mine", data={"accepts": "tenderer-2"})
    assert answer.status_code == 422
    assert "换了新的一版" in answer.get_data(as_text=True)
    assert accepted(cast.li) == set()


# asked at the right moment


def test_the_agency_is_asked_when_it_hands_over_and_loses_nothing(client_as, cast, unread, drafts):
    uid = drafts()
    zhou = client_as("zhou")
    refused = zhou.post(f"/projects/{uid}/submit", data={})
    assert refused.status_code == 422
    assert "招标代理机构须知" in refused.get_data(as_text=True)
    done = zhou.post(f"/projects/{uid}/submit", data={"accepts": "owner-1 agency-1"})
    assert done.status_code == 303
    assert accepted(cast.zhou) == {(Rule.OWNER, 1), (Rule.AGENCY, 1)}
    again = drafts()
    assert "accepts" not in zhou.get(f"/projects/{again}").get_data(as_text=True)
    assert zhou.post(f"/projects/{again}/submit", data={}).status_code == 303


def test_what_the_act_refuses_is_not_accepted_either(client_as, cast, unread, drafts):
    """One transaction: a draft that lacks something leaves no acceptance behind."""
    uid = drafts(whole=False)
    answer = client_as("zhou").post(f"/projects/{uid}/submit", data={"accepts": "owner-1 agency-1"})
    assert answer.status_code == 422
    assert accepted(cast.zhou) == set()


def test_a_tenderer_is_asked_at_get_ready_with_the_button_that_goes_on(client_as, cast, unread, tender):
    li = client_as("li")
    way = li.get(f"/notices/{tender}/lots/1/bid")
    assert way.headers["Location"].endswith("/ready#conduct")
    assert li.post(f"/notices/{tender}/ready", data={"lot": "1"}).status_code == 422
    shown = "tenderer-1 security-1"
    on = li.post(f"/notices/{tender}/ready", data={"lot": "1", "accepts": shown})
    assert on.headers["Location"].endswith("/lots/1/bid")
    assert accepted(cast.li) == {(Rule.TENDERER, 1), (Rule.SECURITY, 1)}
    assert li.get(f"/notices/{tender}/lots/1/bid").status_code == 200
    assert client_as("zhao").get(f"/notices/{tender}/lots/1/bid").status_code == 302


def test_staff_see_no_tenderer_who_gets_ready_before_the_close(client_as, cast, unread, tender):
    """Two worlds."""
    wang = client_as("wang")
    before = wang.get("/conduct/acceptances?who=tenderers").get_data(as_text=True)
    client_as("li").post(f"/notices/{tender}/ready", data={"lot": "1", "accepts": "tenderer-1 security-1"})
    assert re.sub(
        r"<time.*?</time>", "", wang.get("/conduct/acceptances?who=tenderers").get_data(as_text=True)
    ) == re.sub(r"<time.*?</time>", "", before)


# versions


def test_two_administrators_publish_a_version(client_as):
    wang, chen = client_as("wang"), client_as("chen")
    assert wang.post("/conduct/zone/new", data=NEW).status_code == 303
    assert "不能是同一人" in wang.get("/conduct/zone/waiting").get_data(as_text=True)
    assert wang.post("/conduct/zone/waiting").status_code == 403
    seen = chen.get("/conduct/zone/waiting").get_data(as_text=True)
    assert "<ins>新的一条。</ins>" in seen
    assert chen.post("/conduct/zone/waiting").status_code == 303
    assert "还没有施行" in chen.get("/conduct/zone").get_data(as_text=True)
    assert chen.get("/conduct/zone/2").status_code == 200


def test_a_refused_version_keeps_what_was_typed(client_as):
    answer = client_as("wang").post("/conduct/zone/new", data=NEW | {"valid_from": "2026-11-23"})
    assert answer.status_code == 422
    assert "新的一条。" in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["li", "zhao", "zhou", "sun", "lin"])
def test_others_neither_write_versions_nor_see_who_accepted(client_as, who):
    visitor = client_as(who)
    for path in ("/conduct/zone/new", "/conduct/zone/waiting", "/conduct/acceptances"):
        assert visitor.get(path).status_code == 403
