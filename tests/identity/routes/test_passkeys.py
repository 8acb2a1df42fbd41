"""What the page's script asks and brings."""

from datetime import timedelta

import pytest

from bidding.db import db
from bidding.identity import queries, service
from tests.identity.softkey import SoftKey
from tests.people import PASSWORD


@pytest.fixture
def key(client_as, cast):
    """Li's security key, registered."""
    key = SoftKey()
    client = client_as("li")
    asked = client.post("/account/passkeys/options").json
    told = {"token": asked["token"], "credential": key.make(asked["options"]), "name": "蓝色密钥"}
    assert client.post("/account/passkeys", json=told).json["next"].startswith("/account/security")
    return key


def use(client, key, why, **more):
    asked = client.post(f"/passkeys/{why}/options").json
    told = {"token": asked["token"], "credential": key.use(asked["options"]), **more}
    return client.post(f"/passkeys/{why}", json=told, headers={"Accept": "application/json"})


def test_signs_in_without_login_or_password(client, key, cast):
    assert use(client, key, "sign-in", next="/company").json == {"next": "/company"}
    assert client.get("/company").status_code == 200
    assert queries.passkeys(db.session(), cast.li.id)[0].sign_count == 1


def test_never_leads_to_another_site(client, key):
    assert use(client, key, "sign-in", next="//evil.example").json == {"next": "/"}


def test_is_a_second_step_for_the_one_whose_password_was_right(app, client, key, cast):
    assert client.post("/passkeys/second/options").status_code == 404
    client.post("/sign-in", data={"login": "li", "password": PASSWORD})
    assert "data-passkey" in client.get("/sign-in/second").text
    assert use(client, key, "second").status_code == 200
    assert client.get("/account").status_code == 200
    other = app.test_client()
    other.post("/sign-in", data={"login": "zhao", "password": PASSWORD})
    assert other.post("/passkeys/second/options").status_code == 404


def test_confirms_instead_of_the_password(app, client_as, key):
    client = client_as("li", stepped_up=False)
    before = client.get_cookie(app.config["SIGN_IN_COOKIE"]).value
    assert "data-passkey" in client.get("/step-up").text
    assert use(client, key, "step-up").status_code == 200
    assert client.get_cookie(app.config["SIGN_IN_COOKIE"]).value != before
    assert "step_up_password" not in client.get("/step-up").text


def test_a_rivals_key_confirms_nothing(client_as, client, key):
    rival = client_as("zhao", stepped_up=False)
    assert "data-passkey" not in rival.get("/step-up").text
    assert use(rival, key, "step-up").status_code == 422
    assert "step_up_password" in rival.get("/step-up").text
    assert client.post("/passkeys/step-up/options").status_code == 404


def test_an_answer_is_good_once_in_time_and_for_its_question(app, client, key, clock):
    asked = client.post("/passkeys/sign-in/options").json
    told = {"token": asked["token"], "credential": key.use(asked["options"])}
    assert app.test_client().post("/passkeys/step-up", json=told).status_code == 404
    assert app.test_client().post("/passkeys/sign-in", json=told).status_code == 200
    assert app.test_client().post("/passkeys/sign-in", json=told).status_code == 422
    asked = client.post("/passkeys/sign-in/options").json
    told = {"token": asked["token"], "credential": key.use(asked["options"])}
    clock.advance(timedelta(minutes=5))
    assert client.post("/passkeys/sign-in", json=told).status_code == 422


def test_a_copied_key_is_refused_and_the_answer_says_what_to_do(app, client, key, caplog):
    use(client, key, "sign-in")
    twin = SoftKey(private=key.private)
    response = use(app.test_client(), twin, "sign-in")
    assert response.status_code == 422
    assert "移除这个通行密钥" in response.json["text"]
    assert "may have been copied" in caplog.text


def test_no_amount_of_failed_guesses_stands_in_its_way(app, client, key):
    for _ in range(50):
        app.test_client().post("/sign-in", data={"login": "li", "password": "wrong"})
    assert use(client, key, "sign-in").status_code == 200


def test_asking_tells_a_stranger_nothing_and_writes_nothing(client, key):
    asked = client.post("/passkeys/sign-in/options").json["options"]
    assert asked["allowCredentials"] == []
    assert set(asked) == {"challenge", "timeout", "rpId", "allowCredentials", "userVerification"}


@pytest.mark.parametrize("told", [None, [], {}, {"credential": []}, {"token": 1, "credential": {}}])
def test_what_no_page_sends_is_refused(client, client_as, cast, told):
    assert client.post("/passkeys/sign-in", json=told).status_code in (400, 415, 422)
    assert client_as("li").post("/account/passkeys", json=told).status_code in (400, 415, 422)


def test_adding_one_asks_again_who_it_is_and_takes_it_once(client_as, client, key):
    assert client_as("li", stepped_up=False).post("/account/passkeys/options").status_code == 403
    assert "step_up_password" in client_as("li", stepped_up=False).get("/account/passkeys/new").text
    assert client.post("/account/passkeys/options").status_code == 401
    mine = client_as("li")
    asked = mine.post("/account/passkeys/options").json
    assert len(asked["options"]["excludeCredentials"]) == 1
    told = {
        "token": asked["token"],
        "credential": SoftKey(id=b"another").make(asked["options"]),
        "name": "二",
    }
    assert client_as("li").post("/account/passkeys", json=told).status_code == 422  # another session asked
    assert mine.post("/account/passkeys", json=told | {"name": " "}).status_code == 422
    assert mine.post("/account/passkeys", json=told).status_code == 200
    assert mine.post("/account/passkeys", json=told).status_code == 422


@pytest.mark.parametrize("address", ["http://10.1.2.3", "http://bids.example"])
def test_under_a_bare_address_or_plain_http_there_are_none(client, cast, address):
    assert client.post("/passkeys/sign-in/options", base_url=address).status_code == 404
    assert "data-passkey" not in client.get("/sign-in", base_url=address).text


def test_a_disabled_account_does_not_come_in_by_its_key(begin, client, client_as, key, cast):
    with begin(cast.actor("wang")) as tx:
        service.disable(tx, cast.li.uid)
    assert use(client, key, "sign-in").status_code == 422
