"""Signing in by the pages, with a second step and against somebody who hammers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.identity import browser, codes, queries, service
from bidding.identity.models import SignInSession
from bidding.identity.passwords import Hasher
from tests.kept import keep, lay
from tests.people import PASSWORD

STEP = timedelta(seconds=30)
RIVAL = {"REMOTE_ADDR": "198.51.100.66"}
OFFICE = {"REMOTE_ADDR": "203.0.113.7"}


def sign_in(client, login="li", password=PASSWORD, **more):
    data = {"login": login, "password": password, **more.pop("data", {})}
    return client.post("/sign-in", data=data, **more)


@pytest.fixture
def vault(app):
    return app.extensions["vault"]


@pytest.fixture
def sheet(begin, cast, vault):
    """Li's printed codes."""
    with begin(cast.actor("li")) as tx:
        return service.new_codes(tx, vault)


@pytest.fixture
def digits(begin, cast, vault, clock):
    """What Li's authenticator shows, a step later each time it is looked at."""
    with begin(cast.actor("li")) as tx:
        service.begin_authenticator(tx, vault)
    fresh = queries.authenticator(db.session(), cast.li.id, confirmed=False)
    secret = vault.open(fresh.sealed_secret, cast.li.uid)

    def _digits():
        clock.advance(STEP)
        return codes.digits(secret, codes.step_of(clock.now()))

    with begin(cast.actor("li")) as tx:
        service.confirm_authenticator(tx, vault, _digits())
    return _digits


class TestSecondStep:
    def test_the_password_alone_opens_nothing(self, client, digits):
        response = sign_in(client, data={"next": "/account"})
        assert response.location == "/sign-in/second?next=/account"
        assert client.get("/account").status_code == 302
        assert client.get_cookie("sunlit") is None

    def test_the_digits_finish_it_and_lead_on(self, client, digits):
        page = client.get(sign_in(client, data={"next": "/account"}).location)
        assert 'value="/account"' in page.text
        response = client.post("/sign-in/second", data={"code": digits(), "next": "/account"})
        assert response.location == "/account"
        assert client.get("/account").status_code == 200

    def test_so_does_a_printed_code_once(self, app, client, sheet):
        for client, status in ((app.test_client(), 302), (app.test_client(), 422)):
            sign_in(client)
            assert client.post("/sign-in/second", data={"code": sheet[0]}).status_code == status

    def test_wrong_digits_say_so_and_stay_there(self, client, digits):
        sign_in(client)
        response = client.post("/sign-in/second", data={"code": "000000"})
        assert response.status_code == 422
        assert "验证码不对" in response.text
        assert client.post("/sign-in/second", data={"code": digits()}).status_code == 302

    def test_digits_are_used_up_for_every_browser(self, app, digits):
        shown = digits()
        for status in (302, 422):
            client = app.test_client()
            sign_in(client)
            assert client.post("/sign-in/second", data={"code": shown}).status_code == status

    def test_guessing_digits_is_stopped_but_a_printed_code_still_works(self, app, digits, sheet):
        for number in range(5):
            thief = app.test_client()
            sign_in(thief, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})
            assert thief.post("/sign-in/second", data={"code": "000000"}).status_code == 422
        client = app.test_client()
        sign_in(client, environ_base=OFFICE)
        refused = client.post("/sign-in/second", data={"code": digits()}, environ_base=OFFICE)
        assert refused.status_code == 429
        assert "有人知道您的密码" in refused.text
        assert client.post("/sign-in/second", data={"code": sheet[0]}, environ_base=OFFICE).status_code == 302

    def test_nobody_comes_here_without_the_password(self, client, cast):
        assert client.get("/sign-in/second").location == "/sign-in"
        assert client.post("/sign-in/second", data={"code": "123456"}).location == "/sign-in"

    def test_it_waits_ten_minutes(self, client, digits, clock):
        sign_in(client)
        clock.advance(timedelta(minutes=10))
        assert client.get("/sign-in/second").location == "/sign-in"

    def test_and_ends_with_a_changed_password(self, begin, client, cast, digits):
        sign_in(client)
        with begin(cast.actor("li")) as tx:
            service.change_password(tx, password_hash="another", token="")
        assert client.post("/sign-in/second", data={"code": digits()}).location == "/sign-in"

    def test_a_link_from_the_administrator_does_not_go_round_it(self, begin, client, cast, digits):
        with begin(cast.actor("wang")) as tx:
            _, token = service.invite_again(tx, cast.li.uid, lasts=timedelta(hours=1))
        given = {"password": "three blue kettles", "again": "three blue kettles"}
        assert client.post(f"/invitations/{token}", data=given).location == "/sign-in/second"
        assert client.get("/account").status_code == 302


def hammer(app, clock):
    """An hour of it, in bursts, also from Li's own office."""
    for _ in range(13):
        for place in (RIVAL, OFFICE):
            rival = app.test_client()
            answers = [sign_in(rival, password="wrong", environ_base=place).status_code for _ in range(6)]
            assert set(answers) <= {422, 429}
            assert answers[-1] == 429
        clock.advance(timedelta(minutes=4, seconds=59))


class TestUnderAttack:
    """An attacker fails at a tenderer's login for an hour before the deadline, as fast as the server answers."""

    @pytest.fixture
    def cast(self, request, stages, app, client, clock, entropy, tmp_path, tmp_path_factory):
        """Everybody after that hour, which passes once in a run. Li has signed in on ``client`` before it."""
        device = app.config["DEVICE_COOKIE"]
        if "hammered" not in stages:
            cast = request.getfixturevalue("cast")
            sign_in(client, environ_base=OFFICE)
            client.post("/sign-out")
            hammer(app, clock)
            held = {"cast": cast, "device": client.get_cookie(device).value}
            folder = tmp_path_factory.mktemp("stages") / "hammered"
            stages["hammered"] = keep(folder, tmp_path, clock, entropy, held)
            return cast
        kept = stages["hammered"]
        lay(kept, tmp_path, clock, entropy)
        client.set_cookie(device, kept.people["device"])
        return replace(kept.people["cast"])

    def test_on_a_known_browser_one_signs_in_at_once(self, cast, client):
        assert sign_in(client, environ_base=OFFICE).status_code == 302

    def test_on_a_new_one_elsewhere_as_well(self, cast, app):
        assert sign_in(app.test_client(), environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 302

    def test_on_a_new_one_behind_the_attackers_own_address_after_half_a_minute(self, cast, app, clock):
        new, rival = app.test_client(), app.test_client()
        told = sign_in(new, environ_base=OFFICE)
        assert told.status_code == 429
        assert "30 秒后" in told.text
        for _ in range(30):
            sign_in(rival, password="wrong", environ_base=OFFICE)
            clock.advance(timedelta(seconds=1))
        assert sign_in(new, environ_base=OFFICE).status_code == 302

    def test_pressing_too_early_loses_nothing(self, cast, app, clock):
        new = app.test_client()
        sign_in(new, environ_base=OFFICE)
        clock.advance(timedelta(seconds=20))
        assert "10 秒后" in sign_in(new, environ_base=OFFICE).text
        clock.advance(timedelta(seconds=10))
        assert sign_in(new, environ_base=OFFICE).status_code == 302

    def test_a_printed_code_waits_for_nobody(self, cast, app, sheet):
        new = app.test_client()
        assert 'name="recovery"' in sign_in(new, environ_base=OFFICE).text
        again = sign_in(new, environ_base=OFFICE, data={"recovery": sheet[0]})
        assert (again.status_code, again.location) == (302, "/")
        assert new.get("/account").status_code == 200

    def test_but_it_has_to_be_ones_own_and_the_password_right(self, app, cast, sheet, begin, vault):
        with begin(cast.actor("zhao")) as tx:
            others = service.new_codes(tx, vault)
        new = app.test_client()
        assert sign_in(new, environ_base=OFFICE, data={"recovery": others[0]}).status_code == 429
        wrong = sign_in(new, password="wrong", environ_base=OFFICE, data={"recovery": sheet[0]})
        assert wrong.status_code == 422
        assert queries.factors(db.session(), cast.li.id).codes == 10

    def test_whoever_is_signed_in_notices_nothing(self, client_as):
        client = client_as("li", stepped_up=False)
        assert client.get("/account").status_code == 200
        assert client.post("/step-up", data={"step_up_password": PASSWORD}).status_code == 302

    def test_the_attacker_needs_half_a_minute_for_every_guess(self, cast, app, clock):
        rival, let_through = app.test_client(), 0
        for _ in range(120):
            let_through += sign_in(rival, password="wrong", environ_base=RIVAL).status_code == 422
            clock.advance(timedelta(seconds=1))
        assert let_through <= 4


class Counting(Hasher):
    """Counts what is computed: the time that it takes is what a stranger could measure."""

    def __init__(self):
        super().__init__(rounds=1, memory_kib=8, lanes=1, at_once=4)
        self.work = []

    def _matches(self, encoded, password):
        self.work.append(encoded.rsplit("$", 2)[0])
        return super()._matches(encoded, password)


@pytest.mark.parametrize(
    "login", ["li", "nobody", "zhou", "lin"], ids=["known", "unknown", "disabled", "invited"]
)
def test_for_whomever_one_guesses_the_same_is_computed_and_said(app, begin, cast, client, login):
    with begin(cast.actor("wang")) as tx:
        service.disable(tx, cast.zhou.uid)
        queries.account(tx.session, cast.lin.uid).password_hash = ""
    hasher = app.extensions["hasher"] = Counting()
    response = sign_in(client, login, "a wrong password")
    assert response.status_code == 422
    assert "登录名或密码不对" in response.text
    assert hasher.work == ["$argon2id$v=19$m=8,t=1,p=1"]


def test_a_new_browser_is_told_of_and_the_first_is_not(app, client, cast):
    sign_in(client)
    other = app.test_client()
    sign_in(other, headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130"})
    rows = db.session.scalars(select(SignInSession).order_by(SignInSession.id)).all()
    assert [row.is_new_device for row in rows] == [False, True]
    assert "新的浏览器" in client.get("/").text
    page = client.get("/account").text
    assert "第一次用的浏览器" in page
    assert "Chrome Windows" in " ".join(page.split())
    assert client.post(f"/account/sessions/{rows[1].id}/mine").status_code == 302
    assert "新的浏览器" not in client.get("/").text


def test_a_known_browser_has_a_lane_of_its_own(app, client, cast):
    with app.test_request_context():
        assert not browser.is_known("li")
    sign_in(client)
    cookie = client.get_cookie(app.config["DEVICE_COOKIE"]).value
    with app.test_request_context(headers={"Cookie": f"{app.config['DEVICE_COOKIE']}={cookie}"}):
        assert browser.is_known("li")
        assert not browser.is_known("zhao")
