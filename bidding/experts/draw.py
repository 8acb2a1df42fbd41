"""The draw itself: commitments, seed, stream, ranking (protocol §7, ``expert-draw/v1``). Pure.

Whoever holds the frozen specification and the opened contributions gets the same ranking, on any machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.canonical import IDENTIFIER, Malformed, array, exactly, identifier, integer, lp, sha
from bidding.core.errors import N_, DomainError

#: Why a ranked leaf was passed over during the draw.
ALREADY_DRAWN = "already-drawn"
UNIT_CAP = "unit-cap"

_HASH = re.compile(r"[0-9a-f]{64}")
_LEAF_KEYS = {"h", "excl", "unit"}
#: JSON whose keys are ASCII and whose numbers are integers, keys sorted and nothing between the tokens, *is*
#: RFC 8785; the C encoder writes a hundred thousand leaves in the time the general one writes four thousand.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class PoolTooSmall(DomainError):
    """A stratum cannot be filled from those who remain after recusal, earlier strata and the unit cap."""

    code = "draw.pool_too_small"
    text = N_(
        "专业“%(stratum)s”需要 %(need)s 人，回避、重复和同单位限额之后最多只能抽出 %(free)s 人。"
        "请增补专家库，或修改抽取条件后重新冻结。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class StratumResult:
    """The ranking of one stratum and what follows from it; every leaf by its ``h`` in hex."""

    id: str
    rank: Sequence[str]
    picks: Sequence[str]
    backups: Sequence[str]
    skipped: Sequence[tuple[str, str]]


def leaf_hash(pool_id: str, salt: bytes, expert: Mapping[str, Any]) -> str:
    """The salted commitment to one person, in hex. ``expert`` is a flat object of text, integers and lists."""
    return leaf_of_bytes(pool_id, salt, expert_bytes(expert))


def expert_bytes(expert: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a person: a flat object of text, integers and lists (see ``_encode``)."""
    return _encode(expert).encode()


def leaf_of_bytes(pool_id: str, salt: bytes, expert: bytes) -> str:
    """``leaf_hash`` of an object that is already in canonical form."""
    return hashlib.sha256(b"expert-draw/v1 leaf" + lp(pool_id, salt, expert)).hexdigest()


class Committer:
    """``leaf_of_bytes`` for many people of one pool: what all share is hashed once. Salts have 32 bytes."""

    SALT = 32

    def __init__(self, pool_id: str) -> None:
        self._begun = hashlib.sha256(b"expert-draw/v1 leaf" + lp(pool_id) + self.SALT.to_bytes(4, "big"))

    def commit(self, salt: bytes, expert: bytes) -> str:
        """The commitment in hex."""
        digest = self._begun.copy()
        digest.update(salt + len(expert).to_bytes(4, "big") + expert)
        return digest.hexdigest()


def check_spec(spec: object) -> dict[str, Any]:
    """``spec`` as a dict if it has exactly the shape of §7.1, else ``Malformed`` naming the place."""
    parts = exactly(spec, "v id max_per_unit strata", "spec")
    integer(parts["v"], "spec: v", 1, 1)
    identifier(parts["id"], "spec: id")
    integer(parts["max_per_unit"], "spec: max_per_unit", 1)
    strata = array(parts["strata"], "spec: strata")
    if not strata:
        raise Malformed("spec: strata: none")
    seen: set[str] = set()
    for number, stratum in enumerate(strata):
        where = f"spec: strata[{number}]"
        fields = exactly(stratum, "id need backups leaves", where)
        if identifier(fields["id"], f"{where}: id") in seen:
            raise Malformed(f"{where}: id stands twice")
        seen.add(fields["id"])
        integer(fields["need"], f"{where}: need", 1)
        integer(fields["backups"], f"{where}: backups")
        _check_leaves(array(fields["leaves"], f"{where}: leaves"), where)
    return parts


def _check_leaves(leaves: list[Any], where: str) -> None:
    before = ""
    is_hash, is_identifier = _HASH.fullmatch, IDENTIFIER.fullmatch
    for number, leaf in enumerate(leaves):
        place = f"{where}: leaves[{number}]"
        if not isinstance(leaf, dict) or leaf.keys() != _LEAF_KEYS:
            exactly(leaf, "h excl unit", place)
        h = leaf["h"]
        if not isinstance(h, str) or not is_hash(h):
            raise Malformed(f"{place}: h: not 32 bytes of lower-case hex")
        if h <= before:
            raise Malformed(f"{place}: h: not strictly ascending")
        before = h
        for key in ("excl", "unit"):
            value = leaf[key]
            if value is not None and not (isinstance(value, str) and is_identifier(value)):
                raise Malformed(f"{place}: {key}: neither null nor an identifier")


def spec_bytes(spec: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a checked specification (all its text is ASCII, see ``_encode``)."""
    return _encode(spec).encode()


def spec_hash(spec: Mapping[str, Any]) -> bytes:
    """The 32 bytes that name a checked specification."""
    return hash_of_spec(spec_bytes(spec))


def hash_of_spec(canonical: bytes) -> bytes:
    """The same, of the specification's canonical bytes."""
    return sha("expert-draw/v1 spec", canonical)


def check_capacity(spec: Mapping[str, Any]) -> None:
    """Refuse a specification that some seed could leave unfilled, before anybody has dealt.

    A stratum can fill its places if the slots its people and their units offer are at least its own need and
    what the strata before it can take away: one slot for each of their picks, at most.
    """
    cap = spec["max_per_unit"]
    before: list[tuple[int, list[Mapping[str, Any]]]] = []
    for stratum in spec["strata"]:
        free = [leaf for leaf in stratum["leaves"] if leaf["excl"] is None]
        units = Counter(leaf["unit"] for leaf in free)
        alone = units.pop(None, 0)
        slots = alone + sum(min(count, cap) for count in units.values())
        hashes = {leaf["h"] for leaf in free}
        for need, earlier in before:
            slots -= min(need, sum(1 for leaf in earlier if leaf["h"] in hashes or leaf["unit"] in units))
        if slots < stratum["need"]:
            raise PoolTooSmall(stratum=stratum["id"], need=stratum["need"], free=max(slots, 0))
        before.append((stratum["need"], free))


def party_ctx(panel_hash: bytes, spec_hash: bytes, party: str) -> bytes:
    """The 32 bytes a party's dealing is bound to (§7.2)."""
    return sha(lp("expert-draw/v1 party", panel_hash, spec_hash, party))


def contribution(secret: bytes, ctx: bytes) -> bytes:
    """What a party gives to the seed: from its opened secret ``enc(a₀·G)``, under its ctx (§7.3)."""
    return HKDF(SHA256(), 32, ctx, b"expert-draw/v1/contribution").derive(secret)


def draw_seed(spec_hash: bytes, contributions: Mapping[str, bytes]) -> bytes:
    """The seed from every party's contribution, names in order of their bytes (§7.4)."""
    parts: list[bytes | str] = [spec_hash]
    for name in sorted(contributions, key=str.encode):
        parts += [name, contributions[name]]
    return sha("expert-draw/v1 seed", lp(*parts))


class Stream:
    """The numbers of one stratum: HMAC-SHA256 of a counter, eight bytes at a time (§7.5)."""

    def __init__(self, seed: bytes, stratum: str) -> None:
        # HMAC spelled out: its two key blocks are hashed once, not once per block of 32 bytes.
        key = seed.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
        self._inner.update(lp("expert-draw/v1 stream", stratum) + (8).to_bytes(4, "big"))
        self._counter = 0
        self._words: list[int] = []

    def block(self, counter: int) -> bytes:
        """The 32 bytes of one counter."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(counter.to_bytes(8, "big"))
        outer.update(inner.digest())
        return outer.digest()

    def below(self, n: int) -> int:
        """The next number, uniform on [0, n): what would favour the low ones is rejected."""
        limit = 2**64 - 2**64 % n
        words = self._words
        while True:
            if not words:
                raw = int.from_bytes(self.block(self._counter), "big")
                self._counter += 1
                low = 2**64 - 1
                words += (raw & low, raw >> 64 & low, raw >> 128 & low, raw >> 192)  # popped from the end
            x = words.pop()
            if x < limit:
                return x % n


def rank(seed: bytes, stratum: str, leaves: Sequence[str]) -> list[str]:
    """The permutation of ``leaves`` (ascending hex) by forward Fisher–Yates (§7.6)."""
    order = list(leaves)
    below = Stream(seed, stratum).below
    size = len(order)
    for i in range(size - 1):
        j = i + below(size - i)
        order[i], order[j] = order[j], order[i]
    return order


def draw(seed: bytes, spec: Mapping[str, Any]) -> list[StratumResult]:
    """Rank, pick and hold in reserve, stratum by stratum, for a checked specification.

    Nobody is drawn twice, and no unit beyond the cap; whoever is passed over for it is listed with the reason.
    Raises ``PoolTooSmall``.
    """
    cap = spec["max_per_unit"]
    taken: set[str] = set()
    of_unit: Counter[str] = Counter()
    out = []
    for stratum in spec["strata"]:
        free = {leaf["h"]: leaf["unit"] for leaf in stratum["leaves"] if leaf["excl"] is None}
        order = rank(seed, stratum["id"], list(free))
        picks, backups, skipped = _walk(order, free, stratum, cap, taken, of_unit)
        if len(picks) < stratum["need"]:
            raise PoolTooSmall(stratum=stratum["id"], need=stratum["need"], free=len(picks))
        taken.update(picks)
        out.append(StratumResult(stratum["id"], order, picks, backups, skipped))
    return out


def _walk(
    order: list[str],
    unit_of: Mapping[str, str | None],
    stratum: Mapping[str, Any],
    cap: int,
    taken: set[str],
    of_unit: Counter[str],
) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    need, reserve = stratum["need"], stratum["backups"]
    picks: list[str] = []
    backups: list[str] = []
    skipped: list[tuple[str, str]] = []
    for h in order:
        unit = unit_of[h]
        if h in taken:
            skipped.append((h, ALREADY_DRAWN))
        elif len(picks) < need:
            if unit is not None and of_unit[unit] >= cap:
                skipped.append((h, UNIT_CAP))
                continue
            picks.append(h)
            if unit is not None:
                of_unit[unit] += 1
        elif len(backups) < reserve:
            backups.append(h)
    return picks, backups, skipped
