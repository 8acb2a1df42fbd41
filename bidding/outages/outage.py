"""What heartbeats prove: when the submit path was down, what that holds, and how much time is owed. Pure (protocol §5).

A heartbeat is a row that could be written only because the database, the store of ciphertexts and the disk's
reserve were all there. Heartbeats that follow each other closely are one ``Run``; an outage is the gap between two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bidding.core.clock import SHANGHAI, Steady
from bidding.core.workdays import Calendar, next_working_day

#: How often the serving process beats.
BEAT = timedelta(seconds=5)
#: Silence longer than this is an outage: six beats, so that a restart or a slow writer is none.
GAP = timedelta(seconds=30)
#: A wall clock that goes so far astray from the steady one between two beats was set (protocol §5, Clock).
STEP = timedelta(seconds=1)
#: A kernel slews a clock by at most 500 parts per million: so much is no step.
_SLEW = 2000
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat: the wall clock, and the steady one beside it."""

    at: datetime
    steady: Steady


@dataclass(frozen=True, slots=True)
class Link:
    """What lies between two beats: how long it really was, and by how much the wall clock was set."""

    pause: timedelta
    step: timedelta

    @property
    def breaks(self) -> bool:
        """Whether a new run begins: the path was down, or the clock was set."""
        return self.pause > GAP or self.stepped

    @property
    def stepped(self) -> bool:
        """Whether the clock was set by more than it may stray."""
        return abs(self.step) > STEP + self.pause / _SLEW


def link(last: Beat, this: Beat) -> Link:
    """What lies between two beats.

    By the steady clock where both were read from the same one: a wall clock that jumps makes no outage and hides
    none. Else by the wall clock, which is all there is; backwards it can only be a step.
    """
    wall = this.at - last.at
    if last.steady.source and last.steady.source == this.steady.source:
        pause = timedelta(microseconds=max(0, this.steady.microseconds - last.steady.microseconds))
        return Link(pause, wall - pause)
    return Link(max(wall, _ZERO), min(wall, _ZERO))


@dataclass(frozen=True, slots=True)
class Run:
    """Unbroken service: from its first beat to its last, and what lay between the last run and this one."""

    began_at: datetime
    last_at: datetime
    pause: timedelta | None = None  # None for the first run there ever was
    step: timedelta = _ZERO


@dataclass(frozen=True, slots=True)
class Outage:
    """When the submit path was down; ``ended_at`` is None while it still is."""

    began_at: datetime
    ended_at: datetime | None

    def until(self, now: datetime) -> datetime:
        """Its end, or now."""
        return now if self.ended_at is None else self.ended_at

    def lasted(self, now: datetime) -> timedelta:
        """How long it was, or has been."""
        return self.until(now) - self.began_at

    def covers(self, instant: datetime, now: datetime) -> bool:
        """Whether the path was down at an instant. The beat that ends it is service again."""
        return self.began_at <= instant < self.until(now) or (self.ended_at is None and instant == now)

    def within(self, first: datetime, last: datetime, now: datetime) -> timedelta:
        """How much of it lies in a span."""
        return max(_ZERO, min(self.until(now), last) - max(self.began_at, first))


def outages(runs: Sequence[Run], now: datetime) -> list[Outage]:
    """Every outage between runs in their order, and the one that still lasts. Before the first beat nothing is known."""
    found = []
    for before, after in pairwise(runs):
        if after.pause is not None and after.pause > GAP:
            # Measured by the steady clock: if the wall clock was set meanwhile, the outage is as long all the same.
            found.append(Outage(before.last_at, max(after.began_at, before.last_at + after.pause)))
    if runs and now - runs[-1].last_at > GAP:
        found.append(Outage(runs[-1].last_at, None))
    return found


def proved_since(runs: Sequence[Run], instant: datetime) -> bool:
    """Whether a beat at or after an instant shows how it stood then; where nobody beats, nothing can be waited for."""
    return not runs or runs[-1].last_at >= instant


def stepped_over(runs: Sequence[Run], first: datetime, last: datetime) -> timedelta | None:
    """By how much the clock was set within a span, the largest step; None if it was not."""
    steps = [
        run.step
        for run in runs
        if run.pause is not None
        and Link(run.pause, run.step).stepped
        and first <= max(run.began_at, run.began_at - run.step)
        and min(run.began_at, run.began_at - run.step) <= last
    ]
    return max(steps, key=abs, default=None)


@dataclass(frozen=True, slots=True)
class Table:
    """The centre's figures (rulebook ``centre.outage.*``): when an outage holds a closing, and what is owed for it."""

    window: timedelta
    least: timedelta
    near: timedelta
    extension: timedelta
    long: timedelta
    long_extension: timedelta
    lead: timedelta
    office: Sequence[tuple[time, time]]


def holds(found: Sequence[Outage], closes_at: datetime, now: datetime, table: Table) -> list[Outage]:
    """The outages because of which a closing is on hold; none of them, none.

    It is if the deadline lies inside one, or if the path was down for long enough shortly before it.
    """
    first = closes_at - table.window
    touching = [
        outage
        for outage in found
        if outage.covers(closes_at, now) or outage.within(first, closes_at, now) > _ZERO
    ]
    inside = any(outage.covers(closes_at, now) for outage in touching)
    down = sum((outage.within(first, closes_at, now) for outage in touching), _ZERO)
    return touching if inside or down >= table.least else []


def propose(
    found: Sequence[Outage], closes_at: datetime, now: datetime, table: Table, calendar: Calendar
) -> datetime | None:
    """The new deadline that is owed, a whole minute; None where nothing is, or where the end is not known yet.

    Inside the outage: so long after its end. Shortly after it: so long after the old deadline. After a long one a
    day more. Outside office hours: the same time of day as the old deadline, on the next working day on which that
    is not earlier than what is owed. What is no longer far enough ahead is reckoned from now.
    """
    owed = []
    for outage in found:
        if outage.ended_at is None:
            return None
        if outage.covers(closes_at, now):
            base = outage.ended_at
        elif (
            outage.ended_at <= closes_at < outage.ended_at + table.near and outage.lasted(now) >= table.least
        ):
            base = closes_at
        else:
            continue
        long = outage.lasted(now) > table.long
        owed.append(base + (table.long_extension if long else table.extension))
    if not owed:
        return None
    at = at_office(max(owed), closes_at, table, calendar)
    if at < now + table.lead:
        at = at_office(now + table.extension, closes_at, table, calendar)
    return at


def at_office(at: datetime, closes_at: datetime, table: Table, calendar: Calendar) -> datetime:
    """The instant itself, rounded up to a minute, where people work then; else see ``propose``."""
    local = at.astimezone(SHANGHAI)
    if local.second or local.microsecond:
        local = local.replace(second=0, microsecond=0) + timedelta(minutes=1)
    works = calendar.works(local.date()).works
    if works and any(first <= local.time() <= last for first, last in table.office):
        return local.astimezone(at.tzinfo)
    hour = closes_at.astimezone(SHANGHAI).timetz()
    day = next_working_day(local.date(), calendar)
    if _on(day, hour) < local:
        day = next_working_day(day + timedelta(days=1), calendar)
    return _on(day, hour).astimezone(at.tzinfo)


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour)
