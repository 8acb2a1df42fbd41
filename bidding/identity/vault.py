"""Keeping the secrets of second factors so that a stolen database gives nobody a code."""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError

_NONCE = 12


class VaultLocked(DomainError):
    """The key in ``instance/keys`` is not the one that the secret was kept with."""

    code = "identity.vault_locked"
    text = N_(
        "这个验证器的密钥现在读不出来（服务器的密钥文件换过）。请用恢复码或通行密钥登录，再重新设置验证器。"
    )
    status = 409


class Vault:
    """AES-256-GCM under one key, another for marks; both from the 32 bytes of ``keys/second-factors.key``."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"bidding second factor: seal"))
        self._mark = _derived(key, b"bidding second factor: mark")

    def seal(self, secret: bytes, owner: str, entropy: Entropy) -> bytes:
        """The secret as it is stored: nonce and ciphertext, readable for this owner's row only."""
        nonce = entropy.bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """The secret again. Raises ``VaultLocked`` for another key, another owner or a changed row."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultLocked from error

    def mark(self, code: str) -> str:
        """What is stored of a one-time code: HMAC-SHA-256 in hex. A code has 79 bits, so nothing slower is needed."""
        return hmac.digest(self._mark, code.encode(), "sha256").hex()


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)
