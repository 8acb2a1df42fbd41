"""What a log may say of a sitting, note by note: docs/spec/opening.md, "The sitting". Pure.

The server runs each of its own notes through this before it commits; the verifier runs a whole log through the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bidding.core.canonical import Malformed, array, dumps, exactly, integer, sha, text_of, unhex

#: Notes of these kinds are the sitting's; every other note passes by.
PREFIX = "hall-"
#: Before the kind of a note in the sitting of a later opening, whose data say besides which ``stage`` it is of. Readers
#: that know of no such sitting pass it by.
LATER = "stage-"
LIST, SIGN_IN, READ, LINE = "hall-list", "hall-sign-in", "hall-read", "hall-line"
LINES_CLOSED, ANSWER, RECORD = "hall-lines-closed", "hall-answer", "hall-record"
SIGNATURE, END = "hall-signature", "hall-end"

WAYS = ("remote", "room")
AGREES, OBJECTS = "agrees", "objects"
#: Who signs a record; of the first two each one signs before the sitting may end.
HOST, SUPERVISOR, ADMINISTRATOR, TENDERER = "host", "supervisor", "administrator", "tenderer"
CAPACITIES = (HOST, SUPERVISOR, ADMINISTRATOR, TENDERER)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rest of the log says when a note comes: Unix seconds, uids in order of receipt.

    ``to_be_opened`` are those whom the list names: at a later opening those of the one before, who passed or not.
    """

    at: int
    closed: bool
    opens_at: int
    on_hold: bool
    to_be_opened: Sequence[str]
    #: The bid of every sheet that is read out, in that order.
    rows: Sequence[str]
    opened: bool


@dataclass(slots=True)
class Sitting:
    """Where a sitting stands by its log."""

    listed: bool = False
    present: dict[str, str] = field(default_factory=dict)  # bid -> way
    read: int = 0
    lines: dict[str, str] = field(default_factory=dict)  # bid -> answer
    lines_closed: bool = False
    #: Digest of every objection that was raised in the sitting, and of its answer.
    objections: dict[str, str | None] = field(default_factory=dict)
    record: str | None = None
    signed: list[str] = field(default_factory=list)  # capacities
    signed_bids: set[str] = field(default_factory=set)
    ended: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether it has begun and not ended."""
        return self.listed and not self.ended

    @property
    def unanswered(self) -> list[str]:
        """Objections without an answer, as they were raised."""
        return [digest for digest, answer in self.objections.items() if answer is None]

    def object(self, digest: str) -> None:
        """An ``objection`` of the log: the sitting's while it lasts and its record is not closed."""
        if self.listed and self.record is None:
            self.objections.setdefault(digest, None)

    def take(self, kind: str, data: Mapping[str, Any], facts: Facts) -> None:
        """Check the next note and take it. Raises ``Malformed`` with the reason; then nothing has changed."""
        taker = _TAKERS.get(kind)
        if taker is None:
            raise Malformed(f"{kind}: not known")
        if facts.on_hold:
            raise Malformed(f"{kind}: the opening is on hold")
        if self.ended:
            raise Malformed(f"{kind}: the sitting has ended")
        if kind != LIST and not self.listed:
            raise Malformed(f"{kind}: before the list of tenderers")
        if self.record is not None and kind not in (SIGNATURE, END):
            raise Malformed(f"{kind}: the record is closed")
        taker(self, data, facts)

    def _list(self, data: Mapping[str, Any], facts: Facts) -> None:
        if self.listed:
            raise Malformed("hall-list: published already")
        if not facts.closed or facts.at < facts.opens_at:
            raise Malformed(f"hall-list: the opening is at {facts.opens_at}, after the close")
        listed = [_listed(item) for item in array(exactly(data, "bids", LIST)["bids"], f"{LIST}.bids")]
        if not listed or [bid for bid, _ in listed] != list(facts.to_be_opened):
            raise Malformed("hall-list: not exactly the bids to be opened, in order of receipt")
        self.present = {bid: way for bid, way in listed if way is not None}
        self.listed = True

    def _sign_in(self, data: Mapping[str, Any], facts: Facts) -> None:
        found = exactly(data, "bids way", SIGN_IN)
        way, bids = _way(found["way"], SIGN_IN), _bids(found["bids"], SIGN_IN)
        if not bids or not set(bids) <= set(facts.to_be_opened):
            raise Malformed("hall-sign-in: not bids to be opened")
        if any(bid in self.present for bid in bids):
            raise Malformed("hall-sign-in: present already")
        self.present |= dict.fromkeys(bids, way)

    def _read(self, data: Mapping[str, Any], facts: Facts) -> None:
        place = integer(exactly(data, "place", READ)["place"], "hall-read.place", 1)
        if not facts.opened:
            raise Malformed("hall-read: before the sheets are open")
        if place != self.read + 1 or place > len(facts.rows):
            raise Malformed(f"hall-read: {place} does not follow {self.read}")
        self.read = place

    def _line(self, data: Mapping[str, Any], facts: Facts) -> None:
        found = exactly(data, "bid answer", LINE)
        bid, answer = _uid(found["bid"], LINE), text_of(found["answer"], "hall-line.answer")
        if answer not in (AGREES, OBJECTS):
            raise Malformed("hall-line.answer: not one of agrees, objects")
        if self.lines_closed:
            raise Malformed("hall-line: confirmations are closed")
        if bid not in facts.rows[: self.read]:
            raise Malformed("hall-line: not read out yet")
        if bid not in self.present:
            raise Malformed("hall-line: its tenderer is not present")
        if bid in self.lines:
            raise Malformed("hall-line: answered already")
        self.lines[bid] = answer

    def _lines_closed(self, data: Mapping[str, Any], facts: Facts) -> None:
        exactly(data, "", LINES_CLOSED)
        if not facts.opened or self.read < len(facts.rows):
            raise Malformed("hall-lines-closed: not everything has been read out")
        if self.lines_closed:
            raise Malformed("hall-lines-closed: closed already")
        self.lines_closed = True

    def _answer(self, data: Mapping[str, Any], _facts: Facts) -> None:
        found = exactly(data, "objection sha256", ANSWER)
        objection = unhex(found["objection"], 32, "hall-answer.objection").hex()
        if objection not in self.objections:
            raise Malformed("hall-answer: no such objection was raised in the sitting")
        if self.objections[objection] is not None:
            raise Malformed("hall-answer: answered already")
        self.objections[objection] = unhex(found["sha256"], 32, "hall-answer.sha256").hex()

    def _record(self, data: Mapping[str, Any], _facts: Facts) -> None:
        digest = unhex(exactly(data, "sha256", RECORD)["sha256"], 32, "hall-record.sha256").hex()
        if not self.lines_closed:
            raise Malformed("hall-record: confirmations are not closed")
        if self.unanswered:
            raise Malformed(f"hall-record: {len(self.unanswered)} objections are not answered")
        self.record = digest

    def _signature(self, data: Mapping[str, Any], _facts: Facts) -> None:
        found = exactly(data, "record as bids", SIGNATURE)
        capacity, bids = text_of(found["as"], "hall-signature.as"), _bids(found["bids"], SIGNATURE)
        if self.record is None or found["record"] != self.record:
            raise Malformed("hall-signature: of another record")
        if capacity not in CAPACITIES or (capacity == TENDERER) != bool(bids):
            raise Malformed("hall-signature: a tenderer signs for bids, everybody else for none")
        if not set(bids) <= self.present.keys():
            raise Malformed("hall-signature: not present")
        if self.signed_bids & set(bids):
            raise Malformed("hall-signature: signed already")
        self.signed.append(capacity)
        self.signed_bids |= set(bids)

    def _end(self, data: Mapping[str, Any], _facts: Facts) -> None:
        exactly(data, "", END)
        for capacity in (HOST, SUPERVISOR):
            if capacity not in self.signed:
                raise Malformed(f"hall-end: no {capacity} has signed the record")
        self.ended = True


_TAKERS: dict[str, Callable[[Sitting, Mapping[str, Any], Facts], None]] = {
    LIST: Sitting._list,
    SIGN_IN: Sitting._sign_in,
    READ: Sitting._read,
    LINE: Sitting._line,
    LINES_CLOSED: Sitting._lines_closed,
    ANSWER: Sitting._answer,
    RECORD: Sitting._record,
    SIGNATURE: Sitting._signature,
    END: Sitting._end,
}


def is_of_a_sitting(kind: str) -> bool:
    """Whether a note is one of a sitting's."""
    return kind.removeprefix(LATER).startswith(PREFIX)


def written(kind: str, data: Mapping[str, Any], *, stage: int, first: int) -> tuple[str, dict[str, Any]]:
    """Kind and data of a note as the log has it: at the first opening as they are, at a later one with its stage."""
    return (kind, dict(data)) if stage == first else (LATER + kind, {"stage": stage, **data})


def read_back(kind: str, data: object, stages: Sequence[int]) -> tuple[int, str, Mapping[str, Any]]:
    """The stage whose sitting a note is of, and what it says there. Raises ``Malformed``."""
    if not isinstance(data, Mapping):
        raise Malformed(f"{kind}: data is not an object")
    if not kind.startswith(LATER):
        return stages[0], kind, data
    stage = integer(data.get("stage"), f"{kind}.stage", 1)
    if stage not in stages[1:]:
        raise Malformed(f"{kind}: the panel has no later stage {stage}")
    return stage, kind.removeprefix(LATER), {key: value for key, value in data.items() if key != "stage"}


def objection_doc(*, project: str, bids: Sequence[str], words: str, at: int) -> dict[str, Any]:
    """An objection as it is hashed into the log: for which bids its tenderer stands, and what it says."""
    return {
        "v": 1,
        "type": "opening-objection",
        "project": project,
        "bids": list(bids),
        "words": words,
        "at": at,
    }


def answer_doc(*, objection: str, words: str, at: int) -> dict[str, Any]:
    """The answer to one, by the objection's digest."""
    return {"v": 1, "type": "opening-answer", "objection": objection, "words": words, "at": at}


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document's JCS, in hex."""
    return sha(dumps(dict(document))).hex()


def sha_of(text: str) -> str:
    """SHA-256 of a document that is written already, in hex."""
    return sha(text).hex()


def _listed(item: object) -> tuple[str, str | None]:
    found = exactly(item, "bid present", "hall-list.bids")
    way = found["present"]
    return _uid(found["bid"], LIST), None if way is None else _way(way, LIST)


def _bids(value: object, what: str) -> list[str]:
    found = [_uid(item, what) for item in array(value, f"{what}.bids")]
    if len(set(found)) != len(found):
        raise Malformed(f"{what}.bids: one stands twice")
    return found


def _uid(value: object, what: str) -> str:
    return unhex(value, 16, f"{what}.bid").hex()


def _way(value: object, what: str) -> str:
    way = text_of(value, f"{what}.way")
    if way not in WAYS:
        raise Malformed(f"{what}.way: not one of remote, room")
    return way
