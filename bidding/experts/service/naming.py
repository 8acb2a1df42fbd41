"""Opening names: the supervisor's halves, and letting names out when the law lets them (protocol §7.8).

The supervisor gives halves, the centre's client opens with its own; neither key ever comes here, and what comes is checked
against the commitments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from bidding.core.canonical import Malformed, array, exactly, identifier, integer, unhex
from bidding.core.clock import SHANGHAI
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.experts import names, queries, rules
from bidding.experts.models import Disclosure, Draw, DrawHalf, DrawLeaf, Expert
from bidding.experts.names import NamesMissing, NotCountersigned, Opened
from bidding.experts.policy import Permission
from bidding.experts.queries import Purpose
from bidding.experts.rules import Step
from bidding.experts.service.writing import held, person, proof

_MOMENTS = {
    Purpose.CALL: (Step.DRAWN, Step.RELEASED),
    Purpose.RELEASE: (Step.DRAWN, Step.RELEASED),
    Purpose.PUBLISH: (Step.RELEASED,),
    Purpose.FURTHER: (Step.REQUESTED,),
}


def give_halves(tx: Tx, uid: str, value: object) -> int:
    """Take the supervisor's halves; how many. ``value`` is the JSON of ``bidding draw half``.

    A half can be given again until its leaf is opened: only the centre's client can tell whether it is the right one.
    Raises ``RefusedProof``: of somebody who is not to be called, or of another draw.
    """
    by = person(tx, Permission.DRAW_HALF)
    draw, _ = held(tx, uid, Step.REQUESTED, Step.DRAWN, Step.RELEASED)
    with proof():
        parts = exactly(value, "v type draws", "file")
        integer(parts["v"], "file: v", 1, 1)
        if parts["type"] != "draw-halves":
            raise Malformed("file: type is not draw-halves")
        given = [_halves(item) for item in array(parts["draws"], "file: draws")]
        of_project = {each.code: each for each in queries.of_project(tx.session, draw.project_id)}
        replay = queries.replay_of(tx.session, draw.project)
        for code, found in given:
            other = of_project.get(code)
            if other is None or other.drawn_at is None:
                raise Malformed(f"file: {code} is no draw of this project that has been drawn")
            allowed = queries.may_be_opened(tx.session, other, replay.find(code))
            if not found.keys() <= allowed:
                raise Malformed("file: a half of somebody who is not to be called now")
            _keep(tx, other, found, by)
    return sum(len(found) for _, found in given)


def _halves(item: object) -> tuple[str, dict[str, str]]:
    parts = exactly(item, "draw halves", "file: draws")
    rows = [exactly(row, "h half", "file: halves") for row in array(parts["halves"], "file: halves")]
    for row in rows:
        unhex(row["h"], 32, "file: h")
        unhex(row["half"], 32, "file: half")
    return identifier(parts["draw"], "file: draw"), {row["h"]: row["half"] for row in rows}


def _keep(tx: Tx, draw: Draw, found: Mapping[str, str], by: int) -> None:
    tx.session.execute(delete(DrawHalf).where(DrawHalf.draw_id == draw.id, DrawHalf.h.in_(found)))
    tx.session.add_all(
        DrawHalf(draw_id=draw.id, h=h, half=half, given_at=tx.now, given_by_id=by)
        for h, half in found.items()
    )
    tx.session.flush()


def take_names(tx: Tx, uid: str, purpose: Purpose) -> dict[str, Any]:
    """Give the centre what opens the names an act needs, and write down who took it: the file for its client.

    For a call, only who was shown by ``show``. Raises ``NotFound``: nothing is to be opened for that now;
    ``NamesMissing``, and what the act itself would.
    """
    by = person(tx, Permission.DRAW_CALL)
    draw, _ = held(tx, uid, *_MOMENTS[purpose])
    if purpose is Purpose.RELEASE:
        _check_release(tx, draw)
    if purpose is Purpose.PUBLISH:
        _check_publish(tx, draw)
    wanted = queries.to_open(tx.session, draw.project, purpose, draw)
    if purpose is Purpose.CALL:
        wanted = [(each, _shown(tx, each, hashes, by)) for each, hashes in wanted]
    if not any(hashes for _, hashes in wanted):
        raise NotFound
    for each, hashes in wanted:
        if not queries.halves(tx.session, each).keys() >= set(hashes):
            raise NamesMissing(code=each.code, field="file")
        _disclose(tx, each, hashes, by)
    return queries.names_file(tx.session, draw.project, wanted)


def _shown(tx: Tx, draw: Draw, hashes: Sequence[str], by: int) -> list[str]:
    return [h for h in hashes if queries.disclosed_to(tx.session, draw, h, by)]


def _disclose(tx: Tx, draw: Draw, hashes: Sequence[str], by: int) -> None:
    for h in hashes:
        if not queries.disclosed_to(tx.session, draw, h, by):
            tx.session.add(Disclosure(draw_id=draw.id, h=h, account_id=by, at=tx.now))
    tx.session.flush()


def release(tx: Tx, uid: str, opened: object = None) -> Draw:
    """Let the names into the evaluation room, when the evaluation begins and every place is taken.

    ``opened`` is the JSON of ``bidding draw names`` with those who serve; the supervisor's halves of them were the second
    person's consent. Once released, it takes in who has joined since. Raises ``NotYetReleased``, ``StillCalling``,
    ``NotCountersigned``, ``NamesMissing``, ``RefusedProof``.
    """
    by = person(tx, Permission.DRAW_RELEASE)
    draw, _ = held(tx, uid, Step.DRAWN, Step.RELEASED)
    _check_release(tx, draw)
    _open(tx, draw, Purpose.RELEASE, opened)
    if draw.released_at is None:
        draw.released_at, draw.released_by_id = tx.now, by
    tx.session.flush()
    return draw


def _check_release(tx: Tx, draw: Draw) -> None:
    if tx.now < draw.evaluation_at:
        raise rules.NotYetReleased(at=f"{draw.evaluation_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    places = queries.places(tx.session, draw.project)
    if places is None or places.outstanding or places.open:
        raise rules.StillCalling
    waiting = len(queries.uncountersigned(tx.session, draw))
    if waiting:
        raise NotCountersigned(count=waiting)


def publish(tx: Tx, uid: str, opened: object = None) -> Draw:
    """Let the names of those called join the bundle: after the result of every lot (招标投标法 37). Final.

    ``opened`` has the rest of those called. Raises ``NotDecided``, ``NotCountersigned``, ``NamesMissing``,
    ``RefusedProof``.
    """
    by = person(tx, Permission.DRAW_RELEASE)
    draw, _ = held(tx, uid, Step.RELEASED)
    _check_publish(tx, draw)
    _open(tx, draw, Purpose.PUBLISH, opened)
    draw.published_at, draw.published_by_id = tx.now, by
    tx.session.flush()
    return draw


def _check_publish(tx: Tx, draw: Draw) -> None:
    open_lots = queries.undecided(tx.session, draw.project)
    if open_lots:
        raise rules.NotDecided(lots="、".join(open_lots))
    waiting = len(queries.uncountersigned(tx.session, draw))
    if waiting:
        raise NotCountersigned(count=waiting)


def _open(tx: Tx, draw: Draw, purpose: Purpose, value: object) -> None:
    """Take in the people an act needs, each checked against its commitment; nobody else comes in with them."""
    with proof():
        given = names.opened_people(value, draw.pool_id or "") if value is not None else {}
    for each, hashes in queries.to_open(tx.session, draw.project, purpose, draw):
        if not set(hashes) <= given.keys() or not queries.halves(tx.session, each).keys() >= set(hashes):
            raise NamesMissing(code=each.code, field="file")
        for h in hashes:
            _write_down(tx, each, given[h])


def _write_down(tx: Tx, draw: Draw, person: Opened) -> None:
    number = tx.session.scalar(select(Expert.id).where(Expert.uid == person.card["id"]))
    if number is None:
        raise NotFound
    tx.session.execute(
        update(DrawLeaf)
        .where(DrawLeaf.draw_id == draw.id, DrawLeaf.h == person.h)
        .values(sealed=None, salt=person.salt, expert=person.expert, expert_id=number)
    )
