"""Reading draws: whose they are to see, what the law asks of them, what their log says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.core.workdays import earliest_draw_day
from bidding.experts import policy, rules
from bidding.experts.calls import CallOut
from bidding.experts.freezing import Earlier
from bidding.experts.models import Disclosure, Draw, DrawCall, DrawDeal, DrawLeaf, Expert
from bidding.experts.names import NamesMissing, Opened
from bidding.experts.queries.pool import employments, related_units, specialties
from bidding.experts.replay import TYPES, Call, DrawRecord, Replay
from bidding.experts.rules import Composition, Conditions, Excluded, Recusal, conditions_of
from bidding.identity.models import Account, Organisation
from bidding.identity.policy import OrganisationKind
from bidding.ledger import queries as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.sealing.panel import Panel, parse_panel
from bidding.submissions.models import Bid
from bidding.submissions.queries import gate, is_closed
from bidding.submissions.rules import BidState
from bidding.tenders.models import Project, Stage
from bidding.tenders.queries import calendar, expert_rules, local_day, rules_for
from bidding.tenders.rules import cite


def composition(session: Session, project: Project, on: date) -> Composition:
    """The rulebook's figures for the project's panel."""
    figures = rules_for(session, project.family, project.method, project.rules_on or on)
    least, thirds = figures.get("panel-min"), figures.get("panel-experts")
    large, limit = figures.get("panel-large-min"), figures.get("panel-large-from")
    whole = sum(lot.budget_fen for lot in project.lots)
    if large is not None and limit is not None and whole >= limit.value:
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


def recusal_begins(session: Session, draw: Draw) -> date | None:
    """The day since which what an expert worked for counts as their own unit; None where the rulebook looks back nowhere."""
    project, day = draw.project, local_day(draw.evaluation_at)
    figure = expert_rules(session, project.family, project.rules_on or day).get("recusal-years")
    return rules.years_before(day, figure.value) if figure is not None else None


def recusal(session: Session, draw: Draw) -> Recusal:
    """The units whose people may not sit: agency, owner, supervisors, units named by hand; tenderers after the close.

    With each of them the units known to belong to it.

    Before the close nobody may learn who bids, so tenderers' people are recused at the call-out instead
    (招标投标法 22; protocol §7.7).
    """
    return Recusal.of(
        (reason, (text for unit in units for text in unit)) for reason, units in _units(session, draw)
    )


def recused_units(session: Session, draw: Draw) -> list[tuple[str, Excluded]]:
    """The same units as a paper lists them: each by its name, with the reason. As they were when it was frozen."""
    at = draw.frozen_at
    known = gate(session, draw.project_id)
    closed_before = (
        known is not None and known.closed_at is not None and at is not None and known.closed_at <= at
    )
    listed: dict[str, Excluded] = {}
    for reason, units in _units(session, draw):
        for unit in units:
            if reason is not Excluded.TENDERER or closed_before:
                listed.setdefault(unit[0], reason)  # an owner that is its own agency is one unit
    return list(listed.items())


def _units(session: Session, draw: Draw) -> list[tuple[Excluded, list[tuple[str, ...]]]]:
    """Each unit by its name, then what else it goes by."""
    project = draw.project
    supervisors = session.execute(
        select(Organisation.name, Organisation.uscc)
        .where(Organisation.kind == OrganisationKind.SUPERVISORY)
        .order_by(Organisation.name)
    )
    groups: list[tuple[Excluded, list[tuple[str, ...]]]] = [
        (Excluded.AGENCY, [(project.agency.name, project.agency.uscc)]),
        (Excluded.OWNER, [(project.owner_name,)]),
        (Excluded.SUPERVISOR, [(row[0], row[1]) for row in supervisors]),
        (Excluded.TENDERER, tenderers(session, project)),
        (Excluded.OTHER, [(line.strip(),) for line in draw.recused_units.splitlines() if line.strip()]),
    ]
    return [(reason, [*units, *_related(session, units)]) for reason, units in groups]


def _related(session: Session, units: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The other sides of the relations that these units have: one step, as the relations were entered."""
    keys = {rules.unit_key(text) for unit in units for text in unit}
    return [
        tuple(text for text in side if text)
        for row in related_units(session, keys)
        for side in row.sides
        if not any(rules.unit_key(text) in keys for text in side if text)
    ]


def tenderers(session: Session, project: Project) -> list[tuple[str, ...]]:
    """Name and code of those whose bids stand; nothing before the close record."""
    if not is_closed(session, project.id):
        return []
    rows = session.execute(
        select(Organisation.name, Organisation.uscc)
        .join(Bid, Bid.organisation_id == Organisation.id)
        .where(Bid.project_id == project.id, Bid.state == BidState.EFFECTIVE)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1]) for row in rows]


def tenderers_recusal(session: Session, project: Project) -> Recusal:
    """Whose people are excused for a tenderer: its unit and those that belong to it; nobody's before the close."""
    units = tenderers(session, project)
    every = [*units, *_related(session, units)]
    return Recusal.of([(Excluded.TENDERER, [text for unit in every for text in unit])])


def former_units(session: Session, project: Project, expert_id: int) -> list[tuple[str, str | None]]:
    """Name and code of what an expert worked for within the years that recusal looks back from the last evaluation."""
    last = of_project(session, project.id)
    since = recusal_begins(session, last[-1]) if last else None
    return list(employments(session, since).get(expert_id, ())) if since is not None else []


@dataclass(frozen=True, slots=True)
class Serving:
    """One who accepted and stands, after the release."""

    draw: Draw
    stratum: str
    h: str
    expert: Expert


def serving(session: Session, project: Project) -> list[Serving]:
    """Everybody who stands for a place of a draw whose names were released."""
    released = [draw for draw in of_project(session, project.id) if draw.released_at is not None]
    found = []
    for draw, calling in _callings(session, project, released):
        standing = calling.standing()
        people = people_behind(session, draw, [h for _, h in standing])
        found += [Serving(draw, stratum, h, people[h]) for stratum, h in standing if h in people]
    return found


def draws(actor: Actor) -> Select[Draw]:
    """The draws the actor may see, the newest first; to be paged."""
    found = (
        select(Draw).options(selectinload(Draw.project)).order_by(Draw.requested_at.desc(), Draw.id.desc())
    )
    if Role.ADMINISTRATOR in actor.roles or Role.SUPERVISOR in actor.roles:
        return found
    if Role.AGENCY in actor.roles:
        return found.where(Draw.project.has(Project.agency_id == actor.organisation_id))
    return found.where(Draw.ordered_at.is_not(None) if Role.TENDERER in actor.roles else Draw.id < 0)


def draw_for(session: Session, actor: Actor, uid: str) -> Draw:
    """A draw the actor may see. Raises ``NotFound`` for others."""
    found = session.scalar(select(Draw).where(Draw.uid == uid))
    if found is None or not policy.may_read(
        actor, agency_id=found.project.agency_id, ordered=found.ordered_at is not None
    ):
        raise NotFound
    return found


def requestable(session: Session, actor: Actor, uid: str) -> Project:
    """A published project for which the actor may ask for a draw. Raises ``NotFound``.

    A round of offers is judged by its negotiation's panel; a draw of its own would tell everybody that there is a round.
    """
    found = session.scalar(
        select(Project).where(
            Project.uid == uid,
            Project.panel.is_not(None),
            Project.stage == Stage.PUBLISHED,
            Project.is_round.is_(False),
        )
    )
    if found is None or (Role.ADMINISTRATOR not in actor.roles and found.agency_id != actor.organisation_id):
        raise NotFound
    return found


def under_way(session: Session, project_id: int) -> Draw | None:
    """The project's draw that is neither drawn nor given up."""
    return session.scalar(
        select(Draw).where(
            Draw.project_id == project_id, Draw.drawn_at.is_(None), Draw.cancelled_at.is_(None)
        )
    )


def of_project(session: Session, project_id: int) -> Sequence[Draw]:
    """Every draw of a project, in order."""
    return session.scalars(select(Draw).where(Draw.project_id == project_id).order_by(Draw.id)).all()


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


def default_parties(panel: Panel) -> list[str]:
    """Supervisor, agency and administrator, as far as they have seats (protocol §7.2)."""
    roles = ("supervisor", "agency", "administrator")
    return sorted((seat.name for seat in panel.seats if seat.role in roles), key=str.encode)


@dataclass(frozen=True, slots=True)
class Places:
    """The panel of a project over all its draws: places nobody stands for, by stratum; whether calls are due; what strata are called."""

    open: Mapping[str, int]
    outstanding: bool
    names: Mapping[str, str]


def stratum_names(session: Session, conditions: Conditions) -> dict[str, str]:
    """What the strata are called: the specialty, retired by now or not, and the region where one is asked."""
    names = {row.code: row.name for row in specialties(session, retired=True)}
    return {
        place.id: f"{names.get(place.specialty, place.specialty)}{f'（{place.region}）' if place.region else ''}"
        for place in conditions.places
    }


def places(session: Session, project: Project) -> Places | None:
    """How the project's panel stands; None before its first draw is drawn."""
    drawn = [draw for draw in of_project(session, project.id) if draw.drawn_at is not None]
    if not drawn:
        return None
    conditions = conditions_of(loads(drawn[0].conditions))
    wanted = {place.id: place.need for place in conditions.places}
    outstanding = False
    for _, calling in _callings(session, project, drawn):
        for stratum, _ in calling.standing():
            wanted[stratum] = wanted.get(stratum, 0) - 1
        outstanding = outstanding or calling.outstanding()
    open_places = {code: count for code, count in wanted.items() if count > 0}
    return Places(open_places, outstanding, stratum_names(session, conditions))


def _callings(session: Session, project: Project, drawn: Sequence[Draw]) -> Iterator[tuple[Draw, CallOut]]:
    replay = replay_of(session, project)
    for draw in drawn:
        calling = replay.find(draw.code).calling
        if calling is not None:
            yield draw, calling


def earlier(session: Session, project: Project, opened: Mapping[str, Opened] | None = None) -> Earlier:
    """Who was drawn for the project before, as picks or reserves, and the units of those who stand.

    ``opened`` has those whose leaves are sealed, by ``h``. Raises ``NamesMissing`` where one is not there.
    """
    drawn = [draw for draw in of_project(session, project.id) if draw.drawn_at is not None]
    uids: set[str] = set()
    units: set[str] = set()
    for draw, calling in _callings(session, project, drawn):
        standing = {h for _, h in calling.standing()}
        for h, card in _cards(session, draw, calling.drawn(), opened or {}).items():
            uids.add(card["id"])
            if h in standing:
                units.update({card["unit"], card["uscc"] or card["unit"]})
    return Earlier(uids, units)


def _cards(
    session: Session, draw: Draw, hashes: Sequence[str], opened: Mapping[str, Opened]
) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(DrawLeaf.h, DrawLeaf.expert).where(DrawLeaf.draw_id == draw.id, DrawLeaf.h.in_(hashes))
    )
    found = {}
    for h, expert in rows:
        if expert is None and h not in opened:
            raise NamesMissing(code=draw.code, field="file")
        found[h] = loads(expert) if expert is not None else opened[h].card
    return found


def conflicts(session: Session, draw: Draw, record: DrawRecord | None) -> list[tuple[str, str]]:
    """(stratum, h) of those in the evaluation room who turn out, after the close, to be of a tenderer's unit, now or lately.

    A draw held before the close learns the tenderers only now (protocol §7.7); who they are, only the release tells.
    """
    if record is None or record.calling is None:
        return []
    units = tenderers_recusal(session, draw.project)
    standing = [(line.id, h) for line in record.results or [] for h in record.calling.serving(line.id)]
    if not units.units or not standing:
        return []
    people = people_behind(session, draw, [h for _, h in standing])
    since = recusal_begins(session, draw)
    former = employments(session, since) if since is not None else {}

    def excused(one: Expert) -> bool:
        worked = [(one.unit, one.unit_uscc), *former.get(one.id, ())]
        return any(units.reason(unit, code) is not None for unit, code in worked)

    return [(code, h) for code, h in standing if h in people and excused(people[h])]


def undecided(session: Session, project: Project) -> list[str]:
    """Codes of the lots of whose result or failure the log says nothing yet."""
    events = session.scalars(
        select(Leaf.event).where(
            Leaf.log_id == project.log_id, Leaf.type.in_((EventType.AWARD.value, EventType.FAILED.value))
        )
    )
    decided = {loads(event)["lot"] for event in events}
    return [lot.code for lot in project.lots if lot.code not in decided]


def people_behind(session: Session, draw: Draw, hashes: Sequence[str]) -> dict[str, Expert]:
    """The persons behind commitments that were opened. The caller has asked ``policy.may_see_names``."""
    rows = session.execute(
        select(DrawLeaf.h, Expert)
        .join(Expert, DrawLeaf.expert_id == Expert.id)
        .where(DrawLeaf.draw_id == draw.id, DrawLeaf.h.in_(hashes))
    )
    return {row[0]: row[1] for row in rows}


def last_answers(record: DrawRecord) -> dict[tuple[str, str], Call]:
    """The last answer of everybody called, by stratum and commitment."""
    return {(call.stratum, call.h): call for call in record.calls}


def waiting(session: Session, actor: Actor) -> Sequence[Draw]:
    """The draws the actor may see that still wait for somebody, the most urgent first."""
    if Role.TENDERER in actor.roles:
        return []  # a tenderer may contribute, but no draw waits for it
    found = draws(actor).where(Draw.cancelled_at.is_(None), Draw.released_at.is_(None))
    return session.scalars(found.order_by(None).order_by(Draw.evaluation_at).limit(50)).all()


def turns_left(session: Session, draw: Draw) -> bool:
    """Whether somebody is to be called now."""
    record = record_of(session, draw)
    return record is not None and record.calling is not None and record.calling.outstanding()


def parties_waited_for(session: Session, draw: Draw) -> frozenset[str]:
    """Who has not dealt yet; once the parties are closed and witnessed, who has not revealed."""
    record = record_of(session, draw)
    if record is None:
        return frozenset()
    if record.closed_index is None:
        return frozenset(record.ordered) - record.deals.keys()
    return frozenset(record.missing) if witnessed(session, draw) else frozenset()


def own_seats(session: Session, actor: Actor, draw: Draw) -> frozenset[str]:
    """The seats of the project's panel that the actor's organisation holds."""
    own = session.get(Organisation, actor.organisation_id) if actor.organisation_id is not None else None
    _, panel = panel_of(draw.project)
    return frozenset(seat.name for seat in panel.seats if own is not None and seat.org == own.name)


def own_parties(session: Session, actor: Actor, draw: Draw) -> frozenset[str]:
    """The parties that somebody of the actor's organisation has brought to this draw."""
    brought = (
        select(DrawDeal.party)
        .join(Account, Account.id == DrawDeal.brought_by_id)
        .where(DrawDeal.draw_id == draw.id, Account.organisation_id == actor.organisation_id)
    )
    return frozenset(session.scalars(brought))


def has_brought(session: Session, actor: Actor, draw: Draw) -> bool:
    """Whether somebody of the actor's organisation has brought a sealed number to this draw."""
    return bool(own_parties(session, actor, draw))
