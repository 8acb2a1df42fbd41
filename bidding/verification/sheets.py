"""Share batches, ciphertexts, sheets and verdicts of a bundle (protocol §6.2–6.5). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bidding.core.canonical import Malformed
from bidding.core.errors import N_
from bidding.opening.batches import (
    Shares,
    SignedBatch,
    Unlocked,
    check_batch,
    check_posted,
    open_envelope,
    open_sheet,
)
from bidding.opening.bundle import Bundle, OpeningZip, PostedKey, sealed_name, sealed_wanted
from bidding.opening.record import LoggedBid, OpenedStage, Record
from bidding.sealing.age import Reader
from bidding.verification.report import Report, Sheet

_CHUNK = 1 << 20

#: Checked public shares by stage and seat.
Batches = Mapping[int, Mapping[int, Shares]]


def check_batches(report: Report, bundle: Bundle, record: Record) -> Batches:
    """Check every batch: each is logged, each logged public one is there once, every share in it holds."""
    found: dict[int, dict[int, Shares]] = {}
    clean = True
    for signed in bundle.batches:
        stage, seat = signed.batch["stage"], signed.batch["i"]
        try:
            shares = _batch(record, signed, found.get(stage, {}))
            found.setdefault(stage, {})[seat] = shares
        except Malformed as error:
            clean = False
            report.fail(
                "batches", N_("第 %(seat)s 席的份额不成立：%(reason)s。"), seat=seat, reason=str(error)
            )
    present = {(signed.batch["i"], signed.batch["stage"]) for signed in bundle.batches}
    for seat, stage, public in record.shares:
        if public and (seat, stage) not in present:
            clean = False
            report.fail(
                "batches.missing",
                N_("日志记着第 %(seat)s 席交来第 %(stage)s 阶段的份额，开标记录里却没有。"),
                seat=seat,
                stage=stage,
            )
    if clean:
        report.passed(
            "batches",
            N_("%(count)s 份受托人份额都在日志里，签名和每一个份额都成立。"),
            count=len(bundle.batches),
        )
    return found


def _batch(record: Record, signed: SignedBatch, others: Mapping[int, Shares]) -> Shares:
    parts = signed.batch
    what = f"share batch of seat {parts['i']}"
    if parts["i"] in others:
        raise Malformed(f"{what}: stands twice")
    if not parts["public"]:
        raise Malformed(f"{what}: of the restricted envelopes, which do not belong in the public bundle")
    shares = check_batch(record, parts, signed.sig)
    logged = record.shares.get((parts["i"], parts["stage"], True))
    if logged is None or logged.sha256 != signed.sha256:
        raise Malformed(f"{what}: not the one that was logged")
    return shares


def check_sheets(
    report: Report, archive: OpeningZip, bundle: Bundle, record: Record, batches: Batches
) -> None:
    """Decrypt every sheet of every opened stage and hold it against what ``opened`` says."""
    if not record.opened and record.to_be_opened():
        report.fail("sheets.none", N_("日志里没有开标记录：投标还没有打开，或记录被截短。"))
    posted = _posted(report, bundle, record)
    wanted = sealed_wanted(record)
    for name in sorted(archive.sealed - wanted.keys()):
        report.fail("sealed.extra", N_("%(name)s 不属于这次开标。"), name=name)
    before = len(report.failed)
    for stage, opened in sorted(record.opened.items()):
        job = _Stage(report, archive, record, opened, _given_before(record, stage, opened, batches), posted)
        for bid, envelope in record.to_be_shared(stage, public=True):
            job.check(stage, bid, envelope)
    if record.opened and len(report.failed) == before:
        report.passed(
            "sheets",
            N_("重新解开 %(count)s 份开标一览表，与日志记下的完全一致。"),
            count=len(report.sheets),
        )


def _posted(report: Report, bundle: Bundle, record: Record) -> dict[tuple[str, str], str]:
    """The keys that tenderers have posted in the trustees' stead."""
    found: dict[tuple[str, str], str] = {}
    open_to = {bid.uid: bid for bid in record.to_be_opened()}
    public = {envelope.id for envelope in record.panel.envelopes if envelope.public}
    for key in bundle.keys:
        place = (key.bid, key.envelope)
        try:
            bid = open_to.get(key.bid) if key.envelope in public and place not in found else None
            found[place] = _posted_key(bid, key)
        except Malformed as error:
            report.fail("keys", N_("投标人公布的密钥不成立：%(reason)s。"), reason=str(error))
    return found


def _posted_key(bid: LoggedBid | None, key: PostedKey) -> str:
    if bid is None:
        raise Malformed(f"key: bid {key.bid}, {key.envelope} is not to be opened with it")
    return check_posted(bid, key.envelope, key.identity)


def _given_before(record: Record, stage: int, opened: OpenedStage, batches: Batches) -> dict[int, Shares]:
    """The shares that were logged by the time the stage was opened: only they could open it."""
    return {
        seat: shares
        for seat, shares in batches.get(stage, {}).items()
        if record.shares[seat, stage, True].index < opened.index
    }


@dataclass(frozen=True, slots=True)
class _Stage:
    """One opened stage, with the shares that opened it."""

    report: Report
    archive: OpeningZip
    record: Record
    opened: OpenedStage
    shares: Mapping[int, Shares]
    posted: Mapping[tuple[str, str], str]

    def check(self, stage: int, bid: LoggedBid, envelope: str) -> None:
        """One envelope: its ciphertext, then its sheet or its verdict."""
        place = (bid.uid, envelope)
        said = self.opened.verdicts.get(place)
        if said is not None and said["verdict"] == "platform":
            self.report.fail(
                "verdicts.platform",
                N_("投标 %(bid)s 的密文由平台保管时丢失或损坏：这是平台的责任，开标记录不完整。"),
                bid=bid.uid,
            )
            return
        if not self._intact(bid, envelope):
            return
        unlocked = open_envelope(self.record, bid, envelope, self.shares, self.posted.get(place))
        if said is None:
            self._sheet(stage, bid, envelope, unlocked)
        elif (problem := self._unfounded(bid, envelope, said, unlocked)) is not None:
            self.report.fail(
                "verdicts",
                N_("投标 %(bid)s 被判为打不开（%(verdict)s），证据却不成立：%(reason)s。"),
                bid=bid.uid,
                verdict=said["verdict"],
                reason=problem,
            )
        else:
            self.report.remark(
                "verdicts",
                N_("投标 %(bid)s 没有打开（%(verdict)s），证据成立。"),
                bid=bid.uid,
                verdict=said["verdict"],
            )

    @contextmanager
    def _stream(self, bid: LoggedBid, envelope: str) -> Iterator[Reader]:
        with self.archive.stream(sealed_name(bid.uid, envelope)) as source:
            yield source

    def _intact(self, bid: LoggedBid, envelope: str) -> bool:
        """Whether the ciphertext is there and is the one that the manifest lists."""
        name = sealed_name(bid.uid, envelope)
        if name not in self.archive.sealed:
            self.report.fail("sealed.missing", N_("缺少密文 %(name)s。"), name=name)
            return False
        listed = bid.envelope(envelope)["files"][0]
        digest, size = hashlib.sha256(), 0
        with self._stream(bid, envelope) as source:
            while size <= listed["size"] and (data := source.read(_CHUNK)):
                digest.update(data)
                size += len(data)
        if size != listed["size"] or digest.hexdigest() != listed["sha256"]:
            self.report.fail("sealed.hash", N_("密文 %(name)s 不是投标时的那一份。"), name=name)
            return False
        return True

    def _sheet(self, stage: int, bid: LoggedBid, envelope: str, unlocked: Unlocked) -> None:
        """The log says that it opened: so it must, to this very sheet."""
        try:
            content, digest = self._decrypt(bid, envelope, unlocked)
        except Malformed as error:
            self.report.fail(
                "sheets", N_("投标 %(bid)s 的开标一览表解不开：%(reason)s。"), bid=bid.uid, reason=str(error)
            )
            return
        if digest != self.opened.sheets[bid.uid, envelope]:
            self.report.fail(
                "sheets",
                N_("投标 %(bid)s 的开标一览表与日志记下的不同：解开的是 %(found)s，记下的是 %(said)s。"),
                bid=bid.uid,
                found=digest,
                said=self.opened.sheets[bid.uid, envelope],
            )
            return
        self.report.sheets.append(Sheet(bid.uid, envelope, stage, content))

    def _decrypt(self, bid: LoggedBid, envelope: str, unlocked: Unlocked) -> tuple[Mapping[str, object], str]:
        if unlocked.identity is None:
            raise Malformed(f"bid {bid.uid}, {envelope}: {(unlocked.evidence or {}).get('reason')}")
        with self._stream(bid, envelope) as source:
            return open_sheet(self.record, bid, envelope, source, unlocked.identity)

    def _unfounded(
        self, bid: LoggedBid, envelope: str, said: Mapping[str, object], unlocked: Unlocked
    ) -> str | None:
        """Why a verdict does not follow; None if it does."""
        if said["verdict"] == "trustees":
            enough = len(self.shares) >= self.record.panel.k
            return "enough trustees had given their shares" if enough else None
        if unlocked.identity is None:
            if unlocked.verdict == "tenderer" and said["evidence"] == unlocked.evidence:
                return None
            return "the shares tell something else"
        try:
            self._decrypt(bid, envelope, unlocked)
        except Malformed:
            return None
        return "the envelope opens to a well-formed sheet"
