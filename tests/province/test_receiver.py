"""The way out by HTTP: what each answer means, and that the same message is the same bytes."""

import json
from xml.etree import ElementTree

import pytest

from bidding.core.canonical import dumps
from bidding.messages.carriers import Down, NotNow, Refused
from bidding.province.receiver import Receiver
from bidding.web.settings import BadSetting
from tests.province.receiving import Platform

PAYLOAD = dumps(
    {
        "id": "abc",
        "set": "501",
        "table": "TENDER_PROJECT",
        "platform": "91350100M000100Y43",
        "made_at": 1,
        "records": [{"TENDER_PROJECT_NAME": "A<b>&\u0001管网", "TENDER_MODE": "1"}, {"TENDER_MODE": "2"}],
    }
).decode()


@pytest.fixture
def platform():
    made = Platform().up()
    yield made
    made.down()


def hand(receiver, uid="abc"):
    with receiver.open() as give:
        return give(uid, PAYLOAD)


def test_a_message_goes_with_its_number_and_comes_back_with_a_receipt(platform):
    receiver = Receiver(platform.url, headers='{"X-Key": "s3cret"}')
    assert hand(receiver) == "R-1"
    (asked,) = platform.asked
    assert (asked["headers"]["Idempotency-Key"], asked["headers"]["X-Key"]) == ("abc", "s3cret")
    assert json.loads(asked["raw"]) == json.loads(PAYLOAD)
    assert "s3cret" not in repr(receiver)


def test_the_same_as_xml_with_the_same_names_and_no_sign_that_breaks_it(platform):
    hand(Receiver(platform.url, format="xml"))
    root = ElementTree.fromstring(platform.asked[0]["raw"])
    assert (root.tag, root.get("id"), root.get("set")) == ("message", "abc", "501")
    assert [[(cell.tag, cell.text) for cell in row] for row in root] == [
        [("TENDER_MODE", "1"), ("TENDER_PROJECT_NAME", "A<b>&管网")],
        [("TENDER_MODE", "2")],
    ]


def test_a_receiver_that_knows_the_number_is_believed(platform):
    receiver = Receiver(platform.url)
    assert hand(receiver) == hand(receiver) == "R-1"
    assert platform.asked[0]["raw"] == platform.asked[1]["raw"]


@pytest.mark.parametrize(
    ("answer", "raised"),
    [("refuse", Refused), ("broken", NotNow), ("busy", Down), ("silent", NotNow)],
)
def test_what_an_answer_means(platform, answer, raised):
    platform.answers = [answer]
    with pytest.raises(raised):
        hand(Receiver(platform.url, timeout=0.3))


def test_taken_for_later_is_no_receipt(platform):
    platform.answers = ["later"]
    assert hand(Receiver(platform.url)) is None


def test_a_good_status_with_other_words_is_a_refusal(platform):
    with pytest.raises(Refused, match="R-1"):
        hand(Receiver(platform.url, accepted='"code":0'))


def test_nobody_there_is_the_receivers_fault_and_no_messages(platform):
    platform.down()
    with pytest.raises(Down):
        hand(Receiver(platform.url))


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x"},
        {"url": "https://"},
        {"url": "https://key@host/"},
        {"url": "https://host/", "format": "csv"},
        {"url": "https://host/", "headers": "[]"},
    ],
)
def test_settings_that_describe_no_receiver_are_refused_at_start(wrong):
    with pytest.raises(BadSetting):
        Receiver(**wrong)
