"""Asking for experts, freezing the list, ordering the draw, giving it up: three persons until anybody contributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bidding.core.canonical import Malformed, dumps, exactly, loads
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import SamePerson
from bidding.db.bulk import insert_rows
from bidding.db.uow import Tx
from bidding.experts import names, queries, rules
from bidding.experts.draw import hash_of_spec, spec_bytes, spec_hash
from bidding.experts.freezing import Earlier
from bidding.experts.freezing import freeze as freeze_list
from bidding.experts.models import Draw, DrawLeaf
from bidding.experts.names import Named
from bidding.experts.policy import Permission
from bidding.experts.replay import check_order
from bidding.experts.rules import Conditions, Step
from bidding.experts.service.writing import held, log_of, person, proof, write
from bidding.experts.undoing import ImportUnderWay
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.tenders.models import Project
from bidding.tenders.queries import local_day

#: The kind of the note by which a draw that was ordered is given up before its close.
CANCEL_NOTE = "draw-cancelled"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a draw. ``recused`` are further units, by name or code, one a line."""

    conditions: Conditions
    evaluation_at: datetime
    hours: int
    place: str
    recused: str = ""
    reason: str = ""


def request_draw(tx: Tx, project_uid: str, wish: Wish) -> Draw:
    """Ask for experts for a published project; somebody else freezes it.

    A draw after another names it, and the reason. Raises ``UnderWay``, ``FurtherReason``, ``StillCalling``,
    ``MoreThanOpen``, ``EvaluationPassed``, ``UnknownSpecialty``, ``NoCentreSeat``, ``BadComposition`` and its kind.
    """
    asker = person(tx, Permission.DRAW_REQUEST)
    project = queries.requestable(tx.session, tx.actor, project_uid)
    names.seats_of(queries.panel_of(project)[1])
    log_of(tx, project)
    standing = queries.under_way(tx.session, project.id)
    if standing is not None:
        raise rules.UnderWay(code=standing.code)
    last = queries.last_ordered(tx.session, project.id)
    if last is not None and not wish.reason.strip():
        raise rules.FurtherReason(code=last.code, field="reason")
    _check_specialties(tx, wish.conditions)
    _check_wish(tx, project, wish.conditions, wish.evaluation_at)
    _check_pool(tx, project)
    count = tx.session.scalar(select(func.count(Draw.id)).where(Draw.project_id == project.id)) or 0
    draw = Draw(
        uid=new_uid(tx.entropy),
        code=f"{project.code[:56]}-D{count + 1}",
        project_id=project.id,
        after_id=last.id if last else None,
        reason=wish.reason.strip() if last else None,
        conditions=dumps(wish.conditions.as_json()).decode(),
        recused_units=wish.recused.strip(),
        evaluation_at=wish.evaluation_at,
        evaluation_hours=wish.hours,
        evaluation_place=wish.place.strip(),
        requested_at=tx.now,
        requested_by_id=asker,
    )
    tx.session.add(draw)
    tx.session.flush()
    return draw


def _check_specialties(tx: Tx, conditions: Conditions) -> None:
    known = {row.code for row in queries.specialties(tx.session)}
    strata: set[str] = set()
    for place in conditions.places:
        # A second line of the same would be a second draw from the same list.
        if place.specialty not in known or place.id in strata or not rules.is_specialty_code(place.id):
            raise rules.UnknownSpecialty(specialty=place.specialty, field="places")
        strata.add(place.id)


def _check_pool(tx: Tx, project: Project) -> None:
    """Refuse the centre's own pool where the law certainly wants another; where it is only likely, pages warn."""
    problem = queries.own_pool_problem(tx.session, project, local_day(tx.now))
    if problem is not None and problem.blocks:
        raise problem.refusal


def _check_wish(tx: Tx, project: Project, conditions: Conditions, evaluation_at: datetime) -> None:
    """What the law asks of a panel, and of a further draw: to fill what is open, when nobody is left to call."""
    if evaluation_at <= tx.now:
        raise rules.EvaluationPassed(at=_minute(evaluation_at), field="evaluation_at")
    places = queries.places(tx.session, project)
    if places is None:
        figures = queries.composition(tx.session, project, local_day(evaluation_at))
        rules.check_composition(conditions, figures)
        return
    if places.outstanding:
        raise rules.StillCalling
    open_places = sum(places.open.values())
    if conditions.experts > open_places:
        raise rules.MoreThanOpen(open=open_places, experts=conditions.experts, field="places")


def freeze(tx: Tx, uid: str, opened: object = None) -> Draw:
    """Check another's request, and freeze the list: who is on it, who is excused, one commitment for each.

    Who stands behind them is sealed to centre and supervisor together, and both keys are forgotten here. A draw
    after another needs ``opened``, the JSON of ``bidding draw names`` with those drawn before: they are excused, and
    nothing of them is kept. Raises ``SamePerson``, ``EvaluationPassed``, ``DrawTooEarly``, ``BadComposition`` and its
    kind, ``ImportUnderWay`` while a list is taken out of the pool, ``PoolTooSmall``, ``NoCentreSeat``,
    ``NamesMissing``, ``RefusedProof``.
    """
    by = person(tx, Permission.DRAW_FREEZE)
    draw, _ = held(tx, uid, Step.REQUESTED)
    if draw.requested_by_id == by:
        raise SamePerson
    going = queries.list_under_way(tx.session)
    if going is not None and going.undone_at is not None:  # who is about to leave the pool is not drawn
        raise ImportUnderWay
    conditions = rules.conditions_of(loads(draw.conditions))
    _check_wish(tx, draw.project, conditions, draw.evaluation_at)
    earliest = queries.earliest_day(tx.session, draw.project, local_day(draw.evaluation_at))
    rules.check_draw_day(local_day(tx.now), earliest.day, days=earliest.days, source=earliest.source)
    _check_pool(tx, draw.project)
    asked = queries.criteria_of(
        tx.session, draw.project.family, local_day(tx.now), local_day(draw.evaluation_at)
    )
    spec, people = freeze_list(
        queries.candidates(
            tx.session,
            {place.specialty for place in conditions.places},
            asked,
            left_since=queries.recusal_begins(tx.session, draw),
        ),
        draw_id=draw.code,
        pool_id=queries.POOL_ID,
        conditions=conditions,
        recusal=queries.recusal(tx.session, draw),
        earlier=_earlier(tx, draw, opened),
        entropy=tx.entropy,
    )
    draw.pool_id = queries.POOL_ID
    text = spec_bytes(spec)
    draw.spec, draw.spec_hash = text.decode(), hash_of_spec(text).hex()
    draw.frozen_at, draw.frozen_by_id = tx.now, by
    _seal(tx, draw, people)
    tx.session.flush()
    return draw


def _earlier(tx: Tx, draw: Draw, opened: object) -> Earlier:
    with proof():
        people = names.opened_people(opened, queries.POOL_ID) if opened is not None else {}
    return queries.earlier(tx.session, draw.project, people)


def _seal(tx: Tx, draw: Draw, people: Sequence[Named]) -> None:
    """Seal who stands behind every leaf; neither key outlives this call (expert-names/v1)."""
    _, panel = queries.panel_of(draw.project)
    centre, supervisor = tx.entropy.bytes(32), tx.entropy.bytes(32)
    keys = names.seal_keys(panel, bytes.fromhex(draw.spec_hash or ""), centre, supervisor, tx.entropy)
    draw.names = dumps(keys).decode()
    sealed = names.seal(people, centre, supervisor)
    insert_rows(
        tx.session,
        DrawLeaf.metadata.tables["draw_leaf"],
        ("draw_id", "h", "sealed"),
        [(draw.id, person.h, leaf) for person, leaf in zip(people, sealed, strict=True)],
    )


def order(tx: Tx, uid: str, value: object) -> Draw:
    """Take the order that the supervisor's client signed over the frozen list, and log it.

    ``value`` is the JSON of ``bidding draw order``. Raises ``RefusedProof``, ``SamePerson``.
    """
    by = person(tx, Permission.DRAW_ORDER)
    draw, log = held(tx, uid, Step.FROZEN)
    if by in (draw.requested_by_id, draw.frozen_by_id):
        raise SamePerson
    with proof():
        parts = exactly(value, "order sig", "file")
        _, panel = queries.panel_of(draw.project)
        signed = check_order(parts["order"], parts["sig"], panel, panel.hash)
        if spec_hash(signed["spec"]).hex() != draw.spec_hash:
            raise Malformed("order: not of the list that was frozen here")
        last = queries.last_ordered(tx.session, draw.project_id)
        if (signed["after"], signed["reason"]) != (last.code if last else None, draw.reason):
            raise Malformed("order: names another draw before it, or another reason")
    leaf, _ = write(tx, draw, log, EventType.DRAW_SPEC, order=parts["order"], sig=parts["sig"])
    _forget_list(draw)
    draw.ordered_at, draw.ordered_by_id = leaf.written_at, by
    tx.session.flush()
    return draw


def _forget_list(draw: Draw) -> None:
    """The supervisor has looked at the list, or never will: from now on their key alone opens nothing."""
    if draw.names is not None:
        draw.names = dumps(names.without_list(loads(draw.names))).decode()


def cancel(tx: Tx, uid: str, reason: str) -> Draw:
    """Give a draw up while no contribution has been closed; the log of an ordered one says so, and why.

    Nobody can know a result yet, so nobody can dislike it. Raises ``FurtherReason``, ``WrongState``.
    """
    by = person(tx, Permission.DRAW_FREEZE)
    draw, log = held(tx, uid, Step.REQUESTED, Step.FROZEN, Step.ORDERED)
    if not reason.strip():
        raise rules.FurtherReason(code=draw.code, field="reason")
    if draw.ordered_at is not None:
        data = {"draw": draw.code, "reason": reason.strip()}
        ledger.record(tx, log, EventType.NOTE, kind=CANCEL_NOTE, data=data)
    else:
        draw.after_id, draw.reason = (
            None,
            None,
        )  # the next request follows the last draw that stands in the log
    _forget_list(draw)
    draw.cancelled_at, draw.cancelled_by_id = tx.now, by
    draw.cancelled_reason = reason.strip()
    tx.session.flush()
    return draw


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
