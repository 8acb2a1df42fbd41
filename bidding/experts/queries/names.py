"""What opens names: the supervisor's halves, and the files that both clients work from. No name passes here."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.experts.models import Draw, DrawCall, DrawHalf, DrawLeaf
from bidding.experts.queries.draws import of_project, panel_of, replay_of, under_way
from bidding.experts.queries.pool import POOL_ID
from bidding.experts.replay import DrawRecord
from bidding.tenders.models import Project


class Purpose(StrEnum):
    """Why names are opened: each its own people, and its own moment."""

    CALL = "call"  # whose turn it is
    RELEASE = "release"  # who serves
    PUBLISH = "publish"  # everybody called
    FURTHER = "further"  # everybody drawn before, to be excused from a further draw


def sealed(session: Session, draw: Draw, hashes: Collection[str]) -> dict[str, bytes]:
    """The leaves of these that are still sealed."""
    rows = session.execute(
        select(DrawLeaf.h, DrawLeaf.sealed)
        .where(DrawLeaf.draw_id == draw.id, DrawLeaf.h.in_(hashes), DrawLeaf.sealed.is_not(None))
        .order_by(DrawLeaf.h)
    )
    return {h: leaf for h, leaf in rows if leaf is not None}


def halves(session: Session, draw: Draw) -> dict[str, str]:
    """The supervisor's halves that were given, by ``h``, in hex."""
    rows = session.execute(select(DrawHalf.h, DrawHalf.half).where(DrawHalf.draw_id == draw.id))
    return {row[0]: row[1] for row in rows}


def turns(record: DrawRecord) -> list[str]:
    """Whose turn it is to be called, one a specialty at most; nobody who is passed over."""
    if record.calling is None:
        return []
    found = (record.calling.next(line["id"]) for line in record.spec["strata"])
    return [turn.h for turn in found if turn is not None and not turn.skip]


def may_be_opened(session: Session, draw: Draw, record: DrawRecord) -> set[str]:
    """Of whom the supervisor may give a half: picks, whose turn it is, who was called; of a draw that a further one
    follows, everybody drawn.
    """
    if record.calling is None:
        return set()
    standing = under_way(session, draw.project_id)
    if standing is not None and standing.id != draw.id and standing.frozen_at is None:
        return set(record.calling.drawn())
    picks = {h for line in record.results or [] for h in line.picks}
    return picks | set(turns(record)) | {h for _, h in record.calling.called()}


def halves_wanted(session: Session, project: Project) -> list[tuple[Draw, list[str]]]:
    """Of whom the supervisor is asked for a half now, draw by draw; the picks come with the first."""
    replay = replay_of(session, project)
    found = []
    for draw in of_project(session, project.id):
        if draw.drawn_at is None or draw.published_at is not None:
            continue
        record = replay.find(draw.code)
        given = halves(session, draw)
        asked = may_be_opened(session, draw, record) - given.keys()
        still = sorted(sealed(session, draw, asked))
        if still:
            found.append((draw, still))
    return found


def to_open(session: Session, project: Project, purpose: Purpose, draw: Draw) -> list[tuple[Draw, list[str]]]:
    """Whose names an act needs that are still sealed, draw by draw: of ``draw``, or of all before a further one."""
    replay = replay_of(session, project)
    drawn = [draw] if purpose is not Purpose.FURTHER else of_project(session, project.id)
    found = []
    for each in drawn:
        record = replay.find(each.code) if each.drawn_at is not None else None
        if record is not None and record.calling is not None:
            wanted = sorted(sealed(session, each, _wanted(record, purpose)))
            if wanted:
                found.append((each, wanted))
    return found


def _wanted(record: DrawRecord, purpose: Purpose) -> Sequence[str]:
    calling = record.calling
    if calling is None:
        return []
    if purpose is Purpose.CALL:
        return turns(record)
    if purpose is Purpose.RELEASE:
        return [h for line in record.spec["strata"] for h in calling.serving(line["id"])]
    return calling.drawn() if purpose is Purpose.FURTHER else [h for _, h in calling.called()]


def names_file(
    session: Session, project: Project, wanted: Iterable[tuple[Draw, Sequence[str]]]
) -> dict[str, Any]:
    """What the centre's client opens names from: sealed leaves with the supervisor's halves that are there."""
    return _file(session, project, ((draw, _leaves(session, draw, hashes)) for draw, hashes in wanted))


def halves_file(session: Session, project: Project) -> dict[str, Any]:
    """What the supervisor's client makes halves from. Raises ``NotFound`` where none is asked for."""
    wanted = halves_wanted(session, project)
    if not wanted:
        raise NotFound
    return _file(session, project, ((draw, [_leaf(h) for h in hashes]) for draw, hashes in wanted))


def _file(
    session: Session, project: Project, wanted: Iterable[tuple[Draw, list[dict[str, Any]]]]
) -> dict[str, Any]:
    panel, _ = panel_of(project)
    draws = [
        {"draw": draw.code, "spec": draw.spec_hash, "names": loads(draw.names or "null"), "leaves": leaves}
        for draw, leaves in wanted
    ]
    return {"v": 1, "type": "draw-names", "panel": panel, "pool_id": POOL_ID, "draws": draws}


def _leaf(h: str, leaf: bytes | None = None, half: str | None = None) -> dict[str, Any]:
    return {"h": h, "sealed": base64.b64encode(leaf).decode() if leaf is not None else None, "half": half}


def _leaves(session: Session, draw: Draw, hashes: Sequence[str]) -> list[dict[str, Any]]:
    given: Mapping[str, str] = halves(session, draw)
    return [_leaf(h, leaf, given.get(h)) for h, leaf in sealed(session, draw, hashes).items()]


def uncountersigned(session: Session, draw: Draw) -> Sequence[DrawCall]:
    """The calls that nobody but their caller has looked at."""
    return session.scalars(
        select(DrawCall)
        .where(DrawCall.draw_id == draw.id, DrawCall.countersigned_at.is_(None))
        .order_by(DrawCall.id)
    ).all()
