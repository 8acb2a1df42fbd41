"""Forged, planted, replayed and overfull requests against the app as it is served, its form tokens on."""

from __future__ import annotations

import re

import pytest

from bidding.core.actor import Role
from bidding.db import db
from bidding.identity import queries, service
from bidding.identity.models import Account, Organisation, OrganisationKind
from tests.faults.access import ACCESS, WORDS
from tests.people import PASSWORD, sign_in, uscc

#: Raw bodies and programs bring no form, a forged choice of language hurts nobody, and links have their secret. Each says why where it stands.
WITHOUT_TOKEN = {
    "portal.set_language",
    "portal.confirm_search",
    "portal.stop_search",
    "ledger.witness_requests",
    "ledger.witness_cosignatures",
    "tenders.take_document",
    "tenders.take_quick",
    "clarifications.take_file",
    "prequalification.take",
    "prequalification.take_document",
    "submissions.take",
    "api.create_project",
    "api.update_project",
    "api.put_document",
    "api.delete_document",
}
EVIL = "https://evil.example"


@pytest.fixture
def served(app, cast):
    """The app with form tokens demanded."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def token_on(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def enter(client, login="li", **more):
    """Sign in by the page, with its token."""
    data = {"login": login, "password": PASSWORD, "csrf_token": token_on(client.get("/sign-in"))}
    return client.post("/sign-in", data=data, **more)


def changing(app):
    """(endpoint, method, address) of everything that changes something."""
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
            kinds = ACCESS[rule.endpoint].arguments
            values = {
                name: 7 if kind in ("session", "passkey", "witness", "number") else WORDS.get(name, "x")
                for name, kind in kinds.items()
            }
            _, address = rule.build(values)
            yield rule.endpoint, method, address


class TestForged:
    def test_nothing_changes_without_the_forms_token(self, served):
        """As the administrator, whose permissions would let most of it pass."""
        client, taken = sign_in(served, "wang"), []
        for endpoint, method, address in changing(served):
            if endpoint not in WITHOUT_TOKEN:
                answer = client.open(address, method=method, headers={"Accept": "application/json"})
                if answer.status_code != 400 or answer.json["code"] != "web.csrf":
                    taken.append(f"{method} {address}: {answer.status_code}")
        assert taken == []

    @pytest.mark.parametrize(
        "header", [{"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
    )
    def test_nothing_changes_from_another_site_token_or_not(self, served, header):
        client, taken = sign_in(served, "wang"), []
        token = token_on(client.get("/account"))
        for _, method, address in changing(served):
            answer = client.open(
                address, method=method, headers={**header, "Accept": "application/json", "X-CSRFToken": token}
            )
            if answer.status_code != 400:
                taken.append(f"{method} {address}: {answer.status_code}")
        assert taken == []

    def test_a_token_of_another_browser_is_none(self, served):
        mine, thieves = served.test_client(), served.test_client()
        enter(mine)
        enter(thieves, "zhao")
        stolen = token_on(thieves.get("/account"))
        assert mine.post("/account/sessions/others/revoke", data={"csrf_token": stolen}).status_code == 400
        own = token_on(mine.get("/account"))
        assert mine.post("/account/sessions/others/revoke", data={"csrf_token": own}).status_code == 302


class TestPlanted:
    def test_cookies_from_before_signing_in_are_worth_nothing_after(self, served):
        """Session fixation: the attacker plants his own cookies, form token and all, and waits."""
        thief, victim = served.test_client(), served.test_client()
        page = thief.get("/sign-in")
        planted = thief.get_cookie(served.config["SESSION_COOKIE_NAME"]).value
        victim.set_cookie(served.config["SESSION_COOKIE_NAME"], planted)
        victim.set_cookie(served.config["SIGN_IN_COOKIE"], "planted")
        data = {"login": "li", "password": PASSWORD, "csrf_token": token_on(page)}
        assert victim.post("/sign-in", data=data).status_code == 302
        thief.set_cookie(served.config["SIGN_IN_COOKIE"], "planted")
        assert thief.get("/account").status_code == 302
        forged = {"csrf_token": token_on(page)}
        assert victim.post("/account/sessions/others/revoke", data=forged).status_code == 400


class TestReplayed:
    def test_a_copied_sign_in_ends_with_signing_out(self, served):
        client, thief = served.test_client(), served.test_client()
        enter(client)
        page = client.get("/account")
        for name in ("SIGN_IN_COOKIE", "SESSION_COOKIE_NAME", "DEVICE_COOKIE"):
            thief.set_cookie(served.config[name], client.get_cookie(served.config[name]).value)
        token = token_on(thief.get("/account"))
        client.post("/sign-out", data={"csrf_token": token_on(page)})
        assert thief.get("/account").status_code == 302
        assert thief.post("/account/sessions/others/revoke", data={"csrf_token": token}).status_code == 401

    def test_the_half_way_cookie_is_no_way_in(self, served, begin, cast):
        """It says that the password was right; a copy of it still lacks the code, and the code is used up."""
        with begin(cast.actor("li")) as tx:
            code = service.new_codes(tx, served.extensions["vault"])[0]
        client, thief = served.test_client(), served.test_client()
        assert enter(client).location == "/sign-in/second"
        name = served.config["SESSION_COOKIE_NAME"]
        thief.set_cookie(name, client.get_cookie(name).value)
        data = {"code": code, "csrf_token": token_on(client.get("/sign-in/second"))}
        assert client.post("/sign-in/second", data=data).status_code == 302
        data["csrf_token"] = token_on(thief.get("/sign-in/second"))
        assert thief.post("/sign-in/second", data=data).status_code == 422
        assert thief.get("/account").status_code == 302


class TestOverfull:
    """Fields that no form has: nobody becomes what they write into a request (mass assignment)."""

    MORE = {
        "roles": "administrator",
        "role": "administrator",
        "kind": "centre",
        "approved_at": "2026-01-01",
        "approved_by_id": "1",
        "organisation_id": "1",
        "id": "1",
        "uid": "mine",
        "password_hash": "x",
        "disabled_at": "",
        "account_id": "1",
        "first_signed_in_at": "",
    }

    def test_registering_makes_a_tenderer_that_waits_for_the_window(self, served):
        client = served.test_client()
        given = {
            "name": "新来工程有限公司",
            "uscc": uscc("91539921MA6KQ7X9F"),
            "contact": "新来",
            "phone": "0000-7654321",
            "login": "newco",
            "password": "three blue kettles",
            "again": "three blue kettles",
            "csrf_token": token_on(client.get("/register")),
        }
        assert client.post("/register", data={**self.MORE, **given}).status_code == 302
        found = queries.account_by_login(db.session(), "newco")
        assert found.roles == {Role.TENDERER}
        assert found.uid != "mine"
        assert found.password_hash.startswith("$argon2id$")
        assert found.organisation.kind is OrganisationKind.TENDERER
        assert found.organisation.approved_at is None

    def test_no_form_of_ones_own_changes_who_one_is(self, served, cast):
        client = sign_in(served, "qian")
        before = self.state(cast.qian)
        for path, data in (
            ("/company", {"contact": "钱路人", "phone": "0000-1234567"}),
            ("/account", {"current": PASSWORD, "password": "short", "again": "short"}),
            ("/account/passkeys/1", {"name": "x"}),
            ("/step-up", {}),
        ):
            client.post(path, data={**self.MORE, **data, "csrf_token": token_on(client.get("/account"))})
        assert self.state(cast.qian) == before

    def state(self, card):
        db.session.rollback()
        db.session.expire_all()
        account = db.session.get(Account, card.id)
        organisation = db.session.get(Organisation, card.organisation_id)
        return (
            account.uid,
            account.roles,
            account.organisation_id,
            account.password_hash,
            organisation.kind,
            organisation.approved_at,
            organisation.uid,
        )


class TestEscalation:
    def post(self, client, path, **data):
        page = client.get("/account")
        return client.post(path, data={**data, "csrf_token": token_on(page)}).status_code

    @pytest.mark.parametrize("who", ["li", "zhou", "sun", "lin"])
    def test_nobody_but_an_administrator_gives_roles(self, served, cast, who):
        client = sign_in(served, who)
        for path in (f"/accounts/acc-{who}/roles", "/accounts/acc-zhao/roles", "/accounts/invite"):
            assert self.post(client, path, roles="administrator") == 403
        assert queries.account(db.session(), f"acc-{who}").roles == cast[who].roles

    def test_not_even_an_administrator_to_oneself(self, served, cast):
        client = sign_in(served, "wang")
        assert self.post(client, "/accounts/acc-wang/roles", roles=["administrator", "agency"]) == 403
        assert queries.account(db.session(), "acc-wang").roles == {Role.ADMINISTRATOR}

    @pytest.mark.parametrize("roles", ["administrator", "root", "", "tenderer,administrator"])
    def test_nor_what_an_organisations_people_cannot_be(self, served, cast, roles):
        client = sign_in(served, "wang")
        self.post(client, "/accounts/acc-li/roles", roles=roles)
        assert queries.account(db.session(), "acc-li").roles <= {Role.TENDERER}

    def test_a_permission_ends_with_its_role_in_the_middle_of_a_session(self, served, begin, cast):
        client = sign_in(served, "chen")
        assert client.get("/accounts").status_code == 200
        with begin(cast.actor("wang")) as tx:
            service.set_roles(tx, "acc-chen", {Role.AGENCY})
        assert client.get("/accounts").status_code == 403
        assert self.post(client, "/accounts/acc-wu/roles", roles="administrator") == 403
