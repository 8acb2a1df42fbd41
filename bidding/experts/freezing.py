"""The list that a draw is made from: who is on it, who is excused and why, and the commitments. Pure (protocol §7.1)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from bidding.core.entropy import Entropy
from bidding.experts.draw import Committer, check_capacity
from bidding.experts.names import Named
from bidding.experts.rules import Conditions, Excluded, Recusal, unit_key

_UNIT = 8
_quoted = json.encoder.encode_basestring


class Candidate(NamedTuple):
    """A person of the pool as they stand when the list is frozen."""

    id: int
    uid: str
    name: str
    unit: str
    uscc: str | None
    title: str
    region: str
    specialties: tuple[str, ...]
    phone: str = ""
    #: Name and code of what they worked for within the years that recusal looks back.
    former: tuple[tuple[str, str | None], ...] = ()


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
) -> tuple[dict[str, Any], list[Named]]:
    """The specification, and who stands behind each of its leaves, ascending by ``h``: the pool's order is gone.

    Salts and unit ids are fresh: nobody recognises a person or a unit of another draw. Raises ``PoolTooSmall``.
    """
    people = list(_of_strata(candidates, conditions))
    units = _Units(people, recusal, earlier, entropy)
    size = Committer.SALT
    salts = entropy.bytes(size * len(people))
    commit = Committer(pool_id).commit
    strata: dict[str, list[dict[str, Any]]] = {place.id: [] for place in conditions.places}
    frozen = []
    drawn = frozenset(earlier.drawn)
    for number, person in enumerate(people):
        salt = salts[size * number : size * (number + 1)]
        expert = card(person)
        h = commit(salt, expert.encode())
        unit, reason = units.of(person)
        if reason is None and person.former:
            reason = units.formerly(person)
        leaf = {"h": h, "excl": Excluded.DRAWN.value if person.uid in drawn else reason, "unit": unit}
        for code in person.specialties:
            strata[code].append(leaf)
        frozen.append(Named(h, salt.hex(), expert, person.phone))
    frozen.sort(key=itemgetter(0))
    for leaves in strata.values():
        leaves.sort(key=itemgetter("h"))
    spec = {
        "v": 1,
        "id": draw_id,
        "max_per_unit": conditions.max_per_unit,
        "strata": [
            {
                "id": place.id,
                "need": place.need,
                "backups": place.backups,
                "leaves": strata[place.id],
            }
            for place in conditions.places
        ],
    }
    check_capacity(spec)
    return spec, frozen


def _of_strata(candidates: Iterable[Candidate], conditions: Conditions) -> Iterator[Candidate]:
    """The candidates with the strata they stand in for specialties: those of other regions only are left out."""
    if not any(place.region for place in conditions.places):
        yield from candidates
        return
    regions: dict[str, list[tuple[str, str]]] = {}
    for place in conditions.places:
        regions.setdefault(place.specialty, []).append((unit_key(place.region), place.id))
    for person in candidates:
        own = unit_key(person.region)
        strata = tuple(
            stratum for code in person.specialties for region, stratum in regions[code] if region in ("", own)
        )
        if strata:
            yield person._replace(specialties=strata)


def card(person: Candidate) -> str:
    """What a commitment commits to, as canonical JSON: enough to know the person, and what they may be drawn for.

    Written out, for it is written a hundred thousand times; a test holds it against ``expert_bytes``.
    """
    codes = ",".join(map(_quoted, person.specialties))
    uscc = "null" if person.uscc is None else _quoted(person.uscc)
    return (
        f'{{"id":{_quoted(person.uid)},"name":{_quoted(person.name)},"region":{_quoted(person.region)},'
        f'"specialties":[{codes}],"title":{_quoted(person.title)},"unit":{_quoted(person.unit)},"uscc":{uscc}}}'
    )


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

    def formerly(self, person: Candidate) -> str | None:
        """The reason why somebody may not sit for what they worked for before."""
        for name, code in person.former:
            reason = self._recusal.reason(name, code or self._by_name.get(unit_key(name)))
            if reason is not None:
                return reason.value
        return None

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
