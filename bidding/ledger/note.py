"""Signed notes (C2SP signed-note), checkpoints (tlog-checkpoint), cosignatures v1 (tlog-cosignature). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bidding.core.canonical import MAX_INTEGER, Malformed, b64, sha, unb64
from bidding.core.signing import is_acceptable_key, public_key, sign_bytes, verify_bytes

#: A note larger than this is not read: sixteen signatures of the kinds used here fit many times over.
MAX_NOTE = 64 * 1024
_DASH = "\N{EM DASH} "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_STAMP = 8
_SIGNATURE = 64


class BadSignature(Malformed):
    """A signature by a known key does not hold, or no known key has signed."""


class Algorithm(IntEnum):
    """The signature type byte of a key."""

    ED25519 = 0x01  # a log's own signature
    COSIGNATURE = 0x04  # a witness's, with the time inside it


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and a public key for one kind of signature."""

    name: str
    algorithm: Algorithm
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, say whose a signature line is."""
        return sha(self.name, b"\n", bytes([self.algorithm]), self.key)[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([self.algorithm]) + self.key)}"


def key_name(value: str) -> str:
    """A name a key may have: not empty, no space of any kind, plus or control sign; else ``Malformed``."""
    if not value or any(sign.isspace() or sign == "+" or ord(sign) < 0x21 for sign in value):
        raise Malformed("key name: empty, or with a space or a plus in it")
    return value


def parse_vkey(text: str) -> VerifierKey:
    """``NAME+HASH+BASE64`` as a key; raises ``Malformed`` (also for keys of small order)."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _KEY_ID.fullmatch(parts[1]):
        raise Malformed("verifier key: not NAME+HASH+KEY")
    raw = unb64(parts[2], "verifier key")
    if len(raw) != 33 or raw[0] not in set(Algorithm) or not is_acceptable_key(raw[1:]):
        raise Malformed("verifier key: not an Ed25519 key of type 0x01 or 0x04")
    key = VerifierKey(key_name(parts[0]), Algorithm(raw[0]), raw[1:])
    if key.key_id.hex() != parts[1]:
        raise Malformed("verifier key: its hash is of another key or name")
    return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, taken apart but not yet checked."""

    name: str
    key_id: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: so many leaves of this log have this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


def parse_head(text: str) -> Head:
    """The text of a checkpoint; extension lines are refused, since no monitor can check them."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] != "":
        raise Malformed("checkpoint: not exactly three lines")
    if not _DECIMAL.fullmatch(lines[1]) or int(lines[1]) > MAX_INTEGER:
        raise Malformed("checkpoint: the size is not a decimal number")
    root = unb64(lines[2], "checkpoint root")
    if len(root) != 32:
        raise Malformed("checkpoint: the root has not 32 bytes")
    return Head(key_name(lines[0]), int(lines[1]), root)


def sign_line(text: str, name: str, seed: bytes) -> str:
    """A log's signature line over a note's text, with its newline."""
    key = VerifierKey(key_name(name), Algorithm.ED25519, public_key(seed))
    return f"{_DASH}{name} {b64(key.key_id + sign_bytes(seed, text.encode()))}\n"


def cosign_line(text: str, name: str, seed: bytes, at: int) -> str:
    """A witness's cosignature line, dated ``at`` (Unix seconds), with its newline."""
    key = VerifierKey(key_name(name), Algorithm.COSIGNATURE, public_key(seed))
    body = at.to_bytes(_STAMP, "big") + sign_bytes(seed, _cosigned(text, at))
    return f"{_DASH}{name} {b64(key.key_id + body)}\n"


def sign_note(head: Head, seed: bytes) -> str:
    """A checkpoint signed by its log, whose key's name is the origin."""
    return f"{head.text}\n{sign_line(head.text, head.origin, seed)}"


def parse_signature(line: str) -> Signature:
    """One signature line without its newline; else ``Malformed``."""
    parts = line[len(_DASH) :].split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise Malformed("signature line: not a dash, a name and a signature")
    raw = unb64(parts[1], "signature line")
    if len(raw) < 5:
        raise Malformed("signature line: too short")
    return Signature(key_name(parts[0]), raw[:4], raw[4:])


def parse_note(note: str) -> tuple[str, list[Signature]]:
    """A note as its text (with the last newline) and its signature lines, unchecked; else ``Malformed``."""
    if len(note) > MAX_NOTE:
        raise Malformed("note: too long")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in note):
        raise Malformed("note: a control sign")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not text or not tail.endswith("\n"):
        raise Malformed("note: no text, or no signature lines after a blank line")
    return text + "\n", [parse_signature(line) for line in tail[:-1].split("\n")]


@dataclass(frozen=True, slots=True)
class Opened:
    """A note whose every signature by a known key holds."""

    text: str
    #: Who signed, and for cosignatures when (Unix seconds; each, should one key have signed twice).
    signers: Mapping[VerifierKey, tuple[int, ...]]


def open_note(note: str, keys: Iterable[VerifierKey]) -> Opened:
    """Check a note. Unknown keys are passed over.

    Raises ``Malformed`` for the form, ``BadSignature`` when a known key's signature fails or none is there.
    """
    known = {(key.name, key.key_id): key for key in keys}
    text, signatures = parse_note(note)
    signers: dict[VerifierKey, tuple[int, ...]] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            signers[key] = signers.get(key, ()) + check_signature(text, key, signature)
    if not signers:
        raise BadSignature("note: no signature by a known key")
    return Opened(text, signers)


def check_signature(text: str, key: VerifierKey, signature: Signature) -> tuple[int, ...]:
    """Check one line by its key: ``()`` for a log, ``(time,)`` for a witness; raises ``BadSignature``."""
    if key.algorithm is Algorithm.ED25519:
        if not verify_bytes(key.key, text.encode(), signature.body):
            raise BadSignature(f"note: the signature of {key.name} does not hold")
        return ()
    if len(signature.body) != _STAMP + _SIGNATURE:
        raise BadSignature(f"note: the cosignature of {key.name} has the wrong length")
    at = int.from_bytes(signature.body[:_STAMP], "big")
    if at > MAX_INTEGER or not verify_bytes(key.key, _cosigned(text, at), signature.body[_STAMP:]):
        raise BadSignature(f"note: the cosignature of {key.name} does not hold")
    return (at,)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
