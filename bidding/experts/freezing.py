"""The list that a draw is made from: who is on it, who is excused and why, and the commitments. Pure (protocol §7.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bidding.core.entropy import Entropy
from bidding.experts.draw import check_capacity, expert_bytes, leaf_of_bytes
from bidding.experts.rules import Conditions, Excluded, Recusal, unit_key

_SALT = 32
_UNIT = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of the pool as they stand when the list is frozen."""

    id: int
    uid: str
    name: str
    unit: str
    uscc: str | None
    title: str
    region: str
    specialties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A candidate with the commitment that stands for them: ``expert`` is the JCS text behind ``h``."""

    id: int
    h: str
    salt: str
    expert: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier draws of the same project leave behind: who was drawn, by uid, and the units with somebody in."""

    drawn: Collection[str] = ()
    units: Collection[str] = ()


def freeze(
    candidates: Iterable[Candidate],
    *,
    draw_id: str,
    pool_id: str,
    conditions: Conditions,
    recusal: Recusal,
    earlier: Earlier,
    entropy: Entropy,
) -> tuple[dict[str, Any], list[Frozen]]:
    """The specification, and who stands behind each of its leaves.

    Salts and unit ids are fresh: nobody recognises a person or a unit of another draw. Raises ``PoolTooSmall``.
    """
    people = list(candidates)
    units = _Units(people, recusal, earlier, entropy)
    salts = entropy.bytes(_SALT * len(people))
    strata: dict[str, list[dict[str, Any]]] = {place.specialty: [] for place in conditions.places}
    frozen = []
    drawn = frozenset(earlier.drawn)
    for number, person in enumerate(people):
        salt = salts[_SALT * number : _SALT * (number + 1)]
        expert = expert_bytes(_card(person))
        h = leaf_of_bytes(pool_id, salt, expert)
        unit, reason = units.of(person)
        leaf = {"h": h, "excl": Excluded.DRAWN.value if person.uid in drawn else reason, "unit": unit}
        for code in person.specialties:
            strata[code].append(leaf)
        frozen.append(Frozen(person.id, h, salt.hex(), expert.decode()))
    for leaves in strata.values():
        leaves.sort(key=_by_h)
    spec = {
        "v": 1,
        "id": draw_id,
        "max_per_unit": conditions.max_per_unit,
        "strata": [
            {
                "id": place.specialty,
                "need": place.need,
                "backups": place.backups,
                "leaves": strata[place.specialty],
            }
            for place in conditions.places
        ],
    }
    check_capacity(spec)
    return spec, frozen


def _card(person: Candidate) -> dict[str, Any]:
    """What a commitment commits to: enough to know the person, and for which strata they may be drawn."""
    return {
        "id": person.uid,
        "name": person.name,
        "unit": person.unit,
        "uscc": person.uscc,
        "title": person.title,
        "region": person.region,
        "specialties": list(person.specialties),
    }


def _by_h(leaf: Mapping[str, Any]) -> str:
    h: str = leaf["h"]
    return h


class _Units:
    """Which unit a person is of, under an id that means nothing elsewhere, and whether that unit is excused.

    A credit code that stands beside a name anywhere in the list holds for everybody of that name.
    """

    def __init__(
        self, people: Collection[Candidate], recusal: Recusal, earlier: Earlier, entropy: Entropy
    ) -> None:
        self._recusal = recusal
        self._served = {unit_key(unit) for unit in earlier.units}
        codes = {person.unit: person.uscc for person in people if person.uscc}
        self._by_name = {unit_key(name): code for name, code in codes.items()}
        self._entropy = entropy
        self._ids: dict[str, str] = {}
        self._known: dict[tuple[str, str | None], tuple[str, str | None]] = {}

    def of(self, person: Candidate) -> tuple[str, str | None]:
        """The unit's id in this draw, and the reason why its people may not sit."""
        place = (person.unit, person.uscc)
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._look(person.unit, person.uscc)
        return found

    def _look(self, name: str, uscc: str | None) -> tuple[str, str | None]:
        folded = unit_key(name)
        code = uscc or self._by_name.get(folded)
        key = unit_key(code) if code else folded
        identity = self._ids.get(key)
        if identity is None:
            identity = self._ids[key] = self._entropy.bytes(_UNIT).hex()
        reason = self._recusal.reason(name, code)
        if reason is None and (folded in self._served or key in self._served):
            reason = Excluded.UNIT_CAP
        return identity, reason.value if reason else None
