"""When a log is given cover, which event may stand where, and what a witness may have wrong. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bidding.core.canonical import Malformed
from bidding.core.entropy import Entropy
from bidding.core.errors import N_

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


class Trouble(StrEnum):
    """What is wrong with a witness that is called. None of it keeps anybody from handing in a bid."""

    NONE = ""
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    ODD = "odd"
    UNKNOWN_LOG = "unknown-log"
    REFUSED = "refused"
    BAD_LINE = "bad-line"
    CLOCK = "clock"
    DISPUTED = "disputed"
    AHEAD = "ahead"

    @property
    def is_of_the_line(self) -> bool:
        """Whether it says that the witness does not answer: then only the steady call may tell it.

        Calls about a project's log happen when it grows, and when that is must not be seen (招标投标法 22).
        """
        return self in (Trouble.UNREACHABLE, Trouble.SLOW, Trouble.ODD)


TROUBLE_WORDS: dict[Trouble, str] = {
    Trouble.UNREACHABLE: N_("连接不上"),
    Trouble.SLOW: N_("应答太慢"),
    Trouble.ODD: N_("应答不合规范"),
    Trouble.UNKNOWN_LOG: N_("它不认识这里的日志，请把日志公钥告诉它"),
    Trouble.REFUSED: N_("它拒绝联署"),
    Trouble.BAD_LINE: N_("它给的签名核对不上"),
    Trouble.CLOCK: N_("它的时钟与服务器不一致"),
    Trouble.DISPUTED: N_("它认为日志被改写过，请保全现场并通知监督部门"),
    Trouble.AHEAD: N_("它见过更长的日志，数据库可能是旧备份"),
}

#: After the first failure, doubled with each one, up to the most.
FIRST_PAUSE, MOST_PAUSE = timedelta(seconds=2), timedelta(minutes=1)
#: How often a witness is called though there is nothing new, and how long it may be silent.
STEADY, SILENCE = timedelta(minutes=1), timedelta(seconds=150)


def pause(failures: int) -> timedelta:
    """How long a witness is left alone after so many failed rounds; nothing after none."""
    return min(FIRST_PAUSE * (1 << min(failures - 1, 16)), MOST_PAUSE) if failures else timedelta(0)
