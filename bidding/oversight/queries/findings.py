"""What the pages show: counts by flag, lists, one finding with what was said of it, and the measures."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.clock import SHANGHAI
from bidding.core.errors import NotFound
from bidding.identity.models import Organisation
from bidding.oversight.models import Finding, FindingNote, MeasureChange, OversightRate
from bidding.oversight.rules import BadFilter, Decision, Flag, Measure, State, shipped
from bidding.reporting.rules import EVER, Period, parse_period
from bidding.web.paging import Page, paginate

Ts = TypeVarTuple("Ts")

_HOLDS = Finding.gone_at.is_(None)
_SAME = Finding.noted_digest == Finding.digest
_CASE = Finding.decision == Decision.CASE
#: How ``rules.state_of`` reads in SQL; a test holds the two together.
_STATES: dict[State, ColumnElement[bool]] = {
    State.OPEN: and_(_HOLDS, Finding.decision.is_(None)),
    State.CHANGED: and_(_HOLDS, Finding.decision.is_not(None), ~_SAME, ~_CASE),
    State.LOOKED: and_(_HOLDS, Finding.decision == Decision.LOOKED, _SAME),
    State.WATCH: and_(_HOLDS, Finding.decision == Decision.WATCH, _SAME),
    State.CASE: and_(_HOLDS, _CASE),
    State.GONE: Finding.gone_at.is_not(None),
}
_WAITING = or_(_STATES[State.OPEN], _STATES[State.CHANGED])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings somebody asked for; without a state those that still hold."""

    flag: Flag | None = None
    state: State | None = None
    owner: str = ""
    agency: str = ""  # uid
    period: Period = EVER

    def address(self, **other: str | None) -> dict[str, str]:
        """The query string that asks the same, with ``other`` put in or (None) taken out."""
        asked: dict[str, str | None] = {
            "flag": self.flag and self.flag.value,
            "state": self.state and self.state.value,
            "owner": self.owner,
            "agency": self.agency,
            "period": None if self.period == EVER else self.period.text,
            **other,
        }
        return {name: value for name, value in asked.items() if value}


def parse_wanted(args: Mapping[str, str]) -> Wanted:
    """What an address asks for. Raises ``BadFilter``, and ``BadPeriod`` as the report does."""
    period, flag, state = (args.get(name, "") for name in ("period", "flag", "state"))
    for given, known in ((flag, list(Flag)), (state, list(State))):
        if given and given not in known:
            raise BadFilter(text=given[:40])
    return Wanted(
        Flag(flag) if flag else None,
        State(state) if state else None,
        args.get("owner", "").strip()[:200],
        args.get("agency", "").strip()[:24],
        parse_period(period) if period else EVER,
    )


def _asked(wanted: Wanted, statement: Select[*Ts]) -> Select[*Ts]:
    statement = statement.where(_STATES[wanted.state] if wanted.state else _HOLDS)
    if wanted.flag is not None:
        statement = statement.where(Finding.flag == wanted.flag)
    if wanted.owner:
        statement = statement.where(Finding.owner == wanted.owner)
    if wanted.agency:
        whose = select(Organisation.id).where(Organisation.uid == wanted.agency).scalar_subquery()
        statement = statement.where(Finding.agency_id == whose)
    if wanted.period != EVER:
        first, last = wanted.period.first, wanted.period.last
        statement = statement.where(
            Finding.on >= date(first // 100, first % 100, 1), Finding.on < _after(last)
        )
    return statement


def _after(month: int) -> date:
    """The first day of the next month; of December 9999, which has none, its last."""
    year, number = divmod(month, 100)
    if number < 12:
        return date(year, number + 1, 1)
    return date(year + 1, 1, 1) if year < 9999 else date.max


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag of the overview: how many findings hold, how many wait to be looked at, how often it was asked."""

    flag: Flag
    holding: int
    waiting: int
    asked: int


def overview(session: Session, wanted: Wanted) -> list[FlagLine]:
    """Every flag, whether it has findings or not. The rates are of everything, whatever was asked for."""
    counted = _asked(
        replace(wanted, flag=None),
        select(Finding.flag, func.count(), func.sum(case((_WAITING, 1), else_=0))),
    ).group_by(Finding.flag)
    held = {row[0]: (row[1], int(row[2])) for row in session.execute(counted)}
    asked = {row.flag: row.asked for row in session.scalars(select(OversightRate))}
    return [FlagLine(flag, *held.get(flag, (0, 0)), asked.get(flag, 0)) for flag in Flag]


def rate(session: Session, flag: Flag) -> FlagLine:
    """How often a flag fires in general."""
    return next(line for line in overview(session, Wanted()) if line.flag is flag)


def _ordered(wanted: Wanted) -> Select[Finding]:
    return (
        _asked(wanted, select(Finding))
        .options(joinedload(Finding.agency))
        .order_by(Finding.on.desc(), Finding.id.desc())
    )


def findings(session: Session, wanted: Wanted, *, number: int) -> Page[Finding]:
    """One page of them, the latest facts first."""
    return paginate(session, _ordered(wanted), number=number)


def all_findings(
    session: Session, wanted: Wanted, limit: int
) -> Generator[tuple[Finding, FindingNote | None]]:
    """For exports: each with its last note, a thousand at a time, so that none stays."""
    last = (
        select(func.max(FindingNote.id))
        .where(FindingNote.finding_id == Finding.id)
        .correlate(Finding)
        .scalar_subquery()
    )
    rows = session.execute(
        _ordered(wanted)
        .add_columns(FindingNote)
        .outerjoin(FindingNote, FindingNote.id == last)
        .options(joinedload(FindingNote.by))
        .limit(limit)
        .execution_options(yield_per=1000)
    )
    try:
        for row in rows:
            yield row[0], row[1]
    finally:
        rows.close()


def finding(session: Session, uid: str) -> Finding:
    """One of them, also one that no longer holds. Raises ``NotFound``."""
    found = session.scalar(select(Finding).where(Finding.uid == uid).options(joinedload(Finding.agency)))
    if found is None:
        raise NotFound
    return found


def notes(session: Session, finding_: Finding) -> Sequence[FindingNote]:
    """What was said of it, the newest first."""
    return session.scalars(
        select(FindingNote)
        .where(FindingNote.finding_id == finding_.id)
        .options(joinedload(FindingNote.by))
        .order_by(FindingNote.id.desc())
    ).all()


def owners(session: Session, limit: int = 300) -> list[str]:
    """Names to choose from."""
    named = select(Finding.owner).where(Finding.owner != "").distinct().order_by(Finding.owner).limit(limit)
    return list(session.scalars(named))


def agencies(session: Session) -> Sequence[Any]:
    """Agencies to choose from, as ``(uid, name)``."""
    return session.execute(
        select(Organisation.uid, Organisation.name)
        .where(Organisation.id.in_(select(Finding.agency_id)))
        .order_by(Organisation.name)
    ).all()


def years(session: Session) -> list[int]:
    """Years to choose from, the latest first."""
    first = session.scalar(select(func.min(Finding.on)))
    last = session.scalar(select(func.max(Finding.on)))
    return [] if first is None or last is None else list(range(last.year, first.year - 1, -1))


# Measures -----------------------------------------------------------------------------------------------------------


def measures(session: Session) -> dict[str, Measure]:
    """Those in force, by code: as the product came, or as a supervisor set them last."""
    found = dict(shipped())
    for each in session.scalars(select(MeasureChange).order_by(MeasureChange.id)):
        if each.code in found:
            since = each.at.astimezone(SHANGHAI).date()
            found[each.code] = replace(
                found[each.code], value=each.value, since=since, why=each.reason, is_shipped=False
            )
    return found


def values(session: Session) -> dict[str, int]:
    """What the formulas take."""
    return {code: measure.value for code, measure in measures(session).items()}


def measure_history(session: Session, code: str) -> Sequence[MeasureChange]:
    """Every change of a measure, the newest first."""
    return session.scalars(
        select(MeasureChange)
        .where(MeasureChange.code == code)
        .options(joinedload(MeasureChange.by))
        .order_by(MeasureChange.id.desc())
    ).all()
