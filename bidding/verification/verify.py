"""Checking a whole ``opening.zip``: no server, no database, no key but those the panel names (protocol §6.6).

The rules are those of ``opening.record``, ``opening.batches`` and ``experts.replay``, the same that the server and
the trustees' clients apply. What is found is told check by check; where nothing sensible can follow, checking ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bidding.core.canonical import Malformed, exactly, integer
from bidding.core.clock import SHANGHAI, from_unix
from bidding.ledger.note import BadSignature
from bidding.ledger.trust import Checked, Policy
from bidding.ledger.words import six_words
from bidding.opening.afterwards import BY_KEY, FAILED, Late, key_digest
from bidding.opening.batches import (
    OtherHistory,
    Shares,
    Stranger,
    Unlocked,
    check_batch,
    check_checkpoints,
    check_posted,
    check_words,
    open_envelope,
    open_sheet,
)
from bidding.opening.bundle import (
    Bundle,
    OpeningZip,
    Unreadable,
    check_leaves,
    open_zip,
    parse_bundle,
    sealed_name,
    sealed_wanted,
)
from bidding.opening.client import check_pinned
from bidding.opening.papers.withdrawal import SCAN
from bidding.opening.record import (
    Close,
    Early,
    End,
    LoggedBid,
    OpenedStage,
    Record,
    Replay,
    close_checkpoint,
    counts_in_time,
)
from bidding.sealing.manifest import check_dealings
from bidding.verification.draws import check_draws
from bidding.verification.findings import KINDS, ReadSheet, Report
from bidding.verification.receipts import ReceiptFile, check_in_bundle

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the one who verifies knows from elsewhere.

    ``panel`` is the panel hash (hex) of the printed notice, ``words`` the six of the paper record, ``pinned`` a
    policy of keys.
    """

    receipts: Sequence[ReceiptFile] = ()
    panel: str | None = None
    words: str | None = None
    pinned: Policy | None = None


NOTHING_ASKED = Asked()


def _shown(seconds: int) -> str:
    return from_unix(seconds).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class _Ended(Exception):
    """Nothing that follows could be judged."""


def verify(path: Path, asked: Asked = NOTHING_ASKED) -> Report:
    """Check an ``opening.zip``. Raises ``Unreadable`` where there is no bundle to judge, ``OSError``."""
    try:
        with open_zip(path) as archive:
            return _Check(archive, asked).run()
    except Unreadable:
        raise
    except Malformed as error:
        report = Report()
        report.refuse("files.extra", error)
        return report


class _Check:
    """One run over one bundle."""

    def __init__(self, archive: OpeningZip, asked: Asked) -> None:
        self._archive = archive
        self._asked = asked
        self._report = Report()
        self._bundle: Bundle
        self._record: Record
        self._checkpoints: list[Checked]
        self._batches: dict[int, dict[int, Shares]] = {}  # stage -> seat -> shares

    def run(self) -> Report:
        """Every check in order; the report."""
        try:
            self._read()
            self._replay()
            self._anchor()
            self._schedules()
            self._witnesses()
            self._the_close()
            self._lots()
            self._dealings()
            self._shares()
            self._posted()
            self._sheets()
            self._paper()
            self._offline()
            self._short()
            self._sitting()
            self._withdrawn()
            check_draws(self._record, self._checkpoints, self._archive.read_names(), self._report)
            self._awards()
            self._receipts()
        except _Ended:
            pass
        return self._report

    def _end(self, code: str, error: object, **params: Any) -> None:
        self._report.refuse(code, error, **params)
        raise _Ended

    # the log -------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        data = self._archive.read_bundle()
        self._report.holds("files")
        try:
            self._bundle = parse_bundle(data)
        except Malformed as error:
            self._end("bundle.shape", error)
        self._report.holds("bundle")

    def _replay(self) -> None:
        """Every leaf opened, and every event where it may stand. Dealings are told of by themselves."""
        hashes: list[bytes] = []
        try:
            hashes = check_leaves(self._bundle)
        except Malformed as error:
            self._end("leaves.open", error)
        self._report.holds("leaves", count=len(hashes))
        running = Replay(dealings=False)
        for index, ((_, event), leaf) in enumerate(zip(self._bundle.opens, hashes, strict=True)):
            try:
                running.apply(index, event, leaf)
            except Malformed as error:
                self._end("event.rule", error, index=index, kind=KINDS.get(event["type"], event["type"]))
        try:
            self._record = running.record
        except Malformed as error:
            self._end("bundle.shape", error)
        self._report.holds("events")
        self._report.project = self._record.panel.project
        self._report.panel = self._record.panel_hash.hex()
        self._report.size = self._record.size

    def _anchor(self) -> None:
        panel = self._record.panel_hash.hex()
        if self._asked.panel is None:
            self._report.note("panel.unknown", panel=panel)
        elif self._asked.panel == panel:
            self._report.holds("panel")
        else:
            self._report.refuse("panel.other", f"{panel} here, {self._asked.panel} in the notice")

    def _schedules(self) -> None:
        """Deadlines that moved, and closes that are void because of it; the replay has checked both."""
        for was, now in pairwise(self._record.schedules):
            self._report.note(
                "schedule.moved", n=now["n"], was=_shown(was["closes_at"]), now=_shown(now["closes_at"])
            )
        for close in self._record.voided:
            self._report.note("close.voided", index=close.index, closes=_shown(close.closes_at))
        if self._record.on_hold:
            self._report.note("hold.on")

    # witnesses and times ---------------------------------------------------------------------------------------------

    def _witnesses(self) -> None:
        codes = {
            BadSignature: "checkpoint.signature",
            OtherHistory: "checkpoint.root",
            Stranger: "checkpoint.stranger",
        }
        try:
            self._checkpoints = check_checkpoints(self._record, self._bundle.checkpoints)
        except Malformed as error:
            self._end(codes.get(type(error), "checkpoint.form"), error)
        self._report.holds("checkpoints", count=len(self._checkpoints))
        if self._asked.pinned is not None:
            try:
                check_pinned(self._record, self._bundle.checkpoints, self._asked.pinned)
            except Malformed as error:
                self._report.refuse("pinned.other", error)
            else:
                self._report.holds("pinned")

    def _the_close(self) -> None:
        close = self._record.close
        if close is None:
            self._report.refuse("close.missing")
            raise _Ended
        self._report.words = six_words(close.head.origin, close.head.size, close.head.root)
        by_words = self._words_agree()
        try:
            close_checkpoint(self._record, self._checkpoints)
        except Early as error:
            self._report.refuse("close.early", error)
        except Malformed as error:
            self._unwitnessed("close.witness", error, by_words)
        else:
            self._report.holds("close", closes=_shown(close.closes_at), count=close.count)
        self._in_time(by_words)
        self._last(by_words)

    def _words_agree(self) -> bool:
        """Whether the paper record's words are given, are right, and may stand in for witnesses."""
        if self._asked.words is None:
            return False
        try:
            check_words(self._record, self._asked.words)
        except Malformed as error:
            self._report.refuse("words.other", error)
            return False
        self._report.holds("words")
        return self._record.unwitnessed_at is not None

    def _unwitnessed(self, code: str, detail: object, by_words: bool, **params: Any) -> None:
        if not by_words:
            self._report.refuse(code, detail, **params)
        elif not any(finding.code == "close.words" for finding in self._report.findings):
            self._report.note("close.words")

    def _in_time(self, by_words: bool) -> None:
        counts = counts_in_time(self._record, self._checkpoints)
        for index, kind, bid in self._record.acts:
            if not counts[index]:
                self._unwitnessed("time.late", f"bid {bid}", by_words, index=index, kind=KINDS[kind.value])
        if all(counts.values()):
            self._report.holds("times", count=len(counts))

    def _last(self, by_words: bool) -> None:
        """Whether the last checkpoint covers every leaf, with a quorum."""
        last = self._checkpoints[-1] if self._checkpoints else None
        if last is None or last.head.size != self._record.size:
            self._report.refuse("checkpoint.last", "leaves stand after it")
        elif not self._record.policy.witnessed(last):
            self._unwitnessed("checkpoint.last", "no quorum", by_words)

    # bids and shares -------------------------------------------------------------------------------------------------

    def _lots(self) -> None:
        missing = sorted(self._record.short_lots() - self._record.failed.keys())
        for lot in missing:
            self._report.refuse("lot.unfailed", lot=lot)
        for lot in sorted(self._record.failed):
            self._report.note("lot.failed", lot=lot)
        if not missing:
            self._report.holds("lots")

    def _dealings(self) -> None:
        sound = True
        sealed = [bid for bid in self._record.bids.values() if not bid.on_paper]
        for bid in sealed:
            try:
                check_dealings(bid.manifest, self._record.panel, self._record.panel_hash)
            except Malformed as error:
                sound = False
                self._report.refuse("bid.dealing", error, bid=bid.uid)
        if not sound:
            raise _Ended  # shares of a dealing that does not hold mean nothing
        self._report.holds("dealings", count=len(sealed))

    def _shares(self) -> None:
        before = len(self._report.refusals)
        present: set[tuple[int, int, bool]] = set()
        for signed in self._bundle.batches:
            parts = signed.batch
            place = (parts["i"], parts["stage"], parts["public"])
            problem = self._batch_problem(place, signed.sha256, parts, present)
            if problem is not None:
                self._report.refuse(*problem, seat=parts["i"])
                continue
            present.add(place)
            try:
                shares = check_batch(self._record, parts, signed.sig)
            except Malformed as error:
                self._report.refuse("batch.share", error, seat=parts["i"])
                continue
            self._batches.setdefault(parts["stage"], {})[parts["i"]] = shares
        given = {(b.batch["i"], b.batch["stage"], b.batch["public"]) for b in self._bundle.batches}
        for seat, stage, public in self._record.shares:
            if public and (seat, stage, public) not in given:
                self._report.refuse("batch.missing", f"stage {stage}", seat=seat)
        if len(self._report.refusals) == before:
            self._report.holds("batches", count=len(self._bundle.batches))

    def _batch_problem(
        self,
        place: tuple[int, int, bool],
        sha256: str,
        parts: Mapping[str, Any],
        present: set[tuple[int, int, bool]],
    ) -> tuple[str, str] | None:
        close = self._record.close
        assert isinstance(close, Close)  # noqa: S101 — checked before
        if not place[2]:
            return "batch.restricted", "public is false"
        if place in present:
            return "batch.twice", f"stage {place[1]}"
        logged = self._record.shares.get(place)
        if logged is None or logged.sha256 != sha256:
            said = "nothing" if logged is None else logged.sha256
            return "batch.unlogged", f"the log says {said}, this is {sha256}"
        if parts["checkpoint"] != close.head.text:
            return "batch.checkpoint", "its checkpoint is not the close's"
        return None

    def _posted(self) -> None:
        """Every posted key is its bid's, and logged; every logged one of a public envelope is here."""
        before, logged = len(self._report.refusals), self._record.after.keys
        for key in self._bundle.keys:
            bid = self._record.bids.get(key.bid)
            try:
                if bid is None or bid.on_paper:
                    raise Malformed("no such sealed bid in the log")  # noqa: TRY301 — told like any other fault of it
                check_posted(bid, key.envelope, key.identity)
            except Malformed as error:
                self._report.refuse("key.other", error, bid=key.bid)
                continue
            digest = key_digest(key.bid, key.envelope, key.identity)
            if logged.get((key.bid, key.envelope)) != digest:
                self._report.refuse("key.unlogged", f"envelope {key.envelope}", bid=key.bid)
        given = {(key.bid, key.envelope) for key in self._bundle.keys}
        public = {envelope.id for envelope in self._record.panel.envelopes if envelope.public}
        for bid_uid, envelope in logged:
            if envelope in public and (bid_uid, envelope) not in given:
                self._report.refuse("key.missing", f"envelope {envelope}", bid=bid_uid)
        if given and len(self._report.refusals) == before:
            self._report.holds("keys", count=len(given))

    # sheets ----------------------------------------------------------------------------------------------------------

    def _sheets(self) -> None:
        before = len(self._report.refusals)
        for stage in self._record.panel.stages:
            opened = self._record.opened.get(stage)
            if opened is not None:
                for bid, envelope in self._record.to_be_shared(stage, public=True):
                    self._sheet(stage, opened, bid, envelope)
                self._typed(stage)
            elif self._record.envelopes(stage, public=True) and self._record.standing(stage):
                self._not_opened(stage)
        for name in sorted(self._archive.sealed - sealed_wanted(self._record).keys()):
            self._report.refuse("sealed.extra", name)
        self._same_tenderer()
        if len(self._report.refusals) == before:
            self._report.holds("sheets", count=len(self._report.sheets))
        self._reviews()

    def _reviews(self) -> None:
        """What was found between two stages; the replay has checked that it stands before any share of the later one."""
        for stage, review in self._record.reviews.items():
            self._report.holds("review", stage=stage, index=review.index)
            for uid, reason in review.sealed.items():
                self._report.note("stage.sealed", stage=stage, bid=uid, reason=reason)

    def _offline(self) -> None:
        """Stages that a laptop opened in the hall: the sheets were checked like all others, the hours are its clock's."""
        for stage, said in sorted(self._record.offline.items()):
            self._report.note(
                "opening.offline",
                stage=stage,
                began=_shown(said.held.began_at),
                ended=_shown(said.held.ended_at),
                host=said.held.host,
                supervisor=said.held.supervisor,
            )

    def _paper(self) -> None:
        """Bids on paper: what the log says of them is whole. What lay in the bags, nobody can check from here."""
        record = self._record
        bags = [bid for bid in record.bids.values() if bid.on_paper]
        if not bags:
            return
        for bag in bags:
            if bag.end is End.BACK:
                self._report.note("paper.back", bag=bag.uid)
            elif bag.end is End.DOUBLE:
                self._double(bag)
        waiting = [bag for bag in record.bags() if bag.uid not in record.paper_sheets]
        for bag in waiting if record.opened else []:
            self._report.note("paper.waiting", bag=bag.uid)
        for bag in record.bags():
            sheet = record.paper_sheets.get(bag.uid)
            if sheet is not None and sheet.void is not None:
                self._report.note(f"paper.{sheet.void}", bag=bag.uid)
        read = sum(bag.uid in record.paper_sheets for bag in record.bags())
        if read:
            self._report.note("paper.unseen", count=read)

    def _double(self, bag: LoggedBid) -> None:
        """A bag that was left shut: once its lot is open, the sealed bid in its place must be the same tenderer's."""
        record = self._record
        bid, told = record.doubles[bag.uid], record.paper_sheets.get(bag.uid)
        sheet = next((sheet for sheet in self._report.sheets if sheet.bid == bid), None)
        if told is not None and sheet is not None and told.tenderer["uscc"] != sheet.uscc:
            self._report.refuse("paper.other", f"bid {bid} is {sheet.uscc}'s", bag=bag.uid)
        elif told is None and sheet is not None:
            self._report.refuse("paper.other", "nobody said whose it is", bag=bag.uid)
        else:
            self._report.note("paper.double", bag=bag.uid)

    def _sitting(self) -> None:
        """Whether the sitting came to its end; the replay has checked each step of it."""
        sitting = self._record.sitting
        if sitting.ended:
            self._report.holds(
                "sitting",
                read=sitting.read,
                objections=len(sitting.objections),
                signed=len(sitting.signed),
                record=sitting.record,
            )
        elif sitting.listed:
            self._report.note("sitting.unfinished", read=sitting.read, unanswered=len(sitting.unanswered))

    def _withdrawn(self) -> None:
        """Scans and videos that were taken back; the replay has checked that they had been attached."""
        for each in self._record.extras.withdrawn:
            if each.kind == SCAN:
                self._report.note("scan.withdrawn", index=each.index, sha256=each.of["sha256"])
            else:
                self._report.note("video.withdrawn", index=each.index, camera=each.of["camera"])

    def _not_opened(self, stage: int) -> None:
        if self._record.opened:
            self._report.note("stage.waiting", stage=stage)
        else:
            self._report.refuse("stage.unopened", f"stage {stage}")

    def _sheet(self, stage: int, opened: OpenedStage, bid: LoggedBid, envelope: str) -> None:
        """One envelope: its ciphertext, its key from the shares, what it says, and what the log says of it."""
        verdict = opened.verdicts.get((bid.uid, envelope))
        if verdict is not None and verdict["verdict"] == "platform":
            self._report.refuse("verdict.platform", verdict["evidence"], bid=bid.uid)
            return
        if not self._whole(bid, envelope):
            return
        batches = self._batches_before(stage, opened.index)
        if verdict is not None:
            self._verdict(stage, opened, bid, envelope, open_envelope(self._record, bid, envelope, batches))
            return
        unlocked = open_envelope(self._record, bid, envelope, batches)
        if unlocked.identity is None:
            self._report.refuse("sheet.unopenable", unlocked.evidence, bid=bid.uid)
            return
        try:
            sheet = self._open(bid, envelope, unlocked.identity)
        except Malformed as error:
            self._report.refuse("sheet.unopenable", error, bid=bid.uid)
            return
        said = opened.sheets[(bid.uid, envelope)]
        if sheet.sha256 != said:
            self._report.refuse("sheet.other", f"{sheet.sha256} here, {said} in the log", bid=bid.uid)
            return
        self._report.sheets.append(sheet)

    def _batches_before(self, stage: int, index: int) -> dict[int, Shares]:
        """The checked batches that were logged before the opening: later ones opened nothing."""
        return {
            seat: shares
            for seat, shares in self._batches.get(stage, {}).items()
            if self._record.shares[(seat, stage, True)].index < index
        }

    def _key(self, bid: LoggedBid, envelope: str) -> str | None:
        for key in self._bundle.keys:
            if (key.bid, key.envelope) == (bid.uid, envelope):
                return key.identity
        return None

    def _whole(self, bid: LoggedBid, envelope: str) -> bool:
        """Whether the ciphertext is there and is the manifest's."""
        name = sealed_name(bid.uid, envelope)
        if name not in self._archive.sealed:
            self._report.refuse("sealed.missing", name, bid=bid.uid)
            return False
        listed = bid.envelope(envelope)["files"][0]
        digest, size = hashlib.sha256(), 0
        try:
            with self._archive.stream(name) as source:
                while data := source.read(_CHUNK):
                    size += len(data)
                    digest.update(data)
                    if size > listed["size"]:
                        break
        except Malformed as error:
            self._report.refuse("sealed.damaged", error, bid=bid.uid)
            return False
        if size != listed["size"] or digest.hexdigest() != listed["sha256"]:
            self._report.refuse("sealed.altered", f"{name} is not what the manifest lists", bid=bid.uid)
            return False
        return True

    def _open(self, bid: LoggedBid, envelope: str, identity: str) -> ReadSheet:
        with self._archive.stream(sealed_name(bid.uid, envelope)) as source:
            value, digest = open_sheet(self._record, bid, envelope, source, identity)
        tenderer = value["tenderer"]
        return ReadSheet(
            bid.lot, bid.uid, envelope, tenderer["name"], tenderer["uscc"], value["fields"], digest
        )

    def _verdict(
        self, stage: int, opened: OpenedStage, bid: LoggedBid, envelope: str, unlocked: Unlocked
    ) -> None:
        """Whether what the log says of an envelope that was not opened is borne out (protocol §6.4)."""
        verdict = opened.verdicts[(bid.uid, envelope)]
        said = verdict["verdict"]
        if said == "trustees" and unlocked.verdict == "trustees":
            if not self._had_their_time(verdict["evidence"], unlocked.evidence, stage, opened.at):
                self._report.refuse("verdict.early", verdict["evidence"], bid=bid.uid)
                return
            self._report.note("verdict.trustees", bid=bid.uid)
            self._opened_later(stage, bid, envelope)
        elif said == "tenderer" and self._at_fault(verdict["evidence"], bid, envelope, unlocked):
            self._report.note("verdict.tenderer", bid=bid.uid)
        else:
            found = unlocked.verdict or "it opens"
            self._report.refuse("verdict.unborne", f"the log says {said}; found: {found}", bid=bid.uid)

    def _at_fault(self, evidence: object, bid: LoggedBid, envelope: str, unlocked: Unlocked) -> bool:
        if unlocked.identity is None:
            return unlocked.verdict == "tenderer" and unlocked.evidence == evidence
        try:
            self._open(bid, envelope, unlocked.identity)
        except Malformed:
            return isinstance(evidence, dict) and evidence.get("reason") == "sheet"
        return False

    def _had_their_time(self, evidence: object, found: object, stage: int, at: int) -> bool:
        """Whether trustees had the time that the verdict says, from no earlier than they could begin."""
        try:
            said = exactly(evidence, "reason shares since seconds", "evidence")
            since = integer(said["since"], "evidence.since", self._record.can_begin_at(stage))
            seconds = integer(said["seconds"], "evidence.seconds", 1)
        except Malformed:
            return False
        return at >= since + seconds and found == {"reason": said["reason"], "shares": said["shares"]}

    def _opened_later(self, stage: int, bid: LoggedBid, envelope: str) -> None:
        """A sheet that opened after the trustees had failed it: by its tenderer's key, or by shares that came late."""
        key, late = self._key(bid, envelope), self._record.after.late.get((bid.uid, envelope))
        if late is None:
            if key is not None:
                self._report.refuse("late.missing", bid=bid.uid)
            return
        batches, posted = ({}, key) if late.by == BY_KEY else (self._batches_before(stage, late.index), None)
        try:
            unlocked = open_envelope(self._record, bid, envelope, batches, posted)
        except Malformed as error:
            self._report.refuse("sheet.unopenable", error, bid=bid.uid)
            return
        if late.verdict == "platform":
            self._report.refuse("verdict.platform", late.evidence, bid=bid.uid)
        elif late.verdict is not None:
            if self._at_fault(late.evidence, bid, envelope, unlocked):
                self._report.note("verdict.tenderer", bid=bid.uid)
            else:
                self._report.refuse("verdict.unborne", f"the log says {late.verdict}", bid=bid.uid)
        elif unlocked.identity is None:
            self._report.refuse("sheet.unopenable", unlocked.evidence, bid=bid.uid)
        else:
            self._read_later(bid, envelope, unlocked.identity, late)

    def _read_later(self, bid: LoggedBid, envelope: str, identity: str, late: Late) -> None:
        try:
            sheet = self._open(bid, envelope, identity)
        except Malformed as error:
            self._report.refuse("sheet.unopenable", error, bid=bid.uid)
            return
        if sheet.sha256 != late.sha256:
            self._report.refuse("sheet.other", f"{sheet.sha256} here, {late.sha256} in the log", bid=bid.uid)
            return
        self._report.note("sheet.posted" if late.by == BY_KEY else "sheet.late", bid=bid.uid)
        self._report.sheets.append(sheet)

    def _typed(self, stage: int) -> None:
        """The figures that were typed from bags, each in its place of receipt among the sheets."""
        if stage != self._record.panel.stages[0]:
            return
        for bag in self._record.bags():
            typed = self._record.paper_sheets.get(bag.uid)
            if typed is not None and typed.fields is not None and typed.sha256 is not None:
                who, envelope = typed.tenderer, self._record.envelopes(stage, public=True)[0].id
                self._report.sheets.append(
                    ReadSheet(
                        bag.lot, bag.uid, envelope, who["name"], who["uscc"], typed.fields, typed.sha256, True
                    )
                )
        order = {uid: place for place, uid in enumerate(self._record.rows(stage))}
        self._report.sheets.sort(key=lambda sheet: order.get(sheet.bid, len(order)))

    def _short(self) -> None:
        """Lots with too few readable sheets: what was decided, or that it is still to be."""
        facts = self._record.since_opened()
        readable = self._record.after.readable(facts)
        if not facts.opened:
            return
        for lot in sorted(set(facts.lots.values()) - set(facts.waiting)):
            if lot in self._record.after.decided:
                self._report.note(
                    "lot.decided-failed" if self._record.after.decided[lot] == FAILED else "lot.goes-on",
                    lot=lot,
                    readable=readable[lot],
                )
            elif readable[lot] < self._record.panel.min_bids:
                self._report.note("lot.short", lot=lot, readable=readable[lot])

    def _same_tenderer(self) -> None:
        """The log knows keys only; who bid twice in a lot shows in the sheets."""
        seen = set()
        for sheet in self._report.sheets:
            place = (sheet.lot, sheet.envelope, sheet.uscc)
            if place in seen:
                self._report.note("sheet.twice", lot=sheet.lot, uscc=sheet.uscc)
            seen.add(place)

    # what follows ----------------------------------------------------------------------------------------------------

    def _awards(self) -> None:
        """A result of a lot that was to be opened stands after its opening, the last one where there are two."""
        last = self._record.panel.stages[-1]
        opened = self._record.opened[last].index if last in self._record.opened else self._record.size
        to_open = {self._record.bids[uid].lot for uid in self._record.standing(last)}
        count, sound = 0, True
        for index, event in self._of_type("award"):
            count += 1
            first = opened if event["lot"] in to_open else self._close_index()
            if index < first:
                sound = False
                self._report.refuse("award.early", index=index, lot=event["lot"])
        if count and sound:
            self._report.holds("awards", count=count)

    def _close_index(self) -> int:
        close = self._record.close
        return self._record.size if close is None else close.index

    def _of_type(self, kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for index, (_, event) in enumerate(self._bundle.opens):
            if event["type"] == kind:
                yield index, event

    def _receipts(self) -> None:
        for file in self._asked.receipts:
            check_in_bundle(file, self._record, self._bundle.leaves, self._report)
