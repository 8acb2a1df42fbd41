"""One's own account: what is asked besides the password, and who must have it."""

import re
from datetime import timedelta

import pytest

from bidding.db import db
from bidding.identity import codes, queries, service
from bidding.identity.models import Account
from bidding.identity.passkeys import Added
from tests.people import PASSWORD

DAY = timedelta(days=1)
KEY = Added("a2V5", b"public", 0, is_multi_device=False, is_backed_up=False, aaguid="0")


def secret_on(page):
    found = re.search(r"<dd class=\"sl-mono\">([a-zA-Z2-7 ]{39})</dd>", page)
    return found[1].replace(" ", "")


class TestAuthenticator:
    def test_is_set_up_by_picture_or_by_hand_and_confirmed_by_a_first_code(self, client_as, cast, clock):
        client = client_as("li")
        assert client.post("/account/authenticator/new").location == "/account/authenticator"
        page = client.get("/account/authenticator").text
        assert 'src="data:image/svg+xml' in page
        secret = secret_on(page)
        wrong = client.post("/account/authenticator", data={"code": "000000"})
        assert wrong.status_code == 422
        assert secret_on(wrong.text) == secret
        shown = codes.pyotp.TOTP(secret).at(clock.now())
        assert (
            client.post("/account/authenticator", data={"code": f" {shown[:3]} {shown[3:]}"}).status_code
            == 302
        )
        assert queries.factors(db.session(), cast.li.id).authenticator
        assert client.get("/account/authenticator").location == "/account/security"

    @pytest.mark.parametrize(
        "address", ["/account/authenticator/new", "/account/authenticator/remove", "/account/codes"]
    )
    def test_every_change_asks_again_who_it_is(self, client_as, address):
        client = client_as("li", stepped_up=False)
        assert client.post(address).status_code == 422
        assert client.post(address, data={"step_up_password": "wrong"}).status_code == 422
        assert client.post(address, data={"step_up_password": PASSWORD}).status_code in (200, 302, 409)


class TestPrintedCodes:
    def test_are_shown_once(self, client_as, cast):
        client = client_as("li")
        page = client.post("/account/codes").text
        sheet = re.findall(r">([2-9a-z]{4}(?:-[2-9a-z]{4}){3})<", page)
        assert len(sheet) == 10
        assert not [code for code in sheet if code in client.get("/account/codes").text]
        assert "还有 10 个没有用过" in client.get("/account/security").text

    def test_the_list_says_when_they_run_out(self, begin, client_as, cast, app):
        with begin(cast.actor("li")) as tx:
            sheet = service.new_codes(tx, app.extensions["vault"])
        with begin() as tx:
            for code in sheet[:8]:
                service.use_code(tx, app.extensions["vault"], cast.li.id, code)
        client = client_as("li")
        assert "只剩 2 个" in client.get("/account/security").text
        assert "恢复码只剩 2 个" in client.get("/").text


class TestPasskeys:
    @pytest.fixture
    def key(self, begin, cast):
        with begin(cast.actor("li")) as tx:
            return service.add_passkey(tx, KEY, rp_id="localhost", name="办公室电脑").id

    def test_are_listed_named_and_removed(self, client_as, key):
        client = client_as("li")
        assert "办公室电脑" in client.get("/account/security").text
        assert client.post(f"/account/passkeys/{key}", data={"name": "家里的"}).status_code == 302
        assert "家里的" in client.get("/account/security").text
        assert client.post(f"/account/passkeys/{key}/remove").status_code == 302
        assert "家里的" not in client.get("/account/security").text

    @pytest.mark.parametrize("who", ["zhao", "wang", "sun"])
    @pytest.mark.parametrize("act", ["", "/remove"])
    def test_anothers_are_not_found(self, client_as, key, who, act):
        client = client_as(who)
        assert client.get(f"/account/passkeys/{key}{act}").status_code == 404
        assert client.post(f"/account/passkeys/{key}{act}", data={"name": "我的"}).status_code == 404

    def test_removing_asks_again(self, client_as, key):
        assert client_as("li", stepped_up=False).post(f"/account/passkeys/{key}/remove").status_code == 422

    @pytest.mark.parametrize(
        ("host", "why"), [("10.1.2.3", "数字地址"), ("bids.example", "浏览器只在 https:// 下")]
    )
    def test_where_they_cannot_be_the_page_says_why_and_what_to_use(self, app, client_as, host, why):
        client, name = client_as("li"), app.config["SIGN_IN_COOKIE"]
        client.set_cookie(name, client.get_cookie(name).value, domain=host)
        for path in ("/account/security", "/account/passkeys/new"):
            page = client.get(path, base_url=f"http://{host}").text
            assert why in page
            assert "恢复码" in page
        assert why in app.test_client().get("/sign-in", base_url=f"http://{host}").text


class TestMustHave:
    @pytest.fixture
    def signed_in(self, app, cast):
        """``signed_in("sun")``: a browser signed in by the page."""

        def _signed_in(login):
            client = app.test_client()
            assert client.post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 302
            return client

        return _signed_in

    @pytest.mark.parametrize("login", ["sun", "wang"])
    def test_two_weeks_long_it_is_only_said(self, signed_in, login, clock):
        assert "设置第二重验证" in signed_in(login).get("/").text
        clock.advance(14 * DAY - timedelta(minutes=1))
        client = signed_in(login)
        assert client.get("/accounts").status_code == 200
        assert "12-07 以前设好" in client.get("/account/security").text.replace("2026-", "")

    @pytest.mark.parametrize("login", ["sun", "wang"])
    def test_then_nothing_else_can_be_done_before(self, signed_in, login, clock):
        signed_in(login)
        clock.advance(14 * DAY)
        client = signed_in(login)
        assert client.get("/accounts").location == "/account/security"
        assert client.get("/accounts", headers={"Accept": "application/json"}).status_code == 403
        assert client.post("/organisations/org-qianye/approve").status_code == 403
        assert "先设好第二重验证" in client.get("/account/security").text
        assert client.get("/").status_code == 200

    def test_and_everything_again_with_the_first_one(self, signed_in, clock):
        signed_in("sun")
        clock.advance(20 * DAY)
        client = signed_in("sun")
        assert client.post("/account/codes").status_code == 200
        assert client.get("/accounts").status_code == 200

    def test_others_are_never_stopped(self, signed_in, clock):
        for login in ("li", "zhou"):
            signed_in(login)
        clock.advance(100 * DAY)
        assert signed_in("li").get("/company").status_code == 200
        assert signed_in("zhou").get("/projects").status_code == 200

    def test_a_centre_may_ask_it_of_nobody(self, app, signed_in, clock):
        app.config["SECOND_FACTOR_DAYS"] = 0
        signed_in("sun")
        clock.advance(100 * DAY)
        assert signed_in("sun").get("/accounts").status_code == 200

    def test_the_administrator_sees_who_has_none_and_can_clear_what_is_lost(
        self, app, begin, cast, client_as, signed_in
    ):
        signed_in("sun")
        wang = client_as("wang")
        assert "还没有设置" in wang.get("/accounts/acc-sun").text
        with begin(cast.actor("sun")) as tx:
            service.new_codes(tx, app.extensions["vault"])
        assert "清除第二重验证" in wang.get("/accounts/acc-sun").text
        assert wang.get("/accounts/acc-sun/factors").status_code == 200
        assert wang.post("/accounts/acc-sun/factors").status_code == 302
        assert "由管理员清除过" in wang.get("/accounts/acc-sun").text
        assert "由管理员清除过" in signed_in("sun").get("/account/security").text
        assert client_as("chen").post("/accounts/acc-chen/factors").status_code == 403
        assert client_as("li").post("/accounts/acc-sun/factors").status_code == 403


def test_all_other_browsers_are_signed_out_by_one_button(client_as):
    here, there, rival = client_as("li"), client_as("li"), client_as("zhao")
    assert here.post("/account/sessions/others/revoke").status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert rival.get("/account").status_code == 200


def test_the_first_sign_in_is_dated_once(app, client, cast, clock):
    for _ in range(2):
        client.post("/sign-in", data={"login": "li", "password": PASSWORD})
        clock.advance(DAY)
    assert db.session.get(Account, cast.li.id).first_signed_in_at == clock.now() - 2 * DAY
