"""What a browser carries for us, and what it cannot carry."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.identity import browser, queries, service
from bidding.identity.models import Account, SignInSession
from tests.people import PASSWORD

MINUTE = timedelta(minutes=1)


def sign_in(client, login="li", password=PASSWORD, **more):
    return client.post("/sign-in", data={"login": login, "password": password}, **more)


def token_of(client, app):
    cookie = client.get_cookie(app.config["SIGN_IN_COOKIE"])
    return cookie.value if cookie else None


def cookie_line(response, name):
    return next(line for line in response.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


def test_the_cookie_is_for_this_site_only_and_for_no_script(app, cast, client):
    line = cookie_line(sign_in(client), app.config["SIGN_IN_COOKIE"])
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line
    assert "Domain" not in line
    assert "Expires" not in line
    assert "Secure" not in line


def test_behind_tls_it_is_secure_as_well(app, cast, client):
    app.config["BEHIND_TLS"] = True
    response = sign_in(client)
    for name in ("SIGN_IN_COOKIE", "DEVICE_COOKIE"):
        assert "Secure" in cookie_line(response, app.config[name])


def test_every_sign_in_has_a_new_token_and_ends_the_old(app, cast, client):
    sign_in(client)
    first = token_of(client, app)
    sign_in(client)
    second = token_of(client, app)
    assert first != second
    assert queries.live_session(db.session(), service.digest_of(first)) is None
    assert queries.live_session(db.session(), service.digest_of(second)) is not None


def test_a_planted_token_never_becomes_anybodys(app, cast, client):
    """Session fixation: what was in the browser before signing in is worth nothing after."""
    client.set_cookie(app.config["SIGN_IN_COOKIE"], "planted")
    with client.session_transaction() as planted:
        planted["csrf_token"] = "planted"
    sign_in(client)
    assert token_of(client, app) != "planted"
    with client.session_transaction() as kept:
        assert kept.get("csrf_token") != "planted"


def test_signing_out_ends_the_session_on_the_server(app, cast, client):
    sign_in(client)
    token = token_of(client, app)
    client.post("/sign-out")
    assert token_of(client, app) is None
    client.set_cookie(app.config["SIGN_IN_COOKIE"], token)
    assert client.get("/account").status_code == 302


def test_a_sign_in_ends_after_half_an_hour_without_a_page(app, cast, clock, client):
    sign_in(client)
    clock.advance(29 * MINUTE)
    assert client.get("/account").status_code == 200
    clock.advance(29 * MINUTE)
    assert client.get("/account").status_code == 200
    clock.advance(30 * MINUTE)
    assert client.get("/account").status_code == 302


def test_and_after_half_a_day_whatever_is_done(cast, clock, client):
    sign_in(client)
    for _ in range(12 * 3 - 1):
        clock.advance(20 * MINUTE)
        assert client.get("/account").status_code == 200
    clock.advance(20 * MINUTE)
    assert client.get("/account").status_code == 302


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(cast, clock, client):
    sign_in(client)
    for _ in range(2):
        clock.advance(15 * MINUTE)
        client.get("/roles", headers={"HX-Request": "true"})
    assert client.get("/account").status_code == 302


def test_reading_pages_writes_at_most_once_a_minute(cast, clock, client):
    sign_in(client)
    signed_in_at = clock.now()
    clock.advance(timedelta(seconds=59))
    client.get("/account")
    assert db.session.scalar(select(SignInSession.last_seen_at)) == signed_in_at
    clock.advance(timedelta(seconds=1))
    client.get("/account")
    assert db.session.scalar(select(SignInSession.last_seen_at)) == clock.now()


class TestStepUp:
    def confirm(self, client, password=PASSWORD):
        return client.post("/step-up", data={"step_up_password": password, "next": "/roles"})

    def test_the_right_password_renews_the_token(self, app, client_as, clock):
        client = client_as("li", stepped_up=False)
        before = token_of(client, app)
        response = self.confirm(client)
        assert (response.status_code, response.location) == (302, "/roles")
        assert token_of(client, app) != before
        client.set_cookie(app.config["SIGN_IN_COOKIE"], before)
        assert client.get("/account").status_code == 302

    def test_a_wrong_one_renews_nothing(self, app, client_as):
        client = client_as("li", stepped_up=False)
        before = token_of(client, app)
        response = self.confirm(client, "wrong")
        assert response.status_code == 422
        assert "密码不对" in response.text
        assert token_of(client, app) == before

    def test_guessing_it_is_throttled_like_signing_in(self, client_as):
        client = client_as("li", stepped_up=False)
        for _ in range(5):
            self.confirm(client, "wrong")
        response = self.confirm(client)
        assert response.status_code == 429
        assert "30 秒后" in response.text

    def test_it_is_asked_again_after_five_minutes(self, client_as, clock):
        client = client_as("li")
        assert "step_up_password" not in client.get("/step-up").text
        clock.advance(5 * MINUTE)
        assert "step_up_password" in client.get("/step-up").text


class TestThrottle:
    def fail(self, client, address):
        return sign_in(client, password="wrong", environ_base={"REMOTE_ADDR": address})

    def test_a_known_browser_gets_in_where_a_rival_has_closed_the_address(self, app, cast, client):
        office = {"REMOTE_ADDR": "203.0.113.7"}
        sign_in(client, environ_base=office)
        rival = app.test_client()
        for _ in range(6):
            response = self.fail(rival, "203.0.113.7")
        assert response.status_code == 429
        assert sign_in(app.test_client(), environ_base=office).status_code == 429
        assert sign_in(client, environ_base=office).status_code == 302

    def test_a_step_up_never_waits_for_what_others_did(self, app, cast, client_as):
        rival = app.test_client()
        for _ in range(50):
            self.fail(rival, "127.0.0.1")
        mine = client_as("li", stepped_up=False)
        assert mine.post("/step-up", data={"step_up_password": PASSWORD}).status_code == 302

    def test_the_mark_is_for_the_one_account(self, app, cast, client):
        sign_in(client, "zhao")
        with app.test_request_context(headers={"Cookie": self.cookies(client, app)}):
            assert browser.source("zhao").startswith("browser:")
            assert browser.source("ZHAO ").startswith("browser:")
            assert not browser.source("li").startswith("browser:")

    def test_a_forged_mark_is_none(self, app, cast, client):
        sign_in(client)
        forged = self.cookies(client, app)[:-3] + "AAA"
        with app.test_request_context(headers={"Cookie": forged}):
            assert browser.source("li") == "unknown"

    def test_a_shared_computer_remembers_five_people(self, app, cast, client):
        for login in ("li", "zhao", "he", "zhou", "wu", "sun"):
            sign_in(client, login)
        with app.test_request_context(headers={"Cookie": self.cookies(client, app)}):
            known = [each for each in ("li", "zhao", "sun") if browser.source(each).startswith("browser:")]
        assert known == ["zhao", "sun"]

    def cookies(self, client, app):
        name = app.config["DEVICE_COOKIE"]
        return f"{name}={client.get_cookie(name).value}"


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("no address", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_is_counted_as_what_one_person_has(remote, counted):
    assert browser.address(remote) == counted


def test_a_hash_with_old_costs_is_made_anew_at_sign_in(app, cast, client):
    app.config["PASSWORD_ROUNDS"] = 2
    app.extensions["hasher"] = browser.Hasher(rounds=2, memory_kib=16, lanes=1, at_once=1)
    encoded = db.session.scalar(select(Account.password_hash).where(Account.login == "li"))
    assert sign_in(client).status_code == 302
    renewed = db.session.scalar(select(Account.password_hash).where(Account.login == "li"))
    assert renewed != encoded
    assert not browser.hasher().is_dated(renewed)
    assert sign_in(client).status_code == 302


def test_a_hash_is_salted_by_the_worlds_entropy(app):
    with app.test_request_context():
        assert isinstance(browser.entropy(), ReplayEntropy)
