"""Publicly verifiable secret sharing (Schoenmakers 1999), tenderer to trustees (protocol §2, §3, §6).

The tenderer deals a secret to n public keys; anybody can check that any k of their holders recover it; the
secret is the key of an ordinary age identity. Nothing here trusts the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.canonical import Malformed, array, exactly, integer
from bidding.core.entropy import Entropy
from bidding.sealing import bech32
from bidding.sealing.ristretto import (
    IDENTITY,
    H,
    L,
    add,
    check_point,
    hash_to_scalar,
    multiply,
    multiply_base,
    point_of,
    random_scalar,
    scalar_bytes,
    scalar_of,
    subtract,
    wide_scalar,
)


def _hkdf(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(key)


def trustee_scalar(seed: bytes) -> int:
    """The secret scalar x of a trustee's 32-byte seed (protocol §2)."""
    return wide_scalar(_hkdf(seed, b"", b"bidseal/v1/trustee-x", 64))


def trustee_public(seed: bytes) -> bytes:
    """The public key Y = x·G of a trustee's seed."""
    return multiply_base(trustee_scalar(seed))


def trustee_sign_seed(seed: bytes) -> bytes:
    """The Ed25519 seed of a trustee's seed."""
    return _hkdf(seed, b"", b"bidseal/v1/trustee-ed25519", 32)


def deal(ctx: bytes, k: int, pubs: Sequence[bytes], entropy: Entropy) -> tuple[dict[str, Any], bytes]:
    """The dealing (as JSON) of a fresh secret to ``pubs``, of whom any ``k`` recover it; and the secret S.

    ``ctx`` is the 32 bytes the dealing is bound to. Raises ``Malformed`` for keys or counts that no verifier
    would take.
    """
    dealing, a0 = deal_scalar(ctx, k, pubs, entropy)
    return dealing, multiply_base(a0)


def deal_scalar(ctx: bytes, k: int, pubs: Sequence[bytes], entropy: Entropy) -> tuple[dict[str, Any], int]:
    """The same, with the scalar a₀ behind the secret S = a₀·G: a party of a draw publishes it later (§7.3)."""
    n = len(pubs)
    _check_keys(k, pubs)
    coefficients = [random_scalar(entropy) for _ in range(k)]
    commitments = [multiply(a, H) for a in coefficients]
    values = [_evaluate(coefficients, i) for i in range(1, n + 1)]
    shares = [multiply(p, y) for p, y in zip(values, pubs, strict=True)]
    nonces = [random_scalar(entropy) for _ in range(n)]
    announced = [multiply(w, H) + multiply(w, y) for w, y in zip(nonces, pubs, strict=True)]
    c = _challenge(ctx, k, commitments, pubs, shares, announced)
    dealing = {
        "C": [point.hex() for point in commitments],
        "E": [point.hex() for point in shares],
        "c": scalar_bytes(c).hex(),
        "z": [scalar_bytes(w - c * p).hex() for w, p in zip(nonces, values, strict=True)],
    }
    return dealing, coefficients[0]


def check_dealing(ctx: bytes, k: int, pubs: Sequence[bytes], dealing: object) -> None:
    """Check that any ``k`` of ``pubs`` recover what was dealt under ``ctx`` (protocol §3, "Verify dealing").

    Raises ``Malformed`` with the reason. Costs about 4 n multiplications.
    """
    n = len(pubs)
    _check_keys(k, pubs)
    parts = exactly(dealing, "C E c z", "dealing")
    for name, count in (("C", k), ("E", n), ("z", n)):
        if len(array(parts[name], f"dealing: {name}")) != count:
            raise Malformed(f"dealing: {name} has {len(parts[name])} entries, not {count}")
    commitments = [point_of(v, f"dealing: C[{j}]", identity=j > 0) for j, v in enumerate(parts["C"])]
    shares = [point_of(v, f"dealing: E[{i}]") for i, v in enumerate(parts["E"])]
    c = scalar_of(parts["c"], "dealing: c")
    answers = [scalar_of(v, f"dealing: z[{i}]") for i, v in enumerate(parts["z"])]
    # c·X_i for all i at the price of k multiplications: the values of the polynomial with coefficients c·C_j.
    on_h = _values([multiply(c, point) for point in commitments], n)
    announced = [
        add(multiply(z, H), cx) + add(multiply(z, y), multiply(c, e))
        for z, cx, y, e in zip(answers, on_h, pubs, shares, strict=True)
    ]
    if _challenge(ctx, k, commitments, pubs, shares, announced) != c:
        raise Malformed("dealing: the proof does not hold for these trustees and this bid")


def make_share(ctx: bytes, i: int, x: int, e: bytes, entropy: Entropy) -> dict[str, Any]:
    """Trustee ``i``'s decrypted share of ``e`` with its proof (protocol §3, "Share").

    The dealing MUST have been checked under ``ctx`` before: otherwise a share copied from another tender
    would be opened here. Fresh randomness is mixed with the key, so that a broken generator leaks nothing.
    """
    check_point(e, f"E of trustee {i}")
    share = multiply(pow(x, -1, L), e)
    w = random_scalar(entropy) + hash_to_scalar("bidseal/v1/nonce", scalar_bytes(x), ctx, e)
    c = _share_challenge(ctx, i, multiply_base(x), e, share, multiply_base(w), multiply(w, share))
    return {"i": i, "S": share.hex(), "c": scalar_bytes(c).hex(), "z": scalar_bytes(w - c * x).hex()}


def check_share(ctx: bytes, i: int, pub: bytes, e: bytes, share: object) -> None:
    """Check that ``share`` is what trustee ``i`` with key ``pub`` decrypts from ``e``; else ``Malformed``."""
    parts = exactly(share, "i S c z", "share")
    if integer(parts["i"], "share: i") != i:
        raise Malformed(f"share: is trustee {parts['i']}'s, not trustee {i}'s")
    check_point(pub, f"key of trustee {i}")
    check_point(e, f"E of trustee {i}")
    point = point_of(parts["S"], "share: S")
    c = scalar_of(parts["c"], "share: c")
    z = scalar_of(parts["z"], "share: z")
    first = add(multiply_base(z), multiply(c, pub))
    second = add(multiply(z, point), multiply(c, e))
    if _share_challenge(ctx, i, pub, e, point, first, second) != c:
        raise Malformed(f"share: trustee {i}'s proof does not hold")


def combine(shares: Iterable[Mapping[str, Any]]) -> bytes:
    """The secret S of k checked shares of distinct trustees, by Lagrange at 0. Raises ``Malformed``."""
    points: dict[int, bytes] = {}
    for share in shares:
        if share["i"] in points:
            raise Malformed(f"shares: two of trustee {share['i']}")
        points[share["i"]] = point_of(share["S"], f"share of trustee {share['i']}")
    secret = IDENTITY
    for i, point in points.items():
        weight = 1
        for j in points:
            if j != i:
                weight = weight * j * pow(j - i, -1, L) % L
        secret = add(secret, multiply(weight, point))
    return secret


def identity_of(secret: bytes, ctx: bytes) -> str:
    """The age identity ``AGE-SECRET-KEY-1…`` that a dealt secret stands for under ``ctx`` (protocol §3.3)."""
    return bech32.encode("age-secret-key-", _hkdf(secret, ctx, b"bidseal/v1/age-identity", 32)).upper()


def recipient_of(identity: str) -> str:
    """The recipient ``age1…`` of an age identity. Raises ``Malformed`` for text that is none."""
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError as error:
        raise Malformed("not an age identity") from error


def _check_keys(k: int, pubs: Sequence[bytes]) -> None:
    n = len(pubs)
    if not 1 <= k <= n <= 255:
        raise Malformed(f"dealing: {k} of {n} is not a threshold")
    if len(set(pubs)) != n:
        raise Malformed("dealing: two trustees have one key")
    for i, pub in enumerate(pubs, 1):
        check_point(pub, f"key of trustee {i}")


def _evaluate(coefficients: Sequence[int], i: int) -> int:
    total = 0
    for a in reversed(coefficients):
        total = (total * i + a) % L
    return total


def _values(coefficients: Sequence[bytes], n: int) -> list[bytes]:
    """The polynomial with these points as coefficients at 1 … n, by forward differences: additions only."""
    k = len(coefficients)
    row = [_at_small(coefficients, i) for i in range(k)]
    differences = []
    while row:
        differences.append(row[0])
        row = [subtract(after, before) for before, after in pairwise(row)]
    out = []
    for _ in range(n):
        for j in range(k - 1):
            differences[j] = add(differences[j], differences[j + 1])
        out.append(differences[0])
    return out


def _at_small(coefficients: Sequence[bytes], i: int) -> bytes:
    total = coefficients[-1] if i else coefficients[0]
    for point in reversed(coefficients[:-1] if i else ()):
        total = add(_small_multiple(i, total), point)
    return total


def _small_multiple(i: int, point: bytes) -> bytes:
    total = point
    for bit in f"{i:b}"[1:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def _challenge(
    ctx: bytes,
    k: int,
    commitments: Sequence[bytes],
    pubs: Sequence[bytes],
    shares: Sequence[bytes],
    announced: Sequence[bytes],
) -> int:
    threshold = bytes([k, len(pubs)])
    return hash_to_scalar("bidseal/v1/deal", ctx, threshold, *commitments, *pubs, *shares, *announced)


def _share_challenge(ctx: bytes, i: int, *points: bytes) -> int:
    return hash_to_scalar("bidseal/v1/open", ctx, bytes([i]), *points)
