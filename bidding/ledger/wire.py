"""What the server and a witness say to each other (docs/spec/ledger.md). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidding.core.canonical import Malformed, b64, lp, sha, unb64
from bidding.core.signing import sign_bytes, verify_bytes
from bidding.ledger.note import VerifierKey, key_name

SCHEME = "Witness"
#: A signed request is good for so many seconds around the server's time.
FRESH = 60
#: C2SP tlog-witness: no more proof lines than a tree of 2^63 leaves needs.
MAX_PROOF = 63
#: Where the server listens, whatever prefix stands before it.
REQUESTS = "/log/witness/requests"
COSIGNATURES = "/log/witness/cosignatures"
_TAG = "bidlog/v1 witness request"
_HEADER = re.compile(r"Witness (\S{1,200}) (0|[1-9][0-9]{0,11}) ([0-9a-f]{128})")
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})")


def _signed(method: str, path: str, body: bytes, at: int) -> bytes:
    """What is signed: everything that gives the request its meaning, under a tag of its own."""
    return lp(_TAG, method, path, str(at), sha(body))


def authorization(name: str, seed: bytes, method: str, path: str, body: bytes, at: int) -> str:
    """The ``Authorization`` header of a witness's request, dated ``at`` (Unix seconds)."""
    return f"{SCHEME} {key_name(name)} {at} {sign_bytes(seed, _signed(method, path, body, at)).hex()}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says to have sent a request, when, with what signature."""

    name: str
    at: int
    signature: bytes

    def holds(self, key: VerifierKey, method: str, path: str, body: bytes, now: int) -> bool:
        """Whether the key made it, for this very request, within ``FRESH`` seconds of ``now``."""
        fresh = abs(now - self.at) <= FRESH
        return fresh and verify_bytes(key.key, _signed(method, path, body, self.at), self.signature)


def parse_authorization(header: str | None) -> Claim | None:
    """The claim in an ``Authorization`` header; None if it is not of this scheme."""
    found = _HEADER.fullmatch(header or "")
    return Claim(found[1], int(found[2]), bytes.fromhex(found[3])) if found else None


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """An ``add-checkpoint`` request (C2SP tlog-witness), taken apart but not yet checked."""

    old: int
    proof: tuple[bytes, ...]
    note: str


def write_add_checkpoint(old: int, proof: Sequence[bytes], note: str) -> str:
    """The body of an ``add-checkpoint`` request."""
    return f"old {old}\n" + "".join(f"{b64(part)}\n" for part in proof) + "\n" + note


def parse_add_checkpoint(text: str) -> AddCheckpoint:
    """Take the body of an ``add-checkpoint`` request apart; raises ``Malformed``."""
    head, gap, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    found = _OLD.fullmatch(first)
    if not gap or found is None:
        raise Malformed("add-checkpoint: no old size line, or no blank line")
    if len(lines) > MAX_PROOF:
        raise Malformed(f"add-checkpoint: more than {MAX_PROOF} proof lines")
    proof = tuple(unb64(line, "add-checkpoint proof") for line in lines)
    if any(len(part) != 32 for part in proof):
        raise Malformed("add-checkpoint: a proof line is not a hash")
    return AddCheckpoint(int(found[1]), proof, note)
