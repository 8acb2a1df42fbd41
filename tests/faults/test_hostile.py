"""What another site sends, what was planted or signed out, and who would become more than they are: on the real server."""

from __future__ import annotations

import socket
import time

import httpx
from sqlalchemy import select

from bidding.core.actor import Role
from bidding.identity.models import Account
from bidding.story.cast import PASSWORD
from tests.people import uscc
from tests.real import token_on

JSON = {"Accept": "application/json"}


def sign_in(http, login):
    """By the page, as a person does; the token afterwards."""
    data = {"login": login, "password": PASSWORD, "csrf_token": token_on(http.get("/sign-in"))}
    assert http.post("/sign-in", data=data).status_code == 302
    return token_on(http.get("/account"))


def test_what_another_site_sends_what_was_planted_and_what_was_signed_out_count_for_nothing(real):
    with httpx.Client(base_url=real.url) as victim, httpx.Client(base_url=real.url) as thief:
        planted = token_on(thief.get("/sign-in"))
        victim.cookies.update(thief.cookies)
        own = sign_in(victim, "t1")
        revoke = "/account/sessions/others/revoke"
        for data, headers in (
            ({}, {}),
            ({"csrf_token": planted}, {}),
            ({"csrf_token": own}, {"Origin": "https://evil.example"}),
            ({"csrf_token": own}, {"Origin": "null"}),
            ({"csrf_token": own}, {"Sec-Fetch-Site": "cross-site"}),
        ):
            assert victim.post(revoke, data=data, headers=headers).status_code == 400
        assert thief.get("/account").status_code == 302, "what he planted did not become a sign-in"
        thief.cookies.clear()
        thief.cookies.update(victim.cookies)
        assert thief.get("/account").status_code == 200
        assert victim.post("/sign-out", data={"csrf_token": own}).status_code == 302
        assert thief.get("/account").status_code == 302
        assert thief.post(revoke, data={"csrf_token": own}, headers=JSON).status_code == 401


def test_a_refusal_by_the_head_alone_leaves_the_line_open_for_the_next_request(real):
    """A client may send the body in a packet of its own, and the refusal is out before that comes."""
    body = b"csrf_token=none"
    head = (
        f"POST /account/sessions/others/revoke HTTP/1.1\r\nHost: 127.0.0.1:{real.port}\r\n"
        f"Origin: https://evil.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", real.port), 10) as line, line.makefile("rb") as answers:
        for _ in range(3):
            line.sendall(head)
            time.sleep(0.1)
            line.sendall(body)
            assert answers.readline() == b"HTTP/1.1 400 Bad Request\r\n"
            length = 0
            while (field := answers.readline()) != b"\r\n":
                name, _, value = field.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            assert len(answers.read(length)) == length > 0


def test_nobody_becomes_what_they_write_into_a_form_or_take_by_another_roles_address(real):
    with httpx.Client(base_url=real.url) as http:
        given = {
            "name": "新来工程有限公司",
            "uscc": uscc("91539921MA6KQ7X9F"),
            "contact": "新来",
            "phone": "0000-7654321",
            "login": "newco",
            "password": "three blue kettles",
            "again": "three blue kettles",
            "csrf_token": token_on(http.get("/register")),
        }
        more = {
            "roles": "administrator",
            "kind": "centre",
            "approved_at": "2026-01-01",
            "organisation_id": "1",
        }
        assert http.post("/register", data={**more, **given}).status_code == 302

    def made(session):
        account = session.scalar(select(Account).where(Account.login == "newco"))
        return account.uid, account.roles, account.organisation.kind.value, account.organisation.approved_at

    uid, *rest = real.ask(made)
    assert rest == [{Role.TENDERER}, "tenderer", None]
    for login in ("t1", "zhou", "sun"):
        http = real.visitor(login)
        for path in (f"/accounts/{uid}/roles", "/accounts/invite"):
            assert http.post(path, data={"roles": "administrator"}).status_code == 403
        assert http.post("/account", data={"roles": "administrator", "uid": "mine"}).status_code == 422
    assert real.ask(made) == (uid, *rest)
