"""The parties' numbers: dealt sealed, closed together, then revealed, or opened by trustees (protocol §7.2, §7.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bidding.core.actor import Role
from bidding.core.canonical import Malformed, dumps, exactly, identifier, integer, loads
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.experts import queries, rules
from bidding.experts.models import Draw, DrawDeal, DrawShare
from bidding.experts.policy import Permission
from bidding.experts.replay import DrawRecord, check_party_share
from bidding.experts.rules import Step
from bidding.experts.service.writing import held, person, proof, write
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.sealing.panel import Panel


def deal(tx: Tx, uid: str, value: object) -> Draw:
    """Take a party's sealed number. ``value`` is the JSON of ``bidding draw deal``.

    A tenderer joins once, under a name of its own. Raises ``RefusedProof``, ``OnePartyEach``.
    """
    by = person(tx, Permission.DRAW_CONTRIBUTE)
    draw, log = held(tx, uid, Step.ORDERED)
    with proof():
        parts = exactly(value, "deal sig", "file")
        party = identifier(exactly(parts["deal"], _DEAL, "deal")["party"], "deal: party")
    if parts["deal"]["draw"] != draw.code:
        raise rules.RefusedProof(reason=f"deal: is for {parts['deal']['draw']}", field="file")
    _, panel = queries.panel_of(draw.project)
    _check_party(tx, draw, panel, party)
    write(tx, draw, log, EventType.DRAW_DEAL, deal=parts["deal"], sig=parts["sig"])
    tx.session.add(DrawDeal(draw_id=draw.id, party=party, brought_at=tx.now, brought_by_id=by))
    tx.session.flush()
    return draw


_DEAL = "v type panel draw spec party sign_pub dealing"


def _check_party(tx: Tx, draw: Draw, panel: Panel, party: str) -> None:
    """Staff bring the numbers of seats, a tenderer its own, once: nobody floods a draw with parties."""
    seated = any(seat.name == party for seat in panel.seats)
    if seated == (Role.TENDERER in tx.actor.roles):
        raise rules.OnePartyEach(field="file")
    if seated:
        return
    if queries.has_brought(tx.session, tx.actor, draw):
        raise rules.OnePartyEach(field="file")


def close_parties(tx: Tx, uid: str) -> Draw:
    """Close the parties, once everybody of the order has dealt: no number can be added or changed any more.

    From here the draw stands. Raises ``PartiesMissing``.
    """
    person(tx, Permission.DRAW_FREEZE)
    draw, log = held(tx, uid, Step.ORDERED)
    record = queries.replay_of(tx.session, draw.project).find(draw.code)
    absent = [party for party in record.ordered if party not in record.deals]
    if absent:
        raise rules.PartiesMissing(parties="、".join(absent))
    parties = sorted(record.deals, key=str.encode)
    leaf, _ = write(
        tx, draw, log, EventType.DRAW_CLOSED, draw=draw.code, spec=draw.spec_hash, parties=parties
    )
    draw.closed_at, draw.closed_leaf_id = leaf.written_at, leaf.id
    tx.session.flush()
    return draw


def reveal(tx: Tx, uid: str, value: object) -> Draw:
    """Take a party's opened number. ``value`` is the JSON of ``bidding draw reveal``. Twice is harmless.

    Raises ``NotWitnessed``, ``RefusedProof``.
    """
    person(tx, Permission.DRAW_CONTRIBUTE)
    draw, log = held(tx, uid, Step.CLOSED, Step.DRAWN)
    parts = _file(value, "v type draw party a0", "draw-reveal", draw)
    _check_witnessed(tx, draw)
    record = queries.replay_of(tx.session, draw.project).find(draw.code)
    if parts["party"] in record.reveals:
        return draw
    leaf, record = write(
        tx,
        draw,
        log,
        EventType.DRAW_REVEAL,
        draw=draw.code,
        party=parts["party"],
        a0=parts["a0"],
        shares=None,
    )
    return _settle(tx, draw, leaf, record)


def share(tx: Tx, uid: str, value: object) -> Draw:
    """Take a trustee's share of a party that does not reveal; the k-th opens its number. Twice is harmless.

    ``value`` is the JSON of ``bidding draw share``. Raises ``NotWitnessed``, ``RefusedProof``.
    """
    by = person(tx, Permission.DRAW_CONTRIBUTE)
    draw, log = held(tx, uid, Step.CLOSED, Step.DRAWN)
    parts = _file(value, "v type draw party share", "draw-share", draw)
    _check_witnessed(tx, draw)
    record = queries.replay_of(tx.session, draw.project).find(draw.code)
    party = parts["party"]
    if party in record.reveals:
        return draw
    _, panel = queries.panel_of(draw.project)
    i = _seat_of_share(record, panel, party, parts["share"])
    kept = {
        row.i: row.share
        for row in tx.session.scalars(
            select(DrawShare).where(DrawShare.draw_id == draw.id, DrawShare.party == party)
        )
    }
    if i in kept:
        return draw
    kept[i] = dumps(parts["share"]).decode()
    tx.session.add(
        DrawShare(draw_id=draw.id, party=party, i=i, share=kept[i], brought_at=tx.now, brought_by_id=by)
    )
    if len(kept) < panel.k:
        tx.session.flush()
        return draw
    leaf, record = write(
        tx,
        draw,
        log,
        EventType.DRAW_REVEAL,
        draw=draw.code,
        party=party,
        a0=None,
        shares=[loads(text) for _, text in sorted(kept.items())],
    )
    return _settle(tx, draw, leaf, record)


def _seat_of_share(record: DrawRecord, panel: Panel, party: str, value: object) -> int:
    dealt = record.deals.get(party)
    if dealt is None:
        raise rules.RefusedProof(reason=f"{party} has not dealt", field="file")
    with proof():
        return check_party_share(value, dealt.dealing, dealt.ctx, panel)


def _file(value: object, keys: str, kind: str, draw: Draw) -> dict[str, Any]:
    with proof():
        parts = exactly(value, keys, "file")
        integer(parts["v"], "file: v", 1, 1)
        identifier(parts["party"], "file: party")
        if parts["type"] != kind:
            raise Malformed(f"file: type is not {kind}")
        if parts["draw"] != draw.code:
            raise Malformed(f"file: is for {parts['draw']}, not {draw.code}")
    return parts


def _check_witnessed(tx: Tx, draw: Draw) -> None:
    if not queries.witnessed(tx.session, draw):
        raise rules.NotWitnessed


def _settle(tx: Tx, draw: Draw, leaf: Leaf, record: DrawRecord) -> Draw:
    """With the last number the ranking stands, whatever anybody wishes."""
    if draw.drawn_at is not None:  # held() lets Step.DRAWN in so that a file sent twice is harmless
        raise WrongState
    if not record.missing:
        draw.drawn_at = leaf.written_at
    tx.session.flush()
    return draw
