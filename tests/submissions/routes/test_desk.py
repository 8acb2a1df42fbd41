from __future__ import annotations

from tests.people import sign_in

WIPED = '"cache", "storage"'


def test_any_computer_becomes_the_desk_and_no_longer_is(client):
    assert "设为服务室的电脑" in client.get("/desk").text
    answer = client.post("/desk")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, WIPED)
    assert "什么也不留" in client.get("/desk").text
    answer = client.post("/desk", data={"leave": "1"})
    assert answer.headers["Clear-Site-Data"] == WIPED
    assert "设为服务室的电脑" in client.get("/desk").text


def test_at_the_desk_a_sign_out_wipes_the_browser_and_leads_back(app, tender):
    client = sign_in(app, "t1")
    client.post("/desk")
    page = client.get(f"/notices/{tender.uid}/lots/1/bid").text
    assert 'data-desk="300"' in page
    answer = client.post("/sign-out")
    assert (answer.location, answer.headers["Clear-Site-Data"]) == ("/desk", WIPED)
    assert "data-desk=" not in client.get("/desk").text


def test_elsewhere_a_sign_out_keeps_what_a_tenderer_has_on_the_own_computer(app, cast):
    client = sign_in(app, "li")
    assert "data-desk=" not in client.get("/bids").text
    answer = client.post("/sign-out")
    assert answer.location == "/"
    assert "Clear-Site-Data" not in answer.headers


def test_behind_tls_the_mark_is_a_host_cookie(app, client):
    app.config["BEHIND_TLS"] = True
    cookie = client.post("/desk").headers["Set-Cookie"]
    assert cookie.startswith("__Host-sunlit-desk=1;")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
