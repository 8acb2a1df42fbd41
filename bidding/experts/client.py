"""A party's side of a draw, on its own machine: check the list and sign the order, deal, reveal, open for another.

Nothing here asks the server: every file carries its proof, and the panel's hash is the anchor that people compare
with the notice (protocol §7). No Flask, no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from bidding.core.canonical import (
    Malformed,
    array,
    dumps,
    exactly,
    identifier,
    integer,
    loads,
    text_of,
    unhex,
)
from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.core.signing import public_key, sign_object
from bidding.experts.draw import check_spec, leaf_hash, party_ctx, spec_hash
from bidding.experts.replay import DEAL_TAG, ORDER_TAG, check_deal, check_order
from bidding.experts.rules import listed_twice, unit_key
from bidding.ledger.proof import verify_receipt
from bidding.ledger.trust import parse_policy
from bidding.sealing import age
from bidding.sealing.dealing import deal_scalar, make_share, trustee_scalar, trustee_sign_seed
from bidding.sealing.keys import KeyFileRefused, PassphraseWrong, TrusteeKey, check_passphrase, write_new
from bidding.sealing.panel import Panel, Seat, parse_panel
from bidding.sealing.ristretto import scalar_bytes


class NoSeat(DomainError):
    """The key has no seat in the project's panel, or not the one that is needed."""

    code = "draw.no_seat"
    text = N_("密钥 %(name)s 在这个项目的开箱组里没有相应的席位。请换用本项目受托人的密钥文件。")
    status = 422


class ListedTwice(DomainError):
    """A person stands in the list more than once: they would be drawn more likely than others."""

    code = "draw.listed_twice"
    text = N_("名单里有人重复出现（编号 %(ids)s）。重复的人更容易被抽中。请不要签署，退回中心更正。")
    status = 422


class OtherDraw(DomainError):
    """The file and the secret are of different draws."""

    code = "draw.other_draw"
    text = N_("这份文件不是为抽取 %(draw)s 制作的。请下载同一次抽取的文件。")
    status = 422


class NotAParty(DomainError):
    """The closed draw does not count the contribution that this secret belongs to."""

    code = "draw.not_a_party"
    text = N_("截止记录里没有参与方 %(party)s，公开它没有意义。请核对文件，并联系中心。")
    status = 422


# The supervisor --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """One specialty of a frozen list, in numbers."""

    code: str
    need: int
    backups: int
    people: int
    excluded: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A frozen list whose every commitment was recomputed from the people behind it."""

    panel: Panel
    spec: Mapping[str, Any]
    spec_hash: bytes
    parties: tuple[str, ...]
    after: str | None
    reason: str | None
    strata: tuple[Listed, ...]
    people: int
    #: Name and unit of those who may be listed under two ids; somebody has to look at them.
    namesakes: tuple[str, ...]


def panel_in(value: object) -> Panel:
    """The panel that a file names, before anything else of it is looked at. Raises ``Malformed``."""
    if not isinstance(value, dict) or "panel" not in value:
        raise Malformed("file: names no panel")
    return parse_panel(value["panel"])


def read_order_file(value: object) -> OrderFile:
    """Check a list as the supervisor must before signing (protocol §7.1).

    Every ``h`` is recomputed, nobody stands there twice, everybody has the specialty they are listed under, and
    people of one unit share one id. Raises ``Malformed``, ``ListedTwice``.
    """
    parts = exactly(value, "v type panel spec pool_id people parties after reason", "list")
    _head(parts, "draw-file")
    panel = parse_panel(parts["panel"])
    spec = check_spec(parts["spec"])
    people = _people(array(parts["people"], "list: people"), text_of(parts["pool_id"], "list: pool_id"))
    ids, names = listed_twice(list(people.values()))
    if ids:
        raise ListedTwice(ids="、".join(ids[:5]))
    _check_leaves(spec, people)
    return OrderFile(
        panel=panel,
        spec=spec,
        spec_hash=spec_hash(spec),
        parties=tuple(identifier(name, "list: parties") for name in array(parts["parties"], "list: parties")),
        after=parts["after"],
        reason=parts["reason"],
        strata=tuple(_listed(stratum) for stratum in spec["strata"]),
        people=len(people),
        namesakes=tuple(names),
    )


def _people(rows: Sequence[object], pool_id: str) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for number, row in enumerate(rows):
        where = f"list: people[{number}]"
        person = exactly(row, "h salt expert", where)
        expert = exactly(person["expert"], "id name unit uscc title region specialties", f"{where}: expert")
        for key in ("id", "name", "unit"):  # whoever stands twice is found by these
            text_of(expert[key], f"{where}: {key}")
        array(expert["specialties"], f"{where}: specialties")
        h = leaf_hash(pool_id, unhex(person["salt"], 32, f"{where}: salt"), expert)
        if person["h"] != h:
            raise Malformed(f"{where}: h is not the commitment to this person")
        found[h] = person
    return found


def _check_leaves(spec: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]) -> None:
    units: dict[str, str | None] = {}
    seen: set[str] = set()
    for stratum in spec["strata"]:
        for leaf in stratum["leaves"]:
            person = people.get(leaf["h"])
            if person is None:
                raise Malformed(f"list: nobody stands behind {leaf['h']} of {stratum['id']}")
            expert = person["expert"]
            if stratum["id"] not in expert["specialties"]:
                raise Malformed(
                    f"list: {expert['id']} is listed under {stratum['id']} without that specialty"
                )
            if units.setdefault(unit_key(expert["unit"]), leaf["unit"]) != leaf["unit"]:
                raise Malformed(
                    f"list: {expert['unit']} has two unit ids, so the cap per unit would not hold"
                )
            seen.add(leaf["h"])
    if seen != people.keys():
        raise Malformed("list: somebody in it stands under no specialty")


def _listed(stratum: Mapping[str, Any]) -> Listed:
    excluded = Counter(leaf["excl"] for leaf in stratum["leaves"] if leaf["excl"] is not None)
    return Listed(stratum["id"], stratum["need"], stratum["backups"], len(stratum["leaves"]), dict(excluded))


def sign_order(file: OrderFile, key: TrusteeKey, parties: Sequence[str] = ()) -> dict[str, Any]:
    """The draw order with the supervisor seat's signature; ``parties`` other than the list proposes, if any.

    Raises ``NoSeat``, ``Malformed``.
    """
    if not _holds(key, file.panel.seat_of("supervisor")):
        raise NoSeat(name=key.name)
    order = {
        "v": 1,
        "type": "draw-order",
        "panel": file.panel.hash.hex(),
        "spec": dict(file.spec),
        "parties": sorted(set(parties or file.parties), key=str.encode),
        "after": file.after,
        "reason": file.reason,
    }
    sig = sign_object(trustee_sign_seed(key.seed), ORDER_TAG, order)
    check_order(order, sig, file.panel, file.panel.hash)
    return {"order": order, "sig": sig}


# Every party -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawSecret:
    """What a party keeps between dealing and revealing. Who has it before the close can plan their own number."""

    panel: str
    draw: str
    spec: str
    party: str
    a0: str

    def to_json(self) -> dict[str, Any]:
        """What stands in the secret file."""
        return {
            "v": 1,
            "type": "draw-secret",
            "panel": self.panel,
            "draw": self.draw,
            "spec": self.spec,
            "party": self.party,
            "a0": self.a0,
        }


@dataclass(frozen=True, slots=True)
class DealFile:
    """A signed draw order with its panel, both checked."""

    panel: Panel
    draw: str
    spec_hash: bytes
    parties: tuple[str, ...]


def read_deal_file(value: object) -> DealFile:
    """Check what a party is about to deal for. Raises ``Malformed``."""
    parts = exactly(value, "v type panel order sig", "deal file")
    _head(parts, "draw-deal-file")
    return _ordered(parts)


def _ordered(parts: Mapping[str, Any]) -> DealFile:
    panel = parse_panel(parts["panel"])
    order = check_order(parts["order"], parts["sig"], panel, panel.hash)
    return DealFile(panel, order["spec"]["id"], spec_hash(order["spec"]), tuple(order["parties"]))


def make_deal(
    file: DealFile, *, key: TrusteeKey | None = None, party: str = "", entropy: Entropy
) -> tuple[dict[str, Any], DrawSecret]:
    """A party's signed dealing, and what it keeps to reveal it. With ``key`` the party is the key's seat.

    A party without a seat (a tenderer) gives its name and signs with a key made for this once. Raises ``NoSeat``,
    ``Malformed``.
    """
    panel = file.panel
    if key is None:
        sign_seed, name = entropy.bytes(32), identifier(party, "party")
        if any(seat.name == name for seat in panel.seats):
            raise NoSeat(name=name)
    else:
        sign_seed, name = trustee_sign_seed(key.seed), _seat_of(panel, key).name
    dealing, a0 = deal_scalar(party_ctx(panel.hash, file.spec_hash, name), panel.k, panel.pubs, entropy)
    deal = {
        "v": 1,
        "type": "draw-deal",
        "panel": panel.hash.hex(),
        "draw": file.draw,
        "spec": file.spec_hash.hex(),
        "party": name,
        "sign_pub": public_key(sign_seed).hex(),
        "dealing": dealing,
    }
    sig = sign_object(sign_seed, DEAL_TAG, deal)
    secret = DrawSecret(panel.hash.hex(), file.draw, file.spec_hash.hex(), name, scalar_bytes(a0).hex())
    return {"deal": deal, "sig": sig}, secret


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A draw whose parties a quorum of witnesses has seen closed."""

    panel: Panel
    draw: str
    spec_hash: bytes
    parties: tuple[str, ...]


def read_closed_file(value: object) -> ClosedFile:
    """Check the proof that no contribution can change any more (protocol §7.2). Raises ``Malformed``."""
    parts = exactly(value, "v type panel order sig closed", "closed file")
    _head(parts, "draw-closed-file")
    return _closed(_ordered(parts), parts["closed"])


def _closed(ordered: DealFile, proof: object) -> ClosedFile:
    policy = parse_policy(ordered.panel.policy)
    receipt = verify_receipt(text_of(proof, "closed"), policy)
    event = receipt.event
    if event["type"] != "draw-closed" or event["draw"] != ordered.draw:
        raise Malformed("closed: is not this draw's close")
    if event["spec"] != ordered.spec_hash.hex():
        raise Malformed("closed: names another specification")
    if not policy.witnessed(receipt.checked):
        raise Malformed("closed: no quorum of witnesses has seen it")
    return ClosedFile(ordered.panel, ordered.draw, ordered.spec_hash, tuple(event["parties"]))


def reveal(file: ClosedFile, secret: DrawSecret) -> dict[str, Any]:
    """A party's own number, made public. Raises ``OtherDraw``, ``NotAParty``."""
    ours = (secret.panel, secret.draw, secret.spec)
    if ours != (file.panel.hash.hex(), file.draw, file.spec_hash.hex()):
        raise OtherDraw(draw=secret.draw)
    if secret.party not in file.parties:
        raise NotAParty(party=secret.party)
    return {"v": 1, "type": "draw-reveal", "draw": secret.draw, "party": secret.party, "a0": secret.a0}


# Trustees, for a party that does not reveal -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShareFile:
    """A closed draw and the checked dealing of a party that does not reveal."""

    closed: ClosedFile
    party: str
    ctx: bytes
    dealing: Mapping[str, Any]


def read_share_file(value: object) -> ShareFile:
    """Check order, close and dealing: a trustee multiplies by nothing it has not verified. Raises ``Malformed``."""
    parts = exactly(value, "v type panel order sig closed deal deal_sig", "share file")
    _head(parts, "draw-share-file")
    ordered = _ordered(parts)
    closed = _closed(ordered, parts["closed"])
    deal = exactly(parts["deal"], "v type panel draw spec party sign_pub dealing", "deal")
    if deal["draw"] != ordered.draw:
        raise Malformed("deal: is for another draw")
    check_deal(deal, parts["deal_sig"], ordered.spec_hash, ordered.panel, ordered.panel.hash)
    if deal["party"] not in closed.parties:
        raise Malformed("deal: its party is not among those who were closed")
    ctx = party_ctx(ordered.panel.hash, ordered.spec_hash, deal["party"])
    return ShareFile(closed, deal["party"], ctx, deal["dealing"])


def make_party_share(file: ShareFile, key: TrusteeKey, entropy: Entropy) -> dict[str, Any]:
    """A trustee's share of the party's number, with its proof. Raises ``NoSeat``."""
    seat = _seat_of(file.closed.panel, key)
    encrypted = bytes.fromhex(file.dealing["E"][seat.i - 1])
    share = make_share(file.ctx, seat.i, trustee_scalar(key.seed), encrypted, entropy)
    return {
        "v": 1,
        "type": "draw-share",
        "draw": file.closed.draw,
        "party": file.party,
        "share": share,
    }


def _seat_of(panel: Panel, key: TrusteeKey) -> Seat:
    for seat in panel.seats:
        if _holds(key, seat):
            return seat
    raise NoSeat(name=key.name)


def _holds(key: TrusteeKey, seat: Seat) -> bool:
    return seat.sign == public_key(trustee_sign_seed(key.seed))


# The secret's file -----------------------------------------------------------------------------------------------


def write_secret(
    path: Path,
    secret: DrawSecret,
    passphrase: str,
    entropy: Entropy,
    *,
    work_factor: int = age.WORK_FACTOR,
) -> None:
    """Write the secret durably under a passphrase, readable by its owner only. Raises ``FileExists``."""
    out = BytesIO()
    source = BytesIO(dumps(secret.to_json()))
    age.encrypt_passphrase(source, out, check_passphrase(passphrase), entropy, work_factor)
    write_new(path, out.getvalue())


def read_secret(path: Path, passphrase: str) -> DrawSecret:
    """A secret file. Raises ``PassphraseWrong``, ``KeyFileRefused``, ``OSError``."""
    out = BytesIO()
    try:
        with path.open("rb") as source:
            age.decrypt_passphrase(source, out, passphrase)
        return _secret(loads(out.getvalue()))
    except age.WrongPassphrase as error:
        raise PassphraseWrong(file=path.name) from error
    except Malformed as error:
        raise KeyFileRefused(file=path.name, reason=str(error)) from error


def _secret(value: object) -> DrawSecret:
    parts = exactly(value, "v type panel draw spec party a0", "secret")
    _head(parts, "draw-secret")
    for name in ("panel", "spec", "a0"):
        unhex(parts[name], 32, f"secret: {name}")
    return DrawSecret(
        parts["panel"],
        identifier(parts["draw"], "secret: draw"),
        parts["spec"],
        identifier(parts["party"], "secret: party"),
        parts["a0"],
    )


def _head(parts: Mapping[str, Any], kind: str) -> None:
    integer(parts["v"], "v", 1, 1)
    if parts["type"] != kind:
        raise Malformed(f"type is {parts['type']!r}, not {kind}")
