"""A draw as its page shows it: numbers, never names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.core.clock import from_unix
from bidding.experts.calls import GONE, Answer, Turn
from bidding.experts.draw import StratumResult
from bidding.experts.models import Draw, DrawCall, DrawShare
from bidding.experts.queries.draws import (
    calls_of,
    conflicts,
    panel_of,
    record_of,
    stratum_names,
    witnessed,
)
from bidding.experts.replay import DrawRecord
from bidding.experts.rules import Conditions, Step, conditions_of, number_of
from bidding.sealing.panel import Panel


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
    specialty: str  # of the table; the code names the region, too, where one is asked
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

    def number(self, h: str) -> str:
        """The number of one who was drawn."""
        return next(place.number for place in self.ranked if place.h == h)

    @property
    def serving(self) -> list[Ranked]:
        """Those who accepted and still stand."""
        return [place for place in self.ranked if place.answer is Answer.ACCEPT]


@dataclass(frozen=True, slots=True)
class Party:
    """One party's contribution: its digest is public from the moment it deals."""

    name: str
    role: str  # of its seat; empty for a tenderer
    ordered: bool
    dealt_at: datetime | None
    revealed_at: datetime | None
    by_trustees: bool
    value: str | None
    shares: Sequence[int]


@dataclass(frozen=True, slots=True)
class View:
    """Everything a draw's page shows."""

    draw: Draw
    conditions: Conditions
    step: Step
    names: Mapping[str, str]  # of specialties, with the region where one is asked, by stratum
    lines: Sequence[Line]
    record: DrawRecord | None
    parties: Sequence[Party]
    witnessed: bool
    panel: Panel
    calls: Sequence[DrawCall]
    conflicts: Sequence[tuple[str, str]]
    serving: int
    complete: bool
    used_up: bool

    @property
    def listed(self) -> int:
        """How many persons the frozen list has; one of two specialties counts in both."""
        return sum(line.listed for line in self.lines)

    @property
    def excluded(self) -> Mapping[str, int]:
        """How many are excused, by reason, over all specialties."""
        total: Counter[str] = Counter()
        for line in self.lines:
            total.update(line.excluded)
        return total

    @property
    def missing(self) -> Sequence[Party]:
        """The parties that have not dealt, though the order names them."""
        return [party for party in self.parties if party.ordered and party.dealt_at is None]

    @property
    def turns(self) -> Sequence[tuple[Line, Turn]]:
        """Whom to call now, by specialty."""
        return [(line, line.turn) for line in self.lines if line.turn is not None]

    def line(self, code: str) -> Line:
        """One specialty of the draw. Raises ``LookupError``."""
        for line in self.lines:
            if line.code == code:
                return line
        raise LookupError(code)


def view(session: Session, draw: Draw) -> View:
    """The page of a draw."""
    record = record_of(session, draw)
    conditions = conditions_of(loads(draw.conditions))
    names = stratum_names(session, conditions)
    _, panel = panel_of(draw.project)
    spec = record.spec if record else (loads(draw.spec) if draw.spec else None)
    lines = [_line(stratum, conditions, names, record) for stratum in spec["strata"]] if spec else []
    calling = record.calling if record else None
    return View(
        draw=draw,
        conditions=conditions,
        step=draw.step,
        names=names,
        lines=lines,
        record=record,
        parties=_parties(session, draw, record, panel),
        witnessed=witnessed(session, draw),
        panel=panel,
        calls=calls_of(session, draw),
        conflicts=conflicts(session, draw, record),
        serving=sum(len(calling.serving(line.code)) for line in lines) if calling else 0,
        complete=calling.complete() if calling else False,
        used_up=any(line.used_up for line in lines) or bool(record and record.too_small),
    )


def _parties(session: Session, draw: Draw, record: DrawRecord | None, panel: Panel) -> list[Party]:
    if record is None:
        return []
    shares: dict[str, list[int]] = {}
    for party, i in session.execute(
        select(DrawShare.party, DrawShare.i).where(DrawShare.draw_id == draw.id).order_by(DrawShare.i)
    ):
        shares.setdefault(party, []).append(i)
    roles = {seat.name: seat.role for seat in panel.seats}
    found = []
    for name in sorted({*record.ordered, *record.deals}, key=str.encode):
        deal, opened = record.deals.get(name), record.reveals.get(name)
        found.append(
            Party(
                name=name,
                role=roles.get(name, ""),
                ordered=name in record.ordered,
                dealt_at=from_unix(deal.at) if deal else None,
                revealed_at=from_unix(opened.at) if opened else None,
                by_trustees=bool(opened and opened.by_trustees),
                value=opened.value.hex() if opened else None,
                shares=shares.get(name, ()),
            )
        )
    return found


def _line(
    stratum: Mapping[str, Any], conditions: Conditions, names: Mapping[str, str], record: DrawRecord | None
) -> Line:
    leaves = stratum["leaves"]
    code = stratum["id"]
    excluded = Counter(leaf["excl"] for leaf in leaves if leaf["excl"] is not None)
    result = next((r for r in (record.results or [] if record else []) if r.id == code), None)
    calling = record.calling if record else None
    turn = calling.next(code) if calling else None
    return Line(
        code=code,
        specialty=next((place.specialty for place in conditions.places if place.id == code), code),
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


def gone(answer: Answer | None) -> bool:
    """Whether somebody who gave this answer no longer holds a place."""
    return answer in GONE or answer is Answer.SKIP
