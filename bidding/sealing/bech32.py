"""Bech32 (BIP 173) as age uses it: keys that survive being printed and typed."""

from __future__ import annotations

from bidding.core.canonical import Malformed

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {sign: value for value, sign in enumerate(_ALPHABET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                check ^= generator
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]


def _regroup(data: bytes | list[int], source: int, target: int, *, pad: bool) -> list[int]:
    accumulator = bits = 0
    out = []
    for value in data:
        accumulator = accumulator << source | value
        bits += source
        while bits >= target:
            bits -= target
            out.append(accumulator >> bits & (1 << target) - 1)
        accumulator &= (1 << bits) - 1
    if pad and bits:
        out.append(accumulator << (target - bits) & (1 << target) - 1)
    elif not pad and (bits >= source or accumulator):
        raise Malformed("Bech32: padding is not zero")
    return out


def encode(prefix: str, data: bytes) -> str:
    """The lower-case Bech32 text of some bytes."""
    values = _regroup(data, 8, 5, pad=True)
    check = _polymod(_expanded(prefix) + values + [0] * 6) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_ALPHABET[value] for value in values)}"


def decode(prefix: str, text: str) -> bytes:
    """The bytes of a lower-case Bech32 text; ``Malformed`` for another prefix or a slip of the pen."""
    head, _, tail = text.rpartition("1")
    if head != prefix:
        raise Malformed(f"Bech32: does not begin with {prefix}1")
    if len(tail) < 6 or any(sign not in _VALUES for sign in tail):
        raise Malformed("Bech32: a sign that cannot stand here")
    values = [_VALUES[sign] for sign in tail]
    if _polymod(_expanded(prefix) + values) != 1:
        raise Malformed("Bech32: the check signs do not agree")
    return bytes(_regroup(values[:-6], 5, 8, pad=False))
