"""The page of an agency's keys."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bidding.api.models import ApiKey
from bidding.db import db
from tests.people import PASSWORD

NEW = {"name": "业务系统", "scope": "draft", "days": "30"}


def made(answer):
    return re.search(r"sunlit_[A-Za-z0-9_-]{43}", answer.text)[0]


def test_a_key_is_shown_once_and_works(client_as, client, cast):
    zhou = client_as("zhou")
    answer = zhou.post("/account/keys", data=NEW)
    token = made(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    page = zhou.get("/account/keys").text
    assert token not in page
    assert token[:11] in page
    assert client.get("/api/v1/projects", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    used = zhou.get("/account/keys").text
    assert "127.0.0.1" in used


def test_both_acts_ask_for_the_password_again(client_as, cast, clock):
    late = client_as("zhou", stepped_up=False)
    assert late.post("/account/keys", data=NEW).status_code == 422
    assert db.session.query(ApiKey).count() == 0
    made(late.post("/account/keys", data={**NEW, "step_up_password": PASSWORD}))
    uid = db.session.query(ApiKey).one().uid
    clock.advance(timedelta(minutes=6))
    assert late.post(f"/account/keys/{uid}/revoke").status_code == 422
    assert db.session.query(ApiKey).one().revoked_at is None


def test_a_revoked_key_opens_nothing(client_as, client, cast):
    zhou = client_as("zhou")
    header = {"Authorization": f"Bearer {made(zhou.post('/account/keys', data=NEW))}"}
    uid = db.session.query(ApiKey).one().uid
    assert "不能恢复" in zhou.get(f"/account/keys/{uid}/revoke").text
    assert zhou.post(f"/account/keys/{uid}/revoke").status_code == 303
    answer = client.get("/api/v1/projects", headers=header)
    assert (answer.status_code, answer.json["code"]) == (401, "api.key_over")
    assert zhou.post(f"/account/keys/{uid}/revoke").status_code == 409
    assert "密钥已停用" in zhou.get("/account/keys").text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"days": "0"}, "应在 1 到 366 之间"),
        ({"days": "367"}, "应在 1 到 366 之间"),
        ({"name": " "}, "请写明给哪个系统用"),
        ({"scope": "publish"}, "请从列出的选项里选"),
    ],
)
def test_a_wrong_wish_is_told_at_its_field_and_loses_nothing(client_as, cast, wrong, told):
    answer = client_as("zhou").post("/account/keys", data={**NEW, **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert ('value="业务系统"' in answer.text) == ("name" not in wrong)


@pytest.mark.parametrize("login", ["li", "sun", "wang", "lin"])
def test_nobody_else_has_such_a_page(client_as, cast, login):
    assert client_as(login).get("/account/keys").status_code == 403
    assert client_as(login).post("/account/keys", data=NEW).status_code == 403


def test_another_agency_sees_and_ends_none_of_them(client_as, cast, rival):
    client_as("zhou").post("/account/keys", data=NEW)
    uid = db.session.query(ApiKey).one().uid
    feng = client_as("feng")
    assert "业务系统" not in feng.get("/account/keys").text
    assert feng.get(f"/account/keys/{uid}/revoke").status_code == 404
    assert feng.post(f"/account/keys/{uid}/revoke").status_code == 404
