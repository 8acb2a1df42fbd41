"""What every answer tells the browser to refuse."""

import pytest
from flask import request

from bidding import create_app
from bidding.web.headers import HEADERS
from tests.conftest import _config


@pytest.mark.parametrize("path", ["/appearance", "/clock", "/nowhere", "/static/css/tokens.css", "/log/"])
def test_every_answer_is_hardened(client, path):
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    answer.close()


def test_nothing_inline_and_nobody_elses_frame():
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy.split("; ")


def test_a_shared_computer_keeps_nothing_of_who_was_signed_in(client, client_as):
    assert client_as("li").get("/roles").headers["Cache-Control"] == "no-store"
    assert client.get("/roles").headers.get("Cache-Control") != "no-store"
    answer = client_as("li").get("/static/css/tokens.css")
    assert answer.headers["Cache-Control"] != "no-store"
    answer.close()


def test_tls_is_remembered_only_where_there_is_some(app, client):
    assert "Strict-Transport-Security" not in client.get("/clock").headers
    app.config["BEHIND_TLS"] = True
    assert client.get("/clock").headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "2.2.2.2"), (2, "1.1.1.1")])
def test_as_many_proxies_are_believed_as_are_ours(tmp_path, proxies, seen):
    app = create_app({**_config(tmp_path, f"sqlite:///{tmp_path}/p.db"), "PROXIES": proxies})
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})
    assert answer.get_data(as_text=True) == seen


def test_the_sealing_program_as_a_worker_speaks_to_nobody(client):
    with client.get("/static/vendor/bidseal.js") as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["default-src 'none'", "script-src 'wasm-unsafe-eval'"]


@pytest.mark.parametrize("name", ["offline.html", "trustee.html"])
def test_the_pages_for_use_without_us_are_saved_not_opened(client, name):
    with client.get(f"/static/vendor/{name}") as answer:
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_trustee_kit_opens_here_under_its_own_policy_in_nobodys_frame(client):
    with client.get("/trustees/kit") as answer:
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert (
            "Content-Disposition" not in answer.headers
            or "attachment" not in answer.headers["Content-Disposition"]
        )
        assert "default-src 'none'; script-src 'sha256-" in answer.text
