"""Merkle proofs against the published vectors of RFC 6962 trees: every file under ``merkle/``."""

from __future__ import annotations

import base64
import json

import pytest

from bidding.ledger.merkle import verify_consistency, verify_inclusion


def _cases(folder, kind):
    return [
        (str(path.relative_to(folder)), json.loads(path.read_text()))
        for path in sorted((folder / "merkle" / kind).rglob("*.json"))
    ]


def _raw(text):
    return base64.b64decode(text or "")


def _proof(case):
    return [_raw(part) for part in case["proof"] or []]


def test_there_are_vectors(vectors):
    if not _cases(vectors, "inclusion") + _cases(vectors, "consistency"):
        pytest.fail(f"no merkle/inclusion or merkle/consistency in {vectors}")


def test_inclusion(vectors):
    for name, case in _cases(vectors, "inclusion"):
        held = verify_inclusion(
            _raw(case["leafHash"]), case["leafIdx"], case["treeSize"], _proof(case), _raw(case["root"])
        )
        assert held is not case["wantErr"], f"{name}: {case['desc']}"


def test_consistency(vectors):
    for name, case in _cases(vectors, "consistency"):
        held = verify_consistency(
            case["size1"], case["size2"], _proof(case), _raw(case["root1"]), _raw(case["root2"])
        )
        assert held is not case["wantErr"], f"{name}: {case['desc']}"
