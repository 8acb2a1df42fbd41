"""Receipts: the leaf is made anew, and the path must lead to a root that the log signed."""

import pytest

from bidding.core.canonical import Malformed, b64
from bidding.ledger.events import commit, entry, leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.note import BadSignature, Head, sign_note
from bidding.ledger.proof import MAGIC, Proof, parse_proof, verify_receipt, write_extra, write_proof
from bidding.ledger.trust import parse_policy
from tests.ledger.logs import log_key, policy, seed, witness

LOG = log_key()
POLICY = parse_policy(policy(witness()))
EVENT = {"v": 1, "type": "attempt", "at": 1, "code": "storage.full"}
SALTS = [bytes([n]) * 32 for n in range(5)]
TREE = Tree(leaf_hash(entry(commit(salt, EVENT))) for salt in SALTS)
NOTE = sign_note(Head(LOG.name, 5, TREE.root()), seed(LOG.name))
RECEIPT = write_proof(Proof(3, tuple(TREE.inclusion(3)), NOTE, write_extra(SALTS[3], EVENT)))


def test_a_receipt_says_what_stands_where():
    receipt = verify_receipt(RECEIPT, POLICY)
    assert (receipt.index, receipt.event, receipt.salt) == (3, EVENT, SALTS[3])
    assert receipt.entry == entry(commit(SALTS[3], EVENT))
    assert not POLICY.witnessed(receipt.checked)


def damaged(index=3, leaf=3, event=EVENT, note=NOTE, path=None):
    path = tuple(TREE.inclusion(3)) if path is None else path
    return write_proof(Proof(index, path, note, write_extra(SALTS[leaf], event)))


@pytest.mark.parametrize(
    "text",
    [
        damaged(index=2),
        damaged(leaf=2),
        damaged(event={**EVENT, "code": "storage.empty"}),
        damaged(path=()),
        damaged(note=sign_note(Head(LOG.name, 5, bytes(32)), seed(LOG.name))),
    ],
    ids=["another place", "another salt", "another event", "no path", "another root"],
)
def test_a_receipt_for_something_else_is_refused(text):
    with pytest.raises(Malformed, match="does not lead"):
        verify_receipt(text, POLICY)


def test_a_receipt_of_another_log_is_refused():
    with pytest.raises(BadSignature):
        verify_receipt(damaged(note=sign_note(Head(LOG.name, 5, TREE.root()), seed("forger"))), POLICY)


@pytest.mark.parametrize(
    "text",
    [
        RECEIPT.replace(MAGIC, "c2sp.org/tlog-proof@v2"),
        RECEIPT.replace("index 3", "index 03"),
        RECEIPT.replace("index 3\n", ""),
        RECEIPT.replace("\n\n", "\n"),
        write_proof(Proof(3, (bytes(31),), NOTE)),
        write_proof(Proof(3, (bytes(32),) * 64, NOTE)),
    ],
    ids=["version", "zero", "no index", "no gap", "short hash", "endless"],
)
def test_another_form_is_refused(text):
    with pytest.raises(Malformed):
        parse_proof(text)


def test_the_event_must_be_there_and_canonical():
    with pytest.raises(Malformed, match="no event"):
        verify_receipt(write_proof(Proof(3, (), NOTE)), POLICY)
    loose = write_extra(SALTS[3], EVENT).replace(b":", b": ", 1)
    with pytest.raises(Malformed, match="canonical"):
        verify_receipt(write_proof(Proof(3, tuple(TREE.inclusion(3)), NOTE, loose)), POLICY)
    extra = b64(b'{"event":{},"salt":"00"}')
    with pytest.raises(Malformed):
        verify_receipt(f"{MAGIC}\nextra {extra}\nindex 3\n\n{NOTE}", POLICY)
