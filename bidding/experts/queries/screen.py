"""A draw as everybody may watch it: what its page has that is neither a name nor hints at bids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.core.clock import from_unix
from bidding.core.errors import NotFound
from bidding.experts.calls import Answer
from bidding.experts.models import Draw
from bidding.experts.queries.draws import last_answers, own_parties
from bidding.experts.queries.page import Line, Party, Ranked, View, view
from bidding.experts.replay import TYPES
from bidding.experts.rules import Excluded, Step
from bidding.ledger.models import Leaf
from bidding.submissions.queries import is_closed
from bidding.tenders import queries as tenders

#: What fits on a screen of 1920 x 1080: so many places in a row, so many rows.
_ROW, _ROWS = 5, 9


@dataclass(frozen=True, slots=True)
class Answered:
    """One place of a ranking with the instant of its last answer, if there was one."""

    place: Ranked
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LastCall:
    """The call that was put down last."""

    specialty: str
    number: str
    answer: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class Screen:
    """What the screen of a draw shows, the same to everybody."""

    code: str
    title: str
    step: Step
    spec_hash: str
    listed: int
    excluded: Mapping[str, int]
    parties: Sequence[Party]
    #: Whether only the seats of the order are shown: others may have joined.
    seats_only: bool
    lines: Sequence[tuple[Line, Sequence[Answered]]]
    last: LastCall | None
    seed: str | None
    too_small: bool
    serving: int
    experts: int

    @property
    def need(self) -> int:
        """How many places are drawn for, over all specialties."""
        return sum(line.need for line, _ in self.lines)

    @property
    def backups(self) -> int:
        """How many are held in reserve."""
        return sum(line.backups for line, _ in self.lines)

    @property
    def is_dense(self) -> bool:
        """Whether the ranking fits only without times and positions."""
        return len(self.lines) > 3 or any(len(places) > _ROW for _, places in self.lines)

    @property
    def in_view(self) -> Sequence[tuple[Line, Sequence[Answered]]]:
        """The specialties for which there is room; where it is short, those in which somebody is to be called first."""
        rows, found = 0, []
        for line, places in sorted(self.lines, key=lambda each: each[0].turn is None):
            rows += -(-len(places) // _ROW)
            if rows > _ROWS:
                break
            found.append((line, places))
        return self.lines if len(found) == len(self.lines) else found

    @property
    def lit(self) -> list[int]:
        """Which parties (from 1) have dealt; once the parties are closed, which have revealed."""
        dealing = self.step is Step.ORDERED
        return [
            place
            for place, party in enumerate(self.parties, 1)
            if party.revealed_at is not None or (dealing and party.dealt_at is not None)
        ]


@dataclass(frozen=True, slots=True)
class ScreenState:
    """What a screen depends on. Not told to anybody: a tenderer that joins before the close moves it."""

    version: int
    leaves: int
    told: bool


def public_draw(session: Session, code: str) -> Draw:
    """The draw of that code once it has been ordered, of a published tender. Raises ``NotFound``."""
    found = session.scalar(select(Draw).where(Draw.code == code, Draw.ordered_at.is_not(None)))
    if found is None:
        raise NotFound
    tenders.notice(session, found.project.uid)
    return found


def screen_state(session: Session, code: str) -> ScreenState:
    """What the draw's screen depends on now. Raises ``NotFound``."""
    draw = public_draw(session, code)
    leaves = session.scalar(
        select(func.count(Leaf.id)).where(Leaf.log_id == draw.project.log_id, Leaf.type.in_(TYPES))
    )
    return ScreenState(draw.version, leaves or 0, is_closed(session, draw.project_id))


def screen(session: Session, code: str) -> Screen:
    """The screen of a draw that was ordered. Raises ``NotFound``.

    Before the close record tenderers that joined are not shown, though whoever joins need not bid (protocol §7.2): nothing
    public may move because of a tenderer (招标投标法 22). Where offers stay quiet after it too (政府采购法 38), neither are they
    then, nor how many experts are of tenderers' units.
    """
    draw = public_draw(session, code)
    seen = view(session, draw)
    quiet = bool(draw.project.preset.quiet)
    hidden = seats_only(session, draw)
    calls = last_answers(seen.record) if seen.record else {}
    answered = {key: from_unix(call.at) for key, call in calls.items()}
    return Screen(
        code=draw.code,
        title=draw.project.title,
        step=seen.step,
        spec_hash=draw.spec_hash or "",
        listed=seen.listed,
        excluded=told_excluded(seen.excluded, quiet=quiet),
        parties=[party for party in seen.parties if party.role or not hidden],
        seats_only=hidden,
        lines=[
            (line, [Answered(place, answered.get((line.code, place.h))) for place in line.ranked])
            for line in seen.lines
        ],
        last=_last(seen),
        seed=seen.record.seed.hex() if seen.record and seen.record.seed else None,
        too_small=bool(seen.record and seen.record.too_small),
        serving=seen.serving,
        experts=seen.conditions.experts,
    )


def seats_only(session: Session, draw: Draw) -> bool:
    """Whether nobody outside may learn which tenderers joined: before the close record, and where offers stay quiet."""
    return bool(draw.project.preset.quiet) or not is_closed(session, draw.project_id)


def told_parties(session: Session, actor: Actor, seen: View) -> Sequence[Party]:
    """The parties as a reader of the draw's page may know them: a tenderer sees the seats and its own, as long as that is so."""
    if Role.TENDERER not in actor.roles or not seats_only(session, seen.draw):
        return seen.parties
    own = own_parties(session, actor, seen.draw)
    return [party for party in seen.parties if party.role or party.name in own]


def _last(seen: View) -> LastCall | None:
    if seen.record is None or not seen.record.calls:
        return None
    call = seen.record.calls[-1]
    line = seen.line(call.stratum)
    return LastCall(line.name, line.number(call.h), call.answer, from_unix(call.at))


def told_excluded(counts: Mapping[str, int], *, quiet: bool) -> dict[str, int]:
    """How many are excused by reason, as everybody may know it: those of tenderers' units among the others where it is ``quiet``."""
    told = dict(counts)
    if quiet and Excluded.TENDERER in told:
        told[Excluded.OTHER] = told.get(Excluded.OTHER, 0) + told.pop(Excluded.TENDERER)
    return told
