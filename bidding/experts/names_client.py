"""Opening names on one's own machine: the supervisor's half, the centre's half, and the list before the order.

The supervisor's key makes halves, the centre's key opens with them; neither leaves the machine it is used on
(``expert-names/v1``). No Flask, no database.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed, array, exactly, identifier, integer, loads, text_of, unhex
from bidding.core.errors import N_, DomainError
from bidding.core.signing import public_key
from bidding.experts.client import NoSeat
from bidding.experts.draw import check_spec, spec_hash
from bidding.experts.names import Holder, Named, half, open_key, open_leaf, seats_of
from bidding.sealing.dealing import trustee_scalar, trustee_sign_seed
from bidding.sealing.keys import TrusteeKey
from bidding.sealing.panel import Panel, Seat, parse_panel


class HalfMissing(DomainError):
    """A leaf came without the supervisor's half."""

    code = "draw.half_missing"
    text = N_("抽取 %(draw)s 的文件里缺监督的半把钥匙，姓名打不开。请等监督在抽取页交出之后，重新下载。")
    status = 422


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """One commitment: sealed with the supervisor's half for the centre, bare for the supervisor."""

    h: str
    sealed: bytes | None
    half: bytes | None


@dataclass(frozen=True, slots=True)
class SealedDraw:
    """The leaves of one draw, and its keys as they are sealed to the seats."""

    draw: str
    spec: bytes
    names: Mapping[str, Any]
    leaves: Sequence[SealedLeaf]


@dataclass(frozen=True, slots=True)
class NamesFile:
    """What the page gives to whoever opens names, or gives halves."""

    panel: Panel
    pool_id: str
    draws: Sequence[SealedDraw]


def read_names_file(value: object) -> NamesFile:
    """A ``draw-names`` file. Raises ``Malformed``."""
    parts = exactly(value, "v type panel pool_id draws", "names file")
    integer(parts["v"], "names file: v", 1, 1)
    if parts["type"] != "draw-names":
        raise Malformed("names file: type is not draw-names")
    draws = [_draw(item) for item in array(parts["draws"], "names file: draws")]
    return NamesFile(parse_panel(parts["panel"]), text_of(parts["pool_id"], "names file: pool_id"), draws)


def _draw(item: object) -> SealedDraw:
    parts = exactly(item, "draw spec names leaves", "names file: draws")
    leaves = []
    for row in array(parts["leaves"], "names file: leaves"):
        leaf = exactly(row, "h sealed half", "names file: leaves")
        unhex(leaf["h"], 32, "names file: h")
        leaves.append(
            SealedLeaf(
                leaf["h"],
                None if leaf["sealed"] is None else _b64(leaf["sealed"]),
                None if leaf["half"] is None else unhex(leaf["half"], 32, "names file: half"),
            )
        )
    draw = identifier(parts["draw"], "names file: draw")
    return SealedDraw(draw, unhex(parts["spec"], 32, "names file: spec"), parts["names"], leaves)


def _b64(value: object) -> bytes:
    try:
        return b64decode(text_of(value, "names file: sealed"), validate=True)
    except binascii.Error as error:
        raise Malformed("names file: sealed: not base64") from error


def make_halves(file: NamesFile, key: TrusteeKey) -> dict[str, Any]:
    """The supervisor's halves of the leaves in the file. Raises ``NoSeat``, ``Malformed``."""
    seat = _seat(file.panel, key, Holder.SUPERVISOR)
    draws = []
    for draw in file.draws:
        own = _key(draw, file.panel, Holder.SUPERVISOR, seat, key)
        halves = [{"h": leaf.h, "half": half(own, leaf.h).hex()} for leaf in draw.leaves]
        draws.append({"draw": draw.draw, "halves": halves})
    return {"v": 1, "type": "draw-halves", "draws": draws}


def open_names(file: NamesFile, key: TrusteeKey) -> list[Named]:
    """Who stands behind the leaves in the file, by the centre's key. Raises ``NoSeat``, ``HalfMissing``, ``Malformed``."""
    seat = _seat(file.panel, key, Holder.CENTRE)
    found = []
    for draw in file.draws:
        own = _key(draw, file.panel, Holder.CENTRE, seat, key)
        for leaf in draw.leaves:
            if leaf.sealed is None or leaf.half is None:
                raise HalfMissing(draw=draw.draw)
            found.append(open_leaf(file.pool_id, leaf.h, leaf.sealed, half(own, leaf.h), leaf.half))
    return found


def open_list(value: object, key: TrusteeKey) -> Any:
    """A list file with its people opened, as ``client.read_order_file`` checks it, by the supervisor's key.

    A list of before there were seals comes back as it is. Raises ``NoSeat``, ``Malformed``.
    """
    if not isinstance(value, dict) or "names" not in value:
        return value
    parts = exactly(value, "v type panel spec pool_id people parties after reason names", "list")
    panel = parse_panel(parts["panel"])
    seat = _seat(panel, key, Holder.SUPERVISOR)
    digest = spec_hash(check_spec(parts["spec"]))
    held = SealedDraw("", digest, parts["names"], ())
    centre = _key(held, panel, Holder.LIST, seat, key)
    own = _key(held, panel, Holder.SUPERVISOR, seat, key)
    pool_id = text_of(parts["pool_id"], "list: pool_id")
    people = []
    for row in array(parts["people"], "list: people"):
        leaf = exactly(row, "h sealed", "list: people")
        h = leaf["h"]
        found = open_leaf(pool_id, h, _b64(leaf["sealed"]), half(centre, h), half(own, h))
        people.append({"h": h, "salt": found.salt, "expert": loads(found.expert)})
    return {name: part for name, part in parts.items() if name != "names"} | {"people": people}


def _seat(panel: Panel, key: TrusteeKey, holder: Holder) -> Seat:
    for seat in seats_of(panel)[holder]:
        if seat.sign == public_key(trustee_sign_seed(key.seed)):
            return seat
    raise NoSeat(name=key.name)


def _key(draw: SealedDraw, panel: Panel, holder: Holder, seat: Seat, key: TrusteeKey) -> bytes:
    found = open_key(draw.names, panel, draw.spec, holder, seat, trustee_scalar(key.seed))
    if found is None:
        raise Malformed(f"names: nothing is sealed to {seat.name} for this any more")
    return found
