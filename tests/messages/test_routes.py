"""The pages of messages: one's own, where else one is told, and what a person passes on."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.db.outbox import Channel, Outgoing
from bidding.messages import queries, service
from bidding.messages.kinds import Group, Kind
from bidding.messages.models import ContactPoint, Message


@pytest.fixture
def told(begin, cast):
    """Tell people of an approval; the uids of the messages."""

    def _told(*logins, times=1):
        people = [cast[login].id for login in logins]
        with begin() as tx:
            for _ in range(times):
                service.tell(tx, people, Kind.REGISTRATION_APPROVED, path="/company", organisation="岚岳建设")
            newest = select(Message.uid).order_by(Message.id.desc()).limit(len(people) * times)
            return tx.session.scalars(newest).all()[::-1]

    return _told


def text(answer):
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/messages", "/account/contact", "/account/contact/email"])
def test_a_stranger_is_led_to_the_sign_in(client, address):
    assert client.get(address).status_code == 302


def test_the_shell_counts_what_is_unread_and_reading_takes_it_down(client_as, told):
    (uid,) = told("li")
    client = client_as("li")
    assert re.search(r'class="sl-bell"[^>]*>.*?<b>1<', text(client.get("/")), re.S)
    answer = client.post(f"/messages/{uid}/open")
    assert (answer.status_code, answer.location) == (303, "/company")
    assert not re.search(r'class="sl-bell"[^>]*>[^\n]*<b>', text(client.get("/")))


def test_looking_changes_nothing(client_as, told, begin):
    (uid,) = told("li")
    client = client_as("li")
    client.get("/messages")
    client.get(f"/messages/{uid}")
    with begin() as tx:
        assert tx.session.query(Message).one().read_at is None


def test_a_message_is_in_the_readers_language(client_as, told):
    (uid,) = told("li")
    client = client_as("li")
    assert "单位登记审核通过" in text(client.get(f"/messages/{uid}"))
    client.post("/language/en")
    for address in ("/messages", f"/messages/{uid}"):
        assert "Registration approved" in text(client.get(address))


def test_anothers_message_looks_like_none(client_as, told):
    (uid,) = told("li")
    for login in ("zhao", "wang"):
        client = client_as(login)
        assert client.get(f"/messages/{uid}").status_code == 404
        assert client.post(f"/messages/{uid}/read").status_code == 404
        assert client.post(f"/messages/{uid}/open").status_code == 404


def test_a_long_list_comes_page_by_page(client_as, told, begin):
    told("li", times=21)
    client = client_as("li")
    assert text(client.get("/messages")).count('class="is-unread"') == 20
    assert text(client.get("/messages?page=2")).count('class="is-unread"') == 1
    client.post("/messages/read")
    assert 'class="is-unread"' not in text(client.get("/messages"))


# addresses


def code_of(begin):
    with begin() as tx:
        newest = tx.session.query(Outgoing).order_by(Outgoing.id.desc()).first()
        return loads(loads(newest.payload)["params"])["code"]


def test_an_address_is_entered_confirmed_and_removed(client_as, post, begin, cast):
    client = client_as("li")
    answer = client.post("/account/contact/email", data={"address": "li@example.com"})
    assert answer.location == "/account/contact/email/code"
    assert "li@example.com" in text(client.get(answer.location))
    wrong = client.post(answer.location, data={"code": "abc"})
    assert wrong.status_code == 422
    assert "确认码不对" in text(wrong)
    right = client.post(answer.location, data={"code": f" {code_of(begin)} "})
    assert right.location == "/account/contact?confirmed=1"
    assert "已确认" in text(client.get("/account/contact"))
    client.post("/account/contact/email/remove")
    assert "li@example.com" not in text(client.get("/account/contact"))


def test_a_wrong_try_counts_though_it_was_refused(client_as, post, begin):
    client = client_as("li")
    client.post("/account/contact/email", data={"address": "li@example.com"})
    client.post("/account/contact/email/code", data={"code": "abc"})
    with begin() as tx:
        assert tx.session.query(ContactPoint).one().tries_left == 4


def test_a_browser_left_open_cannot_turn_letters_elsewhere(client_as, post, begin):
    answer = client_as("li", stepped_up=False).post(
        "/account/contact/email", data={"address": "thief@example.com"}
    )
    assert answer.status_code == 422
    with begin() as tx:
        assert tx.session.query(ContactPoint).count() == 0


def test_what_is_no_address_is_told_at_its_field(client_as, post):
    answer = client_as("li").post(
        "/account/contact/email", data={"address": "a@b.example\r\nBcc: c@d.example"}
    )
    assert answer.status_code == 422
    assert "这不是一个邮箱地址" in text(answer)


def test_a_centre_without_servers_says_so(client_as):
    client = client_as("li")
    assert "中心没有开通" in text(client.get("/account/contact"))
    assert client.get("/account/contact/email").status_code == 409
    assert client.get("/account/contact/pigeon").status_code == 404


def test_wishes_are_kept(client_as, begin, cast):
    client = client_as("li")
    client.post("/account/contact", data={"language": "en", "bids_email": "y", "deadlines_sms": "y"})
    with begin() as tx:
        rows = queries.wishes(tx.session, cast.li.id)
        assert queries.wants(rows, Group.BIDS) == (True, False)
        assert queries.wants(rows, Group.DEADLINES) == (False, True)
    page = text(client_as("li").get("/account/contact"))
    assert re.search(r'id="bids_email"[^>]*checked|checked[^>]*id="bids_email"', page)


# by hand


def test_the_administrator_copies_the_text_and_says_it_is_done(client_as, told, begin):
    told("li")
    client = client_as("wang")
    page = text(client.get("/messages/by-hand"))
    assert "李投标" in page
    assert "“岚岳建设”的登记已经审核通过，可以投标了。" in page
    assert "0000-1234567" in page
    uid = re.search(r'action="/messages/by-hand/([^"?]+)', page)[1]
    assert client.post(f"/messages/by-hand/{uid}").status_code == 303
    page = text(client.get("/messages/by-hand"))
    assert f"/messages/by-hand/{uid}" not in page
    assert "王管理" in page.partition('id="done"')[2]


@pytest.mark.parametrize(("login", "status"), [("zhou", 403), ("sun", 403), ("li", 403)])
def test_nobody_else_sees_who_could_not_be_reached(client_as, told, begin, login, status):
    told("li")
    with begin() as tx:
        uid = tx.session.query(Outgoing).one().uid
    client = client_as(login)
    assert client.get("/messages/by-hand").status_code == status
    assert client.post(f"/messages/by-hand/{uid}").status_code == status


def test_a_private_letter_looks_like_none_even_to_who_guesses_its_number(
    client_as, begin, cast, reachable, clock
):
    reachable(cast.li.id, email="li@example.com")
    with begin() as tx:
        params = {"title": "T", "bid": "b", "deadline": "d", "lot": "1", "reference": "r"}
        service.tell(tx, [cast.li.id], Kind.BID_ACCEPTED, path="/", received_at=clock.now(), **params)
        tx.session.flush()
        letter = tx.session.query(Outgoing).one()
        letter.given_up_at, letter.next_due_at = tx.now, None
        uid = letter.uid
        assert letter.channel == Channel.EMAIL
    assert client_as("wang").post(f"/messages/by-hand/{uid}").status_code == 404


@pytest.mark.browser
def test_messages_can_be_read_and_reached_when_there_are_none_and_when_there_are_many(
    client_as, told, post, seen
):
    visit = seen(client_as("li"))
    for address in ("/messages", "/account/contact"):
        visit.go(address)
        visit.at_its_best()
    uid, *_ = told("li", times=30)
    for address in ("/messages", f"/messages/{uid}"):
        visit.go(address)
        visit.at_its_best()
    visit.go("/account/contact/email")
    visit.at_its_best()
    visit.page.fill("[name=address]", "nowhere")
    visit.page.click("main form .btn-primary")
    visit.at = "an address that is refused"
    expect(visit.page.locator(".sl-errors")).to_be_focused()
    visit.has_one_heading()
    visit.is_accessible()
    visit.fits()
    assert [each for each in visit.problems if "422" not in each] == []
