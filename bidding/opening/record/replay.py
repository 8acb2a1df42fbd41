"""Event by event: what may stand where in a project's log (protocol §4), and what it changes. Pure.

Draw events are passed through: ``experts.replay`` knows their rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bidding.core.canonical import Malformed, unhex
from bidding.ledger.events import EventType, check_event, commit, entry, leaf_hash
from bidding.ledger.note import Head
from bidding.ledger.rules import check_place
from bidding.ledger.trust import parse_policy
from bidding.opening import afterwards, bags
from bidding.opening.offline import held as offline
from bidding.opening.record.state import Close, End, LoggedBid, LoggedShares, OpenedStage, Record, State
from bidding.opening.review import REVIEW, Review, check_review
from bidding.opening.sitting import ceremony
from bidding.sealing.manifest import check_manifest, check_override, check_supersedes_sig, check_withdrawal
from bidding.sealing.panel import check_schedule, parse_panel


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
        for sitting in record.sittings.values():  # at most one is under way
            sitting.object(event["sha256"])

    @staticmethod
    def _note(record: Record, index: int, event: Mapping[str, Any]) -> None:
        kind = event["kind"]
        if ceremony.is_of_a_sitting(kind):
            record.sit(kind, event["data"], event["at"])
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
        record.extras.take(index, kind, event["data"])
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
