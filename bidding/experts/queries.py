"""Reading the pool and the draws. Names leave here only where ``policy`` lets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.core.workdays import earliest_draw_day
from bidding.experts import policy
from bidding.experts.calls import Answer, Turn
from bidding.experts.draw import StratumResult
from bidding.experts.models import (
    Disclosure,
    Draw,
    DrawCall,
    DrawLeaf,
    DrawShare,
    Expert,
    PoolImport,
    Specialty,
    expert_specialty,
)
from bidding.experts.replay import TYPES, Call, DrawRecord, Replay
from bidding.experts.rules import Composition, Conditions, Excluded, Recusal, Step, conditions_of, number_of
from bidding.identity.models import Organisation
from bidding.identity.policy import OrganisationKind
from bidding.ledger import queries as ledger
from bidding.ledger.models import Leaf, Log
from bidding.sealing.panel import Panel, parse_panel
from bidding.submissions.models import Bid
from bidding.submissions.queries import is_closed
from bidding.submissions.rules import BidState
from bidding.tenders.models import Project
from bidding.tenders.queries import calendar, local_day, rules_for
from bidding.tenders.rules import cite

#: The name of the centre's own pool in every commitment.
POOL_ID = "local"


def specialties(session: Session) -> Sequence[Specialty]:
    """Every specialty, by code."""
    return session.scalars(select(Specialty).order_by(Specialty.code)).all()


def pool_size(session: Session) -> dict[str, int]:
    """How many active experts each specialty has, by code."""
    rows = session.execute(
        select(Specialty.code, func.count(Expert.id))
        .join(expert_specialty, expert_specialty.c.specialty_id == Specialty.id)
        .join(Expert, Expert.id == expert_specialty.c.expert_id)
        .where(Expert.active)
        .group_by(Specialty.code)
    )
    return {code: count for code, count in rows}


def experts(words: str = "") -> Select[Expert]:
    """The pool by name, or those whose name, unit or specialty contains every word; to be paged."""
    found = select(Expert).options(selectinload(Expert.specialties)).order_by(Expert.name, Expert.id)
    for word in words.split()[:5]:
        found = found.where(
            or_(
                Expert.name.icontains(word, autoescape=True),
                Expert.unit.icontains(word, autoescape=True),
                Expert.specialties.any(
                    or_(
                        Specialty.code.icontains(word, autoescape=True),
                        Specialty.name.icontains(word, autoescape=True),
                    )
                ),
            )
        )
    return found


def known_people(session: Session) -> set[tuple[str, str]]:
    """(name, phone) of everybody in the pool."""
    return {(name, phone) for name, phone in session.execute(select(Expert.name, Expert.phone))}


def imports(session: Session) -> Sequence[PoolImport]:
    """Lists brought so far, the newest first."""
    return session.scalars(select(PoolImport).order_by(PoolImport.brought_at.desc()).limit(50)).all()


def pool_import(session: Session, uid: str) -> PoolImport:
    """One list. Raises ``NotFound``."""
    found = session.scalar(select(PoolImport).where(PoolImport.uid == uid))
    if found is None:
        raise NotFound
    return found


def composition(session: Session, project: Project, on: date) -> Composition:
    """The rulebook's figures for the project's panel."""
    figures = rules_for(session, project.family, project.method, project.rules_on or on)
    least, thirds = figures.get("panel-min"), figures.get("panel-experts")
    large, limit = figures.get("panel-large-min"), figures.get("panel-large-from")
    if large is not None and limit is not None:
        if sum(lot.budget_fen for lot in project.lots) >= limit.value:
            least = large
    return Composition(
        least=least.value if least else None,
        least_source=cite(least) if least else "",
        thirds=thirds.value if thirds else None,
        thirds_source=cite(thirds) if thirds else "",
    )


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first day on which a draw may be frozen, and where that stands."""

    day: date | None
    days: int = 0
    source: str = ""


def earliest_day(session: Session, project: Project, evaluation_on: date) -> Earliest:
    """The first lawful day of a draw for an evaluation on that day, if the rulebook has one."""
    figures = rules_for(session, project.family, project.method, project.rules_on or evaluation_on)
    figure = figures.get("draw-earliest")
    if figure is None:
        return Earliest(None)
    day = earliest_draw_day(evaluation_on, figure.value, calendar(session))
    return Earliest(day, figure.value, cite(figure))


def recusal(session: Session, draw: Draw) -> Recusal:
    """The units whose people may not sit: agency, owner, supervisors, units named by hand; tenderers after the close.

    Before the close nobody may learn who bids, so tenderers' people are recused at the call-out instead
    (招标投标法 22; protocol §7.7).
    """
    project = draw.project
    supervisors = session.execute(
        select(Organisation.name, Organisation.uscc).where(Organisation.kind == OrganisationKind.SUPERVISORY)
    )
    tenderers: Iterable[Any] = ()
    if is_closed(session, project.id):
        tenderers = session.execute(
            select(Organisation.name, Organisation.uscc)
            .join(Bid, Bid.organisation_id == Organisation.id)
            .where(Bid.project_id == project.id, Bid.state == BidState.EFFECTIVE)
        )
    return Recusal.of(
        [
            (Excluded.AGENCY, [project.agency.name, project.agency.uscc]),
            (Excluded.OWNER, [project.owner_name]),
            (Excluded.SUPERVISOR, [text for row in supervisors for text in row]),
            (Excluded.TENDERER, [text for row in tenderers for text in row]),
            (Excluded.OTHER, draw.recused_units.splitlines()),
        ]
    )


def candidates(session: Session, codes: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """(specialty code, id, uid, name, unit, uscc, title, region) of the active experts of these specialties."""
    rows = session.execute(
        select(
            Specialty.code,
            Expert.id,
            Expert.uid,
            Expert.name,
            Expert.unit,
            Expert.unit_uscc,
            Expert.title,
            Expert.region,
        )
        .join(expert_specialty, expert_specialty.c.specialty_id == Specialty.id)
        .join(Expert, Expert.id == expert_specialty.c.expert_id)
        .where(Expert.active, Specialty.code.in_(codes))
        .order_by(Expert.id)
        .execution_options(yield_per=5000)
    )
    return (tuple(row) for row in rows)


def draws(actor: Actor) -> Select[Draw]:
    """The draws the actor may see, the newest first; to be paged."""
    found = (
        select(Draw).options(selectinload(Draw.project)).order_by(Draw.requested_at.desc(), Draw.id.desc())
    )
    if Role.ADMINISTRATOR in actor.roles or Role.SUPERVISOR in actor.roles:
        return found
    own = Draw.project.has(Project.agency_id == actor.organisation_id) if Role.AGENCY in actor.roles else None
    if Role.TENDERER in actor.roles:
        return found.where(Draw.ordered_at.is_not(None))
    return found.where(own if own is not None else Draw.id < 0)


def draw_for(session: Session, actor: Actor, uid: str) -> Draw:
    """A draw the actor may see. Raises ``NotFound`` for others."""
    found = session.scalar(select(Draw).where(Draw.uid == uid))
    if found is None or not policy.may_read(
        actor, agency_id=found.project.agency_id, ordered=found.ordered_at is not None
    ):
        raise NotFound
    return found


def requestable(session: Session, actor: Actor) -> Sequence[Project]:
    """Published projects for which the actor may ask for a draw, the newest first."""
    query = select(Project).where(Project.panel.is_not(None)).order_by(Project.published_at.desc()).limit(200)
    if Role.ADMINISTRATOR not in actor.roles:
        query = query.where(Project.agency_id == actor.organisation_id)
    return session.scalars(query).all()


def drawn_before(session: Session, project_id: int) -> bool:
    """Whether a draw of the project has been drawn: a further one then fills open places."""
    found = session.scalar(select(Draw.id).where(Draw.project_id == project_id, Draw.drawn_at.is_not(None)))
    return found is not None


def last_ordered(session: Session, project_id: int) -> Draw | None:
    """The project's last draw that stands in its log: the one a further draw names."""
    return session.scalar(
        select(Draw)
        .where(Draw.project_id == project_id, Draw.ordered_at.is_not(None))
        .order_by(Draw.ordered_at.desc(), Draw.id.desc())
        .limit(1)
    )


def panel_of(project: Project) -> tuple[dict[str, Any], Panel]:
    """The project's panel as published, and parsed. Raises ``NotFound`` for a draft."""
    if project.panel is None:
        raise NotFound
    event = loads(project.panel)
    return event, parse_panel(event)


def replay_of(session: Session, project: Project) -> Replay:
    """The project's draws as a verifier reads them from its log."""
    _, panel = panel_of(project)
    replay = Replay(panel, panel.hash)
    rows = session.execute(
        select(Leaf.idx, Leaf.event)
        .where(Leaf.log_id == project.log_id, Leaf.type.in_(TYPES))
        .order_by(Leaf.idx)
    )
    for index, text in rows:
        replay.take(index, loads(text))
    return replay


def record_of(session: Session, draw: Draw) -> DrawRecord | None:
    """What the log says of a draw; None before its order."""
    return replay_of(session, draw.project).find(draw.code) if draw.ordered_at is not None else None


def witnessed(session: Session, draw: Draw) -> bool:
    """Whether a quorum has cosigned that no contribution can change any more (protocol §7.2)."""
    if draw.closed_leaf_id is None or draw.project.log_id is None:
        return False
    leaf = session.get_one(Leaf, draw.closed_leaf_id)
    log = session.get_one(Log, draw.project.log_id)
    return ledger.witnessed_checkpoint(session, log, covers=leaf.idx) is not None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place of a ranking, by number; never by name."""

    position: int
    number: str
    h: str
    backup: bool
    answer: Answer | None
    now: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One specialty of a draw: who can be drawn, who is excluded why, and the ranking once it stands."""

    code: str
    name: str
    need: int
    backups: int
    listed: int
    excluded: Mapping[str, int]
    ranked: Sequence[Ranked]
    turn: Turn | None
    used_up: bool

    @property
    def free(self) -> int:
        """How many are ranked."""
        return self.listed - sum(self.excluded.values())


@dataclass(frozen=True, slots=True)
class View:
    """Everything a draw's page shows."""

    draw: Draw
    conditions: Conditions
    step: Step
    lines: Sequence[Line]
    record: DrawRecord | None
    parties: Sequence[str]
    witnessed: bool
    shares: Mapping[str, Sequence[int]]
    k: int
    calls: Sequence[DrawCall]
    serving: int
    complete: bool
    used_up: bool


def view(session: Session, draw: Draw) -> View:
    """The page of a draw."""
    conditions = conditions_of(loads(draw.conditions))
    record = record_of(session, draw)
    names = {row.code: row.name for row in specialties(session)}
    _, panel = panel_of(draw.project)
    spec = loads(draw.spec) if draw.spec else None
    lines = [_line(stratum, names, record) for stratum in spec["strata"]] if spec else []
    calling = record.calling if record else None
    shares: dict[str, list[int]] = {}
    for party, i in session.execute(
        select(DrawShare.party, DrawShare.i).where(DrawShare.draw_id == draw.id).order_by(DrawShare.i)
    ):
        shares.setdefault(party, []).append(i)
    return View(
        draw=draw,
        conditions=conditions,
        step=draw.step,
        lines=lines,
        record=record,
        parties=_parties(record),
        witnessed=witnessed(session, draw),
        shares=shares,
        k=panel.k,
        calls=calls_of(session, draw),
        serving=sum(len(calling.serving(line.code)) for line in lines) if calling else 0,
        complete=calling.complete() if calling else False,
        used_up=any(line.used_up for line in lines) or bool(record and record.too_small),
    )


def _parties(record: DrawRecord | None) -> list[str]:
    if record is None:
        return []
    return sorted({*record.ordered, *record.deals}, key=str.encode)


def _line(stratum: Mapping[str, Any], names: Mapping[str, str], record: DrawRecord | None) -> Line:
    leaves = stratum["leaves"]
    code = stratum["id"]
    excluded = Counter(leaf["excl"] for leaf in leaves if leaf["excl"] is not None)
    result = next((r for r in (record.results or [] if record else []) if r.id == code), None)
    calling = record.calling if record else None
    turn = calling.next(code) if calling else None
    return Line(
        code=code,
        name=names.get(code, code),
        need=stratum["need"],
        backups=stratum["backups"],
        listed=len(leaves),
        excluded=excluded,
        ranked=_ranked(result, leaves, record, turn) if result and record else [],
        turn=turn,
        used_up=calling.used_up(code) if calling else False,
    )


def _ranked(
    result: StratumResult, leaves: Sequence[Mapping[str, Any]], record: DrawRecord, turn: Turn | None
) -> list[Ranked]:
    numbers = numbers_of(leaves, {*result.picks, *result.backups})
    calling = record.calling
    return [
        Ranked(
            position=position,
            number=numbers[h],
            h=h,
            backup=position > len(result.picks),
            answer=calling.answer_of(result.id, h) if calling else None,
            now=turn is not None and turn.h == h,
        )
        for position, h in enumerate((*result.picks, *result.backups), 1)
    ]


def numbers_of(leaves: Sequence[Mapping[str, Any]], wanted: set[str]) -> dict[str, str]:
    """The numbers of those wanted: their places in the frozen list of the stratum, from 1."""
    return {
        leaf["h"]: number_of(place, len(leaves))
        for place, leaf in enumerate(leaves, 1)
        if leaf["h"] in wanted
    }


def calls_of(session: Session, draw: Draw) -> Sequence[DrawCall]:
    """The calls in order."""
    return session.scalars(select(DrawCall).where(DrawCall.draw_id == draw.id).order_by(DrawCall.id)).all()


def disclosed_to(session: Session, draw: Draw, h: str, account_id: int | None) -> bool:
    """Whether this person was shown who stands behind ``h``, and that was written down."""
    found = session.scalar(
        select(Disclosure.id).where(
            Disclosure.draw_id == draw.id, Disclosure.h == h, Disclosure.account_id == account_id
        )
    )
    return found is not None


def expert_behind(session: Session, draw: Draw, h: str) -> Expert:
    """The person behind a commitment. The caller has asked ``policy`` or written a ``Disclosure``."""
    return session.scalars(
        select(Expert)
        .join(DrawLeaf, DrawLeaf.expert_id == Expert.id)
        .where(DrawLeaf.draw_id == draw.id, DrawLeaf.h == h)
    ).one()


def order_file(session: Session, draw: Draw) -> dict[str, Any]:
    """What the supervisor's client needs to check the frozen list and sign the order: it has names, so theirs alone."""
    if draw.spec is None or draw.ordered_at is not None:
        raise NotFound
    panel, parsed = panel_of(draw.project)
    people = session.execute(
        select(DrawLeaf.h, DrawLeaf.salt, DrawLeaf.expert)
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
        "people": [{"h": h, "salt": salt, "expert": loads(expert)} for h, salt, expert in people],
        "parties": default_parties(parsed),
        "after": last.code if last else None,
        "reason": draw.reason,
    }


def default_parties(panel: Panel) -> list[str]:
    """Supervisor, agency and administrator, as far as they have seats (protocol §7.2)."""
    roles = ("supervisor", "agency", "administrator")
    return sorted((seat.name for seat in panel.seats if seat.role in roles), key=str.encode)


def deal_file(session: Session, draw: Draw) -> dict[str, Any]:
    """What a party needs to deal: the panel and the signed order; no names."""
    if draw.ordered_at is None:
        raise NotFound
    panel, _ = panel_of(draw.project)
    event = _event(session, draw, "draw-spec")
    return {"v": 1, "type": "draw-deal-file", "panel": panel, "order": event["order"], "sig": event["sig"]}


def share_file(session: Session, draw: Draw, party: str) -> dict[str, Any]:
    """What a trustee needs to open a party that does not reveal: the order, the dealing, and the proof that a
    quorum has seen the parties closed. Raises ``NotFound`` before that."""
    if draw.closed_leaf_id is None or not witnessed(session, draw):
        raise NotFound
    dealt = next(
        (
            event
            for event in _events(session, draw, "draw-deal")
            if event["deal"]["draw"] == draw.code and event["deal"]["party"] == party
        ),
        None,
    )
    if dealt is None:
        raise NotFound
    return {
        **deal_file(session, draw),
        "type": "draw-share-file",
        "deal": dealt["deal"],
        "deal_sig": dealt["sig"],
        "closed": ledger.receipt(session, session.get_one(Leaf, draw.closed_leaf_id), witnessed=True),
    }


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
            .where(DrawLeaf.draw_id == draw.id, DrawLeaf.h.in_(called))
            .order_by(DrawLeaf.h)
        )
        people += [{"h": h, "salt": salt, "expert": loads(expert)} for h, salt, expert in rows]
    return {"v": 1, "pool_id": POOL_ID, "experts": people}


def evaluation_day(draw: Draw) -> date:
    """The day of the evaluation in Shanghai."""
    return local_day(draw.evaluation_at)


def last_calls(record: DrawRecord) -> dict[tuple[str, str], Call]:
    """The last answer of everybody called, by stratum and commitment."""
    return {(call.stratum, call.h): call for call in record.calls}
