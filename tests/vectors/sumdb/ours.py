"""What this product signs and serves of one log, for another implementation to judge: ``python -m tests.vectors.sumdb.ours``."""

from __future__ import annotations

import base64
import json
import sys

from bidding.core.canonical import sha
from bidding.core.signing import public_key
from bidding.ledger import tiles
from bidding.ledger.events import commit, entry, leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.note import Algorithm, Head, VerifierKey, cosign_line, sign_note
from bidding.ledger.proof import Proof, write_extra, write_proof
from bidding.ledger.wire import write_add_checkpoint

ORIGIN, WITNESS = "bids.example.gov.cn/p/T-2026-001", "supervisor.example.gov.cn/w1"
LOG_SEED, WITNESS_SEED = sha("sumdb log"), sha("sumdb witness")
SIZES = (1, 2, 7, 255, 256, 257, 300)
COVER = {"v": 1, "type": "cover"}
SALTS = [sha("sumdb salt", str(n)) for n in range(SIZES[-1])]
ENTRIES = [entry(commit(salt, COVER)) for salt in SALTS]
TREE = Tree(leaf_hash(text) for text in ENTRIES)
COSIGNED_AT = 1795395600


def note(size: int) -> str:
    """A checkpoint with its witness's line."""
    head = Head(ORIGIN, size, TREE.root(size))
    return sign_note(head, LOG_SEED) + cosign_line(head.text, WITNESS, WITNESS_SEED, COSIGNED_AT)


def served() -> dict[str, str]:
    """Every tile of the log, and the last entry bundle, by path."""
    size, found = SIZES[-1], {}
    for level, index, width in ((0, 0, 256), (0, 1, 44), (1, 0, 1)):
        assert tiles.exists(level, index, width, size)
        path = f"tile/{level}/{tiles.tile_path(index, width)}"
        found[path] = base64.b64encode(tiles.hashes(TREE, level, index, width)).decode()
    bundle = tiles.bundle(ENTRIES[256:])
    return found | {f"tile/entries/{tiles.tile_path(1, 44)}": base64.b64encode(bundle).decode()}


def ours() -> dict[str, object]:
    """All of it; the same at every call."""
    return {
        "origin": ORIGIN,
        "log_vkey": str(VerifierKey(ORIGIN, Algorithm.ED25519, public_key(LOG_SEED))),
        "witness_vkey": str(VerifierKey(WITNESS, Algorithm.COSIGNATURE, public_key(WITNESS_SEED))),
        "cosigned_at": COSIGNED_AT,
        "checkpoints": [{"size": size, "note": note(size)} for size in SIZES],
        "receipts": [
            {
                "entry": ENTRIES[index],
                "text": write_proof(
                    Proof(
                        index,
                        tuple(TREE.inclusion(index, size)),
                        note(size),
                        write_extra(SALTS[index], COVER),
                    )
                ),
            }
            for index, size in ((0, 1), (1, 2), (3, 7), (255, 256), (256, 257), (0, 300), (299, 300))
        ],
        "requests": [
            write_add_checkpoint(old, TREE.consistency(old, size), note(size))
            for old, size in ((1, 2), (2, 7), (7, 255), (255, 256), (256, 257), (7, 300), (300, 300))
        ],
        "served": served(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ours(), ensure_ascii=False, indent=1))
