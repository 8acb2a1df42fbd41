"""What a log may say of scans and videos: that they were attached, and that they were taken back. Pure.

Nothing is deleted from a log. What was attached by mistake is named once more, whole, with the digest of the statement
that says why; the statement itself stays out of the log, for a reason may name a person (docs/spec/opening.md, "Records").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bidding.core.canonical import Malformed, dumps, exactly, text_of, unhex

#: Kinds of the notes that attach, with what they say.
SCAN, VIDEO = "record-scan", "record-video"
_SAY = {SCAN: "record sha256", VIDEO: "camera from to"}
_WITHDRAWN = "-withdrawn"
#: By the note that takes back, the one that attached.
TAKES_BACK = {kind + _WITHDRAWN: kind for kind in _SAY}
#: As what somebody takes back: tenderers attach nothing.
CAPACITIES = ("host", "supervisor", "administrator")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Something that was taken back: the index of the note that says so, and what had been logged of it."""

    index: int
    of: Mapping[str, Any]


@dataclass(slots=True)
class Extras:
    """What a log says of scans and videos so far."""

    withdrawn: list[Withdrawn] = field(default_factory=list)
    _standing: Counter[bytes] = field(default_factory=Counter)

    def take(self, index: int, kind: str, data: Mapping[str, Any]) -> None:
        """Take the next note; notes of other kinds pass by. Raises ``Malformed``; then nothing has changed."""
        if kind in _SAY:
            self._standing[_name(kind, data)] += 1
        elif kind in TAKES_BACK:
            self._take_back(index, kind, data)

    def _take_back(self, index: int, kind: str, data: Mapping[str, Any]) -> None:
        found = exactly(data, "of as why", kind)
        attached = TAKES_BACK[kind]
        if text_of(found["as"], f"{kind}.as") not in CAPACITIES:
            raise Malformed(f"{kind}.as: not one of {', '.join(CAPACITIES)}")
        unhex(found["why"], 32, f"{kind}.why")
        name = _name(attached, exactly(found["of"], _SAY[attached], f"{kind}.of"))
        if not self._standing[name]:
            raise Malformed(f"{kind}: nothing like it is attached, or not any more")
        self._standing[name] -= 1
        self.withdrawn.append(Withdrawn(index, found["of"]))


def _name(kind: str, data: Any) -> bytes:
    return dumps([kind, data])


def withdrawal_kind(attached: str) -> str:
    """The kind of the note that takes back what a note of kind ``attached`` says."""
    return attached + _WITHDRAWN


def statement(
    *, project: str, kind: str, of: Mapping[str, Any], capacity: str, reason: str, at: int
) -> dict[str, Any]:
    """Why something was taken back, as its digest stands in the log; ``at`` in Unix seconds."""
    return {
        "v": 1,
        "type": "record-withdrawal",
        "project": project,
        "kind": kind,
        "of": dict(of),
        "as": capacity,
        "reason": reason,
        "at": at,
    }
