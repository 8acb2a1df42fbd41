"""Ed25519 as protocol §1 uses it: over ``tag ‖ JCS(object)``, checked strictly."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bidding.core.canonical import dumps

_P = 2**255 - 19
#: The y coordinates of the eight points of small order: with such a key a signature proves nothing.
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _P - 1,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    }
)


def public_key(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign_bytes(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of raw bytes (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def is_acceptable_key(key: bytes) -> bool:
    """Whether 32 bytes are a canonical point that is not of small order."""
    if len(key) != 32:
        return False
    y = int.from_bytes(key, "little") & (2**255 - 1)
    return y < _P and y not in _SMALL_ORDER_Y


def verify_bytes(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds: cofactorless, S < L, canonical points, no key of small order."""
    if len(signature) != 64 or not is_acceptable_key(key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_object(seed: bytes, tag: str, value: Any) -> str:
    """Hex signature over ``tag ‖ JCS(value)``."""
    return sign_bytes(seed, tag.encode() + dumps(value)).hex()


def verify_object(key: bytes, tag: str, value: Any, signature: Any) -> bool:
    """Whether ``signature`` (lower-case hex, 64 bytes) is the key's over ``tag ‖ JCS(value)``."""
    if not isinstance(signature, str) or len(signature) != 128 or signature != signature.lower():
        return False
    try:
        raw = bytes.fromhex(signature)
    except ValueError:
        return False
    return len(raw) == 64 and verify_bytes(key, tag.encode() + dumps(value), raw)
