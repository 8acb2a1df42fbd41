"""SMS by a real HTTP server: the shape of the request, and that nothing but the settings chooses the host."""

from datetime import UTC, datetime

import pytest

from bidding.messages.carriers import Down, Letter, NotNow, Refused
from bidding.messages.sms import Gateway
from bidding.web.settings import BadSetting
from tests.post import SmsGateway

BODY = '{"mobile": "{to}", "params": ["{text}"], "id": "{id}", "type": 3}'


def letter(subject="关于“管网改造”的新消息"):
    return Letter("abc", "+8613800138000", subject, "", datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture(scope="module")
def server():
    made = SmsGateway().up()
    yield made
    made.down()


@pytest.fixture(autouse=True)
def _well(server):
    server.answer = (200, '{"code":0}', {})
    server.asked.clear()


def send(gateway, given=None):
    with gateway.open() as hand:
        hand(given or letter())


def test_the_template_is_filled_inside_its_strings(server):
    send(
        Gateway(f"{server.url}/v1/send", headers='{"X-Token": "t0ken"}', body=BODY),
        letter('a"}, "type": 9, "x": "\r\n换行'),
    )
    (asked,) = server.asked
    assert asked["method"] == "POST"
    assert asked["headers"]["X-Token"] == "t0ken"
    assert asked["body"] == {
        "mobile": "+8613800138000",
        "params": ['a"}, "type": 9, "x": " 换行'],
        "id": "abc",
        "type": 3,
    }


def test_without_a_body_everything_stands_escaped_in_the_address(server):
    send(Gateway(f"{server.url}/send?to={{to}}&text={{text}}&id={{id}}"), letter("a&b=c#d ?/../e"))
    (asked,) = server.asked
    assert asked["method"] == "GET"
    assert asked["path"] == "/send?to=%2B8613800138000&text=a%26b%3Dc%23d%20%3F%2F..%2Fe&id=abc"


def test_a_redirect_is_not_followed(server):
    server.answer = (302, "", {"Location": f"{server.url}/elsewhere"})
    with pytest.raises(Down, match="302"):
        send(Gateway(server.url, body=BODY))
    assert len(server.asked) == 1


def test_no_proxy_of_the_environment_is_asked(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    send(Gateway(server.url, body=BODY))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "text", "raised"),
    [
        (400, "bad number", Refused),
        (422, "bad number", Refused),
        (429, "slowly", NotNow),
        (200, '{"code":7,"msg":"欠费"}', NotNow),
        (401, "who?", Down),
        (500, "oops", Down),
        (503, "later", Down),
    ],
)
def test_what_the_gateway_answers_decides(server, status, text, raised):
    server.answer = (status, text, {})
    with pytest.raises(raised):
        send(Gateway(server.url, body=BODY, accepted='"code":0'))


def test_where_nobody_listens_the_channel_is_down():
    with pytest.raises(Down):
        send(Gateway(SmsGateway().url, body=BODY))
    with pytest.raises(Down):
        Gateway(SmsGateway().url, body=BODY).check()


def test_the_check_sends_nothing(server):
    Gateway(server.url, body=BODY).check()
    assert server.asked == []


@pytest.mark.parametrize(
    ("url", "changed", "named"),
    [
        ("https://{to}.example/send", {"body": BODY}, "SMS_URL"),
        ("https://gateway.example:{id}/", {"body": BODY}, "SMS_URL"),
        ("https://user:pass@gateway.example/", {"body": BODY}, "SMS_URL"),
        ("file:///etc/passwd?{to}{text}", {}, "SMS_URL"),
        ("gateway.example", {"body": BODY}, "SMS_URL"),
        ("https://gateway.example/", {"body": "{"}, "SMS_BODY"),
        ("https://gateway.example/", {"body": "[1]"}, "SMS_BODY"),
        ("https://gateway.example/", {"body": BODY, "headers": "x"}, "SMS_HEADERS"),
        ("https://gateway.example/?to={to}", {}, "SMS_URL and SMS_BODY"),
    ],
)
def test_settings_that_cannot_work_are_told_at_start(url, changed, named):
    with pytest.raises(BadSetting, match=named):
        Gateway(url, **changed)
