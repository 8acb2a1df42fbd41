"""A witness: remembers the last tree of every log, and cosigns only what continues it (C2SP tlog-witness).

Needs no database and no Flask: it runs on another machine, in other hands than the server's.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from bidding.core.canonical import (
    Malformed,
    array,
    b64,
    dumps,
    exactly,
    integer,
    loads,
    text_of,
    unb64,
    unhex,
)
from bidding.core.durable import write_durably
from bidding.core.entropy import Entropy
from bidding.core.signing import public_key
from bidding.ledger.merkle import EMPTY_ROOT, verify_consistency
from bidding.ledger.note import (
    Algorithm,
    BadSignature,
    Head,
    VerifierKey,
    cosign_line,
    key_name,
    open_note,
    parse_head,
    parse_vkey,
)
from bidding.ledger.wire import parse_add_checkpoint


class Refused(Exception):
    """The witness does not cosign; the message says why."""


class UnknownLog(Refused):
    """Nobody has told the witness the key of this log (tlog-witness: 404)."""


class Conflict(Refused):
    """The request does not start from the size that the witness holds (tlog-witness: 409)."""

    def __init__(self, origin: str, size: int, note: str = "") -> None:
        self.origin = origin
        self.size = size
        self.note = note
        super().__init__(f"{origin}: the witness holds size {size}")


class Fork(Refused):
    """The log has signed two histories. ``evidence`` holds both signed notes: keep it, it is the proof."""

    def __init__(self, message: str, evidence: str, held: Conflict | None = None) -> None:
        self.evidence = evidence
        #: Set where both roots are for one size (tlog-witness: 409), else the proof failed (422).
        self.held = held
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Seen:
    """The last tree of one log that was cosigned, and the key the log had from the first."""

    vkey: str
    size: int
    root: str
    note: str


class State(Protocol):
    """What a witness remembers. ``locked`` keeps a second process out between reading and writing."""

    def locked(self) -> AbstractContextManager[None]:
        """Hold the state for one decision."""
        ...

    def load(self) -> dict[str, Seen]:
        """Everything remembered, by origin."""
        ...

    def save(self, seen: dict[str, Seen]) -> None:
        """Make it durable before returning."""
        ...


class StateFile:
    """The state as one JSON file, replaced whole: a crash leaves the old one or the new one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Exclusive among processes, by a lock file beside it."""
        with self._path.with_name(self._path.name + ".lock").open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def load(self) -> dict[str, Seen]:
        """Read the file; a missing one is an empty memory, a damaged one raises ``Malformed``."""
        if not self._path.exists():
            return {}
        value = exactly(loads(self._path.read_bytes()), "v logs", "witness state")
        integer(value["v"], "witness state version", 1, 1)
        if not isinstance(value["logs"], dict):
            raise Malformed("witness state: logs")
        return {origin: _seen(item) for origin, item in value["logs"].items()}

    def save(self, seen: dict[str, Seen]) -> None:
        """Replace the file."""
        data = dumps({"v": 1, "logs": {origin: asdict(item) for origin, item in seen.items()}})
        write_durably(self._path, data)


def _seen(value: object) -> Seen:
    item = exactly(value, "vkey size root note", "witness state")
    unhex(item["root"], 32, "witness state root")
    return Seen(
        text_of(item["vkey"], "vkey"),
        integer(item["size"], "size"),
        item["root"],
        text_of(item["note"], "note"),
    )


class Witness:
    """One witness key and its memory."""

    def __init__(self, name: str, seed: bytes, state: State) -> None:
        self.name = name
        self.seed = seed
        self._state = state

    @property
    def vkey(self) -> VerifierKey:
        """The key by which its cosignatures are checked, and under which the centre enrols it."""
        return VerifierKey(self.name, Algorithm.COSIGNATURE, public_key(self.seed))

    def sizes(self) -> dict[str, int]:
        """The last size held of every log."""
        return {origin: seen.size for origin, seen in self._state.load().items()}

    def note(self, origin: str) -> str | None:
        """The log's own signed note that was last cosigned: proof that the log was once so long."""
        seen = self._state.load().get(origin)
        return None if seen is None or not seen.note else seen.note

    def key_of(self, origin: str) -> str | None:
        """The key that the log has had since it was first seen or introduced."""
        seen = self._state.load().get(origin)
        return None if seen is None else seen.vkey

    def learn(self, key: VerifierKey) -> None:
        """Take a log's key before its first checkpoint. Raises ``Refused`` for a log that has another."""
        with self._state.locked():
            known = self._state.load()
            seen = known.get(key.name)
            if seen is None:
                known[key.name] = Seen(str(key), 0, EMPTY_ROOT.hex(), "")
                self._state.save(known)
            elif seen.vkey != str(key):
                raise Refused(f"{key.name}: its key has changed from {seen.vkey}")

    def cosign(self, request: str, log_vkey: str, at: int) -> str:
        """The cosignature line, dated ``at`` (Unix seconds), for an ``add-checkpoint`` request.

        A log that was never seen is taken with the key it comes with, and may never change it. The memory is
        durable before the line exists: killed in between, the witness has promised nothing it has forgotten.
        Raises ``Malformed`` or ``BadSignature``, ``Conflict``, ``Fork``.
        """
        asked = parse_add_checkpoint(request)
        key = parse_vkey(log_vkey)
        if key.algorithm is not Algorithm.ED25519:
            raise Malformed("the log's key is of the wrong type")
        opened = open_note(asked.note, [key])
        head = parse_head(opened.text)
        if key.name != head.origin:
            raise BadSignature(f"{head.origin}: signed by {key.name}")
        if asked.old > head.size:
            raise Malformed(f"{head.origin}: the old size is beyond the new one")
        with self._state.locked():
            known = self._state.load()
            seen = known.get(head.origin)
            _check(seen, log_vkey, asked.old, asked.proof, head, asked.note)
            known[head.origin] = Seen(log_vkey, head.size, head.root.hex(), asked.note)
            self._state.save(known)
            return cosign_line(opened.text, self.name, self.seed, at)


def _check(
    seen: Seen | None, log_vkey: str, old: int, proof: tuple[bytes, ...], head: Head, note: str
) -> None:
    """Whether ``head`` continues what was seen."""
    if seen is None:
        if old != 0:
            raise Conflict(head.origin, 0)
        if proof:
            raise Malformed(f"{head.origin}: a proof from size 0 is empty")
        return
    if seen.vkey != log_vkey:
        raise Refused(f"{head.origin}: its key has changed from {seen.vkey}")
    if old != seen.size:
        raise Conflict(head.origin, seen.size, seen.note)
    root = bytes.fromhex(seen.root)
    if old == head.size and root != head.root:
        message = f"{head.origin}: two roots for size {old}"
        raise Fork(message, f"{seen.note}\n\n{note}", Conflict(head.origin, seen.size, seen.note))
    if old and not verify_consistency(old, head.size, proof, root, head.root):
        message = f"{head.origin}: size {head.size} does not continue size {old}"
        raise Fork(message, f"{seen.note}\n\n{note}")
    if not old and proof:
        raise Malformed(f"{head.origin}: a proof from size 0 is empty")


#: More than a witness's disk should be made to keep by whoever can reach it.
_MOST_PROOFS = 32


def keep_evidence(state: Path, evidence: str) -> Path | None:
    """Keep the proof of a fork beside the state, once; its file, or None where there are enough already."""
    for number in range(1, _MOST_PROOFS + 1):
        path = state.with_name(f"{state.name}.fork-{number}")
        if not path.exists():
            write_durably(path, evidence.encode())
            return path
        if path.read_text("utf-8") == evidence:
            return path
    return None


_KEY = "PRIVATE+KEY"


def new_key(name: str, entropy: Entropy) -> str:
    """A new witness key as text, in the form that other witnesses use too: ``PRIVATE+KEY+NAME+HASH+BASE64``."""
    seed = entropy.bytes(32)
    key = VerifierKey(key_name(name), Algorithm.COSIGNATURE, public_key(seed))
    return f"{_KEY}+{name}+{key.key_id.hex()}+{b64(bytes([Algorithm.COSIGNATURE]) + seed)}\n"


def parse_key(text: str) -> tuple[str, bytes]:
    """Name and seed of a witness key; raises ``Malformed``."""
    parts = text.strip().split("+", 4)
    if len(parts) != 5 or "+".join(parts[:2]) != _KEY:
        raise Malformed("witness key: not PRIVATE+KEY+NAME+HASH+KEY")
    raw = unb64(parts[4], "witness key")
    if len(raw) != 33 or raw[0] != Algorithm.COSIGNATURE:
        raise Malformed("witness key: not an Ed25519 key of type 0x04")
    key = VerifierKey(key_name(parts[2]), Algorithm.COSIGNATURE, public_key(raw[1:]))
    if key.key_id.hex() != parts[3]:
        raise Malformed("witness key: its hash is of another key or name")
    return parts[2], raw[1:]


def parse_requests(body: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """The server's answer: ``(log vkey, add-checkpoint request)`` pairs, and the origins it wants shown."""
    value = exactly(loads(body), "v requests show", "requests")
    integer(value["v"], "requests version", 1, 1)
    pairs = [exactly(item, "vkey request", "requests") for item in array(value["requests"], "requests")]
    return (
        [(text_of(item["vkey"], "vkey"), text_of(item["request"], "request")) for item in pairs],
        [text_of(origin, "show") for origin in array(value["show"], "show")],
    )
