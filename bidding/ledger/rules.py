"""When a log is given cover, and which event may stand where. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bidding.core.canonical import Malformed
from bidding.core.entropy import Entropy

#: The code of the centre's own log.
CENTRE = "centre"
_OF_CENTRE = frozenset({"enrol", "genesis", "final"})


@dataclass(frozen=True, slots=True)
class CoverPace:
    """How often covers are written (protocol §4; settings)."""

    mean: timedelta = timedelta(minutes=20)
    #: The mean towards the end, when most bids come.
    late_mean: timedelta = timedelta(minutes=1)
    #: How long before the close the end begins.
    late: timedelta = timedelta(hours=2)


PACE = CoverPace()


def gap(mean: timedelta, entropy: Entropy) -> timedelta:
    """An exponentially distributed wait: covers then look like any arrivals that know nothing of each other."""
    uniform = (int.from_bytes(entropy.bytes(8), "big") >> 11) / 2**53  # in [0, 1), every value a float has
    return mean * -math.log1p(-uniform)


def next_cover(
    now: datetime, closes_at: datetime, entropy: Entropy, pace: CoverPace = PACE
) -> datetime | None:
    """When the next cover is due; None if not before the close.

    A gap that would reach over the change of pace is cut there and drawn anew, which is exact: an exponential
    wait has no memory.
    """
    at, turn = now, closes_at - pace.late
    if at < turn:
        at += gap(pace.mean, entropy)
        if at < turn:
            return at
        at = turn
    at += gap(pace.late_mean, entropy)
    return at if at < closes_at else None


def check_place(kind: str, index: int, *, centre: bool) -> None:
    """Whether an event of this type may stand at ``index`` of this kind of log; raises ``Malformed``.

    Leaf 0 of a project's log is its panel, leaf 1 the first schedule; what the state of the gate or of a draw
    allows is decided where that state is known.
    """
    if centre:
        if kind not in _OF_CENTRE | {"note"}:
            raise Malformed(f"{kind}: not an event of the centre's log")
        return
    if kind in _OF_CENTRE:
        raise Malformed(f"{kind}: an event of the centre's log only")
    if (kind == "panel") != (index == 0):
        raise Malformed("panel: leaf 0, and nowhere else")
    if index == 1 and kind != "schedule":
        raise Malformed(f"{kind}: leaf 1 is the first schedule")
