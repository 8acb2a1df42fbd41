"""What the server and a witness say to each other (docs/spec/ledger.md). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidding.core.canonical import Malformed, b64, lp, sha, unb64
from bidding.core.signing import sign_bytes, verify_bytes
from bidding.ledger.note import (
    Algorithm,
    BadSignature,
    VerifierKey,
    key_name,
    open_note,
    parse_vkey,
    sign_line,
)

SCHEME = "Witness"
#: A signed request is good for so many seconds around the server's time.
FRESH = 60
#: C2SP tlog-witness: no more proof lines than a tree of 2^63 leaves needs.
MAX_PROOF = 63
#: Where a witness listens, under its address; ``ADD_CHECKPOINT`` and ``SIZE_TYPE`` are those of tlog-witness.
ADD_CHECKPOINT, ADD_LOG = "/add-checkpoint", "/add-log"
SIZE_TYPE = "text/x.tlog.size"
#: Header of a 409: the log's own signed note of the size that the witness holds, in Base64. It proves the size.
HELD = "Tlog-Held-Note"
#: Where the server listens, whatever prefix stands before it.
REQUESTS = "/log/witness/requests"
COSIGNATURES = "/log/witness/cosignatures"
_TAG = "bidlog/v1 witness request"
#: First line of the note by which the centre's log introduces a project's. A checkpoint never begins so: its first
#: line has no space and its second is a number, so that neither can be taken for the other.
_INTRODUCTION = "bidlog/v1 log-key"
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


def write_introduction(log: VerifierKey, centre: str, centre_seed: bytes) -> str:
    """The note by which the centre's log (its origin and seed) tells a witness the key of a project's log."""
    text = f"{_INTRODUCTION}\n{log}\n"
    return f"{text}\n{sign_line(text, centre, centre_seed)}"


def read_introduction(note: str, centres: Sequence[VerifierKey]) -> VerifierKey:
    """The key of a project's log, introduced by one of these centres' logs.

    A centre speaks for ``HOST/p/…`` of its own host alone. Raises ``Malformed``, or ``BadSignature`` among it.
    """
    opened = open_note(note, centres)
    first, vkey, *rest = opened.text.split("\n")
    if first != _INTRODUCTION or rest != [""]:
        raise Malformed("introduction: not a log's key")
    key = parse_vkey(vkey)
    if key.algorithm is not Algorithm.ED25519:
        raise Malformed("introduction: the key is of the wrong type")
    if not any(key.name.startswith(f"{signer.name.removesuffix('/centre')}/p/") for signer in opened.signers):
        raise BadSignature(f"introduction: {key.name} is not a log of the centre that signed")
    return key
