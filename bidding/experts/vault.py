"""Keeping telephone numbers, identity numbers and addresses of experts so that a stolen database shows none. Pure.

A value is sealed under a nonce made of the value itself (as in RFC 5297): the same number sealed again is the same
bytes, so the database can tell that a person is there already, and an update that changes nothing changes nothing. What
it gives away is that two rows hold the same value, which a keyed digest beside it would give away as well.
"""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.errors import N_, DomainError

_NONCE = 12


class PoolLocked(DomainError):
    """The key in ``instance/keys`` is not the one that the pool was kept with."""

    code = "pool.locked"
    text = N_(
        "专家的电话和证件号码现在读不出来：服务器上的密钥文件 experts.key 不是存入时的那一个。请系统管理员放回备份的密钥文件，再重新启动。"
    )
    status = 503


class PoolVault:
    """AES-256-GCM under one key, nonces under another; both from the 32 bytes of ``keys/experts.key``."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"bidding experts: seal"))
        self._nonces = _derived(key, b"bidding experts: nonce")

    def seal(self, text: str, column: str) -> bytes:
        """The value as it is stored: nonce and ciphertext, readable as a value of this column only."""
        return self.seal_bytes(text.encode(), column)

    def open(self, sealed: bytes, column: str) -> str:
        """The value again. Raises ``PoolLocked`` for another key, another column or a changed row."""
        return self.open_bytes(sealed, column).decode()

    def seal_bytes(self, data: bytes, label: str) -> bytes:
        """The same for a file."""
        name = label.encode()
        nonce = hmac.digest(self._nonces, name + b"\0" + data, "sha256")[:_NONCE]
        return nonce + self._cipher.encrypt(nonce, data, name)

    def open_bytes(self, sealed: bytes, label: str) -> bytes:
        """The file again. Raises ``PoolLocked``."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], label.encode())
        except (InvalidTag, ValueError) as error:
            raise PoolLocked from error


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)
