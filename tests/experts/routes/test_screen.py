"""The screen of a draw: who may watch it, what it shows, and what it keeps to itself."""

from __future__ import annotations

import re

import pytest

from bidding.core.canonical import loads
from bidding.db import db
from bidding.experts import queries, service
from bidding.experts.calls import Answer
from bidding.experts.models import Expert
from bidding.experts.rules import Excluded
from tests.people import sign_in


def address(play, part=""):
    return f"/draws/{play.draw.code}/screen{part}"


def board(client, play):
    return client.get(address(play, "/board"))


def test_there_is_nothing_to_watch_before_the_order(play, client):
    for step in (play.request, play.freeze):
        step()
        assert client.get(address(play)).status_code == 404
        assert board(client, play).status_code == 404
    play.order()
    assert client.get(address(play)).status_code == 200
    assert client.get("/draws/none/screen").status_code == 404


def test_a_stranger_sees_numbers_through_the_whole_draw_and_never_a_person(play, client):
    play.request().freeze().order()
    pages = [client.get(address(play)).text]
    assert play.draw.spec_hash in pages[0]
    assert "66 人次" in pages[0]
    assert "0/3" in pages[0]
    play.deal("reform", "sun")
    pages.append(board(client, play).text)
    assert "1/3" in pages[-1]
    play.deal("renewal", "zhou").deal("centre").close()
    pages.append(board(client, play).text)
    assert "0/3" in pages[-1]
    assert "种子" not in pages[-1]
    play.reveal("reform", "sun").reveal("renewal", "zhou")
    for name in ("reform", "finance", "notary"):
        play.share("centre", name)
    pages.append(board(client, play).text)
    assert play.record.seed.hex() in pages[-1]
    declined = play.call("A0801", Answer.DECLINE)
    play.call("A0801")
    pages.append(board(client, play).text)
    line = queries.view(db.session(), play.draw).line("A0801")
    assert re.search(rf"is-no.*<b>{line.number(declined)}</b>", pages[-1])
    assert "婉拒" in pages[-1]
    assert "已确认 1 人，共需 4 人" in pages[-1]
    for h, named in play.everybody().items():
        person = loads(named.expert)
        assert not any(
            word in page for page in pages for word in (h, person["id"], person["name"], person["unit"])
        )
    phones = [expert.phone for expert in db.session.query(Expert)]
    assert not any(phone in page for page in pages for phone in phones)


def test_a_watcher_is_told_only_what_changed_and_in_their_language(play, client):
    play.to_ordered()
    first = board(client, play)
    again = client.get(address(play, "/board"), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert f'data-tag="{first.headers["ETag"].strip(chr(34))}"' in client.get(address(play)).text
    english = client.get(address(play, "/board"), headers={"Accept-Language": "en"})
    assert english.headers["ETag"] != first.headers["ETag"]
    play.deal("reform", "sun")
    later = client.get(address(play, "/board"), headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


def test_before_the_close_neither_a_bid_nor_a_tenderer_that_joins_moves_anything_public(
    play, client, tmp_path
):
    """招标投标法 22: whoever joins need not bid, and yet nothing that everybody can see moves because of a tenderer."""
    play.to_ordered()
    before = board(client, play)
    paper = tmp_path / "a.txt"
    paper.write_text("技术标", "utf-8")
    play.tender.submit(1, play.tender.seal(1, [paper], price_fen=1_200_000_000))
    play.deal(party="lanyue", who="t1")
    joined = board(client, play)
    assert (joined.data, joined.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert "谁投入了，这里都不显示" in joined.text
    play.close_tender()
    after = board(client, play).text
    assert "投标单位 lanyue" in after
    assert "1/4" in after
    assert "谁投入了，这里都不显示" not in after


def test_where_offers_stay_quiet_neither_joining_nor_tenderers_units_are_told(play):
    shown = {Excluded.TENDERER: 2, Excluded.OTHER: 1, Excluded.OWNER: 3}
    assert queries.told_excluded(shown, quiet=False) == shown
    assert queries.told_excluded(shown, quiet=True) == {Excluded.OTHER: 3, Excluded.OWNER: 3}
    assert queries.told_excluded({Excluded.OWNER: 1}, quiet=True) == {Excluded.OWNER: 1}


def test_a_draw_that_was_given_up_says_so_and_not_why(play, client):
    play.to_ordered()
    with play.centre.act("wang") as tx:
        service.cancel(tx, play.uid, "换了评审时间，专家王某生病")
    page = client.get(address(play)).text
    assert "这次抽取已取消" in page
    assert "生病" not in page


@pytest.mark.parametrize("who", ["wang", "sun", "zhou"])
def test_the_draws_page_leads_to_the_screen_once_there_is_one(play, app, who):
    play.request().freeze()
    client = sign_in(app, who)
    assert address(play) not in client.get(f"/draws/{play.uid}").text
    play.order()
    assert address(play) in client.get(f"/draws/{play.uid}").text
