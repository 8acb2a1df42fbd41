"""What a log may say after its sheets were opened, of those that were not: docs/spec/opening.md, "Afterwards". Pure.

A tenderer posts the key of an envelope for which too few trustees came; the envelope opens after all, by that key or
by shares that came late; and the agency says what becomes of a lot in which too few sheets could be read. The server
runs each of its own notes through this before it commits, the verifier a whole log through the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bidding.core.canonical import Malformed, dumps, exactly, identifier, integer, sha, text_of, unhex

#: Notes of these kinds are told here; every other note passes by.
PREFIX = "after-"
KEY, OPENED, LOT = "after-key", "after-opened", "after-lot"
#: By what an envelope was opened late.
BY_KEY, BY_SHARES = "key", "shares"
#: What becomes of a lot with too few readable sheets.
FAILED, GOES_ON = "failed", "goes-on"
DECISIONS = (FAILED, GOES_ON)

#: One bid's envelope.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rest of the log says when a note comes."""

    #: Public envelopes that stand unopened because too few trustees came, with their stage.
    unopened: Mapping[Place, int]
    #: Envelopes of attachments that belong to the same bids and stages.
    attached: Collection[Place]
    #: The first stage: its sheets are counted.
    first: int
    #: Bids whose sheet was read at the first stage's opening, or in their bag.
    read: Collection[str]
    #: Lots with a bag that nobody has read yet.
    waiting: Collection[str]
    #: The lot of every bid to be opened.
    lots: Mapping[str, str]
    #: How many sheets a lot needs.
    least: int
    opened: bool
    on_hold: bool


@dataclass(frozen=True, slots=True)
class Late:
    """An envelope that was opened after its stage: ``sha256`` of its sheet, or the verdict why there is none."""

    index: int
    stage: int
    by: str
    sha256: str | None
    verdict: str | None
    evidence: Any


@dataclass(slots=True)
class Afterwards:
    """What the log says so far."""

    #: What the log says of every key that was posted.
    keys: dict[Place, str] = field(default_factory=dict)
    late: dict[Place, Late] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)  # lot -> decision

    def take(self, index: int, kind: str, data: Mapping[str, Any], facts: Facts) -> None:
        """Check the next note and take it. Raises ``Malformed`` with the reason; then nothing has changed."""
        if facts.on_hold:
            raise Malformed(f"{kind}: the opening is on hold")
        if kind == KEY:
            self._key(data, facts)
        elif kind == OPENED:
            self._opened(index, data, facts)
        elif kind == LOT:
            self._lot(data, facts)
        else:
            raise Malformed(f"{kind}: not known")

    def readable(self, facts: Facts) -> Counter[str]:
        """How many bids of each lot have a sheet that could be read, those opened late among them."""
        late = self.late.items()
        read = {bid for (bid, _), sheet in late if sheet.stage == facts.first and sheet.sha256 is not None}
        read.update(facts.read)
        return Counter(lot for bid, lot in facts.lots.items() if bid in read)

    def _undecided(self, bid: str, facts: Facts, what: str) -> None:
        if facts.lots.get(bid) in self.decided:
            raise Malformed(f"{what}: lot {facts.lots[bid]} is decided")

    def _key(self, data: Mapping[str, Any], facts: Facts) -> None:
        found = exactly(data, "bid envelope sha256", KEY)
        place = _place(found, KEY)
        if place not in facts.unopened and place not in facts.attached:
            raise Malformed(f"{KEY}: its bid was not left unopened for want of trustees")
        if place in self.keys:
            raise Malformed(f"{KEY}: posted already")
        self._undecided(place[0], facts, KEY)
        self.keys[place] = unhex(found["sha256"], 32, f"{KEY}.sha256").hex()

    def _opened(self, index: int, data: Mapping[str, Any], facts: Facts) -> None:
        found = exactly(data, "stage bid envelope by sha256 verdict evidence", OPENED)
        place, by = _place(found, OPENED), text_of(found["by"], f"{OPENED}.by")
        if facts.unopened.get(place) != integer(found["stage"], f"{OPENED}.stage", 1):
            raise Malformed(f"{OPENED}: not an envelope that this stage left unopened for want of trustees")
        if place in self.late:
            raise Malformed(f"{OPENED}: opened already")
        if by not in (BY_KEY, BY_SHARES):
            raise Malformed(f"{OPENED}.by: not one of {BY_KEY}, {BY_SHARES}")
        if by == BY_KEY and place not in self.keys:
            raise Malformed(f"{OPENED}: no key was posted")
        self._undecided(place[0], facts, OPENED)
        self.late[place] = _late(index, by, found)

    def _lot(self, data: Mapping[str, Any], facts: Facts) -> None:
        found = exactly(data, "lot decision readable law article", LOT)
        lot = identifier(found["lot"], f"{LOT}.lot")
        if not facts.opened or lot not in facts.lots.values():
            raise Malformed(f"{LOT}: not a lot that was opened")
        if lot in self.decided:
            raise Malformed(f"{LOT}: decided already")
        if lot in facts.waiting:
            raise Malformed(f"{LOT}: a bag of lot {lot} is not read yet")
        readable = self.readable(facts)[lot]
        if integer(found["readable"], f"{LOT}.readable", 0) != readable:
            raise Malformed(f"{LOT}.readable: {readable} sheets could be read")
        if readable >= facts.least:
            raise Malformed(f"{LOT}: {readable} sheets are enough")
        if text_of(found["decision"], f"{LOT}.decision") not in DECISIONS:
            raise Malformed(f"{LOT}.decision: not one of {', '.join(DECISIONS)}")
        for name in ("law", "article"):
            text_of(found[name], f"{LOT}.{name}")
        self.decided[lot] = found["decision"]


def _place(found: Mapping[str, Any], what: str) -> Place:
    return unhex(found["bid"], 16, f"{what}.bid").hex(), identifier(found["envelope"], f"{what}.envelope")


def _late(index: int, by: str, found: Mapping[str, Any]) -> Late:
    digest, verdict = found["sha256"], found["verdict"]
    if (digest is None) == (verdict is None):
        raise Malformed(f"{OPENED}: exactly one of sha256 and verdict is null")
    if digest is not None:
        unhex(digest, 32, f"{OPENED}.sha256")
    elif text_of(verdict, f"{OPENED}.verdict") not in ("platform", "tenderer"):
        raise Malformed(f"{OPENED}.verdict: not one of platform, tenderer")
    return Late(index, found["stage"], by, digest, verdict, found["evidence"])


def key_digest(bid: str, envelope: str, identity: str) -> str:
    """What ``after-key`` says of a posted identity, in hex: the log holds no key, the bundle beside it does."""
    return sha("bidseal/v1 posted", dumps({"bid": bid, "envelope": envelope, "identity": identity})).hex()
