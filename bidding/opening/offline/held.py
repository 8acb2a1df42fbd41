"""From when to when an opening was held without the server, and by whom: what the log says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed, exactly, integer, text_of, unhex

#: Kind of the note that a stage was opened without the server.
KIND = "offline-opening"
#: A name is a person's, not a story.
LONGEST_NAME = 40
#: How far the laptop's clock may stand before the server's when the result comes in, in seconds.
SKEW = 60
#: No calendar goes further; a file that says more is broken, whatever the laptop's clock was.
_LATEST = 253_402_200_000


@dataclass(frozen=True, slots=True)
class Held:
    """Unix seconds of the laptop's clock, and who answered for the opening in the hall."""

    began_at: int
    ended_at: int
    host: str
    supervisor: str


def parse_held(value: object) -> Held:
    """The four of them. Raises ``Malformed`` for an end before the beginning, or nobody's name."""
    parts = exactly(value, "began_at ended_at host supervisor", KIND)
    began, ended = (integer(parts[name], name, 0, _LATEST) for name in ("began_at", "ended_at"))
    if ended < began:
        raise Malformed(f"{KIND}: it ended before it began")
    return Held(began, ended, _name(parts["host"], "host"), _name(parts["supervisor"], "supervisor"))


def check_times(held: Held, *, opens_at: int, at: int) -> None:
    """Held at or after the stage's instant, and over when it is logged ``at``. Raises ``Malformed``."""
    if held.began_at < opens_at:
        raise Malformed(f"{KIND}: began at {held.began_at}, the stage opens at {opens_at}")
    if held.ended_at > at + SKEW:
        raise Malformed(f"{KIND}: ended at {held.ended_at}, it is {at} now")


@dataclass(frozen=True, slots=True)
class Logged:
    """The note as it stands in a log; ``result`` is the SHA-256 of the result file, in hex."""

    stage: int
    held: Held
    result: str


def parse_note(data: Mapping[str, Any]) -> Logged:
    """The note's data. Raises ``Malformed``."""
    parts = exactly(data, "stage began_at ended_at host supervisor result", KIND)
    held = parse_held({key: parts[key] for key in ("began_at", "ended_at", "host", "supervisor")})
    return Logged(
        integer(parts["stage"], f"{KIND}: stage", 1),
        held,
        unhex(parts["result"], 32, f"{KIND}: result").hex(),
    )


def _name(value: object, what: str) -> str:
    name = text_of(value, what)
    if name != " ".join(name.split()) or not 0 < len(name) <= LONGEST_NAME:
        raise Malformed(f"{what}: not a name of 1 to {LONGEST_NAME} signs")
    return name
