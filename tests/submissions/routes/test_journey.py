from __future__ import annotations

import json
import re
from html import unescape

import pytest

from bidding.db import db
from bidding.submissions.models import Attempt, Bid, Gate, Intake
from bidding.submissions.rehearsal import AGAIN, SIZE
from bidding.web.vendored import sha256_of
from tests.people import sign_in

PAGES = ("/notices/{}/ready", "/notices/{}/lots/1/bid")
RAW = {"content_type": "application/octet-stream", "headers": {"Accept": "application/json"}}


def facts(page):
    return json.loads(unescape(re.search(r'data-facts="([^"]*)"', page)[1]))


@pytest.mark.parametrize("path", PAGES)
def test_the_way_to_a_bid_is_the_tenderers_alone(app, client, tender, path):
    address = path.format(tender.uid)
    assert sign_in(app, "t1").get(address).status_code == 200
    stranger = client.get(address)
    assert (stranger.status_code, "/sign-in" in stranger.location) == (302, True)
    for login in ("zhou", "sun", "wang"):
        assert sign_in(app, login).get(address).status_code == 403


def test_what_is_not_published_or_has_no_such_lot_is_not_there(app, tender):
    one = sign_in(app, "t1")
    for address in ("/notices/none/ready", "/notices/none/lots/1/bid", f"/notices/{tender.uid}/lots/9/bid"):
        assert one.get(address).status_code == 404
    assert one.post("/notices/none/rehearsal", data=bytes(SIZE), **RAW).status_code == 404


def test_the_notice_leads_to_getting_ready_and_that_to_the_lot(app, tender):
    one = sign_in(app, "t1")
    assert f"/notices/{tender.uid}/ready" in one.get(f"/notices/{tender.uid}").text
    assert f"/notices/{tender.uid}/lots/1/bid" in one.get(f"/notices/{tender.uid}/ready").text


@pytest.mark.parametrize("path", [*PAGES, "/notices/{}/submit"])
def test_on_the_way_to_a_bid_the_head_says_my_bids(app, tender, path):
    page = sign_in(app, "t1").get(path.format(tender.uid)).text
    head = page.partition('class="sl-nav"')[2].partition("</ul>")[0]
    assert re.findall(r'aria-current="page">([^<]+)<', head) == ["我的递交"]
    notice = sign_in(app, "t1").get(f"/notices/{tender.uid}").text
    assert 'aria-current="page">交易公告<' in notice


def test_the_page_asks_for_what_the_tender_file_asks_and_is_given_what_it_needs(app, tender):
    page = sign_in(app, "t1").get(f"/notices/{tender.uid}/lots/1/bid").text
    (lot,) = tender.tender_file()["lots"]
    for field in lot["fields"]:
        assert f'name="{field["name"]}"' in page
    for slot in lot["slots"]:
        assert f'data-slot="{slot["code"]}"' in page
    given = facts(page)
    assert given["client"] == sha256_of("bidseal.js")
    assert len(given["panel"]) == 64
    assert given["panel"] in page
    assert given["effective"] is None
    assert given["unit"]["name"] == "岚岳建设集团有限公司"
    assert (given["approved"], given["desk"], given["step_up"]["left"]) == (True, False, 300)
    late = facts(sign_in(app, "t1", stepped_up=False).get(f"/notices/{tender.uid}/lots/1/bid").text)
    assert late["step_up"]["left"] == 0


def test_who_has_bid_replaces_and_a_rival_learns_nothing_of_it(app, tender, attachment):
    before = sign_in(app, "t2").get(f"/notices/{tender.uid}/lots/1/bid").text
    bid = tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
    page = sign_in(app, "t1").get(f"/notices/{tender.uid}/lots/1/bid").text
    assert facts(page)["effective"]["uid"] == bid
    assert "签封并替换" in page
    after = sign_in(app, "t2").get(f"/notices/{tender.uid}/lots/1/bid").text
    assert facts(after)["effective"] is None
    volatile = re.compile(
        r"data-facts=\"[^\"]*\"|name=\"csrf_token\"[^>]*|<ol class=\"sl-words.*?</ol>", re.S
    )
    assert volatile.sub("", before) == volatile.sub("", after)


def test_without_scripts_the_page_says_where_else_to_go(app, tender):
    page = sign_in(app, "t1").get(f"/notices/{tender.uid}/lots/1/bid").text
    shown = page[page.index("data-without") : page.index("data-with ")]
    assert f"/notices/{tender.uid}/submit" in shown
    assert "/desk" in shown


def test_a_rehearsal_takes_its_bytes_and_leaves_no_trace(app, tender, tmp_path):
    def traces():
        kept = sum(
            path.stat().st_size for path in tmp_path.rglob("*") if path.suffix not in (".db-wal", ".db-shm")
        )
        return [db.session.query(table).count() for table in (Bid, Gate, Intake, Attempt)], kept

    before = traces()
    answer = sign_in(app, "t1").post(f"/notices/{tender.uid}/rehearsal", data=bytes(SIZE), **RAW)
    assert (answer.status_code, answer.json) == (200, {"taken": SIZE})
    assert traces()[0] == before[0]
    assert traces()[1] - before[1] < 100_000  # the sign-in's own row, and no five megabytes


@pytest.mark.parametrize("size", [0, 1, SIZE - 1, SIZE + 1])
def test_a_rehearsal_has_its_size(app, tender, size):
    answer = sign_in(app, "t1").post(f"/notices/{tender.uid}/rehearsal", data=bytes(size), **RAW)
    assert (answer.status_code, answer.json["code"]) == (422, "submission.not_a_rehearsal")


def test_a_rehearsal_is_repeated_after_a_while_and_nobody_waits_for_a_rival(app, tender, clock):
    address = f"/notices/{tender.uid}/rehearsal"
    assert sign_in(app, "t1").post(address, data=bytes(SIZE), **RAW).status_code == 200
    again = sign_in(app, "t1").post(address, data=bytes(SIZE), **RAW)
    assert (again.status_code, again.json["code"]) == (429, "submission.rehearsals")
    assert sign_in(app, "t2").post(address, data=bytes(SIZE), **RAW).status_code == 200
    clock.advance(AGAIN)
    assert sign_in(app, "t1").post(address, data=bytes(SIZE), **RAW).status_code == 200


@pytest.mark.parametrize("login", ["zhou", "sun", "wang"])
def test_nobody_else_rehearses(app, client, tender, login):
    assert (
        sign_in(app, login).post(f"/notices/{tender.uid}/rehearsal", data=bytes(SIZE), **RAW).status_code
        == 403
    )
    assert client.post(f"/notices/{tender.uid}/rehearsal", data=bytes(SIZE), **RAW).status_code == 401
