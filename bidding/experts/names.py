"""Who stands behind a number, sealed from the freeze to the release (``expert-names/v1``, docs/spec/draw.md). Pure.

Two keys are made for a list, one for the centre's seat and one for the supervisor's. Each gives half of the key of every
leaf, so both have to agree to every name, and who opens one opens no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.canonical import Malformed, array, exactly, integer, loads, lp, sha, text_of, unhex
from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.experts.draw import leaf_of_bytes
from bidding.sealing.panel import Panel, Seat
from bidding.sealing.ristretto import multiply, multiply_base, point_of, random_scalar

_KEY: Final = 32
#: Every key here encrypts one text and is never used again.
_NONCE: Final = bytes(12)


class NoCentreSeat(DomainError):
    """The project's panel has no seat of the centre, so half of the names would be sealed to nobody who calls."""

    code = "draw.no_centre_seat"
    text = N_(
        "这个项目的开箱组里没有中心的席位（中心管理员或交易中心），专家姓名无法封给“中心＋监督”两人。"
        "请先在受托人页给中心设席位，用含这个席位的开箱组发布项目，再申请抽取。"
    )


class NamesMissing(DomainError):
    """An act that needs names came without somebody's."""

    code = "draw.names_missing"
    text = N_(
        "抽取 %(code)s 还有人的姓名没有打开。请等监督交出他们的半把钥匙，再用中心的密钥打开全部姓名，随这一步一起交来。"
    )
    status = 422


class NotCountersigned(DomainError):
    """A call that nobody but its caller has looked at (双岗)."""

    code = "draw.not_countersigned"
    text = N_("还有 %(count)s 条通知记录没有复核。请不是登记人的另一位在本页核对后复核，再公布。")


class NothingToCountersign(DomainError):
    """Who put the calls down does not look them over as well."""

    code = "draw.own_calls"
    text = N_("没有可以由您复核的通知记录：自己登记的要由另一位复核。")


class Holder(StrEnum):
    """For whom a key is sealed."""

    CENTRE = "centre"
    SUPERVISOR = "supervisor"
    LIST = "list"  # the centre's key once more for the supervisor, until the order is signed (protocol §7.1)


def seats_of(panel: Panel) -> dict[Holder, list[Seat]]:
    """The seats each key is sealed to: the supervisor's; the administrator's, or where there is none the centre's.

    Raises ``NoCentreSeat``.
    """
    for role in ("administrator", "centre"):
        ours = [seat for seat in panel.seats if seat.role == role]
        if ours:
            return {Holder.CENTRE: ours, Holder.SUPERVISOR: [panel.seat_of("supervisor")]}
    raise NoCentreSeat


# Keys --------------------------------------------------------------------------------------------------------------


def seal_keys(
    panel: Panel, spec_hash: bytes, centre: bytes, supervisor: bytes, entropy: Entropy
) -> dict[str, Any]:
    """Both keys of a list, sealed to their seats; the JSON that is kept. Raises ``NoCentreSeat``."""
    seats = seats_of(panel)
    given = (
        (Holder.CENTRE, seats[Holder.CENTRE], centre),
        (Holder.SUPERVISOR, seats[Holder.SUPERVISOR], supervisor),
        (Holder.LIST, seats[Holder.SUPERVISOR], centre),
    )
    keys = [
        _seal_key(panel.hash, spec_hash, holder, seat, key, entropy)
        for holder, held, key in given
        for seat in held
    ]
    return {"v": 1, "keys": keys}


def _seal_key(
    panel: bytes, spec: bytes, holder: Holder, seat: Seat, key: bytes, entropy: Entropy
) -> dict[str, Any]:
    scalar = random_scalar(entropy)
    point = multiply_base(scalar)
    wrapping = _wrapping(multiply(scalar, seat.pub), panel, spec, holder, point, seat.pub)
    sealed = AESGCM(wrapping).encrypt(_NONCE, key, None)
    return {"for": holder.value, "i": seat.i, "E": point.hex(), "c": sealed.hex()}


def _wrapping(shared: bytes, panel: bytes, spec: bytes, holder: Holder, point: bytes, pub: bytes) -> bytes:
    context = sha(lp("expert-names/v1 key", panel, spec, holder.value, point, pub))
    return HKDF(SHA256(), _KEY, context, b"expert-names/v1/key").derive(shared)


def open_key(
    value: object, panel: Panel, spec_hash: bytes, holder: Holder, seat: Seat, scalar: int
) -> bytes | None:
    """The key sealed for ``holder`` at this seat, by the seat's secret scalar; None where there is none.

    Raises ``Malformed``: the keys are damaged, or another list's.
    """
    for item in keys_of(value)["keys"]:
        if (item["for"], item["i"]) != (holder.value, seat.i):
            continue
        point = point_of(item["E"], "names: E")
        wrapping = _wrapping(multiply(scalar, point), panel.hash, spec_hash, holder, point, seat.pub)
        try:
            return AESGCM(wrapping).decrypt(_NONCE, unhex(item["c"], _KEY + 16, "names: c"), None)
        except InvalidTag as error:
            raise Malformed("names: this key was not sealed to this seat for this list") from error
    return None


def keys_of(value: object) -> dict[str, Any]:
    """Sealed keys, their shape checked. Raises ``Malformed``."""
    parts = exactly(value, "v keys", "names")
    integer(parts["v"], "names: v", 1, 1)
    for item in array(parts["keys"], "names: keys"):
        each = exactly(item, "for i E c", "names: keys")
        text_of(each["for"], "names: for")
        integer(each["i"], "names: i", 1)
    return parts


def without_list(value: Mapping[str, Any]) -> dict[str, Any]:
    """The keys once the order is signed: from now on the supervisor's alone open nothing."""
    return {**value, "keys": [item for item in value["keys"] if item["for"] != Holder.LIST.value]}


# Leaves ------------------------------------------------------------------------------------------------------------


class Named(NamedTuple):
    """What stands behind a leaf: ``salt`` and ``expert`` (JCS) are what ``h`` commits to, ``phone`` is how to call."""

    h: str
    salt: str
    expert: str
    phone: str


def half(key: bytes, h: str) -> bytes:
    """One holder's half of the key of a leaf: AES-256 of either half of ``h``. 32 bytes."""
    return _halves(key, unhex(h, 32, "h"))


def _halves(key: bytes, hashes: bytes) -> bytes:
    """The halves of many leaves at once: a block cipher over digests that are all different is a keyed function."""
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(hashes)  # noqa: S305


def _together(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def seal(people: Sequence[Named], centre: bytes, supervisor: bytes) -> list[bytes]:
    """Every leaf sealed, in the order given, all of one length: a long name must not show."""
    plains = [_plain(person) for person in people]
    size = max(map(len, plains), default=0)
    hashes = bytes.fromhex("".join(person.h for person in people))
    keys = _together(_halves(centre, hashes), _halves(supervisor, hashes))
    return [
        AESGCM(keys[_KEY * place : _KEY * (place + 1)]).encrypt(_NONCE, plain.ljust(size, b"\0"), None)
        for place, plain in enumerate(plains)
    ]


def _plain(person: Named) -> bytes:
    card, phone = person.expert.encode(), person.phone.encode()
    return b"".join(
        (bytes.fromhex(person.salt), len(card).to_bytes(4, "big"), card, len(phone).to_bytes(4, "big"), phone)
    )


def open_leaf(pool_id: str, h: str, sealed: bytes, one: bytes, other: bytes) -> Named:
    """Who stands behind ``h``, by both halves in either order. Raises ``Malformed``."""
    try:
        plain = AESGCM(_together(one, other)).decrypt(_NONCE, sealed, None)
    except (InvalidTag, ValueError) as error:
        raise Malformed(f"names: the halves do not open {h}") from error
    salt, card, rest = plain[:32], *_part(plain[32:])
    phone, padding = _part(rest)
    if padding.strip(b"\0") or leaf_of_bytes(pool_id, salt, card) != h:
        raise Malformed(f"names: what was sealed is not the person behind {h}")
    return Named(h, salt.hex(), card.decode(), phone.decode())


def _part(data: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(data[:4], "big")
    if len(data) < 4 + size:
        raise Malformed("names: a part is cut short")
    return data[4 : 4 + size], data[4 + size :]


# What travels --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """A person whose leaf was opened, as the centre's client brings them: checked against ``h``."""

    h: str
    salt: str
    expert: str  # JCS

    @property
    def card(self) -> dict[str, Any]:
        """What stands on the card."""
        return dict(loads(self.expert))


def opened_people(value: object, pool_id: str) -> dict[str, Opened]:
    """The people of a ``draw-opened`` file by ``h``, every commitment recomputed. Raises ``Malformed``."""
    parts = exactly(value, "v type people", "file")
    integer(parts["v"], "file: v", 1, 1)
    if parts["type"] != "draw-opened":
        raise Malformed("file: type is not draw-opened")
    found = {}
    for row in array(parts["people"], "file: people"):
        person = exactly(row, "h salt expert", "file: people")
        expert = text_of(person["expert"], "file: expert")
        salt = unhex(person["salt"], 32, "file: salt")
        if leaf_of_bytes(pool_id, salt, expert.encode()) != person["h"]:
            raise Malformed(f"file: not the person behind {person['h']}")
        found[person["h"]] = Opened(person["h"], person["salt"], expert)
    return found


def opened_file(people: Iterable[Named]) -> dict[str, Any]:
    """The file that lets the centre's server know people: their cards and salts, not their telephones."""
    rows = [{"h": each.h, "salt": each.salt, "expert": each.expert} for each in people]
    return {"v": 1, "type": "draw-opened", "people": rows}
