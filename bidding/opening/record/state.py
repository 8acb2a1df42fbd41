"""What is known of a project after so many leaves of its log, and what follows from it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bidding.core.canonical import Malformed
from bidding.ledger.events import EventType
from bidding.ledger.merkle import Tree
from bidding.ledger.note import Head
from bidding.ledger.trust import Policy
from bidding.opening import afterwards, bags
from bidding.opening.bags import PaperSheet
from bidding.opening.offline import held as offline
from bidding.opening.papers import withdrawal
from bidding.opening.review import Review
from bidding.opening.sitting import ceremony
from bidding.sealing.panel import EnvelopeSpec, Panel

#: Kind of the note that says that no witness was reached (protocol §4).
NO_WITNESS = "unwitnessed"


class State(StrEnum):
    """Where a project's log stands."""

    OPEN = "open"
    CLOSED = "closed"
    OPENING = "opening"


class End(StrEnum):
    """How a bid ceased to be effective."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    OVERRIDDEN = "overridden"
    BACK = "back"
    DOUBLE = "double"


@dataclass(slots=True)
class LoggedBid:
    """A bid by its leaf; ``at`` in Unix seconds. One on paper has a ``holder`` and no envelopes."""

    index: int
    at: int
    manifest: Mapping[str, Any]
    end: End | None = None
    end_index: int | None = None
    holder: str | None = None

    @property
    def on_paper(self) -> bool:
        """Whether it is a bag, which nothing but hands can open."""
        return self.holder is not None

    @property
    def uid(self) -> str:
        """The bid's identifier, in hex."""
        return str(self.manifest["bid"])

    @property
    def lot(self) -> str:
        """The lot it bids for."""
        return str(self.manifest["lot"])

    @property
    def effective(self) -> bool:
        """Whether it is neither superseded nor withdrawn nor overridden."""
        return self.end is None

    def envelope(self, name: str) -> Mapping[str, Any]:
        """The manifest's entry for one envelope. Raises ``Malformed``."""
        for item in self.manifest["envelopes"]:
            if item["id"] == name:
                found: Mapping[str, Any] = item
                return found
        raise Malformed(f"bid {self.uid}: has no envelope {name}")


@dataclass(frozen=True, slots=True)
class Close:
    """A close record; ``head`` is the tree that ends with it, whose text every share batch names."""

    index: int
    at: int
    closes_at: int
    count: int
    head: Head


@dataclass(frozen=True, slots=True)
class LoggedShares:
    """That a batch of shares came in; ``sha256`` of its JCS, in hex."""

    index: int
    at: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OpenedStage:
    """What a stage's ``opened`` says, keyed by (bid, envelope)."""

    index: int
    at: int
    sheets: Mapping[tuple[str, str], str]
    verdicts: Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(slots=True)
class Record:
    """What the log says so far."""

    panel: Panel
    policy: Policy
    tree: Tree = field(default_factory=Tree)
    state: State = State.OPEN
    schedules: list[Mapping[str, Any]] = field(default_factory=list)
    bids: dict[str, LoggedBid] = field(default_factory=dict)
    #: Index, type and bid of every leaf that must be shown to have been there in time.
    acts: list[tuple[int, EventType, str]] = field(default_factory=list)
    close: Close | None = None
    voided: list[Close] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)  # lot -> index
    shares: dict[tuple[int, int, bool], LoggedShares] = field(default_factory=dict)  # i, stage, public
    opened: dict[int, OpenedStage] = field(default_factory=dict)
    #: By bag, what was read in it.
    paper_sheets: dict[str, PaperSheet] = field(default_factory=dict)
    #: By bag that does not count, the sealed bid of the same tenderer that does.
    doubles: dict[str, str] = field(default_factory=dict)
    #: By stage; the first has none.
    reviews: dict[int, Review] = field(default_factory=dict)
    on_hold: bool = False
    #: Kind and index of every ``note``: ``unwitnessed`` among them says that no witness was reached.
    notes: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    draws: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    #: By stage: each opening has one of its own.
    sittings: dict[int, ceremony.Sitting] = field(init=False)
    #: Stages that were opened on a laptop in the hall.
    offline: dict[int, offline.Logged] = field(default_factory=dict)
    after: afterwards.Afterwards = field(default_factory=afterwards.Afterwards)
    extras: withdrawal.Extras = field(default_factory=withdrawal.Extras)

    def __post_init__(self) -> None:
        self.sittings = {stage: ceremony.Sitting() for stage in self.panel.stages}

    @property
    def unwitnessed_at(self) -> int | None:
        """The index of the note that no witness was reached and the words on paper stand in; None without one."""
        return next((index for index, event in self.notes if event["kind"] == NO_WITNESS), None)

    @property
    def panel_hash(self) -> bytes:
        """The trust anchor."""
        return self.panel.hash

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.policy.log_vkey.name

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self.tree)

    @property
    def schedule(self) -> Mapping[str, Any]:
        """The schedule in force. Raises ``Malformed`` where there is none yet."""
        if not self.schedules:
            raise Malformed("the log has no schedule yet")
        return self.schedules[-1]

    @property
    def closes_at(self) -> int:
        """The deadline in force, in Unix seconds."""
        return int(self.schedule["closes_at"])

    def opens_at(self, stage: int) -> int:
        """When a stage may be opened, in Unix seconds. Raises ``Malformed`` for a stage that the panel lacks."""
        for item in self.schedule["opens"]:
            if item["stage"] == stage:
                return int(item["at"])
        raise Malformed(f"the panel has no stage {stage}")

    def can_begin_at(self, stage: int) -> int:
        """From when trustees can open a stage, in Unix seconds: its instant, and at a later one what was found before it."""
        review = self.reviews.get(stage)
        return self.opens_at(stage) if review is None else max(self.opens_at(stage), review.at)

    def effective(self) -> list[LoggedBid]:
        """The effective bids, in order of receipt."""
        return [bid for bid in self.bids.values() if bid.effective]

    def short_lots(self) -> set[str]:
        """The lots that were bid for and have fewer effective bids than are needed to open."""
        counts = Counter(bid.lot for bid in self.effective())
        return {bid.lot for bid in self.bids.values() if counts[bid.lot] < self.panel.min_bids}

    def to_be_opened(self) -> list[LoggedBid]:
        """The bids to be opened, in order of receipt; none before the close."""
        if self.close is None:
            return []
        short = self.short_lots()
        return [bid for bid in self.effective() if bid.lot not in short]

    def envelopes(self, stage: int, *, public: bool) -> list[EnvelopeSpec]:
        """The envelopes of one stage and kind, in the panel's order."""
        return [e for e in self.panel.envelopes if e.stage == stage and e.public is public]

    def stays_sealed(self, stage: int) -> dict[str, str]:
        """The bids that are not opened at a stage, because they did not pass before it, with the reasons."""
        return {
            bid: reason
            for number, review in self.reviews.items()
            if number <= stage
            for bid, reason in review.sealed.items()
        }

    def to_be_shared(self, stage: int, *, public: bool) -> list[tuple[LoggedBid, str]]:
        """Every (bid, envelope) that a batch of this stage and kind holds a share for, in order."""
        envelopes, standing = self.envelopes(stage, public=public), set(self.standing(stage))
        return [
            (bid, envelope.id)
            for bid in self.to_be_opened()
            if bid.uid in standing and not bid.on_paper
            for envelope in envelopes
        ]

    def standing(self, stage: int) -> list[str]:
        """The bids to be opened at a stage, by uid, in order of receipt."""
        sealed = self.stays_sealed(stage)
        return [bid.uid for bid in self.to_be_opened() if bid.uid not in sealed]

    def check_turn(self, stage: int, what: str) -> None:
        """A later stage's turn comes when the one before it is open, and was reviewed. Raises ``Malformed``."""
        before = self.panel.stages[: self.panel.stages.index(stage)]
        if before and before[-1] not in self.opened:
            raise Malformed(f"{what}: stage {before[-1]} comes before stage {stage} and is not open")
        if before and stage not in self.reviews:
            raise Malformed(f"{what}: the log does not say which bids stay sealed at stage {stage}")

    @property
    def next_stage(self) -> int | None:
        """The first stage that is not open; None when all are."""
        return next((stage for stage in self.panel.stages if stage not in self.opened), None)

    @property
    def paper_allowed(self) -> bool:
        """Whether the tender takes bids on paper."""
        return any(event["kind"] == bags.ALLOWED for _, event in self.notes)

    def bags(self) -> list[LoggedBid]:
        """The bags to be opened, in order of receipt; none before the close."""
        return [bid for bid in self.to_be_opened() if bid.on_paper]

    def bags_told(self) -> list[LoggedBid]:
        """The bags of which a ``paper-sheet`` is due: those to be opened, and doubles beside a bid to be opened."""
        opened = {bid.uid for bid in self.to_be_opened()}
        doubles = [self.bids[bag] for bag, bid in self.doubles.items() if bid in opened]
        return [*self.bags(), *doubles]

    def rows(self, stage: int) -> list[str]:
        """The bid of every sheet of a stage, on paper or not, in the order in which sheets are shown and read out."""
        envelopes, standing = len(self.envelopes(stage, public=True)), set(self.standing(stage))
        return [
            bid.uid
            for bid in self.to_be_opened()
            if bid.uid in standing
            for _ in range(1 if bid.on_paper else envelopes)
        ]

    def sit(self, kind: str, data: object, at: int) -> None:
        """Take the next note of a sitting, stamped ``at``. Raises ``Malformed``; then nothing has changed."""
        stage, kind, said = ceremony.read_back(kind, data, self.panel.stages)
        if kind == ceremony.LIST:
            self._check_begins(stage)
        self.sittings[stage].take(kind, said, self._facts(stage, at))

    def _check_begins(self, stage: int) -> None:
        """One sitting after the other, and a later one only where somebody is opened at it."""
        for other, sitting in self.sittings.items():
            if other > stage and sitting.listed:
                raise Malformed(f"{ceremony.LIST}: the sitting of stage {other} has begun")
            if other < stage and sitting.is_under_way:
                raise Malformed(f"{ceremony.LIST}: the sitting of stage {other} has not ended")
        self.check_turn(stage, ceremony.LIST)
        if stage != self.panel.stages[0] and not self.standing(stage):
            raise Malformed(f"{ceremony.LIST}: nobody is opened at stage {stage}")

    def _facts(self, stage: int, at: int) -> ceremony.Facts:
        """What a note of a stage's sitting that is stamped ``at`` has to fit."""
        before = self.panel.stages[max(self.panel.stages.index(stage) - 1, 0)]
        return ceremony.Facts(
            at=at,
            closed=self.close is not None,
            opens_at=self.opens_at(stage),
            on_hold=self.on_hold,
            to_be_opened=self.standing(before),
            rows=self.rows(stage),
            opened=stage in self.opened and all(bag.uid in self.paper_sheets for bag in self.bags()),
        )

    def since_opened(self) -> afterwards.Facts:
        """What a note about unopened envelopes or short lots has to fit."""
        unopened = {
            place: stage
            for stage, opened in self.opened.items()
            for place, item in opened.verdicts.items()
            if item["verdict"] == "trustees"
        }
        failed = {(bid, stage) for (bid, _), stage in unopened.items()}
        first = self.panel.stages[0]
        opened = self.opened.get(first)
        typed = {bag for bag, sheet in self.paper_sheets.items() if sheet.fields is not None}
        return afterwards.Facts(
            unopened=unopened,
            attached={
                (bid, envelope.id)
                for bid, stage in failed
                for envelope in self.envelopes(stage, public=False)
            },
            first=first,
            read=typed | ({bid for bid, _ in opened.sheets} if opened is not None else set()),
            waiting={bag.lot for bag in self.bags() if bag.uid not in self.paper_sheets},
            lots={bid.uid: bid.lot for bid in self.to_be_opened()},
            least=self.panel.min_bids,
            opened=opened is not None,
            on_hold=self.on_hold,
        )

    def begun(self) -> frozenset[int]:
        """The stages of which a share stands in the log, and later ones whose list is out."""
        listed = {stage for stage in self.panel.stages[1:] if self.sittings[stage].listed}
        return frozenset(stage for _, stage, _ in self.shares) | listed
