"""Searches that somebody wants to hear of: no letter without a yes, none with nothing in it, none twice, and one press ends it."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.db.outbox import Channel, Outgoing
from bidding.messages.carriers import Post as WaysOut
from bidding.messages.jobs import compose
from bidding.messages.models import Message
from bidding.portal import fresh, saved
from bidding.portal.jobs import tell_searches
from bidding.portal.models import SavedSearch
from bidding.portal.saved import List, wanted
from bidding.portal.service import searches
from bidding.portal.service.searches import Post
from bidding.portal.vault import AddressVault, Unreadable

URL = "https://bids.example"
PIPES = "/searches/new?list=results&q=排水"
ANNA = "anna@example.com"
DAY = timedelta(days=1)


@pytest.fixture
def post(app):
    """A centre whose letters leave, and whose pages have an address."""
    app.config["PUBLIC_URL"] = URL
    ways = WaysOut({Channel.EMAIL: object()}, "交易中心", URL, timedelta(hours=24))
    app.extensions["post"] = ways
    app.extensions["search_post"] = Post(app.extensions["search_post"].vault, URL)
    return app.extensions["search_post"]


def rows():
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(SavedSearch).order_by(SavedSearch.id)))


def letters():
    """What waits in the outbox, as it would leave."""
    db.session.rollback()
    db.session.expire_all()
    ways = WaysOut({}, "交易中心", URL, timedelta(hours=24))
    return [compose(ways, row) for row in db.session.scalars(select(Outgoing).order_by(Outgoing.id))]


def path_in(letter, word):
    return re.search(rf"{URL}(/searches/\S*{word}\S*)", letter.text)[1]


@pytest.fixture
def asked(post, client):
    """``asked(address)``: somebody asks for what is new about pipes; the address in the letter to confirm."""

    def _asked(address=ANNA, path=PIPES):
        answer = client.post(path, data={"address": address})
        assert (answer.status_code, answer.location) == (303, "/searches/asked")
        return path_in(letters()[-1], "confirm")

    return _asked


@pytest.fixture
def confirmed(asked, client, clock):
    """The same, and a minute later the address has said yes."""

    def _confirmed(**more):
        client.post(asked(**more))
        clock.advance(timedelta(minutes=1))

    return _confirmed


@pytest.fixture
def give(award, clock):
    """``award``, on the day it is."""
    return lambda given, *more, **words: award(given, *more, awarded_on=clock.now().date(), **words)


@pytest.fixture
def morning(world, clock, post):
    """The next morning comes; how many were told."""

    def _morning():
        clock.advance(DAY)
        return tell_searches(world, post)

    return _morning


def test_nobody_is_told_who_has_not_said_yes(asked, make, give, morning):
    asked()
    give(make())
    assert morning() == 0
    assert len(letters()) == 1


def test_to_look_at_the_link_is_not_to_say_yes(asked, client):
    link = asked()
    assert "确认接收这个搜索的邮件" in client.get(link).text
    assert rows()[0].told_until is None
    assert "已经确认" in client.post(link).text
    assert rows()[0].token_sha256 is None


def test_what_is_new_is_told_once_and_nothing_is_not_told(confirmed, make, give, morning):
    confirmed()
    assert morning() == 0
    give(make())
    give(make(uid="p2", code="T-2", title="桥梁检测"))
    assert morning() == 1
    letter = letters()[-1]
    assert letter.address == ANNA
    assert letter.subject == "交易结果：排水，新的 1 条"
    assert f"{URL}/notices/p1/award" in letter.text
    assert "桥梁" not in letter.text
    assert f"{URL}/results?q=%E6%8E%92%E6%B0%B4" in letter.text
    assert morning() == 0
    assert len(letters()) == 2


def test_a_correction_is_news(confirmed, make, give, morning):
    confirmed()
    given = make()
    give(given)
    assert morning() == 1
    give(given, "zhao", correction="评审报告算错了")
    assert morning() == 1
    assert "兆禾" in letters()[-1].text


def test_one_press_ends_it_without_signing_in_and_the_address_is_gone(confirmed, make, give, morning, client):
    confirmed()
    give(make())
    morning()
    letter = letters()[-1]
    assert letter.stop == URL + path_in(letter, "stop")
    stop = path_in(letter, "stop")
    assert "停止这个搜索的邮件" in client.get(stop).text
    assert len(rows()) == 1
    assert client.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert rows() == []
    for again in (client.post(stop), client.get(stop)):
        assert "已经停止" in again.text


def test_a_letter_that_was_never_asked_for_is_stopped_by_its_own_link_too(asked, client):
    asked()
    client.post(path_in(letters()[0], "stop"))
    assert rows() == []


def test_another_link_stops_nothing(confirmed, client):
    confirmed()
    stop = f"/searches/{rows()[0].uid}/stop/{'0' * 40}"
    assert client.get(stop).status_code == client.post(stop).status_code == 404
    assert client.post(stop[:-1] + "é").status_code == 404
    assert len(rows()) == 1


def test_a_link_that_is_over_says_what_to_do(asked, client, clock, begin):
    link = asked()
    clock.advance(saved.CONFIRM_LASTS)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 404
        assert "重新保存" in answer.text
    with begin() as tx:
        searches.sweep(tx)
    assert rows() == []


def test_a_link_is_good_to_the_last_moment_and_once(asked, client, clock):
    link = asked()
    clock.advance(saved.CONFIRM_LASTS - timedelta(microseconds=1))
    assert client.post(link).status_code == 200
    assert client.post(link).status_code == 404
    assert len(rows()) == 1


def test_to_say_yes_twice_is_one_search_that_loses_nothing(confirmed, make, give, morning, clock):
    confirmed()
    give(make())
    clock.advance(timedelta(hours=2))
    confirmed()
    assert len(rows()) == 1
    assert morning() == 1


def test_an_address_gets_few_first_letters_a_day_whoever_asks(asked, client, clock):
    for number in range(saved.ASKED_A_DAY):
        asked(path=f"/searches/new?list=notices&q={number}")
    answer = client.post(PIPES, data={"address": ANNA.upper()})
    assert answer.status_code == 429
    assert "24 小时内申请得太多了" in answer.text
    assert len(letters()) == saved.ASKED_A_DAY
    clock.advance(DAY)
    asked()


def test_a_machine_asks_for_few_strangers_a_day_and_is_forgotten_then(asked, client, clock, begin):
    for number in range(saved.ASKED_FROM_A_DAY):
        asked(f"somebody{number}@example.com")
    assert client.post(PIPES, data={"address": "x@example.com"}).status_code == 429
    other = client.post(PIPES, data={"address": "x@example.com"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 303
    clock.advance(DAY)
    with begin() as tx:
        searches.sweep(tx)
    assert {row.asked_from for row in rows()} == {""}


def test_no_more_searches_than_there_may_be(asked, client, clock):
    for number in range(saved.MOST):
        client.post(asked(path=f"/searches/new?list=notices&q={number}"))
        clock.advance(timedelta(hours=6))
    assert client.post(PIPES, data={"address": ANNA}).status_code == 409


def test_what_is_no_address_is_refused_at_its_field(post, client):
    answer = client.post(PIPES, data={"address": "anna@example\nBcc: x@y.zz"})
    assert answer.status_code == 422
    assert "这不是一个邮箱地址" in answer.text
    assert rows() == []


def test_the_database_holds_no_address_and_no_link(asked, app):
    link = asked()
    with db.engine.connect() as connection:
        told = str(connection.execute(select(SavedSearch.__table__)).all())
    assert "anna" not in told
    assert link.rsplit("/", 1)[1] not in told
    assert rows()[0].uid in told
    assert app.extensions["search_post"].vault.open(rows()[0].address) == ANNA


def test_with_another_key_nothing_is_sent_and_nothing_lost(
    confirmed, make, give, clock, world, client, caplog
):
    confirmed()
    give(make())
    clock.advance(DAY)
    other = Post(AddressVault(b"another key of thirty-two bytes."), URL)
    assert tell_searches(world, other) == 0
    assert "mail.key" in caplog.text
    assert ANNA not in caplog.text
    assert tell_searches(world, Post(client.application.extensions["search_post"].vault, URL)) == 1


def test_two_workers_tell_it_once(confirmed, make, give, clock, app, post):
    confirmed()
    give(make())
    clock.advance(DAY)
    told = []

    def work():
        with app.app_context():
            told.append(tell_searches(app.extensions["world"], post))
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sum(told) == 1
    assert len(letters()) == 2


def test_what_dies_before_its_commit_is_told_by_the_next(confirmed, make, give, clock, world, post, begin):
    confirmed()
    give(make())
    clock.advance(DAY)
    until = saved.told_until(clock.now())
    found = fresh.between(db.session(), clock.now() - 2 * DAY, until)

    def dies():
        with begin() as tx:
            assert searches.tell_of(tx, rows()[0].id, found, until, post=post)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        dies()
    assert len(letters()) == 1
    assert tell_searches(world, post) == 1
    assert len(letters()) == 2


def test_without_a_mail_server_the_page_says_what_there_is_instead(client):
    assert "中心没有开通邮件" in client.get(PIPES).text
    answer = client.post(PIPES, data={"address": ANNA})
    assert answer.status_code == 409
    assert rows() == []


def test_of_no_list_there_is_no_search(client):
    assert client.get("/searches/new").status_code == 404
    assert client.get("/searches/new?list=bids").status_code == 404


def test_with_an_account_one_press_keeps_it_and_news_is_a_message(post, client_as, make, give, morning, cast):
    li = client_as("li")
    assert li.get(PIPES).status_code == 200
    for _ in range(2):
        assert li.post(PIPES).location == "/searches"
    assert "交易结果：排水" in li.get("/searches").text
    assert morning() == 0
    give(make())
    assert morning() == 1
    db.session.rollback()
    (message,) = db.session.scalars(select(Message).where(Message.kind == "search-found"))
    assert message.account_id == cast.li.id
    assert "/notices/p1/award" in loads(message.params)["list"]
    assert "新的 1 条" in client_as("li").get(f"/messages/{message.uid}").text


def test_only_its_owner_takes_a_search_away(post, client_as, client):
    li, rival = client_as("li"), client_as("zhao")
    li.post(PIPES)
    uid = rows()[0].uid
    assert rival.post(f"/searches/{uid}/remove").status_code == 404
    assert client.post(f"/searches/{uid}/remove").status_code == 401
    assert "排水" not in rival.get("/searches").text
    assert li.post(f"/searches/{uid}/remove").status_code == 303
    assert rows() == []


def test_an_account_keeps_no_more_than_there_may_be(post, begin, cast):
    with begin(cast.actor("li")) as tx:
        for number in range(saved.MOST):
            searches.keep(tx, wanted(List.NOTICES, {"q": str(number)}), language="")
    with begin(cast.actor("li")) as tx, pytest.raises(saved.TooManySearches):
        searches.keep(tx, wanted(List.NOTICES, {}), language="")


def test_a_long_letter_ends_with_how_many_more_there_are():
    news = [
        saved.Fresh(
            List.NOTICES, datetime(2026, 11, 23, tzinfo=UTC), str(number), "", f"/notices/{number}", "", {}
        )
        for number in range(saved.LISTED + 2)
    ]
    told = searches.listed(news, wanted(List.NOTICES, {}), URL, "en")
    assert told.count(f"{URL}/notices/") == saved.LISTED
    assert "2 more" in told
    assert told.endswith(f"{URL}/notices")


def test_a_vault_reads_its_own_and_nothing_else():
    entropy = ReplayEntropy(b"vault")
    vault, other = AddressVault(b"1" * 32), AddressVault(b"2" * 32)
    sealed = vault.seal(ANNA, entropy)
    assert vault.open(sealed) == ANNA
    assert vault.seal(ANNA, entropy) != sealed
    for wrong in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b""):
        with pytest.raises(Unreadable):
            vault.open(wrong)
    with pytest.raises(Unreadable):
        other.open(sealed)
    assert (
        vault.digest("address", ANNA)
        == vault.digest("address", ANNA.upper())
        != other.digest("address", ANNA)
    )
    assert vault.stops("a", vault.stop_token("a"))
    assert not vault.stops("b", vault.stop_token("a"))
