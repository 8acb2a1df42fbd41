"""Finding projects, figures and days. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.clock import SHANGHAI, unix
from bidding.core.errors import NotFound
from bidding.core.workdays import OfficialCalendar
from bidding.rooms import queries as rooms
from bidding.tenders import entry, policy, prequalified, standard, terms
from bidding.tenders.crowd import crowded
from bidding.tenders.kinds import Envelopes, Family, Method, PriceForm, Stage
from bidding.tenders.methods import PRESETS
from bidding.tenders.models import (
    CalendarDay,
    Document,
    Follow,
    Lot,
    Project,
    ProjectSheet,
    RuleChange,
    RuleRow,
)
from bidding.tenders.rules import (
    AT,
    ENTRY,
    OPENINGS_A_DAY,
    PLACES,
    Figure,
    OneEnvelopeOnly,
    Phase,
    Plan,
    Problem,
    at_amount,
    check_content,
    check_dates,
    check_entry,
    check_envelopes,
    check_examination,
    check_intention,
    check_paper,
    check_rooms,
    check_security,
    check_title,
    division,
    fields_of,
    file_slots,
    in_region,
    may_be_two,
    plan,
    round_slots,
    sheet_fields,
    slots_of,
    stages,
)

#: What the public may see.
PUBLISHED = (Stage.PUBLISHED, Stage.SUSPENDED, Stage.TERMINATED)


def rule(session: Session, code: str, on: date) -> RuleRow:
    """The row of a figure in force on a day. Raises ``NotFound`` where the rulebook has none."""
    row = session.scalars(_in_force(on).where(RuleRow.code == code)).first()
    if row is None:
        raise NotFound
    return row


def rules_for(session: Session, family: Family, method: Method, on: date) -> dict[str, Figure]:
    """The figures of one family and method on a day, by the last part of their codes."""
    return _under(session, f"{family.value}.{method.value}.", on)


def figures_of(session: Session, project: Project, on: date) -> dict[str, Figure]:
    """The figures of a project's method and amount: of the day it was published, of a draft on day ``on``."""
    return at_amount(
        rules_for(session, project.family, project.method, project.rules_on or on), project.whole_fen
    )


def two_envelopes(session: Session, family: Family, method: Method, now: datetime) -> Figure | None:
    """The figure that lets a tender of this kind be sealed in two envelopes today; None where there is none."""
    figures = rules_for(session, family, method, local_day(now))
    return figures["envelopes-max"] if may_be_two(figures) else None


def evaluation_rules(session: Session, family: Family, on: date) -> dict[str, Figure]:
    """The figures of weighing prices that are of one family and no method, by the last part of their codes."""
    return _under(session, f"{family.value}.evaluation.", on)


def expert_rules(session: Session, family: Family, on: date) -> dict[str, Figure]:
    """The figures about experts that are of one family and no method, by the last part of their codes."""
    return _under(session, f"{family.value}.experts.", on)


def _under(session: Session, prefix: str, on: date) -> dict[str, Figure]:
    rows = session.scalars(_in_force(on).where(RuleRow.code.startswith(prefix, autoescape=True)))
    return {row.code.removeprefix(prefix): row.figure for row in rows}


def entry_rules(session: Session, on: date, division: str) -> dict[str, Figure]:
    """The thresholds of every family on a day as they hold in a division, by their codes without region."""
    rows = session.scalars(_in_force(on).where(RuleRow.code.contains(f".{ENTRY}.", autoescape=True)))
    return in_region((row.figure for row in rows), division)


def regional_rules(session: Session, code: str, on: date) -> Sequence[RuleRow]:
    """What holds on a day, or is to hold later, of a figure in single regions, by division."""
    return session.scalars(
        select(RuleRow)
        .where(
            RuleRow.code.startswith(f"{code}{AT}", autoescape=True),
            or_(RuleRow.valid_to.is_(None), RuleRow.valid_to >= on),
        )
        .order_by(RuleRow.code, RuleRow.valid_from)
    ).all()


def figures_below(session: Session, prefix: str, on: date) -> Sequence[RuleRow]:
    """Every figure in force on a day whose code begins so."""
    return session.scalars(_in_force(on).where(RuleRow.code.startswith(prefix, autoescape=True))).all()


def rulebook(session: Session, on: date) -> Sequence[RuleRow]:
    """Every figure in force on a day, by code."""
    return session.scalars(_in_force(on).order_by(None).order_by(RuleRow.code)).all()


def rule_history(session: Session, code: str) -> Sequence[RuleRow]:
    """Every row of a figure, the newest first."""
    return session.scalars(
        select(RuleRow).where(RuleRow.code == code).order_by(RuleRow.valid_from.desc())
    ).all()


def open_change(session: Session, code: str) -> RuleChange | None:
    """The change of a figure that waits for its second person."""
    return session.scalars(
        select(RuleChange)
        .where(RuleChange.code == code, RuleChange.confirmed_at.is_(None))
        .options(selectinload(RuleChange.drafted_by))
    ).one_or_none()


def regional_changes(session: Session, code: str) -> Sequence[RuleChange]:
    """The changes of a figure in single regions that wait for a second person, by division."""
    return session.scalars(
        select(RuleChange)
        .where(RuleChange.code.startswith(f"{code}{AT}", autoescape=True), RuleChange.confirmed_at.is_(None))
        .order_by(RuleChange.code)
    ).all()


def open_changes(session: Session) -> Sequence[RuleChange]:
    """Every change that waits for its second person, the oldest first."""
    return session.scalars(
        select(RuleChange).where(RuleChange.confirmed_at.is_(None)).order_by(RuleChange.drafted_at)
    ).all()


def calendar(session: Session) -> OfficialCalendar:
    """The calendar with the administrator's table before everything else."""
    return OfficialCalendar({row.day: row.works for row in session.scalars(select(CalendarDay))})


def calendar_days(session: Session, year: int) -> Sequence[CalendarDay]:
    """The administrator's entries of one year, in order."""
    return session.scalars(
        select(CalendarDay)
        .where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
        .order_by(CalendarDay.day)
    ).all()


def closing_next(session: Session, now: datetime, count: int) -> Sequence[Project]:
    """The open notices whose deadlines come first."""
    return session.scalars(
        select(Project)
        .where(_in_phase(Phase.OPEN, now), Project.is_round.is_(False))
        .options(selectinload(Project.lots), selectinload(Project.agency))
        .order_by(Project.closes_at, Project.id)
        .limit(count)
    ).all()


def notice(session: Session, uid: str) -> Project:
    """One published project with all that its page shows. Raises ``NotFound``."""
    project = session.scalars(_whole().where(Project.uid == uid, Project.stage.in_(PUBLISHED))).first()
    if project is None:
        raise NotFound
    return project


def announced(session: Session, uid: str) -> Project:
    """A published project, or one whose prequalification has been announced. Raises ``NotFound``."""
    stages = (*PUBLISHED, Stage.PREQUALIFYING)
    found = session.scalar(select(Project).where(Project.uid == uid, Project.stage.in_(stages)))
    if found is None:
        raise NotFound
    return found


def follows(session: Session, actor: Actor, project_id: int) -> bool:
    """Whether the actor follows a project."""
    mine = (Follow.account_id == actor.account_id, Follow.project_id == project_id)
    return session.scalar(select(Follow.id).where(*mine)) is not None


def followed(actor: Actor, now: datetime) -> Select[Project]:
    """The projects that the actor follows: the next deadline first, then what is over, the newest first."""
    over = case((Project.closes_at > now, 0), else_=1)
    return (
        select(Project)
        .join(Follow, Follow.project_id == Project.id)
        .where(Follow.account_id == actor.account_id, Project.stage.in_(PUBLISHED))
        .order_by(
            over, case((Project.closes_at > now, Project.closes_at)), Project.closes_at.desc(), Project.id
        )
    )


def followers(session: Session, project_id: int) -> list[int]:
    """Ids of the accounts that follow a project: to tell them something, and for nothing else."""
    return list(session.scalars(select(Follow.account_id).where(Follow.project_id == project_id)))


def notice_document(session: Session, uid: str, sha256: str) -> Document:
    """One file of a published project. Raises ``NotFound``."""
    return document(session, notice(session, uid), sha256)


def document(session: Session, project: Project, sha256: str) -> Document:
    """One file of a project. Raises ``NotFound``."""
    row = session.scalars(
        select(Document).where(Document.project_id == project.id, Document.sha256 == sha256)
    ).first()
    if row is None:
        raise NotFound
    return row


def project_for(session: Session, actor: Actor, uid: str) -> Project:
    """One project of the actor's own, drafts as well. Raises ``NotFound`` for another agency's."""
    project = session.scalars(_whole().where(Project.uid == uid, Project.is_round.is_(False))).first()
    if project is None or not policy.may_read(actor, project.agency_id):
        raise NotFound
    return project


def sheet_for(session: Session, actor: Actor, uid: str) -> ProjectSheet:
    """A filled template of the actor's own agency. Raises ``NotFound``."""
    sheet = session.scalars(select(ProjectSheet).where(ProjectSheet.uid == uid)).first()
    if sheet is None or not policy.may_read(actor, sheet.agency_id):
        raise NotFound
    return sheet


def lot_of(session: Session, project: Project, code: str) -> Lot:
    """One lot of a project. Raises ``NotFound``."""
    row = session.scalars(select(Lot).where(Lot.project_id == project.id, Lot.code == code)).first()
    if row is None:
        raise NotFound
    return row


def projects(actor: Actor, phase: Phase | None = None, now: datetime | None = None) -> Select[Project]:
    """The projects the actor works on, the newest first; to be paged. An administrator sees every agency's.

    Rounds of a negotiation stand on its page and not here. Those of one ``phase`` only, as it stands at ``now``, where both are given.
    """
    found = (
        select(Project)
        .where(Project.is_round.is_(False))
        .options(selectinload(Project.lots), selectinload(Project.agency))
        .order_by(Project.created_at.desc(), Project.id.desc())
    )
    if phase is not None and now is not None:
        found = found.where(_in_phase(phase, now))
    if Role.ADMINISTRATOR in actor.roles:
        return found
    return found.where(Project.agency_id == actor.organisation_id)


def board(session: Session, actor: Actor, now: datetime) -> dict[Phase, int]:
    """How many of them stand in each phase, in the order of the phases."""
    counts = [func.count(Project.id).filter(_in_phase(phase, now)).label(phase.value) for phase in Phase]
    mine = projects(actor).with_only_columns(*counts, maintain_column_froms=True).order_by(None)
    return dict(zip(Phase, session.execute(mine).one(), strict=True))


def written_last(session: Session, actor: Actor, family: Family) -> dict[str, str]:
    """What the agency wrote about itself in its last project under this law: asked again, it would write the same."""
    last = session.scalars(projects(actor).where(Project.family == family).limit(1)).first()
    names = ("agency_address", "contact", "phone", "media", "policies")
    return {} if last is None else {name: getattr(last, name) for name in names}


def comparisons(session: Session, actor: Actor, count: int) -> Sequence[Project]:
    """The last local comparisons that the actor's agency wrote."""
    wanted = (Project.family == Family.LOCAL, Project.method == Method.COMPARISON)
    return session.scalars(projects(actor).where(*wanted).limit(count)).all()


def with_tables(actor: Actor, project: Project) -> Select[Project]:
    """The actor's other projects under the same law that have a scoring table, the newest first."""
    others = projects(actor).where(Project.family == project.family, Project.id != project.id)
    return others.where(Project.criteria.any())


def has_rounds() -> ColumnElement[bool]:
    """Of a project: its method is one with rounds."""
    return or_(*(and_(Project.family == p.family, Project.method == p.method) for p in PRESETS if p.rounds))


def unpublished(actor: Actor) -> Select[Project]:
    """Those of them that are drafts, or wait for the second person."""
    return projects(actor).where(Project.stage.in_((Stage.DRAFT, Stage.SUBMITTED)))


def project_by_code(session: Session, code: str) -> Project | None:
    """The project of a protocol identifier, published or not."""
    return session.scalars(select(Project).where(Project.code == code)).one_or_none()


def published_by_code(session: Session, code: str) -> Project:
    """The published project of a protocol identifier. Raises ``NotFound``."""
    project = session.scalars(_whole().where(Project.code == code, Project.stage.in_(PUBLISHED))).first()
    if project is None:
        raise NotFound
    return project


def plan_of(session: Session, project: Project, now: datetime) -> Plan:
    """The periods of a project: reckoned from its publication, or from today while it is a draft."""
    published_on = project.rules_on or local_day(now)
    return plan(
        project.family,
        project.method,
        published_on,
        figures_of(session, project, published_on),
        calendar(session),
        local_day(project.closes_at) if project.closes_at else None,
    )


def review(session: Session, project: Project, now: datetime) -> list[Problem]:
    """Everything that stands against publishing the draft now, and every warning: told at once."""
    today = local_day(now)
    figures = figures_of(session, project, today)
    lots = project.lots
    out = check_content(project.written, [lot.written for lot in lots], len(project.documents))
    made = [(each.name, each.template, each.made_of) for each in project.documents]
    out += standard.check_made(made, project.written, [lot.written for lot in lots])
    out += check_title(project.title, project.owner_name, _called_the_same(session, project, now))
    out += check_paper(project.written, figures)
    try:
        check_envelopes(project.envelopes, figures)
    except OneEnvelopeOnly as refusal:  # the rulebook may have changed since the draft was written
        out.append(Problem(refusal))
    out += check_dates(
        project.preset,
        today,
        figures,
        calendar(session),
        closes_at=project.closes_at,
        opens_at=project.opens_at,
        now=now,
        envelopes=project.envelopes,
        prices_open_at=project.prices_open_at,
    )
    intended_on = local_day(project.intention.published_at) if project.intention else None
    out += check_intention(intended_on, today, figures, calendar(session))
    limit = figures_below(session, OPENINGS_A_DAY, today)
    out += crowded(session, project, limit[0].value, calendar(session)) if limit else []
    booked = {purpose: each.span for purpose, each in rooms.of_project(session, project.id).items()}
    out += check_rooms(
        booked,
        opens_at=project.opens_at,
        prices_open_at=project.prices_open_at,
        paper_bids=project.paper_bids,
    )
    for lot in lots:
        out += check_security(lot.name, project.subject, lot.budget_fen, lot.security_fen, figures)
    out += terms.problems(project, figures, evaluation_rules(session, project.family, today))
    thresholds = entry_rules(session, today, division(project.code))
    out += entry.check_splits(session, project, today, thresholds)
    out += check_examination(
        project.preset,
        project.who_may,
        paper_bids=project.paper_bids,
        qualified_as=project.qualified_as,
        says=prequalified.digest(project),
    )
    return out + check_entry(project.preset, project.subject, project.whole_fen, thresholds)


def _called_the_same(session: Session, project: Project, now: datetime) -> str | None:
    """The number of another tender of the same owner and name that is open now."""
    return session.scalar(
        select(Project.code)
        .where(
            Project.title == project.title,
            Project.owner_name == project.owner_name,
            Project.id != project.id,
            _in_phase(Phase.OPEN, now),
        )
        .order_by(Project.id)
        .limit(1)
    )


def local_day(instant: datetime) -> date:
    """The day in Shanghai, where periods are counted."""
    return instant.astimezone(SHANGHAI).date()


def _whole() -> Select[Project]:
    return select(Project).options(
        selectinload(Project.lots), selectinload(Project.documents), selectinload(Project.agency)
    )


def _in_phase(phase: Phase, now: datetime) -> ColumnElement[bool]:
    if phase is Phase.OPEN:
        return and_(Project.stage == Stage.PUBLISHED, Project.closes_at > now)
    if phase is Phase.CLOSED:
        return and_(Project.stage == Stage.PUBLISHED, Project.closes_at <= now)
    return Project.stage == Stage(phase.value)


def _in_force(on: date) -> Select[RuleRow]:
    return (
        select(RuleRow)
        .where(RuleRow.valid_from <= on, or_(RuleRow.valid_to.is_(None), RuleRow.valid_to >= on))
        .order_by(RuleRow.id)
    )


def tender_file(project: Project) -> dict[str, Any]:
    """What a tenderer's sealing client needs to know; instants in Unix seconds. Raises ``NotFound`` for a draft."""
    if project.panel is None or project.closes_at is None:
        raise NotFound
    return {
        "v": 4 if project.preset.sells else 2 if project.envelopes is Envelopes.ONE else 3,
        "panel": loads(project.panel),
        "lots": [_lot_to_seal(project, lot) for lot in project.lots],
        "title": project.title,
        "closes_at": unix(project.closes_at),
    }


def _lot_to_seal(project: Project, lot: Lot) -> dict[str, Any]:
    fields, slots = offer_fields(project, lot), bid_slots(project)
    if not project.preset.sells:  # the older forms, which older programs read, know no floor
        fields = [{key: value for key, value in field.items() if key != "floor"} for field in fields]
    if project.preset.sells or project.envelopes is not Envelopes.ONE:
        fields = [
            field | {"envelope": sheet}
            for stage, (sheet, _) in zip(stages(project.envelopes), PLACES[project.envelopes], strict=True)
            for field in fields_of(fields, project.envelopes, stage)
        ]
        slots = [
            slot | {"envelope": files}
            for stage, (_, files) in zip(stages(project.envelopes), PLACES[project.envelopes], strict=True)
            for slot in slots_of(slots, project.envelopes, stage)
        ]
    return {"code": lot.code, "name": lot.name, "fields": fields, "slots": slots}


def bid_slots(project: Project) -> list[dict[str, Any]]:
    """The slots of every bid for a project, in the order in which they are asked for; in a round nothing need be added."""
    if project.parent_id is not None:
        return round_slots()
    return file_slots(
        project.family, project.method, consortium=project.consortium, envelopes=project.envelopes
    )


def sheet_columns(project: Project, lot: Lot, stage: int) -> list[dict[str, Any]]:
    """What the sheet of one stage has in a lot: the columns in which the opening shows it."""
    return fields_of(sheet_fields(project.family, project.method, lot.price_form), project.envelopes, stage)


def sheets_asked(project: Project) -> list[tuple[list[Lot], list[dict[str, Any]]]]:
    """The sheets that tenderers fill in, each with the lots that share it but for their ceilings."""
    found: dict[PriceForm, list[Lot]] = {}
    for lot in project.lots:
        found.setdefault(lot.price_form, []).append(lot)
    return [(lots, offer_fields(project, lots[0])) for lots in found.values()]


def offer_fields(project: Project, lot: Lot) -> list[dict[str, Any]]:
    """The fields of the sheet that a tenderer fills in: those of ``sheet_fields`` that this lot asks for.

    ``ceiling`` of a total price is the lot's maximum price in fen, ``floor`` its starting price where it is sold or
    let; a rate or a unit price has neither here.
    """
    limits = {"price_fen": (lot.ceiling_fen, lot.floor_fen)}
    none = (None, None)
    return [
        field | dict(zip(("ceiling", "floor"), limits.get(field["name"], none), strict=True))
        for field in sheet_fields(project.family, project.method, lot.price_form)
        if field["name"] != "consortium" or project.consortium
    ]
