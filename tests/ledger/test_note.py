"""Signed notes: what is written can be read, and what was tampered with cannot."""

import pytest

from bidding.core.canonical import Malformed, b64
from bidding.core.signing import public_key
from bidding.ledger.note import (
    MAX_NOTE,
    Algorithm,
    BadSignature,
    Head,
    VerifierKey,
    cosign_line,
    open_note,
    parse_head,
    parse_note,
    parse_signature,
    parse_vkey,
    sign_line,
    sign_note,
)
from tests.ledger.logs import seed

ORIGIN = "bids.example.gov.cn/p/X"
HEAD = Head(ORIGIN, 7, b"\x07" * 32)
LOG = VerifierKey(ORIGIN, Algorithm.ED25519, public_key(seed("log")))
WITNESS = VerifierKey("w.example", Algorithm.COSIGNATURE, public_key(seed("witness")))
NOTE = sign_note(HEAD, seed("log"))
COSIGNED = NOTE + cosign_line(HEAD.text, "w.example", seed("witness"), 1795395600)


def test_a_head_survives_being_written():
    assert parse_head(HEAD.text) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        HEAD.text[:-1],
        HEAD.text + "an extension\n",
        HEAD.text.replace("\n7\n", "\n07\n"),
        HEAD.text.replace("\n7\n", "\n-7\n"),
        HEAD.text.replace("\n7\n", "\n9007199254740992\n"),
        HEAD.text.replace(ORIGIN, "two words"),
        HEAD.text.replace(ORIGIN, ""),
        f"{ORIGIN}\n7\n{b64(b'short')}\n",
        f"{ORIGIN}\n7\nnot base64!\n",
    ],
    ids=["cut", "extension", "zero", "sign", "huge", "space", "nameless", "short root", "no root"],
)
def test_a_head_of_another_form_is_refused(text):
    with pytest.raises(Malformed):
        parse_head(text)


@pytest.mark.parametrize("key", [LOG, WITNESS], ids=["log", "witness"])
def test_a_key_survives_being_written(key):
    assert parse_vkey(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        str(LOG).replace(ORIGIN, "other"),
        str(LOG)[:-4],
        "no plus",
        f"{ORIGIN}+0000000+{b64(bytes(33))}",
        str(VerifierKey(ORIGIN, Algorithm.ED25519, bytes(32))),
        f"{ORIGIN}+{LOG.key_id.hex()}+{b64(bytes([2]) + LOG.key)}",
    ],
    ids=["other name", "cut", "one part", "short hash", "small order", "unknown type"],
)
def test_a_key_that_is_not_whole_is_refused(text):
    with pytest.raises(Malformed):
        parse_vkey(text)


def test_a_note_is_opened_by_the_keys_that_are_known():
    opened = open_note(COSIGNED, [LOG, WITNESS])
    assert parse_head(opened.text) == HEAD
    assert opened.signers == {LOG: (), WITNESS: (1795395600,)}
    assert set(open_note(COSIGNED, [LOG]).signers) == {LOG}


def test_a_second_cosignature_by_one_key_adds_its_time():
    again = COSIGNED + cosign_line(HEAD.text, "w.example", seed("witness"), 1795395700)
    assert open_note(again, [WITNESS]).signers[WITNESS] == (1795395600, 1795395700)


def test_a_note_without_a_known_signature_says_nothing():
    with pytest.raises(BadSignature):
        open_note(NOTE, [WITNESS])


def test_one_bad_line_by_a_known_key_spoils_the_note():
    other = cosign_line(Head(ORIGIN, 8, HEAD.root).text, "w.example", seed("witness"), 1)
    with pytest.raises(BadSignature, match=r"w\.example"):
        open_note(NOTE + other, [LOG, WITNESS])
    assert open_note(NOTE + other, [LOG])


def test_the_text_cannot_be_changed_under_its_signature():
    with pytest.raises(BadSignature):
        open_note(NOTE.replace("\n7\n", "\n8\n"), [LOG])


def test_the_time_cannot_be_changed_under_a_cosignature():
    key_id, body = WITNESS.key_id, parse_signature(COSIGNED.splitlines()[-1]).body
    line = f"— w.example {b64(key_id + (1795395601).to_bytes(8, 'big') + body[8:])}\n"
    with pytest.raises(BadSignature):
        open_note(NOTE + line, [LOG, WITNESS])


def test_a_log_signature_is_no_cosignature():
    line = sign_line(HEAD.text, "w.example", seed("witness"))
    opened = open_note(NOTE + line, [LOG, WITNESS])  # another key id: an unknown line, passed over
    assert set(opened.signers) == {LOG}
    short = f"— w.example {b64(WITNESS.key_id + bytes(64))}\n"
    with pytest.raises(BadSignature, match="length"):
        open_note(NOTE + short, [LOG, WITNESS])


@pytest.mark.parametrize(
    "note",
    [
        "",
        HEAD.text,
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE + "— half\n",
        NOTE.replace("7", "7\t"),
        "x" * (MAX_NOTE + 1),
    ],
    ids=["empty", "unsigned", "cut", "dash", "half a line", "tab", "endless"],
)
def test_a_note_of_another_form_is_refused(note):
    with pytest.raises(Malformed):
        parse_note(note)
