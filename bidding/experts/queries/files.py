"""The files that parties, supervisors and trustees work from, and the names that join the bundle."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import dumps, loads
from bidding.core.errors import NotFound
from bidding.experts.models import Draw, DrawLeaf
from bidding.experts.queries.draws import default_parties, last_ordered, panel_of, replay_of, witnessed
from bidding.experts.queries.pool import POOL_ID
from bidding.ledger import queries as ledger
from bidding.ledger.models import Leaf
from bidding.tenders.models import Project


def order_file(session: Session, draw: Draw) -> dict[str, Any]:
    """What the supervisor's client needs to check the frozen list and sign the order: the people sealed to its key."""
    if draw.spec is None or draw.ordered_at is not None:
        raise NotFound
    panel, parsed = panel_of(draw.project)
    people = session.execute(
        select(DrawLeaf.h, DrawLeaf.sealed, DrawLeaf.salt, DrawLeaf.expert)
        .where(DrawLeaf.draw_id == draw.id)
        .order_by(DrawLeaf.h)
    )
    last = last_ordered(session, draw.project_id)
    return {
        "v": 1,
        "type": "draw-file",
        "panel": panel,
        "spec": loads(draw.spec),
        "pool_id": draw.pool_id,
        "people": [_person(*row) for row in people],
        "parties": default_parties(parsed),
        "after": last.code if last else None,
        "reason": draw.reason,
    } | ({"names": loads(draw.names)} if draw.names is not None else {})


def _person(h: str, sealed: bytes | None, salt: str | None, expert: str | None) -> dict[str, Any]:
    if sealed is not None:
        return {"h": h, "sealed": b64encode(sealed).decode()}
    return {"h": h, "salt": salt, "expert": loads(expert or "null")}


def deal_file(session: Session, draw: Draw) -> dict[str, Any]:
    """What a party needs to deal: the panel and the signed order; no names."""
    if draw.ordered_at is None:
        raise NotFound
    panel, _ = panel_of(draw.project)
    event = _event(session, draw, "draw-spec")
    return {"v": 1, "type": "draw-deal-file", "panel": panel, "order": event["order"], "sig": event["sig"]}


def closed_file(session: Session, draw: Draw) -> dict[str, Any]:
    """What a party needs to reveal: the order, and the proof that a quorum has seen the parties closed.

    Raises ``NotFound`` before that.
    """
    if draw.closed_leaf_id is None or not witnessed(session, draw):
        raise NotFound
    proof = ledger.receipt(session, session.get_one(Leaf, draw.closed_leaf_id), witnessed=True)
    return {**deal_file(session, draw), "type": "draw-closed-file", "closed": proof}


def share_file(session: Session, draw: Draw, party: str) -> dict[str, Any]:
    """What a trustee needs to open a party that does not reveal: the same, and the party's dealing.

    Raises ``NotFound`` where there is none, or where nothing may be opened yet.
    """
    closed = closed_file(session, draw)
    for event in _events(session, draw, "draw-deal"):
        if event["deal"]["draw"] == draw.code and event["deal"]["party"] == party:
            return {**closed, "type": "draw-share-file", "deal": event["deal"], "deal_sig": event["sig"]}
    raise NotFound


def _events(session: Session, draw: Draw, kind: str) -> Iterator[dict[str, Any]]:
    rows = session.scalars(
        select(Leaf.event).where(Leaf.log_id == draw.project.log_id, Leaf.type == kind).order_by(Leaf.idx)
    )
    return (loads(text) for text in rows)


def _event(session: Session, draw: Draw, kind: str) -> dict[str, Any]:
    for event in _events(session, draw, kind):
        if event["order"]["spec"]["id"] == draw.code:
            return event
    raise NotFound


def names_json(session: Session, project: Project) -> dict[str, Any] | None:
    """``names.json`` of the bundle: those called in the project's published draws; None before that (protocol §7.8)."""
    found = session.scalars(
        select(Draw).where(Draw.project_id == project.id, Draw.published_at.is_not(None)).order_by(Draw.id)
    ).all()
    if not found:
        return None
    replay = replay_of(session, project)
    people: list[dict[str, Any]] = []
    for draw in found:
        calling = replay.find(draw.code).calling
        called = {h for _, h in calling.called()} if calling else set()
        rows = session.execute(
            select(DrawLeaf.h, DrawLeaf.salt, DrawLeaf.expert)
            .where(DrawLeaf.draw_id == draw.id, DrawLeaf.h.in_(called), DrawLeaf.expert.is_not(None))
            .order_by(DrawLeaf.h)
        )
        people += [{"h": h, "salt": salt, "expert": loads(expert or "null")} for h, salt, expert in rows]
    return {"v": 1, "pool_id": POOL_ID, "experts": people}


def names_bytes(session: Session, project: Project) -> bytes | None:
    """The same as the file of the bundle."""
    names = names_json(session, project)
    return None if names is None else dumps(names) + b"\n"
