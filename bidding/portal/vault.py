"""E-mail addresses of people who have no account here: in the database only as what the key in ``keys/mail.key`` can read.

The same key makes the links by which somebody stops a letter, so that none of them need be kept. Pure.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bidding.core.entropy import Entropy

_NONCE = 12
_LABEL = b"saved_search.address"


class Unreadable(Exception):
    """The address was kept with another key, or somebody changed the row."""


class AddressVault:
    """AES-256-GCM under one key, digests and links under others; all from the 32 bytes of ``keys/mail.key``."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"bidding searches: seal"))
        self._digests = _derived(key, b"bidding searches: digest")
        self._links = _derived(key, b"bidding searches: stop")

    def seal(self, address: str, entropy: Entropy) -> bytes:
        """The address as it is stored: nonce and ciphertext. Sealed again it is other bytes."""
        nonce = entropy.bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, address.encode(), _LABEL)

    def open(self, sealed: bytes) -> str:
        """The address again. Raises ``Unreadable``."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _LABEL).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error

    def digest(self, kind: str, value: str) -> str:
        """By what the same value is known again, and by nobody without the key. E-mail: whatever its case."""
        return hmac.new(self._digests, f"{kind}\0{value.casefold()}".encode(), "sha256").hexdigest()

    def stop_token(self, uid: str) -> str:
        """What the link in a letter ends with that stops it: 160 bits, worked out anew each time."""
        return hmac.new(self._links, uid.encode(), "sha256").hexdigest()[:40]

    def stops(self, uid: str, token: str) -> bool:
        """Whether a link's token is the one for this search."""
        return hmac.compare_digest(self.stop_token(uid).encode(), token.encode())


def _derived(key: bytes, label: bytes) -> bytes:
    return hmac.new(key, label, hashlib.sha256).digest()
