"""The figures of fairness: from the logs of draws that everybody can check, and for administrators from published names."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.canonical import loads
from bidding.core.clock import SHANGHAI
from bidding.experts.calls import Answer
from bidding.experts.draw import PoolTooSmall, contribution, draw, draw_seed, party_ctx
from bidding.experts.fairness import Share, Trial, shares
from bidding.experts.models import Draw, DrawCall, Expert, Specialty, expert_specialty
from bidding.experts.queries.draws import panel_of, people_behind
from bidding.experts.replay import TYPES
from bidding.experts.rules import conditions_of
from bidding.ledger.models import Leaf
from bidding.sealing.dealing import combine
from bidding.sealing.ristretto import multiply_base, scalar_of
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders.models import Project

#: Draws whose outcome is remembered: it never changes once the last number is open.
_REMEMBERED = 4096
_known: OrderedDict[str, tuple[Trial, ...]] = OrderedDict()


def years(session: Session) -> list[int]:
    """The years in which something was drawn, the last first."""
    times = session.scalars(select(Draw.drawn_at).where(Draw.drawn_at.is_not(None)))
    return sorted({at.astimezone(SHANGHAI).year for at in times if at is not None}, reverse=True)


def trials(
    session: Session, between: tuple[datetime, datetime], *, public: Callable[[Project], bool]
) -> list[Trial]:
    """Every specialty of the draws of a time whose opening record ``public`` says everybody may read."""
    found = session.scalars(
        _drawn(between)
        .join(Gate, Gate.project_id == Draw.project_id)
        .where(Gate.state == GateState.OPENED)
        .order_by(Draw.id)
    ).all()
    return [trial for each in found if public(each.project) for trial in _trials(session, each)]


def _drawn(between: tuple[datetime, datetime]) -> Any:
    return (
        select(Draw)
        .where(Draw.drawn_at >= between[0], Draw.drawn_at < between[1])
        .options(selectinload(Draw.project))
    )


def _trials(session: Session, of: Draw) -> tuple[Trial, ...]:
    if of.spec_hash is None or of.spec is None:
        return ()
    if of.spec_hash not in _known:
        _known[of.spec_hash] = _computed(session, of, loads(of.spec), bytes.fromhex(of.spec_hash))
        if len(_known) > _REMEMBERED:
            _known.popitem(last=False)
    return _known[of.spec_hash]


def _computed(session: Session, of: Draw, spec: Mapping[str, Any], spec_hash: bytes) -> tuple[Trial, ...]:
    """The draw done again from its log; every event was checked when it came in."""
    panel_hash = panel_of(of.project)[1].hash
    reveals = [event for event in _events(session, of) if event["type"] == "draw-reveal"]
    values = {
        event["party"]: contribution(_secret(event), party_ctx(panel_hash, spec_hash, event["party"]))
        for event in reveals
    }
    try:
        results = draw(draw_seed(spec_hash, values), spec)
    except PoolTooSmall:
        return ()
    specialties = {place.id: place.specialty for place in conditions_of(loads(of.conditions)).places}
    out = []
    for stratum, result in zip(spec["strata"], results, strict=True):
        free = [leaf["h"] for leaf in stratum["leaves"] if leaf["excl"] is None]
        place = {h: number for number, h in enumerate(free)}
        code = specialties.get(stratum["id"], stratum["id"])
        out.append(Trial(code, len(free), tuple(place[h] for h in result.rank[: stratum["need"]])))
    return tuple(out)


def _secret(event: Mapping[str, Any]) -> bytes:
    return combine(event["shares"]) if event["a0"] is None else multiply_base(scalar_of(event["a0"], "a0"))


def _events(session: Session, of: Draw) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Leaf.event)
        .where(Leaf.log_id == of.project.log_id, Leaf.type.in_(TYPES), Leaf.type != "draw-spec")
        .order_by(Leaf.idx)
    )
    return [event for event in map(loads, rows) if event.get("draw") == of.code]


def specialty_names(session: Session) -> dict[str, str]:
    """What specialties are called, by code."""
    return {row.code: row.name for row in session.scalars(select(Specialty).order_by(Specialty.code))}


# Of draws whose names are out, for administrators ---------------------------------------------------------------------


def called_by(session: Session, between: tuple[datetime, datetime], field: str) -> list[Share]:
    """How often people of each ``unit`` or ``region`` were called in published draws, against the pool as it is today.

    Of a draw that is only released, whoever declined is still sealed. Lists of one region alone are left out.
    """
    called: list[tuple[str, str]] = []
    asked: Counter[str] = Counter()
    for of in session.scalars(_drawn(between).where(Draw.published_at.is_not(None)).order_by(Draw.id)):
        places = {place.id: place for place in conditions_of(loads(of.conditions)).places}
        drawn = [(places[code].specialty, h) for code, h in _called(session, of) if not places[code].region]
        people = people_behind(session, of, sorted({h for _, h in drawn}))
        for code, h in drawn:
            if h in people:
                called.append((code, getattr(people[h], field)))
                asked[code] += 1
    return shares(called, asked, _pool(session, field))


def _called(session: Session, of: Draw) -> Sequence[tuple[str, str]]:
    """Specialty and commitment of everybody who was called in a draw, each once."""
    rows = session.execute(
        select(DrawCall.stratum, DrawCall.h)
        .where(DrawCall.draw_id == of.id, DrawCall.answer != Answer.SKIP.value)
        .distinct()
        .order_by(DrawCall.stratum, DrawCall.h)
    )
    return [(stratum, h) for stratum, h in rows]


def _pool(session: Session, field: str) -> dict[str, dict[str, int]]:
    """Specialty → unit or region → active people."""
    column = getattr(Expert, field)
    rows = session.execute(
        select(Specialty.code, column, func.count())
        .select_from(Expert)
        .join(expert_specialty, expert_specialty.c.expert_id == Expert.id)
        .join(Specialty, Specialty.id == expert_specialty.c.specialty_id)
        .where(Expert.active.is_(True))
        .group_by(Specialty.code, column)
        .order_by(Specialty.code, column)
    )
    out: dict[str, dict[str, int]] = {}
    for code, name, count in rows:
        out.setdefault(code, {})[name] = count
    return out
