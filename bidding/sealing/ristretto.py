"""The group ristretto255 (RFC 9496) of libsodium: points are 32 canonical bytes, scalars integers mod L."""

from __future__ import annotations

import hashlib
from typing import Final

import rbcl

from bidding.core.canonical import Malformed, lp, unhex
from bidding.core.entropy import Entropy

#: The order of the group (RFC 9496 §4.4).
L: Final = 2**252 + 27742317777372353535851937790883648493
IDENTITY: Final = bytes(32)
G: Final = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
#: A second generator of which nobody knows the logarithm (protocol §1).
H: Final = bytes(rbcl.crypto_core_ristretto255_from_hash(hashlib.sha512(b"bidseal/v1 generator H").digest()))


def scalar_bytes(scalar: int) -> bytes:
    """The scalar as 32 bytes, little-endian, reduced mod L."""
    return (scalar % L).to_bytes(32, "little")


def wide_scalar(data: bytes) -> int:
    """64 uniform bytes as a little-endian integer mod L, without noticeable bias."""
    return int.from_bytes(data, "little") % L


def random_scalar(entropy: Entropy) -> int:
    """A scalar from 64 fresh bytes (protocol §1)."""
    return wide_scalar(entropy.bytes(64))


def hash_to_scalar(tag: str, *parts: bytes) -> int:
    """``h2s`` of protocol §1: SHA-512 over the length-prefixed parts, mod L."""
    return wide_scalar(hashlib.sha512(lp(tag, *parts)).digest())


def scalar_of(value: object, what: str) -> int:
    """A scalar from 32 bytes of lower-case hex, little-endian; ``Malformed`` unless it is below L."""
    scalar = int.from_bytes(unhex(value, 32, what), "little")
    if scalar >= L:
        raise Malformed(f"{what}: not below the group order")
    return scalar


def check_point(point: bytes, what: str) -> bytes:
    """The point itself; ``Malformed`` unless it is 32 bytes, a canonical encoding, and not the identity."""
    if len(point) != 32:
        raise Malformed(f"{what}: a point has 32 bytes, not {len(point)}")
    if not rbcl.crypto_core_ristretto255_is_valid_point(point):
        raise Malformed(f"{what}: not a canonical ristretto255 point")
    if point == IDENTITY:
        raise Malformed(f"{what}: the identity")
    return point


def point_of(value: object, what: str, *, identity: bool = False) -> bytes:
    """A point from 32 bytes of lower-case hex, or ``Malformed``. The identity passes only on request."""
    point = unhex(value, 32, what)
    return point if identity and point == IDENTITY else check_point(point, what)


def multiply(scalar: int, point: bytes) -> bytes:
    """``scalar · point`` of a valid point.

    libsodium reports an identity as an error; in a group of prime order only a zero scalar or the identity
    gives one, so those two are answered here.
    """
    scalar %= L
    if scalar == 0 or point == IDENTITY:
        return IDENTITY
    return bytes(rbcl.crypto_scalarmult_ristretto255(scalar.to_bytes(32, "little"), point))


def multiply_base(scalar: int) -> bytes:
    """``scalar · G``."""
    scalar %= L
    if scalar == 0:
        return IDENTITY
    return bytes(rbcl.crypto_scalarmult_ristretto255_base(scalar.to_bytes(32, "little")))


def add(first: bytes, second: bytes) -> bytes:
    """The sum of two valid points; it may be the identity."""
    return bytes(rbcl.crypto_core_ristretto255_add(first, second))


def subtract(first: bytes, second: bytes) -> bytes:
    """The difference of two valid points; it may be the identity."""
    return bytes(rbcl.crypto_core_ristretto255_sub(first, second))
