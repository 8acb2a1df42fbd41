"""Examining what is due: facts in, findings stored, rates moved; all of a batch in one transaction."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from bidding.core.canonical import dumps, loads
from bidding.core.entropy import new_uid
from bidding.db.uow import Tx
from bidding.opening.models import OpenedEnvelope
from bidding.oversight import queries
from bidding.oversight.kinds import Kind
from bidding.oversight.models import Finding, OversightRate, OversightUnit
from bidding.oversight.rules import (
    Examined,
    Fired,
    Flag,
    Measures,
    examine_owner,
    examine_project,
    examine_singles,
    examine_tenderer,
)
from bidding.oversight.service.marking import mark
from bidding.reporting.models import SavingsEntry
from bidding.submissions.models import Bid
from bidding.tenders.models import Lot, Project

log = logging.getLogger(__name__)

#: So many units at a time: some tenths of a second of the one writer.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a unit, and whose it is."""

    unit: OversightUnit
    examined: Examined
    owner: str = ""
    agency_id: int | None = None


def catch_up(tx: Tx, region: str, limit: int = BATCH) -> int:
    """Examine up to ``limit`` units whose facts have changed; how many there were.

    The mark is taken away before the facts are read: whoever changes them meanwhile waits, and marks them again.
    """
    units = queries.due_units(tx.session, limit)
    if not units:
        return 0
    for unit in units:
        unit.due, unit.examined_at = False, tx.now
    tx.session.flush()
    measures = queries.values(tx.session)
    by_kind: dict[Kind, dict[int, OversightUnit]] = defaultdict(dict)
    for unit in units:
        by_kind[unit.kind][unit.ref] = unit
    outcomes = [
        *_projects(tx, by_kind[Kind.PROJECT], measures),
        *_owners(tx, by_kind[Kind.OWNER], measures, region),
        *_agencies(tx, by_kind[Kind.AGENCY], measures),
        *_tenderers(tx, by_kind[Kind.TENDERER], measures),
    ]
    _store(tx, outcomes)
    return len(units)


def _projects(tx: Tx, units: dict[int, OversightUnit], measures: Measures) -> Iterator[Outcome]:
    if not units:
        return
    found = queries.projects(tx.session, units.keys())
    for project, facts in found:
        if facts is not None:
            outcome = partial(Outcome, owner=project.owner_name, agency_id=project.agency_id)
            yield from _outcome(units[project.id], partial(examine_project, facts, measures), outcome)
    missing = units.keys() - {project.id for project, _ in found}
    for ref in sorted(missing):
        yield Outcome(units[ref], Examined())
    _mark_others(
        tx,
        [
            project.id
            for project, facts in found
            if facts is not None and (facts.opened_on or any(lot.won for lot in facts.lots))
        ],
    )


def _outcome(
    unit: OversightUnit, examine: Callable[[], Examined], outcome: Callable[..., Outcome] = Outcome
) -> Iterator[Outcome]:
    """What came of a unit; nothing, and what was found stays, where a formula is at fault: the others are examined."""
    try:
        examined = examine()
    except Exception:
        log.exception("unit %s (%s %s) cannot be examined", unit.id, unit.kind, unit.ref)
        return
    yield outcome(unit, examined)


def _mark_others(tx: Tx, project_ids: Sequence[int]) -> None:
    """What an opening or a result says of its owner, its agency and its tenderers hangs on their other tenders too."""
    owners = select(SavingsEntry.owner_id).join(Lot, Lot.id == SavingsEntry.lot_id)
    mark(tx, Kind.OWNER, set(tx.session.scalars(owners.where(Lot.project_id.in_(project_ids)))))
    agencies = select(Project.agency_id).where(Project.id.in_(project_ids))
    mark(tx, Kind.AGENCY, set(tx.session.scalars(agencies)))
    tenderers = select(Bid.organisation_id).join(OpenedEnvelope, OpenedEnvelope.bid_id == Bid.id)
    mark(tx, Kind.TENDERER, set(tx.session.scalars(tenderers.where(Bid.project_id.in_(project_ids)))))


def _owners(tx: Tx, units: dict[int, OversightUnit], measures: Measures, region: str) -> Iterator[Outcome]:
    if units:
        for ref, (name, items) in queries.owner_items(tx.session, units.keys(), region).items():
            yield from _outcome(
                units[ref], partial(examine_owner, name, items, measures), partial(Outcome, owner=name)
            )


def _agencies(tx: Tx, units: dict[int, OversightUnit], measures: Measures) -> Iterator[Outcome]:
    if units:
        for ref, (agency, lots) in queries.agency_lots(tx.session, units.keys()).items():
            examine = partial(examine_singles, agency.name, agency.uid, lots, measures)
            yield from _outcome(units[ref], examine, partial(Outcome, agency_id=ref))


def _tenderers(tx: Tx, units: dict[int, OversightUnit], measures: Measures) -> Iterator[Outcome]:
    for ref, unit in units.items():
        uscc, lots, names = queries.tenderer_lots(tx.session, ref)
        yield from _outcome(unit, partial(examine_tenderer, uscc, lots, names, measures))


# Storing ------------------------------------------------------------------------------------------------------------


def _store(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    rows = tx.session.scalars(
        select(Finding).where(Finding.unit_id.in_([outcome.unit.id for outcome in outcomes]))
    )
    known: dict[int, dict[str, Finding]] = defaultdict(dict)
    for row in rows:
        known[row.unit_id][row.key] = row
    moves: Counter[Flag] = Counter()
    for outcome in outcomes:
        keep(tx, outcome, known[outcome.unit.id])
        was = {Flag(code): count for code, count in loads(outcome.unit.asked).items()}
        outcome.unit.asked = dumps({flag.value: n for flag, n in outcome.examined.asked.items()}).decode()
        for flag in was.keys() | outcome.examined.asked.keys():
            moves[flag] += outcome.examined.asked.get(flag, 0) - was.get(flag, 0)
    _move(tx, moves)


def keep(tx: Tx, outcome: Outcome, known: dict[str, Finding]) -> None:
    """Write what holds, and say of what no longer does since when."""
    still = set()
    for fired in outcome.examined.found:
        key = hashlib.sha256(f"{fired.flag}|{fired.subject}".encode()).hexdigest()
        still.add(key)
        row = known.get(key)
        if row is None:
            row = Finding(
                uid=new_uid(tx.entropy), unit_id=outcome.unit.id, flag=fired.flag, key=key, found_at=tx.now
            )
            tx.session.add(row)
        _write(row, fired, outcome)
    for key, row in known.items():
        if key not in still and row.gone_at is None:
            row.gone_at = tx.now


def _write(row: Finding, fired: Fired, outcome: Outcome) -> None:
    numbers = dumps(dict(fired.numbers))
    cases = dumps([case.written for case in fired.cases])
    row.title, row.on = fired.title[:300], fired.on
    row.owner, row.agency_id = outcome.owner, outcome.agency_id
    row.numbers, row.cases = numbers.decode(), cases.decode()
    row.digest = hashlib.sha256(numbers + b"\n" + cases).hexdigest()
    row.gone_at = None


def _move(tx: Tx, moves: Counter[Flag]) -> None:
    """Move the rates, in order, so that two batches cannot wait for each other."""
    postgres = tx.session.connection().dialect.name == "postgresql"
    make = postgresql.insert if postgres else sqlite.insert
    for flag in _in_order(flag for flag, by in moves.items() if by):
        made = make(OversightRate).values(flag=flag, asked=0).on_conflict_do_nothing()
        tx.session.execute(made)
        tx.session.execute(
            update(OversightRate)
            .where(OversightRate.flag == flag)
            .values(asked=OversightRate.asked + moves[flag])
            .execution_options(synchronize_session=False)
        )


def _in_order(flags: Iterable[Flag]) -> list[Flag]:
    return sorted(flags, key=lambda flag: flag.value)
