"""Refusals and faults: a page with a way on, or JSON; nothing lost, nothing told that should not be."""

import logging
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge, TooManyRequests

from bidding.core.errors import N_, DomainError, Forbidden, Invalid, NotFound
from bidding.web.errors import loggable, safe_path, told

JSON = {"Accept": "application/json"}


class Late(DomainError):
    code = "test.late"
    text = N_("截止时间是 %(at)s，已经过了。请联系 %(who)s。")


def late():
    return Late(at=datetime(2026, 12, 15, 6, 30, tzinfo=UTC), who="主导航")


def text_of(answer):
    return answer.get_data(as_text=True)


def test_a_refusal_is_a_page_in_its_own_words(client, fails):
    answer = client.get(fails(late()))
    assert answer.status_code == 409
    assert "截止时间是 2026-12-15 14:30:00，已经过了。请联系 主导航。" in text_of(answer)
    assert "test.late" in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_program_gets_the_same_as_json(client, fails):
    answer = client.get(fails(late()), headers=JSON)
    assert answer.status_code == 409
    assert answer.json["code"] == "test.late"
    assert answer.json["text"].startswith("截止时间是 2026-12-15 14:30:00")
    assert answer.json["next"] is None
    assert len(answer.json["reference"]) == 10


def test_a_reader_of_english_gets_english(client, fails):
    answer = client.get(fails(NotFound()), headers={**JSON, "Accept-Language": "en"})
    assert answer.json["text"].isascii()


def test_texts_within_a_text_are_looked_up_too(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert "主导航" not in told(late())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Forbidden(), 403),
        (NotFound(), 404),
        (Invalid(reason="x"), 422),
        (MethodNotAllowed(["POST"]), 405),
        (RequestEntityTooLarge(), 413),
        (TooManyRequests(retry_after=60), 429),
        (StaleDataError(), 409),
        (IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")), 409),
        (OperationalError("UPDATE", {}, Exception("database is locked")), 503),
        (OperationalError("UPDATE", {}, psycopg.errors.DeadlockDetected()), 503),
        (OperationalError("SELECT", {}, psycopg.errors.CannotConnectNow()), 503),
        (OperationalError("SELECT", {}, psycopg.OperationalError("connection refused")), 503),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_refusal_has_its_status_and_a_way_on(client, fails, error, status):
    answer = client.get(fails(error))
    assert answer.status_code == status
    assert "<h1>" in text_of(answer)
    assert 'class="btn btn-primary" href="/"' in text_of(answer)


def test_what_a_client_must_know_stays_in_the_headers(client, fails, app):
    answer = client.get(fails(TooManyRequests(retry_after=60)))
    assert answer.headers["Retry-After"] == "60"
    assert "Allow" in client.post("/clock").headers


def test_a_fault_of_ours_tells_a_number_and_no_secret(app, client, fails, caplog):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get(fails(RuntimeError("the password is hunter2")), headers=JSON)
    assert answer.status_code == 500
    assert "hunter2" not in text_of(answer)
    assert f"fault {answer.json['reference']}" in caplog.text
    assert "hunter2" in caplog.text


def test_a_wrong_statement_is_a_fault_and_no_busy_database(app, client, fails):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get(fails(OperationalError("SELEC", {}, Exception("syntax error"))))
    assert answer.status_code == 500


def test_even_a_page_that_cannot_be_drawn_is_answered(app, client, fails, caplog):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    address = fails(RuntimeError())
    app.jinja_env.globals["url_for"] = None
    app.jinja_env.cache.clear()
    answer = client.get(address)
    assert answer.status_code == 500
    assert "系统出了故障" in text_of(answer)
    assert "could be drawn" in caplog.text


def test_who_is_not_signed_in_is_sent_there_and_back(client):
    answer = client.get("/account?x=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/account?x%3D1"
    assert client.post("/account").status_code == 401
    assert client.get("/account", headers=JSON).status_code == 401


def test_the_way_back_is_the_page_one_came_from_if_it_is_ours(client, fails):
    address = fails(NotFound())
    here = client.get(address, headers={"Referer": "http://localhost/clock?a=b"})
    assert 'href="/clock?a=b"' in text_of(here)
    elsewhere = client.get(address, headers={"Referer": "http://evil.example/clock"})
    assert "evil.example" not in text_of(elsewhere)


@pytest.mark.parametrize("path", ["/", "/a/b?c=d", "/log/#x", "/%E6%A0%87"])
def test_paths_of_ours(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "a",
        "//evil.example",
        "/\\evil.example",
        "\\/evil",
        "http://evil.example",
        "/\tevil",
        "/ a",
        "/a\n",
        "/" + "a" * 1000,
    ],
)
def test_what_leads_elsewhere_is_no_path_of_ours(path):
    assert safe_path(path) is None


def test_a_line_of_the_log_stays_one_line():
    assert loggable("a\nb\u202ec\x00") == "a\\u000ab\\u202ec\\u0000"
    assert len(loggable("x" * 999)) == 200


def test_a_refusal_is_written_down_with_its_number(client, fails, caplog):
    with caplog.at_level(logging.INFO, logger="bidding.web.errors"):
        answer = client.get(fails(NotFound()), headers=JSON)
    assert f"{answer.json['reference']} 404 domain.not_found" in caplog.text


def test_what_is_not_there_leads_on_to_home_and_notices(app):
    page = app.test_client().get("/nowhere").text
    assert 'href="/"' in page
    assert 'href="/notices"' in page.split("<main")[1]
