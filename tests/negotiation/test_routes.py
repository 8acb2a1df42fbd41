"""Who finds a round, and who hears of offers: each role is asked at every address."""

from __future__ import annotations

import re
from contextlib import contextmanager

from sqlalchemy import event

from bidding.award import service as awarding
from bidding.db import db
from bidding.negotiation import queries
from bidding.story.play import WAN
from bidding.tenders import queries as tenders
from tests.negotiation.test_service import record

STAFF, INVITED, OTHERS = ("zhou", "sun", "wang"), "t1", ("t3", "jiang", None)
#: Where nobody who was not invited finds anything, whatever it is.
OF_A_ROUND = (
    "/notices/{uid}",
    "/notices/{uid}/tender.json",
    "/notices/{uid}/notice.json",
    "/notices/{uid}/submit",
    "/notices/{uid}/lots/1/bid",
    "/hall/{uid}",
    "/hall/{uid}/board",
    "/hall/{uid}/screen",
    "/opening/{uid}/opening.zip",
    "/opening/{uid}/record.pdf",
    "/projects/{uid}/course",
)


def test_a_round_is_there_for_whoever_runs_it_or_was_invited_and_for_nobody_else(negotiation, ask):
    made = negotiation.call(3, ground="公开招标只有两家，财政批准〔2026〕3 号")
    for who in OTHERS:
        for path in (*OF_A_ROUND, "/rounds/{uid}"):
            status, _ = ask(who, path.format(uid=made.uid))
            assert status == 404 or (who is None and status in (302, 401)), (who, path, status)
    for who in STAFF:
        assert ask(who, f"/hall/{made.uid}")[0] == 200
        assert ask(who, f"/projects/{made.uid}/course")[0] in (403, 404)
    assert ask(INVITED, f"/rounds/{made.uid}")[0] == 200
    assert ask(INVITED, f"/notices/{made.uid}/tender.json")[0] == 200
    assert ask(INVITED, f"/notices/{made.uid}")[0] == 302
    assert ask(INVITED, f"/hall/{made.uid}")[0] == 404
    for page in ("/", "/notices", "/opening/keys"):
        assert made.uid not in ask(None, page)[1]


def negotiation_of(uid):
    project = queries.round_by_uid(db.session(), uid) or tenders.notice(db.session(), uid)
    db.session.rollback()
    return project


def test_nobody_but_those_who_run_it_hears_of_offers_until_the_result_is_out(negotiation, ask):
    quiet = negotiation.tender.uid
    made = negotiation.call()
    for number in (1, 2, 3):
        negotiation.offer(made, number, (70 + number) * WAN)
    for who in STAFF:  # sealed: not even to them
        assert "710,000.00" not in ask(who, f"/projects/{quiet}/rounds")[1]
    negotiation.open(made)
    for who in (INVITED, *OTHERS):
        assert ask(who, f"/hall/{quiet}")[0] == 403
        assert ask(who, f"/opening/{quiet}/opening.zip")[0] == 403
        assert ask(who, f"/opening/{made.uid}/opening.zip")[0] == 404
    codes = [project.code for project in (negotiation_of(quiet), negotiation_of(made.uid))]
    for who in (INVITED, *OTHERS):  # a log says how many responded, and by its hashes what was offered
        assert [ask(who, f"/log/{code}/tile/entries/000.p/1")[0] for code in codes] == [404, 404]
    for who in STAFF:
        status, text = ask(who, f"/projects/{quiet}/rounds")
        assert status == 200
        assert "710,000.00" in text
        assert ask(who, f"/hall/{made.uid}")[0] == 200

    seen = record(negotiation, made.received[1])
    with negotiation.centre.act("wu") as tx:
        awarding.confirm_award(tx, quiet, "1", seen)
    for who in (INVITED, *OTHERS):
        for uid in (quiet, made.uid):
            assert ask(who, f"/opening/{uid}/opening.zip")[0] == 200
        assert [ask(who, f"/log/{code}/tile/entries/000.p/1")[0] for code in codes] == [200, 200]


def test_too_few_last_offers_end_in_a_notice_of_termination_and_what_was_opened_stays_closed(
    negotiation, ask
):
    form = {
        "basis": "few",
        "reason": "递交最后报价的供应商不足三家。",
        "next_step": "重新采购。",
        "contact": "周经办",
        "phone": "0000-1234567",
    }
    uid = negotiation.tender.uid
    made = negotiation.call()
    for number in (1, 2):
        negotiation.offer(made, number, 70 * WAN + number)
    assert ask("zhou", f"/projects/{uid}/course/new/failure", **form)[0] == 409
    made.close()
    status, text = ask("zhou", f"/projects/{uid}/rounds")
    assert "最后报价不足 3 家" in text
    assert f"/projects/{uid}/course" in text
    assert "公告终止：" in ask("zhou", "/")[1]
    assert all("公告终止：" not in ask(who, "/")[1] for who in ("sun", INVITED, *OTHERS))
    assert "起草终止公告" in ask("zhou", f"/projects/{uid}/course")[1]
    assert ask("zhou", f"/projects/{uid}/course/new/failure", **form)[0] == 303
    for who in (INVITED, *OTHERS):
        assert ask(who, f"/notices/{uid}/course/1")[0] == 404
    status, text = ask("wu", f"/projects/{uid}/course")
    publish = re.search(rf'action="(/projects/{uid}/course/\w+/publish)"', text)[1]
    assert ask("zhou", publish, sent="1")[0] == 403
    assert ask("wu", publish, sent="1")[0] == 303
    status, text = ask(None, f"/notices/{uid}/course/1")
    assert status == 200
    for words in ("终止公告", "政府采购非招标采购方式管理办法第37条第3项", "递交最后报价的供应商不足三家"):
        assert words in text, words
    assert "废标" not in text
    codes = [project.code for project in (negotiation_of(uid), negotiation_of(made.uid))]
    for who in (INVITED, *OTHERS):
        status, text = ask(who, f"/hall/{uid}")
        assert status == 403
        assert "这次采购已经终止" in text
        assert "870,000.00" not in text
        assert ask(who, f"/opening/{uid}/opening.zip")[0] == 403
        assert ask(who, f"/opening/{made.uid}/opening.zip")[0] == 404
        assert [ask(who, f"/log/{code}/tile/entries/000.p/1")[0] for code in codes] == [404, 404]
    for who in STAFF:
        assert "870,000.00" in ask(who, f"/hall/{uid}")[1]


def test_a_round_is_drafted_by_one_and_sent_out_by_another_on_the_pages(negotiation, ask, clock):
    uid = negotiation.tender.uid
    form = {
        "kind": "last",
        "closes_at": "2027-01-04T15:00",
        **{f"who_{bid}": "invited" for bid in negotiation.findings()},
    }
    assert ask("zhou", f"/projects/{uid}/rounds/new")[0] == 200
    first = negotiation.tender.received[1]
    status, text = ask("zhou", f"/projects/{uid}/rounds/new", **form | {f"who_{first}": "left-out"})
    assert status == 422
    assert "写明原因" in text
    assert ask("zhou", f"/projects/{uid}/rounds/new", **form)[0] == 303
    project = tenders.notice(db.session(), uid)
    (waiting,) = queries.rounds(db.session(), project.id)
    made = waiting.project.uid
    db.session.rollback()
    assert ask("zhou", f"/rounds/{made}/confirm", sent="1")[0] == 403
    assert ask("t1", f"/rounds/{made}")[0] == 404
    assert ask("wu", f"/rounds/{made}/confirm", sent="1")[0] == 303
    assert "最后报价" in ask("t1", "/")[1]
    assert ask("t1", f"/negotiations/{uid}")[0] == 200
    assert ask("t1", f"/negotiations/{uid}", sure="y")[0] == 303
    assert ask("t1", f"/notices/{made}/submit")[0] in (200, 404)


def test_whoever_looks_sees_the_same_whether_none_one_or_two_offers_are_in(negotiation, ask):
    """Those who run it, and a rival that was invited and has none in: at one instant, before and after each offer."""
    uid = negotiation.tender.uid
    made = negotiation.call()
    asked = (f"/projects/{uid}/rounds", f"/hall/{made.uid}", f"/hall/{made.uid}/board", f"/rounds/{made.uid}")
    asked += (f"/hall/{uid}", f"/opening/{made.uid}/opening.zip", f"/negotiations/{uid}", "/", "/notices")
    asked += (f"/notices/{made.uid}/submit", "/bids", "/projects")

    def looked():
        found = {}
        for who in (*STAFF, "t3", "jiang", None):
            for url in asked:
                with statements() as said:
                    status, text = ask(who, url)
                found[who, url] = status, text, said
        return found

    ask("zhou", f"/hall/{made.uid}/board")  # the first look draws the picture that all others are shown
    none = looked()
    assert none["zhou", f"/hall/{made.uid}"][0] == none["t3", f"/rounds/{made.uid}"][0] == 200
    sealed = {number: made.seal(number, [], price_fen=70 * WAN + number) for number in (1, 2)}
    for number, package in sealed.items():
        made.submit(number, package)
        now = looked()
        assert [key for key in none if masked(none[key][:2]) != masked(now[key][:2])] == []
        assert [key for key in none if none[key][2] != now[key][2]] == []  # nor how the answer was found


@contextmanager
def statements():
    """What the database is asked meanwhile."""
    said = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


#: Tokens against forged forms, and the key that makes a second press harmless: drawn anew for every page.
DRAWN = re.compile(
    r'(?<=name="csrf_token" value=")[^"]+|(?<= data-token=")[^"]+|(?<=&#34;csrf&#34;: &#34;)[^&]+'
    r'|(?<=name="key" type="hidden" value=")[^"]+'
)


def masked(answer):
    status, text = answer
    return status, DRAWN.sub("", text) if status == 200 else ""  # pages of errors carry a number of their own
