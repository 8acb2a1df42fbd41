"""Leaves, notes, cosignatures, receipts and words against ``protocol-vectors*.json``."""

from __future__ import annotations

import json

import pytest

from bidding.core.signing import public_key
from bidding.ledger.events import check_event, commit, entry, leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.note import Algorithm, Head, VerifierKey, cosign_line, parse_vkey, sign_line, sign_note
from bidding.ledger.proof import Proof, parse_proof, verify_receipt, write_extra, write_proof
from bidding.ledger.trust import parse_policy, write_policy
from bidding.ledger.words import six_words


@pytest.fixture
def cases(vectors):
    found = [json.loads(path.read_text()) for path in sorted(vectors.glob("protocol-vectors*.json"))]
    found = [case for case in found if "log" in case]
    if not found:
        pytest.fail(f"no protocol-vectors*.json with a log in {vectors}")
    return found


def test_leaves(cases):
    for case in cases:
        for leaf in case["leaves"]:
            assert check_event(leaf["event"]) == leaf["event"]["type"]
            commitment = commit(bytes.fromhex(leaf["salt"]), leaf["event"])
            assert commitment.hex() == leaf["commit"]
            assert entry(commitment) == leaf["entry_text"]
            assert leaf_hash(leaf["entry_text"]).hex() == leaf["leaf_hash"]


def test_checkpoints_and_cosignatures(cases):
    for case in cases:
        log = case["log"]
        head = Head(log["origin"], log["size"], bytes.fromhex(log["root"]))
        assert Tree(bytes.fromhex(leaf["leaf_hash"]) for leaf in case["leaves"]).root() == head.root
        assert head.text == log["checkpoint_text"]
        seed, witness = bytes.fromhex(log["log_seed"]), parse_vkey(log["witness_vkey"])
        assert str(VerifierKey(head.origin, Algorithm.ED25519, public_key(seed))) == log["log_vkey"]
        line = sign_line(head.text, head.origin, seed)
        assert line.rstrip("\n") == log["log_line_text"].rstrip("\n")
        cosigned = cosign_line(
            head.text, witness.name, bytes.fromhex(log["witness_seed"]), log["cosigned_at"]
        )
        assert cosigned.rstrip("\n") == log["cosignature_line_text"].rstrip("\n")
        assert sign_note(head, seed) + cosigned == log["note_text"]


def test_policies(cases):
    for case in cases:
        log = case["log"]
        policy = parse_policy(log["policy_text"])
        checked = policy.read(log["note_text"])
        assert policy.witnessed(checked)
        assert policy.witnessed(checked, not_after=log["cosigned_at"])
        assert not policy.witnessed(checked, not_after=log["cosigned_at"] - 1)
        assert write_policy(policy.log_vkey, policy.witnesses.values()).startswith(f"log {log['log_vkey']}\n")


def test_receipts(cases):
    for case in cases:
        part = case["receipt"]
        policy = parse_policy(case["log"]["policy_text"])
        leaf = case["leaves"][part["index"]]
        for name, witnessed in (("unwitnessed_text", False), ("witnessed_text", True)):
            receipt = verify_receipt(part[name], policy)
            assert receipt.index == part["index"]
            assert receipt.event == leaf["event"]
            assert receipt.entry == leaf["entry_text"]
            assert policy.witnessed(receipt.checked) is witnessed
            proof = parse_proof(part[name])
            assert [step.hex() for step in proof.path] == part["proof"]
            extra = write_extra(bytes.fromhex(leaf["salt"]), leaf["event"])
            assert write_proof(Proof(proof.index, proof.path, proof.note, extra)) == part[name]


def test_words(cases):
    for case in cases:
        for item in case["six_words"]:
            assert six_words(item["origin"], item["size"], bytes.fromhex(item["root"])) == item["words"]
