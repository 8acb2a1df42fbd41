"""Against Go's ``golang.org/x/mod/sumdb``: what it accepted is what we write, and what it writes we accept.

``sumdb/README.md`` says how the file was made.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from bidding.ledger.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from bidding.ledger.note import open_note, parse_head, parse_vkey
from bidding.ledger.tiles import exists, hashes, parse_tile_path
from tests.vectors.sumdb.ours import ours

FOUND = json.loads((Path(__file__).parent / "sumdb" / "sumdb.json").read_text("utf-8"))
THEIRS = FOUND["theirs"]
TREE = Tree(leaf_hash(f"entry {n}".encode()) for n in range(THEIRS["entries"]))


def test_go_accepted_to_the_byte_what_is_written_today():
    assert ours() == FOUND["ours"]


@pytest.fixture(scope="module")
def roots():
    keys = [parse_vkey(THEIRS["log_vkey"]), parse_vkey(THEIRS["witness_vkey"])]
    found = {}
    for checkpoint in THEIRS["checkpoints"]:
        opened = open_note(checkpoint["note"], keys)
        head = parse_head(opened.text)
        assert opened.signers == {keys[0]: (), keys[1]: (THEIRS["cosigned_at"],)}
        assert head.size == checkpoint["size"]
        found[head.size] = head.root
    return found


def test_gos_notes_open_and_its_roots_are_ours(roots):
    assert len(roots) == 11
    assert roots == {size: TREE.root(size) for size in roots}


def raw(proof):
    return [base64.b64decode(part) for part in proof or []]


def test_gos_proofs_are_ours(roots):
    for record in THEIRS["records"]:
        index, size, proof = record["Index"], record["Size"], raw(record["Proof"])
        assert proof == TREE.inclusion(index, size)
        assert verify_inclusion(TREE.leaf(index), index, size, proof, roots[size])
    for tree in THEIRS["trees"]:
        old, size, proof = tree["Old"], tree["Size"], raw(tree["Proof"])
        assert proof == TREE.consistency(old, size)
        assert verify_consistency(old, size, proof, TREE.root(old), roots[size])


def test_gos_tiles_are_ours():
    assert len(THEIRS["tiles"]) == 3
    for path, data in THEIRS["tiles"].items():
        _, level, name = path.split("/", 2)
        index, width = parse_tile_path(name)
        assert exists(int(level), index, width, THEIRS["entries"])
        assert hashes(TREE, int(level), index, width) == base64.b64decode(data)
