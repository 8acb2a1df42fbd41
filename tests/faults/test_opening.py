"""A deadline and an opening on two servers of one centre, with bids that were tampered with.

Both servers would close and both would open: one record each. A bid whose seal or bytes were changed is named, with who is at
fault, and all others open.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from bidding.core.canonical import dumps
from bidding.opening.client import open_package
from bidding.opening.models import OpenedEnvelope
from bidding.sealing.age import parse_header
from bidding.sealing.manifest import sign_manifest
from bidding.submissions.models import Bid
from bidding.submissions.rules import GateState
from tests.real import until

pytestmark = pytest.mark.xdist_group("steered")

OFFER = ("offer", 0)
SECOND = timedelta(seconds=1)


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def respelt(data: bytes, at: int) -> bytes:
    """The header with another letter at one place; still base64, which the gate asks of a header."""
    return data[:at] + (b"B" if data[at : at + 1] == b"A" else b"A") + data[at + 1 :]


def resealed(line, data: bytes):
    """The bid with another ciphertext for its sheet, signed anew by its own tenderer, who alone can."""
    line.files[OFFER] = data
    [file] = next(each for each in line.message["manifest"]["envelopes"] if each["id"] == OFFER[0])["files"]
    file.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    line.message["sig"] = sign_manifest(line.sealed.key.sign_seed, line.message["manifest"])


#: What a tenderer may have done to the own sheet before signing; it cannot be seen in a sealed file that is well formed.
TAMPERED = {
    "stanza": lambda data, _: respelt(data, data.index(b"\n", data.index(b"-> X25519 ") + 60) - 3),
    "MAC": lambda data, _: respelt(data, parse_header(data[:4096]).size - 4),
    "part": lambda data, _: changed(data, len(data) // 2),
    "truncated": lambda data, _: data[:-40],
    "another's": lambda _, other: other,
}


def hand_in(line):
    line.send()
    answer = line.sign()
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def opened(steered, tmp_path_factory):
    """The tender after its opening, its lines by what was done to them, and how many answers the last share had."""
    paper = tmp_path_factory.mktemp("opening") / "small.bin"
    paper.write_bytes(bytes(10_000))
    names = ["first", "second", "third", *TAMPERED, "on our disk"]
    lines = {name: steered.line_of(steered.tender, at, paper) for at, name in enumerate(names, 1)}
    other = lines["first"].files[OFFER]
    for name, tamper in TAMPERED.items():
        resealed(lines[name], tamper(lines[name].files[OFFER], other))
    for line in lines.values():
        hand_in(line)
    digest = hashlib.sha256(lines["on our disk"].files[OFFER]).hexdigest()
    (steered.instance / "sealed" / digest[:2] / digest[2:]).write_bytes(b"something else")
    with steered.beside() as second:
        steered.leap(steered.tender.closes_at - steered.now() - SECOND / 2)
        until(lambda: steered.gate(steered.tender).settled_at)
        steered.cosign()
        answers = share(steered, second)
        until(lambda: steered.gate(steered.tender).state is GateState.OPENED)
    return lines, answers


def share(steered, second):
    """Three trustees' shares: one's first, then those of two at once, each at both servers; the statuses of those."""
    supervisor = steered.visitor("sun")
    beside = httpx.Client(base_url=second, cookies=supervisor.cookies, headers=supervisor.headers, timeout=30)
    place, answers = f"/opening/{steered.tender.uid}", []
    package = supervisor.post(f"{place}/package")
    assert package.status_code == 200, package.text
    made = {}
    for name in ("reform", "finance", "notary"):
        seed, entropy = steered.tender.centre.trustees[name].seed, steered.tender.centre.entropy
        found = open_package(package.content, seed=seed, stage=1, now=steered.now(), entropy=entropy)
        made[name] = [("batch", ("shares.json", dumps(batch.value), "application/json")) for batch in found]

    def hand_in(client, given):
        answers.append(client.post(f"{place}/shares", files=given).status_code)

    hand_in(supervisor, made.pop("reform"))
    threads = [
        threading.Thread(target=hand_in, args=(client, given))
        for given in made.values()
        for client in (supervisor, beside)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    beside.close()
    return answers


def verdicts(steered, lines):
    found = select(Bid.uid, OpenedEnvelope.verdict).join(Bid, OpenedEnvelope.bid_id == Bid.id)
    by_bid = steered.ask(lambda session: dict(session.execute(found).all()))
    return {name: by_bid[line.bid] for name, line in lines.items()}


def test_two_servers_close_and_open_one_box_once(steered, opened):
    lines, answers = opened
    assert answers == [303] * 5, "a batch that comes twice is one batch"
    [close] = steered.events(steered.tender, "close")
    assert close["count"] == len(lines)
    assert len(steered.events(steered.tender, "shares")) == 3 * 2
    assert len(steered.events(steered.tender, "opened")) == 1


def test_a_tampered_bid_is_named_with_who_is_at_fault_and_all_others_open(steered, opened):
    lines, _ = opened
    wanted = dict.fromkeys(lines) | dict.fromkeys(TAMPERED, "tenderer") | {"on our disk": "platform"}
    assert verdicts(steered, lines) == wanted
    hall = steered.visitor().get(f"/hall/{steered.tender.uid}").text
    assert hall.count("12,000,000.00") >= 3
