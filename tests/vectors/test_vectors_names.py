"""Names sealed to two persons, against ``expert-names*.json``."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from bidding.experts.draw import spec_hash
from bidding.experts.names import Holder, Named, half, open_key, open_leaf, seal, seal_keys, seats_of
from bidding.sealing.dealing import trustee_scalar
from bidding.sealing.panel import parse_panel


class _Given:
    """The randomness of a vector, in order."""

    def __init__(self, blocks):
        self._left = [bytes.fromhex(block) for block in blocks]

    def bytes(self, count):
        block = self._left.pop(0)
        assert len(block) == count
        return block


def test_names(vectors):
    cases = [
        case for path in sorted(vectors.glob("expert-names*.json")) for case in json.loads(path.read_text())
    ]
    if not cases:
        pytest.fail(f"no expert-names*.json in {vectors}")
    for case in cases:
        panel, spec = parse_panel(case["panel"]), spec_hash(case["spec"])
        assert spec.hex() == case["spec_hash"]
        centre, supervisor = bytes.fromhex(case["centre_key"]), bytes.fromhex(case["supervisor_key"])
        assert seal_keys(panel, spec, centre, supervisor, _Given(case["random64"])) == case["names"]
        seats = seats_of(panel)
        for holder, seat, key in (
            (Holder.CENTRE, seats[Holder.CENTRE][0], centre),
            (Holder.SUPERVISOR, seats[Holder.SUPERVISOR][0], supervisor),
            (Holder.LIST, seats[Holder.SUPERVISOR][0], centre),
        ):
            scalar = trustee_scalar(bytes.fromhex(case["seeds"][seat.role]))
            assert open_key(case["names"], panel, spec, holder, seat, scalar) == key
        people = [Named(*(leaf[name] for name in Named._fields)) for leaf in case["leaves"]]
        sealed = [b64decode(leaf["sealed"]) for leaf in case["leaves"]]
        assert seal(people, centre, supervisor) == sealed
        for leaf, person, blob in zip(case["leaves"], people, sealed, strict=True):
            halves = half(centre, person.h), half(supervisor, person.h)
            assert [each.hex() for each in halves] == [leaf["centre_half"], leaf["supervisor_half"]]
            assert open_leaf(case["pool_id"], person.h, blob, *halves) == person
