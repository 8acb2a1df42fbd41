"""The logs' signing keys, and the greatest tree that each of them is known to have signed."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.canonical import Malformed
from bidding.core.durable import write_durably
from bidding.core.entropy import Entropy, SystemEntropy
from bidding.core.signing import public_key
from bidding.ledger.note import Algorithm, Head, VerifierKey, key_name, parse_head
from bidding.ledger.rules import CENTRE

_SEED_SIZE = 32
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,98}[A-Za-z0-9])?")


class KeysUnsafe(Exception):
    """The key file is not as it must be; the message says what to do about it."""


class LogKeys:
    """One master seed, one key per log (HKDF-SHA256, info ``bidlog key ORIGIN``), and the heights reached.

    The heights lie beside the key and not in the database: a database that was restored from a backup is older
    than they, and that is how a log notices that it must not sign (protocol §4). So they are backed up with the
    keys, never put back together with a database.
    """

    def __init__(
        self, directory: Path, host: str, entropy: Entropy | None = None, *, quorum: int = 0
    ) -> None:
        """``quorum`` is how many witnesses a new panel's policy asks for; 0: a majority of those in service."""
        if not _HOST.fullmatch(host):
            msg = f"not a host that can stand in a log's origin: {host!r}"
            raise KeysUnsafe(msg)
        self.host = host
        self.quorum = quorum
        self._directory = Path(directory)
        self._entropy = entropy or SystemEntropy()
        self._master: bytes | None = None
        self._seeds: dict[str, bytes] = {}

    def origin(self, code: str) -> str:
        """The origin of the log of a project, or of the centre."""
        return f"{self.host}/{CENTRE}" if code == CENTRE else f"{self.host}/p/{code}"

    def seed(self, origin: str) -> bytes:
        """The Ed25519 seed of one log. The master seed is created at first use."""
        if origin not in self._seeds:
            kdf = HKDF(SHA256(), length=_SEED_SIZE, salt=None, info=f"bidlog key {origin}".encode())
            self._seeds[origin] = kdf.derive(self._read_master())
        return self._seeds[origin]

    def vkey(self, origin: str) -> VerifierKey:
        """The public key of one log, under the origin as its name."""
        return VerifierKey(key_name(origin), Algorithm.ED25519, public_key(self.seed(origin)))

    def highest(self, origin: str) -> Head | None:
        """The greatest tree of the log that is known to have been signed here."""
        try:
            return parse_head(self._height(origin).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except Malformed as error:
            msg = f"{self._height(origin)}: damaged ({error}); nothing is signed until it is put back"
            raise KeysUnsafe(msg) from error

    def remember(self, head: Head) -> None:
        """Keep the height of a signed tree, durably; a lower one changes nothing."""
        with self._locked():
            known = self.highest(head.origin)
            if known is None or known.size < head.size:
                target = self._height(head.origin)
                target.parent.mkdir(mode=0o700, exist_ok=True)
                write_durably(target, head.text.encode())

    def _height(self, origin: str) -> Path:
        return self._directory / "heights" / hashlib.sha256(origin.encode()).hexdigest()[:32]

    def _read_master(self) -> bytes:
        if self._master is None:
            path = self._directory / "log.seed"
            if not path.exists():
                with self._locked():
                    if not path.exists():
                        write_durably(path, self._entropy.bytes(_SEED_SIZE).hex().encode(), replace=False)
            if path.stat().st_mode & 0o077:
                msg = f"{path} can be read by others: chmod 600, and think about who may have read it"
                raise KeysUnsafe(msg)
            seed = bytes.fromhex(path.read_text("ascii"))
            if len(seed) != _SEED_SIZE:
                msg = f"{path} does not hold a seed of {_SEED_SIZE} bytes"
                raise KeysUnsafe(msg)
            self._master = seed
        return self._master

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._directory / "lock").open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
