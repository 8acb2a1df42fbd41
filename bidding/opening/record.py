"""What a project's log says, event by event: the rules of protocol §4 and what follows from them. Pure.

The server runs every event through this before it commits it; the trustee's client and the verifier run a whole
log through the same. Draw events are passed through: ``experts.replay`` knows their rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bidding.core.canonical import Malformed, unhex
from bidding.ledger.events import EventType, check_event, commit, entry, leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.note import Head
from bidding.ledger.rules import check_place
from bidding.ledger.trust import Checked, Policy, parse_policy
from bidding.opening import afterwards, bags
from bidding.opening.bags import PaperSheet
from bidding.opening.offline import held as offline
from bidding.opening.review import REVIEW, Review, check_review
from bidding.opening.sitting import ceremony
from bidding.sealing.manifest import check_manifest, check_override, check_supersedes_sig, check_withdrawal
from bidding.sealing.panel import EnvelopeSpec, Panel, check_schedule, parse_panel

#: How long after the close a cosignature still shows that a leaf was there in time (protocol §4), in seconds.
GRACE = 60
#: Kind of the note that says that no witness was reached (protocol §4).
NO_WITNESS = "unwitnessed"
#: How far before the close a witness's clock may stand when it cosigns the close, in seconds.
SKEW = 5


class Early(Malformed):
    """A witness cosigned the close before the deadline: it was prepared beforehand."""


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
    sitting: ceremony.Sitting = field(default_factory=ceremony.Sitting)
    #: Stages that were opened on a laptop in the hall.
    offline: dict[int, offline.Logged] = field(default_factory=dict)
    after: afterwards.Afterwards = field(default_factory=afterwards.Afterwards)

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

    def facts(self, at: int) -> ceremony.Facts:
        """What a note of the sitting that is stamped ``at`` has to fit. Its stage is the first."""
        first = self.panel.stages[0]
        return ceremony.Facts(
            at=at,
            closed=self.close is not None,
            opens_at=self.opens_at(first),
            on_hold=self.on_hold,
            to_be_opened=[bid.uid for bid in self.to_be_opened()],
            rows=self.rows(first),
            opened=first in self.opened and all(bag.uid in self.paper_sheets for bag in self.bags()),
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
        """The stages of which a share stands in the log."""
        return frozenset(stage for _, stage, _ in self.shares)


class Replay:
    """A project's log, event by event.

    ``dealings=False`` leaves out the slow part of a bid's check, for a server whose intake has done it, and for
    a verifier that reports on it by itself.
    """

    def __init__(self, *, dealings: bool = True) -> None:
        self._dealings = dealings
        self._record: Record | None = None
        self._takers = {
            EventType.SCHEDULE: self._schedule,
            EventType.WITHDRAW: self._withdraw,
            EventType.OVERRIDE: self._override,
            EventType.PAPER: self._paper,
            EventType.PAPER_BACK: self._paper_back,
            EventType.PAPER_DOUBLE: self._paper_double,
            EventType.PAPER_SHEET: self._paper_sheet,
            EventType.HOLD: self._hold,
            EventType.CLOSE: self._close,
            EventType.FAILED: self._failed,
            EventType.SHARES: self._shares,
            EventType.OPENED: self._opened,
            EventType.OBJECTION: self._objection,
            EventType.NOTE: self._note,
        }

    @property
    def record(self) -> Record:
        """What the log says so far. Raises ``Malformed`` for a log without a leaf."""
        if self._record is None:
            raise Malformed("log: empty, not even a panel")
        return self._record

    def apply(self, index: int, event: Mapping[str, Any], leaf: bytes, *, known: bool = False) -> Record:
        """Check the next event and take it; ``leaf`` is its leaf hash.

        ``known`` says that this very event was found good under this very panel: then its form and a bid's manifest
        are not asked again. Whether it may stand here always is.
        Raises ``Malformed`` with the place and the reason; the record is then what it was before.
        """
        try:
            kind = self._take(index, event, known=known)
        except Malformed as error:
            raise Malformed(f"leaf {index}: {error}") from error
        record = self.record
        record.tree.append(leaf)
        if kind is EventType.CLOSE:
            record.close = self._closed(record, event)
            record.state = State.CLOSED
        return record

    def _take(self, index: int, event: Mapping[str, Any], *, known: bool) -> EventType:
        kind = EventType(event["type"]) if known else check_event(event)
        check_place(kind, index, centre=False)
        if kind is EventType.PANEL and self._record is None:
            panel = parse_panel(event)
            self._record = Record(panel, parse_policy(panel.policy))
        record = self.record
        if index != record.size:
            raise Malformed(f"the next leaf is {record.size}")
        if kind is EventType.BID:
            self._bid(record, index, event, known=known)
        elif kind in self._takers:
            self._takers[kind](record, index, event)
        elif kind.startswith("draw-"):
            record.draws.append((index, event))
        return kind

    def _schedule(self, record: Record, _index: int, event: Mapping[str, Any]) -> None:
        previous = record.schedules[-1] if record.schedules else None
        check_schedule(event, record.panel, previous, record.begun())
        if record.state is not State.OPEN and event["closes_at"] != record.closes_at:
            if record.state is State.OPENING:
                raise Malformed("schedule: opening has begun, the deadline cannot move")
            if record.failed:
                raise Malformed("schedule: a lot has failed, the deadline cannot move")
            if record.close is not None:
                record.voided.append(record.close)
            record.close, record.state = None, State.OPEN
            for uid in record.doubles:  # what counts twice is asked again at the next close
                record.bids[uid].end = record.bids[uid].end_index = None
            record.doubles.clear()
        record.schedules.append(event)

    def _bid(self, record: Record, index: int, event: Mapping[str, Any], *, known: bool) -> None:
        self._in_time(record, event)
        manifest, supersedes = event["manifest"], event["manifest"]["supersedes"]
        if manifest["bid"] in record.bids:
            raise Malformed(f"bid: {manifest['bid']} stands in the log already")
        old = None
        if supersedes is not None:
            old = self._effective(record, supersedes, "bid: supersedes")
            if old.lot != manifest["lot"]:
                raise Malformed("bid: supersedes a bid for another lot")
            old_key = unhex(old.manifest["sign_pub"], 32, "sign_pub")
            check_supersedes_sig(manifest, event["supersedes_sig"], old_key)
        elif event["supersedes_sig"] is not None:
            raise Malformed("bid: supersedes_sig without supersedes")
        if not known:
            check_manifest(manifest, event["sig"], record.panel, record.panel_hash, dealings=self._dealings)
        if old is not None:
            old.end, old.end_index = End.SUPERSEDED, index
        record.bids[manifest["bid"]] = LoggedBid(index, event["at"], manifest)
        record.acts.append((index, EventType.BID, manifest["bid"]))

    def _withdraw(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._in_time(record, event)
        bid = self._effective(record, event["withdrawal"]["bid"], "withdraw")
        key = unhex(bid.manifest["sign_pub"], 32, "sign_pub")
        check_withdrawal(event["withdrawal"], event["sig"], key, record.panel, record.panel_hash)
        bid.end, bid.end_index = End.WITHDRAWN, index
        record.acts.append((index, EventType.WITHDRAW, bid.uid))

    def _override(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._in_time(record, event)
        bid = self._effective(record, event["order"]["bid"], "override")
        check_override(event["order"], event["sigs"], record.panel, record.panel_hash)
        bid.end, bid.end_index = End.OVERRIDDEN, index
        record.acts.append((index, EventType.OVERRIDE, bid.uid))

    @staticmethod
    def _in_time(record: Record, event: Mapping[str, Any]) -> None:
        if record.state is not State.OPEN:
            raise Malformed(f"{event['type']}: after the close")
        if event["at"] >= record.closes_at:
            raise Malformed(f"{event['type']}: stamped {event['at']}, the deadline was {record.closes_at}")

    def _paper(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._in_time(record, event)
        if not record.paper_allowed:
            raise Malformed("paper: this tender takes no bids on paper")
        if event["bag"] in record.bids:
            raise Malformed(f"paper: {event['bag']} stands in the log already")
        if event["panel"] != record.panel_hash.hex():
            raise Malformed("paper: of another panel")
        if event["copies"] < 1:
            raise Malformed("paper: no copies")
        bag = {"bid": event["bag"], "lot": event["lot"], "envelopes": []}
        record.bids[event["bag"]] = LoggedBid(index, event["at"], bag, holder=event["holder"])
        record.acts.append((index, EventType.PAPER, event["bag"]))

    def _paper_back(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._in_time(record, event)
        bag = self._effective(record, event["bag"], "paper-back", on_paper=True)
        bag.end, bag.end_index = End.BACK, index
        record.acts.append((index, EventType.PAPER_BACK, bag.uid))

    def _paper_double(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        if record.state is not State.CLOSED or record.failed:
            raise Malformed("paper-double: not right after the close")
        bag = self._effective(record, event["bag"], "paper-double", on_paper=True)
        bid = self._effective(record, event["bid"], "paper-double: bid")
        if bag.lot != bid.lot:
            raise Malformed("paper-double: bag and bid are for different lots")
        bag.end, bag.end_index = End.DOUBLE, index
        record.doubles[bag.uid] = bid.uid

    def _paper_sheet(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        first = record.panel.stages[0]
        if first not in record.opened:
            raise Malformed("paper-sheet: before the sheets are open")
        if record.on_hold:
            raise Malformed("paper-sheet: the opening is on hold")
        bag = next((bag for bag in record.bags_told() if bag.uid == event["bag"]), None)
        if bag is None or bag.holder is None:
            raise Malformed(f"paper-sheet: {event['bag']} is no bag to be opened")
        if (bag.end is End.DOUBLE) != (event["void"] == bags.DOUBLE):
            raise Malformed("paper-sheet: a bag is void as double if, and only if, it was said to be")
        if bag.uid in record.paper_sheets:
            raise Malformed(f"paper-sheet: {bag.uid} was read at leaf {record.paper_sheets[bag.uid].index}")
        envelope = record.envelopes(first, public=True)[0].id
        record.paper_sheets[bag.uid] = bags.check_sheet(
            index,
            event,
            project=record.panel.project,
            lot=bag.lot,
            envelope=envelope,
            holder=bag.holder,
        )

    @staticmethod
    def _effective(record: Record, uid: str, what: str, *, on_paper: bool = False) -> LoggedBid:
        bid = record.bids.get(uid)
        if bid is None or bid.on_paper is not on_paper:
            raise Malformed(f"{what}: no {'bag' if on_paper else 'bid'} {uid} stands before it")
        if bid.end is not None:
            raise Malformed(f"{what}: {uid} was {bid.end} at leaf {bid.end_index}")
        return bid

    @staticmethod
    def _hold(record: Record, _index: int, event: Mapping[str, Any]) -> None:
        record.on_hold = event["on"]

    @staticmethod
    def _close(record: Record, index: int, event: Mapping[str, Any]) -> None:
        if record.state is not State.OPEN:
            raise Malformed("close: closed already")
        if event["closes_at"] != record.closes_at:
            raise Malformed(f"close: closes_at is not the one in force, {record.closes_at}")
        if event["at"] < record.closes_at:
            raise Malformed(f"close: stamped {event['at']}, before the deadline {record.closes_at}")
        if event["count"] != len(record.effective()):
            raise Malformed(f"close: count is {event['count']}, effective are {len(record.effective())}")
        if event["size"] != index:
            raise Malformed(f"close: size is {event['size']}, not {index}")
        if event["root"] != record.tree.root().hex():
            raise Malformed("close: root is not that of the leaves before it")

    @staticmethod
    def _closed(record: Record, event: Mapping[str, Any]) -> Close:
        head = Head(record.origin, record.size, record.tree.root())
        return Close(record.size - 1, event["at"], event["closes_at"], event["count"], head)

    @staticmethod
    def _after_close(record: Record, what: str) -> None:
        if record.state is State.OPEN:
            raise Malformed(f"{what}: before the close")

    def _failed(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._after_close(record, "failed")
        lot = event["lot"]
        if lot in record.failed:
            raise Malformed(f"failed: lot {lot} failed at leaf {record.failed[lot]}")
        count = sum(bid.lot == lot for bid in record.effective())
        if count >= record.panel.min_bids:
            raise Malformed(f"failed: lot {lot} has {count} bids, which is enough")
        record.failed[lot] = index

    def _shares(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._after_close(record, "shares")
        record.panel.seat(event["i"])
        if event["at"] < record.opens_at(event["stage"]):
            raise Malformed(f"shares: stage {event['stage']} opens at {record.opens_at(event['stage'])}")
        if record.on_hold:
            raise Malformed("shares: the opening is on hold")
        record.check_turn(event["stage"], "shares")
        key = (event["i"], event["stage"], event["public"])
        if key in record.shares:
            raise Malformed(f"shares: seat {event['i']} gave these at leaf {record.shares[key].index}")
        record.shares[key] = LoggedShares(index, event["at"], event["sha256"])
        record.state = State.OPENING

    def _opened(self, record: Record, index: int, event: Mapping[str, Any]) -> None:
        self._after_close(record, "opened")
        stage = event["stage"]
        if event["at"] < record.opens_at(stage):
            raise Malformed(f"opened: stage {stage} opens at {record.opens_at(stage)}")
        if stage in record.opened:
            raise Malformed(f"opened: stage {stage} was opened at leaf {record.opened[stage].index}")
        record.check_turn(stage, "opened")
        sheets = [(item["bid"], item["envelope"]) for item in event["sheets"]]
        verdicts = [(item["bid"], item["envelope"]) for item in event["verdicts"]]
        wanted = [(bid.uid, envelope) for bid, envelope in record.to_be_shared(stage, public=True)]
        if sorted(sheets + verdicts) != sorted(wanted):
            raise Malformed("opened: sheets and verdicts are not exactly the bids to be opened")
        with_sheet = set(sheets)
        if sheets != [pair for pair in wanted if pair in with_sheet]:
            raise Malformed("opened: the sheets are not in order of receipt")
        record.opened[stage] = OpenedStage(
            index,
            event["at"],
            {(item["bid"], item["envelope"]): item["sha256"] for item in event["sheets"]},
            {(item["bid"], item["envelope"]): item for item in event["verdicts"]},
        )

    @staticmethod
    def _objection(record: Record, _index: int, event: Mapping[str, Any]) -> None:
        record.sitting.object(event["sha256"])

    @staticmethod
    def _note(record: Record, index: int, event: Mapping[str, Any]) -> None:
        kind = event["kind"]
        if kind.startswith(ceremony.PREFIX):
            record.sitting.take(kind, event["data"], record.facts(event["at"]))
            record.state = State.OPENING
        elif kind == offline.KIND:
            Replay._held_offline(record, event)
        elif kind.startswith(afterwards.PREFIX):
            record.after.take(index, kind, event["data"], record.since_opened())
        elif kind == bags.ALLOWED:
            Replay._paper_allowed(record, event)
        elif kind == REVIEW:
            stage, sealed = check_review(
                event["data"],
                stages=record.panel.stages,
                opened=record.opened,
                begun=record.begun(),
                standing=record.standing,
            )
            record.reviews[stage] = Review(index, event["at"], sealed)
        record.notes.append((index, event))

    @staticmethod
    def _paper_allowed(record: Record, event: Mapping[str, Any]) -> None:
        """A bag is opened whole at the first stage, and a price on paper would be too: only where there is no other."""
        if record.bids or record.paper_allowed or event["data"]:
            raise Malformed(f"{bags.ALLOWED}: once, before the first bid, without data")
        if len(record.panel.stages) > 1:
            raise Malformed(f"{bags.ALLOWED}: the panel has several stages")

    @staticmethod
    def _held_offline(record: Record, event: Mapping[str, Any]) -> None:
        said = offline.parse_note(event["data"])
        if len(record.panel.stages) > 1:
            raise Malformed(f"{offline.KIND}: the panel has several stages")
        if said.stage not in record.opened:
            raise Malformed(f"{offline.KIND}: stage {said.stage} is not open")
        if said.stage in record.offline:
            raise Malformed(f"{offline.KIND}: stage {said.stage} was brought in already")
        offline.check_times(said.held, opens_at=record.opens_at(said.stage), at=event["at"])
        record.offline[said.stage] = said


def replay(leaves: Iterable[tuple[str, Mapping[str, Any]]], *, dealings: bool = True) -> Record:
    """The record of a whole log, from every leaf's salt (hex) and event. Raises ``Malformed``."""
    running = Replay(dealings=dealings)
    for index, (salt, event) in enumerate(leaves):
        line = entry(commit(unhex(salt, 32, f"leaf {index}: salt"), dict(event)))
        running.apply(index, event, leaf_hash(line))
    return running.record


def counts_in_time(record: Record, checkpoints: Sequence[Checked]) -> dict[int, bool]:
    """For every bid, withdrawal and override by its index: whether it counts (protocol §4).

    It does if it stands in a checkpoint no larger than one that ends with the close in force, with a quorum of
    cosignatures each dated no later than the deadline plus ``GRACE``. All False before the close.
    """
    reach = 0
    if record.close is not None:
        latest = record.close.closes_at + GRACE
        sizes = (
            checked.head.size
            for checked in checkpoints
            if checked.head.size <= record.close.head.size
            and record.policy.witnessed(checked, not_after=latest)
        )
        reach = max(sizes, default=0)
    return {index: index < reach for index, _, _ in record.acts}


def close_checkpoint(record: Record, checkpoints: Sequence[Checked]) -> Checked:
    """The checkpoint that ends exactly with the close and has a quorum (protocol §4).

    Raises ``Malformed`` if there is none, ``Early`` if a witness cosigned it, or a larger one, more than ``SKEW``
    seconds before the deadline.
    """
    if record.close is None:
        raise Malformed("the log is not closed")
    earliest = record.close.closes_at - SKEW
    found = None
    for checked in checkpoints:
        if checked.head.size < record.close.head.size:
            continue
        for name, times in checked.times.items():
            if any(at < earliest for at in times):
                raise Early(f"{name} cosigned size {checked.head.size} before the deadline")
        if checked.head == record.close.head and record.policy.witnessed(checked):
            found = checked
    if found is None:
        raise Malformed("no checkpoint ends with the close and has a quorum of cosignatures")
    return found
