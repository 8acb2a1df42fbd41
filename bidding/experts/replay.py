"""Replaying every draw of a log: what may stand where, and what came of it (protocol §4, §7). Pure.

The server runs its own events through this before it logs them; the verifier runs a bundle's through the same.
That a checkpoint with a quorum lies between ``draw-closed`` and the first ``draw-reveal`` is asked of whoever
holds the checkpoints: the record says the two indexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bidding.core.canonical import Malformed, array, exactly, identifier, integer, text_of, unhex
from bidding.core.errors import DomainError
from bidding.core.signing import is_acceptable_key, verify_object
from bidding.experts.calls import Answer, CallOut
from bidding.experts.draw import (
    PoolTooSmall,
    StratumResult,
    check_spec,
    contribution,
    draw,
    draw_seed,
    party_ctx,
    spec_hash,
)
from bidding.sealing.dealing import check_dealing, check_share, combine
from bidding.sealing.panel import Panel
from bidding.sealing.ristretto import H, multiply, multiply_base, scalar_of

ORDER_TAG = "expert-draw/v1 order"
DEAL_TAG = "expert-draw/v1 deal"
#: The event types of a draw, in the order in which they first appear.
TYPES = ("draw-spec", "draw-deal", "draw-closed", "draw-reveal", "draw-call")


@dataclass(frozen=True, slots=True)
class Deal:
    """One party's logged dealing."""

    index: int
    at: int
    party: str
    sign_pub: bytes
    dealing: Mapping[str, Any]
    ctx: bytes


@dataclass(frozen=True, slots=True)
class Reveal:
    """One party's opened contribution; ``by_trustees`` if k of them opened it in the party's stead."""

    index: int
    at: int
    party: str
    value: bytes
    by_trustees: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One logged answer."""

    index: int
    at: int
    stratum: str
    h: str
    answer: Answer
    reason: str | None
    record: str | None


@dataclass(slots=True)
class DrawRecord:
    """One draw as its log tells it. ``seed``, ``results`` and ``calling`` stand once every party is opened."""

    id: str
    spec: Mapping[str, Any]
    spec_hash: bytes
    ordered: tuple[str, ...]
    after: str | None
    reason: str | None
    spec_index: int
    ordered_at: int
    deals: dict[str, Deal] = field(default_factory=dict)
    closed_index: int | None = None
    closed_at: int | None = None
    parties: tuple[str, ...] = ()
    reveals: dict[str, Reveal] = field(default_factory=dict)
    first_reveal_index: int | None = None
    seed: bytes | None = None
    results: list[StratumResult] | None = None
    #: Set instead of ``results`` if the pool proved too small for this seed: only a further draw helps.
    too_small: PoolTooSmall | None = None
    calling: CallOut | None = None
    calls: list[Call] = field(default_factory=list)

    @property
    def missing(self) -> tuple[str, ...]:
        """The parties of a closed draw that are not opened yet."""
        return tuple(party for party in self.parties if party not in self.reveals)


class Replay:
    """The draws of one project's log, event by event."""

    def __init__(self, panel: Panel, panel_hash: bytes) -> None:
        self._panel = panel
        self._panel_hash = panel_hash
        self._seats = {seat.name: seat for seat in panel.seats}
        self._draws: dict[str, DrawRecord] = {}

    @property
    def draws(self) -> list[DrawRecord]:
        """Every draw so far, in order of its ``draw-spec``."""
        return list(self._draws.values())

    def find(self, draw_id: str) -> DrawRecord:
        """The draw of that id. Raises ``Malformed``."""
        return self._draw(draw_id, "draw")

    def take(self, index: int, event: Mapping[str, Any]) -> DrawRecord:
        """Check the next event of a draw type and add it. Raises ``Malformed`` with the place and the reason."""
        kind = event.get("type")
        takers = {
            "draw-spec": self._spec,
            "draw-deal": self._deal,
            "draw-closed": self._closed,
            "draw-reveal": self._reveal,
            "draw-call": self._call,
        }
        if kind not in takers:
            raise Malformed(f"leaf {index}: {kind!r} is no event of a draw")
        return takers[kind](index, event, f"leaf {index}: {kind}")

    def _draw(self, value: object, where: str) -> DrawRecord:
        record = self._draws.get(identifier(value, f"{where}: draw"))
        if record is None:
            raise Malformed(f"{where}: no draw {value} stands before it")
        return record

    def _spec(self, index: int, event: Mapping[str, Any], where: str) -> DrawRecord:
        fields, at = _event(event, "order sig", where)
        order = check_order(fields["order"], fields["sig"], self._panel, self._panel_hash, where)
        if order["spec"]["id"] in self._draws:
            raise Malformed(f"{where}: a draw {order['spec']['id']} stands before it")
        last = next(reversed(self._draws), None)
        if order["after"] != last:
            raise Malformed(f"{where}: after is {order['after']!r}, but the draw before it is {last!r}")
        record = DrawRecord(
            id=order["spec"]["id"],
            spec=order["spec"],
            spec_hash=spec_hash(order["spec"]),
            ordered=tuple(order["parties"]),
            after=order["after"],
            reason=order["reason"],
            spec_index=index,
            ordered_at=at,
        )
        self._draws[record.id] = record
        return record

    def _deal(self, index: int, event: Mapping[str, Any], where: str) -> DrawRecord:
        fields, at = _event(event, "deal sig", where)
        deal = exactly(fields["deal"], "v type panel draw spec party sign_pub dealing", f"{where}: deal")
        record = self._draw(deal["draw"], where)
        if record.closed_index is not None:
            raise Malformed(f"{where}: the draw was closed at leaf {record.closed_index}")
        checked = check_deal(deal, fields["sig"], record.spec_hash, self._panel, self._panel_hash, where)
        party = deal["party"]
        if party in record.deals:
            raise Malformed(f"{where}: {party} has dealt before")
        record.deals[party] = Deal(index, at, party, checked, deal["dealing"], self._ctx(record, party))
        return record

    def _closed(self, index: int, event: Mapping[str, Any], where: str) -> DrawRecord:
        fields, at = _event(event, "draw spec parties", where)
        record = self._draw(fields["draw"], where)
        if record.closed_index is not None:
            raise Malformed(f"{where}: the draw was closed at leaf {record.closed_index}")
        if unhex(fields["spec"], 32, f"{where}: spec") != record.spec_hash:
            raise Malformed(f"{where}: names another specification")
        if array(fields["parties"], f"{where}: parties") != sorted(record.deals, key=str.encode):
            raise Malformed(f"{where}: parties are not exactly those who dealt, sorted")
        absent = [party for party in record.ordered if party not in record.deals]
        if absent:
            raise Malformed(f"{where}: {', '.join(absent)} of the order did not deal")
        record.closed_index, record.closed_at = index, at
        record.parties = tuple(fields["parties"])
        return record

    def _reveal(self, index: int, event: Mapping[str, Any], where: str) -> DrawRecord:
        fields, at = _event(event, "draw party a0 shares", where)
        record = self._draw(fields["draw"], where)
        if record.closed_index is None:
            raise Malformed(f"{where}: the draw is not closed yet")
        deal = record.deals.get(identifier(fields["party"], f"{where}: party"))
        if deal is None:
            raise Malformed(f"{where}: {fields['party']} has not dealt")
        if deal.party in record.reveals:
            raise Malformed(f"{where}: {deal.party} is opened already")
        if (fields["a0"] is None) == (fields["shares"] is None):
            raise Malformed(f"{where}: exactly one of a0 and shares is null")
        by_trustees = fields["a0"] is None
        if by_trustees:
            secret = self._opened(deal, fields["shares"], where)
        else:
            secret = revealed_secret(fields["a0"], deal.dealing, where)
        value = contribution(secret, deal.ctx)
        record.reveals[deal.party] = Reveal(index, at, deal.party, value, by_trustees)
        if record.first_reveal_index is None:
            record.first_reveal_index = index
        if not record.missing:
            _settle(record)
        return record

    def _opened(self, deal: Deal, shares: object, where: str) -> bytes:
        found = array(shares, f"{where}: shares")
        if len(found) != self._panel.k:
            raise Malformed(f"{where}: {len(found)} shares, not exactly {self._panel.k}")
        for place, share in enumerate(found):
            check_party_share(share, deal.dealing, deal.ctx, self._panel, f"{where}: shares[{place}]")
        return combine(found)

    def _call(self, index: int, event: Mapping[str, Any], where: str) -> DrawRecord:
        fields, at = _event(event, "draw stratum h answer reason record", where)
        record = self._draw(fields["draw"], where)
        if record.calling is None:
            raise Malformed(f"{where}: nobody is drawn yet")
        h = unhex(fields["h"], 32, f"{where}: h").hex()
        stratum = identifier(fields["stratum"], f"{where}: stratum")
        reason, proof = fields["reason"], fields["record"]
        try:
            answer = Answer(text_of(fields["answer"], f"{where}: answer"))
        except ValueError as error:
            raise Malformed(f"{where}: answer: not known") from error
        if reason is not None and not text_of(reason, f"{where}: reason"):
            raise Malformed(f"{where}: reason: empty")
        if proof is not None:
            unhex(proof, 32, f"{where}: record")
        try:
            record.calling.record(stratum, h, answer, reason=reason, record=proof)
        except DomainError as error:
            raise Malformed(f"{where}: {_CALL_FAULTS[error.code]}") from error
        record.calls.append(Call(index, at, stratum, h, answer, reason, proof))
        return record

    def _ctx(self, record: DrawRecord, party: str) -> bytes:
        return party_ctx(self._panel_hash, record.spec_hash, party)


#: The refusals of ``calls`` in the verifier's words.
_CALL_FAULTS = {
    "draw.not_their_turn": "it is not this one's turn",
    "draw.skip": "a reserve who is drawn elsewhere or over the cap is skipped, and nobody else",
    "draw.reason": "reason and record stand with a decline, no-answer, absence or recusal, and only there",
}


def replay_draws(
    events: Iterable[tuple[int, Mapping[str, Any]]], panel: Panel, panel_hash: bytes
) -> list[DrawRecord]:
    """Every draw among ``events`` (index in the log, event; other types are passed over), checked in order."""
    replay = Replay(panel, panel_hash)
    for index, event in events:
        if event.get("type") in TYPES:
            replay.take(index, event)
    return replay.draws


def check_order(
    value: object, sig: object, panel: Panel, panel_hash: bytes, where: str = "order"
) -> dict[str, Any]:
    """A draw order whose shape, specification, parties and signature hold (§7.1); else ``Malformed``."""
    order = exactly(value, "v type panel spec parties after reason", f"{where}: order")
    _of_type(order, "draw-order", panel_hash, f"{where}: order")
    check_spec(order["spec"])
    parties = array(order["parties"], f"{where}: parties")
    seats = {seat.name for seat in panel.seats}
    for party in parties:
        if identifier(party, f"{where}: parties") not in seats:
            raise Malformed(f"{where}: parties: {party} has no seat in the panel")
    if len(parties) < 2 or parties != sorted(set(parties), key=str.encode):
        raise Malformed(f"{where}: parties: not two or more names, sorted, each once")
    if (order["after"] is None) != (order["reason"] is None):
        raise Malformed(f"{where}: a further draw names the one before and the reason; a first draw neither")
    if order["after"] is not None:
        identifier(order["after"], f"{where}: after")
        if not text_of(order["reason"], f"{where}: reason"):
            raise Malformed(f"{where}: reason: empty")
    if not verify_object(panel.seat_of("supervisor").sign, ORDER_TAG, order, sig):
        raise Malformed(f"{where}: the signature is not the supervisor seat's")
    return order


def check_deal(
    deal: Mapping[str, Any], sig: object, spec: bytes, panel: Panel, panel_hash: bytes, where: str = "deal"
) -> bytes:
    """The signing key of a party's deal for the specification ``spec``, all checked (§7.2); else ``Malformed``."""
    _of_type(deal, "draw-deal", panel_hash, f"{where}: deal")
    if unhex(deal["spec"], 32, f"{where}: spec") != spec:
        raise Malformed(f"{where}: deals for another specification")
    party = identifier(deal["party"], f"{where}: party")
    key = unhex(deal["sign_pub"], 32, f"{where}: sign_pub")
    seat = next((seat for seat in panel.seats if seat.name == party), None)
    if seat is not None and key != seat.sign:
        raise Malformed(f"{where}: {party} has a seat, but sign_pub is not the seat's key")
    if not is_acceptable_key(key) or not verify_object(key, DEAL_TAG, dict(deal), sig):
        raise Malformed(f"{where}: the signature is not {party}'s")
    try:
        check_dealing(party_ctx(panel_hash, spec, party), panel.k, panel.pubs, deal["dealing"])
    except Malformed as error:
        raise Malformed(f"{where}: {error}") from error
    return key


def revealed_secret(a0: object, dealing: Mapping[str, Any], where: str = "reveal") -> bytes:
    """``enc(a₀·G)`` of a revealed a₀ that is canonical, not zero, and the one committed to; else ``Malformed``."""
    scalar = scalar_of(a0, f"{where}: a0")
    if scalar == 0:
        raise Malformed(f"{where}: a0 is zero")
    if multiply(scalar, H).hex() != dealing["C"][0]:
        raise Malformed(f"{where}: a0 is not the one that was dealt")
    return multiply_base(scalar)


def check_party_share(
    share: object, dealing: Mapping[str, Any], ctx: bytes, panel: Panel, where: str = "share"
) -> int:
    """The seat number of a trustee's share of a party's dealing, its proof checked under ``ctx``."""
    fields = exactly(share, "i S c z", where)
    i = integer(fields["i"], f"{where}: i", 1, len(panel.seats))
    try:
        check_share(ctx, i, panel.pubs[i - 1], bytes.fromhex(dealing["E"][i - 1]), share)
    except Malformed as error:
        raise Malformed(f"{where}: {error}") from error
    return i


def _settle(record: DrawRecord) -> None:
    record.seed = draw_seed(record.spec_hash, {name: r.value for name, r in record.reveals.items()})
    try:
        record.results = draw(record.seed, record.spec)
    except PoolTooSmall as error:
        record.too_small = error
        return
    record.calling = CallOut(record.spec, record.results)


def _event(event: Mapping[str, Any], fields: str, where: str) -> tuple[dict[str, Any], int]:
    parts = exactly(event, f"v type at {fields}", where)
    integer(parts["v"], f"{where}: v", 1, 1)
    return parts, integer(parts["at"], f"{where}: at")


def _of_type(value: Mapping[str, Any], kind: str, panel_hash: bytes, where: str) -> None:
    integer(value["v"], f"{where}: v", 1, 1)
    if value["type"] != kind:
        raise Malformed(f"{where}: type is not {kind}")
    if unhex(value["panel"], 32, f"{where}: panel") != panel_hash:
        raise Malformed(f"{where}: names another panel")
