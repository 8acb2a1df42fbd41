from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from bidding.core.canonical import dumps, loads
from bidding.db import db
from bidding.sealing import enrolment, queries
from tests.people import sign_in
from tests.sealing.keyring import enrol, enrolment_file, seed_of, standing_set
from tests.sealing.papers import entropy


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


def text_of(answer):
    return answer.get_data(as_text=True)


def enter(client, **changes):
    given = {
        "file": (io.BytesIO(enrolment_file("notary")), "trustee-notary.json"),
        "role": "notary",
        "organisation": "org-notary",
        "holder": "顾公证",
        "login": "",
    } | changes
    return client.post("/trustees/new", data=given, content_type="multipart/form-data")


def test_everybody_sees_who_can_open_today_and_nobody_else_what_is_proposed(
    client, client_as, begin, cast, keys
):
    assert "还没有受托人" in text_of(client.get("/trustees"))
    uids = standing_set(begin, cast, keys)
    enter(client_as("wang"), file=(io.BytesIO(enrolment_file("notary-2")), "x.json"))
    for reader in (client, client_as("li"), client_as("zhao")):
        page = text_of(reader.get("/trustees"))
        assert page.count("能开箱") >= 5
        assert "5 位常任受托人，5 位的密钥演练在有效期内" in page
        assert "notary-2" not in page
        assert "做演练" not in page
        assert "顾公证" not in page
    page = text_of(client_as("sun").get("/trustees"))
    assert "notary-2" in page
    assert f"/trustees/{uids['supervisor']}/drill" in page
    assert f"/trustees/{uids['finance']}/drill" not in page


def test_one_enrols_and_another_confirms_by_the_page(client_as, cast):
    answer = enter(client_as("wang"))
    assert answer.status_code == 302
    page = answer.headers["Location"]
    own = text_of(client_as("wang").get(page))
    card = loads(enrolment_file("notary"))
    for group in enrolment.fingerprint("notary", card["pub"], card["sign"]).split():
        assert f"<li>{group}</li>" in own
    assert "要由另一个人复核" in own
    assert client_as("wang").post(page + "/confirm").status_code == 403
    assert client_as("sun").post(page + "/confirm").status_code == 302
    assert "notary" in text_of(client_as("li").get("/trustees"))


def test_a_wrong_proposal_is_declined_by_the_page(client_as, cast):
    page = enter(client_as("wang")).headers["Location"]
    assert client_as("sun").post(page + "/decline").status_code == 302
    assert client_as("sun").get(page).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"file": (io.BytesIO(b""), "")}, "请选择受托人交来的"),
        ({"file": (io.BytesIO(b"%PDF"), "x.pdf")}, "这不是有效的受托人登记文件"),
        ({"holder": ""}, "请填写这一项"),
        ({"login": "li"}, "这个单位没有这个登录名"),
    ],
    ids=["no-file", "wrong-file", "no-holder", "rivals-login"],
)
def test_a_wrong_entry_is_told_beside_its_field_and_what_was_typed_stays(client_as, cast, changes, words):
    answer = enter(client_as("wang"), **changes)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert changes.get("holder", "顾公证") in text_of(answer)


def test_a_confirmation_asks_for_the_password_again(client_as, cast):
    page = enter(client_as("wang")).headers["Location"]
    answer = client_as("sun", stepped_up=False).post(page + "/confirm")
    assert answer.status_code == 422
    assert "密码" in text_of(answer)


def drill_by_the_page(client, uid, name):
    """Ask, download, answer offline, hand in; the last answer."""
    client.post(f"/trustees/{uid}/drill")
    page = text_of(client.get(f"/trustees/{uid}/drill"))
    (link,) = re.findall(r'href="(/trustees/drills/[^"]+\.json)"', page)
    challenge = client.get(link)
    assert challenge.headers["Content-Disposition"].startswith("attachment")
    answer = enrolment.answer(loads(challenge.data), seed_of(name), entropy())
    data = {"file": (io.BytesIO(dumps(answer)), "answer.json")}
    return client.post(f"/trustees/{uid}/drill/answer", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("who", ["sun", "wang"])
def test_a_drill_is_done_by_the_trustee_or_carried_by_the_administrator(client_as, begin, cast, keys, who):
    uid = enrol(begin, cast, keys, "supervisor", drill=False)
    assert "尚未演练" in text_of(client_as(who).get("/trustees"))
    assert drill_by_the_page(client_as(who), uid, "supervisor").status_code == 302
    assert "能开箱" in text_of(client_as(who).get("/trustees"))


def test_a_wrong_answer_is_told_and_the_drill_still_waits(client_as, begin, cast, keys):
    uid = enrol(begin, cast, keys, "supervisor", drill=False)
    client = client_as("sun")
    client.post(f"/trustees/{uid}/drill")
    data = {"file": (io.BytesIO(b"{}"), "answer.json")}
    answer = client.post(f"/trustees/{uid}/drill/answer", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "演练结果没有通过" in text_of(answer)
    assert "下载演练文件" in text_of(answer)


def test_the_days_a_drill_counts_are_the_centres_to_shorten(app, client_as, begin, cast, keys):
    app.config["DRILL_DAYS"] = 10
    uid = enrol(begin, cast, keys, "supervisor", drill=False)
    drill_by_the_page(client_as("sun"), uid, "supervisor")
    assert "有效至 2026-12-03 09:00" in text_of(client_as("sun").get("/trustees"))


def test_retiring_by_the_page_needs_a_reason(client_as, begin, cast, keys):
    uid = enrol(begin, cast, keys, "notary")
    client = client_as("wang")
    assert "停用后" in text_of(client.get(f"/trustees/{uid}/retire"))
    assert client.post(f"/trustees/{uid}/retire", data={"reason": ""}).status_code == 422
    assert client.post(f"/trustees/{uid}/retire", data={"reason": "调离"}).status_code == 302
    page = text_of(client_as("sun").get("/trustees"))
    assert "调离" in page
    assert client.get(f"/trustees/{uid}/drill").status_code == 404


PAGES = [
    ("get", "/trustees/new", {"wang"}),
    ("post", "/trustees/new", {"wang"}),
    ("get", "/trustees/{uid}", {"wang", "sun", "fang"}),
    ("post", "/trustees/{uid}/confirm", {"wang", "sun", "fang"}),
    ("post", "/trustees/{uid}/decline", {"wang", "sun", "fang"}),
    ("get", "/trustees/{uid}/retire", {"wang"}),
    ("post", "/trustees/{uid}/retire", {"wang"}),
    ("get", "/trustees/{uid}/drill", {"wang", "sun"}),
    ("post", "/trustees/{uid}/drill", {"wang", "sun"}),
    ("get", "/trustees/drills/{drill}.json", {"wang", "sun"}),
    ("post", "/trustees/{uid}/drill/answer", {"wang", "sun"}),
]


@pytest.mark.parametrize(("method", "path", "allowed"), PAGES)
def test_who_reaches_which_page(client, client_as, begin, cast, keys, method, path, allowed):
    uid = enrol(begin, cast, keys, "supervisor", drill=False)
    client_as("wang").post(f"/trustees/{uid}/drill")
    page = text_of(client_as("wang").get(f"/trustees/{uid}/drill"))
    (drill,) = re.findall(r"/trustees/drills/([^.\"]+)\.json", page)
    where = path.format(uid=uid, drill=drill)
    for who in ("wang", "sun", "fang", "zhou", "lin", "li", "zhao"):
        status = getattr(client_as(who), method)(where).status_code
        assert (status not in (401, 403, 404)) == (who in allowed), (who, status)
    status = getattr(client, method)(where).status_code
    assert status in (302, 401)
    if status == 302:
        assert "sign-in" in getattr(client, method)(where).headers["Location"]


# The default panel -------------------------------------------------------------------------------------------------


def order(app, centre, ranks, k=3, login="wang"):
    standing = queries.rankable(db.session(), centre.clock.now())
    fields = {f"ranks-{n}": ranks.get(each.trustee.name, "") for n, each in enumerate(standing)}
    return sign_in(app, login).post("/trustees/panel", data={"k": k, **fields})


FIRST = {"reform": 1, "finance": 1, "centre": 1, "notary": 1}


def offered(centre):
    agency = centre.actor("zhou").organisation_id
    found = queries.proposal(db.session(), agency, centre.clock.now())
    names = {
        each.trustee.uid: each.trustee.name
        for each in queries.eligible(db.session(), agency, centre.clock.now())
    }
    return [names[uid] for uid in found.seats], found


def test_the_default_is_what_a_publication_is_offered(app, centre):
    answer = order(app, centre, FIRST | {"notary": ""})
    assert answer.status_code == 303
    names, found = offered(centre)
    assert names == ["reform", "finance", "renewal", "centre"]
    assert (found.k, found.swaps) == (3, ())
    page = sign_in(app, "wang").get("/trustees/panel").text
    assert page.count('value="1"') == 3


def test_a_first_choice_without_a_drill_is_named(app, centre):
    order(app, centre, FIRST)
    centre.clock.advance(timedelta(days=31))
    names, found = offered(centre)
    assert names == []
    assert {swap.role for swap in found.swaps} == {"supervisor", "finance", "administrator", "notary"}
    assert "agency" in found.empty


def test_a_rank_given_twice_or_a_panel_that_cannot_be_is_refused(app, centre):
    assert order(app, centre, FIRST, k=2).status_code == 422
    assert order(app, centre, {"reform": 1}).status_code == 422
    assert order(app, centre, FIRST | {"reform": 0}).status_code == 422
    assert queries.default_k(db.session()) is None


def test_only_administrators_set_it(app, centre):
    for login in ("zhou", "sun", "t1"):
        assert order(app, centre, FIRST, login=login).status_code == 403
