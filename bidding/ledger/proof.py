"""Receipts: C2SP tlog-proof@v1 texts that carry their salt and event along (protocol §4). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed, b64, dumps, exactly, loads, unb64, unhex
from bidding.ledger.events import check_event, commit, entry, leaf_hash
from bidding.ledger.merkle import verify_inclusion
from bidding.ledger.trust import Checked, Policy

MAGIC = "c2sp.org/tlog-proof@v1"
#: A tree of 2^63 leaves needs no longer path.
MAX_PATH = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file, taken apart but not yet checked."""

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof whose event, path and signatures hold."""

    index: int
    salt: bytes
    event: dict[str, Any]
    entry: str
    checked: Checked


def write_extra(salt: bytes, event: dict[str, Any]) -> bytes:
    """What a receipt of ours carries beside the proof."""
    return dumps({"salt": salt.hex(), "event": event})


def write_proof(proof: Proof) -> str:
    """The text of a proof file."""
    lines = [MAGIC]
    if proof.extra is not None:
        lines.append(f"extra {b64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines.extend(b64(part) for part in proof.path)
    return "".join(f"{line}\n" for line in lines) + "\n" + proof.note


def parse_proof(text: str) -> Proof:
    """Take a proof file apart; raises ``Malformed``."""
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != MAGIC:
        raise Malformed(f"proof: the first line is not {MAGIC}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = unb64(lines.pop(0).removeprefix("extra "), "proof extra")
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None:
        raise Malformed("proof: no index line")
    path = tuple(unb64(line, "proof path") for line in lines)
    if len(path) > MAX_PATH or any(len(part) != 32 for part in path):
        raise Malformed("proof: the path is too long, or not of 32-byte hashes")
    return Proof(int(found[1]), path, note, extra)


def read_extra(extra: bytes | None) -> tuple[bytes, dict[str, Any]]:
    """Salt and event of a receipt's ``extra``; raises ``Malformed``. By itself it proves nothing."""
    if extra is None:
        raise Malformed("receipt: it carries no event")
    value = exactly(loads(extra), "salt event", "receipt extra")
    salt, event = unhex(value["salt"], 32, "receipt salt"), value["event"]
    check_event(event)
    if write_extra(salt, event) != extra:
        raise Malformed("receipt extra: not canonical JSON")
    return salt, event


def verify_receipt(text: str, policy: Policy) -> Receipt:
    """Check a receipt by the keys of a panel's policy alone.

    The leaf is made anew from salt and event; its path must lead to the root that the log signed. Raises
    ``Malformed`` (``BadSignature`` among it). Ask ``policy.witnessed(receipt.checked)`` whether a quorum cosigned.
    """
    proof = parse_proof(text)
    salt, event = read_extra(proof.extra)
    line = entry(commit(salt, event))
    checked = policy.read(proof.note)
    head = checked.head
    if not verify_inclusion(leaf_hash(line), proof.index, head.size, proof.path, head.root):
        raise Malformed("receipt: the path does not lead from the event to the signed root")
    return Receipt(proof.index, salt, event, line, checked)
