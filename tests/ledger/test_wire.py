"""What a witness and the server say to each other."""

import pytest

from bidding.core.canonical import Malformed, b64
from bidding.ledger.wire import (
    FRESH,
    authorization,
    parse_add_checkpoint,
    parse_authorization,
    write_add_checkpoint,
)
from tests.ledger.logs import MONDAY, witness

ONE, TWO = witness("w1.example"), witness("w2.example")
HEADER = authorization(ONE.name, ONE.seed, "POST", "/log/witness/requests", b"body", MONDAY)


def holds(header=HEADER, *, of=ONE, method="POST", path="/log/witness/requests", body=b"body", now=MONDAY):
    return parse_authorization(header).holds(of.vkey, method, path, body, now)


def test_a_request_is_its_signers_and_for_this_moment():
    assert holds()
    assert holds(now=MONDAY + FRESH)
    assert holds(now=MONDAY - FRESH)


@pytest.mark.parametrize(
    "change",
    [
        {"of": TWO},
        {"method": "GET"},
        {"path": "/log/witness/cosignatures"},
        {"body": b"bodY"},
        {"now": MONDAY + FRESH + 1},
        {"now": MONDAY - FRESH - 1},
    ],
    ids=["another key", "method", "path", "body", "late", "early"],
)
def test_a_signature_serves_for_nothing_else(change):
    assert not holds(**change)


@pytest.mark.parametrize(
    "header", [None, "", "Basic abc", HEADER + "0", HEADER.upper(), HEADER.replace(str(MONDAY), "-1")]
)
def test_another_header_is_no_claim(header):
    assert parse_authorization(header) is None


def test_an_add_checkpoint_request_survives_being_written():
    note = "a.example\n5\nroot\n\n— a.example sig\n"
    asked = parse_add_checkpoint(write_add_checkpoint(3, [b"\x01" * 32, b"\x02" * 32], note))
    assert (asked.old, asked.proof, asked.note) == (3, (b"\x01" * 32, b"\x02" * 32), note)
    assert parse_add_checkpoint(write_add_checkpoint(0, [], note)).proof == ()


@pytest.mark.parametrize(
    "text",
    [
        "old 3\n",
        "old 03\n\nnote\n",
        "new 3\n\nnote\n",
        "old 3\n" + f"{b64(bytes(31))}\n" + "\nnote\n",
        "old 3\n" + "not base64\n" + "\nnote\n",
        "old 3\n" + f"{b64(bytes(32))}\n" * 64 + "\nnote\n",
    ],
    ids=["no gap", "zero", "word", "short hash", "no hash", "endless"],
)
def test_another_form_is_refused(text):
    with pytest.raises(Malformed):
        parse_add_checkpoint(text)
